//! `zouk._zouk`: the extension module behind the Python package `zouk`. The only crate that knows Python objects.

mod adopt;
mod call;
mod classes;
mod compile;
mod core;
mod dispatcher;
mod environment;
mod errors;
mod extending;
mod fingerprint;
mod library;
mod module;
mod numpy;
mod object;
mod print;
mod provider;
mod raise;
mod records;
mod scalar;
mod select;
mod source;
mod ufunc;
mod unchanged;
