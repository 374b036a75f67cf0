//! Arrays frozen at compile time: read-only globals without an owner.

use super::internal;
use crate::llvm_dialect::{Descriptor, LlvmOps, MemRef, Symbols, array_type};
use melior::ir::r#type::RankedTensorType;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, AttributeLike, Builder, Op, Region, Type, TypeLike, Value};

/// In the address space `space` of a GPU, or where arrays are.
pub fn array<'c>(b: &Builder<'c>, op: Op<'c>, symbols: &mut Symbols<'c>, space: Option<i64>) -> Result<Value<'c>, Diagnostic> {
    let bad = |what: &str| internal(op, format!("a constant array needs {what}"));
    let memref = MemRef::new(op.result(0).ty()).ok_or_else(|| bad("a ranked memref"))?;
    let value = op.attr("value").ok_or_else(|| bad("a value"))?;
    let sizes = extents(value).filter(|sizes| sizes.len() == memref.rank()).ok_or_else(|| bad("as many extents as its memref"))?;
    let bytes = bytes(value, &sizes, memref.item_size() as usize).ok_or_else(|| bad("dense elements of its memref's type"))?;
    let bytes = if memref.is_column_major() { transposed(&bytes, &sizes, memref.item_size() as usize) } else { bytes };
    let data = global(b, &memref, &bytes, symbols, space);
    let values: Vec<Value> = sizes.iter().map(|n| b.c_i64(*n as i64)).collect();
    let strides = memref.contiguous_strides(b, &values);
    let null = b.val("llvm.mlir.zero", &[], b.ptr(), &[]);
    Ok(b.cast(Descriptor::build(b, &memref, null, data, &values, &strides).value, memref.ty))
}

/// The address of a constant with these bytes; complex numbers are pairs.
fn global<'c>(b: &Builder<'c>, memref: &MemRef<'c>, bytes: &[u8], symbols: &mut Symbols<'c>, space: Option<i64>) -> Value<'c> {
    let scalar = match crate::llvm_dialect::complex_part(memref.element) {
        Some(part) => part,
        None => memref.machine_element(b.context),
    };
    let width = if memref.element.is_complex() { memref.item_size() / 2 } else { memref.item_size() };
    let count = bytes.len() / width as usize;
    if count == 0 {
        return b.val("llvm.mlir.zero", &[], b.ptr(), &[]);
    }
    let ty = RankedTensorType::new(&[count as u64], scalar, None);
    // SAFETY: `bytes` holds `count` scalars of the type.
    let value = unsafe { Attribute::from_raw(mlir_sys::mlirDenseElementsAttrRawBufferGet(ty.to_raw(), bytes.len(), bytes.as_ptr().cast())) };
    let name = symbols.fresh("array");
    let mut attrs = vec![("value", value), ("alignment", b.int_attr(b.i64(), 64))];
    attrs.extend(space.map(|space| ("addr_space", b.int_attr(b.int(32), space))));
    symbols.constant(&name, array_type(scalar, count), &attrs, Region::new());
    let Some(space) = space else { return b.address_of(&name) };
    let pointer = melior::dialect::llvm::r#type::pointer(b.context, space as u32);
    let address = b.val("llvm.mlir.addressof", &[], pointer, &[("global_name", b.symbol(&name))]);
    b.val("llvm.addrspacecast", &[address], b.ptr(), &[])
}

pub fn extents(value: Attribute) -> Option<Vec<usize>> {
    // SAFETY: only asked of dense elements, whose type is shaped and static.
    unsafe {
        let raw = value.to_raw();
        if !mlir_sys::mlirAttributeIsADenseElements(raw) {
            return None;
        }
        let ty = mlir_sys::mlirAttributeGetType(raw);
        Some((0..mlir_sys::mlirShapedTypeGetRank(ty) as isize).map(|i| mlir_sys::mlirShapedTypeGetDimSize(ty, i) as usize).collect())
    }
}

/// The elements as they lie in memory, in the order of the attribute.
fn bytes(value: Attribute, sizes: &[usize], item: usize) -> Option<Vec<u8>> {
    let count: usize = sizes.iter().product();
    let raw = value.to_raw();
    // SAFETY: `extents` has seen that the attribute has dense elements.
    unsafe {
        let element = Type::from_raw(mlir_sys::mlirShapedTypeGetElementType(mlir_sys::mlirAttributeGetType(raw)));
        let splat = mlir_sys::mlirDenseElementsAttrIsSplat(raw);
        if zouk_dialects::ir::IntegerType::try_from(element).is_ok_and(|int| int.width() == 1) {
            let bit = |i: usize| mlir_sys::mlirDenseElementsAttrGetBoolValue(raw, i as isize) as u8;
            return (item == 1).then(|| (0..count).map(|i| if splat { mlir_sys::mlirDenseElementsAttrGetBoolSplatValue(raw) as u8 } else { bit(i) }).collect());
        }
        let known = crate::llvm_dialect::item_size(element) as usize;
        if known != item {
            return None;
        }
        let data = mlir_sys::mlirDenseElementsAttrGetRawData(raw) as *const u8;
        if splat {
            return Some(std::slice::from_raw_parts(data, item).repeat(count));
        }
        Some(if count == 0 { vec![] } else { std::slice::from_raw_parts(data, item * count).to_vec() })
    }
}

/// From row-major to column-major order.
fn transposed(bytes: &[u8], sizes: &[usize], item: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for mut at in 0..bytes.len() / item {
        // `at` counts with the first index running fastest; `row_major` is the same element's number in the other order.
        let mut row_major = 0;
        for (i, size) in sizes.iter().enumerate() {
            row_major += (at % size) * sizes[i + 1..].iter().product::<usize>();
            at /= size;
        }
        out.extend_from_slice(&bytes[row_major * item..][..item]);
    }
    out
}
