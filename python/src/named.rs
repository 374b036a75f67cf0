//! Classes of named tuples of the program, as `collections.namedtuple` and `typing.NamedTuple` make them, each known by a number.

use pyo3::{
    prelude::*,
    types::{PyDict, PyInt, PyString, PyTuple, PyType},
};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use zouk_dialects::ty::{ENUMERATION, Names};

/// Only ever grows, by the classes that a program uses in compiled code. No Python code runs while it is locked.
static CLASSES: LazyLock<Mutex<Vec<(Arc<Names>, Py<PyType>)>>> = LazyLock::new(Default::default);

fn classes() -> MutexGuard<'static, Vec<(Arc<Names>, Py<PyType>)>> {
    CLASSES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of the class, if its tuples are passed: they must be nothing but tuples whose elements have names.
pub fn number(class: &Bound<PyType>) -> Option<u32> {
    let place = |known: &[(Arc<Names>, Py<PyType>)]| known.iter().position(|(_, known)| known.is(class)).map(|place| place as u32);
    if let Some(known) = place(&classes()) {
        return Some(known);
    }
    let (kind, fields) = if is_enumeration(class) { (ENUMERATION, vec!["value".to_string()]) } else { ("", fields_of(class)?) };
    let module: String = class.getattr("__module__").ok()?.extract().ok()?;
    let name = format!("{kind}{module}.{}", class.qualname().ok()?).replace([' ', '"', '\\'], "_");
    let mut known = classes();
    if let Some(known) = place(&known) {
        return Some(known);
    }
    let mut unique = name.clone();
    let mut count = 1;
    while known.iter().any(|(names, _)| names.class == unique) {
        count += 1;
        unique = format!("{name}#{count}");
    }
    known.push((Arc::new(Names { class: unique, fields }), class.clone().unbind()));
    Some(known.len() as u32 - 1)
}

pub fn names(number: u32) -> Arc<Names> {
    classes()[number as usize].0.clone()
}

/// The class of a name that `number` has given.
pub fn class<'py>(py: Python<'py>, name: &str) -> Option<Bound<'py, PyType>> {
    classes().iter().find(|(names, _)| names.class == name).map(|(_, class)| class.bind(py).clone())
}

/// Whether it is a class of `enum`, but one whose members are ints: those are what compiled code takes them for.
pub fn is_enumeration(class: &Bound<PyType>) -> bool {
    let is_enum = || -> PyResult<bool> {
        let meta = class.py().import("enum")?.getattr("EnumMeta")?;
        Ok(class.is_instance(&meta)? && !class.is_subclass_of::<PyInt>()? && class.getattr("__members__")?.len()? > 0)
    };
    is_enum().unwrap_or(false)
}

/// The fields of a class of named tuples. Subclasses may add functions and properties, which compiled code does not see, and change nothing that a tuple does.
fn fields_of(class: &Bound<PyType>) -> Option<Vec<String>> {
    let fields: Vec<String> = class.getattr("_fields").ok()?.cast_into_exact::<PyTuple>().ok()?.extract().ok()?;
    if fields.is_empty() {
        return None;
    }
    let tuple = class.py().get_type::<PyTuple>();
    let mut own = class.clone();
    loop {
        let bases = own.getattr("__bases__").ok()?.cast_into::<PyTuple>().ok()?;
        if bases.len() != 1 {
            return None;
        }
        let base = bases.get_item(0).ok()?.cast_into::<PyType>().ok()?;
        if base.is(&tuple) {
            return own.getattr("_field_defaults").ok().map(|_| fields);
        }
        let names = own.getattr("__dict__").ok()?.call_method0("copy").ok()?.cast_into::<PyDict>().ok()?;
        let harmless = |name: &str| HARMLESS.contains(&name) || !name.starts_with('_') && !fields.iter().any(|field| field == name);
        if !names.keys().iter().all(|name| name.cast::<PyString>().is_ok_and(|name| name.to_str().is_ok_and(harmless))) {
            return None;
        }
        own = base;
    }
}

/// What every class has.
const HARMLESS: &[&str] = &[
    "__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__", "__dict__", "__doc__", "__firstlineno__", "__module__", "__orig_bases__", "__qualname__",
    "__slotnames__", "__slots__", "__static_attributes__", "__weakref__",
];
