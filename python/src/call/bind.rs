//! Keywords and defaults: puts the arguments of a call into the order of the parameters.

use crate::{core::Core, dispatcher::function_of};
use pyo3::{exceptions::PyTypeError, ffi, intern, prelude::*, types::PyTuple};
use smallvec::SmallVec;

/// Arguments in the order of the parameters. `kept` has those that the caller does not keep alive, or what holds them.
#[derive(Default)]
pub struct Bound {
    pub arguments: SmallVec<[*mut ffi::PyObject; 8]>,
    kept: SmallVec<[*mut ffi::PyObject; 2]>,
}

impl Bound {
    fn keep(&mut self, object: pyo3::Bound<PyAny>) {
        self.kept.push(object.into_ptr());
    }
}

/// It lives as long as a call, whose thread has the GIL; a `Py` cannot know that and would be queued.
impl Drop for Bound {
    fn drop(&mut self) {
        for object in &self.kept {
            // SAFETY: references of our own.
            unsafe { ffi::Py_DECREF(*object) };
        }
    }
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
        let rest = PyTuple::new(py, rest)?.into_any();
        slots[star] = rest.as_ptr();
        bound.keep(rest);
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
    // SAFETY: a dispatcher, which keeps its function.
    let function = unsafe { pyo3::Bound::from_borrowed_ptr(py, function_of(callable)) };
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

/// `function.__defaults__`; of a plain function without a look-up.
fn positional_defaults<'py>(function: &pyo3::Bound<'py, PyAny>) -> PyResult<Option<pyo3::Bound<'py, PyTuple>>> {
    // SAFETY: the check says that it is a function; its tuple is borrowed, or null.
    let defaults = unsafe {
        match ffi::PyFunction_Check(function.as_ptr()) {
            0 => Some(function.getattr(intern!(function.py(), "__defaults__"))?),
            _ => pyo3::Bound::from_borrowed_ptr_or_opt(function.py(), ffi::PyFunction_GetDefaults(function.as_ptr())),
        }
    };
    Ok(defaults.and_then(|defaults| defaults.cast_into_exact().ok()))
}

/// `__defaults__` belong to the last positional parameters, `__kwdefaults__` to keyword-only ones by name.
fn fill_defaults(function: &pyo3::Bound<PyAny>, core: &Core, slots: &mut [*mut ffi::PyObject], bound: &mut Bound) -> PyResult<()> {
    let positional = core.parameters.positional();
    if slots[..positional].iter().any(|slot| slot.is_null())
        && let Some(defaults) = positional_defaults(function)?
    {
        let first = positional.saturating_sub(defaults.len());
        for (slot, default) in slots[first..positional].iter_mut().zip(defaults.iter_borrowed()) {
            if slot.is_null() {
                *slot = default.as_ptr();
            }
        }
        bound.keep(defaults.into_any());
    }
    if slots[positional..].iter().any(|slot| slot.is_null()) {
        let defaults = function.getattr(intern!(function.py(), "__kwdefaults__"))?;
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
                bound.keep(default);
            }
        }
    }
    Ok(())
}
