//! Whether a text still says what a live function does: it is compiled by Python itself, and the code objects are compared.
//!
//! A file may have been edited since it was imported. Only what a function computes counts, so lines and columns are left out.

use pyo3::{
    prelude::*,
    types::{PyCode, PyDict, PyFrozenSet, PyInt, PyModule, PyTuple},
};

/// The names and numbers that, with the constants, say what a code object does.
const PARTS: [&str; 10] = [
    "co_code",
    "co_name",
    "co_names",
    "co_varnames",
    "co_freevars",
    "co_cellvars",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_exceptiontable",
];

/// Flags of `from __future__` imports, which hold for a whole file.
const FUTURE: u32 = 0x1fe_0000;

/// Whether the text of a `def`, indented as it stands in its file, compiles to the function's code.
pub fn says(text: &str, function: &Bound<PyAny>, code: &Bound<PyAny>) -> bool {
    let enclosing = Enclosing::of(code);
    let indentation: String = first_code_line(text).chars().take_while(|c| matches!(c, ' ' | '\t' | '\u{c}')).collect();
    let headers = if indentation.is_empty() { vec![] } else { enclosing.headers() };
    if headers.len() > indentation.len() {
        return false;
    }
    let depth = headers.len();
    let mut whole: String = headers.iter().enumerate().map(|(i, header)| format!("{}{header}\n", &indentation[..i])).collect();
    if depth == 0 && !indentation.is_empty() {
        whole.push_str("if 1:\n");
    }
    whole.push_str(text);
    compiles_to(&whole, depth, function, code)
}

/// The same for the text of a lambda.
pub fn lambda_says(text: &str, function: &Bound<PyAny>, code: &Bound<PyAny>) -> bool {
    let headers = Enclosing::of(code).headers();
    let mut whole: String = headers.iter().enumerate().map(|(i, header)| format!("{}{header}\n", " ".repeat(i))).collect();
    whole.push_str(&format!("{}({text}\n)\n", " ".repeat(headers.len())));
    compiles_to(&whole, headers.len(), function, code)
}

/// The same for the text of a whole file: whether a function of this name that starts on this line has this code.
pub fn file_says(text: &str, code: &Bound<PyAny>) -> bool {
    fn any_in(found: &Bound<PyAny>, code: &Bound<PyAny>) -> PyResult<bool> {
        for constant in found.getattr("co_consts")?.cast_into::<PyTuple>()?.iter().filter(|constant| constant.cast::<PyCode>().is_ok()) {
            let here = constant.getattr("co_firstlineno")?.eq(code.getattr("co_firstlineno")?)?;
            if here && same_code(&constant, code)? || any_in(&constant, code)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    compiled(text, code).and_then(|found| any_in(&found, code)).unwrap_or(false)
}

fn compiles_to(text: &str, depth: usize, function: &Bound<PyAny>, code: &Bound<PyAny>) -> bool {
    let same = |imports: &[String]| -> PyResult<bool> {
        let imports: String = imports.iter().map(|name| format!("import {name}\n")).collect();
        let mut found = compiled(&(imports + text), code)?;
        for _ in 0..depth {
            // The headers have no defaults and no decorators: the only code among their constants is that of their body.
            let Some(inner) = last_code(&found, None)? else { return Ok(false) };
            found = inner;
        }
        let name: String = code.getattr("co_name")?.extract()?;
        // Decorators and defaults may hold lambdas; the function's own code comes after theirs.
        last_code(&found, Some(&name))?.map_or(Ok(false), |found| same_code(&found, code))
    };
    let modules = modules_named(function, code).unwrap_or_default();
    same(&modules).unwrap_or(false) || (!modules.is_empty() && same(&[]).unwrap_or(false))
}

/// Names of the code that are modules in the function's globals. Python calls the attributes of what a file imports in another way than
/// methods, whatever the names are bound to where they are used.
fn modules_named(function: &Bound<PyAny>, code: &Bound<PyAny>) -> PyResult<Vec<String>> {
    let globals = function.getattr("__globals__")?.cast_into::<PyDict>()?;
    let mut modules = vec![];
    for part in ["co_names", "co_varnames", "co_freevars"] {
        for name in code.getattr(part)?.extract::<Vec<String>>()? {
            if globals.get_item(&name)?.is_some_and(|value| value.cast::<PyModule>().is_ok()) {
                modules.push(name);
            }
        }
    }
    Ok(modules)
}

/// What Python makes of the text. It has warned about it when the file was imported.
fn compiled<'py>(text: &str, code: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = code.py();
    let warnings = py.import("warnings")?;
    let quiet = warnings.call_method0("catch_warnings")?;
    quiet.call_method0("__enter__")?;
    let compile = || {
        warnings.call_method1("simplefilter", ("ignore",))?;
        let options = PyDict::new(py);
        options.set_item("flags", code.getattr("co_flags")?.extract::<u32>()? & FUTURE)?;
        options.set_item("dont_inherit", true)?;
        py.import("builtins")?.getattr("compile")?.call((text, "<zouk>", "exec"), Some(&options))
    };
    let result = compile();
    quiet.call_method1("__exit__", (py.None(), py.None(), py.None()))?;
    result
}

fn last_code<'py>(of: &Bound<'py, PyAny>, name: Option<&str>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let constants = of.getattr("co_consts")?.cast_into::<PyTuple>()?;
    let mut found = None;
    for constant in constants.iter().filter(|constant| constant.cast::<PyCode>().is_ok()) {
        if name.is_none_or(|name| constant.getattr("co_name").is_ok_and(|own| own.eq(name).unwrap_or(false))) {
            found = Some(constant);
        }
    }
    Ok(found)
}

fn same_code(a: &Bound<PyAny>, b: &Bound<PyAny>) -> PyResult<bool> {
    for part in PARTS {
        // The table of exceptions came with Python 3.11.
        if let (Some(a), Some(b)) = (a.getattr_opt(part)?, b.getattr_opt(part)?)
            && !a.eq(b)?
        {
            return Ok(false);
        }
    }
    same_constant(&a.getattr("co_consts")?, &b.getattr("co_consts")?)
}

/// Equal in type too: 1, 1.0 and True are not the same constant, nor are 0.0 and -0.0.
fn same_constant(a: &Bound<PyAny>, b: &Bound<PyAny>) -> PyResult<bool> {
    if !a.get_type().is(b.get_type()) {
        return Ok(false);
    }
    if a.cast::<PyCode>().is_ok() {
        return same_code(a, b);
    }
    if let (Ok(a), Ok(b)) = (a.cast::<PyTuple>(), b.cast::<PyTuple>()) {
        let mut pairs = a.iter().zip(b.iter());
        return Ok(a.len() == b.len() && pairs.try_fold(true, |same, (a, b)| PyResult::Ok(same && same_constant(&a, &b)?))?);
    }
    if a.cast::<PyInt>().is_ok() || a.cast::<PyFrozenSet>().is_ok() {
        return a.eq(b);
    }
    a.repr()?.as_any().eq(b.repr()?)
}

fn first_code_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')).unwrap_or_default()
}

/// What a function stands in, as far as its code depends on it: a class mangles names, a function has variables.
struct Enclosing {
    class: Option<String>,
    /// The class is the innermost of the two.
    is_method: bool,
    /// The variables that the code takes from functions around it.
    free: Vec<String>,
    in_function: bool,
}

impl Enclosing {
    fn of(code: &Bound<PyAny>) -> Enclosing {
        let text = |name: &str| code.getattr(name).and_then(|value| value.extract::<String>()).unwrap_or_default();
        let qualified = text("co_qualname");
        let is_method = qualified.rsplit('.').nth(1).is_some_and(|owner| !owner.starts_with('<'));
        let free: Vec<String> = code.getattr("co_freevars").and_then(|names| names.extract()).unwrap_or_default();
        Enclosing { class: class_of(&qualified).map(str::to_string), is_method, in_function: qualified.contains("<locals>") || !free.is_empty(), free }
    }

    fn headers(&self) -> Vec<String> {
        let class = self.class.as_ref().map(|class| format!("class {class}:"));
        // A class has its own `__class__`.
        let free: Vec<&str> = self.free.iter().map(String::as_str).filter(|name| *name != "__class__").collect();
        let function = self.in_function.then(|| format!("def _({}):", free.join(", ")));
        let both = if self.is_method { [function, class] } else { [class, function] };
        both.into_iter().flatten().collect()
    }
}

/// The class whose body a function is in, by its qualified name: the last part that is neither a function, nor a comprehension, nor the
/// name itself.
pub fn class_of(qualified: &str) -> Option<&str> {
    let parts: Vec<&str> = qualified.split('.').collect();
    let is_class = |i: &usize| !parts[*i].starts_with('<') && parts[i + 1] != "<locals>";
    (0..parts.len() - 1).rev().find(is_class).map(|i| parts[i])
}

/// Whether Python compiles the text at all.
pub fn is_python(code: &Bound<PyAny>, text: &str) -> bool {
    compiled(text, code).is_ok()
}

/// Whether the code, or code in it, has names that no text can spell: a rewriter of syntax trees made them.
pub fn has_odd_names(code: &Bound<PyAny>) -> bool {
    let odd = |part: &str| code.getattr(part)?.extract::<Vec<String>>().map(|names| names.iter().any(|name| name.contains('@')));
    let inner = || -> PyResult<bool> {
        let constants = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
        Ok(constants.iter().any(|constant| constant.cast::<PyCode>().is_ok() && has_odd_names(&constant)))
    };
    odd("co_names").unwrap_or(false) || odd("co_varnames").unwrap_or(false) || inner().unwrap_or(false)
}
