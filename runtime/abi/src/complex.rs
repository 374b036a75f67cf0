//! Powers of complex numbers as NumPy computes them, over the C library's.

use std::ops::{Div, Mul};

/// C's `double _Complex`, which is passed and returned as a structure of two floats is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

unsafe extern "C" {
    safe fn cpow(base: Complex, exponent: Complex) -> Complex;
}

const ONE: Complex = Complex { re: 1.0, im: 0.0 };

impl Mul for Complex {
    type Output = Complex;
    fn mul(self, other: Complex) -> Complex {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

/// By the larger part of the divisor.
impl Div for Complex {
    type Output = Complex;
    fn div(self, by: Complex) -> Complex {
        if by.re.abs() >= by.im.abs() {
            if by.re == 0.0 && by.im == 0.0 {
                return Complex { re: self.re / by.re.abs(), im: self.im / by.re.abs() };
            }
            let ratio = by.im / by.re;
            let scale = 1.0 / (by.re + by.im * ratio);
            return Complex { re: (self.re + self.im * ratio) * scale, im: (self.im - self.re * ratio) * scale };
        }
        let ratio = by.re / by.im;
        let scale = 1.0 / (by.im + by.re * ratio);
        Complex { re: (self.re * ratio + self.im) * scale, im: (self.im * ratio - self.re) * scale }
    }
}

/// `base ** exponent`: by squaring for integers below 100, NaN for zero to what has no positive real part.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_pow_c128(base: Complex, exponent: Complex) -> Complex {
    if exponent.re == 0.0 && exponent.im == 0.0 {
        return ONE;
    }
    if base.re == 0.0 && base.im == 0.0 {
        let part = if exponent.re > 0.0 { 0.0 } else { f64::NAN };
        return Complex { re: part, im: part };
    }
    if exponent.im == 0.0 && exponent.re.fract() == 0.0 && exponent.re.abs() < 100.0 {
        match exponent.re as i32 {
            1 => return base,
            2 => return base * base,
            3 => return base * (base * base),
            n => {
                let power = by_squaring(base, n.unsigned_abs());
                return if n < 0 { ONE / power } else { power };
            }
        }
    }
    cpow(base, exponent)
}

fn by_squaring(mut square: Complex, mut n: u32) -> Complex {
    let mut power = ONE;
    loop {
        if n & 1 == 1 {
            power = power * square;
        }
        n >>= 1;
        if n == 0 {
            return power;
        }
        square = square * square;
    }
}
