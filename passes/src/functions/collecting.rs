//! Comprehensions: what the front end makes loops of calls (`frontend/src/lower/comprehensions.rs`).
//!
//! Items of a tuple or a list make a list, one by one: the loop over it is unrolled. Others make an array.

use super::rules::*;
use super::{Bound, CallError, Const, Function, TyArg, Typed, Val, nested::nested};
use crate::infer_types::applied::skips_items;
use crate::lower_python::Lower;
use zouk_dialects::ty::{Layout, Ty, join_collected};

/// One more item: asked even when the item's type is not known yet.
pub const COLLECT: &str = "zouk.library.collect";
/// What asks an iterable for its length only.
pub const MEASURING: [&str; 3] = ["zouk.library.collector", "zouk.library.with_room", "zouk.library.row"];

pub(super) static TABLE: &[Function] = table! {
    "zouk.library.collector" ("_iterable, _array="): collector_rule => |l, a, ty| match ty {
        Ty::Collector(_) => vec![l.length_of(&a[0])],
        _ => vec![],
    };
    "zouk.library.collect" ("_collector, _item, _grows"): collect_rule => |l, a, ty| match ty {
        Ty::Collector(_) => l.collect(&a[0], &a[1], ty, a[2].constant == Some(Const::Bool(true))),
        _ => [a[0].parts.clone(), a[1].parts.clone()].concat(),
    };
    // A row of a nested comprehension is filled where it stands, if it has one axis.
    "zouk.library.with_room" ("_collector, _iterable, _grows"): |a| Ok(Typed { ty: a[0].ty.clone(), constant: a[0].constant.clone() }) => |l, a, ty| match row_element(ty) {
        Some(_) => {
            let length = l.length_of(&a[1]);
            l.with_room(&a[0], length, a[2].constant == Some(Const::Bool(true)))
        }
        None => a[0].parts.clone(),
    };
    "zouk.library.row" ("_collector, _iterable"): row_rule => |l, a, ty| match (row_element(&a[0].ty), ty) {
        (Some(_), _) => l.empty_row(&a[0]),
        (None, Ty::Collector(_)) => vec![l.length_of(&a[1])],
        _ => vec![],
    };
    "zouk.library.collect_row" ("_collector, _row"): collect_row_rule => |l, a, ty| {
        if a[0].ty == *ty && row_element(ty).is_some() && matches!(a[1].ty, Ty::Collector(_)) {
            return l.next_row(&a[0]);
        }
        let row = finished(l, &a[1]);
        match ty {
            Ty::Collector(_) => l.collect(&a[0], &row, ty, false),
            _ => [a[0].parts.clone(), row.parts].concat(),
        }
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
        Ty::Map(parts) => parts[1..].iter().all(is_unrolled),
        _ => false,
    }
}

/// The length of what is collected is known only where the text has the filter.
fn filter_elsewhere(iterable: &Ty) -> Rule {
    if let Ty::Iterator(_) = iterable {
        let error = CallError::new("a comprehension over an iterator that remembers where it is is not supported: how many items are left is not known");
        return Err(error.help("loop over it, and store the items in an array"));
    }
    let error = CallError::new("filter() in a comprehension is supported in the array of the comprehension's own items, written where it is run through");
    Err(error.help("write the test as an `if` in the comprehension"))
}

/// Where an array is meant and items may be left out, there is no list: its length would not be known.
fn collector_rule(a: &Bound<TyArg>) -> Rule {
    let array = a.get(1).is_some_and(|array| array.constant == Some(Const::Bool(true)));
    if !array && skips_items(&a[0].ty) {
        return filter_elsewhere(&a[0].ty);
    }
    Ok(if is_unrolled(&a[0].ty) && !array { Typed { ty: Ty::List(vec![]), constant: Some(Const::Tuple(vec![])) } } else { Ty::Collector(Box::new(Ty::None)).into() })
}

/// The element type where rows are of one axis.
fn row_element(ty: &Ty) -> Option<&Ty> {
    let Ty::Collector(item) = ty else { return None };
    item.as_array().filter(|row| row.rank == 1).map(|row| &*row.element)
}

fn row_rule(a: &Bound<TyArg>) -> Rule {
    if skips_items(&a[1].ty) {
        return filter_elsewhere(&a[1].ty);
    }
    match row_element(&a[0].ty) {
        Some(element) => Ok(Ty::Collector(Box::new(element.clone())).into()),
        None => collector_rule(&Bound::of(vec![a[1].clone()])),
    }
}

fn collect_row_rule(a: &Bound<TyArg>) -> Rule {
    let row = if let Ty::Collector(item) = &a[1].ty { array_of(item) } else { a[1].ty.clone() };
    collect_rule(&Bound::of(vec![a[0].clone(), TyArg { ty: row, constant: None }]))
}

/// The array of all items of that type.
fn array_of(item: &Ty) -> Ty {
    match item {
        Ty::None => Ty::array(Ty::F64, 1, Layout::C),
        Ty::Array(row) => Ty::array((*row.element).clone(), row.rank + 1, Layout::C),
        number => Ty::array(number.clone(), 1, Layout::C),
    }
}

fn finished<'c>(l: &mut Lower<'c>, items: &Val<'c>) -> Val<'c> {
    let Ty::Collector(item) = &items.ty else { return items.clone() };
    let (ty, parts) = (array_of(item), l.collection(items, false));
    l.val(ty, parts)
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
    let mismatch = || CallError::new("setting an array element with a sequence. The requested array has an inhomogeneous shape");
    let joined = join_collected(known, &item).ok_or_else(mismatch)?;
    Ok(Ty::Collector(Box::new(joined)).into())
}

fn collected_rule(a: &Bound<TyArg>) -> Rule {
    let Ty::Collector(item) = &a[0].ty else { return Ok(Typed { ty: a[0].ty.clone(), constant: a[0].constant.clone() }) };
    if a[2].constant != Some(Const::Bool(true)) {
        let error = CallError::new("a list comprehension is supported over a tuple or a list, as an index, as what is assigned to items of an array, or as an argument of `np.array` and other functions that take arrays");
        return Err(error.help("put `np.array(…)` around it"));
    }
    Ok(array_of(item).into())
}
