//! Scalar helpers against CPython.

use crate::oracle::{bits, float, floats, next, python};
use zouk_runtime::arithmetic::*;

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

fn pairs() -> Vec<(f64, f64)> {
    let all = floats(300);
    all.iter().flat_map(|x| all.iter().step_by(7).map(|y| (*x, *y))).collect()
}

fn check_binary(expression: &str, ours: extern "C" fn(f64, f64) -> f64, at_zero: fn(f64, f64) -> f64) {
    let pairs = pairs();
    let expected = python(expression, pairs.iter().map(|(x, y)| format!("{}, {}", bits(*x), bits(*y))));
    for ((x, y), expected) in pairs.iter().zip(&expected) {
        let expected = float(expected).unwrap_or_else(|| at_zero(*x, *y));
        let got = ours(*x, *y);
        assert!(same(got, expected), "{expression} with x = {x:e}, y = {y:e}: {got:e}, not {expected:e}");
    }
}

/// Python raises at a zero divisor; there NumPy's results count.
#[test]
fn modulo_and_floor_division() {
    check_binary("x % y", zouk_mod_f64, |_, _| f64::NAN);
    check_binary("x // y", zouk_floordiv_f64, |x, y| x / y);
}

#[test]
fn narrow_modulo_and_floor_division() {
    assert_eq!(zouk_mod_f32(-7.5, 2.0), 0.5);
    assert_eq!(zouk_floordiv_f32(-7.5, 2.0), -4.0);
    assert!(zouk_mod_f32(-4.0, 2.0).is_sign_positive() && zouk_mod_f32(4.0, -2.0).is_sign_negative());
    assert!(zouk_mod_f32(1.0, 0.0).is_nan() && zouk_floordiv_f32(1.0, 0.0) == f32::INFINITY);
}

#[test]
fn integer_powers_wrap() {
    let mut state = 2;
    let pairs: Vec<(i64, i64)> = (0..3000).map(|i| (next(&mut state) as i64 >> (i % 64), (next(&mut state) % 70) as i64)).collect();
    let expected = python("(x ** y + 2**63) % 2**64 - 2**63", pairs.iter().map(|(x, y)| format!("{x}, {y}")));
    for ((x, y), expected) in pairs.iter().zip(&expected) {
        assert_eq!(zouk_pow_i64(*x, *y).to_string(), *expected, "{x} ** {y}");
    }
    let negative = [(2, -1), (1, -7), (-1, -7), (-1, -8), (0, -1), (i64::MIN, i64::MIN), (-1, i64::MIN)];
    assert_eq!(negative.map(|(x, y)| zouk_pow_i64(x, y)), [0, 1, -1, 1, 0, 0, 1]);
    // The order of 3 modulo 2**64 is 2**62.
    assert_eq!(zouk_pow_u64(3, u64::MAX).wrapping_mul(3), 1);
}

#[test]
fn rounding_of_floats() {
    let mut state = 3;
    let cases: Vec<(f64, i64)> = floats(8000).into_iter().filter(|x| x.is_finite()).map(|x| (x, next(&mut state) as i64 % 24)).collect();
    let far = [1.5, -2.5, 1e308, 5e-324, 0.3].into_iter().flat_map(|x| [330, 323, 300, -300, -308, -309, -400].map(|n| (x, n)));
    let ties = [25.0, 35.0, 250.0, 350.0, -250.0, 250.5, 50.0, 150.0, 5.0, 995.0, 9.5e22].into_iter().flat_map(|x| [-1, -2, -3].map(|n| (x, n)));
    let cases: Vec<(f64, i64)> = cases.into_iter().chain(far).chain(ties).collect();
    let expected = python("round(x, y)", cases.iter().map(|(x, n)| format!("{}, {n}", bits(*x))));
    for ((x, n), expected) in cases.iter().zip(&expected) {
        let got = zouk_round_half_even(*x, *n);
        let right = float(expected).map_or(got.is_infinite(), |expected| same(got, expected));
        assert!(right, "round({x:e}, {n}) = {got:e}, not {expected}");
    }
    assert!(zouk_round_half_even(f64::NAN, 2).is_nan());
    assert_eq!(zouk_round_half_even(f64::INFINITY, i64::MIN), f64::INFINITY);
}

#[test]
fn rounding_of_integers() {
    let mut state = 4;
    let random = (0..4000).map(|i| (next(&mut state) as i64 >> (i % 64), next(&mut state) as i64 % 22));
    let ties = (-400..400).map(|x| (x * 5, -1 - (x & 1)));
    let edges = [i64::MIN, i64::MAX, 0].into_iter().flat_map(|x| [-18, -19, -20, i64::MIN, 3].map(|n| (x, n)));
    let cases: Vec<(i64, i64)> = random.chain(ties).chain(edges).collect();
    // Python would build 10 ** 2**63.
    let expected = python("(round(x, max(y, -30)) + 2**63) % 2**64 - 2**63", cases.iter().map(|(x, n)| format!("{x}, {n}")));
    for ((x, n), expected) in cases.iter().zip(&expected) {
        assert_eq!(zouk_round_i64(*x, *n).to_string(), *expected, "round({x}, {n})");
    }
}

#[test]
fn greatest_common_divisors() {
    let mut state = 5;
    let pairs: Vec<(i64, i64)> = (0..2000).map(|i| (next(&mut state) as i64 >> (i % 64), next(&mut state) as i64 >> (i % 61))).collect();
    let expected = python("math.gcd(x, y)", pairs.iter().map(|(x, y)| format!("{x}, {y}")));
    for ((x, y), expected) in pairs.iter().zip(&expected) {
        assert_eq!(zouk_gcd_i64(*x, *y).to_string(), *expected);
    }
    assert_eq!(zouk_gcd_i64(i64::MIN, 0), i64::MIN);
}

#[test]
fn powers_modulo() {
    let mut state = 6;
    let mut number = |i: i64| next(&mut state) as i64 >> (i % 64);
    let edges = [i64::MIN, i64::MIN + 1, -2, -1, 0, 1, 2, 3, i64::MAX];
    let random: Vec<[i64; 3]> = (0..4000).map(|i| [number(i), number(i / 3), number(i / 7)]).collect();
    let all = edges.iter().flat_map(|a| edges.iter().flat_map(|n| edges.map(|m| [*a, *n, m]))).chain(random);
    let cases: Vec<[i64; 3]> = all.collect();
    let expected = python("pow(x, y[0], y[1]) if y[1] and (y[0] >= 0 or math.gcd(x, y[1]) == 1) else 0", cases.iter().map(|[a, n, m]| format!("{a}, ({n}, {m})")));
    for ([base, exponent, modulus], expected) in cases.iter().zip(&expected) {
        assert_eq!(zouk_pow_mod(*base, *exponent, *modulus).to_string(), *expected, "pow({base}, {exponent}, {modulus})");
    }
}

/// Within a few units in the last place; Python raises at the poles and where the result is too large.
#[test]
fn gamma_and_its_logarithm() {
    for (expression, ours) in [("math.gamma(x)", zouk_gamma_f64 as extern "C" fn(f64) -> f64), ("math.lgamma(x)", zouk_lgamma_f64)] {
        let all: Vec<f64> = floats(4000).into_iter().filter(|x| x.abs() < 180.0).collect();
        let expected = python(expression, all.iter().map(|x| bits(*x) + ","));
        for (x, expected) in all.iter().zip(&expected) {
            let got = ours(*x);
            let right = float(expected).map_or(!got.is_finite(), |e| (got - e).abs() <= 1e-13 * e.abs() + 1e-300 + lgamma_slack(*x, expression));
            assert!(right, "{expression} at {x:e}: {got:e}, not {expected}");
        }
    }
    assert_eq!([zouk_gamma_f64(0.0), zouk_gamma_f64(-0.0), zouk_lgamma_f64(0.0), zouk_lgamma_f64(-3.0)].map(f64::is_infinite), [true; 4]);
    assert!(zouk_gamma_f64(-2.0).is_nan() && zouk_gamma_f64(f64::NEG_INFINITY).is_nan());
    assert_eq!(zouk_lgamma_f64(f64::NEG_INFINITY), f64::INFINITY);
}

/// CPython's logarithm of gamma loses digits where it crosses zero.
fn lgamma_slack(x: f64, expression: &str) -> f64 {
    if expression.contains("lgamma") { 1e-13 * (1.0 + x.abs()) } else { 0.0 }
}
