//! Products of every element with every other, and with a number.

use super::shapes;
use crate::functions::Val;
use crate::functions::elementwise::Parts;
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// All elements of an array in C order, or a number alone, as a vector of that type of elements: a view where it can be one.
pub fn raveled<'c>(l: &mut Lower<'c>, value: &Val<'c>, element: &Ty) -> Val<'c> {
    let vector = Array { element: Box::new(element.clone()), rank: 1, layout: Layout::C, readonly: false, unaligned: false };
    let one = l.b.c_index(1);
    let Some(array) = value.ty.as_array().cloned() else {
        let target = l.alloc(vector, &[one], false);
        let zero = l.b.c_index(0);
        l.store(&target, &[zero], value);
        return target;
    };
    let same = l.element(&array.element) == l.element(element) && (*array.element == *element || *element != Ty::F32);
    let vector = Array { layout: if same && array.rank == 1 { array.layout } else { Layout::C }, ..vector };
    if same && array.rank == 1 {
        return Val { ty: Ty::Array(vector), ..value.clone() };
    }
    let packed = if same && (array.layout == Layout::C || array.rank == 0) {
        value.clone()
    } else {
        let ty = Ty::array(element.clone(), array.rank, Layout::C);
        let parts = l.copy_array(value, &ty);
        l.val(ty, parts)
    };
    let (size, zero) = (l.size(value), l.b.c_index(0));
    l.view(&packed, vector, zero, &[size], &[one])
}

/// `numpy.outer`
pub fn outer<'c>(l: &mut Lower<'c>, a: &Val<'c>, b: &Val<'c>, out: Option<&Val<'c>>, ty: &Ty) -> Parts<'c> {
    let out = out.filter(|out| out.ty != Ty::None);
    let operands = [a, b].map(Val::as_argument);
    let element = super::promoted_element(&operands[0], &operands[1]).unwrap_or_else(|_| l_element(ty));
    let (x, y) = (raveled(l, a, &element), raveled(l, b, &element));
    let sizes = [l.dim(&x, 0), l.dim(&y, 0)];
    if let Some(out) = out {
        let dims = l.dims(out);
        shapes::check_outer(l, &dims, sizes);
    }
    let target = l.alloc(Array { element: Box::new(element), rank: 2, layout: Layout::C, readonly: false, unaligned: false }, &sizes, false);
    l.for_each(&sizes, &mut |l, indices| {
        let (x, y) = (l.load(&x, &indices[..1]), l.load(&y, &indices[1..]));
        let product = times(l, &x, &y);
        l.store(&target, indices, &product);
    });
    into(l, target, out)
}

fn l_element(ty: &Ty) -> Ty {
    ty.as_array().map_or(ty, |array| &array.element).clone()
}

/// A product stored into an array, or as it is.
fn into<'c>(l: &mut Lower<'c>, product: Val<'c>, out: Option<&Val<'c>>) -> Parts<'c> {
    match out {
        None => product.parts,
        Some(out) => {
            l.assign_array(out, &product);
            out.parts.clone()
        }
    }
}

/// Of two numbers of one type; bools are multiplied by `and`.
fn times<'c>(l: &mut Lower<'c>, x: &Val<'c>, y: &Val<'c>) -> Val<'c> {
    let parts = l.arithmetic(if x.ty == Ty::Bool { "and" } else { "mul" }, x, y);
    l.val(x.ty.clone(), parts)
}

/// `numpy.dot` and `inner` where one operand has no dimensions.
pub fn scaled<'c>(l: &mut Lower<'c>, a: &Val<'c>, b: &Val<'c>, out: Option<&Val<'c>>, ty: &Ty) -> Parts<'c> {
    let element = l_element(ty);
    let many = if a.ty.as_array().is_some_and(|array| array.rank > 0) { a } else { b };
    let dims: Vec<Value<'c>> = if many.ty.as_array().is_some() { l.dims(many) } else { vec![] };
    let item = |l: &mut Lower<'c>, value: &Val<'c>, indices: &[Value<'c>]| {
        let item = match value.ty.as_array() {
            Some(array) if array.rank == 0 => l.load(value, &[]),
            Some(_) => l.load(value, indices),
            None => value.clone(),
        };
        l.cast(&item, &element)
    };
    if dims.is_empty() && out.is_none() {
        let (x, y) = (item(l, a, &[]), item(l, b, &[]));
        return times(l, &x, &y).parts;
    }
    if let Some(out) = out {
        shapes::check_dot_out(l, out, &dims);
    }
    let target = l.alloc(Array { element: Box::new(element.clone()), rank: dims.len(), layout: Layout::C, readonly: false, unaligned: false }, &dims, false);
    l.for_each(&dims, &mut |l, indices| {
        let (x, y) = (item(l, a, indices), item(l, b, indices));
        let product = times(l, &x, &y);
        l.store(&target, indices, &product);
    });
    into(l, target, out)
}
