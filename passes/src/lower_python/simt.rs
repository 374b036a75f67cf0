//! What kernels ask of threads, blocks and memory: the ops that `cuda` functions become.

use super::Lower;
use crate::functions::Val;
use zouk_dialects::ir::{Type, Value};
use zouk_dialects::ty::{Array, Ty};

impl<'c> Lower<'c> {
    /// `rt.simt`, by the names of `crate::simt`.
    pub fn simt(&self, name: &str, arguments: &[Value<'c>], results: &[Type<'c>]) -> Vec<Value<'c>> {
        self.b.op("rt.simt", arguments, results, &[("name", self.b.str(name))]).results()
    }

    /// An array in memory of a block or a thread. The shape 0 of a block's is the size that the launch gives.
    pub fn scratch(&self, space: &str, array: Array, sizes: &[i64], alignment: Option<i64>) -> Vec<Value<'c>> {
        let b = &self.b;
        let (space, dims) = if sizes == [0] {
            let bytes = self.simt("dynamic_shared_size", &[], &[b.int(32)])[0];
            let bytes = b.val("arith.index_castui", &[bytes], b.index(), &[]);
            let item = array.element.item_size().unwrap_or(1) as i64;
            ("dynamic", vec![b.bin("arith.divui", bytes, b.c_index(item))])
        } else {
            (space, sizes.iter().map(|n| b.c_index(*n)).collect())
        };
        // Copies of the op, where a function is inlined, are the same array.
        let number = self.module.collect(|op| op.is("rt.scratch")).len() as i64;
        let mut attrs = vec![("space", b.str(space)), ("id", b.int_attr(b.i64(), number))];
        attrs.extend(alignment.map(|n| ("alignment", b.int_attr(b.i64(), n))));
        vec![b.val("rt.scratch", &dims, self.memref(&array), &attrs)]
    }

    /// The checked places of an integer, or of a tuple of one for each axis.
    pub fn places_of(&mut self, array: &Val<'c>, index: &Val<'c>) -> Vec<Value<'c>> {
        let indices = if index.ty.is_int() { vec![index.clone()] } else { self.elements(index) };
        let places = indices.iter().enumerate().map(|(axis, index)| {
            let size = self.dim(array, axis);
            self.checked_index(index, size, &axis.to_string())
        });
        places.collect()
    }

    /// One element read, computed with and written at once; what it was.
    pub fn atomic(&mut self, kind: &str, array: &Val<'c>, places: &[Value<'c>], values: &[Value<'c>], element: &Ty) -> Value<'c> {
        let unsigned = matches!(element, Ty::Int { signed: false, .. });
        let kind = match kind {
            "max" if unsigned => "umax",
            "min" if unsigned => "umin",
            // Only floats may be NaN.
            "nanmax" if !element.is_float() => if unsigned { "umax" } else { "max" },
            "nanmin" if !element.is_float() => if unsigned { "umin" } else { "min" },
            kind => kind,
        };
        let operands = [&[array.parts[0]], places, values].concat();
        self.b.val("rt.atomic", &operands, self.element(element), &[("kind", self.b.str(kind))])
    }
}
