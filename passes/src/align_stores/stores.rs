//! Which loops they are: stores of neighbouring elements, one after the other, in loops whose time is that of memory.

use super::{ANNOTATION, MAX_OPS};
use crate::bufferize::views;
use crate::llvm_dialect::MemRef;
use crate::parallel::is_inside;
use crate::range_analysis::width;
use std::collections::HashSet;
use zouk_dialects::ir::{Builder, Op, TypeLike, Value};

/// A store whose place moves on by one element in every iteration.
pub struct Store<'c> {
    op: Op<'c>,
    memref: MemRef<'c>,
    /// The index that moves.
    axis: usize,
}

impl<'c> Store<'c> {
    /// The stores of a loop that LLVM will make vectors of, if aligning them may pay.
    pub fn all(the_loop: Op<'c>) -> Option<Vec<Store<'c>>> {
        let counts = !the_loop.has_attr("unsignedCmp") && Builder::constant_int(the_loop.operand(2)) == Some(1) && is_wide(the_loop.operand(0));
        let ops = the_loop.body(0).ops();
        if !counts || the_loop.num_results() > 0 || the_loop.has_attr(ANNOTATION) || ops.len() > MAX_OPS || !ops.iter().all(|op| is_quick(*op)) {
            return None;
        }
        let accesses: Vec<Access> = ops.into_iter().filter_map(Access::of).collect();
        if accesses.len() < 2 || !accesses.iter().all(|access| access.is_plain(the_loop)) {
            return None;
        }
        let (written, read): (Vec<&Access>, Vec<&Access>) = accesses.iter().partition(|access| access.op.is("memref.store"));
        let carried = written.iter().any(|store| read.iter().any(|load| store.is_read_later_by(load, the_loop)));
        let mut stores = vec![];
        for store in written {
            let memref = MemRef::new(store.array.ty())?;
            let axis = store.moving(the_loop)?;
            stores.push(Store { op: store.op, memref, axis });
        }
        let fits = |store: &Store| matches!(store.size(), 4 | 8);
        let aligned = |store: &Store<'c>| store.begins_aligned(the_loop);
        (!carried && !stores.is_empty() && stores.iter().all(fits) && !stores.iter().all(aligned)).then_some(stores)
    }

    fn index(&self) -> Value<'c> {
        self.op.operand(2 + self.axis)
    }

    /// Whether the first element is that of an array of our own.
    fn begins_aligned(&self, the_loop: Op<'c>) -> bool {
        let starts = self.index() == the_loop.body(0).arg(0) && Builder::constant_int(the_loop.operand(0)) == Some(0);
        self.memref.rank() == 1 && starts && self.op.operand(1).def_by("rt.alloc").is_some()
    }

    /// Bytes of an element.
    pub fn size(&self) -> i64 {
        self.memref.item_size()
    }

    /// The address of what the first iteration stores.
    pub fn start(&self, b: &Builder<'c>, the_loop: Op<'c>) -> Value<'c> {
        let array = self.op.operand(1);
        let size = b.c_index(self.size());
        let unknown = (0..self.memref.rank()).any(|axis| axis != self.axis && self.memref.strides[axis].is_none());
        let strides = if unknown { views::strides(b, array) } else { vec![] };
        let stride = |axis: usize| self.memref.strides[axis].map_or_else(|| strides[axis], |known| b.c_index(known));
        let mut address = b.val("memref.extract_aligned_pointer_as_index", &[array], b.index(), &[]);
        for axis in 0..self.memref.rank() {
            let elements = match axis == self.axis {
                true => first(b, self.index(), the_loop),
                false => b.bin("arith.muli", self.op.operand(2 + axis), stride(axis)),
            };
            address = b.bin("arith.addi", address, b.bin("arith.muli", elements, size));
        }
        address
    }
}

fn is_wide(value: Value) -> bool {
    value.ty().is_index() || width(value.ty()) == Some(64)
}

/// Whether the op is a matter of a cycle or two for a whole vector, so that memory counts.
fn is_quick(op: Op) -> bool {
    match op.name() {
        "memref.load" | "memref.store" | "scf.yield" | "math.fma" | "math.absf" => true,
        "arith.divf" | "arith.remf" | "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" => false,
        name => op.dialect() == "arith" && !name.contains("div"),
    }
}

/// A load or store.
struct Access<'c> {
    op: Op<'c>,
    array: Value<'c>,
    indices: Vec<Value<'c>>,
}

impl<'c> Access<'c> {
    fn of(op: Op<'c>) -> Option<Access<'c>> {
        let at = match op.name() {
            "memref.load" => 0,
            "memref.store" => 1,
            _ => return None,
        };
        Some(Access { op, array: op.operand(at), indices: op.operands()[at + 1..].to_vec() })
    }

    /// Whether its place stays, or moves on by one element, as far as is known.
    fn is_plain(&self, the_loop: Op<'c>) -> bool {
        let inside = self.indices.iter().filter(|index| is_inside(**index, the_loop)).count();
        inside == 0 && self.op.is("memref.load") || inside == 1 && self.moving(the_loop).is_some()
    }

    fn moving(&self, the_loop: Op<'c>) -> Option<usize> {
        let axis = self.indices.iter().position(|index| is_inside(*index, the_loop))?;
        let adjacent = MemRef::new(self.array.ty())?.strides[axis].is_none_or(|stride| stride == 1);
        (adjacent && moves(self.indices[axis], the_loop)).then_some(axis)
    }

    /// Whether a load reads what an earlier iteration stored, which LLVM makes no vectors of.
    fn is_read_later_by(&self, load: &Access<'c>, the_loop: Op<'c>) -> bool {
        let same = |axis: usize| self.indices[axis] == load.indices[axis];
        let (Some(to), Some(from)) = (self.moving(the_loop), load.moving(the_loop)) else { return self.array == load.array };
        let row = self.array == load.array && to == from && (0..self.indices.len()).all(|axis| axis == to || same(axis));
        row && !matches!((ahead(self.indices[to], the_loop), ahead(load.indices[to], the_loop)), (Some(to), Some(from)) if from >= to)
    }
}

/// An array whose neighbours, along an axis, are taken to be next to each other, which its type does not say.
#[derive(PartialEq)]
pub struct Strided<'c> {
    pub array: Value<'c>,
    axis: usize,
}

impl<'c> Strided<'c> {
    /// Those of a loop.
    pub fn all(the_loop: Op<'c>) -> Vec<Strided<'c>> {
        let mut all = vec![];
        for access in the_loop.body(0).ops().into_iter().filter_map(Access::of) {
            let (Some(axis), Some(memref)) = (access.moving(the_loop), MemRef::new(access.array.ty())) else { continue };
            let array = Strided { array: access.array, axis };
            if memref.strides[axis].is_none() && !all.contains(&array) {
                all.push(array);
            }
        }
        all
    }

    /// Whether they are.
    pub fn is_adjacent(&self, b: &Builder<'c>) -> Value<'c> {
        b.cmpi("eq", views::strides(b, self.array)[self.axis], b.c_index(1))
    }
}

/// How many rows of arrays the loop goes through.
pub fn streams(the_loop: Op) -> usize {
    let mut rows = HashSet::new();
    for access in the_loop.body(0).ops().into_iter().filter_map(Access::of) {
        if let Some(axis) = access.moving(the_loop) {
            let fixed: Vec<Value> = access.indices.iter().enumerate().filter(|(i, _)| *i != axis).map(|(_, index)| *index).collect();
            rows.insert((access.array, axis, fixed));
        }
    }
    rows.len()
}

/// Whether the index is the loop's counter and something that stays the same.
fn moves<'c>(index: Value<'c>, the_loop: Op<'c>) -> bool {
    let counter = the_loop.body(0).arg(0);
    let fixed = |value: Value<'c>| !is_inside(value, the_loop);
    match index.def() {
        _ if index == counter => true,
        Some(op) if op.is("arith.index_cast") => is_wide(op.operand(0)) && moves(op.operand(0), the_loop),
        Some(op) if op.is("arith.subi") => fixed(op.operand(1)) && moves(op.operand(0), the_loop),
        Some(op) if op.is("arith.addi") => (0..2).any(|i| fixed(op.operand(1 - i)) && moves(op.operand(i), the_loop)),
        _ => false,
    }
}

/// How far such an index is ahead of the counter, if that is known.
fn ahead<'c>(index: Value<'c>, the_loop: Op<'c>) -> Option<i64> {
    if index == the_loop.body(0).arg(0) {
        return Some(0);
    }
    let op = index.def()?;
    let before = ahead(op.operand(0), the_loop)?;
    match op.name() {
        "arith.index_cast" => Some(before),
        "arith.addi" => before.checked_add(Builder::constant_int(op.operand(1))?),
        "arith.subi" => before.checked_sub(Builder::constant_int(op.operand(1))?),
        _ => None,
    }
}

/// Such an index in the first iteration.
fn first<'c>(b: &Builder<'c>, index: Value<'c>, the_loop: Op<'c>) -> Value<'c> {
    let at = |value: Value<'c>| if is_inside(value, the_loop) { first(b, value, the_loop) } else { b.index_cast(value, b.index()) };
    match index.def() {
        Some(op) if op.is("arith.index_cast") => at(op.operand(0)),
        Some(op) => b.bin(op.name(), at(op.operand(0)), at(op.operand(1))),
        None => b.index_cast(the_loop.operand(0), b.index()),
    }
}
