//! Comprehensions: what the front end makes loops of calls (`frontend/src/lower/comprehensions.rs`).
//!
//! Items of a tuple or a list make a list, one by one: the loop over it is unrolled. Others make an array.

use super::rules::*;
use super::{Bound, CallError, Const, Function, TyArg, Typed, nested::nested};
use zouk_dialects::ty::{Layout, Ty, join_collected};

/// One more item: asked even when the item's type is not known yet.
pub const COLLECT: &str = "zouk.library.collect";
/// What asks an iterable for its length only.
pub const COLLECTOR: &str = "zouk.library.collector";

pub(super) static TABLE: &[Function] = table! {
    "zouk.library.collector" ("_iterable"): collector_rule => |l, a, ty| match ty {
        Ty::Collector(_) => vec![l.length_of(&a[0])],
        _ => vec![],
    };
    "zouk.library.collect" ("_collector, _item, _grows"): collect_rule => |l, a, ty| match ty {
        Ty::Collector(_) => l.collect(&a[0], &a[1], ty, a[2].constant == Some(Const::Bool(true))),
        _ => [a[0].parts.clone(), a[1].parts.clone()].concat(),
    };
    "zouk.library.collected" ("_collector, _fewer, _array"): collected_rule => |l, a, _| match a[0].ty {
        Ty::Collector(_) => l.collection(&a[0], a[1].constant == Some(Const::Bool(true))),
        _ => a[0].parts.clone(),
    };
};

/// Whether a loop over the value is unrolled.
fn is_unrolled(ty: &Ty) -> bool {
    match ty {
        Ty::Tuple(_) | Ty::List(_) => true,
        Ty::Enumerate(inner) | Ty::Reversed(inner) => is_unrolled(inner),
        Ty::Zip(inners) => inners.iter().all(is_unrolled),
        _ => false,
    }
}

fn collector_rule(a: &Bound<TyArg>) -> Rule {
    Ok(if is_unrolled(&a[0].ty) { Typed { ty: Ty::List(vec![]), constant: Some(Const::Tuple(vec![])) } } else { Ty::Collector(Box::new(Ty::None)).into() })
}

fn collect_rule(a: &Bound<TyArg>) -> Rule {
    let (so_far, item) = (&a[0].ty, &a[1].ty);
    if let Ty::List(parts) = so_far {
        let constants = (0..parts.len()).map(|i| a[0].constant.as_ref().and_then(|tuple| tuple.part(i))).chain([a[1].constant.clone()]);
        return Ok(Typed { constant: Const::tuple(constants), ty: Ty::List([&parts[..], std::slice::from_ref(item)].concat()) });
    }
    let Ty::Collector(known) = so_far else { return Ok(Ty::Unknown.into()) };
    let item = match item {
        Ty::Unknown => Ty::Unknown,
        item => match nested(item)? {
            (shape, number) if shape.is_empty() => number,
            (shape, element) => Ty::array(element, shape.len(), Layout::C),
        },
    };
    let joined = match (&**known, &item) {
        (known, Ty::Unknown) | (Ty::Unknown, known) => Some(known.clone()),
        (known, item) => join_collected(known, item),
    };
    let mismatch = || CallError::new("setting an array element with a sequence. The requested array has an inhomogeneous shape");
    Ok(Ty::Collector(Box::new(joined.ok_or_else(mismatch)?)).into())
}

fn collected_rule(a: &Bound<TyArg>) -> Rule {
    let Ty::Collector(item) = &a[0].ty else { return Ok(Typed { ty: a[0].ty.clone(), constant: a[0].constant.clone() }) };
    if a[2].constant != Some(Const::Bool(true)) {
        let error = CallError::new("a list comprehension is supported over a tuple or a list, or as an argument of `np.array` and other functions that take arrays");
        return Err(error.help("put `np.array(…)` around it"));
    }
    Ok(match &**item {
        Ty::None => Ty::array(Ty::F64, 1, Layout::C),
        Ty::Array(row) => Ty::array((*row.element).clone(), row.rank + 1, Layout::C),
        number => Ty::array(number.clone(), 1, Layout::C),
    }
    .into())
}
