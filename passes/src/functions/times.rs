//! `datetime64` and `timedelta64`: the types of the elementwise functions on them, on scalars and on arrays alike, and their constructors.
//!
//! A function of numbers has its counterpart for times here, under the same name: `of_times` finds it. `resolve` says which units it computes in;
//! `arithmetic.rs` has the code for one element, `convert.rs` the change of units, `text.rs` reads constants.

use super::rules::*;
use super::ufuncs::Loop;
use super::{Bound, CallError, Const, Function, TyArg, Typed, Val};
use zouk_dialects::ty::{Operand, Time, Ty, Unit};

mod arithmetic;
mod constructors;
mod convert;
mod text;

pub use constructors::of_dtype;
pub use convert::convertible;

/// Functions that numbers do not have.
pub(super) static TABLE: &[Function] = table! {
    "numpy.datetime64" ("_value=, _unit="): |a| constructors::rule(a, false) => |l, a, ty| constructors::lower(l, a, ty);
    "numpy.timedelta64" ("_value=, _unit="): |a| constructors::rule(a, true) => |l, a, ty| constructors::lower(l, a, ty);
    "numpy.isnat" ("_x"): |a| not_a_time(&a[0].ty) => |_, _, _| vec![];
    "numpy.datetime_data" ("_dtype"): |a| unit_and_count(&a[0]) => |l, a, _| vec![l.b.c_i64(count_of(&a[0]))];
    "datetime.astype()" ("_x, dtype"): |a| astype_rule(&a[0].ty, &a[1]) => |l, a, ty| l.cast(&a[0], ty).parts;
};

/// The function of that name for times: its rule takes the operands of the loop that `resolve` gives.
pub fn of_times(function: &Function) -> Option<&'static Function> {
    let name = canonical(function.name);
    arithmetic::TABLE.iter().find(|own| own.name == name)
}

fn canonical(name: &str) -> &str {
    match name {
        "numpy.true_divide" => "numpy.divide",
        "numpy.remainder" => "numpy.mod",
        "numpy.abs" => "numpy.absolute",
        name => name,
    }
}

/// The name of the unit, a constant, and how many of it are one.
fn unit_and_count(dtype: &TyArg) -> Rule {
    match dtype_of(dtype)? {
        Ty::Time(time) => {
            let constant = Const::Tuple(vec![Const::Str(time.unit.base().name().into()), Const::Int(time.unit.many() as i128)]);
            Ok(Typed { ty: Ty::Tuple(vec![Ty::Str, Ty::I64]), constant: Some(constant) })
        }
        other => expected("a dtype of times", &other),
    }
}

fn count_of(dtype: &Val) -> i64 {
    let dtype = dtype_of(&TyArg { ty: dtype.ty.clone(), constant: dtype.constant.clone() });
    if let Ok(Ty::Time(time)) = dtype { time.unit.many() as i64 } else { 1 }
}

fn not_a_time(ty: &Ty) -> Rule {
    match ty {
        Ty::Time(_) => Ok(Ty::Bool.into()),
        _ => Err(CallError::new("ufunc 'isnat' is only defined for np.datetime64 and np.timedelta64.")),
    }
}

pub fn astype_rule(from: &Ty, dtype: &TyArg) -> Rule {
    Ok(astype(from, dtype_of(dtype)?)?.into())
}

/// What `astype` makes of elements: a unit that is not named stays.
pub fn astype(from: &Ty, to: Ty) -> Result<Ty, CallError> {
    match (from, &to) {
        (Ty::Time(own), Ty::Time(Time { span, unit: Unit::Generic })) => Ok(Ty::Time(Time { span: *span, unit: own.unit })),
        (Ty::Time(own), Ty::Time(wanted)) if own.span == wanted.span => {
            if !own.span && own.unit == Unit::Generic {
                return Err(CallError::new("Converting an integer to a NumPy datetime requires a specified unit"));
            }
            convertible(*own, wanted.unit)?;
            Ok(to)
        }
        (Ty::Complex(_), Ty::Time(_)) | (Ty::Time(_), Ty::Complex(_)) => Err(CallError::new(format!("{} cannot become {}", from.user_name(), to.user_name()))),
        _ => Ok(to),
    }
}

/// The unit in which two times are computed.
fn common(a: Time, b: Time) -> Result<Unit, CallError> {
    if !a.is_commensurable(b) {
        let [x, y] = [a, b].map(|t| t.unit.name());
        let message = format!("Cannot get a common metadata divisor for NumPy datetime metadata [{x}] and [{y}] because they have incompatible nonlinear base time units.");
        return Err(CallError::new(message).help("years and months have no length in days: convert one of them first, with `.astype`"));
    }
    let Some(unit) = a.unit.divisor(b.unit) else {
        let message = format!("Integer overflow while computing the common divisor of NumPy datetime metadata [{}] and [{}]", a.unit.name(), b.unit.name());
        return Err(CallError::new(message));
    };
    convertible(a, unit)?;
    convertible(b, unit)?;
    Ok(unit)
}

/// An integer beside a time counts its unit.
fn counted(ty: &Ty) -> Option<Time> {
    match ty {
        Ty::Time(time) => Some(*time),
        ty if ty.is_integral() => Some(Time { span: true, unit: Unit::Generic }),
        _ => None,
    }
}

fn span(unit: Unit) -> Ty {
    Ty::Time(Time { span: true, unit })
}

/// The loop that a function takes for operands of which one is a time.
pub fn resolve(function: &Function, operands: &[Operand]) -> Result<Loop, CallError> {
    let types: Vec<&Ty> = operands.iter().map(|o| &o.dtype).collect();
    let short = canonical(function.name).trim_start_matches("numpy.");
    let refused = || {
        let names: Vec<String> = types.iter().map(|ty| ty.user_name()).collect();
        CallError::new(format!("ufunc '{short}' cannot use operands of types {}", names.join(" and ")))
    };
    if of_times(function).is_none() {
        return Err(refused());
    }
    let taken = match (short, &types[..]) {
        ("where", [condition, x, y]) => chosen(condition, x, y).ok_or_else(refused)?,
        ("add" | "subtract", [x, y]) => sum(short == "add", x, y, &refused)?,
        ("multiply", [x, y]) => product(x, y).ok_or_else(refused)?,
        ("divide" | "floor_divide" | "mod" | "divmod", [x, y]) => quotient(short, x, y, &refused)?,
        ("negative" | "positive" | "absolute" | "sign", [x @ Ty::Time(Time { span: true, .. })]) => vec![(*x).clone()],
        ("isnat" | "isnan" | "isinf" | "isfinite", [x]) => vec![(*x).clone()],
        ("logical_and" | "logical_or" | "logical_xor", [_, _]) => types.iter().map(|ty| (*ty).clone()).collect(),
        ("equal" | "not_equal" | "less" | "less_equal" | "greater" | "greater_equal" | "maximum" | "minimum" | "fmax" | "fmin" | "clip", several) => alike(several, &refused)?,
        _ => return Err(refused()),
    };
    let result = super::ufuncs::scalar_rule(function, &taken)?;
    let results = if let Ty::Tuple(parts) = result { parts } else { vec![result] };
    Ok(Loop { operands: taken, results })
}

fn chosen(condition: &Ty, x: &Ty, y: &Ty) -> Option<Vec<Ty>> {
    let both = zouk_dialects::ty::promote_types(x, y)?;
    condition.is_number().then(|| vec![condition.clone(), both.clone(), both])
}

/// A datetime and a span, two spans, and the difference of two datetimes.
fn sum(adds: bool, x: &Ty, y: &Ty, refused: &dyn Fn() -> CallError) -> Result<Vec<Ty>, CallError> {
    let (Some(a), Some(b)) = (counted(x), counted(y)) else { return Err(refused()) };
    match (a.span, b.span) {
        (false, false) if adds => return Err(refused()),
        (true, false) if !adds => return Err(refused()),
        _ => {}
    }
    let unit = common(a, b)?;
    Ok([a, b].map(|time| Ty::Time(Time { unit, ..time })).into())
}

/// A span times a number.
fn product(x: &Ty, y: &Ty) -> Option<Vec<Ty>> {
    let factor = |ty: &Ty| match ty {
        ty if ty.is_integral() => Some(Ty::I64),
        Ty::Float(_) => Some(Ty::F64),
        _ => None,
    };
    match (x, y) {
        (Ty::Time(Time { span: true, .. }), number) => Some(vec![x.clone(), factor(number)?]),
        (number, Ty::Time(Time { span: true, .. })) => Some(vec![factor(number)?, y.clone()]),
        _ => None,
    }
}

/// Spans divided by spans and by numbers.
fn quotient(short: &str, x: &Ty, y: &Ty, refused: &dyn Fn() -> CallError) -> Result<Vec<Ty>, CallError> {
    let Ty::Time(a @ Time { span: true, .. }) = x else { return Err(refused()) };
    match y {
        Ty::Time(b @ Time { span: true, .. }) => Ok(vec![span(common(*a, *b)?); 2]),
        Ty::Int { .. } if matches!(short, "divide" | "floor_divide") => Ok(vec![x.clone(), Ty::I64]),
        Ty::Float(_) if matches!(short, "divide" | "floor_divide") => Ok(vec![x.clone(), Ty::F64]),
        _ => Err(refused()),
    }
}

/// Times of one kind, in one unit.
fn alike(types: &[&Ty], refused: &dyn Fn() -> CallError) -> Result<Vec<Ty>, CallError> {
    let times: Option<Vec<Time>> = types.iter().map(|ty| counted(ty).filter(|_| **ty != Ty::U64)).collect();
    let times = times.filter(|times| times.iter().all(|t| t.span == times[0].span)).ok_or_else(refused)?;
    let mut all = times[0];
    for time in &times[1..] {
        all.unit = common(all, *time)?;
    }
    Ok(vec![Ty::Time(all); types.len()])
}

/// Whether an element of that type may be stored in an array of the other; numbers by the rules of numbers.
pub fn storable(from: &Ty, to: &Ty) -> bool {
    match (from, to) {
        (Ty::Time(a), Ty::Time(b)) => a.span != b.span || a.common_unit(*b).is_some() && convertible(*a, b.unit).is_ok(),
        (Ty::Time(_), _) => false,
        (Ty::Pointer(to), Ty::Int { bits: 64, .. }) => **to == Ty::None,
        (from, Ty::Time(_)) => from.is_integral(),
        (from, to) => from.is_number() && (to.is_complex() || to.is_number() && !from.is_complex()),
    }
}

/// (time, …) -> the time.
fn itself(a: &Bound<TyArg>) -> Rule {
    Ok(a[0].ty.clone().into())
}

fn to_bool(_: &Bound<TyArg>) -> Rule {
    Ok(Typed::from(Ty::Bool))
}
