//! The exception that compiled code left pending, as a Python exception with a traceback of Python lines.

use crate::{errors, object_mode};
use pyo3::{
    exceptions::{PyBaseException, PyRuntimeError, PyTypeError},
    prelude::*,
    types::{PyComplex, PyFloat, PyTuple, PyType},
};
use std::collections::HashMap;
use zouk_runtime::{
    exception::{ARRAY_MEMORY_ERROR, Argument, Exception, take_pending},
    text::Scalar,
};

/// Takes the pending exception. `classes` are those of the program, by the names that the code knows.
pub fn pending(py: Python, classes: &HashMap<String, Py<PyAny>>) -> PyErr {
    match take_pending() {
        Some(exception) => build(py, &exception, classes).unwrap_or_else(|error| error),
        None => errors::new(py, "InternalCompilerError", "compiled code failed without an exception"),
    }
}

fn build(py: Python, exception: &Exception, classes: &HashMap<String, Py<PyAny>>) -> PyResult<PyErr> {
    if let Some(error) = object_mode::received(exception) {
        let value = error.into_value(py).into_bound(py);
        attach(&value, exception)?;
        return Ok(PyErr::from_value(value.into_any()));
    }
    let class = class_named(py, &exception.name, classes)?;
    let message = (!exception.message.is_empty()).then(|| exception.message.as_str().into_pyobject(py).map(|text| text.into_any()));
    let mut arguments: Vec<Bound<PyAny>> = message.transpose()?.into_iter().collect();
    let (given, cause) = match exception.arguments.split_last() {
        Some((Argument::Cause(cause), given)) => (given, Some(&cause[..])),
        _ => (&exception.arguments[..], None),
    };
    for argument in given {
        arguments.push(argument_object(py, argument)?);
    }
    if exception.name == ARRAY_MEMORY_ERROR
        && let Some(name) = arguments.pop()
    {
        arguments.push(py.import("numpy")?.getattr("dtype")?.call1((name,))?);
    }
    let value = class.call1(PyTuple::new(py, arguments)?)?;
    if !value.is_instance_of::<PyBaseException>() {
        return Err(PyTypeError::new_err("exceptions must derive from BaseException"));
    }
    attach(value.cast()?, exception)?;
    let error = PyErr::from_value(value);
    if let Some(cause) = cause {
        error.set_cause(py, cause_of(py, cause, classes)?);
    }
    Ok(error)
}

/// What stands behind `from`: the name of a class and what it is called with, or None.
fn cause_of(py: Python, cause: &[Argument], classes: &HashMap<String, Py<PyAny>>) -> PyResult<Option<PyErr>> {
    let Some((Argument::Text(name), arguments)) = cause.split_first() else { return Ok(None) };
    let arguments = arguments.iter().map(|argument| argument_object(py, argument)).collect::<PyResult<Vec<_>>>()?;
    let value = class_named(py, name, classes)?.call1(PyTuple::new(py, arguments)?)?;
    if !value.is_instance_of::<PyBaseException>() {
        return Err(PyTypeError::new_err("exception causes must derive from BaseException"));
    }
    Ok(Some(PyErr::from_value(value)))
}

/// Puts the lines that the exception has passed through before those of its traceback.
fn attach(value: &Bound<PyBaseException>, exception: &Exception) -> PyResult<()> {
    let frames: Vec<_> = exception
        .traceback
        .iter()
        .map(|f| (f.file.as_str(), f.function.as_str(), f.line, f.column, f.end_line, f.end_column))
        .collect();
    value.py().import("zouk.tracebacks")?.call_method1("attach", (value, frames))?;
    Ok(())
}

/// A class of the program, a builtin, or one to be found in its module.
fn class_named<'py>(py: Python<'py>, name: &str, classes: &HashMap<String, Py<PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    if let Some(class) = classes.get(name) {
        return Ok(class.bind(py).clone());
    }
    let found = match name.rsplit_once('.') {
        None | Some(("builtins", _)) => py.import("builtins")?.getattr(name.rsplit('.').next().unwrap_or(name)),
        Some((module, class)) => py.import(module).and_then(|module| module.getattr(class)),
    };
    let is_exception = |class: &Bound<PyAny>| class.cast::<PyType>().is_ok_and(|c| c.is_subclass_of::<PyBaseException>().unwrap_or(false));
    match found {
        Ok(class) if is_exception(&class) => Ok(class),
        _ => Err(PyRuntimeError::new_err(format!("compiled code raised {name}, which is not to be found"))),
    }
}

fn argument_object<'py>(py: Python<'py>, argument: &Argument) -> PyResult<Bound<'py, PyAny>> {
    Ok(match argument {
        Argument::Scalar(scalar) => object_of(py, *scalar)?,
        Argument::Text(text) => text.into_pyobject(py)?.into_any(),
        Argument::None => py.None().into_bound(py),
        Argument::Tuple(parts) | Argument::Cause(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| argument_object(py, part)).collect::<PyResult<_>>()?;
            PyTuple::new(py, parts)?.into_any()
        }
    })
}

fn object_of(py: Python, scalar: Scalar) -> PyResult<Bound<PyAny>> {
    Ok(match scalar {
        Scalar::Int(x) => x.into_pyobject(py)?.into_any(),
        Scalar::Unsigned(x) => x.into_pyobject(py)?.into_any(),
        Scalar::Bool(x) => x.into_pyobject(py)?.to_owned().into_any(),
        Scalar::Float(x) => PyFloat::new(py, x).into_any(),
        Scalar::Float16(x) => PyFloat::new(py, x.to_f64()).into_any(),
        Scalar::Float32(x) => PyFloat::new(py, x as f64).into_any(),
        Scalar::Complex(re, im) => PyComplex::from_doubles(py, re, im).into_any(),
        Scalar::Complex32(re, im) => PyComplex::from_doubles(py, re as f64, im as f64).into_any(),
    })
}
