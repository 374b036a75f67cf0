//! Pointers of C: arrays over what they point to, and the addresses of arrays.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, CallError, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Layout, Ty};

pub(super) static TABLE: &[Function] = table! {
    "zouk.carray" ("ptr, shape, dtype="): |a| over_pointer(a, Layout::C) => |l, a, ty| array_over(l, a, ty);
    "zouk.farray" ("ptr, shape, dtype="): |a| over_pointer(a, Layout::F) => |l, a, ty| array_over(l, a, ty);
    "array.ctypes" ("_a"): |a| {
        array(&a[0])?;
        Ok(Ty::Ctypes(Box::new(a[0].ty.clone())).into())
    } => |_, a, _| a[0].parts.clone();
    "ctypes.data" ("_c"): |_| Ok(Ty::U64.into()) => |l, a, _| vec![l.address(&a[0])];
    "cffi.from_buffer" ("_a"): |a| {
        let of = array(&a[0])?;
        if of.layout != Layout::C {
            return Err(CallError::new("from_buffer() supports contiguous buffers only").help("copy the array first: np.ascontiguousarray(a)"));
        }
        if of.readonly {
            return Err(CallError::new("from_buffer() of a read-only array is not supported").help("copy the array first: a.copy()"));
        }
        Ok(Ty::Ctypes(Box::new(a[0].ty.clone())).into())
    } => |_, a, _| a[0].parts.clone();
};

fn array(a: &TyArg) -> Result<&zouk_dialects::ty::Array, CallError> {
    a.ty.as_array().map_or_else(|| expected("an array", &a.ty), Ok)
}

/// The texts of errors are Numba's.
fn over_pointer(a: &Bound<TyArg>, layout: Layout) -> Rule {
    let Ty::Pointer(to) = &a[0].ty else { return expected("a pointer", &a[0].ty) };
    let dtype = a.get(2).filter(|dtype| dtype.ty != Ty::None).map(any_dtype_of).transpose()?;
    let element = match dtype {
        None if **to == Ty::None => return Err(CallError::new("explicit dtype required for void* argument").help("pass dtype=, as in `carray(p, n, np.float64)`")),
        None => (**to).clone(),
        Some(dtype) if **to == Ty::None || dtype == **to => dtype,
        Some(dtype) => return Err(CallError::new(format!("mismatching dtype '{}' for pointer type '{}'", dtype.user_name(), a[0].ty.user_name()))),
    };
    if element.item_size().is_none() {
        return Err(CallError::new(format!("there are no arrays of {}", element.user_name())));
    }
    let rank = match &a[1].ty {
        Ty::Int { .. } => 1,
        Ty::Tuple(parts) if parts.iter().all(Ty::is_int) => parts.len(),
        other => return expected("an integer or a tuple of integers", other),
    };
    Ok(Ty::array(element, rank, if rank < 2 { Layout::C } else { layout }).into())
}

fn array_over<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some(array) = ty.as_array().cloned() else { panic!("{ty} is no array") };
    let sizes = if a[1].ty.as_tuple().is_some() { l.elements(&a[1]) } else { vec![a[1].clone()] };
    let sizes: Vec<_> = sizes.iter().map(|size| l.scalar_as(size, &Ty::I64)).collect();
    for size in &sizes {
        l.check(l.b.cmpi("sge", *size, l.b.c_i64(0)), "ValueError", "negative dimensions are not allowed");
    }
    let dims: Vec<_> = sizes.into_iter().map(|size| l.b.index_cast(size, l.b.index())).collect();
    let address = l.address(&a[0]);
    l.array_at(address, array, &dims).parts
}
