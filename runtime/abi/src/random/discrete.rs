//! The discrete distributions of `numpy.random.Generator`, and what `RandomState` shares with it, in the order of draws of NumPy's
//! `distributions.c` (BSD licence).

use super::source::{Source, to_int};
use super::ziggurat::standard_exponential;

pub use super::binomial::binomial;
pub use super::hypergeometric::hypergeometric;

/// log(gamma(x)), by the series that NumPy draws Poisson numbers with: their stream depends on its last bit.
pub fn log_gamma(x: f64) -> f64 {
    const SERIES: [f64; 10] = [
        8.333333333333333e-02,
        -2.777777777777778e-03,
        7.936507936507937e-04,
        -5.952380952380952e-04,
        8.417508417508418e-04,
        -1.917526917526918e-03,
        6.41025641025641e-03,
        -2.955065359477124e-02,
        1.796443723688307e-01,
        -1.3924322169059,
    ];
    const LOG_TWO_PI: f64 = 1.8378770664093453;
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    // Below 7 the series is taken further up, and the recurrence leads down.
    let steps = if x < 7.0 { to_int(7.0 - x) } else { 0 };
    let mut at = x + steps as f64;
    let inverse_square = (1.0 / at) * (1.0 / at);
    let sum = SERIES[..9].iter().rev().fold(SERIES[9], |sum, term| sum * inverse_square + term);
    let mut result = sum / at + 0.5 * LOG_TWO_PI + (at - 0.5) * at.ln() - at;
    for _ in 0..steps {
        result -= (at - 1.0).ln();
        at -= 1.0;
    }
    result
}

pub fn poisson(source: &mut impl Source, lam: f64) -> i64 {
    if lam >= 10.0 {
        poisson_rejection(source, lam)
    } else if lam == 0.0 {
        0
    } else {
        poisson_product(source, lam)
    }
}

fn poisson_product(source: &mut impl Source, lam: f64) -> i64 {
    let least = (-lam).exp();
    let mut product = 1.0;
    let mut count = 0;
    loop {
        product *= source.next_double();
        if product > least {
            count += 1;
        } else {
            return count;
        }
    }
}

/// Transformed rejection, after Hörmann.
fn poisson_rejection(source: &mut impl Source, lam: f64) -> i64 {
    let (root, log_lam) = (lam.sqrt(), lam.ln());
    let b = 0.931 + 2.53 * root;
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let vr = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = source.next_double() - 0.5;
        let v = source.next_double();
        let us = 0.5 - u.abs();
        let k = to_int(((2.0 * a / us + b) * u + lam + 0.43).floor());
        if us >= 0.07 && v <= vr {
            return k;
        }
        if k < 0 || (us < 0.013 && v > us) {
            continue;
        }
        if v.ln() + inverse_alpha.ln() - (a / (us * us) + b).ln() <= -lam + k as f64 * log_lam - log_gamma(k as f64 + 1.0) {
            return k;
        }
    }
}

pub fn negative_binomial(source: &mut impl Source, n: f64, p: f64) -> i64 {
    let mean = super::continuous::gamma(source, n, (1.0 - p) / p);
    poisson(source, mean)
}

pub fn geometric_search(source: &mut impl Source, p: f64) -> i64 {
    let (mut sum, mut term, mut x) = (p, p, 1);
    let q = 1.0 - p;
    let u = source.next_double();
    while u > sum {
        term *= q;
        sum += term;
        x += 1;
    }
    x
}

pub fn geometric(source: &mut impl Source, p: f64) -> i64 {
    if p >= 1.0 / 3.0 {
        return geometric_search(source, p);
    }
    // What exceeds int64 becomes its largest value.
    (-standard_exponential(source) / (-p).ln_1p()).ceil() as i64
}

/// The logarithmic series distribution; `rate` is log(1 - p), `chance` gives 1 - e^x.
pub fn logarithmic(source: &mut impl Source, p: f64, rate: f64, chance: impl Fn(f64) -> f64) -> i64 {
    loop {
        let v = source.next_double();
        if v >= p {
            return 1;
        }
        let q = chance(rate * source.next_double());
        if v <= q * q {
            let result = to_int((1.0 + v.ln() / q.ln()).floor());
            if result >= 1 && v != 0.0 {
                return result;
            }
        } else {
            return if v >= q { 1 } else { 2 };
        }
    }
}

pub fn logseries(source: &mut impl Source, p: f64) -> i64 {
    logarithmic(source, p, (-p).ln_1p(), |x| -x.exp_m1())
}

/// Zipf numbers by rejection; uniform numbers are taken from (least, 1].
pub fn zipf_above(source: &mut impl Source, a: f64, least: f64) -> i64 {
    let exponent = a - 1.0;
    // Not to become a power of two, which rounds otherwise.
    let b = std::hint::black_box(2f64).powf(exponent);
    loop {
        let u = source.next_double();
        let u = if least == 0.0 { 1.0 - u } else { u * least + (1.0 - u) };
        let v = source.next_double();
        let x = u.powf(-1.0 / exponent).floor();
        if x > i64::MAX as f64 || x < 1.0 {
            continue;
        }
        let t = (1.0 + 1.0 / x).powf(exponent);
        if v * x * (t - 1.0) / (b - 1.0) <= t / b {
            return to_int(x);
        }
    }
}

pub fn zipf(source: &mut impl Source, a: f64) -> i64 {
    if a >= 1025.0 {
        return 1;
    }
    zipf_above(source, a, (i64::MAX as f64).powf(1.0 - a))
}
