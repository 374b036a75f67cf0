//! Inner functions, and functions of which the program chooses one.
//!
//! A call of one of several functions becomes a chain of `py.if`s that ask which one it is, so that each call has one callee and types of its own.

use super::body::Body;
use super::finish::Finish;
use crate::functions::Const;
use zouk_dialects::diagnostic::{Diagnostic, Span};
use zouk_dialects::ir::{Builder, Op, Region, Value};
use zouk_dialects::ty::Ty;

impl<'c> Body<'_, 'c> {
    pub(super) fn closure(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let captured: Vec<Ty> = op.operands().iter().map(|value| self.ty(*value)).collect();
        let symbol = op.str_attr("callee").unwrap_or_default();
        let ty = if captured.iter().any(Ty::has_unknown) { Ty::Unknown } else { Ty::Closure(symbol.into(), captured) };
        if ty.nests_closures_too_deeply() {
            let error = self.error("runaway-closure", "functions that capture functions nest too deeply, or without end", op.loc());
            return Err(error.help("capture the values that the function needs instead of another function"));
        }
        self.define(op.result(0), ty, None);
        Ok(())
    }

    /// A call of a function by its address: the arguments are converted to its signature.
    pub(super) fn call_address(&mut self, op: Op<'c>, signature: &[Ty]) -> Result<(), Diagnostic> {
        let arguments: Vec<Ty> = op.operands()[1..].iter().map(|value| self.ty(*value)).collect();
        if arguments.iter().any(Ty::has_unknown) {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(());
        }
        let (result, declared) = (&signature[0], &signature[1..]);
        let name = Ty::Function(signature.to_vec()).user_name();
        if op.has_attr("keywords") || arguments.len() != declared.len() {
            let message = format!("{name} takes {} positional arguments but {} were given", declared.len(), arguments.len());
            return Err(self.note_operands(self.error("argument-count", message, op.loc()), op));
        }
        if let Some((from, to)) = arguments.iter().zip(declared).find(|(from, to)| !super::body::castable(from, to)) {
            let message = format!("{name} does not take {} for {}", from.user_name(), to.user_name());
            return Err(self.note_operands(self.error("bad-call", message, op.loc()), op));
        }
        self.define(op.result(0), result.clone(), None);
        Ok(())
    }

    /// What comes back from a call must not hold a closure of this frame whose variables this frame may assign later on.
    pub(super) fn check_kept(&self, op: Op<'c>) -> Result<(), Diagnostic> {
        let ty = self.ty(op.result(0));
        let me = &self.engine.instances[self.index].source;
        let mut changing = |function: &Ty| {
            let Ty::Closure(symbol, _) = function else { return false };
            self.engine.sources.get(symbol.as_str()).is_some_and(|source| source.str_array_attr("py.changing").contains(&me.as_str()))
        };
        if !ty.any_function(&mut changing) || super::applied::has_functions(&ty) && self.is_run_through_at_once(op) {
            return Ok(());
        }
        let error = self.error("captured-variable", "this call gives back a function that captures a variable which may be assigned later", op.loc());
        Err(error.help("make the variable a default of the function, `name=name`, which keeps the value of now"))
    }

    /// Whether all uses of an iterator are in the expression or at the head of the loop that makes it, and no loop assigns what its functions capture.
    fn is_run_through_at_once(&self, op: Op<'c>) -> bool {
        let corners = |op: Op<'c>| Span::of(op.loc()).map(|span| ((span.line, span.column), (span.end_line, span.end_column)));
        let encloses = |user: Op<'c>| match (corners(user), corners(op)) {
            (Some((from, to)), Some((start, end))) => from <= start && end <= to,
            _ => false,
        };
        op.result(0).uses().into_iter().all(|(user, _)| user.is("py.part") || encloses(user) && !user.has_attr("py.reassigns"))
    }

    /// `py.is_function`, and the narrower types on both sides of it.
    pub(super) fn function_choice(&mut self, op: Op<'c>) {
        let name = op.str_attr("name").unwrap_or_default();
        let (these, others): (Vec<Ty>, Vec<Ty>) = self.ty(op.operand(0)).functions().into_iter().partition(|function| function.function_name() == Some(name));
        let one_of = |functions: Vec<Ty>| if functions.is_empty() { Ty::Unknown } else { Ty::one_of(functions) };
        let (ty, constant) = match op.name() {
            "py.is_function" if others.is_empty() => (Ty::Bool, Some(Const::Bool(true))),
            "py.is_function" if these.is_empty() => (Ty::Bool, Some(Const::Bool(false))),
            "py.is_function" => (Ty::Bool, None),
            "py.as_function" => (one_of(these), None),
            _ => (one_of(others), None),
        };
        self.define(op.result(0), ty, constant);
    }

    /// Puts a branch in the place of a call of one of several functions; gives the first op of it.
    pub(super) fn split_call(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        if !op.is("py.call") {
            return None;
        }
        if let Ty::Optional(inner) = self.ty(op.operand(0)) && (!inner.functions().is_empty() || matches!(*inner, Ty::Function(_))) {
            // None raises TypeError when it is called.
            let b = Builder::before(op);
            b.set_loc(op.loc());
            let function = b.val("py.unwrap", &[op.operand(0)], self.engine.types.to_mlir(&Ty::Unknown), &[]);
            op.set_operand(0, function);
            return function.def();
        }
        let Ty::OneOf(functions) = self.ty(op.operand(0)) else { return None };
        let name = functions.first()?.function_name()?.to_string();
        let types = &self.engine.types;
        let (object, bool) = (types.to_mlir(&Ty::Unknown), types.to_mlir(&Ty::Bool));
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let attrs = [("name", b.str(&name))];
        let is_first = b.val("py.is_function", &[op.operand(0)], bool, &attrs);
        let branch = |narrow: &str| {
            let region = Region::new();
            let inner = Builder::at_end(op.context(), region.add_block(&[]), op.loc());
            let function = inner.val(narrow, &[op.operand(0)], object, &attrs);
            let operands: Vec<Value> = std::iter::once(function).chain(op.operands().into_iter().skip(1)).collect();
            let keywords: Vec<_> = op.attrs().into_iter().filter(|(name, _)| *name == "keywords").collect();
            let result = inner.val("py.call", &operands, object, &keywords);
            inner.op("py.yield", &[result], &[], &[]);
            region
        };
        let regions = [branch("py.as_function"), branch("py.other_function")];
        let chosen = b.op_with_regions("py.if", &[is_first], &[object], &[], &regions);
        op.result(0).replace_all_uses(chosen.result(0));
        self.forget(op);
        op.erase();
        is_first.def()
    }
}

impl<'c> Finish<'_, 'c> {
    /// What a closure has captured at a place.
    pub(super) fn captured(&self, b: &Builder<'c>, closure: Value<'c>, place: usize) -> Value<'c> {
        if let Some(made) = closure.def_by("py.closure") {
            return made.operand(place);
        }
        let types = &self.engine.types;
        let Ty::Closure(_, captured) = types.get(closure.ty()) else { return closure };
        b.val("py.captured", &[closure], types.to_mlir(&captured[place]), &[("index", b.int_attr(b.i64(), place as i64))])
    }
}
