//! Comparisons, truth, bits, and what kind of float a number is.

use super::*;

pub static TABLE: &[Function] = table! {
    "numpy.equal" ("_x1, _x2"): numbers_to_bool => |l, a, _| vec![l.compare("eq", &a[0], &a[1])];
    "numpy.not_equal" ("_x1, _x2"): numbers_to_bool => |l, a, _| vec![l.compare("ne", &a[0], &a[1])];
    "numpy.less" ("_x1, _x2"): numbers_to_bool => |l, a, _| vec![l.compare("lt", &a[0], &a[1])];
    "numpy.less_equal" ("_x1, _x2"): numbers_to_bool => |l, a, _| vec![l.compare("le", &a[0], &a[1])];
    "numpy.greater" ("_x1, _x2"): numbers_to_bool => |l, a, _| vec![l.compare("gt", &a[0], &a[1])];
    "numpy.greater_equal" ("_x1, _x2"): numbers_to_bool => |l, a, _| vec![l.compare("ge", &a[0], &a[1])];

    "numpy.logical_and" ("_x1, _x2"): numbers_to_bool => |l, a, _| truths(l, a, "arith.andi");
    "numpy.logical_or" ("_x1, _x2"): numbers_to_bool => |l, a, _| truths(l, a, "arith.ori");
    "numpy.logical_xor" ("_x1, _x2"): numbers_to_bool => |l, a, _| truths(l, a, "arith.xori");
    "numpy.logical_not" ("_x"): number_to_bool => |l, a, ty| l.unary("not", &a[0], ty).parts;

    "numpy.bitwise_and" ("_x1, _x2"): bits_rule => |l, a, ty| operator(l, a, ty, "and");
    "numpy.bitwise_or" ("_x1, _x2"): bits_rule => |l, a, ty| operator(l, a, ty, "or");
    "numpy.bitwise_xor" ("_x1, _x2"): bits_rule => |l, a, ty| operator(l, a, ty, "xor");
    "numpy.invert" ("_x"): invert_rule => |l, a, ty| l.unary("invert", &a[0], ty).parts;
    "numpy.left_shift" ("_x1, _x2"): shift_rule => |l, a, ty| { let (x, n) = operands(l, a, ty); vec![l.shift(true, &x, &n)] };
    "numpy.right_shift" ("_x1, _x2"): shift_rule => |l, a, ty| { let (x, n) = operands(l, a, ty); vec![l.shift(false, &x, &n)] };
    "numpy.bitwise_count" ("_x"): |a| { integer(&a[0])?; Ok(Ty::I64.into()) } => |l, a, _| {
        let size = l.absolute(&a[0], &widened(&a[0].ty))[0];
        vec![l.b.val("math.ctpop", &[size], size.ty(), &[])]
    };

    "numpy.isnan" ("_x"): number_to_bool => |l, a, _| classified(l, &a[0], "math.isnan", "arith.ori");
    "numpy.isinf" ("_x"): number_to_bool => |l, a, _| classified(l, &a[0], "math.isinf", "arith.ori");
    "numpy.isfinite" ("_x"): number_to_bool => |l, a, _| classified(l, &a[0], "math.isfinite", "arith.andi");
    "numpy.signbit" ("_x"): real_to_bool => |l, a, _| signbit(l, &a[0]);
};

fn number_to_bool(a: &Bound<TyArg>) -> Rule {
    number(&a[0])?;
    Ok(Ty::Bool.into())
}

fn numbers_to_bool(a: &Bound<TyArg>) -> Rule {
    (number(&a[0])?, number(&a[1])?);
    Ok(Ty::Bool.into())
}

fn truths<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, op: &str) -> Parts<'c> {
    let (x, y) = (l.truth(&a[0]), l.truth(&a[1]));
    vec![l.b.bin(op, x, y)]
}

fn bits_rule(a: &Bound<TyArg>) -> Rule {
    if a[0].ty == Ty::Bool && a[1].ty == Ty::Bool { Ok(Ty::Bool.into()) } else { integer2(a) }
}

fn invert_rule(a: &Bound<TyArg>) -> Rule {
    let ty = integer(&a[0])?;
    Ok(if *ty == Ty::Bool { Ty::Bool } else { widened(ty) }.into())
}

/// The type of the left operand, widened.
fn shift_rule(a: &Bound<TyArg>) -> Rule {
    integer(&a[1])?;
    Ok(widened(integer(&a[0])?).into())
}

/// A test of both parts of a complex number.
fn classified<'c>(l: &mut Lower<'c>, x: &Val<'c>, op: &str, both: &str) -> Parts<'c> {
    let Ty::Complex(bits) = x.ty else { return l.classify(op, x) };
    let [re, im] = [0, 1].map(|i| {
        let part = l.val(Ty::Float(bits), vec![x.parts[i]]);
        l.classify(op, &part)[0]
    });
    vec![l.b.bin(both, re, im)]
}

/// Also of -0.0 and of NaN.
fn signbit<'c>(l: &mut Lower<'c>, x: &Val<'c>) -> Parts<'c> {
    let bits = match &x.ty {
        Ty::Float(width) => l.b.val("arith.bitcast", &x.parts, l.b.int(*width), &[]),
        Ty::Int { signed: true, .. } => x.parts[0],
        _ => return vec![l.b.c_bool(false)],
    };
    vec![l.b.cmpi("slt", bits, l.b.c_int(bits.ty(), 0))]
}
