//! Structured dtypes as record types, each known by a number.

use crate::{
    numpy::{PyArray_Descr, scalar_of_dtype},
    scalar::Scalar,
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyTuple},
};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};
use zouk_dialects::ty::{Field, Record, RecordTy, Ty};

#[derive(Default)]
struct Table {
    /// By the address of a dtype object, which is kept alive; none for what is not compiled.
    dtypes: HashMap<usize, (Py<PyAny>, Option<u32>)>,
    records: Vec<(Arc<Record>, Py<PyAny>)>,
}

/// More dtype objects than that, and they are looked at anew.
const REMEMBERED: usize = 256;

/// No Python code runs while it is locked.
static TABLE: LazyLock<Mutex<Table>> = LazyLock::new(Default::default);

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of a structured dtype; none when a field has a type that is not compiled.
///
/// # Safety
/// `descr` is a live dtype; the GIL is held.
pub unsafe fn number(descr: *mut PyArray_Descr) -> Option<u32> {
    if let Some((_, known)) = table().dtypes.get(&(descr as usize)) {
        return *known;
    }
    // SAFETY: the caller's promise.
    let dtype = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), descr.cast()) };
    let found = record_of(&dtype).map(|record| intern(record, &dtype));
    let mut table = table();
    let forgotten = if table.dtypes.len() >= REMEMBERED { std::mem::take(&mut table.dtypes) } else { HashMap::new() };
    table.dtypes.insert(descr as usize, (dtype.unbind(), found));
    drop(table);
    drop(forgotten);
    found
}

fn intern(record: Record, dtype: &Bound<PyAny>) -> u32 {
    let mut table = table();
    let place = table.records.iter().position(|(known, _)| **known == record);
    let place = place.unwrap_or_else(|| {
        table.records.push((Arc::new(record), dtype.clone().unbind()));
        table.records.len() - 1
    });
    place as u32
}

/// The number of the same record where nothing is known of its alignment.
pub fn anywhere(py: Python, number: u32) -> u32 {
    let (record, dtype) = {
        let table = table();
        let (record, dtype) = &table.records[number as usize];
        (record.clone(), dtype.clone_ref(py))
    };
    if record.unit == 1 { number } else { intern(record.with_unit(1), dtype.bind(py)) }
}

pub fn record(number: u32) -> Arc<Record> {
    table().records[number as usize].0.clone()
}

/// The record type of a dtype object with fields.
pub fn record_of(dtype: &Bound<PyAny>) -> Option<Record> {
    let names = dtype.getattr("names").ok()?.cast_into::<PyTuple>().ok()?;
    let fields = dtype.getattr("fields").ok()?;
    let size: usize = dtype.getattr("itemsize").ok()?.extract().ok()?;
    let named = dtype.getattr("type").ok()?.is(dtype.py().import("numpy").ok()?.getattr("record").ok()?);
    let fields: Vec<Field> = names.iter().map(|name| field_of(&fields, &name)).collect::<Option<_>>()?;
    (size > 0 && !fields.is_empty()).then(|| Record::new(fields, size, named))
}

/// The first field of a structured dtype that is not compiled, and its dtype.
pub fn culprit(dtype: &Bound<PyAny>) -> Option<(String, String)> {
    let names = dtype.getattr("names").ok()?.cast_into::<PyTuple>().ok()?;
    let fields = dtype.getattr("fields").ok()?;
    let name = names.iter().find(|name| field_of(&fields, name).is_none())?;
    let mut inner = fields.get_item(&name).ok()?.get_item(0).ok()?;
    if let Ok(base) = inner.getattr("base") {
        inner = base;
    }
    match culprit(&inner) {
        Some((rest, dtype)) => Some((format!("{name}.{rest}"), dtype)),
        None => Some((name.to_string(), inner.to_string())),
    }
}

fn field_of(fields: &Bound<PyAny>, name: &Bound<PyAny>) -> Option<Field> {
    let described = fields.get_item(name).ok()?;
    let (mut dtype, offset) = (described.get_item(0).ok()?, described.get_item(1).ok()?);
    let mut shape = vec![];
    let sub = dtype.getattr("subdtype").ok()?;
    if !sub.is_none() {
        shape = sub.get_item(1).ok()?.extract().ok()?;
        dtype = sub.get_item(0).ok()?;
    }
    let ty = match scalar_of_dtype(&dtype) {
        Some(scalar) => scalar.ty(),
        None => Ty::Record(RecordTy { of: Arc::new(record_of(&dtype)?), readonly: false }),
    };
    Some(Field { name: name.extract().ok()?, ty, shape, offset: offset.extract().ok()? })
}

/// The dtype of records of a type: the one that the program has, else a new one.
pub fn dtype_of<'py>(py: Python<'py>, record: &Record) -> PyResult<Bound<'py, PyAny>> {
    let known = table().records.iter().find(|(known, _)| **known == *record).map(|(_, dtype)| dtype.clone_ref(py));
    match known {
        Some(dtype) => Ok(dtype.into_bound(py)),
        None => new_dtype(py, record),
    }
}

fn new_dtype<'py>(py: Python<'py>, record: &Record) -> PyResult<Bound<'py, PyAny>> {
    let numpy = py.import("numpy")?;
    let format = |field: &Field| -> PyResult<Bound<'py, PyAny>> {
        let item = match &field.ty {
            Ty::Record(inner) => dtype_of(py, &inner.of)?,
            scalar => numpy.getattr("dtype")?.call1((scalar.numpy_name().unwrap_or_default(),))?,
        };
        if field.shape.is_empty() { Ok(item) } else { Ok((item, PyTuple::new(py, &field.shape)?).into_pyobject(py)?.into_any()) }
    };
    let described = PyDict::new(py);
    described.set_item("names", record.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>())?;
    described.set_item("formats", record.fields.iter().map(format).collect::<PyResult<Vec<_>>>()?)?;
    described.set_item("offsets", record.fields.iter().map(|field| field.offset).collect::<Vec<_>>())?;
    described.set_item("itemsize", record.size)?;
    let dtype = numpy.getattr("dtype")?.call1((described,))?;
    if record.named { numpy.getattr("dtype")?.call1(((numpy.getattr("record")?, dtype),)) } else { Ok(dtype) }
}

/// What the elements of an array are, for its dtype.
#[derive(Debug)]
pub enum Element {
    Scalar(Scalar),
    Record(Arc<Record>, Py<PyAny>),
}

impl Element {
    /// Of an element type; none for what arrays do not have.
    pub fn new(ty: &Ty) -> Option<Element> {
        match ty {
            Ty::Record(record) => {
                let dtype = Python::attach(|py| dtype_of(py, &record.of).map(Bound::unbind)).ok()?;
                Some(Element::Record(record.of.clone(), dtype))
            }
            scalar => Scalar::of(scalar).map(Element::Scalar),
        }
    }

    /// Whether a dtype is that of these elements.
    ///
    /// # Safety
    /// `descr` is a live dtype; the GIL is held.
    pub unsafe fn is_of(&self, descr: *mut PyArray_Descr) -> bool {
        unsafe {
            match self {
                Element::Scalar(scalar) => crate::numpy::scalar_of_descr(descr, crate::numpy::dtype(descr).0) == Some(*scalar),
                Element::Record(record, _) => number(descr).is_some_and(|n| self::record(n).fields == record.fields && self::record(n).size == record.size),
            }
        }
    }
}
