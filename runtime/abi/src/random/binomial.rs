//! Binomial and multinomial numbers: inversion for small means, else BTPE of Kachitvichyanukul and Schmeiser, in the order of draws of
//! NumPy's `distributions.c` (BSD licence).

use super::source::{Source, to_int};

/// A distribution ready to draw from.
#[derive(Clone, Debug)]
pub struct Binomial {
    n: i64,
    p: f64,
    /// Successes are counted where they are the rarer outcome, else failures.
    flipped: bool,
    by: Method,
}

#[derive(Clone, Debug)]
enum Method {
    Nothing,
    Inversion { p: f64, q: f64, least: f64, bound: i64 },
    Rejection(Rejection),
}

/// The shape of BTPE's majorising function: a triangle, two parallelograms, two exponential tails.
#[derive(Clone, Debug)]
struct Rejection {
    r: f64,
    q: f64,
    mode: i64,
    middle: f64,
    left: f64,
    right: f64,
    c: f64,
    rate_left: f64,
    rate_right: f64,
    /// The areas up to each part.
    p1: f64,
    p2: f64,
    p3: f64,
    p4: f64,
}

impl Binomial {
    pub fn new(n: i64, p: f64) -> Self {
        if n == 0 || p == 0.0 {
            return Binomial { n, p, flipped: false, by: Method::Nothing };
        }
        Binomial::by(n, p, |n, p| (n * (-p).ln_1p()).exp())
    }

    /// As `RandomState` draws.
    pub fn legacy(n: i64, p: f64) -> Self {
        Binomial::by(n, p, |n, p| (n * (1.0 - p).ln()).exp())
    }

    /// `failure` gives the chance of no success in n trials.
    fn by(n: i64, p: f64, failure: impl Fn(f64, f64) -> f64) -> Self {
        let flipped = p > 0.5 || p.is_nan();
        let rare = if flipped { 1.0 - p } else { p };
        let count = n as f64;
        let by = if rare * count <= 30.0 {
            let (q, mean) = (1.0 - rare, count * rare);
            let most = mean + 10.0 * (mean * q + 1.0).sqrt();
            Method::Inversion { p: rare, q, least: failure(count, rare), bound: if count < most { n } else { to_int(most) } }
        } else {
            Method::Rejection(Rejection::new(count, rare))
        };
        Binomial { n, p, flipped, by }
    }

    pub fn is_of(&self, n: i64, p: f64) -> bool {
        self.n == n && self.p == p
    }

    pub fn draw(&self, source: &mut impl Source) -> i64 {
        let drawn = match &self.by {
            Method::Nothing => return 0,
            Method::Inversion { p, q, least, bound } => invert(source, self.n, *p, *q, *least, *bound),
            Method::Rejection(by) => by.draw(source, self.n),
        };
        if self.flipped { self.n.wrapping_sub(drawn) } else { drawn }
    }
}

fn invert(source: &mut impl Source, n: i64, p: f64, q: f64, least: f64, bound: i64) -> i64 {
    let (mut x, mut term) = (0, least);
    let mut u = source.next_double();
    while u > term {
        x += 1;
        if x > bound {
            (x, term) = (0, least);
            u = source.next_double();
        } else {
            u -= term;
            term = ((n - x + 1) as f64 * p * term) / (x as f64 * q);
        }
    }
    x
}

impl Rejection {
    /// `p` is at most 1/2.
    fn new(n: f64, p: f64) -> Self {
        let r = if p < 1.0 - p { p } else { 1.0 - p };
        let q = 1.0 - r;
        let fm = n * r + r;
        let mode = to_int(fm.floor());
        let p1 = (2.195 * (n * r * q).sqrt() - 4.6 * q).floor() + 0.5;
        let middle = mode as f64 + 0.5;
        let (left, right) = (middle - p1, middle + p1);
        let c = 0.134 + 20.5 / (15.3 + mode as f64);
        let rate = |a: f64| a * (1.0 + a / 2.0);
        let rate_left = rate((fm - left) / (fm - left * r));
        let rate_right = rate((right - fm) / (right * q));
        let p2 = p1 * (1.0 + 2.0 * c);
        let p3 = p2 + c / rate_left;
        let p4 = p3 + c / rate_right;
        Rejection { r, q, mode, middle, left, right, c, rate_left, rate_right, p1, p2, p3, p4 }
    }

    fn draw(&self, source: &mut impl Source, n: i64) -> i64 {
        loop {
            let u = source.next_double() * self.p4;
            let v = source.next_double();
            if u <= self.p1 || u.is_nan() {
                return to_int((self.middle - self.p1 * v + u).floor());
            }
            if let Some((y, v)) = self.candidate(n, u, v)
                && self.accepts(n, y, v)
            {
                return y;
            }
        }
    }

    /// A number from beyond the triangle, and what the density there is compared with.
    fn candidate(&self, n: i64, u: f64, v: f64) -> Option<(i64, f64)> {
        if u <= self.p2 {
            let x = self.left + (u - self.p1) / self.c;
            let v = v * self.c + 1.0 - (self.mode as f64 - x + 0.5).abs() / self.p1;
            return (v <= 1.0).then(|| (to_int(x.floor()), v));
        }
        if u <= self.p3 {
            let y = to_int((self.left + v.ln() / self.rate_left).floor());
            return (y >= 0 && v != 0.0).then_some((y, v * (u - self.p2) * self.rate_left));
        }
        let y = to_int((self.right - v.ln() / self.rate_right).floor());
        (y <= n && v != 0.0).then_some((y, v * (u - self.p3) * self.rate_right))
    }

    fn accepts(&self, n: i64, y: i64, v: f64) -> bool {
        let Rejection { r, q, mode: m, .. } = *self;
        let nrq = n as f64 * r * q;
        let k = y.wrapping_sub(m).unsigned_abs() as i64;
        if k <= 20 || k as f64 >= nrq / 2.0 - 1.0 {
            let s = r / q;
            let a = s * (n + 1) as f64;
            let ratio = |i: i64| a / i as f64 - s;
            let up = (m + 1..=y).fold(1.0, |f, i| f * ratio(i));
            return v <= (y + 1..=m).fold(up, |f, i| f / ratio(i));
        }
        let size = k as f64;
        let rho = (size / nrq) * ((size * (size / 3.0 + 0.625) + 0.16666666666666666) / nrq + 0.5);
        let t = k.wrapping_neg().wrapping_mul(k) as f64 / (2.0 * nrq);
        let log = v.ln();
        if log < t - rho {
            return true;
        }
        log <= t + rho && log <= self.log_ratio(n, y)
    }

    /// The logarithm of the density at y over that at the mode, by Stirling's formula.
    fn log_ratio(&self, n: i64, y: i64) -> f64 {
        let Rejection { r, q, mode: m, middle, .. } = *self;
        let (x1, f1) = ((y + 1) as f64, (m + 1) as f64);
        let (z, w) = ((n + 1 - m) as f64, (n - y + 1) as f64);
        let tail = |x: f64| {
            let x2 = x * x;
            (13680. - (462. - (132. - (99. - 140. / x2) / x2) / x2) / x2) / x / 166320.
        };
        middle * (f1 / x1).ln()
            + ((n - m) as f64 + 0.5) * (z / w).ln()
            + (y - m) as f64 * (w * r / (x1 * q)).ln()
            + tail(f1)
            + tail(z)
            + tail(x1)
            + tail(w)
    }
}

pub fn binomial(source: &mut impl Source, n: i64, p: f64) -> i64 {
    Binomial::new(n, p).draw(source)
}

/// Divides n trials among outcomes; `counts` is zero before.
pub fn multinomial(source: &mut impl Source, n: i64, chances: &[f64], counts: &mut [i64]) {
    let Some(last) = counts.len().checked_sub(1) else { return };
    let (mut left, mut chance) = (n, 1.0);
    for (count, p) in counts[..last].iter_mut().zip(chances) {
        *count = binomial(source, left, p / chance);
        left -= *count;
        if left <= 0 {
            return;
        }
        chance -= p;
    }
    counts[last] = left;
}
