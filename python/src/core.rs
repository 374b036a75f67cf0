//! What a dispatcher knows: its parameters, its options, and the table from fingerprints to compiled versions.

use crate::{
    call::{convert::Step, unpack::Unpack},
    fingerprint::Fingerprint,
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyString},
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::Arc,
};
use zouk_dialects::ty::Ty;
use zouk_driver::{Compiled, Options, Stencil};

/// The signature of the Python function, in the order of its parameters; keyword-only ones come last.
pub struct Parameters {
    pub names: Vec<Py<PyString>>,
    pub positional_only: usize,
    pub keyword_only: usize,
    /// `*args` or `**kwargs`: such functions are not compiled.
    pub variadic: bool,
}

impl Parameters {
    pub fn count(&self) -> usize {
        self.names.len()
    }
    pub fn positional(&self) -> usize {
        self.names.len() - self.keyword_only
    }
}

/// One compilation of the function, for one list of argument types.
pub struct Version {
    pub compiled: Arc<Compiled>,
    pub unpack: Unpack,
    pub result_slots: usize,
    /// Exception classes of the program by the names that the code raises them by.
    pub classes: HashMap<String, Py<PyAny>>,
}

impl std::fmt::Debug for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{:?} -> {}", self.compiled.arguments, self.compiled.result)
    }
}

/// What a call with these fingerprints does. Its address stays put while the dispatcher lives or until `Table::clear`.
pub struct Entry {
    pub fingerprints: Box<[Fingerprint]>,
    /// Conversions to a declared signature; none where the natural slots are right.
    pub steps: Option<Vec<Step>>,
    pub version: Arc<Version>,
}

impl Entry {
    /// Exception classes of the program by name: those of the version and of the functions that it is passed.
    pub fn classes(&self, py: Python) -> HashMap<String, Py<PyAny>> {
        let mut all = HashMap::new();
        let mut add = |version: &Arc<Version>| all.extend(version.classes.iter().map(|(name, class)| (name.clone(), class.clone_ref(py))));
        self.steps.iter().flatten().for_each(|step| step.each_function(&mut add));
        add(&self.version);
        all
    }
}

#[derive(Default)]
pub struct Table {
    entries: HashMap<Box<[Fingerprint]>, Box<Entry>>,
    /// In the order of compilation.
    pub versions: Vec<Arc<Version>>,
    /// Entries that a `clear` found in use.
    #[allow(clippy::vec_box, reason = "calls under way refer into the boxes")]
    retired: Vec<Box<Entry>>,
    /// `disable_compile`: calls choose among the declared versions.
    pub frozen: bool,
}

pub struct Core {
    pub parameters: Parameters,
    pub options: Options,
    /// The names of the options that the decorator was given.
    given: Vec<String>,
    /// Whether compilations use the cache on disk; `options.cache` is what the decorator said.
    pub cache: Cell<bool>,
    pub nogil: bool,
    /// Of the function behind a ufunc: the numbers of the core dimensions of each operand, no list when it is elementwise.
    pub ufunc: Option<Vec<Vec<usize>>>,
    /// The layout, of a generalized ufunc, and the inputs that it may write to.
    pub layout: Option<String>,
    pub writable: Vec<usize>,
    /// Of the kernel of a stencil, whose last parameter is `out`, None unless given.
    pub stencil: Option<Stencil>,
    /// The entry of the last call: a monomorphic inline cache.
    last: Cell<*const Entry>,
    /// Calls under way, on any thread.
    active: Cell<usize>,
    /// As an argument: see `functions`.
    pub number: Cell<Option<u32>>,
    /// Never borrowed while Python code may run. The GIL guards it.
    pub table: RefCell<Table>,
}

/// From the tuple (mode, value of the border, neighborhood, names of parameters that are indexed as usual).
fn stencil(told: &Bound<PyAny>) -> PyResult<Stencil> {
    let (mode, cval, neighborhood, standard) = told.extract()?;
    Ok(Stencil { mode, cval, neighborhood, standard })
}

/// CO_VARARGS | CO_VARKEYWORDS.
const VARIADIC: u32 = 0x04 | 0x08;

impl Core {
    pub fn new(function: &Bound<PyAny>, options: &Bound<PyDict>) -> PyResult<Core> {
        let code = function.getattr("__code__")?;
        let number = |name: &str| code.getattr(name)?.extract::<usize>();
        let (positional, keyword_only) = (number("co_argcount")?, number("co_kwonlyargcount")?);
        let names: Vec<Py<PyString>> = code.getattr("co_varnames")?.extract()?;
        let mut names: Vec<Py<PyString>> = names.into_iter().take(positional + keyword_only).collect();
        let stencil = options.get_item("stencil")?.map(|told| stencil(&told)).transpose()?;
        if stencil.is_some() {
            names.push(PyString::new(function.py(), "out").unbind());
        }
        let flag = |name: &str| options.get_item(name)?.map_or(Ok(false), |value| value.extract::<bool>());
        let word = |name: &str| options.get_item(name)?.map_or(Ok(0), |value| value.extract::<u32>());
        Ok(Core {
            parameters: Parameters {
                names,
                positional_only: number("co_posonlyargcount")?,
                keyword_only: keyword_only + usize::from(stencil.is_some()),
                variadic: code.getattr("co_flags")?.extract::<u32>()? & VARIADIC != 0,
            },
            options: Options {
                fastmath: word("fastmath")?,
                numpy_errors: flag("numpy_errors")?,
                boundscheck: flag("boundscheck")?,
                debug: flag("debug")?,
                cache: flag("cache")?,
                inline: flag("inline")?,
                parallel: options.get_item("parallel")?.map_or(Ok(vec![]), |names| names.extract())?,
            },
            given: options.get_item("given")?.map_or(Ok(vec![]), |names| names.extract())?,
            cache: Cell::new(flag("cache")?),
            // Threads of regions need no GIL, and others may want it meanwhile.
            nogil: flag("nogil")? || options.get_item("parallel")?.is_some_and(|names| names.is_truthy().unwrap_or(false)),
            ufunc: options.get_item("ufunc")?.map_or(Ok(None), |core| core.extract())?,
            layout: options.get_item("layout")?.map_or(Ok(None), |text| text.extract())?,
            writable: options.get_item("writable")?.map_or(Ok(vec![]), |numbers| numbers.extract())?,
            stencil,
            last: Cell::new(std::ptr::null()),
            active: Cell::new(0),
            number: Cell::new(None),
            table: RefCell::default(),
        })
    }

    /// The options in a call from another compiled function: what the decorator leaves open is as the entry has it.
    pub fn options_in_call(&self, entry: &Options) -> Options {
        let given = |name: &str| self.given.iter().any(|given| given == name);
        let own = &self.options;
        Options {
            fastmath: if given("fastmath") { own.fastmath } else { entry.fastmath },
            numpy_errors: if given("error_model") { own.numpy_errors } else { entry.numpy_errors },
            boundscheck: if given("boundscheck") { own.boundscheck } else { entry.boundscheck },
            inline: own.inline,
            parallel: if self.stencil.is_some() && own.parallel.is_empty() { entry.parallel.clone() } else { own.parallel.clone() },
            ..entry.clone()
        }
    }

    /// The entry for these fingerprints, if a call has had them before.
    #[inline]
    pub fn find(&self, fingerprints: &[Fingerprint]) -> Option<&Entry> {
        // SAFETY: null, or in the table, whose `clear` also resets `last`.
        if let Some(last) = unsafe { self.last.get().as_ref() }
            && *last.fingerprints == *fingerprints
        {
            return Some(last);
        }
        self.find_in_table(fingerprints)
    }

    #[cold]
    fn find_in_table(&self, fingerprints: &[Fingerprint]) -> Option<&Entry> {
        let entry: *const Entry = &**self.table.borrow().entries.get(fingerprints)?;
        self.last.set(entry);
        // SAFETY: boxed, and freed only by `clear` when no call is active.
        Some(unsafe { &*entry })
    }

    pub fn insert(&self, entry: Entry) -> &Entry {
        let entry = Box::new(entry);
        let address: *const Entry = &*entry;
        let replaced = self.table.borrow_mut().entries.insert(entry.fingerprints.clone(), entry);
        if let Some(old) = replaced {
            self.table.borrow_mut().retired.push(old);
        }
        self.last.set(address);
        // SAFETY: as above.
        unsafe { &*address }
    }

    /// The version compiled for exactly these types.
    pub fn version(&self, arguments: &[Ty]) -> Option<Arc<Version>> {
        self.table.borrow().versions.iter().find(|v| v.compiled.arguments == arguments).cloned()
    }

    /// Calls `visit` with each exception class that versions hold on to, once for each time.
    pub fn each_class(&self, visit: &mut dyn FnMut(&Py<PyAny>)) {
        let Ok(table) = self.table.try_borrow() else { return };
        let of_entries = table.entries.values().chain(&table.retired).map(|entry| &entry.version);
        let mut seen: Vec<*const Version> = vec![];
        for version in of_entries.chain(&table.versions).filter(|version| !version.classes.is_empty()) {
            if !seen.contains(&Arc::as_ptr(version)) {
                seen.push(Arc::as_ptr(version));
                version.classes.values().for_each(&mut *visit);
            }
        }
    }

    /// Forgets everything compiled. Entries of calls under way stay until a later `clear`.
    pub fn clear(&self) {
        self.last.set(std::ptr::null());
        let mut table = self.table.borrow_mut();
        let entries: Vec<Box<Entry>> = table.entries.drain().map(|(_, entry)| entry).collect();
        let mut dead: Vec<Box<Entry>> = vec![];
        if self.active.get() == 0 {
            dead.append(&mut table.retired);
            dead.extend(entries);
        } else {
            table.retired.extend(entries);
        }
        let versions = std::mem::take(&mut table.versions);
        // Python objects die outside of the borrow.
        drop(table);
        drop((dead, versions));
    }

    /// Forgets which entries calls chose: a new version may fit better.
    pub fn forget_choices(&self) {
        self.last.set(std::ptr::null());
        let mut table = self.table.borrow_mut();
        let entries: Vec<Box<Entry>> = table.entries.drain().map(|(_, entry)| entry).collect();
        table.retired.extend(entries);
    }

    #[inline]
    pub fn enter(&self) {
        self.active.set(self.active.get() + 1);
    }

    #[inline]
    pub fn leave(&self) {
        self.active.set(self.active.get() - 1);
    }
}
