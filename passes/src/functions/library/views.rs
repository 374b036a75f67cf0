//! Views with any dtype, sizes and strides. Nothing is checked: the library has made sure that they stay within the memory of the array.

use super::{any_dtype_of, array, dtype_of};
use crate::functions::elementwise::Parts;
use crate::functions::rules::{Rule, integer};
use crate::functions::{Bound, CallError, Const, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// What is said of a view beside its numbers: `"packed"`, its elements lie one after the other in C order; `"readonly"`; `"repeats"`, several places may be
/// one element.
fn has(flags: &[Option<&Const>], flag: &str) -> bool {
    flags.iter().any(|known| matches!(known, Some(Const::Str(text)) if text == flag))
}

/// The strides in elements.
pub fn strides_rule(a: &Bound<TyArg>) -> Rule {
    Ok(Ty::Tuple(vec![Ty::I64; array(&a[0])?.rank]).into())
}

pub fn strides<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    l.strides(&a[0]).into_iter().map(|stride| l.b.index_cast(stride, l.b.i64())).collect()
}

/// The address of the first element.
pub fn address<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let address = l.b.val("memref.extract_aligned_pointer_as_index", &a[0].parts, l.b.index(), &[]);
    vec![l.b.index_cast(address, l.b.i64())]
}

/// Elements at any byte are not seen as others.
fn aligned(array: &Array) -> Result<&Array, CallError> {
    match array.bytes() {
        None => Ok(array),
        Some(_) => Err(CallError::new("views of unaligned arrays as others are not supported").help("copy the array first: a.copy()")),
    }
}

/// The same places as elements of another dtype of the same size.
pub fn retyped_rule(a: &Bound<TyArg>) -> Rule {
    let (from, dtype) = (aligned(array(&a[0])?)?, dtype_of(&a[1])?);
    if from.element.item_size() != dtype.item_size() {
        return Err(CallError::new("the dtypes must have one size"));
    }
    Ok(Ty::Array(Array { element: Box::new(dtype), ..from.clone() }).into())
}

pub fn retyped<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some(array) = ty.as_array() else { panic!("{ty} is no array") };
    let (dims, strides, start) = (l.dims(&a[0]), l.strides(&a[0]), l.b.c_index(0));
    l.view(&a[0], array.clone(), start, &dims, &strides).parts
}

/// Offset and strides count elements of the dtype.
pub fn view_rule(a: &Bound<TyArg>) -> Rule {
    let (from, element) = (array(&a[0])?, any_dtype_of(&a[1])?);
    match (&*from.element, &element) {
        // Strides of records are counted in bytes.
        (Ty::Record(of), Ty::Record(as_these)) if of.of == as_these.of => {}
        _ => _ = (aligned(from)?, dtype_of(&a[1])?),
    }
    integer(&a[2])?;
    let (Some(shape), Some(strides)) = (a[3].ty.as_tuple(), a[4].ty.as_tuple()) else { return Err(CallError::new("shape and strides must be tuples")) };
    if shape.len() != strides.len() || !shape.iter().chain(strides).all(Ty::is_integral) {
        return Err(CallError::new("shape and strides must be tuples of as many integers"));
    }
    let flags: Vec<_> = a.rest.iter().map(|flag| flag.constant.as_ref()).collect();
    let layout = if shape.is_empty() || has(&flags, "packed") { Layout::C } else { Layout::A };
    let readonly = from.readonly || has(&flags, "readonly");
    Ok(Ty::Array(Array { element: Box::new(element), rank: shape.len(), layout, readonly, unaligned: false }).into())
}

pub fn view<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some(array) = ty.as_array() else { panic!("{ty} is no array") };
    let offset = index(l, &a[2]);
    let [dims, strides] = [3, 4].map(|i| l.elements(&a[i]).iter().map(|number| index(l, number)).collect::<Vec<_>>());
    let made = l.view(&a[0], array.clone(), offset, &dims, &strides);
    let flags: Vec<_> = a.rest.iter().map(|flag| flag.constant.as_ref()).collect();
    if let Some(op) = made.parts[0].def().filter(|_| has(&flags, "repeats")) {
        op.set_attr("repeats", l.b.unit());
    }
    made.parts
}

/// Part of an array: its first place and its size along each axis.
pub fn window_rule(a: &Bound<TyArg>) -> Rule {
    let array = array(&a[0])?;
    let fits = |arg: &TyArg| arg.ty.as_tuple().is_some_and(|parts| parts.len() == array.rank && parts.iter().all(Ty::is_integral));
    if !fits(&a[1]) || !fits(&a[2]) {
        return Err(CallError::new("a place and a size for each axis are needed"));
    }
    Ok(Ty::Array(Array { layout: Layout::A, ..array.clone() }).into())
}

pub fn window<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some(array) = ty.as_array() else { panic!("{ty} is no array") };
    let [starts, sizes] = [1, 2].map(|i| l.elements(&a[i]).iter().map(|number| index(l, number)).collect::<Vec<_>>());
    let strides = l.strides(&a[0]);
    let mut offset = l.b.c_index(0);
    for (start, stride) in starts.into_iter().zip(&strides) {
        offset = l.b.bin("arith.addi", offset, l.b.bin("arith.muli", start, *stride));
    }
    l.view(&a[0], array.clone(), offset, &sizes, &strides).parts
}

/// One number gives one index, so that equal sizes are seen to be equal.
fn index<'c>(l: &mut Lower<'c>, number: &Val<'c>) -> Value<'c> {
    let wide = l.scalar_as(number, &Ty::I64);
    let known = wide.uses().into_iter().map(|(op, _)| op).find(|op| op.is("arith.index_cast") && op.block() == Some(l.b.block()));
    known.map_or_else(|| l.b.index_cast(wide, l.b.index()), |op| op.result(0))
}
