//! What a dispatcher knows: its parameters, its options, and the table from fingerprints to compiled versions.

use crate::{
    call::{
        convert::{Step, slots_of},
        unpack::Unpack,
    },
    fingerprint::Fingerprint,
    provider::Kept,
    source,
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyString},
};
use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    sync::Arc,
};
use zouk_dialects::ty::Ty;
use zouk_driver::{Compiled, CudaOptions, Options, Simt, Stencil, Value};

/// The signature of the Python function, in the order of its parameters: positional ones, `*name`, keyword-only ones.
pub struct Parameters {
    pub names: Vec<Py<PyString>>,
    pub positional_only: usize,
    pub keyword_only: usize,
    /// The place of `*name`, which takes the other positional arguments as a tuple.
    pub star: Option<usize>,
    /// `**name`: such functions are not compiled.
    pub keywords: bool,
}

impl Parameters {
    pub fn count(&self) -> usize {
        self.names.len()
    }
    pub fn positional(&self) -> usize {
        self.names.len() - self.keyword_only - self.star.is_some() as usize
    }
}

/// One compilation of the function, for one list of argument types.
pub struct Version {
    pub compiled: Arc<Compiled>,
    /// The values of parameters that it is for; none at all, or one for each argument.
    pub values: Vec<Option<Value>>,
    pub unpack: Unpack,
    pub result_slots: usize,
    /// Exception classes of the program by the names that the code raises them by.
    pub classes: HashMap<String, Py<PyAny>>,
    /// What the code refers to outside of itself.
    pub kept: Vec<Kept>,
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
    /// The interpreter runs what cannot be compiled.
    pub fallback: bool,
    /// The interpreter runs every call.
    pub interpreted: Cell<bool>,
    /// Argument types that the function could not be compiled for.
    refused: RefCell<HashSet<Box<[Fingerprint]>>>,
    /// The parameters, as bits, whose values the function asks for by `literally`: it is compiled for each.
    pub by_value: Cell<u64>,
    /// Of the function behind a ufunc: the numbers of the core dimensions of each operand, no list when it is elementwise.
    pub ufunc: Option<Vec<Vec<usize>>>,
    /// Whether its reductions may take the items in any order.
    pub reorderable: bool,
    /// C can call what is compiled.
    pub c_entry: bool,
    /// The layout, of a generalized ufunc, and the inputs that it may write to.
    pub layout: Option<String>,
    pub writable: Vec<usize>,
    /// What a reduction by the ufunc begins with.
    pub identity: Option<i64>,
    /// Of the kernel of a stencil, whose last parameter is `out`, None unless given.
    pub stencil: Option<Stencil>,
    /// The entry of the last call: a monomorphic inline cache.
    last: Cell<*const Entry>,
    /// Calls under way, on any thread.
    active: Cell<usize>,
    /// What the file of the function said when it was decorated.
    pub text: Option<Arc<str>>,
    /// As an argument: see `functions`.
    pub number: Cell<Option<u32>>,
    /// Never borrowed while Python code may run. The GIL guards it.
    pub table: RefCell<Table>,
}

/// The types that the decorator declares for names.
fn locals(options: &Bound<PyDict>) -> PyResult<Vec<(String, Ty)>> {
    let given: Vec<(String, String)> = options.get_item("locals")?.map_or(Ok(vec![]), |given| given.extract())?;
    given.into_iter().map(|(name, text)| Ok((name, crate::module::parse(options.py(), &text)?))).collect()
}

/// From the tuple (mode, value of the border, neighborhood, names of parameters that are indexed as usual).
fn stencil(told: &Bound<PyAny>) -> PyResult<Stencil> {
    let (mode, cval, neighborhood, standard) = told.extract()?;
    Ok(Stencil { mode, cval, neighborhood, standard })
}

/// What a kernel's decorator says: a dict of `opt lineinfo fma max_registers launch_bounds narrow`, and `device` with the name of a function that is no kernel, with `status` one by Numba's convention.
fn simt(options: &Bound<PyDict>) -> PyResult<Simt> {
    let Some(said) = options.get_item("cuda")? else { return Ok(Simt::No) };
    let said = said.cast_into::<PyDict>()?;
    let initial = CudaOptions::default();
    let flag = |name: &str, initial: bool| said.get_item(name)?.map_or(Ok(initial), |value| value.extract::<bool>());
    Ok(Simt::Cuda(CudaOptions {
        opt: flag("opt", initial.opt)?,
        lineinfo: flag("lineinfo", initial.lineinfo)?,
        fma: flag("fma", initial.fma)?,
        max_registers: said.get_item("max_registers")?.map_or(Ok(None), |value| value.extract())?,
        launch_bounds: said.get_item("launch_bounds")?.map_or(Ok(vec![]), |value| value.extract())?,
        device: said.get_item("device")?.map_or(Ok(None), |value| value.extract())?,
        chip: said.get_item("chip")?.map_or(Ok(initial.chip), |value| value.extract())?,
        status: flag("status", initial.status)?,
        narrow: flag("narrow", initial.narrow)?,
    }))
}

const CO_VARARGS: u32 = 0x04;
const CO_VARKEYWORDS: u32 = 0x08;

impl Core {
    pub fn new(function: &Bound<PyAny>, options: &Bound<PyDict>) -> PyResult<Core> {
        let code = function.getattr("__code__")?;
        let number = |name: &str| code.getattr(name)?.extract::<usize>();
        let (positional, keyword_only) = (number("co_argcount")?, number("co_kwonlyargcount")?);
        let flags: u32 = code.getattr("co_flags")?.extract()?;
        let mut names: Vec<Py<PyString>> = code.getattr("co_varnames")?.extract()?;
        let star = (flags & CO_VARARGS != 0).then_some(positional);
        // Python has it after the keyword-only ones.
        names[positional..positional + keyword_only + star.is_some() as usize].rotate_right(star.is_some() as usize);
        let stencil = options.get_item("stencil")?.map(|told| stencil(&told)).transpose()?;
        names.truncate(positional + keyword_only + star.is_some() as usize);
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
                star,
                keywords: flags & CO_VARKEYWORDS != 0,
            },
            options: Options {
                fastmath: word("fastmath")?,
                numpy_errors: flag("numpy_errors")?,
                boundscheck: flag("boundscheck")?,
                debug: flag("debug")?,
                cache: flag("cache")?,
                inline: flag("inline")?,
                locals: locals(options)?,
                parallel: options.get_item("parallel")?.map_or(Ok(vec![]), |names| names.extract())?,
                simt: simt(options)?,
                offload: options.get_item("offload")?.map_or(Ok(None), |chip| chip.extract())?,
            },
            given: options.get_item("given")?.map_or(Ok(vec![]), |names| names.extract())?,
            cache: Cell::new(flag("cache")?),
            by_value: Cell::new(0),
            // Threads of regions need no GIL, and others may want it meanwhile.
            nogil: flag("nogil")? || options.get_item("parallel")?.is_some_and(|names| names.is_truthy().unwrap_or(false)),
            ufunc: options.get_item("ufunc")?.map_or(Ok(None), |core| core.extract())?,
            reorderable: flag("reorderable")?,
            fallback: flag("fallback")?,
            interpreted: Cell::new(false),
            refused: RefCell::default(),
            c_entry: flag("c_entry")?,
            layout: options.get_item("layout")?.map_or(Ok(None), |text| text.extract())?,
            identity: options.get_item("identity")?.map_or(Ok(None), |identity| identity.extract())?,
            writable: options.get_item("writable")?.map_or(Ok(vec![]), |numbers| numbers.extract())?,
            stencil,
            last: Cell::new(std::ptr::null()),
            active: Cell::new(0),
            text: source::text_now(&code),
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
            locals: own.locals.clone(),
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

    /// Whether the interpreter runs calls with these arguments.
    pub fn runs_interpreted(&self, fingerprints: &[Fingerprint]) -> bool {
        self.fallback && self.refused.borrow().contains(fingerprints)
    }

    pub fn run_interpreted(&self, fingerprints: &[Fingerprint]) {
        self.refused.borrow_mut().insert(fingerprints.into());
    }

    /// The version compiled for exactly these types, and values.
    pub fn version(&self, arguments: &[Ty], values: &[Option<Value>]) -> Option<Arc<Version>> {
        self.table.borrow().versions.iter().find(|v| v.compiled.arguments == arguments && v.values == values).cloned()
    }

    /// The fingerprints with the values of the parameters that the function asks for.
    #[cold]
    pub fn take_values(&self, fingerprints: &mut [Fingerprint], slots: &[u64]) {
        let mut place = 0;
        for (i, fingerprint) in fingerprints.iter_mut().enumerate().take(u64::BITS as usize) {
            if self.by_value.get() >> i & 1 == 1 {
                *fingerprint = fingerprint.with_value(slots[place]);
            }
            place += slots_of(&fingerprint.ty()).unwrap_or_default();
        }
    }

    /// Calls `visit` with each object that versions hold on to, once for each time. What C may call is never given up.
    pub fn each_object(&self, visit: &mut dyn FnMut(&Py<PyAny>)) {
        let Ok(table) = self.table.try_borrow() else { return };
        let of_entries = table.entries.values().chain(&table.retired).map(|entry| &entry.version);
        let mut seen: Vec<*const Version> = vec![];
        for version in of_entries.chain(&table.versions).filter(|version| !version.classes.is_empty() || !version.kept.is_empty()) {
            if !seen.contains(&Arc::as_ptr(version)) {
                seen.push(Arc::as_ptr(version));
                version.classes.values().for_each(&mut *visit);
                if !self.c_entry {
                    version.kept.iter().for_each(|kept| visit(kept.object()));
                }
            }
        }
    }

    /// Forgets everything compiled. Entries of calls under way stay until a later `clear`.
    pub fn clear(&self) {
        self.last.set(std::ptr::null());
        self.refused.borrow_mut().clear();
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
