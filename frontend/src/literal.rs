//! Python literals as values: numbers, tuples, and nested lists as arrays, as `numpy.array` would make them.

use crate::{
    Binding, Constant, Environment, fold,
    stack::{self, grow},
};
use num_traits::{Signed, ToPrimitive};
use rustpython_parser::{Mode, ast, ast::Expr, parse};
use zouk_dialects::ty::Ty;

/// Reads a literal; an `Err` says in one sentence what is wrong with it.
pub fn parse_literal(text: &str) -> Result<Constant, String> {
    stack::for_text(text.len(), || read(text))
}

fn read(text: &str) -> Result<Constant, String> {
    let syntax = |e: rustpython_parser::ParseError| format!("`{text}` is no Python literal: {}", e.error);
    match parse(text.trim(), Mode::Expression, "<literal>").map_err(syntax)? {
        ast::Mod::Expression(expression) => value(&expression.body).ok_or_else(|| format!("`{text}` is no literal of numbers, tuples and rectangular lists")),
        _ => Err(format!("`{text}` is no expression")),
    }
}

/// Knows no name: `True` and `None` are literals.
struct NoNames;

impl Environment for NoNames {
    fn lookup(&self, _: &str) -> Result<Option<Binding>, String> {
        Ok(None)
    }
    fn attribute(&self, _: &Binding, _: &str) -> Result<Option<Binding>, String> {
        Ok(None)
    }
}

fn value(expression: &Expr) -> Option<Constant> {
    grow(|| match expression {
        Expr::List(_) => array(expression),
        Expr::Tuple(tuple) => tuple.elts.iter().map(value).collect::<Option<_>>().map(Constant::Tuple),
        other => fold::constant(other, &NoNames),
    })
}

fn array(list: &Expr) -> Option<Constant> {
    let (mut shape, mut items) = (vec![], vec![]);
    flatten(list, 0, &mut shape, &mut items)?;
    let element = items.iter().map(element_type).try_fold(Ty::Bool, |a, b| join(a, b?)).filter(|_| !items.is_empty());
    let element = if items.is_empty() { Ty::F64 } else { element? };
    let mut bytes = vec![];
    items.iter().try_for_each(|item| write(item, &element, &mut bytes))?;
    Some(Constant::Array { element, shape, fortran: false, bytes })
}

/// The items in C order; none when the lists are not rectangular.
fn flatten(expression: &Expr, depth: usize, shape: &mut Vec<usize>, items: &mut Vec<Constant>) -> Option<()> {
    let Expr::List(list) = expression else {
        items.push(value(expression).filter(|_| depth == shape.len())?);
        return Some(());
    };
    match shape.get(depth) {
        None if items.is_empty() => shape.push(list.elts.len()),
        Some(length) if *length == list.elts.len() => {}
        _ => return None,
    }
    list.elts.iter().try_for_each(|part| grow(|| flatten(part, depth + 1, shape, items)))
}

fn element_type(item: &Constant) -> Option<Ty> {
    Some(match item {
        Constant::Bool(_) => Ty::Bool,
        Constant::Int(i) if i.to_i64().is_some() => Ty::I64,
        Constant::Int(i) if i.to_u64().is_some() => Ty::U64,
        Constant::Float(_) => Ty::F64,
        Constant::Complex(..) => Ty::C128,
        _ => return None,
    })
}

/// As numbers join; beside uint64 an int must not be negative, which shows when it is written.
fn join(a: Ty, b: Ty) -> Option<Ty> {
    match (&a, &b) {
        _ if a == b => Some(a),
        (Ty::Bool, _) => Some(b),
        (_, Ty::Bool) => Some(a),
        (Ty::Int { .. }, Ty::Int { .. }) => Some(Ty::U64),
        _ => zouk_dialects::ty::join(&a, &b),
    }
}

fn write(item: &Constant, element: &Ty, bytes: &mut Vec<u8>) -> Option<()> {
    let float = |item: &Constant| match item {
        Constant::Bool(b) => Some(f64::from(*b)),
        Constant::Int(i) => i.to_f64(),
        Constant::Float(x) => Some(*x),
        _ => None,
    };
    match (element, item) {
        (&Ty::Bool, Constant::Bool(b)) => bytes.push(u8::from(*b)),
        (&Ty::I64 | &Ty::U64, Constant::Bool(b)) => bytes.extend(i64::from(*b).to_ne_bytes()),
        (&Ty::I64, Constant::Int(i)) => bytes.extend(i.to_i64()?.to_ne_bytes()),
        (&Ty::U64, Constant::Int(i)) if !i.is_negative() => bytes.extend(i.to_u64()?.to_ne_bytes()),
        (&Ty::F64, item) => bytes.extend(float(item)?.to_ne_bytes()),
        (_, Constant::Complex(re, im)) => bytes.extend([re.to_ne_bytes(), im.to_ne_bytes()].concat()),
        (_, item) => bytes.extend([float(item)?.to_ne_bytes(), 0f64.to_ne_bytes()].concat()),
    }
    Some(())
}
