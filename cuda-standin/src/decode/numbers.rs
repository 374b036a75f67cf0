//! Floating-point arithmetic as PTX has it: flushing, saturation, canonical NaNs, and halves.

use crate::machine::lanes::{self, Work};
use crate::machine::registers::Slot;
use crate::ptx::types::{Kind, Type};
use crate::soft::{F32, Format, Rounding};

/// `.ftz` and `.sat` of an instruction.
#[derive(Clone, Copy, Default, Debug)]
pub struct Mode {
    pub flush: bool,
    pub saturate: bool,
    /// `.relu`: nothing below zero.
    pub relu: bool,
}

impl Mode {
    #[inline]
    pub fn input(self, x: f32) -> f32 {
        if self.flush && x.is_subnormal() { f32::from_bits(x.to_bits() & 0x8000_0000) } else { x }
    }

    /// A result: flushed, saturated, and one pattern for all NaNs.
    #[inline]
    pub fn output(self, x: f32) -> f32 {
        if x.is_nan() {
            return if self.saturate { 0.0 } else { f32::from_bits(F32.nan() as u32) };
        }
        let x = self.input(x);
        if self.saturate {
            // Also makes -0 a 0.
            return if x > 0.0 { x.min(1.0) } else { 0.0 };
        }
        x
    }
}

pub fn unary_f32(to: Slot, a: Slot, mode: Mode, f: impl Fn(f32) -> f32 + Send + Sync + 'static) -> Work {
    lanes::unary(to, a, move |a: f32| mode.output(f(mode.input(a))))
}

pub fn binary_f32(to: Slot, a: Slot, b: Slot, mode: Mode, f: impl Fn(f32, f32) -> f32 + Send + Sync + 'static) -> Work {
    lanes::binary(to, a, b, move |a: f32, b: f32| mode.output(f(mode.input(a), mode.input(b))))
}

pub fn ternary_f32(to: Slot, sources: (Slot, Slot, Slot), mode: Mode, f: impl Fn(f32, f32, f32) -> f32 + Send + Sync + 'static) -> Work {
    lanes::ternary(to, sources, move |a: f32, b: f32, c: f32| mode.output(f(mode.input(a), mode.input(b), mode.input(c))))
}

/// A function of whole bit patterns, on one half or on the two of a register.
pub fn halves(ty: Type, to: Slot, sources: [Slot; 3], mode: Mode, f: impl Fn(u64, u64, u64) -> u64 + Send + Sync + 'static) -> Work {
    let format = ty.format().unwrap_or(crate::soft::F16);
    let [a, b, c] = sources;
    let one = move |a: u64, b: u64, c: u64| {
        let [a, b, c] = [a, b, c].map(|bits| if mode.flush { format.flushed(bits) } else { bits });
        adjusted(format, f(a, b, c), mode)
    };
    if ty.parts == 1 {
        lanes::ternary(to, (a, b, c), move |a: u16, b: u16, c: u16| one(a.into(), b.into(), c.into()) as u16)
    } else {
        lanes::ternary(to, (a, b, c), move |a: u32, b: u32, c: u32| {
            let low = one((a & 0xffff).into(), (b & 0xffff).into(), (c & 0xffff).into());
            let high = one((a >> 16).into(), (b >> 16).into(), (c >> 16).into());
            (low | high << 16) as u32
        })
    }
}

/// Saturation and the like on a half.
pub fn adjusted(format: Format, bits: u64, mode: Mode) -> u64 {
    let bits = if mode.flush { format.flushed(bits) } else { bits };
    let one = format.of_f64(1.0, Rounding::NearestEven);
    if format.is_nan(bits) {
        return if mode.saturate { 0 } else { format.nan() };
    }
    let value = format.to_f64(bits);
    if (mode.saturate || mode.relu) && (value <= 0.0) {
        return 0;
    }
    if mode.saturate && value > 1.0 { one } else { bits }
}

/// The smaller or larger of two, where −0 < 0; with `nan`, a NaN wins, otherwise it loses.
pub fn extremum(format: Format, a: u64, b: u64, larger: bool, nan: bool, magnitude_sign: bool) -> u64 {
    let sign = 1u64 << (format.significand + format.exponent - 1);
    if format.is_nan(a) || format.is_nan(b) {
        return if nan || (format.is_nan(a) && format.is_nan(b)) {
            format.nan()
        } else if format.is_nan(a) {
            b
        } else {
            a
        };
    }
    // `.xorsign.abs`: of the magnitudes, with the product's sign.
    let (x, y) = if magnitude_sign { (a & !sign, b & !sign) } else { (a, b) };
    let order = |bits: u64| if bits & sign != 0 { -((bits & !sign) as i128) - 1 } else { bits as i128 };
    let chosen = if (order(x) < order(y)) == larger { y } else { x };
    if magnitude_sign { chosen | (a ^ b) & sign } else { chosen }
}

/// The rounding that a modifier names.
pub fn rounding(name: &str) -> Option<Rounding> {
    Some(match name {
        "rn" | "rni" => Rounding::NearestEven,
        "rz" | "rzi" => Rounding::Zero,
        "rm" | "rmi" => Rounding::Down,
        "rp" | "rpi" => Rounding::Up,
        "rna" => Rounding::NearestAway,
        _ => return None,
    })
}

pub fn is_half(ty: Type) -> bool {
    ty.bits == 16 && matches!(ty.kind, Kind::Float | Kind::Brain)
}
