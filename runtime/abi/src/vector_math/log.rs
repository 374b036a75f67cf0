//! The natural logarithm.
//!
//! With `x = 2ᵏ · m`, `f = m - 1` and `s = f / (2 + f)`: `ln m = 2 atanh s = f - (f²/2 - s · (f²/2 + s² · P(s²)))`, where
//! `P(z) = 2/3 + 2/5 z + 2/7 z² + …`. The sum `k ln 2 + f - f²/2` is kept as two floats; what is left is at most 0.05 of it.

use super::*;

/// `P` on [0, (√2 - 1)² / (√2 + 1)²]: relative to `ln m`, the error is below 2⁻⁵⁹.
const P: [f64; 7] = [
    0.6666666666666736,
    0.39999999999405383,
    0.2857142874409988,
    0.2222219842096405,
    0.181835713839169,
    0.15313886090294743,
    0.14797471593402337,
];

/// `log(x)`, lane by lane.
#[unsafe(no_mangle)]
#[target_feature(enable = "avx2,fma")]
pub extern "C" fn zouk_log_f64x4(x: F64x4) -> F64x4 {
    if _mm256_movemask_pd(not_positive_normal(x)) != 0 {
        return with_special_values(x);
    }
    of_normal(x, all(EXPONENT_BIAS))
}

/// `ln x` of positive normal lanes, less (bias - [`EXPONENT_BIAS`]) · ln 2.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn of_normal(x: F64x4, bias: F64x4) -> F64x4 {
    let (m, k) = reduce(x);
    let k = _mm256_sub_pd(k, bias);
    let f = _mm256_sub_pd(m, all(1.0));
    let s = _mm256_div_pd(f, _mm256_add_pd(f, all(2.0)));
    let z = _mm256_mul_pd(s, s);
    let half = _mm256_mul_pd(f, all(0.5));
    let square = _mm256_mul_pd(half, f);
    let square_error = _mm256_fmsub_pd(half, f, square);
    let (ln_m, ln_m_error) = fast_two_sum(f, _mm256_sub_pd(all(-0.0), square));
    let (sum, sum_error) = fast_two_sum(_mm256_mul_pd(k, all(LN2_SHORT.0)), ln_m);
    let errors = _mm256_add_pd(_mm256_sub_pd(ln_m_error, square_error), sum_error);
    let errors = _mm256_fmadd_pd(k, all(LN2_SHORT.1), errors);
    let rest = _mm256_fmadd_pd(s, _mm256_fmadd_pd(z, estrin(z, P), square), errors);
    _mm256_add_pd(sum, rest)
}

/// Subnormal numbers by way of 2⁵⁴ · x; -inf of ±0, inf of inf, NaN of NaN and of negative numbers.
#[cold]
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
fn with_special_values(x: F64x4) -> F64x4 {
    let zero = all(0.0);
    let subnormal = _mm256_cmp_pd::<_CMP_LT_OQ>(x, all(f64::MIN_POSITIVE));
    let scaled = _mm256_blendv_pd(x, _mm256_mul_pd(x, all((1u64 << 54) as f64)), subnormal);
    let bias = _mm256_blendv_pd(all(EXPONENT_BIAS), all(EXPONENT_BIAS + 54.0), subnormal);
    let result = of_normal(scaled, bias);
    let result = _mm256_blendv_pd(result, all(f64::NEG_INFINITY), _mm256_cmp_pd::<_CMP_EQ_OQ>(x, zero));
    let result = _mm256_blendv_pd(result, all(f64::NAN), _mm256_cmp_pd::<_CMP_LT_OQ>(x, zero));
    // `!(x < inf)`: inf and NaN are their own logarithms.
    _mm256_blendv_pd(result, x, _mm256_cmp_pd::<_CMP_NLT_UQ>(x, all(f64::INFINITY)))
}
