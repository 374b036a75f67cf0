//! Assignments inside a parallel loop that ask whether their operands overlap: asked once, before the loop.
//!
//! `bufferize` computes `acc += row` in `acc` unless the two overlap, which every iteration would test. Where the arrays that the iterations' views are of lie apart the answer is
//! known: a copy of the loop without these questions runs then, and the loop as written otherwise.

use super::accesses::bases_of;
use crate::bufferize::overlap;
use crate::memory::may_alias;
use crate::parallel::{PARALLEL, version};
use std::collections::HashSet;
use zouk_dialects::ir::{Builder, Op, Value};

pub fn ask_once<'c>(the_loop: Op<'c>) {
    let mut pairs: Vec<(Value<'c>, Value<'c>)> = vec![];
    let branches: Vec<Op> = the_loop.collect(is_choice);
    let conditions: HashSet<Value<'c>> = branches.iter().filter(|op| add_pairs(**op, the_loop, &mut pairs)).map(|op| op.operand(0)).collect();
    if conditions.is_empty() || pairs.len() > 16 {
        return;
    }
    let b = Builder::before(the_loop);
    let apart = pairs.iter().map(|(x, y)| overlap::disjoint(&b, *x, *y)).reduce(|x, y| b.bin("arith.andi", x, y));
    // The copy's branches are in the order of the loop's.
    let all: Vec<bool> = the_loop.collect(|op| op.is("scf.if")).iter().map(|op| conditions.contains(&op.operand(0))).collect();
    let copy = match apart {
        Some(apart) => {
            let copy = version(the_loop, apart);
            the_loop.walk(&mut |op| _ = op.remove_attr(PARALLEL));
            copy
        }
        None => the_loop,
    };
    let known: Vec<Op> = copy.collect(|op| op.is("scf.if")).into_iter().zip(all).filter(|(_, known)| *known).map(|(op, _)| op).collect();
    // Inner ones first: an outer one's region moves.
    known.into_iter().rev().for_each(take_first);
}

/// `scf.if safe -> array { target } else { a new array }`
fn is_choice(op: Op) -> bool {
    let yielded = |i: usize| op.region(i).first_block().and_then(|b| b.terminator()).filter(|t| t.num_operands() == 1).map(|t| t.operand(0));
    op.is("scf.if")
        && op.num_results() == 1
        && op.result(0).ty().to_string().starts_with("memref")
        && yielded(1).is_some_and(|value| std::iter::successors(Some(value), |v| v.def().filter(|o| matches!(o.name(), "memref.cast" | "rt.view")).map(|o| o.operand(0))).any(|v| v.def_by("rt.alloc").is_some()))
        && op.body(0).ops().len() == 1
}

/// The pairs of arrays from before the loop that must lie apart for the first branch to be taken; false when that is not enough.
fn add_pairs<'c>(op: Op<'c>, the_loop: Op<'c>, pairs: &mut Vec<(Value<'c>, Value<'c>)>) -> bool {
    let Some(place) = op.body(0).terminator().map(|t| t.operand(0)) else { return false };
    let Some(&[target]) = bases(place, the_loop).as_deref().and_then(|all| <&[Value; 1]>::try_from(all).ok()) else { return false };
    let (mut arrays, mut rest, mut seen) = (vec![], vec![op.operand(0)], HashSet::new());
    while let Some(value) = rest.pop() {
        if !seen.insert(value) {
            continue;
        }
        let Some(def) = value.def() else { continue };
        match def.name() {
            "memref.extract_aligned_pointer_as_index" => arrays.push(def.operand(0)),
            _ if def.dialect() == "arith" => rest.extend(def.operands()),
            _ => {}
        }
    }
    // Of each pair in the condition one is the place. Another view of the same array is not apart from it.
    let mut found = vec![];
    arrays.retain(|array| uncast(*array) != uncast(place));
    if arrays.is_empty() {
        return false;
    }
    // What the iteration has made itself is apart from all that was there before.
    for array in arrays {
        let Some(others) = bases(array, the_loop) else { return false };
        if others.contains(&target) {
            return false;
        }
        found.extend(others.into_iter().map(|other| (target, other)));
    }
    found.retain(|(x, y)| may_alias(*x, *y) && !pairs.contains(&(*x, *y)));
    pairs.extend(found);
    true
}

fn uncast(array: Value) -> Value {
    std::iter::successors(Some(array), |v| v.def_by("memref.cast").map(|op| op.operand(0))).last().unwrap_or(array)
}

/// The arrays from before the loop that a value may be or be a view of.
fn bases<'c>(array: Value<'c>, the_loop: Op<'c>) -> Option<Vec<Value<'c>>> {
    let mut found = vec![];
    bases_of(array, the_loop, &mut HashSet::new(), &mut found).then_some(found)
}

/// Puts the first branch in the place of the `scf.if`.
fn take_first(op: Op) {
    let block = op.body(0);
    let yielded = block.terminator().map(|t| t.operands()).unwrap_or_default();
    let b = Builder::before(op);
    for inner in block.ops().into_iter().filter(|inner| !inner.is("scf.yield")) {
        inner.detach();
        b.insert(inner);
    }
    op.results().into_iter().zip(yielded).for_each(|(result, value)| result.replace_all_uses(value));
    op.erase();
}
