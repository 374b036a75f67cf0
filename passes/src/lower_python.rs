//! Rebuilds typed Python as `scf`, `cf`, `arith`, `math` and `memref`.
//!
//! A Python value becomes the SSA values that its type expands to (`Lower::expand`): a complex number two floats, a tuple those of its
//! elements, an array one memref, None and functions nothing. Control flow that nothing leaves early is
//! `scf`; loops with `break`, and `return` inside loops, are blocks, in the function or in an `scf.execute_region`.
//!
//! ```mlir before
//! func.func @total(%a: !py.array<f64, 1, C>, %n: !py.none) -> tuple<f64, si64> {
//!   %zero = py.constant 0.0 : f64
//!   %first = py.constant -1 : si64
//!   %sum = py.for %x : f64 in %a : !py.array<f64, 1, C> iter_args(%t = %zero : f64) {
//!     %next = py.binary "add" %t, %x : (f64, f64) -> f64
//!     py.yield %next : f64
//!   }
//!   %last = py.getitem %a[%first] : (!py.array<f64, 1, C>, si64) -> f64
//!   %both = py.binary "sub" %sum, %last : (f64, f64) -> f64
//!   %result = py.tuple(%both, %first) : (f64, si64) -> tuple<f64, si64>
//!   py.return %result : tuple<f64, si64>
//! }
//! ```
//!
//! ```mlir after
//! module {
//!   func.func @total(%arg0: memref<?xf64>) -> (f64, i64) {
//!     %cst = arith.constant 0.000000e+00 : f64
//!     %c-1_i64 = arith.constant -1 : i64
//!     %c0 = arith.constant 0 : index
//!     %dim = memref.dim %arg0, %c0 : memref<?xf64>
//!     %0 = arith.index_cast %dim : index to i64
//!     %c0_i64 = arith.constant 0 : i64
//!     %c1_i64 = arith.constant 1 : i64
//!     %1 = scf.for %arg1 = %c0_i64 to %0 step %c1_i64 iter_args(%arg2 = %cst) -> (f64)  : i64 {
//!       %6 = arith.index_cast %arg1 : i64 to index
//!       %7 = memref.load %arg0[%6] : memref<?xf64>
//!       %8 = arith.addf %arg2, %7 : f64
//!       scf.yield %8 : f64
//!     }
//!     %c0_0 = arith.constant 0 : index
//!     %dim_1 = memref.dim %arg0, %c0_0 : memref<?xf64>
//!     %2 = arith.index_cast %c-1_i64 : i64 to index
//!     %3 = rt.index %2 of %dim_1 wraps checked "0"
//!     %4 = memref.load %arg0[%3] : memref<?xf64>
//!     %5 = arith.subf %1, %4 : f64
//!     return %5, %c-1_i64 : f64, i64
//!   }
//! }
//! ```

use crate::advanced_index::{Part, parts_of};
use crate::functions::{Const, Val};
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use std::rc::Rc;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, Type, Value};
use zouk_dialects::ty::{Ty, Types};

mod advanced_indexing;
mod array;
mod assign;
mod calls;
mod cast;
mod classes;
mod collect;
mod constants;
mod control_flow;
mod elementwise;
mod exits;
mod flat;
mod foreign;
mod function;
mod functions;
mod gather;
mod generalized;
mod half;
mod iteration;
mod masks;
mod operators;
mod raise;
mod records;
mod reductions;
mod runtime;
mod simt;
mod slices;
mod subscript;
mod tuples;
mod value;
mod vectorized;

pub use elementwise::shape_text;
pub use records::{is_bytes, record_of};
pub use gather::{Outside, Places, Selection};

/// The function of the runtime that calls a function by the address of its entry point.
pub const CALL_ENTRY: &str = "zouk_call_entry";

pub const OPTIONS: &[OptionInfo] = &[];

/// The state of lowering one function.
pub struct Lower<'c> {
    /// Where ops are made.
    pub b: Builder<'c>,
    /// Where the runtime's functions are declared.
    pub module: Op<'c>,
    pub types: Types<'c>,
    /// Compiled classes by name.
    classes: Rc<Classes<'c>>,
    /// What each Python value has become.
    values: HashMap<Value<'c>, Val<'c>>,
    pub settings: Settings,
}

/// What the user chose per function; attributes of the module (`zouk.boundscheck`, `zouk.error_model`, `zouk.fastmath`).
#[derive(Clone, Debug)]
pub struct Settings {
    pub boundscheck: bool,
    /// Division by zero raises (Python) instead of giving inf and nan (NumPy).
    pub division_raises: bool,
    /// LLVM's fast-math flags as the text of an `arith.fastmath` attribute, `none` by default.
    pub fastmath: String,
    /// Whether a `prange` may run on several threads.
    pub prange: bool,
    /// Whether the loop over the points of a stencil may.
    pub stencil: bool,
    /// Reductions of whole arrays may run on several threads.
    pub reduction: bool,
    /// A loop that cannot is a warning and no error.
    pub serial: bool,
}

type Classes<'c> = HashMap<&'c str, crate::classes::Definition<'c>>;

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let classes = Rc::new(crate::classes::of_module(module));
    for op in module.body(0).ops() {
        if op.is("func.func") {
            function::rebuild(module, op, &classes)?;
        }
    }
    module.remove_attr(crate::classes::CLASSES);
    Ok(())
}

/// The MLIR types that the parts of values of these types have from stage `tensor` on.
pub fn parts<'c>(module: Op<'c>, types: &[Ty]) -> Vec<Type<'c>> {
    let settings = Settings { boundscheck: true, division_raises: true, fastmath: "none".into(), prange: false, stencil: false, reduction: false, serial: false };
    let b = Builder::at_end(module.context(), module.body(0), module.loc());
    Lower { b, module, types: Types::new(module.context()), classes: Rc::default(), values: HashMap::new(), settings }.expand_all(types)
}

impl<'c> Lower<'c> {
    /// What a Python value has become.
    fn value(&self, python: Value<'c>) -> Result<Val<'c>, Diagnostic> {
        self.values.get(&python).cloned().ok_or_else(|| self.internal(format!("a value of type {} has not been lowered", python.ty())))
    }

    fn values(&self, python: &[Value<'c>]) -> Result<Vec<Val<'c>>, Diagnostic> {
        python.iter().map(|v| self.value(*v)).collect()
    }

    fn bind(&mut self, python: Value<'c>, value: Val<'c>) {
        self.values.insert(python, value);
    }

    /// Binds Python values to the parts that their types expand to, one after the other.
    fn bind_parts(&mut self, python: &[Value<'c>], parts: &[Value<'c>]) {
        let mut parts = parts.iter().copied();
        for value in python {
            let ty = self.types.get(value.ty());
            let count = self.expand(&ty).len();
            let lowered = self.val(ty, parts.by_ref().take(count).collect());
            self.bind(*value, lowered);
        }
    }

    fn tys(&self, python: &[Value<'c>]) -> Vec<Ty> {
        python.iter().map(|v| self.types.get(v.ty())).collect()
    }

    fn expand_all(&self, types: &[Ty]) -> Vec<Type<'c>> {
        types.iter().flat_map(|t| self.expand(t)).collect()
    }

    /// A defect of the compiler: inference should have refused this.
    fn internal(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(ErrorClass::Internal, "internal-error", message, self.b.loc())
    }

    fn unsupported(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(ErrorClass::Unsupported, "unsupported", message, self.b.loc())
    }

    /// An operator with an array or a time beside it: elementwise, or one of those that look at arrays as a whole.
    fn array_op(&mut self, op: Op<'c>, kind: &str, operands: &[Val<'c>], result: &Ty) -> Result<Val<'c>, Diagnostic> {
        if let Some(value) = self.array_operator(op, kind, operands, result)? {
            return Ok(value);
        }
        match op.name() {
            "py.compare" => {
                let truth = self.compare(kind, &operands[0], &operands[1]);
                Ok(self.val(Ty::Bool, vec![truth]))
            }
            name => Err(self.internal(format!("`{name}` of {kind} has no rule for arrays"))),
        }
    }

    /// Lowers an op that is neither control flow nor an exit.
    fn lower_op(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let mut operands = self.values(&op.operands())?;
        match op.name() {
            "py.attr" | "py.cast" | "py.tuple" | "py.list" | "py.check_bound" | "py.unwrap" | "func.call" => {}
            "py.call" if crate::functions::asks_for_class(operands[0].ty.as_ref_name()) => {}
            "py.compare" => operands.iter_mut().for_each(|operand| operand.ty = operand.ty.nameless()),
            _ => operands.iter_mut().for_each(|operand| operand.ty = operand.ty.unnamed()),
        }
        let result = if op.num_results() == 1 { self.types.get(op.result(0).ty()) } else { Ty::None };
        let kind = op.str_attr("kind").unwrap_or_default();
        let value = match op.name() {
            "py.constant" => self.constant(op, &result)?,
            "py.ref" | "py.unbound" => self.val(result, vec![]),
            "py.new" => self.new_instance(&result)?,
            "py.check_bound" => self.check_bound(op, &operands[0], &result),
            "py.unwrap" => self.unwrap_op(&operands[0], &result),
            "py.cast" => self.cast(&operands[0], &result),
            "py.binary" | "py.compare" | "py.unary" if crate::functions::ufuncs::takes(operands.iter().map(|o| &o.ty)) && !matches!(kind, "not" | "matmul") => self.array_op(op, kind, &operands, &result)?,
            "py.binary" => self.binary(kind, &operands[0], &operands[1], &result, op.has_attr("inplace")),
            "py.compare" => {
                let truth = self.compare(kind, &operands[0], &operands[1]);
                self.val(Ty::Bool, vec![truth])
            }
            "py.unary" => self.unary(kind, &operands[0], &result),
            "py.truth" => {
                let truth = self.truth(&operands[0]);
                self.val(Ty::Bool, vec![truth])
            }
            "py.tuple" | "py.list" | "py.slice" | "py.closure" => self.tuple(&operands, &result),
            "py.part" => self.part(op, &operands[0], &result),
            "py.captured" => self.captured(op, &operands[0], &result),
            "py.is_function" => self.is_function(op, &operands[0]),
            "py.as_function" | "py.other_function" => self.narrowed(&operands[0], &result),
            "py.getitem" => self.getitem(op, &operands[0], &operands[1], &result)?,
            "py.attr" => self.attribute(op, &operands[0], &result)?,
            "py.call" => self.call(op, &operands, &result)?,
            "py.call_method" => self.call_method(op, &operands, &result)?,
            "py.setitem" if op.has_attr("field") && let (Ty::Class(_), Some(Const::Str(name))) = (&operands[0].ty, operands[1].constant.clone()) => {
                return self.store_class_field(&operands[0], &name, &operands[2]);
            }
            // `a[i] += b` of a view has changed it already.
            "py.setitem" if stores_into_itself(op) && operands[2].ty.as_array().is_some() && is_view(&operands[1].ty) => return Ok(()),
            "py.setitem" if let Some(name) = self.field_name(&operands[0], &operands[1]) => return self.set_field(&operands[0], &name, &operands[2]),
            "py.setitem" => return self.setitem(&operands[0], &operands[1], &operands[2]),
            "py.unpack" => return self.unpack(op, &operands[0]),
            "func.call" => return self.call_function(op, &operands),
            name => return Err(self.internal(format!("`{name}` cannot be lowered"))),
        };
        self.bind(op.result(0), value);
        Ok(())
    }
}

/// Whether an index makes a view: arrays (and lists) in it make a copy.
fn is_view(index: &Ty) -> bool {
    parts_of(index).iter().all(|part| part.as_array().is_none() && Part::of(part).is_some_and(|kind| !kind.is_advanced()))
}

/// Whether what is assigned is the in-place result of the very item: `a[index] += b`, `z.real += b`.
fn stores_into_itself(op: Op) -> bool {
    let Some(inplace) = op.operand(2).def_by("py.binary").filter(|o| o.has_attr("inplace")) else { return false };
    let item = inplace.operand(0);
    if op.has_attr("attribute") && item == op.operand(0) {
        return true;
    }
    if records::is_field(op) {
        let name = op.operand(1).def_by("py.constant").and_then(|o| o.str_attr("value"));
        return item.def_by("py.attr").is_some_and(|old| old.operand(0) == op.operand(0) && old.str_attr("name") == name);
    }
    item.def_by("py.getitem").is_some_and(|item| item.operands()[..] == op.operands()[..2])
}
