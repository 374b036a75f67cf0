//! `array[slices] = value`: filling, copying with broadcasting, and the copy first that overlapping arrays need.

use super::Lower;
use super::elementwise::{Mismatch, shape_text};
use crate::functions::Val;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

impl<'c> Lower<'c> {
    /// Assigns to all elements of a view.
    pub(super) fn assign(&mut self, target: &Val<'c>, item: &Val<'c>) -> Result<(), Diagnostic> {
        match &item.ty {
            _ if super::record_of(&target.ty).is_some() => return self.assign_records(target, item),
            Ty::Array(_) => self.assign_array(target, item),
            Ty::Tuple(_) => self.assign_row(target, item),
            ty if ty.is_scalar() || matches!(ty, Ty::Pointer(_)) => self.fill(target, item),
            other => return Err(self.unsupported(format!("{} cannot be assigned to the elements of an array", other.user_name()))),
        }
        Ok(())
    }

    /// Stores numbers in an array with one axis; a single one everywhere.
    fn assign_row(&mut self, target: &Val<'c>, numbers: &Val<'c>) {
        let numbers = self.elements(numbers);
        let (dims, count) = (self.dims(target), self.b.c_index(numbers.len() as i64));
        self.check_sizes(&dims, &[count]);
        if let [number] = &numbers[..] {
            return self.fill(target, number);
        }
        let element = (*self.array_ty(target).element).clone();
        for (place, number) in numbers.iter().enumerate() {
            let (at, number) = (self.b.c_index(place as i64), self.cast(number, &element));
            self.store(target, &[at], &number);
        }
    }

    /// Copies an array, broadcast, into another; if they may overlap, by way of a copy.
    pub fn assign_array(&mut self, target: &Val<'c>, source: &Val<'c>) {
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

    fn check_broadcast(&mut self, target: &Val<'c>, source: &Val<'c>) {
        let (dims, sizes) = (self.dims(target), self.dims(source));
        self.check_sizes(&dims, &sizes);
    }

    /// Axes are matched from the last; a source's axis must have the target's size or one. Further axes of it in front must have one, and go
    /// before the sizes are compared.
    pub fn check_sizes(&mut self, dims: &[Value<'c>], sizes: &[Value<'c>]) {
        let one = self.b.c_index(1);
        let message = format!("could not broadcast input array from shape {} into shape {}", shape_text(sizes.len()), shape_text(dims.len()));
        let shapes = [sizes, dims].concat();
        if let Some((first, rest)) = sizes.split_first().filter(|_| sizes.len() > dims.len()) {
            let single = self.b.cmpi("eq", *first, one);
            self.check_shapes(single, "ValueError", &message, &shapes);
            return self.check_sizes(dims, rest);
        }
        let fits = sizes.iter().rev().zip(dims.iter().rev()).map(|(size, dim)| {
            let single = self.b.cmpi("eq", *size, one);
            self.b.bin("arith.ori", single, self.b.cmpi("eq", *size, *dim))
        });
        let Some(fits) = fits.reduce(|a, b| self.b.bin("arith.andi", a, b)) else { return };
        self.check_shapes(fits, "ValueError", &message, &shapes);
    }

    /// Copies between arrays of the same sizes.
    pub fn copy_elements(&mut self, target: &Val<'c>, source: &Val<'c>) {
        let dims = self.dims(target);
        self.for_each(&dims, &mut |l, indices| {
            let element = l.load(source, indices);
            l.store(target, indices, &element);
        });
    }

    /// A view of an array with other sizes, to which it can be broadcast: axes of size one are repeated, further ones in front left out.
    pub fn spread(&mut self, source: &Val<'c>, dims: &[Value<'c>]) -> Val<'c> {
        let (sizes, strides) = (self.dims(source), self.strides(source));
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        let missing = dims.len().saturating_sub(sizes.len());
        let mut spread = vec![zero; missing];
        for axis in sizes.len().saturating_sub(dims.len())..sizes.len() {
            let single = self.b.cmpi("eq", sizes[axis], one);
            spread.push(self.b.select(single, zero, strides[axis]));
        }
        let ty = Array { rank: dims.len(), layout: Layout::A, ..self.array_ty(source).clone() };
        self.view(source, ty, zero, dims, &spread)
    }

    /// The source, or a copy of it when its memory and the target's may overlap.
    pub(super) fn unless_overlapping(&mut self, target: &Val<'c>, source: &Val<'c>) -> Val<'c> {
        let (t, s) = (self.extent(target), self.extent(source));
        let before = self.b.cmpi("ule", t.1, s.0);
        let after = self.b.cmpi("ule", s.1, t.0);
        let apart = self.b.bin("arith.ori", before, after);
        let parts = self.scf_if(apart, &mut |_| source.parts.clone(), &mut |l| {
            let layout = if l.array_ty(source).layout == Layout::F { Layout::F } else { Layout::C };
            let ty = Ty::Array(Array { readonly: false, layout, ..l.array_ty(source).clone() });
            let parts = l.copy_array(source, &ty);
            let copy = l.val(ty, parts);
            l.cast(&copy, &source.ty).parts
        });
        self.val(source.ty.clone(), parts)
    }

    /// The addresses of the first byte of an array and of the one past its last. For an empty array they enclose too much, which does no harm.
    fn extent(&mut self, array: &Val<'c>) -> (Value<'c>, Value<'c>) {
        let (dims, strides) = (self.dims(array), self.strides(array));
        let item = self.array_ty(array).element.item_size().unwrap_or(1) as i64;
        // Where elements are bytes, so are strides.
        let (item, size) = if self.array_ty(array).bytes().is_some() { (item, 1) } else { (1, item) };
        let b = &self.b;
        let (zero, one) = (b.c_index(0), b.c_index(1));
        let (mut low, mut high) = (zero, b.c_index(item));
        for (dim, stride) in dims.into_iter().zip(strides) {
            let reach = b.bin("arith.muli", b.bin("arith.subi", dim, one), stride);
            low = b.bin("arith.addi", low, b.bin("arith.minsi", reach, zero));
            high = b.bin("arith.addi", high, b.bin("arith.maxsi", reach, zero));
        }
        let start = b.val("memref.extract_aligned_pointer_as_index", &array.parts, b.index(), &[]);
        let bytes = |elements| b.bin("arith.addi", start, b.bin("arith.muli", elements, b.c_index(size)));
        (bytes(low), bytes(high))
    }
}

/// Whether two arrays surely share no memory.
pub(super) fn disjoint(a: Value, b: Value) -> bool {
    !crate::memory::may_alias(a, b)
}
