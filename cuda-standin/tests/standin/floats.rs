//! Floating-point arithmetic: every rounding, flushing, saturation, NaNs, halves.

use crate::support::*;
use zouk_cuda_standin::soft::{BF16, F16, F32, F64, Format, Rounding};

const ROUNDINGS: [(&str, Rounding); 4] = [("rn", Rounding::NearestEven), ("rz", Rounding::Zero), ("rm", Rounding::Down), ("rp", Rounding::Up)];

fn singles() -> Vec<f32> {
    let mut found = vec![0.0, -0.0, 1.0, -1.0, 1.5, 0.1, -0.3, f32::MAX, f32::MIN, f32::MIN_POSITIVE, -f32::MIN_POSITIVE, 1e-40, -3e-42, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, 16777216.0, 2147483648.0, 0.5, 2.5, 3.5, -2.5];
    let mut state = 99u32;
    while found.len() < 56 {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        found.push(f32::from_bits(state ^ state >> 13));
        found.push(1.0 + (state >> 8) as f32 / 16777216.0);
    }
    found
}

fn doubles() -> Vec<f64> {
    let mut found: Vec<f64> = singles().iter().map(|x| f64::from(*x) * 1.000000001).collect();
    found.extend([f64::MAX, f64::MIN_POSITIVE, 5e-324, 4503599627370496.5, 1e300, -1e-300]);
    found
}

/// All pairs through an instruction on `%x` and `%y`, results in `%d`.
fn pairs32(instruction: &str, expected: impl Fn(f32, f32) -> f32) {
    let values = singles();
    let a: Vec<f32> = values.iter().flat_map(|a| vec![*a; values.len()]).collect();
    let b: Vec<f32> = values.iter().cycle().take(a.len()).copied().collect();
    let body = format!("ld.global.f32 %x, [%a1]; ld.global.f32 %y, [%a2]; {instruction} st.global.f32 [%a0], %d;");
    let found: Vec<f32> = elementwise(&[Array::of(&a), Array::of(&b)], &[4, 4], a.len(), ".reg .f32 %x, %y, %d; .reg .pred %p;", &body);
    for ((found, a), b) in found.iter().zip(&a).zip(&b) {
        let expected = expected(*a, *b);
        assert!(found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(), "{instruction} of {a:e} and {b:e}: {found:e}, not {expected:e}");
        assert!(!found.is_nan() || instruction.starts_with("neg") || found.to_bits() == 0x7fff_ffff, "{instruction}: a NaN of float32 is the canonical one");
    }
}

fn pairs64(instruction: &str, expected: impl Fn(f64, f64) -> f64) {
    let values = doubles();
    let a: Vec<f64> = values.iter().flat_map(|a| vec![*a; values.len()]).collect();
    let b: Vec<f64> = values.iter().cycle().take(a.len()).copied().collect();
    let body = format!("ld.global.f64 %x, [%a1]; ld.global.f64 %y, [%a2]; {instruction} st.global.f64 [%a0], %d;");
    let found: Vec<f64> = elementwise(&[Array::of(&a), Array::of(&b)], &[8, 8], a.len(), ".reg .f64 %x, %y, %d; .reg .pred %p;", &body);
    for ((found, a), b) in found.iter().zip(&a).zip(&b) {
        let expected = expected(*a, *b);
        assert!(found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(), "{instruction} of {a:e} and {b:e}: {found:e}, not {expected:e}");
    }
}

fn single(bits: u64) -> f32 {
    f32::from_bits(bits as u32)
}

#[test]
fn nearest_is_the_machines() {
    pairs32("add.f32 %d, %x, %y;", |a, b| a + b);
    pairs32("sub.rn.f32 %d, %x, %y;", |a, b| a - b);
    pairs32("mul.f32 %d, %x, %y;", |a, b| a * b);
    pairs32("div.rn.f32 %d, %x, %y;", |a, b| a / b);
    pairs32("fma.rn.f32 %d, %x, %y, %x;", |a, b| a.mul_add(b, a));
    pairs32("sqrt.rn.f32 %d, %x;", |a, _| a.sqrt());
    pairs32("rcp.rn.f32 %d, %x;", |a, _| 1.0 / a);
    pairs64("add.f64 %d, %x, %y;", |a, b| a + b);
    pairs64("mul.rn.f64 %d, %x, %y;", |a, b| a * b);
    pairs64("div.rn.f64 %d, %x, %y;", |a, b| a / b);
    pairs64("fma.rn.f64 %d, %x, %y, %y;", |a, b| a.mul_add(b, b));
    pairs64("sqrt.rn.f64 %d, %x;", |a, _| a.sqrt());
}

/// Against the integers of `soft`, which are tested against the machine's own rounding modes.
#[test]
fn directed_roundings() {
    let bits = |x: f32| u64::from(x.to_bits());
    for (name, rounding) in ROUNDINGS {
        pairs32(&format!("add.{name}.f32 %d, %x, %y;"), |a, b| single(F32.add(bits(a), bits(b), rounding)));
        pairs32(&format!("mul.{name}.f32 %d, %x, %y;"), |a, b| single(F32.mul(bits(a), bits(b), rounding)));
        pairs32(&format!("div.{name}.f32 %d, %x, %y;"), |a, b| single(F32.div(bits(a), bits(b), rounding)));
        pairs32(&format!("fma.{name}.f32 %d, %x, %y, %y;"), |a, b| single(F32.mul_add(bits(a), bits(b), bits(b), rounding)));
        pairs64(&format!("sub.{name}.f64 %d, %x, %y;"), |a, b| f64::from_bits(F64.add(a.to_bits(), (-b).to_bits(), rounding)));
        pairs64(&format!("mul.{name}.f64 %d, %x, %y;"), |a, b| f64::from_bits(F64.mul(a.to_bits(), b.to_bits(), rounding)));
        pairs64(&format!("div.{name}.f64 %d, %x, %y;"), |a, b| f64::from_bits(F64.div(a.to_bits(), b.to_bits(), rounding)));
        pairs64(&format!("sqrt.{name}.f64 %d, %x;"), |a, _| f64::from_bits(F64.sqrt(a.to_bits(), rounding)));
    }
}

fn flushed(x: f32) -> f32 {
    if x.is_subnormal() { 0f32.copysign(x) } else { x }
}

#[test]
fn flushing_and_saturation() {
    pairs32("add.ftz.f32 %d, %x, %y;", |a, b| flushed(flushed(a) + flushed(b)));
    pairs32("mul.ftz.f32 %d, %x, %y;", |a, b| flushed(flushed(a) * flushed(b)));
    pairs32("add.sat.f32 %d, %x, %y;", |a, b| if (a + b).is_nan() { 0.0 } else { (a + b).clamp(0.0, 1.0).abs() });
    pairs32("fma.rn.ftz.sat.f32 %d, %x, %y, %y;", |a, b| {
        let value = flushed(a).mul_add(flushed(b), flushed(b));
        if value.is_nan() { 0.0 } else { flushed(value.clamp(0.0, 1.0)).abs() }
    });
    pairs32("cvt.sat.f32.f32 %d, %x;", |a, _| if a.is_nan() { 0.0 } else { a.clamp(0.0, 1.0).abs() });
    pairs32("setp.lt.ftz.f32 %p, %x, %y; selp.f32 %d, 0f3F800000, 0f00000000, %p;", |a, b| if flushed(a) < flushed(b) { 1.0 } else { 0.0 });
}

#[test]
fn smallest_largest_and_signs() {
    let least = |a: f32, b: f32| if a.is_nan() { b } else if b.is_nan() { a } else if a == b { if a.is_sign_negative() { a } else { b } } else { a.min(b) };
    pairs32("min.f32 %d, %x, %y;", least);
    pairs32("max.f32 %d, %x, %y;", |a, b| -least(-a, -b));
    pairs32("min.NaN.f32 %d, %x, %y;", |a, b| if a.is_nan() || b.is_nan() { f32::NAN } else { least(a, b) });
    pairs32("neg.f32 %d, %x;", |a, _| -a);
    pairs32("copysign.f32 %d, %x, %y; setp.nan.f32 %p, %y, %y; @%p mov.f32 %d, 0f00000000;", |a, b| if b.is_nan() { 0.0 } else { b.copysign(a) });
    pairs64("max.f64 %d, %x, %y;", |a, b| if a.is_nan() { b } else if b.is_nan() { a } else if a == b { if a.is_sign_positive() { a } else { b } } else { a.max(b) });
    pairs64("testp.subnormal.f64 %p, %x; selp.f64 %d, 0d3FF0000000000000, 0d0000000000000000, %p;", |a, _| f64::from(u8::from(a.is_subnormal())));
}

#[test]
fn comparisons_with_nans() {
    let as_float = |holds: bool| if holds { 1.0 } else { 0.0 };
    let select = |setp: &str| format!("setp.{setp}.f64 %p, %x, %y; selp.f64 %d, 0d3FF0000000000000, 0d0000000000000000, %p;");
    type Test = fn(f64, f64) -> bool;
    let table: [(&str, Test); 14] = [
        ("eq", |a, b| a == b),
        ("ne", |a, b| a < b || a > b),
        ("lt", |a, b| a < b),
        ("le", |a, b| a <= b),
        ("gt", |a, b| a > b),
        ("ge", |a, b| a >= b),
        ("equ", |a, b| !(a < b || a > b)),
        ("neu", |a, b| a != b),
        ("ltu", |a, b| !(a >= b)),
        ("leu", |a, b| !(a > b)),
        ("gtu", |a, b| !(a <= b)),
        ("geu", |a, b| !(a < b)),
        ("num", |a, b| !a.is_nan() && !b.is_nan()),
        ("nan", |a, b| a.is_nan() || b.is_nan()),
    ];
    for (name, holds) in table {
        pairs64(&select(name), |a, b| as_float(holds(a, b)));
    }
}

/// Approximations are exact here but for their last rounding.
#[test]
fn approximations_are_good() {
    let close = |instruction: &str, function: fn(f64) -> f64| {
        let values: Vec<f32> = (1..400).map(|i| i as f32 * 0.05).collect();
        let body = format!("ld.global.f32 %x, [%a1]; {instruction} st.global.f32 [%a0], %d;");
        let found: Vec<f32> = elementwise(&[Array::of(&values)], &[4], values.len(), ".reg .f32 %x, %d;", &body);
        for (found, x) in found.iter().zip(&values) {
            let expected = function(f64::from(*x));
            assert!((f64::from(*found) - expected).abs() <= expected.abs() * 6e-8, "{instruction} of {x}: {found}, not {expected}");
        }
    };
    close("sin.approx.f32 %d, %x;", f64::sin);
    close("cos.approx.ftz.f32 %d, %x;", f64::cos);
    close("ex2.approx.f32 %d, %x;", f64::exp2);
    close("lg2.approx.f32 %d, %x;", f64::log2);
    close("rsqrt.approx.f32 %d, %x;", |x| 1.0 / x.sqrt());
    close("rcp.approx.ftz.f32 %d, %x;", |x| 1.0 / x);
    close("sqrt.approx.f32 %d, %x;", f64::sqrt);
    close("tanh.approx.f32 %d, %x;", f64::tanh);
    close("div.full.f32 %d, %x, 0f40400000;", |x| x / 3.0);
}

fn halves(ty: &str, format: Format) {
    let values: Vec<u16> = (0..=0xffffu32).step_by(251).map(|bits| bits as u16).chain([0x7bff, 0x7c00, 0xfc00, 1, 0x8001, 0x3c00]).collect();
    let a: Vec<u16> = values.iter().flat_map(|a| vec![*a; values.len()]).collect();
    let b: Vec<u16> = values.iter().cycle().take(a.len()).copied().collect();
    // In 64 bits the sum and the product of two halves are exact enough to be rounded once more.
    let table: [(&str, fn(f64, f64) -> f64); 4] = [("add", |a, b| a + b), ("sub", |a, b| a - b), ("mul", |a, b| a * b), ("fma", |a, b| a.mul_add(b, b))];
    for (name, function) in table {
        let third = if name == "fma" { ", %y" } else { "" };
        let rounding = if name == "fma" || ty == "bf16" { ".rn" } else { "" };
        let body = format!("ld.global.b16 %x, [%a1]; ld.global.b16 %y, [%a2]; {name}{rounding}.{ty} %d, %x, %y{third}; st.global.b16 [%a0], %d;");
        let found: Vec<u16> = elementwise(&[Array::of(&a), Array::of(&b)], &[2, 2], a.len(), ".reg .b16 %x, %y, %d;", &body);
        for ((found, a), b) in found.iter().zip(&a).zip(&b) {
            let (x, y) = (format.to_f64((*a).into()), format.to_f64((*b).into()));
            let expected = function(x, y);
            // Unless a sum of very different numbers is rounded in 64 bits, too.
            if name == "fma" && expected.is_finite() && (expected - x * y) != y {
                continue;
            }
            let found = format.to_f64((*found).into());
            let rounded = format.to_f64(format.of_f64(expected, Rounding::NearestEven));
            assert!(found == rounded || found.is_nan() && rounded.is_nan(), "{name}.{ty} of {a:#x} and {b:#x}: {found:e}, not {rounded:e}");
        }
    }
}

#[test]
fn halves_round_once() {
    halves("f16", F16);
    halves("bf16", BF16);
}

#[test]
fn two_halves_in_a_register() {
    let (a, b) = (vec![0x3c00_4000u32, 0xbc00_7bff], vec![0x4200_3800u32, 0x3c00_7bff]);
    let found: Vec<u32> = elementwise(&[Array::of(&a), Array::of(&b)], &[4, 4], 2, ".reg .b32 %x, %y, %d;", "ld.global.u32 %x, [%a1]; ld.global.u32 %y, [%a2]; mul.f16x2 %d, %x, %y; st.global.u32 [%a0], %d;");
    let product = |a: u32, b: u32| F16.mul(a.into(), b.into(), Rounding::NearestEven) as u32;
    let expected: Vec<u32> = a.iter().zip(&b).map(|(a, b)| product(a & 0xffff, b & 0xffff) | product(a >> 16, b >> 16) << 16).collect();
    assert_eq!(found, expected);
}
