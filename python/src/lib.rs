//! `zouk._zouk`: the extension module behind the Python package `zouk`. The only crate that knows Python objects.

mod call;
mod compile;
mod core;
mod dispatcher;
mod environment;
mod errors;
mod fingerprint;
mod functions;
mod library;
mod module;
mod numpy;
mod print;
mod provider;
mod raise;
mod records;
mod scalar;
mod select;
mod source;
mod ufunc;
mod unchanged;
