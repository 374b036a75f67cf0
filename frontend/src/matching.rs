//! `match` as `if`: a case is a condition on the subject, whose names are bound by `:=` once the pattern fits.
//!
//! ```python
//! match x:                          # .match0 = x
//!     case (0, y) if y > 0: …       # if isinstance(.match0, (tuple, list)) and len(.match0) == 2 and .match0[0] == 0
//!                                   #     and ((y := .match0[1]), True)[1] and y > 0: …
//!     case _: …                     # else: …
//! ```
//!
//! Patterns of mappings, and of classes by position, have no condition: the statement stays, and is refused.

use crate::stack::grow;
use rustpython_parser::{
    ast::{self, BoolOp, CmpOp, Constant, Expr, ExprContext, MatchCase, Pattern, Ranged, Stmt, StmtMatch},
    text_size::TextRange,
};

/// Writes every `match` in the statements, and in what is inside of them, as `if`.
pub(crate) fn write_as_if(body: &mut Vec<Stmt>) {
    let mut place = 0;
    while place < body.len() {
        grow(|| inner_blocks(&mut body[place], &mut write_as_if));
        if let Stmt::Match(s) = &body[place] && let Some(statements) = as_if(s) {
            let count = statements.len();
            body.splice(place..=place, statements);
            place += count;
        } else {
            place += 1;
        }
    }
}

fn inner_blocks(stmt: &mut Stmt, visit: &mut dyn FnMut(&mut Vec<Stmt>)) {
    match stmt {
        Stmt::FunctionDef(s) => visit(&mut s.body),
        Stmt::If(s) => [&mut s.body, &mut s.orelse].into_iter().for_each(visit),
        Stmt::For(s) => [&mut s.body, &mut s.orelse].into_iter().for_each(visit),
        Stmt::While(s) => [&mut s.body, &mut s.orelse].into_iter().for_each(visit),
        Stmt::With(s) if crate::object_block::chunk_size(s).is_some() => visit(&mut s.body),
        Stmt::Match(s) => s.cases.iter_mut().for_each(|case| visit(&mut case.body)),
        _ => {}
    }
}

fn as_if(s: &StmtMatch) -> Option<Vec<Stmt>> {
    let subject = Subject { name: format!(".match{}", u32::from(s.range.start())) };
    let keep = ast::StmtAssign { range: s.subject.range(), targets: vec![name(&subject.name, s.subject.range(), ExprContext::Store)], value: s.subject.clone(), type_comment: None };
    let mut orelse: Vec<Stmt> = vec![];
    for case in s.cases.iter().rev() {
        let test = subject.condition(case)?;
        if let Expr::Constant(_) = test {
            orelse = case.body.clone();
            continue;
        }
        let end = case.body.last().map_or(case.pattern.range().end(), |last| last.range().end());
        orelse = vec![Stmt::If(ast::StmtIf { range: TextRange::new(case.pattern.range().start(), end), test: Box::new(test), body: case.body.clone(), orelse })];
    }
    Some([vec![Stmt::Assign(keep)], orelse].concat())
}

struct Subject {
    name: String,
}

/// What a pattern asks, and what it binds.
#[derive(Default)]
struct Asked {
    tests: Vec<Expr>,
    bindings: Vec<Expr>,
}

impl Subject {
    fn condition(&self, case: &MatchCase) -> Option<Expr> {
        let at = case.pattern.range();
        let mut asked = Asked::default();
        asked.pattern(&case.pattern, &name(&self.name, at, ExprContext::Load))?;
        asked.tests.append(&mut asked.bindings);
        asked.tests.extend(case.guard.iter().map(|guard| (**guard).clone()));
        Some(joined(asked.tests, BoolOp::And, at))
    }
}

impl Asked {
    fn pattern(&mut self, pattern: &Pattern, value: &Expr) -> Option<()> {
        let at = pattern.range();
        match pattern {
            Pattern::MatchValue(p) => self.tests.push(compared(value, CmpOp::Eq, &p.value, at)),
            Pattern::MatchSingleton(p) => {
                let singleton = Expr::Constant(ast::ExprConstant { range: at, value: p.value.clone(), kind: None });
                self.tests.push(compared(value, CmpOp::Is, &singleton, at));
            }
            Pattern::MatchAs(p) => {
                if let Some(inner) = &p.pattern {
                    grow(|| self.pattern(inner, value))?;
                }
                self.bindings.extend(p.name.iter().map(|name| bound(name, value, at)));
            }
            Pattern::MatchOr(p) => {
                let each = |pattern: &Pattern| {
                    let mut asked = Asked::default();
                    grow(|| asked.pattern(pattern, value))?;
                    asked.tests.append(&mut asked.bindings);
                    Some(joined(asked.tests, BoolOp::And, at))
                };
                let several = p.patterns.iter().map(each).collect::<Option<Vec<_>>>()?;
                self.tests.push(joined(several, BoolOp::Or, at));
            }
            Pattern::MatchSequence(p) => self.sequence(&p.patterns, value, at)?,
            Pattern::MatchClass(p) => self.class(p, value)?,
            Pattern::MatchMapping(_) | Pattern::MatchStar(_) => return None,
        }
        Some(())
    }

    fn sequence(&mut self, patterns: &[Pattern], value: &Expr, at: TextRange) -> Option<()> {
        let classes = Expr::Tuple(ast::ExprTuple { range: at, elts: ["tuple", "list"].map(|class| name(class, at, ExprContext::Load)).into(), ctx: ExprContext::Load });
        self.tests.push(call("isinstance", vec![value.clone(), classes], at));
        let length = call("len", vec![value.clone()], at);
        let star = patterns.iter().position(|pattern| matches!(pattern, Pattern::MatchStar(_)));
        let after = star.map_or(0, |star| patterns.len() - star - 1);
        let count = patterns.len() - star.is_some() as usize;
        self.tests.push(compared(&length, if star.is_some() { CmpOp::GtE } else { CmpOp::Eq }, &number(count, at), at));
        for (place, pattern) in patterns.iter().enumerate() {
            match (pattern, star) {
                (Pattern::MatchStar(p), _) => {
                    let upper = (after > 0).then(|| Box::new(from_end(after, at)));
                    let slice = ast::ExprSlice { range: at, lower: Some(Box::new(number(place, at))), upper, step: None };
                    let rest = call("list", vec![item(value, Expr::Slice(slice), at)], at);
                    self.bindings.extend(p.name.iter().map(|name| bound(name, &rest, at)));
                }
                (pattern, Some(star)) if place > star => {
                    grow(|| self.pattern(pattern, &item(value, from_end(patterns.len() - place, at), at)))?;
                }
                (pattern, _) => grow(|| self.pattern(pattern, &item(value, number(place, at), at)))?,
            }
        }
        Some(())
    }

    /// `case int():`, `case float(x):`, `case Point(x=0):`
    fn class(&mut self, p: &ast::PatternMatchClass, value: &Expr) -> Option<()> {
        let builtin = matches!(&*p.cls, Expr::Name(name) if matches!(name.id.as_str(), "bool" | "float" | "int" | "list" | "str" | "tuple"));
        self.tests.push(call("isinstance", vec![value.clone(), (*p.cls).clone()], p.range));
        match &p.patterns[..] {
            [] => {}
            [whole] if builtin => grow(|| self.pattern(whole, value))?,
            _ => return None,
        }
        for (attr, pattern) in p.kwd_attrs.iter().zip(&p.kwd_patterns) {
            let part = Expr::Attribute(ast::ExprAttribute { range: p.range, value: Box::new(value.clone()), attr: attr.clone(), ctx: ExprContext::Load });
            grow(|| self.pattern(pattern, &part))?;
        }
        Some(())
    }
}

fn name(id: &str, range: TextRange, ctx: ExprContext) -> Expr {
    Expr::Name(ast::ExprName { range, id: ast::Identifier::new(id), ctx })
}

fn number(n: usize, range: TextRange) -> Expr {
    Expr::Constant(ast::ExprConstant { range, value: Constant::Int(n.into()), kind: None })
}

fn from_end(n: usize, range: TextRange) -> Expr {
    Expr::UnaryOp(ast::ExprUnaryOp { range, op: ast::UnaryOp::USub, operand: Box::new(number(n, range)) })
}

fn call(function: &str, args: Vec<Expr>, range: TextRange) -> Expr {
    Expr::Call(ast::ExprCall { range, func: Box::new(name(function, range, ExprContext::Load)), args, keywords: vec![] })
}

fn item(value: &Expr, place: Expr, range: TextRange) -> Expr {
    Expr::Subscript(ast::ExprSubscript { range, value: Box::new(value.clone()), slice: Box::new(place), ctx: ExprContext::Load })
}

fn compared(left: &Expr, op: CmpOp, right: &Expr, range: TextRange) -> Expr {
    Expr::Compare(ast::ExprCompare { range, left: Box::new(left.clone()), ops: vec![op], comparators: vec![right.clone()] })
}

/// Binds a name; the condition holds.
fn bound(id: &str, value: &Expr, range: TextRange) -> Expr {
    let named = ast::ExprNamedExpr { range, target: Box::new(name(id, range, ExprContext::Store)), value: Box::new(value.clone()) };
    let holds = Expr::Constant(ast::ExprConstant { range, value: Constant::Bool(true), kind: None });
    let both = ast::ExprTuple { range, elts: vec![Expr::NamedExpr(named), holds], ctx: ExprContext::Load };
    item(&Expr::Tuple(both), number(1, range), range)
}

/// All or one of them; of none, what always holds.
fn joined(mut tests: Vec<Expr>, op: BoolOp, range: TextRange) -> Expr {
    match tests.len() {
        0 => Expr::Constant(ast::ExprConstant { range, value: Constant::Bool(true), kind: None }),
        1 => tests.remove(0),
        _ => Expr::BoolOp(ast::ExprBoolOp { range, op, values: tests }),
    }
}
