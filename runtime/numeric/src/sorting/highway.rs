//! The vectorised quicksort of Google's Highway (vqsort: Blacher, Giesen, Kühne: "Fast and Robust Vectorized In-Place Sorting of Primitive Types", 2021), where the library is
//! installed and the machine has vectors worth using. It is opened by name and asked for the members of its class `hwy::Sorter`. Without it, or with `ZOUK_HIGHWAY=0`, the other
//! ways of sorting are taken.

use libloading::Library;
use std::{ffi::c_void, sync::LazyLock};

/// Below this length, calling it costs more than it saves.
const SHORT: usize = 64;

/// A `hwy::Sorter`: what it keeps between sorts, if anything.
#[repr(C)]
struct Sorter {
    memory: *mut c_void,
}

type Member = unsafe extern "C" fn(*mut Sorter);
type Sort = unsafe extern "C" fn(*const Sorter, *mut c_void, usize);

struct Highway {
    construct: Member,
    delete: Member,
    /// Of the types that are [`Vectorised`].
    sorts: [Sort; 5],
    /// Functions of it are called as long as the process lives.
    _library: Library,
}

static HIGHWAY: LazyLock<Option<Highway>> = LazyLock::new(open);

fn open() -> Option<Highway> {
    if std::env::var_os("ZOUK_HIGHWAY").is_some_and(|value| value == "0") {
        return None;
    }
    #[cfg(target_arch = "x86_64")]
    if !std::arch::is_x86_feature_detected!("avx2") {
        return None;
    }
    // SAFETY: the library's initialisers do nothing but set variables of its own; the symbols are those of the class's members, of these types.
    unsafe {
        let library = Library::new("libhwy_contrib.so.1").ok()?;
        let sort = |letter: char| library.get::<Sort>(format!("_ZNK3hwy6SorterclEP{letter}mNS_13SortAscendingE")).ok().map(|symbol| *symbol);
        Some(Highway {
            construct: *library.get(b"_ZN3hwy6SorterC1Ev").ok()?,
            delete: *library.get(b"_ZN3hwy6Sorter6DeleteEv").ok()?,
            sorts: [sort('t')?, sort('j')?, sort('m')?, sort('i')?, sort('l')?],
            _library: library,
        })
    }
}

/// An integer that it sorts.
pub trait Vectorised: Copy {
    /// The place of its function.
    const PLACE: usize;
}

macro_rules! vectorised {
    ($($integer:ty: $place:expr),*) => {$(impl Vectorised for $integer {
        const PLACE: usize = $place;
    })*};
}

vectorised!(u16: 0, u32: 1, u64: 2, i32: 3, i64: 4);

/// Sorts, not stably, if that is the quickest way here.
pub fn sort<K: Vectorised>(data: &mut [K]) -> bool {
    let Some(highway) = (if data.len() < SHORT { &None } else { &*HIGHWAY }) else { return false };
    let mut sorter = Sorter { memory: std::ptr::null_mut() };
    // SAFETY: the sorter is constructed, and deleted once; the function is that for integers of this type.
    unsafe {
        (highway.construct)(&mut sorter);
        (highway.sorts[K::PLACE])(&sorter, data.as_mut_ptr().cast(), data.len());
        (highway.delete)(&mut sorter);
    }
    true
}
