//! `array[slices] = value`: filling, copying with broadcasting, and the copy first that overlapping arrays need.

use super::Lower;
use super::elementwise::{Mismatch, shape_text};
use crate::functions::Val;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ty::{Array, Layout, Ty};

impl<'c> Lower<'c> {
    /// Assigns to all elements of a view.
    pub(super) fn assign(&mut self, target: &Val<'c>, item: &Val<'c>) -> Result<(), Diagnostic> {
        match &item.ty {
            Ty::Array(_) => self.assign_array(target, item),
            ty if ty.is_number() => self.fill(target, item),
            other => return Err(self.unsupported(format!("{} cannot be assigned to the elements of an array", other.user_name()))),
        }
        Ok(())
    }

    fn assign_array(&mut self, target: &Val<'c>, source: &Val<'c>) {
        self.check_broadcast(target, source);
        let source = self.without_leading_axes(source, self.array_ty(target).rank);
        let element = (*self.array_ty(target).element).clone();
        self.map_into(&[source], target, Mismatch::Assignment, &mut |l, items| vec![l.cast(&items[0], &element)]);
    }

    /// The array as one of at most `rank` axes: those before have size one.
    fn without_leading_axes(&mut self, array: &Val<'c>, rank: usize) -> Val<'c> {
        let ty = self.array_ty(array).clone();
        let Some(extra) = ty.rank.checked_sub(rank).filter(|n| *n > 0) else { return array.clone() };
        let (dims, strides) = (self.dims(array), self.strides(array));
        let start = self.b.c_index(0);
        let layout = if ty.layout == Layout::C { Layout::C } else { Layout::A };
        self.view(array, Array { rank, layout, ..ty }, start, &dims[extra..], &strides[extra..])
    }

    /// Axes are matched from the last; a source's axis must have the target's size or one, further axes of it must have one.
    fn check_broadcast(&mut self, target: &Val<'c>, source: &Val<'c>) {
        let (dims, sizes) = (self.dims(target), self.dims(source));
        let one = self.b.c_index(1);
        let fits = sizes.iter().rev().enumerate().map(|(i, size)| {
            let single = self.b.cmpi("eq", *size, one);
            match dims.len().checked_sub(i + 1) {
                Some(axis) => self.b.bin("arith.ori", single, self.b.cmpi("eq", *size, dims[axis])),
                None => single,
            }
        });
        let Some(fits) = fits.reduce(|a, b| self.b.bin("arith.andi", a, b)) else { return };
        let message = format!("could not broadcast input array from shape {} into shape {}", shape_text(sizes.len()), shape_text(dims.len()));
        self.check_ints(fits, "ValueError", &message, &[sizes, dims].concat());
    }
}
