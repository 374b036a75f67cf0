//! Means, and variances and standard deviations, which are distances from a mean.

use super::{Source, Space};
use crate::functions::Val;
use crate::functions::reductions::{Kind, Reduction};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

impl<'c> Lower<'c> {
    /// The number of elements that each result is of, a float64.
    fn count(&mut self, space: &Space<'c>) -> Val<'c> {
        let dims = space.dims.iter().zip(&space.reduced).filter(|(_, r)| **r).map(|(d, _)| *d);
        let count = dims.reduce(|a, b| self.b.bin("arith.muli", a, b)).unwrap_or_else(|| self.b.c_index(1));
        let count = self.val(Ty::I64, vec![self.b.index_cast(count, self.b.i64())]);
        self.cast(&count, &Ty::F64)
    }

    /// The mean, and how many elements it is of.
    pub(super) fn mean(&mut self, space: &Space<'c>, array: &Val<'c>, compute: &Ty, mask: Option<&Val<'c>>, skip_nan: bool) -> (Val<'c>, Val<'c>) {
        let sum = self.fold_elements(space, array, compute, Reduction { kind: Kind::Sum, skip_nan, params: "" }, mask, None);
        let floats = array.ty.as_array().map_or(&array.ty, |t| &t.element).is_float() || compute.is_complex();
        let count = if mask.is_some() || skip_nan && floats { self.counted(space, array, mask, skip_nan) } else { self.count(space) };
        let quotient = if compute.is_integral() { &Ty::F64 } else { compute };
        let mean = self.map_all(&[sum, count.clone()], quotient, &mut |l, x| {
            let sum = l.cast(&x[0], quotient);
            l.divided(&sum, &x[1], quotient)
        });
        (mean, count)
    }

    /// How many elements are neither masked nor passed over.
    fn counted(&mut self, space: &Space<'c>, array: &Val<'c>, mask: Option<&Val<'c>>, skip_nan: bool) -> Val<'c> {
        let mut sources = vec![Source { value: array.clone(), kept: false }];
        sources.extend(mask.map(|m| Source { value: m.clone(), kept: false }));
        let zero = self.val(Ty::I64, vec![self.b.c_i64(0)]);
        let counts = self.reduce(space, &sources, &[zero], "", &mut |l, acc, x| {
            let mut counts = l.b.c_bool(true);
            if skip_nan && (x[0].ty.is_float() || x[0].ty.is_complex()) {
                let nan = l.is_nan(&x[0]);
                counts = l.invert(nan);
            }
            if let Some(chosen) = x.get(1) {
                counts = l.b.bin("arith.andi", counts, chosen.parts[0]);
            }
            let one = l.b.val("arith.extui", &[counts], l.b.i64(), &[]);
            vec![l.val(Ty::I64, vec![l.b.bin("arith.addi", acc[0].parts[0], one)])]
        });
        self.map_all(&counts, &Ty::F64, &mut |l, x| l.cast(&x[0], &Ty::F64))
    }

    fn divided(&mut self, x: &Val<'c>, count: &Val<'c>, ty: &Ty) -> Val<'c> {
        if ty.time_of().is_some() {
            let count = self.cast(count, &Ty::I64);
            let parts = self.of_times("numpy.divide", &[x.clone(), count]);
            return self.val(ty.clone(), parts);
        }
        let part = if let Ty::Complex(bits) = ty { Ty::Float(*bits) } else { ty.clone() };
        let count = self.cast(count, &part).parts[0];
        let parts = x.parts.iter().map(|p| self.float_bin("div", *p, count)).collect();
        self.val(ty.clone(), parts)
    }

    /// The mean of the squared distances from the mean, in two passes; with its root for `std`.
    pub(super) fn variance(&mut self, space: &Space<'c>, array: &Val<'c>, compute: &Ty, mask: Option<&Val<'c>>, ddof: Option<Val<'c>>, reduction: Reduction) -> Val<'c> {
        let skip = reduction.skip_nan;
        let (mean, count) = self.mean(space, array, compute, mask, skip);
        let real = if let Ty::Complex(bits) = compute { Ty::Float(*bits) } else { compute.clone() };
        let mut sources = vec![Source { value: array.clone(), kept: false }, Source { value: mean, kept: true }];
        sources.extend(mask.map(|m| Source { value: m.clone(), kept: false }));
        let zero = self.val(real.clone(), vec![self.b.c_float(self.scalar(&real), 0.0)]);
        let squares = self.reduce(space, &sources, &[zero], "sum", &mut |l, acc, x| {
            let item = l.cast(&x[0], compute);
            let mut square: Option<Value<'c>> = None;
            for (p, m) in item.parts.iter().zip(&x[1].parts) {
                let distance = l.float_bin("sub", *p, *m);
                let product = l.float_bin("mul", distance, distance);
                square = Some(square.map_or(product, |s| l.float_bin("add", s, product)));
            }
            let mut square = square.expect("a number has parts");
            let none = l.b.c_float(square.ty(), 0.0);
            if skip && (x[0].ty.is_float() || x[0].ty.is_complex()) {
                let nan = l.is_nan(&x[0]);
                square = l.b.select(nan, none, square);
            }
            if let Some(chosen) = x.get(2) {
                square = l.b.select(chosen.parts[0], square, none);
            }
            vec![l.val(acc[0].ty.clone(), vec![l.float_bin("add", acc[0].parts[0], square)])]
        });
        let ddof = ddof.map(|d| self.cast(&d, &Ty::F64));
        let root = reduction.kind == Kind::Std;
        self.map_all(&[squares[0].clone(), count], &real, &mut |l, x| {
            let mut count = x[1].clone();
            if let Some(ddof) = &ddof {
                let less = l.float_bin("sub", count.parts[0], ddof.parts[0]);
                // Without degrees of freedom NumPy divides by zero; passing over NaNs, it gives NaN.
                let zero = l.b.c_float(less.ty(), 0.0);
                let low = if skip { l.b.c_float(less.ty(), f64::NAN) } else { zero };
                let less = l.b.select(l.b.cmpf("ogt", less, zero), less, low);
                count = l.val(Ty::F64, vec![less]);
            }
            let variance = l.divided(&x[0], &count, &real);
            let value = if root { l.float_un("math.sqrt", variance.parts[0]) } else { variance.parts[0] };
            l.val(real.clone(), vec![value])
        })
    }
}
