//! Calls that an implementation of the program's takes: what neither the function tables nor the library know, or refuse.

use super::body::{Body, Flow, castable};
use super::{Engine, State};
use crate::functions::{Const, TyArg};
use crate::overloads::{self, Answer, Kind};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{Location, Op};
use zouk_dialects::ty::Ty;

/// The code of a call that no overload takes.
pub const NO_OVERLOAD: &str = "no-overload";

/// A call of a function that has its types already.
pub(super) struct TypedCall {
    pub symbol: String,
    pub parameters: Vec<Ty>,
    pub result: Ty,
}

/// Whether the arguments that are known are constants in the instance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Those that the function declares.
    Declared,
    /// Texts, which have no other form.
    Texts,
    All,
}

impl<'c> Engine<'c> {
    fn ask(&mut self, question: &str) -> Result<Answer, Diagnostic> {
        let module = self.module;
        let (answer, added) = overloads::current(|current| current.ask(module, question)).unwrap_or(Ok((Answer::End, vec![])))?;
        self.sources.extend(added.into_iter().filter_map(|op| Some((op.str_attr("sym_name")?, op))));
        Ok(answer)
    }

    /// Forgets the instances that were begun since there were `before` of them, and that an error has left unfinished.
    pub(super) fn abandon(&mut self, before: usize) {
        for index in before..self.instances.len() {
            if self.instances[index].state == State::Running {
                self.instances[index].state = State::Failed;
                self.stale.remove(&index);
            }
        }
        let instances = &self.instances;
        self.by_key.retain(|_, index| instances[*index].state != State::Failed);
    }
}

impl<'c> Body<'_, 'c> {
    /// The call by an implementation of the program's; nothing when none is registered. The op is a call, a method's, an attribute or an operator.
    pub(super) fn call_overload(&mut self, op: Op<'c>, kind: Kind, name: &str) -> Result<Option<Option<Flow<'c>>>, Diagnostic> {
        if overloads::current(|_| ()).is_none() {
            return Ok(None);
        }
        let (mut positional, named) = self.as_they_are(op);
        // A method is one of the value.
        if let Some(TyArg { ty, .. }) = positional.first_mut().filter(|_| kind != Kind::Function)
            && let Ty::Optional(inner) = ty
        {
            *ty = (**inner).clone();
            self.operand(op, 0);
        }
        let question = overloads::question(kind, name, &positional, &named);
        if positional.iter().chain(named.iter().map(|(_, argument)| argument)).any(|argument| argument.ty.has_unknown()) {
            if let Answer::End = self.engine.ask(&overloads::attempt(&question, overloads::WHETHER))? {
                return Ok(None);
            }
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(Some(None));
        }
        let mut failures = vec![];
        for attempt in 0.. {
            match self.engine.ask(&overloads::attempt(&question, attempt))? {
                Answer::End if attempt == 0 => return Ok(None),
                Answer::End => break,
                Answer::Declined => {}
                Answer::Failed(why) if why.code == NO_OVERLOAD => failures.push(why),
                Answer::Failed(why) => failures.push(why.note(Span::of(op.loc()), "called from here")),
                Answer::Typed { symbol, parameters, result } => match self.call_typed(op, symbol, parameters, result) {
                    Ok(()) => return Ok(Some(None)),
                    Err(why) => failures.push(why),
                },
                Answer::Function { symbol, literal } => {
                    let before = self.engine.instances.len();
                    match self.call_known(op, &symbol, if literal { Known::All } else { Known::Texts }) {
                        Ok(flow) => return Ok(Some(flow)),
                        Err(why) if why.class == ErrorClass::Internal || self.engine.wanted.is_some() => return Err(why),
                        Err(why) => failures.push(why),
                    }
                    self.engine.abandon(before);
                }
            }
        }
        // By literal types it fails as by others.
        let mut seen: Vec<Diagnostic> = vec![];
        failures.retain(|failure| !seen.contains(failure) && { seen.push(failure.clone()); true });
        let types = positional.iter().map(|argument| argument.ty.user_name()).chain(named.iter().map(|(name, argument)| format!("{name}={}", argument.ty.user_name())));
        Err(no_overload(kind, name, &types.collect::<Vec<_>>(), failures, op.loc()))
    }

    /// A call of a function that has its types: the arguments are converted to its parameters' types.
    fn call_typed(&mut self, op: Op<'c>, symbol: String, parameters: Vec<Ty>, result: Ty) -> Result<(), Diagnostic> {
        let (arguments, named) = self.as_they_are(op);
        if let Some((name, _)) = named.first() {
            return Err(self.error(NO_OVERLOAD, format!("an intrinsic takes its arguments by position, not {name}="), op.loc()));
        }
        if arguments.len() != parameters.len() {
            return Err(self.error(NO_OVERLOAD, format!("its signature has {} arguments, and the call {}", parameters.len(), arguments.len()), op.loc()));
        }
        if let Some((argument, parameter)) = arguments.iter().zip(&parameters).find(|(argument, parameter)| !castable(&argument.ty, parameter)) {
            let message = format!("its signature takes {}, which {} is not converted to", parameter.user_name(), argument.ty.user_name());
            return Err(self.error(NO_OVERLOAD, message, op.loc()));
        }
        self.define(op.result(0), result.clone(), None);
        self.facts.typed_calls.insert(op, TypedCall { symbol, parameters, result });
        Ok(())
    }

    /// An operator by its own rule; where that refuses the types, by an overload of the function of that name in `operator`.
    pub(super) fn operator(&mut self, op: Op<'c>, rule: fn(&mut Self, Op<'c>) -> Result<(), Diagnostic>) -> Result<Option<Flow<'c>>, Diagnostic> {
        let name = format!("operator.{}", operator_name(op));
        self.or_overload(op, Kind::Function, &name, |body| {
            rule(body, op)?;
            body.facts.targets.remove(&op);
            Ok(None)
        })
    }

    /// What zouk's own functions refuse may be what the program has an implementation for.
    pub(super) fn or_overload(
        &mut self,
        op: Op<'c>,
        kind: Kind,
        name: &str,
        own: impl FnOnce(&mut Self) -> Result<Option<Flow<'c>>, Diagnostic>,
    ) -> Result<Option<Flow<'c>>, Diagnostic> {
        let before = self.engine.instances.len();
        let refused = match own(self) {
            Err(refused) if refused.class == ErrorClass::Typing && self.engine.wanted.is_none() => refused,
            other => return other,
        };
        self.engine.abandon(before);
        // It wanted values that are not None; an implementation may not.
        self.facts.unwrap_ops.retain(|(unwrapped, _)| *unwrapped != op);
        self.facts.unwrapped.retain(|(address, _)| *address != op.to_raw().ptr as usize);
        match self.call_overload(op, kind, name) {
            Ok(Some(flow)) => Ok(flow),
            Ok(None) => Err(refused),
            Err(failed) if failed.code == NO_OVERLOAD => Err(refused.note(None, failed.message)),
            Err(failed) => Err(failed),
        }
    }

    /// The operands after the callee, optional ones and lists included; the last ones by keyword.
    fn as_they_are(&self, op: Op<'c>) -> (Vec<TyArg>, Vec<(&'c str, TyArg)>) {
        let argument = |i: usize| TyArg { ty: self.ty(op.operand(i)), constant: self.constant(op.operand(i)) };
        let keywords = op.str_array_attr("keywords");
        let (first, count) = (op.is("py.call") as usize, op.num_operands());
        let positional = (first..count - keywords.len()).map(argument).collect();
        let named = keywords.iter().enumerate().map(|(k, name)| (*name, argument(count - keywords.len() + k))).collect();
        (positional, named)
    }
}

/// The name that the function has in Python's module.
fn operator_name<'c>(op: Op<'c>) -> &'c str {
    match op.str_attr("kind").unwrap_or("getitem") {
        "and" => "and_",
        "or" => "or_",
        "not" => "not_",
        "is" => "is_",
        kind => kind,
    }
}

/// The values that are known of arguments, as many as there are arguments.
pub(super) fn known_values(arguments: &[TyArg], known: Known) -> Vec<Option<Const>> {
    let wanted = |argument: &TyArg| known == Known::All || argument.ty == Ty::Str;
    arguments.iter().map(|argument| argument.constant.clone().filter(|value| wanted(argument) && is_whole(&argument.ty, value))).collect()
}

/// Whether all of the value is known, and of a type that has constants.
pub(super) fn is_whole(ty: &Ty, value: &Const) -> bool {
    match (ty, value) {
        (Ty::Bool, Const::Bool(_)) | (Ty::Int { .. }, Const::Int(_)) | (Ty::Str, Const::Str(_)) => true,
        (Ty::Tuple(types), _) => types.iter().enumerate().all(|(i, ty)| value.part(i).is_some_and(|part| is_whole(ty, &part))),
        _ => false,
    }
}

/// With the place where the program raised, as a note.
fn placed(failure: &Diagnostic, at: Location) -> Diagnostic {
    let raised = failure.span.clone().filter(|span| Some(span) != Span::of(at).as_ref());
    if raised.is_some() { failure.clone().note(raised, "it is raised here") } else { failure.clone() }
}

/// One failure that has its place in an implementation is the error; else what was tried is told.
fn no_overload(kind: Kind, name: &str, types: &[String], mut failures: Vec<Diagnostic>, at: Location) -> Diagnostic {
    if failures.len() == 1 && failures[0].code != NO_OVERLOAD && failures[0].span != Span::of(at) {
        return failures.remove(0);
    }
    let display = name.strip_prefix("builtins.").unwrap_or(name);
    let (call, types) = (if kind == Kind::Attribute { "" } else { "()" }, types.join(", "));
    let message = match &failures[..] {
        [] => format!("no overload of {display}{call} takes the types ({types})"),
        [only] => only.message.clone(),
        several => format!("none of the overloads of {display}{call} takes the types ({types}): {}", several[0].message),
    };
    let error = Diagnostic::at(ErrorClass::Typing, NO_OVERLOAD, message, at);
    let error = match &failures[..] {
        [only] => placed(only, at).notes.iter().fold(error, |error, (span, text)| error.note(span.clone(), text.clone())).note(None, format!("the arguments are ({types})")),
        several => several.iter().fold(error, |error, why| error.note(why.span.clone().filter(|span| Some(span) != Span::of(at).as_ref()), why.message.clone())),
    };
    match failures.into_iter().find_map(|failure| failure.help) {
        Some(help) => error.help(help),
        None => error,
    }
}
