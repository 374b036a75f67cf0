//! Masks: how many places are true, which, and what stands there. Nothing here depends on a branch for every element: stretches of
//! places are counted first, and of a mixed one every element is written to the next free place, kept or not.

use super::Lower;
use crate::functions::Val;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// Places counted at a time: as many as a byte can count.
const COUNTED: i64 = 128;
/// Places looked at together when those of the true ones are wanted.
const STRETCH: i64 = 64;

/// Called with the indices of a true place and its number among them.
type AtTrue<'a, 'c> = &'a mut dyn FnMut(&mut Lower<'c>, &[Value<'c>], Value<'c>);

impl<'c> Lower<'c> {
    /// Whether the element of an array is true, an i1.
    pub fn true_at(&mut self, mask: &Val<'c>, at: &[Value<'c>]) -> Value<'c> {
        let element = self.load(mask, at);
        self.truth(&element)
    }

    /// The number of true elements, an index.
    pub fn count_true(&mut self, mask: &Val<'c>) -> Value<'c> {
        let mask = self.flattened(mask).unwrap_or_else(|| mask.clone());
        let dims = self.dims(&mask);
        let zero = self.b.c_index(0);
        let Some((&length, outer)) = dims.split_last() else {
            let truth = self.true_at(&mask, &[]);
            return self.b.val("arith.index_castui", &[truth], self.b.index(), &[]);
        };
        self.for_each_carrying(outer, &[zero], &mut |l, outer, total| vec![l.count_line(&mask, outer, length, total[0])])[0]
    }

    /// Adds the number of true elements along the last axis.
    fn count_line(&mut self, mask: &Val<'c>, outer: &[Value<'c>], length: Value<'c>, total: Value<'c>) -> Value<'c> {
        let (zero, one, step) = (self.b.c_index(0), self.b.c_index(1), self.b.c_index(COUNTED));
        let whole = self.whole(length, step);
        let total = self.scf_for(zero, whole, step, &[total], &mut |l, start, total| {
            let count = l.count_stretch(mask, outer, start, step);
            vec![l.b.bin("arith.addi", total[0], count)]
        });
        self.scf_for(whole, length, one, &total, &mut |l, i, total| {
            let truth = l.true_at(mask, &[outer, &[i]].concat());
            let count = l.b.val("arith.index_castui", &[truth], l.b.index(), &[]);
            vec![l.b.bin("arith.addi", total[0], count)]
        })[0]
    }

    /// The part of a length that is a multiple of the step.
    fn whole(&mut self, length: Value<'c>, step: Value<'c>) -> Value<'c> {
        self.b.bin("arith.subi", length, self.b.bin("arith.remui", length, step))
    }

    /// The number of true elements among `size` ones, at most 255: it is counted in bytes.
    fn count_stretch(&mut self, mask: &Val<'c>, outer: &[Value<'c>], start: Value<'c>, size: Value<'c>) -> Value<'c> {
        let byte = self.b.int(8);
        let (zero, one, none) = (self.b.c_index(0), self.b.c_index(1), self.b.c_int(byte, 0));
        let count = self.scf_for(zero, size, one, &[none], &mut |l, i, count| {
            let at = l.b.bin("arith.addi", start, i);
            let truth = l.true_at(mask, &[outer, &[at]].concat());
            let truth = l.b.val("arith.extui", &[truth], byte, &[]);
            vec![l.b.bin("arith.addi", count[0], truth)]
        })[0];
        self.b.val("arith.index_castui", &[count], self.b.index(), &[])
    }

    /// Runs the body for every true place in C order. An eager one is also run for others, with the number of the true one that follows: it may
    /// write nothing but what belongs to that number, for which there must be room when none follows.
    pub fn for_each_true(&mut self, mask: &Val<'c>, eager: bool, body: AtTrue<'_, 'c>) {
        let dims = self.dims(mask);
        let zero = self.b.c_index(0);
        let Some((length, outer)) = dims.split_last() else {
            self.true_step(mask, &[], zero, eager, body);
            return;
        };
        self.for_each_carrying(outer, &[zero], &mut |l, outer, number| vec![l.true_line(mask, outer, *length, number[0], eager, body)]);
    }

    /// Goes on along the last axis with the next number; gives the one after.
    fn true_line(&mut self, mask: &Val<'c>, outer: &[Value<'c>], length: Value<'c>, number: Value<'c>, eager: bool, body: AtTrue<'_, 'c>) -> Value<'c> {
        let (zero, one, step) = (self.b.c_index(0), self.b.c_index(1), self.b.c_index(STRETCH));
        let whole = self.whole(length, step);
        let number = self.scf_for(zero, whole, step, &[number], &mut |l, start, number| {
            let count = l.count_stretch(mask, outer, start, step);
            let some = l.b.cmpi("ne", count, zero);
            l.scf_if(
                some,
                &mut |l| {
                    let all = l.b.cmpi("eq", count, step);
                    let eager = eager.then_some(all);
                    vec![l.true_stretch(mask, outer, start, number[0], eager, body)]
                },
                &mut |_| number.to_vec(),
            )
        });
        self.scf_for(whole, length, one, &number, &mut |l, i, number| vec![l.true_step(mask, &[outer, &[i]].concat(), number[0], eager, body)])[0]
    }

    /// A stretch with true elements. Where the body is eager, `all` says whether all are, and nothing is asked of each then.
    fn true_stretch(
        &mut self,
        mask: &Val<'c>,
        outer: &[Value<'c>],
        start: Value<'c>,
        number: Value<'c>,
        all: Option<Value<'c>>,
        body: AtTrue<'_, 'c>,
    ) -> Value<'c> {
        let (zero, one, step) = (self.b.c_index(0), self.b.c_index(1), self.b.c_index(STRETCH));
        let body = std::cell::RefCell::new(body);
        let mut mixed = |l: &mut Self| {
            l.scf_for(zero, step, one, &[number], &mut |l, i, number| {
                let at = l.b.bin("arith.addi", start, i);
                vec![l.true_step(mask, &[outer, &[at]].concat(), number[0], all.is_some(), &mut **body.borrow_mut())]
            })
        };
        let Some(all) = all else { return mixed(self)[0] };
        let mut all_true = |l: &mut Self| {
            l.scf_for(zero, step, one, &[], &mut |l, i, _| {
                let (at, number) = (l.b.bin("arith.addi", start, i), l.b.bin("arith.addi", number, i));
                body.borrow_mut()(l, &[outer, &[at]].concat(), number);
                vec![]
            });
            vec![l.b.bin("arith.addi", number, step)]
        };
        self.scf_if(all, &mut all_true, &mut mixed)[0]
    }

    /// One place; gives the next number.
    fn true_step(&mut self, mask: &Val<'c>, at: &[Value<'c>], number: Value<'c>, eager: bool, body: AtTrue<'_, 'c>) -> Value<'c> {
        let truth = self.true_at(mask, at);
        if eager {
            body(self, at, number);
        } else {
            self.scf_if(
                truth,
                &mut |l| {
                    body(l, at, number);
                    vec![]
                },
                &mut |_| vec![],
            );
        }
        let step = self.b.val("arith.index_castui", &[truth], self.b.index(), &[]);
        self.b.bin("arith.addi", number, step)
    }

    /// An array and a mask over all its axes, both packed, as such of one axis; others as they are.
    fn flattened_both(&mut self, array: &Val<'c>, mask: &Val<'c>) -> (Val<'c>, Val<'c>) {
        let same = self.array_ty(array).rank == self.array_ty(mask).rank;
        match (self.flattened(array), self.flattened(mask)) {
            (Some(array), Some(mask)) if same => (array, mask),
            _ => (array.clone(), mask.clone()),
        }
    }

    /// A new array of `count` (and further) places with room for one more than that.
    pub fn roomy(&mut self, ty: Array, count: Value<'c>, further: &[Value<'c>]) -> Val<'c> {
        let more = self.b.bin("arith.addi", count, self.b.c_index(1));
        let block = self.alloc(ty.clone(), &[&[more], further].concat(), false);
        let dims = [&[count], further].concat();
        let (start, strides) = (self.b.c_index(0), self.packed_strides_of(&ty, &dims, true));
        self.view(&block, ty, start, &dims, &strides)
    }

    /// The places of the true elements: for each axis a new array of int64.
    pub fn true_places(&mut self, mask: &Val<'c>) -> Vec<Val<'c>> {
        let count = self.count_true(mask);
        let ty = Array { element: Box::new(Ty::I64), rank: 1, layout: Layout::C, readonly: false, unaligned: false };
        let arrays: Vec<_> = (0..self.array_ty(mask).rank).map(|_| self.roomy(ty.clone(), count, &[])).collect();
        self.for_each_true(mask, true, &mut |l, at, number| {
            for (array, place) in arrays.iter().zip(at) {
                let place = l.val(Ty::I64, vec![l.b.index_cast(*place, l.b.i64())]);
                l.store(array, &[number], &place);
            }
        });
        arrays
    }

    /// A new array of what stands at the true places of a mask over the first axes.
    pub fn compress(&mut self, array: &Val<'c>, mask: &Val<'c>) -> Val<'c> {
        let count = self.count_true(mask);
        let (ty, masked) = (self.array_ty(array).clone(), self.array_ty(mask).rank);
        let result = Array { element: ty.element.clone(), rank: 1 + ty.rank - masked, layout: Layout::C, readonly: false, unaligned: false };
        if ty.rank == masked {
            let new = self.roomy(result, count, &[]);
            let (array, mask) = self.flattened_both(array, mask);
            self.for_each_true(&mask, true, &mut |l, at, number| {
                let element = l.load(&array, at);
                l.store(&new, &[number], &element);
            });
            return new;
        }
        let rows = self.dims(array)[masked..].to_vec();
        let new = self.alloc(result, &[&[count], &rows[..]].concat(), false);
        self.for_each_true(mask, false, &mut |l, at, number| {
            l.for_each(&rows, &mut |l, row| {
                let element = l.load(array, &[at, row].concat());
                l.store(&new, &[&[number], row].concat(), &element);
            });
        });
        new
    }

    /// `array[mask] = number`, or a record
    pub fn fill_where(&mut self, array: &Val<'c>, mask: &Val<'c>, item: &Val<'c>) {
        let element = (*self.array_ty(array).element).clone();
        let item = if item.ty.is_scalar() { self.cast(item, &element) } else { item.clone() };
        let mask = self.apart(array, mask);
        let (array, mask) = self.flattened_both(array, &mask);
        let outer = self.dims(&mask);
        let inner = self.dims(&array)[outer.len()..].to_vec();
        self.for_each(&outer, &mut |l, at| {
            let truth = l.true_at(&mask, at);
            l.scf_if(
                truth,
                &mut |l| {
                    l.for_each(&inner, &mut |l, row| l.store(&array, &[at, row].concat(), &item));
                    vec![]
                },
                &mut |_| vec![],
            );
        });
    }

    /// `array[mask] = values` with a mask over all axes: one value for each true place, or one for all.
    pub(super) fn expand_into(&mut self, array: &Val<'c>, mask: &Val<'c>, values: &Val<'c>) {
        if self.array_ty(values).rank == 0 {
            let value = self.load(values, &[]);
            return self.fill_where(array, mask, &value);
        }
        let (count, given) = (self.count_true(mask), self.dim(values, 0));
        let one = self.b.c_index(1);
        let single = self.b.cmpi("eq", given, one);
        let fits = self.b.bin("arith.ori", single, self.b.cmpi("eq", given, count));
        let message = "NumPy boolean array indexing assignment cannot assign {} input values to the {} output values where the mask is true";
        self.check_ints(fits, "ValueError", message, &[given, count]);
        let (mask, values) = (self.apart(array, mask), self.apart(array, values));
        let (array, mask) = self.flattened_both(array, &mask);
        let step = self.b.select(single, self.b.c_index(0), one);
        self.for_each_true(&mask, false, &mut |l, at, number| {
            let from = l.b.bin("arith.muli", number, step);
            let value = l.load(&values, &[from]);
            l.store(&array, at, &value);
        });
    }
}
