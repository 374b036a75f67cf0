//! `numpy.float32(x)`, `zouk.int64(x)`: conversions as C's casts, wrapping to the width.

use crate::functions::rules::*;
use crate::functions::{Bound, Function, TyArg};
use zouk_dialects::ty::Ty;

macro_rules! constructors {
    (numpy: $($numpy:literal)*, zouk: $($zouk:literal)*) => {
        &[$(constructors!(@ "numpy", $numpy),)* $(constructors!(@ "zouk", $zouk), constructors!(@ "zouk.types", $zouk)),*]
    };
    (@ $module:literal, $name:literal) => {
        Function {
            name: concat!($module, ".", $name),
            params: "_x=",
            infer: |a| constructed(a, $module, $name),
            lower: |l, a, ty| match a.get(0) {
                Some(x) => l.cast(x, ty).parts,
                None => {
                    let zero = l.val(Ty::Bool, vec![l.b.c_bool(false)]);
                    l.cast(&zero, ty).parts
                }
            },
        }
    };
}

/// Every name that `Ty::from_module_name` knows.
pub static TABLE: &[Function] = constructors! {
    numpy: "bool" "bool_"
        "int8" "byte" "int16" "short" "int32" "intc" "int64" "intp" "int_" "long" "longlong"
        "uint8" "ubyte" "uint16" "ushort" "uint32" "uintc" "uint64" "uintp" "uint" "ulong" "ulonglong"
        "float16" "half" "float32" "single" "float64" "double" "float_"
        "complex64" "csingle" "complex128" "cdouble" "complex_",
    zouk: "bool" "bool_" "boolean" "b1"
        "int8" "i1" "char" "int16" "i2" "short" "int32" "i4" "intc" "int64" "i8" "intp" "int_" "long_" "longlong" "ssize_t"
        "uint8" "u1" "byte" "uchar" "uint16" "u2" "ushort" "uint32" "u4" "uintc"
        "uint64" "u8" "uintp" "uint" "ulong" "ulonglong" "size_t"
        "float16" "f2" "float32" "f4" "float_" "float64" "f8" "double"
        "complex64" "c8" "complex128" "c16"
};

fn constructed(a: &Bound<TyArg>, module: &str, name: &str) -> Rule {
    let ty = Ty::from_module_name(module, name).unwrap_or(Ty::Unknown);
    match a.get(0) {
        Some(TyArg { ty: Ty::Time(_), .. }) if !ty.is_complex() => Ok(ty.into()),
        Some(x) if ty.is_complex() || ty == Ty::Bool => number(x).map(|_| ty.into()),
        Some(x) => real(x).map(|_| ty.into()),
        None => Ok(ty.into()),
    }
}
