//! Assignments whose destination may overlap what is read.

use super::views;
use crate::fuse_elementwise::group::resizing;
use crate::llvm_dialect::item_size;
use crate::memory::{may_alias, may_repeat};
use zouk_dialects::ir::{Builder, MemRefType, Op, Region, ShapedTypeLike, Value};

/// Where an elementwise op computes a result that is assigned to `target`: there, or, where the arrays read may overlap it, in a new block if they do at run
/// time. Also the condition that they do not, unless that is certain.
pub fn destination<'c>(b: &Builder<'c>, op: Op<'c>, arrays: &[Value<'c>], target: Value<'c>, sizes: &[Value<'c>]) -> (Value<'c>, Option<Value<'c>>) {
    if on_gpu(op) {
        return (target, None);
    }
    let mut safe: Option<Value<'c>> = None;
    for (i, array) in arrays.iter().enumerate() {
        if !may_alias(*array, target) || *array == target && reads_in_place(op, i) && !may_repeat(target) {
            continue;
        }
        let mut apart = disjoint(b, *array, target);
        if reads_in_place(op, i) && views::rank(*array) == views::rank(target) {
            apart = b.bin("arith.ori", apart, same(b, *array, target));
        }
        safe = Some(safe.map_or(apart, |s| b.bin("arith.andi", s, apart)));
    }
    let Some(safe) = safe else { return (target, None) };
    let ty = target.ty();
    let region = |build: &dyn Fn() -> Value<'c>| {
        let region = Region::new();
        let block = region.add_block(&[]);
        b.within(block, || {
            let value = build();
            b.op("scf.yield", &[value], &[], &[])
        });
        region
    };
    let there = region(&|| target);
    let aside = region(&|| {
        let fresh = b.val("rt.alloc", sizes, views::packed(target, sizes.len()), &[]);
        if fresh.ty() == ty { fresh } else { restride(b, fresh, target) }
    });
    let array = b.op_with_regions("scf.if", &[safe], &[ty], &[], &[there, aside]).result(0);
    (array, Some(safe))
}

/// Whether there is no memory for new blocks: then an assignment is element by element, whatever overlaps.
pub fn on_gpu(op: Op) -> bool {
    let mut at = Some(op);
    while let Some(inner) = at.filter(|op| !op.is("builtin.module")) {
        at = inner.parent();
    }
    at.is_some_and(|module| module.str_attr("zouk.simt") == Some("cuda"))
}

/// A packed array as the type of another.
fn restride<'c>(b: &Builder<'c>, fresh: Value<'c>, like: Value<'c>) -> Value<'c> {
    let dynamic = MemRefType::try_from(like.ty()).ok().and_then(|t| t.strided_dynamic());
    match dynamic {
        Some(()) => b.val("memref.cast", &[fresh], like.ty(), &[]),
        None => {
            // Fortran order: the strides of the packed array in that order.
            let dims = views::dims(b, fresh);
            let mut stride = b.c_index(1);
            let strides: Vec<Value<'c>> = dims
                .iter()
                .map(|dim| {
                    let here = stride;
                    stride = b.bin("arith.muli", stride, *dim);
                    here
                })
                .collect();
            b.val("rt.view", &[&[fresh, b.c_index(0)], &dims[..], &strides].concat(), like.ty(), &[])
        }
    }
}

trait Strided {
    /// Whether no stride of the type is fixed.
    fn strided_dynamic(&self) -> Option<()>;
}

impl Strided for MemRefType<'_> {
    fn strided_dynamic(&self) -> Option<()> {
        let text = self.to_string();
        (!text.contains("strided<[1")).then_some(())
    }
}

/// After the computation: what went into a new block goes into the target.
pub fn copy_back<'c>(b: &Builder<'c>, safe: Value<'c>, array: Value<'c>, target: Value<'c>) {
    let region = |copy: bool| {
        let region = Region::new();
        let block = region.add_block(&[]);
        b.within(block, || {
            if copy {
                views::assign(b, array, target);
            }
            b.op("scf.yield", &[], &[], &[])
        });
        region
    };
    b.op_with_regions("scf.if", &[safe], &[], &[], &[region(false), region(true)]);
}

/// Whether each element is read where the result is written: the operand's map is the identity.
fn reads_in_place(op: Op, input: usize) -> bool {
    let maps = op.array_attr("indexing_maps");
    let stretched = resizing(op.operand(input)).into_iter().any(|o| o.is("rt.broadcast"));
    !stretched && maps.get(input) == maps.last()
}

/// The addresses of the first byte of an array and of the one past its last. For an empty array they enclose too much, which does no harm.
fn extent<'c>(b: &Builder<'c>, array: Value<'c>) -> (Value<'c>, Value<'c>) {
    let (zero, one) = (b.c_index(0), b.c_index(1));
    let (mut low, mut high) = (zero, one);
    for (dim, stride) in views::dims(b, array).into_iter().zip(views::strides(b, array)) {
        let reach = b.bin("arith.muli", b.bin("arith.subi", dim, one), stride);
        low = b.bin("arith.addi", low, b.bin("arith.minsi", reach, zero));
        high = b.bin("arith.addi", high, b.bin("arith.maxsi", reach, zero));
    }
    let start = b.val("memref.extract_aligned_pointer_as_index", &[array], b.index(), &[]);
    let size = b.c_index(bytes(array));
    let at = |elements| b.bin("arith.addi", start, b.bin("arith.muli", elements, size));
    (at(low), at(high))
}

fn bytes(array: Value) -> i64 {
    item_size(MemRefType::try_from(array.ty()).expect("an array").element())
}

pub fn disjoint<'c>(b: &Builder<'c>, one: Value<'c>, other: Value<'c>) -> Value<'c> {
    let (s, t) = (extent(b, one), extent(b, other));
    b.bin("arith.ori", b.cmpi("ule", t.1, s.0), b.cmpi("ule", s.1, t.0))
}

/// Whether no element of one lies in the memory of the other, also where both are fields of the same records, which take turns.
pub fn apart<'c>(b: &Builder<'c>, one: Value<'c>, other: Value<'c>) -> Value<'c> {
    let apart = disjoint(b, one, other);
    let is_field = |array: Value| array.def_by("rt.view").is_some_and(|view| view.has_attr("bytes"));
    if is_field(one) && is_field(other) { b.bin("arith.ori", apart, take_turns(b, one, other)) } else { apart }
}

/// Whether all steps of both are multiples of one length, in which elements of one and the other lie side by side.
fn take_turns<'c>(b: &Builder<'c>, one: Value<'c>, other: Value<'c>) -> Value<'c> {
    let (zero, single) = (b.c_index(0), b.c_index(1));
    let lengths = |array: Value<'c>| {
        let size = b.c_index(bytes(array));
        views::strides(b, array).into_iter().map(move |stride| b.bin("arith.muli", stride, size)).collect::<Vec<_>>()
    };
    let steps: Vec<Value<'c>> = [lengths(one), lengths(other)].concat().into_iter().map(|s| b.bin("arith.maxsi", s, b.bin("arith.subi", zero, s))).collect();
    let Some(length) = steps.iter().copied().reduce(|x, y| b.bin("arith.minui", x, y)) else { return b.c_bool(false) };
    let length = b.bin("arith.maxui", length, single);
    let start = |array: Value<'c>| b.val("memref.extract_aligned_pointer_as_index", &[array], b.index(), &[]);
    let distance = b.bin("arith.remsi", b.bin("arith.subi", start(other), start(one)), length);
    let place = b.select(b.cmpi("slt", distance, zero), b.bin("arith.addi", distance, length), distance);
    let behind = b.cmpi("sge", place, b.c_index(bytes(one)));
    let before_next = b.cmpi("sle", b.bin("arith.addi", place, b.c_index(bytes(other))), length);
    let beside = b.bin("arith.andi", behind, before_next);
    steps.iter().fold(beside, |all, step| b.bin("arith.andi", all, b.cmpi("eq", b.bin("arith.remui", *step, length), zero)))
}

/// Whether the same places of both begin at the same addresses, and no place lies in another: first address and strides are the same. One may see
/// parts of the other's elements.
fn same<'c>(b: &Builder<'c>, one: Value<'c>, other: Value<'c>) -> Value<'c> {
    let start = |array: Value<'c>| b.val("memref.extract_aligned_pointer_as_index", &[array], b.index(), &[]);
    let (size, others) = (bytes(one), bytes(other));
    let steps = |array: Value<'c>, size: i64| {
        let strides = views::strides(b, array).into_iter();
        strides.map(|s| if bytes(one) == bytes(other) { s } else { b.bin("arith.muli", s, b.c_index(size)) }).collect::<Vec<_>>()
    };
    let mut equal = b.cmpi("eq", start(one), start(other));
    for (s, t) in steps(one, size).into_iter().zip(steps(other, others)) {
        equal = b.bin("arith.andi", equal, b.cmpi("eq", s, t));
    }
    let larger = if size > others { one } else { other };
    if may_repeat(larger) { b.bin("arith.andi", equal, distinct(b, larger)) } else { equal }
}

/// Whether no place lies in another: along each axis of several places a step leads further than all shorter steps together.
pub fn distinct<'c>(b: &Builder<'c>, array: Value<'c>) -> Value<'c> {
    let (zero, one) = (b.c_index(0), b.c_index(1));
    let dims = views::dims(b, array);
    let steps: Vec<Value<'c>> = views::strides(b, array).into_iter().map(|s| b.bin("arith.maxsi", s, b.bin("arith.subi", zero, s))).collect();
    let mut all = b.c_bool(true);
    for (axis, step) in steps.iter().enumerate() {
        let mut shorter = zero;
        for (other, inner) in steps.iter().enumerate().filter(|(other, _)| *other != axis) {
            let reach = b.bin("arith.muli", *inner, b.bin("arith.subi", dims[other], one));
            shorter = b.bin("arith.addi", shorter, b.select(b.cmpi("sle", *inner, *step), reach, zero));
        }
        let single = b.cmpi("sle", dims[axis], one);
        all = b.bin("arith.andi", all, b.bin("arith.ori", single, b.cmpi("sgt", *step, shorter)));
    }
    all
}
