//! Python's `random`: the distributions of `random.Random` (PSF licence), which draw and compute in the order of CPython's `random.py`.

use super::source::Source;
use super::state::Python;
use std::f64::consts::{E, PI, TAU};

/// 4 exp(-1/2) / sqrt(2)
fn normal_magic() -> f64 {
    4.0 * (-0.5f64).exp() / 2f64.sqrt()
}

pub fn random(state: &mut Python) -> f64 {
    state.bits.next_double()
}

/// `bits` of 0 to 63, the lowest word first.
#[inline]
pub fn getrandbits(state: &mut Python, bits: i64) -> i64 {
    match bits {
        ..=0 => 0,
        1..=32 => (state.bits.next_u32() >> (32 - bits)) as i64,
        _ => {
            let low = state.bits.next_u32() as i64;
            ((state.bits.next_u32() >> (64 - bits.min(63))) as i64) << 32 | low
        }
    }
}

/// In [0, count); both are read as unsigned, and a count of 0 is 2^64.
#[inline]
pub fn randbelow(state: &mut Python, count: i64) -> i64 {
    let count = count as u64;
    let bits = if count == 0 { 65 } else { 64 - count.leading_zeros() };
    loop {
        let value = match bits {
            ..=63 => getrandbits(state, bits as i64) as u64,
            _ => state.bits.next_u32() as u64 | (state.bits.next_u32() as u64) << 32,
        };
        let fits = if bits == 65 { state.bits.next_u32() >> 31 == 0 } else { value < count };
        if fits {
            return value as i64;
        }
    }
}

pub fn uniform(state: &mut Python, a: f64, b: f64) -> f64 {
    a + (b - a) * random(state)
}

/// Without a mode given it lies in the middle.
pub fn triangular(state: &mut Python, low: f64, high: f64, mode: f64, given: i64) -> f64 {
    let u = random(state);
    if given != 0 && high == low {
        return low;
    }
    let c = if given != 0 { (mode - low) / (high - low) } else { 0.5 };
    if u > c { high + (low - high) * ((1.0 - u) * (1.0 - c)).sqrt() } else { low + (high - low) * (u * c).sqrt() }
}

pub fn normalvariate(state: &mut Python, mu: f64, sigma: f64) -> f64 {
    loop {
        let u1 = random(state);
        let u2 = 1.0 - random(state);
        let z = normal_magic() * (u1 - 0.5) / u2;
        if z * z / 4.0 <= -u2.ln() {
            return mu + z * sigma;
        }
    }
}

pub fn gauss(state: &mut Python, mu: f64, sigma: f64) -> f64 {
    let z = state.gauss.take().unwrap_or_else(|| {
        let angle = random(state) * TAU;
        let radius = (-2.0 * (1.0 - random(state)).ln()).sqrt();
        state.gauss = Some(angle.sin() * radius);
        angle.cos() * radius
    });
    mu + z * sigma
}

pub fn lognormvariate(state: &mut Python, mu: f64, sigma: f64) -> f64 {
    normalvariate(state, mu, sigma).exp()
}

pub fn expovariate(state: &mut Python, lambd: f64) -> f64 {
    -(1.0 - random(state)).ln() / lambd
}

pub fn vonmisesvariate(state: &mut Python, mu: f64, kappa: f64) -> f64 {
    if kappa <= 1e-6 {
        return TAU * random(state);
    }
    let s = 0.5 / kappa;
    let r = s + (1.0 + s * s).sqrt();
    let z = loop {
        let u1 = random(state);
        let z = (PI * u1).cos();
        let d = z / (r + z);
        let u2 = random(state);
        if u2 < 1.0 - d * d || u2 <= (1.0 - d) * d.exp() || d.is_nan() {
            break z;
        }
    };
    let q = 1.0 / r;
    let f = (q + z) / (1.0 + q * z);
    let angle = if random(state) > 0.5 { mu + f.acos() } else { mu - f.acos() };
    let rest = angle % TAU;
    if rest < 0.0 { rest + TAU } else { rest.abs() }
}

/// `alpha` and `beta` are positive, or NaN.
pub fn gammavariate(state: &mut Python, alpha: f64, beta: f64) -> f64 {
    if alpha > 1.0 {
        cheng(state, alpha) * beta
    } else if alpha == 1.0 {
        -(1.0 - random(state)).ln() * beta
    } else if alpha.is_nan() {
        alpha
    } else {
        kennedy(state, alpha) * beta
    }
}

/// Of a shape above 1, after Cheng.
fn cheng(state: &mut Python, alpha: f64) -> f64 {
    let ainv = (2.0 * alpha - 1.0).sqrt();
    let bbb = alpha - 4f64.ln();
    let ccc = alpha + ainv;
    let magic = 1.0 + 4.5f64.ln();
    loop {
        let u1 = random(state);
        if !(1e-7 < u1 && u1 < 0.9999999) {
            continue;
        }
        let u2 = 1.0 - random(state);
        let v = (u1 / (1.0 - u1)).ln() / ainv;
        let x = alpha * v.exp();
        let z = u1 * u1 * u2;
        let r = bbb + ccc * v - x;
        if r + magic - 4.5 * z >= 0.0 || r >= z.ln() || r.is_nan() {
            return x;
        }
    }
}

/// Of a shape below 1: algorithm GS of Kennedy and Gentle.
fn kennedy(state: &mut Python, alpha: f64) -> f64 {
    loop {
        let u = random(state);
        let b = (E + alpha) / E;
        let p = b * u;
        let x = if p <= 1.0 { p.powf(1.0 / alpha) } else { -((b - p) / alpha).ln() };
        let u1 = random(state);
        if if p > 1.0 { u1 <= x.powf(alpha - 1.0) } else { u1 <= (-x).exp() } {
            return x;
        }
    }
}

pub fn betavariate(state: &mut Python, alpha: f64, beta: f64) -> f64 {
    let y = gammavariate(state, alpha, 1.0);
    if y == 0.0 { 0.0 } else { y / (y + gammavariate(state, beta, 1.0)) }
}

pub fn paretovariate(state: &mut Python, alpha: f64) -> f64 {
    (1.0 - random(state)).powf(-1.0 / alpha)
}

pub fn weibullvariate(state: &mut Python, alpha: f64, beta: f64) -> f64 {
    alpha * (-(1.0 - random(state)).ln()).powf(1.0 / beta)
}
