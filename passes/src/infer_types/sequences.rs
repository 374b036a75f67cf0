//! Tuples and lists: displays, and where NumPy takes either for an array.

use super::body::{Body, Flow};
use crate::lower_python::record_of;
use crate::functions::{self, Const, Function, TyArg, ufuncs};
use std::collections::HashSet;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Value};
use zouk_dialects::ty::{Array, Ty, Walk};

/// What to do where a list would have to change.
pub(super) const FIXED: &str = "lists that change are not supported: fill an array made by `np.empty`, or write the display with all its elements";

/// Of so many sequences among the arguments of a call it is tried which are meant as arrays.
const MAX_SEQUENCES: usize = 6;

impl TyArg {
    /// As a function of NumPy sees it: a list is a tuple.
    pub(super) fn decayed(self) -> TyArg {
        TyArg { ty: self.ty.decayed(), ..self }
    }
}

impl<'c> Body<'_, 'c> {
    /// A tuple or a list. The constants among the parts stay known: strings are nothing else.
    pub(super) fn sequence(&mut self, op: Op<'c>, kind: fn(Vec<Ty>) -> Ty) -> Result<(), Diagnostic> {
        let operands = op.operands();
        let types: Vec<Ty> = operands.iter().map(|v| self.ty(*v)).collect();
        let constant = Const::tuple(operands.iter().map(|v| self.constant(*v)));
        let ty = if types.iter().any(Ty::has_unknown) { Ty::Unknown } else { kind(types) };
        self.check_size(op, ty.parts())?;
        self.define(op.result(0), ty, constant);
        Ok(())
    }

    /// Refuses a tuple or list of `count` parts that would be a type as long.
    pub(super) fn check_size(&self, op: Op<'c>, count: usize) -> Result<(), Diagnostic> {
        let most = Ty::MAX_PARTS;
        if count <= most {
            return Ok(());
        }
        let what = if op.is("py.list") { "list" } else { "tuple" };
        let message = format!("a {what} of {count} values, those inside of its elements included, is too large: {most} at most");
        Err(self.error("tuple-too-large", message, op.loc()).help("use an array"))
    }

    /// A returned list is a new one of Python's. One that is found in two places of a result would have to be one object there.
    pub(super) fn check_returned_lists(&self, op: Op<'c>, value: Value<'c>) -> Result<(), Diagnostic> {
        if lists_in(&self.ty(value)) < 2 || self.returns_apart(value, &mut HashSet::new()) {
            return Ok(());
        }
        let error = self.error("unsupported-result", "a compiled function cannot return several lists that may be one object", op.loc());
        Err(error.help("return tuples, or write each list as a display"))
    }

    /// Whether every list in the value is surely another object than the others: made where it stands.
    fn returns_apart(&self, value: Value<'c>, seen: &mut HashSet<Value<'c>>) -> bool {
        let lists = lists_in(&self.ty(value));
        let Some(def) = value.def().filter(|_| lists > 0) else { return lists == 0 };
        match def.name() {
            "py.tuple" => def.operands().into_iter().all(|part| self.returns_apart(part, seen)),
            "py.list" => seen.insert(value) && def.operands().into_iter().all(|part| self.returns_apart(part, seen)),
            "py.binary" => lists == 1 && seen.insert(value),
            "py.call" => lists == 1 && self.ty(def.operand(0)).as_ref_name().is_some_and(makes_list) && seen.insert(value),
            _ => false,
        }
    }

    /// An operator between an array and a tuple or list makes an array of that one first; whether it did.
    pub(super) fn operand_as_array(&mut self, op: Op<'c>) -> Result<bool, Diagnostic> {
        let kind = op.str_attr("kind").unwrap_or_default();
        if kind != "matmul" && ufuncs::of_operator(kind).is_none() {
            return Ok(false);
        }
        let types = [0, 1].map(|i| self.ty(op.operand(i)));
        let Some(place) = (0..2).find(|i| types[1 - i].as_array().is_some() && types[*i].as_sequence().is_some()) else { return Ok(false) };
        self.make_array(op, place)?;
        if op.is("py.binary") { self.binary(op)? } else { self.compare(op)? }
        Ok(true)
    }

    /// `array[index] = (1, 2)` assigns an array, but of records one, unless the index is a field.
    pub(super) fn item_as_array(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let target = matches!(self.ty(op.operand(0)), Ty::Array(_) | Ty::Walk(Walk::Flat, _));
        let target = target && (record_of(&self.ty(op.operand(0))).is_none() || self.ty(op.operand(1)) == Ty::Str);
        if target && self.ty(op.operand(2)).as_sequence().is_some() && !self.is_row(op) {
            self.make_array(op, 2)?;
        }
        Ok(())
    }

    /// Whether `array[i, j] = x, y, z` stores numbers of one type in a row: no array is made of them, which kernels could not have.
    pub(super) fn is_row(&self, op: Op<'c>) -> bool {
        let (Ty::Array(array), Ty::Tuple(items)) = (self.ty(op.operand(0)), self.ty(op.operand(2))) else { return false };
        let index = self.ty(op.operand(1));
        let indices = if let Ty::Tuple(parts) = &index { parts.as_slice() } else { std::slice::from_ref(&index) };
        let same = items.first().is_some_and(|first| first.is_scalar() && items.iter().all(|item| item == first));
        same && array.rank == indices.len() + 1 && indices.iter().all(Ty::is_int)
    }

    /// Puts `np.asarray(…)` around an operand. It stays right when types grow: of an array it is the array itself.
    fn make_array(&mut self, op: Op<'c>, place: usize) -> Result<(), Diagnostic> {
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let types = &self.engine.types;
        let (function, object) = (types.to_mlir(&Ty::Ref("numpy.asarray".into())), types.to_mlir(&Ty::Unknown));
        let function = b.val("py.ref", &[], function, &[]);
        let array = b.val("py.call", &[function, op.operand(place)], object, &[]);
        op.set_operand(place, array);
        for made in [function.def(), array.def()].into_iter().flatten() {
            self.op(made)?;
        }
        Ok(())
    }

    /// A call that refuses tuples (or lists) where NumPy takes whatever makes an array: with arrays of those that need to be. An entry that would
    /// write to such an array is not meant.
    pub(super) fn call_with_arrays(
        &mut self,
        op: Op<'c>,
        entry: &'static Function,
        positional: &[TyArg],
        named: &[(&str, TyArg)],
    ) -> Result<Option<Option<Flow<'c>>>, Diagnostic> {
        let all: Vec<&TyArg> = positional.iter().chain(named.iter().map(|(_, argument)| argument)).collect();
        let first = op.num_operands().checked_sub(all.len());
        let sequences: Vec<(usize, Ty)> = all.iter().enumerate().filter_map(|(i, argument)| Some((i, array_for(argument)?))).collect();
        let Some(first) = first.filter(|_| takes_arrays(entry.name) && (1..=MAX_SEQUENCES).contains(&sequences.len())) else { return Ok(None) };
        let mut choices: Vec<u32> = (1..1 << sequences.len()).collect();
        choices.sort_by_key(|choice| choice.count_ones());
        for choice in choices {
            let chosen: Vec<&(usize, Ty)> = sequences.iter().enumerate().filter(|(k, _)| choice >> k & 1 == 1).map(|(_, sequence)| sequence).collect();
            let meant = |i: usize, argument: &TyArg| match chosen.iter().find(|(place, _)| *place == i) {
                Some((_, ty)) => TyArg { ty: ty.clone(), constant: None },
                None => argument.clone(),
            };
            let with: Vec<TyArg> = positional.iter().enumerate().map(|(i, argument)| meant(i, argument)).collect();
            let named = named.iter().enumerate().map(|(i, (name, argument))| (*name, meant(positional.len() + i, argument))).collect();
            if self.ask(op, entry, with, named).is_err() {
                continue;
            }
            for (place, _) in chosen {
                self.make_array(op, first + place)?;
            }
            return self.op(op).map(Some);
        }
        Ok(None)
    }
}

/// Functions of NumPy and methods of arrays. Python's own do not make arrays of what they are given, and `nditer` runs over each of several.
fn takes_arrays(name: &str) -> bool {
    ["numpy.", "array.", "generator."].iter().any(|prefix| name.starts_with(prefix)) && !matches!(name, "numpy.asarray" | "numpy.array" | "numpy.nditer")
}

/// The array that `np.asarray` makes of a tuple, as one that may not be written.
fn array_for(argument: &TyArg) -> Option<Ty> {
    argument.ty.as_sequence()?;
    let entry = functions::find("numpy.asarray")?;
    let bound = entry.bind(vec![argument.clone()], vec![]).ok()?;
    match (entry.infer)(&bound).ok()?.ty {
        Ty::Array(array) => Some(Ty::Array(Array { readonly: true, ..array })),
        _ => None,
    }
}

/// Whether a list that the function gives is a new one.
fn makes_list(function: &str) -> bool {
    function.starts_with("numpy.") || matches!(function, "builtins.list" | "zouk.library.collected")
}

fn lists_in(ty: &Ty) -> usize {
    match ty {
        Ty::Tuple(parts) => parts.iter().map(lists_in).sum(),
        Ty::List(parts) => 1 + parts.iter().map(lists_in).sum::<usize>(),
        Ty::Optional(inner) => lists_in(inner),
        _ => 0,
    }
}
