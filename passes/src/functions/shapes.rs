//! Arrays of another shape or dtype, and arrays of numbers.

use super::elementwise::Parts;
use super::rules::*;
use super::nested::{nested, new_array};
use super::{Bound, CallError, Const, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

pub(super) static TABLE: &[Function] = table! {
    "array.astype()" ("_a, dtype"): |a| astype_rule(&a[0], &a[1]) => |l, a, ty| l.astype(&a[0], ty);
    "array.flatten()" ("_a"): |a| Ok(Ty::array((*array(&a[0])?.element).clone(), 1, Layout::C).into()) => |l, a, _| {
        let copy = Ty::Array(Array { layout: Layout::C, readonly: false, unaligned: false, ..l.array_ty(&a[0]).clone() });
        let parts = l.copy_array(&a[0], &copy);
        let copy = l.val(copy, parts);
        l.raveled(&copy).parts
    };
    "array.ravel()" ("_a"): |a| flat(array(&a[0])?) => |l, a, ty| ravel(l, &a[0], ty);
    "numpy.ravel" ("a"): |a| flat(array(&a[0])?) => |l, a, ty| ravel(l, &a[0], ty);
    "array.reshape()" ("_a, *shape"): |a| packed_rule(&a[0], &sizes_of(a)) => |l, a, ty| {
        let sizes = match a.rest.as_slice() {
            [only] if only.ty.as_tuple().is_some() => l.elements(only),
            several => several.to_vec(),
        };
        reshape(l, &a[0], &sizes, ty)
    };
    "numpy.reshape" ("a, shape"): |a| packed_rule(&a[0], &parts(&a[1])) => |l, a, ty| reshaped(l, a, ty);
    "zouk.library.reshaped" ("_a, _shape"): |a| reshape_rule(&a[0], &parts(&a[1])) => |l, a, ty| reshaped(l, a, ty);
    "numpy.arange" ("start, stop=, step=, dtype="): arange_rule => |l, a, ty| arange(l, a, ty);
    "numpy.array" ("object, dtype="): |a| array_rule(a, true) => |l, a, ty| new_array(l, &a[0], ty);
    "numpy.asarray" ("a, dtype="): |a| array_rule(a, false) => |l, a, ty| if a[0].ty == *ty { a[0].parts.clone() } else { new_array(l, &a[0], ty) };
    "numpy.ascontiguousarray" ("a, dtype="): contiguous_rule => |l, a, ty| if a[0].ty == *ty { a[0].parts.clone() } else { new_array(l, &a[0], ty) };
};

fn array(a: &TyArg) -> Result<&Array, CallError> {
    a.ty.as_array().map_or_else(|| expected("an array", &a.ty), Ok)
}

fn astype_rule(a: &TyArg, dtype: &TyArg) -> Rule {
    let from = array(a)?;
    let dtype = dtype_of(dtype)?;
    let dtype = super::times::astype(&from.element, dtype)?;
    if from.element.is_complex() && !dtype.is_complex() {
        return Err(CallError::new(format!("a complex array cannot become one of {}", dtype.user_name())).help("take its real part first"));
    }
    let layout = if from.layout == Layout::F { Layout::F } else { Layout::C };
    Ok(Ty::array(dtype, from.rank, layout).into())
}

fn flat(of: &Array) -> Rule {
    let readonly = of.readonly && of.layout == Layout::C;
    Ok(Ty::Array(Array { rank: 1, layout: if of.rank == 1 && of.layout == Layout::A { Layout::A } else { Layout::C }, readonly, ..of.clone() }).into())
}

/// A view where the elements are packed, else a copy.
fn ravel<'c>(l: &mut Lower<'c>, a: &Val<'c>, ty: &Ty) -> Parts<'c> {
    let flat = l.raveled(a);
    l.cast(&flat, ty).parts
}

/// The sizes that `a.reshape(2, 3)` and `a.reshape((2, 3))` give.
fn sizes_of(a: &Bound<TyArg>) -> Vec<TyArg> {
    match a.rest.as_slice() {
        [only] => parts(only),
        several => several.to_vec(),
    }
}

fn parts(shape: &TyArg) -> Vec<TyArg> {
    match &shape.ty {
        Ty::Tuple(types) => types.iter().enumerate().map(|(i, ty)| TyArg { ty: ty.clone(), constant: shape.constant.as_ref().and_then(|c| c.part(i)) }).collect(),
        _ => vec![shape.clone()],
    }
}

/// Whether other arrays are views of the same elements depends on their strides: `library/numpy/orders.py` has them.
fn packed_rule(a: &TyArg, sizes: &[TyArg]) -> Rule {
    let from = array(a)?;
    if from.layout != Layout::C && from.rank > 0 && !matches!(*from.element, Ty::Record(_)) {
        return Err(CallError::new("the elements are not packed"));
    }
    reshape_rule(a, sizes)
}

fn reshaped<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let sizes = if a[1].ty.as_tuple().is_some() { l.elements(&a[1]) } else { vec![a[1].clone()] };
    reshape(l, &a[0], &sizes, ty)
}

fn reshape_rule(a: &TyArg, sizes: &[TyArg]) -> Rule {
    let from = array(a)?;
    sizes.iter().try_for_each(|s| integer(s).map(|_| ()))?;
    if sizes.iter().filter(|s| s.constant == Some(Const::Int(-1))).count() > 1 {
        return Err(CallError::raising("ValueError", "can only specify one unknown dimension"));
    }
    let readonly = from.readonly && from.layout == Layout::C;
    Ok(Ty::Array(Array { rank: sizes.len(), layout: Layout::C, readonly, ..from.clone() }).into())
}

/// A view of packed elements, or of a copy; -1 is what the other sizes leave.
fn reshape<'c>(l: &mut Lower<'c>, a: &Val<'c>, sizes: &[Val<'c>], ty: &Ty) -> Parts<'c> {
    let total = l.size(a);
    let asked: Vec<Value<'c>> = sizes
        .iter()
        .map(|s| {
            let size = l.scalar_as(s, &Ty::I64);
            l.b.index_cast(size, l.b.index())
        })
        .collect();
    let (zero, one) = (l.b.c_index(0), l.b.c_index(1));
    let mut known = one;
    let mut open = l.b.c_index(0);
    let mut huge = l.b.c_bool(false);
    for size in &asked {
        let unknown = l.b.cmpi("slt", *size, zero);
        open = l.b.bin("arith.addi", open, l.b.select(unknown, one, zero));
        let factor = l.b.select(unknown, one, *size);
        // A product past the number of elements never comes back to it.
        let past = l.b.bin("arith.andi", l.b.cmpi("ugt", factor, total), l.b.cmpi("ne", total, zero));
        huge = l.b.bin("arith.ori", huge, past);
        known = l.b.bin("arith.muli", known, l.b.select(past, one, factor));
        let over = l.b.bin("arith.andi", l.b.cmpi("ugt", known, total), l.b.cmpi("ne", total, zero));
        huge = l.b.bin("arith.ori", huge, over);
        known = l.b.select(over, one, known);
    }
    let single = l.b.cmpi("sle", open, one);
    l.check(single, "ValueError", "can only specify one unknown dimension");
    let divisor = l.b.select(l.b.cmpi("eq", known, zero), one, known);
    let rest = l.b.bin("arith.divsi", total, divisor);
    let complete = l.b.bin("arith.muli", rest, divisor);
    let one_open = l.b.cmpi("eq", open, one);
    let exact = l.b.select(one_open, l.b.bin("arith.andi", l.b.cmpi("eq", complete, total), l.b.cmpi("ne", known, zero)), l.b.cmpi("eq", known, total));
    let fits = l.b.bin("arith.andi", exact, l.invert(huge));
    let (text, shown) = shape_message(sizes, &asked);
    l.check_ints(fits, "ValueError", &format!("cannot reshape array of size {{}} into shape {text}"), &[&[total], &shown[..]].concat());
    let dims: Vec<Value<'c>> = asked.iter().map(|s| l.b.select(l.b.cmpi("slt", *s, zero), rest, *s)).collect();
    let mut flat = l.raveled(a);
    // One axis counts as packed whatever its stride.
    if l.array_ty(&flat).layout != Layout::C {
        let copy = Ty::Array(Array { layout: Layout::C, readonly: false, ..l.array_ty(&flat).clone() });
        let parts = l.copy_array(&flat, &copy);
        flat = l.val(copy, parts);
    }
    let strides = l.packed_strides_of(ty.as_array().unwrap_or_else(|| panic!("{ty} is no array")), &dims, true);
    let view = ty.as_array().unwrap_or_else(|| panic!("{ty} is no array")).clone();
    l.view(&flat, view, zero, &dims, &strides).parts
}

/// As NumPy shows a shape with an unknown size: `(2,newaxis)`; unknown ones in front are left out.
fn shape_message<'c>(sizes: &[Val<'c>], values: &[Value<'c>]) -> (String, Vec<Value<'c>>) {
    let unknown = |i: usize| matches!(sizes[i].constant, Some(Const::Int(n)) if n < 0);
    let first = (0..sizes.len()).find(|i| !unknown(*i)).unwrap_or(sizes.len());
    let parts: Vec<&str> = (first..sizes.len()).map(|i| if unknown(i) { "newaxis" } else { "{}" }).collect();
    let shown = (first..sizes.len()).filter(|i| !unknown(*i)).map(|i| values[i]).collect();
    (format!("({}{})", parts.join(","), if sizes.len() == 1 { "," } else { "" }), shown)
}

fn arange_rule(a: &Bound<TyArg>) -> Rule {
    let mut ty = Ty::I64;
    for argument in (0..3).filter_map(|i| a.get(i)).filter(|x| x.ty != Ty::None) {
        ty = match (real(argument)?, &ty) {
            (Ty::Float(_), _) | (_, Ty::Float(_)) => Ty::F64,
            _ => Ty::I64,
        };
    }
    let dtype = a.get(3).filter(|d| d.ty != Ty::None).map(dtype_of).transpose()?;
    Ok(Ty::array(dtype.unwrap_or(ty), 1, Layout::C).into())
}

/// `start + i * step` in the dtype, as in NumPy: the step is the difference of the first two elements, rounded or truncated as they are.
fn arange<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let given = |i: usize| a.get(i).filter(|x| x.ty != Ty::None);
    let float = (0..3).filter_map(given).any(|x| x.ty.is_float());
    let number = if float { Ty::F64 } else { Ty::I64 };
    let constant = |l: &mut Lower<'c>, n: i64| {
        let value = l.val(Ty::I64, vec![l.b.c_i64(n)]);
        l.scalar_as(&value, &number)
    };
    let (start, stop) = match given(1) {
        Some(stop) => (l.scalar_as(&a[0], &number), l.scalar_as(stop, &number)),
        None => (constant(l, 0), l.scalar_as(&a[0], &number)),
    };
    let step = match given(2) {
        Some(step) => l.scalar_as(step, &number),
        None => constant(l, 1),
    };
    let count = if float { float_count(l, start, stop, step) } else { int_count(l, start, stop, step) };
    let result = ty.as_array().unwrap_or_else(|| panic!("{ty} is no array")).clone();
    let dtype = (*result.element).clone();
    let compute = match dtype {
        Ty::Float(16) => Ty::F32,
        Ty::Complex(bits) => Ty::Float(bits),
        Ty::Bool => number.clone(),
        ref other => other.clone(),
    };
    let (minus, times, plus) = if compute.is_float() { ("arith.subf", "arith.mulf", "arith.addf") } else { ("arith.subi", "arith.muli", "arith.addi") };
    let next = l.b.bin(if float { "arith.addf" } else { "arith.addi" }, start, step);
    let [first, next] = [start, next].map(|x| {
        let value = l.val(number.clone(), vec![x]);
        let stored = if compute == number || dtype.is_complex() { value } else { l.cast(&value, &dtype) };
        l.scalar_as(&stored, &compute)
    });
    let step = l.b.bin(minus, next, first);
    l.generate(&result, &[count], &mut |l, at| {
        let place = l.val(Ty::I64, vec![l.b.index_cast(at[0], l.b.i64())]);
        let place = l.scalar_as(&place, &compute);
        let value = l.b.bin(plus, first, l.b.bin(times, place, step));
        let second = l.b.cmpi("eq", at[0], l.b.c_index(1));
        let value = if compute.is_float() { l.b.select(second, next, value) } else { value };
        let value = l.val(compute.clone(), vec![value]);
        l.cast(&value, &dtype)
    })
}

/// ceil((stop - start) / step), an index; 0 when that is negative.
fn float_count<'c>(l: &mut Lower<'c>, start: Value<'c>, stop: Value<'c>, step: Value<'c>) -> Value<'c> {
    let zero = l.b.c_float(start.ty(), 0.0);
    l.check(l.b.cmpf("une", step, zero), "ZeroDivisionError", "float division by zero");
    let exact = l.b.bin("arith.divf", l.b.bin("arith.subf", stop, start), step);
    let ceiling = l.b.val("math.ceil", &[exact], exact.ty(), &[]);
    let known = l.b.cmpf("ord", ceiling, ceiling);
    l.check(known, "ValueError", "arange: cannot compute length");
    let most = l.b.c_float(exact.ty(), 9.0e18);
    l.check(l.b.cmpf("ole", ceiling, most), "ValueError", "Maximum allowed size exceeded");
    let count = l.b.select(l.b.cmpf("ogt", ceiling, zero), ceiling, zero);
    let count = l.convert(count, &Ty::F64, &Ty::I64);
    l.b.index_cast(count, l.b.index())
}

fn int_count<'c>(l: &mut Lower<'c>, start: Value<'c>, stop: Value<'c>, step: Value<'c>) -> Value<'c> {
    let zero = l.b.c_i64(0);
    l.check(l.b.cmpi("ne", step, zero), "ZeroDivisionError", "division by zero");
    let one = l.b.c_i64(1);
    let safe = l.b.select(l.b.cmpi("eq", step, zero), one, step);
    let range = l.val(Ty::Range(Box::new(Ty::I64)), vec![start, stop, safe]);
    let count = l.range_length(&range);
    l.check(l.b.cmpi("sge", count, zero), "ValueError", "Maximum allowed size exceeded");
    l.b.index_cast(count, l.b.index())
}

fn array_rule(a: &Bound<TyArg>, copies: bool) -> Rule {
    let dtype = a.get(1).filter(|d| d.ty != Ty::None).map(dtype_of).transpose()?;
    if let Ty::Array(from) = &a[0].ty {
        let element = super::times::astype(&from.element, dtype.unwrap_or_else(|| (*from.element).clone()))?;
        if !copies && element == *from.element {
            return Ok(a[0].ty.clone().into());
        }
        if from.element.is_complex() && !element.is_complex() {
            return Err(CallError::new(format!("a complex array cannot become one of {}", element.user_name())));
        }
        let layout = if from.layout == Layout::F { Layout::F } else { Layout::C };
        return Ok(Ty::array(element, from.rank, layout).into());
    }
    let (shape, known) = nested(&a[0].ty)?;
    let element = dtype.unwrap_or_else(|| known.clone());
    if known.is_complex() && !element.is_complex() {
        return Err(CallError::new(format!("complex numbers cannot become {}", element.user_name())));
    }
    if (element.time_of().is_some() || known.time_of().is_some()) && !super::times::storable(&known, &element) {
        return Err(CallError::new(format!("an array of {} cannot be made of {}", element.user_name(), known.user_name())));
    }
    Ok(Ty::array(element, shape.len(), Layout::C).into())
}

fn contiguous_rule(a: &Bound<TyArg>) -> Rule {
    let made = array_rule(a, false)?;
    Ok(match made.ty {
        Ty::Array(array) if array.layout != Layout::C || array.rank == 0 => Ty::Array(Array { rank: array.rank.max(1), layout: Layout::C, readonly: false, ..array }).into(),
        other => other.into(),
    })
}

impl<'c> Lower<'c> {
    /// A new array with the elements converted to the dtype of an array type of the same rank.
    pub fn astype(&mut self, array: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let dtype = (*ty.as_array().unwrap_or_else(|| panic!("{ty} is no array")).element).clone();
        self.map_elements(std::slice::from_ref(array), ty, &mut |l, x| vec![l.cast(&x[0], &dtype)]).parts
    }
}
