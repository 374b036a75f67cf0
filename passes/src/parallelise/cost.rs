//! What an iteration costs, in nanoseconds or so: enough to tell loops that are worth a thread from those that are not.

use crate::parallel::is_inside;
use zouk_dialects::ir::{Block, Builder, Op, Value};

/// Iterations of an inner loop whose number is not known before.
const GUESS: i64 = 16;
/// Ops in a nanosecond.
const PER_NANOSECOND: i64 = 4;

/// The cost as an i64, at least 1; the lengths of inner loops count as they are found at run time.
pub fn of<'c>(b: &Builder<'c>, the_loop: Op<'c>) -> Value<'c> {
    let ops = block(b, the_loop, the_loop.body(0));
    let cost = b.bin("arith.divui", ops, b.c_i64(PER_NANOSECOND));
    b.bin("arith.maxsi", cost, b.c_i64(1))
}

/// Ops that run in the block.
fn block<'c>(b: &Builder<'c>, outer: Op<'c>, block_of: Block<'c>) -> Value<'c> {
    let mut fixed = 0;
    let mut varying: Option<Value> = None;
    let mut add = |value: Value<'c>| varying = Some(varying.map_or(value, |sum| b.bin("arith.addi", sum, value)));
    for op in block_of.ops() {
        match op.name() {
            "scf.for" => {
                let bounds = [0, 1].map(|i| op.operand(i));
                let body = block(b, outer, op.body(0));
                let threads = threads(op).filter(|count| !is_inside(*count, outer));
                let trips = if let Some(count) = threads {
                    b.bin("arith.minui", b.index_cast(count, b.i64()), b.c_i64(1 << 20))
                } else if bounds.iter().any(|v| is_inside(*v, outer)) || Builder::constant_int(op.operand(2)).is_none() {
                    b.c_i64(GUESS)
                } else {
                    length(b, op)
                };
                add(b.bin("arith.muli", trips, body));
            }
            "scf.while" | "scf.execute_region" => fixed += GUESS * op.collect(|_| true).len() as i64,
            _ => {
                fixed += weight(op);
                for inner in op.regions().into_iter().flat_map(|r| r.blocks()) {
                    add(block(b, outer, inner));
                }
            }
        }
    }
    let fixed = b.c_i64(fixed);
    varying.map_or(fixed, |sum| b.bin("arith.addi", sum, fixed))
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

/// Iterations of an inner loop, at most 2^20, so that products stay in range.
fn length<'c>(b: &Builder<'c>, op: Op<'c>) -> Value<'c> {
    let [from, to, step] = [0, 1, 2].map(|i| b.index_cast(op.operand(i), b.i64()));
    let count = b.bin("arith.divui", b.bin("arith.maxsi", b.bin("arith.subi", to, from), b.c_i64(0)), step);
    b.bin("arith.minui", count, b.c_i64(1 << 20))
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
