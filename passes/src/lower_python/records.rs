//! Elements that lie in memory as bytes: records, and scalars at any byte. An array of them is a memref of bytes with one axis more, of an element's
//! bytes; its strides are counted in bytes. A record is such an array without axes of its own, so it is a part of the array that it was taken from.

use super::Lower;
use crate::functions::Val;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{MemRefType, Op, Type, Value};
use zouk_dialects::ty::{Array, Field, Layout, Record, RecordTy, Ty};

/// Records up to this size are read as a whole before they are written.
const HELD: usize = 256;

/// The record behind a value: its own type, or that of an array's elements.
pub fn record_of(ty: &Ty) -> Option<&RecordTy> {
    match ty {
        Ty::Record(record) => Some(record),
        Ty::Array(array) => record_of(&array.element),
        _ => None,
    }
}

/// Whether the value is an array of bytes to machine code.
pub fn is_bytes(ty: &Ty) -> bool {
    matches!(ty, Ty::Record(_)) || ty.as_array().is_some_and(|array| array.bytes().is_some())
}

impl<'c> Lower<'c> {
    /// `value["name"]` and `value.name` of a record or an array of records: the item of the field, or a view of all.
    pub(super) fn field(&mut self, value: &Val<'c>, name: &str) -> Result<Val<'c>, Diagnostic> {
        let (record, field) = self.find_field(value, name)?;
        let readonly = match &value.ty {
            Ty::Record(record) => record.readonly,
            _ => self.array_ty(value).readonly,
        };
        if value.ty.as_array().is_none() && field.shape.is_empty() {
            return Ok(self.field_item(value, &record, &field, readonly));
        }
        Ok(self.field_view(value, &record, &field, readonly))
    }

    fn find_field(&self, value: &Val<'c>, name: &str) -> Result<(Record, Field), Diagnostic> {
        let record = record_of(&value.ty).map(|record| (*record.of).clone()).ok_or_else(|| self.internal(format!("{} has no fields", value.ty)))?;
        let field = record.field(name).cloned().ok_or_else(|| self.internal(format!("{} has no field {name}", value.ty)))?;
        Ok((record, field))
    }

    fn field_item(&mut self, value: &Val<'c>, record: &Record, field: &Field, readonly: bool) -> Val<'c> {
        let offset = self.b.c_index(field.offset as i64);
        let place = record.array_of(field, 0, readonly);
        match &field.ty {
            Ty::Record(_) => {
                let item = place.item();
                let view = self.view(value, place, offset, &[], &[]);
                self.val(item, view.parts)
            }
            scalar => self.load_at(value.parts[0], offset, scalar, !place.unaligned),
        }
    }

    fn field_view(&mut self, value: &Val<'c>, record: &Record, field: &Field, readonly: bool) -> Val<'c> {
        let (mut dims, outer) = match &value.ty {
            Ty::Array(array) => (self.dims(value), Some(array.clone())),
            _ => (vec![], None),
        };
        let view = record.array_of(field, dims.len(), readonly);
        let item = field.ty.item_size().unwrap_or(1);
        // What the view counts strides in.
        let unit = if view.bytes().is_some() { 1 } else { item };
        let mut strides = match &outer {
            Some(array) if array.layout != Layout::A => self.packed_strides_by(&dims, array.layout == Layout::C, (record.size / unit) as i64),
            Some(_) => self.strides(value).into_iter().map(|stride| self.b.bin("arith.divsi", stride, self.b.c_index(unit as i64))).collect(),
            None => vec![],
        };
        let inner: Vec<Value<'c>> = field.shape.iter().map(|n| self.b.c_index(*n as i64)).collect();
        strides.extend(self.packed_strides_by(&inner, true, (item / unit) as i64));
        dims.extend(inner);
        let offset = self.b.c_index(field.offset as i64);
        self.view(value, view, offset, &dims, &strides)
    }

    /// `value["name"] = item`
    pub(super) fn set_field(&mut self, value: &Val<'c>, name: &str, item: &Val<'c>) -> Result<(), Diagnostic> {
        let (record, field) = self.find_field(value, name)?;
        if value.ty.as_array().is_none() {
            return self.set_record_field(value, &record, &field, item);
        }
        let target = self.field_view(value, &record, &field, false);
        self.assign(&target, item)
    }

    fn set_record_field(&mut self, value: &Val<'c>, record: &Record, field: &Field, item: &Val<'c>) -> Result<(), Diagnostic> {
        if !field.shape.is_empty() {
            let target = self.field_view(value, record, field, false);
            if item.ty.as_tuple().is_some() {
                for (i, element) in self.elements(item).iter().enumerate() {
                    let place = self.b.c_index(i as i64);
                    self.store(&target, &[place], element);
                }
                return Ok(());
            }
            return self.assign(&target, item);
        }
        if let Ty::Record(_) = field.ty {
            let target = self.field_item(value, record, field, false);
            return self.store_record(&target, item);
        }
        let item = if item.ty.as_array().is_some() { self.load(item, &[]) } else { item.clone() };
        let item = self.cast(&item, &field.ty);
        let aligned = !record.array_of(field, 0, false).unaligned;
        let offset = self.b.c_index(field.offset as i64);
        self.store_at(value.parts[0], offset, &item, aligned);
        Ok(())
    }

    /// Writes a record, or what a tuple has for each field, into a record.
    pub(super) fn store_record(&mut self, target: &Val<'c>, item: &Val<'c>) -> Result<(), Diagnostic> {
        let Some(record) = record_of(&target.ty).map(|record| (*record.of).clone()) else { return Err(self.internal("no record")) };
        let values = match &item.ty {
            Ty::Record(other) if other.of.fields == record.fields && other.of.size == record.size => {
                self.copy_fields(target, item, &record);
                return Ok(());
            }
            Ty::Record(other) => {
                let other = (*other.of).clone();
                let names: Vec<&str> = other.fields.iter().map(|field| field.name.as_str()).collect();
                names.into_iter().map(|name| self.field(item, name)).collect::<Result<Vec<_>, _>>()?
            }
            Ty::Tuple(_) => self.elements(item),
            scalar if scalar.is_scalar() => vec![item.clone(); record.fields.len()],
            other => return Err(self.internal(format!("{other} is stored in a record"))),
        };
        for (field, value) in record.fields.iter().zip(&values) {
            self.set_record_field(target, &record, field, value)?;
        }
        Ok(())
    }

    /// Copies the bytes of a record's fields, in words and what is left. What lies between them may be fields of another dtype.
    fn copy_fields(&mut self, target: &Val<'c>, source: &Val<'c>, record: &Record) {
        let mut held = vec![];
        for (mut at, end) in record.runs() {
            if record.size > HELD && end - at >= 8 {
                let words = (end - at) / 8 * 8;
                let (from, to, step) = (self.b.c_index(at as i64), self.b.c_index((at + words) as i64), self.b.c_index(8));
                self.scf_for(from, to, step, &[], &mut |l, offset, _| {
                    let word = l.load_at(source.parts[0], offset, &Ty::I64, false);
                    l.store_at(target.parts[0], offset, &word, false);
                    vec![]
                });
                at += words;
            }
            for bits in [64, 32, 16, 8] {
                while at + bits as usize / 8 <= end {
                    let offset = self.b.c_index(at as i64);
                    held.push((offset, self.load_at(source.parts[0], offset, &Ty::Int { bits, signed: true }, false)));
                    at += bits as usize / 8;
                }
            }
        }
        for (offset, word) in held {
            self.store_at(target.parts[0], offset, &word, false);
        }
    }

    /// The element of an array of bytes at indices that are in bounds.
    pub(super) fn load_bytes(&mut self, array: &Val<'c>, indices: &[Value<'c>]) -> Val<'c> {
        let ty = self.array_ty(array).clone();
        let offset = self.byte_offset(array, indices);
        if let Ty::Record(_) = *ty.element {
            let view = self.view(array, Array { rank: 0, layout: Layout::C, ..ty.clone() }, offset, &[], &[]);
            return self.val(ty.item(), view.parts);
        }
        self.load_at(array.parts[0], offset, &ty.element, false)
    }

    /// Stores an item in an array of bytes, at indices that are in bounds.
    pub(super) fn store_bytes(&mut self, array: &Val<'c>, indices: &[Value<'c>], item: &Val<'c>) {
        let element = (*self.array_ty(array).element).clone();
        if let Ty::Record(_) = element {
            let target = self.load_bytes(array, indices);
            return self.store_record(&target, item).unwrap_or_else(|error| panic!("{}", error.message));
        }
        let offset = self.byte_offset(array, indices);
        let item = self.cast(item, &element);
        self.store_at(array.parts[0], offset, &item, false);
    }

    fn byte_offset(&mut self, array: &Val<'c>, indices: &[Value<'c>]) -> Value<'c> {
        let strides = self.strides(array);
        let along = |(i, stride): (&Value<'c>, Value<'c>)| self.b.bin("arith.muli", *i, stride);
        indices.iter().zip(strides).map(along).reduce(|a, b| self.b.bin("arith.addi", a, b)).unwrap_or_else(|| self.b.c_index(0))
    }

    /// The scalar that lies at an offset in bytes.
    fn load_at(&mut self, bytes: Value<'c>, offset: Value<'c>, dtype: &Ty, aligned: bool) -> Val<'c> {
        let (place, element) = self.place_at_byte(bytes, offset, dtype);
        let attrs = if aligned { vec![] } else { vec![("alignment", self.b.int_attr(self.b.i64(), 1))] };
        let raw = self.b.val("memref.load", &[place], element, &attrs);
        self.from_memory(raw, dtype)
    }

    fn store_at(&mut self, bytes: Value<'c>, offset: Value<'c>, item: &Val<'c>, aligned: bool) {
        let (place, _) = self.place_at_byte(bytes, offset, &item.ty);
        let attrs = if aligned { vec![] } else { vec![("alignment", self.b.int_attr(self.b.i64(), 1))] };
        let raw = self.to_memory(item);
        self.b.op("memref.store", &[raw, place], &[], &attrs);
    }

    fn place_at_byte(&self, bytes: Value<'c>, offset: Value<'c>, dtype: &Ty) -> (Value<'c>, Type<'c>) {
        let element = self.element(dtype);
        let place = MemRefType::new(element, &[], None, None);
        (self.b.val("rt.view", &[bytes, offset], place.into(), &[("bytes", self.b.unit())]), element)
    }

    /// The array itself, or a copy whose elements lie as machines have them.
    pub fn aligned(&mut self, array: &Val<'c>) -> Val<'c> {
        let Some(ty) = array.ty.as_array().filter(|ty| ty.unaligned).cloned() else { return array.clone() };
        let copy = Ty::Array(Array { layout: Layout::C, unaligned: false, ..ty });
        let parts = self.copy_array(array, &copy);
        self.val(copy, parts)
    }

    /// What a function of the tables is given for an argument: see `functions::as_argument`.
    pub(super) fn aligned_argument(&mut self, value: &Val<'c>) -> Val<'c> {
        let ty = crate::functions::as_argument(&value.ty);
        if ty == value.ty {
            return value.clone();
        }
        let copy = self.aligned(value);
        Val { ty, ..copy }
    }

    /// `records[…] = item` of several records: of one for all, or of an array, which may overlap the target.
    pub(super) fn assign_records(&mut self, target: &Val<'c>, item: &Val<'c>) -> Result<(), Diagnostic> {
        let dims = self.dims(target);
        if item.ty.as_array().is_none() {
            let item = self.apart_from(target, item)?;
            self.for_each(&dims, &mut |l, at| l.store(target, at, &item));
            return Ok(());
        }
        let sizes = self.dims(item);
        self.check_sizes(&dims, &sizes);
        let source = self.unless_overlapping(target, item);
        let source = self.spread(&source, &dims);
        self.copy_elements(target, &source);
        Ok(())
    }

    /// A copy of a record, which may be one of the target's.
    pub(super) fn apart_from(&mut self, target: &Val<'c>, item: &Val<'c>) -> Result<Val<'c>, Diagnostic> {
        let Ty::Record(record) = &item.ty else { return Ok(item.clone()) };
        if super::assign::disjoint(target.parts[0], item.parts[0]) {
            return Ok(item.clone());
        }
        let ty = RecordTy { readonly: false, ..record.clone() };
        let place = Array { element: Box::new(Ty::Record(ty.clone())), rank: 0, layout: Layout::C, readonly: false, unaligned: false };
        let copy = self.alloc(place, &[], false);
        let copy = self.val(Ty::Record(ty), copy.parts);
        self.store_record(&copy, item)?;
        Ok(copy)
    }

    /// `value[["x", "y"]]`: the same places.
    pub(super) fn fields_view(&self, value: &Val<'c>, index: &Val<'c>) -> Option<Val<'c>> {
        let ty = crate::infer_types::records::fields_view(&value.ty, &index.as_argument())?.ok()?;
        Some(self.val(ty, value.parts.clone()))
    }

    /// The name of the field that an index is.
    pub(super) fn field_name(&self, value: &Val<'c>, index: &Val<'c>) -> Option<String> {
        crate::infer_types::records::field_name(&value.ty, &index.as_argument()).and_then(Result::ok)
    }
}

/// Whether the op assigns to an attribute that is a field.
pub(super) fn is_field(op: Op) -> bool {
    op.has_attr("field")
}
