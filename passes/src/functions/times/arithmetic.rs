//! The code for one element. What has a part that is not a time is not a time, and compares as false.

use super::{Bound, Function, Rule, Time, Ty, TyArg, itself, not_a_time, table, to_bool};
use crate::functions::Val;
use crate::functions::elementwise::Parts;
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::NAT;

pub(super) static TABLE: &[Function] = table! {
    "numpy.add" ("_x1, _x2"): sum_rule => |l, a, _| vec![l.unless_nat(a, l.b.bin("arith.addi", a[0].parts[0], a[1].parts[0]))];
    "numpy.subtract" ("_x1, _x2"): difference_rule => |l, a, _| vec![l.unless_nat(a, l.b.bin("arith.subi", a[0].parts[0], a[1].parts[0]))];
    "numpy.multiply" ("_x1, _x2"): |a| Ok(if a[0].ty.time_of().is_some() { a[0].ty.clone() } else { a[1].ty.clone() }.into()) => |l, a, _| product(l, a);
    "numpy.divide" ("_x1, _x2"): |a| Ok(if a[1].ty.time_of().is_some() { Ty::F64 } else { a[0].ty.clone() }.into()) => |l, a, _| divide(l, a);
    "numpy.floor_divide" ("_x1, _x2"): |a| Ok(if a[1].ty.time_of().is_some() { Ty::I64 } else { a[0].ty.clone() }.into()) => |l, a, _| floor_divide(l, a);
    "numpy.mod" ("_x1, _x2"): itself => |l, a, _| vec![modulo(l, a)];
    "numpy.divmod" ("_x1, _x2"): |a| Ok(Ty::Tuple(vec![Ty::I64, a[0].ty.clone()]).into()) => |l, a, _| vec![quotient(l, a), modulo(l, a)];
    "numpy.negative" ("_x"): itself => |l, a, _| vec![l.negate(a[0].parts[0])];
    "numpy.positive" ("_x"): itself => |_, a, _| a[0].parts.clone();
    "numpy.absolute" ("_x"): itself => |l, a, _| vec![l.b.val("math.absi", &a[0].parts, l.b.i64(), &[])];
    "numpy.sign" ("_x"): itself => |l, a, _| {
        let (x, zero, one) = (a[0].parts[0], l.b.c_i64(0), l.b.c_i64(1));
        let nonzero = l.b.select(l.b.cmpi("eq", x, zero), zero, one);
        vec![l.b.select(l.b.cmpi("slt", x, zero), l.b.c_i64(-1), nonzero)]
    };
    "numpy.isnat" ("_x"): |a| not_a_time(&a[0].ty) => |l, a, _| vec![l.is_nat(a[0].parts[0])];
    "numpy.isnan" ("_x"): to_bool => |l, a, _| vec![l.is_nat(a[0].parts[0])];
    "numpy.isfinite" ("_x"): to_bool => |l, a, _| { let nat = l.is_nat(a[0].parts[0]); vec![l.invert(nat)] };
    "numpy.isinf" ("_x"): to_bool => |l, _, _| vec![l.b.c_bool(false)];
    "numpy.equal" ("_x1, _x2"): to_bool => |l, a, _| vec![l.compare_counts("eq", a[0].parts[0], a[1].parts[0])];
    "numpy.not_equal" ("_x1, _x2"): to_bool => |l, a, _| vec![l.compare_counts("ne", a[0].parts[0], a[1].parts[0])];
    "numpy.less" ("_x1, _x2"): to_bool => |l, a, _| vec![l.compare_counts("lt", a[0].parts[0], a[1].parts[0])];
    "numpy.less_equal" ("_x1, _x2"): to_bool => |l, a, _| vec![l.compare_counts("le", a[0].parts[0], a[1].parts[0])];
    "numpy.greater" ("_x1, _x2"): to_bool => |l, a, _| vec![l.compare_counts("gt", a[0].parts[0], a[1].parts[0])];
    "numpy.greater_equal" ("_x1, _x2"): to_bool => |l, a, _| vec![l.compare_counts("ge", a[0].parts[0], a[1].parts[0])];
    "numpy.logical_and" ("_x1, _x2"): to_bool => |l, a, _| truths(l, a, "arith.andi");
    "numpy.logical_or" ("_x1, _x2"): to_bool => |l, a, _| truths(l, a, "arith.ori");
    "numpy.logical_xor" ("_x1, _x2"): to_bool => |l, a, _| truths(l, a, "arith.xori");
    "numpy.maximum" ("_x1, _x2"): itself => |l, a, _| vec![l.later(true, a[0].parts[0], a[1].parts[0])];
    "numpy.minimum" ("_x1, _x2"): itself => |l, a, _| vec![l.later(false, a[0].parts[0], a[1].parts[0])];
    "numpy.fmax" ("_x1, _x2"): itself => |l, a, _| vec![l.known_extreme(true, a[0].parts[0], a[1].parts[0])];
    "numpy.fmin" ("_x1, _x2"): itself => |l, a, _| vec![l.known_extreme(false, a[0].parts[0], a[1].parts[0])];
    "numpy.clip" ("a, a_min, a_max"): itself => |l, a, _| {
        let above = l.later(true, a[0].parts[0], a[1].parts[0]);
        vec![l.later(false, above, a[2].parts[0])]
    };
    "numpy.where" ("_condition, _x, _y"): |a| Ok(a[1].ty.clone().into()) => |l, a, _| {
        let truth = l.truth(&a[0]);
        vec![l.b.select(truth, a[1].parts[0], a[2].parts[0])]
    };
};

/// A datetime, if one of them is.
fn sum_rule(a: &Bound<TyArg>) -> Rule {
    let date = matches!(a[1].ty, Ty::Time(Time { span: false, .. }));
    Ok(if date { &a[1] } else { &a[0] }.ty.clone().into())
}

/// Of two datetimes a span.
fn difference_rule(a: &Bound<TyArg>) -> Rule {
    Ok(match (&a[0].ty, &a[1].ty) {
        (Ty::Time(x), Ty::Time(Time { span: false, .. })) => Ty::Time(Time { span: true, ..*x }),
        (x, _) => x.clone(),
    }
    .into())
}

fn truths<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, op: &str) -> Parts<'c> {
    let (x, y) = (l.truth(&a[0]), l.truth(&a[1]));
    vec![l.b.bin(op, x, y)]
}

/// By a float through float64: what is no number, or too large, is not a time.
fn product<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let product = if a[0].ty.is_float() || a[1].ty.is_float() {
        let (x, y) = (l.scalar_as(&a[0], &Ty::F64), l.scalar_as(&a[1], &Ty::F64));
        let product = l.b.bin("arith.mulf", x, y);
        l.convert(product, &Ty::F64, &Ty::I64)
    } else {
        l.b.bin("arith.muli", a[0].parts[0], a[1].parts[0])
    };
    vec![l.unless_nat(a, product)]
}

/// A ratio of spans; by a number towards zero.
fn divide<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    match &a[1].ty {
        Ty::Time(_) => {
            let (x, y) = (l.scalar_as(&a[0], &Ty::F64), l.scalar_as(&a[1], &Ty::F64));
            let ratio = l.b.bin("arith.divf", x, y);
            let nan = l.b.c_float(ratio.ty(), f64::NAN);
            vec![l.b.select(l.any_nat(a), nan, ratio)]
        }
        Ty::Float(_) => {
            let x = l.scalar_as(&a[0], &Ty::F64);
            let ratio = l.b.bin("arith.divf", x, a[1].parts[0]);
            let whole = l.convert(ratio, &Ty::F64, &Ty::I64);
            vec![l.unless_nat(a, whole)]
        }
        _ => {
            let (x, y, zero) = (a[0].parts[0], a[1].parts[0], l.b.c_i64(0));
            let (nat, none) = (l.is_nat(x), l.b.cmpi("eq", y, zero));
            let no = l.b.bin("arith.ori", nat, none);
            // Neither a division by zero nor the least integer by -1.
            let ratio = l.b.bin("arith.divsi", l.b.select(no, zero, x), l.b.select(none, l.b.c_i64(1), y));
            vec![l.b.select(no, l.b.c_i64(NAT), ratio)]
        }
    }
}

fn floor_divide<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    if a[1].ty.time_of().is_some() { vec![quotient(l, a)] } else { divide(l, a) }
}

fn counts<'c>(l: &Lower<'c>, a: &Bound<Val<'c>>) -> [Val<'c>; 2] {
    [0, 1].map(|i| l.val(Ty::I64, a[i].parts.clone()))
}

/// How often a span goes into another; 0 times where one is not a time or the divisor is zero.
fn quotient<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Value<'c> {
    let [x, y] = counts(l, a);
    let quotient = l.floor_division(&x, &y, None);
    l.b.select(l.any_nat(a), l.b.c_i64(0), quotient)
}

fn modulo<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Value<'c> {
    let [x, y] = counts(l, a);
    let rest = l.modulo(&x, &y, None);
    let none = l.b.cmpi("eq", y.parts[0], l.b.c_i64(0));
    let no = l.b.bin("arith.ori", none, l.any_nat(a));
    l.b.select(no, l.b.c_i64(NAT), rest)
}

impl<'c> Lower<'c> {
    pub fn is_nat(&self, x: Value<'c>) -> Value<'c> {
        self.b.cmpi("eq", x, self.b.c_i64(NAT))
    }

    /// Whether some of the times among the operands is none.
    fn any_nat(&self, a: &Bound<Val<'c>>) -> Value<'c> {
        let times = [0, 1].into_iter().filter(|i| a[*i].ty.time_of().is_some());
        times.map(|i| self.is_nat(a[i].parts[0])).reduce(|x, y| self.b.bin("arith.ori", x, y)).unwrap_or_else(|| self.b.c_bool(false))
    }

    fn unless_nat(&self, a: &Bound<Val<'c>>, value: Value<'c>) -> Value<'c> {
        self.b.select(self.any_nat(a), self.b.c_i64(NAT), value)
    }

    /// `a kind b` of counts in one unit.
    pub fn compare_counts(&self, kind: &str, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        let nat = self.b.bin("arith.ori", self.is_nat(a), self.is_nat(b));
        match kind {
            "ne" => self.b.bin("arith.ori", nat, self.b.cmpi("ne", a, b)),
            "eq" => self.b.bin("arith.andi", self.invert(nat), self.b.cmpi("eq", a, b)),
            kind => self.b.bin("arith.andi", self.invert(nat), self.b.cmpi(&format!("s{kind}"), a, b)),
        }
    }

    /// The later or the earlier of two counts; of one that is not a time, that.
    pub fn later(&self, latest: bool, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        if !latest {
            return self.b.bin("arith.minsi", a, b);
        }
        let nat = self.b.bin("arith.ori", self.is_nat(a), self.is_nat(b));
        self.b.select(nat, self.b.c_i64(NAT), self.b.bin("arith.maxsi", a, b))
    }

    /// As `later`, but of one that is not a time the other.
    pub fn known_extreme(&self, latest: bool, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        if latest {
            return self.b.bin("arith.maxsi", a, b);
        }
        let either = self.b.select(self.is_nat(a), b, self.b.bin("arith.minsi", a, b));
        self.b.select(self.is_nat(b), a, either)
    }
}
