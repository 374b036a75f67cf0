//! Binary floating point in integers: every format of PTX, every rounding, exact until the one rounding at the end.
//!
//! A finite number is `significand · 2^exponent` with 128 bits for the significand; what is cut off below it is kept as a one in the
//! last bit ("jammed"), which is all that a rounding needs to know.

/// How a result that is no number of the format becomes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    NearestEven,
    /// Ties away from zero (`.rna`).
    NearestAway,
    Zero,
    Down,
    Up,
}

/// A format of IEEE 754: bits of the significand with the hidden one, and of the exponent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Format {
    pub significand: u32,
    pub exponent: u32,
}

pub const F16: Format = Format { significand: 11, exponent: 5 };
pub const BF16: Format = Format { significand: 8, exponent: 8 };
pub const F32: Format = Format { significand: 24, exponent: 8 };
pub const F64: Format = Format { significand: 53, exponent: 11 };

#[derive(Clone, Copy, PartialEq, Debug)]
enum Class {
    Nan,
    Infinite,
    Zero,
    /// The value is `significand · 2^exponent`.
    Finite { significand: u128, exponent: i32 },
}

#[derive(Clone, Copy, Debug)]
struct Number {
    negative: bool,
    class: Class,
}

impl Format {
    fn fraction(self) -> u32 {
        self.significand - 1
    }

    fn bias(self) -> i32 {
        (1 << (self.exponent - 1)) - 1
    }

    fn sign(self, negative: bool) -> u64 {
        u64::from(negative) << (self.fraction() + self.exponent)
    }

    pub fn infinity(self, negative: bool) -> u64 {
        self.sign(negative) | (((1 << self.exponent) - 1) << self.fraction())
    }

    /// The NaN that PTX calls canonical.
    pub fn nan(self) -> u64 {
        match self {
            F64 => 0x7ff8_0000_0000_0000,
            _ => (1 << (self.fraction() + self.exponent)) - 1,
        }
    }

    fn largest(self, negative: bool) -> u64 {
        self.infinity(negative) - 1
    }

    fn unpack(self, bits: u64) -> Number {
        let negative = bits & self.sign(true) != 0;
        let biased = (bits >> self.fraction()) & ((1 << self.exponent) - 1);
        let fraction = bits & ((1 << self.fraction()) - 1);
        let lowest = 1 - self.bias() - self.fraction() as i32;
        let class = match (biased, fraction) {
            (0, 0) => Class::Zero,
            (0, _) => Class::Finite { significand: u128::from(fraction), exponent: lowest },
            _ if biased == (1 << self.exponent) - 1 => {
                if fraction == 0 {
                    Class::Infinite
                } else {
                    Class::Nan
                }
            }
            _ => Class::Finite { significand: u128::from(fraction | 1 << self.fraction()), exponent: lowest + biased as i32 - 1 },
        };
        Number { negative, class }
    }

    /// The number of the format that `rounding` makes of ±`significand · 2^exponent`.
    pub fn round(self, negative: bool, significand: u128, exponent: i32, rounding: Rounding) -> u64 {
        if significand == 0 {
            return self.sign(negative);
        }
        let top = exponent + 127 - significand.leading_zeros() as i32;
        let quantum = top.max(1 - self.bias()) - self.fraction() as i32;
        let (kept, inexact, half) = shift_right(significand, quantum - exponent);
        let up = match rounding {
            Rounding::NearestEven => half && (inexact || kept & 1 == 1),
            Rounding::NearestAway => half,
            Rounding::Zero => false,
            Rounding::Down => negative && (half || inexact),
            Rounding::Up => !negative && (half || inexact),
        };
        let kept = (kept + u128::from(up)) as u64;
        let hidden = 1u64 << self.fraction();
        // A carry out of the significand moves into the exponent by itself.
        let biased = if kept < hidden { 0 } else { i64::from(quantum + self.fraction() as i32 + self.bias()) };
        if biased >= (1 << self.exponent) - 1 || (biased == (1 << self.exponent) - 2 && kept == 2 * hidden) {
            return self.overflow(negative, rounding);
        }
        let magnitude = if biased == 0 { kept } else { ((biased as u64) << self.fraction()) + (kept - hidden) };
        self.sign(negative) | magnitude
    }

    fn overflow(self, negative: bool, rounding: Rounding) -> u64 {
        match rounding {
            Rounding::Zero => self.largest(negative),
            Rounding::Down if !negative => self.largest(negative),
            Rounding::Up if negative => self.largest(negative),
            _ => self.infinity(negative),
        }
    }

    /// `a · b + c`, rounded once.
    pub fn mul_add(self, a: u64, b: u64, c: u64, rounding: Rounding) -> u64 {
        let (a, b, c) = (self.unpack(a), self.unpack(b), self.unpack(c));
        let negative = a.negative != b.negative;
        let product = match (a.class, b.class) {
            (Class::Nan, _) | (_, Class::Nan) | (Class::Infinite, Class::Zero) | (Class::Zero, Class::Infinite) => return self.nan(),
            (Class::Infinite, _) | (_, Class::Infinite) => Class::Infinite,
            (Class::Zero, _) | (_, Class::Zero) => Class::Zero,
            (Class::Finite { significand: x, exponent: i }, Class::Finite { significand: y, exponent: j }) => {
                Class::Finite { significand: x * y, exponent: i + j }
            }
        };
        self.sum(Number { negative, class: product }, c, rounding)
    }

    pub fn add(self, a: u64, b: u64, rounding: Rounding) -> u64 {
        self.sum(self.unpack(a), self.unpack(b), rounding)
    }

    pub fn mul(self, a: u64, b: u64, rounding: Rounding) -> u64 {
        // Adding a zero of the product's sign changes nothing.
        let zero = self.sign(self.unpack(a).negative != self.unpack(b).negative);
        self.mul_add(a, b, zero, rounding)
    }

    fn sum(self, a: Number, b: Number, rounding: Rounding) -> u64 {
        match (a.class, b.class) {
            (Class::Nan, _) | (_, Class::Nan) => self.nan(),
            (Class::Infinite, Class::Infinite) if a.negative != b.negative => self.nan(),
            (Class::Infinite, _) => self.infinity(a.negative),
            (_, Class::Infinite) => self.infinity(b.negative),
            (Class::Zero, Class::Zero) if a.negative == b.negative => self.sign(a.negative),
            (Class::Zero, Class::Zero) => self.sign(rounding == Rounding::Down),
            (Class::Zero, Class::Finite { significand, exponent }) => self.round(b.negative, significand, exponent, rounding),
            (Class::Finite { significand, exponent }, Class::Zero) => self.round(a.negative, significand, exponent, rounding),
            (Class::Finite { significand: x, exponent: i }, Class::Finite { significand: y, exponent: j }) => {
                let (x, i) = left_aligned(x, i);
                let (y, j) = left_aligned(y, j);
                let exponent = i.max(j);
                let (x, y) = (jammed(x, exponent - i), jammed(y, exponent - j));
                let (negative, total) = match (a.negative == b.negative, x.cmp(&y)) {
                    (true, _) => (a.negative, x + y),
                    (false, std::cmp::Ordering::Equal) => (rounding == Rounding::Down, 0),
                    (false, std::cmp::Ordering::Greater) => (a.negative, x - y),
                    (false, std::cmp::Ordering::Less) => (b.negative, y - x),
                };
                self.round(negative, total, exponent, rounding)
            }
        }
    }

    pub fn div(self, a: u64, b: u64, rounding: Rounding) -> u64 {
        let (a, b) = (self.unpack(a), self.unpack(b));
        let negative = a.negative != b.negative;
        match (a.class, b.class) {
            (Class::Nan, _) | (_, Class::Nan) | (Class::Infinite, Class::Infinite) | (Class::Zero, Class::Zero) => self.nan(),
            (Class::Infinite, _) | (_, Class::Zero) => self.infinity(negative),
            (Class::Zero, _) | (_, Class::Infinite) => self.sign(negative),
            (Class::Finite { significand: x, exponent: i }, Class::Finite { significand: y, exponent: j }) => {
                let (x, i) = left_aligned(x, i);
                let quotient = (x / y) | u128::from(x % y != 0);
                self.round(negative, quotient, i - j, rounding)
            }
        }
    }

    pub fn sqrt(self, a: u64, rounding: Rounding) -> u64 {
        let a = self.unpack(a);
        match a.class {
            Class::Nan => self.nan(),
            Class::Zero => self.sign(a.negative),
            _ if a.negative => self.nan(),
            Class::Infinite => self.infinity(false),
            Class::Finite { significand, exponent } => {
                let (mut x, mut i) = left_aligned(significand, exponent);
                if i % 2 != 0 {
                    (x, i) = (x >> 1, i + 1);
                }
                let root = x.isqrt();
                self.round(false, root << 1 | u128::from(root * root != x), i / 2 - 1, rounding)
            }
        }
    }

    /// The same number in another format.
    pub fn convert(self, bits: u64, to: Format, rounding: Rounding) -> u64 {
        let number = self.unpack(bits);
        match number.class {
            Class::Nan => to.nan(),
            Class::Infinite => to.infinity(number.negative),
            Class::Zero => to.sign(number.negative),
            Class::Finite { significand, exponent } => to.round(number.negative, significand, exponent, rounding),
        }
    }

    /// The whole number nearest in the sense of `rounding`; `None` for a NaN. Saturates far outside of every integer type.
    pub fn to_integer(self, bits: u64, rounding: Rounding) -> Option<i128> {
        let number = self.unpack(bits);
        let magnitude = match number.class {
            Class::Nan => return None,
            Class::Zero => 0,
            Class::Infinite => i128::MAX as u128,
            Class::Finite { significand, exponent } if exponent >= 0 => {
                if exponent + 128 - significand.leading_zeros() as i32 > 100 { i128::MAX as u128 } else { significand << exponent }
            }
            Class::Finite { significand, exponent } => {
                let (kept, inexact, half) = shift_right(significand, -exponent);
                let up = match rounding {
                    Rounding::NearestEven => half && (inexact || kept & 1 == 1),
                    Rounding::NearestAway => half,
                    Rounding::Zero => false,
                    Rounding::Down => number.negative && (half || inexact),
                    Rounding::Up => !number.negative && (half || inexact),
                };
                kept + u128::from(up)
            }
        };
        Some(if number.negative { -(magnitude as i128) } else { magnitude as i128 })
    }

    /// An integer in this format.
    pub fn of_integer(self, value: i128, rounding: Rounding) -> u64 {
        self.round(value < 0, value.unsigned_abs(), 0, rounding)
    }

    pub fn is_nan(self, bits: u64) -> bool {
        self.unpack(bits).class == Class::Nan
    }

    pub fn is_subnormal(self, bits: u64) -> bool {
        let magnitude = bits & (self.sign(true) - 1);
        magnitude != 0 && magnitude < 1 << self.fraction()
    }

    /// A zero of its sign for a subnormal number, as `.ftz` has it.
    pub fn flushed(self, bits: u64) -> u64 {
        if self.is_subnormal(bits) { bits & self.sign(true) } else { bits }
    }

    /// As a float64, which holds every number of the other formats.
    pub fn to_f64(self, bits: u64) -> f64 {
        f64::from_bits(self.convert(bits, F64, Rounding::NearestEven))
    }

    pub fn of_f64(self, value: f64, rounding: Rounding) -> u64 {
        F64.convert(value.to_bits(), self, rounding)
    }
}

/// The significand with its first one in bit 126: two of them add without overflow.
fn left_aligned(significand: u128, exponent: i32) -> (u128, i32) {
    let shift = significand.leading_zeros() as i32 - 1;
    if shift >= 0 { (significand << shift, exponent - shift) } else { (significand >> 1 | significand & 1, exponent + 1) }
}

/// Shifted right; what falls out is a one in the last bit.
fn jammed(significand: u128, shift: i32) -> u128 {
    match shift {
        0 => significand,
        1..=127 => significand >> shift | u128::from(significand << (128 - shift) != 0),
        _ => u128::from(significand != 0),
    }
}

/// The significand shifted right by `shift` (left if negative), whether something is below the first bit cut off, and that bit.
fn shift_right(significand: u128, shift: i32) -> (u128, bool, bool) {
    match shift {
        ..=0 => (significand << -shift, false, false),
        1..=127 => {
            let half = significand >> (shift - 1) & 1 == 1;
            let below = shift > 1 && significand << (129 - shift) != 0;
            (significand >> shift, below, half)
        }
        128 => (0, significand << 1 != 0, significand >> 127 == 1),
        _ => (0, significand != 0, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit patterns that meet each other near every boundary of a format, and random ones between.
    fn patterns(format: Format) -> Vec<u64> {
        let width = format.significand + format.exponent;
        let mask = if width == 64 { u64::MAX } else { (1 << width) - 1 };
        let one = (format.bias() as u64) << format.fraction();
        let mut found = vec![0, 1, 2, 3, one, one - 1, one + 1, format.infinity(false), format.infinity(false) - 1, format.nan(), 1 << format.fraction(), (1 << format.fraction()) - 1];
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        for round in 0..60 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let random = (state ^ state >> 29) & mask;
            // Every other one near 1, so that sums and products meet.
            found.push(if round % 2 == 0 { random } else { (one + (random & ((4 << format.fraction()) - 1))) & mask });
        }
        let negative: Vec<u64> = found.iter().map(|bits| bits ^ format.sign(true)).collect();
        found.extend(negative);
        found
    }

    fn same(format: Format, ours: u64, theirs: u64, what: &str) {
        let nan = format.is_nan(ours) && format.is_nan(theirs);
        assert!(nan || ours == theirs, "{what}: {ours:#x} against {theirs:#x}");
    }

    #[test]
    fn rounding_to_nearest_is_the_machines() {
        for a in patterns(F64) {
            for b in patterns(F64) {
                let (x, y) = (f64::from_bits(a), f64::from_bits(b));
                same(F64, F64.add(a, b, Rounding::NearestEven), (x + y).to_bits(), &format!("{x:e} + {y:e}"));
                same(F64, F64.mul(a, b, Rounding::NearestEven), (x * y).to_bits(), &format!("{x:e} * {y:e}"));
                same(F64, F64.div(a, b, Rounding::NearestEven), (x / y).to_bits(), &format!("{x:e} / {y:e}"));
                let c = b.rotate_left(7) ^ a;
                same(F64, F64.mul_add(a, b, c, Rounding::NearestEven), x.mul_add(y, f64::from_bits(c)).to_bits(), &format!("fma({x:e}, {y:e})"));
            }
            let x = f64::from_bits(a);
            same(F64, F64.sqrt(a, Rounding::NearestEven), x.sqrt().to_bits(), &format!("sqrt({x:e})"));
            same(F32, F64.convert(a, F32, Rounding::NearestEven), u64::from((x as f32).to_bits()), &format!("{x:e} as f32"));
            if let Some(whole) = F64.to_integer(a, Rounding::Zero) {
                assert_eq!(whole.clamp(i64::MIN.into(), i64::MAX.into()), i128::from(x as i64), "{x:e} as i64");
            }
        }
        for a in patterns(F32) {
            for b in patterns(F32) {
                let (x, y) = (f32::from_bits(a as u32), f32::from_bits(b as u32));
                same(F32, F32.add(a, b, Rounding::NearestEven), (x + y).to_bits().into(), &format!("{x:e} + {y:e}"));
                same(F32, F32.div(a, b, Rounding::NearestEven), (x / y).to_bits().into(), &format!("{x:e} / {y:e}"));
                let c = b.rotate_left(5) as u32 ^ a as u32;
                same(F32, F32.mul_add(a, b, c.into(), Rounding::NearestEven), x.mul_add(y, f32::from_bits(c)).to_bits().into(), &format!("fma({x:e}, {y:e})"));
            }
        }
    }

    /// One instruction of SSE2 under another rounding mode than the default.
    #[cfg(target_arch = "x86_64")]
    fn machine(operation: &str, a: f64, b: f64, rounding: Rounding) -> f64 {
        let mode: u32 = match rounding {
            Rounding::NearestEven | Rounding::NearestAway => 0x1f80,
            Rounding::Down => 0x3f80,
            Rounding::Up => 0x5f80,
            Rounding::Zero => 0x7f80,
        };
        let default = 0x1f80u32;
        let mut x = a;
        macro_rules! under {
            ($instruction:literal) => {
                // SAFETY: the rounding mode is the default again when the block ends.
                unsafe {
                    std::arch::asm!("ldmxcsr [{mode}]", $instruction, "ldmxcsr [{default}]", mode = in(reg) &mode, default = in(reg) &default, x = inout(xmm_reg) x, y = in(xmm_reg) b)
                }
            };
        }
        match operation {
            "+" => under!("addsd {x}, {y}"),
            "*" => under!("mulsd {x}, {y}"),
            "/" => under!("divsd {x}, {y}"),
            _ => under!("sqrtsd {x}, {y}"),
        }
        x
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn directed_rounding_is_the_machines() {
        for rounding in [Rounding::Zero, Rounding::Down, Rounding::Up] {
            for a in patterns(F64) {
                for b in patterns(F64) {
                    let (x, y) = (f64::from_bits(a), f64::from_bits(b));
                    for (operation, ours) in [("+", F64.add(a, b, rounding)), ("*", F64.mul(a, b, rounding)), ("/", F64.div(a, b, rounding)), ("sqrt", F64.sqrt(b, rounding))] {
                        same(F64, ours, machine(operation, x, y, rounding).to_bits(), &format!("{x:e} {operation} {y:e} {rounding:?}"));
                    }
                }
            }
        }
    }

    #[test]
    fn halves_go_through_float64_unchanged() {
        for format in [F16, BF16] {
            for bits in 0..=0xffffu64 {
                same(format, format.of_f64(format.to_f64(bits), Rounding::NearestEven), bits, "there and back");
            }
        }
    }
}
