//! The functions that one compilation reaches, on live Python objects: their symbols, sources, defaults and environments.

use crate::{
    call::unpack::Returned,
    classes,
    core::{Core, Version},
    dispatcher::checked_core,
    environment::LiveEnvironment,
    errors, extending, functions, library,
    module::{parse, parse_all},
    object_mode::ObjectBlock,
    source,
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyModule, PyTuple},
};
use std::{cell::{Cell, RefCell}, collections::HashMap, sync::Arc};
use zouk_dialects::{
    diagnostic::{Diagnostic, ErrorClass},
    ty::Ty,
};
use zouk_driver::{ClassSource, CompileError, External, Options, Overload, Provider, Role, Simt, Stencil, Ufunc, Value, foreign::{C, DEVICE, PRINTER, PYTHON}};
use zouk_frontend::{Binding, Environment, Function, is_known_module};

/// A jitted function of this compilation and the symbol it has in it.
struct Known<'py> {
    symbol: String,
    dispatcher: Bound<'py, PyAny>,
    function: Bound<'py, PyAny>,
}

struct Held {
    external: External,
    kept: Kept,
}

/// What lives as long as the code that refers to it.
pub enum Kept {
    Object(Py<PyAny>),
    Block(Arc<ObjectBlock>),
}

impl Kept {
    /// The object of Python behind it.
    pub fn object(&self) -> &Py<PyAny> {
        match self {
            Kept::Object(object) => object,
            Kept::Block(block) => &block.function,
        }
    }
}

pub struct LiveProvider<'py> {
    entry: String,
    functions: RefCell<Vec<Known<'py>>>,
    /// Modules by the names that bindings have for them.
    pub modules: RefCell<HashMap<String, Bound<'py, PyAny>>>,
    /// Exception classes of the program, by the names that references have for them.
    classes: RefCell<HashMap<String, Py<PyAny>>>,
    /// What compiled code refers to outside of itself, and the objects that keep it alive.
    externals: RefCell<Vec<Held>>,
    /// Functions that it returns.
    returned: RefCell<Vec<Py<PyAny>>>,
    /// Functions of the program that it overloads, by the names that references have for them.
    overloaded: RefCell<HashMap<String, Bound<'py, PyAny>>>,
    /// What was said to questions: asked again, the same functions are the answer.
    answers: RefCell<HashMap<String, Overload>>,
    /// What overloads have raised, by the numbers that errors have for it.
    exceptions: RefCell<Vec<PyErr>>,
    /// What ends the compilation: it is raised as it is.
    fatal: RefCell<Option<PyErr>>,
    /// The values of the entry's parameters that it is compiled for.
    values: Vec<Option<Value>>,
    /// The entry's decorator has not returned: its own name is not bound to it yet.
    pub declaring: bool,
    /// What is compiled is a kernel or a device function.
    pub for_kernels: bool,
    /// Whether the functions use compiled classes.
    pub has_classes: Cell<bool>,
}

impl<'py> LiveProvider<'py> {
    /// For arguments of these types, which may name functions.
    pub fn new(dispatcher: &Bound<'py, PyAny>, values: &[Option<Value>], arguments: &[Ty]) -> PyResult<LiveProvider<'py>> {
        let provider = LiveProvider {
            entry: String::new(),
            functions: RefCell::default(),
            modules: RefCell::default(),
            classes: RefCell::default(),
            externals: RefCell::default(),
            returned: RefCell::default(),
            has_classes: Cell::new(false),
            overloaded: RefCell::default(),
            answers: RefCell::default(),
            exceptions: RefCell::default(),
            fatal: RefCell::default(),
            values: values.to_vec(),
            for_kernels: checked_core(dispatcher)?.options.simt != Simt::No,
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

    /// The exception classes by their names, and what must live as long as the code.
    pub fn into_parts(self) -> (HashMap<String, Py<PyAny>>, Vec<Kept>) {
        let externals = self.externals.into_inner().into_iter().map(|held| held.kept);
        (self.classes.into_inner(), externals.chain(self.returned.into_inner().into_iter().map(Kept::Object)).collect())
    }

    /// The reference to a function of C: one for the same object, as long as its address and types are the same.
    pub fn c_function(&self, name: &str, result: Ty, arguments: Vec<Ty>, address: usize, object: &Bound<'py, PyAny>) -> Binding {
        let mut externals = self.externals.borrow_mut();
        let same = |known: &&Held| known.kept.object().is(object) && known.external.address == address && known.external.result == result && known.external.arguments == arguments;
        if let Some(known) = externals.iter().find(same) {
            return Binding::Ref(known.external.name.clone());
        }
        let name = format!("{C}{}.{}", externals.len(), symbol_text(name));
        let kept = Kept::Object(object.clone().unbind());
        externals.push(Held { external: External { name: name.clone(), result, arguments, address }, kept });
        Binding::Ref(name)
    }

    /// The reference to a function of a GPU that the driver's linker brings.
    pub fn device_function(&self, name: &str, result: Ty, arguments: Vec<Ty>, object: &Bound<'py, PyAny>) -> Binding {
        let mut externals = self.externals.borrow_mut();
        let name = format!("{DEVICE}{}.{name}", externals.len());
        externals.push(Held { external: External { name: name.clone(), result, arguments, address: 0 }, kept: Kept::Object(object.clone().unbind()) });
        Binding::Ref(name)
    }

    /// The reference to a block that the interpreter runs.
    pub fn block(&self, name: &str, block: ObjectBlock) -> Binding {
        let mut externals = self.externals.borrow_mut();
        let name = format!("{PYTHON}{}.{}", externals.len(), symbol_text(name));
        let block = Arc::new(block);
        let (result, address) = (block.result(), Arc::as_ptr(&block) as usize);
        externals.push(Held { external: External { name: name.clone(), result, arguments: vec![], address }, kept: Kept::Block(block) });
        Binding::Ref(name)
    }

    /// The block that shows values for `print`, if it is not known yet. Kernels have no interpreter to ask.
    pub fn printer(&self, py: Python) -> PyResult<()> {
        let mut externals = self.externals.borrow_mut();
        if self.for_kernels || externals.iter().any(|known| known.external.name == PRINTER) {
            return Ok(());
        }
        let block = Arc::new(ObjectBlock::printer(py)?);
        let address = Arc::as_ptr(&block) as usize;
        externals.push(Held { external: External { name: PRINTER.into(), result: Ty::None, arguments: vec![], address }, kept: Kept::Block(block) });
        Ok(())
    }

    /// The name for an object whose attributes compiled code may use as those of a module.
    pub fn namespace(&self, name: &str, object: &Bound<'py, PyAny>) -> String {
        let mut modules = self.modules.borrow_mut();
        let name = numbered(&symbol_text(name), |candidate| !is_known_module(candidate) && modules.get(candidate).is_none_or(|other| other.is(object)));
        modules.insert(name.clone(), object.clone());
        name
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

    /// How a result is made of a function that its type names: what was passed, and the function itself, live when the call returns; others live as long as the code.
    pub fn returned(&self, ty: &Ty) -> Option<Returned> {
        let name = ty.as_ref_name()?;
        let Some(symbol) = name.strip_prefix('@') else {
            let externals = self.externals.borrow();
            let known = externals.iter().find(|known| known.external.name == name)?;
            return Some(Python::attach(|py| Returned::new(known.kept.object().bind(py))));
        };
        let functions = self.functions.borrow();
        let dispatcher = &functions.iter().find(|known| known.symbol == symbol)?.dispatcher;
        if !functions::is_passed(ty) && symbol != self.entry {
            self.returned.borrow_mut().push(dispatcher.clone().unbind());
        }
        Some(Returned::new(dispatcher))
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

    /// What the class says of itself.
    fn class_source(&self, entry: &classes::Entry, class: &Bound<'py, PyAny>) -> PyResult<ClassSource> {
        type Parts<'py> = (Vec<(String, String, Bound<'py, PyAny>)>, Vec<(String, Bound<'py, PyAny>)>, Vec<Bound<'py, PyAny>>);
        let (functions, constants, bases): Parts = class.call_method0("_zouk_source")?.extract()?;
        let role = |name: &str| match name {
            "static" => Role::Static,
            "getter" => Role::Getter,
            "setter" => Role::Setter,
            _ => Role::Method,
        };
        let environment = LiveEnvironment::new(self, "", class);
        Ok(ClassSource {
            bases: bases.iter().filter_map(|base| classes::number_of(base)).map(|number| classes::entry(number).name.clone()).collect(),
            fields: entry.layout(class.py())?.fields.clone(),
            functions: functions.into_iter().map(|(kind, name, dispatcher)| Ok((role(&kind), name, self.symbol(&dispatcher)?))).collect::<PyResult<_>>()?,
            constants: constants.into_iter().filter_map(|(name, value)| Some((name, environment.binding(&value).ok()?))).collect(),
        })
    }

    /// The name for a function of the program that it overloads.
    pub fn overloaded(&self, module: &str, qualified: &str, function: &Bound<'py, PyAny>) -> Binding {
        let mut overloaded = self.overloaded.borrow_mut();
        let module = if is_known_module(module) || module.is_empty() { "__main__" } else { module };
        let qualified: String = qualified.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '_' }).collect();
        let name = numbered(&format!("{module}.{qualified}"), |candidate| overloaded.get(candidate).is_none_or(|other| other.is(function)));
        overloaded.insert(name.clone(), function.clone());
        Binding::Ref(name)
    }

    pub fn overloaded_functions(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        self.overloaded.borrow().iter().try_for_each(|(name, function)| all.set_item(name, function))?;
        Ok(all)
    }

    /// The jitted functions reached so far, by their symbols.
    pub fn dispatchers(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        self.functions.borrow().iter().try_for_each(|known| all.set_item(&known.symbol, &known.dispatcher))?;
        Ok(all)
    }

    /// The number of an exception that an overload has raised.
    pub fn keep_exception(&self, exception: PyErr) -> usize {
        let mut all = self.exceptions.borrow_mut();
        all.push(exception);
        all.len() - 1
    }

    /// The exception for a failed compilation, with what has raised in an overload as its cause.
    pub fn compile_error(&self, py: Python, error: &CompileError) -> PyErr {
        if let Some(fatal) = self.fatal.take() {
            return fatal;
        }
        let exception = errors::compile_error(py, error);
        if let Some(cause) = error.raised.and_then(|number| self.exceptions.borrow().get(number).map(|cause| cause.clone_ref(py))) {
            exception.set_cause(py, Some(cause));
        }
        exception
    }

    fn with_core<T>(&self, symbol: &str, read: impl FnOnce(&Core) -> T) -> Option<T> {
        checked_core(&self.dispatcher_of(symbol)?).ok().map(read)
    }

    fn dispatcher_of(&self, symbol: &str) -> Option<Bound<'py, PyAny>> {
        self.functions.borrow().iter().find(|known| known.symbol == symbol).map(|known| known.dispatcher.clone())
    }

    fn function_of(&self, symbol: &str) -> Option<Bound<'py, PyAny>> {
        self.functions.borrow().iter().find(|known| known.symbol == symbol).map(|known| known.function.clone())
    }
}

/// The signatures of a device function: `_declared`, pairs of the argument types and the type of the result or None.
fn declared(dispatcher: &Bound<PyAny>) -> PyResult<Option<Vec<(Vec<Ty>, Option<Ty>)>>> {
    let Some(told) = dispatcher.getattr_opt("_declared")? else { return Ok(None) };
    let py = dispatcher.py();
    let told: Vec<(Vec<String>, Option<String>)> = told.extract()?;
    let parsed = |(arguments, result): (Vec<String>, Option<String>)| Ok((parse_all(py, &arguments)?, result.map(|text| parse(py, &text)).transpose()?));
    told.into_iter().map(parsed).collect::<PyResult<_>>().map(Some)
}

/// A name as a part of a symbol.
fn symbol_text(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect()
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

impl<'py> Provider for LiveProvider<'py> {
    fn function(&self, symbol: &str) -> Result<Function, Diagnostic> {
        let unknown = || Diagnostic::new(ErrorClass::Internal, "unknown-symbol", format!("no function has the symbol {symbol}"), None);
        let (dispatcher, function) = self.dispatcher_of(symbol).zip(self.function_of(symbol)).ok_or_else(unknown)?;
        source::parsed(&dispatcher, &function)
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

    fn values(&self) -> &[Option<Value>] {
        &self.values
    }

    fn overload(&self, question: &str) -> Result<Overload, Diagnostic> {
        if let Some(known) = self.answers.borrow().get(question) {
            return Ok(known.clone());
        }
        let py = self.functions.borrow()[0].function.py();
        let answer = extending::resolve(self, py, question).map_err(|error| {
            let message = format!("a question to the program's overloads failed: {error}");
            self.fatal.replace(Some(error));
            Diagnostic::new(ErrorClass::Typing, "no-overload", message, None)
        })?;
        self.answers.borrow_mut().insert(question.to_string(), answer.clone());
        Ok(answer)
    }

    fn ufunc(&self, symbol: &str) -> Option<Ufunc> {
        self.with_core(symbol, |core| {
            core.ufunc.as_ref().map(|_| match &core.layout {
                None => Ufunc::Elementwise { identity: core.identity, reorderable: core.reorderable },
                Some(layout) => Ufunc::Generalized(layout.clone(), core.writable.clone()),
            })
        })
        .flatten()
    }

    fn externals(&self) -> Vec<External> {
        self.externals.borrow().iter().map(|held| held.external.clone()).collect()
    }

    fn stencil(&self, symbol: &str) -> Result<Option<Stencil>, Diagnostic> {
        Ok(self.with_core(symbol, |core| core.stencil.clone()).flatten())
    }

    fn class(&self, name: &str) -> Result<ClassSource, String> {
        self.has_classes.set(true);
        let (_, entry) = classes::by_name(name).ok_or_else(|| format!("there is no class {name}"))?;
        // SAFETY: a provider is made and used by a thread that has the GIL.
        let class = entry.class().bind(unsafe { Python::assume_attached() });
        self.class_source(&entry, class).map_err(|error| error.value(class.py()).to_string())
    }

    /// Those that were declared, once they all are compiled. Those of a device function are only told.
    fn signatures(&self, symbol: &str) -> Option<Vec<(Vec<Ty>, Option<Ty>)>> {
        if symbol == self.entry {
            return None;
        }
        if let Some(declared) = self.dispatcher_of(symbol).and_then(|dispatcher| declared(&dispatcher).ok().flatten()) {
            return Some(declared);
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
