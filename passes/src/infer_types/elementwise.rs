//! Whole-array operators and calls of universal functions with arrays: NumPy's dtype rules.

use super::body::Body;
use crate::functions::ufuncs::{self, Loop};
use crate::functions::{self, CallError, Function, TyArg, dtype_of};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;
use zouk_dialects::ty::{Operand, Ty};

/// A call of a universal function, its arguments sorted out.
pub struct UfuncCall<A> {
    pub operands: Vec<A>,
    pub out: Option<A>,
    pub condition: Option<A>,
    pub dtype: Option<A>,
}

/// Sorts the arguments of `f(x1, x2, out, where=, dtype=)`.
pub fn sort_arguments<A>(entry: &Function, positional: Vec<A>, named: Vec<(&str, A)>) -> Result<UfuncCall<A>, CallError> {
    let params: Vec<&str> = entry.params.split(',').map(str::trim).collect();
    let (most, least) = (params.len(), params.iter().filter(|p| !p.ends_with('=')).count());
    let short = entry.name.trim_start_matches("numpy.");
    let mut call = UfuncCall { operands: vec![], out: None, condition: None, dtype: None };
    let given = positional.len();
    for argument in positional {
        match call.operands.len() {
            n if n < most => call.operands.push(argument),
            _ if call.out.is_none() => call.out = Some(argument),
            _ => return Err(CallError::new(format!("{short}() takes from {least} to {} positional arguments but {given} were given", most + 1))),
        }
    }
    for (name, argument) in named {
        match name {
            "out" => call.out = Some(argument),
            "where" => call.condition = Some(argument),
            "dtype" => call.dtype = Some(argument),
            // `np.round(a, decimals=2)`, `np.clip(a, a_min=0, a_max=1)`
            name if params.get(call.operands.len()).is_some_and(|p| p.trim_end_matches('=') == name) => call.operands.push(argument),
            other => return Err(CallError::new(format!("{short}() got an unexpected keyword argument '{other}'")).help("supported: out=, where=, dtype=")),
        }
    }
    if call.operands.len() < least {
        return Err(CallError::new(format!("{short}() takes {least} arguments but {} were given", call.operands.len())));
    }
    Ok(call)
}

/// `out=None` is no `out`.
pub fn without_none<A>(mut call: UfuncCall<A>, ty: impl Fn(&A) -> Ty) -> UfuncCall<A> {
    call.out = call.out.filter(|out| ty(out) != Ty::None);
    call
}

impl<A> UfuncCall<A> {
    /// `out=None` is no `out`; a tuple of one array is the array.
    fn without_none(mut self, ty: impl Fn(&A) -> Ty) -> Self {
        for argument in [&mut self.out, &mut self.condition, &mut self.dtype] {
            if argument.as_ref().is_some_and(|a| ty(a) == Ty::None) {
                *argument = None;
            }
        }
        self.operands.retain(|a| ty(a) != Ty::None);
        self
    }
}

/// The function that a call computes: `np.clip` with one side open is a maximum or a minimum.
pub fn settled<A>(entry: &'static Function, call: UfuncCall<A>, ty: impl Fn(&A) -> Ty) -> Result<(&'static Function, UfuncCall<A>), CallError> {
    let open: Vec<bool> = call.operands.iter().map(|a| ty(a) == Ty::None).collect();
    let call = call.without_none(&ty);
    let other = match (entry.name, &open[..]) {
        ("numpy.clip", [false, false, true]) => "numpy.maximum",
        ("numpy.clip", [false, true, false]) => "numpy.minimum",
        (_, sides) if sides.contains(&true) => return Err(CallError::new(format!("{}() takes numbers and arrays, not None", entry.name.trim_start_matches("numpy.")))),
        _ => return Ok((entry, call)),
    };
    Ok((functions::find(other).expect("the table has it"), call))
}

/// The loop of a call, and the type of its result.
pub fn ufunc_type(entry: &Function, call: &UfuncCall<TyArg>) -> Result<(Loop, Ty), CallError> {
    let types: Vec<&Ty> = call.operands.iter().map(|a| &a.ty).collect();
    let operands: Option<Vec<Operand>> = types.iter().map(|ty| Operand::of(ty)).collect();
    let Some(operands) = operands else {
        let other = types.iter().find(|ty| Operand::of(ty).is_none()).map(|ty| ty.user_name()).unwrap_or_default();
        return Err(CallError::new(format!("an array or a number is expected, not {other}")));
    };
    let dtype = call.dtype.as_ref().map(dtype_of).transpose()?;
    let steps = ufuncs::resolve(entry, &operands, dtype.as_ref())?;
    if let Some(condition) = &call.condition {
        let mask = Operand::of(&condition.ty).is_some_and(|o| o.dtype == Ty::Bool);
        if !mask {
            return Err(CallError::new(format!("where= must be bool or an array of bools, not {}", condition.ty.user_name())));
        }
    }
    if let Some(out) = &call.out {
        let Some(array) = out.ty.as_array() else { return Err(CallError::new(format!("out= must be an array, not {}", out.ty.user_name()))) };
        if steps.results.len() != 1 {
            return Err(CallError::new("out= is not supported for functions of several results"));
        }
        let rank = types.iter().filter_map(|ty| ty.as_array()).map(|a| a.rank).max().unwrap_or(0);
        if rank > array.rank {
            return Err(CallError::new(format!("the output has {} dimensions, but the operands broadcast to {rank}", array.rank)));
        }
        ufuncs::check_output(entry.name, &steps.results[0], array)?;
        return Ok((steps, out.ty.clone()));
    }
    let shapes: Vec<&Ty> = types.into_iter().chain(call.condition.as_ref().map(|c| &c.ty)).collect();
    let mut results: Vec<Ty> = steps.results.iter().map(|dtype| ufuncs::result_of(&shapes, dtype.clone())).collect();
    let result = if results.len() == 1 { results.remove(0) } else { Ty::Tuple(results) };
    Ok((steps, result))
}

impl<'c> Body<'_, 'c> {
    /// An operator with an array or a time among its operands; `false` when it is none that universal functions stand for.
    pub(super) fn array_operator(&mut self, op: Op<'c>, kind: &str, operands: &[TyArg]) -> Result<bool, Diagnostic> {
        let taken = ufuncs::takes(operands.iter().map(|a| &a.ty));
        let Some(entry) = ufuncs::of_operator(kind).and_then(functions::find).filter(|_| taken) else { return Ok(false) };
        if operands.iter().any(|a| Operand::of(&a.ty).is_none()) {
            return Ok(false);
        }
        let mut call = UfuncCall { operands: operands.to_vec(), out: None, condition: None, dtype: None };
        if op.has_attr("inplace") && operands[0].ty.as_array().is_some() {
            call.out = Some(operands[0].clone());
        }
        let (_, ty) = ufunc_type(entry, &call).map_err(|e| self.call_error(op, e))?;
        self.define(op.result(0), ty, None);
        Ok(true)
    }

    /// A call of a universal function with an array or a time among its arguments.
    pub(super) fn ufunc_call(&mut self, op: Op<'c>, entry: &'static Function, positional: Vec<TyArg>, named: Vec<(&str, TyArg)>) -> Result<(), Diagnostic> {
        let call = sort_arguments(entry, positional, named).and_then(|call| settled(entry, call, |a| a.ty.clone()));
        let (_, ty) = call.and_then(|(entry, call)| ufunc_type(entry, &call)).map_err(|e| self.call_error(op, e))?;
        self.define(op.result(0), ty, None);
        Ok(())
    }
}
