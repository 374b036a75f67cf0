//! What library functions ask of the compiler, as `compiler.name(…)`: questions that types answer, views, calls of the runtime.
//!
//! The answers of questions about types are constants: `if compiler.is_complex(a):` leaves one branch.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, CallError, Const, Function, TyArg, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use std::sync::Arc;
use zouk_dialects::ty::{Array, Layout, Names, Ty};

mod einsum;
pub(super) mod promotion;
mod views;

use einsum::einsum_rule;
use promotion::{difference, float_of_type, inexact, result_type};

/// What the names of these entries begin with.
pub const MODULE: &str = "zouk.library.";

pub(super) static TABLE: &[Function] = table! {
    "zouk.library.is_array" ("_x"): |a| is(a, |ty| ty.as_array().is_some()) => |l, a, _| known(l, a, |ty| ty.as_array().is_some());
    "zouk.library.is_scalar" ("_x"): |a| is(a, is_item) => |l, a, _| known(l, a, is_item);
    "zouk.library.is_record" ("_x"): |a| is(a, |ty| of_elements(ty, is_record)) => |l, a, _| known(l, a, |ty| of_elements(ty, is_record));
    "zouk.library.field_names" ("_a"): field_names_rule => |_, _, _| vec![];
    "zouk.library.is_time" ("_x"): |a| is(a, |ty| of_elements(ty, |ty| ty.time_of().is_some())) => |l, a, _| known(l, a, |ty| of_elements(ty, |ty| ty.time_of().is_some()));
    "zouk.library.is_tuple" ("_x"): |a| is(a, |ty| ty.as_tuple().is_some()) => |l, a, _| known(l, a, |ty| ty.as_tuple().is_some());
    "zouk.library.is_str" ("_x"): |a| is(a, |ty| *ty == Ty::Str) => |l, a, _| known(l, a, |ty| *ty == Ty::Str);
    "zouk.library.is_none" ("_x"): |a| is(a, |ty| *ty == Ty::None) => |l, a, _| known(l, a, |ty| *ty == Ty::None);
    "zouk.library.is_bool" ("_x"): |a| is(a, |ty| of_elements(ty, |ty| *ty == Ty::Bool)) => |l, a, _| known(l, a, |ty| of_elements(ty, |ty| *ty == Ty::Bool));
    "zouk.library.is_integer" ("_x"): |a| is(a, |ty| of_elements(ty, Ty::is_int)) => |l, a, _| known(l, a, |ty| of_elements(ty, Ty::is_int));
    "zouk.library.is_unsigned" ("_x"): |a| is(a, |ty| of_elements(ty, |ty| ty.is_int() && !ty.is_signed())) => |l, a, _| known(l, a, |ty| of_elements(ty, |ty| ty.is_int() && !ty.is_signed()));
    "zouk.library.is_float" ("_x"): |a| is(a, |ty| of_elements(ty, Ty::is_float)) => |l, a, _| known(l, a, |ty| of_elements(ty, Ty::is_float));
    "zouk.library.is_complex" ("_x"): |a| is(a, |ty| of_elements(ty, Ty::is_complex)) => |l, a, _| known(l, a, |ty| of_elements(ty, Ty::is_complex));
    "zouk.library.is_aligned" ("_x"): |a| is(a, is_aligned) => |l, a, _| known(l, a, is_aligned);
    "zouk.library.is_constant" ("_x"): |a| Ok(truth(a[0].constant.is_some())) => |l, a, _| vec![l.b.c_bool(a[0].constant.is_some())];

    "zouk.library.ndim" ("_x"): |a| Ok(whole(a[0].ty.as_array().map_or(0, |array| array.rank))) => |l, a, _| {
        vec![l.b.c_i64(a[0].ty.as_array().map_or(0, |array| array.rank) as i64)]
    };
    "zouk.library.indices" ("_count"): indices_rule => |l, _, ty| {
        (0..ty.as_tuple().unwrap_or_default().len()).map(|i| l.b.c_i64(i as i64)).collect()
    };
    "zouk.library.result_type" ("*arguments"): |a| dtype(result_type(&a.rest)?) => |_, _, _| vec![];
    "zouk.library.difference_type" ("*arguments"): |a| dtype(difference(result_type(&a.rest)?)) => |_, _, _| vec![];
    "zouk.library.inexact_type" ("*arguments"): |a| dtype(inexact(result_type(&a.rest)?)) => |_, _, _| vec![];
    "zouk.library.float_type" ("*arguments"): |a| dtype(float_of_type(result_type(&a.rest)?)) => |_, _, _| vec![];

    "zouk.library.is_c_packed" ("_a"): |a| packed_rule(a, Layout::C) => |l, a, _| packed(l, a, true);
    "zouk.library.is_f_packed" ("_a"): |a| packed_rule(a, Layout::F) => |l, a, _| packed(l, a, false);
    "zouk.library.is_unaligned" ("_a"): |a| Ok(truth(array(&a[0])?.unaligned)) => |l, a, _| {
        let unaligned = l.array_ty(&a[0]).unaligned;
        vec![l.b.c_bool(unaligned)]
    };
    "zouk.library.permuted" ("_a, _axes"): permuted_rule => |l, a, ty| permuted(l, a, ty);
    "zouk.library.move_axis_last" ("_a, _axis"): axis_last_rule => |l, a, ty| axis_last(l, a, ty);

    "zouk.library.strides" ("_a"): views::strides_rule => |l, a, _| views::strides(l, a);
    "zouk.library.address" ("_a"): |a| { array(&a[0])?; Ok(Ty::I64.into()) } => |l, a, _| views::address(l, a);
    "zouk.library.retyped" ("_a, _dtype"): views::retyped_rule => |l, a, ty| views::retyped(l, a, ty);
    "zouk.library.view" ("_a, _dtype, _offset, _shape, _strides, *flags"): views::view_rule => |l, a, ty| views::view(l, a, ty);

    "zouk.library.window" ("_a, _starts, _sizes"): views::window_rule => |l, a, ty| views::window(l, a, ty);
    "zouk.library.order" ("_ufunc"): |_| Err(CallError::new("only the compiler asks for the order of a reduction")) => |_, _, _| vec![];
    "zouk.library.kernel_type" ("_kernel, *arguments"): |_| Err(CallError::new("only the compiler asks for the type of a kernel")) => |_, _, _| vec![];

    "zouk.library.diagonal" ("_a, _axis, _other"): diagonal_rule => |l, a, ty| diagonal(l, a, ty);

    "zouk.library.einsum" ("_subscripts, _ranks, _with_output"): einsum_rule => |l, _, ty| integers(l, ty);

    "zouk.library.check_lengths" ("_fits, _message, *lengths"): check_lengths_rule => |l, a, _| check_lengths(l, a);

    "zouk.library.check_reduction" ("_ufunc, _a, _axes, _keepdims, _out"): check_reduction_rule => |l, a, _| check_reduction(l, a);

    "zouk.library.named" ("_names, _items"): named_rule => |_, a, _| a[1].parts.clone();
    "zouk.library.type_error" ("_message, _help="): type_error => |_, _, _| vec![];
    "zouk.library.value_error" ("_message, _help="): type_error => |_, _, _| vec![];
    "zouk.library.runtime_call" ("_symbol, *arguments"): runtime_call_rule => |l, a, _| runtime_call(l, a);
};

fn truth(value: bool) -> Typed {
    Typed { ty: Ty::Bool, constant: Some(Const::Bool(value)) }
}

fn whole(value: usize) -> Typed {
    Typed { ty: Ty::I64, constant: Some(Const::Int(value as i128)) }
}

fn dtype(element: Ty) -> Rule {
    Ok(super::attributes::dtype(&element).into())
}

fn is(a: &Bound<TyArg>, test: impl Fn(&Ty) -> bool) -> Rule {
    Ok(truth(test(&a[0].ty)))
}

fn known<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, test: impl Fn(&Ty) -> bool) -> Parts<'c> {
    vec![l.b.c_bool(test(&a[0].ty))]
}

/// A question about an array's elements, a dtype or a scalar.
fn of_elements(ty: &Ty, test: impl Fn(&Ty) -> bool) -> bool {
    match ty {
        Ty::Array(array) => test(&array.element),
        Ty::Ref(name) => dtype_of_ref(name).is_some_and(|ty| test(&ty)),
        other => test(other),
    }
}

/// A number, a time or a record.
fn is_item(ty: &Ty) -> bool {
    ty.is_scalar() || is_record(ty)
}

fn is_record(ty: &Ty) -> bool {
    matches!(ty, Ty::Record(_))
}

/// The names of the fields of records, as a tuple: a loop over it is unrolled.
fn field_names_rule(a: &Bound<TyArg>) -> Rule {
    let Some(record) = crate::lower_python::record_of(&a[0].ty) else { return expected("records", &a[0].ty) };
    let names: Vec<Const> = record.of.fields.iter().map(|field| Const::Str(field.name.clone())).collect();
    Ok(Typed { ty: Ty::Tuple(vec![Ty::Str; names.len()]), constant: Some(Const::Tuple(names)) })
}

/// Whether elements lie where the machine loads and stores them at once.
fn is_aligned(ty: &Ty) -> bool {
    ty.as_array().is_none_or(|array| !array.unaligned)
}

/// (0, 1, …, count - 1): a loop over it is unrolled.
fn indices_rule(a: &Bound<TyArg>) -> Rule {
    let Some(Const::Int(count)) = a[0].constant else { return Err(CallError::new("the count must be a constant")) };
    let count = usize::try_from(count).unwrap_or(0).min(Ty::MAX_PARTS);
    Ok(Typed { ty: Ty::Tuple(vec![Ty::I64; count]), constant: Some(Const::Tuple((0..count).map(|i| Const::Int(i as i128)).collect())) })
}

fn array(arg: &TyArg) -> Result<&Array, CallError> {
    arg.ty.as_array().map_or_else(|| expected("an array", &arg.ty), Ok)
}

/// Whether the elements lie in memory one after the other, in C or in Fortran order: known for an array whose type says so.
fn packed_rule(a: &Bound<TyArg>, order: Layout) -> Rule {
    let array = array(&a[0])?;
    if array.unaligned {
        return Ok(truth(false));
    }
    let sure = array.layout == order || array.rank == 0 || array.rank == 1 && array.layout != Layout::A;
    Ok(Typed { ty: Ty::Bool, constant: sure.then_some(Const::Bool(true)) })
}

fn packed<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, c_order: bool) -> Parts<'c> {
    vec![is_packed(l, &a[0], c_order)]
}

pub(super) fn is_packed<'c>(l: &mut Lower<'c>, array: &Val<'c>, c_order: bool) -> Value<'c> {
    let ty = l.array_ty(array).clone();
    if ty.unaligned {
        return l.b.c_bool(false);
    }
    let dims = l.dims(array);
    let (strides, wanted) = (l.strides(array), l.packed_strides_of(&ty, &dims, c_order));
    let (mut all, mut empty) = (l.b.c_bool(true), l.b.c_bool(false));
    for ((dim, stride), wanted) in dims.iter().zip(strides).zip(wanted) {
        // Along an axis of one element no step is ever taken.
        let single = l.b.cmpi("eq", *dim, l.b.c_index(1));
        let fits = l.b.bin("arith.ori", single, l.b.cmpi("eq", stride, wanted));
        all = l.b.bin("arith.andi", all, fits);
        empty = l.b.bin("arith.ori", empty, l.b.cmpi("eq", *dim, l.b.c_index(0)));
    }
    l.b.bin("arith.ori", all, empty)
}

/// A constant axis, counted from the end when it is negative.
fn axis_of(arg: Option<&Const>, rank: usize) -> Option<usize> {
    let Some(Const::Int(axis)) = arg else { return None };
    let axis = if *axis < 0 { axis + rank as i128 } else { *axis };
    usize::try_from(axis).ok().filter(|axis| *axis < rank)
}

fn permuted_rule(a: &Bound<TyArg>) -> Rule {
    let array = array(&a[0])?;
    let axes = axes_of(a[1].constant.as_ref(), array.rank).ok_or_else(|| CallError::new("the axes must be a constant permutation"))?;
    Ok(view_type(array, &axes).into())
}

fn axes_of(axes: Option<&Const>, rank: usize) -> Option<Vec<usize>> {
    let Some(Const::Tuple(parts)) = axes else { return None };
    let axes = parts.iter().map(|part| axis_of(Some(part), rank)).collect::<Option<Vec<_>>>()?;
    let all = (0..rank).all(|axis| axes.contains(&axis));
    (all && axes.len() == rank).then_some(axes)
}

/// The array type of the same elements with the axes in another order.
fn view_type(array: &Array, axes: &[usize]) -> Ty {
    let in_order = axes.iter().copied().eq(0..array.rank);
    let reversed = axes.iter().copied().eq((0..array.rank).rev());
    let layout = match array.layout {
        layout if in_order => layout,
        Layout::C if reversed => Layout::F,
        Layout::F if reversed => Layout::C,
        _ => Layout::A,
    };
    Ty::Array(Array { layout, ..array.clone() })
}

fn permuted<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let axes = axes_of(a[1].constant.as_ref(), l.array_ty(&a[0]).rank).expect("the rule has seen a permutation");
    view(l, &a[0], &axes, ty)
}

fn axis_last_order(axis: Option<&Const>, rank: usize) -> Option<Vec<usize>> {
    let axis = axis_of(axis, rank)?;
    Some((0..rank).filter(|other| *other != axis).chain([axis]).collect())
}

fn axis_last_rule(a: &Bound<TyArg>) -> Rule {
    let array = array(&a[0])?;
    let order = axis_last_order(a[1].constant.as_ref(), array.rank).ok_or_else(|| CallError::new("the axis must be a constant of the array's"))?;
    Ok(view_type(array, &order).into())
}

fn axis_last<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let order = axis_last_order(a[1].constant.as_ref(), l.array_ty(&a[0]).rank).expect("the rule has seen an axis");
    view(l, &a[0], &order, ty)
}

/// Two axes of an array, the second of which is taken away.
fn diagonal_axes(a: &[Option<&Const>; 2], rank: usize) -> Option<(usize, usize)> {
    let (axis, other) = (axis_of(a[0], rank)?, axis_of(a[1], rank)?);
    (axis != other).then_some((axis, other))
}

/// A view of the diagonal of two axes, in place of the first one. The caller has seen that the axes have one length.
fn diagonal_rule(a: &Bound<TyArg>) -> Rule {
    let array = array(&a[0])?;
    diagonal_axes(&[a[1].constant.as_ref(), a[2].constant.as_ref()], array.rank).ok_or_else(|| CallError::new("two axes of the array are needed"))?;
    Ok(Ty::Array(Array { rank: array.rank - 1, layout: Layout::A, ..array.clone() }).into())
}

fn diagonal<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some(array) = ty.as_array() else { panic!("{ty} is no array") };
    let axes = diagonal_axes(&[a[1].constant.as_ref(), a[2].constant.as_ref()], array.rank + 1);
    let (axis, other) = axes.expect("the rule has seen the axes");
    let (mut dims, mut strides) = (l.dims(&a[0]), l.strides(&a[0]));
    // The shorter length is within both axes whatever the caller did.
    dims[axis] = l.b.bin("arith.minsi", dims[axis], dims[other]);
    strides[axis] = l.b.bin("arith.addi", strides[axis], strides[other]);
    dims.remove(other);
    strides.remove(other);
    let start = l.b.c_index(0);
    l.view(&a[0], array.clone(), start, &dims, &strides).parts
}

/// The parts of a constant tuple of integers, whose values inference has written into the IR.
/// A text that is known, with a `{}` for each length.
fn check_lengths_rule(a: &Bound<TyArg>) -> Rule {
    let Some(Const::Str(message)) = &a[1].constant else { return Err(CallError::new("the message must be a constant text")) };
    let lengths: usize = a.rest.iter().map(|lengths| lengths.ty.as_tuple().map_or(1, <[Ty]>::len)).sum();
    if message.matches("{}").count() != lengths {
        return Err(CallError::new("the message must have a {} for each length"));
    }
    Ok(Ty::None.into())
}

fn check_lengths<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let lengths: Vec<_> = a.rest.iter().flat_map(|lengths| lengths.parts.clone()).collect();
    if let Some(Const::Str(message)) = &a[1].constant {
        l.check_ints(a[0].parts[0], "ValueError", message, &lengths);
    }
    vec![]
}

/// What reduces, by name or as a function.
fn reducer(arg: &Ty, constant: Option<&Const>) -> Option<String> {
    match (arg, constant) {
        (Ty::Str, Some(Const::Str(name))) => Some(name.clone()),
        (Ty::Ref(name), _) => name.rsplit('.').next().map(|name| name.trim_start_matches('@').into()),
        _ => None,
    }
}

fn check_reduction_rule(a: &Bound<TyArg>) -> Rule {
    if reducer(&a[0].ty, a[0].constant.as_ref()).is_none() {
        return Err(CallError::new("what reduces is a name or a function"));
    }
    array(&a[4])?;
    super::reductions::axes(Some(&a[2]), array(&a[1])?.rank)?;
    super::reductions::flag(Some(&a[3]), "keepdims")?;
    Ok(Ty::None.into())
}

fn check_reduction<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let known = |value: &Val| TyArg { ty: value.ty.clone(), constant: value.constant.clone() };
    let rank = a[1].ty.as_array().map_or(0, |array| array.rank);
    let axes = super::reductions::axes(Some(&known(&a[2])), rank);
    let keep = super::reductions::flag(Some(&known(&a[3])), "keepdims");
    if let (Some(name), Ok(axes), Ok(keep)) = (reducer(&a[0].ty, a[0].constant.as_ref()), axes, keep) {
        l.check_reduction_output(&name, &a[1], axes, keep, &a[4]);
    }
    vec![]
}

fn integers<'c>(l: &mut Lower<'c>, ty: &Ty) -> Parts<'c> {
    let parts = ty.as_tuple().unwrap_or_default();
    if *ty == Ty::I64 { vec![l.b.c_i64(0)] } else { parts.iter().flat_map(|part| integers(l, part)).collect() }
}

fn view<'c>(l: &mut Lower<'c>, base: &Val<'c>, axes: &[usize], ty: &Ty) -> Parts<'c> {
    let Some(array) = ty.as_array() else { panic!("{ty} is no array") };
    if axes.iter().copied().eq(0..array.rank) {
        return base.parts.clone();
    }
    let (dims, strides) = (l.dims(base), l.strides(base));
    let [dims, strides] = [dims, strides].map(|values| axes.iter().map(|axis| values[*axis]).collect::<Vec<_>>());
    let start = l.b.c_index(0);
    l.view(base, array.clone(), start, &dims, &strides).parts
}

/// The tuple as one of a class that has names for its elements.
fn named_rule(a: &Bound<TyArg>) -> Rule {
    let names = if let Some(Const::Str(text)) = &a[0].constant { Names::parse(text) } else { None };
    match (names, a[1].ty.as_sequence()) {
        (Some(names), Some(parts)) if names.fields.len() == parts.len() => Ok(Typed { ty: Ty::Named(Arc::new(names), parts.to_vec()), constant: a[1].constant.clone() }),
        _ => Err(CallError::new("the names must be a constant text, one for each item")),
    }
}

pub const RUNTIME_CALL: &str = "zouk.library.runtime_call";
/// The function that refuses a call of the library: its message is the error.
pub const TYPE_ERROR: &str = "zouk.library.type_error";
/// The same with Numba's class for arguments that have the right types and are wrong all the same.
pub const VALUE_ERROR: &str = "zouk.library.value_error";

/// Refuses the call of the library function: the message is reported where the program calls it.
fn type_error(a: &Bound<TyArg>) -> Rule {
    match &a[0].constant {
        Some(Const::Str(message)) => {
            let error = CallError::new(message.clone());
            Err(match a.get(1).map(|help| &help.constant) {
                Some(Some(Const::Str(help))) => error.help(help.clone()),
                _ => error,
            })
        }
        _ => Err(CallError::new("the message must be a constant")),
    }
}

/// The types that functions of the runtime take: addresses of packed elements, int64, float64.
fn runtime_call_rule(a: &Bound<TyArg>) -> Rule {
    symbol(&a[0].constant, &a.rest.iter().map(|arg| &arg.ty).collect::<Vec<_>>())?;
    match a.rest.iter().find(|arg| !(arg.ty.is_real() || arg.ty.as_array().is_some_and(|array| array.bytes().is_none()))) {
        Some(other) => expected("an array, an integer, a bool or a float", &other.ty),
        None => Ok(Ty::I64.into()),
    }
}

/// The name with the `{}` in it replaced by the short name of the first array's elements.
fn symbol(name: &Option<Const>, arguments: &[&Ty]) -> Result<String, CallError> {
    let Some(Const::Str(name)) = name else { return Err(CallError::new("the name of the function must be a constant")) };
    if !name.contains("{}") {
        return Ok(name.clone());
    }
    let element = arguments.iter().find_map(|ty| ty.as_array()).map(|array| &*array.element);
    match element.and_then(short_name) {
        Some(short) => Ok(name.replace("{}", &short)),
        None => Err(CallError::new("the name of the function needs an array among the arguments")),
    }
}

/// `bool`, `i8` … `u64`, `f32`, `f64`, `c64`, `c128`, `time`
fn short_name(element: &Ty) -> Option<String> {
    Some(match element {
        Ty::Bool => "bool".into(),
        Ty::Int { bits, signed } => format!("{}{bits}", if *signed { 'i' } else { 'u' }),
        Ty::Float(bits) => format!("f{bits}"),
        Ty::Complex(bits) => format!("c{}", 2 * bits),
        Ty::Time(_) => "time".into(),
        _ => return None,
    })
}

fn runtime_call<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let types: Vec<&Ty> = a.rest.iter().map(|arg| &arg.ty).collect();
    let symbol = symbol(&a[0].constant, &types).expect("the rule has seen the name");
    let arguments: Vec<_> = a
        .rest
        .iter()
        .map(|arg| match &arg.ty {
            Ty::Array(_) => arg.parts[0],
            Ty::Float(_) => l.scalar_as(arg, &Ty::F64),
            Ty::Int { signed: false, .. } => l.scalar_as(arg, &Ty::U64),
            _ => l.scalar_as(arg, &Ty::I64),
        })
        .collect();
    let status = l.b.i64();
    vec![l.b.val("rt.call", &arguments, status, &[("callee", l.b.str(&symbol))])]
}
