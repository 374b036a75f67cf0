//! Calls: functions of the module are instantiated, all others asked of the tables.

use super::body::{Body, Flow};
use super::Engine;
use crate::functions::{self, Member, TyArg};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{Attribute, AttributeLike, Op, Type, TypeAttribute};
use zouk_dialects::ty::Ty;

impl<'c> Body<'_, 'c> {
    /// A call, and how the block ends if it never returns.
    pub(super) fn call(&mut self, op: Op<'c>) -> Result<Option<Flow<'c>>, Diagnostic> {
        let callee = self.ty(op.operand(0));
        let name = match &callee {
            Ty::Ref(name) => name.clone(),
            Ty::Unknown => {
                self.define(op.result(0), Ty::Unknown, None);
                return Ok(None);
            }
            other => {
                let message = format!("{} is not callable", other.user_name());
                return Err(self.note_operands(self.error("not-callable", message, op.loc()), op));
            }
        };
        match name.strip_prefix('@') {
            Some(symbol) => self.call_function(op, symbol),
            None => self.call_table(op, &name).map(|()| None),
        }
    }

    pub(super) fn call_method(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let receiver = self.operand(op, 0);
        if receiver.ty.has_unknown() {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(());
        }
        let method = op.str_attr("name").unwrap_or_default();
        let Some(member) = functions::member(&receiver, method) else {
            return Err(self.no_member(op, &receiver.ty, method, "()"));
        };
        self.unwrap_operands(op, 1);
        let (mut positional, named) = self.arguments(op, 1);
        let entry = match member {
            Member::Method(entry) => {
                positional.insert(0, receiver);
                entry
            }
            Member::Attribute(entry) => entry,
        };
        self.ask(op, entry, positional, named)
    }

    fn call_table(&mut self, op: Op<'c>, name: &str) -> Result<(), Diagnostic> {
        let Some(entry) = functions::find(name) else {
            let display = name.strip_prefix("builtins.").unwrap_or(name);
            let message = format!("{display}() is not supported in compiled code");
            let error = self.note_operands(Diagnostic::at(ErrorClass::Typing, "unsupported-function", message, op.loc()), op);
            return Err(error.help("docs/functions.md lists what is; a function of your own needs @njit"));
        };
        if !functions::takes_optional(name) {
            self.unwrap_operands(op, 1);
        }
        let (positional, named) = self.arguments(op, 1);
        self.ask(op, entry, positional, named)
    }

    fn ask(&mut self, op: Op<'c>, entry: &functions::Function, positional: Vec<TyArg>, named: Vec<(&str, TyArg)>) -> Result<(), Diagnostic> {
        let unwrapped = |mut arg: TyArg| {
            if let Ty::Optional(inner) = arg.ty {
                arg.ty = *inner;
            }
            arg
        };
        let keep = functions::takes_optional(entry.name);
        let fix = |arg: TyArg| if keep { arg } else { unwrapped(arg) };
        let positional: Vec<_> = positional.into_iter().map(fix).collect();
        let named: Vec<_> = named.into_iter().map(|(n, a)| (n, fix(a))).collect();
        if positional.iter().chain(named.iter().map(|(_, a)| a)).any(|a| a.ty.has_unknown()) {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(());
        }
        let mut all = positional.iter().chain(named.iter().map(|(_, a)| a));
        if functions::ufuncs::is_ufunc(entry) && all.any(|a| a.ty.as_array().is_some()) {
            return self.ufunc_call(op, entry, positional, named);
        }
        let types: Vec<_> = positional.iter().chain(named.iter().map(|(_, a)| a)).map(|a| a.ty.user_name()).collect();
        let typed = entry.bind(positional, named).and_then(|bound| (entry.infer)(&bound)).map_err(|e| {
            let error = self.call_error(op, e);
            error.note(None, format!("the arguments are ({})", types.join(", ")))
        })?;
        self.define(op.result(0), typed.ty, typed.constant);
        Ok(())
    }

    fn call_function(&mut self, op: Op<'c>, symbol: &str) -> Result<Option<Flow<'c>>, Diagnostic> {
        let arguments = self.engine.bind_function(op, symbol, |v| self.facts.types.get(&v).cloned().unwrap_or(Ty::Unknown))?;
        if arguments.iter().any(|a| a.has_unknown()) {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(None);
        }
        let signature = self.engine.signature(symbol, arguments, op.loc())?;
        let callee = self.engine.instance(symbol, signature, op.loc()).map_err(|e| e.note(Span::of(op.loc()), "called from here"))?;
        self.engine.instances[callee].callers.insert(self.index);
        self.facts.targets.insert(op, callee);
        let result = self.engine.result_of(callee);
        self.define(op.result(0), result, None);
        Ok(self.engine.instances[callee].never_returns.then_some(Flow::Exits))
    }
}

/// What stands for a parameter in a call.
pub(super) enum Argument<'c> {
    Operand(usize),
    Default(Attribute<'c>),
}

impl<'c> Engine<'c> {
    /// The argument types of a call of a function of the module, in parameter order.
    fn bind_function(&self, op: Op<'c>, symbol: &str, ty: impl Fn(zouk_dialects::ir::Value<'c>) -> Ty) -> Result<Vec<Ty>, Diagnostic> {
        let arguments = self.bind(op, symbol)?;
        Ok(arguments
            .into_iter()
            .map(|argument| match argument {
                Argument::Operand(i) => ty(op.operand(i)),
                Argument::Default(attr) => self.default_type(attr),
            })
            .collect())
    }

    /// Binds a call's operands to the parameters, as Python does.
    pub(super) fn bind(&self, op: Op<'c>, symbol: &str) -> Result<Vec<Argument<'c>>, Diagnostic> {
        let error = |code: &str, message: String| Diagnostic::at(ErrorClass::Typing, code, message, op.loc());
        let Some(source) = self.sources.get(symbol) else {
            return Err(Diagnostic::at(ErrorClass::Internal, "unknown-symbol", format!("the module has no function @{symbol}"), op.loc()));
        };
        let display = source.str_attr("py.display").unwrap_or_default();
        let params = source.str_array_attr("py.params");
        let defaults = source.array_attr("py.defaults");
        let keywords = op.str_array_attr("keywords");
        let positional = op.num_operands() - 1 - keywords.len();
        let at_most = params.len() - source.int_attr("py.keyword_only").unwrap_or(0) as usize;
        if positional > at_most {
            return Err(error("argument-count", format!("{display}() takes {at_most} positional arguments but {positional} were given")));
        }
        let positional_only = source.int_attr("py.positional_only").unwrap_or(0) as usize;
        let mut slots: Vec<Option<usize>> = (0..params.len()).map(|i| (i < positional).then_some(i + 1)).collect();
        for (k, keyword) in keywords.iter().enumerate() {
            let Some(i) = params.iter().position(|p| p == keyword).filter(|i| *i >= positional_only) else {
                return Err(error("argument-count", format!("{display}() got an unexpected keyword argument '{keyword}'")));
            };
            if slots[i].is_some() {
                return Err(error("argument-count", format!("{display}() got multiple values for argument '{keyword}'")));
            }
            slots[i] = Some(1 + positional + k);
        }
        let first_default = params.len() - defaults.len().min(params.len());
        slots
            .into_iter()
            .enumerate()
            .map(|(i, slot)| match slot {
                Some(operand) => Ok(Argument::Operand(operand)),
                None if i >= first_default => Ok(Argument::Default(defaults[i - first_default])),
                None => Err(error("argument-count", format!("{display}() missing the required argument '{}'", params[i]))),
            })
            .collect()
    }

    /// The type of a default value: an attribute of `py.constant`, an array for a tuple, the type of a `py.ref`.
    pub(super) fn default_type(&self, attr: Attribute<'c>) -> Ty {
        if let Ok(array) = zouk_dialects::ir::ArrayAttribute::try_from(attr) {
            return Ty::Tuple((0..array.len()).filter_map(|i| array.element(i).ok()).map(|a| self.default_type(a)).collect());
        }
        if attr.is_unit() {
            return Ty::None;
        }
        if let Ok(reference) = TypeAttribute::try_from(attr) {
            return self.types.get(reference.value());
        }
        // SAFETY: an attribute of this context; one without a type has the type none.
        let ty = unsafe { Type::from_raw(mlir_sys::mlirAttributeGetType(attr.to_raw())) };
        self.types.get(ty)
    }
}
