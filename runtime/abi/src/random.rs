//! Random numbers, bit for bit those of NumPy and CPython.
//!
//! Three families, told apart by the second part of a name: `zouk_random_legacy_…` is `numpy.random`, whose generator each thread has for
//! itself; `zouk_random_generator_…` takes a bit generator of NumPy, whose state the program shares; `zouk_random_python_…` is Python's
//! `random`. A function draws one number; that with `_fill` after its name fills a packed array. Arguments have been checked.

mod bounded;
mod binomial;
mod choice;
mod continuous;
mod discrete;
mod exports;
mod hypergeometric;
mod legacy;
mod log_factorial;
mod mt19937;
mod python;
mod source;
mod state;
mod ziggurat;

pub use binomial::Binomial;
pub use exports::table;
