//! Functions as values: closures, and one of several functions.

use super::Lower;
use crate::functions::Val;
use zouk_dialects::ir::{Op, Value};
use zouk_dialects::ty::Ty;

impl<'c> Lower<'c> {
    /// What a closure has captured at a place.
    pub(super) fn captured(&mut self, op: Op<'c>, closure: &Val<'c>, result: &Ty) -> Val<'c> {
        let place = op.int_attr("index").unwrap_or(0) as usize;
        let captured = self.elements(closure)[place].clone();
        self.cast(&captured, result)
    }

    /// A part of an iterator.
    pub(super) fn part(&mut self, op: Op<'c>, iterator: &Val<'c>, result: &Ty) -> Val<'c> {
        let part = match &iterator.ty {
            Ty::Enumerate(inner) => self.val((**inner).clone(), iterator.parts[..iterator.parts.len() - 1].to_vec()),
            _ => self.elements(iterator)[op.int_attr("index").unwrap_or(0) as usize].clone(),
        };
        self.cast(&part, result)
    }

    /// The functions that a value may be, each as if it were that one, and the number of the one that it is.
    fn alternatives(&mut self, value: &Val<'c>) -> (Option<Value<'c>>, Vec<Val<'c>>) {
        let Ty::OneOf(functions) = &value.ty else { return (None, vec![value.clone()]) };
        let mut parts = value.parts[1..].iter().copied();
        let alternatives = functions.iter().map(|f| self.val(f.clone(), parts.by_ref().take(self.expand(f).len()).collect())).collect();
        (Some(value.parts[0]), alternatives)
    }

    /// The value as one of more functions.
    pub(super) fn one_of(&mut self, value: &Val<'c>, functions: &[Ty]) -> Vec<Value<'c>> {
        let (tag, alternatives) = self.alternatives(value);
        let place = |function: &Val<'c>| functions.iter().position(|f| f.function_name() == function.ty.function_name());
        let mut number = self.b.c_i64(alternatives.first().and_then(place).unwrap_or(0) as i64);
        if let Some(tag) = tag {
            for (i, alternative) in alternatives.iter().enumerate().skip(1) {
                let is_this = self.b.cmpi("eq", tag, self.b.c_i64(i as i64));
                let place = self.b.c_i64(place(alternative).unwrap_or(0) as i64);
                number = self.b.select(is_this, place, number);
            }
        }
        let mut parts = vec![number];
        for function in functions {
            match alternatives.iter().find(|a| a.ty.function_name() == function.function_name()) {
                Some(alternative) => parts.extend(self.cast(alternative, function).parts),
                None => parts.extend(self.fillers(function)),
            }
        }
        parts
    }

    pub(super) fn is_function(&mut self, op: Op<'c>, value: &Val<'c>) -> Val<'c> {
        let name = op.str_attr("name");
        let (tag, alternatives) = self.alternatives(value);
        let place = alternatives.iter().position(|a| a.ty.function_name() == name);
        let truth = match (tag, place) {
            (Some(tag), Some(place)) => self.b.cmpi("eq", tag, self.b.c_i64(place as i64)),
            (_, place) => self.b.c_bool(place.is_some()),
        };
        self.val(Ty::Bool, vec![truth])
    }

    /// One of several functions as one of fewer.
    pub(super) fn narrowed(&mut self, value: &Val<'c>, result: &Ty) -> Val<'c> {
        if let Ty::OneOf(functions) = result {
            let parts = self.one_of(value, functions);
            return self.val(result.clone(), parts);
        }
        let (_, alternatives) = self.alternatives(value);
        match alternatives.iter().find(|a| a.ty.function_name() == result.function_name()) {
            Some(alternative) => self.cast(alternative, result),
            None => self.val(result.clone(), self.fillers(result)),
        }
    }
}
