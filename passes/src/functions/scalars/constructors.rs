//! `numpy.float32(x)`, `zouk.int64(x)`: conversions as C's casts, wrapping to the width.

use crate::functions::rules::*;
use crate::functions::{Bound, Function, TyArg};
use zouk_dialects::ty::Ty;

macro_rules! constructors {
    ($($name:literal)*) => {
        &[$(constructors!(@ "numpy.", $name), constructors!(@ "zouk.", $name), constructors!(@ "zouk.types.", $name)),*]
    };
    (@ $module:literal, $name:literal) => {
        Function {
            name: concat!($module, $name),
            params: "_x=",
            infer: |a| constructed(a, $name),
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

/// Every name that `Ty::from_numpy_name` knows.
pub static TABLE: &[Function] = constructors! {
    "bool" "bool_" "boolean"
    "int8" "byte" "int16" "short" "int32" "intc" "int64" "intp" "int_" "long" "longlong"
    "uint8" "ubyte" "uint16" "ushort" "uint32" "uintc" "uint64" "uintp" "uint" "ulong" "ulonglong"
    "float32" "single" "float64" "double" "float_"
    "complex64" "csingle" "complex128" "cdouble" "complex_"
};

fn constructed(a: &Bound<TyArg>, name: &str) -> Rule {
    let ty = Ty::from_numpy_name(name).unwrap_or(Ty::Unknown);
    match a.get(0) {
        Some(x) if ty.is_complex() || ty == Ty::Bool => number(x).map(|_| ty.into()),
        Some(x) => real(x).map(|_| ty.into()),
        None => Ok(ty.into()),
    }
}
