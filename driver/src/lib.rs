//! Python text in, any stage out.

pub mod codegen;
pub mod target;
