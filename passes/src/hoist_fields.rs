//! Reads fields of instances once: loads before loops that do not change the field, and values that are known from an earlier load or store.
//!
//! A field is changed by stores to it, of whatever instance that may be the same, and by calls of functions that may store to it, which what runs outside of compiled code (C, the interpreter, `print`) may for all
//! fields. Nothing else can: the blocks of instances are no arrays. An array in a field that a function does not change is *borrowed*: the instance keeps it alive, and nothing is counted.
//!
//! An instance that only this function has, and whose fields are all known, is not made at all.
//!
//! A load may stand before the check that its instance is there at all; where that is not known, the load is made only if it is.
//!
//! ```mlir before
//! func.func @sum(%self: memref<i1>, %n: index) attributes {zouk.instances = array<i32: 0>} {
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   scf.for %i = %c0 to %n step %c1 {
//!     %total = rt.load_field %self "Sum.total" 1 : memref<i1> to f64
//!     %data = rt.load_field %self "Sum.data" 2 : memref<i1> to memref<?xf64>
//!     %x = memref.load %data[%i] : memref<?xf64>
//!     %next = arith.addf %total, %x : f64
//!     rt.store_field %next to %self "Sum.total" 1 : f64, memref<i1>
//!   }
//!   return
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @sum(%arg0: memref<i1>, %arg1: index) attributes {zouk.instances = array<i32: 0>} {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %0 = rt.load_field %arg0 "Sum.data" 2 borrowed : memref<i1> to memref<?xf64>
//!     scf.for %arg2 = %c0 to %arg1 step %c1 {
//!       %1 = rt.load_field %arg0 "Sum.total" 1 : memref<i1> to f64
//!       %2 = memref.load %0[%arg2] : memref<?xf64>
//!       %3 = arith.addf %1, %2 : f64
//!       rt.store_field %3 to %arg0 "Sum.total" 1 : f64, memref<i1>
//!     }
//!     return
//!   }
//! }
//! ```

use crate::lower_python::CALL_ENTRY;
use crate::memory::calls_out;
use crate::pass::{OptionInfo, Options};
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, DenseI32ArrayAttribute, Op, Region, Type, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// Of a function: the numbers of its arguments that are instances, and never absent.
pub const INSTANCES: &str = "zouk.instances";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if module.collect(|op| op.is("rt.load_field")).is_empty() {
        return Ok(());
    }
    let functions: Vec<Op> = module.body(0).ops().into_iter().filter(|o| o.is("func.func") && o.region(0).first_block().is_some()).collect();
    let writes = Writes::of(module, &functions);
    for function in functions {
        function.collect(|op| is_loop(op)).into_iter().filter(|op| op.parent().is_none_or(|parent| parent == function || !inside_loop(parent))).for_each(|nest| writes.hoist(nest));
        for block in function.region(0).blocks() {
            writes.forward(block, &mut Known::default());
        }
        erase_unread(function);
        writes.borrow(function);
    }
    Ok(())
}

/// Instances that are only stored into: what was read from them is known, and nobody else has them.
fn erase_unread(function: Op) {
    loop {
        let unread = |op: Op| op.is("rt.object") && op.result(0).uses().into_iter().all(|(user, operand)| user.is("rt.store_field") && operand == 1);
        let objects = function.collect(unread);
        if objects.is_empty() {
            return;
        }
        for object in objects {
            object.result(0).uses().into_iter().for_each(|(store, _)| store.erase());
            object.erase();
        }
    }
}

fn is_loop(op: Op) -> bool {
    matches!(op.name(), "scf.for" | "scf.while" | "scf.parallel" | "scf.forall")
}

fn inside_loop(op: Op) -> bool {
    std::iter::successors(Some(op), |op| op.parent()).any(is_loop)
}

type Fields<'c> = HashSet<&'c str>;

/// What may be stored to: fields, with the instance where it is one that was made here.
type Written<'c> = HashSet<(&'c str, Option<Value<'c>>)>;

/// Whether a field of an instance may be among what is stored to.
fn may_change(written: &Written, slot: &Slot) -> bool {
    written.iter().any(|(field, own)| *field == slot.field && own.is_none_or(|own| may_be_same(own, slot.instance)))
}

/// Whether an instance may be one that was made here.
fn may_be_same(made: Value, other: Value) -> bool {
    made == other || other.def_by("rt.object").is_none() && !is_entry_argument(other)
}

fn is_entry_argument(value: Value) -> bool {
    let Some(block) = value.owner_block().filter(|_| value.def().is_none()) else { return false };
    block.parent().is_some_and(|op| op.is("func.func")) && block.region().and_then(|region| region.first_block()) == Some(block)
}

/// The fields that functions, with all that they call, may store to in instances that they have not made.
struct Writes<'c> {
    /// Those that anything is loaded from: what runs outside of compiled code may store to all of them.
    all: Fields<'c>,
    by_function: HashMap<&'c str, Fields<'c>>,
}

impl<'c> Writes<'c> {
    /// Grows the sets until they hold what callees have.
    fn of(module: Op<'c>, functions: &[Op<'c>]) -> Self {
        let name = |function: &Op<'c>| function.str_attr("sym_name").unwrap_or_default();
        let all = module.collect(|op| op.is("rt.load_field")).into_iter().filter_map(|load| load.str_attr("field")).collect();
        let mut writes = Writes { all, by_function: functions.iter().map(|f| (name(f), Fields::new())).collect() };
        let mut changed = true;
        while changed {
            changed = false;
            for function in functions {
                let now: Fields = writes.inside(*function).into_iter().filter(|(_, own)| own.is_none()).map(|(field, _)| field).collect();
                let before = writes.by_function.entry(name(function)).or_default();
                changed |= now.len() > before.len();
                *before = now;
            }
        }
        writes
    }

    /// What an op may store to, with all inside it.
    fn inside(&self, op: Op<'c>) -> Written<'c> {
        let mut all = self.by(op);
        op.walk(&mut |inner| all.extend(self.by(inner)));
        all
    }

    fn by(&self, op: Op<'c>) -> Written<'c> {
        match op.name() {
            "rt.store_field" => {
                let instance = op.operand(1);
                op.str_attr("field").map(|field| (field, instance.def_by("rt.object").map(|_| instance))).into_iter().collect()
            }
            // A function that was passed may lead to the interpreter, and so may the text stream that `print` writes to.
            "rt.print" => self.anything(),
            "rt.call" if op.str_attr("callee") == Some(CALL_ENTRY) => self.anything(),
            "func.call" if calls_out(op) => self.anything(),
            // Other functions without a body are the runtime's, which knows no fields.
            "func.call" => {
                let known = op.str_attr("callee").and_then(|callee| self.by_function.get(callee));
                known.into_iter().flatten().map(|field| (*field, None)).collect()
            }
            _ => Written::new(),
        }
    }

    fn anything(&self) -> Written<'c> {
        self.all.iter().map(|field| (*field, None)).collect()
    }

    /// Loads before a nest of loops what its iterations load from instances that are there before it.
    fn hoist(&self, nest: Op<'c>) {
        // An instance from before the nest is none that an iteration makes.
        let written: Written = self.inside(nest).into_iter().filter(|(_, own)| own.is_none_or(|own| is_outside(own, nest))).collect();
        let mut done: HashSet<Slot<'c>> = HashSet::new();
        // What is loaded from what has just been hoisted may be hoisted, too.
        loop {
            let wanted = |op: Op<'c>| op.is("rt.load_field") && is_outside(op.operand(0), nest) && !may_change(&written, &Slot::of(op));
            let Some(load) = nest.collect(wanted).into_iter().find(|load| !done.contains(&Slot::of(*load))) else { break };
            let slot = Slot::of(load);
            let value = load_before(load, nest);
            for same in nest.collect(wanted).into_iter().filter(|other| Slot::of(*other) == slot) {
                same.result(0).replace_all_uses(value);
                same.erase();
            }
            done.insert(slot);
        }
        for inner in nest.collect(|op| is_loop(op) && nearest_loop(op) == Some(nest)) {
            self.hoist(inner);
        }
    }

    /// Gives loads the value that the field is known to have.
    fn forward(&self, block: Block<'c>, known: &mut Known<'c>) {
        for op in block.ops() {
            match op.name() {
                "rt.load_field" => match known.get(&Slot::of(op)) {
                    Some(value) if value.ty() == op.result(0).ty() => {
                        op.result(0).replace_all_uses(*value);
                        op.erase();
                    }
                    _ => _ = known.insert(Slot::of(op), op.result(0)),
                },
                "rt.store_field" => {
                    let slot = Slot::of(op);
                    let written = self.by(op);
                    known.retain(|other, _| other.slot != slot.slot || other.instance == slot.instance || !may_change(&written, other));
                    known.insert(slot, op.operand(0));
                }
                _ if op.num_regions() > 0 => {
                    let written = self.inside(op);
                    let mut inner = known.clone();
                    // The branches of an `if` begin with what holds before it, all else may come round again.
                    if !op.is("scf.if") {
                        inner.retain(|slot, _| !may_change(&written, slot));
                    }
                    for block in op.regions().into_iter().flat_map(|r| r.blocks()) {
                        self.forward(block, &mut inner.clone());
                    }
                    known.retain(|slot, _| !may_change(&written, slot));
                }
                "func.call" | "rt.call" | "rt.print" => {
                    let written = self.by(op);
                    known.retain(|slot, _| !may_change(&written, slot));
                }
                _ => {}
            }
        }
    }

    /// Arrays of fields that the function does not change need no reference of their own.
    fn borrow(&self, function: Op<'c>) {
        let written = self.inside(function);
        for load in function.collect(|op| op.is("rt.load_field") && op.result(0).ty().is_mem_ref()) {
            if !may_change(&written, &Slot::of(load)) {
                load.set_unit("borrowed");
            }
        }
    }
}

/// One part of a field of one instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Slot<'c> {
    instance: Value<'c>,
    field: &'c str,
    slot: i64,
}

type Known<'c> = HashMap<Slot<'c>, Value<'c>>;

impl<'c> Slot<'c> {
    /// Of a load or a store.
    fn of(op: Op<'c>) -> Self {
        let instance = op.operand(op.is("rt.store_field") as usize);
        Slot { instance, field: op.str_attr("field").unwrap_or_default(), slot: op.int_attr("slot").unwrap_or_default() }
    }
}

fn nearest_loop(op: Op) -> Option<Op> {
    std::iter::successors(op.parent(), |op| op.parent()).find(|op| is_loop(*op))
}

/// Whether a value is there before the op.
fn is_outside<'c>(value: Value<'c>, op: Op<'c>) -> bool {
    let around = std::iter::successors(value.parent_block().and_then(|block| block.parent()), |op| op.parent());
    !around.into_iter().any(|outer| outer == op)
}

/// The same load before an op, made only if the instance is there.
fn load_before<'c>(load: Op<'c>, nest: Op<'c>) -> Value<'c> {
    let b = Builder::before(nest);
    b.set_loc(load.loc());
    let instance = load.operand(0);
    let copy = || {
        let copy = load.deep_clone();
        b.insert(copy);
        copy.result(0)
    };
    if is_there(instance, nest) {
        return copy();
    }
    let ty = load.result(0).ty();
    let given = b.val("rt.is_assigned", &[instance], b.i1(), &[]);
    let (then, otherwise) = (Region::new(), Region::new());
    b.within(then.add_block(&[]), || b.op("scf.yield", &[copy()], &[], &[]));
    b.within(otherwise.add_block(&[]), || b.op("scf.yield", &[nothing(&b, ty)], &[], &[]));
    b.op_with_regions("scf.if", &[given], &[ty], &[], &[then, otherwise]).result(0)
}

/// A value that nobody looks at.
fn nothing<'c>(b: &Builder<'c>, ty: Type<'c>) -> Value<'c> {
    match ty {
        ty if ty.is_float() => b.c_float(ty, 0.0),
        ty if ty.is_integer() => b.c_int(ty, 0),
        ty => b.val("ub.poison", &[], ty, &[]),
    }
}

/// Whether an instance is known not to be absent where the op stands.
fn is_there<'c>(instance: Value<'c>, at: Op<'c>) -> bool {
    if instance.def_by("rt.object").is_some() {
        return true;
    }
    if is_entry_argument(instance) {
        let function = instance.owner_block().and_then(|block| block.parent());
        let numbers = function.and_then(|op| op.attr(INSTANCES)).and_then(|attr| DenseI32ArrayAttribute::try_from(attr).ok());
        return numbers.is_some_and(|numbers| (0..numbers.len()).any(|i| numbers.element(i).is_ok_and(|n| n == instance.number() as i32)));
    }
    // A check that has passed on the way here.
    let passed = |check: Op<'c>| check.is("rt.check") && check.block().and_then(|block| crate::memory::ancestor_in(at, block)).is_some_and(|at| check != at && check.is_before(at));
    instance.uses().into_iter().any(|(user, _)| user.is("rt.is_assigned") && user.result(0).uses().into_iter().any(|(check, _)| passed(check)))
}
