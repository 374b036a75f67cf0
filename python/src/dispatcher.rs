//! `_zouk.Dispatcher`: the Python type of a jitted function, a heap type with vectorcall. What is not hot is attached from Python.

use crate::{
    call,
    core::Core,
    heap_type::{HeapType, getter, member},
};
use pyo3::{
    exceptions::PyTypeError,
    ffi,
    prelude::*,
    types::{PyDict, PyTuple},
};
use std::{
    ffi::{c_int, c_void},
    mem::{ManuallyDrop, offset_of},
    ptr,
};

#[repr(C)]
pub struct Dispatcher {
    base: ffi::PyObject,
    vectorcall: Option<ffi::vectorcallfunc>,
    dict: *mut ffi::PyObject,
    weakrefs: *mut ffi::PyObject,
    /// The Python function: a strong reference.
    function: *mut ffi::PyObject,
    core: ManuallyDrop<Box<Core>>,
}

static mut TYPE: *mut ffi::PyTypeObject = ptr::null_mut();

/// The type object; null before `create_type`.
pub fn type_object() -> *mut ffi::PyTypeObject {
    // SAFETY: written once, while the module is imported.
    unsafe { TYPE }
}

pub fn is_dispatcher(object: &Bound<PyAny>) -> bool {
    unsafe { ffi::Py_TYPE(object.as_ptr()) == type_object() }
}

/// The compiled side of a dispatcher.
///
/// # Safety
/// `object` is a live dispatcher; the reference is not used after it dies.
#[inline]
pub unsafe fn core_of<'a>(object: *mut ffi::PyObject) -> &'a Core {
    unsafe { &(*object.cast::<Dispatcher>()).core }
}

/// The Python function, a borrowed reference.
///
/// # Safety
/// `object` is a live dispatcher.
pub unsafe fn function_of(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe { (*object.cast::<Dispatcher>()).function }
}

/// From now on the interpreter runs every call of the function.
pub fn interpret(dispatcher: &Bound<PyAny>) -> PyResult<()> {
    checked_core(dispatcher)?.interpreted.set(true);
    // SAFETY: it is a dispatcher; the GIL is held.
    unsafe { (*dispatcher.as_ptr().cast::<Dispatcher>()).vectorcall = Some(call::interpreted) };
    Ok(())
}

/// The compiled side, or TypeError when `object` is no dispatcher.
pub fn checked_core<'a>(object: &'a Bound<PyAny>) -> PyResult<&'a Core> {
    if is_dispatcher(object) {
        // SAFETY: it is a dispatcher, and `object` keeps it alive.
        Ok(unsafe { core_of(object.as_ptr()) })
    } else {
        Err(pyo3::exceptions::PyTypeError::new_err(format!("expected a jitted function, got {}", object.get_type().repr()?)))
    }
}

pub fn create_type(py: Python) -> PyResult<Bound<PyAny>> {
    let dict = ffi::PyGetSetDef { set: Some(ffi::PyObject_GenericSetDict), ..getter(c"__dict__", ffi::PyObject_GenericGetDict) };
    let ty = HeapType {
        name: c"zouk._zouk.Dispatcher",
        size: size_of::<Dispatcher>(),
        flags: ffi::Py_TPFLAGS_HAVE_GC | ffi::Py_TPFLAGS_HAVE_VECTORCALL | ffi::Py_TPFLAGS_METHOD_DESCRIPTOR,
        slots: vec![
            (ffi::Py_tp_new, new as *mut c_void),
            (ffi::Py_tp_dealloc, dealloc as *mut c_void),
            (ffi::Py_tp_traverse, traverse as *mut c_void),
            (ffi::Py_tp_clear, clear as *mut c_void),
            (ffi::Py_tp_call, ffi::PyVectorcall_Call as *mut c_void),
            (ffi::Py_tp_descr_get, bind as *mut c_void),
        ],
        members: vec![
            member(c"__vectorcalloffset__", ffi::Py_T_PYSSIZET, offset_of!(Dispatcher, vectorcall)),
            member(c"__dictoffset__", ffi::Py_T_PYSSIZET, offset_of!(Dispatcher, dict)),
            member(c"__weaklistoffset__", ffi::Py_T_PYSSIZET, offset_of!(Dispatcher, weakrefs)),
            member(c"py_func", ffi::Py_T_OBJECT_EX, offset_of!(Dispatcher, function)),
        ],
        getters: vec![dict],
    };
    let ty = ty.create(py)?;
    // SAFETY: written once, while the module is imported.
    unsafe { TYPE = ty.clone().into_ptr().cast() };
    Ok(ty)
}

/// Runs `body` with the interpreter at hand; an error or a panic becomes the pending exception and null.
pub fn guarded(body: impl FnOnce(Python) -> PyResult<*mut ffi::PyObject>) -> *mut ffi::PyObject {
    let run = |py: Python| match crate::errors::catching(py, || body(py)) {
        Ok(object) => object,
        Err(error) => {
            error.restore(py);
            ptr::null_mut()
        }
    };
    Python::try_attach(run).unwrap_or_else(|| {
        // SAFETY: CPython called us, so it holds the GIL, if only to shut down.
        unsafe { ffi::PyErr_SetString(ffi::PyExc_RuntimeError, c"the interpreter is shutting down".as_ptr()) };
        ptr::null_mut()
    })
}

/// `Dispatcher(function, options)`.
unsafe extern "C" fn new(class: *mut ffi::PyTypeObject, args: *mut ffi::PyObject, _: *mut ffi::PyObject) -> *mut ffi::PyObject {
    guarded(|py| {
        // SAFETY: CPython's contract of `tp_new`.
        let args = unsafe { Bound::from_borrowed_ptr(py, args).cast_into::<PyTuple>()? };
        let wrong = |_| PyTypeError::new_err("Dispatcher() takes a function and a dict of options; `zouk.njit` makes one");
        let (function, options): (Bound<PyAny>, Bound<PyDict>) = args.extract().map_err(wrong)?;
        if !function.hasattr("__code__")? {
            return Err(PyTypeError::new_err(format!("Dispatcher() needs a Python function, not {}", function.get_type().repr()?)));
        }
        let core = Box::new(Core::new(&function, &options)?);
        unsafe {
            let object = ffi::PyType_GenericAlloc(class, 0);
            if object.is_null() {
                return Err(PyErr::fetch(py));
            }
            let this = object.cast::<Dispatcher>();
            (&raw mut (*this).core).write(ManuallyDrop::new(core));
            (*this).vectorcall = Some(call::vectorcall);
            (*this).function = function.into_ptr();
            Ok(object)
        }
    })
}

unsafe extern "C" fn dealloc(object: *mut ffi::PyObject) {
    unsafe {
        ffi::PyObject_GC_UnTrack(object.cast());
        let this = object.cast::<Dispatcher>();
        if !(*this).weakrefs.is_null() {
            ffi::PyObject_ClearWeakRefs(object);
        }
        ffi::Py_CLEAR(&raw mut (*this).dict);
        ffi::Py_CLEAR(&raw mut (*this).function);
        // While the interpreter shuts down the compiled code is left to the operating system.
        let core = ptr::read(&raw const (*this).core);
        Python::try_attach(|_| drop(ManuallyDrop::into_inner(core)));
        let class = ffi::Py_TYPE(object);
        if let Some(free) = (*class).tp_free {
            free(object.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

unsafe extern "C" fn traverse(object: *mut ffi::PyObject, visit: ffi::visitproc, argument: *mut c_void) -> c_int {
    unsafe {
        let this = object.cast::<Dispatcher>();
        for child in [(*this).dict, (*this).function, ffi::Py_TYPE(object).cast()] {
            if !child.is_null() {
                let status = visit(child, argument);
                if status != 0 {
                    return status;
                }
            }
        }
        let mut status = 0;
        (*this).core.each_object(&mut |class| {
            if status == 0 {
                status = visit(class.as_ptr(), argument);
            }
        });
        status
    }
}

/// Breaks cycles through the attributes (classes break theirs themselves); the function stays, so that a dying dispatcher can still be called.
unsafe extern "C" fn clear(object: *mut ffi::PyObject) -> c_int {
    unsafe { ffi::Py_CLEAR(&raw mut (*object.cast::<Dispatcher>()).dict) };
    0
}

/// `instance.method`: binds as functions do.
unsafe extern "C" fn bind(object: *mut ffi::PyObject, instance: *mut ffi::PyObject, _: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe extern "C" {
        fn PyMethod_New(function: *mut ffi::PyObject, instance: *mut ffi::PyObject) -> *mut ffi::PyObject;
    }
    unsafe {
        if instance.is_null() || instance == ffi::Py_None() {
            ffi::Py_INCREF(object);
            return object;
        }
        PyMethod_New(object, instance)
    }
}
