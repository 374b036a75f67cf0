//! Constant texts as times: ISO 8601 dates as NumPy reads them, and whole numbers for spans.

use super::{CallError, Unit};
use zouk_dialects::ty::{Base, NAT, days_of};

/// The count and its unit: the one asked for, else that of the last part that the text has.
pub fn parse(text: &str, span: bool, unit: Option<Unit>) -> Result<(i64, Unit), CallError> {
    if matches!(text.to_ascii_lowercase().as_str(), "nat" | "") {
        return Ok((NAT, unit.unwrap_or(Unit::Generic)));
    }
    if span {
        let count = text.trim().parse().map_err(|_| CallError::raising("ValueError", format!("Could not convert {text:?} to NumPy timedelta")))?;
        return Ok((count, unit.unwrap_or(Unit::Generic)));
    }
    if matches!(text, "now" | "today") {
        return Err(CallError::new("the present time is not known when a function is compiled").help("pass it in as an argument"));
    }
    let mut reader = Reader { whole: text, rest: text };
    let date = reader.date()?;
    let wanted = unit.filter(|unit| *unit != Unit::Generic).unwrap_or(date.unit);
    let count = date.count(wanted).ok_or_else(|| CallError::new(format!("{text:?} has too many of the unit {} for 64 bits", wanted.name())))?;
    Ok((count, wanted))
}

/// A date and the time of its day, and the unit of the last part that is given.
struct Date {
    year: i64,
    month: i64,
    day: i64,
    seconds: i64,
    attoseconds: i128,
    unit: Unit,
}

impl Date {
    fn count(&self, unit: Unit) -> Option<i64> {
        let months = (self.year - 1970).checked_mul(12)?.checked_add(self.month - 1)?;
        let days = days_of(self.year, self.month, self.day) as i128;
        let many = unit.many() as i128;
        let single = Unit::from_number(unit.base().number() as i64)?;
        let (n, d) = Unit::Day.factor(single);
        let count = match unit.base() {
            Base::Year => (self.year - 1970) as i128,
            Base::Month => months as i128,
            Base::Week | Base::Day => days.div_euclid(d),
            _ => {
                let (seconds_n, seconds_d) = Unit::Second.factor(single);
                let (atto_n, atto_d) = Unit::Atto.factor(single);
                let of_day = (self.seconds as i128 * seconds_n).div_euclid(seconds_d) + (self.attoseconds * atto_n).div_euclid(atto_d);
                days.checked_mul(n)?.checked_add(of_day)?
            }
        };
        i64::try_from(count.div_euclid(many)).ok()
    }
}

struct Reader<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    fn error<T>(&self) -> Result<T, CallError> {
        let at = self.whole.len() - self.rest.len();
        Err(CallError::raising("ValueError", format!("Error parsing datetime string \"{}\" at position {at}", self.whole)))
    }

    fn eat(&mut self, token: char) -> bool {
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn digits(&mut self, most: usize) -> Result<&str, CallError> {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return self.error();
        }
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(digits)
    }

    /// Two digits of a part that has a range.
    fn part(&mut self, name: &str, low: i64, high: i64) -> Result<i64, CallError> {
        let digits = self.digits(2)?;
        if digits.len() < 2 {
            return self.error();
        }
        let value: i64 = digits.parse().unwrap_or(-1);
        match (low..=high).contains(&value) {
            true => Ok(value),
            false => Err(CallError::raising("ValueError", format!("{name} out of range in datetime string \"{}\"", self.whole))),
        }
    }

    fn date(&mut self) -> Result<Date, CallError> {
        let negative = self.eat('-');
        if !negative {
            self.eat('+');
        }
        let year: i64 = match self.digits(18)?.parse() {
            Ok(year) => year,
            Err(_) => return self.error(),
        };
        let mut date = Date { year: if negative { -year } else { year }, month: 1, day: 1, seconds: 0, attoseconds: 0, unit: Unit::Year };
        if self.rest.is_empty() {
            return Ok(date);
        }
        if !self.eat('-') {
            return self.error();
        }
        date.month = self.part("Month", 1, 12)?;
        date.unit = Unit::Month;
        if self.rest.is_empty() {
            return Ok(date);
        }
        if !self.eat('-') {
            return self.error();
        }
        let (next_year, next_month) = if date.month == 12 { (date.year + 1, 1) } else { (date.year, date.month + 1) };
        let length = days_of(next_year, next_month, 1) - days_of(date.year, date.month, 1);
        date.day = self.part("Day", 1, length)?;
        date.unit = Unit::Day;
        if !self.rest.is_empty() {
            if !self.eat('T') && !self.eat(' ') {
                return self.error();
            }
            self.time(&mut date)?;
        }
        Ok(date)
    }

    fn time(&mut self, date: &mut Date) -> Result<(), CallError> {
        date.seconds = 3600 * self.part("Hours", 0, 23)?;
        date.unit = Unit::Hour;
        for (name, seconds, unit) in [("Minutes", 60, Unit::Minute), ("Seconds", 1, Unit::Second)] {
            if !self.eat(':') {
                return self.end();
            }
            date.seconds += seconds * self.part(name, 0, 59)?;
            date.unit = unit;
        }
        if !self.eat('.') {
            return self.end();
        }
        let digits = self.digits(18)?.to_string();
        date.attoseconds = format!("{digits:0<18}").parse().unwrap_or(0);
        date.unit = [Unit::Milli, Unit::Micro, Unit::Nano, Unit::Pico, Unit::Femto, Unit::Atto][(digits.len() - 1) / 3];
        self.end()
    }

    /// UTC may be said; other zones NumPy reads with a warning, which is no use to a constant.
    fn end(&mut self) -> Result<(), CallError> {
        self.eat('Z');
        if self.rest.is_empty() { Ok(()) } else { self.error() }
    }
}
