//! `_zouk.cuda.Kernel`: what a kernel has compiled for GPUs, and where it is loaded. For the CPU its dispatcher has that.

use super::{
    context::{self, Dead},
    error::{Failure, Raised, Result},
    launch,
    target::target,
};
use crate::{
    call::convert::{Step, step},
    compile,
    core::Core,
    dispatcher::{checked_core, core_of},
    errors,
    fingerprint::Fingerprint,
    module::{parse_all, spelled},
    provider::Kept,
    select,
};
use pyo3::{
    PyTraverseError, PyVisit,
    exceptions::PyRuntimeError,
    prelude::*,
    types::{PyDict, PyTuple},
};
use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    ffi::c_int,
    sync::Arc,
};
use zouk_dialects::ty::Ty;
use zouk_driver::{CudaOptions, Simt};

/// One compilation for a chip.
pub struct Version {
    pub arguments: Vec<Ty>,
    pub chip: String,
    /// For all launches, and not for small ones only.
    wide: bool,
    pub code: zouk_driver::cuda::KernelCode,
    /// The module and the kernel in it, by device, with the generation that they are of.
    loaded: RefCell<HashMap<usize, Loaded>>,
    /// What the code refers to outside of itself.
    _kept: Vec<Kept>,
}

#[derive(Clone, Copy)]
pub struct Loaded {
    generation: u64,
    module: usize,
    pub function: usize,
}

impl Drop for Version {
    fn drop(&mut self) {
        for (device, loaded) in self.loaded.get_mut().drain() {
            context::retire(device, loaded.generation, Dead::Module(loaded.module));
        }
    }
}

/// What a launch with these fingerprints on a device does.
pub struct Entry {
    fingerprints: Box<[Fingerprint]>,
    pub device: usize,
    generation: u64,
    /// Found for launches that need not be small.
    wide: bool,
    /// Where in the slots the sizes and strides of arrays begin that must be small, and their ranks.
    pub small: Box<[(usize, usize)]>,
    pub steps: Option<Vec<Step>>,
    pub function: usize,
    /// Threads of a block at most, bytes of shared memory that the code itself has.
    pub threads: u32,
    pub shared: u32,
    /// The most bytes of dynamic shared memory that the function is told of.
    pub told_shared: Cell<u32>,
    pub version: Arc<Version>,
}

#[derive(Default)]
pub struct State {
    /// Never removed from while the kernel lives: launches refer into the boxes.
    #[allow(clippy::vec_box, reason = "launches refer into the boxes")]
    entries: RefCell<Vec<Box<Entry>>>,
    last: Cell<Option<usize>>,
    versions: RefCell<Vec<Arc<Version>>>,
    /// Grids that a warning has been given for.
    pub warned: RefCell<HashSet<u64>>,
}

/// The GIL guards it.
struct Guarded(State);
// SAFETY: it is looked at with the GIL held, and nothing is borrowed while Python code may run.
unsafe impl Sync for Guarded {}
unsafe impl Send for Guarded {}

#[pyclass(subclass, frozen, weakref, dict, module = "zouk._zouk.cuda")]
pub struct Kernel {
    dispatcher: Py<PyAny>,
    state: Guarded,
    /// Files that a module is linked with: kinds and contents.
    links: Vec<(c_int, Vec<u8>)>,
    /// Arguments are looked at by Python before each launch.
    prepares: std::sync::atomic::AtomicBool,
}

const MAX_THREADS: c_int = 0;
const STATIC_SHARED: c_int = 1;

impl Kernel {
    pub fn dispatcher<'py>(&self, py: Python<'py>) -> &Bound<'py, PyAny> {
        self.dispatcher.bind(py)
    }

    #[inline]
    pub fn core(&self) -> &Core {
        // SAFETY: it is a dispatcher, which the kernel keeps.
        unsafe { core_of(self.dispatcher.as_ptr()) }
    }

    #[inline]
    pub fn state(&self) -> &State {
        &self.state.0
    }

    #[inline]
    pub fn prepares(&self) -> bool {
        self.prepares.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// The entry for a launch, if there has been one like it; `wide` for one that need not be small.
    #[inline]
    pub fn find(&self, fingerprints: &[Fingerprint], device: usize, generation: u64, wide: bool) -> Option<&Entry> {
        let entries = self.state().entries.borrow();
        let fits = |entry: &Entry| *entry.fingerprints == *fingerprints && entry.device == device && entry.generation == generation && entry.wide == wide;
        let number = match self.state().last.get() {
            Some(last) if fits(&entries[last]) => last,
            _ => entries.iter().rposition(|entry| fits(entry))?,
        };
        self.state().last.set(Some(number));
        let entry: *const Entry = &*entries[number];
        // SAFETY: boxed, and never removed while the kernel lives.
        Some(unsafe { &*entry })
    }

    /// Makes the entry.
    #[cold]
    pub fn make_entry(&self, py: Python, fingerprints: &[Fingerprint], device: usize, wide: bool) -> PyResult<&Entry> {
        let generation = context::device(device).raised(py)?.generation();
        let given: Vec<Ty> = fingerprints.iter().map(|f| f.ty()).collect();
        let (version, steps) = if self.core().table.borrow().frozen {
            self.declared(py, fingerprints, &given, device, wide)?
        } else {
            (self.version(py, given, device, wide)?, None)
        };
        let loaded = version.load(py, device, &self.links)?;
        let attribute = |number| target().and_then(|target| target.function_attribute(loaded.function, number)).raised(py);
        let (threads, shared) = (attribute(MAX_THREADS)? as u32, attribute(STATIC_SHARED)? as u32);
        let fingerprints: Box<[Fingerprint]> = fingerprints.into();
        let told_shared = Cell::new(0);
        let entry = Entry { fingerprints, device, generation, wide, small: small_arrays(&version), steps, function: loaded.function, threads, shared, told_shared, version };
        self.state().entries.borrow_mut().push(Box::new(entry));
        let entries = self.state().entries.borrow();
        let entry: *const Entry = &**entries.last().expect("it was pushed");
        // SAFETY: as in `find`.
        Ok(unsafe { &*entry })
    }

    /// Whether its types were declared, all of them with aligned arrays: others are copied then, as to a device.
    pub fn takes_aligned(&self) -> bool {
        let unaligned = |ty: &Ty| matches!(ty, Ty::Array(array) if array.unaligned);
        self.core().table.borrow().frozen && !self.state().versions.borrow().iter().any(|version| version.arguments.iter().any(unaligned))
    }

    /// The best of what was declared.
    fn declared(&self, py: Python, fingerprints: &[Fingerprint], given: &[Ty], device: usize, wide: bool) -> PyResult<(Arc<Version>, Option<Vec<Step>>)> {
        let versions: Vec<Vec<Ty>> = distinct(&self.state().versions.borrow());
        let found = select::choose(self.dispatcher(py), given, &versions)?;
        let version = self.version(py, versions[found].clone(), device, wide)?;
        let steps = fingerprints.iter().zip(&version.arguments).map(|(f, ty)| step(*f, ty, &mut |_, _| None)).collect::<Option<Vec<Step>>>();
        let steps = steps.ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("No matching definition"))?;
        Ok((version, (!steps.iter().all(Step::is_copy)).then_some(steps)))
    }

    /// The code for these types, compiled if need be.
    fn version(&self, py: Python, arguments: Vec<Ty>, device: usize, wide: bool) -> PyResult<Arc<Version>> {
        let (major, minor) = context::device(device).and_then(|of| of.limits(device)).raised(py)?.capability;
        let chip = format!("sm_{major}{minor}");
        let simt = match self.core().options.simt.on_chip(&chip) {
            Simt::Cuda(options) => Simt::Cuda(CudaOptions { narrow: !wide, ..options }),
            other => other,
        };
        let wide = !matches!(&simt, Simt::Cuda(options) if options.is_narrow(self.core().options.debug));
        let known = |versions: &[Arc<Version>]| versions.iter().find(|v| v.arguments == arguments && v.chip == chip && v.wide == wide).cloned();
        if let Some(known) = known(&self.state().versions.borrow()) {
            return Ok(known);
        }
        let (code, kept) = errors::catching(py, || compile::kernel(self.dispatcher(py), self.core(), arguments.clone(), None, simt))?;
        // Another thread may have been faster.
        if let Some(known) = known(&self.state().versions.borrow()) {
            return Ok(known);
        }
        let version = Arc::new(Version { arguments, chip, wide, code, loaded: RefCell::default(), _kept: kept });
        self.state().versions.borrow_mut().push(version.clone());
        Ok(version)
    }

    fn current(&self, py: Python, arguments: &[String]) -> PyResult<(Arc<Version>, Loaded)> {
        let device = context::enter().raised(py)?;
        let version = self.version(py, parse_all(py, arguments)?, device, false)?;
        let loaded = version.load(py, device, &self.links)?;
        Ok((version, loaded))
    }
}

/// The arrays that the code takes to be small.
fn small_arrays(version: &Version) -> Box<[(usize, usize)]> {
    let mut at = 0;
    let place = |rank: &i64| {
        let begin = at;
        at += if *rank < 0 { 1 } else { 2 + 2 * *rank as usize };
        (*rank > 0).then_some((begin + 2, *rank as usize))
    };
    version.code.about.narrow.iter().flatten().filter_map(place).collect()
}

/// The argument types of versions, once for all chips.
fn distinct(versions: &[Arc<Version>]) -> Vec<Vec<Ty>> {
    let mut all: Vec<Vec<Ty>> = vec![];
    for version in versions {
        if !all.contains(&version.arguments) {
            all.push(version.arguments.clone());
        }
    }
    all
}

impl Version {
    /// The kernel in the context of a device.
    fn load(&self, py: Python, device: usize, links: &[(c_int, Vec<u8>)]) -> PyResult<Loaded> {
        let generation = context::device(device).raised(py)?.generation();
        if let Some(loaded) = self.loaded.borrow().get(&device).filter(|loaded| loaded.generation == generation) {
            return Ok(*loaded);
        }
        let (text, name) = (&self.code.ptx, &self.code.about.entry);
        let (module, function) = py.detach(|| context::within(device, || target()?.load(text, name, links))).raised(py)?;
        let loaded = Loaded { generation, module, function };
        self.loaded.borrow_mut().insert(device, loaded);
        Ok(loaded)
    }

    /// A variable of the module.
    pub fn global(&self, device: usize, name: &str) -> Result<Option<(u64, usize)>> {
        let module = self.loaded.borrow().get(&device).map(|loaded| loaded.module);
        module.map_or(Ok(None), |module| target()?.global(module, name))
    }
}

#[pymethods]
impl Kernel {
    #[new]
    #[pyo3(signature = (dispatcher, links=vec![], **_more))]
    fn new(dispatcher: Bound<PyAny>, links: Vec<(c_int, Vec<u8>)>, _more: Option<&Bound<PyDict>>) -> PyResult<Kernel> {
        checked_core(&dispatcher)?;
        Ok(Kernel { dispatcher: dispatcher.unbind(), state: Guarded(State::default()), links, prepares: false.into() })
    }

    /// For the collector: the function's globals may hold the kernel. Others in the cycle break it.
    fn __traverse__(&self, visit: PyVisit) -> std::result::Result<(), PyTraverseError> {
        visit.call(&self.dispatcher)
    }

    #[getter]
    fn _dispatcher(&self, py: Python) -> Py<PyAny> {
        self.dispatcher.clone_ref(py)
    }

    /// Whether `_prepare` looks at the arguments before each launch.
    #[setter(_prepares)]
    fn set_prepares(&self, on: bool) {
        self.prepares.store(on, std::sync::atomic::Ordering::Relaxed);
    }

    fn __getitem__<'py>(slf: &Bound<'py, Self>, configuration: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        launch::configured(slf, configuration)
    }

    /// Compiles for these types, and loads the code into the current device.
    fn _compile(&self, py: Python, arguments: Vec<String>) -> PyResult<()> {
        self.current(py, &arguments).map(drop)
    }

    /// Everything compiled for GPUs: argument types, chip, PTX, name of the kernel, whether it is for launches that need not be small.
    fn _versions<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let versions = self.state().versions.borrow().clone();
        let describe = |version: &Arc<Version>| {
            let dict = PyDict::new(py);
            dict.set_item("arguments", version.arguments.iter().map(|ty| spelled(ty, None)).collect::<Vec<_>>())?;
            dict.set_item("chip", &version.chip)?;
            dict.set_item("ptx", &version.code.ptx)?;
            dict.set_item("wide", version.wide)?;
            dict.set_item("entry", &version.code.about.entry)?;
            dict.set_item("cooperative", version.code.about.cooperative)?;
            dict.set_item("from_cache", version.code.from_cache)?;
            Ok(dict)
        };
        versions.iter().map(describe).collect()
    }

    /// Attributes of the loaded kernel, by their numbers in `cuda.h`.
    fn _attributes<'py>(&self, py: Python<'py>, arguments: Vec<String>, numbers: Vec<c_int>) -> PyResult<Bound<'py, PyTuple>> {
        let (_, loaded) = self.current(py, &arguments)?;
        let read = |number: &c_int| target().and_then(|target| target.function_attribute(loaded.function, *number)).raised(py);
        PyTuple::new(py, numbers.iter().map(read).collect::<PyResult<Vec<_>>>()?)
    }

    /// Blocks of a multiprocessor, for blocks of this size.
    fn _active_blocks(&self, py: Python, arguments: Vec<String>, block: c_int, shared: usize) -> PyResult<c_int> {
        let (_, loaded) = self.current(py, &arguments)?;
        target().and_then(|target| target.active_blocks(loaded.function, block, shared)).raised(py)
    }

    /// The size of a block that keeps the device busiest.
    fn _best_block(&self, py: Python, arguments: Vec<String>, shared: usize, limit: c_int) -> PyResult<c_int> {
        let (_, loaded) = self.current(py, &arguments)?;
        target().and_then(|target| target.best_block(loaded.function, shared, limit)).raised(py)
    }

    /// Forgets what is compiled. Launches under way keep theirs.
    fn _clear(&self) -> PyResult<()> {
        let versions = std::mem::take(&mut *self.state().versions.borrow_mut());
        drop(versions);
        // Entries stay, as nothing that is found: another generation has no entries.
        for entry in self.state().entries.borrow_mut().iter_mut() {
            entry.generation = u64::MAX;
        }
        self.state().last.set(None);
        Ok(())
    }
}

/// Which kernels a GPU may launch: those that were compiled as such.
pub fn check_kernel(kernel: &Kernel) -> PyResult<()> {
    let options = &kernel.core().options.simt;
    match options {
        Simt::No => Err(PyRuntimeError::new_err("the function is no kernel")),
        _ => Ok(()),
    }
}

/// What a launch asks for that the kernel, or any kernel on the device, cannot have.
pub fn check_launch(configuration: &super::target::Configuration, limits: &context::Limits, threads: u32, shared: u32) -> Result<()> {
    let super::target::Configuration { grid, block, shared: dynamic, .. } = configuration;
    let refuse = |why: String| Err(Failure::launch(super::error::INVALID_VALUE, why));
    if grid.contains(&0) || block.contains(&0) {
        return refuse(format!("no size of a grid or block is 0: grid {grid:?}, block {block:?}"));
    }
    let count = block.iter().map(|size| u64::from(*size)).product::<u64>();
    if count > u64::from(limits.threads) {
        return refuse(format!("{count} threads in a block; the device allows {}", limits.threads));
    }
    if (0..3).any(|axis| block[axis] > limits.block[axis]) {
        return refuse(format!("block {block:?}; the device allows {:?}", limits.block));
    }
    if (0..3).any(|axis| grid[axis] > limits.grid[axis]) {
        return refuse(format!("grid {grid:?}; the device allows {:?}", limits.grid));
    }
    if count > u64::from(threads) {
        return Err(Failure::launch(701, format!("{count} threads in a block; its launch_bounds, or registers of the device, allow {threads} of this kernel")));
    }
    let bytes = u64::from(*dynamic) + u64::from(shared);
    if bytes > u64::from(limits.most_shared) {
        return refuse(format!("{bytes} bytes of shared memory in a block; the device allows {}", limits.most_shared));
    }
    Ok(())
}
