//! What names outside a function stand for, asked of the live interpreter: closure, globals, builtins. Values are frozen.

mod values;

pub use values::type_value;

use crate::{classes, dispatcher, extending::{self, Extension}, foreign, functions, library, named, object, provider::LiveProvider, ufunc, unchanged::class_of};
use num_bigint::BigInt;
use pyo3::{
    exceptions::PyBaseException,
    prelude::*,
    types::{PyBool, PyComplex, PyDict, PyEllipsis, PyFloat, PyInt, PyModule, PySlice, PyString, PyTuple, PyType},
};
use std::borrow::Cow;
use zouk_dialects::ty::{CLASS_REFERENCE, Names};
use values::*;
use zouk_frontend::{Binding, CUDA, Constant, Environment, NAMED, TYPING, is_known_module, library_attribute};

pub struct LiveEnvironment<'a, 'py> {
    provider: &'a LiveProvider<'py>,
    /// The function's own.
    symbol: String,
    function: Bound<'py, PyAny>,
}

type Answer = Result<Option<Binding>, String>;

impl<'a, 'py> LiveEnvironment<'a, 'py> {
    pub fn new(provider: &'a LiveProvider<'py>, symbol: &str, function: &Bound<'py, PyAny>) -> Self {
        LiveEnvironment { provider, symbol: symbol.into(), function: function.clone() }
    }

    fn py(&self) -> Python<'py> {
        self.function.py()
    }

    /// The object behind a name: the closure's, else a global, else a builtin.
    fn object(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let free = self.function.getattr("__code__")?.getattr("co_freevars")?.cast_into::<PyTuple>()?;
        if let Some(at) = free.iter().position(|own| own.eq(name).unwrap_or(false)) {
            // An empty cell is a name not bound yet.
            return Ok(self.function.getattr("__closure__")?.get_item(at)?.getattr("cell_contents").ok());
        }
        if let Some(value) = self.function.getattr("__globals__")?.cast_into::<PyDict>()?.get_item(name)? {
            return Ok(Some(value));
        }
        self.py().import("builtins")?.getattr_opt(name)
    }

    /// Whether `name` means this function although it is bound to nothing, or to a forerunner: its decorator has not returned yet.
    fn is_itself(&self, name: &str, object: Option<&Bound<'py, PyAny>>) -> bool {
        let attribute = |of: &Bound<'py, PyAny>, name: &str| of.getattr(name).map(|value| value.to_string()).unwrap_or_default();
        if attribute(&self.function, "__name__") != name {
            return false;
        }
        let behind = object.and_then(function_behind);
        let Some(object) = behind.as_ref().or(object) else { return true };
        if object.is(&self.function) {
            return true;
        }
        let same = |key| attribute(object, key) == attribute(&self.function, key);
        let function = dispatcher::is_dispatcher(object) || object.hasattr("__code__").unwrap_or(false);
        self.provider.declaring && function && same("__qualname__") && same("__module__")
    }

    /// What a value stands for; `Err` says why it cannot be compiled.
    pub fn binding(&self, value: &Bound<'py, PyAny>) -> Result<Binding, String> {
        if let Some(constant) = self.constant(value)? {
            return Ok(Binding::Constant(constant));
        }
        if let Some(function) = function_behind(value) {
            functions::stands_behind(&function, value).map_err(|error| error.to_string())?;
            return self.provider.symbol(&function).map(Binding::Function).map_err(|error| error.to_string());
        }
        if dispatcher::is_dispatcher(value) {
            if dispatcher::checked_core(value).is_ok_and(|core| core.interpreted.get()) {
                let name = value.getattr("__qualname__").map(|name| name.to_string()).unwrap_or_default();
                return Err(format!("the function {name} is run by the interpreter\ncall it in a `with objmode()` block"));
            }
            return self.provider.symbol(value).map(Binding::Function).map_err(|error| error.to_string());
        }
        if let Ok(module) = value.cast::<PyModule>() {
            return self.module(module);
        }
        if let Some(number) = classes::number_of(value) {
            return Ok(Binding::Ref(format!("{CLASS_REFERENCE}{}", classes::entry(number).name)));
        }
        if let Ok(tuple) = value.cast_exact::<PyTuple>() {
            return tuple.iter().map(|item| self.binding(&item)).collect::<Result<_, _>>().map(Binding::Tuple);
        }
        if let Some(scalar) = type_value(value) {
            return Ok(number_class(scalar));
        }
        if let Some((name, methods)) = class_methods(value) {
            return Ok(Binding::Module(self.provider.namespace(&name, &methods)));
        }
        if let Some(name) = enumeration_of_ints(value) {
            return Ok(Binding::Module(self.provider.namespace(&name, value)));
        }
        if let Some(class) = Some(value.get_type()).filter(named::is_enumeration).and_then(|class| named::number(&class)) {
            let held = value.getattr("value").map_err(|error| error.to_string())?;
            let held = self.constant(&held)?.filter(is_of_numbers);
            let held = held.ok_or("the value of this member of an enumeration is no number\nuse members whose values are numbers, or tuples of numbers")?;
            return Ok(Binding::Named(named::names(class).to_string(), vec![Binding::Constant(held)]));
        }
        if value.cast::<PyTuple>().is_ok()
            && let Some(class) = named::number(&value.get_type())
        {
            let items = value.try_iter().and_then(Iterator::collect::<PyResult<Vec<_>>>).map_err(|error| error.to_string())?;
            let items = items.iter().map(|item| self.binding(item)).collect::<Result<_, _>>()?;
            return Ok(Binding::Named(named::names(class).to_string(), items));
        }
        if let Some(class) = value.cast::<PyType>().ok().and_then(named::number) {
            return Ok(Binding::Ref(format!("{NAMED}{}", named::names(class))));
        }
        if let Some(limits) = limits(value) {
            return Ok(limits);
        }
        if let Some((name, result, arguments)) = declared_for_devices(value).map_err(|error| format!("{TYPING}{}", error.value(self.py())))? {
            return Ok(self.provider.device_function(&name, result, arguments, value));
        }
        if let Some(record) = one_record(value)? {
            return Ok(Binding::Record(record));
        }
        if let Some(record) = dtype_of_records(value) {
            return Ok(Binding::Ref(format!("numpy.void{record}")));
        }
        if let Some(binding) = self.outside(value)? {
            return Ok(binding);
        }
        match self.reference(value) {
            Ok(found) => {
                if matches!(&found, Binding::Ref(name) if name == "builtins.print") {
                    self.provider.printer(self.py()).map_err(|error| error.to_string())?;
                }
                Ok(found)
            }
            Err(why) => self.extension(value).unwrap_or(Err(why)),
        }
    }

    /// What the program makes of a function that is not compiled.
    fn extension(&self, value: &Bound<'py, PyAny>) -> Option<Result<Binding, String>> {
        Some(match extending::extension(value) {
            Ok(found) => match found? {
                Extension::Jitable(dispatcher) => self.provider.symbol(&dispatcher).map(Binding::Function).map_err(|error| error.to_string()),
                Extension::Overloaded => {
                    let text = |name: &str| value.getattr(name).ok().and_then(|value| value.extract::<String>().ok()).unwrap_or_default();
                    let name = Some(text("__qualname__")).filter(|name| !name.is_empty()).unwrap_or_else(|| text("__name__"));
                    Ok(self.provider.overloaded(&text("__module__"), &name, value))
                }
            },
            Err(error) => Err(error.to_string()),
        })
    }

    /// A function of C, or an object whose attributes are such functions.
    fn outside(&self, value: &Bound<'py, PyAny>) -> Result<Option<Binding>, String> {
        if !foreign::is_of_c(value) {
            return Ok(None);
        }
        let found = foreign::describe(value).map_err(|error| format!("{TYPING}{}", error.value(self.py())))?;
        Ok(found.map(|found| match found {
            foreign::Found::Function { name, result, arguments, address } => self.provider.c_function(&name, result, arguments, address, value),
            foreign::Found::Namespace(name) => Binding::Module(self.provider.namespace(&name, value)),
            foreign::Found::Known(name) => Binding::Ref(name),
        }))
    }

    fn constant(&self, value: &Bound<'py, PyAny>) -> Result<Option<Constant>, String> {
        if value.is_none() {
            return Ok(Some(Constant::None));
        }
        if let Ok(value) = value.cast::<PyBool>() {
            return Ok(Some(Constant::Bool(value.is_true())));
        }
        if value.cast::<PyEllipsis>().is_ok() {
            return Ok(Some(Constant::Ellipsis));
        }
        if let Some(constant) = numpy_constant(value)? {
            return Ok(Some(constant));
        }
        if value.cast::<PyInt>().is_ok() {
            return value.extract::<BigInt>().map(|value| Some(Constant::Int(value))).map_err(|error| error.to_string());
        }
        if let Ok(value) = value.cast::<PyFloat>() {
            return Ok(Some(Constant::Float(value.value())));
        }
        if let Ok(value) = value.cast::<PyComplex>() {
            return Ok(Some(Constant::Complex(value.real(), value.imag())));
        }
        if let Ok(value) = value.cast_exact::<PyString>() {
            return value.extract().map(|value| Some(Constant::Str(value))).map_err(|_| "a string with lone surrogates is not compiled".into());
        }
        if value.cast_exact::<PySlice>().is_ok() {
            let part = |name| self.constant(&value.getattr(name).map_err(|error| error.to_string())?);
            let parts = (part("start")?, part("stop")?, part("step")?);
            return Ok(if let (Some(start), Some(stop), Some(step)) = parts { Some(Constant::Slice(Box::new([start, stop, step]))) } else { None });
        }
        let Ok(tuple) = value.cast_exact::<PyTuple>() else { return Ok(None) };
        let items: Option<Vec<Constant>> = tuple.iter().map(|item| self.constant(&item).transpose()).collect::<Option<Result<_, _>>>().transpose()?;
        Ok(items.map(Constant::Tuple))
    }

    fn module(&self, module: &Bound<'py, PyModule>) -> Result<Binding, String> {
        let name = module.name().map_err(|error| error.to_string())?.to_string();
        Ok(Binding::Module(self.provider.module(name, module)))
    }

    /// A function or class by its canonical name, if the module it says it is from has it.
    fn reference(&self, value: &Bound<'py, PyAny>) -> Result<Binding, String> {
        let text = |name: &str| value.getattr(name).ok().and_then(|value| value.extract::<String>().ok());
        let own = text("__module__").unwrap_or_default();
        let name = text("__name__").unwrap_or_default();
        let home = own.strip_prefix('_').filter(|own| is_known_module(own)).unwrap_or(&own);
        for module in [home, "numpy", "numpy.linalg", "numpy.random"] {
            if !name.is_empty() && is_known_module(module) && self.is_attribute(module, &name, value) && library::comes_from(value, module) {
                if let Some(binding) = library_attribute(module, &name) {
                    return Ok(binding);
                }
            }
        }
        if value.cast::<PyType>().is_ok_and(|class| class.is_subclass_of::<PyBaseException>().unwrap_or(false)) {
            let qualified = text("__qualname__").unwrap_or(name);
            return Ok(self.provider.class(&own, &qualified, value));
        }
        Err(self.refuse(value))
    }

    fn is_attribute(&self, module: &str, name: &str, value: &Bound<'py, PyAny>) -> bool {
        let find = || name.split('.').try_fold(self.py().import("sys")?.getattr("modules")?.get_item(module)?, |value, part| value.getattr(part));
        // Bound methods, such as those of `numpy.random`, are equal and not identical.
        let equal = |found: &Bound<PyAny>| found.get_type().is(value.get_type()) && value.is_callable() && found.eq(value).unwrap_or(false);
        find().is_ok_and(|found| found.is(value) || equal(&found))
    }

    /// Why a value is not compiled and, on the next line, what to do instead.
    fn refuse(&self, value: &Bound<'py, PyAny>) -> String {
        let class = value.get_type();
        let class_name = class.name().map(|name| name.to_string()).unwrap_or_default();
        let name = value.getattr("__qualname__").map(|name| name.to_string()).unwrap_or_default();
        let (why, help) = match class_name.as_str() {
            "function" => (format!("undecorated function {name}"), "decorate it with @njit"),
            // SAFETY: the value is live.
            _ if unsafe { object::is_object_type(class.as_type_ptr()) } => (format!("an instance of {class_name} is no constant"), "pass it as an argument"),
            _ if value.cast::<PyType>().is_ok() => (format!("the class {name} is not compiled"), "use it outside of compiled functions"),
            "builtin_function_or_method" | "method" | "ufunc" | "_ArrayFunctionDispatcher" | "cython_function_or_method" => {
                (format!("the function {name} has no compiled counterpart"), "call it outside of compiled functions and pass the result in")
            }
            "Missing" => (format!("zouk has no `{name}`"), "docs/from-numba.md says what there is instead"),
            "list" => ("a global list may change and is not compiled".into(), "use a tuple or a NumPy array"),
            "dict" | "set" => (format!("a global {class_name} may change and is not compiled"), "use tuples or NumPy arrays"),
            _ => (format!("a value of type {class_name} is not compiled"), "use numbers, tuples or NumPy arrays"),
        };
        format!("{why}\n{help}")
    }

    /// In the body of a class `__name` is `_Class__name`.
    fn mangled<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if !name.starts_with("__") || name.ends_with("__") {
            return name.into();
        }
        let code = self.function.getattr("__code__");
        let qualified: String = code.and_then(|code| code.getattr("co_qualname")?.extract()).unwrap_or_default();
        match class_of(&qualified).map(|class| class.trim_start_matches('_')) {
            Some(class) if !class.is_empty() => format!("_{class}{name}").into(),
            _ => name.into(),
        }
    }

    fn module_object(&self, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let known = self.provider.modules.borrow().get(name).cloned();
        known.map_or_else(|| Ok(self.py().import(name)?.into_any()), Ok)
    }

    /// Of a class of named tuples: the default of a field; of an enumeration: a member.
    fn field_default(&self, path: &str, field: &str) -> Answer {
        let class = path.strip_prefix(NAMED).and_then(|text| named::class(self.py(), text.split(' ').next()?));
        if let Some(class) = class.as_ref().filter(|class| named::is_enumeration(class)) {
            let member = class.getattr("__members__").and_then(|members| members.get_item(field));
            return member.map_or(Ok(None), |member| self.binding(&member).map(Some));
        }
        let value = class.and_then(|class| class.getattr("_field_defaults").ok()?.get_item(field).ok());
        value.map(|value| self.binding(&value)).transpose()
    }

    /// What an attribute of one of the library's modules stands for.
    fn library_value(&self, module: &str, name: &str, value: &Bound<'py, PyAny>) -> Answer {
        if let Ok(submodule) = value.cast::<PyModule>() {
            return self.module(submodule).map(Some);
        }
        if let Some(constant) = self.constant(value)? {
            return Ok(Some(Binding::Constant(constant)));
        }
        if let Some(scalar) = type_value(value) {
            return Ok(Some(number_class(scalar)));
        }
        if !library::comes_from(value, module) || class_methods(value).is_some() {
            return self.binding(value).map(Some);
        }
        // An alias, such as `numpy.abs`, is its function; so is a name that the program bound to another function of the module.
        let own = value.getattr("__name__").and_then(|name| name.extract::<String>()).unwrap_or_default();
        let alias = own != name && value.cast::<PyType>().is_err() && self.is_attribute(module, &own, value);
        Ok(library_attribute(module, if alias { &own } else { name }))
    }
}

impl<'py> Environment for LiveEnvironment<'_, 'py> {
    fn lookup(&self, name: &str) -> Answer {
        let name = &*self.mangled(name);
        let object = self.object(name).map_err(|error| error.to_string())?;
        if self.is_itself(name, object.as_ref()) {
            return Ok(Some(Binding::Function(self.symbol.clone())));
        }
        object.map(|object| self.binding(&object)).transpose()
    }

    fn attribute(&self, of: &Binding, name: &str) -> Answer {
        if let Binding::Ref(path) = of {
            if path.starts_with(CUDA) {
                return Ok(Some(Binding::Ref(format!("{path}.{name}"))));
            }
            return self.field_default(path, name);
        }
        if let Binding::Named(names, items) = of {
            let place = Names::parse(names).and_then(|names| names.fields.iter().position(|field| field == name));
            return Ok(place.map(|place| items[place].clone()));
        }
        let Binding::Module(module) = of else { return Ok(None) };
        let name = &*self.mangled(name);
        let value = self.module_object(module).and_then(|object| object.getattr_opt(name)).map_err(|error| error.to_string())?;
        let Some(value) = value else { return Ok(None) };
        if is_known_module(module) { self.library_value(module, name, &value) } else { self.binding(&value).map(Some) }
    }

    fn member(&self, of: &Binding, name: &str) -> Answer {
        let class = match of {
            Binding::Ref(path) => path.strip_prefix(NAMED).and_then(|text| named::class(self.py(), text.split(' ').next()?)).map(Bound::into_any),
            Binding::Module(module) => self.module_object(module).ok(),
            _ => None,
        };
        let members = class.filter(|class| class.is_instance_of::<PyType>()).and_then(|class| class.getattr("__members__").ok());
        let Some(members) = members else { return Ok(None) };
        let member = members.get_item(name).map_err(|_| format!("{TYPING}the enumeration has no member {name:?}"))?;
        self.binding(&member).map(Some)
    }

    fn inherited(&self, name: &str) -> Answer {
        let found = (|| -> PyResult<Option<Bound<'py, PyAny>>> {
            let Some(class) = self.object("__class__")? else { return Ok(None) };
            self.py().import("zouk.experimental.jitclass")?.getattr("_inherited")?.call1((class, name)).map(Some)
        })();
        match found {
            Ok(None) => Ok(None),
            Ok(Some(value)) => self.binding(&value).map(Some),
            Err(error) => Err(error.value(self.py()).to_string()),
        }
    }

    fn attribute_name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        self.mangled(name)
    }

    fn attributes(&self, of: &Binding) -> Vec<String> {
        let Binding::Module(module) = of else { return vec![] };
        let names = self.module_object(module).and_then(|object| object.dir());
        names.map(|names| names.iter().filter_map(|name| name.extract().ok()).collect()).unwrap_or_default()
    }

    fn object_block(&self, block: &zouk_frontend::ObjectBlock) -> Result<Binding, String> {
        let made = crate::object_mode::ObjectBlock::new(&self.function, block).map_err(|error| format!("{TYPING}{}", error.value(self.py())))?;
        let name = self.function.getattr("__name__").map(|name| name.to_string()).unwrap_or_default();
        Ok(self.provider.block(&name, made))
    }

    fn names(&self) -> Vec<String> {
        let names = || -> PyResult<Vec<String>> {
            let mut names: Vec<String> = self.function.getattr("__code__")?.getattr("co_freevars")?.extract()?;
            names.extend(self.function.getattr("__globals__")?.cast_into::<PyDict>()?.keys().iter().filter_map(|key| key.extract().ok()));
            Ok(names)
        };
        names().unwrap_or_default()
    }
}

/// The jitted function behind a ufunc, behind an object that makes one when loops are needed, behind a stencil or a function for C.
pub fn function_behind<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    if let Some(function) = ufunc::source(value) {
        return Some(function);
    }
    let class = value.get_type();
    let ours = class.module().and_then(|module| module.extract::<String>()).is_ok_and(|module| matches!(&*module, "zouk.ufuncs" | "zouk.cfuncs" | "zouk.stencils") || module.starts_with("zouk.cuda"));
    ours.then(|| value.getattr("_dispatcher").ok().filter(dispatcher::is_dispatcher)).flatten()
}
