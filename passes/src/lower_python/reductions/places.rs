//! Reductions that give places: `argmin`, `argmax`.

use super::{Source, Space};
use crate::functions::Val;
use crate::functions::reductions::{Kind, Reduction};
use crate::lower_linalg::EXACT;
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// Elements of a block whose extreme is compared with those of the blocks before.
const BLOCK: i64 = 1024;

impl<'c> Lower<'c> {
    /// The place of the first least or greatest element; a NaN is the first of all, or, where they are passed over, the last.
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
        let array_ty = array.ty.as_array().filter(|ty| ty.layout == Layout::C && ty.bytes().is_none() && !ty.unaligned);
        if !skip && space.is_whole() && matches!(element, Ty::Int { .. } | Ty::Float(32 | 64)) && array_ty.is_some() && array.parts[0].def_by("rt.array").is_none() {
            return self.first_by_blocks(array, many, &element, reduction);
        }
        let fillers = self.fillers(&element);
        let mut starts = vec![self.val(element.clone(), fillers), self.val(Ty::I64, vec![self.b.c_i64(-1)])];
        // In the place of a NaN, which counts as the last of all; and whether there is anything else.
        let last = skip.then(|| {
            starts.push(self.val(Ty::Bool, vec![self.b.c_bool(false)]));
            let infinity = self.b.c_float(self.b.f64(), if least { f64::INFINITY } else { f64::NEG_INFINITY });
            let infinity = self.val(Ty::Float(64), vec![infinity]);
            self.cast(&infinity, &element)
        });
        let sources = [Source { value: array.clone(), kept: false }];
        let found = self.reduce(space, &sources, &starts, "", &mut |l, acc, x| {
            let place = l.position(space);
            let first = l.b.cmpi("slt", acc[1].parts[0], l.b.c_i64(0));
            let nan = (!element.is_integral()).then(|| l.is_nan(&x[0]));
            let item = match (&last, nan) {
                (Some(last), Some(nan)) => l.choose(nan, last, &x[0]),
                _ => x[0].clone(),
            };
            let mut better = l.compare(if least { "lt" } else { "gt" }, &item, &acc[0]);
            if let Some(nan) = nan.filter(|_| !skip) {
                let known = l.is_nan(&acc[0]);
                let fresh = l.b.bin("arith.andi", nan, l.invert(known));
                better = l.b.bin("arith.ori", better, fresh);
            }
            better = l.b.bin("arith.ori", first, better);
            let place = l.val(Ty::I64, vec![place]);
            let mut now = vec![l.choose(better, &item, &acc[0]), l.choose(better, &place, &acc[1])];
            if let Some(nan) = nan.filter(|_| skip) {
                let some = l.b.bin("arith.ori", acc[2].parts[0], l.invert(nan));
                now.push(l.val(Ty::Bool, vec![some]));
            }
            now
        });
        if skip {
            self.check_found(&found[2]);
        }
        found.into_iter().nth(1).expect("two accumulators")
    }

    /// As above, of elements in memory, one after the other: the extreme of each block, in vectors, then the place in the first block that has the extreme of all.
    fn first_by_blocks(&mut self, array: &Val<'c>, count: Value<'c>, element: &Ty, reduction: Reduction) -> Val<'c> {
        let (zero, step) = (self.b.c_index(0), self.b.c_index(BLOCK));
        let kind = if reduction.kind == Kind::ArgMin { Kind::Min } else { Kind::Max };
        let least = kind == Kind::Min;
        let first = self.block_of(array, zero, count);
        let first = self.load(&first, &[zero]);
        let found = self.scf_for(zero, count, step, &[first.parts[0], zero], &mut |l, start, carried| {
            let block = l.block_of(array, start, count);
            let space = Space { dims: l.known_dims(&block), reduced: vec![true] };
            let extreme = l.fold_elements(&space, &block, element, Reduction { kind, ..reduction }, None, None);
            let best = l.val(element.clone(), vec![carried[0]]);
            let mut better = l.compare(if least { "lt" } else { "gt" }, &extreme, &best);
            if element.is_float() {
                let (nan, known) = (l.is_nan(&extreme), l.is_nan(&best));
                let fresh = l.b.bin("arith.andi", nan, l.invert(known));
                better = l.b.bin("arith.ori", better, fresh);
            }
            vec![l.b.select(better, extreme.parts[0], carried[0]), l.b.select(better, start, carried[1])]
        });
        let block = self.block_of(array, found[1], count);
        let space = Space { dims: self.known_dims(&block), reduced: vec![true] };
        let extreme = self.val(element.clone(), vec![found[0]]);
        let place = self.first_equal(&space, &block, &extreme);
        let place = self.b.bin("arith.addi", place.parts[0], self.b.index_cast(found[1], self.b.i64()));
        self.val(Ty::I64, vec![place])
    }

    /// The elements of one block of an array in C order, from `start` on.
    fn block_of(&mut self, array: &Val<'c>, start: Value<'c>, count: Value<'c>) -> Val<'c> {
        let ty = Array { rank: 1, ..self.array_ty(array).clone() };
        let rest = self.b.bin("arith.subi", count, start);
        let size = self.b.bin("arith.minsi", rest, self.b.c_index(BLOCK));
        let one = self.b.c_index(1);
        self.view(array, ty, start, &[size], &[one])
    }

    /// As above, on several threads: the extreme first, and then where it is, of which neither depends on the order of elements.
    fn first_of_extremes(&mut self, space: &Space<'c>, array: &Val<'c>, element: &Ty, reduction: Reduction) -> Val<'c> {
        let kind = if reduction.kind == Kind::ArgMin { Kind::Min } else { Kind::Max };
        let extreme = self.fold_elements(space, array, element, Reduction { kind, ..reduction }, None, None);
        self.first_equal(space, array, &extreme)
    }

    /// Where the extreme of all these elements is first, or the first NaN, if there is one.
    fn first_equal(&mut self, space: &Space<'c>, array: &Val<'c>, extreme: &Val<'c>) -> Val<'c> {
        let nowhere = self.b.c_i64(i64::MAX);
        let sources = [Source { value: array.clone(), kept: false }];
        let starts = [self.val(Ty::I64, vec![nowhere])];
        let found = self.reduce(space, &sources, &starts, EXACT, &mut |l, acc, x| {
            let place = l.position(space);
            let mut here = l.compare("eq", &x[0], extreme);
            if extreme.ty.is_float() {
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
    fn check_found(&mut self, some: &Val<'c>) {
        let check = |l: &mut Self, some: Value<'c>| l.check(some, "ValueError", "All-NaN slice encountered");
        if some.ty.as_array().is_none() {
            return check(self, some.parts[0]);
        }
        let dims = self.known_dims(some);
        self.for_each(&dims, &mut |l, indices| {
            let some = l.load(some, indices).parts[0];
            check(l, some);
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
