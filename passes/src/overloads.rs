//! Implementations that the program gives for functions, methods and attributes: whom inference asks.
//!
//! A question is one line of JSON: what is called, by which types and known values, and the number of the attempt. Who answers runs code of the
//! program, which this crate knows nothing of; the driver says who that is while it compiles.

use crate::functions::{Const, TyArg};
use std::cell::Cell;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;
use zouk_dialects::ty::Ty;

/// What stands in a call for the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Function,
    Method,
    Attribute,
}

/// What is said to an attempt.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Nothing is registered for it; later attempts get the same answer.
    End,
    /// The overload gives no implementation for these types.
    Declined,
    /// It raised, or gave what cannot be compiled.
    Failed(Diagnostic),
    /// The function of the module with this symbol. `literal`: known arguments are constants in it.
    Function { symbol: String, literal: bool },
    /// A function of the module that has its types already: an intrinsic's.
    Typed { symbol: String, parameters: Vec<Ty>, result: Ty },
}

/// Knows the program's implementations.
pub trait Overloads {
    /// The answer, and the functions that were put into the module for it, at stage `py`. An error ends the compilation.
    fn ask<'c>(&self, module: Op<'c>, question: &str) -> Result<(Answer, Vec<Op<'c>>), Diagnostic>;

    /// Says that the entry function asks for the value of a parameter: an instance is needed for each.
    fn need_value(&self, parameter: usize);
}

thread_local!(static CURRENT: Cell<Option<*const dyn Overloads>> = const { Cell::new(None) });

/// Puts back what was before.
struct Restore(Option<*const dyn Overloads>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// Runs with these implementations known to passes on this thread.
pub fn with<R>(overloads: &dyn Overloads, run: impl FnOnce() -> R) -> R {
    // SAFETY: only the lifetime changes, and `Restore` drops the pointer before `overloads` dies.
    let pointer = unsafe { std::mem::transmute::<*const (dyn Overloads + '_), *const (dyn Overloads + 'static)>(overloads) };
    let _restore = Restore(CURRENT.replace(Some(pointer)));
    run()
}

/// Those of the compilation on this thread; nothing where none are known.
pub fn current<R>(use_it: impl FnOnce(&dyn Overloads) -> R) -> Option<R> {
    // SAFETY: `with` is on the stack of this thread, and keeps what it points to alive.
    CURRENT.get().map(|pointer| use_it(unsafe { &*pointer }))
}

/// The question without the number of the attempt, which `attempt` adds.
pub fn question(kind: Kind, name: &str, positional: &[TyArg], named: &[(&str, TyArg)]) -> String {
    let kind = match kind {
        Kind::Function => "function",
        Kind::Method => "method",
        Kind::Attribute => "attribute",
    };
    let argument = |argument: &TyArg| format!("[{}, {}]", text(&argument.ty.to_string()), argument.constant.as_ref().map_or("null".into(), value));
    let positional: Vec<String> = positional.iter().map(argument).collect();
    let named: Vec<String> = named.iter().map(|(name, given)| format!("{}: {}", text(name), argument(given))).collect();
    format!("{{\"kind\": \"{kind}\", \"name\": {}, \"positional\": [{}], \"named\": {{{}}}", text(name), positional.join(", "), named.join(", "))
}

/// In the place of a number: whether there is any overload of that name.
pub const WHETHER: i32 = -1;

/// Attempt number `i` at a question.
pub fn attempt(question: &str, i: i32) -> String {
    format!("{question}, \"attempt\": {i}}}")
}

fn text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if (c as u32) < 0x20 || c == '\u{7f}' => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn value(value: &Const) -> String {
    match value {
        Const::Bool(value) => value.to_string(),
        Const::Int(value) => value.to_string(),
        Const::Str(value) => text(value),
        Const::Tuple(parts) => format!("[{}]", parts.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        // Of other types no value has a literal type.
        Const::None | Const::Float(_) | Const::Dynamic => "null".into(),
    }
}
