//! The dtype of a stencil's result: that of what the kernel returns for one point.

use super::body::Body;
use super::signatures::Signature;
use crate::functions::{CallError, TyArg};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::Op;
use zouk_dialects::ty::{Operand, Ty};

/// The entry that gives the dtype: `kernel_type(kernel, …)`.
pub(crate) const KERNEL_TYPE: &str = "zouk.library.kernel_type";
/// Of a call of it: how many of the last arguments are arrays whose elements the kernel takes; with such, the others are numbers.
pub(crate) const ELEMENTS: &str = "zouk.elements";

impl<'c> Body<'_, 'c> {
    pub(super) fn kernel_type(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let (mut arguments, _) = self.arguments(op, 1, false);
        if arguments.iter().any(|argument| argument.ty.has_unknown()) {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(());
        }
        let kernel = arguments.remove(0).ty;
        let symbol = kernel.as_ref_name().and_then(|name| name.strip_prefix('@')).unwrap_or_default();
        let elements = op.int_attr(ELEMENTS).unwrap_or(0) as usize;
        let scalars = arguments.len() - elements;
        let names = self.engine.sources.get(symbol).map(|source| source.str_array_attr("py.params")).unwrap_or_default();
        let mut types = vec![];
        for (i, argument) in arguments.iter().enumerate() {
            let taken = if elements == 0 { Ok(argument.ty.clone()) } else { element(argument, i >= scalars, names.get(i).unwrap_or(&"")) };
            types.push(taken.map_err(|e| self.value_error(op, e))?);
        }
        let signature = Signature { arguments: types, result: None, literals: vec![] };
        let callee = self.engine.instance(symbol, signature, op.loc()).map_err(|e| self.engine.at_call(self.index, symbol, op, e))?;
        self.engine.instances[callee].callers.insert(self.index);
        let ty = match self.engine.result_of(callee) {
            Ty::Unknown => Ty::Unknown,
            ty if ty.is_number() => crate::functions::dtype_object(&ty),
            ty if ty.as_array().is_some() => {
                return Err(self.value_error(op, CallError::new("stencil kernel must return a scalar and not a numpy array")));
            }
            ty => return Err(self.value_error(op, CallError::new(format!("stencil kernel must return a scalar and not {}", ty.user_name())))),
        };
        self.define(op.result(0), ty, None);
        Ok(())
    }

    fn value_error(&self, op: Op<'c>, error: CallError) -> Diagnostic {
        let mut diagnostic = self.call_error(op, error);
        diagnostic.class = ErrorClass::Value;
        diagnostic.code = "bad-stencil".into();
        diagnostic
    }
}

/// The type that a kernel of elements takes for an argument.
fn element(argument: &TyArg, array: bool, name: &str) -> Result<Ty, CallError> {
    let operand = Operand::of(&argument.ty).filter(|operand| operand.dtype.is_number());
    match operand {
        Some(operand) if argument.ty.as_array().is_some() == array => Ok(operand.dtype),
        _ if array => Err(CallError::new(format!("a stencil kernel takes arrays of numbers, but {name} is of {}", argument.ty.user_name()))),
        _ => {
            let error = CallError::new(format!("the stencil kernel uses `{name}` without a relative index, so it is a number, but {} was given", argument.ty.user_name()));
            Err(error.help(format!("name it in standard_indexing=(\"{name}\",) if the kernel is to see all of it")))
        }
    }
}
