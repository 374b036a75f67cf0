//! `cuda.atomic`: one element read, computed with and written at once. All give what it was before.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

/// Which elements an operation takes.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Numbers,
    Integers,
    Unsigned,
}

macro_rules! atomic {
    ($name:literal, $kind:literal, $of:ident) => {
        Function { name: $name, params: "_array, _index, _value", infer: |a| rule(a, Of::$of, 1), lower: |l, a, ty| atomic(l, a, ty, $kind) }
    };
}

pub(super) static TABLE: &[Function] = &[
    atomic!("zouk.cuda.atomic.add", "add", Numbers),
    atomic!("zouk.cuda.atomic.sub", "sub", Numbers),
    atomic!("zouk.cuda.atomic.max", "max", Numbers),
    atomic!("zouk.cuda.atomic.min", "min", Numbers),
    atomic!("zouk.cuda.atomic.nanmax", "nanmax", Numbers),
    atomic!("zouk.cuda.atomic.nanmin", "nanmin", Numbers),
    atomic!("zouk.cuda.atomic.and_", "and", Integers),
    atomic!("zouk.cuda.atomic.or_", "or", Integers),
    atomic!("zouk.cuda.atomic.xor", "xor", Integers),
    atomic!("zouk.cuda.atomic.exch", "exch", Integers),
    atomic!("zouk.cuda.atomic.inc", "inc", Unsigned),
    atomic!("zouk.cuda.atomic.dec", "dec", Unsigned),
    Function { name: "zouk.cuda.atomic.cas", params: "_array, _index, _old, _value", infer: |a| rule(a, Of::Integers, 2), lower: |l, a, ty| atomic(l, a, ty, "cas") },
    Function { name: "zouk.cuda.atomic.compare_and_swap", params: "_array, _old, _value", infer: first_rule, lower: first },
];

/// An integer, or a tuple of one for each axis.
pub(super) fn index_rule(index: &Ty, rank: usize) -> Result<(), CallError> {
    let given = match index {
        Ty::Int { .. } => 1,
        Ty::Tuple(parts) | Ty::List(parts) if parts.iter().all(Ty::is_int) => parts.len(),
        other => return expected("an integer or a tuple of integers as the index", other),
    };
    match given == rank {
        true => Ok(()),
        false => Err(CallError::new(format!("indexing {rank}-D array with {given}-D index"))),
    }
}

fn element_rule(array: &Ty, of: Of) -> Result<Ty, CallError> {
    let Some(array) = array.as_array() else { return expected("an array", array) };
    let element = (*array.element).clone();
    let (fits, which) = match (of, &element) {
        (Of::Numbers, Ty::Int { bits: 32 | 64, .. } | Ty::Float(32 | 64)) => (true, ""),
        (Of::Integers, Ty::Int { bits: 32 | 64, .. }) => (true, ""),
        (Of::Unsigned, Ty::Int { bits: 32 | 64, signed: false }) => (true, ""),
        (Of::Numbers, _) => (false, "int32, uint32, int64, uint64, float32 or float64"),
        (Of::Integers, _) => (false, "int32, uint32, int64 or uint64"),
        (Of::Unsigned, _) => (false, "uint32 or uint64"),
    };
    if fits && array.unaligned {
        let message = format!("this atomic operation is on arrays of aligned elements, and the elements of this one ({}) may lie at any byte", element.user_name());
        return Err(CallError::new(message).help("make the dtype of the records with align=True"));
    }
    if !fits {
        return Err(CallError::new(format!("this atomic operation is on arrays of {which}, not of {}", element.user_name())));
    }
    if array.readonly {
        return Err(CallError::new("the array is read-only"));
    }
    Ok(element)
}

fn rule(a: &Bound<TyArg>, of: Of, values: usize) -> Rule {
    let element = element_rule(&a[0].ty, of)?;
    index_rule(&a[1].ty, a[0].ty.as_array().map_or(0, |array| array.rank))?;
    (2..2 + values).try_for_each(|i| real(&a[i]).map(|_| ()))?;
    Ok(element.into())
}

fn atomic<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, element: &Ty, kind: &str) -> Parts<'c> {
    let places = l.places_of(&a[0], &a[1]);
    let values: Vec<_> = (2..4).filter_map(|i| a.get(i)).map(|value| l.scalar_as(value, element)).collect();
    vec![l.atomic(kind, &a[0], &places, &values, element)]
}

/// `compare_and_swap(array, old, value)` is of the first element.
fn first_rule(a: &Bound<TyArg>) -> Rule {
    let element = element_rule(&a[0].ty, Of::Integers)?;
    if a[0].ty.as_array().is_none_or(|array| array.rank != 1) {
        return Err(CallError::new("compare_and_swap() takes an array of one dimension").help("cas(array, index, old, value) takes others"));
    }
    (1..3).try_for_each(|i| real(&a[i]).map(|_| ()))?;
    Ok(element.into())
}

fn first<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, element: &Ty) -> Parts<'c> {
    let values = [1, 2].map(|i| l.scalar_as(&a[i], element));
    let size = l.dim(&a[0], 0);
    let place = l.index_op(l.b.c_index(0), size, false, "0");
    vec![l.atomic("cas", &a[0], &[place], &values, element)]
}
