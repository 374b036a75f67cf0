//! Functions written in Python that the compiler brings along: where inference finds them.
//!
//! The driver knows their texts and the front end lowers them; this crate knows neither. The driver registers, once per process, who is asked.

use std::sync::OnceLock;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;

/// What the symbols of library functions begin with; no function of a program has such a symbol.
pub const PREFIX: &str = "library/";

/// What stands in place of the library's folder in messages and tracebacks.
pub const FOLDER: &str = "<zouk library>/";

/// Knows the library's functions by the names of the function tables: `numpy.median`, `array.sort()`, `array.real`.
pub trait Library: Send + Sync {
    /// The symbol of the function of that name.
    fn symbol(&self, name: &str) -> Option<String>;

    /// The symbol of `_norm_at_run_time` for that of `norm`, if there is such a function in its module: it takes the same arguments, of which fewer are literal.
    fn at_run_time(&self, symbol: &str) -> Option<String>;

    /// Appends the function with that symbol to the module, at stage `py`.
    fn lower<'c>(&self, module: Op<'c>, symbol: &str) -> Result<Op<'c>, Diagnostic>;

    /// The names of all functions but the private ones.
    fn names(&self) -> Vec<String>;
}

static LIBRARY: OnceLock<&'static dyn Library> = OnceLock::new();

/// Says who knows the library; the first to do so in a process stays.
pub fn register(library: &'static dyn Library) {
    let _ = LIBRARY.set(library);
}

/// The library; none in a program that has registered none.
pub fn get() -> Option<&'static dyn Library> {
    LIBRARY.get().copied()
}

/// Whether the symbol is that of a library function.
pub fn is_symbol(symbol: &str) -> bool {
    symbol.starts_with(PREFIX)
}
