//! Where the names that an object leaves open are found: the runtime's own table, libraries that were shared, the C and maths libraries, vector maths, and the compiler's.
//!
//! Libraries are opened by name and asked directly: what is in the process's global scope depends on who loaded us.

use crate::abi;
use libloading::Library;
use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

static RUNTIME: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| abi::symbols().iter().copied().collect());
/// Names of libraries that were shared.
static SHARED: LazyLock<RwLock<HashMap<String, usize>>> = LazyLock::new(RwLock::default);
static MATHS: LazyLock<Option<Library>> = LazyLock::new(|| open(&["libm.so.6", "libm.so", "libSystem.B.dylib"]));
static SLEEF: LazyLock<Option<Library>> = LazyLock::new(|| open(&["libsleef.so.3", "libsleef.3.dylib"]));
/// What the compiler calls where the CPU has no instructions: conversions of float16, quotients of 128 bits.
static COMPILER: LazyLock<Option<Library>> = LazyLock::new(|| open(&["libgcc_s.so.1"]));
static MVEC: LazyLock<Option<Library>> = LazyLock::new(|| open(&["libmvec.so.1"]));

/// The address of a name that compiled code may use.
pub fn find(name: &str) -> Option<usize> {
    let library = if name.starts_with("Sleef_") {
        &SLEEF
    } else if name.starts_with("_ZGV") {
        &MVEC
    } else if matches!(name, "__extendhfsf2" | "__truncsfhf2" | "__divti3" | "__modti3" | "__udivti3" | "__umodti3" | "__multi3") {
        &COMPILER
    } else {
        &MATHS
    };
    // libm depends on libc, so it also answers for `memcpy` and its like.
    RUNTIME.get(name).copied().or_else(|| shared(name)).or_else(|| address(library.as_ref()?, name))
}

/// Makes names known to [`find`], once.
pub fn share(names: impl Iterator<Item = (String, usize)>) {
    let mut known = SHARED.write().unwrap_or_else(PoisonError::into_inner);
    names.for_each(|(name, address)| _ = known.entry(name).or_insert(address));
}

pub fn is_shared(name: &str) -> bool {
    shared(name).is_some()
}

fn shared(name: &str) -> Option<usize> {
    SHARED.read().unwrap_or_else(PoisonError::into_inner).get(name).copied()
}

/// Whether SLEEF, vector maths of at most 1 ULP, can be called.
pub fn sleef_available() -> bool {
    SLEEF.is_some()
}

/// Whether glibc's vector maths of at most 4 ULP can be called.
pub fn libmvec_available() -> bool {
    MVEC.is_some()
}

fn open(names: &[&str]) -> Option<Library> {
    // SAFETY: the initialisers of these libraries have no preconditions.
    names.iter().find_map(|name| unsafe { Library::new(*name) }.ok())
}

fn address(library: &Library, name: &str) -> Option<usize> {
    // SAFETY: only the address is taken, as a plain pointer.
    let symbol = unsafe { library.get::<*const ()>(name.as_bytes()) }.ok()?;
    Some(*symbol as usize).filter(|address| *address != 0)
}
