//! Statements that are neither loops nor branches.

use super::{Flow, Lowering, names::Slot};
use crate::{environment::may_be_exception, object_block::chunk_size, stack::grow, unsupported};
use rustpython_parser::{
    ast::{self, Expr, Ranged, Stmt, StmtAssert, StmtRaise},
    text_size::TextRange,
};
use zouk_dialects::{diagnostic::ErrorClass, ir::Value, ty::Ty};

impl<'c, 'a> Lowering<'c, 'a> {
    /// What follows a statement that control does not pass is dropped.
    pub(super) fn block(&mut self, stmts: &'a [Stmt]) -> Flow {
        for stmt in stmts {
            if self.statement(stmt) == Flow::Exits {
                return Flow::Exits;
            }
        }
        Flow::Falls
    }

    fn statement(&mut self, stmt: &'a Stmt) -> Flow {
        match stmt {
            Stmt::Return(s) => return self.return_value(s.value.as_deref(), s.range),
            Stmt::FunctionDef(s) => self.define(s, statement_range(stmt)),
            Stmt::Raise(s) => return self.raise(s),
            Stmt::Break(s) => return self.break_statement(s.range),
            Stmt::Continue(s) => return self.continue_statement(s.range),
            Stmt::If(s) => return grow(|| self.if_statement(s)),
            Stmt::While(s) => return grow(|| self.while_statement(s)),
            Stmt::For(s) => return grow(|| self.for_statement(s)),
            Stmt::With(s) => {
                return match chunk_size(s) {
                    Some(size) => grow(|| self.chunk_block(s, size)),
                    None => self.object_block(s),
                };
            }
            Stmt::Assert(s) => self.assert(s),
            Stmt::Assign(s) => {
                let value = self.assigned(&s.value, &s.targets);
                s.targets.iter().for_each(|target| self.assign(target, value));
            }
            Stmt::AnnAssign(s) => {
                if let Some(value) = &s.value {
                    let value = self.expr(value);
                    self.assign(&s.target, value);
                }
            }
            Stmt::AugAssign(s) => self.augmented_assign(s),
            Stmt::Delete(s) => s.targets.iter().for_each(|target| self.delete(target)),
            Stmt::Expr(s) if matches!(*s.value, Expr::Constant(_)) => {}
            Stmt::Expr(s) => {
                self.expr(&s.value);
            }
            Stmt::Pass(_) => {}
            // Names that a function around has: whose they are is known already.
            Stmt::Nonlocal(s) if self.nest.members[self.member].parent.is_some() => self.nonlocal(s),
            // A name that the function does not assign is read as it would be anyway.
            Stmt::Global(s) if s.names.iter().all(|name| self.scope.outer(name).is_none()) => {}
            other => self.unsupported(statement_range(other), unsupported::statement(other)),
        }
        Flow::Falls
    }

    pub(super) fn return_value(&mut self, value: Option<&'a Expr>, range: TextRange) -> Flow {
        let value = match value {
            Some(value) => self.passed(value),
            None => self.none(range),
        };
        self.leave_chunk_blocks(0, range);
        self.give_back(value, range);
        Flow::Exits
    }

    pub(super) fn none(&self, range: TextRange) -> Value<'c> {
        self.typed(range, "py.constant", &[], self.types.to_mlir(&Ty::None), &[("value", self.b.unit())])
    }

    fn assert(&mut self, s: &'a StmtAssert) {
        if !self.globals.debug() {
            return;
        }
        let condition = self.condition(&s.test);
        let holds = self.branch(s.range, &[], |_| (Flow::Falls, None));
        let fails = self.branch(s.range, &[], |l| {
            let (arguments, template) = l.exception_arguments(s.msg.as_deref().map(std::slice::from_ref).unwrap_or_default());
            let template = template.map(|text| ("template", l.b.str(&text)));
            let attrs: Vec<_> = [("exception", l.b.str("AssertionError"))].into_iter().chain(template).collect();
            l.op(s.range, "py.raise", &arguments, &attrs);
            (Flow::Exits, None)
        });
        self.join(s.range, condition, &[], holds, fails);
    }

    fn raise(&mut self, s: &'a StmtRaise) -> Flow {
        let Some(exception) = &s.exc else {
            let help = "name the exception to raise";
            self.unsupported(s.range, ("`raise` without an exception", help));
            return Flow::Falls;
        };
        let refused = [
            ("exceptions must derive from BaseException", "raise an exception class"),
            ("`raise` of a value", "name an exception class: `raise ValueError(\"…\")`"),
        ];
        let Some((name, mut arguments, template)) = self.exception(exception, refused) else { return Flow::Exits };
        let mut attrs = vec![("exception", self.b.str(&name))];
        attrs.extend(template.map(|text| ("template", self.b.str(&text))));
        if let Some(cause) = &s.cause {
            let Some((name, given)) = self.cause(cause) else { return Flow::Exits };
            attrs.extend([("cause", self.b.str(&name)), ("cause_arguments", self.b.int_attr(self.b.i64(), given.len() as i64))]);
            arguments.extend(given);
        }
        self.op(s.range, "py.raise", &arguments, &attrs);
        Flow::Exits
    }

    /// The class and the arguments of what `from` names; no class where that is None.
    fn cause(&mut self, cause: &'a Expr) -> Option<(String, Vec<Value<'c>>)> {
        if matches!(cause, Expr::Constant(ast::ExprConstant { value: ast::Constant::None, .. })) {
            return Some((String::new(), vec![]));
        }
        let refused = [
            ("exception causes must derive from BaseException", "name an exception class, or None"),
            ("a cause that is a value", "name an exception class: `raise … from KeyError(\"…\")`"),
        ];
        let (name, arguments, template) = self.exception(cause, refused)?;
        if template.is_some() {
            self.unsupported(cause.range(), ("an f-string in the cause of an exception", "pass the values as arguments"));
            return None;
        }
        Some((name, arguments))
    }

    /// The class of an exception that is written as `Class` or `Class(…)`, its arguments, and their template. `refused` is said of other classes, and of values.
    fn exception(&mut self, exception: &'a Expr, [no_exception, value]: [(&'static str, &'static str); 2]) -> Option<(String, Vec<Value<'c>>, Option<String>)> {
        let (class, call) = match exception {
            Expr::Call(call) => (&*call.func, Some(call)),
            class => (class, None),
        };
        let errors = self.diagnostics.len();
        match self.reference(class) {
            Some(reference) if may_be_exception(&reference) => {
                if let Some(keyword) = call.and_then(|call| call.keywords.first()) {
                    self.unsupported(keyword.range(), ("a keyword argument of an exception", "pass it by position"));
                }
                let (arguments, template) = call.map(|call| self.exception_arguments(&call.args)).unwrap_or_default();
                return Some((reference.strip_prefix("builtins.").unwrap_or(&reference).into(), arguments, template));
            }
            Some(_) => _ = self.error(class.range(), ErrorClass::Typing, "not-an-exception", no_exception.0, no_exception.1),
            None if self.diagnostics.len() > errors => {}
            None => self.unsupported(exception.range(), value),
        }
        None
    }

    /// The values, and the text with a `{}` for each of them when an f-string is the only argument.
    fn exception_arguments(&mut self, arguments: &'a [Expr]) -> (Vec<Value<'c>>, Option<String>) {
        if let [Expr::JoinedStr(message)] = arguments {
            let (values, template) = self.message(message);
            return (values, Some(template));
        }
        (arguments.iter().map(|argument| self.expr(argument)).collect(), None)
    }

    fn message(&mut self, message: &'a ast::ExprJoinedStr) -> (Vec<Value<'c>>, String) {
        let (mut values, mut template) = (vec![], String::new());
        for part in &message.values {
            match part {
                Expr::Constant(ast::ExprConstant { value: ast::Constant::Str(text), .. }) if !text.contains("{}") => template += text,
                Expr::FormattedValue(value) if value.format_spec.is_none() && value.conversion == ast::ConversionFlag::None => {
                    values.push(self.expr(&value.value));
                    template += "{}";
                }
                Expr::FormattedValue(value) if self.is_library() && is_shape(value) => {
                    values.push(self.expr(&value.value));
                    template += "{:shape}";
                }
                other => self.unsupported(other.range(), ("a format in an exception's message", "leave it out: `{value}`")),
            }
        }
        (values, template)
    }

    fn nonlocal(&mut self, s: &'a ast::StmtNonlocal) {
        for name in &s.names {
            let local = self.scope.outer(name);
            if !local.is_some_and(|local| self.nest.members[self.member].captured.contains(&local)) {
                self.error(s.range, ErrorClass::Syntax, "syntax-error", format!("no binding for nonlocal '{name}' found"), "");
            }
        }
    }

    fn delete(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => {
                if self.scope.nonlocals().contains(&name.id.as_str()) {
                    self.unsupported(name.range, ("`del` of a `nonlocal` name", "assign another value"));
                } else if let Some(local) = self.scope.local(name) {
                    self.read(local, name.range);
                    self.slots.set(local, Slot::default());
                }
            }
            Expr::Tuple(t) => t.elts.iter().for_each(|e| grow(|| self.delete(e))),
            other => self.unsupported(other.range(), ("`del` of anything but a name", "leave it out")),
        }
    }
}

/// `{value:shape}`, as NumPy's C code writes shapes: `(2,3)`.
fn is_shape(value: &ast::ExprFormattedValue) -> bool {
    let Some(Expr::JoinedStr(spec)) = value.format_spec.as_deref() else { return false };
    matches!(&spec.values[..], [Expr::Constant(ast::ExprConstant { value: ast::Constant::Str(text), .. })] if text == "shape")
}

/// The first line: a diagnostic about a block need not show all of it.
fn statement_range(stmt: &Stmt) -> TextRange {
    let keyword: u32 = match stmt {
        Stmt::FunctionDef(_) => 3,
        Stmt::ClassDef(_) | Stmt::AsyncFunctionDef(_) | Stmt::AsyncFor(_) | Stmt::AsyncWith(_) | Stmt::Match(_) => 5,
        Stmt::Try(_) | Stmt::TryStar(_) => 3,
        Stmt::With(_) => 4,
        other => return other.range(),
    };
    TextRange::at(stmt.range().start(), keyword.into())
}
