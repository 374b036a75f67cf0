//! Reductions into whole arrays: `acc += row`, `count[j] += 1`, where every chunk has an array of its own.

use super::is_inside;
use crate::llvm_dialect::MemRef;
use crate::memory::root;
use std::collections::HashSet;
use zouk_dialects::ir::{Op, Value};

/// The packed arrays from before the loop that its body only combines something into, by one associative operation; in the order of their first use.
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
    let text = array.ty().to_string();
    if text.contains("strided") || text.contains("affine_map") || MemRef::new(array.ty())?.rank() == 0 {
        return None;
    }
    let mut accesses = vec![];
    if !collect(array, the_loop, &mut accesses) || accesses.is_empty() {
        return None;
    }
    let (stores, loads): (Vec<Op>, Vec<Op>) = accesses.into_iter().partition(|op| op.is("memref.store"));
    let mut name = None;
    let mut fed = HashSet::new();
    for store in stores {
        let (op, load) = update(store)?;
        let this = associative(op, load)?;
        if *name.get_or_insert(this) != this || !fed.insert(load) {
            return None;
        }
    }
    (loads.len() == fed.len() && loads.iter().all(|load| fed.contains(load))).then_some(name?)
}

/// How an array that `reduced` has found is combined with values in the loop: every store, the operation, the load.
pub fn updates<'c>(array: Value<'c>, the_loop: Op<'c>) -> Vec<[Op<'c>; 3]> {
    let mut accesses = vec![];
    collect(array, the_loop, &mut accesses);
    let stores = accesses.into_iter().filter(|op| op.is("memref.store"));
    stores.filter_map(|store| update(store).map(|(op, load)| [store, op, load])).collect()
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

/// `a[k] = a[k] ∘ x`: the operation, and the load.
fn update<'c>(store: Op<'c>) -> Option<(Op<'c>, Op<'c>)> {
    let op = store.operand(0).def().filter(|op| op.num_operands() == 2 && op.result(0).uses().len() == 1)?;
    let place = (store.operand(1), store.operands()[2..].to_vec());
    let is_load = |value: Value<'c>| {
        let load = value.def_by("memref.load")?;
        let indices = load.operands()[1..].iter().zip(&place.1).all(|(a, b)| same_index(*a, *b));
        let same = load.operand(0) == place.0 && indices && load.result(0).uses().len() == 1;
        // Nothing may be stored there in between: nothing else touches the array but such updates, each in one block.
        let (block, other) = (load.block()?, store.block()?);
        let next = std::iter::successors(load.next(), |o| o.next()).take_while(|o| *o != store).all(|o| o.collect(|o| o.is("memref.store") && root(o.operand(1)) == root(place.0)).is_empty());
        (same && block == other && next).then_some(load)
    };
    let load = is_load(op.operand(0)).or_else(|| is_load(op.operand(1)))?;
    Some((op, load))
}

/// Whether two positions are one: the second need not be checked again.
fn same_index<'c>(a: Value<'c>, b: Value<'c>) -> bool {
    let checked = |a: Op<'c>, b: Op<'c>| a.operands() == b.operands() && a.has_attr("wraps") == b.has_attr("wraps");
    a == b || a.def_by("rt.index").zip(b.def_by("rt.index")).is_some_and(|(a, b)| checked(a, b))
}

/// The operation that the chunks' arrays are put together by.
fn associative(op: Op, load: Op) -> Option<&'static str> {
    let first = op.operand(0) == load.result(0);
    Some(match op.name() {
        "arith.addi" => "arith.addi",
        "arith.subi" if first => "arith.addi",
        "arith.addf" => "arith.addf",
        "arith.subf" if first => "arith.addf",
        "arith.muli" => "arith.muli",
        "arith.mulf" => "arith.mulf",
        "arith.divf" if first => "arith.mulf",
        "arith.andi" => "arith.andi",
        "arith.ori" => "arith.ori",
        "arith.xori" => "arith.xori",
        "complex.add" => "complex.add",
        "complex.sub" if first => "complex.add",
        "complex.mul" => "complex.mul",
        _ => return None,
    })
}
