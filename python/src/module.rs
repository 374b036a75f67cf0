//! The functions and types that the Python half of the package uses.

use crate::{
    call::{
        buffers,
        pack::{Placement, Refusal, Slots, pack},
        refused::refusal_error,
    },
    compile,
    core::{Core, Version},
    dispatcher::{self, checked_core},
    classes, errors, numpy, object,
};
use pyo3::{
    prelude::*,
    types::{PyBytes, PyDict, PyString},
};
use std::{mem::MaybeUninit, path::PathBuf};
use zouk_dialects::ty::Ty;
use zouk_driver::Value;
use zouk_runtime::parallel::settings;

#[pymodule(gil_used = true)]
fn _zouk(module: &Bound<PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("Dispatcher", dispatcher::create_type(py)?)?;
    module.add("Object", object::create_type(py)?)?;
    module.add_class::<object::Field>()?;
    object::hasten_numbers(py);
    module.add_function(wrap_pyfunction!(reserve_class, module)?)?;
    module.add_function(wrap_pyfunction!(define_class, module)?)?;
    module.add_function(wrap_pyfunction!(class_named, module)?)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(compile_for, module)?)?;
    module.add_function(wrap_pyfunction!(inspect, module)?)?;
    module.add_function(wrap_pyfunction!(object_code, module)?)?;
    module.add_function(wrap_pyfunction!(enable_cache, module)?)?;
    module.add_function(wrap_pyfunction!(cache_folder, module)?)?;
    module.add_function(wrap_pyfunction!(versions, module)?)?;
    module.add_function(wrap_pyfunction!(freeze, module)?)?;
    module.add_function(wrap_pyfunction!(is_frozen, module)?)?;
    module.add_function(wrap_pyfunction!(clear, module)?)?;
    module.add_function(wrap_pyfunction!(type_of, module)?)?;
    module.add_function(wrap_pyfunction!(user_name, module)?)?;
    module.add_function(wrap_pyfunction!(crate::ufunc::make_ufunc, module)?)?;
    module.add_function(wrap_pyfunction!(crate::ufunc::ufunc_source, module)?)?;
    module.add_function(wrap_pyfunction!(live_blocks, module)?)?;
    module.add_function(wrap_pyfunction!(allocated_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(expose, module)?)?;
    module.add_function(wrap_pyfunction!(interpret, module)?)?;
    module.add_function(wrap_pyfunction!(record_dtype, module)?)?;
    module.add_function(wrap_pyfunction!(threads, module)?)?;
    module.add_function(wrap_pyfunction!(most_threads, module)?)?;
    module.add_function(wrap_pyfunction!(set_threads, module)?)?;
    module.add_function(wrap_pyfunction!(thread, module)?)?;
    module.add_function(wrap_pyfunction!(chunk_size, module)?)?;
    module.add_function(wrap_pyfunction!(set_chunk_size, module)?)?;
    crate::cuda::module(module)?;
    crate::ptx::module(module)?;
    crate::print::install();
    crate::outside::install();
    crate::adopt::install();
    crate::fork::install(module)?;
    crate::source::imported();
    Ok(())
}

pub fn parse(py: Python, text: &str) -> PyResult<Ty> {
    text.parse().map_err(|error: zouk_dialects::ty::ParseTyError| errors::typing(py, &error.to_string()))
}

pub fn parse_all(py: Python, texts: &[String]) -> PyResult<Vec<Ty>> {
    texts.iter().map(|text| parse(py, text)).collect()
}

/// As `parse_all`, of types that may also be of one value: `literal<si64, 3>`.
fn parse_arguments(py: Python, texts: &[String]) -> PyResult<compile::Arguments> {
    let parts = texts.iter().map(|text| match text.strip_prefix("literal<").and_then(|rest| rest.strip_suffix('>')?.split_once(", ")) {
        None => Ok((parse(py, text)?, None)),
        Some((ty, value)) => {
            let known = match value {
                "True" | "False" => Some(Value::Bool(value == "True")),
                number => number.parse().ok().or_else(|| number.parse::<u64>().ok().map(|bits| bits as i64)).map(Value::Int),
            };
            let refused = || errors::typing(py, &format!("a function is not compiled for the value {value}"));
            Ok((parse(py, ty)?, Some(known.ok_or_else(refused)?)))
        }
    });
    parts.collect::<PyResult<Vec<_>>>().map(|all| all.into_iter().unzip())
}

/// The spelling of an argument of a version.
pub fn spelled(ty: &Ty, value: Option<Value>) -> String {
    match value {
        None => ty.to_string(),
        Some(Value::Bool(value)) => format!("literal<{ty}, {}>", if value { "True" } else { "False" }),
        Some(Value::Int(bits)) if *ty == Ty::U64 => format!("literal<{ty}, {}>", bits as u64),
        Some(Value::Int(value)) => format!("literal<{ty}, {value}>"),
    }
}

/// Compiles a dispatcher's function for these types (in MLIR's spelling) and says what it became.
#[pyfunction]
fn compile_for<'py>(dispatcher: &Bound<'py, PyAny>, arguments: Vec<String>, result: Option<String>) -> PyResult<Bound<'py, PyDict>> {
    let py = dispatcher.py();
    let core = checked_core(dispatcher)?;
    let result = result.map(|text| parse(py, &text)).transpose()?;
    let (arguments, values) = parse_arguments(py, &arguments)?;
    let by_value = core.by_value.get();
    let version = errors::catching(py, || compile::version(dispatcher, core, arguments, &values, result)).inspect_err(|_| core.by_value.set(by_value))?;
    core.forget_choices();
    describe(py, &version)
}

#[pyfunction]
fn inspect(dispatcher: &Bound<PyAny>, stage: &str, arguments: Vec<String>, result: Option<String>) -> PyResult<String> {
    let py = dispatcher.py();
    let core = checked_core(dispatcher)?;
    let result = result.map(|text| parse(py, &text)).transpose()?;
    let arguments = parse_arguments(py, &arguments)?;
    errors::catching(py, || compile::inspect(dispatcher, core, stage, arguments, result))
}

/// The object file for these argument types.
#[pyfunction]
fn object_code<'py>(dispatcher: &Bound<'py, PyAny>, arguments: Vec<String>, result: Option<String>) -> PyResult<Bound<'py, PyBytes>> {
    let py = dispatcher.py();
    let core = checked_core(dispatcher)?;
    let result = result.map(|text| parse(py, &text)).transpose()?;
    let arguments = parse_arguments(py, &arguments)?;
    errors::catching(py, || compile::object_code(dispatcher, core, arguments, result)).map(|code| PyBytes::new(py, &code))
}

/// Compiles the function of a dispatcher that was made for it, and gives the address that C can call.
#[pyfunction]
fn expose(dispatcher: &Bound<PyAny>, arguments: Vec<String>, result: Option<String>) -> PyResult<(usize, String, bool)> {
    let py = dispatcher.py();
    let core = checked_core(dispatcher)?;
    let result = result.map(|text| parse(py, &text)).transpose()?;
    let arguments = parse_all(py, &arguments)?;
    let version = errors::catching(py, || compile::version(dispatcher, core, arguments, &[], result))?;
    let address = crate::outside::expose(dispatcher.getattr("py_func")?, &version);
    let address = address.ok_or_else(|| errors::new(py, "InternalCompilerError", "the function has no entry for C"))?;
    Ok((address, version.compiled.result.to_string(), version.compiled.from_cache))
}

/// The NumPy dtype of a record type in MLIR's spelling.
#[pyfunction]
fn record_dtype<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    match parse(py, text)? {
        Ty::Record(record) => crate::records::dtype_of(py, &record.of),
        other => Err(errors::typing(py, &format!("{} is no record", other.user_name()))),
    }
}

/// From now on the interpreter runs every call of the function.
#[pyfunction]
fn interpret(dispatcher: &Bound<PyAny>) -> PyResult<()> {
    dispatcher::interpret(dispatcher)
}

/// From now on compilations look into the cache on disk, and fill it.
#[pyfunction]
fn enable_cache(dispatcher: &Bound<PyAny>) -> PyResult<()> {
    checked_core(dispatcher)?.cache.set(true);
    Ok(())
}

/// Where the cache on disk is; None when there is no place for it.
#[pyfunction]
fn cache_folder() -> Option<PathBuf> {
    zouk_runtime::cache::Cache::open_default().map(|cache| cache.root().to_path_buf())
}

fn describe<'py>(py: Python<'py>, version: &Version) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    let compiled = &version.compiled;
    dict.set_item("arguments", compiled.arguments.iter().enumerate().map(|(i, ty)| spelled(ty, version.values.get(i).copied().flatten())).collect::<Vec<_>>())?;
    dict.set_item("result", compiled.result.to_string())?;
    dict.set_item("from_cache", compiled.from_cache)?;
    dict.set_item("timings", compiled.timings.iter().map(|t| (t.stage.to_string(), t.seconds)).collect::<Vec<_>>())?;
    dict.set_item("address", compiled.entry as usize)?;
    dict.set_item("parallel", &compiled.parallel)?;
    Ok(dict)
}

/// Everything compiled so far, in order.
#[pyfunction]
fn versions<'py>(dispatcher: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let versions = checked_core(dispatcher)?.table.borrow().versions.clone();
    versions.iter().map(|version| describe(dispatcher.py(), version)).collect()
}

/// Calls choose among what is compiled (`True`) or may compile more.
#[pyfunction]
fn freeze(dispatcher: &Bound<PyAny>, frozen: bool) -> PyResult<()> {
    let core = checked_core(dispatcher)?;
    core.forget_choices();
    core.table.borrow_mut().frozen = frozen;
    Ok(())
}

#[pyfunction]
fn is_frozen(dispatcher: &Bound<PyAny>) -> PyResult<bool> {
    Ok(checked_core(dispatcher)?.table.borrow().frozen)
}

#[pyfunction]
fn clear(dispatcher: &Bound<PyAny>) -> PyResult<()> {
    Core::clear(checked_core(dispatcher)?);
    Ok(())
}

/// The type that a value has as an argument, in MLIR's spelling.
#[pyfunction]
fn type_of(value: &Bound<PyAny>) -> PyResult<String> {
    // NumPy's strings are scalars of NumPy.
    if value.cast::<PyString>().is_ok() && !value.hasattr("dtype")? {
        return Ok(Ty::Str.to_string());
    }
    numpy::load(value.py())?;
    if let Some(array) = buffers::as_array(value)? {
        return type_of(&array);
    }
    let mut room = vec![MaybeUninit::uninit(); 256];
    loop {
        // SAFETY: `value` is live and the GIL is held.
        match unsafe { pack(value.as_ptr(), &mut Slots::placed(&mut room, Placement::DeviceIsCpu)) } {
            Ok(fingerprint) => return Ok(fingerprint.ty().to_string()),
            Err(Refusal::Raised) => return Err(PyErr::fetch(value.py())),
            Err(Refusal::Full) => room.resize(2 * room.len(), MaybeUninit::uninit()),
            Err(refusal) => return Err(refusal_error(value.py(), "the value", value, refusal)),
        }
    }
}

/// The name that messages use for a type in MLIR's spelling.
#[pyfunction]
fn user_name(py: Python, text: &str) -> PyResult<String> {
    Ok(parse(py, text)?.user_name())
}

/// Array blocks that compiled code allocated and nobody has released.
#[pyfunction]
fn live_blocks() -> i64 {
    zouk_runtime::memory::live_blocks()
}

#[pyfunction]
fn allocated_bytes() -> i64 {
    zouk_runtime::memory::allocated_bytes()
}

/// A number and a name for a class that is about to be made.
#[pyfunction]
fn reserve_class(qualified: &str) -> (u32, String) {
    classes::reserve(qualified)
}

#[pyfunction]
fn define_class(number: u32, class: &Bound<PyAny>) -> PyResult<()> {
    classes::define(number, class)
}

/// The class of that name; None where there is none.
#[pyfunction]
fn class_named(py: Python, name: &str) -> Option<Py<PyAny>> {
    classes::by_name(name).map(|(_, entry)| entry.class().clone_ref(py))
}

/// How many threads parallel regions of this thread use.
#[pyfunction]
fn threads() -> i64 {
    settings::zouk_parallel_threads()
}

#[pyfunction]
fn most_threads() -> i64 {
    settings::zouk_parallel_most_threads()
}

#[pyfunction]
fn set_threads(threads: i64) {
    settings::zouk_parallel_set_threads(threads);
}

#[pyfunction]
fn thread() -> i64 {
    settings::zouk_parallel_thread()
}

#[pyfunction]
fn chunk_size() -> i64 {
    settings::zouk_parallel_chunk_size()
}

/// Gives what was set before.
#[pyfunction]
fn set_chunk_size(size: i64) -> i64 {
    settings::zouk_parallel_set_chunk_size(size)
}
