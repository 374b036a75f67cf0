//! One compilation at a time: asks the driver for a version of a dispatcher's function and keeps it.

use crate::{
    call::{convert::slots_of, unpack::Unpack},
    core::{Core, Version},
    errors,
    provider::{Kept, LiveProvider},
};
use pyo3::{prelude::*, sync::MutexExt};
use std::{
    cell::{Cell, RefCell},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use zouk_dialects::ty::Ty;
use zouk_driver::{Options, Request, Simt, Value};

/// Types and, of those that are of one value, the values.
pub type Arguments = (Vec<Ty>, Vec<Option<Value>>);

/// Held while compiling. Python code may run meanwhile (reading sources), so it is waited for without the GIL.
static COMPILING: Mutex<()> = Mutex::new(());

/// Held from when a compilation is asked for until it begins. So who waits for the next turn has it, though other threads compile one function after the other.
static NEXT: Mutex<()> = Mutex::new(());

thread_local! {
    static HERE: Cell<bool> = const { Cell::new(false) };
    /// Both locks, around a `fork` by this thread.
    static HELD: RefCell<Option<[MutexGuard<'static, ()>; 2]>> = const { RefCell::new(None) };
}

fn wait_for(py: Python, lock: &'static Mutex<()>) -> MutexGuard<'static, ()> {
    lock.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
}

/// Lets no other thread compile. A thread that forks while it compiles goes on with that in the child.
pub fn hold(py: Python) {
    if !HERE.get() && HELD.with_borrow(Option::is_none) {
        let next = wait_for(py, &NEXT);
        let both = [wait_for(py, &COMPILING), next];
        HELD.set(Some(both));
    }
}

/// Ends what `hold` has begun.
pub fn let_go() {
    HELD.take();
}

/// Says that this thread compiles, until dropped.
struct Here;

impl Here {
    /// Finalizers, signal handlers and hooks may call jitted functions while this thread compiles. Compiled ones run; another compilation
    /// cannot start within this one.
    fn enter(dispatcher: &Bound<PyAny>) -> PyResult<Here> {
        if HERE.replace(true) {
            let name = dispatcher.getattr("__name__").map(|name| name.to_string()).unwrap_or_default();
            let message = format!("{name} is not compiled yet and cannot be while this thread compiles; compile it before, or call {name}.py_func");
            return Err(errors::new(dispatcher.py(), "CompilerError", &message));
        }
        Ok(Here)
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        HERE.set(false);
    }
}

fn locked<T>(dispatcher: &Bound<PyAny>, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let py = dispatcher.py();
    let _here = Here::enter(dispatcher)?;
    // Other hooks around a `fork` may compile.
    let held = HELD.with_borrow(Option::is_some);
    let _lock = (!held).then(|| {
        let _next = wait_for(py, &NEXT);
        wait_for(py, &COMPILING)
    });
    body()
}

/// The version for these argument types and, where there are such, values, compiled if need be.
pub fn version(dispatcher: &Bound<PyAny>, core: &Core, arguments: Vec<Ty>, values: &[Option<Value>], result: Option<Ty>) -> PyResult<Arc<Version>> {
    let py = dispatcher.py();
    let values = if values.iter().any(Option::is_some) { values } else { &[] };
    if let Some(known) = core.version(&arguments, values) {
        return Ok(known);
    }
    check_arguments(py, core, &arguments)?;
    locked(dispatcher, || {
        // Another thread may have been faster.
        if let Some(known) = core.version(&arguments, values) {
            return Ok(known);
        }
        let version = compile(dispatcher, core, arguments, values, result)?;
        core.table.borrow_mut().versions.push(version.clone());
        Ok(version)
    })
}

fn compile(dispatcher: &Bound<PyAny>, core: &Core, arguments: Vec<Ty>, values: &[Option<Value>], result: Option<Ty>) -> PyResult<Arc<Version>> {
    let py = dispatcher.py();
    let provider = LiveProvider::new(dispatcher, values, &arguments)?;
    let request = request(&provider, core, arguments, result);
    let compiled = zouk_driver::compile(&request).map_err(|error| {
        let number = error.needs_value.filter(|i| *i < u64::BITS as usize && values.get(*i).is_none_or(Option::is_none));
        if let Some(i) = number.filter(|i| request.arguments[*i].is_integral()) {
            core.by_value.set(core.by_value.get() | 1 << i);
        }
        provider.compile_error(py, &error)
    })?;
    if compiled.parallel.len() > 2 {
        py.import("zouk.parallel")?.getattr("_warn")?.call1((&compiled.parallel,))?;
    } else if !core.options.parallel.is_empty() {
        py.import("zouk.parallel")?.getattr("_warn_of_nothing")?.call1((dispatcher,))?;
    }
    let unpack = Unpack::with_functions(&compiled.result, &|function| provider.returned(function))
        .ok_or_else(|| errors::typing(py, &format!("a value of type {} cannot be returned to Python", compiled.result.user_name())))?;
    let has_classes = provider.has_classes.get();
    let (classes, kept) = provider.into_parts();
    let compiled = Arc::new(compiled);
    if has_classes {
        // A field may hold a constant array of the code, which must stay as long as any instance.
        std::mem::forget(compiled.clone());
    }
    kept.iter().for_each(|kept| if let Kept::Block(block) = kept { block.belongs_to(&compiled) });
    Ok(Arc::new(Version { result_slots: unpack.slots(), unpack, compiled, values: values.to_vec(), classes, kept }))
}

/// The code of a kernel for these argument types and what it is compiled for, and what it refers to outside of itself.
pub fn kernel(dispatcher: &Bound<PyAny>, core: &Core, arguments: Vec<Ty>, result: Option<Ty>, simt: Simt) -> PyResult<(zouk_driver::cuda::KernelCode, Vec<Kept>)> {
    let py = dispatcher.py();
    check_arguments(py, core, &arguments)?;
    locked(dispatcher, || {
        let provider = LiveProvider::new(dispatcher, &[], &arguments)?;
        let mut request = request(&provider, core, arguments, result);
        request.options.simt = simt;
        let code = zouk_driver::cuda::compile(&request).map_err(|error| provider.compile_error(py, &error))?;
        Ok((code, provider.into_parts().1))
    })
}

/// The text of a stage for these argument types.
pub fn inspect(dispatcher: &Bound<PyAny>, core: &Core, stage: &str, (arguments, values): Arguments, result: Option<Ty>) -> PyResult<String> {
    let py = dispatcher.py();
    check_arguments(py, core, &arguments)?;
    locked(dispatcher, || {
        let provider = LiveProvider::new(dispatcher, &values, &arguments)?;
        let mut request = request(&provider, core, arguments, result);
        request.options.simt = core.options.simt.clone().at_stage(stage);
        zouk_driver::inspect(&request, stage).map_err(|error| provider.compile_error(py, &error))
    })
}

/// The machine code for these argument types, as an object file.
pub fn object_code(dispatcher: &Bound<PyAny>, core: &Core, (arguments, values): Arguments, result: Option<Ty>) -> PyResult<Vec<u8>> {
    let py = dispatcher.py();
    check_arguments(py, core, &arguments)?;
    locked(dispatcher, || {
        let provider = LiveProvider::new(dispatcher, &values, &arguments)?;
        let request = request(&provider, core, arguments, result);
        zouk_driver::object_code(&request).map_err(|error| provider.compile_error(py, &error))
    })
}

fn request<'a>(provider: &'a LiveProvider, core: &Core, arguments: Vec<Ty>, result: Option<Ty>) -> Request<'a> {
    // What a process runs itself it runs on the CPU.
    let options = Options { cache: core.cache.get(), simt: core.options.simt.on_cpu(), ..core.options.clone() };
    Request { entry: provider.entry(), arguments, result, provider, options, ufunc: core.ufunc.clone(), c_entry: core.c_entry }
}

fn check_arguments(py: Python, core: &Core, arguments: &[Ty]) -> PyResult<()> {
    if core.parameters.keywords {
        return Err(errors::unsupported(py, "functions with `**kwargs` are not compiled; write out the parameters"));
    }
    let (expected, given) = (core.parameters.count(), arguments.len());
    if expected != given {
        let problem = if given > expected { "too many" } else { "not enough" };
        return Err(pyo3::exceptions::PyTypeError::new_err(format!("{problem} arguments: expected {expected}, got {given}")));
    }
    match arguments.iter().find(|ty| slots_of(ty).is_none()) {
        Some(ty) => Err(errors::typing(py, &format!("a value of type {} cannot be passed from Python", ty.user_name()))),
        None => Ok(()),
    }
}
