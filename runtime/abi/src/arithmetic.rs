//! Scalar arithmetic for which LLVM has no instruction and libm no function with Python's result.

use std::ffi::c_int;

unsafe extern "C" {
    safe fn tgamma(x: f64) -> f64;
    fn lgamma_r(x: f64, sign: *mut c_int) -> f64;
}

/// `base ** exp`, wrapping at 64 bits. A negative exponent gives the integer part of the real power: 0, or ±1 for the units.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_pow_i64(base: i64, exp: i64) -> i64 {
    match (base, exp) {
        (_, 0..) => zouk_pow_u64(base as u64, exp as u64) as i64,
        (1, _) => 1,
        (-1, _) => 1 - 2 * (exp & 1),
        _ => 0,
    }
}

/// `base ** exp`, wrapping at 64 bits.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_pow_u64(mut base: u64, mut exp: u64) -> u64 {
    let mut power = 1u64;
    while exp != 0 {
        if exp & 1 == 1 {
            power = power.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exp >>= 1;
    }
    power
}

/// `pow(base, exp, modulus)` with the sign of the modulus; a negative exponent is of the base's inverse. 0 where there is none, and for the
/// modulus 0: both have raised before, or will.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_pow_mod(base: i64, exp: i64, modulus: i64) -> i64 {
    let size = modulus.unsigned_abs() as u128;
    if size == 0 {
        return 0;
    }
    let residue = (base as i128).rem_euclid(size as i128) as u128;
    let Some(mut square) = (if exp < 0 { inverse(residue, size) } else { Some(residue) }) else { return 0 };
    let (mut power, mut exp) = (1 % size, exp.unsigned_abs());
    while exp != 0 {
        if exp & 1 == 1 {
            power = power * square % size;
        }
        square = square * square % size;
        exp >>= 1;
    }
    // |power| < |modulus| <= 2**63.
    if modulus < 0 && power != 0 { (power as i128 - size as i128) as i64 } else { power as i64 }
}

/// `x` with `x * residue` 1 modulo `size`, by Euclid's algorithm: `a = x * residue` and `b = y * residue` modulo `size` all along.
fn inverse(residue: u128, size: u128) -> Option<u128> {
    let (mut a, mut b, mut x, mut y) = (size as i128, residue as i128, 0, 1);
    while b != 0 {
        let quotient = a / b;
        (a, b) = (b, a - quotient * b);
        (x, y) = (y, x - quotient * y);
    }
    (a == 1).then(|| x.rem_euclid(size as i128) as u128)
}

/// `math.gcd(a, b)`, by differences and shifts (Stein), which take less time than divisions; 2**63 wraps.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_gcd_i64(a: i64, b: i64) -> i64 {
    let (a, b) = (a.unsigned_abs(), b.unsigned_abs());
    if a == 0 || b == 0 {
        return (a | b) as i64;
    }
    let odd = |x: u64| x >> x.trailing_zeros();
    let common = (a | b).trailing_zeros();
    let (mut a, mut b) = (odd(a), odd(b));
    while a != b {
        (a, b) = (a.min(b), odd(a.abs_diff(b)));
    }
    (a << common) as i64
}

macro_rules! float_division {
    ($float:ty, $modulo:ident, $floordiv:ident) => {
        /// `a % b`: the result has the sign of `b`, also when it is zero; NaN for a zero `b`.
        #[unsafe(no_mangle)]
        pub extern "C" fn $modulo(a: $float, b: $float) -> $float {
            let rest = a % b;
            if rest == 0.0 {
                (0.0 as $float).copysign(b)
            } else if (rest < 0.0) != (b < 0.0) {
                rest + b
            } else {
                rest
            }
        }

        /// `a // b` by way of the remainder, which is exact; `a / b` for a zero `b`.
        #[unsafe(no_mangle)]
        pub extern "C" fn $floordiv(a: $float, b: $float) -> $float {
            if b == 0.0 {
                return a / b;
            }
            let rest = a % b;
            let below = rest != 0.0 && (rest < 0.0) != (b < 0.0);
            let quotient = (a - rest) / b - if below { 1.0 } else { 0.0 };
            if quotient == 0.0 {
                return (0.0 as $float).copysign(a / b);
            }
            let floor = quotient.floor();
            if quotient - floor > 0.5 { floor + 1.0 } else { floor }
        }
    };
}

float_division!(f64, zouk_mod_f64, zouk_floordiv_f64);
float_division!(f32, zouk_mod_f32, zouk_floordiv_f32);

/// `math.gamma` with C99's results at the poles: ±inf at ±0, NaN at negative integers.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_gamma_f64(x: f64) -> f64 {
    tgamma(x)
}

/// `math.lgamma`: inf at the poles.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_lgamma_f64(x: f64) -> f64 {
    let mut sign = 0;
    // SAFETY: `sign` is writable; unlike `lgamma` this writes no global.
    unsafe { lgamma_r(x, &mut sign) }
}

/// `round(x, ndigits)` for an integer: the nearest multiple of 10**-ndigits, ties to even; wraps at 64 bits.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_round_i64(x: i64, ndigits: i64) -> i64 {
    match ndigits {
        0.. => x,
        -19..=-1 => {
            let (wide, unit) = (x as i128, 10i128.pow(ndigits.unsigned_abs() as u32));
            let (quotient, rest) = (wide.div_euclid(unit), wide.rem_euclid(unit));
            let up = 2 * rest > unit || 2 * rest == unit && quotient & 1 == 1;
            ((quotient + up as i128) * unit) as i64
        }
        // |x| < 10**19 < half of 10**20.
        _ => 0,
    }
}

/// `round(x, ndigits)` for a float: the exact decimal value of `x` rounded, ties to even, and read back.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_round_half_even(x: f64, ndigits: i64) -> f64 {
    // A float has no digit below 10**-1074 and none of those it is told apart by below 10**-323; its first is at most 10**308.
    if !x.is_finite() || x == 0.0 || ndigits > 323 {
        return x;
    }
    if ndigits < -308 {
        return 0f64.copysign(x);
    }
    let decimal = if ndigits >= 0 { format!("{x:.*}", ndigits as usize) } else { round_left_of_point(x, ndigits.unsigned_abs() as usize) };
    decimal.parse().unwrap_or(x)
}

/// The exact decimal digits of `x` rounded to a multiple of 10**places.
fn round_left_of_point(x: f64, places: usize) -> String {
    let digits = format!("{:.0}", x.abs().trunc());
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (kept, dropped) = padded.split_at(padded.len() - places);
    let half = format!("5{}", "0".repeat(places - 1));
    let odd = kept.ends_with(['1', '3', '5', '7', '9']);
    let up = match dropped.cmp(&half) {
        std::cmp::Ordering::Equal => odd || x.fract() != 0.0,
        order => order.is_gt(),
    };
    let kept = if up { increment(kept) } else { kept.to_string() };
    let sign = if x.is_sign_negative() { "-" } else { "" };
    format!("{sign}{kept}e{places}")
}

/// One more than a decimal number.
fn increment(digits: &str) -> String {
    let head = digits.trim_end_matches('9');
    let zeros = "0".repeat(digits.len() - head.len());
    match head.char_indices().next_back().and_then(|(at, last)| Some((&head[..at], last.to_digit(10)?))) {
        Some((head, last)) => format!("{head}{}{zeros}", last + 1),
        None => format!("1{zeros}"),
    }
}
