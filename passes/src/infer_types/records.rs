//! Fields of records and of arrays of records: `value["name"]`, `value.name`, and assignment to them and to whole records.

use super::body::Body;
use crate::functions::times::storable;
use crate::functions::{CallError, Const, TyArg};
use crate::lower_python::record_of;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::Op;
use std::sync::Arc;
use zouk_dialects::ty::{Array, Field, Record, RecordTy, Ty};

/// The name of the field that an index is; none where it is none. Records are indexed by the place of a field, too.
pub(crate) fn field_name(value: &Ty, index: &TyArg) -> Option<Result<String, CallError>> {
    let record = &record_of(value)?.of;
    let unknown = |name: &str| CallError::new(format!("Field '{name}' was not found in record with fields ({})", quoted(record)));
    match (&index.ty, &index.constant) {
        (Ty::Str, Some(Const::Str(name))) => Some(if record.field(name).is_some() { Ok(name.clone()) } else { Err(unknown(name)) }),
        (Ty::Str, None) => Some(Err(CallError::new("the name of a field must be a constant").help("use a literal, or a global string or tuple of strings"))),
        (Ty::Int { .. }, Some(Const::Int(n))) if value.as_array().is_none() => {
            let place = if *n < 0 { *n + record.fields.len() as i128 } else { *n };
            let field = usize::try_from(place).ok().and_then(|place| record.fields.get(place));
            Some(field.map(|field| field.name.clone()).ok_or_else(|| CallError::new(format!("invalid index ({n})")).help(format!("the fields are: {}", record.names()))))
        }
        _ if value.as_array().is_none() => Some(Err(CallError::new(format!("a record is indexed by constant names, not {}", index.ty.user_name())))),
        _ => None,
    }
}

/// The type of `value[["x", "y"]]`: records of some fields, which lie where they are, so that it is a view. None where the index is no list of names.
pub(crate) fn fields_view(value: &Ty, index: &TyArg) -> Option<Result<Ty, CallError>> {
    let record = record_of(value)?;
    let Ty::List(parts) = &index.ty else { return None };
    if parts.is_empty() || parts.iter().any(|part| *part != Ty::Str) {
        return None;
    }
    let mut fields: Vec<Field> = vec![];
    for place in 0..parts.len() {
        let Some(Const::Str(name)) = index.constant.as_ref().and_then(|names| names.part(place)) else {
            return Some(Err(CallError::new("the names of fields must be constants").help("use literals, or global strings")));
        };
        if fields.iter().any(|field| field.name == name) {
            return Some(Err(CallError::new(format!("duplicate field of name '{name}'"))));
        }
        match record.of.field(&name) {
            Some(field) => fields.push(field.clone()),
            None => return Some(Err(CallError::new(format!("Field '{name}' was not found in record with fields ({})", quoted(&record.of))))),
        }
    }
    let view = RecordTy { of: Arc::new(Record { fields, ..(*record.of).clone() }), readonly: record.readonly };
    Some(Ok(match value {
        Ty::Array(array) => Ty::Array(Array { element: Box::new(Ty::Record(view)), ..array.clone() }),
        _ => Ty::Record(view),
    }))
}

/// `'x', 'y'`, as Python writes a tuple.
fn quoted(record: &Record) -> String {
    let names: Vec<_> = record.fields.iter().map(|field| format!("'{}'", field.name)).collect();
    names.join(", ") + if names.len() == 1 { "," } else { "" }
}

/// The type of a field: of an item, or of the view of all.
pub(crate) fn field_type(value: &Ty, field: &Field) -> Ty {
    let Some(record) = record_of(value) else { return Ty::Unknown };
    let (rank, readonly) = value.as_array().map_or((0, record.readonly), |array| (array.rank, array.readonly));
    let view = record.of.array_of(field, rank, readonly);
    if value.as_array().is_none() && field.shape.is_empty() { view.item() } else { Ty::Array(view) }
}

/// Whether a value may be assigned to a field of that type, or to all items of a view of it.
fn fits(item: &Ty, field: &Ty, shape: &[usize]) -> bool {
    match (item, field) {
        // The elements of an array in a field, one by one.
        (Ty::Tuple(items), _) if matches!(shape, [n] if *n == items.len() && *n > 0) => items.iter().all(|item| fits(item, field, &[])),
        (Ty::Array(array), _) => (array.rank == 0 || !shape.is_empty()) && array.rank <= shape.len() && fits(&array.element, field, &[]),
        (_, Ty::Record(record)) => fits_record(item, &record.of),
        (item, scalar) => storable(item, scalar),
    }
}

/// Whether a value may be assigned to a record: one of the same fields, or what has a value for each of them.
pub(crate) fn fits_record(item: &Ty, record: &Record) -> bool {
    match item {
        Ty::Record(other) if other.of.fields == record.fields && other.of.size == record.size => true,
        Ty::Record(other) => {
            let values: Vec<Ty> = other.of.fields.iter().map(|field| field_type(item, field)).collect();
            fits_fields(&values, record)
        }
        Ty::Tuple(values) => fits_fields(values, record),
        // One number for all fields.
        scalar if scalar.is_scalar() => record.fields.iter().all(|field| fits(scalar, &field.ty, &[])),
        _ => false,
    }
}

fn fits_fields(values: &[Ty], record: &Record) -> bool {
    values.len() == record.fields.len() && values.iter().zip(&record.fields).all(|(value, field)| fits(value, &field.ty, &field.shape))
}

impl<'c> Body<'_, 'c> {
    /// `value[index]` where the value has fields and the index names one.
    pub(super) fn field_item(&self, op: Op<'c>, value: &TyArg, index: &TyArg) -> Option<Result<Ty, Diagnostic>> {
        if let Some(view) = fields_view(&value.ty, index) {
            return Some(view.map_err(|error| self.call_error(op, error)));
        }
        let name = match field_name(&value.ty, index)? {
            Ok(name) => name,
            Err(error) => return Some(Err(self.call_error(op, error))),
        };
        let field = record_of(&value.ty)?.of.field(&name)?.clone();
        Some(Ok(field_type(&value.ty, &field)))
    }

    /// `value.name` where the value has a field of that name.
    pub(super) fn field_attribute(&self, value: &Ty, name: &str) -> Option<Ty> {
        Some(field_type(value, record_of(value)?.of.field(name)?))
    }

    /// `value[index] = item` where the index names a field; false where it does not.
    pub(super) fn set_field(&self, op: Op<'c>, value: &TyArg, index: &TyArg, item: &Ty) -> Result<bool, Diagnostic> {
        if op.has_attr("field") && record_of(&value.ty).is_none() {
            let message = format!("assignment to an attribute of {} is not supported", value.ty.user_name());
            let error = Diagnostic::at(ErrorClass::Unsupported, "unsupported-syntax", message, op.loc());
            return Err(self.note_operands(error, op).help("return the new value instead"));
        }
        if let Ty::Array(array) = &value.ty && let Some(view) = fields_view(&value.ty, index) {
            self.check_writable(op, array)?;
            let view = view.map_err(|error| self.call_error(op, error))?;
            let fits = record_of(&view).is_some_and(|record| Self::fits_records(item, &record.of)) && item.as_array().is_none_or(|item| item.rank <= array.rank);
            let message = || format!("cannot assign {} to fields of {}", item.user_name(), value.ty.user_name());
            return if fits { Ok(true) } else { Err(self.note_operands(self.error("bad-assignment", message(), op.loc()), op)) };
        }
        let name = match field_name(&value.ty, index) {
            Some(Ok(name)) => name,
            Some(Err(error)) => return Err(self.call_error(op, error)),
            None => return Ok(false),
        };
        let Some(record) = record_of(&value.ty) else { return Ok(false) };
        let Some(field) = record.of.field(&name) else { return Ok(false) };
        match value.ty.as_array() {
            Some(array) => self.check_writable(op, array)?,
            None if record.readonly => return Err(self.readonly_record(op)),
            None => {}
        }
        let outer = value.ty.as_array().map_or(0, |array| array.rank);
        let shape = [vec![0; outer], field.shape.clone()].concat();
        if !fits(item, &field.ty, &shape) {
            let message = format!("cannot assign {} to the field '{name}' of {}", item.user_name(), value.ty.user_name());
            return Err(self.note_operands(self.error("bad-assignment", message, op.loc()), op));
        }
        Ok(true)
    }

    fn readonly_record(&self, op: Op<'c>) -> Diagnostic {
        let error = self.error("readonly-array", "cannot assign to fields of a read-only record", op.loc());
        self.note_operands(error, op).help("copy the array that it is of first: a = a.copy()")
    }

    /// Whether an item may be assigned to elements of an array of records.
    pub(super) fn fits_records(item: &Ty, record: &Record) -> bool {
        match item {
            Ty::Array(array) => fits_record(&array.element, record),
            item => fits_record(item, record),
        }
    }
}
