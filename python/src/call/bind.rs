//! Keywords and defaults: puts the arguments of a call into the order of the parameters.

use crate::core::Core;
use pyo3::{exceptions::PyTypeError, ffi, prelude::*};
use smallvec::SmallVec;

/// Arguments in the order of the parameters. `defaults` keeps alive those that the caller does not.
#[derive(Default)]
pub struct Bound {
    pub arguments: SmallVec<[*mut ffi::PyObject; 8]>,
    defaults: Vec<Py<PyAny>>,
}

/// The texts are Numba's.
///
/// # Safety
/// `arguments` holds `positional` objects and then one for each name of the tuple `keywords`, which may be null.
pub unsafe fn bind(
    py: Python,
    callable: *mut ffi::PyObject,
    core: &Core,
    arguments: &[*mut ffi::PyObject],
    positional: usize,
    keywords: *mut ffi::PyObject,
    bound: &mut Bound,
) -> PyResult<()> {
    let parameters = &core.parameters;
    if parameters.keywords {
        return Err(crate::errors::unsupported(py, "functions with `**kwargs` are not compiled; write out the parameters"));
    }
    let count = parameters.count();
    let (given, positional) = (positional, if parameters.star.is_some() { positional.min(parameters.positional()) } else { positional });
    if parameters.star.is_none() && (arguments.len() > count || positional > parameters.positional()) {
        let expected = if arguments.len() > count { count } else { parameters.positional() };
        return Err(PyTypeError::new_err(format!("too many arguments: expected {expected}, got {}", arguments.len())));
    }
    let mut slots: SmallVec<[*mut ffi::PyObject; 8]> = SmallVec::from_elem(std::ptr::null_mut(), count);
    slots[..positional].copy_from_slice(&arguments[..positional]);
    if let Some(star) = parameters.star {
        // SAFETY: live objects.
        let rest = arguments[positional..given].iter().map(|rest| unsafe { pyo3::Bound::from_borrowed_ptr(py, *rest) });
        let rest = pyo3::types::PyTuple::new(py, rest)?.into_any().unbind();
        slots[star] = rest.as_ptr();
        bound.defaults.push(rest);
    }
    let mut unexpected = false;
    for (i, value) in arguments[given..].iter().enumerate() {
        // SAFETY: `keywords` has a name for each argument after the positional ones.
        let name = unsafe { pyo3::Bound::from_borrowed_ptr(py, ffi::PyTuple_GET_ITEM(keywords, i as isize)) };
        let at = position(py, core, &name)?.filter(|at| *at >= positional && slots[*at].is_null());
        match at {
            Some(at) => slots[at] = *value,
            None => unexpected = true,
        }
    }
    let function = unsafe { pyo3::Bound::from_borrowed_ptr(py, callable) }.getattr("py_func")?;
    fill_defaults(&function, core, &mut slots, bound)?;
    if let Some(missing) = slots.iter().position(|slot| slot.is_null()) {
        return Err(PyTypeError::new_err(match arguments.len() {
            given if given == positional && parameters.keyword_only == 0 => {
                let defaults = function.getattr("__defaults__")?.len().unwrap_or(0);
                let least = if defaults > 0 { "at least " } else { "" };
                format!("not enough arguments: expected {least}{}, got {given}", parameters.positional() - defaults)
            }
            _ => format!("missing argument '{}'", parameters.names[missing].bind(py)),
        }));
    }
    if unexpected {
        return Err(PyTypeError::new_err("some keyword arguments unexpected"));
    }
    bound.arguments = slots;
    Ok(())
}

fn position(py: Python, core: &Core, name: &pyo3::Bound<PyAny>) -> PyResult<Option<usize>> {
    let names = &core.parameters.names;
    let named = |i: &usize| *i >= core.parameters.positional_only;
    let named = |i: &usize| named(i) && Some(*i) != core.parameters.star;
    if let Some(at) = names.iter().position(|n| n.as_ptr() == name.as_ptr()) {
        return Ok(Some(at).filter(named));
    }
    for (i, own) in names.iter().enumerate() {
        if own.bind(py).as_any().eq(name)? {
            return Ok(Some(i).filter(named));
        }
    }
    Ok(None)
}

/// `__defaults__` belong to the last positional parameters, `__kwdefaults__` to keyword-only ones by name.
fn fill_defaults(function: &pyo3::Bound<PyAny>, core: &Core, slots: &mut [*mut ffi::PyObject], bound: &mut Bound) -> PyResult<()> {
    let positional = core.parameters.positional();
    if slots[..positional].iter().any(|slot| slot.is_null())
        && let Some(defaults) = function.getattr("__defaults__")?.extract::<Option<Vec<Py<PyAny>>>>()?
    {
        let first = positional.saturating_sub(defaults.len());
        for (slot, default) in slots[first..positional].iter_mut().zip(defaults) {
            if slot.is_null() {
                *slot = default.as_ptr();
                bound.defaults.push(default);
            }
        }
    }
    if slots[positional..].iter().any(|slot| slot.is_null()) {
        let defaults = function.getattr("__kwdefaults__")?;
        for (slot, name) in slots[positional..].iter_mut().zip(&core.parameters.names[positional..]) {
            let left_out = core.stencil.is_some() && *name.bind(function.py()) == "out";
            if slot.is_null() && left_out {
                // SAFETY: None is immortal.
                *slot = unsafe { ffi::Py_None() };
            } else if slot.is_null()
                && !defaults.is_none()
                && let Ok(default) = defaults.get_item(name.bind(function.py()))
            {
                *slot = default.as_ptr();
                bound.defaults.push(default.unbind());
            }
        }
    }
    Ok(())
}
