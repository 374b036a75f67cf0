//! `np.datetime64(…)` and `np.timedelta64(…)`: of constant texts, of numbers with a unit, of times.

use super::{Bound, Function, Rule, Time, Ty, TyArg, Unit, convertible, storable, text};
use crate::functions::elementwise::Parts;
use crate::functions::{CallError, Const, TypeRule, Val};
use crate::lower_python::Lower;
use std::sync::Mutex;
use zouk_dialects::ty::NAT;

fn unit(arg: Option<&TyArg>) -> Result<Option<Unit>, CallError> {
    match arg.map(|a| (&a.ty, &a.constant)) {
        None | Some((Ty::None, _)) => Ok(None),
        Some((_, Some(Const::Str(name)))) => match Unit::from_name(name) {
            Some(unit) => Ok(Some(unit)),
            None => Err(CallError::new(format!("Invalid datetime unit \"{name}\" in metadata")).help("units are Y, M, W, D, h, m, s, ms, us, ns, ps, fs and as")),
        },
        Some(_) => Err(CallError::new("the unit must be a constant string, such as 'D' or 'ns'")),
    }
}

pub fn rule(a: &Bound<TyArg>, span: bool) -> Rule {
    let unit = unit(a.get(1))?;
    let class = if span { "timedelta" } else { "datetime" };
    let of = |unit: Unit| Ok(Ty::Time(Time { span, unit }).into());
    let Some(value) = a.get(0) else { return of(unit.unwrap_or(Unit::Generic)) };
    match (&value.ty, &value.constant) {
        (Ty::Str, Some(Const::Str(text))) => of(text::parse(text, span, unit)?.1),
        (Ty::Str, None) => Err(CallError::new("the text must be a constant").help("pass the time in as an argument")),
        (Ty::None, _) => of(unit.unwrap_or(Unit::Generic)),
        (Ty::Time(from), _) if from.span == span => {
            let unit = unit.unwrap_or(from.unit);
            if span && from.common_unit(Time { span, unit }).is_none() {
                return Err(CallError::new(format!("Cannot cast NumPy timedelta64 scalar from metadata [{}] to [{}] according to the rule 'same_kind'", from.unit.name(), unit.name())));
            }
            convertible(*from, unit)?;
            of(unit)
        }
        (ty, _) if ty.is_integral() => match unit {
            None if !span => Err(CallError::new("Converting an integer to a NumPy datetime requires a specified unit").help("as in np.datetime64(n, 'D')")),
            unit => of(unit.unwrap_or(Unit::Generic)),
        },
        (other, _) => Err(CallError::new(format!("Could not convert {} to NumPy {class}", other.user_name())).help("integers, constant strings and times can be converted")),
    }
}

pub fn lower<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Ty::Time(time) = *ty else { panic!("{ty} is no time") };
    let value = match a.get(0) {
        Some(Val { constant: Some(Const::Str(text)), .. }) => text::parse(text, time.span, Some(time.unit)).map_or(NAT, |(count, _)| count),
        Some(value) if value.ty != Ty::None => return l.cast(value, ty).parts,
        None if time.span => 0,
        _ => NAT,
    };
    vec![l.b.c_i64(value)]
}

/// Dtypes of a unit as functions, `numpy.datetime64[D](x)`: what library code calls to convert an element.
pub fn of_dtype(name: &str) -> Option<&'static Function> {
    if !name.ends_with(']') {
        return None;
    }
    let time = Time::from_numpy_name(name.strip_prefix("numpy.")?)?;
    let mut known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some((_, function)) = known.iter().find(|(of, _)| *of == time) {
        return Some(function);
    }
    let infer = *RULES.get(known.len())?;
    let function: &'static Function = Box::leak(Box::new(Function { name: String::leak(name.into()), params: "_x", infer, lower: |l, a, ty| l.cast(&a[0], ty).parts }));
    known.push((time, function));
    Some(function)
}

/// The times that were asked for, by the places of their rules.
static KNOWN: Mutex<Vec<(Time, &'static Function)>> = Mutex::new(vec![]);

fn rule_at<const PLACE: usize>(a: &Bound<TyArg>) -> Rule {
    let time = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get(PLACE).map(|(time, _)| *time);
    match time {
        Some(time) => converted(&a[0].ty, Ty::Time(time)),
        None => Err(CallError::new("the unit of this time is not known")),
    }
}

macro_rules! rules {
    ($($place:literal)*) => { [$(rule_at::<$place>),*] };
}

/// A rule is a function without a name: there is one for each time, up to what a process may want.
static RULES: [TypeRule; 64] = rules! {
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
    32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63
};

fn converted(from: &Ty, to: Ty) -> Rule {
    match storable(from, &to) {
        true => Ok(to.into()),
        false => Err(CallError::new(format!("{} cannot become {}", from.user_name(), to.user_name()))),
    }
}
