//! A memref type taken apart, and its descriptor `{ owner, data, offset, [sizes], [strides] }` in the `llvm` dialect.

use super::{LlvmOps, array_type, as_memref, struct_type};
use zouk_dialects::ir::{Builder, Context, Type, TypeLike, Value};

/// A memref type: static numbers are `Some`.
pub struct MemRef<'c> {
    pub ty: Type<'c>,
    pub element: Type<'c>,
    pub sizes: Vec<Option<i64>>,
    pub strides: Vec<Option<i64>>,
}

impl<'c> MemRef<'c> {
    /// None for what is no memref.
    pub fn new(ty: Type<'c>) -> Option<Self> {
        use melior::ir::{ShapedTypeLike, r#type::DimSize};
        let memref = as_memref(ty)?;
        let dynamic = zouk_dialects::ir::MemRefType::dynamic_stride_or_offset();
        let size = |i| match memref.dim_size(i) {
            Ok(DimSize::Static(n)) => Some(n as i64),
            _ => None,
        };
        let strides = memref.strides_and_offset().0.into_iter().map(|s| (s != dynamic).then_some(s)).collect();
        Some(MemRef { ty, element: memref.element(), sizes: (0..memref.rank()).map(size).collect(), strides })
    }

    pub fn rank(&self) -> usize {
        self.sizes.len()
    }

    /// The first index runs fastest in memory, not the last.
    pub fn is_column_major(&self) -> bool {
        self.rank() > 1 && self.strides[0] == Some(1) && self.strides[self.rank() - 1] != Some(1)
    }

    /// The type of an element in LLVM's memory.
    pub fn machine_element(&self, context: &'c Context) -> Type<'c> {
        machine_type(context, self.element)
    }

    /// Bytes of an element; a type is as large as it is aligned, but for complex.
    pub fn item_size(&self) -> i64 {
        item_size(self.element)
    }

    /// `!llvm.struct<(ptr, ptr, i64, array<n x i64>, array<n x i64>)>`
    pub fn descriptor_type(&self, context: &'c Context) -> Type<'c> {
        let i64_type: Type = zouk_dialects::ir::IntegerType::new(context, 64).into();
        let pointer = melior::dialect::llvm::r#type::pointer(context, 0);
        let extents = array_type(i64_type, self.rank());
        let fields = [pointer, pointer, i64_type, extents, extents];
        struct_type(context, if self.rank() == 0 { &fields[..3] } else { &fields })
    }

    /// The strides of a contiguous array of these sizes (i64 values).
    pub fn contiguous_strides(&self, b: &Builder<'c>, sizes: &[Value<'c>]) -> Vec<Value<'c>> {
        let mut strides = vec![b.c_i64(1); self.rank()];
        let last = self.rank().saturating_sub(1);
        // Elements that are the bytes along the last axis, the first index running fastest.
        if last > 1 && self.strides[last] == Some(1) && let (Some(unit), None) = (self.strides[0], self.strides[1]) {
            strides[0] = b.c_i64(unit);
            for at in 1..last {
                strides[at] = b.bin("arith.muli", strides[at - 1], sizes[at - 1]);
            }
            return strides;
        }
        let order: Vec<usize> = if self.is_column_major() { (0..self.rank()).collect() } else { (0..self.rank()).rev().collect() };
        for pair in order.windows(2) {
            let (before, at) = (pair[0], pair[1]);
            strides[at] = match self.strides[at] {
                Some(fixed) => b.c_i64(fixed),
                None => b.bin("arith.muli", strides[before], sizes[before]),
            };
        }
        strides
    }
}

fn machine_type<'c>(context: &'c Context, element: Type<'c>) -> Type<'c> {
    if element.is_index() {
        return zouk_dialects::ir::IntegerType::new(context, 64).into();
    }
    match complex_part(element) {
        Some(part) => struct_type(context, &[part, part]),
        None => element,
    }
}

/// The type of the real and imaginary parts of a complex type.
pub fn complex_part(ty: Type) -> Option<Type> {
    // SAFETY: the type is a complex one.
    ty.is_complex().then(|| unsafe { Type::from_raw(mlir_sys::mlirComplexTypeGetElementType(ty.to_raw())) })
}

/// Bytes of an element in an array.
pub fn item_size(element: Type) -> i64 {
    match complex_part(element) {
        Some(part) => 2 * item_size(part),
        None if element.is_index() => 8,
        None if element.is_f16() => 2,
        None if element.is_f32() => 4,
        None if element.is_f64() => 8,
        None => zouk_dialects::ir::IntegerType::try_from(element).map_or(8, |int| int.width().div_ceil(8) as i64),
    }
}

/// The value of a memref as an `llvm` struct.
pub struct Descriptor<'c> {
    pub value: Value<'c>,
}

impl<'c> Descriptor<'c> {
    /// Of a memref, which must be one.
    pub fn of(b: &Builder<'c>, array: Value<'c>) -> Option<Self> {
        let ty = MemRef::new(array.ty())?.descriptor_type(b.context);
        Some(Descriptor { value: b.cast(array, ty) })
    }

    pub fn owner(&self, b: &Builder<'c>) -> Value<'c> {
        b.extract_value(self.value, &[0], b.ptr())
    }

    pub fn data(&self, b: &Builder<'c>) -> Value<'c> {
        b.extract_value(self.value, &[1], b.ptr())
    }

    /// An array of offset 0; sizes and strides are i64.
    pub fn build(b: &Builder<'c>, memref: &MemRef<'c>, owner: Value<'c>, data: Value<'c>, sizes: &[Value<'c>], strides: &[Value<'c>]) -> Self {
        let empty = b.val("llvm.mlir.poison", &[], memref.descriptor_type(b.context), &[]);
        let mut value = b.insert_value(empty, owner, &[0]);
        value = b.insert_value(value, data, &[1]);
        value = b.insert_value(value, b.c_i64(0), &[2]);
        for (field, extents) in [(3, sizes), (4, strides)] {
            for (i, extent) in extents.iter().enumerate() {
                value = b.insert_value(value, *extent, &[field, i as i64]);
            }
        }
        Descriptor { value }
    }
}
