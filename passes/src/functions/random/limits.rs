//! What a parameter may be, and NumPy's text for what it is not.

use crate::lower_python::Lower;
use zouk_dialects::ir::Value;

/// The largest mean of Poisson numbers: int64's largest value less ten standard deviations.
pub const POISSON_MOST: f64 = 9.223372006484771e18;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limits {
    Any,
    NonNegative,
    Positive,
    PositiveNotNan,
    From0To1,
    Above0To1,
    From0Below1,
    Above1,
    From1,
    Poisson,
}

impl<'c> Lower<'c> {
    /// Raises ValueError unless the parameter, an f64 or i64, is within its limits.
    pub(super) fn check_limits(&self, value: Value<'c>, name: &str, limits: Limits) {
        for (holds, message) in self.limits(value, limits) {
            self.check(holds, "ValueError", &message.replace("{}", name));
        }
    }

    fn limits(&self, value: Value<'c>, limits: Limits) -> Vec<(Value<'c>, &'static str)> {
        let b = &self.b;
        if value.ty() == b.i64() {
            let least = |least: i64| b.cmpi("sge", value, b.c_i64(least));
            return match limits {
                Limits::NonNegative => vec![(least(0), "{} < 0")],
                Limits::From1 => vec![(least(1), "{} < 1 or {} is NaN")],
                _ => vec![],
            };
        }
        let compare = |predicate: &str, bound: f64| b.cmpf(predicate, value, b.c_float(b.f64(), bound));
        let both = |x, y| b.bin("arith.andi", x, y);
        match limits {
            Limits::Any => vec![],
            Limits::NonNegative => {
                // -0.0 is refused too.
                let bits = b.val("arith.bitcast", &[value], b.i64(), &[]);
                let nan = b.cmpf("uno", value, value);
                vec![(b.bin("arith.ori", nan, b.cmpi("sge", bits, b.c_i64(0))), "{} < 0")]
            }
            Limits::Positive => vec![(compare("ugt", 0.0), "{} <= 0")],
            Limits::PositiveNotNan => vec![(b.cmpf("ord", value, value), "{} must not be NaN"), (compare("ugt", 0.0), "{} <= 0")],
            Limits::From0To1 => vec![(both(compare("oge", 0.0), compare("ole", 1.0)), "{} < 0, {} > 1 or {} is NaN")],
            Limits::Above0To1 => vec![(both(compare("ogt", 0.0), compare("ole", 1.0)), "{} <= 0, {} > 1 or {} contains NaNs")],
            Limits::From0Below1 => vec![(both(compare("oge", 0.0), compare("olt", 1.0)), "{} < 0, {} >= 1 or {} is NaN")],
            Limits::Above1 => vec![(compare("ogt", 1.0), "{} <= 1 or {} is NaN")],
            Limits::From1 => vec![(compare("oge", 1.0), "{} < 1 or {} is NaN")],
            Limits::Poisson => vec![(compare("oge", 0.0), "{} < 0 or {} is NaN"), (compare("ole", POISSON_MOST), "{} value too large")],
        }
    }
}
