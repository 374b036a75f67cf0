//! Jitted functions as arguments: each has a number and a type of its own, which names it, so that what it is passed to is compiled for it.

use crate::dispatcher::core_of;
use pyo3::{
    ffi,
    prelude::*,
    types::{PyWeakrefMethods, PyWeakrefReference},
};
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};
use zouk_dialects::ty::Ty;

#[derive(Default)]
struct Table {
    /// How many functions of that name there are.
    named: HashMap<String, usize>,
    functions: Vec<(String, Py<PyWeakrefReference>)>,
    /// The numbers of those that were passed by the address of their code.
    addresses: HashMap<usize, u32>,
}

/// Grows by the distinct functions that a program passes. No Python code runs while it is locked.
static TABLE: LazyLock<Mutex<Table>> = LazyLock::new(Default::default);

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The qualified name with letters, digits, dots and underscores only.
pub fn plain_name(function: &Bound<PyAny>) -> String {
    let name = function.getattr("__qualname__").map(|name| name.to_string()).unwrap_or_default();
    name.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '_' }).collect()
}

/// The number of a dispatcher. Its symbol does not depend on the process, as long as functions of one name are passed in one order.
///
/// # Safety
/// `object` is a live dispatcher; the GIL is held.
pub unsafe fn number(object: *mut ffi::PyObject) -> PyResult<u32> {
    // SAFETY: the caller's promise.
    let (core, dispatcher) = unsafe { (core_of(object), Bound::from_borrowed_ptr(Python::assume_attached(), object)) };
    if let Some(number) = core.number.get() {
        return Ok(number);
    }
    let name = plain_name(&dispatcher.getattr("py_func")?);
    let reference = PyWeakrefReference::new(&dispatcher)?.unbind();
    let mut table = table();
    let count = table.named.entry(name.clone()).or_default();
    *count += 1;
    let symbol = format!("{name}#{count}");
    table.functions.push((symbol, reference));
    let number = (table.functions.len() - 1) as u32;
    core.number.set(Some(number));
    Ok(number)
}

/// The type of the function with that number.
pub fn ty(number: u32) -> Ty {
    Ty::Ref(format!("@{}", table().functions[number as usize].0))
}

/// The function that a type names, while it lives.
pub fn dispatcher_of<'py>(py: Python<'py>, ty: &Ty) -> Option<(String, Bound<'py, PyAny>)> {
    let symbol = ty.as_ref_name()?.strip_prefix('@')?;
    let reference = table().functions.iter().find(|(known, _)| known == symbol).map(|(_, reference)| reference.clone_ref(py))?;
    Some((symbol.to_string(), reference.bind(py).upgrade()?))
}

/// The function with that number, while it lives.
pub fn numbered(py: Python, number: u32) -> Option<Bound<PyAny>> {
    let reference = table().functions[number as usize].1.clone_ref(py);
    reference.bind(py).upgrade()
}

/// Whether the type names a function that was passed.
pub fn is_passed(ty: &Ty) -> bool {
    ty.as_ref_name().and_then(|name| name.strip_prefix('@')).is_some_and(|symbol| table().functions.iter().any(|(known, _)| known == symbol))
}

/// Notes what code of a function is passed by its address.
pub fn has_address(number: u32, address: usize) {
    table().addresses.insert(address, number);
}

/// The function whose code is there, while it lives.
pub fn at_address(py: Python, address: usize) -> Option<Bound<PyAny>> {
    let number = table().addresses.get(&address).copied()?;
    numbered(py, number)
}

/// The attribute of a dispatcher that says what the program has instead of it.
const FRONT: &str = "_front";

/// Notes that the program knows the dispatcher as another object: a ufunc, a function for C.
pub fn stands_behind(dispatcher: &Bound<PyAny>, front: &Bound<PyAny>) -> PyResult<()> {
    if dispatcher.is(front) || dispatcher.hasattr(FRONT)? {
        return Ok(());
    }
    // That object holds the dispatcher.
    match PyWeakrefReference::new(front) {
        Ok(reference) => dispatcher.setattr(FRONT, reference),
        Err(_) => dispatcher.setattr(FRONT, front),
    }
}

/// What the program has for a dispatcher.
pub fn front_of<'py>(dispatcher: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let Some(front) = dispatcher.getattr_opt(FRONT)? else { return Ok(dispatcher.clone()) };
    Ok(match front.cast::<PyWeakrefReference>() {
        Ok(reference) => reference.upgrade().unwrap_or_else(|| dispatcher.clone()),
        Err(_) => front,
    })
}
