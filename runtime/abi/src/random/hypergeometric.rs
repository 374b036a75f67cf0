//! Hypergeometric numbers: urns emptied ball by ball for small samples, else the ratio of uniforms of Stadlober, in the order of draws of
//! NumPy's `random_hypergeometric.c` and `legacy-distributions.c` (BSD licence).

use super::bounded::interval;
use super::discrete::log_gamma;
use super::log_factorial::log_factorial;
use super::source::{Source, to_int};

/// 2 sqrt(2/e) and 3 - 2 sqrt(3/e)
const D1: f64 = 1.7155277699214135;
const D2: f64 = 0.8989161620588988;

pub fn hypergeometric(source: &mut impl Source, good: i64, bad: i64, sample: i64) -> i64 {
    if sample >= 10 && sample <= good + bad - 10 { ratio(source, good, bad, sample) } else { urn(source, good, bad, sample) }
}

fn urn(source: &mut impl Source, good: i64, bad: i64, sample: i64) -> i64 {
    let total = good + bad;
    let complement = sample > total / 2;
    let mut left = if complement { total - sample } else { sample };
    let (mut balls, mut remaining) = (total, good);
    while left > 0 && remaining > 0 && balls > remaining {
        balls -= 1;
        if (interval(source, balls as u64) as i64) < remaining {
            remaining -= 1;
        }
        left -= 1;
    }
    if balls == remaining {
        remaining -= left;
    }
    if complement { remaining } else { good - remaining }
}

fn ratio(source: &mut impl Source, good: i64, bad: i64, sample: i64) -> i64 {
    let population = good + bad;
    let drawn = sample.min(population - sample);
    let (few, many) = (good.min(bad), good.max(bad));
    let p = few as f64 / population as f64;
    let q = many as f64 / population as f64;
    let a = drawn as f64 * p + 0.5;
    let variance = (population - drawn) as f64 * drawn as f64 * p * q / (population - 1) as f64;
    let c = (variance + 0.5).sqrt();
    let h = D1 * c + D2;
    let mode = to_int(((drawn + 1) as f64 * (few + 1) as f64 / (population + 2) as f64).floor());
    let density = |k: i64| log_factorial(k) + log_factorial(few - k) + log_factorial(drawn - k) + log_factorial(many - drawn + k);
    let most = density(mode);
    let bound = ((drawn.min(few) + 1) as f64).min((a + 16.0 * c).floor());
    let mut k = accepted(source, a, h, bound, |k| most - density(k));
    if good > bad {
        k = drawn - k;
    }
    if drawn < sample { good - k } else { k }
}

/// The first number that the ratio of uniforms accepts; `log_ratio` compares the density with that at the mode.
fn accepted(source: &mut impl Source, a: f64, h: f64, bound: f64, log_ratio: impl Fn(i64) -> f64) -> i64 {
    loop {
        let u = source.next_double();
        let v = source.next_double();
        let x = a + h * (v - 0.5) / u;
        if x < 0.0 || x >= bound {
            continue;
        }
        let k = to_int(x.floor());
        let t = log_ratio(k);
        if u * (4.0 - u) - 3.0 <= t {
            return k;
        }
        if u * (u - t) < 1.0 && 2.0 * u.ln() <= t {
            return k;
        }
    }
}

/// As `RandomState` empties an urn.
pub fn legacy_urn(source: &mut impl Source, good: i64, bad: i64, sample: i64) -> i64 {
    let rest = bad.wrapping_add(good).wrapping_sub(sample);
    let few = bad.min(good) as f64;
    let (mut y, mut k) = (few, sample);
    while y > 0.0 {
        let u = source.next_double();
        y -= to_int((u + y / rest.wrapping_add(k) as f64).floor()) as f64;
        k -= 1;
        if k == 0 {
            break;
        }
    }
    let z = to_int(few - y);
    if good > bad { sample - z } else { z }
}

pub fn legacy_ratio(source: &mut impl Source, good: i64, bad: i64, sample: i64) -> i64 {
    let population = good.wrapping_add(bad);
    let (few, many) = (good.min(bad), good.max(bad));
    let drawn = sample.min(population.wrapping_sub(sample));
    let d4 = few as f64 / population as f64;
    let d5 = 1.0 - d4;
    let d6 = drawn as f64 * d4 + 0.5;
    let others = population.wrapping_sub(drawn) as f64;
    let d7 = (others * sample as f64 * d4 * d5 / population.wrapping_sub(1) as f64 + 0.5).sqrt();
    let d8 = D1 * d7 + D2;
    let mode = to_int((drawn.wrapping_add(1) as f64 * few.wrapping_add(1) as f64 / population.wrapping_add(2) as f64).floor());
    let log = |k: i64| log_gamma(k.wrapping_add(1) as f64);
    let density =
        |k: i64| log(k) + log(few.wrapping_sub(k)) + log(drawn.wrapping_sub(k)) + log(many.wrapping_sub(drawn).wrapping_add(k));
    let most = density(mode);
    let bound = (drawn.min(few) as f64 + 1.0).min((d6 + 16.0 * d7).floor());
    let mut z = accepted(source, d6, d8, bound, |k| most - density(k));
    if good > bad {
        z = drawn.wrapping_sub(z);
    }
    if drawn < sample { good.wrapping_sub(z) } else { z }
}
