//! What names outside a function stand for.

use crate::{Constant, ObjectBlock};
use std::borrow::Cow;
use zouk_dialects::ty::Ty;

/// What a global, closure or builtin name stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Binding {
    Constant(Constant),
    /// A function, class or dtype by its canonical name: `math.sin`, `numpy.float64`, `builtins.int`.
    Ref(String),
    /// A compiled function by its symbol in the module.
    Function(String),
    /// A module by its canonical name.
    Module(String),
    Tuple(Vec<Binding>),
    /// A member of an enumeration: its class, as `NAMED` spells it, and its value.
    Member(String, Constant),
    /// A record: an array without axes that holds it.
    Record(Constant),
}

impl From<Constant> for Binding {
    fn from(value: Constant) -> Binding {
        Binding::Constant(value)
    }
}

/// An `Err` of an environment that starts so is an error of types.
pub const TYPING: &str = "typing: ";

/// How the reference to a class of named tuples begins; the class and its fields follow, as `zouk_dialects::ty::Names` writes them. As an attribute of it
/// the environment has the default of a field.
pub const NAMED: &str = "zouk.named ";

/// Knows the names that are not local to a function. An `Err` says, in one sentence, why the name exists but cannot be compiled;
/// a second line, if there is one, says what to do.
pub trait Environment {
    /// `None` when there is no such name.
    fn lookup(&self, name: &str) -> Result<Option<Binding>, String>;

    /// `of.name`; `None` when that is not known before run time, or, for a module, when there is no such attribute.
    fn attribute(&self, of: &Binding, name: &str) -> Result<Option<Binding>, String>;

    /// `of["name"]`, where that is a class of an enumeration: the member; `None` of anything else.
    fn member(&self, _of: &Binding, _name: &str) -> Result<Option<Binding>, String> {
        Ok(None)
    }

    /// The reference that calls a block of statements which the interpreter runs: with the values of its inputs, and a tuple of its outputs as the result.
    fn object_block(&self, _block: &ObjectBlock) -> Result<Binding, String> {
        Err("`with objmode()` needs the interpreter, which is not here\nrun the program with Python".into())
    }

    /// In a method of a class, what `super().name` is: a function, to be called with the instance, or None for what does nothing.
    fn inherited(&self, _name: &str) -> Result<Option<Binding>, String> {
        Ok(None)
    }

    /// An attribute's name as objects have it: in the body of a class `__name` is `_Class__name`.
    fn attribute_name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        name.into()
    }

    /// Names to suggest for a misspelt one.
    fn names(&self) -> Vec<String> {
        vec![]
    }

    /// Attributes to suggest for a misspelt one.
    fn attributes(&self, _of: &Binding) -> Vec<String> {
        vec![]
    }
}

const FUNCTIONS: &[&str] = &[
    "abs", "all", "any", "ascii", "bin", "bool", "callable", "chr", "complex", "dict", "divmod", "enumerate", "filter", "float", "format", "frozenset",
    "getattr", "hasattr", "hash", "hex", "id", "int", "isinstance", "issubclass", "iter", "len", "list", "map", "max", "min", "next", "object", "oct",
    "ord", "pow", "print", "range", "repr", "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip",
];

const EXCEPTIONS: &[&str] = &[
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BaseExceptionGroup", "BlockingIOError", "BrokenPipeError", "BufferError",
    "BytesWarning", "ChildProcessError", "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError",
    "DeprecationWarning", "EOFError", "EncodingWarning", "Exception", "ExceptionGroup", "FileExistsError", "FileNotFoundError", "FloatingPointError",
    "FutureWarning", "GeneratorExit", "ImportError", "ImportWarning", "IndentationError", "IndexError", "InterruptedError", "IsADirectoryError",
    "KeyError", "KeyboardInterrupt", "LookupError", "MemoryError", "ModuleNotFoundError", "NameError", "NotADirectoryError", "NotImplementedError",
    "OSError", "OverflowError", "PendingDeprecationWarning", "PermissionError", "ProcessLookupError", "PythonFinalizationError", "RecursionError",
    "ReferenceError", "ResourceWarning", "RuntimeError", "RuntimeWarning", "StopAsyncIteration", "StopIteration", "SyntaxError", "SyntaxWarning",
    "SystemError", "SystemExit", "TabError", "TimeoutError", "TypeError", "UnboundLocalError", "UnicodeDecodeError", "UnicodeEncodeError",
    "UnicodeError", "UnicodeTranslateError", "UnicodeWarning", "UserWarning", "ValueError", "Warning", "ZeroDivisionError",
];

/// A builtin function, class or exception, `builtins.len`.
pub fn builtin(name: &str) -> Option<Binding> {
    let known = FUNCTIONS.binary_search(&name).is_ok() || EXCEPTIONS.contains(&name);
    known.then(|| Binding::Ref(format!("builtins.{name}")))
}

pub(crate) fn builtin_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().chain(EXCEPTIONS).copied()
}

/// Whether `raise` may name it, as far as can be told here.
pub(crate) fn may_be_exception(reference: &str) -> bool {
    reference.strip_prefix("builtins.").is_none_or(|name| EXCEPTIONS.contains(&name))
}

/// The canonical name of a module whose attributes the compiler knows.
fn canonical_module(name: &str) -> Option<&'static str> {
    Some(match name {
        "math" => "math",
        "cmath" => "cmath",
        "random" => "random",
        "operator" => "operator",
        "functools" => "functools",
        "builtins" => "builtins",
        "numpy" => "numpy",
        "numpy.linalg" => "numpy.linalg",
        "numpy.random" => "numpy.random",
        "numpy.fft" => "numpy.fft",
        "numpy.polynomial" => "numpy.polynomial",
        "numpy.polynomial.polynomial" => "numpy.polynomial.polynomial",
        "numpy.polynomial.polyutils" => "numpy.polynomial.polyutils",
        "numpy.exceptions" => "numpy.exceptions",
        "numpy.lib" => "numpy.lib",
        "numpy.lib.stride_tricks" => "numpy.lib.stride_tricks",
        "zouk" | "numba" => "zouk",
        "zouk.cuda" | "numba.cuda" => "zouk.cuda",
        "zouk.extending" | "numba.extending" => "zouk.extending",
        "zouk.types" | "numba.types" | "numba.core.types" => "zouk.types",
        _ => return None,
    })
}

/// Whether the compiler knows the module by this name.
pub fn is_known_module(name: &str) -> bool {
    canonical_module(name).is_some()
}

/// Whether a reference is no function but a value that a thread of a kernel has: `cuda.threadIdx.x`, `cuda.laneid`.
pub(crate) fn is_value_of_thread(reference: &str) -> bool {
    reference.strip_prefix(CUDA).is_some_and(|rest| match rest.split_once('.') {
        Some((of, axis)) => matches!(of, "threadIdx" | "blockIdx" | "blockDim" | "gridDim") && matches!(axis, "x" | "y" | "z"),
        None => matches!(rest, "laneid" | "warpsize"),
    })
}

/// What the names in the module of kernels begin with. Its objects are references, and so are their attributes: `cuda.shared.array`.
pub const CUDA: &str = "zouk.cuda.";
/// The function whose loops may run on several threads.
pub const PRANGE: &str = "zouk.prange";

pub(crate) fn module(name: &str) -> Option<Binding> {
    canonical_module(name).map(|name| Binding::Module(name.into()))
}

/// `module.name` of a known module: a submodule, a constant such as `math.pi`, a type by its canonical NumPy name, or a reference.
/// Whether a function of that name exists is known to inference.
pub fn library_attribute(module: &str, name: &str) -> Option<Binding> {
    let module = canonical_module(module)?;
    let path = format!("{module}.{name}");
    if let Some(submodule) = canonical_module(&path) {
        return Some(Binding::Module(submodule.into()));
    }
    if module == "builtins" {
        return builtin(name);
    }
    if let Some(value) = library_constant(module, name) {
        return Some(Binding::Constant(value));
    }
    if let Some(dtype) = Ty::from_module_name(module, name).and_then(|ty| ty.numpy_name()) {
        return Some(Binding::Ref(format!("numpy.{dtype}")));
    }
    Some(Binding::Ref(path))
}

fn library_constant(module: &str, name: &str) -> Option<Constant> {
    use std::f64::consts;
    if !matches!(module, "math" | "cmath" | "numpy") {
        return None;
    }
    Some(match name {
        "pi" => consts::PI.into(),
        "e" => consts::E.into(),
        "tau" if module != "numpy" => consts::TAU.into(),
        "inf" => f64::INFINITY.into(),
        "nan" => f64::NAN.into(),
        "infj" if module == "cmath" => Constant::Complex(0.0, f64::INFINITY),
        "nanj" if module == "cmath" => Constant::Complex(0.0, f64::NAN),
        "euler_gamma" if module == "numpy" => 0.577_215_664_901_532_9.into(),
        "newaxis" if module == "numpy" => Constant::None,
        _ => return None,
    })
}
