//! Functions compiled to PTX without a GPU.

use crate::{compile, dispatcher::checked_core, errors, module::parse};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};
use zouk_driver::CudaOptions;

pub fn module(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(compile_to_ptx, module)?)?;
    module.add_function(wrap_pyfunction!(set_cuda_toolkit, module)?)
}

/// The PTX of a kernel's or device function's dispatcher for these types and a chip, the name of the function in it, and its result's type.
#[pyfunction]
fn compile_to_ptx<'py>(dispatcher: &Bound<'py, PyAny>, arguments: Vec<String>, result: Option<String>, chip: &str) -> PyResult<Bound<'py, PyTuple>> {
    let py = dispatcher.py();
    let chip = &CudaOptions::parse_chip(chip).map_err(PyValueError::new_err)?;
    let core = checked_core(dispatcher)?;
    let arguments = arguments.iter().map(|text| parse(py, text)).collect::<PyResult<_>>()?;
    let result = result.map(|text| parse(py, &text)).transpose()?;
    let code = errors::catching(py, || compile::kernel(dispatcher, core, arguments, result, core.options.simt.on_chip(chip)))?.0;
    PyTuple::new(py, [code.ptx, code.about.entry, code.result.to_string()])
}

/// Says where a CUDA toolkit lies, for when the environment does not.
#[pyfunction]
fn set_cuda_toolkit(path: &str) {
    zouk_driver::cuda::set_toolkit(path.as_ref());
}
