//! `ndenumerate`, `ndindex`, `nditer`: what runs over all index tuples of a shape.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, CallError, Const, Function, TyArg, Val};
use crate::lower_python::{Lower, shape_text};
use zouk_dialects::ty::{Array, Layout, Ty, Walk};

pub(super) static TABLE: &[Function] = table! {
    "numpy.ndenumerate" ("arr"): |a| match &a[0].ty {
        array @ Ty::Array(_) => Ok(Ty::Walk(Walk::Enumerate, Box::new(array.clone())).into()),
        other => expected("an array", other),
    } => |_, a, _| a[0].parts.clone();
    "numpy.ndindex" ("*shape"): ndindex_rule => |l, a, _| ndindex(l, a);
    "numpy.nditer" ("op, order="): nditer_rule => |l, a, _| nditer(l, a);
};

/// The sizes: as arguments, or one tuple of them.
fn sizes(a: &Bound<TyArg>) -> Result<Vec<Ty>, CallError> {
    let given: Vec<Ty> = match &a.rest[..] {
        [TyArg { ty: Ty::Tuple(sizes), .. }] => sizes.clone(),
        sizes => sizes.iter().map(|s| s.ty.clone()).collect(),
    };
    match given.iter().find(|ty| !ty.is_int()) {
        Some(other) => expected("an integer", other),
        None => Ok(given),
    }
}

fn ndindex_rule(a: &Bound<TyArg>) -> Rule {
    let rank = sizes(a)?.len();
    Ok(Ty::Walk(Walk::Index, Box::new(Ty::Tuple(vec![Ty::I64; rank]))).into())
}

fn ndindex<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let sizes = match &a.rest[..] {
        [only] if only.ty.as_tuple().is_some() => l.elements(only),
        sizes => sizes.to_vec(),
    };
    let sizes: Vec<_> = sizes.iter().map(|s| l.scalar_as(s, &Ty::I64)).collect();
    for size in &sizes {
        l.check(l.b.cmpi("sge", *size, l.b.c_i64(0)), "ValueError", "negative dimensions are not allowed");
    }
    sizes
}

/// NumPy runs in the order of memory unless `order="C"`. That is C order where all arrays are C-contiguous.
fn nditer_rule(a: &Bound<TyArg>) -> Rule {
    let arrays: Vec<&Array> = match &a[0].ty {
        Ty::Array(array) => vec![array],
        Ty::Tuple(items) if !items.is_empty() && items.iter().all(|t| t.as_array().is_some()) => items.iter().filter_map(Ty::as_array).collect(),
        other => return expected("an array or a tuple of arrays", other),
    };
    match a.get(1).map(|o| &o.constant) {
        Some(Some(Const::Str(order))) if order == "C" => {}
        None | Some(Some(Const::Str(_))) if arrays.iter().all(|array| array.layout == Layout::C) => {}
        _ => {
            let error = CallError::new("nditer over arrays that are not C-contiguous is supported in C order only");
            return Err(error.help("pass order=\"C\", or a C-contiguous copy"));
        }
    }
    let rank = arrays.iter().map(|array| array.rank).max().unwrap_or(0);
    let spread = |array: &&Array| Ty::Array(Array { rank, layout: Layout::A, ..(*array).clone() });
    let over = match &a[0].ty {
        Ty::Array(_) => a[0].ty.clone(),
        _ => Ty::Tuple(arrays.iter().map(spread).collect()),
    };
    Ok(Ty::Walk(Walk::Iter, Box::new(over)).into())
}

fn nditer<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let arrays = if a[0].ty.as_tuple().is_some() { l.elements(&a[0]) } else { vec![a[0].clone()] };
    let shapes: Vec<_> = arrays.iter().map(|array| l.dims(array)).collect();
    let (dims, fits) = l.broadcast_dims(&shapes);
    if shapes.len() > 1 {
        let texts: String = shapes.iter().map(|s| shape_text(s.len()) + " ").collect();
        l.check_ints(fits, "ValueError", &format!("operands could not be broadcast together with shapes {texts}"), &shapes.concat());
    }
    for dim in &dims {
        l.check(l.b.cmpi("ne", *dim, l.b.c_index(0)), "ValueError", "Iteration of zero-sized operands is not enabled");
    }
    if a[0].ty.as_array().is_some() {
        return a[0].parts.clone();
    }
    let size = l.box_size(&dims);
    l.check(l.b.cmpi("ne", size, l.b.c_i64(i64::MAX)), "ValueError", "iterator is too large");
    arrays.iter().flat_map(|array| l.spread(array, &dims).parts).collect()
}
