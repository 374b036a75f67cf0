//! Products of whole arrays: `@`, `numpy.matmul`, `dot`, `inner`, `vdot`, `outer`.
//!
//! A product is a `linalg.matmul`, `matvec`, `vecmat` or `dot` for each pair of matrices or vectors, which `zouk-schedule-products` gives to
//! kernels. Types and shapes are NumPy's.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, CallError, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Array, Layout, Ty};

mod dtypes;
mod outer;
mod product;
mod shapes;

use dtypes::promoted;

pub(super) static TABLE: &[Function] = table! {
    "numpy.matmul" ("_x1, _x2, out="): |a| matmul_into(&a[0], &a[1], a.get(2)) => |l, a, ty| product::matmul(l, &a[0], &a[1], a.get(2), ty);
    "numpy.dot" ("a, b, out="): |a| dot_into(&a[0], &a[1], a.get(2)) => |l, a, ty| product::dot(l, &a[0], &a[1], a.get(2), ty);
    "array.dot()" ("_a, b, out="): |a| dot_into(&a[0], &a[1], a.get(2)) => |l, a, ty| product::dot(l, &a[0], &a[1], a.get(2), ty);
    "numpy.inner" ("_a, _b"): |a| Ok(inner_type(&a[0], &a[1])?.into()) => |l, a, ty| product::inner(l, &a[0], &a[1], ty);
    "numpy.vdot" ("_a, _b"): |a| Ok(promoted_element(&a[0], &a[1])?.into()) => |l, a, ty| product::vdot(l, &a[0], &a[1], ty);
    "numpy.outer" ("a, b, out="): outer_rule => |l, a, ty| outer::outer(l, &a[0], &a[1], a.get(2), ty);
};

/// The dtype and the number of dimensions of an operand.
fn operand(arg: &TyArg) -> Result<(Ty, usize), CallError> {
    match &arg.ty {
        Ty::Array(array) => Ok(((*array.element).clone(), array.rank)),
        ty if ty.is_number() => Ok((ty.clone(), 0)),
        other => expected("an array", other),
    }
}

/// Python's numbers are no weaker here than arrays: NumPy makes arrays of them first.
fn promoted_element(a: &TyArg, b: &TyArg) -> Result<Ty, CallError> {
    let (a, b) = (operand(a)?.0, operand(b)?.0);
    promoted(&a, &b).ok_or_else(|| super::rules::no_common_type(&a, &b))
}

/// The type of a result: of no dimensions it is a scalar.
fn result(element: Ty, rank: usize) -> Ty {
    if rank == 0 { element } else { Ty::array(element, rank, Layout::C) }
}

/// The type of `a @ b`.
pub fn matmul_type(a: &TyArg, b: &TyArg) -> Result<Ty, CallError> {
    let ranks = [operand(a)?.1, operand(b)?.1];
    if let Some(i) = ranks.iter().position(|rank| *rank == 0) {
        let message = format!("matmul: Input operand {i} does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)");
        return Err(CallError::new(message).help("`*` multiplies by a number"));
    }
    let [m, n] = ranks;
    let batch = m.max(n).saturating_sub(2);
    Ok(result(promoted_element(a, b)?, batch + (m > 1) as usize + (n > 1) as usize))
}

fn matmul_into(a: &TyArg, b: &TyArg, out: Option<&TyArg>) -> Rule {
    let ty = matmul_type(a, b)?;
    let Some(out) = out.filter(|out| out.ty != Ty::None) else { return Ok(ty.into()) };
    Ok(stored(&ty, &out.ty)?.into())
}

/// The type of `a @= b`: the array itself.
pub fn matmul_in_place(a: &TyArg, b: &TyArg) -> Result<Ty, CallError> {
    let (m, n) = (operand(a)?.1, operand(b)?.1);
    if m < 1 || n < 2 {
        return Err(CallError::new("inplace matrix multiplication requires the first operand to have at least one and the second at least two dimensions."));
    }
    stored(&matmul_type(a, b)?, &a.ty)
}

/// The type of the array that a product of some type goes into.
fn stored(product: &Ty, out: &Ty) -> Result<Ty, CallError> {
    let Some(array) = out.as_array() else { return expected("an array to store into", out) };
    if array.readonly {
        return Err(CallError::new("output array is read-only"));
    }
    let (element, rank) = product.as_array().map_or((product, 0), |p| (&*p.element, p.rank));
    if rank != array.rank {
        return Err(CallError::new(format!("the product has {rank} dimensions, the array it is stored into {}", array.rank)));
    }
    if !dtypes::same_kind(element, &array.element) {
        let names = [element, &*array.element].map(|ty| ty.numpy_name().unwrap_or_default());
        return Err(CallError::new(format!("Cannot cast ufunc 'matmul' output from dtype('{}') to dtype('{}') with casting rule 'same_kind'", names[0], names[1])));
    }
    Ok(out.clone())
}

fn dot_type(a: &TyArg, b: &TyArg) -> Result<Ty, CallError> {
    let (m, n) = (operand(a)?.1, operand(b)?.1);
    let rank = if m == 0 || n == 0 { m + n } else { m + n - 2 };
    Ok(result(promoted_element(a, b)?, rank))
}

fn dot_into(a: &TyArg, b: &TyArg, out: Option<&TyArg>) -> Rule {
    let ty = dot_type(a, b)?;
    let Some(out) = out.filter(|out| out.ty != Ty::None) else { return Ok(ty.into()) };
    let (element, rank) = ty.as_array().map_or((&ty, 0), |p| (&*p.element, p.rank));
    match out.ty.as_array() {
        Some(Array { readonly: false, unaligned: false, element: of, rank: r, layout: Layout::C | Layout::A }) if **of == *element && *r == rank => Ok(out.ty.clone().into()),
        Some(_) => Err(CallError::new("output array is not acceptable (must have the right datatype, number of dimensions, and be a C-Array)")),
        None => expected("an array to store into", &out.ty),
    }
}

fn inner_type(a: &TyArg, b: &TyArg) -> Result<Ty, CallError> {
    dot_type(a, b)
}

fn outer_rule(a: &Bound<TyArg>) -> Rule {
    let ty = result(promoted_element(&a[0], &a[1])?, 2);
    match a.get(2).filter(|out| out.ty != Ty::None) {
        None => Ok(ty.into()),
        Some(out) => Ok(stored(&ty, &out.ty)?.into()),
    }
}

impl<'c> Lower<'c> {
    /// `a @ b`, or `a @= b`.
    pub fn matmul_operator(&mut self, a: &Val<'c>, b: &Val<'c>, ty: &Ty, inplace: bool) -> Val<'c> {
        let target = inplace.then_some(a);
        let (a, b) = (self.aligned(a), self.aligned(b));
        let parts: Parts<'c> = product::matmul(self, &a, &b, target, ty);
        self.val(ty.clone(), parts)
    }
}
