//! Compiled functions that C calls: their addresses, and what becomes of their exceptions.

use crate::{core::Version, raise};
use pyo3::prelude::*;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};
use zouk_runtime::{exception::take_pending, outside::Hooks};

/// A function that C may call from now on. C keeps its address for as long as it likes, so it is never unloaded.
struct Exposed {
    version: Arc<Version>,
    function: Py<PyAny>,
}

/// By entry point. No Python code runs while it is locked.
static EXPOSED: LazyLock<Mutex<HashMap<usize, Arc<Exposed>>>> = LazyLock::new(Default::default);

/// The hooks that the runtime calls.
pub fn install() {
    zouk_runtime::outside::set_hooks(Hooks { ignore, call: crate::object_mode::call });
}

/// The address for C of a version that was compiled for it.
pub fn expose(function: Bound<PyAny>, version: &Arc<Version>) -> Option<usize> {
    let address = version.compiled.c_entry?;
    let exposed = Exposed { version: version.clone(), function: function.unbind() };
    EXPOSED.lock().unwrap_or_else(PoisonError::into_inner).insert(version.compiled.entry as usize, Arc::new(exposed));
    Some(address)
}

/// Prints the pending exception as Python prints those that nobody can catch. Any thread may come here, with the GIL or without.
fn ignore(entry: usize) {
    let exposed = EXPOSED.lock().unwrap_or_else(PoisonError::into_inner).get(&entry).cloned();
    let report = |py: Python| {
        // What C's own caller has raised waits.
        let outer = PyErr::take(py);
        match &exposed {
            Some(exposed) => raise::pending(py, &exposed.version.classes).write_unraisable(py, Some(exposed.function.bind(py))),
            None => raise::pending(py, &HashMap::new()).write_unraisable(py, None),
        }
        outer.into_iter().for_each(|error| error.restore(py));
    };
    if Python::try_attach(report).is_none() {
        take_pending();
    }
}
