//! Slices, and the views that an index with slices makes.

use super::Lower;
use super::iteration::known_int;
use crate::functions::Val;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// What an index says of one axis.
pub(super) enum Axis<'c> {
    /// One place; the axis goes.
    At(Val<'c>),
    Slice(Val<'c>),
    /// `:`
    Full,
    /// `None`: a new axis of size one.
    New,
}

/// `range(start, …, step)` of `length` places, all of index type.
pub(super) struct Places<'c> {
    pub start: Value<'c>,
    pub step: Value<'c>,
    pub length: Value<'c>,
}

/// The type of a row of an array.
pub(super) fn natural_row(array: &Array) -> Array {
    let layout = if array.layout == Layout::C { Layout::C } else { Layout::A };
    Array { rank: array.rank - 1, layout, ..array.clone() }
}

/// The type of a view whose layout is as strong as the axes alone show: leading places, then at most one slice of step one, then full axes of a C array
/// give a C array.
pub(super) fn natural_view(array: &Array, axes: &[Axis]) -> Array {
    let rank = axes.iter().filter(|a| !matches!(a, Axis::At(_))).count();
    let rest = &axes[axes.iter().take_while(|a| matches!(a, Axis::At(_))).count()..];
    let first = |a: &Axis| match a {
        Axis::Full => true,
        Axis::Slice(slice) => matches!(&slice.ty, Ty::Slice(parts) if parts[2] == Ty::None),
        _ => false,
    };
    let packed = rest.split_first().is_none_or(|(head, tail)| first(head) && tail.iter().all(|a| matches!(a, Axis::Full)));
    let layout = if array.layout == Layout::C && packed { Layout::C } else { Layout::A };
    Array { rank, layout, ..array.clone() }
}

impl<'c> Lower<'c> {
    /// The view that an index with a word on every axis selects.
    pub(super) fn select_view(&mut self, array: &Val<'c>, axes: &[Axis<'c>], result: Array) -> Val<'c> {
        let (old_dims, old_strides) = (self.dims(array), self.strides(array));
        let mut offset = self.b.c_index(0);
        let (mut dims, mut strides) = (vec![], vec![]);
        let mut number = 0;
        for axis in axes {
            if let Axis::New = axis {
                dims.push(self.b.c_index(1));
                strides.push(self.b.c_index(0));
                continue;
            }
            let (dim, stride) = (old_dims[number], old_strides[number]);
            let start = match axis {
                Axis::At(index) => self.checked_index(index, dim, &number.to_string()),
                Axis::Slice(slice) => {
                    let places = self.slice_places(slice, dim);
                    dims.push(places.length);
                    strides.push(self.b.bin("arith.muli", stride, places.step));
                    places.start
                }
                _ => {
                    dims.push(dim);
                    strides.push(stride);
                    self.b.c_index(0)
                }
            };
            let moved = self.b.bin("arith.muli", start, stride);
            offset = self.b.bin("arith.addi", offset, moved);
            number += 1;
        }
        self.view(array, result, offset, &dims, &strides)
    }

    /// `slice.indices(size)`, and how many there are.
    pub(super) fn slice_places(&mut self, slice: &Val<'c>, size: Value<'c>) -> Places<'c> {
        let [lower, upper, step] = self.slice_parts(slice);
        let (zero, step) = (self.b.c_index(0), self.slice_step(&step));
        if known_int(step).is_some_and(|s| s > 0) {
            let start = self.slice_part(&lower, zero, |l, place| l.clamp_forward(place, size));
            let stop = self.slice_part(&upper, size, |l, place| l.clamp_forward(place, size));
            let length = self.places_between(start, stop, step);
            return Places { start, step, length };
        }
        let (start, stop, backward) = self.slice_ends(&lower, &upper, step, size);
        let stride = self.b.select(backward, self.b.bin("arith.subi", zero, step), step);
        let (from, to) = (self.b.select(backward, stop, start), self.b.select(backward, start, stop));
        let length = self.places_between(from, to, stride);
        Places { start, step, length }
    }

    /// `slice.indices(size)`
    pub(crate) fn slice_indices(&mut self, slice: &Val<'c>, size: Value<'c>) -> [Value<'c>; 3] {
        let [lower, upper, step] = self.slice_parts(slice);
        let step = self.slice_step(&step);
        let (start, stop, _) = self.slice_ends(&lower, &upper, step, size);
        [start, stop, step]
    }

    /// The step, which is checked: 1 where there is none.
    fn slice_step(&mut self, step: &Val<'c>) -> Value<'c> {
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        let step = self.slice_part(step, one, |_, step| step);
        if known_int(step).is_none_or(|s| s == 0) {
            let moves = self.b.cmpi("ne", step, zero);
            self.check(moves, "ValueError", "slice step cannot be zero");
        }
        step
    }

    /// Start and stop for a step of either sign, and whether it is negative.
    fn slice_ends(&mut self, lower: &Val<'c>, upper: &Val<'c>, step: Value<'c>, size: Value<'c>) -> (Value<'c>, Value<'c>, Value<'c>) {
        let (zero, one, minus_one) = (self.b.c_index(0), self.b.c_index(1), self.b.c_index(-1));
        let last = self.b.bin("arith.subi", size, one);
        let backward = self.b.cmpi("slt", step, zero);
        let (low, high) = (self.b.select(backward, minus_one, zero), self.b.select(backward, last, size));
        let (first, end) = (self.b.select(backward, high, low), self.b.select(backward, low, high));
        let clamp = |l: &mut Self, place| {
            let wrapped = l.wrap(place, size);
            let below = l.b.bin("arith.minsi", wrapped, high);
            l.b.bin("arith.maxsi", below, low)
        };
        let start = self.slice_part(lower, first, clamp);
        let stop = self.slice_part(upper, end, clamp);
        (start, stop, backward)
    }

    /// `len(range(from, to, stride))` of a positive stride.
    fn places_between(&mut self, from: Value<'c>, to: Value<'c>, stride: Value<'c>) -> Value<'c> {
        let b = &self.b;
        let distance = b.bin("arith.subi", to, from);
        let zero = b.c_index(0);
        let distance = b.bin("arith.maxsi", distance, zero);
        if known_int(stride) == Some(1) {
            return distance;
        }
        let one = b.c_index(1);
        // ceil(d / s) of d > 0, s possibly huge; 0 for d = 0.
        let before = b.bin("arith.subi", distance, one);
        let count = b.bin("arith.addi", b.bin("arith.divsi", before, stride), one);
        b.select(b.cmpi("sgt", distance, zero), count, zero)
    }

    /// A part of a slice as an index: `absent` for None, else what `use_it` makes of the integer.
    fn slice_part(&mut self, part: &Val<'c>, absent: Value<'c>, use_it: impl FnOnce(&mut Self, Value<'c>) -> Value<'c>) -> Value<'c> {
        match &part.ty {
            Ty::None => absent,
            Ty::Optional(_) => {
                let (given, held) = self.unwrap(part);
                let place = self.slice_part(&held, absent, use_it);
                self.b.select(given, place, absent)
            }
            ty => {
                let place = self.slice_int(part.parts[0], ty);
                use_it(self, place)
            }
        }
    }

    /// An integer of a slice as an index; a uint64 too great for it is the greatest.
    fn slice_int(&mut self, value: Value<'c>, ty: &Ty) -> Value<'c> {
        let mut wide = self.convert(value, ty, &Ty::I64);
        if *ty == Ty::U64 {
            wide = self.b.bin("arith.minui", wide, self.b.c_i64(i64::MAX));
        }
        match known_int(wide) {
            Some(known) => self.b.c_index(known),
            None => self.b.index_cast(wide, self.b.index()),
        }
    }

    /// A place wrapped around once if negative, and then kept in `[0, size]`.
    fn clamp_forward(&mut self, place: Value<'c>, size: Value<'c>) -> Value<'c> {
        match known_int(place) {
            Some(0) => return place,
            Some(known) if known > 0 => return self.b.bin("arith.minsi", place, size),
            _ => {}
        }
        let wrapped = self.wrap(place, size);
        let below = self.b.bin("arith.minsi", wrapped, size);
        self.b.bin("arith.maxsi", below, self.b.c_index(0))
    }

    pub(super) fn wrap(&mut self, place: Value<'c>, size: Value<'c>) -> Value<'c> {
        let from_end = self.b.bin("arith.addi", place, size);
        let negative = self.b.cmpi("slt", place, self.b.c_index(0));
        self.b.select(negative, from_end, place)
    }

    pub(crate) fn slice_parts(&self, slice: &Val<'c>) -> [Val<'c>; 3] {
        let mut parts = self.elements(slice).into_iter();
        std::array::from_fn(|_| parts.next().unwrap_or_else(|| self.val(Ty::None, vec![])))
    }
}
