//! What goes wrong outside compiled code, as the Python exceptions of `zouk.errors`. Refused arguments have a file of their own.

use crate::scalar::Unfit;
use pyo3::{
    exceptions::{PyOverflowError, PyValueError},
    prelude::*,
    types::PyDict,
};
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

/// The class of the exception: where CPython would raise one for the code as it runs, a `TypingError` that is one of these too.
fn class_name(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.class {
        ErrorClass::Typing | ErrorClass::UnknownName => match diagnostic.code.as_str() {
            "unknown-name" => "ZoukNameError",
            "unknown-attribute" => "ZoukAttributeError",
            "index-out-of-range" => "ZoukIndexError",
            "unpack-count" => "ZoukValueError",
            "argument-count" | "bad-operand" | "bad-operands" | "cannot-unpack" | "no-item-assignment" | "not-callable" | "not-iterable" | "not-subscriptable" => "ZoukTypeError",
            _ => "TypingError",
        },
        ErrorClass::Value => "ZoukValueError",
        ErrorClass::Unsupported => "UnsupportedError",
        ErrorClass::Parallel => "ParallelError",
        ErrorClass::Syntax => "SyntaxError",
        ErrorClass::Internal => "InternalCompilerError",
    }
}

/// The exception for a failed compilation: `str()` is the rendered diagnostic, `diagnostics` its parts.
pub fn compile_error(py: Python, error: &CompileError) -> PyErr {
    let first = error.diagnostics.first();
    let class = first.map_or("InternalCompilerError", class_name);
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

/// The exception for a number that no integer of the declared type stands for: those of `int` and of its C conversions.
pub fn unfit(unfit: Unfit) -> PyErr {
    match unfit {
        Unfit::Nan => PyValueError::new_err("cannot convert float NaN to integer"),
        Unfit::Infinite => PyOverflowError::new_err("cannot convert float infinity to integer"),
        Unfit::Negative => PyOverflowError::new_err("can't convert negative int to unsigned"),
        Unfit::TooBig => PyOverflowError::new_err("int too big to convert"),
    }
}
