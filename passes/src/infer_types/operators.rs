//! Operators: Numba's scalar rules, tuples, identity, truth.

use super::body::Body;
use crate::functions::{self, Const, TyArg};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::Op;
use zouk_dialects::ty::{Ty, binary_number};

/// What a rule gives: the type and, when known, the value.
type Ruled = Option<(Ty, Option<Const>)>;

impl<'c> Body<'_, 'c> {
    pub(super) fn binary(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let kind = op.str_attr("kind").unwrap_or_default();
        self.no_vectors(op, kind)?;
        let (lhs, rhs) = (self.operand(op, 0), self.operand(op, 1));
        if lhs.ty.has_unknown() || rhs.ty.has_unknown() {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(());
        }
        if kind == "matmul" {
            let rule = if op.has_attr("inplace") { functions::matmul_in_place } else { functions::matmul_type };
            if lhs.ty.as_array().is_none() && rhs.ty.as_array().is_none() {
                return Err(self.bad_operands(op, spelling(kind), &lhs.ty, &rhs.ty));
            }
            let ty = rule(&lhs, &rhs).map_err(|e| self.call_error(op, e))?;
            self.define(op.result(0), ty, None);
            return Ok(());
        }
        if self.array_operator(op, kind, &[lhs.clone(), rhs.clone()])? {
            return Ok(());
        }
        if op.has_attr("inplace") && matches!(lhs.ty, Ty::List(_)) {
            let message = format!("{} cannot be changed by {}=", lhs.ty.user_name(), spelling(kind));
            return Err(self.note_operands(self.error("bad-operands", message, op.loc()), op).help(super::sequences::FIXED));
        }
        if let Some((tuple, times)) = repetition(kind, &lhs, &rhs) {
            self.check_size(op, times.saturating_mul(tuple.parts()))?;
        }
        match binary_rule(kind, &lhs, &rhs) {
            Some((ty, constant)) => {
                self.check_size(op, ty.parts())?;
                self.define(op.result(0), ty, constant);
            }
            None => return Err(self.bad_operands(op, spelling(kind), &lhs.ty, &rhs.ty)),
        }
        Ok(())
    }

    pub(super) fn compare(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let kind = op.str_attr("kind").unwrap_or_default();
        self.no_vectors(op, kind)?;
        // None may be compared for identity and equality; an order is asked of what it stands beside.
        let among = matches!(kind, "in" | "not_in") && self.ty(op.operand(1)).as_sequence().is_some();
        let (lhs, rhs) = if among || matches!(kind, "is" | "is_not" | "eq" | "ne") {
            let plain = |i: usize| TyArg { ty: self.ty(op.operand(i)), constant: self.constant(op.operand(i)) };
            (plain(0), plain(1))
        } else {
            (self.operand(op, 0), self.operand(op, 1))
        };
        let [lhs, rhs] = [lhs, rhs].map(|operand| TyArg { ty: operand.ty.nameless(), ..operand });
        if lhs.ty.has_unknown() || rhs.ty.has_unknown() {
            // Arrays compare element by element, all else to a bool.
            let elementwise = !matches!(kind, "in" | "not_in" | "is" | "is_not");
            self.define(op.result(0), if elementwise { Ty::Unknown } else { Ty::Bool }, None);
            return Ok(());
        }
        if self.array_operator(op, kind, &[lhs.clone(), rhs.clone()])? {
            return Ok(());
        }
        match compare_rule(kind, &lhs, &rhs) {
            Some(constant) => self.define(op.result(0), Ty::Bool, constant.map(Const::Bool)),
            None => return Err(self.bad_operands(op, spelling(kind), &lhs.ty, &rhs.ty)),
        }
        Ok(())
    }

    pub(super) fn unary(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let kind = op.str_attr("kind").unwrap_or_default();
        if kind == "not" {
            let value = TyArg { ty: self.ty(op.operand(0)), constant: self.constant(op.operand(0)) };
            let decided = decided_truth(&value);
            self.define(op.result(0), Ty::Bool, decided.map(|t| Const::Bool(!t)));
            return Ok(());
        }
        let operand = self.operand(op, 0);
        if self.array_operator(op, kind, std::slice::from_ref(&operand))? {
            return Ok(());
        }
        let (ty, constant) = match (&operand.ty, kind) {
            (Ty::Unknown, _) => (Ty::Unknown, None),
            (Ty::Bool, "invert") => (Ty::Bool, None),
            (Ty::Bool, _) => (Ty::I64, None),
            (Ty::Int { signed: true, .. }, _) => (Ty::I64, negated(kind, operand.constant)),
            (Ty::Int { .. }, _) => (Ty::U64, None),
            (Ty::Float(_), "neg" | "pos") => (operand.ty.clone(), negated(kind, operand.constant)),
            (Ty::Complex(_), "neg" | "pos") => (operand.ty.clone(), None),
            (ty, _) => {
                let message = format!("bad operand type for unary {}: {}", spelling(kind), ty.user_name());
                return Err(self.note_operands(self.error("bad-operand", message, op.loc()), op));
            }
        };
        self.define(op.result(0), ty, constant);
        Ok(())
    }

    pub(super) fn truth(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let value = TyArg { ty: self.ty(op.operand(0)), constant: self.constant(op.operand(0)) };
        if crate::lower_python::record_of(&value.ty).is_some() || matches!(value.ty, Ty::Slice(_) | Ty::Enumerate(_) | Ty::Zip(_) | Ty::Reversed(_) | Ty::Iterator(_) | Ty::Walk(..) | Ty::Unbound) {
            let message = format!("{} has no truth value", value.ty.user_name());
            return Err(self.note_operands(self.error("no-truth-value", message, op.loc()), op));
        }
        self.define(op.result(0), Ty::Bool, decided_truth(&value).map(Const::Bool));
        Ok(())
    }

    /// An error for an operator of CUDA's vectors, which would be one of tuples.
    fn no_vectors(&self, op: Op<'c>, kind: &str) -> Result<(), Diagnostic> {
        let named = |i: usize| {
            let ty = self.ty(op.operand(i));
            functions::vector_name(&ty).map(str::to_string).ok_or_else(|| ty.user_name())
        };
        let (lhs, rhs) = (named(0), named(1));
        if lhs.is_err() && rhs.is_err() {
            return Ok(());
        }
        let [lhs, rhs] = [lhs, rhs].map(|name| name.unwrap_or_else(|other| other));
        let message = format!("unsupported operand types for {}: {lhs} and {rhs}", spelling(kind));
        let error = self.note_operands(Diagnostic::at(ErrorClass::Typing, "bad-operands", message, op.loc()), op);
        Err(error.help("vectors have no operators: take their elements, as in `v.x`"))
    }

    fn bad_operands(&self, op: Op<'c>, operator: &str, lhs: &Ty, rhs: &Ty) -> Diagnostic {
        let message = format!("unsupported operand types for {operator}: {} and {}", lhs.user_name(), rhs.user_name());
        if [lhs, rhs].into_iter().any(|ty| crate::lower_python::record_of(ty).is_some()) {
            let error = self.note_operands(Diagnostic::at(ErrorClass::Typing, "bad-operands", message, op.loc()), op);
            return error.help("take a field first, as in a['x']");
        }
        let arrays = lhs.as_array().is_some() || rhs.as_array().is_some();
        let class = if arrays { ErrorClass::Unsupported } else { ErrorClass::Typing };
        let error = self.note_operands(Diagnostic::at(class, "bad-operands", message, op.loc()), op);
        if arrays { error.help("whole-array expressions are not supported yet: write the loop over the elements") } else { error }
    }
}

fn spelling(kind: &str) -> &str {
    const NAMES: [(&str, &str); 26] = [
        ("add", "+"), ("sub", "-"), ("mul", "*"), ("truediv", "/"), ("floordiv", "//"), ("mod", "%"), ("pow", "**"), ("lshift", "<<"), ("rshift", ">>"),
        ("and", "&"), ("or", "|"), ("xor", "^"), ("matmul", "@"), ("eq", "=="), ("ne", "!="), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="),
        ("is", "is"), ("is_not", "is not"), ("in", "in"), ("not_in", "not in"), ("neg", "-"), ("pos", "+"), ("invert", "~"),
    ];
    NAMES.iter().find(|(k, _)| *k == kind).map_or(kind, |(_, s)| s)
}

fn binary_rule(kind: &str, lhs: &TyArg, rhs: &TyArg) -> Ruled {
    let (a, b) = (&lhs.ty, &rhs.ty);
    if a.is_number() && b.is_number() {
        return number_rule(kind, lhs, rhs);
    }
    match (kind, a, b) {
        ("or", Ty::Ref(_), _) | ("or", _, Ty::Ref(_)) => Some((union(a, b)?, None)),
        ("add", Ty::Tuple(s), Ty::Tuple(t)) => Some((Ty::Tuple([&s[..], t].concat()), joined_constant(lhs, rhs))),
        ("add", Ty::List(s), Ty::List(t)) => Some((Ty::List([&s[..], t].concat()), joined_constant(lhs, rhs))),
        _ => {
            let (sequence, times) = repetition(kind, lhs, rhs)?;
            let repeated: Vec<Ty> = std::iter::repeat_n(sequence.as_sequence()?, times).flatten().cloned().collect();
            let constant = if a.as_sequence().is_some() { &lhs.constant } else { &rhs.constant };
            let length = sequence.as_sequence()?.len().max(1);
            let constant = Const::tuple((0..repeated.len()).map(|i| constant.as_ref().and_then(|tuple| tuple.part(i % length))));
            Some((if let Ty::List(_) = sequence { Ty::List(repeated) } else { Ty::Tuple(repeated) }, constant))
        }
    }
}

/// `int | float | None`, of which `isinstance` wants to know no more than of a tuple of classes.
fn union(a: &Ty, b: &Ty) -> Option<Ty> {
    let classes = |ty: &Ty| match ty {
        Ty::Ref(_) => Some(vec![ty.clone()]),
        Ty::None => Some(vec![Ty::Ref("types.NoneType".into())]),
        Ty::Tuple(parts) if parts.iter().all(|p| matches!(p, Ty::Ref(_))) => Some(parts.clone()),
        _ => None,
    };
    Some(Ty::Tuple([classes(a)?, classes(b)?].concat()))
}

/// The tuple or list of `tuple * n` and `n * tuple`, and how often it stands in the result.
fn repetition<'t>(kind: &str, lhs: &'t TyArg, rhs: &'t TyArg) -> Option<(&'t Ty, usize)> {
    let (tuple, times) = if lhs.ty.as_sequence().is_some() { (lhs, rhs) } else { (rhs, lhs) };
    let Some(Const::Int(n)) = times.constant else { return None };
    let possible = kind == "mul" && tuple.ty.as_sequence().is_some() && times.ty.is_integral();
    possible.then(|| (&tuple.ty, usize::try_from(n.max(0)).unwrap_or(usize::MAX)))
}

fn joined_constant(lhs: &TyArg, rhs: &TyArg) -> Option<Const> {
    let parts = |arg: &TyArg| -> Vec<Option<Const>> {
        let length = arg.ty.as_sequence().map_or(0, <[Ty]>::len);
        (0..length).map(|i| arg.constant.as_ref().and_then(|tuple| tuple.part(i))).collect()
    };
    Const::tuple(parts(lhs).into_iter().chain(parts(rhs)))
}

fn number_rule(kind: &str, lhs: &TyArg, rhs: &TyArg) -> Ruled {
    let (a, b) = (&lhs.ty, &rhs.ty);
    let complex = a.is_complex() || b.is_complex();
    let integral = a.is_integral() && b.is_integral();
    let common = binary_number(a, b)?;
    let ty = match kind {
        "add" | "sub" | "mul" => common,
        "truediv" => if integral { Ty::F64 } else { common },
        "floordiv" | "mod" if !complex => common,
        "pow" if matches!(a, Ty::Float(16 | 32)) && b.is_integral() => a.clone(),
        // `2 ** -1` is a float in Python; of an exponent known only at run time the type cannot depend on the sign.
        "pow" if integral && matches!(rhs.constant, Some(Const::Int(n)) if n < 0) => Ty::F64,
        "pow" => common,
        "and" | "or" | "xor" if *a == Ty::Bool && *b == Ty::Bool => Ty::Bool,
        "and" | "or" | "xor" if integral => common,
        "lshift" | "rshift" if integral => if matches!(a, Ty::Int { signed: false, .. }) { Ty::U64 } else { Ty::I64 },
        _ => return None,
    };
    let constant = if ty == Ty::I64 { folded(kind, lhs, rhs) } else { None };
    Some((ty, constant))
}

/// Constant integers stay constants through these operators, as long as they fit.
fn folded(kind: &str, lhs: &TyArg, rhs: &TyArg) -> Option<Const> {
    let (Some(Const::Int(a)), Some(Const::Int(b))) = (&lhs.constant, &rhs.constant) else { return None };
    let value = match kind {
        "add" => a + b,
        "sub" => a - b,
        "mul" => a.checked_mul(*b)?,
        "floordiv" if *b != 0 => a.div_euclid(*b) - (*b < 0 && a.rem_euclid(*b) != 0) as i128,
        "mod" if *b != 0 => a - b * (a.div_euclid(*b) - (*b < 0 && a.rem_euclid(*b) != 0) as i128),
        "pow" => a.checked_pow(u32::try_from(*b).ok()?)?,
        "lshift" if (0..64).contains(b) => a << b,
        "rshift" if (0..64).contains(b) => a >> b,
        "and" => a & b,
        "or" => a | b,
        "xor" => a ^ b,
        _ => return None,
    };
    i64::try_from(value).ok().map(|v| Const::Int(v as i128))
}

fn negated(kind: &str, constant: Option<Const>) -> Option<Const> {
    match (kind, constant?) {
        ("neg", Const::Int(v)) => i64::try_from(-v).ok().map(|v| Const::Int(v as i128)),
        ("neg", Const::Float(v)) => Some(Const::Float(-v)),
        ("pos", constant) => Some(constant),
        _ => None,
    }
}

/// Whether the comparison is allowed; the inner option is its value when the types decide it.
fn compare_rule(kind: &str, lhs: &TyArg, rhs: &TyArg) -> Option<Option<bool>> {
    let (a, b) = (&lhs.ty, &rhs.ty);
    if let Some(decided) = compared_constants(kind, lhs, rhs) {
        return Some(Some(decided));
    }
    let equality = matches!(kind, "eq" | "ne" | "is" | "is_not");
    let sign = |equal: bool| Some(Some(equal == matches!(kind, "eq" | "is")));
    match (a, b) {
        (Ty::None, Ty::None) if equality => sign(true),
        (Ty::None, other) | (other, Ty::None) if equality => match other {
            Ty::Optional(_) => Some(None),
            _ => sign(false),
        },
        (Ty::Optional(x), y) | (y, Ty::Optional(x)) if matches!(kind, "eq" | "ne") => {
            let y = if let Ty::Optional(inner) = y { inner } else { y };
            comparable(x, y, true).then_some(None)
        }
        (Ty::Ref(x), Ty::Ref(y)) if equality => sign(same_class(x, y)),
        (a, b) if matches!(kind, "is" | "is_not") && a.class_name().or(b.class_name()).is_some() => match a.class_name() == b.class_name() {
            true => Some(None),
            false => sign(false),
        },
        (Ty::Ref(_), Ty::Str) | (Ty::Str, Ty::Ref(_)) if matches!(kind, "eq" | "ne") => {
            let [x, y] = [lhs, rhs].map(|arg| functions::dtype_of(arg).ok());
            sign(x.is_some() && x == y)
        }
        (Ty::Ref(_), _) | (_, Ty::Ref(_)) if matches!(kind, "is" | "is_not") => sign(false),
        (Ty::Str, Ty::Str) => match (&lhs.constant, &rhs.constant) {
            (Some(Const::Str(x)), Some(Const::Str(y))) if equality => sign(x == y),
            _ => None,
        },
        (Ty::Bool, Ty::Bool) if equality => Some(None),
        _ if matches!(kind, "is" | "is_not") => may_be_identical(a, b),
        _ if matches!(kind, "in" | "not_in") => match b {
            Ty::Tuple(parts) | Ty::List(parts) => parts.iter().all(|p| comparable(a, p, true)).then_some(None),
            Ty::Range(inner) => comparable(a, inner, true).then_some(None),
            Ty::Array(array) => comparable(a, &array.element, true).then_some(None),
            _ => None,
        },
        _ => comparable(a, b, equality).then_some(None),
    }
}

/// Identity, where it says something: that of arrays is the same memory seen the same way, that of numbers, times and pointers to be of one type and equal.
/// Tuples, lists and ranges are made anew where Python passes them on.
fn may_be_identical(a: &Ty, b: &Ty) -> Option<Option<bool>> {
    let plain = |ty: &Ty| ty.is_number() || matches!(ty, Ty::Time(_) | Ty::Pointer(_));
    let told = match (a, b) {
        (Ty::Optional(x), y) | (y, Ty::Optional(x)) => plain(x) && matches!(y, Ty::Optional(y) if x == y) || plain(x) && **x == *y,
        _ => [a, b].into_iter().all(|ty| plain(ty) || matches!(ty, Ty::Array(_) | Ty::Str)),
    };
    told.then_some(None)
}

/// The value of a comparison of constant integers or texts, alone or in a tuple.
fn compared_constants(kind: &str, lhs: &TyArg, rhs: &TyArg) -> Option<bool> {
    let same = |x: &Const, y: &Const| match (x, y) {
        (Const::Int(x), Const::Int(y)) => Some(x == y),
        (Const::Str(x), Const::Str(y)) => Some(x == y),
        (Const::Bool(x), Const::Bool(y)) => Some(x == y),
        (Const::Int(_), Const::Str(_)) | (Const::Str(_), Const::Int(_)) => Some(false),
        _ => None,
    };
    let (x, y) = (lhs.constant.as_ref()?, rhs.constant.as_ref()?);
    match (kind, x, y) {
        ("lt", Const::Int(x), Const::Int(y)) => Some(x < y),
        ("le", Const::Int(x), Const::Int(y)) => Some(x <= y),
        ("gt", Const::Int(x), Const::Int(y)) => Some(x > y),
        ("ge", Const::Int(x), Const::Int(y)) => Some(x >= y),
        ("eq", ..) => same(x, y),
        ("ne", ..) => same(x, y).map(|equal| !equal),
        ("in" | "not_in", _, Const::Tuple(parts)) => {
            let found = parts.iter().map(|part| same(x, part)).collect::<Option<Vec<_>>>()?.contains(&true);
            Some(found == (kind == "in"))
        }
        _ => None,
    }
}

/// `numpy.float64` and `a.dtype` name one class under several names.
fn same_class(x: &str, y: &str) -> bool {
    let dtype = |name: &str| name.rsplit_once('.').and_then(|(module, name)| Ty::from_module_name(module, name));
    x == y || (dtype(x).is_some() && dtype(x) == dtype(y))
}

/// Whether two values may be compared; complex numbers only for equality.
fn comparable(a: &Ty, b: &Ty, equality: bool) -> bool {
    match (a, b) {
        (Ty::Tuple(s), Ty::Tuple(t)) | (Ty::List(s), Ty::List(t)) => s.iter().zip(t).all(|(s, t)| comparable(s, t, equality)),
        (Ty::Tuple(_), Ty::List(_)) | (Ty::List(_), Ty::Tuple(_)) => equality,
        // A tuple or list equals no number, and None nothing else.
        (Ty::Tuple(_) | Ty::List(_), other) | (other, Ty::Tuple(_) | Ty::List(_)) if equality && (other.is_scalar() || *other == Ty::None) => true,
        (Ty::None, other) | (other, Ty::None) if equality => matches!(other, Ty::None | Ty::Optional(_)) || other.is_scalar(),
        (Ty::Time(x), Ty::Time(y)) => x.span == y.span && x.common_unit(*y).is_some(),
        (Ty::Optional(x), other) | (other, Ty::Optional(x)) if equality => comparable(x, other, true),
        _ => a.is_number() && b.is_number() && (equality || !(a.is_complex() || b.is_complex())),
    }
}

fn decided_truth(value: &TyArg) -> Option<bool> {
    match (&value.ty, &value.constant) {
        (Ty::None, _) => Some(false),
        (Ty::Tuple(parts) | Ty::List(parts), _) => Some(!parts.is_empty()),
        (Ty::Ref(_) | Ty::Ellipsis | Ty::Class(_), _) => Some(true),
        (_, Some(Const::Bool(b))) => Some(*b),
        (_, Some(Const::Int(i))) => Some(*i != 0),
        (_, Some(Const::Float(f))) => Some(*f != 0.0),
        (_, Some(Const::Str(s))) => Some(!s.is_empty()),
        _ => None,
    }
}
