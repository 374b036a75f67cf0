//! The distributions of `numpy.random.RandomState`, whose streams NumPy has frozen: each draws, computes and rejects in the order of
//! NumPy's `legacy-distributions.c` (BSD licence), so that the numbers are the same bit for bit.

use super::source::{Source, to_int};
use super::state::Legacy;
use super::{continuous, discrete};
use std::f64::consts::PI;

pub use continuous::{gumbel, laplace, logistic, random, triangular, uniform};
pub use discrete::poisson;

/// The polar method gives two numbers.
pub fn standard_normal(state: &mut Legacy) -> f64 {
    if let Some(kept) = state.gauss.take() {
        return kept;
    }
    loop {
        let x = 2.0 * state.next_double() - 1.0;
        let y = 2.0 * state.next_double() - 1.0;
        let r2 = x * x + y * y;
        if r2 < 1.0 && r2 != 0.0 {
            let f = (-2.0 * r2.ln() / r2).sqrt();
            state.gauss = Some(f * x);
            return f * y;
        }
    }
}

pub fn standard_exponential(state: &mut Legacy) -> f64 {
    -(1.0 - state.next_double()).ln()
}

pub fn standard_gamma(state: &mut Legacy, shape: f64) -> f64 {
    if shape == 1.0 {
        standard_exponential(state)
    } else if shape == 0.0 || shape.is_nan() {
        shape
    } else if shape < 1.0 {
        continuous::small_gamma(state, shape, standard_exponential)
    } else {
        continuous::large_gamma(state, shape, standard_normal)
    }
}

pub fn beta(state: &mut Legacy, a: f64, b: f64) -> f64 {
    if a > 1.0 || b > 1.0 || a.is_nan() || b.is_nan() {
        let (x, y) = (standard_gamma(state, a), standard_gamma(state, b));
        return x / (x + y);
    }
    loop {
        let (u, v) = (state.next_double(), state.next_double());
        let (x, y) = (u.powf(1.0 / a), v.powf(1.0 / b));
        if x + y > 1.0 {
            continue;
        }
        if x + y > 0.0 {
            return x / (x + y);
        }
        let (x, y) = (u.ln() / a, v.ln() / b);
        let most = if x > y { x } else { y };
        let (x, y) = (x - most, y - most);
        return (x - (x.exp() + y.exp()).ln()).exp();
    }
}

pub fn normal(state: &mut Legacy, loc: f64, scale: f64) -> f64 {
    loc + scale * standard_normal(state)
}

pub fn lognormal(state: &mut Legacy, mean: f64, sigma: f64) -> f64 {
    normal(state, mean, sigma).exp()
}

pub fn exponential(state: &mut Legacy, scale: f64) -> f64 {
    scale * standard_exponential(state)
}

pub fn gamma(state: &mut Legacy, shape: f64, scale: f64) -> f64 {
    scale * standard_gamma(state, shape)
}

pub fn chisquare(state: &mut Legacy, df: f64) -> f64 {
    2.0 * standard_gamma(state, df / 2.0)
}

/// As its C compiler reads it, which is not ordered there: the numerator first.
pub fn f(state: &mut Legacy, dfnum: f64, dfden: f64) -> f64 {
    let numerator = chisquare(state, dfnum) * dfden;
    numerator / (chisquare(state, dfden) * dfnum)
}

pub fn noncentral_chisquare(state: &mut Legacy, df: f64, nonc: f64) -> f64 {
    if nonc == 0.0 {
        return chisquare(state, df);
    }
    if df > 1.0 {
        let chi2 = chisquare(state, df - 1.0);
        let n = standard_normal(state) + nonc.sqrt();
        return chi2 + n * n;
    }
    let i = poisson(state, nonc / 2.0);
    let result = chisquare(state, df + i.wrapping_mul(2) as f64);
    if nonc.is_nan() { nonc } else { result }
}

pub fn noncentral_f(state: &mut Legacy, dfnum: f64, dfden: f64, nonc: f64) -> f64 {
    let t = noncentral_chisquare(state, dfnum, nonc) * dfden;
    t / (chisquare(state, dfden) * dfnum)
}

pub fn standard_cauchy(state: &mut Legacy) -> f64 {
    let numerator = standard_normal(state);
    numerator / standard_normal(state)
}

pub fn standard_t(state: &mut Legacy, df: f64) -> f64 {
    let numerator = standard_normal(state);
    let denominator = standard_gamma(state, df / 2.0);
    (df / 2.0).sqrt() * numerator / denominator.sqrt()
}

pub fn pareto(state: &mut Legacy, a: f64) -> f64 {
    (standard_exponential(state) / a).exp() - 1.0
}

pub fn weibull(state: &mut Legacy, a: f64) -> f64 {
    if a == 0.0 { 0.0 } else { standard_exponential(state).powf(1.0 / a) }
}

pub fn power(state: &mut Legacy, a: f64) -> f64 {
    (1.0 - (-standard_exponential(state)).exp()).powf(1.0 / a)
}

pub fn rayleigh(state: &mut Legacy, scale: f64) -> f64 {
    scale * (-2.0 * (-state.next_double()).ln_1p()).sqrt()
}

pub fn wald(state: &mut Legacy, mean: f64, scale: f64) -> f64 {
    let ratio = mean / (2.0 * scale);
    let n = standard_normal(state);
    let y = mean * n * n;
    let x = mean + ratio * (y - (4.0 * scale * y + y * y).sqrt());
    if state.next_double() <= mean / (mean + x) { x } else { mean * mean / x }
}

pub fn vonmises(state: &mut Legacy, mu: f64, kappa: f64) -> f64 {
    if kappa.is_nan() {
        return kappa;
    }
    if kappa < 1e-8 {
        return PI * (2.0 * state.next_double() - 1.0);
    }
    let s = if kappa < 1e-5 { 1.0 / kappa + kappa } else { continuous::vonmises_s(kappa) };
    continuous::wrapped_vonmises(state, mu, kappa, s)
}

pub fn negative_binomial(state: &mut Legacy, n: f64, p: f64) -> i64 {
    let mean = gamma(state, n, (1.0 - p) / p);
    poisson(state, mean)
}

pub fn geometric(state: &mut Legacy, p: f64) -> i64 {
    if p >= 1.0 / 3.0 {
        return discrete::geometric_search(state, p);
    }
    to_int(((-state.next_double()).ln_1p() / (1.0 - p).ln()).ceil())
}

pub fn logseries(state: &mut Legacy, p: f64) -> i64 {
    discrete::logarithmic(state, p, (1.0 - p).ln(), |x| 1.0 - x.exp())
}

pub fn zipf(state: &mut Legacy, a: f64) -> i64 {
    discrete::zipf_above(state, a, 0.0)
}

pub fn binomial(state: &mut Legacy, n: i64, p: f64) -> i64 {
    let by = state.binomial.take().filter(|by| by.is_of(n, p)).unwrap_or_else(|| super::Binomial::legacy(n, p));
    let drawn = by.draw(state);
    state.binomial = Some(by);
    drawn
}

pub fn hypergeometric(state: &mut Legacy, good: i64, bad: i64, sample: i64) -> i64 {
    match sample {
        11.. => super::hypergeometric::legacy_ratio(state, good, bad, sample),
        1.. => super::hypergeometric::legacy_urn(state, good, bad, sample),
        _ => 0,
    }
}
