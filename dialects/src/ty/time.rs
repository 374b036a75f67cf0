//! `datetime64` and `timedelta64`: their units, promotion, conversion factors, and the calendar.

/// The units of NumPy, from the coarsest to the finest; `Generic` takes the unit of what it stands beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Base {
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

/// A unit of time, or a multiple of one: what `10ms` names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unit {
    base: Base,
    /// Positive, and NumPy's int.
    many: u32,
}

/// A datetime64, or a timedelta64 (a `span`). Both are int64 counts; the least int64 is "not a time".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    pub span: bool,
    pub unit: Unit,
}

/// Not a time.
pub const NAT: i64 = i64::MIN;

use Base::*;

/// Name and NumPy's number (`NPY_DATETIMEUNIT`).
const NAMES: [(Base, &str, u8); 14] = [
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

impl Base {
    fn all() -> impl Iterator<Item = Base> {
        NAMES.iter().map(|(base, ..)| *base)
    }

    pub fn name(self) -> &'static str {
        NAMES[self as usize].1
    }

    /// NumPy's number of the unit.
    pub fn number(self) -> u8 {
        NAMES[self as usize].2
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

    /// `(n, d)`: a count of this unit times n / d is one of the other. Months are taken for their mean length; datetimes go by the calendar.
    fn factor(self, to: Base) -> (i128, i128) {
        if self == to {
            return (1, 1);
        }
        if self > to {
            let (n, d) = to.factor(self);
            return (d, n);
        }
        let steps = |after: Base| Base::all().filter(|u| *u > after && *u <= to).map(Base::per_coarser).product::<i128>();
        match (self, to) {
            (Year, Month) => (12, 1),
            (Year | Month, Week) => reduced(146097, if self == Year { 400 * 7 } else { 4800 * 7 }),
            (Year | Month, _) => reduced(146097 * steps(Day), if self == Year { 400 } else { 4800 }),
            _ => (steps(self), 1),
        }
    }
}

/// The units themselves, by the names of their bases.
#[allow(non_upper_case_globals)]
impl Unit {
    pub const Generic: Unit = Unit::one(Generic);
    pub const Year: Unit = Unit::one(Year);
    pub const Month: Unit = Unit::one(Month);
    pub const Week: Unit = Unit::one(Week);
    pub const Day: Unit = Unit::one(Day);
    pub const Hour: Unit = Unit::one(Hour);
    pub const Minute: Unit = Unit::one(Minute);
    pub const Second: Unit = Unit::one(Second);
    pub const Milli: Unit = Unit::one(Milli);
    pub const Micro: Unit = Unit::one(Micro);
    pub const Nano: Unit = Unit::one(Nano);
    pub const Pico: Unit = Unit::one(Pico);
    pub const Femto: Unit = Unit::one(Femto);
    pub const Atto: Unit = Unit::one(Atto);
}

impl Unit {
    const fn one(base: Base) -> Unit {
        Unit { base, many: 1 }
    }

    /// The units themselves, without multiples.
    pub fn all() -> impl Iterator<Item = Unit> {
        Base::all().map(Unit::one)
    }

    pub fn base(self) -> Base {
        self.base
    }

    /// How many of the base are one of the unit.
    pub fn many(self) -> u32 {
        self.many
    }

    /// So many of the base; of the generic unit there are no multiples.
    pub fn times(self, many: u32) -> Option<Unit> {
        let many = self.many.checked_mul(many).filter(|many| (1..=i32::MAX as u32).contains(many))?;
        (self.base != Generic || many == 1).then_some(Unit { many, ..self })
    }

    /// `ms`, `10ms`
    pub fn name(self) -> String {
        if self.many == 1 { self.base.name().into() } else { format!("{}{}", self.many, self.base.name()) }
    }

    pub fn from_name(name: &str) -> Option<Unit> {
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        let (many, name) = name.split_at(digits);
        let many = if digits == 0 { 1 } else { many.parse().ok()? };
        let name = if name == "μs" { "us" } else { name };
        let base = NAMES.iter().find(|(_, own, _)| *own == name).map(|(base, ..)| *base)?;
        Unit::one(base).times(many)
    }

    pub fn from_number(number: i64) -> Option<Unit> {
        NAMES.iter().find(|(.., own)| *own as i64 == number).map(|(base, ..)| Unit::one(*base))
    }

    /// Years and months, whose length in days varies.
    pub fn is_calendar(self) -> bool {
        matches!(self.base, Year | Month)
    }

    /// Whether counts can be converted: the factor fits int64.
    pub fn is_convertible(self, to: Unit) -> bool {
        let (n, d) = self.factor(to);
        i64::try_from(n).is_ok() && i64::try_from(d).is_ok()
    }

    /// `(n, d)`: a count of this unit times n / d is one of the other. Months are taken for their mean length; datetimes go by the calendar.
    pub fn factor(self, to: Unit) -> (i128, i128) {
        if self.base == Generic || to.base == Generic {
            return (1, 1);
        }
        let (n, d) = self.base.factor(to.base);
        reduced(n * self.many as i128, d * to.many as i128)
    }

    /// The largest unit of the finer base that both are multiples of. A multiple of years or months is none of days: it does not count, but that of months
    /// does in NumPy when they come first.
    pub fn divisor(self, other: Unit) -> Option<Unit> {
        let (coarse, fine) = if self.base <= other.base { (self, other) } else { (other, self) };
        if coarse.base == Generic {
            return Some(fine);
        }
        let parts = match coarse.base.factor(fine.base) {
            _ if coarse.is_calendar() && !fine.is_calendar() => if self.base == Month { self.many as i128 } else { 0 },
            (n, _) => n.checked_mul(coarse.many as i128)?,
        };
        let common = greatest_divisor(parts, fine.many as i128);
        u32::try_from(common).ok().map(|many| Unit { many, ..fine })
    }
}

impl std::fmt::Debug for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}

fn greatest_divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn reduced(n: i128, d: i128) -> (i128, i128) {
    let common = greatest_divisor(n, d);
    (n / common, d / common)
}

impl Time {
    /// The unit that both are converted to.
    pub fn common_unit(self, other: Time) -> Option<Unit> {
        let unit = self.unit.divisor(other.unit)?;
        (self.is_commensurable(other) && self.unit.is_convertible(unit) && other.unit.is_convertible(unit)).then_some(unit)
    }

    /// Years and months as spans have no length in the other units.
    pub fn is_commensurable(self, other: Time) -> bool {
        let fits = |x: Time, y: Time| !(x.span && x.unit.is_calendar() && !y.unit.is_calendar() && y.unit != Unit::Generic);
        fits(self, other) && fits(other, self)
    }

    /// `datetime64[D]`, `timedelta64[10ms]`
    pub fn numpy_name(self) -> String {
        let class = if self.span { "timedelta64" } else { "datetime64" };
        if self.unit == Unit::Generic { class.into() } else { format!("{class}[{}]", self.unit.name()) }
    }

    /// `datetime64[D]`, `timedelta64`, `M8[ns]`, `m8`
    pub fn from_numpy_name(name: &str) -> Option<Time> {
        let (span, rest) = [(true, "timedelta64"), (false, "datetime64"), (true, "m8"), (false, "M8")]
            .into_iter()
            .find_map(|(span, class)| Some((span, name.strip_prefix(class)?)))?;
        let unit = match rest {
            "" => Unit::Generic,
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
        assert_eq!(Unit::Day.factor(Unit::Second), (86400, 1));
        assert_eq!(Unit::Week.factor(Unit::Hour), (168, 1));
        assert_eq!(Unit::Milli.factor(Unit::Second), (1, 1000));
        assert_eq!(Unit::Month.factor(Unit::Day), (48699, 1600));
    }

    #[test]
    fn divisors_divide() {
        let unit = |name| Unit::from_name(name).unwrap_or_else(|| panic!("{name} names no unit"));
        assert_eq!(unit("10ms").divisor(unit("4ms")), Some(unit("2ms")));
        assert_eq!(unit("2s").divisor(unit("300ms")), Some(unit("100ms")));
        assert_eq!(unit("2Y").divisor(unit("9M")), Some(unit("3M")));
        assert_eq!(unit("2Y").divisor(unit("25s")), Some(unit("25s")));
        assert_eq!(unit("10D").divisor(unit("4M")), Some(unit("10D")));
        assert_eq!(unit("4M").divisor(unit("10D")), Some(unit("2D")));
        assert_eq!(unit("generic").divisor(unit("7D")), Some(unit("7D")));
        assert_eq!(unit("7D").factor(Unit::Week), (1, 1));
        assert_eq!((Unit::from_name("0s"), Unit::from_name("2generic")), (None, None));
    }

    #[test]
    fn names_round_trip() {
        for unit in Unit::all().chain(["10ms", "25s", "2M"].map(|name| Unit::from_name(name).unwrap_or(Unit::Generic))) {
            assert_eq!(Unit::from_number(unit.base().number() as i64).and_then(|one| one.times(unit.many())), Some(unit));
            for span in [false, true] {
                assert_eq!(Time::from_numpy_name(&Time { span, unit }.numpy_name()), Some(Time { span, unit }));
            }
        }
        assert_eq!(days_of(1970, 1, 1), 0);
        assert_eq!(days_of(2000, 3, 1), 11017);
        assert_eq!(days_of(-400, 1, 1), days_of(0, 1, 1) - 146097);
    }
}
