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
mod constructors;
mod logic;

/// Constructors, functions of one float, arithmetic, comparisons and bits.
pub(super) fn tables() -> [&'static [Function]; 5] {
    [constructors::TABLE, FLOATS, arithmetic::TABLE, logic::TABLE, aliases()]
}

macro_rules! op {
    ($name:literal, $op:literal) => {
        Function { name: $name, params: "_x", infer: float1, lower: |l, a, ty| l.float_function($op, &a[0], ty) }
    };
}

static FLOATS: &[Function] = &[
    op!("numpy.sin", "math.sin"),
    op!("numpy.cos", "math.cos"),
    op!("numpy.tan", "math.tan"),
    op!("numpy.arcsin", "math.asin"),
    op!("numpy.arccos", "math.acos"),
    op!("numpy.arctan", "math.atan"),
    op!("numpy.sinh", "math.sinh"),
    op!("numpy.cosh", "math.cosh"),
    op!("numpy.tanh", "math.tanh"),
    op!("numpy.arcsinh", "math.asinh"),
    op!("numpy.arccosh", "math.acosh"),
    op!("numpy.arctanh", "math.atanh"),
    op!("numpy.exp", "math.exp"),
    op!("numpy.exp2", "math.exp2"),
    op!("numpy.expm1", "math.expm1"),
    op!("numpy.log", "math.log"),
    op!("numpy.log2", "math.log2"),
    op!("numpy.log10", "math.log10"),
    op!("numpy.log1p", "math.log1p"),
    op!("numpy.sqrt", "math.sqrt"),
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

/// (number) -> the number itself, integers widened.
fn same(a: &Bound<TyArg>) -> Rule {
    Ok(widened(number(&a[0])?).into())
}

/// (real) -> the number itself, integers widened.
fn same_real(a: &Bound<TyArg>) -> Rule {
    Ok(widened(real(&a[0])?).into())
}
