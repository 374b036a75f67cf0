//! What `print` leaves to the interpreter, where there is one.

use super::body::Body;
use crate::foreign::{self, PRINTER};
use crate::functions::{self, TyArg};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;
use zouk_dialects::ty::Ty;

impl<'c> Body<'_, 'c> {
    /// Refuses values that the interpreter would have to show in a kernel, and in code that runs without it.
    pub(super) fn check_shown(&self, op: Op<'c>, values: &[TyArg]) -> Result<(), Diagnostic> {
        let Some(value) = values.iter().find(|value| functions::builtins::print::needs_python(&value.ty)) else { return Ok(()) };
        let module = self.engine.module;
        let (whole, help) = match value.ty {
            Ty::Array(_) => ("whole arrays".to_string(), "print the elements in a loop"),
            ref other => (format!("a value of type {}", other.user_name()), "print the numbers that it is made of"),
        };
        let place = match () {
            _ if module.has_attr("zouk.simt") => "in a kernel",
            _ if foreign::signature(module, PRINTER).is_none() => "without the interpreter",
            _ => return Ok(()),
        };
        Err(self.note_operands(self.error("bad-call", format!("printing {whole} {place} is not supported"), op.loc()), op).help(help))
    }
}
