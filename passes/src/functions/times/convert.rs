//! Changes of unit. Towards a coarser one they round down; between days and months datetimes go by the calendar.

use crate::functions::{CallError, Const, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{NAT, Time, Ty, Unit};

/// Whether counts of a unit can be converted to another: the factor fits int64.
pub fn convertible(from: Time, to: Unit) -> Result<(), CallError> {
    match from.unit.is_convertible(to) {
        true => Ok(()),
        false => {
            let message = format!("Integer overflow while computing the conversion factor between NumPy datetime units {} and {}", from.unit.name(), to.name());
            Err(CallError::new(message))
        }
    }
}

impl<'c> Lower<'c> {
    /// A count of another unit. Datetimes and spans become each other as they are.
    pub fn convert_time(&mut self, count: Value<'c>, from: Time, to: Time) -> Value<'c> {
        if from.unit == to.unit || from.span != to.span || from.unit == Unit::Generic || to.unit == Unit::Generic {
            return count;
        }
        let converted = match (from.unit.is_calendar(), to.unit.is_calendar()) {
            (true, false) if !to.span => {
                let months = self.scaled_count(count, from.unit, Unit::Month);
                let days = self.days_of_months(months);
                self.scaled_count(days, Unit::Day, to.unit)
            }
            (false, true) if !to.span => {
                let days = self.scaled_count(count, from.unit, Unit::Day);
                let months = self.months_of_days(days);
                self.scaled_count(months, Unit::Month, to.unit)
            }
            _ => self.scaled_count(count, from.unit, to.unit),
        };
        self.b.select(self.is_nat(count), self.b.c_i64(NAT), converted)
    }

    fn scaled_count(&mut self, count: Value<'c>, from: Unit, to: Unit) -> Value<'c> {
        let (n, d) = from.factor(to);
        let (n, d) = (i64::try_from(n).unwrap_or(1), i64::try_from(d).unwrap_or(1));
        let product = if n == 1 { count } else { self.b.bin("arith.muli", count, self.b.c_i64(n)) };
        if d == 1 { product } else { self.floored(product, d) }
    }

    /// floor(x / d)
    fn floored(&self, x: Value<'c>, d: i64) -> Value<'c> {
        let divisor = Val { constant: Some(Const::Int(d as i128)), ..self.val(Ty::I64, vec![self.b.c_i64(d)]) };
        self.floor_division(&self.val(Ty::I64, vec![x]), &divisor, None)
    }

    /// Days since 1970-01-01 of the first day of a month since January 1970: years begin in March, so that the odd day is their last.
    fn days_of_months(&self, months: Value<'c>) -> Value<'c> {
        let b = &self.b;
        let times = |x, n: i64| b.bin("arith.muli", x, b.c_i64(n));
        let from_march = b.bin("arith.addi", months, b.c_i64(-2));
        let years = self.floored(from_march, 12);
        let month = b.bin("arith.subi", from_march, times(years, 12));
        let year = b.bin("arith.addi", years, b.c_i64(1970));
        let leap = b.bin("arith.subi", self.floored(year, 4), b.bin("arith.subi", self.floored(year, 100), self.floored(year, 400)));
        let of_year = self.floored(b.bin("arith.addi", times(month, 153), b.c_i64(2)), 5);
        let days = b.bin("arith.addi", b.bin("arith.addi", times(year, 365), leap), of_year);
        b.bin("arith.addi", days, b.c_i64(-719468))
    }

    /// Months since January 1970 of a day since 1970-01-01.
    fn months_of_days(&self, days: Value<'c>) -> Value<'c> {
        let b = &self.b;
        let times = |x, n: i64| b.bin("arith.muli", x, b.c_i64(n));
        let (add, sub) = (|x, y| b.bin("arith.addi", x, y), |x, y| b.bin("arith.subi", x, y));
        let from_march = add(days, b.c_i64(719468));
        let era = self.floored(from_march, 146097);
        let of_era = sub(from_march, times(era, 146097));
        let leap = sub(add(self.floored(of_era, 1460), self.floored(of_era, 146096)), self.floored(of_era, 36524));
        let year = self.floored(sub(of_era, leap), 365);
        let before = add(times(year, 365), sub(self.floored(year, 4), self.floored(year, 100)));
        let of_year = sub(of_era, before);
        let month = self.floored(add(times(of_year, 5), b.c_i64(2)), 153);
        let years = add(times(era, 400), add(year, b.c_i64(-1970)));
        add(times(years, 12), add(month, b.c_i64(2)))
    }
}
