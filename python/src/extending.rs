//! The program's extensions of the compiler: questions to `zouk.extending`, once the program has imported it.

use crate::{
    module::{parse, parse_all},
    provider::LiveProvider,
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyTuple},
};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_driver::Overload;

/// What the program has made of a function.
pub enum Extension<'py> {
    /// Compiled code calls this dispatcher in its place.
    Jitable(Bound<'py, PyAny>),
    /// There are implementations for some types.
    Overloaded,
}

/// The module that knows them; nothing before the program has imported it.
fn registry(py: Python) -> PyResult<Option<Bound<PyAny>>> {
    let modules = py.import("sys")?.getattr("modules")?.cast_into::<PyDict>()?;
    modules.get_item("zouk.extending.registry")
}

/// What the program has made of this object, if anything.
pub fn extension<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Extension<'py>>> {
    let Some(registry) = registry(value.py())? else { return Ok(None) };
    let found = registry.call_method1("extension_of", (value,))?;
    Ok(match () {
        _ if found.is_none() => None,
        _ if crate::dispatcher::is_dispatcher(&found) => Some(Extension::Jitable(found)),
        _ => Some(Extension::Overloaded),
    })
}

/// What the overloads of the program say to a question.
pub fn resolve<'py>(provider: &LiveProvider<'py>, py: Python<'py>, question: &str) -> PyResult<Overload> {
    let Some(registry) = registry(py)? else { return Ok(Overload::End) };
    let found = registry.call_method1("resolve", (question, provider.overloaded_functions(py)?, provider.dispatchers(py)?, provider.for_kernels))?;
    if found.is_none() {
        return Ok(Overload::End);
    }
    let found = found.cast_into::<PyTuple>()?;
    match found.get_item(0)?.extract::<String>()?.as_str() {
        "function" => Ok(Overload::Function { symbol: provider.symbol(&found.get_item(1)?)?, literal: found.get_item(2)?.extract()? }),
        "intrinsic" => {
            let (name, text): (String, String) = (found.get_item(1)?.extract()?, found.get_item(2)?.extract()?);
            let parameters = parse_all(py, &found.get_item(3)?.extract::<Vec<String>>()?)?;
            Ok(Overload::Intrinsic { name, text, parameters, result: parse(py, &found.get_item(4)?.extract::<String>()?)? })
        }
        "refused" => {
            let (message, place): (String, Option<(String, usize)>) = (found.get_item(2)?.extract()?, found.get_item(3)?.extract()?);
            let span = place.map(|(file, line)| Span { file, line, column: 1, end_line: line, end_column: usize::MAX });
            let why = Diagnostic::new(ErrorClass::Typing, "no-overload", message, span);
            Ok(Overload::Refused { number: Some(provider.keep_exception(PyErr::from_value(found.get_item(1)?))), why })
        }
        _ => Ok(Overload::Declined),
    }
}
