//! Functions of C among the program's objects: those of `ctypes` and `cffi`, and objects that know an address. What they are is asked of `zouk.foreign`.

use pyo3::{prelude::*, types::PyModule};
use zouk_dialects::ty::Ty;

pub enum Found {
    Function { name: String, result: Ty, arguments: Vec<Ty>, address: usize },
    /// Its attributes are functions.
    Namespace(String),
    /// The compiler knows the function by this name.
    Known(String),
}

/// Whether the object may be one: said without a look at the libraries that a program does not use.
pub fn is_of_c(value: &Bound<PyAny>) -> bool {
    let from = |class: &Bound<PyAny>| class.getattr("__module__").is_ok_and(|module| matches!(module.to_string().as_str(), "ctypes" | "_ctypes" | "_cffi_backend" | "cffi.api" | "zouk.addresses"));
    let class = value.get_type();
    if from(class.as_any()) || class.mro().iter().any(|base| from(&base)) {
        return true;
    }
    let method = class.name().is_ok_and(|name| name == "method" || name == "builtin_function_or_method");
    let owner = value.getattr("__self__").ok().filter(|_| method).filter(|owner| !owner.is_none() && owner.cast::<PyModule>().is_err());
    owner.is_some_and(|owner| from(owner.get_type().as_any()))
}

/// What it is; None when it is nothing that compiled code can use.
pub fn describe(value: &Bound<PyAny>) -> PyResult<Option<Found>> {
    let py = value.py();
    let found = py.import("zouk.foreign")?.call_method1("describe", (value,))?;
    if found.is_none() {
        return Ok(None);
    }
    let kind: String = found.get_item(0)?.extract()?;
    let name: String = found.get_item(1)?.extract()?;
    Ok(Some(match kind.as_str() {
        "namespace" => Found::Namespace(name),
        "known" => Found::Known(name),
        _ => {
            let (result, arguments): (String, Vec<String>) = (found.get_item(2)?.extract()?, found.get_item(3)?.extract()?);
            let address = found.get_item(4)?.extract()?;
            Found::Function { name, result: crate::module::parse(py, &result)?, arguments: crate::module::parse_all(py, &arguments)?, address }
        }
    }))
}

/// A jitted function that calls it, for one that is passed; None when it is no function.
pub fn caller<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let found = value.py().import("zouk.foreign")?.call_method1("caller", (value,))?;
    Ok((!found.is_none()).then_some(found))
}
