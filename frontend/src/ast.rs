//! Walking rustpython's AST: children, nested bodies, bound names, and the names of operators.

use rustpython_parser::ast::{Arguments, BoolOp, CmpOp, Comprehension, Constant, ExceptHandler, Expr, Operator, Pattern, Stmt, UnaryOp};

/// The identity of a node while its AST is borrowed.
pub(crate) fn key<T>(node: &T) -> usize {
    std::ptr::from_ref(node).addr()
}

/// The operands of a supported expression, in the order of evaluation; what is not supported has none.
pub(crate) fn each_child<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    match expr {
        Expr::BoolOp(e) => e.values.iter().for_each(visit),
        Expr::NamedExpr(e) => visit(&e.value),
        Expr::BinOp(e) => {
            visit(&e.left);
            visit(&e.right);
        }
        Expr::UnaryOp(e) => visit(&e.operand),
        Expr::IfExp(e) => {
            visit(&e.test);
            visit(&e.body);
            visit(&e.orelse);
        }
        Expr::Compare(e) => {
            visit(&e.left);
            e.comparators.iter().for_each(visit);
        }
        Expr::Call(e) => {
            visit(&e.func);
            e.args.iter().for_each(&mut *visit);
            e.keywords.iter().for_each(|k| visit(&k.value));
        }
        Expr::Attribute(e) => visit(&e.value),
        Expr::Subscript(e) => {
            visit(&e.value);
            visit(&e.slice);
        }
        Expr::Starred(e) => visit(&e.value),
        Expr::Tuple(e) => e.elts.iter().for_each(visit),
        Expr::List(e) => e.elts.iter().for_each(visit),
        Expr::ListComp(e) => each_part(&e.generators, &e.elt, visit),
        Expr::GeneratorExp(e) => each_part(&e.generators, &e.elt, visit),
        Expr::Lambda(e) => each_default(&e.args, visit),
        Expr::Slice(e) => [&e.lower, &e.upper, &e.step].into_iter().flatten().for_each(|part| visit(part)),
        _ => {}
    }
}

/// The default values of a function's parameters, which are evaluated where it is defined.
pub(crate) fn each_default<'a>(args: &'a Arguments, visit: &mut dyn FnMut(&'a Expr)) {
    args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs).filter_map(|arg| arg.default.as_deref()).for_each(visit);
}

/// Those of a comprehension; targets are not among them.
fn each_part<'a>(generators: &'a [Comprehension], item: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    for generator in generators {
        visit(&generator.iter);
        generator.ifs.iter().for_each(&mut *visit);
    }
    visit(item);
}

/// Whether `:=` is in the expression.
pub(crate) fn has_walrus(expr: &Expr) -> bool {
    let mut found = matches!(expr, Expr::NamedExpr(_));
    crate::stack::grow(|| each_child(expr, &mut |child| found |= has_walrus(child)));
    found
}

/// The expressions that a statement itself evaluates, those of nested statements left out. Targets are not among them.
pub(crate) fn each_expr<'a>(stmt: &'a Stmt, visit: &mut dyn FnMut(&'a Expr)) {
    match stmt {
        Stmt::Return(s) => s.value.iter().for_each(|e| visit(e)),
        Stmt::Assign(s) => visit(&s.value),
        Stmt::AugAssign(s) => visit(&s.value),
        Stmt::AnnAssign(s) => s.value.iter().for_each(|e| visit(e)),
        Stmt::For(s) => visit(&s.iter),
        Stmt::While(s) => visit(&s.test),
        Stmt::If(s) => visit(&s.test),
        Stmt::Raise(s) => s.exc.iter().chain(&s.cause).for_each(|e| visit(e)),
        Stmt::Assert(s) => {
            visit(&s.test);
            s.msg.iter().for_each(|e| visit(e));
        }
        Stmt::Expr(s) => visit(&s.value),
        Stmt::With(s) => crate::object_block::chunk_size(s).into_iter().for_each(visit),
        Stmt::FunctionDef(s) => {
            s.decorator_list.iter().for_each(|e| visit(e));
            each_default(&s.args, visit);
        }
        _ => {}
    }
}

/// The targets that a statement assigns or deletes.
pub(crate) fn each_target<'a>(stmt: &'a Stmt, visit: &mut dyn FnMut(&'a Expr)) {
    match stmt {
        Stmt::Assign(s) => s.targets.iter().for_each(visit),
        Stmt::AugAssign(s) => visit(&s.target),
        Stmt::AnnAssign(s) => visit(&s.target),
        Stmt::For(s) => visit(&s.target),
        Stmt::AsyncFor(s) => visit(&s.target),
        Stmt::Delete(s) => s.targets.iter().for_each(visit),
        Stmt::With(s) => s.items.iter().filter_map(|i| i.optional_vars.as_deref()).for_each(visit),
        Stmt::AsyncWith(s) => s.items.iter().filter_map(|i| i.optional_vars.as_deref()).for_each(visit),
        _ => {}
    }
}

/// The blocks of statements nested in a statement of the same function.
pub(crate) fn each_block<'a>(stmt: &'a Stmt, visit: &mut dyn FnMut(&'a [Stmt])) {
    let handlers = |handlers: &'a [ExceptHandler], visit: &mut dyn FnMut(&'a [Stmt])| {
        for ExceptHandler::ExceptHandler(handler) in handlers {
            visit(&handler.body);
        }
    };
    match stmt {
        Stmt::If(s) => [&s.body, &s.orelse].into_iter().for_each(|b| visit(b)),
        Stmt::For(s) => [&s.body, &s.orelse].into_iter().for_each(|b| visit(b)),
        Stmt::AsyncFor(s) => [&s.body, &s.orelse].into_iter().for_each(|b| visit(b)),
        Stmt::While(s) => [&s.body, &s.orelse].into_iter().for_each(|b| visit(b)),
        Stmt::With(s) => visit(&s.body),
        Stmt::AsyncWith(s) => visit(&s.body),
        Stmt::Match(s) => s.cases.iter().for_each(|case| visit(&case.body)),
        Stmt::Try(s) => {
            [&s.body, &s.orelse, &s.finalbody].into_iter().for_each(|b| visit(b));
            handlers(&s.handlers, visit);
        }
        Stmt::TryStar(s) => {
            [&s.body, &s.orelse, &s.finalbody].into_iter().for_each(|b| visit(b));
            handlers(&s.handlers, visit);
        }
        _ => {}
    }
}

/// Names that a statement binds other than by targets: definitions, imports, `except … as`, patterns.
pub(crate) fn each_bound_name<'a>(stmt: &'a Stmt, visit: &mut dyn FnMut(&'a str)) {
    match stmt {
        Stmt::FunctionDef(s) => visit(&s.name),
        Stmt::AsyncFunctionDef(s) => visit(&s.name),
        Stmt::ClassDef(s) => visit(&s.name),
        Stmt::Import(s) => s.names.iter().for_each(|a| visit(a.asname.as_ref().unwrap_or(&a.name).split('.').next().unwrap_or_default())),
        Stmt::ImportFrom(s) => s.names.iter().for_each(|a| visit(a.asname.as_ref().unwrap_or(&a.name))),
        Stmt::Try(s) => s.handlers.iter().for_each(|ExceptHandler::ExceptHandler(h)| h.name.iter().for_each(|n| visit(n))),
        Stmt::TryStar(s) => s.handlers.iter().for_each(|ExceptHandler::ExceptHandler(h)| h.name.iter().for_each(|n| visit(n))),
        Stmt::Match(s) => s.cases.iter().for_each(|case| pattern_names(&case.pattern, visit)),
        _ => {}
    }
}

fn pattern_names<'a>(pattern: &'a Pattern, visit: &mut dyn FnMut(&'a str)) {
    let all = |patterns: &'a [Pattern], visit: &mut dyn FnMut(&'a str)| patterns.iter().for_each(|p| pattern_names(p, visit));
    match pattern {
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        Pattern::MatchSequence(p) => all(&p.patterns, visit),
        Pattern::MatchMapping(p) => {
            all(&p.patterns, visit);
            p.rest.iter().for_each(|name| visit(name));
        }
        Pattern::MatchClass(p) => {
            all(&p.patterns, visit);
            all(&p.kwd_patterns, visit);
        }
        Pattern::MatchStar(p) => p.name.iter().for_each(|name| visit(name)),
        Pattern::MatchAs(p) => {
            p.pattern.iter().for_each(|inner| pattern_names(inner, visit));
            p.name.iter().for_each(|name| visit(name));
        }
        Pattern::MatchOr(p) => all(&p.patterns, visit),
    }
}

/// Whether a `while` with this test is left only by `break`, `return` or `raise`.
pub(crate) fn is_always_true(test: &Expr) -> bool {
    match test {
        Expr::Constant(c) => match &c.value {
            Constant::Bool(value) => *value,
            Constant::Int(value) => *value != 0.into(),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a `break` in these statements of a loop's body leaves that loop.
pub(crate) fn has_break(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::Break(_) => true,
        Stmt::For(s) => crate::stack::grow(|| has_break(&s.orelse)),
        Stmt::While(s) => crate::stack::grow(|| has_break(&s.orelse)),
        Stmt::If(s) => crate::stack::grow(|| has_break(&s.body) || has_break(&s.orelse)),
        Stmt::With(s) => crate::stack::grow(|| has_break(&s.body)),
        _ => false,
    })
}

pub(crate) fn binary_kind(op: Operator) -> &'static str {
    match op {
        Operator::Add => "add",
        Operator::Sub => "sub",
        Operator::Mult => "mul",
        Operator::MatMult => "matmul",
        Operator::Div => "truediv",
        Operator::Mod => "mod",
        Operator::Pow => "pow",
        Operator::LShift => "lshift",
        Operator::RShift => "rshift",
        Operator::BitOr => "or",
        Operator::BitXor => "xor",
        Operator::BitAnd => "and",
        Operator::FloorDiv => "floordiv",
    }
}

pub(crate) fn compare_kind(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "eq",
        CmpOp::NotEq => "ne",
        CmpOp::Lt => "lt",
        CmpOp::LtE => "le",
        CmpOp::Gt => "gt",
        CmpOp::GtE => "ge",
        CmpOp::Is => "is",
        CmpOp::IsNot => "is_not",
        CmpOp::In => "in",
        CmpOp::NotIn => "not_in",
    }
}

pub(crate) fn unary_kind(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Invert => "invert",
        UnaryOp::Not => "not",
        UnaryOp::UAdd => "pos",
        UnaryOp::USub => "neg",
    }
}

pub(crate) fn is_and(op: BoolOp) -> bool {
    op == BoolOp::And
}
