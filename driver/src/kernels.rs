//! The kernels of matrix products: compiled once for the machine, kept in the object cache and in the process, linked with the code that calls them.
//!
//! A kernel is the same for every function that multiplies, and takes longer to compile than most of them. Modules with `zouk.kernels` leave
//! kernels without a body; what stands by itself (object files, C libraries) holds its own.

use crate::build::machine;
use crate::codegen::{self, CodegenOptions, Output};
use crate::compile::key_of;
use crate::error::{CompileError, Sources};
use crate::session::{Session, Timing};
use crate::target;
use std::time::Instant;
use zouk_dialects::ir::{Module, module_op};
use zouk_passes::define_products::{is_kernel, kernel_module};
use zouk_passes::pipeline::Stage;
use zouk_runtime::cache::{Cache, Entry};
use zouk_runtime::loader::{Library, undefined};

/// Says of a module that it is linked with the kernels.
pub fn link(module: &Module) {
    module_op(module).set_unit("zouk.kernels");
}

/// Makes the kernels that the object calls known to the loader. Gives the time, if there were any.
pub fn provide(session: &Session, object: &[u8]) -> Result<Option<Timing>, CompileError> {
    let start = Instant::now();
    let names = undefined(object).map_err(|e| CompileError::internal(e.to_string()))?;
    let missing: Vec<String> = names.into_iter().filter(|name| is_kernel(name) && !Library::is_shared(name)).collect();
    for name in &missing {
        let entry = found_or_made(session, name)?;
        Library::load(&entry.object, &[name]).map_err(|e| CompileError::internal(e.to_string()))?.share();
    }
    Ok((!missing.is_empty()).then(|| Timing { stage: "kernels".into(), seconds: start.elapsed().as_secs_f64() }))
}

fn found_or_made(session: &Session, name: &str) -> Result<Entry, CompileError> {
    let key = key_of(&["kernel", name, &format!("{:?}", target::machine())]);
    let cache = Cache::open_default();
    if let Some(entry) = cache.as_ref().and_then(|cache| cache.get(&key)) {
        return Ok(entry);
    }
    let mut module = kernel_module(&session.context, name).ok_or_else(|| CompileError::internal(format!("there is no kernel `{name}`")))?;
    machine(module_op(&module));
    session.advance(&mut module, Stage::Loops, Stage::Llvm, &Sources::new(), None)?;
    let object = codegen::emit(&module, Output::Object, &CodegenOptions::default()).map_err(|e| CompileError::internal(e.to_string()))?;
    let entry = Entry { meta: name.into(), object };
    if let Some(cache) = cache {
        // A cache that cannot be written costs time, nothing else.
        let _ = cache.put(&key, &entry);
    }
    Ok(entry)
}
