//! Which loops are strided: from a place that differs between threads, by a step and to an end that do not.

use crate::kernel_uniformity::{before, follows_from, is_pure};
use crate::parallel::is_inside;
use crate::range_analysis::width;
use std::collections::HashMap;
use zouk_dialects::ir::{Block, Builder, Op, Value};

/// Iterations that are closer together find neighbours in memory as it is.
const CLOSE: i64 = 32;
/// How deep sums are looked into.
const DEPTH: usize = 10;

/// `i = start; while i < stop: …; i += step`, with `start = common + own`; all are i64, and known before the loop.
pub struct Stride<'c> {
    pub the_loop: Op<'c>,
    pub kind: Kind,
    pub start: Value<'c>,
    pub common: Value<'c>,
    pub own: Value<'c>,
    pub stop: Value<'c>,
    pub step: Value<'c>,
}

#[derive(Clone, Copy)]
pub enum Kind {
    /// Iterations are counted: `for k in range(…)`, with `start + k * step` in its body.
    For,
    /// The number among the values that the loop carries.
    While { counter: usize },
}

impl<'c> Stride<'c> {
    /// Computes what it is made of before the loop.
    pub fn of(the_loop: Op<'c>) -> Option<Self> {
        let (kind, [start, stop, step]) = if the_loop.is("scf.for") { (Kind::For, counted(the_loop)?) } else { conditional(the_loop)? };
        if Builder::constant_int(step).is_some_and(|step| step < CLOSE) {
            return None;
        }
        let mut terms = vec![];
        flatten(start, 1, DEPTH, &mut terms);
        let (own, common): (Vec<_>, Vec<_>) = terms.into_iter().partition(|(value, _)| depends_on_thread(*value));
        if own.is_empty() || !own.iter().all(|(value, sign)| *sign > 0 && is_place(*value, DEPTH)) {
            return None;
        }
        let b = Builder::before(the_loop);
        let sum = |terms: Vec<(Value<'c>, i64)>| {
            let (plus, minus): (Vec<_>, Vec<_>) = terms.into_iter().map(|(value, sign)| (b.index_cast(value, b.i64()), sign)).partition(|(_, sign)| *sign > 0);
            let first = plus.into_iter().map(|(value, _)| value).reduce(|sum, value| b.bin("arith.addi", sum, value)).unwrap_or_else(|| b.c_i64(0));
            minus.into_iter().fold(first, |sum, (value, _)| b.bin("arith.subi", sum, value))
        };
        Some(Stride { the_loop, kind, start, common: sum(common), own: sum(own), stop, step })
    }

    /// What must be the same for all threads.
    pub fn fixed(&self) -> [Value<'c>; 3] {
        [self.common, self.stop, self.step]
    }
}

/// Start, stop and step of the `range` whose items a loop counts.
fn counted<'c>(the_loop: Op<'c>) -> Option<[Value<'c>; 3]> {
    let [from, trips, by] = [0, 1, 2].map(|i| the_loop.operand(i));
    let counts = Builder::constant_int(from) == Some(0) && Builder::constant_int(by) == Some(1) && !the_loop.has_attr("unsignedCmp");
    if counts { items(trips) } else { None }
}

/// The range that has so many items, as lowering computes it: `⌈(high - low) / stride⌉`, or 0.
fn items<'c>(count: Value<'c>) -> Option<[Value<'c>; 3]> {
    let i64_type = Builder::before(count.def()?).i64();
    let [some, many, none] = selected(count)?;
    if let Some(capped) = some.def_by("arith.cmpi").filter(|_| Builder::constant_int(many) == Some(i64::MAX)) {
        return if capped.operand(0) == none { items(none) } else { None };
    }
    let some = some.def_by("arith.cmpi").filter(|op| op.int_attr("predicate") == Some(2))?;
    let (low, high) = (some.operand(0), some.operand(1));
    let quotient = plus(many, 1)?.def_by("arith.divui")?;
    let distance = plus(quotient.operand(0), -1)?.def_by("arith.subi")?;
    if Builder::constant_int(none) != Some(0) || low.ty() != i64_type || distance.operands() != [high, low] {
        return None;
    }
    let stride = quotient.operand(1);
    match (selected(low), selected(high), selected(stride)) {
        // Upwards or downwards: it is upwards where the step is positive.
        (Some([up, start, stop]), Some([same, end, begin]), Some([again, step, _])) if same == up && again == up && start == begin && stop == end => {
            let asked = up.def_by("arith.cmpi").filter(|op| op.int_attr("predicate") == Some(4))?;
            (asked.operand(0) == step && Builder::constant_int(asked.operand(1)) == Some(0)).then_some([start, stop, step])
        }
        _ => Builder::constant_int(stride).filter(|step| *step > 0).map(|_| [low, high, stride]),
    }
}

fn selected<'c>(value: Value<'c>) -> Option<[Value<'c>; 3]> {
    let op = value.def_by("arith.select")?;
    Some([op.operand(0), op.operand(1), op.operand(2)])
}

/// The value that `more` is added to.
fn plus<'c>(value: Value<'c>, more: i64) -> Option<Value<'c>> {
    let op = value.def()?;
    let sign = match op.name() {
        "arith.addi" => 1,
        "arith.subi" => -1,
        _ => return None,
    };
    (Builder::constant_int(op.operand(1))? == sign * more).then(|| op.operand(0))
}

/// `while i < stop: …; i += step`
fn conditional<'c>(the_loop: Op<'c>) -> Option<(Kind, [Value<'c>; 3])> {
    let (head, body) = (the_loop.body(0), the_loop.body(1));
    let (condition, next) = (head.terminator()?, body.terminator()?);
    if !plain(head, condition) || !condition.is("scf.condition") {
        return None;
    }
    let asked = condition.operand(0).def_by("arith.cmpi")?;
    let counter = |side: usize| head.args().into_iter().find(|argument| *argument == asked.operand(side));
    let (at, end, inclusive) = match (asked.int_attr("predicate")?, counter(0), counter(1)) {
        (2, Some(at), _) => (at, asked.operand(1), false),
        (3, Some(at), _) => (at, asked.operand(1), true),
        (4, _, Some(at)) => (at, asked.operand(0), false),
        (5, _, Some(at)) => (at, asked.operand(0), true),
        _ => return None,
    };
    let b = Builder::before(the_loop);
    let counter = at.number();
    let sum = next.operand(counter).def_by("arith.addi")?;
    let is_counter = |value: Value<'c>| body.args().into_iter().any(|argument| argument == value && condition.operand(1 + argument.number()) == at);
    let step = match (sum.operand(0), sum.operand(1)) {
        (now, step) if is_counter(now) => step,
        (step, now) if is_counter(now) => step,
        _ => return None,
    };
    if at.ty() != b.i64() || !is_fixed(end, the_loop) || !is_fixed(step, the_loop) {
        return None;
    }
    let mut known = HashMap::new();
    let (end, step) = (before(&b, end, the_loop, &mut known), before(&b, step, the_loop, &mut known));
    let stop = if inclusive { b.bin("arith.addi", end, b.c_i64(1)) } else { end };
    Some((Kind::While { counter }, [the_loop.operand(counter), stop, step]))
}

/// Whether what stands before the last op of a loop's head may be done once more.
fn plain(head: Block, last: Op) -> bool {
    head.ops().into_iter().all(|op| op == last || is_pure(op) || is_number_of_launch(op))
}

/// Sizes and numbers of blocks and threads.
fn is_number_of_launch(op: Op) -> bool {
    op.dialect() == "gpu" && op.num_operands() == 0 && op.num_results() == 1
}

/// Whether a value of the loop can be computed before it.
fn is_fixed<'c>(value: Value<'c>, the_loop: Op<'c>) -> bool {
    follows_from(value, &|value| !is_inside(value, the_loop), &|op| op.num_regions() == 0 && (is_pure(op) || is_number_of_launch(op)))
}

/// The terms of a sum, with their signs. Sums of fewer than 64 bits are one term: they may have wrapped around.
fn flatten<'c>(value: Value<'c>, sign: i64, depth: usize, terms: &mut Vec<(Value<'c>, i64)>) {
    let wide = |op: &Op<'c>| depth > 0 && op.operands().into_iter().all(|operand| width(operand.ty()) == Some(64));
    match value.def().filter(wide) {
        Some(op) if matches!(op.name(), "arith.addi" | "arith.subi") => {
            flatten(op.operand(0), sign, depth - 1, terms);
            flatten(op.operand(1), if op.is("arith.addi") { sign } else { -sign }, depth - 1, terms);
        }
        Some(op) if op.is("arith.index_cast") => flatten(op.operand(0), sign, depth - 1, terms),
        _ => terms.push((value, sign)),
    }
}

/// Whether the number of a thread can be seen in what computes the value.
fn depends_on_thread(value: Value) -> bool {
    let computes = |op: Op| is_pure(op) && op.num_regions() == 0;
    !follows_from(value, &|value| value.def().is_none_or(|op| !computes(op) && !op.is("gpu.thread_id")), &computes)
}

/// The number of a thread, or of several axes put together: 0 for the first thread of a block.
fn is_place(value: Value, depth: usize) -> bool {
    let Some(op) = value.def().filter(|_| depth > 0) else { return false };
    let is_place = |i: usize| is_place(op.operand(i), depth - 1);
    match op.name() {
        "gpu.thread_id" => true,
        "arith.index_cast" | "arith.extsi" | "arith.extui" => is_place(0),
        "arith.addi" => is_place(0) && is_place(1),
        "arith.muli" => [(0, 1), (1, 0)].into_iter().any(|(place, factor)| !depends_on_thread(op.operand(factor)) && is_place(place)),
        "arith.shli" => is_place(0) && Builder::constant_int(op.operand(1)).is_some(),
        _ => false,
    }
}
