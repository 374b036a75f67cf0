//! Calls: of functions of the tables, of methods and attributes, of compiled functions.

use super::Lower;
use super::control_flow::parts_of;
use crate::functions::{self, Bound, Const, Function, Member, TyArg, Val};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;
use zouk_dialects::ty::Ty;

/// What is known of the parts of a slice, a list or a tuple: texts are nothing else.
fn constant_parts(entry: &Function, bound: &Bound<Val>, result: &Ty) -> Option<Const> {
    let has_parts = matches!(result, Ty::Slice(_) | Ty::List(_) | Ty::Tuple(_) | Ty::Str);
    has_parts.then(|| (entry.infer)(&bound.map(Val::as_argument)).ok()?.constant).flatten()
}

impl<'c> Lower<'c> {
    /// `callee(arguments…, keyword=…)` of a function of the tables.
    pub(super) fn call(&mut self, op: Op<'c>, operands: &[Val<'c>], result: &Ty) -> Result<Val<'c>, Diagnostic> {
        if op.has_attr(crate::infer_types::generalized::LAYOUT) {
            return self.call_generalized(op, &operands[1..], result);
        }
        if op.has_attr(crate::infer_types::vectorized::CALLEE) {
            return self.call_vectorized(op, &operands[1..], result);
        }
        if let Ty::Function(signature) = &operands[0].ty {
            return Ok(self.call_address(&operands[0], &signature[1..], &operands[1..], result));
        }
        let Some(name) = operands[0].ty.as_ref_name() else {
            return Err(self.internal(format!("{} is called", operands[0].ty)));
        };
        if crate::foreign::is_foreign(name) {
            return self.call_foreign(op, name, &operands[1..], result);
        }
        let arguments = self.aligned_arguments(name, &operands[1..]);
        self.call_entry(op, name, &arguments, result)
    }

    /// `value.name(arguments…, keyword=…)`
    pub(super) fn call_method(&mut self, op: Op<'c>, operands: &[Val<'c>], result: &Ty) -> Result<Val<'c>, Diagnostic> {
        let receiver = TyArg { ty: operands[0].ty.clone(), constant: operands[0].constant.clone() };
        let name = op.str_attr("name").unwrap_or_default();
        match functions::member(&receiver, name) {
            Some(Member::Method(entry)) => {
                let arguments = self.aligned_arguments(entry.name, operands);
                self.call_entry(op, entry.name, &arguments, result)
            }
            Some(Member::Attribute(entry)) => {
                let arguments = self.aligned_arguments(entry.name, &operands[1..]);
                self.call_entry(op, entry.name, &arguments, result)
            }
            None => Err(self.internal(format!("{} has no method {name}", receiver.ty.user_name()))),
        }
    }

    /// The arguments as the function takes them. Universal functions look at unaligned arrays themselves.
    fn aligned_arguments(&mut self, name: &str, arguments: &[Val<'c>]) -> Vec<Val<'c>> {
        let as_they_are = functions::find(name).is_none_or(|entry| functions::takes_unaligned(entry) || functions::ufuncs::is_elementwise(entry, arguments.len()));
        if as_they_are {
            return arguments.to_vec();
        }
        arguments.iter().map(|value| self.aligned_argument(value)).collect()
    }

    /// `value.name`
    pub(super) fn attribute(&mut self, op: Op<'c>, value: &Val<'c>, result: &Ty) -> Result<Val<'c>, Diagnostic> {
        let field = op.str_attr("name").unwrap_or_default();
        if let Ty::Class(_) = value.ty {
            let held = self.load_class_field(value, field)?;
            return Ok(self.cast(&held, result));
        }
        if let Ty::Named(names, _) = &value.ty
            && let Some(place) = names.fields.iter().position(|name| name == field)
        {
            let element = self.elements(value)[place].clone();
            return Ok(self.cast(&element, result));
        }
        let name = format!("{}.{field}", functions::receiver_class(&value.ty));
        if functions::find(&name).is_none() && super::record_of(&value.ty).is_some() {
            return self.field(value, field);
        }
        self.call_entry(op, &name, std::slice::from_ref(value), result)
    }

    /// The last arguments are those of the op's keywords.
    fn call_entry(&mut self, op: Op<'c>, name: &str, arguments: &[Val<'c>], result: &Ty) -> Result<Val<'c>, Diagnostic> {
        let entry = functions::find(name).ok_or_else(|| self.internal(format!("there is no function {name}")))?;
        let decayed = |value: &Val<'c>| Val { ty: value.ty.decayed(), ..value.clone() };
        let arguments: Vec<_> = if functions::tells_lists(name) { arguments.to_vec() } else { arguments.iter().map(decayed).collect() };
        let keywords = op.str_array_attr("keywords");
        let (positional, named) = arguments.split_at(arguments.len().saturating_sub(keywords.len()));
        let named: Vec<(&str, Val<'c>)> = keywords.into_iter().zip(named.iter().cloned()).collect();
        if let Some(value) = self.ufunc_call(entry, positional, &named, result)? {
            return Ok(value);
        }
        let bound = entry.bind(positional.to_vec(), named).map_err(|e| self.internal(e.message))?;
        let parts = self.entry_code(entry, &bound, result);
        if parts.len() != self.expand(result).len() {
            return Err(self.internal(format!("{name} gave {} parts of a {result}", parts.len())));
        }
        let constant = constant_parts(entry, &bound, result);
        Ok(Val { constant, ..self.val(result.clone(), parts) })
    }

    /// A call of another function of the module.
    pub(super) fn call_function(&mut self, op: Op<'c>, operands: &[Val<'c>]) -> Result<(), Diagnostic> {
        let types = self.expand_all(&self.tys(&op.results()));
        let parts = self.b.op("func.call", &parts_of(operands), &types, &op.attrs()).results();
        self.bind_parts(&op.results(), &parts);
        Ok(())
    }
}
