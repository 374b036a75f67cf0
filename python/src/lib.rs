//! `zouk._zouk`: the extension module behind the Python package `zouk`. The only crate that knows Python objects.

mod call;
mod compile;
mod core;
mod dispatcher;
mod environment;
mod errors;
mod extending;
mod fingerprint;
mod foreign;
mod functions;
mod library;
mod module;
mod named;
mod numpy;
mod object_mode;
mod outside;
mod print;
mod provider;
mod raise;
mod records;
mod scalar;
mod select;
mod source;
mod ufunc;
mod unchanged;
