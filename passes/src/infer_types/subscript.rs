//! `value[index]` and `value[index] = item`: tuples, and NumPy's basic indexing. Arrays as indices are in `advanced_indexing.rs`.

use super::body::Body;
use crate::advanced_index::{Part, parts_of};
use crate::functions::times::storable;
use crate::functions::{Bound, Const, TyArg, flag_of_text};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;
use zouk_dialects::ty::{Array, Layout, Ty, Walk};

impl<'c> Body<'_, 'c> {
    pub(super) fn slice(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let mut parts = vec![];
        for i in 0..3 {
            let part = self.operand(op, i);
            match part.ty {
                Ty::Unknown | Ty::None => parts.push(part.ty),
                ty if ty.is_integral() => parts.push(ty),
                ty => {
                    let message = format!("slice indices must be integers or None, not {}", ty.user_name());
                    return Err(self.note_operands(self.error("bad-index", message, op.loc()), op));
                }
            }
        }
        let constants: Option<Vec<Const>> = (0..3).map(|i| self.constant(op.operand(i))).collect();
        let ty = match <[Ty; 3]>::try_from(parts) {
            Ok(parts) if !parts.contains(&Ty::Unknown) => Ty::Slice(Box::new(parts)),
            _ => Ty::Unknown,
        };
        self.define(op.result(0), ty, constants.map(Const::Tuple));
        Ok(())
    }

    pub(super) fn getitem(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let (value, index) = (self.operand(op, 0), self.operand(op, 1));
        let (ty, constant) = match &value.ty {
            _ if value.ty.has_unknown() || index.ty.has_unknown() => (Ty::Unknown, None),
            Ty::Tuple(parts) | Ty::List(parts) => self.tuple_item(op, parts, &value, &index)?,
            Ty::Record(_) | Ty::Array(_) if let Some(field) = self.field_item(op, &value, &index) => (field?, None),
            Ty::Array(array) => (self.array_item(op, array, &index.ty)?, None),
            Ty::Walk(Walk::Flat, array) => (self.flat_item(op, array, &index.ty)?, None),
            Ty::Flags(_) => self.flag(op, &value, &index)?,
            Ty::Pointer(to) if **to != Ty::None => (self.pointed_at(op, to, &index.ty)?, None),
            Ty::Range(item) if index.ty.is_integral() => ((**item).clone(), None),
            Ty::Range(_) => {
                let message = format!("range indices must be integers, not {}", index.ty.user_name());
                return Err(self.note_operands(self.error("bad-index", message, op.loc()), op));
            }
            other => {
                let message = format!("{} is not subscriptable", other.user_name());
                return Err(self.note_operands(self.error("not-subscriptable", message, op.loc()), op));
            }
        };
        self.define(op.result(0), ty, constant);
        Ok(())
    }

    /// `pointer[i]`, as C has it: nothing is checked.
    fn pointed_at(&self, op: Op<'c>, to: &Ty, index: &Ty) -> Result<Ty, Diagnostic> {
        if !index.is_int() {
            return Err(self.note_operands(self.error("bad-index", format!("pointer indices must be integers, not {}", index.user_name()), op.loc()), op));
        }
        Ok(to.clone())
    }

    /// `a.flags["C_CONTIGUOUS"]`
    fn flag(&self, op: Op<'c>, flags: &TyArg, name: &TyArg) -> Result<(Ty, Option<Const>), Diagnostic> {
        let entry = if let Some(Const::Str(text)) = &name.constant { flag_of_text(text) } else { None };
        let Some(entry) = entry else {
            let error = self.error("bad-index", "flags are named by constant texts", op.loc());
            return Err(error.help("supported: C_CONTIGUOUS, F_CONTIGUOUS, WRITEABLE, ALIGNED, FORC, FNC"));
        };
        let typed = (entry.infer)(&Bound::of(vec![flags.clone()])).map_err(|e| self.call_error(op, e))?;
        Ok((typed.ty, typed.constant))
    }

    fn tuple_item(&self, op: Op<'c>, parts: &[Ty], value: &TyArg, index: &TyArg) -> Result<(Ty, Option<Const>), Diagnostic> {
        let (what, kind): (_, fn(Vec<Ty>) -> Ty) = if let Ty::List(_) = value.ty { ("list", Ty::List) } else { ("tuple", Ty::Tuple) };
        let constant = |place: usize| value.constant.as_ref().and_then(|tuple| tuple.part(place));
        match (&index.ty, &index.constant) {
            (Ty::Int { .. }, Some(Const::Int(i))) => {
                let at = if *i < 0 { *i + parts.len() as i128 } else { *i };
                match usize::try_from(at).ok().and_then(|at| Some((at, parts.get(at)?))) {
                    Some((at, ty)) => Ok((ty.clone(), constant(at))),
                    None => Err(self.error("index-out-of-range", format!("{what} index {i} is out of range for {} elements", parts.len()), op.loc())),
                }
            }
            (Ty::Int { .. } | Ty::Bool, _) => match Ty::of_any(parts) {
                Some(any) => Ok((any, None)),
                None => {
                    let message = format!("the index into {} must be a constant: its elements have different types", value.ty.user_name());
                    Err(self.note_operands(self.error("dynamic-tuple-index", message, op.loc()), op))
                }
            },
            (Ty::Slice(_), Some(Const::Tuple(slice))) => {
                let Some(positions) = slice_positions(slice, parts.len()) else {
                    return Err(self.error("bad-index", "slice step cannot be zero", op.loc()));
                };
                let picked = positions.iter().map(|p| parts[*p].clone()).collect();
                Ok((kind(picked), Const::tuple(positions.iter().map(|p| constant(*p)))))
            }
            (Ty::Slice(_), _) => Err(self.error("dynamic-tuple-index", format!("a slice of a {what} must have constant parts"), op.loc())),
            (other, _) => Err(self.error("bad-index", format!("{what} indices must be integers or slices, not {}", other.user_name()), op.loc())),
        }
    }

    pub(super) fn setitem(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        if self.set_class_field(op)? {
            return Ok(());
        }
        let (value, index, item) = (self.operand(op, 0), self.operand(op, 1), self.operand(op, 2));
        if value.ty.has_unknown() || index.ty.has_unknown() || item.ty.has_unknown() {
            return Ok(());
        }
        if self.set_field(op, &value, &index, &item.ty)? {
            return Ok(());
        }
        if let Ty::Walk(Walk::Flat, array) = &value.ty {
            return self.set_flat(op, array, &index.ty, &item.ty);
        }
        if let Ty::Pointer(to) = &value.ty
            && **to != Ty::None
        {
            self.pointed_at(op, to, &index.ty)?;
            if item.ty.is_scalar() && storable(&item.ty, to) {
                return Ok(());
            }
            let message = format!("cannot assign {} to what {} points to", item.ty.user_name(), value.ty.user_name());
            return Err(self.note_operands(self.error("bad-assignment", message, op.loc()), op));
        }
        let Ty::Array(array) = &value.ty else {
            let message = match op.str_attr("attribute") {
                Some(name) => format!("the attribute '{name}' of a number cannot be assigned: it is {}", value.ty.user_name()),
                None => format!("{} does not support item assignment", value.ty.user_name()),
            };
            let error = self.note_operands(self.error("no-item-assignment", message, op.loc()), op);
            return Err(if let Ty::List(_) = value.ty { error.help(super::sequences::FIXED) } else { error });
        };
        self.check_writable(op, array)?;
        let target = self.array_item(op, array, &index.ty)?;
        let (element, item_rank) = match &item.ty {
            Ty::Array(a) => ((*a.element).clone(), a.rank),
            Ty::Tuple(items) if self.is_row(op) => (items[0].clone(), 1),
            ty => (ty.clone(), 0),
        };
        let most = self.assignable_rank(op, array, &index.ty, &target)?;
        let fits = match &*array.element {
            Ty::Record(record) => Self::fits_records(&item.ty, &record.of),
            scalar => storable(&element, scalar),
        };
        if !fits || item_rank > most {
            let what = if target.as_array().is_some() { "a slice" } else { "an element" };
            let message = format!("cannot assign {} to {what} of {}", item.ty.user_name(), value.ty.user_name());
            return Err(self.note_operands(self.error("bad-assignment", message, op.loc()), op));
        }
        Ok(())
    }

    /// Items of read-only arrays are not assigned.
    pub(super) fn check_writable(&self, op: Op<'c>, array: &Array) -> Result<(), Diagnostic> {
        if array.readonly {
            let error = self.error("readonly-array", format!("Cannot modify readonly array of type: {}", Ty::Array(array.clone()).user_name()), op.loc());
            return Err(self.note_operands(error, op).help("copy the array first: a = a.copy()"));
        }
        Ok(())
    }

    /// The element, view or copy that an index gives.
    fn array_item(&self, op: Op<'c>, array: &Array, index: &Ty) -> Result<Ty, Diagnostic> {
        let kinds = self.index_parts(op, index)?;
        let consumed: usize = kinds.iter().map(|p| p.axes()).sum();
        if consumed > array.rank {
            let message = format!("too many indices for array: array is {}-dimensional, but {consumed} were indexed", array.rank);
            return Err(self.note_operands(self.error("too-many-indices", message, op.loc()), op));
        }
        if kinds.iter().filter(|p| **p == Part::Ellipsis).count() > 1 {
            return Err(self.error("bad-index", "an index can only have a single ellipsis ('...')", op.loc()));
        }
        if kinds.iter().any(|p| p.is_advanced()) {
            return Ok(self.advanced_item(array, &kinds));
        }
        // A place in an array without axes is one as an integer is, but makes a copy of what would be a view.
        let place = |part: &Ty| part.as_array().map_or_else(|| part.clone(), |a| (*a.element).clone());
        let copies = parts_of(index).iter().any(|p| p.as_array().is_some());
        let parts: Vec<Ty> = parts_of(index).iter().map(place).collect();
        let ellipsis = parts.contains(&Ty::Ellipsis);
        let parts = expand_ellipsis(&parts, array.rank - consumed);
        let rank = parts.iter().filter(|p| !p.is_int()).count();
        // `a[i, ...]` of a 1-d array is a view without axes, `a[i]` the element.
        if rank == 0 && !ellipsis {
            return Ok(array.item());
        }
        if copies {
            return Ok(Ty::array((*array.element).clone(), rank, Layout::C));
        }
        let layout = view_layout(array.layout, &parts);
        Ok(Ty::Array(Array { rank, layout, ..array.clone() }))
    }
}

const FULL: [Ty; 3] = [Ty::None, Ty::None, Ty::None];

/// The index with its ellipsis (or its missing end) written as full slices.
fn expand_ellipsis(parts: &[Ty], missing: usize) -> Vec<Ty> {
    let full = vec![Ty::Slice(Box::new(FULL)); missing];
    let at = parts.iter().position(|p| *p == Ty::Ellipsis).unwrap_or(parts.len());
    let after = parts.get(at + 1..).unwrap_or(&[]);
    [&parts[..at], &full, after].concat()
}

/// C stays C for leading integers, then one slice without step, then full slices; F stays F when nothing is cut.
fn view_layout(layout: Layout, parts: &[Ty]) -> Layout {
    let is_full = |part: &Ty| matches!(part, Ty::Slice(s) if **s == FULL) || *part == Ty::None;
    match layout {
        Layout::C => {
            let mut rest = parts.iter().skip_while(|p| p.is_int() || **p == Ty::None);
            let first = rest.next().is_none_or(|p| matches!(p, Ty::Slice(s) if s[2] == Ty::None));
            if first && rest.all(is_full) { Layout::C } else { Layout::A }
        }
        Layout::F if parts.iter().all(|p| matches!(p, Ty::Slice(s) if **s == FULL)) => Layout::F,
        _ => Layout::A,
    }
}

/// The positions that a constant slice picks from a sequence (`slice.indices`); none when the step is zero.
pub(crate) fn slice_positions(parts: &[Const], length: usize) -> Option<Vec<usize>> {
    let part = |i: usize| match parts.get(i) {
        Some(Const::Int(v)) => Some(*v),
        Some(Const::Bool(v)) => Some(*v as i128),
        _ => None,
    };
    let n = length as i128;
    let step = part(2).unwrap_or(1);
    if step == 0 {
        return None;
    }
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let clamp = |v: i128| (if v < 0 { v + n } else { v }).clamp(low, high);
    let start = part(0).map_or(if step > 0 { low } else { high }, clamp);
    let stop = part(1).map_or(if step > 0 { high } else { low }, clamp);
    let mut positions = vec![];
    let mut at = start;
    while if step > 0 { at < stop } else { at > stop } {
        positions.push(at as usize);
        at += step;
    }
    Some(positions)
}
