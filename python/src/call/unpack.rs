//! Result slots to a Python object.

use crate::{
    adopt, classes, functions,
    named,
    numpy::{self, NPY_ARRAY_WRITEABLE, npy_intp},
    object,
    records::Element,
    scalar::{Scalar, float_of_slot},
};
use pyo3::{
    exceptions::PyTypeError,
    ffi,
    prelude::*,
    sync::PyOnceLock,
    types::{PyWeakrefMethods, PyWeakrefReference},
};
use smallvec::SmallVec;
use std::{ffi::c_void, ptr, sync::Arc};
use zouk_dialects::ty::{ENUMERATION, Ty};
use zouk_driver::Compiled;

/// How the slots of a result become an object.
#[derive(Debug)]
pub enum Unpack {
    None,
    Scalar(Scalar),
    /// `bytes` where the elements are bytes, which have an axis of their own.
    Array { element: Element, rank: usize, readonly: bool, bytes: bool },
    Record(Element),
    /// An instance of the class of this number.
    Object(u32),
    Tuple(Vec<Unpack>),
    List(Vec<Unpack>),
    /// Start, stop and step.
    Slice(Vec<Unpack>),
    Range(Scalar),
    /// A tuple of a class, which is looked up when it is first made.
    Named { class: Class, parts: Vec<Unpack> },
    Optional(Box<Unpack>),
    Function(Returned),
    /// One of these functions, by its number.
    OneOf(Vec<Returned>),
    /// A function by the address of its code.
    Address,
}

/// A jitted function that code gives back: with what is passed for the call alone the code holds no reference.
#[derive(Debug)]
pub enum Returned {
    Kept(Py<PyAny>),
    Passing(Py<PyWeakrefReference>),
}

impl Returned {
    /// A new reference; null with an exception set on failure.
    fn object(&self, py: Python) -> *mut ffi::PyObject {
        returned(py, match self {
            Returned::Kept(dispatcher) => Some(dispatcher.bind(py).clone()),
            Returned::Passing(reference) => reference.bind(py).upgrade(),
        })
    }
}

/// What the program has for a dispatcher, a new reference; null with an exception set when it is gone.
fn returned(py: Python, dispatcher: Option<Bound<PyAny>>) -> *mut ffi::PyObject {
    let gone = || PyTypeError::new_err("the function that is returned is not one that Python has");
    match dispatcher.ok_or_else(gone).and_then(|dispatcher| functions::front_of(&dispatcher)) {
        Ok(object) => object.into_ptr(),
        Err(error) => {
            error.restore(py);
            ptr::null_mut()
        }
    }
}

/// A class of the program's, by its module and name.
pub struct Class {
    name: String,
    found: PyOnceLock<Py<PyAny>>,
}

impl std::fmt::Debug for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Class {
    /// The tuple of the class with these items, a new reference; steals that of the items.
    ///
    /// # Safety
    /// `items` is a tuple; the GIL is held.
    unsafe fn make(&self, items: *mut ffi::PyObject) -> *mut ffi::PyObject {
        // SAFETY: the caller's promise.
        let (py, items) = unsafe {
            let py = Python::assume_attached();
            (py, Bound::from_owned_ptr(py, items))
        };
        let class = self.found.get_or_try_init(py, || {
            if let Some(class) = named::class(py, &self.name) {
                return Ok(class.into_any().unbind());
            }
            let (module, name) = self.name.rsplit_once('.').unwrap_or(("builtins", &self.name));
            Ok::<_, PyErr>(py.import(module)?.getattr(name)?.unbind())
        });
        let made = class.and_then(|class| match self.name.starts_with(ENUMERATION) {
            true => class.bind(py).call1((items.get_item(0)?,)),
            false => class.bind(py).call_method1("_make", (items,)),
        });
        match made {
            Ok(tuple) => tuple.into_ptr(),
            Err(error) => {
                error.restore(py);
                ptr::null_mut()
            }
        }
    }
}

impl Unpack {
    /// `None` for a type that has no Python object.
    pub fn new(ty: &Ty) -> Option<Unpack> {
        Unpack::with_functions(ty, &|_| None)
    }

    /// As `new`; `function` says what a type that names a function stands for.
    pub fn with_functions(ty: &Ty, function: &dyn Fn(&Ty) -> Option<Returned>) -> Option<Unpack> {
        let all = |parts: &[Ty]| parts.iter().map(|part| Unpack::with_functions(part, function)).collect::<Option<Vec<_>>>();
        Some(match ty {
            Ty::None => Unpack::None,
            Ty::Array(array) => Unpack::Array { element: Element::new(&array.element)?, rank: array.rank, readonly: array.readonly, bytes: array.bytes().is_some() },
            Ty::Class(name) => Unpack::Object(classes::by_name(name)?.0),
            Ty::Record(_) => Unpack::Record(Element::new(ty)?),
            Ty::Tuple(parts) => Unpack::Tuple(all(parts)?),
            Ty::List(parts) => Unpack::List(all(parts)?),
            Ty::Named(names, parts) => Unpack::Named { class: Class { name: names.class.clone(), found: PyOnceLock::new() }, parts: all(parts)? },
            Ty::Slice(parts) => Unpack::Slice(all(&parts[..])?),
            Ty::Range(item) => Unpack::Range(Scalar::of(item)?),
            Ty::Optional(inner) => Unpack::Optional(Box::new(Unpack::with_functions(inner, function)?)),
            Ty::Ref(_) => Unpack::Function(function(ty)?),
            Ty::OneOf(functions) => Unpack::OneOf(functions.iter().map(function).collect::<Option<_>>()?),
            Ty::Function(_) => Unpack::Address,
            Ty::Pointer(_) => Unpack::Scalar(Scalar::U64),
            number => Unpack::Scalar(Scalar::of(number)?),
        })
    }

    pub fn slots(&self) -> usize {
        match self {
            Unpack::None | Unpack::Function(_) => 0,
            Unpack::OneOf(_) | Unpack::Address => 1,
            Unpack::Scalar(scalar) => scalar.slots(),
            Unpack::Array { rank, bytes, .. } => 2 + 2 * (rank + *bytes as usize),
            Unpack::Record(_) => 4,
            Unpack::Object(_) => 1,
            Unpack::Tuple(parts) | Unpack::List(parts) | Unpack::Slice(parts) | Unpack::Named { parts, .. } => parts.iter().map(Unpack::slots).sum(),
            Unpack::Range(_) => 3,
            Unpack::Optional(inner) => 1 + inner.slots(),
        }
    }
}

/// The object, a new reference; null with an exception set on failure. What the slots own is released either way.
///
/// # Safety
/// `slots` holds exactly the slots of a result of `code`, or, of none, of a field, whose borrowed owners are alive; the GIL is held.
#[inline]
pub unsafe fn unpack(how: &Unpack, slots: &[u64], code: Option<&Arc<Compiled>>) -> *mut ffi::PyObject {
    unsafe {
        match how {
            Unpack::None => {
                let none = ffi::Py_None();
                ffi::Py_INCREF(none);
                none
            }
            Unpack::Scalar(scalar) => unpack_scalar(*scalar, slots),
            Unpack::Array { element, rank, readonly, bytes } => unpack_array(element, *rank, *readonly, *bytes, slots, code),
            Unpack::Object(number) => object::wrap(slots[0] as *mut _, *number),
            Unpack::Record(element) => {
                let record = if ready() { numpy::new_scalar(element, slots[1] as *mut c_void) } else { ptr::null_mut() };
                release(how, slots);
                record
            }
            Unpack::Tuple(parts) => unpack_items(ffi::PyTuple_New(parts.len() as isize), put_in_tuple, parts, slots, code),
            Unpack::List(parts) => unpack_items(ffi::PyList_New(parts.len() as isize), put_in_list, parts, slots, code),
            Unpack::Named { class, parts } => {
                let items = unpack_items(ffi::PyTuple_New(parts.len() as isize), put_in_tuple, parts, slots, code);
                if items.is_null() { items } else { class.make(items) }
            }
            Unpack::Slice(parts) => called(&raw mut ffi::PySlice_Type, unpack_items(ffi::PyTuple_New(3), put_in_tuple, parts, slots, code)),
            Unpack::Range(item) => {
                let parts = [Unpack::Scalar(*item), Unpack::Scalar(*item), Unpack::Scalar(*item)];
                called(&raw mut ffi::PyRange_Type, unpack_items(ffi::PyTuple_New(3), put_in_tuple, &parts, slots, code))
            }
            Unpack::Function(function) => function.object(Python::assume_attached()),
            Unpack::OneOf(functions) => functions[slots[0] as usize].object(Python::assume_attached()),
            Unpack::Address => {
                let py = Python::assume_attached();
                returned(py, functions::at_address(py, slots[0] as usize))
            }
            Unpack::Optional(inner) if slots[0] & 1 != 0 => unpack(inner, &slots[1..], code),
            Unpack::Optional(inner) => {
                release(inner, &slots[1..]);
                unpack(&Unpack::None, &[], code)
            }
        }
    }
}

/// # Safety
/// As of `unpack`: `slots` are those of the scalar.
#[inline]
pub unsafe fn unpack_scalar(scalar: Scalar, slots: &[u64]) -> *mut ffi::PyObject {
    unsafe {
        match scalar {
            Scalar::Bool => ffi::PyBool_FromLong((slots[0] & 1) as _),
            Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64 => ffi::PyLong_FromLongLong(slots[0] as i64),
            Scalar::Time(_) => match ready() {
                true => numpy::new_scalar(&Element::Scalar(scalar), slots.as_ptr() as *mut c_void),
                false => ptr::null_mut(),
            },
            Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64 => ffi::PyLong_FromUnsignedLongLong(slots[0]),
            Scalar::F16 | Scalar::F32 | Scalar::F64 => ffi::PyFloat_FromDouble(float_of_slot(slots[0], scalar)),
            Scalar::C64 | Scalar::C128 => {
                let part = scalar.part();
                ffi::PyComplex_FromDoubles(float_of_slot(slots[0], part), float_of_slot(slots[1], part))
            }
        }
    }
}

/// What a class makes of a tuple of arguments, whose reference is stolen.
unsafe fn called(class: *mut ffi::PyTypeObject, arguments: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe {
        if arguments.is_null() {
            return arguments;
        }
        let made = ffi::PyObject_Call(class.cast(), arguments, ptr::null_mut());
        ffi::Py_DECREF(arguments);
        made
    }
}

type Put = unsafe fn(*mut ffi::PyObject, isize, *mut ffi::PyObject);

unsafe fn put_in_tuple(tuple: *mut ffi::PyObject, place: isize, item: *mut ffi::PyObject) {
    unsafe { ffi::PyTuple_SET_ITEM(tuple, place, item) }
}

unsafe fn put_in_list(list: *mut ffi::PyObject, place: isize, item: *mut ffi::PyObject) {
    unsafe { ffi::PyList_SET_ITEM(list, place, item) }
}

/// Fills a new tuple or list, which is null when there was no memory for it.
unsafe fn unpack_items(sequence: *mut ffi::PyObject, put: Put, parts: &[Unpack], slots: &[u64], code: Option<&Arc<Compiled>>) -> *mut ffi::PyObject {
    unsafe {
        let mut rest = slots;
        let mut failed = sequence.is_null();
        for (i, part) in parts.iter().enumerate() {
            let (own, after) = rest.split_at(part.slots());
            rest = after;
            if failed {
                release(part, own);
                continue;
            }
            let item = unpack(part, own, code);
            failed = item.is_null();
            if !failed {
                put(sequence, i as isize, item);
            }
        }
        if failed {
            ffi::Py_XDECREF(sequence);
            return ptr::null_mut();
        }
        sequence
    }
}

/// Gives back the runtime blocks of a result that becomes no object.
pub unsafe fn release(how: &Unpack, slots: &[u64]) {
    match how {
        Unpack::Array { .. } | Unpack::Record(_) | Unpack::Object(_) => unsafe { zouk_runtime::abi::zouk_release(slots[0] as _) },
        Unpack::Tuple(parts) | Unpack::List(parts) | Unpack::Named { parts, .. } => {
            let mut rest = slots;
            for part in parts {
                let (own, after) = rest.split_at(part.slots());
                unsafe { release(part, own) };
                rest = after;
            }
        }
        Unpack::Optional(inner) if slots[0] & 1 != 0 => unsafe { release(inner, &slots[1..]) },
        _ => {}
    }
}

unsafe fn unpack_array(element: &Element, rank: usize, readonly: bool, bytes: bool, slots: &[u64], code: Option<&Arc<Compiled>>) -> *mut ffi::PyObject {
    unsafe {
        let (owner, data) = (slots[0], slots[1]);
        let mut sizes: SmallVec<[npy_intp; 8]> = slots[2..2 + rank].iter().map(|s| *s as npy_intp).collect();
        let shift = if let Element::Scalar(scalar) = element && !bytes { scalar.shift() } else { 0 };
        let first = 2 + rank + bytes as usize;
        let mut strides: SmallVec<[npy_intp; 8]> = slots[first..first + rank].iter().map(|s| (*s as npy_intp) << shift).collect();
        if owner & 1 != 0 {
            let argument = (owner & !1) as *mut ffi::PyObject;
            ffi::Py_INCREF(argument);
            if is_same(argument, element, data, &sizes, &strides, readonly) {
                return argument;
            }
            return numpy::new_view(element, &mut sizes, &mut strides, data as *mut c_void, !readonly, argument);
        }
        // An array that a field has kept is the program's own.
        if let Some(kept) = adopt::adopted(owner) {
            ffi::Py_INCREF(kept);
            zouk_runtime::abi::zouk_release(owner as _);
            if is_same(kept, element, data, &sizes, &strides, readonly) {
                return kept;
            }
            return numpy::new_view(element, &mut sizes, &mut strides, data as *mut c_void, !readonly, kept);
        }
        // A function without array arguments may be the first to need NumPy.
        if !ready() {
            zouk_runtime::abi::zouk_release(owner as _);
            return ptr::null_mut();
        }
        let base = match code {
            _ if owner != 0 => block_capsule(owner),
            Some(code) => library_capsule(code),
            // A constant of code that stays, or nothing at all.
            None => {
                let none = ffi::Py_None();
                ffi::Py_INCREF(none);
                none
            }
        };
        if base.is_null() {
            return base;
        }
        numpy::new_view(element, &mut sizes, &mut strides, data as *mut c_void, !readonly, base)
    }
}

/// Whether NumPy is there, which no argument may have needed; an exception is set if not.
fn ready() -> bool {
    numpy::loaded().is_some() || import_numpy()
}

fn import_numpy() -> bool {
    // SAFETY: callers hold the GIL.
    let py = unsafe { Python::assume_attached() };
    match py.import("numpy").and_then(|_| numpy::load(py)) {
        Ok(found) => found.is_some(),
        Err(error) => {
            error.restore(py);
            false
        }
    }
}

/// Whether the result is the very array that the caller passed.
unsafe fn is_same(argument: *mut ffi::PyObject, element: &Element, data: u64, sizes: &[npy_intp], strides: &[npy_intp], readonly: bool) -> bool {
    unsafe {
        // A record's owner is itself no array.
        if numpy::loaded().is_none_or(|numpy| ffi::PyType_IsSubtype(ffi::Py_TYPE(argument), numpy.array) == 0) {
            return false;
        }
        let array = numpy::fields(argument);
        let rank = array.nd as usize;
        array.data as u64 == data
            && rank == sizes.len()
            && element.is_of(array.descr)
            && (array.flags & NPY_ARRAY_WRITEABLE == 0) == readonly
            && (0..rank).all(|i| *array.dimensions.add(i) == sizes[i] && *array.strides.add(i) == strides[i])
    }
}

const BLOCK: &std::ffi::CStr = c"zouk.block";
const LIBRARY: &std::ffi::CStr = c"zouk.library";

/// Owns one reference to a runtime block.
unsafe fn block_capsule(owner: u64) -> *mut ffi::PyObject {
    unsafe extern "C" fn drop_block(capsule: *mut ffi::PyObject) {
        unsafe { zouk_runtime::abi::zouk_release(ffi::PyCapsule_GetPointer(capsule, BLOCK.as_ptr()) as _) }
    }
    unsafe {
        let capsule = ffi::PyCapsule_New(owner as *mut c_void, BLOCK.as_ptr(), Some(drop_block));
        if capsule.is_null() {
            zouk_runtime::abi::zouk_release(owner as _);
        }
        capsule
    }
}

/// Keeps the machine code alive whose constants a result points into.
unsafe fn library_capsule(code: &Arc<Compiled>) -> *mut ffi::PyObject {
    unsafe extern "C" fn drop_library(capsule: *mut ffi::PyObject) {
        unsafe { drop(Arc::from_raw(ffi::PyCapsule_GetPointer(capsule, LIBRARY.as_ptr()) as *const Compiled)) }
    }
    unsafe {
        let raw = Arc::into_raw(code.clone());
        let capsule = ffi::PyCapsule_New(raw as *mut c_void, LIBRARY.as_ptr(), Some(drop_library));
        if capsule.is_null() {
            drop(Arc::from_raw(raw));
        }
        capsule
    }
}
