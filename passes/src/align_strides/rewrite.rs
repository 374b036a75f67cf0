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

/// `for base in range(common, stop, step): if own < stop - base: …`, with `base + own` in the place of the thread's own counter; gives what the old loop gave.
fn together<'c>(stride: &Stride<'c>, b: &Builder<'c>) -> Vec<Value<'c>> {
    let Stride { the_loop, common, stop, step, .. } = *stride;
    let carried = Carried::of(stride);
    let mut inits: Vec<Value> = carried.kept.iter().map(|k| the_loop.operand(carried.first + k)).collect();
    let types: Vec<Type> = inits.iter().map(|init| init.ty()).collect();
    // What counts the iterations is the same for all threads.
    inits.extend(carried.counts.then(|| b.c_i64(0)));
    let region = Region::new();
    let block = region.add_block(&[b.i64()].into_iter().chain(inits.iter().map(|init| init.ty())).map(|ty| (ty, the_loop.loc())).collect::<Vec<_>>());
    b.within(block, || {
        let takes_part = b.cmpi("slt", stride.own, b.bin("arith.subi", stop, block.arg(0)));
        let arguments = block.args()[1..=types.len()].to_vec();
        let (then, otherwise) = (Region::new(), Region::new());
        match stride.kind {
            Kind::For => counted(stride, block, &arguments, then),
            Kind::While { .. } => conditional(stride, &carried, block.arg(0), &arguments, then),
        }
        if !types.is_empty() {
            b.within(otherwise.add_block(&[]), || b.op("scf.yield", &arguments, &[], &[]));
        }
        let branch = b.op_with_regions("scf.if", &[takes_part], &types, &[], &[then, otherwise]);
        branch.set_unit(TOGETHER);
        let mut next = branch.results();
        next.extend(block.args().get(1 + types.len()).map(|k| b.bin("arith.addi", *k, b.c_i64(1))));
        b.op("scf.yield", &next, &[], &[]);
    });
    let all: Vec<Type> = inits.iter().map(|init| init.ty()).collect();
    let made = b.op_with_regions("scf.for", &[&[common, stop, step], &inits[..]].concat(), &all, &[], &[region]);
    let results = made.results()[..types.len()].to_vec();
    match stride.kind {
        Kind::For => results,
        Kind::While { .. } => carried.results(stride, b, &results),
    }
}

/// The body of a counted loop, in one whose block is given.
fn counted<'c>(stride: &Stride<'c>, block: Block<'c>, arguments: &[Value<'c>], into: Region<'c>) {
    into.take_body(stride.the_loop.region(0));
    let Some((body, first)) = into.first_block().and_then(|body| Some((body, body.first()?))) else { return };
    let b = Builder::before(first);
    let item = b.bin("arith.addi", block.arg(0), stride.own);
    for op in items(stride, body.arg(0)).unwrap_or_default() {
        op.result(0).replace_all_uses(item);
        op.erase();
    }
    let counter = block.args().get(1 + arguments.len()).copied();
    if let Some(counter) = counter {
        body.arg(0).replace_all_uses(counter);
    } else {
        body.arg(0).uses().into_iter().for_each(|(product, _)| product.erase());
    }
    body.args().into_iter().skip(1).zip(arguments).for_each(|(old, new)| old.replace_all_uses(*new));
    (0..body.num_args()).rev().for_each(|i| body.erase_arg(i));
}

/// The ops that compute `start + k * step`, if that is all that `k` is for.
fn items<'c>(stride: &Stride<'c>, k: Value<'c>) -> Option<Vec<Op<'c>>> {
    let made_of = |op: Op<'c>, name: &str, a: Value<'c>, b: Value<'c>| op.is(name) && (op.operands() == [a, b] || op.operands() == [b, a]);
    let mut found = vec![];
    for (product, _) in k.uses() {
        for (sum, _) in made_of(product, "arith.muli", k, stride.step).then(|| product.result(0).uses())? {
            found.push(made_of(sum, "arith.addi", stride.start, product.result(0)).then_some(sum)?);
        }
    }
    Some(found)
}

/// The body of a loop with a condition, behind what its head computes.
fn conditional<'c>(stride: &Stride<'c>, carried: &Carried, base: Value<'c>, arguments: &[Value<'c>], into: Region<'c>) {
    let (head, Kind::While { counter }) = (stride.the_loop.body(0), stride.kind) else { return };
    let passed = head.terminator().map(|end| end.operands().split_off(1)).unwrap_or_default();
    into.take_body(stride.the_loop.region(1));
    let Some(body) = into.first_block() else { return };
    let Some(first) = body.first() else { return };
    let b = Builder::before(first);
    let mut known: HashMap<Value, Value> = carried.kept.iter().map(|k| head.arg(*k)).zip(arguments.iter().copied()).collect();
    known.insert(head.arg(counter), b.bin("arith.addi", base, stride.own));
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
    /// Whether the number of iterations is carried, too.
    counts: bool,
}

impl Carried {
    fn of(stride: &Stride) -> Self {
        let the_loop = stride.the_loop;
        let Kind::While { counter } = stride.kind else {
            let counts = items(stride, the_loop.body(0).arg(0)).is_none();
            return Carried { first: 3, kept: (0..the_loop.num_results()).collect(), counts };
        };
        let head = the_loop.body(0);
        let passed = head.terminator().map(|end| end.operands().split_off(1)).unwrap_or_default();
        // The counter is carried where it is wanted after the loop, itself or in what the head computes.
        let other = |value: Value| head.args().into_iter().any(|argument| argument == value && argument.number() != counter);
        let wanted = the_loop.results().into_iter().zip(passed).any(|(result, value)| !result.is_unused() && !other(value));
        Carried { first: 0, kept: (0..head.num_args()).filter(|k| *k != counter || wanted).collect(), counts: false }
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
