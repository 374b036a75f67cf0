//! `range`, `enumerate`, `zip`, `map`, `filter`, `reversed`: values that `for` runs over.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, TyArg, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

/// `slice(stop)`, `slice(start, stop)`, `slice(start, stop, step)`: what `start:stop:step` is in an index.
pub fn slice_rule(a: &Bound<TyArg>) -> Rule {
    let given: Vec<&TyArg> = (0..3).filter_map(|i| a.get(i)).collect();
    if let Some(part) = given.iter().find(|part| !part.ty.is_integral() && part.ty != Ty::None) {
        return Err(CallError::new(format!("slice indices must be integers or None, not {}", part.ty.user_name())));
    }
    let none = TyArg { ty: Ty::None, constant: Some(Const::None) };
    let [start, stop, step] = match given[..] {
        [stop] => [&none, stop, &none],
        [start, stop] => [start, stop, &none],
        _ => [given[0], given[1], given[2]],
    };
    let parts = [start, stop, step].map(|part| part.ty.clone());
    let constant = [start, stop, step].iter().map(|part| part.constant.clone()).collect::<Option<_>>().map(Const::Tuple);
    Ok(Typed { ty: Ty::Slice(Box::new(parts)), constant })
}

/// int64, but uint64 where an argument is and the others are uint64 or non-negative constants.
pub fn range_rule(a: &Bound<TyArg>) -> Rule {
    match a.rest.len() {
        1..=3 => {}
        0 => return Err(CallError::new("range expected at least 1 argument, got 0")),
        n => return Err(CallError::new(format!("range expected at most 3 arguments, got {n}"))),
    }
    a.rest.iter().try_for_each(|x| integer(x).map(|_| ()))?;
    if matches!(a.rest.get(2), Some(TyArg { constant: Some(Const::Int(0)), .. })) {
        return Err(CallError::raising("ValueError", "range() arg 3 must not be zero"));
    }
    let literal = |x: &TyArg| matches!(x.constant, Some(Const::Int(n)) if n >= 0);
    let unsigned = a.rest.iter().any(|x| x.ty == Ty::U64) && a.rest.iter().all(|x| x.ty == Ty::U64 || literal(x));
    Ok(Ty::Range(Box::new(if unsigned { Ty::U64 } else { Ty::I64 })).into())
}

pub fn range<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Ty::Range(item) = ty else { panic!("{ty} is no range") };
    let given: Vec<_> = a.rest.iter().map(|v| l.operand(v, item)).collect();
    let constant = |n| l.b.c_i64(n);
    match given.as_slice() {
        [stop] => vec![constant(0), stop.parts[0], constant(1)],
        [start, stop] => vec![start.parts[0], stop.parts[0], constant(1)],
        [start, stop, step] => {
            if l.constant_int(step).is_none_or(|n| n == 0) {
                let fine = l.b.cmpi("ne", step.parts[0], constant(0));
                l.check(fine, "ValueError", "range() arg 3 must not be zero");
            }
            vec![start.parts[0], stop.parts[0], step.parts[0]]
        }
        _ => panic!("binding checked the arguments of range"),
    }
}

/// Whether `for` can run over it.
fn iterable(ty: &Ty) -> Result<(), CallError> {
    match ty {
        Ty::Array(a) if a.rank == 0 => Err(CallError::new("iteration over a 0-d array")),
        Ty::Array(_) | Ty::Tuple(_) | Ty::List(_) | Ty::Range(_) | Ty::Enumerate(_) | Ty::Zip(_) | Ty::Map(_) | Ty::Filter(_) | Ty::Reversed(_) | Ty::Iterator(_) | Ty::Walk(..) => Ok(()),
        other => Err(CallError::new(format!("'{}' object is not iterable", other.user_name()))),
    }
}

pub fn enumerate_rule(a: &Bound<TyArg>) -> Rule {
    iterable(&a[0].ty)?;
    a.get(1).map_or(Ok(()), |start| integer(start).map(|_| ()))?;
    Ok(Ty::Enumerate(Box::new(a[0].ty.clone())).into())
}

pub fn enumerate<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let start = match a.get(1) {
        Some(start) => l.scalar_as(start, &Ty::I64),
        None => l.b.c_i64(0),
    };
    [a[0].parts.clone(), vec![start]].concat()
}

pub fn zip_rule(a: &Bound<TyArg>) -> Rule {
    if a.rest.is_empty() {
        return Err(CallError::new("zip() of nothing is not supported"));
    }
    if a.get(0).is_some_and(|strict| !matches!(strict.constant, Some(Const::Bool(_)))) {
        return Err(CallError::new("zip(strict=…) takes a constant"));
    }
    a.rest.iter().try_for_each(|x| iterable(&x.ty))?;
    Ok(Ty::Zip(a.rest.iter().map(|x| x.ty.clone()).collect()).into())
}

pub fn reversed_rule(a: &Bound<TyArg>) -> Rule {
    match &a[0].ty {
        ty @ (Ty::Array(_) | Ty::Tuple(_) | Ty::List(_) | Ty::Range(_)) => {
            iterable(ty)?;
            Ok(Ty::Reversed(Box::new(ty.clone())).into())
        }
        other => Err(CallError::new(format!("'{}' object is not reversible", other.user_name()))),
    }
}

/// What may be called for each item.
fn callable(ty: &Ty) -> Result<(), CallError> {
    match ty {
        Ty::Ref(_) | Ty::Closure(..) | Ty::OneOf(_) => Ok(()),
        other => Err(CallError::new(format!("'{}' object is not callable", other.user_name()))),
    }
}

pub fn map_rule(a: &Bound<TyArg>) -> Rule {
    callable(&a[0].ty)?;
    if a.rest.is_empty() {
        return Err(CallError::new("map() must have at least two arguments."));
    }
    a.rest.iter().try_for_each(|x| iterable(&x.ty))?;
    Ok(Ty::Map(std::iter::once(&a[0]).chain(&a.rest).map(|x| x.ty.clone()).collect()).into())
}

pub fn filter_rule(a: &Bound<TyArg>) -> Rule {
    if a[0].ty != Ty::None {
        callable(&a[0].ty)?;
    }
    iterable(&a[1].ty)?;
    Ok(Ty::Filter(vec![a[0].ty.clone(), a[1].ty.clone()]).into())
}
