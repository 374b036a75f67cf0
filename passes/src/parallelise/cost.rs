//! What an iteration costs, in nanoseconds or so: enough to tell loops that are worth a thread from those that are not.

use crate::parallel::is_inside;
use std::collections::HashMap;
use zouk_dialects::ir::{Block, Builder, Op, Value};

/// Iterations of an inner loop whose number is not known before.
const GUESS: i64 = 16;
/// Ops in a nanosecond.
const PER_NANOSECOND: i64 = 4;

/// The cost as an i64, at least 1; the lengths of inner loops count as they are found at run time.
pub fn of<'c>(b: &Builder<'c>, the_loop: Op<'c>) -> Value<'c> {
    let mut cost = Cost { b, outer: the_loop, middle: HashMap::new() };
    let ops = cost.block(the_loop.body(0));
    let cost = b.bin("arith.divui", ops, b.c_i64(PER_NANOSECOND));
    b.bin("arith.maxsi", cost, b.c_i64(1))
}

/// The iterations of a loop inside it, as far as they are known before: an i64, at most 2^20.
pub fn length<'c>(b: &Builder<'c>, the_loop: Op<'c>, inner: Op<'c>) -> Value<'c> {
    let mut cost = Cost { b, outer: the_loop, middle: HashMap::new() };
    cost.length(inner).unwrap_or_else(|| b.c_i64(GUESS))
}

struct Cost<'b, 'c> {
    b: &'b Builder<'c>,
    outer: Op<'c>,
    /// What values of the loop are in the middle of it, as far as that is asked.
    middle: HashMap<Value<'c>, Value<'c>>,
}

impl<'c> Cost<'_, 'c> {
    /// The counter of a loop in the middle, where the bounds are known.
    fn counter(&mut self, the_loop: Op<'c>) -> Option<Value<'c>> {
        let (from, to) = (self.known(the_loop.operand(0))?, self.known(the_loop.operand(1))?);
        let b = self.b;
        let length = b.bin("arith.maxsi", b.bin("arith.subi", to, from), b.c_int(from.ty(), 0));
        Some(b.bin("arith.addi", from, b.bin("arith.divui", length, b.c_int(from.ty(), 2))))
    }

    /// A value as it is before the loop, or in the middle of it where that is arithmetic with the counters.
    fn known(&mut self, value: Value<'c>) -> Option<Value<'c>> {
        if !is_inside(value, self.outer) {
            return Some(value);
        }
        if let Some(middle) = self.middle.get(&value) {
            return Some(*middle);
        }
        let middle = match value.owner_block().and_then(|block| block.parent()) {
            Some(around) => self.counter(Some(around).filter(|around| around.is("scf.for") && around.body(0).arg(0) == value)?)?,
            None => {
                let op = value.def().filter(|op| is_harmless(*op))?;
                let operands = op.operands().into_iter().map(|operand| self.known(operand)).collect::<Option<Vec<Value>>>()?;
                let copy = self.b.insert(op.deep_clone());
                copy.set_operands(&operands);
                copy.result(0)
            }
        };
        self.middle.insert(value, middle);
        Some(middle)
    }

    /// Ops that run in the block.
    fn block(&mut self, block_of: Block<'c>) -> Value<'c> {
        let b = self.b;
        let mut fixed = 0;
        let mut varying: Option<Value> = None;
        let mut add = |value: Value<'c>| varying = Some(varying.map_or(value, |sum| b.bin("arith.addi", sum, value)));
        for op in block_of.ops() {
            match op.name() {
                "scf.for" => {
                    let body = self.block(op.body(0));
                    let threads = threads(op).filter(|count| !is_inside(*count, self.outer));
                    let trips = if let Some(count) = threads {
                        b.bin("arith.minui", b.index_cast(count, b.i64()), b.c_i64(1 << 20))
                    } else {
                        self.length(op).unwrap_or_else(|| b.c_i64(GUESS))
                    };
                    add(b.bin("arith.muli", trips, body));
                }
                "scf.while" | "scf.execute_region" => fixed += GUESS * op.collect(|_| true).len() as i64,
                _ => {
                    fixed += weight(op);
                    for inner in op.regions().into_iter().flat_map(|r| r.blocks()) {
                        add(self.block(inner));
                    }
                }
            }
        }
        let fixed = b.c_i64(fixed);
        varying.map_or(fixed, |sum| b.bin("arith.addi", sum, fixed))
    }

    /// Iterations of an inner loop, at most 2^20, so that products stay in range.
    fn length(&mut self, op: Op<'c>) -> Option<Value<'c>> {
        let b = self.b;
        Builder::constant_int(op.operand(2))?;
        let (from, to, step) = (self.known(op.operand(0))?, self.known(op.operand(1))?, self.known(op.operand(2))?);
        let [from, to, step] = [from, to, step].map(|value| b.index_cast(value, b.i64()));
        let count = b.bin("arith.divui", b.bin("arith.maxsi", b.bin("arith.subi", to, from), b.c_i64(0)), step);
        Some(b.bin("arith.minui", count, b.c_i64(1 << 20)))
    }
}

/// Whether an op may run where it did not stand, whatever its operands are.
fn is_harmless(op: Op) -> bool {
    let arithmetic = ["addi", "subi", "muli", "minsi", "maxsi", "minui", "maxui", "index_cast", "extsi", "extui", "trunci", "cmpi", "select", "andi", "ori", "xori", "constant"];
    op.num_results() == 1 && op.name().strip_prefix("arith.").is_some_and(|name| arithmetic.contains(&name))
}

/// Of a loop over the threads of a block: how many there are at most.
fn threads(op: Op) -> Option<Value> {
    let narrowed = op.operand(1).def_by("arith.select")?.operand(1).def_by("arith.minsi")?;
    let mut most = narrowed.operand(1);
    while let Some(inner) = most.def_by("arith.minsi") {
        most = inner.operand(1);
    }
    Some(most)
}

fn weight(op: Op) -> i64 {
    match op.dialect() {
        "math" | "complex" => 20,
        "func" => 100,
        _ => match op.name() {
            "arith.divf" | "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" => 8,
            "arith.constant" | "scf.yield" => 0,
            "rt.alloc" | "rt.call" | "rt.print" => 100,
            _ => 1,
        },
    }
}
