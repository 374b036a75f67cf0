//! Floating-point instructions. Those that a device approximates (`.approx`, `.full`) are exact here, and rounded once.

use super::function::Builder;
use super::numbers::*;
use crate::machine::lanes::{self, Work};
use crate::machine::registers::Slot;
use crate::ptx::Parsed;
use crate::ptx::syntax::Instruction;
use crate::ptx::types::{Kind, Type};
use crate::soft::{F32, F64, Format, Rounding};

const MODIFIERS: [&str; 13] = ["rn", "rz", "rm", "rp", "ftz", "sat", "approx", "full", "NaN", "xorsign", "abs", "relu", "oob"];

struct Float<'i> {
    instruction: &'i Instruction,
    ty: Type,
    rounding: Rounding,
    mode: Mode,
    to: Slot,
    sources: Vec<Slot>,
}

pub fn decode(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    if instruction.name == "testp" {
        return test(builder, instruction);
    }
    let count = match instruction.name.as_str() {
        "mad" | "fma" => 3,
        "add" | "sub" | "mul" | "div" | "min" | "max" | "copysign" => 2,
        _ => 1,
    };
    let most = if matches!(instruction.name.as_str(), "min" | "max") { 3 } else { count };
    instruction.check(1 + count..=1 + most, &MODIFIERS)?;
    let ty = instruction.ty()?;
    if instruction.types().len() > 1 {
        return builder.wrong(format!("'{}' is not supported", instruction.full_name()));
    }
    let to = builder.target(instruction.operand(0)?, ty)?;
    let sources = instruction.operands[1..].iter().map(|operand| builder.source(operand, ty)).collect::<Parsed<Vec<_>>>()?;
    let rounding = instruction.modifiers.iter().find_map(|modifier| rounding(modifier)).unwrap_or(Rounding::NearestEven);
    let mode = Mode { flush: instruction.has("ftz"), saturate: instruction.has("sat"), relu: instruction.has("relu") };
    let float = Float { instruction, ty, rounding, mode, to, sources };
    let work = match (ty.kind, ty.bits, ty.parts) {
        (Kind::Float, 32, 1) => single(&float),
        (Kind::Float, 64, 1) => double(&float),
        _ if is_half(ty) => half(&float),
        _ => None,
    };
    match work {
        Some(work) => builder.lanes(work),
        None => return builder.wrong(format!("'{}' is not supported", instruction.full_name())),
    }
    Ok(())
}

/// 1 / √x. Its square root and quotient are both rounded in 64 bits: better than any device promises.
fn rsqrt(x: f64) -> f64 {
    1.0 / x.sqrt()
}

/// Functions that are approximated on a device, in float64.
fn function(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "rcp" => |x| 1.0 / x,
        "sqrt" => f64::sqrt,
        "rsqrt" => rsqrt,
        "sin" => libm::sin,
        "cos" => libm::cos,
        "ex2" => libm::exp2,
        "lg2" => libm::log2,
        "tanh" => libm::tanh,
        _ => return None,
    })
}

fn single(float: &Float<'_>) -> Option<Work> {
    let Float { instruction, rounding, mode, to, ref sources, .. } = *float;
    let a = sources[0];
    let b = sources.get(1).copied().unwrap_or(a);
    let c = sources.get(2).copied().unwrap_or(a);
    let nearest = rounding == Rounding::NearestEven;
    let bits = |x: f32| u64::from(x.to_bits());
    let value = |bits: u64| f32::from_bits(bits as u32);
    let plain = !mode.flush && !mode.saturate;
    let nan = f32::from_bits(F32.nan() as u32);
    let canonical = move |x: f32| if x.is_nan() { nan } else { x };
    Some(match instruction.name.as_str() {
        // The common ones, without anything that would keep the loop over lanes from being one of vectors.
        "add" if nearest && plain => lanes::binary(to, a, b, move |a: f32, b: f32| canonical(a + b)),
        "sub" if nearest && plain => lanes::binary(to, a, b, move |a: f32, b: f32| canonical(a - b)),
        "mul" if nearest && plain => lanes::binary(to, a, b, move |a: f32, b: f32| canonical(a * b)),
        "fma" | "mad" if nearest && plain => lanes::ternary(to, (a, b, c), move |a: f32, b: f32, c: f32| canonical(fused(a, b, c))),
        "add" if nearest => binary_f32(to, a, b, mode, |a, b| a + b),
        "sub" if nearest => binary_f32(to, a, b, mode, |a, b| a - b),
        "mul" if nearest => binary_f32(to, a, b, mode, |a, b| a * b),
        "div" if nearest => binary_f32(to, a, b, mode, |a, b| a / b),
        "fma" | "mad" if nearest => ternary_f32(to, (a, b, c), mode, fused),
        "add" => binary_f32(to, a, b, mode, move |a, b| value(F32.add(bits(a), bits(b), rounding))),
        "sub" => binary_f32(to, a, b, mode, move |a, b| value(F32.add(bits(a), bits(-b), rounding))),
        "mul" => binary_f32(to, a, b, mode, move |a, b| value(F32.mul(bits(a), bits(b), rounding))),
        "div" => binary_f32(to, a, b, mode, move |a, b| value(F32.div(bits(a), bits(b), rounding))),
        "fma" | "mad" => ternary_f32(to, (a, b, c), mode, move |a, b, c| value(F32.mul_add(bits(a), bits(b), bits(c), rounding))),
        "rcp" if !nearest => unary_f32(to, a, mode, move |a| value(F32.div(bits(1.0), bits(a), rounding))),
        "sqrt" if !nearest => unary_f32(to, a, mode, move |a| value(F32.sqrt(bits(a), rounding))),
        "rcp" => unary_f32(to, a, mode, |a| 1.0 / a),
        "sqrt" => unary_f32(to, a, mode, f32::sqrt),
        "neg" => lanes::unary(to, a, move |a: f32| -mode.input(a)),
        "abs" => lanes::unary(to, a, move |a: f32| mode.input(a).abs()),
        // The sign of the first, the magnitude of the second.
        "copysign" => lanes::binary(to, a, b, |a: f32, b: f32| b.copysign(a)),
        "min" | "max" => extrema(float, F32),
        name => {
            let f = function(name)?;
            unary_f32(to, a, mode, move |a| f(a.into()) as f32)
        }
    })
}

/// a · b + c in one rounding: the product of two float32 is exact in float64, so only the sum has to be rounded to odd.
#[inline]
fn fused(a: f32, b: f32, c: f32) -> f32 {
    let product = f64::from(a) * f64::from(b);
    let addend = f64::from(c);
    let sum = product + addend;
    let back = sum - product;
    let error = (product - (sum - back)) + (addend - back);
    let bits = sum.to_bits();
    if error != 0.0 && bits & 1 == 0 && sum.is_finite() {
        // Away from zero if the error has the sum's sign.
        let odd = if (error > 0.0) == (sum > 0.0) { bits + 1 } else { bits - 1 };
        return f64::from_bits(odd) as f32;
    }
    sum as f32
}

fn extrema(float: &Float<'_>, format: Format) -> Work {
    let larger = float.instruction.name == "max";
    let (nan, xorsign, mode) = (float.instruction.has("NaN"), float.instruction.has("xorsign"), float.mode);
    let a = float.sources[0];
    let b = float.sources[1];
    // The third operand of the newest form: the extremum of all three.
    let c = float.sources.get(2).copied().unwrap_or(b);
    let pick = move |a: u64, b: u64| extremum(format, a, b, larger, nan, xorsign);
    match format {
        F64 => lanes::ternary(float.to, (a, b, c), move |a: u64, b: u64, c: u64| if b == c { pick(a, b) } else { pick(pick(a, b), c) }),
        _ => lanes::ternary(float.to, (a, b, c), move |a: f32, b: f32, c: f32| {
            let [a, b, c] = [a, b, c].map(|x| u64::from(mode.input(x).to_bits()));
            f32::from_bits(if b == c { pick(a, b) } else { pick(pick(a, b), c) } as u32)
        }),
    }
}

fn double(float: &Float<'_>) -> Option<Work> {
    let Float { instruction, rounding, to, ref sources, .. } = *float;
    let a = sources[0];
    let b = sources.get(1).copied().unwrap_or(a);
    let c = sources.get(2).copied().unwrap_or(a);
    let nearest = rounding == Rounding::NearestEven;
    let coarse = instruction.has("approx") && instruction.has("ftz");
    let value = f64::from_bits;
    Some(match instruction.name.as_str() {
        "add" if nearest => lanes::binary(to, a, b, |a: f64, b: f64| a + b),
        "sub" if nearest => lanes::binary(to, a, b, |a: f64, b: f64| a - b),
        "mul" if nearest => lanes::binary(to, a, b, |a: f64, b: f64| a * b),
        "div" if nearest => lanes::binary(to, a, b, |a: f64, b: f64| a / b),
        "fma" | "mad" if nearest => lanes::ternary(to, (a, b, c), |a: f64, b: f64, c: f64| a.mul_add(b, c)),
        "add" => lanes::binary(to, a, b, move |a: u64, b: u64| F64.add(a, b, rounding)),
        "sub" => lanes::binary(to, a, b, move |a: u64, b: u64| F64.add(a, b ^ 1 << 63, rounding)),
        "mul" => lanes::binary(to, a, b, move |a: u64, b: u64| F64.mul(a, b, rounding)),
        "div" => lanes::binary(to, a, b, move |a: u64, b: u64| F64.div(a, b, rounding)),
        "fma" | "mad" => lanes::ternary(to, (a, b, c), move |a: u64, b: u64, c: u64| F64.mul_add(a, b, c, rounding)),
        "rcp" | "sqrt" | "rsqrt" if coarse => {
            let f = function(&instruction.name)?;
            lanes::unary(to, a, move |a: f64| coarsely(a, f))
        }
        "rcp" if !nearest => lanes::unary(to, a, move |a: u64| F64.div(1f64.to_bits(), a, rounding)),
        "sqrt" if !nearest => lanes::unary(to, a, move |a: u64| F64.sqrt(a, rounding)),
        "rcp" => lanes::unary(to, a, |a: f64| 1.0 / a),
        "sqrt" => lanes::unary(to, a, f64::sqrt),
        "rsqrt" => lanes::unary(to, a, rsqrt),
        "neg" => lanes::unary(to, a, |a: f64| -a),
        "abs" => lanes::unary(to, a, |a: f64| a.abs()),
        "copysign" => lanes::binary(to, a, b, move |a: u64, b: u64| value(b).copysign(value(a)).to_bits()),
        "min" | "max" => extrema(float, F64),
        _ => return None,
    })
}

/// `.approx.ftz.f64`: only the upper 32 bits of argument and result count; subnormal numbers are zeros.
fn coarsely(a: f64, f: fn(f64) -> f64) -> f64 {
    let flushed = |x: f64| f64::from_bits(F64.flushed(x.to_bits()));
    let upper = |x: f64| f64::from_bits(x.to_bits() & 0xffff_ffff_0000_0000);
    let result = f(flushed(upper(a)));
    if result.is_nan() { f64::from_bits(F64.nan()) } else { flushed(upper(result)) }
}

fn half(float: &Float<'_>) -> Option<Work> {
    let Float { instruction, ty, rounding, mode, to, ref sources } = *float;
    let format = ty.format()?;
    let a = sources[0];
    let b = sources.get(1).copied().unwrap_or(a);
    let c = sources.get(2).copied().unwrap_or(a);
    let all = [a, b, c];
    let sign = 1u64 << 15;
    let (nan, xorsign) = (instruction.has("NaN"), instruction.has("xorsign"));
    Some(match instruction.name.as_str() {
        "add" => halves(ty, to, all, mode, move |a, b, _| format.add(a, b, rounding)),
        "sub" => halves(ty, to, all, mode, move |a, b, _| format.add(a, b ^ sign, rounding)),
        "mul" => halves(ty, to, all, mode, move |a, b, _| format.mul(a, b, rounding)),
        "fma" => halves(ty, to, all, mode, move |a, b, c| format.mul_add(a, b, c, rounding)),
        "neg" => halves(ty, to, all, mode, move |a, _, _| a ^ sign),
        "abs" => halves(ty, to, all, mode, move |a, _, _| a & !sign),
        "min" | "max" if sources.len() == 2 => {
            let larger = instruction.name == "max";
            halves(ty, to, all, mode, move |a, b, _| extremum(format, a, b, larger, nan, xorsign))
        }
        name @ ("ex2" | "tanh") => {
            let f = function(name)?;
            halves(ty, to, all, mode, move |a, _, _| format.of_f64(f(format.to_f64(a)), Rounding::NearestEven))
        }
        _ => return None,
    })
}

fn test(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    instruction.check(2..=2, &["finite", "infinite", "number", "notanumber", "normal", "subnormal"])?;
    let ty = instruction.ty()?;
    let to = builder.target(instruction.operand(0)?, Type::PREDICATE)?;
    let a = builder.source(instruction.operand(1)?, ty)?;
    let holds: fn(f64, bool) -> bool = match instruction.modifiers[0].as_str() {
        "finite" => |x, _| x.is_finite(),
        "infinite" => |x, _| x.is_infinite(),
        "number" => |x, _| !x.is_nan(),
        "notanumber" => |x, _| x.is_nan(),
        "normal" => |x, small| x.is_finite() && x != 0.0 && !small,
        _ => |_, small| small,
    };
    let then = move |registers: &mut crate::machine::registers::Registers, found: u32, mask: u32| registers.set_predicate(to, found, mask);
    builder.lanes(match ty.bits {
        32 => lanes::test(a, a, move |x: f32, _| holds(x.into(), x.is_subnormal()), then),
        _ => lanes::test(a, a, move |x: f64, _| holds(x, x.is_subnormal()), then),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rounding_in_fused_arithmetic() {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let bits = (state >> 32) as u32;
            // Half of them of about one size, so that sums cancel.
            f32::from_bits(if bits & 1 == 0 { bits } else { 0x3f80_0000 | bits & 0x807f_ffff })
        };
        for _ in 0..200_000 {
            let (a, b, c) = (next(), next(), next());
            let (ours, theirs) = (fused(a, b, c), a.mul_add(b, c));
            assert!(ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan(), "fma({a:e}, {b:e}, {c:e}): {ours:e} against {theirs:e}");
        }
    }
}
