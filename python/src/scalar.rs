//! The scalar types that cross the boundary: how a slot spells them, and C's casts between them.

use std::ffi::{c_int, c_long, c_longlong};
use std::sync::RwLock;
use zouk_dialects::ty::{Time, Ty, Unit};

/// A number type, or that of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    C64,
    C128,
    Time(Time),
}

use Scalar::*;

/// The numbers, in the order of the fingerprint's code.
const NUMBERS: [Scalar; 13] = [Bool, I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, C64, C128];

impl Scalar {
    /// What a fingerprint has for it: datetimes and spans follow the numbers, by their units; then those of multiples of units, as they are met.
    #[inline]
    pub fn code(self) -> u8 {
        match self {
            Bool => 0,
            I8 => 1,
            I16 => 2,
            I32 => 3,
            I64 => 4,
            U8 => 5,
            U16 => 6,
            U32 => 7,
            U64 => 8,
            F32 => 9,
            F64 => 10,
            C64 => 11,
            C128 => 12,
            Scalar::Time(time) if time.unit.many() == 1 => 32 + 16 * time.span as u8 + time.unit.base().number(),
            Scalar::Time(time) => code_of_multiple(time).unwrap_or(u8::MAX),
        }
    }

    pub fn from_code(code: u8) -> Option<Scalar> {
        match code {
            MULTIPLES.. => multiples().get((code - MULTIPLES) as usize).copied().map(Scalar::Time),
            32.. => Unit::from_number((code % 16) as i64).map(|unit| Scalar::Time(Time { span: code >= 48, unit })),
            code => NUMBERS.get(code as usize).copied(),
        }
    }

    /// log2 of the item size in bytes.
    #[inline]
    pub fn shift(self) -> u32 {
        match self {
            Bool | I8 | U8 => 0,
            I16 | U16 => 1,
            I32 | U32 | F32 => 2,
            I64 | U64 | F64 | C64 | Scalar::Time(_) => 3,
            C128 => 4,
        }
    }

    pub fn bits(self) -> u32 {
        8 << self.shift()
    }

    pub fn is_signed(self) -> bool {
        matches!(self, I8 | I16 | I32 | I64)
    }
    pub fn is_unsigned(self) -> bool {
        matches!(self, U8 | U16 | U32 | U64)
    }
    pub fn is_float(self) -> bool {
        matches!(self, F32 | F64)
    }
    pub fn is_complex(self) -> bool {
        matches!(self, C64 | C128)
    }

    pub fn slots(self) -> usize {
        1 + self.is_complex() as usize
    }

    pub fn ty(self) -> Ty {
        match self {
            Bool => Ty::Bool,
            F32 | F64 => Ty::Float(self.bits()),
            C64 | C128 => Ty::Complex(self.bits() / 2),
            Scalar::Time(time) => Ty::Time(time),
            _ => Ty::Int { bits: self.bits(), signed: self.is_signed() },
        }
    }

    pub fn of(ty: &Ty) -> Option<Scalar> {
        if let Ty::Time(time) = ty { Some(Scalar::Time(*time)) } else { NUMBERS.into_iter().find(|s| s.ty() == *ty) }
    }

    /// The number type behind a NumPy type number; `None` for what zouk does not compile.
    #[inline]
    pub fn of_type_number(number: c_int) -> Option<Scalar> {
        BY_TYPE_NUMBER.get(number as usize).copied().flatten()
    }

    pub fn type_number(self) -> c_int {
        match self {
            Bool => 0,
            I8 => 1,
            U8 => 2,
            I16 => 3,
            U16 => 4,
            I32 => 5,
            U32 => 6,
            I64 if size_of::<c_long>() == 8 => 7,
            U64 if size_of::<c_long>() == 8 => 8,
            I64 => 9,
            U64 => 10,
            F32 => 11,
            F64 => 12,
            C64 => 14,
            C128 => 15,
            Scalar::Time(time) => 21 + time.span as c_int,
        }
    }
}

/// The code of the first time whose unit is a multiple.
const MULTIPLES: u8 = 64;

/// The times whose units are multiples, in the order in which the process has met them.
static MET: RwLock<Vec<Time>> = RwLock::new(vec![]);

fn multiples() -> Vec<Time> {
    MET.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
}

/// The code of a time whose unit is a multiple; none where the process has met too many of them.
pub fn code_of_multiple(time: Time) -> Option<u8> {
    let code = |place: usize| u8::try_from(place + MULTIPLES as usize).ok().filter(|code| *code < u8::MAX);
    if let Some(place) = multiples().iter().position(|known| *known == time) {
        return code(place);
    }
    let mut met = MET.write().unwrap_or_else(|poisoned| poisoned.into_inner());
    let place = met.iter().position(|known| *known == time).unwrap_or(met.len());
    let code = code(place)?;
    if place == met.len() {
        met.push(time);
    }
    Some(code)
}

/// NPY_BOOL, BYTE, UBYTE, SHORT, USHORT, INT, UINT, LONG, ULONG, LONGLONG, ULONGLONG, FLOAT, DOUBLE, LONGDOUBLE, CFLOAT, CDOUBLE.
static BY_TYPE_NUMBER: [Option<Scalar>; 16] = {
    let long = if size_of::<c_long>() == 8 { (I64, U64) } else { (I32, U32) };
    assert!(size_of::<c_longlong>() == 8);
    [
        Some(Bool),
        Some(I8),
        Some(U8),
        Some(I16),
        Some(U16),
        Some(I32),
        Some(U32),
        Some(long.0),
        Some(long.1),
        Some(I64),
        Some(U64),
        Some(F32),
        Some(F64),
        None,
        Some(C64),
        Some(C128),
    ]
};

/// A float's slot: a float32 lies in the low four bytes.
#[inline]
pub fn float_slot(value: f64, single: bool) -> u64 {
    if single { (value as f32).to_bits() as u64 } else { value.to_bits() }
}

#[inline]
pub fn float_of_slot(slot: u64, single: bool) -> f64 {
    if single { f32::from_bits(slot as u32) as f64 } else { f64::from_bits(slot) }
}

/// An integer cut to its width and extended back to the slot.
pub fn wrap(value: i64, to: Scalar) -> u64 {
    match to {
        Bool => (value != 0) as u64,
        I8 => value as i8 as i64 as u64,
        I16 => value as i16 as i64 as u64,
        I32 => value as i32 as i64 as u64,
        U8 => value as u8 as u64,
        U16 => value as u16 as u64,
        U32 => value as u32 as u64,
        _ => value as u64,
    }
}

/// C's conversion of one real slot to another real type. An integer keeps its low bits, as does a float that `fits`.
fn cast_real(slot: u64, from: Scalar, to: Scalar) -> u64 {
    if from.is_float() {
        let value = float_of_slot(slot, from == F32);
        return match to {
            F32 | F64 => float_slot(value, to == F32),
            Bool => (value != 0.0) as u64,
            U8 | U16 | U32 | U64 => wrap(value as u64 as i64, to),
            _ => wrap(value as i64, to),
        };
    }
    if to.is_float() {
        let single = to == F32;
        return match (from, single) {
            (U64, true) => (slot as f32).to_bits() as u64,
            (U64, false) => (slot as f64).to_bits(),
            (_, true) => (slot as i64 as f32).to_bits() as u64,
            (_, false) => (slot as i64 as f64).to_bits(),
        };
    }
    wrap(slot as i64, to)
}

/// Why a number has no counterpart in an integer type: the errors of Python's `int`, and of its C conversions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    Nan,
    Infinite,
    Negative,
    TooBig,
}

/// Whether a number can be an argument of an integer type: it must fit 64 bits of that sign. Narrower types take the low bits.
pub fn fits(slot: u64, from: Scalar, to: Scalar) -> Result<(), Unfit> {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    if !(to.is_signed() || to.is_unsigned()) || from.is_complex() {
        return Ok(());
    }
    if !from.is_float() {
        return match from {
            Bool => Ok(()),
            _ if from.is_unsigned() => if to.is_signed() && slot > i64::MAX as u64 { Err(Unfit::TooBig) } else { Ok(()) },
            _ => if to.is_unsigned() && (slot as i64) < 0 { Err(Unfit::Negative) } else { Ok(()) },
        };
    }
    let value = float_of_slot(slot, from == F32).trunc();
    let limit = if to.is_signed() { TWO_63 } else { 2.0 * TWO_63 };
    match value {
        _ if value.is_nan() => Err(Unfit::Nan),
        _ if value.is_infinite() => Err(Unfit::Infinite),
        _ if to.is_unsigned() && value < 0.0 => Err(Unfit::Negative),
        _ if value >= limit || value < -TWO_63 => Err(Unfit::TooBig),
        _ => Ok(()),
    }
}

/// C's conversion between two number types, slots to slots. A complex never becomes real.
pub fn cast(slots: &[u64], from: Scalar, to: Scalar, out: &mut impl Extend<u64>) {
    if !to.is_complex() {
        out.extend([cast_real(slots[0], from, to)]);
        return;
    }
    let part = if to == C64 { F32 } else { F64 };
    let from_part = match from {
        C64 => F32,
        C128 => F64,
        real => real,
    };
    let imaginary = if from.is_complex() { cast_real(slots[1], from_part, part) } else { 0 };
    out.extend([cast_real(slots[0], from_part, part), imaginary]);
}
