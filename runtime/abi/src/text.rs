//! Scalars as Python writes them: `repr` of int, bool, float and complex; NumPy's text for their narrower kin.

use std::fmt::{self, Display, Formatter};
use zouk_numeric::half::F16;

/// A scalar that compiled code hands over, and the letter by which it says which.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// `i`
    Int(i64),
    /// `u`
    Unsigned(u64),
    /// `b`
    Bool(bool),
    /// `f`
    Float(f64),
    /// `F`: in the low half of a slot.
    Float32(f32),
    /// `h`: float16, in the low bytes of a slot.
    Float16(F16),
    /// `c`: two slots.
    Complex(f64, f64),
    /// `C`: two slots, each as `F`.
    Complex32(f32, f32),
}

impl Scalar {
    /// The scalar of a kind in one slot or two; `None` for an unknown letter.
    pub fn new(kind: u8, a: u64, b: u64) -> Option<Scalar> {
        let narrow = |slot: u64| f32::from_bits(slot as u32);
        Some(match kind {
            b'i' => Scalar::Int(a as i64),
            b'u' => Scalar::Unsigned(a),
            b'b' => Scalar::Bool(a & 0xff != 0),
            b'f' => Scalar::Float(f64::from_bits(a)),
            b'F' => Scalar::Float32(narrow(a)),
            b'h' => Scalar::Float16(F16(a as u16)),
            b'c' => Scalar::Complex(f64::from_bits(a), f64::from_bits(b)),
            b'C' => Scalar::Complex32(narrow(a), narrow(b)),
            _ => return None,
        })
    }

    /// How many slots a kind takes.
    pub fn slots(kind: u8) -> usize {
        if kind.eq_ignore_ascii_case(&b'c') { 2 } else { 1 }
    }
}

impl Display for Scalar {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match *self {
            Scalar::Int(x) => write!(f, "{x}"),
            Scalar::Unsigned(x) => write!(f, "{x}"),
            Scalar::Bool(x) => f.write_str(if x { "True" } else { "False" }),
            Scalar::Float(x) => f.write_str(&real(x, true)),
            Scalar::Float16(x) => f.write_str(&real16(x)),
            Scalar::Float32(x) => f.write_str(&real32(x, true)),
            Scalar::Complex(re, im) => f.write_str(&complex(re == 0.0 && re.is_sign_positive(), real(re, false), real(im, false))),
            Scalar::Complex32(re, im) => f.write_str(&complex(re == 0.0 && re.is_sign_positive(), real32(re, false), real32(im, false))),
        }
    }
}

/// `repr` of a string.
pub fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// The fewest digits that read back as the number, of these the nearest to it; between two as near, the even one, while Rust takes the upper.
macro_rules! shortest {
    ($x:expr) => {{
        let x = $x;
        let (digits, exponent) = take_apart(&format!("{x:e}"));
        let even = format!("{x:.*e}", digits.len() - 1);
        if even.parse() == Ok(x) { take_apart(&even) } else { (digits, exponent) }
    }};
}

/// `repr(x)`, or without `.0` at the end, as inside a complex number.
fn real(x: f64, point: bool) -> String {
    if !x.is_finite() {
        return special(x);
    }
    let (digits, exponent) = shortest!(x.abs());
    let text = if (-4..16).contains(&exponent) { positional(&digits, exponent, point) } else { scientific(&digits, exponent) };
    signed(x.is_sign_negative(), text)
}

/// `str(np.float32(x))`: positional when 1e-4 ≤ |x| < 1e6.
fn real32(x: f32, point: bool) -> String {
    if !x.is_finite() {
        return special(x as f64);
    }
    let (digits, exponent) = shortest!(x.abs());
    let plain = x == 0.0 || (1e-4..1e6).contains(&(x.abs() as f64));
    signed(x.is_sign_negative(), if plain { positional(&digits, exponent, point) } else { scientific(&digits, exponent) })
}

/// `str(np.float16(x))`: positional when 1e-4 ≤ |x| < 1e3, with the fewest digits that read back as the number.
fn real16(x: F16) -> String {
    let wide = x.to_f64();
    if !wide.is_finite() {
        return special(wide);
    }
    let size = wide.abs();
    let reads_back = |text: &String| text.parse().is_ok_and(|read| F16::from_f64(read) == F16::from_f64(size));
    // Five digits tell every float16 from its neighbours.
    let text = (0..5).map(|digits| format!("{size:.digits$e}")).find(reads_back).unwrap_or_default();
    let (digits, exponent) = take_apart(&text);
    signed(wide.is_sign_negative(), if size == 0.0 || (1e-4..1e3).contains(&size) { positional(&digits, exponent, true) } else { scientific(&digits, exponent) })
}

/// `str(z)`: the real part is left out when it is a positive zero.
fn complex(imaginary_only: bool, re: String, im: String) -> String {
    if imaginary_only {
        return format!("{im}j");
    }
    let plus = if im.starts_with('-') { "" } else { "+" };
    format!("({re}{plus}{im}j)")
}

fn special(x: f64) -> String {
    if x.is_nan() { "nan".into() } else { signed(x < 0.0, "inf".into()) }
}

fn signed(negative: bool, text: String) -> String {
    if negative { format!("-{text}") } else { text }
}

/// Digits and the power of ten of the first of them, from `d.ddde±x`.
fn take_apart(text: &str) -> (String, i32) {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (digits.replace('.', ""), exponent.parse().unwrap_or(0))
}

fn positional(digits: &str, exponent: i32, point: bool) -> String {
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    match digits.split_at_checked(whole) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{whole}.{fraction}"),
        _ => format!("{digits:0<whole$}{}", if point { ".0" } else { "" }),
    }
}

/// The exponent has a sign and two digits at least.
fn scientific(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{dot}{rest}e{sign}{:02}", exponent.abs())
}
