//! NumPy on scalars: dtypes as constructors (`numpy.float32(x)`) and the elementwise functions.
//!
//! Integers widen to 64 bits as in Numba's scalar code; division by zero gives NumPy's values and never raises.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, Function, TyArg, Val};
use crate::lower_python::Lower;
use std::sync::OnceLock;
use zouk_dialects::ty::Ty;

mod arithmetic;
mod complex;
mod constructors;
mod logic;

/// Constructors, functions of one float, arithmetic, comparisons and bits.
pub(super) fn tables() -> [&'static [Function]; 5] {
    [constructors::TABLE, FLOATS, arithmetic::TABLE, logic::TABLE, aliases()]
}

/// The op of real numbers and, where there is one, the function of complex ones.
macro_rules! op {
    ($name:literal, $op:literal) => {
        Function { name: $name, params: "_x", infer: float1, lower: |l, a, ty| l.float_function($op, &a[0], ty) }
    };
    ($name:literal, $op:literal, $complex:expr) => {
        Function { name: $name, params: "_x", infer: inexact1, lower: |l, a, ty| if ty.is_complex() { $complex.apply(l, &a[0], ty) } else { l.float_function($op, &a[0], ty) } }
    };
}

use complex::Complex::{Own, C};

static FLOATS: &[Function] = &[
    op!("numpy.sin", "math.sin", C("csin")),
    op!("numpy.cos", "math.cos", C("ccos")),
    op!("numpy.tan", "math.tan", C("ctan")),
    op!("numpy.arcsin", "math.asin", C("casin")),
    op!("numpy.arccos", "math.acos", C("cacos")),
    op!("numpy.arctan", "math.atan", C("catan")),
    op!("numpy.sinh", "math.sinh", C("csinh")),
    op!("numpy.cosh", "math.cosh", C("ccosh")),
    op!("numpy.tanh", "math.tanh", C("ctanh")),
    op!("numpy.arcsinh", "math.asinh", C("casinh")),
    op!("numpy.arccosh", "math.acosh", C("cacosh")),
    op!("numpy.arctanh", "math.atanh", C("catanh")),
    op!("numpy.exp", "math.exp", C("cexp")),
    op!("numpy.exp2", "math.exp2", Own(complex::exp2)),
    op!("numpy.expm1", "math.expm1", Own(complex::expm1)),
    op!("numpy.log", "math.log", C("clog")),
    op!("numpy.log2", "math.log2", Own(complex::log2)),
    op!("numpy.log10", "math.log10", Own(complex::log10)),
    op!("numpy.log1p", "math.log1p", Own(complex::log1p)),
    op!("numpy.sqrt", "math.sqrt", C("csqrt")),
    op!("numpy.cbrt", "math.cbrt"),
    op!("numpy.fabs", "math.absf"),
];

/// Second names of the same functions.
const ALIASES: &[(&str, &str)] = &[
    ("numpy.abs", "numpy.absolute"),
    ("numpy.true_divide", "numpy.divide"),
    ("numpy.remainder", "numpy.mod"),
    ("numpy.bitwise_not", "numpy.invert"),
    ("numpy.bitwise_invert", "numpy.invert"),
    ("numpy.bitwise_left_shift", "numpy.left_shift"),
    ("numpy.bitwise_right_shift", "numpy.right_shift"),
    ("numpy.conj", "numpy.conjugate"),
    ("numpy.deg2rad", "numpy.radians"),
    ("numpy.rad2deg", "numpy.degrees"),
    ("numpy.around", "numpy.round"),
    ("numpy.pow", "numpy.power"),
    ("numpy.acos", "numpy.arccos"),
    ("numpy.asin", "numpy.arcsin"),
    ("numpy.atan", "numpy.arctan"),
    ("numpy.atan2", "numpy.arctan2"),
    ("numpy.acosh", "numpy.arccosh"),
    ("numpy.asinh", "numpy.arcsinh"),
    ("numpy.atanh", "numpy.arctanh"),
];

fn aliases() -> &'static [Function] {
    static MADE: OnceLock<Vec<Function>> = OnceLock::new();
    MADE.get_or_init(|| {
        let tables = [FLOATS, arithmetic::TABLE, logic::TABLE];
        let find = |name: &str| tables.into_iter().flatten().find(|f| f.name == name);
        ALIASES.iter().filter_map(|(alias, name)| find(name).map(|f| Function { name: alias, ..*f })).collect()
    })
}

/// Both operands in the type of the result.
fn operands<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> (Val<'c>, Val<'c>) {
    (l.operand(&a[0], ty), l.operand(&a[1], ty))
}

/// `add`, `mul`, `and` … of two numbers.
fn operator<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, kind: &str) -> Parts<'c> {
    let (x, y) = operands(l, a, ty);
    l.arithmetic(kind, &x, &y)
}

/// (number) -> float, or the complex number's type.
fn inexact1(a: &Bound<TyArg>) -> Rule {
    if a[0].ty.is_complex() { Ok(a[0].ty.clone().into()) } else { float1(a) }
}

/// (number) -> the number itself, integers widened.
fn same(a: &Bound<TyArg>) -> Rule {
    Ok(widened(number(&a[0])?).into())
}

/// (real) -> the number itself, integers widened.
fn same_real(a: &Bound<TyArg>) -> Rule {
    Ok(widened(real(&a[0])?).into())
}
