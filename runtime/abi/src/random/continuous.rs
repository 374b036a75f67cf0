//! The continuous distributions of `numpy.random.Generator`, and what `RandomState` shares with it: each draws, computes and rejects
//! in the order of NumPy's `distributions.c` (BSD licence), so that the numbers are the same bit for bit.

use super::discrete::poisson;
use super::source::Source;
use std::f64::consts::PI;

pub use super::ziggurat::{standard_exponential, standard_exponential_f, standard_normal, standard_normal_f};

pub fn random(source: &mut impl Source) -> f64 {
    source.next_double()
}

pub fn random_f(source: &mut impl Source) -> f32 {
    source.next_float()
}

/// By the inverse of the distribution: `method="inv"`.
pub fn standard_exponential_inv(source: &mut impl Source) -> f64 {
    -(-source.next_double()).ln_1p()
}

pub fn standard_exponential_inv_f(source: &mut impl Source) -> f32 {
    // The logarithm is that of float64.
    -(-(source.next_float() as f64)).ln_1p() as f32
}

/// A gamma number of a shape below 1.
pub fn small_gamma<S: Source>(source: &mut S, shape: f64, exponential: impl Fn(&mut S) -> f64) -> f64 {
    loop {
        let u = source.next_double();
        let v = exponential(source);
        if u <= 1.0 - shape {
            let x = u.powf(1.0 / shape);
            if x <= v {
                return x;
            }
        } else {
            let y = -((1.0 - u) / shape).ln();
            let x = (1.0 - shape + shape * y).powf(1.0 / shape);
            if x <= v + y {
                return x;
            }
        }
    }
}

/// A gamma number of a shape above 1, after Marsaglia and Tsang.
pub fn large_gamma<S: Source>(source: &mut S, shape: f64, normal: impl Fn(&mut S) -> f64) -> f64 {
    let b = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * b).sqrt();
    loop {
        let mut x = normal(source);
        let mut v = 1.0 + c * x;
        while v <= 0.0 {
            x = normal(source);
            v = 1.0 + c * x;
        }
        v = v * v * v;
        let u = source.next_double();
        if u < 1.0 - 0.0331 * (x * x) * (x * x) || u.ln() < 0.5 * x * x + b * (1.0 - v + v.ln()) {
            return b * v;
        }
    }
}

pub fn standard_gamma(source: &mut impl Source, shape: f64) -> f64 {
    if shape == 1.0 {
        standard_exponential(source)
    } else if shape == 0.0 || shape.is_nan() {
        shape
    } else if shape < 1.0 {
        small_gamma(source, shape, standard_exponential)
    } else {
        large_gamma(source, shape, standard_normal)
    }
}

pub fn standard_gamma_f(source: &mut impl Source, shape: f32) -> f32 {
    if shape == 1.0 {
        standard_exponential_f(source)
    } else if shape == 0.0 || shape.is_nan() {
        shape
    } else if shape < 1.0 {
        small_gamma_f(source, shape)
    } else {
        large_gamma_f(source, shape)
    }
}

fn small_gamma_f(source: &mut impl Source, shape: f32) -> f32 {
    loop {
        let u = source.next_float();
        let v = standard_exponential_f(source);
        if u <= 1.0 - shape {
            let x = u.powf(1.0 / shape);
            if x <= v {
                return x;
            }
        } else {
            let y = -((1.0 - u) / shape).ln();
            let x = (1.0 - shape + shape * y).powf(1.0 / shape);
            if x <= v + y {
                return x;
            }
        }
    }
}

fn large_gamma_f(source: &mut impl Source, shape: f32) -> f32 {
    let b = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * b).sqrt();
    loop {
        let mut x = standard_normal_f(source);
        let mut v = 1.0 + c * x;
        while v <= 0.0 {
            x = standard_normal_f(source);
            v = 1.0 + c * x;
        }
        v = v * v * v;
        let u = source.next_float();
        if u < 1.0 - 0.0331 * (x * x) * (x * x) || u.ln() < 0.5 * x * x + b * (1.0 - v + v.ln()) {
            return b * v;
        }
    }
}

/// Both parameters below this: nothing but 0 and 1 comes out.
const TINY: f64 = 3e-103;

pub fn beta(source: &mut impl Source, a: f64, b: f64) -> f64 {
    if a > 1.0 || b > 1.0 || a.is_nan() || b.is_nan() {
        let (x, y) = (standard_gamma(source, a), standard_gamma(source, b));
        return x / (x + y);
    }
    if a < TINY && b < TINY {
        let u = source.next_double();
        return ((a + b) * u < a) as u8 as f64;
    }
    loop {
        let (u, v) = (source.next_double(), source.next_double());
        let (x, y) = (u.powf(1.0 / a), v.powf(1.0 / b));
        if x + y > 1.0 || u + v <= 0.0 {
            continue;
        }
        if x > 0.0 && y > 0.0 {
            return x / (x + y);
        }
        let delta = u.ln() / a - v.ln() / b;
        return if delta > 0.0 { (-(-delta).exp().ln_1p()).exp() } else { (delta - delta.exp().ln_1p()).exp() };
    }
}

pub fn uniform(source: &mut impl Source, low: f64, range: f64) -> f64 {
    low + range * source.next_double()
}

pub fn normal(source: &mut impl Source, loc: f64, scale: f64) -> f64 {
    loc + scale * standard_normal(source)
}

pub fn lognormal(source: &mut impl Source, mean: f64, sigma: f64) -> f64 {
    normal(source, mean, sigma).exp()
}

pub fn exponential(source: &mut impl Source, scale: f64) -> f64 {
    scale * standard_exponential(source)
}

pub fn gamma(source: &mut impl Source, shape: f64, scale: f64) -> f64 {
    scale * standard_gamma(source, shape)
}

pub fn chisquare(source: &mut impl Source, df: f64) -> f64 {
    2.0 * standard_gamma(source, df / 2.0)
}

pub fn f(source: &mut impl Source, dfnum: f64, dfden: f64) -> f64 {
    let numerator = chisquare(source, dfnum) * dfden;
    numerator / (chisquare(source, dfden) * dfnum)
}

pub fn noncentral_chisquare(source: &mut impl Source, df: f64, nonc: f64) -> f64 {
    if nonc.is_nan() {
        return nonc;
    }
    if nonc == 0.0 {
        return chisquare(source, df);
    }
    if df > 1.0 {
        let chi2 = chisquare(source, df - 1.0);
        let n = standard_normal(source) + nonc.sqrt();
        return chi2 + n * n;
    }
    let i = poisson(source, nonc / 2.0);
    chisquare(source, df + i.wrapping_mul(2) as f64)
}

pub fn noncentral_f(source: &mut impl Source, dfnum: f64, dfden: f64, nonc: f64) -> f64 {
    let t = noncentral_chisquare(source, dfnum, nonc) * dfden;
    t / (chisquare(source, dfden) * dfnum)
}

pub fn standard_cauchy(source: &mut impl Source) -> f64 {
    let numerator = standard_normal(source);
    numerator / standard_normal(source)
}

pub fn standard_t(source: &mut impl Source, df: f64) -> f64 {
    let numerator = standard_normal(source);
    let denominator = standard_gamma(source, df / 2.0);
    (df / 2.0).sqrt() * numerator / denominator.sqrt()
}

pub fn pareto(source: &mut impl Source, a: f64) -> f64 {
    (standard_exponential(source) / a).exp_m1()
}

pub fn weibull(source: &mut impl Source, a: f64) -> f64 {
    if a == 0.0 { 0.0 } else { standard_exponential(source).powf(1.0 / a) }
}

pub fn power(source: &mut impl Source, a: f64) -> f64 {
    (-(-standard_exponential(source)).exp_m1()).powf(1.0 / a)
}

pub fn rayleigh(source: &mut impl Source, scale: f64) -> f64 {
    scale * (2.0 * standard_exponential(source)).sqrt()
}

pub fn laplace(source: &mut impl Source, loc: f64, scale: f64) -> f64 {
    loop {
        let u = source.next_double();
        if u >= 0.5 {
            return loc - scale * (2.0 - u - u).ln();
        }
        if u > 0.0 {
            return loc + scale * (u + u).ln();
        }
    }
}

pub fn gumbel(source: &mut impl Source, loc: f64, scale: f64) -> f64 {
    loop {
        let u = 1.0 - source.next_double();
        if u < 1.0 {
            return loc - scale * (-u.ln()).ln();
        }
    }
}

pub fn logistic(source: &mut impl Source, loc: f64, scale: f64) -> f64 {
    loop {
        let u = source.next_double();
        if u > 0.0 {
            return loc + scale * (u / (1.0 - u)).ln();
        }
    }
}

pub fn wald(source: &mut impl Source, mean: f64, scale: f64) -> f64 {
    let n = standard_normal(source);
    let y = mean * n * n;
    let d = 1.0 + (1.0 + 4.0 * scale / y).sqrt();
    let x = mean * (1.0 - 2.0 / d);
    if source.next_double() <= mean / (mean + x) { x } else { mean * mean / x }
}

/// The parameter `s` of the method of Best and Fisher.
pub fn vonmises_s(kappa: f64) -> f64 {
    let r = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
    let rho = (r - (2.0 * r).sqrt()) / (2.0 * kappa);
    (1.0 + rho * rho) / (2.0 * rho)
}

/// A von Mises number of a concentration that is not tiny, in [-pi, pi].
pub fn wrapped_vonmises(source: &mut impl Source, mu: f64, kappa: f64, s: f64) -> f64 {
    let w = loop {
        let z = (PI * source.next_double()).cos();
        let w = (1.0 + s * z) / (s + z);
        let y = kappa * (s - w);
        let v = source.next_double();
        // An infinite concentration makes all of it NaN: nothing would ever be accepted.
        if y * (2.0 - y) - v >= 0.0 || (y / v).ln() + 1.0 - y >= 0.0 || y.is_nan() {
            break w;
        }
    };
    let u = source.next_double();
    let angle = if u < 0.5 { -w.acos() } else { w.acos() } + mu;
    let wrapped = (angle.abs() + PI) % (2.0 * PI) - PI;
    if angle < 0.0 { -wrapped } else { wrapped }
}

pub fn vonmises(source: &mut impl Source, mu: f64, kappa: f64) -> f64 {
    if kappa.is_nan() {
        return kappa;
    }
    if kappa < 1e-8 {
        return PI * (2.0 * source.next_double() - 1.0);
    }
    if kappa > 1e6 {
        let angle = mu + (1.0 / kappa).sqrt() * standard_normal(source);
        let angle = if angle < -PI { angle + 2.0 * PI } else { angle };
        return if angle > PI { angle - 2.0 * PI } else { angle };
    }
    let s = if kappa < 1e-5 { 1.0 / kappa + kappa } else { vonmises_s(kappa) };
    wrapped_vonmises(source, mu, kappa, s)
}

pub fn triangular(source: &mut impl Source, left: f64, mode: f64, right: f64) -> f64 {
    let base = right - left;
    let ratio = (mode - left) / base;
    let (leftprod, rightprod) = ((mode - left) * base, (right - mode) * base);
    let u = source.next_double();
    if u <= ratio { left + (u * leftprod).sqrt() } else { right - ((1.0 - u) * rightprod).sqrt() }
}
