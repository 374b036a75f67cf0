//! Python's builtins.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, CallError, Const, Function, TyArg, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Time, Ty, Walk};

mod conversions;
mod characters;
mod isinstance;
mod iterables;
pub mod print;
mod reductions;

pub(super) static TABLE: &[Function] = table! {
    "builtins.abs" ("_x"): abs_rule => |l, a, ty| l.absolute(&a[0], ty);
    "builtins.pow" ("base, exp, mod="): pow_rule => |l, a, ty| pow(l, a, ty);
    "builtins.divmod" ("_x, _y"): divmod_rule => |l, a, ty| divmod(l, a, ty);
    "builtins.round" ("number, ndigits="): round_rule => |l, a, ty| round(l, a, ty);
    "builtins.len" ("_obj"): len_rule => |l, a, ty| len(l, a, ty);

    "builtins.bool" ("_x="): conversions::bool_rule => |l, a, _| conversions::bool(l, a);
    "builtins.int" ("_x="): conversions::int_rule => |l, a, ty| conversions::int(l, a, ty);
    "builtins.float" ("_x="): conversions::float_rule => |l, a, _| conversions::float(l, a);
    "builtins.complex" ("real=, imag="): conversions::complex_rule => |l, a, ty| conversions::complex(l, a, ty);
    "builtins.tuple" ("_iterable="): |a| conversions::sequence_rule(a, Ty::Tuple) => |_, a, _| a.get(0).map_or(vec![], |x| x.parts.clone());
    "builtins.list" ("_iterable="): |a| conversions::sequence_rule(a, Ty::List) => |_, a, _| a.get(0).map_or(vec![], |x| x.parts.clone());
    "builtins.type" ("_obj"): isinstance::type_rule => |_, _, _| vec![];
    "builtins.isinstance" ("_obj, _class"): isinstance::rule => |l, a, _| isinstance::lower(l, a);

    "builtins.slice" ("_start, _stop=, _step="): iterables::slice_rule => |_, a, _| (0..3).filter_map(|i| a.get(i)).flat_map(|x| x.parts.clone()).collect();
    "builtins.range" ("*arguments"): iterables::range_rule => |l, a, ty| iterables::range(l, a, ty);
    "builtins.enumerate" ("iterable, start="): iterables::enumerate_rule => |l, a, _| iterables::enumerate(l, a);
    "builtins.zip" ("*iterables, strict="): iterables::zip_rule => |_, a, _| a.rest.iter().flat_map(|v| v.parts.clone()).collect();
    "builtins.map" ("_function, *iterables"): iterables::map_rule => |_, a, _| std::iter::once(&a[0]).chain(&a.rest).flat_map(|v| v.parts.clone()).collect();
    "builtins.filter" ("_function, _iterable"): iterables::filter_rule => |_, a, _| [a[0].parts.clone(), a[1].parts.clone()].concat();
    "builtins.reversed" ("_sequence"): iterables::reversed_rule => |_, a, _| a[0].parts.clone();

    "builtins.max" ("*values, default="): reductions::extreme_rule => |l, a, ty| reductions::extreme(l, a, ty, "gt");
    "builtins.min" ("*values, default="): reductions::extreme_rule => |l, a, ty| reductions::extreme(l, a, ty, "lt");
    "builtins.sum" ("_iterable, start="): reductions::sum_rule => |l, a, ty| reductions::accumulate(l, a, ty, "add", 0);
    "math.prod" ("_iterable, start="): reductions::sum_rule => |l, a, ty| reductions::accumulate(l, a, ty, "mul", 1);
    "builtins.any" ("_iterable"): reductions::truth_rule => |l, a, _| reductions::any_or_all(l, a, false);
    "builtins.all" ("_iterable"): reductions::truth_rule => |l, a, _| reductions::any_or_all(l, a, true);

    "builtins.ord" ("_character"): characters::ord_rule => |l, a, _| characters::ord(l, a);
    "builtins.chr" ("_number"): characters::chr_rule => |_, _, _| vec![];

    "builtins.print" ("*values, sep=, end=, flush="): print::rule => |l, a, _| print::lower(l, a);
};

fn abs_rule(a: &Bound<TyArg>) -> Rule {
    if let Ty::Time(Time { span: true, .. }) = a[0].ty {
        return Ok(a[0].ty.clone().into());
    }
    Ok(match number(&a[0])? {
        Ty::Complex(bits) => Ty::Float(*bits),
        other => widened(other),
    }
    .into())
}

fn pow_rule(a: &Bound<TyArg>) -> Rule {
    if a.get(2).is_some_and(|m| m.ty != Ty::None) {
        (0..3).try_for_each(|i| integer(&a[i]).map(|_| ()))?;
        return Ok(Ty::I64.into());
    }
    Ok(match (number(&a[0])?, number(&a[1])?) {
        (narrow @ Ty::Float(16 | 32), exponent) if exponent.is_integral() => narrow.clone(),
        // As `base ** exp`: a float when the exponent is known to be negative.
        (base, _) if base.is_integral() && matches!(a[1].constant, Some(Const::Int(n)) if n < 0) => Ty::F64,
        _ => common(&a[0], &a[1])?,
    }
    .into())
}

fn pow<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    match a.get(2) {
        Some(modulus) if modulus.ty != Ty::None => pow_mod(l, a),
        _ => l.binary("pow", &a[0], &a[1], ty, false).parts,
    }
}

/// In int64: a larger uint64 is refused. A negative exponent is of the inverse.
fn pow_mod<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let zero = l.b.c_i64(0);
    let [base, exponent, modulus] = [0, 1, 2].map(|i| {
        let value = l.scalar_as(&a[i], &Ty::I64);
        if a[i].ty == Ty::U64 {
            l.check(l.b.cmpi("sge", value, zero), "OverflowError", "pow() with 3 arguments takes integers below 2**63");
        }
        value
    });
    l.check(l.b.cmpi("ne", modulus, zero), "ValueError", "pow() 3rd argument cannot be 0");
    let plain = l.b.cmpi("sge", exponent, zero);
    let invertible = l.b.cmpi("eq", l.gcd(base, modulus), l.b.c_i64(1));
    l.check(l.b.bin("arith.ori", plain, invertible), "ValueError", "base is not invertible for the given modulus");
    vec![l.runtime_call("zouk_pow_mod", &[base, exponent, modulus], l.b.i64())]
}

fn divmod_rule(a: &Bound<TyArg>) -> Rule {
    Ok(Ty::Tuple(vec![real2(a)?.ty; 2]).into())
}

fn divmod<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some([part, _]) = ty.as_tuple() else { panic!("{ty} is no pair") };
    let (x, y) = (l.operand(&a[0], part), l.operand(&a[1], part));
    let zero = l.zero_division(if part.is_float() { "float divmod()" } else { "integer division or modulo by zero" });
    let (quotient, rest) = l.floor_divmod(&x, &y, zero);
    vec![quotient, rest]
}

fn round_rule(a: &Bound<TyArg>) -> Rule {
    let ty = real(&a[0])?;
    match a.get(1).filter(|d| d.ty != Ty::None) {
        None => real_to_int(a),
        Some(digits) => {
            integer(digits)?;
            Ok(widened(ty).into())
        }
    }
}

/// Ties go to the even neighbour.
fn round<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some(digits) = a.get(1).filter(|d| d.ty != Ty::None) else { return l.round_to_int("math.roundeven", &a[0], ty) };
    let digits = l.scalar_as(digits, &Ty::I64);
    if ty.is_float() {
        let x = l.scalar_as(&a[0], &Ty::F64);
        let rounded = l.runtime_call("zouk_round_half_even", &[x, digits], l.b.f64());
        return vec![l.convert(rounded, &Ty::F64, ty)];
    }
    let x = l.scalar_as(&a[0], ty);
    let rounded = l.runtime_call("zouk_round_i64", &[x, digits], l.b.i64());
    // The runtime reads a uint64 as signed: only with negative digits does it change anything.
    let changes = l.b.cmpi("slt", digits, l.b.c_i64(0));
    vec![l.b.select(changes, rounded, x)]
}

fn len_rule(a: &Bound<TyArg>) -> Rule {
    Ok(match (&a[0].ty, &a[0].constant) {
        (Ty::Array(array), _) if array.rank == 0 => return Err(CallError::new("len() of unsized object")),
        (Ty::Array(_) | Ty::Range(_) | Ty::Walk(Walk::Flat, _), _) => Ty::I64.into(),
        (Ty::Tuple(parts) | Ty::List(parts), _) => length(parts.len()),
        (Ty::Str, Some(Const::Str(text))) => length(text.chars().count()),
        (other, _) => return Err(CallError::new(format!("object of type '{}' has no len()", other.user_name()))),
    })
}

fn length(n: usize) -> Typed {
    Typed { ty: Ty::I64, constant: Some(Const::Int(n as i128)) }
}

fn len<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, _: &Ty) -> Parts<'c> {
    match (&a[0].ty, &a[0].constant) {
        (Ty::Tuple(parts) | Ty::List(parts), _) => vec![l.b.c_i64(parts.len() as i64)],
        (Ty::Range(_), _) => vec![l.checked_length(&a[0])],
        (Ty::Str, Some(Const::Str(text))) => vec![l.b.c_i64(text.chars().count() as i64)],
        (Ty::Walk(_, array), _) => {
            let size = l.size(&l.val((**array).clone(), a[0].parts.clone()));
            vec![l.b.index_cast(size, l.b.i64())]
        }
        _ => {
            let size = l.dim(&a[0], 0);
            vec![l.b.index_cast(size, l.b.i64())]
        }
    }
}
