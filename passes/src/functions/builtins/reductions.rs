//! `max`, `min`, `sum`, `any`, `all` of arguments, tuples, 1-D arrays and ranges.

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
        several => several.to_vec(),
    })
}

pub fn extreme_rule(a: &Bound<TyArg>) -> Rule {
    let candidates = candidates(a)?;
    if candidates.is_empty() {
        return Err(CallError::new("max() or min() of an empty sequence"));
    }
    for candidate in &candidates {
        if !ordered(&candidate.ty) {
            return expected("a value that has an order", &candidate.ty);
        }
    }
    Ok(join_arguments(&candidates)?.into())
}

fn ordered(ty: &Ty) -> bool {
    ty.is_real() || ty.as_tuple().is_some_and(|parts| parts.iter().all(ordered))
}

/// The first of the largest (`gt`) or smallest (`lt`). As in CPython a NaN stays when it comes first, and is passed over later.
pub fn extreme<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, kind: &str) -> Parts<'c> {
    let values = match a.rest.as_slice() {
        [only] if only.ty.as_tuple().is_some() => l.elements(only),
        [only] => return extreme_of_many(l, only, ty, kind),
        several => several.to_vec(),
    };
    let values: Vec<_> = values.iter().map(|v| l.cast(v, ty)).collect();
    let best = values.into_iter().reduce(|best, next| l.pick(kind, &best, &next));
    best.map_or_else(Vec::new, |v| v.parts)
}

fn extreme_of_many<'c>(l: &mut Lower<'c>, items: &Val<'c>, ty: &Ty, kind: &str) -> Parts<'c> {
    let none = l.b.c_bool(false);
    let inits = l.expand(ty).into_iter().map(|t| if t == l.b.f64() || t == l.b.f32() { l.b.c_float(t, 0.0) } else { l.b.c_int(t, 0) });
    let inits: Vec<_> = inits.chain([none]).collect();
    let result = l.iterate(items, inits, &mut |l, item, carried| {
        let item = l.cast(&item, ty);
        let best = l.val(ty.clone(), carried[..carried.len() - 1].to_vec());
        let better = l.compare(kind, &item, &best);
        let first = l.invert(carried[carried.len() - 1]);
        let take = l.b.bin("arith.ori", first, better);
        let mut next: Vec<_> = best.parts.iter().zip(&item.parts).map(|(b, i)| l.b.select(take, *i, *b)).collect();
        next.push(l.b.c_bool(true));
        next
    });
    let (some, best) = (result[result.len() - 1], result[..result.len() - 1].to_vec());
    let name = if kind == "gt" { "max" } else { "min" };
    l.check(some, "ValueError", &format!("{name}() arg is an empty sequence"));
    best
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
