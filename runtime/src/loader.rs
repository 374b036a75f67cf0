//! Loads object files into the process: one ORC session, one JITDylib per library.
//!
//! Names that an object leaves open are answered by [`crate::process`] when it is linked, never by another library.

mod session;

use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget};
use session::{Dylib, session};
use std::collections::HashMap;

pub use crate::process::{libmvec_available, sleef_available};
pub use session::initialize_native_target;

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("not an object file of this machine: {0}")]
    Malformed(String),
    #[error("the object does not link: {0}")]
    Link(String),
    #[error("the loader of compiled code cannot start: {0}")]
    Session(String),
}

/// A loaded object; its code and data go when it is dropped. Whoever calls into it keeps it alive.
#[derive(Debug)]
pub struct Library {
    symbols: HashMap<String, usize>,
    dylib: Option<Dylib>,
}

impl Library {
    /// Links `object` and finds the `names` in it; a name that is missing is an error.
    pub fn load(object: &[u8], names: &[&str]) -> Result<Library, LoadError> {
        Library::load_with(object, names, &[])
    }

    /// As `load`; of the names that the object leaves open, these have the given addresses.
    pub fn load_with(object: &[u8], names: &[&str], given: &[(String, usize)]) -> Result<Library, LoadError> {
        validate(object)?;
        let session = session()?;
        let dylib = session.take_dylib();
        let symbols = session.define(dylib, given).and_then(|()| session.add_object(dylib, object)).and_then(|()| session.look_up(dylib, names));
        match symbols {
            Ok(symbols) => Ok(Library { symbols, dylib: Some(dylib) }),
            Err(message) => {
                session.give_back(dylib);
                Err(LoadError::Link(message))
            }
        }
    }

    /// Lets objects that are loaded from now on use the names that `load` was given. The library stays for as long as the process.
    pub fn share(mut self) {
        crate::process::share(self.symbols.drain());
        std::mem::forget(self);
    }

    /// Whether [`Library::share`] has given objects the name.
    pub fn is_shared(name: &str) -> bool {
        crate::process::is_shared(name)
    }

    /// The address of one of the names that `load` was given.
    pub fn symbol(&self, name: &str) -> Option<*const ()> {
        self.symbols.get(name).map(|address| *address as *const ())
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        if let (Some(dylib), Ok(session)) = (self.dylib.take(), session()) {
            session.give_back(dylib);
        }
    }
}

/// The names that an object leaves open.
pub fn undefined(object: &[u8]) -> Result<Vec<String>, LoadError> {
    let file = object::File::parse(object).map_err(|e| LoadError::Malformed(e.to_string()))?;
    let open = file.symbols().filter(|symbol| symbol.is_undefined());
    Ok(open.filter_map(|symbol| symbol.name().ok().map(str::to_string)).collect())
}

/// LLVM's linkers trust their input in places; what they would stumble over is refused here.
fn validate(bytes: &[u8]) -> Result<(), LoadError> {
    let malformed = |reason: &str| LoadError::Malformed(reason.to_string());
    let file = object::File::parse(bytes).map_err(|e| LoadError::Malformed(e.to_string()))?;
    if file.kind() != object::ObjectKind::Relocatable {
        return Err(malformed("it is not relocatable"));
    }
    let native = if cfg!(target_arch = "aarch64") { object::Architecture::Aarch64 } else { object::Architecture::X86_64 };
    if file.architecture() != native {
        return Err(malformed("it is of another architecture"));
    }
    for section in file.sections() {
        let size = section.data().map_err(|e| LoadError::Malformed(e.to_string()))?.len() as u64;
        for (offset, relocation) in section.relocations() {
            let known = match relocation.target() {
                RelocationTarget::Symbol(symbol) => file.symbol_by_index(symbol).is_ok(),
                RelocationTarget::Section(section) => file.section_by_index(section).is_ok(),
                _ => true,
            };
            if !known || offset >= size.max(section.size()) {
                return Err(malformed("a relocation points outside"));
            }
        }
    }
    file.symbols().try_for_each(|symbol| match symbol.name() {
        Ok(_) if symbol.section_index().is_none_or(|section| file.section_by_index(section).is_ok()) => Ok(()),
        _ => Err(malformed("a symbol has no name or no section")),
    })
}
