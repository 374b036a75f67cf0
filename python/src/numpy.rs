//! NumPy's types and the few C functions that the call path needs. NumPy is looked at only when the program has imported it.

use crate::{records::Element, scalar::Scalar};
use numpy::npyffi::{NpyTypes, PY_ARRAY_API, PyArray_DatetimeDTypeMetaData, PyArray_DatetimeMetaData, PyDataType_C_METADATA, get_type_object};
use pyo3::{ffi, prelude::*, types::PyDict};
use std::{
    ffi::{c_int, c_void},
    ptr,
    sync::atomic::{AtomicPtr, Ordering},
};
use zouk_dialects::ty::{Time, Unit};

pub use numpy::npyffi::{
    NPY_ARRAY_ALIGNED, NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_F_CONTIGUOUS, NPY_ARRAY_WRITEABLE, PyArray_Descr, PyArrayObject, npy_intp,
};

pub struct NumPy {
    pub array: *mut ffi::PyTypeObject,
    scalars: [(*mut ffi::PyTypeObject, Scalar); 15],
    /// `numpy.datetime64`, `numpy.timedelta64`.
    times: [*mut ffi::PyTypeObject; 2],
    /// `numpy.void`, which `numpy.record` is a subclass of.
    pub void: *mut ffi::PyTypeObject,
}

static LOADED: AtomicPtr<NumPy> = AtomicPtr::new(ptr::null_mut());

/// NumPy, once an earlier `load` has found it: the fast path's question.
#[inline]
pub fn loaded() -> Option<&'static NumPy> {
    // SAFETY: null or a leaked box.
    unsafe { LOADED.load(Ordering::Acquire).as_ref() }
}

/// NumPy if the program has imported it.
pub fn load(py: Python) -> PyResult<Option<&'static NumPy>> {
    if let Some(numpy) = loaded() {
        return Ok(Some(numpy));
    }
    let modules = py.import("sys")?.getattr("modules")?;
    let Some(module) = modules.cast::<PyDict>()?.get_item("numpy")? else { return Ok(None) };
    // Half-way through its own import NumPy has no arrays yet.
    if !module.hasattr("ndarray")? {
        return Ok(None);
    }
    if !numpy::npyffi::is_numpy_2(py) {
        return Err(pyo3::exceptions::PyImportError::new_err("zouk needs NumPy 2"));
    }
    let fresh = Box::into_raw(Box::new(NumPy::new(py)));
    // The table is the same whoever wins, and a lost one is leaked once.
    LOADED.store(fresh, Ordering::Release);
    Ok(loaded())
}

impl NumPy {
    fn new(py: Python) -> NumPy {
        use NpyTypes::*;
        let of = |ty| unsafe { get_type_object(py, ty) };
        let number = |ty, number| (of(ty), Scalar::of_type_number(number).unwrap_or(Scalar::I64));
        NumPy {
            array: of(PyArray_Type),
            void: of(PyVoidArrType_Type),
            times: [of(PyDatetimeArrType_Type), of(PyTimedeltaArrType_Type)],
            scalars: [
                number(PyDoubleArrType_Type, 12),
                number(PyLongArrType_Type, 7),
                number(PyIntArrType_Type, 5),
                number(PyFloatArrType_Type, 11),
                number(PyBoolArrType_Type, 0),
                number(PyByteArrType_Type, 1),
                number(PyUByteArrType_Type, 2),
                number(PyShortArrType_Type, 3),
                number(PyUShortArrType_Type, 4),
                number(PyUIntArrType_Type, 6),
                number(PyULongArrType_Type, 8),
                number(PyLongLongArrType_Type, 9),
                number(PyULongLongArrType_Type, 10),
                number(PyCFloatArrType_Type, 14),
                number(PyCDoubleArrType_Type, 15),
            ],
        }
    }

    /// The number type that a NumPy scalar class stands for.
    #[inline]
    pub fn scalar_of_class(&self, class: *mut ffi::PyTypeObject) -> Option<Scalar> {
        self.scalars.iter().find(|(ty, _)| *ty == class).map(|(_, scalar)| *scalar)
    }

    /// The type of a NumPy time and its slot; `None` for another object.
    ///
    /// # Safety
    /// `object` is live, of the class `class`, and the GIL is held.
    pub unsafe fn time(&self, object: *mut ffi::PyObject, class: *mut ffi::PyTypeObject) -> Option<(Scalar, u64)> {
        let span = class == self.times[1];
        if !span && class != self.times[0] {
            return None;
        }
        // SAFETY: an instance of exactly that class.
        let scalar = unsafe { &*object.cast::<TimeScalar>() };
        Some((Scalar::Time(time(span, &scalar.meta)?), scalar.count as u64))
    }

    /// The slots of a NumPy scalar.
    ///
    /// # Safety
    /// `object` is an instance of exactly the class that `scalar_of_class` answered `scalar` for; the GIL is held.
    pub unsafe fn scalar_slots(&self, object: *mut ffi::PyObject, scalar: Scalar) -> [u64; 2] {
        let mut bytes = [0u64; 2];
        unsafe { PY_ARRAY_API.PyArray_ScalarAsCtype(Python::assume_attached(), object, bytes.as_mut_ptr().cast::<c_void>()) };
        let low = bytes[0];
        match scalar {
            Scalar::I8 | Scalar::I16 | Scalar::I32 => [crate::scalar::wrap(low as i64, scalar), 0],
            Scalar::C64 => [low & 0xffff_ffff, low >> 32],
            _ => bytes,
        }
    }
}

/// The array's fields. The layout is NumPy's stable ABI.
///
/// # Safety
/// `object` is an ndarray.
#[inline]
pub unsafe fn fields<'a>(object: *mut ffi::PyObject) -> &'a numpy::npyffi::PyArrayObject_fields {
    unsafe { &(*object.cast::<PyArrayObject>()).fields }
}

/// The type number and whether elements are in the machine's byte order.
///
/// # Safety
/// `descr` is a live dtype.
#[inline]
pub unsafe fn dtype(descr: *mut PyArray_Descr) -> (c_int, bool) {
    let fields = unsafe { &(*descr).fields };
    let foreign = if cfg!(target_endian = "little") { b'>' } else { b'<' };
    (fields.type_num, fields.byteorder as u8 != foreign)
}

/// `PyVoidScalarObject` of NumPy's C interface, as far as it is used.
#[repr(C)]
pub struct VoidScalar {
    head: ffi::PyVarObject,
    pub data: *mut u8,
    pub descr: *mut PyArray_Descr,
    pub flags: c_int,
}

/// `PyDatetimeScalarObject` and `PyTimedeltaScalarObject` of NumPy's C interface.
#[repr(C)]
struct TimeScalar {
    head: ffi::PyObject,
    count: i64,
    meta: PyArray_DatetimeMetaData,
}

fn time(span: bool, meta: &PyArray_DatetimeMetaData) -> Option<Time> {
    let unit = Unit::from_number(meta.base as i64)?;
    let unit = if meta.num == 1 { unit } else { unit.times(u32::try_from(meta.num).ok()?)? };
    let time = Time { span, unit };
    (meta.num == 1 || crate::scalar::code_of_multiple(time).is_some()).then_some(time)
}

/// The scalar type of a dtype's elements; `None` for what zouk does not compile.
///
/// # Safety
/// `descr` is a live dtype of that type number; the GIL is held.
#[inline]
pub unsafe fn scalar_of_descr(descr: *mut PyArray_Descr, number: c_int) -> Option<Scalar> {
    if !matches!(number, 21 | 22) {
        return Scalar::of_type_number(number);
    }
    // SAFETY: dtypes of times have this metadata.
    unsafe {
        let meta = PyDataType_C_METADATA(Python::assume_attached(), descr).cast::<PyArray_DatetimeDTypeMetaData>();
        time(number == 22, &(*meta).meta).map(Scalar::Time)
    }
}

/// The dtype of arrays of such elements, a new reference; null with an exception set on failure.
///
/// # Safety
/// The GIL is held and NumPy is loaded.
pub unsafe fn new_descr(element: &Element) -> *mut PyArray_Descr {
    unsafe {
        let py = Python::assume_attached();
        let element = match element {
            Element::Scalar(scalar) => *scalar,
            Element::Record(_, dtype) => return dtype.clone_ref(py).into_ptr().cast(),
        };
        let Scalar::Time(_) = element else { return PY_ARRAY_API.PyArray_DescrFromType(py, element.type_number()) };
        match dtype_object(py, element) {
            Ok(descr) => descr.into_ptr().cast(),
            Err(error) => {
                error.restore(py);
                ptr::null_mut()
            }
        }
    }
}

/// `numpy.dtype("M8[D]")`
fn dtype_object(py: Python, element: Scalar) -> PyResult<Bound<PyAny>> {
    py.import("numpy")?.getattr("dtype")?.call1((element.ty().numpy_name().unwrap_or_default(),))
}

/// A NumPy scalar with a copy of what lies at `data`, a new reference; null with an exception set on failure.
///
/// # Safety
/// The GIL is held, NumPy is loaded, and such an element lies at `data`.
pub unsafe fn new_scalar(element: &Element, data: *mut c_void) -> *mut ffi::PyObject {
    unsafe {
        let descr = new_descr(element);
        if descr.is_null() {
            return ptr::null_mut();
        }
        let scalar = PY_ARRAY_API.PyArray_Scalar(Python::assume_attached(), data, descr, ptr::null_mut());
        ffi::Py_DECREF(descr.cast());
        scalar
    }
}

/// A new array over memory that `base` keeps alive; steals `base`. Null with an exception set on failure.
///
/// # Safety
/// The GIL is held, NumPy is loaded, `dimensions` and `strides` (in bytes) have one entry a dimension, and `data` is valid while `base` lives.
pub unsafe fn new_view(
    element: &Element,
    dimensions: &mut [npy_intp],
    strides: &mut [npy_intp],
    data: *mut c_void,
    writeable: bool,
    base: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    unsafe {
        let py = Python::assume_attached();
        let descr = new_descr(element);
        if descr.is_null() {
            ffi::Py_DECREF(base);
            return ptr::null_mut();
        }
        let flags = if writeable { NPY_ARRAY_WRITEABLE } else { 0 };
        let array = PY_ARRAY_API.PyArray_NewFromDescr(
            py,
            get_type_object(py, NpyTypes::PyArray_Type),
            descr,
            dimensions.len() as c_int,
            dimensions.as_mut_ptr(),
            strides.as_mut_ptr(),
            data,
            flags,
            ptr::null_mut(),
        );
        if array.is_null() {
            ffi::Py_DECREF(base);
            return array;
        }
        if PY_ARRAY_API.PyArray_SetBaseObject(py, array.cast(), base) < 0 {
            ffi::Py_DECREF(array);
            return ptr::null_mut();
        }
        array
    }
}

/// The scalar type of a `numpy.dtype`; `None` for what is no native type of numbers or times.
pub fn scalar_of_dtype(dtype_object: &Bound<PyAny>) -> Option<Scalar> {
    let number: c_int = dtype_object.getattr("num").ok()?.extract().ok()?;
    let native: bool = dtype_object.getattr("isnative").ok()?.extract().ok()?;
    // SAFETY: a dtype object, which has a type number.
    native.then(|| unsafe { scalar_of_descr(dtype_object.as_ptr().cast(), number) }).flatten()
}
