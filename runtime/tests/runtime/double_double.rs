//! Numbers of 106 bits as the sum of two floats: exact enough to judge what is rounded to 53.

use std::ops::{Add, Div, Mul, Sub};

#[derive(Clone, Copy, Debug)]
pub struct DD {
    pub high: f64,
    pub low: f64,
}

const LN_2: DD = DD { high: std::f64::consts::LN_2, low: 2.3190468138462996e-17 };

impl From<f64> for DD {
    fn from(high: f64) -> DD {
        DD { high, low: 0.0 }
    }
}

/// The sum of two floats, |a| ≥ |b|.
fn ordered(a: f64, b: f64) -> DD {
    let high = a + b;
    DD { high, low: b - (high - a) }
}

impl Add for DD {
    type Output = DD;
    fn add(self, other: DD) -> DD {
        let sum = |a: f64, b: f64| {
            let high = a + b;
            let part = high - a;
            DD { high, low: (a - (high - part)) + (b - part) }
        };
        let (high, low) = (sum(self.high, other.high), sum(self.low, other.low));
        let first = ordered(high.high, high.low + low.high);
        ordered(first.high, first.low + low.low)
    }
}

impl Sub for DD {
    type Output = DD;
    fn sub(self, other: DD) -> DD {
        self + DD { high: -other.high, low: -other.low }
    }
}

impl Mul for DD {
    type Output = DD;
    fn mul(self, other: DD) -> DD {
        let high = self.high * other.high;
        ordered(high, self.high.mul_add(other.high, -high) + (self.high * other.low + self.low * other.high))
    }
}

impl Div for DD {
    type Output = DD;
    fn div(self, other: DD) -> DD {
        let first = DD::from(self.high / other.high);
        let rest = self - first * other;
        let second = DD::from(rest.high / other.high);
        let rest = rest - second * other;
        first + second + DD::from(rest.high / other.high)
    }
}

impl DD {
    /// `ln (2ᵏ · m) = k · ln 2 + 2 atanh ((m - 1) / (m + 1))`, of a positive float.
    pub fn ln(self) -> DD {
        let shift = if self.high < f64::MIN_POSITIVE { 54 } else { 0 };
        let x = self.high * (1u64 << shift) as f64;
        let mut k = (x.to_bits() >> 52) as i32 - 1023;
        let mut m = f64::from_bits(x.to_bits() & ((1 << 52) - 1) | 1023 << 52);
        if m > std::f64::consts::SQRT_2 {
            (k, m) = (k + 1, m / 2.0);
        }
        let s = (DD::from(m) - DD::from(1.0)) / (DD::from(m) + DD::from(1.0));
        let square = s * s;
        let sum = (0..24).rev().fold(DD::from(0.0), |sum, i| sum * square + DD::from(1.0) / DD::from((2 * i + 1) as f64));
        DD::from((k - shift) as f64) * LN_2 + (s + s) * sum
    }

    /// `exp x = 2ⁿ · exp r`, and its Taylor series: `exp r` and `n`, as the low part of their product may be too small for a float.
    pub fn exp(self) -> (DD, i32) {
        let n = (self.high / LN_2.high).round();
        let r = self - DD::from(n) * LN_2;
        let sum = (1..28).rev().fold(DD::from(1.0), |sum, i| DD::from(1.0) + sum * r / DD::from(i as f64));
        (sum, n as i32)
    }
}
