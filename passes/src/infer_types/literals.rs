//! `literally(x)`: the value of a parameter as part of the instance, up through the callers to one that knows it. Arguments that the tables take as constants only
//! (the shape of `cuda.shared.array`) ask for it by themselves.

use super::body::Body;
use super::calls::Argument;
use super::overloads::{Known, is_whole};
use super::signatures::Signature;
use super::{Engine, constants};
use crate::functions::{Const, TyArg};
use crate::overloads;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{ArrayAttribute, AttributeLike, Op, Value};
use zouk_dialects::ty::Ty;

pub(super) const LITERALLY: &str = "zouk.literally";

/// The code of a value that is needed, and known at run time only.
const NOT_CONSTANT: &str = "not-constant";

/// From an argument to the parameters that it is computed from.
const MOST_STEPS: usize = 8;

/// A parameter whose value an instance needs.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    instance: usize,
    parameter: usize,
    /// Compiled code that calls the function may know it; what calls it from Python is not asked.
    of_callers: bool,
}

impl<'c> Engine<'c> {
    /// An entry function that asks for a parameter's value can be compiled for each value.
    pub(super) fn tell_wanted(&self, entry: usize) {
        if let Some(wanted) = self.wanted.filter(|wanted| wanted.instance == entry && !wanted.of_callers) {
            overloads::current(|current| current.need_value(wanted.parameter));
        }
    }

    /// The number of the parameter that the value is.
    fn parameter(&self, instance: usize, value: Value<'c>) -> Option<usize> {
        self.instances[instance].op.body(0).args().into_iter().position(|argument| argument == value)
    }
}

impl<'c> Body<'_, 'c> {
    /// Gives the value itself, which must be known: of a parameter it is asked of the caller.
    pub(super) fn literally(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        if op.num_operands() != 2 || op.has_attr("keywords") {
            return Err(self.error("bad-call", "literally() takes one argument", op.loc()));
        }
        let value = op.operand(1);
        let (ty, constant) = (self.ty(value), self.constant(value));
        if ty.has_unknown() || constant.as_ref().is_some_and(|constant| is_whole(&ty, constant)) {
            self.define(op.result(0), ty, constant);
            return Ok(());
        }
        if !matches!(ty, Ty::Bool | Ty::Int { .. } | Ty::Str) {
            let message = format!("literally() takes an integer, a bool or a string, not {}", ty.user_name());
            return Err(self.note_operands(self.error("bad-call", message, op.loc()), op));
        }
        self.engine.wanted = self.engine.parameter(self.index, value).map(|parameter| Wanted { instance: self.index, parameter, of_callers: false });
        let error = self.error(NOT_CONSTANT, "literally() takes a value that is known when the function is compiled", op.loc());
        Err(error.help("write the value in the call, or pass a parameter of the function on as it is"))
    }

    /// An argument of the call has to be a constant: what it is made of is asked of the caller.
    pub(super) fn want_constants(&mut self, op: Op<'c>) {
        self.engine.wanted = self.wanted_of(op.operands().into_iter().skip(1));
    }

    /// The parameter of the function whose value decides one of these.
    pub(super) fn wanted_of(&self, values: impl IntoIterator<Item = Value<'c>>) -> Option<Wanted> {
        let parameter = values.into_iter().find_map(|value| self.open_parameter(value, 0))?;
        Some(Wanted { instance: self.index, parameter, of_callers: true })
    }

    /// A parameter that the value is made of and whose value is not known.
    fn open_parameter(&self, value: Value<'c>, depth: usize) -> Option<usize> {
        let ty = self.ty(value);
        let known = self.constant(value).is_some_and(|constant| is_whole(&ty, &constant));
        let counts = |ty: &Ty| matches!(ty, Ty::Bool | Ty::Int { .. });
        if known || depth > MOST_STEPS || !(counts(&ty) || ty.as_tuple().is_some_and(|parts| parts.iter().all(counts))) {
            return None;
        }
        let parameter = self.engine.parameter(self.index, value);
        parameter.or_else(|| value.def()?.operands().into_iter().find_map(|operand| self.open_parameter(operand, depth + 1)))
    }

    /// The instance for a call. Where the function asks for the value of an argument, it is made for that value, unless an overload is to be asked
    /// again, with that value.
    pub(super) fn instance_for(&mut self, op: Op<'c>, symbol: &str, mut signature: Signature, bound: &[Argument<'c>], (arguments, known): (&[TyArg], Known)) -> Result<usize, Diagnostic> {
        loop {
            let (before, at) = (self.engine.instances.len(), op.loc());
            let attempt = Signature { arguments: signature.arguments.clone(), result: signature.result.clone(), literals: signature.literals.clone() };
            let error = match self.engine.instance(symbol, attempt, at) {
                Ok(index) => return Ok(index),
                Err(error) => self.engine.at_call(self.index, symbol, op, error),
            };
            let Some(wanted) = self.engine.wanted.take().filter(|wanted| wanted.instance == before) else { return Err(error) };
            let parameter = wanted.parameter;
            let value: Option<Const> = arguments[parameter].constant.clone().filter(|value| is_whole(&arguments[parameter].ty, value));
            if signature.literals.is_empty() {
                signature.literals = vec![None; signature.arguments.len()];
            }
            if value.is_some() && known != Known::Declared {
                return Err(error);
            }
            if value.is_some() && signature.literals[parameter].is_none() {
                signature.literals[parameter] = value;
                self.engine.abandon(before);
                continue;
            }
            if let Argument::Operand(place) = bound[parameter] {
                let operand = op.operand(place);
                let itself = |outer| Wanted { instance: self.index, parameter: outer, ..wanted };
                self.engine.wanted = if wanted.of_callers { self.wanted_of([operand]) } else { self.engine.parameter(self.index, operand).map(itself) };
            }
            return Err(error);
        }
    }
}

/// `literally(x)` is `x`: what needs a constant finds it there.
pub(super) fn drop_calls<'c>(function: Op<'c>, is_callee: impl Fn(Value<'c>) -> bool) {
    for call in function.collect(|op| op.is("py.call") && op.num_operands() == 2 && is_callee(op.operand(0))) {
        call.result(0).replace_all_uses(call.operand(1));
        call.erase();
    }
}

/// The values that the entry's parameters have in request number `i`: an array for each request, in it a unit for each parameter left open.
pub(super) fn requested(function: Op, i: usize, arguments: &[Ty]) -> Vec<Option<Const>> {
    let all = function.array_attr("py.instantiate_values");
    let Some(values) = all.get(i).and_then(|values| ArrayAttribute::try_from(*values).ok()) else { return vec![] };
    let value = |(i, ty): (usize, &Ty)| values.element(i).ok().filter(|value| !value.is_unit()).and_then(|value| constants::read(value, ty));
    arguments.iter().enumerate().map(value).collect()
}
