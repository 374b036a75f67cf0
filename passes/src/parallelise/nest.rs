//! Nests of loops over one grid of a GPU's threads: every thread takes every so many iterations of each loop.
//!
//! `analyse_dependences` marks an inner loop (`zouk.spread`) whose iterations do not need each other, where the loop around it does nothing but run it and compute what it needs: no matter how often.
//! Threads are numbered along the innermost loop first, so neighbours touch neighbouring elements of an array in C's order, and all of them have work where the innermost loop is short.

use super::cost;
use crate::memory::{may_alias, root, written};
use crate::parallel::CARRIED;
use zouk_dialects::ir::{Builder, Op, Type, Value};

/// On a loop that may be spread over threads together with the one around it.
pub const SPREAD: &str = "zouk.spread";

/// Loops of a nest at most.
const MOST: usize = 3;
/// Iterations of a loop that matter to how many threads it gets: products of three are in range.
const LONGEST: i64 = 1 << 20;

/// The loop that is all that an iteration does, but for what may run for each of its iterations. `apart`: arrays that are tested not to overlap.
pub fn inner<'c>(the_loop: Op<'c>, apart: &[(Value<'c>, Value<'c>)]) -> Option<Op<'c>> {
    let (ops, yielded) = (the_loop.body(0).ops(), the_loop.body(0).terminator()?);
    let inner = *ops.iter().rev().nth(1).filter(|op| op.is("scf.for") && !op.has_attr("unsignedCmp"))?;
    let same = inner.num_results() == the_loop.num_results();
    let handed = (0..inner.num_results()).all(|k| inner.operand(3 + k) == the_loop.body(0).arg(1 + k) && yielded.operand(k) == inner.result(k));
    let any_order = the_loop.str_array_attr(CARRIED).iter().all(|way| ["arith.", "complex.", "choose "].iter().any(|kind| way.starts_with(kind)));
    let mut stored: Vec<Value> = vec![];
    inner.walk(&mut |op| stored.extend(written(op)));
    let before = &ops[..ops.len() - 2];
    (same && handed && any_order && before.iter().all(|op| may_repeat(*op, &stored, apart))).then_some(inner)
}

/// Whether an op may run once for each thread, beside what the others store.
fn may_repeat<'c>(op: Op<'c>, stored: &[Value<'c>], apart: &[(Value<'c>, Value<'c>)]) -> bool {
    match (op.dialect(), op.name()) {
        ("arith" | "math" | "complex" | "ub", _) => op.num_regions() == 0,
        (_, "memref.dim" | "memref.cast" | "memref.extract_strided_metadata" | "rt.view" | "rt.constant_array" | "rt.index" | "rt.check") => true,
        (_, "memref.load") => stored.iter().all(|array| !may_alias(*array, op.operand(0)) || lie_apart((*array, op.operand(0)), apart)),
        _ => false,
    }
}

/// Whether two arrays, or those that they are views of, are among those that are tested.
pub fn lie_apart<'c>((x, y): (Value<'c>, Value<'c>), apart: &[(Value<'c>, Value<'c>)]) -> bool {
    let (x, y) = (root(x), root(y));
    apart.iter().map(|(a, b)| (root(*a), root(*b))).any(|pair| pair == (x, y) || pair == (y, x))
}

/// The loops that are spread with this one, it first.
pub fn levels<'c>(the_loop: Op<'c>) -> Vec<Op<'c>> {
    let next = |op: &Op<'c>| op.body(0).ops().into_iter().find(|op| op.is("scf.for") && op.has_attr(SPREAD));
    std::iter::successors(Some(the_loop), next).take(MOST).collect()
}

/// How many threads each loop of a nest is spread over.
pub struct Grid<'c> {
    counts: Vec<Value<'c>>,
}

impl<'c> Grid<'c> {
    /// So many iterations of the outermost loop; `threads` says how many threads there are for a number of iterations.
    pub fn new(b: &Builder<'c>, levels: &[Op<'c>], trips: Value<'c>, threads: impl FnOnce(Value<'c>) -> Value<'c>) -> Self {
        let trips = b.bin("arith.minui", b.index_cast(trips, b.i64()), b.c_i64(LONGEST));
        let lengths: Vec<Value> = levels[1..].iter().map(|inner| cost::length(b, levels[0], *inner)).collect();
        let all = lengths.iter().fold(trips, |product, length| b.bin("arith.muli", product, *length));
        let mut left = threads(all);
        let mut counts = vec![];
        for length in lengths.iter().rev() {
            let count = b.bin("arith.maxui", b.bin("arith.minui", *length, left), b.c_i64(1));
            left = b.bin("arith.maxui", b.bin("arith.divui", left, count), b.c_i64(1));
            counts.push(count);
        }
        counts.push(b.bin("arith.minui", left, trips));
        counts.reverse();
        Grid { counts }
    }

    /// All threads.
    pub fn threads(&self, b: &Builder<'c>) -> Value<'c> {
        self.counts[1..].iter().fold(self.counts[0], |product, count| b.bin("arith.muli", product, *count))
    }

    pub fn outermost(&self) -> Value<'c> {
        self.counts[0]
    }

    /// The thread's number along each loop.
    pub fn place(&self, b: &Builder<'c>, thread: Value<'c>) -> Vec<Value<'c>> {
        let mut left = b.index_cast(thread, b.i64());
        let mut places = vec![];
        for count in self.counts[1..].iter().rev() {
            places.push(b.bin("arith.remui", left, *count));
            left = b.bin("arith.divui", left, *count);
        }
        places.push(left);
        places.reverse();
        places
    }

    /// Has the inner loops of a thread's copy of the nest take the thread's share.
    pub fn share(&self, copy: Op<'c>, places: &[Value<'c>]) {
        for (k, inner) in levels(copy).into_iter().enumerate().skip(1) {
            let b = Builder::before(inner);
            let ty = inner.operand(0).ty();
            let [from, to, step] = [0, 1, 2].map(|i| inner.operand(i));
            let (place, count) = (b.index_cast(places[k], ty), b.index_cast(self.counts[k], ty));
            // Near the largest integer, where the sums could leave the integers, one thread does it all.
            let safe = steps_are_safe(&b, to, step);
            let first = b.cmpi("eq", place, b.c_int(ty, 0));
            let apart = b.bin("arith.addi", from, b.bin("arith.muli", place, step));
            inner.set_operand(0, b.select(safe, apart, b.select(first, from, to)));
            inner.set_operand(2, b.select(safe, b.bin("arith.muli", step, count), step));
        }
        copy.walk(&mut |op| _ = op.remove_attr(SPREAD));
    }
}

/// Whether a step of all threads stays in the integers past the loop's end.
pub fn steps_are_safe<'c>(b: &Builder<'c>, to: Value<'c>, step: Value<'c>) -> Value<'c> {
    let limits = [(to, limit(b, to.ty(), 62)), (step, limit(b, step.ty(), 40))];
    let near = limits.map(|(value, limit)| b.cmpi("ult", value, limit));
    b.bin("arith.andi", near[0], near[1])
}

fn limit<'c>(b: &Builder<'c>, ty: Type<'c>, bits: u32) -> Value<'c> {
    b.c_int(ty, 1 << bits)
}
