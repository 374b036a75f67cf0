//! New arrays.

use super::elementwise::Parts;
use super::rules::*;
use super::records::check_stored;
use super::{Bound, CallError, Const, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, RecordTy, Ty};

pub(super) static TABLE: &[Function] = table! {
    "numpy.empty" ("shape, dtype=, order="): |a| by_shape(a, 1, 2, Ty::F64) => |l, a, ty| new(l, &a[0], ty, false).parts;
    "numpy.zeros" ("shape, dtype=, order="): |a| by_shape(a, 1, 2, Ty::F64) => |l, a, ty| new(l, &a[0], ty, true).parts;
    "numpy.ones" ("shape, dtype=, order="): |a| of_scalars(by_shape(a, 1, 2, Ty::F64)) => |l, a, ty| {
        let array = new(l, &a[0], ty, false);
        fill_ones(l, array)
    };
    "numpy.full" ("shape, fill_value, dtype=, order="): full_rule => |l, a, ty| {
        let array = new(l, &a[0], ty, false);
        l.fill(&array, &a[1]);
        array.parts
    };
    "numpy.empty_like" ("prototype, dtype=, order="): |a| like(a, 1, 2) => |l, a, ty| new_like(l, &a[0], ty, false).parts;
    "numpy.zeros_like" ("a, dtype=, order="): |a| like(a, 1, 2) => |l, a, ty| new_like(l, &a[0], ty, true).parts;
    "numpy.ones_like" ("a, dtype=, order="): |a| of_scalars(like(a, 1, 2)) => |l, a, ty| {
        let array = new_like(l, &a[0], ty, false);
        fill_ones(l, array)
    };
    "numpy.full_like" ("a, fill_value, dtype=, order="): |a| filled(&a[1], like(a, 2, 3)) => |l, a, ty| {
        let array = new_like(l, &a[0], ty, false);
        l.fill(&array, &a[1]);
        array.parts
    };
    "numpy.copy" ("a, order="): |a| {
        let keep = a[0].ty.as_array().map_or(Layout::C, kept);
        copied(&a[0], a.get(1), keep)
    } => |l, a, ty| l.copy_array(&a[0], ty);
};

/// The layout that `order=` asks for: "C", "F", or "A" and "K", which keep that of an existing array.
fn order(arg: Option<&TyArg>, keep: Layout) -> Result<Layout, CallError> {
    match arg.map(|a| &a.constant) {
        None | Some(Some(Const::None)) => Ok(keep),
        Some(Some(Const::Str(text))) => match text.as_str() {
            "C" | "c" => Ok(Layout::C),
            "F" | "f" => Ok(Layout::F),
            "A" | "a" | "K" | "k" => Ok(keep),
            other => Err(CallError::raising("ValueError", format!("order must be one of 'C', 'F', 'A', or 'K' (got '{other}')"))),
        },
        _ => Err(CallError::new("order must be a constant string, 'C' or 'F'")),
    }
}

/// F stays F; what is neither C nor F is copied to C.
fn kept(array: &Array) -> Layout {
    if array.layout == Layout::F { Layout::F } else { Layout::C }
}

fn optional_dtype(arg: Option<&TyArg>, default: Ty) -> Result<Ty, CallError> {
    arg.filter(|a| a.ty != Ty::None).map_or(Ok(default), any_dtype_of)
}

/// The array type for a shape (an integer or a tuple of them) and the arguments of `dtype=` and `order=`.
fn by_shape(a: &Bound<TyArg>, dtype: usize, order_at: usize, default: Ty) -> Rule {
    let rank = match &a[0].ty {
        ty if ty.is_integral() && *ty != Ty::Bool => 1,
        Ty::Tuple(parts) if parts.iter().all(Ty::is_integral) => parts.len(),
        other => return expected("an integer or a tuple of integers", other),
    };
    let layout = order(a.get(order_at), Layout::A)?;
    if layout == Layout::A && a.get(order_at).is_some_and(|order| order.ty == Ty::Str) {
        return Err(CallError::raising("ValueError", "only 'C' or 'F' order is permitted"));
    }
    let layout = if layout == Layout::F { Layout::F } else { Layout::C };
    Ok(Ty::array(optional_dtype(a.get(dtype), default)?, rank, packed(layout, rank)).into())
}

/// Of numbers, or of records that hold a number in each field.
fn of_scalars(array: Rule) -> Rule {
    let array = array?;
    match array.ty.as_array() {
        Some(of) if matches!(*of.element, Ty::Record(_)) => {
            check_stored(&Ty::I64, of)?;
            Ok(array)
        }
        Some(of) if !of.element.is_scalar() => Err(CallError::new(format!("an array of {} cannot be filled with a number", of.element.user_name()))),
        _ => Ok(array),
    }
}

/// One dimension is laid out alike in both orders: called C.
fn packed(layout: Layout, rank: usize) -> Layout {
    if rank < 2 { Layout::C } else { layout }
}

fn full_rule(a: &Bound<TyArg>) -> Rule {
    let default = if a[1].ty.is_scalar() || matches!(a[1].ty, Ty::Record(_)) { a[1].ty.clone() } else { Ty::F64 };
    filled(&a[1], by_shape(a, 2, 3, default))
}

/// Only complex arrays are filled with complex numbers, only those of times with times.
fn filled(value: &TyArg, array: Rule) -> Rule {
    let array = array?;
    if let Some(of) = array.ty.as_array() && matches!(*of.element, Ty::Record(_)) && (value.ty.is_scalar() || matches!(value.ty, Ty::Record(_))) {
        check_stored(&value.ty, of)?;
        return Ok(array);
    }
    let value = scalar(value)?;
    match array.ty.as_array() {
        Some(of) if !super::times::storable(value, &of.element) => {
            Err(CallError::new(format!("an array of {} cannot hold {}", of.element.user_name(), value.user_name())))
        }
        _ => Ok(array),
    }
}

fn like(a: &Bound<TyArg>, dtype: usize, order_at: usize) -> Rule {
    // What has no axes has no order.
    let scalar = match &a[0].ty {
        Ty::Record(record) => Some(Ty::Record(RecordTy { readonly: false, ..record.clone() })),
        ty => Some(ty.clone()).filter(|ty| ty.is_number() || matches!(ty, Ty::Time(_))),
    };
    if let Some(own) = scalar {
        return Ok(Ty::array(optional_dtype(a.get(dtype), own)?, 0, Layout::C).into());
    }
    let Some(array) = a[0].ty.as_array() else { return expected("an array", &a[0].ty) };
    let layout = packed(order(a.get(order_at), kept(array))?, array.rank);
    Ok(Ty::array(optional_dtype(a.get(dtype), (*array.element).clone())?, array.rank, layout).into())
}

/// The type of a copy.
pub(super) fn copied(a: &TyArg, order_arg: Option<&TyArg>, default: Layout) -> Rule {
    let Some(array) = a.ty.as_array() else { return expected("an array", &a.ty) };
    let layout = match order_arg.and_then(|o| o.constant.clone()) {
        Some(Const::Str(text)) if matches!(text.as_str(), "A" | "a" | "K" | "k") => kept(array),
        _ => order(order_arg, default)?,
    };
    Ok(Ty::array((*array.element).clone(), array.rank, packed(layout, array.rank)).into())
}

fn array_of(ty: &Ty) -> Array {
    ty.as_array().unwrap_or_else(|| panic!("{ty} is no array")).clone()
}

pub(super) fn new<'c>(l: &mut Lower<'c>, shape: &Val<'c>, ty: &Ty, zeroed: bool) -> Val<'c> {
    let sizes = if shape.ty.as_tuple().is_some() { l.elements(shape) } else { vec![shape.clone()] };
    let dims: Vec<_> = sizes
        .iter()
        .map(|size| {
            let size = l.scalar_as(size, &Ty::I64);
            l.b.index_cast(size, l.b.index())
        })
        .collect();
    l.alloc(array_of(ty), &dims, zeroed)
}

fn new_like<'c>(l: &mut Lower<'c>, array: &Val<'c>, ty: &Ty, zeroed: bool) -> Val<'c> {
    let dims = if array.ty.as_array().is_some() { l.dims(array) } else { vec![] };
    l.alloc(array_of(ty), &dims, zeroed)
}

fn fill_ones<'c>(l: &mut Lower<'c>, array: Val<'c>) -> Parts<'c> {
    let one = l.val(Ty::I64, vec![l.b.c_i64(1)]);
    l.fill(&array, &one);
    array.parts
}

impl<'c> Lower<'c> {
    /// Stores one value, converted to the element type, in every element.
    pub fn fill(&mut self, array: &Val<'c>, value: &Val<'c>) {
        let element = (*self.array_ty(array).element).clone();
        let value = if let Ty::Record(_) = element { value.clone() } else { self.cast(value, &element) };
        self.in_memory_order(array, &mut |l, indices| l.store(array, indices, &value));
    }

    /// A new array of the given type with the same elements.
    pub fn copy_array(&mut self, array: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let copy = new_like(self, array, ty, false);
        self.in_memory_order(&copy, &mut |l, indices| {
            let element = l.load(array, indices);
            l.store(&copy, indices, &element);
        });
        copy.parts
    }

    /// Visits every index tuple, the axis of neighbouring elements innermost.
    pub fn in_memory_order(&mut self, array: &Val<'c>, body: &mut dyn FnMut(&mut Self, &[Value<'c>])) {
        let mut dims = self.dims(array);
        let reversed = self.array_ty(array).layout == Layout::F;
        if reversed {
            dims.reverse();
        }
        self.for_each(&dims, &mut |l, indices| {
            let mut indices = indices.to_vec();
            if reversed {
                indices.reverse();
            }
            body(l, &indices)
        });
    }
}
