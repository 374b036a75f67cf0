//! The functions that one compilation reaches, on live Python objects: their symbols, sources, defaults and environments.

use crate::{
    core::{Core, Version},
    dispatcher::checked_core,
    environment::LiveEnvironment,
    functions, library, source,
};
use pyo3::{
    prelude::*,
    types::{PyModule, PyTuple},
};
use std::{cell::RefCell, collections::HashMap, sync::Arc};
use zouk_dialects::{
    diagnostic::{Diagnostic, ErrorClass},
    ty::Ty,
};
use zouk_driver::{Options, Provider, Stencil, Ufunc};
use zouk_frontend::{Binding, Environment, Function, is_known_module};

/// A jitted function of this compilation and the symbol it has in it.
struct Known<'py> {
    symbol: String,
    dispatcher: Bound<'py, PyAny>,
    function: Bound<'py, PyAny>,
}

pub struct LiveProvider<'py> {
    entry: String,
    functions: RefCell<Vec<Known<'py>>>,
    /// Modules by the names that bindings have for them.
    pub modules: RefCell<HashMap<String, Bound<'py, PyAny>>>,
    /// Exception classes of the program, by the names that references have for them.
    classes: RefCell<HashMap<String, Py<PyAny>>>,
    /// The entry's decorator has not returned: its own name is not bound to it yet.
    pub declaring: bool,
}

impl<'py> LiveProvider<'py> {
    /// For arguments of these types, which may name functions.
    pub fn new(dispatcher: &Bound<'py, PyAny>, arguments: &[Ty]) -> PyResult<LiveProvider<'py>> {
        let provider = LiveProvider {
            entry: String::new(),
            functions: RefCell::default(),
            modules: RefCell::default(),
            classes: RefCell::default(),
            declaring: dispatcher.getattr_opt("_declaring")?.map_or(Ok(false), |flag| flag.is_truthy())?,
        };
        for ty in arguments {
            provider.know_passed(dispatcher.py(), ty)?;
        }
        let entry = provider.symbol(dispatcher)?;
        Ok(LiveProvider { entry, ..provider })
    }

    /// Functions among the arguments have the symbols that their types name.
    fn know_passed(&self, py: Python<'py>, ty: &Ty) -> PyResult<()> {
        if let Ty::Tuple(parts) = ty {
            return parts.iter().try_for_each(|part| self.know_passed(py, part));
        }
        let Some((symbol, dispatcher)) = functions::dispatcher_of(py, ty) else { return Ok(()) };
        let function = dispatcher.getattr("py_func")?;
        if !self.functions.borrow().iter().any(|known| known.symbol == symbol) {
            self.functions.borrow_mut().push(Known { symbol, dispatcher, function });
        }
        Ok(())
    }

    pub fn entry(&self) -> &str {
        &self.entry
    }

    pub fn into_classes(self) -> HashMap<String, Py<PyAny>> {
        self.classes.into_inner()
    }

    /// The symbol of a jitted function, the same one for the same dispatcher. Symbols do not depend on the process: caches are keyed by them.
    pub fn symbol(&self, dispatcher: &Bound<'py, PyAny>) -> PyResult<String> {
        let mut functions = self.functions.borrow_mut();
        if let Some(known) = functions.iter().find(|known| known.dispatcher.is(dispatcher)) {
            return Ok(known.symbol.clone());
        }
        let function = dispatcher.getattr("py_func")?;
        let name = functions::plain_name(&function);
        let taken = |symbol: &str| functions.iter().any(|known| known.symbol == symbol);
        let mut symbol = name.clone();
        let mut number = 1;
        while taken(&symbol) {
            symbol = format!("{name}.{number}");
            number += 1;
        }
        functions.push(Known { symbol: symbol.clone(), dispatcher: dispatcher.clone(), function });
        Ok(symbol)
    }

    /// The name for a module of the program or of the library: its own, unless that is taken. No two modules share one.
    pub fn module(&self, name: String, module: &Bound<'py, PyModule>) -> String {
        let mut modules = self.modules.borrow_mut();
        let library = library::is_library(module, &name);
        let usable = |candidate: &str| (library || !is_known_module(candidate)) && modules.get(candidate).is_none_or(|other| other.is(module));
        let name = numbered(&name, usable);
        modules.insert(name.clone(), module.clone().into_any());
        name
    }

    /// The name for an exception class of the program. Two classes may have the same one of their own.
    pub fn class(&self, module: &str, qualified: &str, class: &Bound<'py, PyAny>) -> Binding {
        let mut classes = self.classes.borrow_mut();
        // Without a module a name is that of a builtin.
        let module = if matches!(module, "" | "builtins") { "__main__" } else { module };
        let name = numbered(&format!("{module}.{qualified}"), |candidate| classes.get(candidate).is_none_or(|other| other.is(class)));
        classes.insert(name.clone(), class.clone().unbind());
        Binding::Ref(name)
    }

    fn with_core<T>(&self, symbol: &str, read: impl FnOnce(&Core) -> T) -> Option<T> {
        let dispatcher = self.functions.borrow().iter().find(|known| known.symbol == symbol).map(|known| known.dispatcher.clone())?;
        checked_core(&dispatcher).ok().map(read)
    }

    fn function_of(&self, symbol: &str) -> Option<Bound<'py, PyAny>> {
        self.functions.borrow().iter().find(|known| known.symbol == symbol).map(|known| known.function.clone())
    }
}

/// The name itself, else with the first number that makes it usable.
fn numbered(name: &str, usable: impl Fn(&str) -> bool) -> String {
    let mut candidate = name.to_string();
    let mut number = 1;
    while !usable(&candidate) {
        number += 1;
        candidate = format!("{name}#{number}");
    }
    candidate
}

fn qualified_name(function: &Bound<PyAny>) -> String {
    function.getattr("__qualname__").map(|name| name.to_string()).unwrap_or_default()
}

impl Provider for LiveProvider<'_> {
    fn function(&self, symbol: &str) -> Result<Function, Diagnostic> {
        let unknown = || Diagnostic::new(ErrorClass::Internal, "unknown-symbol", format!("no function has the symbol {symbol}"), None);
        source::parsed(&self.function_of(symbol).ok_or_else(unknown)?)
    }

    fn display_name(&self, symbol: &str) -> String {
        self.function_of(symbol).map_or_else(|| symbol.to_string(), |function| qualified_name(&function))
    }

    /// The defaults of the last parameters; those before a parameter whose default cannot be compiled are left out.
    fn defaults(&self, symbol: &str) -> Option<Vec<Binding>> {
        let function = self.function_of(symbol)?;
        let environment = LiveEnvironment::new(self, symbol, &function);
        let mut bindings: Vec<Binding> = vec![];
        for value in default_objects(&function).unwrap_or_default().into_iter().rev() {
            match value.map(|value| environment.binding(&value)) {
                Some(Ok(binding)) => bindings.push(binding),
                _ => break,
            }
        }
        bindings.reverse();
        Some(bindings)
    }

    fn environment(&self, symbol: &str) -> Box<dyn Environment + '_> {
        match self.function_of(symbol) {
            Some(function) => Box::new(LiveEnvironment::new(self, symbol, &function)),
            None => Box::new(Empty),
        }
    }

    /// What its own decorator says.
    fn options(&self, symbol: &str, entry: &Options) -> Options {
        self.with_core(symbol, |core| core.options_in_call(entry)).unwrap_or_else(|| entry.clone())
    }

    fn ufunc(&self, symbol: &str) -> Option<Ufunc> {
        self.with_core(symbol, |core| {
            core.ufunc.as_ref().map(|_| match &core.layout {
                None => Ufunc::Elementwise,
                Some(layout) => Ufunc::Generalized(layout.clone(), core.writable.clone()),
            })
        })
        .flatten()
    }

    fn stencil(&self, symbol: &str) -> Result<Option<Stencil>, Diagnostic> {
        Ok(self.with_core(symbol, |core| core.stencil.clone()).flatten())
    }

    /// Those that were declared, once they all are compiled.
    fn signatures(&self, symbol: &str) -> Option<Vec<(Vec<Ty>, Option<Ty>)>> {
        if symbol == self.entry {
            return None;
        }
        let all = |core: &Core| {
            let table = core.table.borrow();
            let types = |version: &Arc<Version>| (version.compiled.arguments.clone(), Some(version.compiled.result.clone()));
            table.frozen.then(|| table.versions.iter().map(types).collect())
        };
        self.with_core(symbol, all).flatten()
    }
}

/// The default of each parameter: positional ones, then keyword-only ones.
fn default_objects<'py>(function: &Bound<'py, PyAny>) -> PyResult<Vec<Option<Bound<'py, PyAny>>>> {
    let code = function.getattr("__code__")?;
    let positional: usize = code.getattr("co_argcount")?.extract()?;
    let keyword_only: usize = code.getattr("co_kwonlyargcount")?.extract()?;
    let mut objects = vec![None; positional];
    if let Ok(defaults) = function.getattr("__defaults__")?.cast_into::<PyTuple>() {
        for (slot, value) in objects.iter_mut().rev().zip(defaults.iter().rev()) {
            *slot = Some(value);
        }
    }
    let by_name = function.getattr("__kwdefaults__")?;
    for name in code.getattr("co_varnames")?.try_iter()?.skip(positional).take(keyword_only) {
        objects.push(if by_name.is_none() { None } else { by_name.get_item(name?).ok() });
    }
    Ok(objects)
}

/// Knows no name.
struct Empty;

impl Environment for Empty {
    fn lookup(&self, _: &str) -> Result<Option<Binding>, String> {
        Ok(None)
    }
    fn attribute(&self, _: &Binding, _: &str) -> Result<Option<Binding>, String> {
        Ok(None)
    }
}
