//! Whether a live object is the library's own: what a program puts in its place, under the same name, is another thing.

use pyo3::{
    prelude::*,
    types::{PyModule, PyType},
};
use zouk_frontend::is_known_module;

/// Whether this is the module that the compiler knows by that name, and not one of the program's that is called so too.
pub fn is_library(module: &Bound<PyModule>, name: &str) -> bool {
    if !is_known_module(name) {
        return false;
    }
    let registered = || PyResult::Ok(module.py().import("sys")?.getattr("modules")?.get_item(name)?.is(module));
    // A file of the program may be found before the standard library's.
    let shadowed = || matches!(name, "math" | "cmath" | "random" | "operator") && !is_standard(module).unwrap_or(false);
    registered().unwrap_or(false) && !shadowed()
}

fn is_standard(module: &Bound<PyModule>) -> PyResult<bool> {
    let origin: String = module.getattr("__spec__")?.getattr("origin")?.extract()?;
    if origin == "built-in" || origin == "frozen" {
        return Ok(true);
    }
    let os: String = module.py().import("os")?.getattr("__file__")?.extract()?;
    let folder = os.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder);
    Ok(origin.starts_with(folder) && !origin.contains("site-packages"))
}

/// Whether a function, class or other object that was found in a module of the library comes from there. `functools.wraps` gives the
/// program's functions the names of others, so what counts is where the code is from.
pub fn comes_from(value: &Bound<PyAny>, module: &str) -> bool {
    let home = root(module);
    let attribute = |of: &Bound<PyAny>, name: &str| of.getattr(name).and_then(|value| value.extract::<String>()).unwrap_or_default();
    if let Ok(globals) = value.getattr("__globals__") {
        return globals.get_item("__name__").is_ok_and(|name| name.extract::<String>().is_ok_and(|name| root(&name) == home));
    }
    if value.cast::<PyType>().is_ok() {
        return root(&attribute(value, "__module__")) == home;
    }
    if let Ok(function) = value.getattr("__func__") {
        return comes_from(&function, module);
    }
    let class = attribute(value.get_type().as_any(), "__module__");
    if class != "builtins" {
        return root(&class) == home;
    }
    match value.getattr("__self__") {
        Ok(owner) if owner.cast::<PyModule>().is_ok() => root(&attribute(&owner, "__name__")) == home,
        Ok(owner) if !owner.is_none() => root(&attribute(owner.get_type().as_any(), "__module__")) == home,
        _ => root(&attribute(value, "__module__")) == home,
    }
}

/// `_operator` is where `operator` keeps its functions.
fn root(module: &str) -> &str {
    module.split('.').next().unwrap_or(module).trim_start_matches('_')
}
