//! Evaluates constant expressions without an interpreter: literals, tuples, arithmetic on numbers, names of constants.

use crate::{Binding, Constant, Environment, stack::grow};
use num_bigint::BigInt;
use num_traits::{Pow, Signed, ToPrimitive, Zero};
use rustpython_parser::ast::{self, Expr, Operator, UnaryOp};

/// The value of a literal; `None` for bytes.
pub(crate) fn literal(value: &ast::Constant) -> Option<Constant> {
    Some(match value {
        ast::Constant::None => Constant::None,
        ast::Constant::Bool(b) => Constant::Bool(*b),
        ast::Constant::Str(s) => Constant::Str(s.clone()),
        ast::Constant::Bytes(_) => return None,
        ast::Constant::Int(i) => Constant::Int(i.clone()),
        ast::Constant::Tuple(parts) => Constant::Tuple(parts.iter().map(literal).collect::<Option<_>>()?),
        ast::Constant::Float(x) => Constant::Float(*x),
        ast::Constant::Complex { real, imag } => Constant::Complex(*real, *imag),
        ast::Constant::Ellipsis => Constant::Ellipsis,
    })
}

/// What the expression stands for; `None` when that is known only at run time.
pub(crate) fn binding(expr: &Expr, env: &dyn Environment) -> Option<Binding> {
    grow(|| match expr {
        Expr::Name(name) => env.lookup(&name.id).ok().flatten(),
        Expr::Attribute(e) => env.attribute(&binding(&e.value, env)?, &e.attr).ok().flatten(),
        Expr::Tuple(t) => {
            let parts: Vec<Binding> = t.elts.iter().map(|e| binding(e, env)).collect::<Option<_>>()?;
            let constants = parts.iter().map(|part| if let Binding::Constant(c) = part { Some(c.clone()) } else { None }).collect::<Option<_>>();
            Some(constants.map_or(Binding::Tuple(parts), |c| Binding::Constant(Constant::Tuple(c))))
        }
        other => constant(other, env).map(Binding::Constant),
    })
}

/// The value of a constant expression.
pub(crate) fn constant(expr: &Expr, env: &dyn Environment) -> Option<Constant> {
    grow(|| match expr {
        Expr::Constant(c) => literal(&c.value),
        Expr::UnaryOp(e) => unary(e.op, constant(&e.operand, env)?),
        Expr::BinOp(e) => binary(e.op, constant(&e.left, env)?, constant(&e.right, env)?),
        Expr::Name(_) | Expr::Attribute(_) | Expr::Tuple(_) => match binding(expr, env)? {
            Binding::Constant(value) => Some(value),
            _ => None,
        },
        _ => None,
    })
}

pub(crate) fn unary(op: UnaryOp, value: Constant) -> Option<Constant> {
    Some(match (op, value) {
        (UnaryOp::USub, Constant::Int(i)) => Constant::Int(-i),
        (UnaryOp::USub, Constant::Float(x)) => Constant::Float(-x),
        (UnaryOp::USub, Constant::Complex(re, im)) => Constant::Complex(-re, -im),
        (UnaryOp::UAdd, number @ (Constant::Int(_) | Constant::Float(_) | Constant::Complex(..))) => number,
        (UnaryOp::Invert, Constant::Int(i)) => Constant::Int(-i - 1),
        (UnaryOp::Not, Constant::Bool(b)) => Constant::Bool(!b),
        _ => return None,
    })
}

fn binary(op: Operator, a: Constant, b: Constant) -> Option<Constant> {
    match (a, b) {
        (Constant::Int(a), Constant::Int(b)) => int_binary(op, a, b),
        (Constant::Tuple(a), Constant::Tuple(b)) if op == Operator::Add => Some(Constant::Tuple(a.into_iter().chain(b).collect())),
        (Constant::Str(a), Constant::Str(b)) if op == Operator::Add => Some(Constant::Str(a + &b)),
        (Constant::Complex(re, im), b) => complex_binary(op, (re, im), as_complex(&b)?),
        (a, Constant::Complex(re, im)) => complex_binary(op, as_complex(&a)?, (re, im)),
        (a, b) => float_binary(op, as_float(&a)?, as_float(&b)?),
    }
}

fn as_complex(value: &Constant) -> Option<(f64, f64)> {
    if let Constant::Complex(re, im) = value { Some((*re, *im)) } else { Some((as_float(value)?, 0.0)) }
}

/// Sums and differences, which Python forms part by part.
fn complex_binary(op: Operator, (a, b): (f64, f64), (c, d): (f64, f64)) -> Option<Constant> {
    match op {
        Operator::Add => Some(Constant::Complex(a + c, b + d)),
        Operator::Sub => Some(Constant::Complex(a - c, b - d)),
        _ => None,
    }
}

fn as_float(value: &Constant) -> Option<f64> {
    match value {
        Constant::Int(i) => i.to_f64().filter(|x| x.is_finite()),
        Constant::Float(x) => Some(*x),
        _ => None,
    }
}

/// Shifts and powers beyond this many bits are left to run time.
const MAX_BITS: u64 = 4096;

fn int_binary(op: Operator, a: BigInt, b: BigInt) -> Option<Constant> {
    Some(Constant::Int(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult if a.bits() + b.bits() <= MAX_BITS => a * b,
        Operator::FloorDiv if !b.is_zero() => div_floor(&a, &b),
        Operator::Mod if !b.is_zero() => &a - div_floor(&a, &b) * &b,
        Operator::Div if !b.is_zero() => return float_binary(op, as_float(&Constant::Int(a))?, as_float(&Constant::Int(b))?),
        Operator::Pow if b.is_negative() => return float_binary(op, a.to_f64()?, b.to_f64()?),
        Operator::Pow => {
            let exponent = b.to_u32().filter(|e| a.bits().saturating_mul(u64::from(*e)) <= MAX_BITS)?;
            Pow::pow(a, exponent)
        }
        Operator::LShift => a << b.to_u32().filter(|by| u64::from(*by) <= MAX_BITS)?,
        Operator::RShift => a >> b.to_u32()?,
        Operator::BitOr => a | b,
        Operator::BitXor => a ^ b,
        Operator::BitAnd => a & b,
        _ => return None,
    }))
}

/// `⌊a / b⌋`
fn div_floor(a: &BigInt, b: &BigInt) -> BigInt {
    let quotient = a / b;
    let inexact = &quotient * b != *a;
    if inexact && (a.is_negative() != b.is_negative()) { quotient - 1 } else { quotient }
}

fn float_binary(op: Operator, a: f64, b: f64) -> Option<Constant> {
    Some(Constant::Float(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => a * b,
        Operator::Div if b != 0.0 => a / b,
        // Python raises, or gives a complex number, where this is not finite.
        Operator::Pow => Some(a.powf(b)).filter(|x| x.is_finite())?,
        _ => return None,
    }))
}
