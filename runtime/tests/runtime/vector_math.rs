//! Vector functions against double-double arithmetic, and against libm where the result is special.

use crate::{double_double::DD, oracle::next};
use std::{arch::x86_64::__m256d, mem::transmute};
use zouk_runtime::vector_math::*;

const SPECIAL: [f64; 30] = [
    0.0, 5e-324, 1e-310, f64::MIN_POSITIVE, 1e-300, 1e-17, 0.4, 0.5, 1.0 - f64::EPSILON, 1.0, 1.0 + f64::EPSILON, 1.5, 2.0, 2.5, 3.0,
    4.0, 7.0, 100.0, 709.0, 1023.0, 1024.0, 1075.0, 4503599627370497.0, 9007199254740991.0, 9007199254740992.0, 1e19, 1e300, f64::MAX,
    f64::INFINITY, f64::NAN,
];

fn with_signs() -> Vec<f64> {
    SPECIAL.iter().flat_map(|x| [*x, -x]).collect()
}

fn usable() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

type Four = [f64; 4];

#[target_feature(enable = "avx2,fma")]
fn log_of_four(x: Four, _: Four) -> Four {
    // SAFETY: both types are 32 bytes of floats.
    unsafe { transmute(zouk_log_f64x4(transmute::<Four, __m256d>(x))) }
}

#[target_feature(enable = "avx2,fma")]
fn pow_of_four(x: Four, y: Four) -> Four {
    // SAFETY: both types are 32 bytes of floats.
    unsafe { transmute(zouk_pow_f64x4(transmute::<Four, __m256d>(x), transmute::<Four, __m256d>(y))) }
}

/// The last group is filled up with ones. Callers asked whether the functions are [`usable`].
fn apply(f: unsafe fn(Four, Four) -> Four, pairs: &[(f64, f64)]) -> Vec<f64> {
    let four = |pairs: &[(f64, f64)]| {
        let lane = |i: usize| pairs.get(i).copied().unwrap_or((1.0, 1.0));
        // SAFETY: the processor has the features.
        unsafe { f(std::array::from_fn(|i| lane(i).0), std::array::from_fn(|i| lane(i).1)) }
    };
    pairs.chunks(4).flat_map(|chunk| four(chunk).into_iter().take(chunk.len())).collect()
}

fn log(values: &[f64]) -> Vec<f64> {
    apply(log_of_four, &values.iter().map(|x| (*x, 0.0)).collect::<Vec<_>>())
}

fn pow(pairs: &[(f64, f64)]) -> Vec<f64> {
    apply(pow_of_four, pairs)
}

/// The distance of a result from an exact normal value, in units of its last place.
fn ulps(result: f64, exact: DD) -> f64 {
    let unit = f64::from_bits(exact.high.abs().to_bits() & 0x7ff << 52) * f64::EPSILON;
    ((result - exact.high) - exact.low).abs() / unit
}

fn between(random: &mut u64, low: f64, high: f64) -> f64 {
    low + (high - low) * ((next(random) >> 11) as f64 / (1u64 << 53) as f64)
}

/// Positive numbers near 1, of few decades, and of all exponents.
fn bases(random: &mut u64, count: usize) -> Vec<f64> {
    let one = |i: usize, random: &mut u64| match i % 4 {
        0 => between(random, 0.7, 1.42),
        1 => 1.0 + between(random, -1.0, 1.0) * 10f64.powf(between(random, -16.0, -1.0)),
        2 => 10f64.powf(between(random, -3.0, 3.0)),
        _ => f64::from_bits(next(random) % (0x7ff << 52)),
    };
    (0..count).map(|i| one(i, random)).filter(|x| *x != 1.0).collect()
}

#[test]
fn logarithms_are_within_an_ulp() {
    if !usable() {
        return;
    }
    let mut random = 1;
    let subnormal: Vec<f64> = (0..1000).map(|_| f64::from_bits(1 + next(&mut random) % ((1 << 52) - 1))).collect();
    let values = [bases(&mut random, 200_000), subnormal].concat();
    for (x, result) in values.iter().zip(log(&values)) {
        let error = ulps(result, DD::from(*x).ln());
        assert!(error < 0.7, "log({x:e}) is {error} ULP off");
    }
}

#[test]
fn powers_are_within_an_ulp() {
    if !usable() {
        return;
    }
    let mut random = 2;
    // Exponents that give all normal results, many of them close to the limits.
    let pairs: Vec<(f64, f64)> = bases(&mut random, 200_000)
        .into_iter()
        .enumerate()
        .map(|(i, x)| (x, if i % 8 < 4 { between(&mut random, -708.3, 709.7) } else { between(&mut random, 690.0, 708.0) } / x.ln()))
        .filter(|(_, y)| y.is_finite())
        .collect();
    assert!(pairs.len() > 190_000);
    for ((x, y), result) in pairs.iter().zip(pow(&pairs)) {
        let (exact, n) = (DD::from(*x).ln() * DD::from(*y)).exp();
        // Exact, in two steps, each of which is a normal number.
        let error = ulps(result * 2f64.powi(-n / 2) * 2f64.powi(-n - -n / 2), exact);
        assert!(error < 0.8, "pow({x:e}, {y:e}) is {error} ULP off");
    }
}

/// Zeros, infinities, ones and NaN are as libm has them; other results are at most one float away from its.
fn check_against_libm(call: &str, result: f64, expected: f64) {
    let close = (result.to_bits() as i64).abs_diff(expected.to_bits() as i64) <= 1;
    let special = expected == 0.0 || expected.is_infinite() || expected.abs() == 1.0;
    let same = result.to_bits() == expected.to_bits() || result.is_nan() && expected.is_nan();
    assert!(same || close && !special, "{call} is {result:e}, not {expected:e}");
}

#[test]
fn special_values() {
    if !usable() {
        return;
    }
    let values = with_signs();
    for (x, result) in values.iter().zip(log(&values)) {
        check_against_libm(&format!("log({x:e})"), result, x.ln());
    }
    let pairs: Vec<_> = values.iter().flat_map(|x| values.iter().map(|y| (*x, *y))).collect();
    // The other three lanes are common ones, then special ones.
    let padded: Vec<_> = pairs.iter().flat_map(|pair| [(1.1, 2.0), *pair, (2.0, 0.5), (1e100, -1.5)]).collect();
    let alone = pow(&padded);
    for (i, ((x, y), result)) in pairs.iter().zip(pow(&pairs)).enumerate() {
        check_against_libm(&format!("pow({x:e}, {y:e})"), result, x.powf(*y));
        assert!(result.to_bits() == alone[4 * i + 1].to_bits() || result.is_nan(), "pow({x:e}, {y:e}) depends on its neighbours");
    }
}
