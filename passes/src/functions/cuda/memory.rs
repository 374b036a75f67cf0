//! Arrays of a block, of a thread and of constants, and accesses that say how they are cached.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Layout, Ty};

pub(super) static TABLE: &[Function] = table! {
    "zouk.cuda.shared.array" ("shape, dtype, alignment="): |a| scratch_rule(a, true) => |l, a, ty| scratch(l, a, ty, "shared");
    "zouk.cuda.local.array" ("shape, dtype, alignment="): |a| scratch_rule(a, false) => |l, a, ty| scratch(l, a, ty, "local");
    "zouk.cuda.const.array_like" ("ndarray"): |a| match &a[0].ty {
        Ty::Array(array) if array.readonly => Ok(a[0].ty.clone().into()),
        Ty::Array(_) => Err(CallError::new("const.array_like() takes a constant array").help("give it a global NumPy array")),
        other => expected("a constant array", other),
    } => |_, a, _| constant(a);
    "zouk.cuda.ldca" ("_array, _index"): load_rule => |l, a, _| load(l, a, "ldca");
    "zouk.cuda.ldcg" ("_array, _index"): load_rule => |l, a, _| load(l, a, "ldcg");
    "zouk.cuda.ldcs" ("_array, _index"): load_rule => |l, a, _| load(l, a, "ldcs");
    "zouk.cuda.ldlu" ("_array, _index"): load_rule => |l, a, _| load(l, a, "ldlu");
    "zouk.cuda.ldcv" ("_array, _index"): load_rule => |l, a, _| load(l, a, "ldcv");
    "zouk.cuda.stcg" ("_array, _index, _value"): store_rule => |l, a, _| store(l, a, "stcg");
    "zouk.cuda.stcs" ("_array, _index, _value"): store_rule => |l, a, _| store(l, a, "stcs");
    "zouk.cuda.stwb" ("_array, _index, _value"): store_rule => |l, a, _| store(l, a, "stwb");
    "zouk.cuda.stwt" ("_array, _index, _value"): store_rule => |l, a, _| store(l, a, "stwt");
};

/// The most bytes that a block or a thread has in one array: more than any GPU has.
const MOST_BYTES: i128 = 1 << 30;

/// The constants of a shape.
fn sizes(shape: &TyArg) -> Option<Vec<i128>> {
    let size = |constant: &Const| if let Const::Int(n) = constant { Some(*n) } else { None };
    match (&shape.ty, &shape.constant) {
        (Ty::Int { .. }, Some(constant)) => Some(vec![size(constant)?]),
        (Ty::Tuple(_) | Ty::List(_), Some(Const::Tuple(parts))) => parts.iter().map(size).collect(),
        _ => None,
    }
}

fn scratch_rule(a: &Bound<TyArg>, may_be_dynamic: bool) -> Rule {
    let what = if may_be_dynamic { "shared" } else { "local" };
    match &a[0].ty {
        Ty::Int { .. } => {}
        Ty::Tuple(parts) | Ty::List(parts) if !parts.is_empty() && parts.iter().all(Ty::is_int) => {}
        other => return expected("an integer or a tuple of integers", other),
    }
    let Some(sizes) = sizes(&a[0]) else {
        let error = CallError::new(format!("the shape of cuda.{what}.array() must be a constant"));
        let error_help = if may_be_dynamic { "write integers, or global names of integers; `shape=0` is as large as the launch says" } else { "write integers, or global names of integers" };
        return Err(error.help(error_help).needs_constants());
    };
    let element = any_dtype_of(&a[1])?;
    let bytes = element.item_size().ok_or_else(|| CallError::new(format!("there are no arrays of {}", element.user_name())))?;
    let dynamic = may_be_dynamic && sizes == [0];
    if !dynamic && sizes.iter().any(|n| *n <= 0) {
        return Err(CallError::new(format!("the sizes of cuda.{what}.array() must be positive")));
    }
    if sizes.iter().try_fold(bytes as i128, |total, n| total.checked_mul(*n)).is_none_or(|total| total > MOST_BYTES) {
        return Err(CallError::new(format!("cuda.{what}.array() of shape {sizes:?} is too large")));
    }
    if let Some(alignment) = a.get(2).filter(|alignment| alignment.ty != Ty::None) {
        match alignment.constant {
            Some(Const::Int(n)) if n > 0 && n & (n - 1) == 0 && n <= 1024 => {}
            _ => return Err(CallError::new("the alignment must be a constant power of two").needs_constants()),
        }
    }
    Ok(Ty::array(element, sizes.len(), Layout::C).into())
}

fn scratch<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, space: &str) -> Parts<'c> {
    let Some(array) = ty.as_array().cloned() else { panic!("{ty} is no array") };
    let sizes = sizes(&a[0].as_argument()).expect("the rule has seen the shape");
    let alignment = match a.get(2).and_then(|alignment| alignment.constant.as_ref()) {
        Some(Const::Int(n)) => Some(*n as i64),
        _ => None,
    };
    l.scratch(space, array, &sizes.iter().map(|n| *n as i64).collect::<Vec<_>>(), alignment)
}

/// The array is one of constant memory, if that has room.
fn constant<'c>(a: &Bound<Val<'c>>) -> Parts<'c> {
    if let Some(array) = a[0].parts[0].def_by("rt.constant_array") {
        array.set_unit(crate::simt::CONSTANT);
    }
    a[0].parts.clone()
}

fn access(a: &Bound<TyArg>) -> Result<Ty, CallError> {
    let Some(array) = a[0].ty.as_array() else { return expected("an array", &a[0].ty) };
    super::atomic::index_rule(&a[1].ty, array.rank)?;
    let element = (*array.element).clone();
    if element.is_real() && array.unaligned {
        let message = format!("accesses with a cache hint are of aligned elements, and the elements of this array ({}) may lie at any byte", element.user_name());
        return Err(CallError::new(message).help("make the dtype of the records with align=True"));
    }
    if !element.is_real() {
        return Err(CallError::new(format!("accesses with a cache hint are of integers and floats, not of {}", element.user_name())));
    }
    Ok(element)
}

fn load_rule(a: &Bound<TyArg>) -> Rule {
    Ok(access(a)?.into())
}

fn store_rule(a: &Bound<TyArg>) -> Rule {
    access(a)?;
    real(&a[2])?;
    if a[0].ty.as_array().is_some_and(|array| array.readonly) {
        return Err(CallError::new("the array is read-only"));
    }
    Ok(Ty::None.into())
}

fn load<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, name: &str) -> Parts<'c> {
    let element = (*l.array_ty(&a[0]).element).clone();
    let places = l.places_of(&a[0], &a[1]);
    let raw = l.simt(name, &[&[a[0].parts[0]], &places[..]].concat(), &[l.element(&element)]);
    l.from_memory(raw[0], &element).parts
}

fn store<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, name: &str) -> Parts<'c> {
    let element = (*l.array_ty(&a[0]).element).clone();
    let places = l.places_of(&a[0], &a[1]);
    let item = l.cast(&a[2], &element);
    let raw = l.to_memory(&item);
    l.simt(name, &[&[a[0].parts[0]], &places[..], &[raw]].concat(), &[])
}
