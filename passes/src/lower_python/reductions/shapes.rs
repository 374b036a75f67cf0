//! What `out=` and `where=` of a reduction must fit, with the texts of NumPy's iterator: it lists the operands in this order, `out=` first, with where each of its axes went.

use super::super::Lower;
use super::super::elementwise::shape_text;
use super::Space;
use crate::functions::Val;
use crate::functions::reductions::{Kind, Reduction};
use zouk_dialects::ir::Value;

/// The ufunc that NumPy reduces by.
pub(super) fn ufunc_of(reduction: Reduction) -> &'static str {
    match (reduction.kind, reduction.skip_nan) {
        (Kind::Prod, _) => "multiply",
        (Kind::Min, false) => "minimum",
        (Kind::Min, true) => "fmin",
        (Kind::Max, false) | (Kind::Ptp, _) => "maximum",
        (Kind::Max, true) => "fmax",
        (Kind::Any, _) => "logical_or",
        (Kind::All, _) => "logical_and",
        (Kind::ArgMin, _) => "argmin",
        (Kind::ArgMax, _) => "argmax",
        (Kind::Sum | Kind::Mean | Kind::Var | Kind::Std | Kind::CountNonzero, _) => "add",
    }
}

/// The array that a reduction stores in, over the axes of its operand.
struct Target<'c> {
    /// Its sizes by the operand's axes: nothing where one is reduced and does not stay.
    sizes: Vec<Option<Value<'c>>>,
    /// The shape, and where its axes went: `(3,)->(3,newaxis)`.
    text: String,
}

impl<'c> Target<'c> {
    fn over(space: &Space<'c>, keep: bool, dims: &[Value<'c>]) -> Self {
        let mut own = dims.iter().copied();
        let sizes: Vec<_> = space.reduced.iter().map(|reduced| if *reduced && !keep { None } else { own.next() }).collect();
        let shown: Vec<&str> = sizes.iter().map(|size| if size.is_some() { "{}" } else { "newaxis" }).skip_while(|text| *text == "newaxis").collect();
        let comma = if sizes.len() == 1 { "," } else { "" };
        Target { text: format!("{}->({}{comma})", shape_text(dims.len()), shown.join(",")), sizes }
    }
}

impl<'c> Lower<'c> {
    /// Raises what NumPy raises when `out=` or `where=` do not fit the operand and what is left of its axes.
    pub(super) fn check_reduction_shapes(&mut self, reduction: Reduction, space: &Space<'c>, keep: bool, out: Option<&Val<'c>>, mask: Option<&Val<'c>>) {
        let mask = mask.filter(|mask| mask.ty.as_array().is_some()).map(|mask| self.known_dims(mask));
        if mask.as_ref().is_some_and(|mask| mask.len() > space.dims.len()) {
            return self.refuse("input operand has more dimensions than allowed by the axis remapping");
        }
        if let (Some(mask), Kind::Mean | Kind::Var | Kind::Std, false) = (&mask, reduction.kind, reduction.skip_nan) {
            self.check_stretches_to(mask, &space.dims);
        }
        // NumPy counts the numbers before it has a use for `out=`.
        if let (Some(mask), Kind::Mean | Kind::Var | Kind::Std, true) = (&mask, reduction.kind, reduction.skip_nan) {
            self.check_operands(space, None, Some(mask));
        }
        let target = out.map(|out| self.known_dims(out));
        match (reduction.kind, target) {
            (Kind::ArgMin | Kind::ArgMax, Some(dims)) => self.check_out_of_places(ufunc_of(reduction), space, keep, &dims),
            (_, Some(dims)) => self.check_target(ufunc_of(reduction), space, keep, &dims, mask.as_deref()),
            (_, None) if mask.is_some() => self.check_operands(space, None, mask.as_deref()),
            _ => {}
        }
    }

    /// `out=` of a reduction by a ufunc of this name, of which the library has the code.
    pub fn check_reduction_output(&mut self, ufunc: &str, array: &Val<'c>, reduced: Vec<bool>, keep: bool, out: &Val<'c>) {
        let space = Space { dims: self.known_dims(array), reduced };
        let dims = self.known_dims(out);
        self.check_target(ufunc, &space, keep, &dims, None);
    }

    /// The array that `argmin` and `argmax` store in has the shape of the result.
    fn check_out_of_places(&mut self, name: &str, space: &Space<'c>, keep: bool, dims: &[Value<'c>]) {
        let one = self.b.c_index(1);
        let wanted: Vec<Value<'c>> = space.dims.iter().zip(&space.reduced).filter(|(_, reduced)| keep || !**reduced).map(|(size, reduced)| if *reduced { one } else { *size }).collect();
        let message = format!("output array does not match result of np.{name}.");
        if dims.len() == wanted.len() {
            let equal: Vec<_> = dims.iter().zip(&wanted).map(|(size, wanted)| self.b.cmpi("eq", *size, *wanted)).collect();
            self.check_all(&equal, &message, &[]);
        } else {
            self.refuse(&message);
        }
    }

    /// The array to store in has the axes that are left, one item where an axis stays that is reduced, and the sizes of the others.
    fn check_target(&mut self, ufunc: &str, space: &Space<'c>, keep: bool, dims: &[Value<'c>], mask: Option<&[Value<'c>]>) {
        let (found, wanted) = (dims.len(), if keep { space.dims.len() } else { space.kept().len() });
        if found != wanted {
            let why = if keep { " (must match the operand's when keepdims=True)" } else { "" };
            return self.refuse(&format!("output parameter for reduction operation {ufunc} has the wrong number of dimensions: Found {found} but expected {wanted}{why}"));
        }
        let target = Target::over(space, keep, dims);
        self.check_operands(space, Some((&target, dims)), mask);
    }

    /// That operand, mask and output have, axis by axis, one size or one item; then that neither operand nor output must be stretched, the last axis first.
    fn check_operands(&mut self, space: &Space<'c>, target: Option<(&Target<'c>, &[Value<'c>])>, mask: Option<&[Value<'c>]>) {
        let rank = space.dims.len();
        let of_target = |axis: usize| target.and_then(|(target, _)| target.sizes[axis]);
        let of_mask = |axis: usize| mask.and_then(|mask| (axis + mask.len()).checked_sub(rank).map(|i| mask[i]));
        let sizes: Vec<Vec<Value<'c>>> = (0..rank).map(|axis| [of_target(axis), Some(space.dims[axis]), of_mask(axis)].into_iter().flatten().collect()).collect();
        let one = self.b.c_index(1);
        let whole: Vec<Value<'c>> = sizes.iter().map(|sizes| sizes.iter().copied().fold(one, |x, y| self.stretched_size(x, y))).collect();
        let (message, lengths) = self.listed(space, target, mask);
        let fits: Vec<_> =
            sizes.iter().zip(&whole).flat_map(|(sizes, whole)| sizes.iter().map(|size| self.b.bin("arith.ori", self.b.cmpi("eq", *size, *whole), self.b.cmpi("eq", *size, one)))).collect();
        self.check_all(&fits, &message, &lengths);
        for axis in (0..rank).rev() {
            if let Some(size) = of_target(axis) {
                self.check_target_axis(space, axis, (0..axis).filter(|axis| of_target(*axis).is_some()).count(), size, whole[axis]);
            }
            let message = format!("non-broadcastable operand with shape {} doesn't match the broadcast shape {}", shape_text(rank), shape_text(rank));
            self.check_ints(self.b.cmpi("eq", space.dims[axis], whole[axis]), "ValueError", &message, &[&space.dims[..], &whole].concat());
        }
    }

    /// One axis of the array to store in, of which it is the axis `own`.
    fn check_target_axis(&self, space: &Space<'c>, axis: usize, own: usize, size: Value<'c>, whole: Value<'c>) {
        if space.reduced[axis] {
            let message = format!("operand was set up as a reduction along axis {axis}, but the length of the axis is {{}} (it has to be 1)");
            self.check_ints(self.b.cmpi("eq", size, self.b.c_index(1)), "ValueError", &message, &[size]);
        } else {
            let message =
                format!("output operand requires a reduction along dimension {own}, but the reduction is not enabled. The dimension size of 1 does not match the expected output shape.");
            self.check_ints(self.b.cmpi("eq", size, whole), "ValueError", &message, &[]);
        }
    }

    /// What is said of operands that do not fit, and the lengths in it.
    fn listed(&self, space: &Space<'c>, target: Option<(&Target<'c>, &[Value<'c>])>, mask: Option<&[Value<'c>]>) -> (String, Vec<Value<'c>>) {
        let (mut texts, mut lengths) = (vec![], vec![]);
        if let Some((target, dims)) = target {
            texts.push(target.text.clone());
            lengths.extend(dims.iter().copied().chain(target.sizes.iter().flatten().copied()));
        }
        texts.push(shape_text(space.dims.len()));
        lengths.extend(&space.dims);
        texts.extend(mask.map(|mask| shape_text(mask.len())));
        lengths.extend(mask.unwrap_or_default());
        (format!("operands could not be broadcast together with remapped shapes [original->remapped]: {} ", texts.join(" ")), lengths)
    }

    /// The size of an axis of both: an axis of one item takes the other's.
    fn stretched_size(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.b.select(self.b.cmpi("eq", x, self.b.c_index(1)), y, x)
    }

    /// `broadcast_to(mask, shape)`.
    fn check_stretches_to(&mut self, own: &[Value<'c>], dims: &[Value<'c>]) {
        let one = self.b.c_index(1);
        let asked = &dims[dims.len() - own.len()..];
        let fits: Vec<_> = own.iter().zip(asked).map(|(o, a)| self.b.bin("arith.ori", self.b.cmpi("eq", *o, *a), self.b.cmpi("eq", *o, one))).collect();
        let message =
            format!("operands could not be broadcast together with remapped shapes [original->remapped]: {}  and requested shape {}", shape_text(own.len()), shape_text(dims.len()));
        self.check_all(&fits, &message, &[own, dims].concat());
    }

    fn refuse(&mut self, message: &str) {
        self.check_ints(self.b.c_bool(false), "ValueError", message, &[]);
    }
}
