//! Calls of functions under `@vectorize` in compiled code: the signature by NumPy's rule, an instance for one element, and the array that it makes.

use super::body::Body;
use super::elementwise::UfuncCall;
use super::finish::Finish;
use super::signatures::Signature;
use crate::functions::{CallError, Const, TyArg, dtype_of, ufuncs};
use std::collections::HashSet;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op};
use zouk_dialects::ty::{Operand, Ty, promote_types, result_type, same_kind};

/// Of a `py.call` at stage `typed`: the instance that computes an element.
pub(crate) const CALLEE: &str = "zouk.callee";
/// The types that the instance takes, and its result's last.
pub(crate) const TYPES: &str = "zouk.callee_types";
/// The instance computes a number of numbers and does nothing else: the call is one op on whole arrays.
pub(crate) const PLAIN: &str = "zouk.callee_is_plain";

/// Of a `py.call`: the array given as `out` overlaps no operand, and what is in it after an exception is of no importance.
pub(crate) const APART: &str = "zouk.out_is_apart";

/// Sorts the arguments of `f(x1, …, out, where=, dtype=)`.
pub(crate) fn sort_vectorized<A>(name: &str, count: usize, mut positional: Vec<A>, named: Vec<(&str, A)>) -> Result<UfuncCall<A>, CallError> {
    let given = positional.len();
    if given < count || given > count + 1 {
        return Err(CallError::new(format!("{name}() takes from {count} to {} positional arguments but {given} were given", count + 1)));
    }
    let mut out = (given > count).then(|| positional.pop()).flatten();
    let (mut condition, mut dtype) = (None, None);
    for (keyword, argument) in named {
        match keyword {
            "out" if out.is_none() => out = Some(argument),
            "where" => condition = Some(argument),
            "dtype" => dtype = Some(argument),
            other => return Err(CallError::new(format!("{name}() got an unexpected keyword argument '{other}'")).help("supported: out=, where=, dtype=")),
        }
    }
    Ok(UfuncCall { operands: positional, out, condition, dtype })
}

/// The entry that gives `"any"` for a function under `@vectorize` that was told that its reductions take the items in any order; an empty text for others.
pub(crate) const ORDER: &str = "zouk.library.order";

impl<'c> Body<'_, 'c> {
    pub(super) fn ufunc_order(&mut self, op: Op<'c>) {
        let ty = self.ty(op.operand(1));
        let source = ty.as_ref_name().and_then(|name| self.engine.sources.get(name.strip_prefix('@')?));
        let any = source.is_some_and(|source| source.has_attr("py.ufunc_reorderable"));
        self.define(op.result(0), Ty::Str, Some(Const::Str(if any { "any" } else { "" }.into())));
    }

    pub(super) fn is_vectorized(&self, symbol: &str) -> bool {
        self.engine.sources.get(symbol).is_some_and(|source| source.has_attr("py.ufunc"))
    }

    pub(super) fn call_vectorized(&mut self, op: Op<'c>, symbol: &str) -> Result<(), Diagnostic> {
        self.unwrap_operands(op, 1);
        let (positional, named) = self.arguments(op, 1, false);
        let source = self.engine.sources[symbol];
        let (name, count) = (source.str_attr("py.display").unwrap_or_default(), source.str_array_attr("py.params").len());
        let call = sort_vectorized(name, count, positional, named).map_err(|e| self.call_error(op, e))?.without_none(|a: &TyArg| a.ty.clone());
        if call.operands.iter().chain(&call.out).chain(&call.condition).any(|a| a.ty.has_unknown()) {
            self.define(op.result(0), Ty::Unknown, None);
            return Ok(());
        }
        let operands = call.operands.iter().map(operand).collect::<Result<Vec<_>, _>>().map_err(|e| self.call_error(op, e))?;
        let wanted = call.dtype.as_ref().map(dtype_of).transpose().map_err(|e| self.call_error(op, e))?;
        let signature = match &wanted {
            None => self.element_signature(op, symbol, &operands)?,
            Some(dtype) => self.signature_giving(op, symbol, &operands, dtype)?,
        };
        let callee = self.engine.instance(symbol, signature, op.loc()).map_err(|e| self.engine.at_call(self.index, symbol, op, e))?;
        self.engine.instances[callee].callers.insert(self.index);
        let element = self.engine.result_of(callee);
        if let Some(dtype) = wanted.filter(|dtype| element != Ty::Unknown && element_results(&element).iter().any(|result| result != dtype)) {
            return Err(self.call_error(op, no_loop(name).help(format!("no signature of {name} gives {}", dtype.user_name()))));
        }
        let arrays = call.out.is_some() || call.operands.iter().chain(&call.condition).any(|a| a.ty.as_array().is_some());
        let (kept, other) = if arrays { (&mut self.facts.elementwise, &mut self.facts.targets) } else { (&mut self.facts.targets, &mut self.facts.elementwise) };
        kept.insert(op, callee);
        other.remove(&op);
        let result = if element == Ty::Unknown { Ok(element) } else { result_of(name, &call, &element) };
        let result = result.map_err(|e| self.call_error(op, e))?;
        self.define(op.result(0), result, None);
        Ok(())
    }

    /// The first declared signature that all operands can be cast to safely; the operands' own types where none is declared.
    fn element_signature(&self, op: Op<'c>, symbol: &str, operands: &[Operand]) -> Result<Signature, Diagnostic> {
        let own = operands.iter().map(|o| o.dtype.clone()).collect();
        let alone = operands.iter().all(|o| o.weak);
        self.first_signature(op, symbol, own, |signature| operands.iter().zip(&signature.arguments).all(|(operand, to)| casts_safely(operand, to, alone)))
    }

    /// The first declared signature of that result whose arguments the operands can be cast to within their kind; the operands' own types where none is declared.
    fn signature_giving(&self, op: Op<'c>, symbol: &str, operands: &[Operand], dtype: &Ty) -> Result<Signature, Diagnostic> {
        let own: Vec<Ty> = operands.iter().map(|o| o.dtype.clone()).collect();
        let gives = |result: &Ty| element_results(result).iter().all(|result| result == dtype);
        let found = self.find_signature(symbol, &own, |signature| {
            signature.result.as_ref().is_some_and(gives) && own.iter().zip(&signature.arguments).all(|(from, to)| same_kind(from, to))
        })?;
        found.ok_or_else(|| self.call_error(op, no_loop(self.engine.sources[symbol].str_attr("py.display").unwrap_or_default())))
    }

    /// The first declared signature that fits, or the error that says so; `own` where none is declared.
    pub(super) fn first_signature(&self, op: Op<'c>, symbol: &str, own: Vec<Ty>, fits: impl Fn(&Signature) -> bool) -> Result<Signature, Diagnostic> {
        let message = |name: &str| {
            format!("ufunc '{name}' not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''")
        };
        let found = self.find_signature(symbol, &own, fits)?;
        found.ok_or_else(|| self.call_error(op, CallError::new(message(self.engine.sources[symbol].str_attr("py.display").unwrap_or_default()))))
    }

    fn find_signature(&self, symbol: &str, own: &[Ty], fits: impl Fn(&Signature) -> bool) -> Result<Option<Signature>, Diagnostic> {
        let source = self.engine.sources[symbol];
        if !source.has_attr("py.signatures") {
            return Ok(Some(Signature { arguments: own.to_vec(), result: None, literals: vec![] }));
        }
        let results = source.str_array_attr("py.signature_results");
        for (i, attribute) in source.array_attr("py.signatures").into_iter().enumerate() {
            let signature = Signature::read(source, attribute, results.get(i).copied())?;
            if fits(&signature) {
                return Ok(Some(signature));
            }
        }
        Ok(None)
    }
}

/// `np.can_cast(from, to, "safe")`; Python's numbers take any dtype of their kind beside arrays.
pub(super) fn casts_safely(from: &Operand, to: &Ty, alone: bool) -> bool {
    match from.weak && !alone {
        true => result_type(&[Operand::strong(to), from.clone()]).as_ref() == Some(to),
        false => promote_types(&from.dtype, to).as_ref() == Some(to),
    }
}

fn operand(argument: &TyArg) -> Result<Operand, CallError> {
    match Operand::of(&argument.ty) {
        Some(operand) if operand.dtype.is_number() => Ok(operand),
        _ => Err(CallError::new(format!("an array or a number is expected, not {}", argument.ty.user_name()))),
    }
}

fn no_loop(name: &str) -> CallError {
    CallError::new(format!("No loop matching the specified signature and casting was found for ufunc {name}"))
}

/// The results of one element.
fn element_results(element: &Ty) -> Vec<Ty> {
    if let Ty::Tuple(parts) = element { parts.clone() } else { vec![element.clone()] }
}

fn result_of(name: &str, call: &UfuncCall<TyArg>, element: &Ty) -> Result<Ty, CallError> {
    let elements = element_results(element);
    if elements.is_empty() || !elements.iter().all(Ty::is_number) {
        return Err(CallError::new(format!("a function under @vectorize returns a number or a tuple of numbers, not {}", element.user_name())));
    }
    if let Some(condition) = &call.condition && Operand::of(&condition.ty).is_none_or(|o| o.dtype != Ty::Bool) {
        return Err(CallError::new(format!("where= must be bool or an array of bools, not {}", condition.ty.user_name())));
    }
    let types: Vec<&Ty> = call.operands.iter().chain(&call.condition).map(|a| &a.ty).collect();
    if let Some(out) = &call.out {
        let Some(array) = out.ty.as_array() else { return Err(CallError::new(format!("out= must be an array, not {}", out.ty.user_name()))) };
        let rank = types.iter().filter_map(|ty| ty.as_array()).map(|a| a.rank).max().unwrap_or(0);
        if elements.len() != 1 {
            return Err(CallError::new("out= is not supported for functions of several results"));
        }
        if rank > array.rank {
            return Err(CallError::new(format!("the output has {} dimensions, but the operands broadcast to {rank}", array.rank)));
        }
        ufuncs::check_output(name, &elements[0], array)?;
        return Ok(out.ty.clone());
    }
    let mut results: Vec<Ty> = elements.into_iter().map(|dtype| ufuncs::result_of(&types, dtype)).collect();
    Ok(if matches!(element, Ty::Tuple(_)) { Ty::Tuple(results) } else { results.remove(0) })
}

impl<'c> Finish<'_, 'c> {
    /// The calls say which instance computes an element.
    pub(super) fn elementwise_calls(&self) {
        for (&op, &callee) in &self.facts.elementwise {
            let instance = &self.engine.instances[callee];
            let b = Builder::before(op);
            let types = instance.arguments.iter().cloned().chain([self.engine.result_of(callee)]);
            op.set_attr(CALLEE, b.symbol(&instance.symbol));
            op.set_attr(TYPES, b.array(&types.map(|ty| b.str(&ty.to_string())).collect::<Vec<_>>()));
            let mut reached = HashSet::new();
            if self.is_plain(callee, &mut reached) {
                op.set_attr(PLAIN, b.unit());
                reached.into_iter().for_each(|function| self.engine.instances[function].op.set_attr("zouk.inline", b.unit()));
            }
        }
    }

    /// Whether an instance computes numbers of numbers, with no loop and nothing that may raise, and which others it calls.
    fn is_plain(&self, callee: usize, seen: &mut HashSet<usize>) -> bool {
        let instance = &self.engine.instances[callee];
        let numpy = instance.op.str_attr("zouk.error_model").or(self.engine.module.str_attr("zouk.error_model")) == Some("numpy");
        if !seen.insert(callee) {
            return false;
        }
        let mut plain = instance.arguments.iter().chain([&self.engine.result_of(callee)]).all(Ty::is_number);
        instance.op.walk(&mut |op| {
            plain &= op == instance.op || match op.name() {
                "py.constant" | "py.ref" | "py.cast" | "py.unary" | "py.compare" | "py.truth" | "py.if" | "py.yield" | "py.return" => true,
                "py.binary" => numpy || matches!(op.str_attr("kind"), Some("add" | "sub" | "mul" | "and" | "or" | "xor")) || instance.divides_by_constant(op),
                "py.call" if is_function(op) => instance.facts.targets.get(&op).is_some_and(|target| self.is_plain(*target, seen)),
                // Of an instance whose types are written.
                "func.call" => self.engine.instances.iter().position(|other| op.str_attr("callee") == Some(&other.symbol)).is_some_and(|target| self.is_plain(target, seen)),
                "py.call" => op.operand(0).def_by("py.ref").is_some_and(|reference| is_plain_function(&reference.result(0).ty().to_string())),
                _ => false,
            };
            plain &= op.results().into_iter().all(|value| op.is("py.ref") || self.engine.types.get(value.ty()).is_number() || instance.facts_are_numbers(value));
        });
        plain
    }
}

impl<'c> super::Instance<'c> {
    /// Whether the op is a division by a number that is known not to be zero.
    fn divides_by_constant(&self, op: Op<'c>) -> bool {
        let divides = matches!(op.str_attr("kind"), Some("truediv" | "floordiv" | "mod"));
        let divisor = self.facts.constants.get(&op.operand(1)).filter(|_| divides);
        divisor.is_some_and(|divisor| matches!(divisor, Const::Int(n) if *n != 0) || matches!(divisor, Const::Float(x) if *x != 0.0))
    }

    /// Of an instance whose types are not yet written.
    fn facts_are_numbers(&self, value: zouk_dialects::ir::Value<'c>) -> bool {
        self.facts.types.get(&value).is_some_and(Ty::is_number)
    }
}

/// Whether the call is one of a function of the module.
fn is_function(call: Op) -> bool {
    call.operand(0).ty().to_string().starts_with("!py.ref<\"@")
}

/// Functions of numbers that raise nothing.
fn is_plain_function(reference: &str) -> bool {
    let name = reference.trim_start_matches("!py.ref<\"").trim_end_matches("\">");
    const OF_MATH: &[&str] = &[
        "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "exp", "exp2", "expm1", "log", "log2",
        "log10", "log1p", "fabs", "hypot", "copysign", "erf", "erfc", "isnan", "isinf", "isfinite", "degrees", "radians",
    ];
    match name.split_once('.') {
        Some(("math", name)) => OF_MATH.contains(&name),
        Some(("numpy", "power" | "pow" | "round" | "around")) => false,
        Some(("numpy", _)) => crate::functions::find(name).is_some_and(|entry| ufuncs::is_elementwise(entry, 2)),
        Some(("builtins", name)) => matches!(name, "abs" | "min" | "max" | "float" | "complex"),
        _ => false,
    }
}
