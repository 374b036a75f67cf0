//! What comprehensions collect: an array with room for all items, filled one by one.
//!
//! A collector has the number of items that there is room for until the first one comes; then, for numbers, how many there are and the array;
//! for arrays, which become rows, the room as well: how large a row is only the first one tells.

use super::Lower;
use crate::functions::{Val, new_array};
use zouk_dialects::ir::{Type, Value};
use zouk_dialects::ty::{Array, Layout, Ty};

/// Room for so many items at least, where their number is not known before.
const LEAST_ROOM: i64 = 16;

/// The array of all items.
pub(super) fn collected(item: &Ty) -> Array {
    let (element, rank) = match item {
        Ty::Array(array) => ((*array.element).clone(), array.rank + 1),
        number => (number.clone(), 1),
    };
    Array { element: Box::new(element), rank, layout: Layout::C, readonly: false, unaligned: false }
}

impl<'c> Lower<'c> {
    pub(super) fn collector_parts(&self, item: &Ty) -> Vec<Type<'c>> {
        let index = self.b.index();
        match item {
            Ty::None | Ty::Unknown => vec![index],
            Ty::Array(_) => vec![index, index, self.memref(&collected(item))],
            _ => vec![index, self.memref(&collected(item))],
        }
    }

    /// A collector for items of a type, with those of one of another type in it.
    pub(super) fn collector_for(&mut self, collector: &Val<'c>, item: &Ty) -> Vec<Value<'c>> {
        let Ty::Collector(known) = &collector.ty else { panic!("{} collects nothing", collector.ty) };
        let array = collected(item);
        if **known != Ty::None {
            let (last, others) = collector.parts.split_last().expect("a collector with items has an array");
            let items = self.val(Ty::Array(collected(known)), vec![*last]);
            return [others, &self.astype(&items, &Ty::Array(array))].concat();
        }
        let (room, none) = (collector.parts[0], self.b.c_index(0));
        if array.rank == 1 {
            return [vec![none], self.alloc(array, &[room], false).parts].concat();
        }
        let dims = vec![none; array.rank];
        [vec![room, none], self.alloc(array, &dims, false).parts].concat()
    }

    /// The collector with one more item; where the room may be too small, it grows.
    pub fn collect(&mut self, collector: &Val<'c>, item: &Val<'c>, ty: &Ty, grows: bool) -> Vec<Value<'c>> {
        let Ty::Collector(kind) = ty else { panic!("{ty} collects nothing") };
        let collector = self.cast(collector, ty);
        let one = self.b.c_index(1);
        let ty = collected(kind);
        if let Ty::Array(row) = &**kind {
            let item = self.row(item, row);
            let dims = self.dims(&item);
            let collector = self.val(collector.ty.clone(), collector.parts);
            let parts = self.room_for_row(&collector, &dims, grows);
            let [room, count, array] = [0, 1, 2].map(|i| parts[i]);
            let array = self.val(Ty::Array(ty), vec![array]);
            self.for_each(&dims, &mut |l, at| {
                let element = l.load(&item, at);
                l.store(&array, &[&[count], at].concat(), &element);
            });
            return vec![room, self.b.bin("arith.addi", count, one), array.parts[0]];
        }
        let item = if item.ty.as_array().is_some() { self.load(item, &[]) } else { item.clone() };
        let [count, array] = [0, 1].map(|i| collector.parts[i]);
        let mut array = self.val(Ty::Array(ty), vec![array]);
        if grows {
            array = self.grown(&array, count);
        }
        self.store(&array, &[count], &item);
        vec![self.b.bin("arith.addi", count, one), array.parts[0]]
    }

    /// The item as an array.
    fn row(&mut self, item: &Val<'c>, row: &Array) -> Val<'c> {
        if item.ty.as_array().is_some() {
            return item.clone();
        }
        let ty = Ty::Array(row.clone());
        let parts = new_array(self, item, &ty);
        self.val(ty, parts)
    }

    /// The collector with room for a row of that length.
    pub fn with_room(&mut self, collector: &Val<'c>, length: Value<'c>, grows: bool) -> Vec<Value<'c>> {
        self.room_for_row(collector, &[length], grows)
    }

    /// A collector for the items of the next row, which has room.
    pub fn empty_row(&mut self, collector: &Val<'c>) -> Vec<Value<'c>> {
        let [count, array] = [1, 2].map(|i| collector.parts[i]);
        let Ty::Collector(row) = &collector.ty else { panic!("{} collects nothing", collector.ty) };
        let array = self.val(Ty::Array(collected(row)), vec![array]);
        let length = self.dim(&array, 1);
        let (none, one) = (self.b.c_index(0), self.b.c_index(1));
        let ty = Array { rank: 1, ..collected(row) };
        let start = self.b.bin("arith.muli", count, length);
        let row = self.view(&array, ty, start, &[length], &[one]);
        vec![none, row.parts[0]]
    }

    /// The collector after a row that has been filled where it stands.
    pub fn next_row(&mut self, collector: &Val<'c>) -> Vec<Value<'c>> {
        let [room, count, array] = [0, 1, 2].map(|i| collector.parts[i]);
        vec![room, self.b.bin("arith.addi", count, self.b.c_index(1)), array]
    }

    /// The collector with room for one more row: the first one says how large rows are, others must be as large.
    fn room_for_row(&mut self, collector: &Val<'c>, sizes: &[Value<'c>], grows: bool) -> Vec<Value<'c>> {
        let [room, count, array] = [0, 1, 2].map(|i| collector.parts[i]);
        let Ty::Collector(row) = &collector.ty else { panic!("{} collects nothing", collector.ty) };
        let array = self.val(Ty::Array(collected(row)), vec![array]);
        let known = self.dims(&array);
        let first = self.b.cmpi("eq", count, self.b.c_index(0));
        for (axis, size) in sizes.iter().enumerate() {
            let detected = if axis == 0 { "({},)".to_string() } else { format!("({})", vec!["{}"; axis + 1].join(", ")) };
            let message = format!(
                "setting an array element with a sequence. The requested array has an inhomogeneous shape after {} dimensions. \
                 The detected shape was {detected} + inhomogeneous part.",
                axis + 1
            );
            let fits = self.b.bin("arith.ori", first, self.b.cmpi("eq", *size, known[axis + 1]));
            self.check_ints(fits, "ValueError", &message, &[&[room], &known[1..=axis]].concat());
        }
        let parts = self.scf_if(
            first,
            &mut |l| {
                let dims = [&[room], sizes].concat();
                l.alloc(l.array_ty(&array).clone(), &dims, false).parts
            },
            &mut |_| array.parts.clone(),
        );
        let array = self.val(array.ty.clone(), parts);
        let array = if grows { self.grown(&array, count) } else { array };
        vec![room, count, array.parts[0]]
    }

    /// The array, or one of twice the length with the same elements when all its places are taken.
    fn grown(&mut self, array: &Val<'c>, count: Value<'c>) -> Val<'c> {
        let dims = self.dims(array);
        let full = self.b.cmpi("eq", count, dims[0]);
        let parts = self.scf_if(
            full,
            &mut |l| {
                let twice = l.b.bin("arith.muli", dims[0], l.b.c_index(2));
                let room = l.b.bin("arith.maxsi", twice, l.b.c_index(LEAST_ROOM));
                let larger = l.alloc(l.array_ty(array).clone(), &[&[room], &dims[1..]].concat(), false);
                l.copy_rows(array, &larger, count);
                larger.parts
            },
            &mut |_| array.parts.clone(),
        );
        self.val(array.ty.clone(), parts)
    }

    fn copy_rows(&mut self, from: &Val<'c>, to: &Val<'c>, count: Value<'c>) {
        let dims = [&[count], &self.dims(from)[1..]].concat();
        self.for_each(&dims, &mut |l, at| {
            let element = l.load(from, at);
            l.store(to, at, &element);
        });
    }

    /// The array of all items. It is cut to their number where there may be fewer than there was room for.
    pub fn collection(&mut self, collector: &Val<'c>, may_be_fewer: bool) -> Vec<Value<'c>> {
        let Ty::Collector(kind) = &collector.ty else { panic!("{} collects nothing", collector.ty) };
        let ty = collected(if **kind == Ty::None { &Ty::F64 } else { kind });
        if **kind == Ty::None {
            let none = self.b.c_index(0);
            return self.alloc(ty, &[none], false).parts;
        }
        let last = collector.parts.len() - 1;
        let array = self.val(Ty::Array(ty.clone()), vec![collector.parts[last]]);
        if !may_be_fewer {
            return array.parts;
        }
        let count = collector.parts[last - 1];
        let dims = [&[count], &self.dims(&array)[1..]].concat();
        let exact = self.alloc(ty, &dims, false);
        self.copy_rows(&array, &exact, count);
        exact.parts
    }
}
