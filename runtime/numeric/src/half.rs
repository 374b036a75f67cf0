//! float16, for which Rust has no type: its bits, how it is ordered, and its conversions.

use crate::element::Element;

const SIGN: u16 = 1 << 15;
const INFINITY: u16 = 0x7c00;

/// An element of a float16 array.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(transparent)]
pub struct F16(pub u16);

impl F16 {
    /// The nearest to a float64, ties to even: rounded once. A NaN keeps its sign and the first bits of its payload.
    pub fn from_f64(x: f64) -> F16 {
        let bits = x.to_bits();
        let sign = (bits >> 48) as u16 & SIGN;
        if x.is_nan() {
            return F16(sign | INFINITY | 1 << 9 | (bits >> 42) as u16 & 0x3ff);
        }
        // Units in the last place: of subnormal numbers, 2^-24.
        let exponent = ((bits >> 52 & 0x7ff) as i32 - 1023).max(-14);
        let units = (x.abs() * 2f64.powi(10 - exponent.min(16))).round_ties_even();
        // What is rounded up to the next power of two carries into the exponent.
        let magnitude = if exponent > 15 { INFINITY as f64 } else { units + ((exponent + 14) * 1024) as f64 };
        F16(sign | (magnitude as u16).min(INFINITY))
    }

    /// The same number; of a NaN sign and payload.
    pub fn to_f64(self) -> f64 {
        let magnitude = self.0 & !SIGN;
        let sign = u64::from(self.0 & SIGN) << 48;
        let (exponent, fraction) = (i32::from(magnitude >> 10), u64::from(magnitude & 0x3ff));
        let size = match exponent {
            0 => (fraction as f64 * 2f64.powi(-24)).to_bits(),
            31 => f64::INFINITY.to_bits() | fraction << 42,
            _ => ((exponent - 15 + 1023) as u64) << 52 | fraction << 42,
        };
        f64::from_bits(sign | size)
    }
}

impl Element for F16 {
    type Key = u16;
    type Ordered = u16;
    const IS_PAIR: bool = false;
    fn key(self) -> u16 {
        if self.0 == SIGN { F16(0) } else { self }.to_ordered()
    }
    fn to_ordered(self) -> u16 {
        let bits = if self.is_nan() { INFINITY | 1 << 9 } else { self.0 };
        // A negative number's bits are reversed in order.
        if bits & SIGN == 0 { bits | SIGN } else { !bits }
    }
    fn from_ordered(key: u16) -> Self {
        F16(if key & SIGN == 0 { !key } else { key ^ SIGN })
    }
    fn is_nan(self) -> bool {
        self.0 & !SIGN > INFINITY
    }
    fn is_odd(self) -> bool {
        self != Self::from_ordered(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back() {
        for bits in 0..=u16::MAX {
            let x = F16(bits);
            let back = F16::from_f64(x.to_f64());
            if x.is_nan() {
                assert!(back.is_nan() && back.0 | 1 << 9 == bits | 1 << 9, "{bits:x}");
            } else {
                assert_eq!(back, x);
                assert_eq!(F16::from_ordered(x.to_ordered()), x);
            }
        }
    }

    /// Between neighbours the nearer one is taken, half way the even one, whatever float32 would make of it.
    #[test]
    fn rounds_once() {
        for bits in 0..INFINITY {
            let (low, high) = (F16(bits), F16(bits + 1));
            let above = if high.0 == INFINITY { 65536.0 } else { high.to_f64() };
            let middle = (low.to_f64() + above) / 2.0;
            let even = if bits & 1 == 0 { low } else { high };
            for (x, nearest) in [(middle, even), (middle.next_down(), low), (middle.next_up(), high)] {
                assert_eq!(F16::from_f64(x), nearest, "{x}");
                assert_eq!(F16::from_f64(-x).0, nearest.0 | SIGN);
            }
        }
        assert_eq!(F16::from_f64(1e300), F16(INFINITY));
        assert_eq!(F16::from_f64(f64::INFINITY), F16(INFINITY));
        assert_eq!(F16::from_f64(5e-324), F16(0));
    }

    #[test]
    fn orders_as_its_numbers() {
        let all: Vec<F16> = (0..=u16::MAX).map(F16).collect();
        for pair in all.windows(2) {
            let (x, y) = (pair[0].to_f64(), pair[1].to_f64());
            if !x.is_nan() && !y.is_nan() {
                assert_eq!(Some(pair[0].key().cmp(&pair[1].key())), x.partial_cmp(&y));
            }
        }
        assert!(F16(INFINITY).key() < F16(0xfe01).key());
    }
}
