//! Reductions that give places: `argmin`, `argmax`.

use super::{Source, Space};
use crate::functions::Val;
use crate::functions::reductions::{Kind, Reduction};
use crate::lower_linalg::EXACT;
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

impl<'c> Lower<'c> {
    /// The place of the first least or greatest element; a NaN is the first of all, unless they are passed over.
    pub(super) fn arg_extreme(&mut self, space: &Space<'c>, array: &Val<'c>, reduction: Reduction) -> Val<'c> {
        let least = reduction.kind == Kind::ArgMin;
        let name = if least { "argmin" } else { "argmax" };
        let one = self.b.c_index(1);
        let zero = self.b.c_index(0);
        let many = space.dims.iter().zip(&space.reduced).filter(|(_, r)| **r).map(|(d, _)| *d).reduce(|a, b| self.b.bin("arith.muli", a, b)).unwrap_or(one);
        self.check(self.b.cmpi("ne", many, zero), "ValueError", &format!("attempt to get {name} of an empty sequence"));
        let element = array.ty.as_array().map_or(array.ty.clone(), |t| (*t.element).clone());
        let skip = reduction.skip_nan && !element.is_integral() && element.time_of().is_none();
        if self.settings.reduction && !skip && space.is_whole() && matches!(element, Ty::Int { .. } | Ty::Float(_)) {
            return self.first_of_extremes(space, array, &element, reduction);
        }
        let fillers = self.fillers(&element);
        let starts = [self.val(element.clone(), fillers), self.val(Ty::I64, vec![self.b.c_i64(-1)])];
        let sources = [Source { value: array.clone(), kept: false }];
        let found = self.reduce(space, &sources, &starts, "", &mut |l, acc, x| {
            let place = l.position(space);
            let first = l.b.cmpi("slt", acc[1].parts[0], l.b.c_i64(0));
            let mut better = l.compare(if least { "lt" } else { "gt" }, &x[0], &acc[0]);
            if !element.is_integral() {
                let nan = l.is_nan(&x[0]);
                if skip {
                    better = l.b.bin("arith.ori", first, better);
                    better = l.b.bin("arith.andi", better, l.invert(nan));
                } else {
                    let known = l.is_nan(&acc[0]);
                    let fresh = l.b.bin("arith.andi", nan, l.invert(known));
                    better = l.b.bin("arith.ori", better, fresh);
                }
            }
            if !skip {
                better = l.b.bin("arith.ori", first, better);
            }
            let place = l.val(Ty::I64, vec![place]);
            vec![l.choose(better, &x[0], &acc[0]), l.choose(better, &place, &acc[1])]
        });
        let place = found.into_iter().nth(1).expect("two accumulators");
        if skip {
            self.check_found(&place);
        }
        place
    }

    /// As above, on several threads: the extreme first, and then where it is, of which neither depends on the order of elements.
    fn first_of_extremes(&mut self, space: &Space<'c>, array: &Val<'c>, element: &Ty, reduction: Reduction) -> Val<'c> {
        let kind = if reduction.kind == Kind::ArgMin { Kind::Min } else { Kind::Max };
        let extreme = self.fold_elements(space, array, element, Reduction { kind, ..reduction }, None, None);
        let nowhere = self.b.c_i64(i64::MAX);
        let sources = [Source { value: array.clone(), kept: false }];
        let starts = [self.val(Ty::I64, vec![nowhere])];
        let found = self.reduce(space, &sources, &starts, EXACT, &mut |l, acc, x| {
            let place = l.position(space);
            let mut here = l.compare("eq", &x[0], &extreme);
            if element.is_float() {
                // The extreme is NaN if any element is.
                let nan = l.is_nan(&x[0]);
                here = l.b.bin("arith.ori", here, nan);
            }
            let place = l.b.select(here, place, nowhere);
            vec![l.val(Ty::I64, vec![l.b.bin("arith.minsi", acc[0].parts[0], place)])]
        });
        found.into_iter().next().expect("one accumulator")
    }

    /// `nanargmin` of nothing but NaNs raises.
    fn check_found(&mut self, place: &Val<'c>) {
        let check = |l: &mut Self, at: Value<'c>| l.check(l.b.cmpi("sge", at, l.b.c_i64(0)), "ValueError", "All-NaN slice encountered");
        if place.ty.as_array().is_none() {
            return check(self, place.parts[0]);
        }
        let dims = self.known_dims(place);
        self.for_each(&dims, &mut |l, indices| {
            let at = l.load(place, indices).parts[0];
            check(l, at);
        });
    }

    /// The place of the present element among those reduced to one, in C order.
    fn position(&mut self, space: &Space<'c>) -> Value<'c> {
        let b = &self.b;
        let mut place = b.c_index(0);
        for (axis, dim) in space.dims.iter().enumerate().filter(|(axis, _)| space.reduced[*axis]) {
            let index = b.val("linalg.index", &[], b.index(), &[("dim", b.int_attr(b.i64(), axis as i64))]);
            place = b.bin("arith.addi", b.bin("arith.muli", place, *dim), index);
        }
        b.index_cast(place, b.i64())
    }
}
