//! Products over one axis: operands become arrays of the type that is computed in, then each pair of matrices or vectors is one op of `linalg`.

use super::dtypes::working;
use super::shapes;
use crate::functions::elementwise::Parts;
use crate::functions::Val;
use crate::lower_python::Lower;
use zouk_dialects::ir::{MemRefType, Type, Value};
use zouk_dialects::ty::{Array, Layout, Ty};

/// Sizes and strides of an array.
struct Shaped<'c> {
    array: Value<'c>,
    dims: Vec<Value<'c>>,
    strides: Vec<Value<'c>>,
}

/// A part of an array: how far on it starts, and its axes.
struct Part<'c> {
    offset: Value<'c>,
    axes: Vec<(Value<'c>, Value<'c>)>,
    /// Whether the last axis is known to have neighbouring elements.
    packed: bool,
}

fn element_of(ty: &Ty) -> Ty {
    ty.as_array().map_or(ty, |array| &array.element).clone()
}

/// The operand in elements of the type that is computed in: itself, or a copy.
fn prepared<'c>(l: &mut Lower<'c>, value: &Val<'c>, work: &Ty) -> Val<'c> {
    let array = l.array_ty(value).clone();
    if l.element(&array.element) == l.element(work) && *array.element != Ty::Bool {
        return value.clone();
    }
    let layout = if array.layout == Layout::F { Layout::F } else { Layout::C };
    converted(l, value, Array { element: Box::new(work.clone()), layout, readonly: false, ..array })
}

/// A copy of other elements, by loops that LLVM leaves as they are: beside a product they take no time, and vector code for each would be large.
fn converted<'c>(l: &mut Lower<'c>, value: &Val<'c>, array: Array) -> Val<'c> {
    let parts = l.copy_array(value, &Ty::Array(array.clone()));
    let plain = l.b.parse_attr("#llvm.loop_annotation<vectorize = <disable = true>, unroll = <disable = true>>");
    if let Some(nest) = l.b.block().ops().last().filter(|op| op.is("scf.for")) {
        nest.collect(|op| op.is("scf.for")).into_iter().for_each(|op| op.set_attr("llvm.loop_annotation", plain));
    }
    l.val(Ty::Array(array), parts)
}

fn shaped<'c>(l: &Lower<'c>, value: &Val<'c>) -> Shaped<'c> {
    Shaped { array: value.parts[0], dims: l.dims(value), strides: l.strides(value) }
}

/// `a @ b`
pub fn matmul<'c>(l: &mut Lower<'c>, a: &Val<'c>, b: &Val<'c>, out: Option<&Val<'c>>, ty: &Ty) -> Parts<'c> {
    let out = out.filter(|out| out.ty != Ty::None);
    let rule = [a, b].map(Val::as_argument);
    let element = super::matmul_type(&rule[0], &rule[1]).map_or_else(|_| element_of(ty), |ty| element_of(&ty));
    let work = working(&element);
    let (a, b) = (prepared(l, a, &work), prepared(l, b, &work));
    let (x, y) = (shaped(l, &a), shaped(l, &b));
    let (m, n) = (x.dims.len(), y.dims.len());
    shapes::check_core(l, x.dims[m - 1], y.dims[n.saturating_sub(2)]);
    let rows = if m > 1 { vec![x.dims[m - 2]] } else { vec![] };
    let columns = if n > 1 { vec![y.dims[n - 1]] } else { vec![] };
    let last = [rows, columns].concat();
    let batch = shapes::broadcast(l, &x.dims, &y.dims, [m.min(2), n.min(2)], &last);
    let dims = [&batch[..], &last].concat();
    if let Some(out) = out {
        let sizes = l.dims(out);
        for (axis, wanted) in last.iter().enumerate() {
            shapes::check_out_core(l, axis, sizes[batch.len() + axis], *wanted);
        }
    }
    let target = new(l, &work, &dims);
    let z = shaped(l, &target);
    l.for_each(&batch, &mut |l, indices| {
        let (left, right) = (part(l, &x, indices, m.min(2)), part(l, &y, indices, n.min(2)));
        let result = part(l, &z, indices, last.len());
        multiply(l, &work, [&x, &y, &z], [left, right, Part { packed: true, ..result }]);
    });
    finish(l, target, &element, out, ty)
}

/// The last axes of an array at indices of the leading ones; axes of size one are repeated.
fn part<'c>(l: &Lower<'c>, array: &Shaped<'c>, indices: &[Value<'c>], core: usize) -> Part<'c> {
    let leading = array.dims.len() - core;
    let (zero, one) = (l.b.c_index(0), l.b.c_index(1));
    let mut offset = zero;
    for (axis, index) in indices[indices.len() - leading..].iter().enumerate() {
        let step = l.b.select(l.b.cmpi("eq", array.dims[axis], one), zero, array.strides[axis]);
        offset = l.b.bin("arith.addi", offset, l.b.bin("arith.muli", *index, step));
    }
    let axes = (leading..array.dims.len()).map(|axis| (array.dims[axis], array.strides[axis])).collect();
    Part { offset, axes, packed: false }
}

/// A new array, packed in C order; of no dimensions it is one element.
fn new<'c>(l: &mut Lower<'c>, element: &Ty, dims: &[Value<'c>]) -> Val<'c> {
    l.alloc(Array { element: Box::new(element.clone()), rank: dims.len(), layout: Layout::C, readonly: false, unaligned: false }, dims, false)
}

/// One product of two matrices or vectors: the result's part is filled with zeros and added to.
fn multiply<'c>(l: &mut Lower<'c>, work: &Ty, arrays: [&Shaped<'c>; 3], parts: [Part<'c>; 3]) {
    let element = l.element(work);
    let op = match (parts[0].axes.len(), parts[1].axes.len()) {
        (1, 1) => "linalg.dot",
        (1, _) => "linalg.vecmat",
        (_, 1) => "linalg.matvec",
        _ => "linalg.matmul",
    };
    let views: Vec<_> = arrays.into_iter().zip(parts).map(|(array, part)| view(l, array.array, element, part)).collect();
    let zero = zero(l, work);
    l.b.linalg("linalg.fill", &[zero, views[2]], 1, &[]);
    let maps = l.b.parse_attr("[affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]");
    let attrs: &[_] = if op == "linalg.matmul" { &[("indexing_maps", maps)] } else { &[] };
    l.b.linalg(op, &views, 2, attrs);
}

fn view<'c>(l: &Lower<'c>, array: Value<'c>, element: Type<'c>, part: Part<'c>) -> Value<'c> {
    let rank = part.axes.len();
    let mut strides = vec![i64::MIN; rank];
    if let Some(last) = strides.last_mut().filter(|_| part.packed) {
        *last = 1;
    }
    let layout = melior::ir::attribute::StridedLayoutAttribute::new(l.b.context, 0, &strides);
    let layout = (rank > 0).then(|| layout.into());
    let ty: Type = MemRefType::new(element, &vec![i64::MIN; rank], layout, None).into();
    let (dims, strides): (Vec<_>, Vec<_>) = part.axes.into_iter().unzip();
    if rank == 0 && array.ty() == ty {
        return array;
    }
    l.b.val("rt.view", &[&[array, part.offset], &dims[..], &strides].concat(), ty, &[])
}

fn zero<'c>(l: &Lower<'c>, ty: &Ty) -> Value<'c> {
    let element = l.element(ty);
    match ty {
        Ty::Complex(bits) => l.b.val("complex.constant", &[], element, &[("value", l.b.parse_attr(&format!("[0.0 : f{bits}, 0.0 : f{bits}]")))]),
        Ty::Float(_) => l.b.c_float(element, 0.0),
        _ => l.b.c_int(element, 0),
    }
}

/// The product as the result that NumPy gives: in its dtype, as a scalar when it has no dimensions, or in the array to store into.
fn finish<'c>(l: &mut Lower<'c>, target: Val<'c>, element: &Ty, out: Option<&Val<'c>>, ty: &Ty) -> Parts<'c> {
    if let Some(out) = out {
        l.assign_array(out, &target);
        return out.parts.clone();
    }
    let Some(array) = ty.as_array() else {
        let sum = l.load(&target, &[]);
        return l.cast(&sum, ty).parts;
    };
    if l.array_ty(&target).element == array.element || (l.element(element) == l.element(&l.array_ty(&target).element) && *element != Ty::Bool) {
        return target.parts;
    }
    converted(l, &target, array.clone()).parts
}

/// `numpy.dot`: over the last axis of the first and the last but one of the second, for each choice of the others.
pub fn dot<'c>(l: &mut Lower<'c>, a: &Val<'c>, b: &Val<'c>, out: Option<&Val<'c>>, ty: &Ty) -> Parts<'c> {
    let out = out.filter(|out| out.ty != Ty::None);
    let element = element_of(ty);
    let rank = |v: &Val<'c>| v.ty.as_array().map_or(0, |array| array.rank);
    if rank(a) == 0 || rank(b) == 0 {
        return super::outer::scaled(l, a, b, out, ty);
    }
    let work = working(&element);
    let (a, b) = (prepared(l, a, &work), prepared(l, b, &work));
    let (x, y) = (shaped(l, &a), shaped(l, &b));
    over_axes(l, x, y, &work, &element, out, ty)
}

/// `numpy.inner`: over the last axes. NumPy turns the second operand around, and its messages say so.
pub fn inner<'c>(l: &mut Lower<'c>, a: &Val<'c>, b: &Val<'c>, ty: &Ty) -> Parts<'c> {
    let element = element_of(ty);
    let rank = |v: &Val<'c>| v.ty.as_array().map_or(0, |array| array.rank);
    if rank(a) == 0 || rank(b) == 0 {
        return super::outer::scaled(l, a, b, None, ty);
    }
    let work = working(&element);
    let (a, b) = (prepared(l, a, &work), prepared(l, b, &work));
    let (x, mut y) = (shaped(l, &a), shaped(l, &b));
    let last = y.dims.len() - 1;
    if last > 0 {
        y.dims.swap(last - 1, last);
        y.strides.swap(last - 1, last);
    }
    over_axes(l, x, y, &work, &element, None, ty)
}

fn over_axes<'c>(l: &mut Lower<'c>, x: Shaped<'c>, y: Shaped<'c>, work: &Ty, element: &Ty, out: Option<&Val<'c>>, ty: &Ty) -> Parts<'c> {
    let (m, n) = (x.dims.len(), y.dims.len());
    shapes::check_aligned(l, &x.dims, &y.dims, [m - 1, n.saturating_sub(2)]);
    let (left, right) = (m.saturating_sub(2), n.saturating_sub(2));
    let columns = if n > 1 { [&y.dims[..right], &y.dims[n - 1..]].concat() } else { vec![] };
    let dims = [&x.dims[..m - 1], &columns].concat();
    if let Some(out) = out {
        shapes::check_dot_out(l, out, &dims);
    }
    let target = new(l, work, &dims);
    let z = shaped(l, &target);
    let batch = [&x.dims[..left], &y.dims[..right]].concat();
    l.for_each(&batch, &mut |l, indices| {
        let (a, b) = (part(l, &x, &indices[..left], m.min(2)), part(l, &y, &indices[left..], n.min(2)));
        // The result's axes: those of x but the last, those of y before the last but one, the last of y.
        let mut result = Part { offset: l.b.c_index(0), axes: vec![], packed: n > 1 || right == 0 };
        for (axis, place) in (0..left).zip(indices).chain((m - 1..m - 1 + right).zip(&indices[left..])) {
            result.offset = l.b.bin("arith.addi", result.offset, l.b.bin("arith.muli", *place, z.strides[axis]));
        }
        if m > 1 {
            result.axes.push((z.dims[m - 2], z.strides[m - 2]));
        }
        if n > 1 {
            result.axes.push((z.dims[z.dims.len() - 1], z.strides[z.dims.len() - 1]));
        }
        multiply(l, work, [&x, &y, &z], [a, b, result]);
    });
    finish(l, target, element, out, ty)
}

/// `numpy.vdot`: of all elements in order, those of the first conjugated.
pub fn vdot<'c>(l: &mut Lower<'c>, a: &Val<'c>, b: &Val<'c>, ty: &Ty) -> Parts<'c> {
    let work = working(ty);
    let a = super::outer::raveled(l, a, &work);
    let b = super::outer::raveled(l, b, &work);
    let (x, y) = (shaped(l, &a), shaped(l, &b));
    shapes::check_sizes(l, x.dims[0], y.dims[0]);
    if let Ty::Complex(_) = work {
        return conjugate_dot(l, &a, &b, x.dims[0], &work);
    }
    let target = new(l, &work, &[]);
    let z = shaped(l, &target);
    let parts = [&x, &y, &z].map(|array| part(l, array, &[], array.dims.len()));
    multiply(l, &work, [&x, &y, &z], parts);
    finish(l, target, ty, None, ty)
}

fn conjugate_dot<'c>(l: &mut Lower<'c>, a: &Val<'c>, b: &Val<'c>, size: Value<'c>, work: &Ty) -> Parts<'c> {
    let (zero, one) = (l.b.c_index(0), l.b.c_index(1));
    let start = l.fillers(work);
    l.scf_for(zero, size, one, &start, &mut |l, i, sum| {
        let (mut x, y) = (l.load(a, &[i]), l.load(b, &[i]));
        x.parts[1] = l.negate(x.parts[1]);
        let product = l.arithmetic("mul", &x, &y);
        let (sum, product) = (l.val(work.clone(), sum.to_vec()), l.val(work.clone(), product));
        l.arithmetic("add", &sum, &product)
    })
}
