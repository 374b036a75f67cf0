//! Python that is not compiled: how it is called, and what to write instead.

use rustpython_parser::ast::{Expr, Stmt};

/// The construct's name in the plural or with its article, and what to do.
pub(crate) type Refusal = (&'static str, &'static str);

const MOVE_OUT: &str = "do this outside the compiled function and pass the result in";
const USE_ARRAY: &str = "use a tuple, or a NumPy array made by `np.empty` or `np.zeros`";
const WRITE_LOOP: &str = "write a `for` loop that fills an array made before it";

pub(crate) const WITH: Refusal = ("`with`, but for `with objmode(…)` and `with parallel_chunksize(n)`,", MOVE_OUT);

pub(crate) fn statement(stmt: &Stmt) -> Refusal {
    match stmt {
        Stmt::AsyncFunctionDef(_) => ("an async function", MOVE_OUT),
        Stmt::ClassDef(_) => ("a class definition", "define the class outside the compiled function"),
        Stmt::TypeAlias(_) => ("a type alias", "leave it out, or move it outside the compiled function"),
        Stmt::AsyncFor(_) => ("`async for`", MOVE_OUT),
        Stmt::With(_) => WITH,
        Stmt::AsyncWith(_) => ("`async with`", MOVE_OUT),
        Stmt::Match(_) => ("`match` with patterns of mappings, or of classes by position,", "write it with `if` and `elif`, or name the attributes: `case Point(x=0)`"),
        Stmt::Try(_) | Stmt::TryStar(_) => ("`try`", "let the exception leave the compiled function and catch it in the caller"),
        Stmt::Import(_) | Stmt::ImportFrom(_) => ("`import` in a function", "import the module at the top of the file"),
        Stmt::Global(_) => ("`global`", "global variables are constants in compiled code: pass the value in and return the new one"),
        Stmt::Nonlocal(_) => ("`nonlocal`", "a captured variable is not assigned by compiled code: pass the value in and return the new one"),
        _ => ("this statement", MOVE_OUT),
    }
}

pub(crate) fn expression(expr: &Expr) -> Refusal {
    match expr {
        Expr::Dict(_) => ("a dict display", USE_ARRAY),
        Expr::Set(_) => ("a set display", USE_ARRAY),
        Expr::SetComp(_) => ("a set comprehension", WRITE_LOOP),
        Expr::DictComp(_) => ("a dict comprehension", WRITE_LOOP),
        Expr::GeneratorExp(_) => ("a generator expression that is not the argument of `sum`, `any`, `all`, `min` or `max`", "write a `for` loop"),
        Expr::Await(_) => ("`await`", MOVE_OUT),
        Expr::Yield(_) | Expr::YieldFrom(_) => ("`yield`", "fill an array and return it"),
        Expr::JoinedStr(_) | Expr::FormattedValue(_) => ("an f-string", "`print` takes the values as separate arguments"),
        Expr::Starred(_) => ("`*` before an argument or element", "write the elements one by one"),
        Expr::Constant(_) => ("a bytes literal", "use an array of uint8"),
        _ => ("this expression", MOVE_OUT),
    }
}
