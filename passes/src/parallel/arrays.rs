//! Reductions into whole arrays: `acc += row`, `count[j] += 1`, where every chunk has an array of its own.

use super::is_inside;
use super::updates::{Update, cut_off, ended_by};
use crate::analyse_dependences::accesses::is_packed;
use crate::llvm_dialect::MemRef;
use std::collections::HashSet;
use zouk_dialects::ir::{Location, Op, Value};

/// The arrays from before the loop that its body only combines something into, by one associative operation; in the order of their first use.
pub fn reduced<'c>(the_loop: Op<'c>) -> Vec<(Value<'c>, &'static str)> {
    let mut arrays: Vec<Value<'c>> = vec![];
    the_loop.walk(&mut |op| {
        if op.is("memref.store") {
            let array = base(op.operand(1), the_loop);
            if !is_inside(array, the_loop) && !arrays.contains(&array) {
                arrays.push(array);
            }
        }
    });
    arrays.into_iter().filter_map(|array| Some((array, combined(array, the_loop)?))).collect()
}

/// The array that a view made in the loop is of.
fn base<'c>(mut array: Value<'c>, the_loop: Op<'c>) -> Value<'c> {
    while let Some(op) = array.def().filter(|op| is_inside(array, the_loop) && matches!(op.name(), "rt.view" | "memref.cast")) {
        array = op.operand(0);
    }
    array
}

fn combined<'c>(array: Value<'c>, the_loop: Op<'c>) -> Option<&'static str> {
    let memref = MemRef::new(array.ty()).filter(|memref| memref.rank() > 0)?;
    let mut accesses = vec![];
    if !collect(array, the_loop, &mut accesses) || accesses.is_empty() {
        return None;
    }
    // A view of an array with gaps is made by its strides, which those of the chunks' arrays are not.
    if !is_packed(array) && !(lies_as_told(&memref) && accesses.iter().all(|op| op.operand(op.is("memref.store") as usize) == array) && !asks_for_strides(array, the_loop)) {
        return None;
    }
    let (stores, loads): (Vec<Op>, Vec<Op>) = accesses.into_iter().partition(|op| op.is("memref.store"));
    let mut name = None;
    let mut fed = HashSet::new();
    for store in stores {
        let update = ended_by(store)?;
        if *name.get_or_insert(update.operation) != update.operation || !fed.insert(update.load) {
            return None;
        }
    }
    (loads.len() == fed.len() && loads.iter().all(|load| fed.contains(load))).then_some(name?)
}

/// Whether an array of the type may lie in C order, or in Fortran's where its type says so.
fn lies_as_told(memref: &MemRef) -> bool {
    let last = memref.rank() - 1;
    let runs = if memref.is_column_major() { 0 } else { last };
    memref.strides.iter().enumerate().all(|(axis, stride)| stride.is_none() || axis == runs && *stride == Some(1))
}

fn asks_for_strides<'c>(array: Value<'c>, the_loop: Op<'c>) -> bool {
    let inside = |op: Op<'c>| std::iter::successors(op.parent(), |o| o.parent()).any(|around| around == the_loop);
    array.uses().into_iter().any(|(user, _)| user.is("memref.extract_strided_metadata") && inside(user))
}

/// How an array that `reduced` has found is combined with values in the loop: every store, and its update.
pub fn updates<'c>(array: Value<'c>, the_loop: Op<'c>) -> Vec<(Op<'c>, Update<'c>)> {
    let mut accesses = vec![];
    collect(array, the_loop, &mut accesses);
    accesses.into_iter().filter(|op| op.is("memref.store")).filter_map(|store| Some((store, ended_by(store)?))).collect()
}

/// Why an array that a loop combines something into is none of the `reduced`, where that can be said: the place, and the reason.
pub fn obstacle<'c>(array: Value<'c>, the_loop: Op<'c>) -> Option<(Location<'c>, String)> {
    the_loop.collect(|op| op.is("memref.store") && base(op.operand(1), the_loop) == array).into_iter().find_map(cut_off)
}

/// Its loads and stores inside the loop, also through views; false when something else is done with it there.
fn collect<'c>(array: Value<'c>, the_loop: Op<'c>, accesses: &mut Vec<Op<'c>>) -> bool {
    array.uses().into_iter().all(|(user, operand)| {
        let inside = std::iter::successors(user.parent(), |o| o.parent()).any(|around| around == the_loop);
        match user.name() {
            _ if !inside => true,
            "memref.load" => {
                accesses.push(user);
                true
            }
            "memref.store" if operand == 1 => {
                accesses.push(user);
                true
            }
            "rt.view" if !user.has_attr("bytes") && !user.has_attr("repeats") => {
                let same = MemRef::new(user.result(0).ty()).map(|m| m.element) == MemRef::new(array.ty()).map(|m| m.element);
                same && collect(user.result(0), the_loop, accesses)
            }
            "memref.cast" => collect(user.result(0), the_loop, accesses),
            "memref.dim" | "memref.extract_strided_metadata" | "memref.extract_aligned_pointer_as_index" => true,
            _ => false,
        }
    })
}
