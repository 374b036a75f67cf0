//! Sizes, strides and copies of arrays while tensors become memory.

use crate::memory::may_repeat;
use zouk_dialects::ir::{Builder, MemRefType, Op, RankedTensorType, ShapedTypeLike, Type, Value};
use melior::ir::attribute::StridedLayoutAttribute;

const DYNAMIC: i64 = i64::MIN;

fn memref(array: Value) -> MemRefType {
    MemRefType::try_from(array.ty()).expect("an array is a memref")
}

pub fn rank(array: Value) -> usize {
    memref(array).rank()
}

/// An array type of which no stride is known.
fn strided<'c>(b: &Builder<'c>, element: Type<'c>, rank: usize) -> Type<'c> {
    let layout = (rank > 0).then(|| StridedLayoutAttribute::new(b.context, 0, &vec![DYNAMIC; rank]).into());
    MemRefType::new(element, &vec![DYNAMIC; rank], layout, None).into()
}

/// An array type whose elements are packed in C order.
pub fn packed<'c>(array: Value<'c>, rank: usize) -> Type<'c> {
    MemRefType::new(memref(array).element(), &vec![DYNAMIC; rank], None, None).into()
}

/// The array type of a tensor, of any layout.
pub fn any<'c>(b: &Builder<'c>, tensor: RankedTensorType<'c>) -> Type<'c> {
    strided(b, tensor.element(), tensor.rank())
}

/// The type of an array of such elements and axes, of any layout.
pub fn any_like<'c>(b: &Builder<'c>, array: Value<'c>) -> Type<'c> {
    strided(b, memref(array).element(), rank(array))
}

/// The array type of a tensor, packed in C order.
pub fn packed_of(tensor: RankedTensorType) -> Type {
    MemRefType::new(tensor.element(), &vec![DYNAMIC; tensor.rank()], None, None).into()
}

/// Whether the type says that the elements are packed in C order.
pub fn is_packed(array: Value) -> bool {
    array.ty() == packed(array, rank(array))
}

pub fn dims<'c>(b: &Builder<'c>, array: Value<'c>) -> Vec<Value<'c>> {
    (0..rank(array)).map(|axis| b.val("memref.dim", &[array, b.c_index(axis as i64)], b.index(), &[])).collect()
}

pub fn strides<'c>(b: &Builder<'c>, array: Value<'c>) -> Vec<Value<'c>> {
    let rank = rank(array);
    let base = MemRefType::new(memref(array).element(), &[], None, None);
    let results: Vec<Type> = [base.into(), b.index()].into_iter().chain(vec![b.index(); 2 * rank]).collect();
    let op = b.op("memref.extract_strided_metadata", &[array], &results, &[]);
    (0..rank).map(|i| op.result(2 + rank + i)).collect()
}

/// The view with the sizes that an `rt.broadcast` asks for: a stretched axis has stride zero.
pub fn broadcast<'c>(op: Op<'c>, array: Value<'c>) -> Value<'c> {
    let b = Builder::before(op);
    let sizes = op.operands()[1..].to_vec();
    let (zero, one) = (b.c_index(0), b.c_index(1));
    let old = dims(&b, array);
    let strides: Vec<Value<'c>> = strides(&b, array).into_iter().zip(old).map(|(stride, dim)| b.select(b.cmpi("eq", dim, one), zero, stride)).collect();
    b.val("rt.view", &[&[array, zero], &sizes[..], &strides].concat(), strided(&b, memref(array).element(), sizes.len()), &[])
}

/// A new array with the same elements, in C order.
pub fn copy<'c>(b: &Builder<'c>, array: Value<'c>) -> Value<'c> {
    copy_as(b, array, packed(array, rank(array)))
}

/// A new array with the same elements, of a type that says in which order they are.
pub fn copy_as<'c>(b: &Builder<'c>, array: Value<'c>, ty: Type<'c>) -> Value<'c> {
    let fresh = b.val("rt.alloc", &dims(b, array), ty, &[]);
    assign(b, array, fresh);
    fresh
}

/// Copies between arrays of the same sizes that share no memory.
pub fn assign<'c>(b: &Builder<'c>, source: Value<'c>, target: Value<'c>) {
    let rank = rank(source);
    let element = memref(source).element();
    let region = zouk_dialects::ir::Region::new();
    let block = region.add_block(&[(element, b.loc()), (element, b.loc())]);
    b.within(block, || b.op("linalg.yield", &[block.arg(0)], &[], &[]));
    let names: Vec<String> = (0..rank).map(|i| format!("d{i}")).collect();
    let map = format!("affine_map<({0}) -> ({0})>", names.join(", "));
    let attrs = [
        ("indexing_maps", b.parse_attr(&format!("[{map}, {map}]"))),
        ("iterator_types", b.parse_attr(&format!("[{}]", vec!["#linalg.iterator_type<parallel>"; rank].join(", ")))),
        ("operandSegmentSizes", b.i32_array(&[1, 1])),
    ];
    let op = b.op_with_regions("linalg.generic", &[source, target], &[], &attrs, &[region]);
    if !may_repeat(target) {
        op.set_unit(super::INDEPENDENT);
    }
}
