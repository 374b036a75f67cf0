//! Functions that the driver provides to kernels: `vprintf`, `malloc`, `free`, `__assertfail`.
//!
//! Parameters are in local memory where a callee's stack would begin: the results first, each parameter at its alignment.

use super::fault::{ASSERT, Fault, ILLEGAL_ADDRESS};
use super::ops::HostCall;
use super::registers::{Registers, lanes_of};
use super::spaces::{Access, Spaces};
use crate::memory::Kind;
use crate::ptx::syntax::Space;
use std::sync::Mutex;

/// What kernels printed.
#[derive(Default)]
pub struct Printed(Mutex<String>);

impl Printed {
    pub fn text(&self) -> String {
        self.0.lock().map(|text| text.clone()).unwrap_or_default()
    }

    fn add(&self, more: &str) {
        if let Ok(mut text) = self.0.lock() {
            text.push_str(more);
        }
    }
}

type Answer<T> = Result<T, Fault>;

fn load(spaces: &Spaces<'_>, space: Space, address: u64, size: u32, lane: usize) -> Answer<u64> {
    let access = Access { space, address, size, align: 1, lane };
    let bytes = (0..size).map(|index| spaces.load(Access { address: address + u64::from(index), size: 1, ..access }));
    bytes.rev().try_fold(0, |value, byte| Ok(value << 8 | byte.map_err(|_| Fault::new(ILLEGAL_ADDRESS, format!("{address:#x} is no memory of the thread")))?))
}

fn text_at(spaces: &Spaces<'_>, address: u64, lane: usize) -> Answer<String> {
    let mut bytes = Vec::new();
    loop {
        match load(spaces, Space::Generic, address + bytes.len() as u64, 1, lane)? as u8 {
            0 => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
            byte => bytes.push(byte),
        }
    }
}

/// Carries out a call for each lane; an error is one of a lane's.
pub fn host_call(call: HostCall, registers: &Registers, spaces: &mut Spaces<'_>, frame: u32, mask: u32, printed: &Printed) -> Result<(), (usize, Fault)> {
    let stack = u64::from(registers.stack + frame);
    for lane in lanes_of(mask) {
        call_of_lane(call, stack, spaces, lane, printed).map_err(|fault| (lane, fault))?;
    }
    Ok(())
}

fn call_of_lane(call: HostCall, stack: u64, spaces: &mut Spaces<'_>, lane: usize, printed: &Printed) -> Answer<()> {
    match call {
        HostCall::Print => {
            let format = text_at(spaces, load(spaces, Space::Local, stack + 8, 8, lane)?, lane)?;
            let arguments = load(spaces, Space::Local, stack + 16, 8, lane)?;
            let (text, count) = formatted(&format, arguments, spaces, lane)?;
            printed.add(&text);
            spaces.local.store(stack, 4, lane, count);
        }
        HostCall::Allocate => {
            let bytes = load(spaces, Space::Local, stack + 8, 8, lane)?;
            let address = spaces.view.heap().allocate(bytes, Kind::Heap, 0).unwrap_or(0);
            spaces.local.store(stack, 8, lane, address);
        }
        HostCall::Free => {
            let address = load(spaces, Space::Local, stack, 8, lane)?;
            if address != 0 && spaces.view.heap().free(address, |allocation| allocation.kind == Kind::Heap).is_none() {
                return Err(Fault::new(ILLEGAL_ADDRESS, format!("free() of {address:#x}, which malloc() did not give")));
            }
        }
        HostCall::Assert => {
            let [message, file, line, function] = [(0, 8), (8, 8), (16, 4), (24, 8)].map(|(offset, size)| load(spaces, Space::Local, stack + offset, size, lane));
            let (message, file, function) = (text_at(spaces, message?, lane)?, text_at(spaces, file?, lane)?, text_at(spaces, function?, lane)?);
            return Err(Fault::new(ASSERT, format!("{file}:{}: {function}: assertion '{message}' failed", line?)));
        }
    }
    Ok(())
}

/// Arguments of `printf`: one behind the other, each at its alignment.
struct Arguments<'a, 'b> {
    at: u64,
    spaces: &'a Spaces<'b>,
    lane: usize,
}

impl Arguments<'_, '_> {
    fn next(&mut self, size: u64) -> Answer<u64> {
        let at = self.at.next_multiple_of(size);
        self.at = at + size;
        load(self.spaces, Space::Generic, at, size as u32, self.lane)
    }
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What stands between `%` and the letter of a conversion.
struct Conversion {
    flags: String,
    width: usize,
    precision: Option<usize>,
    long: bool,
}

impl Conversion {
    fn read(rest: &mut Letters<'_>, arguments: &mut Arguments<'_, '_>) -> Answer<Conversion> {
        let mut flags = String::new();
        while let Some(flag) = rest.next_if(|letter| "-+ #0".contains(*letter)) {
            flags.push(flag);
        }
        let mut number = |rest: &mut Letters<'_>| -> Answer<Option<i32>> {
            if rest.next_if_eq(&'*').is_some() {
                return Ok(Some(arguments.next(4)? as i32));
            }
            let mut digits = String::new();
            while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            Ok(digits.parse().ok())
        };
        let width = number(rest)?.unwrap_or(0);
        let precision = if rest.next_if_eq(&'.').is_some() { Some(number(rest)?.unwrap_or(0).clamp(0, 999) as usize) } else { None };
        if width < 0 {
            flags.push('-');
        }
        let mut long = false;
        while let Some(size) = rest.next_if(|letter| "hlLzjt".contains(*letter)) {
            long |= size != 'h';
        }
        Ok(Conversion { flags, width: width.unsigned_abs().min(9999) as usize, precision, long })
    }

    fn sign(&self, negative: bool) -> &'static str {
        match negative {
            true => "-",
            false if self.flags.contains('+') => "+",
            false if self.flags.contains(' ') => " ",
            false => "",
        }
    }

    fn padded(&self, sign: &str, digits: &str, zeros: bool) -> String {
        padded(sign, digits, self.width, &self.flags, zeros)
    }

    fn apply(&self, letter: char, arguments: &mut Arguments<'_, '_>) -> Answer<String> {
        let word = if self.long { 8 } else { 4 };
        let least = self.precision.unwrap_or(1);
        Ok(match letter {
            '%' => "%".to_string(),
            'd' | 'i' => {
                let bits = arguments.next(word)?;
                let value = if self.long { bits as i64 } else { i64::from(bits as i32) };
                self.padded(self.sign(value < 0), &format!("{:0>least$}", value.unsigned_abs()), self.precision.is_none())
            }
            'u' | 'x' | 'X' | 'o' => {
                let value = arguments.next(word)?;
                let digits = match letter {
                    'x' => format!("{value:x}"),
                    'X' => format!("{value:X}"),
                    'o' => format!("{value:o}"),
                    _ => format!("{value}"),
                };
                let prefix = if self.flags.contains('#') && letter == 'x' && value != 0 { "0x" } else { "" };
                self.padded(prefix, &format!("{digits:0>least$}"), self.precision.is_none())
            }
            'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
                let value = f64::from_bits(arguments.next(8)?);
                let digits = float(value.abs(), letter, self.precision.unwrap_or(6));
                self.padded(self.sign(value.is_sign_negative()), &digits, value.is_finite())
            }
            'c' => self.padded("", &(arguments.next(4)? as u8 as char).to_string(), false),
            's' => {
                let text = text_at(arguments.spaces, arguments.next(8)?, arguments.lane)?;
                let shown: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
                self.padded("", &shown, false)
            }
            'p' => self.padded("0x", &format!("{:x}", arguments.next(8)?), false),
            other => format!("%{other}"),
        })
    }
}

/// C's `printf`: the text, and how many arguments it took.
fn formatted(format: &str, arguments: u64, spaces: &Spaces<'_>, lane: usize) -> Answer<(String, u64)> {
    let mut arguments = Arguments { at: arguments, spaces, lane };
    let mut out = String::new();
    let mut count = 0;
    let mut rest = format.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let conversion = Conversion::read(&mut rest, &mut arguments)?;
        let Some(letter) = rest.next() else { break };
        count += u64::from(letter != '%');
        out.push_str(&conversion.apply(letter, &mut arguments)?);
    }
    Ok((out, count))
}

fn padded(sign: &str, digits: &str, width: usize, flags: &str, zeros: bool) -> String {
    let missing = width.saturating_sub(sign.len() + digits.chars().count());
    if flags.contains('-') {
        format!("{sign}{digits}{}", " ".repeat(missing))
    } else if flags.contains('0') && zeros {
        format!("{sign}{}{digits}", "0".repeat(missing))
    } else {
        format!("{}{sign}{digits}", " ".repeat(missing))
    }
}

fn float(value: f64, conversion: char, precision: usize) -> String {
    if !value.is_finite() {
        let text = if value.is_nan() { "nan" } else { "inf" };
        return if conversion.is_ascii_uppercase() { text.to_uppercase() } else { text.to_string() };
    }
    match conversion {
        'f' | 'F' => format!("{value:.precision$}"),
        'e' | 'E' => exponential(value, conversion, precision),
        _ => {
            let precision = precision.max(1);
            let exponent = if value == 0.0 { 0 } else { format!("{value:.0$e}", precision - 1).split('e').nth(1).and_then(|exponent| exponent.parse().ok()).unwrap_or(0) };
            let trim = |text: &str| if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text.to_string() };
            if exponent < -4 || exponent >= precision as i32 {
                let letter = if conversion == 'G' { 'E' } else { 'e' };
                let text = exponential(value, letter, precision - 1);
                let (mantissa, exponent) = text.split_once(letter).unwrap_or((&text, "+00"));
                format!("{}{letter}{exponent}", trim(mantissa))
            } else {
                trim(&format!("{value:.0$}", (precision as i32 - 1 - exponent) as usize))
            }
        }
    }
}

fn exponential(value: f64, letter: char, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}{letter}{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}
