//! `a[k] = a[k] ∘ x`, also where the operation is one of wider numbers than the elements, or of the parts of complex ones.
//!
//! Of integers that are cut off to fewer bits afterwards, those bits depend on the same bits alone: it is the operation of the narrow integers. A float that is rounded to fewer
//! digits in every iteration is rounded so in every chunk as well, and where chunks are put together.

use crate::memory::root;
use crate::recognise_reductions::compare::swapped;
use zouk_dialects::ir::{Builder, IntegerType, Location, Op, Type, Value};

pub struct Update<'c> {
    /// What the chunks' arrays are put together by.
    pub operation: &'static str,
    pub load: Op<'c>,
    /// All from the load on that the store needs, in their order.
    pub ops: Vec<Op<'c>>,
    /// What an element is combined with.
    pub with: Vec<Value<'c>>,
}

/// The candidate is taken where it is greater, or less, than what there is.
pub const GREATER: &str = "greater";
pub const LESS: &str = "less";

/// What there is so far, combined with what a chunk has found.
pub fn combined<'c>(b: &Builder<'c>, operation: &str, so_far: Value<'c>, found: Value<'c>) -> Value<'c> {
    match operation {
        GREATER => b.select(b.cmpf("ogt", found, so_far), found, so_far),
        LESS => b.select(b.cmpf("olt", found, so_far), found, so_far),
        _ => b.bin(operation, so_far, found),
    }
}

/// What a chunk's array starts with where the operation takes the greatest, or the least.
pub fn worst<'c>(b: &Builder<'c>, operation: &str, ty: Type<'c>) -> Option<Value<'c>> {
    let bits = || IntegerType::try_from(ty).ok().map(|ty| ty.width());
    let least = |bits: u32| i64::MIN >> (64 - bits.min(64));
    Some(match operation {
        GREATER | "arith.maximumf" => b.c_float(ty, f64::NEG_INFINITY),
        LESS | "arith.minimumf" => b.c_float(ty, f64::INFINITY),
        "arith.maxsi" => b.c_int(ty, least(bits()?)),
        "arith.minsi" => b.c_int(ty, !least(bits()?)),
        "arith.maxui" => b.c_int(ty, 0),
        "arith.minui" => b.c_int(ty, -1),
        _ => return None,
    })
}

fn is_extreme(operation: &str) -> bool {
    matches!(operation, "arith.maximumf" | "arith.minimumf" | "arith.maxsi" | "arith.minsi" | "arith.maxui" | "arith.minui")
}

/// The update that a store ends.
pub fn ended_by<'c>(store: Op<'c>) -> Option<Update<'c>> {
    let place = Place { store };
    let value = store.operand(0);
    let update = match value.def_by("complex.create") {
        Some(create) => place.complex_sum(create).or_else(|| place.complex_product(create)),
        None => place.number(value),
    }?;
    // Nothing else looks at what is loaded, and it is not combined with itself.
    let alone = update.ops.iter().all(|op| op.results().into_iter().flat_map(Value::uses).all(|(user, _)| user == store || update.ops.contains(&user)));
    let other = |value: &Value<'c>| value.def().is_none_or(|op| !update.ops.contains(&op));
    (alone && update.with.iter().all(other)).then_some(update)
}

/// Where an integer is combined with a float, so that each step cuts off a part of its own: the place, and what is to be said.
pub fn cut_off<'c>(store: Op<'c>) -> Option<(Location<'c>, String)> {
    let place = Place { store };
    let mut rest = vec![store.operand(0)];
    for _ in 0..32 {
        let op = rest.pop()?.def().filter(|op| matches!(op.dialect(), "arith" | "math"));
        let Some(op) = op else { continue };
        let sign = match op.name() {
            "arith.sitofp" => "int",
            "arith.uitofp" => "uint",
            _ => "",
        };
        if !sign.is_empty() && place.element(op.operand(0)).is_some() {
            let element = op.operand(0).ty().to_string();
            let bits = element.trim_start_matches('i');
            let wide = op.result(0).ty().to_string();
            let text = format!("the float{} that comes of this is cut off to {sign}{bits} in every iteration, which sums of chunks cannot make up for", wide.trim_start_matches('f'));
            return Some((store.loc(), text));
        }
        rest.extend(op.operands());
    }
    None
}

/// The place that a store is to.
struct Place<'c> {
    store: Op<'c>,
}

impl<'c> Place<'c> {
    /// The load of the element, where that is what the value is.
    fn element(&self, value: Value<'c>) -> Option<Op<'c>> {
        let (load, store) = (value.def_by("memref.load")?, self.store);
        let array = store.operand(1);
        let indices = load.operands()[1..].iter().zip(&store.operands()[2..]).all(|(a, b)| same_index(*a, *b));
        // Nothing may be stored there in between: nothing else touches the array but such updates, each in one block.
        let same_block = load.block()? == store.block()?;
        let stores = |op: Op<'c>| op.collect(|op| op.is("memref.store") && root(op.operand(1)) == root(array));
        let next = std::iter::successors(load.next(), |o| o.next()).take_while(|o| *o != store).all(|o| stores(o).is_empty());
        (load.operand(0) == array && indices && same_block && next).then_some(load)
    }

    /// The load of the element of which a value is a part, and the op that takes it.
    fn part(&self, value: Value<'c>, name: &str) -> Option<[Op<'c>; 2]> {
        let part = value.def_by(name)?;
        Some([self.element(part.operand(0))?, part])
    }

    fn number(&self, value: Value<'c>) -> Option<Update<'c>> {
        let (value, narrow) = narrowed(value);
        if let Some(choice) = value.def_by("arith.select").filter(|_| narrow.is_none()) {
            return self.extreme(choice);
        }
        let op = value.def().filter(|op| op.num_operands() == 2)?;
        let (first, (load, wide)) = [0, 1].into_iter().find_map(|number| {
            let (value, wide) = widened(op.operand(number));
            Some((number == 0, (self.element(value)?, wide)))
        })?;
        let operation = associative(op, first)?;
        // Truth values are bytes of 0 and 1.
        if op.result(0).ty() == Builder::before(op).i1() && !matches!(operation, "arith.andi" | "arith.ori" | "arith.xori") {
            return None;
        }
        // What is cut off to fewer bits is no extreme of what was there.
        if is_extreme(operation) && (wide.is_some() || narrow.is_some()) {
            return None;
        }
        let ops = [Some(load), wide, Some(op), narrow].into_iter().flatten().collect();
        Some(Update { operation, load, ops, with: vec![op.operand(first as usize)] })
    }

    /// `x > a[k] ? x : a[k]`: of floats, NaN is never taken.
    fn extreme(&self, choice: Op<'c>) -> Option<Update<'c>> {
        let compared = choice.operand(0).def().filter(|op| matches!(op.name(), "arith.cmpf" | "arith.cmpi"))?;
        let (candidate, load) = (choice.operand(1), self.element(choice.operand(2))?);
        let places = [compared.operand(0), compared.operand(1)];
        let predicate = compared.int_attr("predicate")?;
        let predicate = match places {
            _ if places == [candidate, load.result(0)] => predicate,
            _ if places == [load.result(0), candidate] => swapped(compared.name(), predicate),
            _ => return None,
        };
        let operation = match (compared.name(), predicate) {
            ("arith.cmpf", 2) => GREATER,
            ("arith.cmpf", 4) => LESS,
            ("arith.cmpi", 4 | 5) => "arith.maxsi",
            ("arith.cmpi", 2 | 3) => "arith.minsi",
            ("arith.cmpi", 8 | 9) => "arith.maxui",
            ("arith.cmpi", 6 | 7) => "arith.minui",
            _ => return None,
        };
        Some(Update { operation, load, ops: vec![load, compared, choice], with: vec![candidate] })
    }

    /// Both parts by themselves: something is added to them, or they stay.
    fn complex_sum(&self, create: Op<'c>) -> Option<Update<'c>> {
        let (mut ops, mut with) = (vec![], vec![]);
        for (number, name) in ["complex.re", "complex.im"].into_iter().enumerate() {
            let value = create.operand(number);
            if let Some(found) = self.part(value, name) {
                ops.extend(found);
                continue;
            }
            let (value, narrow) = narrowed(value);
            let op = value.def().filter(|op| op.num_operands() == 2)?;
            let (first, (found, wide)) = [0, 1].into_iter().find_map(|number| {
                let (value, wide) = widened(op.operand(number));
                Some((number == 0, (self.part(value, name)?, wide)))
            })?;
            if associative(op, first) != Some("arith.addf") {
                return None;
            }
            ops.extend(found);
            ops.extend([wide, Some(op), narrow].into_iter().flatten());
            with.push(op.operand(first as usize));
        }
        self.complex("complex.add", ops, create, with)
    }

    /// `(a + bi)(c + di)` is `(ac - bd) + (ad + bc)i`.
    fn complex_product(&self, create: Op<'c>) -> Option<Update<'c>> {
        let (re, re_narrow) = narrowed(create.operand(0));
        let (im, im_narrow) = narrowed(create.operand(1));
        let (re, im) = (re.def_by("arith.subf")?, im.def_by("arith.addf")?);
        let mut ops = vec![];
        let mut other = |product: Value<'c>, name: &str| {
            let op = product.def_by("arith.mulf")?;
            [0, 1].into_iter().find_map(|number| {
                let (value, wide) = widened(op.operand(number));
                ops.extend(self.part(value, name)?);
                ops.extend([wide, Some(op)].into_iter().flatten());
                Some(op.operand(1 - number))
            })
        };
        let (c, d) = (other(re.operand(0), "complex.re")?, other(re.operand(1), "complex.im")?);
        let crossed = other(im.operand(0), "complex.re") == Some(d) && other(im.operand(1), "complex.im") == Some(c);
        if !crossed && !(other(im.operand(0), "complex.im") == Some(c) && other(im.operand(1), "complex.re") == Some(d)) {
            return None;
        }
        ops.extend([Some(re), re_narrow, Some(im), im_narrow].into_iter().flatten());
        self.complex("complex.mul", ops, create, vec![c, d])
    }

    fn complex(&self, operation: &'static str, mut ops: Vec<Op<'c>>, create: Op<'c>, with: Vec<Value<'c>>) -> Option<Update<'c>> {
        ops.push(create);
        let load = *ops.first()?;
        let one = ops.iter().all(|op| !op.is("memref.load") || *op == load);
        (one && !with.is_empty()).then_some(Update { operation, load, ops, with })
    }
}

/// What was cut off or rounded to the type of the elements, and by which op.
fn narrowed(value: Value) -> (Value, Option<Op>) {
    let one_bit = |op: &Op| op.is("arith.extui") && op.operand(0).ty().to_string() == "i1";
    match value.def().filter(|op| matches!(op.name(), "arith.trunci" | "arith.truncf") || one_bit(op)) {
        Some(op) => (op.operand(0), Some(op)),
        None => (value, None),
    }
}

/// The same the other way round.
fn widened(value: Value) -> (Value, Option<Op>) {
    let not_zero = |op: &Op| op.is("arith.cmpi") && op.int_attr("predicate") == Some(1) && Builder::constant_int(op.operand(1)) == Some(0);
    match value.def().filter(|op| matches!(op.name(), "arith.extsi" | "arith.extui" | "arith.extf") || not_zero(op)) {
        Some(op) => (op.operand(0), Some(op)),
        None => (value, None),
    }
}

/// Whether two positions are one: the second need not be checked again. `h[k[i]] = h[k[i]] + x` reads its position twice.
fn same_index<'c>(a: Value<'c>, b: Value<'c>) -> bool {
    if a == b {
        return true;
    }
    let (Some(one), Some(other)) = (a.def(), b.def()) else { return false };
    let operands = || one.num_operands() == other.num_operands() && one.operands().into_iter().zip(other.operands()).all(|(a, b)| same_index(a, b));
    let alike = |names: &[&str]| names.iter().all(|name| one.attr(name) == other.attr(name));
    one.name() == other.name()
        && a.ty() == b.ty()
        && match one.name() {
            "rt.index" => alike(&["wraps"]) && operands(),
            "arith.index_cast" | "arith.index_castui" | "arith.extsi" | "arith.extui" | "arith.trunci" | "arith.addi" | "arith.subi" | "arith.muli" => operands(),
            "memref.load" => one.operand(0) == other.operand(0) && operands() && (unchanged(one, other) || unchanged(other, one)),
            _ => false,
        }
}

/// Whether one load gives what the other one, later in the block, gives: another array that is written meanwhile is apart, or the loop runs as it is written.
fn unchanged<'c>(load: Op<'c>, later: Op<'c>) -> bool {
    let harmless = |op: Op<'c>| match op.name() {
        "memref.store" => root(op.operand(1)) != root(load.operand(0)),
        "rt.index" | "rt.check" | "rt.view" | "memref.load" | "memref.dim" | "memref.cast" => true,
        _ => matches!(op.dialect(), "arith" | "math" | "complex" | "scf"),
    };
    let between: Vec<Op> = std::iter::successors(load.next(), |op| op.next()).take_while(|op| *op != later).collect();
    load.block() == later.block() && between.last().is_none_or(|op| op.next() == Some(later)) && between.iter().all(|op| harmless(*op) && op.collect(|inner| !harmless(inner)).is_empty())
}

/// The operation that does the same in any order; `first`: what there is so far is its first operand.
fn associative(op: Op, first: bool) -> Option<&'static str> {
    Some(match op.name() {
        "arith.addi" => "arith.addi",
        "arith.subi" if first => "arith.addi",
        "arith.addf" => "arith.addf",
        "arith.subf" if first => "arith.addf",
        "arith.muli" => "arith.muli",
        "arith.mulf" => "arith.mulf",
        "arith.divf" if first => "arith.mulf",
        "arith.andi" => "arith.andi",
        "arith.ori" => "arith.ori",
        "arith.xori" => "arith.xori",
        "arith.maximumf" => "arith.maximumf",
        "arith.minimumf" => "arith.minimumf",
        "arith.maxsi" => "arith.maxsi",
        "arith.minsi" => "arith.minsi",
        "arith.maxui" => "arith.maxui",
        "arith.minui" => "arith.minui",
        "complex.add" => "complex.add",
        "complex.sub" if first => "complex.add",
        "complex.mul" => "complex.mul",
        _ => return None,
    })
}
