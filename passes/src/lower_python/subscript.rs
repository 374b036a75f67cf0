//! `value[index]` and `value[index] = item`: which axes an index selects. Slices are in `slices.rs`, arrays as indices in
//! `advanced_indexing.rs`, assignment of arrays in `assign.rs`.

use super::Lower;
use super::slices::{Axis, natural_view};
use crate::functions::{Bound, Const, Val, flag_of_text};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Op, Value};
use zouk_dialects::ty::{Ty, Walk};

impl<'c> Lower<'c> {
    pub(super) fn getitem(&mut self, op: Op<'c>, value: &Val<'c>, index: &Val<'c>, result: &Ty) -> Result<Val<'c>, Diagnostic> {
        if let Some(name) = self.field_name(value, index) {
            return self.field(value, &name);
        }
        if let Some(view) = self.fields_view(value, index) {
            return Ok(view);
        }
        match &value.ty {
            Ty::Array(array) => {
                let (items, copies) = self.index_items(index);
                if Self::is_advanced(&items) {
                    return self.advanced_item(value, &items, result);
                }
                let axes = self.axes(items, array.rank)?;
                match result {
                    Ty::Array(_) if copies => {
                        let view = self.select_view(value, &axes, natural_view(array, &axes));
                        let parts = self.copy_array(&view, result);
                        return Ok(self.val(result.clone(), parts));
                    }
                    Ty::Array(view) => return Ok(self.select_view(value, &axes, view.clone())),
                    _ => {}
                }
                let places = self.places(value, &axes)?;
                let element = self.load(value, &places);
                Ok(self.cast(&element, result))
            }
            Ty::Walk(Walk::Flat, _) => self.flat_item(value, index, result),
            Ty::Pointer(_) => {
                let place = self.place_of(value, index)?;
                match &result {
                    Ty::Record(_) => Ok(self.val(result.clone(), place.parts)),
                    _ => Ok(self.load(&place, &[])),
                }
            }
            Ty::Flags(_) => {
                let entry = if let Some(Const::Str(text)) = &index.constant { flag_of_text(text) } else { None };
                let entry = entry.ok_or_else(|| self.internal("a flag without a name"))?;
                let parts = (entry.lower)(self, &Bound::of(vec![value.clone()]), result);
                Ok(self.val(result.clone(), parts))
            }
            Ty::Tuple(_) | Ty::List(_) => self.tuple_item(op, value, index, result),
            Ty::Range(_) if index.ty.is_integral() => {
                let iteration = self.iteration(value)?;
                let length = self.checked_length(value);
                let size = self.b.index_cast(length, self.b.index());
                let place = self.checked_index(index, size, "range object index out of range");
                let place = self.b.index_cast(place, self.b.i64());
                let item = self.item(&iteration, place)?;
                Ok(self.cast(&item, result))
            }
            other => Err(self.unsupported(format!("{} cannot be indexed", other.user_name()))),
        }
    }

    pub(super) fn setitem(&mut self, value: &Val<'c>, index: &Val<'c>, item: &Val<'c>) -> Result<(), Diagnostic> {
        if let Ty::Walk(Walk::Flat, _) = &value.ty {
            return self.set_flat(value, index, item);
        }
        if let Ty::Pointer(_) = &value.ty {
            let place = self.place_of(value, index)?;
            self.store(&place, &[], item);
            return Ok(());
        }
        let Ty::Array(array) = &value.ty else {
            return Err(self.unsupported(format!("items of {} cannot be assigned", value.ty.user_name())));
        };
        if let Some(target) = self.fields_view(value, index) {
            return self.assign(&target, item);
        }
        let (items, _) = self.index_items(index);
        if Self::is_advanced(&items) {
            return self.assign_advanced(value, &items, item);
        }
        let axes = self.axes(items, array.rank)?;
        let whole = axes.len() == array.rank && axes.iter().all(|a| matches!(a, Axis::At(_)));
        if whole && (item.ty.is_scalar() || super::record_of(&value.ty).is_some() && item.ty.as_array().is_none()) {
            let places = self.places(value, &axes)?;
            self.store(value, &places, item);
            return Ok(());
        }
        let view = natural_view(array, &axes);
        let target = self.select_view(value, &axes, view);
        self.assign(&target, item)
    }

    /// What an index says of each axis of an array: `...` is spelled out, axes not named are full.
    fn axes(&self, items: Vec<Val<'c>>, rank: usize) -> Result<Vec<Axis<'c>>, Diagnostic> {
        let named = items.iter().filter(|i| i.ty.is_int() || matches!(i.ty, Ty::Slice(_))).count();
        let rest = rank.checked_sub(named).ok_or_else(|| self.internal("more indices than axes"))?;
        let mut axes = vec![];
        let mut spelled = false;
        for item in items {
            match &item.ty {
                Ty::Int { .. } => axes.push(Axis::At(item)),
                Ty::Slice(parts) if parts.iter().all(|p| *p == Ty::None) => axes.push(Axis::Full),
                Ty::Slice(_) => axes.push(Axis::Slice(item)),
                Ty::None => axes.push(Axis::New),
                Ty::Ellipsis if !spelled => {
                    spelled = true;
                    axes.extend((0..rest).map(|_| Axis::Full));
                }
                other => return Err(self.unsupported(format!("an array cannot be indexed by {}", other.user_name()))),
            }
        }
        if !spelled {
            axes.extend((0..rest).map(|_| Axis::Full));
        }
        Ok(axes)
    }

    /// The checked places of an index that names every axis.
    fn places(&mut self, array: &Val<'c>, axes: &[Axis<'c>]) -> Result<Vec<Value<'c>>, Diagnostic> {
        let mut places = vec![];
        for (axis, at) in axes.iter().enumerate() {
            let Axis::At(index) = at else { return Err(self.internal("an element has an index for every axis")) };
            let size = self.dim(array, axis);
            places.push(self.checked_index(index, size, &axis.to_string()));
        }
        Ok(places)
    }

    /// A Python integer as a place in `[0, size)`. Only what may be negative wraps. For an axis of an array the message is its number:
    /// NumPy's text is formed where it is raised.
    pub(super) fn checked_index(&mut self, index: &Val<'c>, size: Value<'c>, message: &str) -> Value<'c> {
        let wide = self.convert(index.parts[0], &index.ty, if index.ty.is_signed() { &Ty::I64 } else { &Ty::U64 });
        let position = self.b.index_cast(wide, self.b.index());
        let wraps = match index.constant {
            Some(Const::Int(n)) => n < 0,
            _ => index.ty.is_signed(),
        };
        self.index_op(position, size, wraps, message)
    }
}
