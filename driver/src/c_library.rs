//! A compiled function as a C library: its header, and the shared library itself.
//!
//! The library exports `NAME_entry`, the function by slots (see docs/contracts.md, "Calling convention"), and `NAME_error`, `NAME_release`,
//! `NAME_refuse`, `NAME_flush` of the runtime, of which each library has its own. The header wraps them in natural C types.

mod header;
mod link;
mod types;

use crate::codegen::{self, CodegenOptions, Output, Timing};
use crate::error::{CompileError, Sources};
use std::path::Path;
use std::time::{Duration, Instant};
use types::CType;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Module, Op, module_op};
use zouk_dialects::ty::Ty;

/// The one entry point of a module at stage `llvm`, as C sees it.
pub struct CLibrary {
    name: String,
    /// Python's names and types.
    parameters: Vec<(String, Ty)>,
    result: Ty,
    prints: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CLibraryError {
    #[error("{0}")]
    Compile(#[from] CompileError),
    #[error("{0}")]
    Link(String),
}

impl CLibrary {
    /// The entry point of a module at stage `llvm`, under a name of its own or else the function's.
    pub fn of(module: &Module, name: Option<&str>) -> Result<CLibrary, CompileError> {
        let functions = module_op(module).body(0).ops();
        let entry = entry(&functions)?;
        let name = name.or(entry.str_attr("zouk.entry")).unwrap_or_default();
        let result = parse(entry.str_attr("py.result").unwrap_or_default())?;
        let types = entry.str_array_attr("py.arguments").into_iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let names = entry.str_array_attr("py.params");
        let parameters: Vec<_> =
            types.into_iter().enumerate().map(|(i, ty)| (names.get(i).map_or_else(|| format!("argument{i}"), |n| n.to_string()), ty)).collect();
        for ty in parameters.iter().map(|(_, ty)| ty).chain([&result]) {
            CType::check(ty).map_err(|ty| no_c_type(&ty))?;
        }
        let prints = functions.iter().any(|op| op.str_attr("sym_name").is_some_and(|name| name.starts_with("zouk_print_")));
        Ok(CLibrary { name: types::identifier(name), parameters, result, prints })
    }

    /// The header's text: C99 and C++.
    pub fn header(&self) -> String {
        header::header(self)
    }

    /// Writes the shared library to `path`; gives the time for code and for linking. The module's entry point takes its name in the library.
    pub fn link(&self, module: &Module, options: &CodegenOptions, path: &Path) -> Result<(Timing, Duration), CLibraryError> {
        self.rename(module)?;
        let (object, timing) = codegen::emit_timed(module, Output::Object, options).map_err(|e| CompileError::internal(e.to_string()))?;
        let start = Instant::now();
        link::link(&object, &self.name, path).map_err(CLibraryError::Link)?;
        Ok((timing, start.elapsed()))
    }

    fn rename(&self, module: &Module) -> Result<(), CompileError> {
        let functions = module_op(module).body(0).ops();
        let entry = entry(&functions)?;
        let symbol = entry.str_attr("zouk.symbol");
        let wrapper = functions.iter().find(|op| op.str_attr("sym_name") == symbol).ok_or_else(no_entry)?;
        let b = Builder::before(entry);
        let name = b.str(&format!("{}_entry", self.name));
        wrapper.set_attr("sym_name", name);
        entry.set_attr("zouk.symbol", name);
        Ok(())
    }
}

fn entry<'c>(functions: &[Op<'c>]) -> Result<Op<'c>, CompileError> {
    functions.iter().copied().find(|op| op.has_attr("zouk.symbol")).ok_or_else(no_entry)
}

fn no_entry() -> CompileError {
    CompileError::internal("the module has no entry point")
}

fn parse(text: &str) -> Result<Ty, CompileError> {
    text.parse().map_err(|error| CompileError::internal(format!("the types of an entry point: {error}")))
}

fn no_c_type(ty: &Ty) -> CompileError {
    let diagnostic = Diagnostic::new(ErrorClass::Typing, "unsupported-result", format!("{} has no C type", ty.user_name()), None);
    CompileError::new(vec![diagnostic.help("pass and return numbers, arrays, tuples of these, or None")], &Sources::new())
}
