//! Attributes of values: `array.shape`, `complex.real`, `range.start`.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, CallError, Const, Function, TyArg, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Array, Layout, Ty, Walk};

pub(super) static TABLE: &[Function] = table! {
    "array.shape" ("_a"): |a| Ok(Ty::Tuple(vec![Ty::I64; array(a)?.rank]).into()) => |l, a, _| {
        let dims = l.dims(&a[0]);
        dims.into_iter().map(|d| l.b.index_cast(d, l.b.i64())).collect()
    };
    "array.strides" ("_a"): |a| Ok(Ty::Tuple(vec![Ty::I64; array(a)?.rank]).into()) => |l, a, _| strides(l, a);
    "array.ndim" ("_a"): |a| Ok(constant(array(a)?.rank)) => |l, a, _| vec![l.b.c_i64(l.array_ty(&a[0]).rank as i64)];
    "array.size" ("_a"): |_| Ok(Ty::I64.into()) => |l, a, _| {
        let size = l.size(&a[0]);
        vec![l.b.index_cast(size, l.b.i64())]
    };
    "array.itemsize" ("_a"): |a| Ok(constant(item_size(array(a)?))) => |l, a, _| vec![l.b.c_i64(item_size(l.array_ty(&a[0])) as i64)];
    "array.nbytes" ("_a"): |_| Ok(Ty::I64.into()) => |l, a, _| {
        let size = l.size(&a[0]);
        let bytes = l.b.c_i64(item_size(l.array_ty(&a[0])) as i64);
        vec![l.b.bin("arith.muli", l.b.index_cast(size, l.b.i64()), bytes)]
    };
    "array.dtype" ("_a"): |a| Ok(dtype(&array(a)?.element).into()) => |_, _, _| vec![];
    "array.flat" ("_a"): |a| Ok(Ty::Walk(Walk::Flat, Box::new(Ty::Array(array(a)?.clone()))).into()) => |_, a, _| a[0].parts.clone();
    "array.T" ("_a"): transposed_rule => |l, a, ty| transposed(l, a, ty);
    "array.real" ("_a"): real_rule => |l, a, ty| if a[0].ty == *ty { a[0].parts.clone() } else { parts_view(l, a, ty, 0) };
    "array.imag" ("_a"): imaginary_rule => |l, a, ty| if l.array_ty(&a[0]).element.is_complex() { parts_view(l, a, ty, 1) } else { zeros(l, a, ty) };

    "array.flags" ("_a"): |a| { array(a)?; Ok(Ty::Flags(Box::new(a[0].ty.clone())).into()) } => |_, a, _| a[0].parts.clone();
    "flags.c_contiguous" ("_f"): flag => |l, a, _| vec![contiguous(l, &a[0], true)];
    "flags.f_contiguous" ("_f"): flag => |l, a, _| vec![contiguous(l, &a[0], false)];
    "flags.contiguous" ("_f"): flag => |l, a, _| vec![contiguous(l, &a[0], true)];
    "flags.forc" ("_f"): flag => |l, a, _| { let (c, f) = (contiguous(l, &a[0], true), contiguous(l, &a[0], false)); vec![l.b.bin("arith.ori", c, f)] };
    "flags.fnc" ("_f"): flag => |l, a, _| { let (c, f) = (contiguous(l, &a[0], true), contiguous(l, &a[0], false)); vec![l.b.bin("arith.andi", f, l.invert(c))] };
    "flags.writeable" ("_f"): |a| Ok(truth(!flagged(&a[0].ty).is_some_and(|array| array.readonly))) => |l, a, _| {
        vec![l.b.c_bool(!flagged(&a[0].ty).is_some_and(|array| array.readonly))]
    };
    "flags.aligned" ("_f"): |a| Ok(truth(!flagged(&a[0].ty).is_some_and(|array| array.unaligned))) => |l, a, _| {
        vec![l.b.c_bool(!flagged(&a[0].ty).is_some_and(|array| array.unaligned))]
    };

    "int.real" ("_x"): |a| Ok(widened(&a[0].ty).into()) => |l, a, ty| l.cast(&a[0], ty).parts;
    "int.imag" ("_x"): |a| Ok(widened(&a[0].ty).into()) => |l, _, ty| vec![l.b.c_int(l.scalar(ty), 0)];
    "int.numerator" ("_x"): |a| Ok(widened(&a[0].ty).into()) => |l, a, ty| l.cast(&a[0], ty).parts;
    "int.denominator" ("_x"): |_| Ok(constant(1)) => |l, _, _| vec![l.b.c_i64(1)];
    "float.real" ("_x"): |a| Ok(a[0].ty.clone().into()) => |_, a, _| a[0].parts.clone();
    "float.imag" ("_x"): |a| Ok(a[0].ty.clone().into()) => |l, _, ty| vec![l.b.c_float(l.scalar(ty), 0.0)];
    "complex.real" ("_z"): |a| Ok(part(&a[0].ty).into()) => |_, a, _| vec![a[0].parts[0]];
    "complex.imag" ("_z"): |a| Ok(part(&a[0].ty).into()) => |_, a, _| vec![a[0].parts[1]];

    "range.start" ("_r"): |a| Ok(range_item(&a[0].ty).into()) => |_, a, _| vec![a[0].parts[0]];
    "range.stop" ("_r"): |a| Ok(range_item(&a[0].ty).into()) => |_, a, _| vec![a[0].parts[1]];
    "range.step" ("_r"): |a| Ok(range_item(&a[0].ty).into()) => |_, a, _| vec![a[0].parts[2]];

    "slice.start" ("_s"): |a| slice_rule(a, 0) => |l, a, _| l.slice_parts(&a[0])[0].parts.clone();
    "slice.stop" ("_s"): |a| slice_rule(a, 1) => |l, a, _| l.slice_parts(&a[0])[1].parts.clone();
    "slice.step" ("_s"): |a| slice_rule(a, 2) => |l, a, _| l.slice_parts(&a[0])[2].parts.clone();

    "dtype.type" ("_t"): |a| dtype_rule(a, |t| dtype(t).into()) => |_, _, _| vec![];
    "dtype.itemsize" ("_t"): |a| dtype_rule(a, |t| constant(t.item_size().unwrap_or(0))) => |l, a, _| {
        let size = a[0].ty.as_ref_name().and_then(dtype_of_ref).and_then(|t| t.item_size()).unwrap_or(0);
        vec![l.b.c_i64(size as i64)]
    };
};

fn array(a: &Bound<TyArg>) -> Result<&Array, CallError> {
    a[0].ty.as_array().map_or_else(|| expected("an array", &a[0].ty), Ok)
}

fn constant(n: usize) -> Typed {
    Typed { ty: Ty::I64, constant: Some(Const::Int(n as i128)) }
}

fn truth(value: bool) -> Typed {
    Typed { ty: Ty::Bool, constant: Some(Const::Bool(value)) }
}

fn flag(_: &Bound<TyArg>) -> Rule {
    Ok(Ty::Bool.into())
}

/// The attribute that `flags["C_CONTIGUOUS"]` and `flags["C"]` name.
pub(crate) fn flag_of_text(text: &str) -> Option<&'static Function> {
    let name = match text {
        "C" | "C_CONTIGUOUS" | "CONTIGUOUS" => "flags.c_contiguous",
        "F" | "F_CONTIGUOUS" | "FORTRAN" => "flags.f_contiguous",
        "W" | "WRITEABLE" => "flags.writeable",
        "A" | "ALIGNED" => "flags.aligned",
        "FORC" => "flags.forc",
        "FNC" => "flags.fnc",
        _ => return None,
    };
    super::find(name)
}

/// The array whose flags these are.
fn flagged(flags: &Ty) -> Option<&Array> {
    if let Ty::Flags(array) = flags { array.as_array() } else { None }
}

fn contiguous<'c>(l: &mut Lower<'c>, flags: &Val<'c>, c_order: bool) -> zouk_dialects::ir::Value<'c> {
    let Some(array) = flagged(&flags.ty) else { panic!("{} are no flags", flags.ty) };
    let array = l.val(Ty::Array(array.clone()), flags.parts.clone());
    super::library::is_packed(l, &array, c_order)
}

fn item_size(array: &Array) -> usize {
    array.element.item_size().unwrap_or(0)
}

/// The dtype object of a scalar type: `numpy.float64`.
pub(crate) fn dtype(element: &Ty) -> Ty {
    Ty::Ref(format!("numpy.{}", element.numpy_name().unwrap_or_default()))
}

fn dtype_rule(a: &Bound<TyArg>, rule: fn(&Ty) -> Typed) -> Rule {
    match a[0].ty.as_ref_name().and_then(dtype_of_ref) {
        Some(ty) => Ok(rule(&ty)),
        None => expected("a dtype", &a[0].ty),
    }
}

fn part(ty: &Ty) -> Ty {
    if let Ty::Complex(bits) = ty { Ty::Float(*bits) } else { ty.clone() }
}

fn range_item(ty: &Ty) -> Ty {
    if let Ty::Range(item) = ty { (**item).clone() } else { ty.clone() }
}

/// A part of a slice, which is None where it has not been given.
fn slice_rule(a: &Bound<TyArg>, place: usize) -> Rule {
    let Ty::Slice(parts) = &a[0].ty else { return expected("a slice", &a[0].ty) };
    let constant = match &a[0].constant {
        Some(Const::Tuple(known)) => Some(known[place].clone()),
        _ if parts[place] == Ty::None => Some(Const::None),
        _ => None,
    };
    Ok(Typed { ty: parts[place].clone(), constant })
}

/// NumPy counts strides in bytes.
fn strides<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let array = l.array_ty(&a[0]);
    let bytes = l.b.c_i64(if array.bytes().is_some() { 1 } else { item_size(array) as i64 });
    let strides = l.strides(&a[0]);
    strides.into_iter().map(|s| l.b.bin("arith.muli", l.b.index_cast(s, l.b.i64()), bytes)).collect()
}

/// The same elements with the axes in reverse order.
fn transposed_rule(a: &Bound<TyArg>) -> Rule {
    let array = array(a)?;
    let layout = match array.layout {
        _ if array.rank < 2 => array.layout,
        Layout::C => Layout::F,
        Layout::F => Layout::C,
        Layout::A => Layout::A,
    };
    Ok(Ty::Array(Array { layout, ..array.clone() }).into())
}

fn transposed<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some(array) = ty.as_array().filter(|t| t.rank > 1) else { return a[0].parts.clone() };
    let (mut dims, mut strides) = (l.dims(&a[0]), l.strides(&a[0]));
    dims.reverse();
    strides.reverse();
    let start = l.b.c_index(0);
    l.view(&a[0], array.clone(), start, &dims, &strides).parts
}

/// The array itself; of complex numbers a view of every second part.
fn real_rule(a: &Bound<TyArg>) -> Rule {
    let array = array(a)?;
    let layout = if array.rank == 0 { array.layout } else { Layout::A };
    Ok(match *array.element {
        Ty::Complex(bits) => Ty::Array(Array { element: Box::new(Ty::Float(bits)), layout, ..array.clone() }).into(),
        _ => a[0].ty.clone().into(),
    })
}

/// As the real parts; of real numbers read-only zeros.
fn imaginary_rule(a: &Bound<TyArg>) -> Rule {
    let array = array(a)?;
    if array.element.is_complex() {
        return real_rule(a);
    }
    let layout = if array.layout == Layout::F { Layout::F } else { Layout::C };
    Ok(Ty::Array(Array { layout, readonly: true, ..array.clone() }).into())
}

fn parts_view<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, first: i64) -> Parts<'c> {
    let Some(parts) = ty.as_array().cloned() else { panic!("{ty} is no array") };
    // Elements that are bytes are counted in bytes, as their parts are.
    let (step, place) = if parts.bytes().is_some() { (1, item_size(&parts) as i64) } else { (2, 1) };
    let (dims, step) = (l.dims(&a[0]), l.b.c_index(step));
    let strides: Vec<_> = l.strides(&a[0]).into_iter().map(|s| l.b.bin("arith.muli", s, step)).collect();
    let first = l.b.c_index(first * place);
    l.view(&a[0], parts, first, &dims, &strides).parts
}

fn zeros<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some(array) = ty.as_array().cloned() else { panic!("{ty} is no array") };
    let dims = l.dims(&a[0]);
    l.alloc(array, &dims, true).parts
}
