//! The loop that all threads go through together, in the place of a strided one.

use super::stride::{Kind, Stride};
use crate::kernel_uniformity::TOGETHER;
use std::collections::HashMap;
use zouk_dialects::ir::{Block, Builder, Op, Region, Type, Value};

/// Puts the new loop in the place of the old, which stays for when one of the numbers does not lie where it has to.
pub fn rewrite<'c>(stride: &Stride<'c>, questions: &[(Value<'c>, i64, i64)]) {
    let the_loop = stride.the_loop;
    let b = Builder::before(the_loop);
    let mut fine: Option<Value> = None;
    for (value, low, high) in questions {
        for condition in [b.cmpi("sge", *value, b.c_i64(*low)), b.cmpi("sle", *value, b.c_i64(*high))] {
            fine = Some(fine.map_or(condition, |fine| b.bin("arith.andi", fine, condition)));
        }
    }
    let results = match fine {
        None => together(stride, &b),
        Some(fine) => {
            let types: Vec<Type> = the_loop.results().iter().map(|r| r.ty()).collect();
            let (then, otherwise) = (Region::new(), Region::new());
            b.within(otherwise.add_block(&[]), || {
                let copy = b.insert(the_loop.deep_clone());
                b.op("scf.yield", &copy.results(), &[], &[]);
            });
            b.within(then.add_block(&[]), || {
                let results = together(stride, &b);
                b.op("scf.yield", &results, &[], &[]);
            });
            b.op_with_regions("scf.if", &[fine], &types, &[], &[then, otherwise]).results()
        }
    };
    the_loop.results().into_iter().zip(results).for_each(|(old, new)| old.replace_all_uses(new));
    the_loop.erase();
}

/// `for k in range(⌈(stop - common) / step⌉): if own < stop - (common + k * step): …`; gives what the old loop gave.
fn together<'c>(stride: &Stride<'c>, b: &Builder<'c>) -> Vec<Value<'c>> {
    let Stride { the_loop, common, stop, step, .. } = *stride;
    let (zero, one) = (b.c_i64(0), b.c_i64(1));
    let distance = b.bin("arith.subi", b.bin("arith.subi", stop, common), one);
    let count = b.bin("arith.addi", b.bin("arith.divui", distance, step), one);
    let trips = b.select(b.cmpi("slt", common, stop), count, zero);
    let carried = Carried::of(stride);
    let inits: Vec<Value> = carried.kept.iter().map(|k| the_loop.operand(carried.first + k)).collect();
    let types: Vec<Type> = inits.iter().map(|init| init.ty()).collect();
    let region = Region::new();
    let block = region.add_block(&[b.i64()].iter().chain(&types).map(|ty| (*ty, the_loop.loc())).collect::<Vec<_>>());
    b.within(block, || {
        let along = b.bin("arith.muli", block.arg(0), step);
        let left = b.bin("arith.subi", stop, b.bin("arith.addi", common, along));
        let takes_part = b.cmpi("slt", stride.own, left);
        let arguments = block.args().split_off(1);
        let (then, otherwise) = (Region::new(), Region::new());
        match stride.kind {
            Kind::For => counted(the_loop, block.arg(0), &arguments, then),
            Kind::While { .. } => conditional(stride, &carried, block.arg(0), &arguments, then),
        }
        if !types.is_empty() {
            b.within(otherwise.add_block(&[]), || b.op("scf.yield", &arguments, &[], &[]));
        }
        let branch = b.op_with_regions("scf.if", &[takes_part], &types, &[], &[then, otherwise]);
        branch.set_unit(TOGETHER);
        b.op("scf.yield", &branch.results(), &[], &[]);
    });
    let made = b.op_with_regions("scf.for", &[&[zero, trips, one], &inits[..]].concat(), &types, &[], &[region]);
    match stride.kind {
        Kind::For => made.results(),
        Kind::While { .. } => carried.results(stride, b, &made.results()),
    }
}

/// The body of a counted loop.
fn counted<'c>(the_loop: Op<'c>, k: Value<'c>, arguments: &[Value<'c>], into: Region<'c>) {
    into.take_body(the_loop.region(0));
    let Some(body) = into.first_block() else { return };
    body.args().into_iter().zip([&[k], arguments].concat()).for_each(|(old, new)| old.replace_all_uses(new));
    (0..body.num_args()).rev().for_each(|i| body.erase_arg(i));
}

/// The body of a loop with a condition, behind what its head computes.
fn conditional<'c>(stride: &Stride<'c>, carried: &Carried, k: Value<'c>, arguments: &[Value<'c>], into: Region<'c>) {
    let (head, Kind::While { counter }) = (stride.the_loop.body(0), stride.kind) else { return };
    let passed = head.terminator().map(|end| end.operands().split_off(1)).unwrap_or_default();
    into.take_body(stride.the_loop.region(1));
    let Some(body) = into.first_block() else { return };
    let Some(first) = body.first() else { return };
    let b = Builder::before(first);
    let mut known: HashMap<Value, Value> = carried.kept.iter().map(|k| head.arg(*k)).zip(arguments.iter().copied()).collect();
    known.insert(head.arg(counter), b.bin("arith.addi", stride.start, b.bin("arith.muli", k, stride.step)));
    repeat(&b, head, &mut known);
    body.args().into_iter().zip(passed).for_each(|(argument, value)| argument.replace_all_uses(known.get(&value).copied().unwrap_or(value)));
    (0..body.num_args()).rev().for_each(|i| body.erase_arg(i));
    if let Some(end) = body.terminator() {
        let next: Vec<Value> = carried.kept.iter().map(|k| end.operand(*k)).collect();
        Builder::before(end).op("scf.yield", &next, &[], &[]);
        end.erase();
    }
}

/// What a head computes, but for its last op.
fn repeat<'c>(b: &Builder<'c>, head: Block<'c>, known: &mut HashMap<Value<'c>, Value<'c>>) {
    let ops = head.ops();
    for op in ops.iter().take(ops.len().saturating_sub(1)) {
        let copy = b.insert(op.deep_clone());
        copy.walk(&mut |inner| {
            for i in 0..inner.num_operands() {
                if let Some(value) = known.get(&inner.operand(i)) {
                    inner.set_operand(i, *value);
                }
            }
        });
        known.extend(op.results().into_iter().zip(copy.results()));
    }
}

/// Which of the values that the old loop carries the new one carries, by number.
struct Carried {
    /// The operand of the loop that the first of them starts as.
    first: usize,
    kept: Vec<usize>,
}

impl Carried {
    fn of(stride: &Stride) -> Self {
        let the_loop = stride.the_loop;
        let Kind::While { counter } = stride.kind else { return Carried { first: 3, kept: (0..the_loop.num_results()).collect() } };
        let head = the_loop.body(0);
        let passed = head.terminator().map(|end| end.operands().split_off(1)).unwrap_or_default();
        // The counter is carried where it is wanted after the loop, itself or in what the head computes.
        let other = |value: Value| head.args().into_iter().any(|argument| argument == value && argument.number() != counter);
        let wanted = the_loop.results().into_iter().zip(passed).any(|(result, value)| !result.is_unused() && !other(value));
        Carried { first: 0, kept: (0..head.num_args()).filter(|k| *k != counter || wanted).collect() }
    }

    /// What a loop with a condition gives, of the values that it carried last.
    fn results<'c>(&self, stride: &Stride<'c>, b: &Builder<'c>, last: &[Value<'c>]) -> Vec<Value<'c>> {
        let head = stride.the_loop.body(0);
        let passed = head.terminator().map(|end| end.operands().split_off(1)).unwrap_or_default();
        let mut known: HashMap<Value, Value> = self.kept.iter().map(|k| head.arg(*k)).zip(last.iter().copied()).collect();
        if let Kind::While { counter } = stride.kind {
            // What is not carried is not wanted.
            known.entry(head.arg(counter)).or_insert(stride.start);
        }
        repeat(b, head, &mut known);
        passed.into_iter().map(|value| known.get(&value).copied().unwrap_or(value)).collect()
    }
}
