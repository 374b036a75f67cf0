//! Functions as values: closures, one of several functions, and functions by their address.

use super::{CALL_ENTRY, Lower};
use crate::functions::Val;
use zouk_dialects::ir::{Builder, MemRefType, Op, Type, TypeLike, Value};
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
            Ty::Reversed(inner) => self.val((**inner).clone(), iterator.parts.clone()),
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

    /// A call of an entry point by its address: slots of memory hold the arguments and the result. What it raises is pending already.
    pub(super) fn call_address(&mut self, function: &Val<'c>, declared: &[Ty], arguments: &[Val<'c>], result: &Ty) -> Val<'c> {
        let arguments: Vec<_> = arguments.iter().zip(declared).map(|(argument, ty)| self.cast(argument, ty)).collect();
        if declared.iter().chain([result]).any(|ty| self.expand(ty).into_iter().any(|part| part.is_mem_ref())) {
            return self.call_with_arrays(function, &arguments, result);
        }
        let mut given = vec![];
        for (argument, ty) in arguments.iter().zip(declared) {
            given.extend(argument.parts.iter().map(|part| self.slot_of(*part, ty)));
        }
        let types = self.expand(result);
        let (slots, results) = (self.slots(given.len()), self.slots(types.len()));
        for (i, value) in given.into_iter().enumerate() {
            self.b.op("memref.store", &[value, slots, self.b.c_index(i as i64)], &[], &[]);
        }
        let status = self.b.val("rt.call", &[function.parts[0], slots, results], self.b.i64(), &[("callee", self.b.str(CALL_ENTRY))]);
        let fine = self.b.cmpi("eq", status, self.b.c_i64(0));
        self.b.op("rt.check", &[fine], &[], &[("exception", self.b.str("")), ("message", self.b.str("")), ("pending", self.b.unit())]);
        let load = |i: usize| self.b.val("memref.load", &[results, self.b.c_index(i as i64)], self.b.i64(), &[]);
        let parts = types.iter().enumerate().map(|(i, ty)| self.from_slot(load(i), *ty)).collect();
        self.val(result.clone(), parts)
    }

    /// Memory of so many slots, which the function has once however often the place is passed.
    fn slots(&self, count: usize) -> Value<'c> {
        let ty = MemRefType::new(self.b.i64(), &[count.max(1) as i64], None, None).into();
        let mut block = self.b.block();
        while let Some(parent) = block.parent().filter(|op| !op.is("func.func")) {
            block = parent.block().unwrap_or(block);
        }
        let entry = block.region().and_then(|region| region.first_block()).unwrap_or(block);
        let at = match entry.first() {
            Some(first) => Builder::before(first),
            None => Builder::at_end(self.b.context, entry, self.b.loc()),
        };
        at.set_loc(self.b.loc());
        at.val("memref.alloca", &[], ty, &[("operandSegmentSizes", at.i32_array(&[0, 0]))])
    }

    /// The integer type as wide as a float.
    fn bits_of(&self, float: Type<'c>) -> Type<'c> {
        self.b.int(if float == self.b.f16() { 16 } else if float == self.b.f32() { 32 } else { 64 })
    }

    fn slot_of(&self, part: Value<'c>, ty: &Ty) -> Value<'c> {
        let (i64, of) = (self.b.i64(), part.ty());
        if Self::is_float(of) {
            let bits = self.b.val("arith.bitcast", &[part], self.bits_of(of), &[]);
            return if bits.ty() == i64 { bits } else { self.b.val("arith.extui", &[bits], i64, &[]) };
        }
        if of == i64 { part } else { self.b.val(if ty.is_signed() { "arith.extsi" } else { "arith.extui" }, &[part], i64, &[]) }
    }

    fn from_slot(&self, slot: Value<'c>, ty: Type<'c>) -> Value<'c> {
        let narrow = |bits: Type<'c>| if bits == self.b.i64() { slot } else { self.b.val("arith.trunci", &[slot], bits, &[]) };
        if Self::is_float(ty) {
            let bits = narrow(self.bits_of(ty));
            return self.b.val("arith.bitcast", &[bits], ty, &[]);
        }
        narrow(ty)
    }
}
