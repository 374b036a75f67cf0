//! `datetime64` and `timedelta64`: their units, promotion, conversion factors, and the calendar.

/// A unit of time, from the coarsest to the finest; `Generic` takes the unit of what it stands beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    Generic,
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Milli,
    Micro,
    Nano,
    Pico,
    Femto,
    Atto,
}

/// A datetime64, or a timedelta64 (a `span`). Both are int64 counts; the least int64 is "not a time".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    pub span: bool,
    pub unit: Unit,
}

/// Not a time.
pub const NAT: i64 = i64::MIN;

use Unit::*;

/// Name and NumPy's number (`NPY_DATETIMEUNIT`).
const NAMES: [(Unit, &str, u8); 14] = [
    (Generic, "generic", 14),
    (Year, "Y", 0),
    (Month, "M", 1),
    (Week, "W", 2),
    (Day, "D", 4),
    (Hour, "h", 5),
    (Minute, "m", 6),
    (Second, "s", 7),
    (Milli, "ms", 8),
    (Micro, "us", 9),
    (Nano, "ns", 10),
    (Pico, "ps", 11),
    (Femto, "fs", 12),
    (Atto, "as", 13),
];

impl Unit {
    pub fn all() -> impl Iterator<Item = Unit> {
        NAMES.iter().map(|(unit, ..)| *unit)
    }

    pub fn name(self) -> &'static str {
        NAMES[self as usize].1
    }

    pub fn from_name(name: &str) -> Option<Unit> {
        let name = if name == "μs" { "us" } else { name };
        NAMES.iter().find(|(_, own, _)| *own == name).map(|(unit, ..)| *unit)
    }

    /// NumPy's number of the unit.
    pub fn number(self) -> u8 {
        NAMES[self as usize].2
    }

    pub fn from_number(number: i64) -> Option<Unit> {
        NAMES.iter().find(|(.., own)| *own as i64 == number).map(|(unit, ..)| *unit)
    }

    /// Years and months, whose length in days varies.
    pub fn is_calendar(self) -> bool {
        matches!(self, Year | Month)
    }

    /// How many of the unit make one of the next coarser one. (400 years are 4800 months and 146097 days.)
    fn per_coarser(self) -> i128 {
        match self {
            Generic | Year | Week => 1,
            Month => 12,
            Day => 7,
            Hour => 24,
            Minute | Second => 60,
            _ => 1000,
        }
    }

    /// Whether counts can be converted: the factor fits int64.
    pub fn is_convertible(self, to: Unit) -> bool {
        let (n, d) = self.factor(to);
        i64::try_from(n).is_ok() && i64::try_from(d).is_ok()
    }

    /// `(n, d)`: a count of this unit times n / d is one of the other. Months are taken for their mean length; datetimes go by the calendar.
    pub fn factor(self, to: Unit) -> (i128, i128) {
        if self == Generic || to == Generic || self == to {
            return (1, 1);
        }
        if self > to {
            let (n, d) = to.factor(self);
            return (d, n);
        }
        let steps = |after: Unit| Unit::all().filter(|u| *u > after && *u <= to).map(Unit::per_coarser).product::<i128>();
        match (self, to) {
            (Year, Month) => (12, 1),
            (Year | Month, Week) => reduced(146097, if self == Year { 400 * 7 } else { 4800 * 7 }),
            (Year | Month, _) => reduced(146097 * steps(Day), if self == Year { 400 } else { 4800 }),
            _ => (steps(self), 1),
        }
    }
}

fn reduced(n: i128, d: i128) -> (i128, i128) {
    let (mut a, mut b) = (n, d);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (n / a, d / a)
}

impl Time {
    /// The unit that both are converted to.
    pub fn common_unit(self, other: Time) -> Option<Unit> {
        let unit = self.unit.max(other.unit);
        (self.is_commensurable(other) && self.unit.is_convertible(unit) && other.unit.is_convertible(unit)).then_some(unit)
    }

    /// Years and months as spans have no length in the other units.
    pub fn is_commensurable(self, other: Time) -> bool {
        let fits = |x: Time, y: Time| !(x.span && x.unit.is_calendar() && !y.unit.is_calendar() && y.unit != Generic);
        fits(self, other) && fits(other, self)
    }

    /// `datetime64[D]`
    pub fn numpy_name(self) -> String {
        let class = if self.span { "timedelta64" } else { "datetime64" };
        if self.unit == Generic { class.into() } else { format!("{class}[{}]", self.unit.name()) }
    }

    /// `datetime64[D]`, `timedelta64`, `M8[ns]`, `m8`
    pub fn from_numpy_name(name: &str) -> Option<Time> {
        let (span, rest) = [(true, "timedelta64"), (false, "datetime64"), (true, "m8"), (false, "M8")]
            .into_iter()
            .find_map(|(span, class)| Some((span, name.strip_prefix(class)?)))?;
        let unit = match rest {
            "" => Generic,
            rest => Unit::from_name(rest.strip_prefix('[')?.strip_suffix(']')?)?,
        };
        Some(Time { span, unit })
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, reaching back for ever.
pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_inverse() {
        for a in Unit::all() {
            for b in Unit::all() {
                let ((n, d), (m, e)) = (a.factor(b), b.factor(a));
                assert_eq!(n * m, d * e, "{a:?} {b:?}");
            }
        }
        assert_eq!(Day.factor(Second), (86400, 1));
        assert_eq!(Week.factor(Hour), (168, 1));
        assert_eq!(Milli.factor(Second), (1, 1000));
        assert_eq!(Month.factor(Day), (48699, 1600));
    }

    #[test]
    fn names_round_trip() {
        for unit in Unit::all() {
            assert_eq!(Unit::from_number(unit.number() as i64), Some(unit));
            for span in [false, true] {
                assert_eq!(Time::from_numpy_name(&Time { span, unit }.numpy_name()), Some(Time { span, unit }));
            }
        }
        assert_eq!(days_of(1970, 1, 1), 0);
        assert_eq!(days_of(2000, 3, 1), 11017);
        assert_eq!(days_of(-400, 1, 1), days_of(0, 1, 1) - 146097);
    }
}
