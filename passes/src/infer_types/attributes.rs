//! `value.name`: entries of the function tables named `class.name`.

use super::body::Body;
use crate::functions::{self, CallError, TyArg, receiver_class};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::Op;
use zouk_dialects::ty::Ty;

impl<'c> Body<'_, 'c> {
    pub(super) fn attribute(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let value = self.operand(op, 0);
        if value.ty.has_unknown() {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(());
        }
        let name = op.str_attr("name").unwrap_or_default();
        let entry = functions::find(&format!("{}.{name}", receiver_class(&value.ty)));
        let Some(entry) = entry else {
            return Err(self.no_member(op, &value.ty, name, ""));
        };
        let typed = entry.bind(vec![value], vec![]).and_then(|bound| (entry.infer)(&bound)).map_err(|e| self.call_error(op, e))?;
        self.define(op.result(0), typed.ty, typed.constant);
        Ok(())
    }

    /// An error for a method (`suffix` is `()`) or attribute that no table has.
    pub(super) fn no_member(&self, op: Op<'c>, ty: &Ty, name: &str, suffix: &str) -> Diagnostic {
        let class = receiver_class(ty);
        let prefix = format!("{class}.");
        let known: Vec<&str> = functions::names()
            .into_iter()
            .filter(|n| n.starts_with(&prefix) && n.ends_with("()") != suffix.is_empty())
            .map(|n| n[prefix.len()..].trim_end_matches("()"))
            .collect();
        let what = if suffix.is_empty() { "attribute" } else { "method" };
        let message = format!("{} has no supported {what} '{name}'", ty.user_name());
        let error = self.note_operands(Diagnostic::at(ErrorClass::Typing, "unknown-attribute", message, op.loc()), op);
        if known.is_empty() { error } else { error.help(format!("supported: {}", known.join(", "))) }
    }

    /// The table's complaint, at the op, with the operands' types.
    pub(super) fn call_error(&self, op: Op<'c>, error: CallError) -> Diagnostic {
        let mut diagnostic = self.note_operands(self.error("bad-call", error.message, op.loc()), op);
        diagnostic.help = error.help;
        diagnostic
    }

    /// The last operands as keywords: `(positional, keywords)`.
    pub(super) fn arguments(&mut self, op: Op<'c>, first: usize) -> (Vec<TyArg>, Vec<(&'c str, TyArg)>) {
        let keywords = op.str_array_attr("keywords");
        let count = op.num_operands();
        let positional = (first..count - keywords.len()).map(|i| self.raw_operand(op, i)).collect();
        let named = keywords.iter().enumerate().map(|(k, name)| (*name, self.raw_operand(op, count - keywords.len() + k))).collect();
        (positional, named)
    }

    /// The operand as it is, an optional one included.
    fn raw_operand(&self, op: Op<'c>, i: usize) -> TyArg {
        TyArg { ty: self.ty(op.operand(i)), constant: self.constant(op.operand(i)) }
    }

    /// Unwraps the optional ones among the operands from `first` on.
    pub(super) fn unwrap_operands(&mut self, op: Op<'c>, first: usize) {
        for i in first..op.num_operands() {
            self.operand(op, i);
        }
    }
}
