//! Which loops are vectorised over: those of which every op has a form for lanes, and whose inner loops LLVM cannot vectorise.

use super::ANY_ORDER;
use super::varying::varying;
use crate::llvm_dialect::MemRef;
use crate::memory::{may_alias, written};
use std::collections::HashSet;
use zouk_dialects::ir::{Builder, IntegerType, Op, Type, TypeLike, Value, int_attr_value};

/// A loop of more ops is left alone: its vectors would not stay in registers.
const MAX_OPS: usize = 200;

pub fn vector_bits(module: Op) -> i64 {
    module.array_attr("zouk.machine").into_iter().find_map(int_attr_value).unwrap_or(128)
}

/// The loops around loops that are run often, outer before inner.
pub fn loops<'c>(function: Op<'c>) -> Vec<Op<'c>> {
    let annotated = |op: Op<'c>| std::iter::successors(Some(op), |o| o.parent()).any(|o| o.has_attr("llvm.loop_annotation"));
    let around_loop = |op: Op<'c>| !op.collect(|inner| inner != op && matches!(inner.name(), "scf.for" | "scf.while")).is_empty();
    function.collect(|op| op.is("scf.for") && around_loop(op) && !annotated(op))
}

/// Whether it counts up one by one, and it is known how what it carries is put together.
fn is_plain(op: Op) -> Result<(), &'static str> {
    let numbers = op.results().into_iter().all(|result| width(result.ty()).is_some_and(|bits| bits > 1) && !result.ty().is_index());
    if !numbers || op.str_array_attr(ANY_ORDER).len() < op.num_results() {
        return Err("a value is carried from one of its iterations to the next");
    }
    let counts = !op.has_attr("unsignedCmp") && Builder::constant_int(op.operand(2)) == Some(1) && matches!(width(op.operand(0).ty()), Some(64));
    if counts { Ok(()) } else { Err("it does not count up one by one") }
}

/// How a loop is vectorised.
pub struct Plan<'c> {
    pub the_loop: Op<'c>,
    pub varying: HashSet<Value<'c>>,
    pub lanes: i64,
    /// Whether an iteration may run twice.
    pub repeatable: bool,
    /// Whether something in it may raise.
    pub checked: bool,
    /// Accesses that are not of neighbouring elements.
    scattered: usize,
}

impl<'c> Plan<'c> {
    /// Why not is the error.
    pub fn of(the_loop: Op<'c>, bits: i64) -> Result<Plan<'c>, &'static str> {
        is_plain(the_loop)?;
        let ops = the_loop.collect(|op| op != the_loop);
        if ops.len() > MAX_OPS {
            return Err("its body is too long");
        }
        let varying = varying(the_loop);
        ops.iter().try_for_each(|op| is_supported(*op, &varying))?;
        inner_loops_are_serial(&ops, &varying)?;
        let lanes = bits / widest(&ops, &varying);
        let trips = [0, 1].map(|i| Builder::constant_int(the_loop.operand(i)));
        if let [Some(from), Some(to)] = trips
            && to.saturating_sub(from) < lanes
        {
            return Err("it has too few iterations");
        }
        if lanes < 2 {
            return Err("the machine has no vectors of its numbers");
        }
        let scattered = scattered(the_loop, &ops, &varying)?;
        let checked = ops.iter().any(|op| op.is("rt.check"));
        if checked && !stores_last(the_loop, &ops) {
            return Err("it stores before what may raise an exception");
        }
        Ok(Plan { the_loop, lanes, checked, repeatable: !checked && the_loop.num_results() == 0 && is_repeatable(&ops), varying, scattered })
    }
}

/// Loops none of which is around another: inner ones, unless a loop around has fewer scattered accesses.
pub fn best<'c>(plans: &[Plan<'c>], independent: impl Fn(&Plan<'c>) -> bool) -> Vec<Op<'c>> {
    let mut plans: Vec<&Plan> = plans.iter().filter(|plan| independent(plan)).collect();
    plans.reverse();
    let mut found: Vec<&Plan> = vec![];
    for plan in plans {
        let inside: Vec<usize> = (0..found.len()).filter(|i| is_around(plan.the_loop, found[*i].the_loop)).collect();
        if inside.iter().all(|i| plan.scattered < found[*i].scattered) {
            inside.into_iter().rev().for_each(|i| _ = found.remove(i));
            found.push(plan);
        }
    }
    found.into_iter().map(|plan| plan.the_loop).collect()
}

fn is_around<'c>(outer: Op<'c>, inner: Op<'c>) -> bool {
    std::iter::successors(inner.parent(), |op| op.parent()).any(|op| op == outer)
}

/// Bits of a number, also of an index.
pub fn width(ty: Type) -> Option<i64> {
    match () {
        _ if ty.is_f64() || ty.is_index() => Some(64),
        _ if ty.is_f32() => Some(32),
        _ => IntegerType::try_from(ty).ok().map(|ty| ty.width() as i64).filter(|w| matches!(w, 1 | 8 | 16 | 32 | 64)),
    }
}

fn is_float(ty: Type) -> bool {
    ty.is_f64() || ty.is_f32()
}

/// Bits of the widest floats that lanes compute with; without floats, of integers.
fn widest<'c>(ops: &[Op<'c>], varying: &HashSet<Value<'c>>) -> i64 {
    let widths = |wanted: fn(Type) -> bool| ops.iter().flat_map(|op| op.results()).filter(|v| varying.contains(v) && wanted(v.ty())).filter_map(|v| width(v.ty())).max();
    widths(is_float).or_else(|| widths(|ty| !ty.is_index())).unwrap_or(64)
}

const FUNCTIONS: [&str; 42] = [
    "sqrt", "absf", "absi", "floor", "ceil", "trunc", "round", "roundeven", "fma", "copysign", "ctpop", "isnan", "isinf", "isfinite", "sin", "cos", "tan", "asin", "acos", "atan", "atan2",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "powf", "cbrt", "erf", "erfc", "rsqrt", "ctlz", "cttz", "clampf",
];

/// Whether an op has a form for lanes.
fn is_supported<'c>(op: Op<'c>, varying: &HashSet<Value<'c>>) -> Result<(), &'static str> {
    let varies = |value: &Value<'c>| varying.contains(value);
    let (operands, results) = (op.operands(), op.results());
    let differs = operands.iter().chain(&results).any(varies);
    if operands.iter().chain(&results).any(|value| varies(value) && width(value.ty()).is_none()) {
        return Err("values of its iterations are no plain numbers");
    }
    match op.name() {
        "scf.yield" | "scf.condition" | "memref.load" => Ok(()),
        "scf.if" => Ok(()),
        "scf.for" if varies(&op.operand(2)) => Err("steps of a loop differ between iterations"),
        "scf.for" if varies(&op.operand(0)) || varies(&op.operand(1)) => {
            let fine = !op.has_attr("unsignedCmp") && Builder::constant_int(op.operand(2)) == Some(1) && width(op.operand(0).ty()) == Some(64);
            if fine { Ok(()) } else { Err("the ends of a loop differ between iterations") }
        }
        "scf.for" => Ok(()),
        "scf.while" => Ok(()),
        "memref.store" if operands[2..].iter().any(varies) => Ok(()),
        "rt.index" if !op.has_attr("checked") => Ok(()),
        "rt.check" if is_of_floats(operands[0]) => Ok(()),
        "rt.check" | "rt.raise" | "rt.index" => Err("it may raise an exception"),
        "arith.floordivsi" | "arith.ceildivsi" | "arith.ceildivui" if differs => Err("it divides integers"),
        _ if op.num_regions() > 0 || results.is_empty() => Err("it has an effect that lanes have no form for"),
        _ if !differs => match op.dialect() {
            "arith" | "math" | "complex" | "ub" => Ok(()),
            _ if matches!(op.name(), "memref.dim" | "memref.cast" | "rt.view" | "memref.extract_strided_metadata") => Ok(()),
            _ => Err("it calls a function"),
        },
        name => match name.split_once('.') {
            Some(("arith", _)) if results.len() == 1 => Ok(()),
            Some(("math", function)) if FUNCTIONS.contains(&function) => Ok(()),
            _ => Err("it calls a function"),
        },
    }
}

/// Whether a condition is about floats alone: no access of an array relies on it.
fn is_of_floats(condition: Value) -> bool {
    match condition.def() {
        Some(op) if matches!(op.name(), "arith.andi" | "arith.ori" | "arith.xori") => op.operands().into_iter().all(|v| is_of_floats(v) || Builder::constant_int(v).is_some()),
        Some(op) => matches!(op.name(), "arith.cmpf" | "math.isnan" | "math.isinf" | "math.isfinite"),
        None => false,
    }
}

/// Whether an iteration stores only once all its checks have passed and all is read.
fn stores_last<'c>(the_loop: Op<'c>, ops: &[Op<'c>]) -> bool {
    let top = the_loop.body(0).ops();
    let first = top.iter().position(|op| op.is("memref.store")).unwrap_or(top.len());
    let late = |op: &Op<'c>| op.num_regions() > 0 || matches!(op.name(), "memref.load" | "rt.check");
    ops.iter().filter(|op| op.is("memref.store")).all(|op| top.contains(op)) && !top[first..].iter().any(late)
}

/// Whether LLVM would leave all innermost loops as they are: each computes a value from that of the iteration before.
fn inner_loops_are_serial<'c>(ops: &[Op<'c>], varying: &HashSet<Value<'c>>) -> Result<(), &'static str> {
    // Short loops are unrolled: what is around them is then innermost.
    let is_loop = |op: &Op<'c>| matches!(op.name(), "scf.for" | "scf.while") && !is_short(*op);
    if !ops.iter().any(is_loop) {
        return Err("the loops inside it are short");
    }
    let innermost = ops.iter().filter(|op| is_loop(op) && !ops.iter().any(|inner| is_loop(inner) && is_around(**op, *inner)));
    for inner in innermost {
        if inner.is("scf.while") {
            continue;
        }
        let carries = inner.body(0).terminator().map(|t| t.operands()).unwrap_or_default();
        let serial = carries.iter().enumerate().any(|(k, next)| varying.contains(next) && is_serial(*next, inner.body(0).arg(1 + k)));
        if !serial {
            return Err("a loop inside it is vectorised");
        }
    }
    Ok(())
}

/// A number of iterations that is known and small.
fn is_short(op: Op) -> bool {
    op.is("scf.for") && matches!([0, 1].map(|i| Builder::constant_int(op.operand(i))), [Some(from), Some(to)] if to.saturating_sub(from) < 8)
}

/// Whether a carried value is no plain reduction, which LLVM may do in any order.
fn is_serial<'c>(next: Value<'c>, carried: Value<'c>) -> bool {
    const REDUCTIONS: [&str; 10] = ["addi", "muli", "andi", "ori", "xori", "maxsi", "minsi", "maxui", "minui", "select"];
    if next == carried {
        return false;
    }
    let Some(op) = next.def() else { return true };
    let name = op.name().trim_start_matches("arith.");
    if is_float(next.ty()) && matches!(name, "maximumf" | "minimumf" | "maxnumf" | "minnumf") {
        return !op.operands().contains(&carried);
    }
    if is_float(next.ty()) {
        let flags = op.attr("fastmath").map(|flags| flags.to_string()).unwrap_or_default();
        return !(flags.contains("reassoc") || flags.contains("fast>"));
    }
    !(op.dialect() == "arith" && REDUCTIONS.contains(&name) && op.operands().contains(&carried))
}

/// The number of accesses in loops that are not of neighbouring elements; too many are an error.
fn scattered<'c>(the_loop: Op<'c>, ops: &[Op<'c>], varying: &HashSet<Value<'c>>) -> Result<usize, &'static str> {
    let (mut strided, mut anywhere, mut work) = (0, 0, 0);
    for op in ops {
        let (array, indices) = match op.name() {
            "memref.load" => (op.operand(0), op.operands()[1..].to_vec()),
            "memref.store" => (op.operand(1), op.operands()[2..].to_vec()),
            _ => {
                work += (op.results().iter().any(|v| varying.contains(v)) && op.num_regions() == 0) as usize;
                continue;
            }
        };
        let Some(memref) = MemRef::new(array.ty()) else { continue };
        let steps: Vec<Walk> = indices.iter().map(|index| walk(*index, the_loop, varying)).collect();
        let masked = is_masked(*op, the_loop, varying);
        let neighbours = steps.iter().zip(&memref.strides).all(|(step, stride)| *step == Walk::Stays || *step == Walk::One && *stride == Some(1));
        match () {
            _ if neighbours => {}
            _ if !masked && steps.iter().all(|step| *step != Walk::Anywhere) => strided += 1,
            _ => anywhere += 1,
        }
    }
    // Elements are put together one by one: there must be something to do with them.
    if 2 * strided + 4 * anywhere > 2 * work + 4 { Err("its iterations look at elements far from each other") } else { Ok(strided + 2 * anywhere) }
}

/// How an index goes from lane to lane.
#[derive(PartialEq)]
enum Walk {
    Stays,
    One,
    Steps,
    Anywhere,
}

fn walk<'c>(index: Value<'c>, the_loop: Op<'c>, varying: &HashSet<Value<'c>>) -> Walk {
    if !varying.contains(&index) {
        return Walk::Stays;
    }
    if index == the_loop.body(0).arg(0) {
        return Walk::One;
    }
    let Some(op) = index.def() else { return Walk::Anywhere };
    let steps = || op.operands().into_iter().map(|v| walk(v, the_loop, varying)).collect::<Vec<_>>();
    match op.name() {
        "arith.index_cast" if width(op.operand(0).ty()) == width(index.ty()) => walk(op.operand(0), the_loop, varying),
        "arith.addi" | "arith.subi" => match &steps()[..] {
            [Walk::One, Walk::Stays] => Walk::One,
            [Walk::Stays, Walk::One] if op.is("arith.addi") => Walk::One,
            [Walk::Anywhere, _] | [_, Walk::Anywhere] => Walk::Anywhere,
            _ => Walk::Steps,
        },
        "arith.muli" => match &steps()[..] {
            [Walk::One | Walk::Steps, Walk::Stays] | [Walk::Stays, Walk::One | Walk::Steps] => Walk::Steps,
            _ => Walk::Anywhere,
        },
        _ => Walk::Anywhere,
    }
}

/// Whether not all lanes may reach an op.
fn is_masked<'c>(op: Op<'c>, the_loop: Op<'c>, varying: &HashSet<Value<'c>>) -> bool {
    std::iter::successors(op.parent(), |o| o.parent()).take_while(|o| *o != the_loop).any(|around| match around.name() {
        "scf.if" => varying.contains(&around.operand(0)),
        "scf.for" => varying.contains(&around.operand(0)) || varying.contains(&around.operand(1)),
        "scf.while" => around.body(0).terminator().is_some_and(|condition| varying.contains(&condition.operand(0))),
        _ => false,
    })
}

/// Whether nothing is read that is written.
fn is_repeatable(ops: &[Op]) -> bool {
    let stored: Vec<Value> = ops.iter().flat_map(|op| if op.is("memref.store") { written(*op) } else { vec![] }).collect();
    ops.iter().filter(|op| op.is("memref.load")).all(|load| stored.iter().all(|array| !may_alias(load.operand(0), *array)))
}
