//! Calls of functions of C, and of blocks that the interpreter runs.

use super::body::{Body, castable};
use crate::foreign;
use crate::functions::CallError;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;
use zouk_dialects::ty::Ty;

impl<'c> Body<'_, 'c> {
    pub(super) fn call_foreign(&mut self, op: Op<'c>, name: &str) -> Result<(), Diagnostic> {
        let (parameters, result) = foreign::signature(self.engine.module, name).ok_or_else(|| self.error("unknown-symbol", format!("the module does not declare {name}"), op.loc()))?;
        if !name.starts_with(foreign::PYTHON) {
            self.check_c_arguments(op, foreign::display(name), &parameters)?;
        } else {
            for i in 1..op.num_operands() {
                let ty = self.ty(op.operand(i));
                if !ty.has_unknown() && !is_object(&ty) {
                    let message = format!("a value of type {} cannot be passed to a block of Python", ty.user_name());
                    return Err(self.note_operands(self.error("bad-call", message, op.operand(i).loc()), op));
                }
            }
        }
        let unknown = (1..op.num_operands()).any(|i| self.ty(op.operand(i)).has_unknown());
        self.define(op.result(0), if unknown { Ty::Unknown } else { result }, None);
        Ok(())
    }

    fn check_c_arguments(&mut self, op: Op<'c>, name: &str, parameters: &[Ty]) -> Result<(), Diagnostic> {
        if !op.str_array_attr("keywords").is_empty() {
            return Err(self.call_error(op, CallError::new(format!("{name}(), which is not a function of Python, takes no keyword arguments"))));
        }
        let given = op.num_operands() - 1;
        if given != parameters.len() {
            let message = format!("{name}() takes {} arguments but {given} were given", parameters.len());
            return Err(self.note_operands(self.error("argument-count", message, op.loc()), op));
        }
        self.unwrap_operands(op, 1);
        for (i, parameter) in parameters.iter().enumerate() {
            let argument = self.operand(op, i + 1).ty;
            if !argument.has_unknown() && !castable(&argument, parameter) {
                let error = CallError::new(format!("argument {} of {name}() is of type {}, not {}", i + 1, parameter.user_name(), argument.user_name()));
                let pointer = matches!(parameter, Ty::Pointer(_)) && argument.as_array().is_some();
                return Err(self.call_error(op, if pointer { error.help("pass the array's address: `a.ctypes`") } else { error }));
            }
            if argument.is_float() && parameter.is_int() {
                let message = format!("argument {} of {name}() is of type {}, not {}", i + 1, parameter.user_name(), argument.user_name());
                return Err(self.call_error(op, CallError::new(message).help("convert it first: `int(x)`")));
            }
        }
        Ok(())
    }
}

/// Whether a value of the type becomes a Python object.
fn is_object(ty: &Ty) -> bool {
    match ty {
        Ty::None | Ty::Array(_) | Ty::Record(_) | Ty::Pointer(_) => true,
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.iter().all(is_object),
        Ty::Optional(inner) => is_object(inner),
        scalar => scalar.is_scalar(),
    }
}
