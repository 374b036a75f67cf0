//! Calls: functions of the module are instantiated, all others asked of the tables.

use super::body::{Body, Flow};
use super::Engine;
use super::signatures::Signature;
use super::library::REFUSED;
use super::overloads::{Known, known_values};
use crate::library;
use crate::overloads::Kind;
use crate::functions::{self, CallError, Member, Raised, TyArg};
use crate::lower_python::record_of;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Attribute, AttributeLike, Op, Type, TypeAttribute, dictionary_entries};
use zouk_dialects::ty::{Names, Ty};
use std::sync::Arc;

impl<'c> Body<'_, 'c> {
    /// A call, and how the block ends if it never returns.
    pub(super) fn call(&mut self, op: Op<'c>) -> Result<Option<Flow<'c>>, Diagnostic> {
        let callee = self.ty(op.operand(0));
        let name = match &callee {
            Ty::Ref(name) => name.clone(),
            Ty::Closure(symbol, _) => {
                let flow = self.call_function(op, symbol)?;
                self.check_kept(op)?;
                return Ok(flow);
            }
            Ty::Function(signature) => return self.call_address(op, signature).map(|()| None),
            Ty::Unknown => {
                self.define(op.result(0), Ty::Unknown, None);
                return Ok(None);
            }
            other => {
                let message = format!("{} is not callable", other.user_name());
                return Err(self.note_operands(self.error("not-callable", message, op.loc()), op));
            }
        };
        let flow = match name.strip_prefix('@') {
            Some(symbol) => self.call_function(op, symbol),
            None if crate::foreign::is_foreign(&name) => self.call_foreign(op, &name).map(|()| None),
            None => self.call_table(op, &name),
        }?;
        self.check_kept(op)?;
        Ok(flow)
    }

    pub(super) fn call_method(&mut self, op: Op<'c>) -> Result<Option<Flow<'c>>, Diagnostic> {
        if let Some(flow) = self.class_method(op)? {
            return Ok(flow);
        }
        let receiver = self.operand(op, 0);
        if receiver.ty.has_unknown() {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(None);
        }
        let method = op.str_attr("name").unwrap_or_default();
        let vectorized = receiver.ty.as_ref_name().and_then(|name| name.strip_prefix('@')).is_some_and(|symbol| self.is_vectorized(symbol));
        let path = format!("{}.{method}()", if vectorized { "ufunc" } else { functions::receiver_class(&receiver.ty) });
        let Some(member) = functions::member(&receiver, method) else {
            if let Some(symbol) = self.engine.library_function(&path)? {
                return self.or_overload(op, Kind::Method, method, |body| body.call_function(op, &symbol));
            }
            return match self.call_overload(op, Kind::Method, method)? {
                Some(flow) => Ok(flow),
                None => Err(self.no_member(op, &receiver.ty, method, "()")),
            };
        };
        self.unwrap_operands(op, 1);
        let (mut positional, named) = self.arguments(op, 1, functions::tells_lists(&path));
        let entry = match member {
            Member::Method(entry) => {
                positional.insert(0, receiver);
                entry
            }
            Member::Attribute(entry) => entry,
        };
        self.or_overload(op, Kind::Method, method, |body| body.ask_or_library(op, entry, &path, positional, named))
    }

    fn call_table(&mut self, op: Op<'c>, name: &str) -> Result<Option<Flow<'c>>, Diagnostic> {
        if name == super::stencils::KERNEL_TYPE {
            return self.kernel_type(op).map(|()| None);
        }
        if name == super::vectorized::ORDER {
            self.ufunc_order(op);
            return Ok(None);
        }
        if name == super::literals::LITERALLY {
            return self.literally(op).map(|()| None);
        }
        let Some(entry) = functions::find(name) else {
            if let Some(symbol) = self.engine.library_function(name)? {
                return self.or_overload(op, Kind::Function, name, |body| body.call_function(op, &symbol));
            }
            if let Some(flow) = self.call_overload(op, Kind::Function, name)? {
                return Ok(flow);
            }
            let display = name.strip_prefix("builtins.").unwrap_or(name);
            let message = format!("{display}() is not supported in compiled code");
            let error = self.note_operands(Diagnostic::at(ErrorClass::Typing, "unsupported-function", message, op.loc()), op);
            return Err(error.help("docs/functions.md lists what is; a function of your own needs @njit"));
        };
        if !functions::takes_optional(name) {
            self.unwrap_operands(op, 1);
        }
        let (positional, named) = self.arguments(op, 1, functions::tells_lists(name));
        self.or_overload(op, Kind::Function, name, |body| body.ask_or_library(op, entry, name, positional, named))
    }

    /// What the table does not take, the library's function of that name may.
    fn ask_or_library(
        &mut self,
        op: Op<'c>,
        entry: &'static functions::Function,
        name: &str,
        positional: Vec<TyArg>,
        named: Vec<(&str, TyArg)>,
    ) -> Result<Option<Flow<'c>>, Diagnostic> {
        let refused = match self.ask(op, entry, positional.clone(), named.clone()) {
            Ok(flow) => {
                self.facts.targets.remove(&op);
                return Ok(flow);
            }
            Err(refused) => refused,
        };
        if let Some(flow) = self.call_with_arrays(op, entry, &positional, &named)? {
            return Ok(flow);
        }
        match self.engine.library_function(name)? {
            // A function of the library that calls the table's of its own name has nothing else to offer.
            Some(symbol) if self.engine.instances[self.index].source != symbol => self.call_function(op, &symbol),
            _ => Err(refused),
        }
    }

    /// The type that an entry of the tables gives the call, and how the block ends if all that the call does is raise.
    pub(super) fn ask(&mut self, op: Op<'c>, entry: &'static functions::Function, positional: Vec<TyArg>, named: Vec<(&str, TyArg)>) -> Result<Option<Flow<'c>>, Diagnostic> {
        let unwrapped = |mut arg: TyArg| {
            if let Ty::Optional(inner) = arg.ty {
                arg.ty = *inner;
            }
            arg
        };
        if entry.name == "builtins.print" {
            self.check_shown(op, &positional)?;
        }
        let keep = functions::takes_optional(entry.name);
        let fix = |arg: TyArg| if keep { arg } else { unwrapped(arg) };
        let positional: Vec<_> = positional.into_iter().map(fix).collect();
        let named: Vec<_> = named.into_iter().map(|(n, a)| (n, fix(a))).collect();
        let collects = entry.name == functions::collecting::COLLECT;
        if !collects && positional.iter().chain(named.iter().map(|(_, a)| a)).any(|a| a.ty.has_unknown()) {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(None);
        }
        if let Some(records) = positional.iter().chain(named.iter().map(|(_, a)| a)).find(|a| record_of(&a.ty).is_some())
            && !functions::records::takes_records(entry)
        {
            return Err(self.call_error(op, no_records(entry.name, &records.ty)));
        }
        let mut all = positional.iter().chain(named.iter().map(|(_, a)| a));
        if functions::ufuncs::is_elementwise(entry, positional.len() + named.len()) && functions::ufuncs::takes(all.by_ref().map(|a| &a.ty)) {
            return self.ufunc_call(op, entry, positional, named).map(|()| None);
        }
        let aligned = |arg: TyArg| if functions::takes_unaligned(entry) { arg } else { TyArg { ty: functions::as_argument(&arg.ty), ..arg } };
        let positional: Vec<_> = positional.into_iter().map(aligned).collect();
        let named: Vec<_> = named.into_iter().map(|(n, a)| (n, aligned(a))).collect();
        let types: Vec<_> = positional.iter().chain(named.iter().map(|(_, a)| a)).map(|a| a.ty.user_name()).collect();
        let typed = entry.bind(positional, named).and_then(|bound| (entry.infer)(&bound));
        if let Err(CallError { raises: Some(raised), .. }) = typed {
            return Ok(Some(self.raises(op, raised)));
        }
        if typed.as_ref().is_err_and(|error| error.needs_constants) {
            self.want_constants(op);
        }
        let typed = typed.map_err(|e| {
            let mut error = self.call_error(op, e);
            if matches!(entry.name, functions::library::TYPE_ERROR | functions::library::VALUE_ERROR) {
                error.code = REFUSED.into();
            }
            if entry.name == functions::library::VALUE_ERROR {
                error.class = ErrorClass::Value;
            }
            if functions::is_public(entry) { error.note(None, format!("the arguments are ({})", types.join(", "))) } else { error }
        })?;
        self.define(op.result(0), typed.ty, typed.constant);
        Ok(None)
    }

    /// The call stands for a `raise`: nothing of it or after it is reached.
    fn raises(&mut self, op: Op<'c>, raised: Raised) -> Flow<'c> {
        self.facts.unwrap_ops.retain(|(unwrapped, _)| *unwrapped != op);
        self.facts.raising.insert(op, raised);
        self.define(op.result(0), Ty::Unknown, None);
        Flow::Exits
    }

    /// A call of a function of the module or of the library: by its name, as a method or as an attribute.
    pub(super) fn call_function(&mut self, op: Op<'c>, symbol: &str) -> Result<Option<Flow<'c>>, Diagnostic> {
        self.engine.bring_in(symbol)?;
        self.check_not_refused(symbol)?;
        if self.is_vectorized(symbol) {
            return self.call_vectorized(op, symbol).map(|()| None);
        }
        if self.engine.sources.get(symbol).is_some_and(|source| source.has_attr("py.gufunc")) {
            return self.call_generalized(op, symbol).map(|()| None);
        }
        self.call_known(op, symbol, Known::Declared)
    }

    /// As `call_function`, of a function of Python; `known` says which arguments' values are part of the instance.
    pub(super) fn call_known(&mut self, op: Op<'c>, symbol: &str, known: Known) -> Result<Option<Flow<'c>>, Diagnostic> {
        let bound = self.engine.bind(op, symbol)?;
        if library::is_symbol(symbol) {
            self.unwrap_arguments(op, symbol, &bound);
        }
        let mut arguments: Vec<TyArg> = bound.iter().map(|argument| self.argument(op, argument)).collect();
        // The receiver of a method of a class is there, or the call has raised.
        if matches!(op.name(), "py.call_method" | "py.attr") && let Some(receiver) = arguments.first_mut() && receiver.ty.class_name().is_some() && let Ty::Optional(inner) = &receiver.ty {
            receiver.ty = (**inner).clone();
        }
        if library::is_symbol(symbol) {
            arguments = arguments.into_iter().map(TyArg::decayed).collect();
        }
        let literals = match known {
            Known::Declared => match self.engine.literals(self.engine.sources[symbol], &mut arguments, op) {
                Ok(literals) => literals,
                Err(refused) => match self.engine.function_at_run_time(symbol)? {
                    Some(other) => return self.call_known(op, &other, known),
                    None => return Err(refused),
                },
            },
            known => known_values(&arguments, known),
        };
        let types: Vec<Ty> = arguments.iter().map(|argument| argument.ty.clone()).collect();
        // What the library calls in turn is its own business.
        let inside = library::is_symbol(&self.engine.instances[self.index].source);
        if library::is_symbol(symbol) && !inside && !functions::records::library_takes_records(symbol) && let Some(records) = types.iter().find_map(functions::records::find_records) {
            // A private function is called by code that the compiler has made of a function of the program.
            let own = self.engine.instances[self.index].op.str_attr("py.display").filter(|_| symbol.contains("._"));
            return Err(self.call_error(op, no_records(own.unwrap_or(symbol.trim_start_matches("library/")), records)));
        }
        if types.iter().any(|ty| ty.has_unknown()) {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(None);
        }
        let signature = Signature { literals, ..self.engine.signature(symbol, types.clone(), op.loc())? };
        let signature = self.engine.with_functions(&types, signature);
        let callee = self.instance_for(op, symbol, signature, &bound, (&arguments, known))?;
        self.engine.instances[callee].callers.insert(self.index);
        self.facts.targets.insert(op, callee);
        let (result, never_returns) = (self.engine.result_of(callee), self.engine.instances[callee].never_returns);
        let constant = if library::is_symbol(symbol) { self.engine.instances[callee].returned.constant() } else { None };
        self.define(op.result(0), result, constant);
        Ok(never_returns.then_some(Flow::Exits))
    }

    /// As for functions of the tables, None is refused at run time where a value is wanted: where None is not the default.
    fn unwrap_arguments(&mut self, op: Op<'c>, symbol: &str, bound: &[Argument<'c>]) {
        let source = self.engine.sources[symbol];
        for (i, argument) in bound.iter().enumerate() {
            let takes_none = default_of(source, i).is_some_and(|default| default.is_unit());
            match argument {
                Argument::Operand(place) if !takes_none => _ = self.operand(op, *place),
                Argument::Rest(places) => places.iter().for_each(|place| _ = self.operand(op, *place)),
                _ => {}
            }
        }
    }
}

fn no_records(name: &str, records: &Ty) -> CallError {
    let error = CallError::new(format!("{}() does not take {}", name.trim_start_matches("builtins.").trim_end_matches("()"), records.user_name()));
    error.help("call it with a field, as in a['x']")
}

/// The default value of a parameter. One with a star has none, and does not count among the last ones, which do.
fn default_of<'c>(source: Op<'c>, i: usize) -> Option<Attribute<'c>> {
    let (params, defaults) = (source.str_array_attr("py.params"), source.array_attr("py.defaults"));
    let star = source.str_attr("py.variadic").and_then(|star| params.iter().rposition(|p| *p == star));
    let before_star = star.is_some_and(|star| i < star) as usize;
    (i + defaults.len() + before_star).checked_sub(params.len()).and_then(|i| defaults.get(i)).copied()
}

/// Of a default that is a tuple with names: the names, and the items as an array.
pub(super) fn named_default<'c>(attr: Attribute<'c>) -> Option<(Names, Attribute<'c>)> {
    let (names, items) = dictionary_entries(attr).pop()?;
    Some((Names::parse(names)?, items))
}

/// What stands for a parameter in a call.
pub(super) enum Argument<'c> {
    Operand(usize),
    Default(Attribute<'c>),
    /// The operands that a parameter `*name` takes, as a tuple.
    Rest(Vec<usize>),
    /// What the closure that is called has captured at that place.
    Captured(usize),
}

impl<'c> Engine<'c> {
    /// Binds a call's operands to the parameters, as Python does. A method's receiver is its first argument.
    pub(super) fn bind(&self, op: Op<'c>, symbol: &str) -> Result<Vec<Argument<'c>>, Diagnostic> {
        let error = |code: &str, message: String| Diagnostic::at(ErrorClass::Typing, code, message, op.loc());
        let Some(source) = self.sources.get(symbol) else {
            return Err(Diagnostic::at(ErrorClass::Internal, "unknown-symbol", format!("the module has no function @{symbol}"), op.loc()));
        };
        let display = source.str_attr("py.display").unwrap_or_default();
        let number = |attribute: &str| source.int_attr(attribute).unwrap_or(0) as usize;
        let (captures, captured_defaults) = (number("py.captures"), number("py.captured_defaults"));
        let params = source.str_array_attr("py.params").split_off(captures);
        let keywords = op.str_array_attr("keywords");
        let first = if op.is("py.call") { 1 } else { 0 };
        let positional = op.num_operands() - first - keywords.len();
        let variadic = source.str_attr("py.variadic").and_then(|star| params.iter().position(|p| *p == star));
        let at_most = variadic.unwrap_or(params.len() - source.int_attr("py.keyword_only").unwrap_or(0) as usize);
        if positional > at_most && variadic.is_none() {
            return Err(error("argument-count", format!("{display}() takes {at_most} positional arguments but {positional} were given")));
        }
        let positional_only = source.int_attr("py.positional_only").unwrap_or(0) as usize;
        let mut slots: Vec<Option<usize>> = (0..params.len()).map(|i| (i < positional.min(at_most)).then_some(first + i)).collect();
        for (k, keyword) in keywords.iter().enumerate() {
            let Some(i) = params.iter().position(|p| p == keyword).filter(|i| *i >= positional_only && Some(*i) != variadic) else {
                return Err(error("argument-count", format!("{display}() got an unexpected keyword argument '{keyword}'")));
            };
            if slots[i].is_some() {
                return Err(error("argument-count", format!("{display}() got multiple values for argument '{keyword}'")));
            }
            slots[i] = Some(first + positional + k);
        }
        let captured_default = |i: usize| (i + captured_defaults).checked_sub(params.len()).map(|i| Argument::Captured(captures + i));
        let captured = (0..captures).map(|i| Ok(Argument::Captured(i)));
        let given = slots
            .into_iter()
            .enumerate()
            .map(|(i, slot)| match (slot, default_of(*source, captures + i)) {
                _ if Some(i) == variadic => Ok(Argument::Rest((first + at_most..first + positional.max(at_most)).collect())),
                (Some(operand), _) => Ok(Argument::Operand(operand)),
                (None, Some(default)) => Ok(Argument::Default(default)),
                (None, None) => captured_default(i).ok_or_else(|| error("argument-count", format!("{display}() missing the required argument '{}'", params[i]))),
            });
        captured.chain(given).collect()
    }

    /// The type of a default value: an attribute of `py.constant`, an array for a tuple, a dictionary for one with names, the type of a `py.ref`.
    pub(super) fn default_type(&self, attr: Attribute<'c>) -> Ty {
        if let Some((names, items)) = named_default(attr) {
            return Ty::Named(Arc::new(names), self.default_type(items).as_sequence().unwrap_or_default().to_vec());
        }
        if let Ok(array) = zouk_dialects::ir::ArrayAttribute::try_from(attr) {
            return Ty::Tuple((0..array.len()).filter_map(|i| array.element(i).ok()).map(|a| self.default_type(a)).collect());
        }
        if attr.is_unit() {
            return Ty::None;
        }
        if attr.is_string() {
            return Ty::Str;
        }
        if let Ok(reference) = TypeAttribute::try_from(attr) {
            return self.types.get(reference.value());
        }
        // SAFETY: an attribute of this context; one without a type has the type none.
        let ty = unsafe { Type::from_raw(mlir_sys::mlirAttributeGetType(attr.to_raw())) };
        self.types.get(ty)
    }
}
