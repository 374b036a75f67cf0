//! Names of scalar types. NumPy's and Numba's differ: `numpy.byte` is an int8, `zouk.byte` a uint8.

use super::{RecordTy, Time, Ty, record};
use std::sync::Arc;

fn int(bits: u32, signed: bool) -> Option<Ty> {
    Some(Ty::Int { bits, signed })
}

impl Ty {
    /// The NumPy scalar type of that name (`float64`, `bool`, `intp`, `datetime64[D]`, …), as in `numpy.float64`.
    pub fn from_numpy_name(name: &str) -> Option<Ty> {
        match name {
            "bool" | "bool_" => Some(Ty::Bool),
            "int8" | "byte" => int(8, true),
            "int16" | "short" => int(16, true),
            "int32" | "intc" => int(32, true),
            "int64" | "intp" | "int_" | "long" | "longlong" => int(64, true),
            "uint8" | "ubyte" => int(8, false),
            "uint16" | "ushort" => int(16, false),
            "uint32" | "uintc" => int(32, false),
            "uint64" | "uintp" | "uint" | "ulong" | "ulonglong" => int(64, false),
            "float16" | "half" => Some(Ty::F16),
            "float32" | "single" => Some(Ty::F32),
            "float64" | "double" | "float_" => Some(Ty::F64),
            "complex64" | "csingle" => Some(Ty::C64),
            "complex128" | "cdouble" | "complex_" => Some(Ty::C128),
            name => match name.strip_prefix("void") {
                Some(record) => Some(Ty::Record(RecordTy { of: Arc::new(record::parse(record)?), readonly: false })),
                None => Time::from_numpy_name(name).map(Ty::Time),
            },
        }
    }

    /// The number type of that name in `zouk` and `zouk.types`: Numba's names.
    pub fn from_zouk_name(name: &str) -> Option<Ty> {
        match name {
            "bool" | "bool_" | "boolean" | "b1" => Some(Ty::Bool),
            "int8" | "i1" | "char" => int(8, true),
            "int16" | "i2" | "short" => int(16, true),
            "int32" | "i4" | "intc" => int(32, true),
            "int64" | "i8" | "intp" | "int_" | "long_" | "longlong" | "ssize_t" => int(64, true),
            "uint8" | "u1" | "byte" | "uchar" => int(8, false),
            "uint16" | "u2" | "ushort" => int(16, false),
            "uint32" | "u4" | "uintc" => int(32, false),
            "uint64" | "u8" | "uintp" | "uint" | "ulong" | "ulonglong" | "size_t" => int(64, false),
            "float16" | "f2" => Some(Ty::F16),
            "float32" | "f4" | "float_" => Some(Ty::F32),
            "float64" | "f8" | "double" => Some(Ty::F64),
            "complex64" | "c8" => Some(Ty::C64),
            "complex128" | "c16" => Some(Ty::C128),
            _ => None,
        }
    }

    /// The number type that a module calls so.
    pub fn from_module_name(module: &str, name: &str) -> Option<Ty> {
        match module {
            "numpy" => Ty::from_numpy_name(name),
            "zouk" | "zouk.types" => Ty::from_zouk_name(name),
            _ => None,
        }
    }

    /// The canonical NumPy name of a scalar type, which is Numba's too.
    pub fn numpy_name(&self) -> Option<String> {
        Some(match self {
            Ty::Bool => "bool".into(),
            Ty::Int { bits, signed: true } => format!("int{bits}"),
            Ty::Int { bits, signed: false } => format!("uint{bits}"),
            Ty::Float(bits) => format!("float{bits}"),
            Ty::Complex(bits) => format!("complex{}", bits * 2),
            Ty::Time(time) => time.numpy_name(),
            Ty::Record(record) => format!("void{}", record.of),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numpy_and_numba_disagree_on_some_names() {
        for (name, numpy, numba) in [("byte", "int8", "uint8"), ("float_", "float64", "float32")] {
            assert_eq!(Ty::from_module_name("numpy", name), Ty::from_numpy_name(numpy), "{name}");
            assert_eq!(Ty::from_module_name("zouk.types", name), Ty::from_numpy_name(numba), "{name}");
        }
    }

    #[test]
    fn canonical_names_are_shared() {
        for name in ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"] {
            let ty = Ty::from_numpy_name(name).expect("a type");
            assert_eq!(Ty::from_zouk_name(name).as_ref(), Some(&ty));
            assert_eq!(ty.numpy_name().as_deref(), Some(name));
        }
    }
}
