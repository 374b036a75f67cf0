//! Tuples and lists: building, elements by constant and by computed places, parts, unpacking.

use super::Lower;
use crate::functions::{Const, Val};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Op, Value};
use zouk_dialects::ty::Ty;

impl<'c> Lower<'c> {
    /// A tuple, a list or a slice of these parts.
    pub(super) fn tuple(&mut self, elements: &[Val<'c>], ty: &Ty) -> Val<'c> {
        let types: &[Ty] = match ty {
            Ty::Tuple(types) | Ty::List(types) | Ty::Closure(_, types) => types,
            Ty::Slice(types) => &types[..],
            _ => &[],
        };
        let parts = elements.iter().zip(types).flat_map(|(e, t)| self.cast(e, t).parts).collect();
        Val { constant: Const::tuple(elements.iter().map(|e| e.constant.clone())), ..self.val(ty.clone(), parts) }
    }

    /// `tuple[index]`; the index is an integer, or a slice of constants.
    pub(super) fn tuple_item(&mut self, op: Op<'c>, tuple: &Val<'c>, index: &Val<'c>, result: &Ty) -> Result<Val<'c>, Diagnostic> {
        let elements = self.elements(tuple);
        let outside = if let Ty::List(_) = tuple.ty { "list index out of range" } else { "tuple index out of range" };
        if let Ty::Slice(_) = index.ty {
            let places = constant_slice(index, elements.len()).ok_or_else(|| self.unsupported("a slice of a tuple must be constant"))?;
            let chosen: Vec<_> = places.into_iter().map(|i| elements[i].clone()).collect();
            return Ok(self.tuple(&chosen, result));
        }
        if let Some(Const::Int(place)) = index.constant {
            let size = elements.len() as i128;
            let place = if place < 0 { place + size } else { place };
            return match elements.get(usize::try_from(place).unwrap_or(usize::MAX)) {
                Some(element) => Ok(self.cast(element, result)),
                None => {
                    self.raise("IndexError", outside);
                    Ok(self.val(result.clone(), self.fillers(result)))
                }
            };
        }
        let elements = self.alike(tuple);
        if elements.is_empty() || elements.iter().any(|e| e.ty != elements[0].ty) {
            return Err(Diagnostic { span: zouk_dialects::diagnostic::Span::of(op.loc()), ..self.unsupported("a tuple of different types needs a constant index") });
        }
        let size = self.b.c_index(elements.len() as i64);
        let place = self.checked_index(index, size, outside);
        Ok(self.select_element(&elements, place))
    }

    /// The elements of a tuple, functions as one of all of them.
    pub(super) fn alike(&mut self, tuple: &Val<'c>) -> Vec<Val<'c>> {
        let elements = self.elements(tuple);
        let types: Vec<Ty> = elements.iter().map(|e| e.ty.clone()).collect();
        match Ty::of_any(&types) {
            Some(any) => elements.iter().map(|e| self.cast(e, &any)).collect(),
            None => elements,
        }
    }

    /// The element at a place (an index) in bounds; all have the same type.
    pub(super) fn select_element(&mut self, elements: &[Val<'c>], place: Value<'c>) -> Val<'c> {
        let Some((last, others)) = elements.split_last() else { return self.val(Ty::None, vec![]) };
        let mut parts = last.parts.clone();
        for (i, element) in others.iter().enumerate().rev() {
            let here = self.b.cmpi("eq", place, self.b.c_index(i as i64));
            parts = element.parts.iter().zip(&parts).map(|(a, b)| self.b.select(here, *a, *b)).collect();
        }
        self.val(last.ty.clone(), parts)
    }

    /// `a, b, … = value`
    pub(super) fn unpack(&mut self, op: Op<'c>, value: &Val<'c>) -> Result<(), Diagnostic> {
        let targets = op.results();
        if let Some(types) = value.ty.as_sequence() {
            if types.len() != targets.len() {
                self.raise("ValueError", &wrong_count(targets.len(), types.len()));
                let parts: Vec<_> = self.tys(&targets).iter().flat_map(|t| self.fillers(t)).collect();
                self.bind_parts(&targets, &parts);
                return Ok(());
            }
            for (target, element) in targets.into_iter().zip(self.elements(value)) {
                self.bind_cast(target, &element);
            }
            return Ok(());
        }
        let iteration = self.iteration(value)?;
        self.check_count(iteration.length, targets.len());
        for (i, target) in targets.into_iter().enumerate() {
            let place = self.b.c_i64(i as i64);
            let item = self.item(&iteration, place)?;
            self.bind_cast(target, &item);
        }
        Ok(())
    }

    fn bind_cast(&mut self, target: Value<'c>, value: &Val<'c>) {
        let ty = self.types.get(target.ty());
        let value = self.cast(value, &ty);
        self.bind(target, value);
    }

    /// Raises unless the length (an i64) is `expected`.
    fn check_count(&self, length: Value<'c>, expected: usize) {
        let count = self.b.c_i64(expected as i64);
        let enough = self.b.cmpi("sge", length, count);
        self.check_ints(enough, "ValueError", &format!("not enough values to unpack (expected {expected}, got {{}})"), &[length]);
        let fits = self.b.cmpi("sle", length, count);
        self.check(fits, "ValueError", &wrong_count(expected, usize::MAX));
    }
}

fn wrong_count(expected: usize, got: usize) -> String {
    if got < expected {
        format!("not enough values to unpack (expected {expected}, got {got})")
    } else {
        format!("too many values to unpack (expected {expected})")
    }
}

/// The places that a constant slice selects from a sequence of `size`: `range(*slice.indices(size))`. `None` when a part is no constant.
fn constant_slice(slice: &Val, size: usize) -> Option<Vec<usize>> {
    let Some(Const::Tuple(parts)) = &slice.constant else { return None };
    let part = |i: usize| match parts.get(i)? {
        Const::None => Some(None),
        Const::Int(n) => Some(Some(*n)),
        Const::Bool(b) => Some(Some(*b as i128)),
        _ => None,
    };
    let (size, step) = (size as i128, part(2)?.unwrap_or(1));
    let (low, high) = if step < 0 { (-1, size - 1) } else { (0, size) };
    let clamp = |n: i128| (if n < 0 { n + size } else { n }).clamp(low, high.max(low));
    let first = part(0)?.map_or(if step < 0 { high } else { low }, clamp);
    let last = part(1)?.map_or(if step < 0 { low } else { high }, clamp);
    let places = std::iter::successors(Some(first), |i| Some(i + step));
    (step != 0).then(|| places.take_while(|i| if step < 0 { *i > last } else { *i < last }).filter_map(|i| usize::try_from(i).ok()).collect())
}
