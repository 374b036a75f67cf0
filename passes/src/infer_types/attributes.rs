//! `value.name`: entries of the function tables named `class.name`.

use super::body::{Body, Flow};
use crate::overloads::Kind;
use crate::functions::{self, CallError, TyArg, receiver_class};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::Op;
use zouk_dialects::ty::Ty;

impl<'c> Body<'_, 'c> {
    pub(super) fn attribute(&mut self, op: Op<'c>) -> Result<Option<Flow<'c>>, Diagnostic> {
        if let Ty::Named(names, parts) = self.ty(op.operand(0))
            && let Some(place) = names.fields.iter().position(|field| Some(field.as_str()) == op.str_attr("name"))
            && !parts[place].has_unknown()
        {
            self.facts.targets.remove(&op);
            let constant = self.constant(op.operand(0)).and_then(|tuple| tuple.part(place));
            self.define(op.result(0), parts[place].clone(), constant);
            return Ok(None);
        }
        if let Some(flow) = self.class_attribute(op)? {
            return Ok(flow);
        }
        let value = self.operand(op, 0);
        if value.ty.has_unknown() {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(None);
        }
        let name = op.str_attr("name").unwrap_or_default();
        let path = format!("{}.{name}", receiver_class(&value.ty));
        let ty = value.ty.clone();
        let typed = functions::find(&path).map(|entry| entry.bind(vec![value], vec![]).and_then(|bound| (entry.infer)(&bound)));
        if let Some(Ok(typed)) = typed {
            self.facts.targets.remove(&op);
            self.define(op.result(0), typed.ty, typed.constant);
            return Ok(None);
        }
        if let Some(field) = self.field_attribute(&ty, name) {
            self.facts.targets.remove(&op);
            self.define(op.result(0), field, None);
            return Ok(None);
        }
        if let Some(symbol) = self.engine.library_function(&path)? {
            return self.or_overload(op, Kind::Attribute, name, |body| body.call_function(op, &symbol));
        }
        if let Some(flow) = self.call_overload(op, Kind::Attribute, name)? {
            return Ok(flow);
        }
        Err(match typed {
            Some(Err(error)) => self.call_error(op, error),
            _ => self.no_member(op, &ty, name, ""),
        })
    }

    /// An error for a method (`suffix` is `()`) or attribute that no table has.
    pub(super) fn no_member(&self, op: Op<'c>, ty: &Ty, name: &str, suffix: &str) -> Diagnostic {
        let class = receiver_class(ty);
        let prefix = format!("{class}.");
        let library = crate::library::get().map(|library| library.names()).unwrap_or_default();
        let mut known: Vec<&str> = functions::names()
            .into_iter()
            .chain(library.iter().map(String::as_str))
            .filter(|n| n.starts_with(&prefix) && n.ends_with("()") != suffix.is_empty())
            .map(|n| n[prefix.len()..].trim_end_matches("()"))
            .collect();
        known.sort_unstable();
        known.dedup();
        let what = if suffix.is_empty() { "attribute" } else { "method" };
        let message = format!("Unknown {what} '{name}' of type {}", ty.user_name());
        let error = self.note_operands(Diagnostic::at(ErrorClass::Typing, "unknown-attribute", message, op.loc()), op);
        if let Ty::List(_) = ty {
            return error.help(super::sequences::FIXED);
        }
        if known.is_empty() { error } else { error.help(format!("supported: {}", known.join(", "))) }
    }

    /// The table's complaint, at the op, with the operands' types.
    pub(super) fn call_error(&self, op: Op<'c>, error: CallError) -> Diagnostic {
        let mut diagnostic = self.note_operands(self.error("bad-call", error.message, op.loc()), op);
        diagnostic.help = error.help;
        diagnostic
    }

    /// The last operands as keywords: `(positional, keywords)`. Lists are tuples unless the function tells them apart.
    pub(super) fn arguments(&mut self, op: Op<'c>, first: usize, lists: bool) -> (Vec<TyArg>, Vec<(&'c str, TyArg)>) {
        let argument = |i: usize| if lists { self.raw_operand(op, i) } else { self.raw_operand(op, i).decayed() };
        let keywords = op.str_array_attr("keywords");
        let count = op.num_operands();
        let positional = (first..count - keywords.len()).map(argument).collect();
        let named = keywords.iter().enumerate().map(|(k, name)| (*name, argument(count - keywords.len() + k))).collect();
        (positional, named)
    }

    /// The operand as it is, an optional one included.
    fn raw_operand(&self, op: Op<'c>, i: usize) -> TyArg {
        let ty = self.ty(op.operand(i));
        let asks = op.name() == "py.call" && functions::asks_for_class(self.ty(op.operand(0)).as_ref_name());
        TyArg { ty: if asks { ty } else { ty.unnamed() }, constant: self.constant(op.operand(i)) }
    }

    /// Unwraps the optional ones among the operands from `first` on.
    pub(super) fn unwrap_operands(&mut self, op: Op<'c>, first: usize) {
        for i in first..op.num_operands() {
            self.operand(op, i);
        }
    }
}
