//! Elementary functions of four float64 at a time, for the loops that LLVM vectorises: within 1 ULP, with C99's special values.
//!
//! They are called like LLVM's vector variants: vectors in `ymm` registers, as the C ABI has it under `avx`. Only a processor
//! with `avx2` and `fma` may call them. No tables: a reduction by bits, one division at most, polynomials in Estrin's order, and the
//! error terms that FMA gives exactly. A test for lanes out of the common range is the only branch.

#![expect(improper_ctypes_definitions, reason = "a vector of 32 bytes is a type of the C ABI where `avx` is enabled")]

mod log;
mod pow;

pub use log::zouk_log_f64x4;
pub use pow::zouk_pow_f64x4;

use core::arch::x86_64::*;

type F64x4 = __m256d;
type I64x4 = __m256i;

const MANTISSA: i64 = (1 << 52) - 1;
const MIN_NORMAL: i64 = 1 << 52;
const INFINITY: i64 = 0x7ff << 52;

/// ln 2 as two floats, the first with 41 bits: its product with an exponent is exact.
const LN2_SHORT: (f64, f64) = (0.693147180559663, 2.8235290563031577e-13);

#[inline]
#[target_feature(enable = "avx2,fma")]
fn all(x: f64) -> F64x4 {
    _mm256_set1_pd(x)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn bits(x: i64) -> I64x4 {
    _mm256_set1_epi64x(x)
}

/// `a + b` as sum and error; exact when `a` is zero or its exponent is not less than that of `b`.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn fast_two_sum(a: F64x4, b: F64x4) -> (F64x4, F64x4) {
    let sum = _mm256_add_pd(a, b);
    (sum, _mm256_add_pd(_mm256_sub_pd(a, sum), b))
}

/// `Σ coefficients[i] · xⁱ`, pairs first.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn estrin<const N: usize>(x: F64x4, coefficients: [f64; N]) -> F64x4 {
    let (mut power, mut count, mut terms) = (x, N, coefficients.map(|c| all(c)));
    while count > 1 {
        for i in 0..count / 2 {
            terms[i] = _mm256_fmadd_pd(terms[2 * i + 1], power, terms[2 * i]);
        }
        if count % 2 == 1 {
            terms[count / 2] = terms[count - 1];
        }
        (power, count) = (_mm256_mul_pd(power, power), count.div_ceil(2));
    }
    terms[0]
}

/// `x = 2ᵏ · m` of positive normal lanes: `m` in [√½, √2), and `k + bias` as the low bits of a float's mantissa at 2⁵².
#[inline]
#[target_feature(enable = "avx2,fma")]
fn reduce(x: F64x4) -> (F64x4, F64x4) {
    const ONE: i64 = 1f64.to_bits() as i64;
    const SQRT_HALF: i64 = core::f64::consts::FRAC_1_SQRT_2.to_bits() as i64;
    let shifted = _mm256_add_epi64(_mm256_castpd_si256(x), bits(ONE - SQRT_HALF));
    let m = _mm256_add_epi64(_mm256_and_si256(shifted, bits(MANTISSA)), bits(SQRT_HALF));
    let k = _mm256_or_si256(_mm256_srli_epi64::<52>(shifted), bits(AT_2_52.to_bits() as i64));
    (_mm256_castsi256_pd(m), _mm256_castsi256_pd(k))
}

/// 2⁵²: a float from here on has no fraction.
const AT_2_52: f64 = (1u64 << 52) as f64;
/// What [`reduce`] adds to an exponent.
const EXPONENT_BIAS: f64 = AT_2_52 + 1023.0;

/// Lanes that are not positive normal numbers, as masks. In bits: outside [`MIN_NORMAL`, `INFINITY`), tested by one signed comparison.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn not_positive_normal(x: F64x4) -> F64x4 {
    let moved = _mm256_add_epi64(_mm256_castpd_si256(x), bits(i64::MIN.wrapping_sub(MIN_NORMAL)));
    _mm256_castsi256_pd(_mm256_cmpgt_epi64(moved, bits(i64::MIN + (INFINITY - MIN_NORMAL - 1))))
}
