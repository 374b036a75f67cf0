//! `array[slices] = value`: filling, copying with broadcasting, and the copy first that overlapping arrays need.

use super::Lower;
use crate::functions::Val;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Value;
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
        let source = if disjoint(target.parts[0], source.parts[0]) { source.clone() } else { self.unless_overlapping(target, source) };
        let (dims, sizes) = (self.dims(target), self.dims(&source));
        if dims.len() != sizes.len() {
            return self.copy_broadcast(target, &source);
        }
        let same = dims.iter().zip(&sizes).map(|(a, b)| self.b.cmpi("eq", *a, *b)).reduce(|a, b| self.b.bin("arith.andi", a, b));
        let same = same.unwrap_or_else(|| self.b.c_bool(true));
        self.scf_if(
            same,
            &mut |l| {
                l.copy_elements(target, &source);
                vec![]
            },
            &mut |l| {
                l.copy_broadcast(target, &source);
                vec![]
            },
        );
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
            self.check_ints(single, "ValueError", &message, &shapes);
            return self.check_sizes(dims, rest);
        }
        let fits = sizes.iter().rev().zip(dims.iter().rev()).map(|(size, dim)| {
            let single = self.b.cmpi("eq", *size, one);
            self.b.bin("arith.ori", single, self.b.cmpi("eq", *size, *dim))
        });
        let Some(fits) = fits.reduce(|a, b| self.b.bin("arith.andi", a, b)) else { return };
        self.check_ints(fits, "ValueError", &message, &shapes);
    }

    /// Copies between arrays of the same sizes.
    pub fn copy_elements(&mut self, target: &Val<'c>, source: &Val<'c>) {
        let dims = self.dims(target);
        self.for_each(&dims, &mut |l, indices| {
            let element = l.load(source, indices);
            l.store(target, indices, &element);
        });
    }

    /// Copies from a view of the source that has the target's sizes.
    fn copy_broadcast(&mut self, target: &Val<'c>, source: &Val<'c>) {
        let dims = self.dims(target);
        let view = self.spread(source, &dims);
        self.copy_elements(target, &view);
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
        let size = self.array_ty(array).element.item_size().unwrap_or(1) as i64;
        let b = &self.b;
        let (zero, one) = (b.c_index(0), b.c_index(1));
        let (mut low, mut high) = (zero, one);
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

/// `({},{})`, and `({},)` of one axis.
pub fn shape_text(rank: usize) -> String {
    format!("({}{})", vec!["{}"; rank].join(","), if rank == 1 { "," } else { "" })
}

/// Whether two arrays surely share no memory: one is a new block or a constant, the other is something that was there before or another such.
pub(super) fn disjoint(a: Value, b: Value) -> bool {
    let (a, b) = (root(a), root(b));
    let fresh = |v: Value| v.def().is_some_and(|o| matches!(o.name(), "rt.alloc" | "rt.constant_array"));
    let argument = |v: Value| v.owner_block().and_then(|block| block.parent()).is_some_and(|o| o.is("func.func")) && is_entry(v);
    a != b && (fresh(a) && (fresh(b) || argument(b)) || fresh(b) && argument(a))
}

fn is_entry(argument: Value) -> bool {
    let block = argument.owner_block();
    block.is_some() && block == block.and_then(|b| b.region()).and_then(|r| r.first_block())
}

/// The array that a view or cast is of.
fn root(mut value: Value) -> Value {
    while let Some(op) = value.def().filter(|o| matches!(o.name(), "rt.view" | "memref.cast")) {
        value = op.operand(0);
    }
    value
}
