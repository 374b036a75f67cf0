//! Arguments that cannot be passed, as exceptions: which one, why, and what to do.

use crate::{
    call::pack::{self, Refusal, Slots},
    core::Core,
    errors::{new, typing},
    numpy, records,
};
use pyo3::{
    exceptions::PyRuntimeError,
    ffi,
    prelude::*,
    types::{PyTuple, PyType},
};
use std::mem::MaybeUninit;

/// The exception for an argument of a call.
///
/// # Safety
/// `callable` and `object` are live.
pub unsafe fn refused(py: Python, callable: *mut ffi::PyObject, core: &Core, index: usize, object: *mut ffi::PyObject, refusal: Refusal) -> PyErr {
    if refusal == Refusal::Raised {
        return PyErr::take(py).unwrap_or_else(|| PyRuntimeError::new_err("an argument could not be passed"));
    }
    let (callable, object) = unsafe { (Bound::from_borrowed_ptr(py, callable), Bound::from_borrowed_ptr(py, object)) };
    let function = callable.getattr("__name__").map(|name| name.to_string()).unwrap_or_default();
    let argument = core.parameters.names.get(index).map(|name| name.bind(py).to_string()).unwrap_or_default();
    refusal_error(py, &format!("argument '{argument}' of {function}()"), &object, refusal)
}

/// The exception for a value at `place`; in a tuple it is the element that counts.
pub fn refusal_error(py: Python, place: &str, object: &Bound<PyAny>, refusal: Refusal) -> PyErr {
    let mut object = object.clone();
    let mut place = place.to_string();
    while let Some((index, element)) = culprit(&object) {
        place = format!("element {index} of {place}");
        object = element;
    }
    let class = object.get_type().fully_qualified_name().map(|name| name.to_string()).unwrap_or_default();
    let dtype = || object.getattr("dtype").map(|dtype| dtype.to_string()).unwrap_or_default();
    match refusal {
        Refusal::TooLarge => new(py, "IntegerTooLargeError", &format!("Int value is too large: {place} needs more than 64 bits")),
        Refusal::Dtype => typing(py, &format!("{place} is an array of unsupported dtype {}{}", dtype(), array_hint(&object))),
        Refusal::ByteOrder => typing(
            py,
            &format!("{place} is an array of dtype {} in foreign byte order; convert it with .astype(a.dtype.newbyteorder('='))", dtype()),
        ),
        Refusal::Subclass => typing(py, &format!("{place} is a {class}, which has semantics of its own; pass numpy.asarray(a)")),
        Refusal::Type | Refusal::Host | Refusal::Raised | Refusal::Full => {
            typing(py, &format!("cannot determine the type of {place}: {class}{}", type_hint(&object, &class)))
        }
    }
}

/// The first element of a tuple that cannot be passed.
fn culprit<'py>(object: &Bound<'py, PyAny>) -> Option<(usize, Bound<'py, PyAny>)> {
    let tuple = object.cast_exact::<PyTuple>().ok()?;
    tuple.iter().enumerate().find(|(_, element)| is_refused(element))
}

fn is_refused(element: &Bound<PyAny>) -> bool {
    let mut room = vec![MaybeUninit::uninit(); 256];
    loop {
        // SAFETY: `element` is live and the GIL is held.
        match unsafe { pack::pack(element.as_ptr(), &mut Slots::new(&mut room)) } {
            Ok(_) => return false,
            Err(Refusal::Full) => room.resize(2 * room.len(), MaybeUninit::uninit()),
            Err(refusal) => {
                if refusal == Refusal::Raised {
                    drop(PyErr::take(element.py()));
                }
                return true;
            }
        }
    }
}

fn dtype_kind(object: &Bound<PyAny>) -> Option<char> {
    object.getattr("dtype").ok()?.getattr("kind").ok()?.extract().ok()
}

/// What to do about an array, or what is wrong in it.
fn array_hint(array: &Bound<PyAny>) -> String {
    if let Some((field, dtype)) = array.getattr("dtype").ok().and_then(|dtype| records::culprit(&dtype)) {
        return format!(", by its field '{field}' of dtype {dtype}; pass its fields as arrays of their own");
    }
    let hint = match dtype_kind(array) {
        Some('f' | 'O') => "; convert it, for example with .astype(numpy.float64)",
        Some('c') => "; convert it with .astype(numpy.complex128)",
        Some('M' | 'm') => "; pass its numbers with .view(numpy.int64)",
        Some('S' | 'U' | 'T') => "; zouk does not pass strings yet",
        _ => "",
    };
    hint.into()
}

fn type_hint(object: &Bound<PyAny>, class: &str) -> &'static str {
    if object.cast::<PyType>().is_ok() || class.starts_with("numpy.dtype") {
        return "; types are not passed but those of numbers: name them in the function";
    }
    match class {
        "list" => return "; pass a tuple or a NumPy array",
        "dict" | "set" | "str" | "numpy.str_" | "numpy.bytes_" => return "; zouk does not pass this type yet",
        "function" => return "; decorate it with @njit to pass it",
        _ => {}
    }
    let is_scalar = || object.py().import("numpy").and_then(|numpy| object.is_instance(&numpy.getattr("generic")?)).unwrap_or(false);
    match dtype_kind(object) {
        _ if numpy::loaded().is_none() => "",
        Some('f') if is_scalar() => "; pass float(x)",
        Some('c') if is_scalar() => "; pass complex(x)",
        _ if is_scalar() => "; zouk does not pass this type yet",
        _ if object.hasattr("__array__").unwrap_or(false) => "; pass numpy.asarray(a)",
        _ => "",
    }
}
