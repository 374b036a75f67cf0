//! The statements under `with objmode(…)`, which the interpreter runs: what they read and assign, and what may not be among them.
//!
//! They may be any Python, so all kinds of statements and expressions are walked here.

use crate::{
    scope::{Local, Names, Scope},
    stack::grow,
};
use rustpython_parser::{
    ast::{self, Arguments, Comprehension, Expr, ExprCall, ExprContext, ExprName, Keyword, Ranged, Stmt, StmtWith},
    text_size::TextRange,
};

/// What an environment is told of a block.
pub struct ObjectBlock<'a> {
    /// The statements, with the blanks before the first one.
    pub text: String,
    /// The number of their first line in the file.
    pub line: usize,
    /// The local names that are given to the block.
    pub inputs: Vec<&'a str>,
    /// The names that it gives back, and the text of the type of each.
    pub outputs: Vec<(&'a str, &'a str)>,
}

/// The context manager of `with objmode(…):` or `with objmode:`, as far as the text tells, and the call.
pub(crate) fn context_of(with: &StmtWith) -> Option<(&Expr, Option<&ExprCall>)> {
    match &with.items[..] {
        [ast::WithItem { context_expr: Expr::Call(call), optional_vars: None, .. }] => Some((&call.func, Some(call))),
        [ast::WithItem { context_expr, optional_vars: None, .. }] => Some((context_expr, None)),
        _ => None,
    }
}

/// The size that `with parallel_chunksize(n):` gives chunks in its block, which is compiled like any other.
pub(crate) fn chunk_size(with: &StmtWith) -> Option<&Expr> {
    let (manager, call) = context_of(with)?;
    let name = match manager {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    match call.map(|call| (&call.args[..], &call.keywords[..])) {
        Some(([size], [])) if name == "parallel_chunksize" && !size.is_starred_expr() => Some(size),
        Some(([], [keyword])) if name == "parallel_chunksize" && keyword.arg.as_deref() == Some("n") => Some(&keyword.value),
        _ => None,
    }
}

/// The local names that a block declares to give back.
pub(crate) fn declared<'a>(with: &'a StmtWith) -> impl Iterator<Item = &'a Keyword> {
    context_of(with).and_then(|(_, call)| call).into_iter().flat_map(|call| &call.keywords)
}

/// The local names that a block may read before it assigns them.
pub(crate) fn inputs(scope: &Scope, body: &[Stmt]) -> Names {
    let mut inputs = scope.empty_set();
    exposed(scope, body, &mut scope.empty_set(), &mut inputs);
    inputs
}

fn exposed(scope: &Scope, body: &[Stmt], assigned: &mut Names, inputs: &mut Names) {
    for stmt in body {
        let mut read = |name: &ExprName| {
            let local: Option<Local> = scope.local_of_function(name);
            inputs.extend(local.filter(|local| !assigned.contains(*local)));
        };
        own_expressions(stmt, &mut |e| names_read(e, &mut read));
        if let Stmt::AugAssign(s) = stmt
            && let Expr::Name(name) = &*s.target
        {
            read(name);
        }
        nested(stmt, &mut |inner| grow(|| exposed(scope, inner, &mut assigned.clone(), inputs)));
        match stmt {
            Stmt::Assign(s) => s.targets.iter().for_each(|target| scope.assigned_by_target(target, assigned)),
            Stmt::AnnAssign(s) if s.value.is_some() => scope.assigned_by_target(&s.target, assigned),
            Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::FunctionDef(_) | Stmt::ClassDef(_) => scope.assigned(std::slice::from_ref(stmt), assigned),
            _ => {}
        }
    }
}

/// Names that an expression reads.
fn names_read<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a ExprName)) {
    match expr {
        Expr::Name(name) if name.ctx == ExprContext::Load => visit(name),
        other => grow(|| children(other, &mut |child| names_read(child, visit))),
    }
}

fn children<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    let generators = |all: &'a [Comprehension], visit: &mut dyn FnMut(&'a Expr)| {
        for part in all {
            visit(&part.iter);
            part.ifs.iter().for_each(&mut *visit);
        }
    };
    match expr {
        Expr::BoolOp(e) => e.values.iter().for_each(visit),
        Expr::NamedExpr(e) => visit(&e.value),
        Expr::BinOp(e) => [&e.left, &e.right].into_iter().for_each(|e| visit(e)),
        Expr::UnaryOp(e) => visit(&e.operand),
        Expr::Lambda(e) => {
            defaults(&e.args, visit);
            visit(&e.body);
        }
        Expr::IfExp(e) => [&e.test, &e.body, &e.orelse].into_iter().for_each(|e| visit(e)),
        Expr::Dict(e) => e.keys.iter().flatten().chain(&e.values).for_each(visit),
        Expr::Set(e) => e.elts.iter().for_each(visit),
        Expr::ListComp(e) => {
            generators(&e.generators, visit);
            visit(&e.elt);
        }
        Expr::SetComp(e) => {
            generators(&e.generators, visit);
            visit(&e.elt);
        }
        Expr::GeneratorExp(e) => {
            generators(&e.generators, visit);
            visit(&e.elt);
        }
        Expr::DictComp(e) => {
            generators(&e.generators, visit);
            [&e.key, &e.value].into_iter().for_each(|e| visit(e));
        }
        Expr::Await(e) => visit(&e.value),
        Expr::Yield(e) => e.value.iter().for_each(|e| visit(e)),
        Expr::YieldFrom(e) => visit(&e.value),
        Expr::Compare(e) => std::iter::once(&*e.left).chain(&e.comparators).for_each(visit),
        Expr::Call(e) => std::iter::once(&*e.func).chain(&e.args).chain(e.keywords.iter().map(|k| &k.value)).for_each(visit),
        Expr::FormattedValue(e) => std::iter::once(&e.value).chain(&e.format_spec).for_each(|e| visit(e)),
        Expr::JoinedStr(e) => e.values.iter().for_each(visit),
        Expr::Attribute(e) => visit(&e.value),
        Expr::Subscript(e) => [&e.value, &e.slice].into_iter().for_each(|e| visit(e)),
        Expr::Starred(e) => visit(&e.value),
        Expr::List(e) => e.elts.iter().for_each(visit),
        Expr::Tuple(e) => e.elts.iter().for_each(visit),
        Expr::Slice(e) => [&e.lower, &e.upper, &e.step].into_iter().flatten().for_each(|e| visit(e)),
        Expr::Name(_) | Expr::Constant(_) => {}
    }
}

fn defaults<'a>(args: &'a Arguments, visit: &mut dyn FnMut(&'a Expr)) {
    args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs).filter_map(|arg| arg.default.as_deref()).for_each(visit);
}

/// The expressions of a statement, targets included, but not those of the statements in it.
fn own_expressions<'a>(stmt: &'a Stmt, visit: &mut dyn FnMut(&'a Expr)) {
    match stmt {
        Stmt::FunctionDef(s) => {
            s.decorator_list.iter().for_each(&mut *visit);
            defaults(&s.args, visit);
        }
        Stmt::AsyncFunctionDef(s) => {
            s.decorator_list.iter().for_each(&mut *visit);
            defaults(&s.args, visit);
        }
        Stmt::ClassDef(s) => s.decorator_list.iter().chain(&s.bases).chain(s.keywords.iter().map(|k| &k.value)).for_each(visit),
        Stmt::Return(s) => s.value.iter().for_each(|e| visit(e)),
        Stmt::Delete(s) => s.targets.iter().for_each(visit),
        Stmt::Assign(s) => s.targets.iter().chain([&*s.value]).for_each(visit),
        Stmt::AugAssign(s) => [&s.target, &s.value].into_iter().for_each(|e| visit(e)),
        Stmt::AnnAssign(s) => std::iter::once(&s.target).chain(&s.value).for_each(|e| visit(e)),
        Stmt::For(s) => [&s.target, &s.iter].into_iter().for_each(|e| visit(e)),
        Stmt::AsyncFor(s) => [&s.target, &s.iter].into_iter().for_each(|e| visit(e)),
        Stmt::While(s) => visit(&s.test),
        Stmt::If(s) => visit(&s.test),
        Stmt::With(s) => s.items.iter().for_each(|item| std::iter::once(&item.context_expr).chain(item.optional_vars.as_deref()).for_each(&mut *visit)),
        Stmt::AsyncWith(s) => s.items.iter().for_each(|item| std::iter::once(&item.context_expr).chain(item.optional_vars.as_deref()).for_each(&mut *visit)),
        Stmt::Match(s) => std::iter::once(&*s.subject).chain(s.cases.iter().filter_map(|case| case.guard.as_deref())).for_each(visit),
        Stmt::Raise(s) => s.exc.iter().chain(&s.cause).for_each(|e| visit(e)),
        Stmt::Assert(s) => std::iter::once(&s.test).chain(&s.msg).for_each(|e| visit(e)),
        Stmt::Expr(s) => visit(&s.value),
        _ => {}
    }
}

/// The blocks in a statement, those of functions and classes included.
fn nested<'a>(stmt: &'a Stmt, visit: &mut dyn FnMut(&'a [Stmt])) {
    match stmt {
        Stmt::FunctionDef(s) => visit(&s.body),
        Stmt::AsyncFunctionDef(s) => visit(&s.body),
        Stmt::ClassDef(s) => visit(&s.body),
        other => crate::ast::each_block(other, visit),
    }
}

/// The first statement or expression that would leave the block other than by its end, in words.
pub(crate) fn leaves(body: &[Stmt], in_loop: bool) -> Option<(TextRange, &'static str)> {
    body.iter().find_map(|stmt| match stmt {
        Stmt::Return(s) => Some((s.range, "`return`")),
        Stmt::Break(s) if !in_loop => Some((s.range, "`break`")),
        Stmt::Continue(s) if !in_loop => Some((s.range, "`continue`")),
        Stmt::Global(s) => Some((s.range, "`global`")),
        Stmt::Nonlocal(s) => Some((s.range, "`nonlocal`")),
        Stmt::FunctionDef(_) | Stmt::AsyncFunctionDef(_) | Stmt::ClassDef(_) => None,
        other => {
            let mut found = None;
            own_expressions(other, &mut |e| found = found.or(yields(e)));
            let looping = |inner: &[Stmt]| match other {
                Stmt::For(s) => std::ptr::eq(inner, &*s.body),
                Stmt::While(s) => std::ptr::eq(inner, &*s.body),
                _ => false,
            };
            nested(other, &mut |inner| found = found.or_else(|| grow(|| leaves(inner, in_loop || looping(inner)))));
            found
        }
    })
}

fn yields(expr: &Expr) -> Option<(TextRange, &'static str)> {
    match expr {
        Expr::Yield(_) | Expr::YieldFrom(_) => Some((expr.range(), "`yield`")),
        Expr::Await(_) => Some((expr.range(), "`await`")),
        Expr::Lambda(_) => None,
        other => {
            let mut found = None;
            grow(|| children(other, &mut |child| found = found.or(yields(child))));
            found
        }
    }
}
