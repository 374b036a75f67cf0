//! Powers: `x ** y = exp(y · ln x)`, the logarithm as two floats with 67 bits.
//!
//! With `x = 2ᵏ · m` and `s = (m - 1) / (m + 1)` as two floats: `ln m = 2 atanh s = 2s + s³ · (2/3 + s² · (2/5 + s² · Q(s²)))`,
//! where `Q(z) = 2/7 + 2/9 z + …`. Then `y · ln x = n ln 2 + r`, and `exp r = 1 + r + r² · E(r)` with `E(r) = 1/2 + r/6 + …`.

use super::*;

/// `Q` on [0, (√2 - 1)² / (√2 + 1)²]: relative to `ln m`, the error is below 2⁻⁷³.
const Q: [f64; 7] = [
    0.2857142857144668,
    0.2222222221721801,
    0.18181818903899385,
    0.15384554861591845,
    0.1333638627497979,
    0.11673558209672513,
    0.11998571964593452,
];

/// `E` on |r| ≤ ln 2 / 2: relative to `exp r`, the error is below 2⁻⁵⁷.
const E: [f64; 10] = [
    0.5000000000000012,
    0.16666666666666471,
    0.04166666666651975,
    0.008333333333458665,
    0.0013888888945921057,
    0.00019841269581196487,
    2.4801491030993337e-05,
    2.755752164644174e-06,
    2.763090755114223e-07,
    2.5020074850572813e-08,
];

const TWO_FIFTHS: f64 = 0.39999999999999974;
const TWO_THIRDS: (f64, f64) = (0.6666666666666666, 3.700743415417188e-17);
const LN2: (f64, f64) = (core::f64::consts::LN_2, 2.3190468138462996e-17);

/// Up to here in size, `exp` is a normal number.
const LARGEST_EXPONENT: f64 = 708.0;

/// `pow(x, y)`, lane by lane.
#[unsafe(no_mangle)]
#[target_feature(enable = "avx2,fma")]
pub extern "C" fn zouk_pow_f64x4(x: F64x4, y: F64x4) -> F64x4 {
    let sign = all(-0.0);
    let (ln, ln_low) = logarithm(_mm256_andnot_pd(sign, x));
    let exponent = _mm256_mul_pd(y, ln);
    let exponent_low = _mm256_fmadd_pd(y, ln_low, _mm256_fmsub_pd(y, ln, exponent));
    let result = exponential(exponent, exponent_low);
    // True for NaN too.
    let extreme = _mm256_cmp_pd::<_CMP_NLE_UQ>(_mm256_andnot_pd(sign, exponent), all(LARGEST_EXPONENT));
    if _mm256_movemask_pd(_mm256_or_pd(extreme, not_positive_normal(x))) != 0 {
        return with_special_values(x, y, result, extreme);
    }
    result
}

/// `ln x` of positive normal lanes as two floats, the second at most some units in the last place of the first.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn logarithm(x: F64x4) -> (F64x4, F64x4) {
    let (m, k) = reduce(x);
    let k = _mm256_sub_pd(k, all(EXPONENT_BIAS));
    let f = _mm256_sub_pd(m, all(1.0));
    let (divisor, divisor_low) = fast_two_sum(all(1.0), m);
    let inverse = _mm256_div_pd(all(1.0), divisor);
    // s + s_low = f / (divisor + divisor_low)
    let s = _mm256_mul_pd(f, inverse);
    let remainder = _mm256_fnmadd_pd(s, divisor_low, _mm256_fnmadd_pd(s, divisor, f));
    let s_low = _mm256_mul_pd(remainder, inverse);
    let z = _mm256_mul_pd(s, s);
    let z_low = _mm256_fmadd_pd(_mm256_add_pd(s, s), s_low, _mm256_fmsub_pd(s, s, z));
    let cube = _mm256_mul_pd(s, z);
    let cube_low = _mm256_fmadd_pd(s, z_low, _mm256_fmadd_pd(s_low, z, _mm256_fmsub_pd(s, z, cube)));
    let q = _mm256_fmadd_pd(z, estrin(z, Q), all(TWO_FIFTHS));
    let (factor, factor_low) = fast_two_sum(all(TWO_THIRDS.0), _mm256_mul_pd(z, q));
    let factor_low = _mm256_fmadd_pd(z_low, q, _mm256_add_pd(factor_low, all(TWO_THIRDS.1)));
    let tail = _mm256_mul_pd(cube, factor);
    let tail_low = _mm256_fmadd_pd(cube, factor_low, _mm256_fmadd_pd(cube_low, factor, _mm256_fmsub_pd(cube, factor, tail)));

    let (ln_m, ln_m_low) = fast_two_sum(_mm256_add_pd(s, s), tail);
    let (ln, ln_low) = fast_two_sum(_mm256_mul_pd(k, all(LN2_SHORT.0)), ln_m);
    let low = _mm256_fmadd_pd(all(2.0), s_low, _mm256_add_pd(tail_low, ln_m_low));
    (ln, _mm256_add_pd(ln_low, _mm256_fmadd_pd(k, all(LN2_SHORT.1), low)))
}

/// `exp(x + low)` where |x| ≤ [`LARGEST_EXPONENT`].
#[inline]
#[target_feature(enable = "avx2,fma")]
fn exponential(x: F64x4, low: F64x4) -> F64x4 {
    // The sum with 1.5 · 2⁵² is an integer, and its low bits are n.
    let integer = all(1.5 * AT_2_52);
    let shifted = _mm256_fmadd_pd(x, all(core::f64::consts::LOG2_E), integer);
    let n = _mm256_sub_pd(shifted, integer);
    // x - n ln 2 is exact: its bits are those from 2⁻² to 2⁻⁵³.
    let r = _mm256_fnmadd_pd(n, all(LN2.0), x);
    let (r, r_low) = fast_two_sum(r, _mm256_fnmadd_pd(n, all(LN2.1), low));
    let (sum, sum_low) = fast_two_sum(all(1.0), r);
    let rest = _mm256_fmadd_pd(_mm256_mul_pd(r, r), estrin(r, E), _mm256_add_pd(sum_low, r_low));
    let power = _mm256_slli_epi64::<52>(_mm256_castpd_si256(shifted));
    _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(_mm256_add_pd(sum, rest)), power))
}

/// `|x| ** y` of negative normal lanes gets the sign of an odd power, or is NaN for a broken one; other special lanes are left to libm.
#[cold]
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
fn with_special_values(x: F64x4, y: F64x4, result: F64x4, extreme: F64x4) -> F64x4 {
    let sign = all(-0.0);
    let scalar = _mm256_or_pd(extreme, not_positive_normal(_mm256_andnot_pd(sign, x)));
    let broken = is_broken(y);
    // An odd number is whole, and broken when halved.
    let odd = _mm256_andnot_pd(broken, is_broken(_mm256_mul_pd(y, all(0.5))));
    let negative = _mm256_xor_pd(result, _mm256_and_pd(odd, sign));
    let negative = _mm256_blendv_pd(negative, all(f64::NAN), broken);
    let result = _mm256_blendv_pd(result, negative, x);
    let lanes = |v| {
        // SAFETY: both are 32 bytes of floats.
        unsafe { core::mem::transmute::<F64x4, [f64; 4]>(v) }
    };
    let (xs, ys, mut results, scalar) = (lanes(x), lanes(y), lanes(result), _mm256_movemask_pd(scalar));
    for i in 0..4 {
        if scalar >> i & 1 == 1 {
            results[i] = xs[i].powf(ys[i]);
        }
    }
    _mm256_setr_pd(results[0], results[1], results[2], results[3])
}

/// Lanes with a fraction, as masks; not inf, and not NaN.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn is_broken(y: F64x4) -> F64x4 {
    _mm256_cmp_pd::<_CMP_NEQ_OQ>(y, _mm256_floor_pd(y))
}
