//! Compiled classes by number and by name. They are never forgotten: types name them.

use crate::module;
use pyo3::{exceptions::PyTypeError, prelude::*};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};
use zouk_dialects::ty::{Class, class};

pub struct Entry {
    pub name: String,
    class: OnceLock<Py<PyAny>>,
    layout: OnceLock<Arc<Class>>,
    shape: OnceLock<Shape>,
}

/// What a new instance needs.
pub struct Shape {
    pub slots: usize,
    pub bits: Vec<u64>,
}

#[derive(Default)]
struct Classes {
    all: Vec<Arc<Entry>>,
    by_name: HashMap<String, u32>,
    by_type: HashMap<usize, u32>,
}

/// No Python code runs while it is locked.
static CLASSES: OnceLock<RwLock<Classes>> = OnceLock::new();

fn with<T>(read: impl FnOnce(&Classes) -> T) -> T {
    read(&CLASSES.get_or_init(Default::default).read().unwrap_or_else(PoisonError::into_inner))
}

fn change<T>(write: impl FnOnce(&mut Classes) -> T) -> T {
    write(&mut CLASSES.get_or_init(Default::default).write().unwrap_or_else(PoisonError::into_inner))
}

impl Entry {
    /// The class object; it is there before anything asks for it.
    pub fn class(&self) -> &Py<PyAny> {
        self.class.get().expect("set when the class was made")
    }

    pub fn shape(&self, py: Python) -> PyResult<&Shape> {
        if let Some(known) = self.shape.get() {
            return Ok(known);
        }
        let layout = self.layout(py)?;
        let slots = layout.slots();
        Ok(self.shape.get_or_init(|| Shape { slots, bits: class::owner_bits(slots, &layout.owners()) }))
    }

    /// The fields and their types, which are all known when instances are made: deferred types are defined then.
    pub fn layout(&self, py: Python) -> PyResult<Arc<Class>> {
        if let Some(known) = self.layout.get() {
            return Ok(known.clone());
        }
        let class = self.class.get().ok_or_else(|| PyTypeError::new_err("the class is still being made"))?;
        let fields: Vec<(String, String)> = class.bind(py).call_method0("_zouk_fields")?.extract()?;
        let fields = fields.into_iter().map(|(name, text)| Ok((name, module::parse(py, &text)?))).collect::<PyResult<_>>()?;
        let layout = Arc::new(Class { name: self.name.clone(), fields });
        Ok(self.layout.get_or_init(|| layout).clone())
    }
}

/// A number and a name for a class that is about to be made: its qualified name, with a number where others have that.
pub fn reserve(qualified: &str) -> (u32, String) {
    let plain: String = qualified.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '_' }).collect();
    change(|classes| {
        let mut name = plain.clone();
        let mut count = 1;
        while classes.by_name.contains_key(&name) {
            count += 1;
            name = format!("{plain}#{count}");
        }
        let number = classes.all.len() as u32;
        classes.all.push(Arc::new(Entry { name: name.clone(), class: OnceLock::new(), layout: OnceLock::new(), shape: OnceLock::new() }));
        classes.by_name.insert(name.clone(), number);
        (number, name)
    })
}

/// The class of a number that was reserved.
pub fn define(number: u32, class: &Bound<PyAny>) -> PyResult<()> {
    let entry = with(|classes| classes.all.get(number as usize).cloned()).ok_or_else(|| PyTypeError::new_err("no class has this number"))?;
    let first = entry.class.set(class.clone().unbind()).is_ok();
    if first {
        change(|classes| classes.by_type.insert(class.as_ptr() as usize, number));
    }
    Ok(())
}

pub fn entry(number: u32) -> Arc<Entry> {
    with(|classes| classes.all[number as usize].clone())
}

pub fn by_name(name: &str) -> Option<(u32, Arc<Entry>)> {
    with(|classes| classes.by_name.get(name).map(|number| (*number, classes.all[*number as usize].clone())))
}

/// The number of a class object, if it is a compiled class.
pub fn number_of(class: &Bound<PyAny>) -> Option<u32> {
    with(|classes| classes.by_type.get(&(class.as_ptr() as usize)).copied())
}
