//! What goes wrong outside compiled code, as the Python exceptions of `zouk.errors`.

use crate::{call::pack::Refusal, core::Core, numpy};
use pyo3::{exceptions::PyRuntimeError, ffi, prelude::*, types::PyDict};
use std::panic::{AssertUnwindSafe, catch_unwind};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_driver::CompileError;

/// An exception of the class `zouk.errors.<class>`.
pub fn new(py: Python, class: &str, message: &str) -> PyErr {
    let make = || py.import("zouk.errors")?.getattr(class)?.call1((message,));
    match make() {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

pub fn typing(py: Python, message: &str) -> PyErr {
    new(py, "TypingError", message)
}

pub fn unsupported(py: Python, message: &str) -> PyErr {
    new(py, "UnsupportedError", message)
}

/// Runs `body`; a panic, which is a defect of zouk, becomes InternalCompilerError.
pub fn catching<T>(py: Python, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()));
        Err(new(py, "InternalCompilerError", &format!("zouk failed: {}", text.as_deref().unwrap_or("unknown panic"))))
    })
}

fn class_name(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Typing | ErrorClass::UnknownName => "TypingError",
        ErrorClass::Unsupported => "UnsupportedError",
        ErrorClass::Syntax => "SyntaxError",
        ErrorClass::Internal => "InternalCompilerError",
    }
}

/// The exception for a failed compilation: `str()` is the rendered diagnostic, `diagnostics` its parts.
pub fn compile_error(py: Python, error: &CompileError) -> PyErr {
    let first = error.diagnostics.first();
    let class = first.map_or("InternalCompilerError", |d| class_name(d.class));
    let mut text = error.rendered.clone();
    if let Some(path) = &error.reproducer {
        text.push_str(&format!("\nA reproducer is in {}", path.display()));
    }
    let build = || -> PyResult<PyErr> {
        let owner = if class == "SyntaxError" { "builtins" } else { "zouk.errors" };
        let exception = py.import(owner)?.getattr(class)?.call1((text.trim_end(),))?;
        exception.setattr("diagnostics", error.diagnostics.iter().map(|d| describe(py, d)).collect::<PyResult<Vec<_>>>()?)?;
        exception.setattr("reproducer", error.reproducer.as_ref().map(|path| path.display().to_string()))?;
        if let Some(span) = first.and_then(|d| d.span.as_ref())
            && class == "SyntaxError"
        {
            exception.setattr("filename", &span.file)?;
            exception.setattr("lineno", span.line)?;
            exception.setattr("offset", span.column)?;
        }
        Ok(PyErr::from_value(exception))
    };
    build().unwrap_or_else(|error| error)
}

fn describe<'py>(py: Python<'py>, diagnostic: &Diagnostic) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("code", &diagnostic.code)?;
    dict.set_item("message", &diagnostic.message)?;
    dict.set_item("help", &diagnostic.help)?;
    let place = diagnostic.span.as_ref().map(|s| (&s.file, s.line, s.column, s.end_line, s.end_column));
    dict.set_item("span", place)?;
    let notes: Vec<(Option<(&String, usize)>, &String)> =
        diagnostic.notes.iter().map(|(span, text)| (span.as_ref().map(|s| (&s.file, s.line)), text)).collect();
    dict.set_item("notes", notes)?;
    Ok(dict)
}

/// The exception for an argument that cannot be passed: which one, why, and what to do.
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
    let place = format!("argument '{argument}' of {function}()");
    refusal_error(py, &place, &object, refusal)
}

/// As `refused`, for a value at `place`.
pub fn refusal_error(py: Python, place: &str, object: &Bound<PyAny>, refusal: Refusal) -> PyErr {
    let dtype = || object.getattr("dtype").map(|dtype| dtype.to_string()).unwrap_or_default();
    let class = object.get_type().fully_qualified_name().map(|name| name.to_string()).unwrap_or_default();
    match refusal {
        Refusal::TooLarge => new(py, "IntegerTooLargeError", &format!("Int value is too large: {place} needs more than 64 bits")),
        Refusal::Dtype => typing(
            py,
            &format!("{place} is an array of unsupported dtype {}; convert it, for example with .astype(numpy.float64)", dtype()),
        ),
        Refusal::ByteOrder => typing(
            py,
            &format!("{place} is an array of dtype {} in foreign byte order; convert it with .astype(a.dtype.newbyteorder('='))", dtype()),
        ),
        Refusal::Unaligned => typing(py, &format!("{place} is an array whose elements are not aligned in memory; pass numpy.array(a)")),
        Refusal::Stride => typing(
            py,
            &format!("{place} is an array with a stride that is no multiple of its item size; pass numpy.ascontiguousarray(a)"),
        ),
        Refusal::Subclass => typing(py, &format!("{place} is a {class}, which has semantics of its own; pass numpy.asarray(a)")),
        Refusal::Type | Refusal::Raised | Refusal::Full => typing(py, &unsupported_type(place, object, &class)),
    }
}

fn unsupported_type(place: &str, object: &Bound<PyAny>, class: &str) -> String {
    let help = match class {
        "list" => "; pass a tuple or a NumPy array",
        "dict" | "set" | "str" | "bytes" => "; zouk does not pass this type yet",
        "function" | "zouk._zouk.Dispatcher" => "; call functions by their global name instead of passing them",
        _ => "",
    };
    let hint = if help.is_empty() && numpy::loaded().is_some() && object.hasattr("__array__").unwrap_or(false) {
        "; pass numpy.asarray(a)"
    } else {
        help
    };
    format!("cannot determine the type of {place}: {class}{hint}")
}
