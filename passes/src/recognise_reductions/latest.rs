//! Values that only some iterations assign: `if c: last = x`. Of such a value the loop is made to carry the counter of the iteration that assigned it last,
//! so that chunks can tell which of theirs is the latest.

use super::chain::derived;
use crate::parallel::PARALLEL;
use std::collections::{HashMap, HashSet};
use zouk_dialects::ir::{Builder, IntegerType, Op, Type, Value};

/// Of a loop: the numbers of a value and of its time, one after the other.
pub const LATEST: &str = "zouk.latest";

struct Times<'c> {
    counter: Value<'c>,
    /// What depends on the value at the head.
    derived: HashSet<Value<'c>>,
    /// The time beside each value that is known.
    known: HashMap<Value<'c>, Value<'c>>,
}

/// The loop with a time for the carried value of that number; none where the value goes other ways than branches and loops.
pub fn with_time<'c>(the_loop: Op<'c>, k: usize) -> Option<Op<'c>> {
    let body = the_loop.body(0);
    let argument = body.arg(k + 1);
    let end = body.terminator()?;
    if the_loop.str_attr(PARALLEL) != Some("prange") || !goes_through_branches(end.operand(k), argument, &derived(argument), 0) {
        return None;
    }
    let counter = body.arg(0);
    let b = Builder::before(the_loop);
    let never = b.c_int(counter.ty(), least(counter.ty()));
    let time = body.add_arg(counter.ty(), argument.loc());
    let mut times = Times { counter, derived: derived(argument), known: HashMap::from([(argument, time)]) };
    let next = times.of(end.operand(k));
    end.set_operands(&[end.operands(), vec![next]].concat());
    let longer = grown(the_loop, &[the_loop.operands(), vec![never]].concat(), counter.ty());
    let mut pairs = longer.i64_array_attr(LATEST);
    pairs.extend([k as i64, longer.num_results() as i64 - 1]);
    longer.set_attr(LATEST, Builder::before(longer).i64_array(&pairs));
    Some(longer)
}

/// What no counter is less than.
fn least(ty: Type) -> i64 {
    let bits = IntegerType::try_from(ty).map_or(64, |int| int.width());
    i64::MIN >> (64 - bits)
}

/// Whether the value is what it was, or something else, by selections, branches and inner loops alone.
fn goes_through_branches<'c>(value: Value<'c>, from: Value<'c>, derived: &HashSet<Value<'c>>, depth: usize) -> bool {
    if value == from || !derived.contains(&value) {
        return true;
    }
    let Some(op) = value.def().filter(|_| depth < 32) else { return false };
    let end = |i: usize| op.region(i).first_block().and_then(|block| block.terminator());
    let goes = |value: Value<'c>, from: Value<'c>| goes_through_branches(value, from, derived, depth + 1);
    let k = value.number();
    match op.name() {
        "arith.select" => !derived.contains(&op.operand(0)) && goes(op.operand(1), from) && goes(op.operand(2), from),
        "scf.if" => !derived.contains(&op.operand(0)) && [0, 1].into_iter().all(|i| end(i).is_some_and(|end| goes(end.operand(k), from))),
        "scf.for" => goes(op.operand(3 + k), from) && end(0).is_some_and(|end| goes(end.operand(k), op.body(0).arg(k + 1))),
        _ => false,
    }
}

impl<'c> Times<'c> {
    /// When a value was assigned: in this iteration, unless it comes from before.
    fn of(&mut self, value: Value<'c>) -> Value<'c> {
        if let Some(time) = self.known.get(&value) {
            return *time;
        }
        if !self.derived.contains(&value) {
            return self.counter;
        }
        let Some(op) = value.def() else { return self.counter };
        let k = value.number();
        let (value, time) = match op.name() {
            "arith.select" => {
                let (x, y) = (self.of(op.operand(1)), self.of(op.operand(2)));
                (value, Builder::before(op).select(op.operand(0), x, y))
            }
            "scf.if" => {
                for i in 0..2 {
                    let Some(end) = op.region(i).first_block().and_then(|block| block.terminator()) else { return self.counter };
                    let time = self.of(end.operand(k));
                    end.set_operands(&[end.operands(), vec![time]].concat());
                }
                self.replaced(op, &op.operands(), k)
            }
            _ => {
                let body = op.body(0);
                let start = self.of(op.operand(3 + k));
                let inner = body.add_arg(self.counter.ty(), value.loc());
                self.known.insert(body.arg(k + 1), inner);
                let Some(end) = body.terminator() else { return self.counter };
                let time = self.of(end.operand(k));
                end.set_operands(&[end.operands(), vec![time]].concat());
                self.replaced(op, &[op.operands(), vec![start]].concat(), k)
            }
        };
        self.derived.insert(value);
        self.known.insert(value, time);
        time
    }

    /// The op with one more result; the value of number `k` and the new one.
    fn replaced(&mut self, op: Op<'c>, operands: &[Value<'c>], k: usize) -> (Value<'c>, Value<'c>) {
        let still: Vec<usize> = (0..op.num_results()).filter(|i| self.derived.contains(&op.result(*i))).collect();
        let times: Vec<(usize, Value<'c>)> = (0..op.num_results()).filter_map(|i| Some((i, *self.known.get(&op.result(i))?))).collect();
        for result in op.results() {
            self.derived.remove(&result);
            self.known.remove(&result);
        }
        let longer = grown(op, operands, self.counter.ty());
        self.derived.extend(still.into_iter().map(|i| longer.result(i)));
        self.known.extend(times.into_iter().map(|(i, time)| (longer.result(i), time)));
        (longer.result(k), longer.result(longer.num_results() - 1))
    }
}

/// The op with its regions and attributes, and one more result.
fn grown<'c>(op: Op<'c>, operands: &[Value<'c>], ty: Type<'c>) -> Op<'c> {
    let b = Builder::before(op);
    b.set_loc(op.loc());
    let types: Vec<Type> = op.results().iter().map(|result| result.ty()).chain([ty]).collect();
    let attrs = op.attrs();
    let regions: Vec<_> = op
        .regions()
        .into_iter()
        .map(|from| {
            let region = zouk_dialects::ir::Region::new();
            region.take_body(from);
            region
        })
        .collect();
    let longer = b.op_with_regions(op.name(), operands, &types, &attrs, &regions);
    for (old, new) in op.results().into_iter().zip(longer.results()) {
        old.replace_all_uses(new);
    }
    op.erase();
    longer
}
