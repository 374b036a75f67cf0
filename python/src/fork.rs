//! `fork` while other threads compile: what they hold would stay held in the child, which has none of these threads.
//!
//! Python's hooks around `os.fork` wait, without the GIL, until no other thread compiles, and no compilation begins before the child is made. The locks of compilation, those of the
//! driver and the loader, are thus all free in the child. Locks that threads without the GIL take for a moment are held by `pthread_atfork`'s handlers.

use crate::{adopt, compile};
use pyo3::{prelude::*, types::PyDict};

/// Sets the hooks.
pub fn install(module: &Bound<PyModule>) -> PyResult<()> {
    let py = module.py();
    adopt::survive_forks();
    let os = py.import("os")?;
    // Systems without `fork`.
    let Some(register) = os.getattr_opt("register_at_fork")? else { return Ok(()) };
    let hooks = PyDict::new(py);
    hooks.set_item("before", wrap_pyfunction!(before, module)?)?;
    let after = wrap_pyfunction!(after, module)?;
    hooks.set_item("after_in_parent", &after)?;
    hooks.set_item("after_in_child", &after)?;
    register.call((), Some(&hooks))?;
    Ok(())
}

#[pyfunction]
fn before(py: Python) {
    compile::hold(py);
}

#[pyfunction]
fn after() {
    compile::let_go();
}
