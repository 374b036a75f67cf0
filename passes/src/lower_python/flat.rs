//! `array.flat[index]`, read and assigned: an index gives the numbers of elements in C order.

use super::Lower;
use crate::advanced_index::Part;
use crate::functions::Val;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// What an index into `array.flat` names.
enum Numbers<'c> {
    One(Value<'c>),
    /// An array of integers, which count from the end when negative and are not checked.
    Many(Val<'c>),
}

impl<'c> Lower<'c> {
    pub(super) fn flat_item(&mut self, flat: &Val<'c>, index: &Val<'c>, result: &Ty) -> Result<Val<'c>, Diagnostic> {
        let array = self.walked(flat);
        match self.flat_numbers(&array, index)? {
            Numbers::One(number) => {
                let at = self.unraveled(&array, number);
                Ok(self.load(&array, &at))
            }
            Numbers::Many(numbers) => {
                let dims = self.dims(&numbers);
                let ty = result.as_array().ok_or_else(|| self.internal("no array"))?.clone();
                let new = self.alloc(ty, &dims, false);
                self.for_each(&dims, &mut |l, to| {
                    let at = l.flat_place(&array, &numbers, to);
                    let element = l.load(&array, &at);
                    l.store(&new, to, &element);
                });
                Ok(new)
            }
        }
    }

    /// Values that are too few are stored over and over, what is left of them is not. As in NumPy all is stored up to a place that is outside.
    pub(super) fn set_flat(&mut self, flat: &Val<'c>, index: &Val<'c>, item: &Val<'c>) -> Result<(), Diagnostic> {
        let array = self.walked(flat);
        let numbers = match self.flat_numbers(&array, index)? {
            Numbers::One(number) => {
                let at = self.unraveled(&array, number);
                let item = if item.ty.as_array().is_some() { self.load(item, &[]) } else { item.clone() };
                self.store(&array, &at, &item);
                return Ok(());
            }
            Numbers::Many(numbers) => self.apart(&array, &numbers),
        };
        let values = self.array_of(item);
        let values = self.raveled(&values);
        let values = self.apart(&array, &values);
        let given = self.dim(&values, 0);
        let (dims, zero) = (self.dims(&numbers), self.b.c_index(0));
        let none = self.b.cmpi("eq", given, zero);
        self.scf_if(none, &mut |_| vec![], &mut |l| {
            l.for_each_carrying(&dims, &[zero], &mut |l, from, next| {
                let at = l.flat_place(&array, &numbers, from);
                let value = l.load(&values, &[next[0]]);
                l.store(&array, &at, &value);
                vec![l.next_of(next[0], given)]
            });
            vec![]
        });
        Ok(())
    }

    /// The array that an iterator runs over.
    fn walked(&self, walk: &Val<'c>) -> Val<'c> {
        let Ty::Walk(_, over) = &walk.ty else { panic!("{} does not run over an array", walk.ty) };
        self.val((**over).clone(), walk.parts.clone())
    }

    fn flat_numbers(&mut self, array: &Val<'c>, index: &Val<'c>) -> Result<Numbers<'c>, Diagnostic> {
        let size = self.size(array);
        let (items, _) = self.index_items(index);
        let Some(item) = items.first() else { return Ok(Numbers::Many(self.all_numbers(size))) };
        Ok(match Part::of(&item.ty) {
            Some(Part::At) => {
                let place = self.convert(item.parts[0], &item.ty, &Ty::I64);
                let place = self.b.index_cast(place, self.b.index());
                Numbers::One(self.flat_number(place, size))
            }
            Some(Part::Ellipsis) => Numbers::Many(self.all_numbers(size)),
            Some(Part::Slice) => {
                let places = self.slice_places(item, size);
                Numbers::Many(self.numbers_along(places.start, places.step, places.length))
            }
            Some(Part::Mask(_)) => {
                let length = self.dim(item, 0);
                let empty = self.b.cmpi("eq", length, self.b.c_index(0));
                let fits = self.b.bin("arith.ori", empty, self.b.cmpi("eq", length, size));
                let message = "boolean index did not match indexed flat iterator along axis 0; size of axis is {} but size of corresponding boolean axis is {}";
                self.check_ints(fits, "IndexError", message, &[size, length]);
                Numbers::Many(self.true_places(item).remove(0))
            }
            Some(Part::Places(_)) => Numbers::Many(item.clone()),
            _ => return Err(self.internal("no index of a flat iterator")),
        })
    }

    /// The indices of an element from an array of numbers.
    fn flat_place(&mut self, array: &Val<'c>, numbers: &Val<'c>, at: &[Value<'c>]) -> Vec<Value<'c>> {
        let (place, size) = (self.place_at(numbers, at), self.size(array));
        let number = self.flat_number(place, size);
        self.unraveled(array, number)
    }

    /// A place that counts from the end when negative. It is checked even where indices are not.
    pub fn flat_number(&mut self, place: Value<'c>, size: Value<'c>) -> Value<'c> {
        let wrapped = self.wrap(place, size);
        let inside = self.b.cmpi("ult", wrapped, size);
        self.check_ints(inside, "IndexError", "index {} is out of bounds for size {}", &[place, size]);
        wrapped
    }

    fn all_numbers(&mut self, size: Value<'c>) -> Val<'c> {
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        self.numbers_along(zero, one, size)
    }

    fn numbers_along(&mut self, start: Value<'c>, step: Value<'c>, length: Value<'c>) -> Val<'c> {
        let ty = Array { element: Box::new(Ty::I64), rank: 1, layout: Layout::C, readonly: false, unaligned: false };
        let numbers = self.alloc(ty, &[length], false);
        self.for_each(&[length], &mut |l, at| {
            let along = l.b.bin("arith.muli", at[0], step);
            let number = l.b.bin("arith.addi", start, along);
            let number = l.val(Ty::I64, vec![l.b.index_cast(number, l.b.i64())]);
            l.store(&numbers, at, &number);
        });
        numbers
    }
}
