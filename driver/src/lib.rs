//! Python text in, any stage out: `compile` makes callable code, `inspect` the text of a stage.

mod build;
mod c_library;
pub mod codegen;
mod compile;
mod error;
mod fatal;
mod interop;
mod render;
mod request;
mod session;
mod signature;
pub mod target;

pub use build::build;
pub use c_library::{CLibrary, CLibraryError};
pub use compile::{Compiled, compile, inspect, object_code, text as stage_text};
pub use error::CompileError;
pub use interop::{Argument, Element, FromSlots, Jit, JitError, Returned, slot_count};
pub use request::{FileProvider, Options, Provider, Request};
pub use session::{Dump, Session, Timing};
pub use signature::{parse_signature, parse_type};
pub use zouk_passes::pipeline::Stage;
