//! Functions of the library: found when they are first called, instantiated for the values of literal parameters too.

use super::Engine;
use super::body::Body;
use super::calls::Argument;
use crate::functions::{Const, TyArg};
use crate::library::{self, is_symbol};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{Attribute, BoolAttribute, Builder, FloatAttribute, IntegerAttribute, Op, StringAttribute, Value};
use zouk_dialects::ty::Ty;

/// The code of errors in calls of the library.
pub(super) const REFUSED: &str = "bad-library-call";

/// What the returns of a library function have in common beside their type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Returned {
    Nothing,
    /// All of them return this.
    Constant(Const),
    Several,
}

impl Returned {
    pub fn constant(&self) -> Option<Const> {
        if let Returned::Constant(value) = self { Some(value.clone()) } else { None }
    }

    pub fn join(&mut self, value: Option<Const>) {
        *self = match (&*self, value) {
            (Returned::Nothing, Some(value)) => Returned::Constant(value),
            (Returned::Constant(known), Some(value)) if *known == value => return,
            _ => Returned::Several,
        };
    }
}

impl<'c> Engine<'c> {
    /// The symbol of the library's function of that name, which is put into the module the first time.
    pub(super) fn library_function(&mut self, name: &str) -> Result<Option<String>, Diagnostic> {
        let Some(library) = library::get() else { return Ok(None) };
        let Some(symbol) = library.symbol(name) else { return Ok(None) };
        self.bring_in(&symbol)?;
        Ok(Some(symbol))
    }

    /// Makes sure that the module has the function, if it is one of the library's.
    pub(super) fn bring_in(&mut self, symbol: &str) -> Result<(), Diagnostic> {
        if !is_symbol(symbol) || self.sources.contains_key(symbol) {
            return Ok(());
        }
        let Some(library) = library::get() else { return Ok(()) };
        // Inner functions come after the one that they are in.
        let op = library.lower(self.module, symbol)?;
        for op in std::iter::successors(Some(op), |op| op.next()) {
            self.sources.extend(op.str_attr("sym_name").map(|symbol| (symbol, op)));
        }
        Ok(())
    }

    /// The library's function that is called in the place of one whose literal parameters have values that are known at run time only.
    pub(super) fn function_at_run_time(&mut self, symbol: &str) -> Result<Option<String>, Diagnostic> {
        let Some(other) = library::get().and_then(|library| library.at_run_time(symbol)) else { return Ok(None) };
        self.bring_in(&other)?;
        Ok(Some(other))
    }

    /// The values that literal parameters have in a call, and texts, which are nothing but their values; the arguments for them get the types
    /// of these values.
    pub(super) fn literals(&self, source: Op<'c>, arguments: &mut [TyArg], at: Op<'c>) -> Result<Vec<Option<Const>>, Diagnostic> {
        let literal = source.str_array_attr("py.literal");
        let library = source.str_attr("sym_name").is_some_and(is_symbol);
        let is_text = |argument: &TyArg| library && argument.ty == Ty::Str;
        if literal.is_empty() && !arguments.iter().any(is_text) {
            return Ok(vec![]);
        }
        let params = source.str_array_attr("py.params");
        let mut values = vec![None; arguments.len()];
        for (i, argument) in arguments.iter_mut().enumerate().filter(|(i, argument)| literal.contains(&params[*i]) || is_text(argument)) {
            if argument.ty.has_unknown() {
                continue;
            }
            let Some((ty, value)) = literal_value(&argument.ty, argument.constant.as_ref()) else {
                let function = source.str_attr("py.display").unwrap_or_default();
                let message = format!("the argument '{}' of {function}() must be a constant", params[i]);
                let error = Diagnostic::at(ErrorClass::Typing, "not-constant", message, at.loc());
                return Err(error.help("write the value in the call, or make it a constant outside of the function"));
            };
            argument.ty = ty;
            values[i] = Some(value);
        }
        Ok(values)
    }

    /// The instance's literal parameters are constants in its body.
    pub(super) fn write_literals(&self, instance: Op<'c>, arguments: &[Ty], values: &[Option<Const>]) {
        let body = instance.body(0);
        let Some(first) = body.first() else { return };
        let b = Builder::before(first);
        for (i, value) in values.iter().enumerate() {
            let Some(value) = value else { continue };
            b.set_loc(body.arg(i).loc());
            let constant = self.constant_op(&b, &arguments[i], value);
            body.arg(i).replace_all_uses(constant);
        }
    }

    /// The value as ops.
    pub(super) fn constant_op(&self, b: &Builder<'c>, ty: &Ty, value: &Const) -> Value<'c> {
        let mlir = self.types.to_mlir(ty);
        let attr: Attribute = match (ty, value) {
            (Ty::Tuple(parts) | Ty::List(parts), _) => {
                let name = if let Ty::List(_) = ty { "py.list" } else { "py.tuple" };
                let parts: Vec<_> = parts.iter().enumerate().map(|(i, ty)| self.constant_op(b, ty, &value.part(i).unwrap_or(Const::None))).collect();
                return b.val(name, &parts, mlir, &[]);
            }
            (Ty::Ref(_), _) => return b.val("py.ref", &[], mlir, &[]),
            (Ty::Bool, Const::Bool(value)) => BoolAttribute::new(b.context, *value).into(),
            (_, Const::Int(value)) => IntegerAttribute::new(mlir, *value as i64).into(),
            (_, Const::Float(value)) => FloatAttribute::new(b.context, mlir, *value).into(),
            (_, Const::Str(value)) => StringAttribute::typed(mlir, value).into(),
            _ => b.unit(),
        };
        b.val("py.constant", &[], mlir, &[("value", attr)])
    }

    /// An error in a library function is one of the call in the program, and what the library's line is, a note.
    pub(super) fn at_call(&self, caller: usize, symbol: &str, op: Op<'c>, error: Diagnostic) -> Diagnostic {
        if error.class == ErrorClass::Internal || !is_symbol(symbol) || is_symbol(&self.instances[caller].source) {
            let at = Span::of(op.loc());
            return if error.span.is_none() { Diagnostic { span: at, ..error } } else { error.note(at, "called from here") };
        }
        let name = self.sources.get(symbol).and_then(|source| source.str_attr("py.display")).unwrap_or_default();
        let message = match error.code.as_str() {
            REFUSED => error.message,
            _ => format!("{name}() does not take these arguments: {}", error.message),
        };
        let within = error.span.filter(|_| error.code != REFUSED).filter(|span| Some(span) != Span::of(op.loc()).as_ref());
        let mut outer = Diagnostic::at(error.class, "bad-library-call", message, op.loc());
        outer.help = error.help;
        if let Some(span) = within {
            outer = outer.note(Some(span), "this is where the library's code needs other types");
        }
        outer
    }
}

impl<'c> Body<'_, 'c> {
    /// What a constant attribute of a parameter's default is.
    pub(super) fn argument(&self, op: Op<'c>, argument: &Argument<'c>) -> TyArg {
        match argument {
            Argument::Operand(i) => TyArg { ty: self.ty(op.operand(*i)), constant: self.constant(op.operand(*i)) },
            Argument::Default(attr) => {
                let ty = self.engine.default_type(*attr);
                TyArg { constant: default_constant(*attr, &ty), ty }
            }
            Argument::Captured(i) => match self.ty(op.operand(0)) {
                Ty::Closure(_, captured) => TyArg { ty: captured.get(*i).cloned().unwrap_or(Ty::Unknown), constant: None },
                _ => TyArg { ty: Ty::Unknown, constant: None },
            },
            Argument::Rest(places) => {
                let parts: Vec<TyArg> = places.iter().map(|i| self.argument(op, &Argument::Operand(*i))).collect();
                let constant = Const::tuple(parts.iter().map(|part| part.constant.clone()));
                let types: Vec<Ty> = parts.into_iter().map(|part| part.ty).collect();
                TyArg { ty: if types.iter().any(Ty::has_unknown) { Ty::Unknown } else { Ty::Tuple(types) }, constant }
            }
        }
    }
}

fn default_constant(attr: Attribute, ty: &Ty) -> Option<Const> {
    match (ty, zouk_dialects::ir::ArrayAttribute::try_from(attr)) {
        (Ty::Tuple(types), Ok(parts)) => Const::tuple(types.iter().enumerate().map(|(i, ty)| default_constant(parts.element(i).ok()?, ty))),
        _ => super::constants::read(attr, ty),
    }
}

/// The constant that an argument is, and its type: an integer is an int64 where it can be. Of some types there is one value only.
fn literal_value(ty: &Ty, constant: Option<&Const>) -> Option<(Ty, Const)> {
    Some(match (ty, constant) {
        (Ty::None | Ty::Ref(_) | Ty::Ellipsis, _) => (ty.clone(), Const::None),
        (Ty::Tuple(types), _) => {
            let parts = types.iter().enumerate().map(|(i, ty)| literal_value(ty, constant.and_then(|tuple| tuple.part(i)).as_ref()));
            let (types, values): (Vec<_>, Vec<_>) = parts.collect::<Option<Vec<_>>>()?.into_iter().unzip();
            (Ty::Tuple(types), Const::Tuple(values))
        }
        (Ty::Int { .. }, Some(Const::Int(value))) if i64::try_from(*value).is_ok() => (Ty::I64, Const::Int(*value)),
        (Ty::Bool | Ty::Int { .. } | Ty::Float(_) | Ty::Str, Some(value)) if *value != Const::Dynamic => (ty.clone(), value.clone()),
        _ => return None,
    })
}

/// The name of an instance's argument: its type, or its value.
pub(super) fn argument_name(ty: &Ty, value: Option<&Const>) -> String {
    match value {
        Some(Const::Int(value)) if *ty == Ty::I64 => value.to_string(),
        Some(Const::Bool(value)) => if *value { "True" } else { "False" }.into(),
        Some(Const::Str(value)) => format!("{value:?}"),
        Some(Const::Tuple(parts)) if ty.as_tuple().is_some() => {
            let names: Vec<_> = ty.as_tuple().unwrap_or_default().iter().zip(parts).map(|(ty, value)| argument_name(ty, Some(value))).collect();
            format!("({})", names.join(", "))
        }
        Some(Const::Int(value)) => format!("{} {value}", ty.user_name()),
        Some(Const::Float(value)) => format!("{} {value:?}", ty.user_name()),
        _ => ty.user_name(),
    }
}
