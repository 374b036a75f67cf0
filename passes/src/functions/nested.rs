//! Arrays of what stands in nested tuples: numbers, and arrays that become rows.

use super::elementwise::Parts;
use super::rules::{expected, no_common_type};
use super::{CallError, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Ty, promote_types};

/// The sizes of the axes, those of tuples known and those of arrays in them open, and the type of the numbers.
pub fn nested(ty: &Ty) -> Result<(Vec<Option<usize>>, Ty), CallError> {
    let Some(parts) = ty.as_sequence() else {
        return match ty {
            Ty::Array(array) => Ok((vec![None; array.rank], (*array.element).clone())),
            number if number.is_scalar() => Ok((vec![], number.clone())),
            other => expected("an array, or numbers and arrays in tuples or lists", other),
        };
    };
    let mut inner: Option<(Vec<Option<usize>>, Ty)> = None;
    for part in parts {
        let (shape, dtype) = nested(part)?;
        inner = Some(match inner {
            None => (shape, dtype),
            Some((known, other)) => (common_shape(&known, &shape)?, promote_types(&other, &dtype).ok_or_else(|| no_common_type(&other, &dtype))?),
        });
    }
    let (shape, dtype) = inner.unwrap_or((vec![], Ty::F64));
    Ok(([vec![Some(parts.len())], shape].concat(), dtype))
}

fn common_shape(a: &[Option<usize>], b: &[Option<usize>]) -> Result<Vec<Option<usize>>, CallError> {
    let fit = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_none() || b.is_none() || a == b);
    if !fit {
        return Err(CallError::new("setting an array element with a sequence. The requested array has an inhomogeneous shape"));
    }
    Ok(a.iter().zip(b).map(|(a, b)| a.or(*b)).collect())
}

/// A copy of an array as another type, or an array of the numbers and arrays in nested tuples.
pub fn new_array<'c>(l: &mut Lower<'c>, object: &Val<'c>, ty: &Ty) -> Parts<'c> {
    let result = ty.as_array().unwrap_or_else(|| panic!("{ty} is no array")).clone();
    if object.ty.as_array().is_some() {
        return if l.array_ty(object).rank == result.rank { l.astype(object, ty) } else { let scalar = l.load(object, &[]); new_array(l, &scalar, ty) };
    }
    let shape = nested(&object.ty).map(|(shape, _)| shape).unwrap_or_default();
    let mut dims = vec![];
    for (axis, size) in shape.iter().enumerate() {
        let found = first_size(l, object, axis);
        dims.push(found.unwrap_or_else(|| l.b.c_index(size.unwrap_or(0) as i64)));
    }
    check_rows(l, object, &dims, 0);
    dims.resize(result.rank, l.b.c_index(1));
    let made = l.alloc(result, &dims, false);
    store_nested(l, object, &made, &mut vec![]);
    made.parts
}

/// The size that the first row with that axis has along it.
fn first_size<'c>(l: &mut Lower<'c>, item: &Val<'c>, axis: usize) -> Option<Value<'c>> {
    match &item.ty {
        Ty::Array(_) => Some(l.dim(item, axis)),
        ty if ty.as_sequence().is_none() => None,
        ty if axis == 0 => Some(l.b.c_index(ty.as_sequence().map_or(0, <[Ty]>::len) as i64)),
        _ => l.elements(item).iter().find_map(|element| first_size(l, element, axis - 1)),
    }
}

/// All rows have these sizes from an axis on.
fn check_rows<'c>(l: &mut Lower<'c>, item: &Val<'c>, dims: &[Value<'c>], depth: usize) {
    if item.ty.as_sequence().is_some() {
        return l.elements(item).iter().for_each(|element| check_rows(l, element, dims, depth + 1));
    }
    if item.ty.as_array().is_none() {
        return;
    }
    for (axis, size) in l.dims(item).into_iter().enumerate().filter(|(axis, size)| *size != dims[depth + axis]) {
        let known = depth + axis;
        let detected = if known == 1 { "({},)".to_string() } else { format!("({})", vec!["{}"; known].join(", ")) };
        let message = format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after {known} dimensions. \
             The detected shape was {detected} + inhomogeneous part."
        );
        let fits = l.b.cmpi("eq", size, dims[known]);
        l.check_ints(fits, "ValueError", &message, &dims[..known]);
    }
}

fn store_nested<'c>(l: &mut Lower<'c>, item: &Val<'c>, array: &Val<'c>, at: &mut Vec<Value<'c>>) {
    match &item.ty {
        Ty::Array(_) => {
            let dims = l.dims(item);
            l.for_each(&dims, &mut |l, inner| {
                let element = l.load(item, inner);
                l.store(array, &[&at[..], inner].concat(), &element);
            });
        }
        ty if ty.as_sequence().is_some() => {
            for (i, element) in l.elements(item).iter().enumerate() {
                at.push(l.b.c_index(i as i64));
                store_nested(l, element, array, at);
                at.pop();
            }
        }
        _ => {
            let mut places = at.clone();
            places.resize(l.array_ty(array).rank, l.b.c_index(0));
            l.store(array, &places, item);
        }
    }
}
