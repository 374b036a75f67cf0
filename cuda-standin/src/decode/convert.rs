//! `cvt`: between all types, with every rounding.

use super::function::{Builder, register_width};
use super::numbers::{Mode, adjusted, rounding};
use crate::machine::lanes::{self, Work};
use crate::machine::registers::{Registers, Slot, lanes_of};
use crate::ptx::Parsed;
use crate::ptx::syntax::Instruction;
use crate::ptx::types::{Kind, Type};
use crate::soft::{F32, Rounding};

pub fn decode(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    const MODIFIERS: [&str; 13] = ["rn", "rz", "rm", "rp", "rna", "rni", "rzi", "rmi", "rpi", "ftz", "sat", "relu", "pack"];
    instruction.check(2..=3, &MODIFIERS)?;
    let types = instruction.types();
    let [to_type, from_type] = types[..] else { return builder.wrong(format!("'{}' has two types", instruction.full_name())) };
    if to_type.kind == Kind::Predicate || from_type.kind == Kind::Predicate || to_type.bits == 128 || from_type.bits == 128 || instruction.has("pack") {
        return builder.wrong(format!("'{}' is not supported", instruction.full_name()));
    }
    if to_type.parts == 2 || instruction.operands.len() == 3 {
        return pack(builder, instruction, to_type, from_type);
    }
    let (a, from_width) = builder.any_source(instruction.operand(1)?, from_type)?;
    let (to, to_width) = builder.any_target(instruction.operand(0)?, to_type)?;
    if from_width < from_type.width() || to_width < register_width(to_type).min(to_type.width()) || (from_type.is_float() && from_width != from_type.width()) || (to_type.is_float() && to_width != to_type.width()) {
        return builder.wrong(format!("Arguments mismatch for instruction '{}'", instruction.full_name()));
    }
    let conversion = Conversion {
        to: to_type,
        from: from_type,
        rounding: instruction.modifiers.iter().find_map(|modifier| rounding(modifier)),
        whole: instruction.modifiers.iter().any(|modifier| matches!(modifier.as_str(), "rni" | "rzi" | "rmi" | "rpi")),
        mode: Mode { flush: instruction.has("ftz"), saturate: instruction.has("sat"), relu: instruction.has("relu") },
    };
    if let Some(missing) = conversion.missing_rounding() {
        return builder.wrong(format!("Rounding modifier required for instruction '{}'{missing}", instruction.full_name()));
    }
    let work = common(&conversion, to, a, (to_width, from_width)).unwrap_or_else(|| general(conversion, to, a, (to_width, from_width)));
    builder.lanes(work);
    Ok(())
}

#[derive(Clone, Copy, Debug)]
struct Conversion {
    to: Type,
    from: Type,
    rounding: Option<Rounding>,
    /// To a whole number.
    whole: bool,
    mode: Mode,
}

impl Conversion {
    fn missing_rounding(&self) -> Option<&'static str> {
        let narrows = self.to.is_float() && self.from.is_float() && self.to.bits < self.from.bits;
        let to_integer = self.from.is_float() && !self.to.is_float();
        let from_integer = self.to.is_float() && !self.from.is_float();
        (self.rounding.is_none() && (narrows || to_integer || from_integer)).then_some("")
    }

    /// The bits of the result, as wide as its register.
    fn apply(&self, bits: u64) -> u64 {
        let rounding = self.rounding.unwrap_or(Rounding::NearestEven);
        match (self.to.format(), self.from.format()) {
            (None, None) => self.bounded(self.integer(bits), self.mode.saturate),
            (None, Some(from)) => {
                let bits = if self.mode.flush && from == F32 { from.flushed(bits) } else { bits };
                // Numbers outside are the nearest, and no number is 0.
                self.bounded(from.to_integer(bits, rounding).unwrap_or(0), true)
            }
            (Some(to), None) => self.finished(to.of_integer(self.integer(bits), rounding)),
            (Some(to), Some(from)) => {
                let bits = if self.mode.flush && from == F32 { from.flushed(bits) } else { bits };
                if self.whole || to == from {
                    return self.finished(to_whole(from, bits, rounding, self.whole));
                }
                self.finished(from.convert(bits, to, rounding))
            }
        }
    }

    fn integer(&self, bits: u64) -> i128 {
        let shift = 64 - self.from.bits;
        if self.from.is_signed() { i128::from((bits << shift) as i64 >> shift) } else { i128::from(bits << shift >> shift) }
    }

    fn bounded(&self, value: i128, saturates: bool) -> u64 {
        let bits = self.to.bits;
        let (low, high) = if self.to.is_signed() { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
        let value = if saturates { value.clamp(low, high) } else { value };
        // A wider register holds the extended number.
        let shift = 128 - bits;
        if self.to.is_signed() { (value << shift >> shift) as u64 } else { ((value as u128) << shift >> shift) as u64 }
    }

    fn finished(&self, bits: u64) -> u64 {
        let format = self.to.format().unwrap_or(F32);
        if format.is_nan(bits) && !self.mode.saturate {
            return if self.to.bits == 64 { bits } else { format.nan() };
        }
        adjusted(format, bits, Mode { flush: self.mode.flush && format == F32, ..self.mode })
    }
}

/// A float's nearest whole number, with the sign of a zero kept.
fn to_whole(format: crate::soft::Format, bits: u64, rounding: Rounding, whole: bool) -> u64 {
    let value = format.to_f64(bits);
    // From 2^52 on, all are whole.
    if !whole || !value.is_finite() || value.abs() >= 4503599627370496.0 {
        return bits;
    }
    let rounded = match rounding {
        Rounding::NearestEven => value.round_ties_even(),
        Rounding::NearestAway => value.round(),
        Rounding::Zero => value.trunc(),
        Rounding::Down => value.floor(),
        Rounding::Up => value.ceil(),
    };
    format.of_f64(rounded, Rounding::NearestEven)
}

/// The conversions of ordinary programs, by the machine's own instructions.
fn common(conversion: &Conversion, to: Slot, a: Slot, widths: (u32, u32)) -> Option<Work> {
    use Kind::{Bits, Float, Signed, Unsigned};
    let Conversion { to: t, from: f, rounding, whole, mode } = *conversion;
    if mode.saturate || mode.flush || mode.relu || widths != (t.bits, f.bits) {
        return None;
    }
    let nearest = rounding == Some(Rounding::NearestEven) && !whole;
    let toward_zero = rounding == Some(Rounding::Zero);
    Some(match (t.kind, t.bits, f.kind, f.bits) {
        (Signed | Unsigned | Bits, 64, Unsigned | Bits, 32) => lanes::unary(to, a, |x: u32| u64::from(x)),
        (Signed | Unsigned | Bits, 64, Signed, 32) => lanes::unary(to, a, |x: i32| i64::from(x)),
        (Signed | Unsigned | Bits, 32, Signed | Unsigned | Bits, 64) => lanes::unary(to, a, |x: u64| x as u32),
        (Signed | Unsigned | Bits, 32, Unsigned | Bits, 16) => lanes::unary(to, a, |x: u16| u32::from(x)),
        (Signed | Unsigned | Bits, 32, Signed, 16) => lanes::unary(to, a, |x: i16| i32::from(x)),
        (Signed | Unsigned | Bits, 16, Signed | Unsigned | Bits, 32) => lanes::unary(to, a, |x: u32| x as u16),
        (Float, 64, Float, 32) => lanes::unary(to, a, |x: f32| f64::from(x)),
        (Float, 32, Float, 64) if nearest => lanes::unary(to, a, |x: f64| if x.is_nan() { f32::from_bits(F32.nan() as u32) } else { x as f32 }),
        (Float, 32, Signed, 32) if nearest => lanes::unary(to, a, |x: i32| x as f32),
        (Float, 32, Signed, 64) if nearest => lanes::unary(to, a, |x: i64| x as f32),
        (Float, 32, Unsigned, 32) if nearest => lanes::unary(to, a, |x: u32| x as f32),
        (Float, 32, Unsigned, 64) if nearest => lanes::unary(to, a, |x: u64| x as f32),
        (Float, 64, Signed, 32) if nearest => lanes::unary(to, a, |x: i32| f64::from(x)),
        (Float, 64, Signed, 64) if nearest => lanes::unary(to, a, |x: i64| x as f64),
        (Float, 64, Unsigned, 32) if nearest => lanes::unary(to, a, |x: u32| f64::from(x)),
        (Float, 64, Unsigned, 64) if nearest => lanes::unary(to, a, |x: u64| x as f64),
        // Rust's conversions saturate, and make 0 of a NaN, as PTX has it.
        (Signed, 32, Float, 32) if toward_zero => lanes::unary(to, a, |x: f32| x as i32),
        (Signed, 64, Float, 32) if toward_zero => lanes::unary(to, a, |x: f32| x as i64),
        (Unsigned, 32, Float, 32) if toward_zero => lanes::unary(to, a, |x: f32| x as u32),
        (Unsigned, 64, Float, 32) if toward_zero => lanes::unary(to, a, |x: f32| x as u64),
        (Signed, 32, Float, 64) if toward_zero => lanes::unary(to, a, |x: f64| x as i32),
        (Signed, 64, Float, 64) if toward_zero => lanes::unary(to, a, |x: f64| x as i64),
        (Unsigned, 32, Float, 64) if toward_zero => lanes::unary(to, a, |x: f64| x as u32),
        (Unsigned, 64, Float, 64) if toward_zero => lanes::unary(to, a, |x: f64| x as u64),
        (Signed, 32, Float, 64) if rounding == Some(Rounding::NearestEven) => lanes::unary(to, a, |x: f64| x.round_ties_even() as i32),
        (Signed, 32, Float, 32) if rounding == Some(Rounding::NearestEven) => lanes::unary(to, a, |x: f32| x.round_ties_even() as i32),
        _ => return None,
    })
}

fn general(conversion: Conversion, to: Slot, a: Slot, (to_width, from_width): (u32, u32)) -> Work {
    Box::new(move |registers: &mut Registers, mask| {
        for lane in lanes_of(mask) {
            let value = conversion.apply(registers.bits(a, from_width, lane));
            registers.set_bits(to, to_width, lane, value);
        }
    })
}

/// `cvt.rn.f16x2.f32 d, a, b`: the first operand in the upper half.
fn pack(builder: &mut Builder<'_>, instruction: &Instruction, to_type: Type, from_type: Type) -> Parsed<()> {
    instruction.check(3..=3, &["rn", "rz", "relu", "satfinite"])?;
    if to_type.parts != 2 || to_type.bits != 16 || from_type.bits != 32 || !from_type.is_float() {
        return builder.wrong(format!("'{}' is not supported", instruction.full_name()));
    }
    let to = builder.target(instruction.operand(0)?, to_type)?;
    let a = builder.source(instruction.operand(1)?, from_type)?;
    let b = builder.source(instruction.operand(2)?, from_type)?;
    let rounding = instruction.modifiers.iter().find_map(|modifier| rounding(modifier));
    let mode = Mode { relu: instruction.has("relu"), ..Mode::default() };
    let one = Conversion { to: Type { parts: 1, ..to_type }, from: from_type, rounding, whole: false, mode };
    builder.lanes(lanes::binary(to, a, b, move |a: u32, b: u32| (one.apply(a.into()) << 16 | one.apply(b.into())) as u32));
    Ok(())
}
