//! Values known at compile time: literals, and globals frozen by an environment.

use num_bigint::BigInt;
use zouk_dialects::ty::Ty;

/// A value known at compile time.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    None,
    Bool(bool),
    Int(BigInt),
    Float(f64),
    Complex(f64, f64),
    Str(String),
    Ellipsis,
    Tuple(Vec<Constant>),
    /// Start, stop, step.
    Slice(Box<[Constant; 3]>),
    /// `bytes` are the elements in C order (as `ndarray.tobytes()` gives them) and native byte order; `fortran` says how the array lies in memory.
    Array {
        element: Ty,
        shape: Vec<usize>,
        fortran: bool,
        bytes: Vec<u8>,
    },
    /// A NumPy scalar, `np.float32(1.5)`.
    Typed(Ty, Scalar),
}

/// The value of a NumPy scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f64),
    Complex(f64, f64),
}

impl From<i64> for Constant {
    fn from(value: i64) -> Constant {
        Constant::Int(value.into())
    }
}

impl From<f64> for Constant {
    fn from(value: f64) -> Constant {
        Constant::Float(value)
    }
}

impl From<bool> for Constant {
    fn from(value: bool) -> Constant {
        Constant::Bool(value)
    }
}

impl From<&str> for Constant {
    fn from(value: &str) -> Constant {
        Constant::Str(value.into())
    }
}
