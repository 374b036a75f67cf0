//! Methods of values: `array.copy()`, `complex.conjugate()`.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, CallError, Function, TyArg, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Layout, Ty};

pub(super) static TABLE: &[Function] = table! {
    "array.copy()" ("_a, order="): |a| super::creation::copied(&a[0], a.get(1), Layout::C) => |l, a, ty| l.copy_array(&a[0], ty);
    "array.fill()" ("_a, value"): fill_rule => |l, a, _| { l.fill(&a[0], &a[1]); vec![] };
    "array.item()" ("_a, *indices"): item_rule => |l, a, _| item(l, a);

    "int.item()" ("_x"): |a| Ok(a[0].ty.clone().into()) => |_, a, _| a[0].parts.clone();
    "float.item()" ("_x"): |a| Ok(a[0].ty.clone().into()) => |_, a, _| a[0].parts.clone();
    "complex.item()" ("_x"): |a| Ok(a[0].ty.clone().into()) => |_, a, _| a[0].parts.clone();
    "int.conjugate()" ("_x"): |a| Ok(widened(&a[0].ty).into()) => |l, a, ty| l.cast(&a[0], ty).parts;
    "int.conj()" ("_x"): |a| Ok(widened(&a[0].ty).into()) => |l, a, ty| l.cast(&a[0], ty).parts;
    "int.view()" ("_x, dtype="): view_rule => |l, a, ty| seen_as(l, &a[0], ty);
    "float.view()" ("_x, dtype="): view_rule => |l, a, ty| seen_as(l, &a[0], ty);
    "complex.view()" ("_x, dtype="): view_rule => |l, a, ty| seen_as(l, &a[0], ty);

    "int.bit_length()" ("_x"): |_| Ok(Ty::I64.into()) => |l, a, _| bit_length(l, a);
    "int.bit_count()" ("_x"): |_| Ok(Ty::I64.into()) => |l, a, _| {
        let size = magnitude(l, &a[0]);
        vec![l.b.val("math.ctpop", &[size], size.ty(), &[])]
    };
    "float.conjugate()" ("_x"): |a| Ok(a[0].ty.clone().into()) => |_, a, _| a[0].parts.clone();
    "float.conj()" ("_x"): |a| Ok(a[0].ty.clone().into()) => |_, a, _| a[0].parts.clone();
    "float.is_integer()" ("_x"): |_| Ok(Ty::Bool.into()) => |l, a, _| {
        // inf - inf is NaN, so infinities are not integers.
        let x = a[0].parts[0];
        let whole = l.b.val("math.trunc", &[x], x.ty(), &[]);
        vec![l.b.cmpf("oeq", l.b.bin("arith.subf", x, whole), l.b.c_float(x.ty(), 0.0))]
    };
    "complex.conjugate()" ("_z"): |a| Ok(a[0].ty.clone().into()) => |l, a, _| vec![a[0].parts[0], l.negate(a[0].parts[1])];
    "complex.conj()" ("_z"): |a| Ok(a[0].ty.clone().into()) => |l, a, _| vec![a[0].parts[0], l.negate(a[0].parts[1])];

    "slice.indices()" ("_s, _length"): |a| {
        integer(&a[1])?;
        Ok(Ty::Tuple(vec![Ty::I64; 3]).into())
    } => |l, a, _| slice_indices(l, a);

    "tuple.count()" ("_t, _value"): |_| Ok(Ty::I64.into()) => |l, a, _| count(l, a);
    "tuple.index()" ("_t, _value, _start=, _stop="): index_rule => |l, a, _| index(l, a);
    "list.count()" ("_t, _value"): |_| Ok(Ty::I64.into()) => |l, a, _| count(l, a);
    "list.index()" ("_t, _value, _start=, _stop="): index_rule => |l, a, _| index(l, a);
    "list.copy()" ("_t"): |a| Ok(Typed { ty: a[0].ty.clone(), constant: a[0].constant.clone() }) => |_, a, _| a[0].parts.clone();
};

/// Start, stop and step in a sequence of that length.
fn slice_indices<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let length = l.operand(&a[1], &Ty::I64).parts[0];
    let fine = l.b.cmpi("sge", length, l.b.c_i64(0));
    l.check(fine, "ValueError", "length should not be negative");
    let size = l.b.index_cast(length, l.b.index());
    l.slice_indices(&a[0], size).into_iter().map(|place| l.b.index_cast(place, l.b.i64())).collect()
}

fn fill_rule(a: &Bound<TyArg>) -> Rule {
    let Some(array) = a[0].ty.as_array() else { return expected("an array", &a[0].ty) };
    if array.readonly {
        return Err(CallError::new("the array is read-only"));
    }
    let value = scalar(&a[1])?;
    if !super::times::storable(value, &array.element) {
        return Err(CallError::new(format!("{} does not fit an array of {}", value.user_name(), array.element.user_name())));
    }
    Ok(Ty::None.into())
}

/// The only element, the one with a number in C order, or the one at the indices given: one for each axis.
fn item_rule(a: &Bound<TyArg>) -> Rule {
    let Some(array) = a[0].ty.as_array() else { return expected("an array", &a[0].ty) };
    a.rest.iter().try_for_each(|i| integer(i).map(|_| ()))?;
    if a.rest.len() > 1 && a.rest.len() != array.rank {
        return Err(CallError::new(format!("{} indices are given to an array of {} dimensions", a.rest.len(), array.rank)));
    }
    Ok((*array.element).clone().into())
}

fn item<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let rank = l.array_ty(&a[0]).rank;
    if a.rest.is_empty() {
        let size = l.size(&a[0]);
        l.check(l.b.cmpi("eq", size, l.b.c_index(1)), "ValueError", "can only convert an array of size 1 to a Python scalar");
        let zeros = vec![l.b.c_index(0); rank];
        return l.load(&a[0], &zeros).parts;
    }
    if a.rest.len() == 1 && rank != 1 {
        let number = l.scalar_as(&a.rest[0], &Ty::I64);
        let (number, size) = (l.b.index_cast(number, l.b.index()), l.size(&a[0]));
        let number = l.flat_number(number, size);
        let dims = l.dims(&a[0]);
        let place = l.index_tuple(&dims, number);
        return l.load(&a[0], &place).parts;
    }
    let mut indices = vec![];
    for (axis, position) in a.rest.iter().enumerate() {
        let position = l.scalar_as(position, &Ty::I64);
        let position = l.b.index_cast(position, l.b.index());
        let size = l.dim(&a[0], axis);
        indices.push(l.index(position, size, &axis.to_string()));
    }
    l.load(&a[0], &indices).parts
}

/// A number of another type whose bits are the same.
fn view_rule(a: &Bound<TyArg>) -> Rule {
    let Some(dtype) = a.get(1).filter(|d| d.ty != Ty::None) else { return Ok(a[0].ty.clone().into()) };
    let ty = dtype_of(dtype)?;
    if ty.item_size() != a[0].ty.item_size() {
        let message = format!("{} has another size than {}: a number is only seen as a dtype of the same size", ty.user_name(), a[0].ty.user_name());
        return Err(CallError::new(message));
    }
    if ty.is_complex() != a[0].ty.is_complex() {
        return Err(CallError::new(format!("{} cannot be seen as {}", a[0].ty.user_name(), ty.user_name())).help("take the parts of a complex number: z.real, z.imag"));
    }
    Ok(ty.into())
}

fn seen_as<'c>(l: &mut Lower<'c>, x: &Val<'c>, ty: &Ty) -> Parts<'c> {
    if ty.is_complex() || x.ty == *ty {
        return x.parts.clone();
    }
    let memory = l.to_memory(x);
    let wanted = l.element(ty);
    let seen = if memory.ty() == wanted { memory } else { l.b.val("arith.bitcast", &[memory], wanted, &[]) };
    l.from_memory(seen, ty).parts
}

/// |x|, an int64 read as unsigned.
fn magnitude<'c>(l: &mut Lower<'c>, x: &Val<'c>) -> zouk_dialects::ir::Value<'c> {
    let ty = widened(&x.ty);
    l.absolute(x, &ty)[0]
}

fn bit_length<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let size = magnitude(l, &a[0]);
    let zeros = l.b.val("math.ctlz", &[size], size.ty(), &[]);
    vec![l.b.bin("arith.subi", l.b.c_i64(64), zeros)]
}

fn count<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let mut total = l.b.c_i64(0);
    for element in l.elements(&a[0]) {
        let same = l.compare("eq", &element, &a[1]);
        total = l.b.bin("arith.addi", total, l.b.val("arith.extui", &[same], l.b.i64(), &[]));
    }
    vec![total]
}

fn index_rule(a: &Bound<TyArg>) -> Rule {
    [2, 3].into_iter().filter_map(|i| a.get(i)).try_for_each(|place| integer(place).map(|_| ()))?;
    Ok(Ty::I64.into())
}

/// The first place in `[start, stop)` where the value stands; negative ends count from the tuple's.
fn index<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let elements = l.elements(&a[0]);
    let size = l.b.c_i64(elements.len() as i64);
    let ends = [2, 3].map(|i| {
        let end = l.scalar_as(a.get(i)?, &Ty::I64);
        let negative = l.b.cmpi("slt", end, l.b.c_i64(0));
        Some(l.b.select(negative, l.b.bin("arith.addi", end, size), end))
    });
    let (mut found, mut at) = (l.b.c_bool(false), l.b.c_i64(0));
    for (i, element) in elements.iter().enumerate().rev() {
        let (mut here, place) = (l.compare("eq", element, &a[1]), l.b.c_i64(i as i64));
        for (end, order) in ends.into_iter().zip(["sge", "slt"]) {
            if let Some(end) = end {
                here = l.b.bin("arith.andi", here, l.b.cmpi(order, place, end));
            }
        }
        at = l.b.select(here, place, at);
        found = l.b.bin("arith.ori", found, here);
    }
    l.check(found, "ValueError", if let Ty::List(_) = a[0].ty { "list.index(x): x not in list" } else { "tuple.index(x): x not in tuple" });
    vec![at]
}
