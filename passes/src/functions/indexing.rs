//! Functions that read or write at places given by arrays of them: `take`, `put`, their forms along an axis, `compress`, `choose`.

use super::elementwise::Parts;
use super::library::is_packed;
use super::rules::*;
use super::records::check_stored;
use super::{Bound, CallError, Const, Function, TyArg, Val};
use crate::lower_python::{Lower, Outside, Places, Selection};
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

pub(super) static TABLE: &[Function] = table! {
    "numpy.take" ("a, indices, axis=, out=, mode="): take_rule => |l, a, ty| take(l, a, ty);
    "array.take()" ("_a, indices, axis=, out=, mode="): take_rule => |l, a, ty| take(l, a, ty);
    "numpy.put" ("a, ind, v, mode="): put_rule => |l, a, _| put(l, a);
    "array.put()" ("_a, indices, values, mode="): put_rule => |l, a, _| put(l, a);
    "numpy.take_along_axis" ("arr, indices, axis="): along_rule => |l, a, ty| {
        let selection = along(l, &a[0], &a[1], a.get(2));
        l.check_places(&selection);
        l.gather(&selection, ty).parts
    };
    "numpy.put_along_axis" ("arr, indices, values, axis"): |a| put_along_rule(a) => |l, a, _| put_along(l, a);
    "numpy.compress" ("condition, a, axis="): |a| compress_rule(&a[0], &a[1], a.get(2)) => |l, a, _| compress(l, &a[0], &a[1], a.get(2));
    "array.compress()" ("_a, condition, axis="): |a| compress_rule(&a[1], &a[0], a.get(2)) => |l, a, _| compress(l, &a[1], &a[0], a.get(2));
    "numpy.extract" ("condition, arr"): |a| {
        array_like(&a[0])?;
        Ok(Ty::array((*array_like(&a[1])?.element).clone(), 1, Layout::C).into())
    } => |l, a, _| {
        let condition = l.array_of(&a[0]);
        let condition = l.raveled(&condition);
        compress(l, &condition, &a[1], None)
    };
};

/// As `expected`, where arrays of another kind are.
pub(super) fn wanted(what: &str, found: &Ty) -> CallError {
    CallError::new(format!("{what} is expected, not {}", found.user_name()))
}

/// An array, or a tuple of numbers of one type, which is one.
pub(super) fn array_like(arg: &TyArg) -> Result<Array, CallError> {
    match &arg.ty {
        Ty::Array(array) => Ok(array.clone()),
        Ty::Tuple(items) if !items.is_empty() && items.iter().all(|t| *t == items[0] && t.is_scalar()) => {
            Ok(Array { element: Box::new(items[0].clone()), rank: 1, layout: Layout::C, readonly: false, unaligned: false })
        }
        other => expected("an array", other),
    }
}

/// As `array_like`, or a number, which is an array without axes.
fn numbers(arg: &TyArg) -> Result<Array, CallError> {
    if arg.ty.is_scalar() || matches!(arg.ty, Ty::Record(_)) { Ok(Array { element: Box::new(arg.ty.clone()), rank: 0, layout: Layout::C, readonly: false, unaligned: false }) } else { array_like(arg) }
}

fn places(arg: &TyArg) -> Result<Array, CallError> {
    let array = numbers(arg)?;
    if array.element.is_integral() { Ok(array) } else { Err(wanted("an array of integers", &arg.ty)) }
}

/// An array of the argument that the function changes.
pub(super) fn writable(arg: &TyArg) -> Result<&Array, CallError> {
    match &arg.ty {
        Ty::Array(array) if array.readonly => Err(CallError::new("the array is read-only")),
        Ty::Array(array) => Ok(array),
        other => expected("an array", other),
    }
}

/// `axis=`, a constant: none is all axes in one.
fn axis(arg: Option<&TyArg>, default: Option<i128>, rank: usize) -> Result<Option<usize>, CallError> {
    let given = match arg {
        None => default,
        Some(TyArg { ty: Ty::None, .. }) => None,
        Some(TyArg { ty: Ty::Int { .. }, constant: Some(Const::Int(n)) }) => Some(*n),
        Some(_) => return Err(CallError::new("the axis must be a constant integer or None")),
    };
    let Some(n) = given else { return Ok(None) };
    let place = if n < 0 { n + rank as i128 } else { n };
    match usize::try_from(place) {
        Ok(place) if place < rank => Ok(Some(place)),
        _ => Err(CallError::no_axis(n, rank)),
    }
}

fn axis_of<'c>(arg: Option<&Val<'c>>, default: Option<i128>, rank: usize) -> Option<usize> {
    let arg = arg.map(|v| TyArg { ty: v.ty.clone(), constant: v.constant.clone() });
    axis(arg.as_ref(), default, rank).unwrap_or_else(|e| panic!("{}", e.message))
}

/// What `mode=` says of places outside.
fn outside(constant: Option<&Option<Const>>) -> Result<Outside, CallError> {
    match constant {
        None => Ok(Outside::Raises),
        Some(Some(Const::Str(mode))) => match mode.as_str() {
            "raise" => Ok(Outside::Raises),
            "wrap" => Ok(Outside::Wraps),
            "clip" => Ok(Outside::Clips),
            other => Err(CallError::raising("ValueError", format!("clipmode must be one of 'clip', 'raise', or 'wrap' (got '{other}')"))),
        },
        _ => Err(CallError::new("the mode must be a constant string")),
    }
}

pub(super) fn mode(arg: Option<&TyArg>) -> Result<Outside, CallError> {
    outside(arg.map(|a| &a.constant))
}

pub(super) fn mode_of(arg: Option<&Val>) -> Outside {
    outside(arg.map(|v| &v.constant)).unwrap_or(Outside::Raises)
}

/// Whether every value of a type is one of another, as NumPy's "safe" casting asks.
fn is_safe(from: &Ty, to: &Ty) -> bool {
    let mantissa = |bits: u32| match bits {
        64 => 53,
        32 => 24,
        _ => 11,
    };
    match (from, to) {
        _ if from == to => true,
        (Ty::Bool, to) => to.is_number(),
        (Ty::Int { bits: a, signed: x }, Ty::Int { bits: b, signed: y }) => if x == y { a <= b } else { *y && a < b },
        (Ty::Int { bits, .. }, Ty::Float(to) | Ty::Complex(to)) => *bits <= mantissa(*to) || *to == 64,
        (Ty::Float(a), Ty::Float(b) | Ty::Complex(b)) | (Ty::Complex(a), Ty::Complex(b)) => a <= b,
        _ => false,
    }
}

/// An array must cast safely; a single number is converted.
pub(super) fn castable(value: &TyArg, to: &Array, rule: &str) -> Result<(), CallError> {
    let from = numbers(value)?.element;
    check_stored(&from, to)?;
    if let Ty::Record(_) = *to.element {
        return Ok(());
    }
    let kind = |ty: &Ty| match ty {
        Ty::Bool => 0,
        Ty::Int { signed: false, .. } => 1,
        Ty::Int { .. } => 2,
        Ty::Float(_) => 3,
        _ => 4,
    };
    let fits = match rule {
        _ if from.time_of().is_some() || to.element.time_of().is_some() => super::times::storable(&from, &to.element),
        "safe" if value.ty.is_number() => !from.is_complex() || to.element.is_complex(),
        "same_kind" if value.ty.is_integral() => to.element.is_number(),
        "same_kind" => is_safe(&from, &to.element) || kind(&from) <= kind(&to.element),
        _ => is_safe(&from, &to.element),
    };
    let name = |ty: &Ty| ty.numpy_name().unwrap_or_default();
    let error = || CallError::new(format!("cannot cast array data from dtype('{}') to dtype('{}') according to the rule '{rule}'", name(&from), name(&to.element)));
    if fits { Ok(()) } else { Err(error()) }
}

impl<'c> Lower<'c> {
    /// A number or a tuple of them as an array; an array as it is.
    pub fn array_of(&mut self, value: &Val<'c>) -> Val<'c> {
        match &value.ty {
            Ty::Array(_) => value.clone(),
            Ty::Tuple(items) => {
                let element = items[0].clone();
                self.array_of_elements(&element, value)
            }
            number => {
                let ty = Array { element: Box::new(number.clone()), rank: 0, layout: Layout::C, readonly: false, unaligned: false };
                let array = self.alloc(ty, &[], false);
                self.store(&array, &[], value);
                array
            }
        }
    }
}

fn take_rule(a: &Bound<TyArg>) -> Rule {
    let (array, places) = (array_like(&a[0])?, places(&a[1])?);
    mode(a.get(4))?;
    let rank = match axis(a.get(2), None, array.rank)? {
        Some(_) => array.rank - 1 + places.rank,
        None => places.rank,
    };
    match a.get(3) {
        None | Some(TyArg { ty: Ty::None, .. }) if rank == 0 => Ok((*array.element).clone().into()),
        None | Some(TyArg { ty: Ty::None, .. }) => Ok(Ty::array((*array.element).clone(), rank, Layout::C).into()),
        Some(out) => {
            let to = writable(out)?;
            if to.rank != rank {
                return Err(CallError::new("output array does not match result of ndarray.take"));
            }
            if to.element != array.element {
                return Err(CallError::new("the output must be of the dtype of the array"));
            }
            Ok(out.ty.clone().into())
        }
    }
}

fn take<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let (array, places) = (l.array_of(&a[0]), l.array_of(&a[1]));
    let taken = take_places(l, &array, &places, a.get(2), mode_of(a.get(4)));
    let Some(out) = a.get(3).filter(|out| out.ty != Ty::None) else {
        return if ty.as_array().is_some() { taken.parts } else { l.load(&taken, &[]).parts };
    };
    let (dims, sizes) = (l.dims(&taken), l.dims(out));
    let same = dims.iter().zip(&sizes).map(|(d, s)| l.b.cmpi("eq", *d, *s)).reduce(|x, y| l.b.bin("arith.andi", x, y));
    if let Some(same) = same {
        l.check(same, "ValueError", "output array does not match result of ndarray.take");
    }
    l.copy_elements(out, &taken);
    out.parts.clone()
}

/// A new array of what stands at places along an axis, or in all elements in C order.
fn take_places<'c>(l: &mut Lower<'c>, array: &Val<'c>, places: &Val<'c>, axis: Option<&Val<'c>>, mode: Outside) -> Val<'c> {
    let axis = axis_of(axis, None, l.array_ty(array).rank);
    let view = if axis.is_some() { array.clone() } else { l.raveled(array) };
    let axis = axis.unwrap_or(0);
    let broadcast = l.dims(places);
    let selection = Selection { view, places: vec![Places::given(places.clone(), axis, axis, mode)], broadcast, position: axis };
    let size = l.dim(&selection.view, axis);
    let dims = l.selected_dims(&selection);
    let zero = l.b.c_index(0);
    let (some, nothing) = (l.b.cmpi("ne", size, zero), l.any_zero(&dims));
    l.check(l.b.bin("arith.ori", some, nothing), "IndexError", "cannot do a non-empty take from an empty axes.");
    let outer = l.any_zero(&dims[..axis + selection.broadcast.len()]);
    let looked_at = l.invert(outer);
    l.check_places_if(looked_at, &selection);
    let (element, rank) = (l.array_ty(array).element.clone(), dims.len());
    l.gather(&selection, &Ty::array(*element, rank, Layout::C))
}

impl<'c> Lower<'c> {
    /// Whether one of the sizes is zero.
    fn any_zero(&mut self, sizes: &[Value<'c>]) -> Value<'c> {
        let zero = self.b.c_index(0);
        let none = self.b.c_bool(false);
        sizes.iter().fold(none, |found, size| self.b.bin("arith.ori", found, self.b.cmpi("eq", *size, zero)))
    }
}

fn put_rule(a: &Bound<TyArg>) -> Rule {
    let to = writable(&a[0])?;
    places(&a[1])?;
    mode(a.get(3))?;
    let from = numbers(&a[2])?;
    check_stored(&from.element, to)?;
    if from.element.is_complex() && !to.element.is_complex() {
        return Err(CallError::new(format!("an array of {} cannot hold {}", to.element.user_name(), from.element.user_name())));
    }
    Ok(Ty::None.into())
}

/// Stores in the elements in C order, the values over and over. What is stored before a place is found to be outside stays, as in NumPy, which
/// stores in a copy where the elements do not lie in that order: then nothing stays.
fn put<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let mode = mode_of(a.get(3));
    let (places, values) = (l.array_of(&a[1]), l.array_of(&a[2]));
    let (places, values) = (l.raveled(&places), l.raveled(&values));
    let (places, values) = (l.apart(&a[0], &places), l.apart(&a[0], &values));
    let (size, count, given) = (l.size(&a[0]), l.dim(&places, 0), l.dim(&values, 0));
    let (zero, one) = (l.b.c_index(0), l.b.c_index(1));
    let fine = l.b.bin("arith.ori", l.b.cmpi("eq", count, zero), l.b.cmpi("ne", size, zero));
    l.check(fine, "IndexError", "cannot replace elements of an empty array");
    let count = l.b.select(l.b.cmpi("eq", given, zero), zero, count);
    if mode == Outside::Raises {
        let in_order = is_packed(l, &a[0], true);
        let first = l.b.select(in_order, zero, count);
        l.scf_for(zero, first, one, &[], &mut |l, i, _| {
            let place = l.place_at(&places, &[i]);
            l.index(place, size, "0");
            vec![]
        });
    }
    l.scf_for(zero, count, one, &[zero], &mut |l, i, next| {
        let place = l.place_at(&places, &[i]);
        let place = if mode == Outside::Raises { l.index(place, size, "0") } else { l.inside(place, size, mode) };
        let value = l.load(&values, &[next[0]]);
        let at = l.unraveled(&a[0], place);
        l.store(&a[0], &at, &value);
        vec![l.next_of(next[0], given)]
    });
    vec![]
}

impl<'c> Lower<'c> {
    /// The next of `count` places, the first after the last.
    pub fn next_of(&mut self, place: Value<'c>, count: Value<'c>) -> Value<'c> {
        let next = self.b.bin("arith.addi", place, self.b.c_index(1));
        self.b.select(self.b.cmpi("eq", next, count), self.b.c_index(0), next)
    }

    /// The indices of the element with that number in C order.
    pub fn unraveled(&mut self, array: &Val<'c>, number: Value<'c>) -> Vec<Value<'c>> {
        let dims = self.dims(array);
        self.index_tuple(&dims, number)
    }

    /// The index tuple with that number, in a box of these sizes, last axis first.
    pub fn index_tuple(&mut self, dims: &[Value<'c>], number: Value<'c>) -> Vec<Value<'c>> {
        let (mut indices, mut rest) = (vec![], number);
        for (axis, dim) in dims.iter().enumerate().rev() {
            if axis == 0 {
                indices.push(rest);
                break;
            }
            // In an empty box nothing has a number.
            let dim = self.b.bin("arith.maxsi", *dim, self.b.c_index(1));
            let above = self.b.bin("arith.divui", rest, dim);
            indices.push(self.b.bin("arith.subi", rest, self.b.bin("arith.muli", above, dim)));
            rest = above;
        }
        indices.reverse();
        indices
    }
}

fn along_rule(a: &Bound<TyArg>) -> Rule {
    let (array, rank) = (array_like(&a[0])?, along_rank(&a[0], &a[1], a.get(2))?);
    Ok(Ty::array((*array.element).clone(), rank, Layout::C).into())
}

/// The rank of places along an axis of an array: the same as that of the array.
fn along_rank(array: &TyArg, given: &TyArg, axis_arg: Option<&TyArg>) -> Result<usize, CallError> {
    let (array, given) = (array_like(array)?, places(given)?);
    if *given.element == Ty::Bool {
        return Err(CallError::new("`indices` must be an integer array"));
    }
    match axis(axis_arg, Some(-1), array.rank)? {
        None if given.rank != 1 => Err(CallError::raising("ValueError", "when axis=None, `indices` must have a single dimension.")),
        Some(_) if given.rank != array.rank => Err(CallError::raising("ValueError", "`indices` and `arr` must have the same number of dimensions")),
        _ => Ok(given.rank),
    }
}

/// Every axis but one runs along with that of the places.
fn along<'c>(l: &mut Lower<'c>, array: &Val<'c>, given: &Val<'c>, axis: Option<&Val<'c>>) -> Selection<'c> {
    let (array, given) = (l.array_of(array), l.array_of(given));
    let axis = axis_of(axis, Some(-1), l.array_ty(&array).rank);
    let view = if axis.is_some() { array } else { l.raveled(&array) };
    let axis = axis.unwrap_or(0);
    let one = l.b.c_index(1);
    let (mut places, mut shapes) = (vec![], vec![]);
    for (i, dim) in l.dims(&view).into_iter().enumerate() {
        if i == axis {
            shapes.push(l.dims(&given));
            places.push(Places::given(given.clone(), axis, axis, Outside::Raises));
        } else {
            let mut shape = vec![one; l.array_ty(&view).rank];
            shape[i] = dim;
            shapes.push(shape);
            places.push(Places::along(i, i));
        }
    }
    let broadcast = l.broadcast_shapes(&shapes);
    Selection { view, places, broadcast, position: 0 }
}

fn put_along_rule(a: &Bound<TyArg>) -> Rule {
    let to = writable(&a[0])?;
    along_rank(&a[0], &a[1], a.get(3))?;
    let from = numbers(&a[2])?;
    check_stored(&from.element, to)?;
    if from.element.is_complex() && !to.element.is_complex() {
        return Err(CallError::new(format!("an array of {} cannot hold {}", to.element.user_name(), from.element.user_name())));
    }
    if a[3].ty == Ty::None && to.rank > 1 && to.layout != Layout::C {
        return Err(CallError::new("axis=None is supported for C-contiguous arrays only"));
    }
    Ok(Ty::None.into())
}

fn put_along<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let mut selection = along(l, &a[0], &a[1], a.get(3));
    let values = if a[2].ty.is_scalar() { a[2].clone() } else { l.array_of(&a[2]) };
    l.scatter(&mut selection, &values);
    vec![]
}

fn compress_rule(condition: &TyArg, array: &TyArg, axis_arg: Option<&TyArg>) -> Rule {
    let array = array_like(array)?;
    if array_like(condition)?.rank != 1 {
        return Err(CallError::raising("ValueError", "condition must be a 1-d array"));
    }
    let rank = axis(axis_arg, None, array.rank)?.map_or(1, |_| array.rank);
    Ok(Ty::array((*array.element).clone(), rank, Layout::C).into())
}

/// What stands where the condition is true; it may be shorter than the axis, or longer when it is false there.
fn compress<'c>(l: &mut Lower<'c>, condition: &Val<'c>, array: &Val<'c>, axis: Option<&Val<'c>>) -> Parts<'c> {
    let (condition, array) = (l.array_of(condition), l.array_of(array));
    let places = l.true_places(&condition).remove(0);
    take_places(l, &array, &places, axis, Outside::Raises).parts
}
