//! Arrays that a loop reduces into: each chunk has its own part of one block.
//!
//! On a GPU, integers of 32 and 64 bits are combined in the program's array at once, by atomic operations: their order makes no difference.

use super::combine::identity;
use super::region;
use crate::analyse_dependences::accesses::is_packed;
use crate::bufferize::views;
use crate::llvm_dialect::MemRef;
use crate::parallel::updates::{combined, worst};
use crate::parallel::{ARRAYS, arrays, numbers, replace_inside};
use zouk_dialects::ir::{Builder, IntegerType, Op, Type, Value};

pub struct OwnArrays<'c> {
    array: Value<'c>,
    /// The associative operation.
    operation: &'static str,
    element: Type<'c>,
    /// The elements of one array.
    size: Value<'c>,
    dims: Vec<Value<'c>>,
    /// Those of all chunks, one after the other.
    block: Value<'c>,
}

/// The elements that every chunk needs.
pub fn elements<'c>(b: &Builder<'c>, the_loop: Op<'c>, gpu: bool) -> Value<'c> {
    let sizes = own(the_loop, gpu).into_iter().map(|(array, _)| views::dims(b, array).into_iter().reduce(|x, y| b.bin("arith.muli", x, y)).unwrap_or_else(|| b.c_index(1)));
    sizes.reduce(|x, y| b.bin("arith.addi", x, y)).map_or_else(|| b.c_i64(0), |size| b.index_cast(size, b.i64()))
}

/// The arrays that the loop reduces into, and their operations.
fn chosen<'c>(the_loop: Op<'c>) -> Vec<(Value<'c>, &'static str)> {
    let numbers = numbers(the_loop, ARRAYS);
    let reduced = if numbers.is_empty() { vec![] } else { arrays::reduced(the_loop) };
    numbers.into_iter().filter_map(|i| reduced.get(i).copied()).collect()
}

/// Those that each chunk has one of its own of.
fn own<'c>(the_loop: Op<'c>, gpu: bool) -> Vec<(Value<'c>, &'static str)> {
    chosen(the_loop).into_iter().filter(|(array, operation)| !gpu || atomic(*array, operation).is_none()).collect()
}

/// The atomic operation of a GPU that does the same.
fn atomic(array: Value, operation: &str) -> Option<&'static str> {
    let element = MemRef::new(array.ty())?.element;
    if !matches!(IntegerType::try_from(element).ok()?.width(), 32 | 64) {
        return None;
    }
    Some(match operation {
        "arith.addi" => "add",
        "arith.andi" => "and",
        "arith.ori" => "or",
        "arith.xori" => "xor",
        _ => return None,
    })
}

/// In the loop over one chunk for a GPU: atomic operations in the place of loads and stores, where there are some that do the same.
pub fn make_atomic<'c>(the_loop: Op<'c>, inner: Op<'c>) {
    for (array, kind) in chosen(the_loop).into_iter().filter_map(|(array, operation)| Some((array, atomic(array, operation)?))) {
        for (store, update) in arrays::updates(array, inner) {
            let b = Builder::before(store);
            b.set_loc(store.loc());
            let (element, value) = (store.operand(0).ty(), update.with[0]);
            let value = if value.ty() == element { value } else { b.val("arith.trunci", &[value], element, &[]) };
            // `a[k] -= x` adds -x.
            let subtracts = update.ops.iter().any(|op| op.is("arith.subi"));
            let value = if subtracts { b.bin("arith.subi", b.c_int(element, 0), value) } else { value };
            b.val("rt.atomic", &[&store.operands()[1..], &[value]].concat(), element, &[("kind", b.str(kind))]);
            store.erase();
            update.ops.into_iter().rev().for_each(Op::erase);
        }
    }
}

/// The arrays of a loop that is about to be split into so many chunks.
pub fn of<'c>(b: &Builder<'c>, the_loop: Op<'c>, count: Value<'c>, gpu: bool) -> Vec<OwnArrays<'c>> {
    own(the_loop, gpu).into_iter().map(|(array, operation)| OwnArrays::new(b, array, operation, count)).collect()
}

impl<'c> OwnArrays<'c> {
    fn new(b: &Builder<'c>, array: Value<'c>, operation: &'static str, count: Value<'c>) -> Self {
        let element = MemRef::new(array.ty()).map_or(b.f64(), |m| m.element);
        let dims = views::dims(b, array);
        let size = dims.iter().copied().reduce(|x, y| b.bin("arith.muli", x, y)).unwrap_or_else(|| b.c_index(1));
        let block = b.val("rt.alloc", &[b.bin("arith.muli", size, count)], views::packed(array, 1), &[]);
        OwnArrays { array, operation, element, size, dims, block }
    }

    /// In the chunk before its loop: the chunk's own array, filled, in the place of the program's.
    pub fn in_chunk(&self, b: &Builder<'c>, inner: Op<'c>, chunk: Value<'c>) {
        let before = Builder::before(inner);
        let start = before.bin("arith.muli", chunk, self.size);
        let neutral = identity(&before, self.operation, self.element).or_else(|| worst(&before, self.operation, self.element));
        let Some(neutral) = neutral else { return };
        let body = region(&before, &[before.index()], |body| {
            let at = before.bin("arith.addi", start, body.arg(0));
            before.op("memref.store", &[neutral, self.block, at], &[], &[]);
            before.op("scf.yield", &[], &[], &[]);
        });
        before.op_with_regions("scf.for", &[before.c_index(0), self.size, before.c_index(1)], &[], &[], &[body]);
        let own = self.part(&before, start, self.array.ty());
        replace_inside(inner, self.array, own);
        b.set_loc(inner.loc());
    }

    /// The array of a chunk, which begins there in the block; in Fortran's order where the program's is.
    fn part(&self, b: &Builder<'c>, start: Value<'c>, ty: Type<'c>) -> Value<'c> {
        let rank = self.dims.len();
        let column_major = MemRef::new(self.array.ty()).is_some_and(|memref| memref.is_column_major());
        let order: Vec<usize> = if column_major { (0..rank).collect() } else { (0..rank).rev().collect() };
        let mut strides = vec![b.c_index(1); rank];
        for pair in order.windows(2) {
            strides[pair[1]] = b.bin("arith.muli", strides[pair[0]], self.dims[pair[0]]);
        }
        b.val("rt.view", &[&[self.block, start], &self.dims[..], &strides].concat(), ty, &[])
    }

    /// After all chunks: their arrays go into the program's, in order.
    pub fn put_together(&self, b: &Builder<'c>, count: Value<'c>) {
        let (zero, one) = (b.c_index(0), b.c_index(1));
        if !is_packed(self.array) {
            let chunks = region(b, &[b.index()], |outer| {
                let own = self.part(b, b.bin("arith.muli", outer.arg(0), self.size), views::any_like(b, self.array));
                self.put_axes(b, own, &[]);
                b.op("scf.yield", &[], &[], &[]);
            });
            b.op_with_regions("scf.for", &[zero, count, one], &[], &[], &[chunks]);
            return;
        }
        let flat = b.val("rt.view", &[self.array, zero, self.size, one], views::packed(self.array, 1), &[]);
        let chunks = region(b, &[b.index()], |outer| {
            let start = b.bin("arith.muli", outer.arg(0), self.size);
            let elements = region(b, &[b.index()], |inner| {
                let so_far = b.val("memref.load", &[flat, inner.arg(0)], self.element, &[]);
                let found = b.val("memref.load", &[self.block, b.bin("arith.addi", start, inner.arg(0))], self.element, &[]);
                b.op("memref.store", &[combined(b, self.operation, so_far, found), flat, inner.arg(0)], &[], &[]);
                b.op("scf.yield", &[], &[], &[]);
            });
            b.op_with_regions("scf.for", &[zero, self.size, one], &[], &[], &[elements]);
            b.op("scf.yield", &[], &[], &[]);
        });
        b.op_with_regions("scf.for", &[zero, count, one], &[], &[], &[chunks]);
    }
    /// Puts the elements of a chunk's array into the program's, by loops over the axes that have no index yet.
    fn put_axes(&self, b: &Builder<'c>, own: Value<'c>, indices: &[Value<'c>]) {
        let Some(dim) = self.dims.get(indices.len()) else {
            let [so_far, found] = [self.array, own].map(|array| b.val("memref.load", &[&[array], indices].concat(), self.element, &[]));
            b.op("memref.store", &[&[combined(b, self.operation, so_far, found), self.array], indices].concat(), &[], &[]);
            return;
        };
        let body = region(b, &[b.index()], |block| {
            self.put_axes(b, own, &[indices, &[block.arg(0)]].concat());
            b.op("scf.yield", &[], &[], &[]);
        });
        b.op_with_regions("scf.for", &[b.c_index(0), *dim, b.c_index(1)], &[], &[], &[body]);
    }
}
