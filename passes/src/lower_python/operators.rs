//! Operators on scalars and tuples.
//!
//! Integers compute in 64 bits and wrap; no `nsw` is ever promised. Both operands are first cast to the type that inference gave the
//! result, which is the type Numba computes in.

use super::Lower;
use crate::functions::{Const, Val};
use zouk_dialects::ir::{FloatAttribute, Type, Value};
use zouk_dialects::ty::Ty;

mod compare;
mod complex;
mod division;
mod power;

/// What a division by zero does: raises ZeroDivisionError with this text, or gives NumPy's values.
pub type ZeroDivision = Option<&'static str>;

impl<'c> Lower<'c> {
    /// `lhs kind rhs`, of a result type that inference has settled.
    pub fn binary(&mut self, kind: &str, lhs: &Val<'c>, rhs: &Val<'c>, result: &Ty, inplace: bool) -> Val<'c> {
        if kind == "matmul" {
            return self.matmul_operator(lhs, rhs, result, inplace);
        }
        if let Ty::Tuple(_) | Ty::List(_) = result {
            return self.tuple_operator(lhs, rhs, result);
        }
        if *result == Ty::F16 && matches!(kind, "floordiv" | "mod" | "pow") {
            let wide = self.binary(kind, lhs, rhs, &Ty::F32, inplace);
            return self.cast(&wide, result);
        }
        let (a, b) = (self.operand(lhs, result), self.operand(rhs, result));
        let parts = match kind {
            "truediv" => {
                // CPython rounds the quotient of two ints once; converting first is the same for |n| <= 2**53.
                let text = match result {
                    Ty::Complex(_) => "complex division by zero",
                    _ if lhs.ty.is_integral() && rhs.ty.is_integral() => "division by zero",
                    _ => "float division by zero",
                };
                self.true_division(&a, &b, self.zero_division(text))
            }
            "floordiv" => {
                let text = if result.is_float() { "float floor division by zero" } else { "integer division or modulo by zero" };
                vec![self.floor_division(&a, &b, self.zero_division(text))]
            }
            "mod" => {
                let text = if result.is_float() { "float modulo" } else { "integer modulo by zero" };
                vec![self.modulo(&a, &b, self.zero_division(text))]
            }
            "pow" => self.power(&a, &b, self.settings.division_raises),
            "lshift" | "rshift" => {
                self.check_shift_count(rhs);
                vec![self.shift(kind == "lshift", &a, &b)]
            }
            _ => self.arithmetic(kind, &a, &b),
        };
        self.val(result.clone(), parts)
    }

    /// `kind operand`.
    pub fn unary(&mut self, kind: &str, operand: &Val<'c>, result: &Ty) -> Val<'c> {
        if kind == "not" {
            let truth = self.truth(operand);
            return self.val(Ty::Bool, vec![self.invert(truth)]);
        }
        if matches!(operand.ty, Ty::Int { signed: false, .. }) && operand.ty != *result {
            // In the operand's own width, as NumPy: `-uint8(1)` is 255.
            let narrow = self.unary(kind, operand, &operand.ty);
            return self.cast(&narrow, result);
        }
        let x = self.operand(operand, result);
        let parts = match kind {
            "neg" => x.parts.iter().map(|p| self.negate(*p)).collect(),
            "invert" => vec![self.invert(x.parts[0])],
            _ => x.parts.clone(),
        };
        let constant = match (kind, &x.constant) {
            ("neg", Some(Const::Int(n))) => Some(Const::Int(-n)),
            ("neg", Some(Const::Float(f))) => Some(Const::Float(-f)),
            ("pos", constant) => constant.clone(),
            _ => None,
        };
        Val { constant, ..self.val(result.clone(), parts) }
    }

    /// `+ - *` of numbers and `& | ^` of integers and bools of one type.
    pub fn arithmetic(&self, kind: &str, a: &Val<'c>, b: &Val<'c>) -> Vec<Value<'c>> {
        let (x, y) = (a.parts[0], b.parts[0]);
        match (kind, &a.ty) {
            ("mul", Ty::Complex(_)) => self.complex_mul([x, a.parts[1]], [y, b.parts[1]]).into(),
            ("add" | "sub", Ty::Complex(_)) => a.parts.iter().zip(&b.parts).map(|(x, y)| self.float_bin(kind, *x, *y)).collect(),
            (_, Ty::Float(_)) => vec![self.float_bin(kind, x, y)],
            _ => {
                let op = match kind {
                    "add" => "arith.addi",
                    "sub" => "arith.subi",
                    "mul" => "arith.muli",
                    "and" => "arith.andi",
                    "or" => "arith.ori",
                    "xor" => "arith.xori",
                    other => panic!("no integer operator {other}"),
                };
                vec![self.b.bin(op, x, y)]
            }
        }
    }

    /// A value cast to the type of a computation; a constant that keeps its value stays known.
    pub fn operand(&mut self, value: &Val<'c>, ty: &Ty) -> Val<'c> {
        let constant = match (value.constant.clone().or_else(|| self.folded(value)), ty) {
            (Some(Const::Bool(b)), Ty::Int { .. }) => Some(Const::Int(b as i128)),
            (Some(Const::Int(n)), Ty::Int { bits, signed }) => {
                let (low, high) = if *signed { (-(1i128 << (bits - 1)), 1i128 << (bits - 1)) } else { (0, 1i128 << bits) };
                (low <= n && n < high).then_some(Const::Int(n))
            }
            (Some(Const::Int(n)), Ty::Float(_) | Ty::Complex(_)) => Some(Const::Float(n as f64)),
            (constant @ Some(Const::Float(_)), Ty::Float(_) | Ty::Complex(_)) => constant,
            (constant @ Some(Const::Bool(_)), Ty::Bool) => constant,
            _ => None,
        };
        Val { constant, ..self.cast(value, ty) }
    }

    /// The value of an `arith.constant`.
    fn folded(&self, value: &Val<'c>) -> Option<Const> {
        let attr = value.parts.first()?.def_by("arith.constant")?.attr("value")?;
        match &value.ty {
            Ty::Int { signed, .. } => {
                let n = zouk_dialects::ir::Builder::constant_int(value.parts[0])?;
                Some(Const::Int(if *signed { n as i128 } else { n as u64 as i128 }))
            }
            Ty::Float(_) => FloatAttribute::try_from(attr).ok().map(|f| Const::Float(f.value())),
            _ => None,
        }
    }

    /// A constant operand as an integer; a float that is one counts.
    pub fn constant_int(&self, value: &Val<'c>) -> Option<i128> {
        match value.constant.as_ref()? {
            Const::Int(n) => Some(*n),
            Const::Bool(b) => Some(*b as i128),
            Const::Float(f) if f.fract() == 0.0 && f.abs() < 1e18 => Some(*f as i128),
            _ => None,
        }
    }

    /// Raises with this text unless the user chose NumPy's error model.
    pub fn zero_division(&self, text: &'static str) -> ZeroDivision {
        self.settings.division_raises.then_some(text)
    }

    /// A floating-point op with the fast-math flags the user chose.
    pub fn float_op(&self, name: &str, operands: &[Value<'c>], ty: Type<'c>) -> Value<'c> {
        if self.settings.fastmath == "none" {
            return self.b.val(name, operands, ty, &[]);
        }
        let flags = self.b.parse_attr(&format!("#arith.fastmath<{}>", self.settings.fastmath));
        self.b.val(name, operands, ty, &[("fastmath", flags)])
    }

    /// `add sub mul div rem` of two floats.
    pub fn float_bin(&self, kind: &str, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.float_op(&format!("arith.{kind}f"), &[x, y], x.ty())
    }

    /// A unary op of the `math` dialect (or of `arith`) whose result has its operand's type.
    pub fn float_un(&self, name: &str, x: Value<'c>) -> Value<'c> {
        self.float_op(name, &[x], x.ty())
    }

    /// `-x` of an integer or a float.
    pub fn negate(&self, x: Value<'c>) -> Value<'c> {
        if Self::is_float(x.ty()) { self.float_un("arith.negf", x) } else { self.b.bin("arith.subi", self.b.c_int(x.ty(), 0), x) }
    }

    /// `~x` of an integer, `not x` of a truth value.
    pub fn invert(&self, x: Value<'c>) -> Value<'c> {
        self.b.bin("arith.xori", x, self.b.c_int(x.ty(), if x.ty() == self.b.i1() { 1 } else { -1 }))
    }

    fn check_shift_count(&self, count: &Val<'c>) {
        if self.settings.division_raises && count.ty.is_signed() && self.constant_int(count).is_none_or(|n| n < 0) {
            let x = count.parts[0];
            let fine = self.b.cmpi("sge", x, self.b.c_int(x.ty(), 0));
            self.check(fine, "ValueError", "negative shift count");
        }
    }

    /// A shift of integers of one type: counts of the width and more shift everything out, as in Python.
    pub fn shift(&self, left: bool, a: &Val<'c>, b: &Val<'c>) -> Value<'c> {
        let (x, count) = (a.parts[0], b.parts[0]);
        let Ty::Int { bits, signed } = a.ty else { panic!("{} is not shifted", a.ty) };
        let op = if left { "arith.shli" } else if signed { "arith.shrsi" } else { "arith.shrui" };
        if self.constant_int(b).is_some_and(|n| 0 <= n && n < bits as i128) {
            return self.b.bin(op, x, count);
        }
        let inside = self.b.cmpi("ult", count, self.b.c_int(x.ty(), bits as i64));
        let far = self.b.c_int(x.ty(), if !left && signed { bits as i64 - 1 } else { 0 });
        let shifted = self.b.bin(op, x, self.b.select(inside, count, far));
        if !left && signed { shifted } else { self.b.select(inside, shifted, self.b.c_int(x.ty(), 0)) }
    }

    /// Concatenation, or repetition by a constant.
    fn tuple_operator(&mut self, lhs: &Val<'c>, rhs: &Val<'c>, result: &Ty) -> Val<'c> {
        let parts = match (&lhs.ty, &rhs.ty) {
            (Ty::Tuple(_), Ty::Tuple(_)) | (Ty::List(_), Ty::List(_)) => [lhs.parts.clone(), rhs.parts.clone()].concat(),
            (Ty::Tuple(once) | Ty::List(once), _) | (_, Ty::Tuple(once) | Ty::List(once)) => {
                let tuple = if lhs.ty.as_sequence().is_some() { lhs } else { rhs };
                let times = result.as_sequence().map_or(0, |all| all.len().checked_div(once.len()).unwrap_or(0));
                tuple.parts.repeat(times)
            }
            // `int | None`
            (Ty::Ref(_), _) | (_, Ty::Ref(_)) => vec![],
            (a, b) => panic!("no tuple operator of {a} and {b}"),
        };
        self.val(result.clone(), parts)
    }
}
