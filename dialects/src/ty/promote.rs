//! The type of arithmetic on two scalars, by Numba's rules (integers compute in 64 bits).

use super::Ty;

/// The kinds of numbers that arithmetic distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    Bool,
    Int { bits: u32, signed: bool },
    Float(u32),
    Complex(u32),
}

pub fn number_of(ty: &Ty) -> Option<Number> {
    Some(match ty {
        Ty::Bool => Number::Bool,
        Ty::Int { bits, signed } => Number::Int { bits: *bits, signed: *signed },
        Ty::Float(bits) => Number::Float(*bits),
        Ty::Complex(bits) => Number::Complex(*bits),
        _ => return None,
    })
}

/// The float width that holds a number beside a float: `int8` fits `float16`, small integers `float32`, others need `float64`. (`uint8` would fit `float16`, too,
/// and `uint16` `float32`; as their joins with signed integers have twice the bits, only the wider floats make the joins associative. Numba agrees.)
pub(super) fn float_bits(number: Number) -> u32 {
    match number {
        Number::Bool | Number::Int { bits: 8, signed: true } => 16,
        Number::Int { bits: 8, .. } | Number::Int { bits: 16, signed: true } => 32,
        Number::Int { .. } => 64,
        Number::Float(bits) | Number::Complex(bits) => bits,
    }
}

/// The type in which `a + b` computes: int64 unless both are unsigned (uint64); a float or complex wide enough for both.
pub fn binary_number(a: &Ty, b: &Ty) -> Option<Ty> {
    use Number::*;
    let (m, n) = (number_of(a)?, number_of(b)?);
    let bits = float_bits(m).max(float_bits(n));
    Some(match (m, n) {
        (Complex(_), _) | (_, Complex(_)) => Ty::Complex(bits),
        (Float(_), _) | (_, Float(_)) => Ty::Float(bits),
        (Int { signed: false, .. }, Int { signed: false, .. }) => Ty::U64,
        _ => Ty::I64,
    })
}
