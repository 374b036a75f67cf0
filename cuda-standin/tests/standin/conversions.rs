//! `cvt` between all types.

use crate::support::*;
use zouk_cuda_standin::soft::{F16, F32, F64, Rounding};

fn doubles() -> Vec<f64> {
    let mut found = vec![0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, 127.5, 128.0, -129.0, 255.9, 256.0, 32767.5, 65535.5, 2147483647.0, 2147483647.5, 2147483648.0, -2147483648.5, 4294967295.5, 9.2e18, 9.3e18, -9.3e18, 1.8e19, 1.9e19, 1e300, -1e300, 1e-300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 65504.0, 65520.0, 1e-8, 5.9e-8, 3.4e38, 3.5e38, 1e-45];
    let mut state = 5u64;
    for _ in 0..60 {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        found.push((state >> 20) as f64 / 1e9 - 5000.0);
    }
    found
}

fn rounded(x: f64, name: &str) -> f64 {
    match name {
        "rni" => x.round_ties_even(),
        "rzi" => x.trunc(),
        "rmi" => x.floor(),
        _ => x.ceil(),
    }
}

#[test]
fn floats_become_integers() {
    let values = doubles();
    for rounding in ["rni", "rzi", "rmi", "rpi"] {
        let convert = |ty: &str, width: u32| -> Vec<u64> {
            let extend = if width == 64 { "mov.b64 %l, %q;".to_string() } else { format!("cvt.u64.{}{width} %l, %w{width};", &ty[..1]) };
            let to = if width == 64 { "%q".to_string() } else { format!("%w{width}") };
            elementwise(&[Array::of(&values)], &[8], values.len(), ".reg .f64 %x; .reg .b64 %l, %q; .reg .b32 %w32; .reg .b16 %w16;", &format!("ld.global.f64 %x, [%a1]; cvt.{rounding}.{ty}.f64 {to}, %x; {extend} st.global.u64 [%a0], %l;"))
        };
        // Rust's conversions saturate, and give 0 for a NaN.
        let check = |ty: &str, width: u32, expected: fn(f64) -> u64| {
            for (found, x) in convert(ty, width).iter().zip(&values) {
                assert_eq!(*found, expected(rounded(*x, rounding)), "cvt.{rounding}.{ty}.f64 of {x:e}");
            }
        };
        check("s32", 32, |x| i64::from(x as i32) as u64);
        check("u32", 32, |x| (x as u32).into());
        check("s64", 64, |x| x as i64 as u64);
        check("u64", 64, |x| x as u64);
        check("s16", 16, |x| i64::from(x as i16) as u64);
        check("u16", 16, |x| (x as u16).into());
    }
}

#[test]
fn floats_become_floats() {
    let values = doubles();
    for (name, rounding) in [("rn", Rounding::NearestEven), ("rz", Rounding::Zero), ("rm", Rounding::Down), ("rp", Rounding::Up)] {
        let found: Vec<u32> = elementwise(&[Array::of(&values)], &[8], values.len(), ".reg .f64 %x; .reg .f32 %d;", &format!("ld.global.f64 %x, [%a1]; cvt.{name}.f32.f64 %d, %x; st.global.f32 [%a0], %d;"));
        for (found, x) in found.iter().zip(&values) {
            assert_eq!(u64::from(*found), F64.convert(x.to_bits(), F32, rounding), "cvt.{name}.f32.f64 of {x:e}");
        }
    }
    let found: Vec<u16> = elementwise(&[Array::of(&values)], &[8], values.len(), ".reg .f64 %x; .reg .b16 %d;", "ld.global.f64 %x, [%a1]; cvt.rn.f16.f64 %d, %x; st.global.b16 [%a0], %d;");
    for (found, x) in found.iter().zip(&values) {
        assert_eq!(u64::from(*found), F64.convert(x.to_bits(), F16, Rounding::NearestEven), "cvt.rn.f16.f64 of {x:e}");
    }
    for rounding in ["rni", "rzi", "rmi", "rpi"] {
        let found: Vec<f64> = elementwise(&[Array::of(&values)], &[8], values.len(), ".reg .f64 %x, %d;", &format!("ld.global.f64 %x, [%a1]; cvt.{rounding}.f64.f64 %d, %x; st.global.f64 [%a0], %d;"));
        for (found, x) in found.iter().zip(&values) {
            assert!(found.to_bits() == rounded(*x, rounding).to_bits() || found.is_nan() && x.is_nan(), "cvt.{rounding}.f64.f64 of {x:e}: {found:e}");
        }
    }
}

#[test]
fn integers_become_integers() {
    let values: Vec<i64> = vec![0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32769, 65535, 65536, i32::MAX.into(), 1 << 31, i32::MIN.into(), (1 << 32) - 1, 1 << 32, i64::MAX, i64::MIN];
    let convert = |to: &str, from: &str, back: &str| -> Vec<i64> {
        let registers = ".reg .b64 %x, %d; .reg .b32 %w; .reg .b16 %h;";
        let register = |ty: &str| if ty.ends_with("64") { "%d" } else if ty.ends_with("32") { "%w" } else { "%h" };
        let (first, second) = (register(from), register(to.rsplit('.').next().unwrap_or(to)));
        let narrow = if first == "%d" { "mov.b64 %d, %x;".to_string() } else if first == "%w" { "cvt.u32.u64 %w, %x;".into() } else { "cvt.u16.u64 %h, %x;".into() };
        elementwise(&[Array::of(&values)], &[8], values.len(), registers, &format!("ld.global.s64 %x, [%a1]; {narrow} cvt.{to}.{from} {second}, {first}; {back} st.global.s64 [%a0], %d;"))
    };
    let check = |to: &str, from: &str, back: &str, expected: fn(i64) -> i64| {
        for (found, x) in convert(to, from, back).iter().zip(&values) {
            assert_eq!(*found, expected(*x), "cvt.{to}.{from} of {x}");
        }
    };
    check("s64", "s32", "", |x| (x as i32).into());
    check("u64", "u32", "", |x| i64::from(x as u32));
    check("s32", "s16", "cvt.s64.s32 %d, %w;", |x| i64::from(x as i16));
    check("s64", "s8", "", |x| i64::from(x as i8));
    check("u64", "u8", "", |x| i64::from(x as u8));
    check("sat.s32", "s64", "cvt.s64.s32 %d, %w;", |x| x.clamp(i32::MIN.into(), i32::MAX.into()));
    check("sat.u32", "s64", "cvt.u64.u32 %d, %w;", |x| x.clamp(0, u32::MAX.into()));
    check("sat.u16", "s32", "cvt.u64.u16 %d, %h;", |x| i64::from((x as i32).clamp(0, 65535)));
    check("s8", "s32", "cvt.s64.s16 %d, %h;", |x| i64::from(x as i8));
}

#[test]
fn integers_become_floats() {
    let values: Vec<i64> = vec![0, 1, -1, 16777217, -16777219, i64::MAX, i64::MIN, 9007199254740993, (1 << 40) + 12345, i32::MAX.into()];
    let found: Vec<f64> = elementwise(&[Array::of(&values)], &[8], values.len(), ".reg .b64 %x; .reg .f64 %d;", "ld.global.s64 %x, [%a1]; cvt.rn.f64.s64 %d, %x; st.global.f64 [%a0], %d;");
    assert_eq!(found, values.iter().map(|x| *x as f64).collect::<Vec<_>>());
    for (name, rounding) in [("rn", Rounding::NearestEven), ("rz", Rounding::Zero), ("rm", Rounding::Down), ("rp", Rounding::Up)] {
        let found: Vec<u32> = elementwise(&[Array::of(&values)], &[8], values.len(), ".reg .b64 %x; .reg .f32 %d;", &format!("ld.global.u64 %x, [%a1]; cvt.{name}.f32.s64 %d, %x; st.global.f32 [%a0], %d;"));
        assert_eq!(found, values.iter().map(|x| F32.of_integer((*x).into(), rounding) as u32).collect::<Vec<_>>());
    }
}

#[test]
fn two_floats_become_two_halves() {
    let values = [1.5f32, -2.25, 70000.0, 1e-7];
    let found: Vec<u32> = elementwise(&[Array::of(&values)], &[4], values.len(), ".reg .f32 %x; .reg .b32 %d;", "ld.global.f32 %x, [%a1]; cvt.rn.f16x2.f32 %d, %x, 0f40000000; st.global.u32 [%a0], %d;");
    let half = |x: f32| F32.convert(x.to_bits().into(), F16, Rounding::NearestEven) as u32;
    assert_eq!(found, values.iter().map(|x| half(*x) << 16 | half(2.0)).collect::<Vec<_>>());
}
