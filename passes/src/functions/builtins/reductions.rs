//! `max`, `min`, `sum`, `any`, `all` of arguments, tuples, lists, 1-D arrays and ranges.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Ty, binary_number};

/// The candidates: the arguments, or the items of the only one.
fn candidates(a: &Bound<TyArg>) -> Result<Vec<TyArg>, CallError> {
    Ok(match a.rest.as_slice() {
        [] => return Err(CallError::new("max() and min() expect at least 1 argument, got 0")),
        [only] => Items::of(only)?.types().into_iter().map(|ty| TyArg { ty, constant: None }).collect(),
        _ if a.get(0).is_some() => return Err(CallError::new("max() and min() take a default only beside one iterable")),
        several => several.to_vec(),
    })
}

/// A tuple's length decides now whether it is the default that counts; of an empty tuple without one the value has no type, the call raises.
pub fn extreme_rule(a: &Bound<TyArg>) -> Rule {
    let mut candidates = candidates(a)?;
    for candidate in &candidates {
        if !ordered(&candidate.ty) {
            return expected("a value that has an order", &candidate.ty);
        }
    }
    let is_tuple = a.rest[0].ty.as_sequence().is_some();
    if let Some(default) = a.get(0).filter(|_| candidates.is_empty() || !is_tuple) {
        candidates.push(default.clone());
    }
    if candidates.is_empty() {
        return Ok(Ty::None.into());
    }
    Ok(join_arguments(&candidates)?.into())
}

fn ordered(ty: &Ty) -> bool {
    ty.is_real() || ty.time_of().is_some() && ty.as_array().is_none() || ty.as_sequence().is_some_and(|parts| parts.iter().all(ordered))
}

/// The first of the largest (`gt`) or smallest (`lt`). As in CPython a NaN stays when it comes first, and is passed over later.
pub fn extreme<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, kind: &str) -> Parts<'c> {
    let values = match a.rest.as_slice() {
        [only] if only.ty.as_sequence().is_some() => l.elements(only),
        [only] => return extreme_of_many(l, only, a.get(0), ty, kind),
        several => several.to_vec(),
    };
    let values: Vec<_> = values.iter().map(|v| l.cast(v, ty)).collect();
    match (values.into_iter().reduce(|best, next| l.pick(kind, &best, &next)), a.get(0)) {
        (Some(best), _) => best.parts,
        (None, Some(default)) => l.cast(default, ty).parts,
        (None, None) => {
            l.raise("ValueError", &empty(kind));
            vec![]
        }
    }
}

fn empty(kind: &str) -> String {
    format!("{}() arg is an empty sequence", if kind == "gt" { "max" } else { "min" })
}

fn extreme_of_many<'c>(l: &mut Lower<'c>, items: &Val<'c>, default: Option<&Val<'c>>, ty: &Ty, kind: &str) -> Parts<'c> {
    let item_ty = match &items.ty {
        Ty::Range(item) => (**item).clone(),
        _ => (*l.array_ty(items).element).clone(),
    };
    let none = l.b.c_bool(false);
    let inits: Vec<_> = l.fillers(&item_ty).into_iter().chain([none]).collect();
    let result = l.iterate(items, inits, &mut |l, item, carried| {
        let best = l.val(item_ty.clone(), carried[..carried.len() - 1].to_vec());
        let better = l.compare(kind, &item, &best);
        let first = l.invert(carried[carried.len() - 1]);
        let take = l.b.bin("arith.ori", first, better);
        let mut next: Vec<_> = best.parts.iter().zip(&item.parts).map(|(b, i)| l.b.select(take, *i, *b)).collect();
        next.push(l.b.c_bool(true));
        next
    });
    let (some, best) = (result[result.len() - 1], l.val(item_ty, result[..result.len() - 1].to_vec()));
    let best = l.cast(&best, ty).parts;
    let Some(default) = default else {
        l.check(some, "ValueError", &empty(kind));
        return best;
    };
    let default = l.cast(default, ty).parts;
    best.into_iter().zip(default).map(|(best, default)| l.b.select(some, best, default)).collect()
}

/// The type that the sum reaches when it starts with an int.
pub fn sum_rule(a: &Bound<TyArg>) -> Rule {
    let mut result = a.get(1).map_or(Ok(Ty::I64), |start| number(start).cloned())?;
    if result.is_integral() {
        result = widened(&result);
    }
    for ty in Items::of(&a[0])?.types() {
        result = match binary_number(&result, &ty) {
            // Nothing but the neutral int meets an unsigned integer.
            Some(Ty::I64) if a.get(1).is_none() && widened(&ty) == Ty::U64 => Ty::U64,
            Some(sum) => sum,
            None => return expected("a number", &ty),
        };
    }
    Ok(result.into())
}

/// From left to right, as CPython 3.11.
pub fn accumulate<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, kind: &str, neutral: i64) -> Parts<'c> {
    let start = match a.get(1) {
        Some(start) => start.clone(),
        None => l.val(Ty::I64, vec![l.b.c_i64(neutral)]),
    };
    let start = l.cast(&start, ty).parts;
    l.iterate(&a[0], start, &mut |l, item, carried| {
        let so_far = l.val(ty.clone(), carried.to_vec());
        let item = l.cast(&item, ty);
        l.arithmetic(kind, &so_far, &item)
    })
}

pub fn truth_rule(a: &Bound<TyArg>) -> Rule {
    Items::of(&a[0])?;
    Ok(Ty::Bool.into())
}

pub fn any_or_all<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, all: bool) -> Parts<'c> {
    let start = vec![l.b.c_bool(all)];
    l.iterate(&a[0], start, &mut |l, item, carried| {
        let truth = l.truth(&item);
        vec![l.b.bin(if all { "arith.andi" } else { "arith.ori" }, carried[0], truth)]
    })
}
