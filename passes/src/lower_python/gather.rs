//! Reads and writes at places that arrays name.

use super::Lower;
use crate::functions::Val;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// What an array says of the places along one axis.
#[derive(Clone, Copy, PartialEq)]
pub enum Outside {
    /// Negative ones count from the end; others outside raise.
    Raises,
    /// They are taken modulo the size.
    Wraps,
    /// They become the first or the last.
    Clips,
    /// There are none.
    Absent,
}

/// Where the places along one axis are from.
#[derive(Clone)]
enum Source<'c> {
    Array(Val<'c>),
    /// The axis runs along with that one of the broadcast axes.
    Along(usize),
}

/// Places along one axis.
pub struct Places<'c> {
    source: Source<'c>,
    /// The axis of the view.
    axis: usize,
    /// What messages call it.
    number: usize,
    outside: Outside,
}

impl<'c> Places<'c> {
    /// In an array of the program. `number` is the axis in messages.
    pub fn given(array: Val<'c>, axis: usize, number: usize, outside: Outside) -> Self {
        Places { source: Source::Array(array), axis, number, outside }
    }

    /// In an array of which all are known to be in bounds and not negative.
    pub fn checked(array: Val<'c>, axis: usize) -> Self {
        Places::given(array, axis, axis, Outside::Absent)
    }

    /// All places of an axis of the view, which runs along with a broadcast axis of its size, or of another size if its own is one.
    pub fn along(axis: usize, broadcast: usize) -> Self {
        Places { source: Source::Along(broadcast), axis, number: axis, outside: Outside::Absent }
    }

    pub fn array_mut(&mut self) -> Option<&mut Val<'c>> {
        if let Source::Array(array) = &mut self.source { Some(array) } else { None }
    }
}

/// Some of the axes of a view are run through by places, broadcast against each other; the others are full.
pub struct Selection<'c> {
    pub view: Val<'c>,
    pub places: Vec<Places<'c>>,
    pub broadcast: Vec<Value<'c>>,
    /// Where the broadcast axes stand among the others.
    pub position: usize,
}

impl<'c> Selection<'c> {
    fn place_of(&self, axis: usize) -> Option<usize> {
        self.places.iter().position(|p| p.axis == axis)
    }
}

impl<'c> Lower<'c> {
    /// The sizes of what is selected.
    pub fn selected_dims(&mut self, selection: &Selection<'c>) -> Vec<Value<'c>> {
        let full = |(axis, dim): (usize, Value<'c>)| selection.place_of(axis).is_none().then_some(dim);
        let mut dims: Vec<_> = self.dims(&selection.view).into_iter().enumerate().filter_map(full).collect();
        dims.splice(selection.position..selection.position, selection.broadcast.iter().copied());
        dims
    }

    /// A new array of what is selected.
    pub fn gather(&mut self, selection: &Selection<'c>, result: &Ty) -> Val<'c> {
        let dims = self.selected_dims(selection);
        let ty = result.as_array().unwrap_or_else(|| panic!("{result} is no array")).clone();
        let new = self.alloc(ty, &dims, false);
        self.visit(selection, &mut |l, from, at| {
            let element = l.load(&selection.view, from);
            l.store(&new, at, &element);
        });
        new
    }

    /// Runs the body for every element that is selected, with its indices in the view and in the result, in the order of the result.
    pub fn visit(&mut self, selection: &Selection<'c>, body: &mut dyn FnMut(&mut Self, &[Value<'c>], &[Value<'c>])) {
        let dims = self.selected_dims(selection);
        let sources: Vec<_> = selection.places.iter().map(|p| self.spread_places(p, &selection.broadcast)).collect();
        let sizes: Vec<_> = selection.places.iter().map(|p| self.dim(&selection.view, p.axis)).collect();
        let (outer, inner) = dims.split_at(selection.position + selection.broadcast.len());
        let rank = self.array_ty(&selection.view).rank;
        self.for_each(outer, &mut |l, outer| {
            let (before, coordinates) = outer.split_at(selection.position);
            let mut places = vec![];
            for ((of, source), size) in selection.places.iter().zip(&sources).zip(&sizes) {
                places.push(l.place(source, coordinates, *size, of.outside));
            }
            l.for_each(inner, &mut |l, inner| {
                let mut others = before.iter().chain(inner).copied();
                let at = |axis| selection.place_of(axis).map_or_else(|| others.next(), |number| Some(places[number]));
                let from: Vec<_> = (0..rank).filter_map(at).collect();
                body(l, &from, &[outer, inner].concat());
            });
        });
    }

    /// Places with the sizes they are broadcast to.
    fn spread_places(&mut self, places: &Places<'c>, dims: &[Value<'c>]) -> Source<'c> {
        match &places.source {
            Source::Array(array) if self.dims(array) != dims => Source::Array(self.spread(array, dims)),
            source => source.clone(),
        }
    }

    fn place(&mut self, source: &Source<'c>, coordinates: &[Value<'c>], size: Value<'c>, outside: Outside) -> Value<'c> {
        match source {
            Source::Array(array) => {
                let place = self.place_at(array, coordinates);
                self.inside(place, size, outside)
            }
            Source::Along(axis) => {
                let single = self.b.cmpi("eq", size, self.b.c_index(1));
                self.b.select(single, self.b.c_index(0), coordinates[*axis])
            }
        }
    }

    /// A place in an array of them, as an index that may be negative. A uint64 is taken as the int64 of its bits, as in NumPy.
    pub fn place_at(&mut self, array: &Val<'c>, at: &[Value<'c>]) -> Value<'c> {
        let place = self.load(array, at);
        let wide = self.convert(place.parts[0], &place.ty, &Ty::I64);
        self.b.index_cast(wide, self.b.index())
    }

    /// Brings a place in bounds. One that raises has been checked.
    pub fn inside(&mut self, place: Value<'c>, size: Value<'c>, outside: Outside) -> Value<'c> {
        let zero = self.b.c_index(0);
        match outside {
            Outside::Absent => place,
            Outside::Raises => self.wrap(place, size),
            Outside::Clips => {
                let last = self.b.bin("arith.subi", size, self.b.c_index(1));
                let below = self.b.bin("arith.minsi", place, last);
                self.b.bin("arith.maxsi", below, zero)
            }
            Outside::Wraps => {
                let within = self.b.cmpi("ult", place, size);
                self.scf_if(within, &mut |_| vec![place], &mut |l| {
                    // Of an empty axis nothing is taken.
                    let size = l.b.bin("arith.maxsi", size, l.b.c_index(1));
                    let rest = l.b.bin("arith.remsi", place, size);
                    vec![l.wrap(rest, size)]
                })[0]
            }
        }
    }

    /// Raises IndexError for the first place outside, of the first array that has one; none is looked at when they select nothing.
    pub fn check_places(&mut self, selection: &Selection<'c>) {
        let zero = self.b.c_index(0);
        let some = selection.broadcast.iter().map(|d| self.b.cmpi("ne", *d, zero)).reduce(|a, b| self.b.bin("arith.andi", a, b));
        let some = some.unwrap_or_else(|| self.b.c_bool(true));
        self.check_places_if(some, selection);
    }

    pub fn check_places_if(&mut self, some: Value<'c>, selection: &Selection<'c>) {
        let checked = self.settings.boundscheck;
        for places in selection.places.iter().filter(|p| checked && p.outside == Outside::Raises) {
            let Source::Array(array) = &places.source else { continue };
            let size = self.dim(&selection.view, places.axis);
            let outside = self.any_outside(array, size);
            let outside = self.b.bin("arith.andi", outside, some);
            self.scf_if(
                outside,
                &mut |l| {
                    let first = l.first_outside(array, size);
                    l.index_op(first, size, true, &places.number.to_string());
                    vec![]
                },
                &mut |_| vec![],
            );
        }
    }

    /// Whether a place is not in `[-size, size)`: one comparison, of unsigned numbers.
    fn is_outside(&mut self, place: Value<'c>, size: Value<'c>) -> Value<'c> {
        let moved = self.b.bin("arith.addi", place, size);
        let limit = self.b.bin("arith.addi", size, size);
        self.b.cmpi("uge", moved, limit)
    }

    fn any_outside(&mut self, places: &Val<'c>, size: Value<'c>) -> Value<'c> {
        let dims = self.dims(places);
        let none = self.b.c_bool(false);
        self.for_each_carrying(&dims, &[none], &mut |l, at, found| {
            let place = l.place_at(places, at);
            let outside = l.is_outside(place, size);
            vec![l.b.bin("arith.ori", found[0], outside)]
        })[0]
    }

    fn first_outside(&mut self, places: &Val<'c>, size: Value<'c>) -> Value<'c> {
        let dims = self.dims(places);
        let inits = [self.b.c_bool(false), self.b.c_index(0)];
        self.for_each_carrying(&dims, &inits, &mut |l, at, carried| {
            let place = l.place_at(places, at);
            let outside = l.is_outside(place, size);
            vec![l.b.bin("arith.ori", carried[0], outside), l.b.select(carried[0], carried[1], place)]
        })[1]
    }

    /// As `for_each`, with carried values; the body gives the next ones.
    pub fn for_each_carrying(
        &mut self,
        dims: &[Value<'c>],
        inits: &[Value<'c>],
        body: &mut dyn FnMut(&mut Self, &[Value<'c>], &[Value<'c>]) -> Vec<Value<'c>>,
    ) -> Vec<Value<'c>> {
        self.carrying_axis(dims, &mut vec![], inits, body)
    }

    fn carrying_axis(
        &mut self,
        dims: &[Value<'c>],
        indices: &mut Vec<Value<'c>>,
        inits: &[Value<'c>],
        body: &mut dyn FnMut(&mut Self, &[Value<'c>], &[Value<'c>]) -> Vec<Value<'c>>,
    ) -> Vec<Value<'c>> {
        let Some((&dim, rest)) = dims.split_first() else { return body(self, indices, inits) };
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        self.scf_for(zero, dim, one, inits, &mut |l, i, carried| {
            indices.push(i);
            let next = l.carrying_axis(rest, indices, carried, body);
            indices.pop();
            next
        })
    }

    /// The elements in C order as an array of one axis: a view of a packed array, of any other a copy.
    pub fn raveled(&mut self, array: &Val<'c>) -> Val<'c> {
        if let Some(view) = self.flattened(array) {
            return view;
        }
        let ty = Ty::Array(Array { layout: Layout::C, readonly: false, ..self.array_ty(array).clone() });
        let parts = self.copy_array(array, &ty);
        let copy = self.val(ty, parts);
        self.flattened(&copy).unwrap_or(copy)
    }

    /// The elements of a packed array as one axis; of any other none.
    pub fn flattened(&mut self, array: &Val<'c>) -> Option<Val<'c>> {
        let ty = self.array_ty(array).clone();
        if ty.rank == 1 {
            return Some(array.clone());
        }
        if ty.layout != Layout::C {
            return None;
        }
        let (size, zero) = (self.size(array), self.b.c_index(0));
        let strides = self.packed_strides_of(&ty, &[size], true);
        Some(self.view(array, Array { rank: 1, ..ty }, zero, &[size], &strides))
    }
}
