//! Python text to the dialect `py`: finding functions in source, resolving names, liveness, and lowering with located diagnostics.
//!
//! Knows nothing of the interpreter: what a global name stands for is asked of an [`Environment`].

mod ast;
mod constant;
mod environment;
mod find;
mod fold;
mod literal;
mod liveness;
mod lower;
mod matching;
mod nest;
mod object_block;
mod scope;
mod source;
mod stack;
mod static_environment;
mod unsupported;

pub use constant::{Constant, Scalar};
pub use environment::{Binding, CUDA, Environment, NAMED, TYPING, builtin, is_known_module, library_attribute};
pub use find::{Find, Function, find_function, find_lambdas};
pub use literal::parse_literal;
pub use lower::{Attributes, Definition, lower_function};
pub use object_block::ObjectBlock;
pub use source::{Source, function_block};
pub use static_environment::{File, StaticEnvironment};
