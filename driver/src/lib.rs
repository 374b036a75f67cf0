//! Python text in, any stage out: `compile` makes callable code, `inspect` the text of a stage.

mod build;
mod classes;
mod c_library;
pub mod codegen;
mod compile;
mod error;
mod fatal;
mod interop;
mod kernels;
mod library;
mod offload;
mod overloads;
mod render;
mod request;
pub mod cuda;
mod session;
mod signature;
mod simt;
mod slots;
pub mod target;

pub use build::build;
pub use c_library::{CLibrary, CLibraryError};
pub use compile::{Compiled, UfuncLoop, compile, inspect, object_code, text as stage_text};
pub use error::CompileError;
pub use library::functions as library_functions;
pub use interop::{Argument, Element, FromSlots, Jit, JitError, Returned};
pub use zouk_passes::foreign;
pub use request::{ClassSource, External, FileProvider, Options, Overload, Provider, Request, Role, Stencil, Ufunc, Value};
pub use session::{Dump, Session, Timing};
pub use simt::{CudaOptions, Simt};
pub use signature::{parse_signature, parse_type};
pub use slots::slot_count;
pub use zouk_passes::pipeline::Stage;

/// For programs of the command line: a reader that goes away (`| head`) ends them, as it ends other programs. Rust would panic.
pub fn end_quietly_on_broken_pipe() {
    unsafe extern "C" {
        fn signal(number: i32, handler: usize) -> usize;
    }
    const SIGPIPE: i32 = 13;
    const SIG_DFL: usize = 0;
    // SAFETY: the default action needs no handler.
    unsafe { signal(SIGPIPE, SIG_DFL) };
}

/// Tells the passes who knows the library, and who makes PTX.
pub fn register_with_passes() {
    library::register();
    offload::register();
}
