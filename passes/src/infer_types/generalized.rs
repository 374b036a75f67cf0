//! Calls of functions under `@guvectorize` in compiled code, with the outputs among the arguments: the types of one call of the function, whose
//! arrays have the core dimensions alone.

use super::body::Body;
use super::signatures::Signature;
use super::vectorized::casts_safely;
use crate::functions::{CallError, TyArg, ufuncs};
use crate::layout::CoreLayout;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, DenseI64ArrayAttribute, Op};
use zouk_dialects::ty::{Array, Layout, Operand, Ty};

/// Of a `py.call` at stage `typed`: the layout that the callee was declared with.
pub(crate) const LAYOUT: &str = "zouk.callee_layout";
/// The name of the callee, for messages.
pub(crate) const NAME: &str = "zouk.callee_name";

impl<'c> Body<'_, 'c> {
    pub(super) fn call_generalized(&mut self, op: Op<'c>, symbol: &str) -> Result<(), Diagnostic> {
        self.unwrap_operands(op, 1);
        let (arguments, named) = self.arguments(op, 1, false);
        let source = self.engine.sources[symbol];
        let (name, text) = (source.str_attr("py.display").unwrap_or_default(), source.str_attr("py.gufunc").unwrap_or_default());
        let layout = CoreLayout::new(text);
        if !named.is_empty() || arguments.len() != layout.operands.len() {
            let message = format!("{name}() takes {} arguments in compiled code, the outputs among them, but {} were given", layout.operands.len(), arguments.len());
            return Err(self.call_error(op, CallError::new(message).help("allocate the outputs and pass them after the inputs")));
        }
        if arguments.iter().any(|a| a.ty.has_unknown()) {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(());
        }
        check_ranks(&layout, &arguments).map_err(|e| self.call_error(op, e))?;
        let writable = source.attr("py.gufunc_writable").and_then(|a| DenseI64ArrayAttribute::try_from(a).ok());
        let writable: Vec<usize> = writable.map_or(vec![], |a| (0..a.len()).filter_map(|i| a.element(i).ok()).map(|i| i as usize).collect());
        let own = arguments.iter().enumerate().map(|(i, a)| taken(&layout, i, &a.ty, writable.contains(&i))).collect();
        let exact = self.first_signature(op, symbol, own, |signature| arguments.iter().zip(&signature.arguments).all(|(a, to)| fits(&a.ty, to)));
        // As NumPy chooses: by the inputs, of which those that are written to are not converted.
        let by_inputs = |signature: &Signature| {
            let inputs = arguments.iter().zip(&signature.arguments).take(layout.inputs).enumerate();
            inputs.into_iter().all(|(i, (a, to))| if writable.contains(&i) { fits(&a.ty, to) } else { converts(&a.ty, to) })
        };
        let signature = match exact {
            Ok(signature) => signature,
            Err(_) => self.first_signature(op, symbol, vec![], by_inputs)?,
        };
        for (argument, to) in arguments.iter().zip(&signature.arguments).skip(layout.inputs) {
            if let (Some(array), Some(made)) = (argument.ty.as_array(), to.as_array()) {
                ufuncs::check_output(name, &made.element, array).map_err(|e| self.call_error(op, e))?;
            }
        }
        let callee = self.engine.instance(symbol, signature, op.loc()).map_err(|e| self.engine.at_call(self.index, symbol, op, e))?;
        self.engine.instances[callee].callers.insert(self.index);
        self.facts.elementwise.insert(op, callee);
        let b = Builder::before(op);
        op.set_attr(LAYOUT, b.str(text));
        op.set_attr(NAME, b.str(name));
        self.define(op.result(0), Ty::None, None);
        Ok(())
    }
}

fn rank(ty: &Ty) -> usize {
    ty.as_array().map_or(0, |array| array.rank)
}

/// Each operand has its core dimensions, and each output those of the loop.
fn check_ranks(layout: &CoreLayout, arguments: &[TyArg]) -> Result<(), CallError> {
    let mut loops = 0;
    for (i, (argument, core)) in arguments.iter().zip(&layout.operands).enumerate() {
        let output = i >= layout.inputs;
        let array = argument.ty.as_array();
        let number = Operand::of(&argument.ty).is_some_and(|operand| operand.dtype.is_number());
        if !number || output && array.is_none() {
            return Err(CallError::new(format!("{} is expected, not {}", if output { "an array for the output" } else { "an array or a number" }, argument.ty.user_name())));
        }
        if output && array.is_some_and(|array| array.readonly || array.unaligned) {
            return Err(CallError::new("output array is read-only or not aligned"));
        }
        let Some(outer) = rank(&argument.ty).checked_sub(core.len()) else {
            let message = format!(
                "{} operand {} does not have enough dimensions (has {}, gufunc core requires {})",
                if output { "Output" } else { "Input" },
                if output { i - layout.inputs } else { i },
                rank(&argument.ty),
                core.len()
            );
            return Err(CallError::new(message));
        };
        loops = loops.max(outer);
    }
    for (argument, core) in arguments.iter().zip(&layout.operands).skip(layout.inputs) {
        if rank(&argument.ty) != loops + core.len() {
            return Err(CallError::new(format!("an output has {} dimensions, {} are needed", rank(&argument.ty), loops + core.len())));
        }
    }
    Ok(())
}

/// The type that the function itself takes for an operand.
fn taken(layout: &CoreLayout, i: usize, ty: &Ty, writable: bool) -> Ty {
    let element = ty.as_array().map_or(ty, |array| &array.element).clone();
    let written = i >= layout.inputs || writable;
    match layout.operands[i].len().max(written as usize) {
        0 => element,
        rank => Ty::Array(Array { element: Box::new(element), rank, layout: Layout::A, readonly: !written, unaligned: false }),
    }
}

/// Whether what is an input can be converted to the elements that the function takes.
fn converts(argument: &Ty, to: &Ty) -> bool {
    let element = to.as_array().map_or(to, |array| &array.element);
    Operand::of(argument).is_some_and(|operand| casts_safely(&operand, element, false))
}

/// Arrays are passed as they are, numbers converted.
fn fits(argument: &Ty, to: &Ty) -> bool {
    let element = argument.as_array().map_or(argument, |array| &array.element);
    match to {
        Ty::Array(array) => *array.element == *element,
        to => Operand::of(argument).is_some_and(|operand| casts_safely(&operand, to, false)),
    }
}
