//! `iter` and what `next` is made of (`library/iterators.py`): iterators that remember where they are.
//!
//! What has its items at places, such as an array, is held with the place of the next item, in an array of one element. `zip`, `map` and `filter` hold
//! iterators; `enumerate(x)` is `zip(range(start, …), x)`.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, CallError, Const, Function, TyArg, Typed, Val};
use crate::infer_types::applied::skips_items;
use crate::infer_types::iteration::{row_type, walk_item};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Array, Layout, Ty};

/// What looks at the parts of an iterator, and takes no item.
pub const ITER: &str = "builtins.iter";
/// The function that takes the next item: a tuple of it, or None.
pub const STEP: &str = "@library/iterators._step";
/// What a loop over `zip(…, strict=True)` ends with.
pub const ENDS_TOGETHER: &str = "zouk.library.ends_together";

pub(super) static TABLE: &[Function] = table! {
    "builtins.iter" ("_iterable"): |a| iterator_of(&a[0].ty).map(Typed::from) => |l, a, _| iterator(l, &a[0]);
    // As `iter`, of iterators only.
    "zouk.library.started" ("_iterator"): started_rule => |l, a, _| iterator(l, &a[0]);
    "zouk.library.iterator_kind" ("_iterator"): kind_rule => |_, _, _| vec![];
    "zouk.library.iterator_parts" ("_iterator"): parts_rule => |_, a, _| a[0].parts.clone();
    "zouk.library.ends_together" ("_zip"): ends_together_rule => |l, a, _| ends_together(l, &a[0]);
    "zouk.library.places" ("_iterable"): |_| Ok(Ty::I64.into()) => |l, a, _| vec![l.item_count(&a[0])];
    "zouk.library.item_at" ("_iterable, _place"): |a| item_at_places(&a[0].ty).map_or_else(|| expected("an iterable", &a[0].ty), |item| Ok(item.into())) => |l, a, _| {
        let place = l.scalar_as(&a[1], &Ty::I64);
        l.item_at(&a[0], place)
    };
};

/// The array that holds the place of the next item.
fn place_type() -> Array {
    Array { element: Box::new(Ty::I64), rank: 1, layout: Layout::C, readonly: false, unaligned: false }
}

/// The type of the items of what has them at places.
fn item_at_places(ty: &Ty) -> Option<Ty> {
    match ty {
        Ty::Range(inner) => Some((**inner).clone()),
        Ty::Array(array) if array.rank > 0 => Some(row_type(array)),
        Ty::Tuple(parts) | Ty::List(parts) => if parts.is_empty() { Some(Ty::None) } else { Ty::of_any(parts) },
        Ty::Reversed(inner) => item_at_places(inner),
        Ty::Walk(walk, over) => Some(walk_item(*walk, over)),
        _ => None,
    }
}

/// Whether all that the iterable holds remembers where it is.
pub fn is_started(ty: &Ty) -> bool {
    match ty {
        Ty::Iterator(_) => true,
        Ty::Zip(parts) => parts.iter().all(is_started),
        Ty::Map(parts) | Ty::Filter(parts) => parts[1..].iter().all(is_started),
        _ => false,
    }
}

fn iterator_of(ty: &Ty) -> Result<Ty, CallError> {
    let all = |parts: &[Ty]| parts.iter().map(iterator_of).collect::<Result<Vec<_>, _>>();
    let applied = |parts: &[Ty]| Ok([vec![parts[0].clone()], all(&parts[1..])?].concat());
    Ok(match ty {
        Ty::Iterator(_) => ty.clone(),
        Ty::Zip(parts) => Ty::Zip(all(parts)?),
        Ty::Map(parts) => Ty::Map(applied(parts)?),
        Ty::Filter(parts) => Ty::Filter(applied(parts)?),
        Ty::Enumerate(inner) => Ty::Zip(vec![Ty::Iterator(Box::new(Ty::Range(Box::new(Ty::I64)))), iterator_of(inner)?]),
        _ if item_at_places(ty).is_some() => Ty::Iterator(Box::new(ty.clone())),
        Ty::Tuple(_) | Ty::List(_) => {
            let error = CallError::new(format!("an iterator over {} is not supported: its elements have different types", ty.user_name()));
            return Err(error.help("loop over it by `for`, or index the elements by constants"));
        }
        Ty::Array(_) => return Err(CallError::new("iteration over a 0-d array")),
        other => return Err(CallError::new(format!("'{}' object is not iterable", other.user_name()))),
    })
}

fn iterator<'c>(l: &mut Lower<'c>, iterable: &Val<'c>) -> Parts<'c> {
    match &iterable.ty {
        Ty::Iterator(_) => iterable.parts.clone(),
        Ty::Zip(_) => l.elements(iterable).iter().flat_map(|part| iterator(l, part)).collect(),
        Ty::Map(_) | Ty::Filter(_) => {
            let parts = l.elements(iterable);
            [parts[0].parts.clone(), parts[1..].iter().flat_map(|part| iterator(l, part)).collect()].concat()
        }
        Ty::Enumerate(inner) => {
            let (start, parts) = iterable.parts.split_last().expect("enumerate has a start");
            let counted = l.val((**inner).clone(), parts.to_vec());
            let range = l.val(Ty::Range(Box::new(Ty::I64)), vec![*start, l.b.c_i64(i64::MAX), l.b.c_i64(1)]);
            [iterator(l, &range), iterator(l, &counted)].concat()
        }
        _ => {
            let one = l.b.c_index(1);
            let place = l.alloc(place_type(), &[one], true);
            [iterable.parts.clone(), place.parts].concat()
        }
    }
}

fn started_rule(a: &Bound<TyArg>) -> Rule {
    match &a[0].ty {
        ty @ (Ty::Iterator(_) | Ty::Zip(_) | Ty::Map(_) | Ty::Filter(_) | Ty::Enumerate(_) | Ty::Reversed(_) | Ty::Walk(..)) => Ok(iterator_of(ty)?.into()),
        other => {
            let error = CallError::new(format!("'{}' object is not an iterator", other.user_name()));
            Err(if iterator_of(other).is_ok() { error.help("make one before: `it = iter(x)`") } else { error })
        }
    }
}

fn kind_rule(a: &Bound<TyArg>) -> Rule {
    let kind = match &a[0].ty {
        Ty::Zip(_) => "zip",
        Ty::Map(_) => "map",
        Ty::Filter(_) => "filter",
        _ => "places",
    };
    Ok(Typed { ty: Ty::Str, constant: Some(Const::Str(kind.into())) })
}

fn parts_rule(a: &Bound<TyArg>) -> Rule {
    match &a[0].ty {
        Ty::Zip(parts) | Ty::Map(parts) | Ty::Filter(parts) => Ok(Ty::Tuple(parts.clone()).into()),
        Ty::Iterator(inner) => Ok(Ty::Tuple(vec![(**inner).clone(), Ty::Array(place_type())]).into()),
        other => expected("an iterator", other),
    }
}

fn ends_together_rule(a: &Bound<TyArg>) -> Rule {
    match &a[0].ty {
        Ty::Zip(parts) if !parts.iter().any(skips_items) => Ok(Ty::None.into()),
        _ => Err(CallError::new("zip(strict=True) of what has no length, such as filter() or iter(), is not supported")),
    }
}

/// Raises what `zip(…, strict=True)` does after the last item, unless all have ended.
fn ends_together<'c>(l: &mut Lower<'c>, zip: &Val<'c>) -> Parts<'c> {
    let lengths: Vec<_> = l.elements(zip).iter().map(|part| l.length_of(part)).collect();
    let others = |i: usize| if i == 1 { "argument 1".to_string() } else { format!("arguments 1-{i}") };
    let Some((first, rest)) = lengths.split_first() else { return vec![] };
    // The items of those before, and whether they have as many as the first.
    let (mut fewest, mut alike) = (*first, l.b.c_bool(true));
    let least = lengths.iter().copied().reduce(|a, b| l.b.bin("arith.minsi", a, b)).unwrap_or(*first);
    let first_is_least = l.b.cmpi("eq", *first, least);
    for (i, length) in rest.iter().enumerate() {
        let number = i + 1;
        let ends_here = l.b.bin("arith.andi", l.b.cmpi("eq", *length, least), l.b.cmpi("sgt", fewest, least));
        let goes_on = l.b.bin("arith.xori", ends_here, l.b.c_bool(true));
        l.check(goes_on, "ValueError", &format!("zip() argument {} is shorter than {}", number + 1, others(number)));
        let ended = l.b.bin("arith.andi", first_is_least, alike);
        let longer = l.b.bin("arith.andi", ended, l.b.cmpi("sgt", *length, least));
        let fits = l.b.bin("arith.xori", longer, l.b.c_bool(true));
        l.check(fits, "ValueError", &format!("zip() argument {} is longer than {}", number + 1, others(number)));
        fewest = l.b.bin("arith.minsi", fewest, *length);
        alike = l.b.bin("arith.andi", alike, l.b.cmpi("eq", *length, *first));
    }
    vec![]
}
