//! Every symbol that compiled code may call, and the one table of them that the loader defines in each library.
//!
//! Inside a Python extension module these names are not in the process's global scope: the table is how they are found.

#[cfg(target_arch = "x86_64")]
use crate::vector_math::*;
use crate::offload::*;
use crate::parallel::{settings::*, *};
use crate::outside::*;
use crate::{arithmetic::*, complex::*, exception, kernel::*, memory, overlap::zouk_bounded_combination, packing::*, print, random};
use std::{ffi::c_char, sync::LazyLock};

/// Where an exception or a call stands in the Python source: a constant of the object. Text is NUL-terminated or null.
#[repr(C)]
pub struct Site {
    pub exception: *const c_char,
    pub message: *const c_char,
    pub file: *const c_char,
    pub function: *const c_char,
    pub line: i64,
    pub column: i64,
    pub end_line: i64,
    pub end_column: i64,
}

/// A new block of one reference, null when there is no memory. Its data starts 64 bytes after it.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_alloc(bytes: i64, zeroed: i32) -> *mut memory::Block {
    memory::alloc(bytes, zeroed != 0)
}

/// # Safety
/// `owner` is null, odd, or a live block.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_retain(owner: u64) {
    // SAFETY: the caller's promise.
    unsafe { memory::retain(owner) }
}

/// # Safety
/// `owner` is null, odd, or a live block of which the caller gives up one reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_release(owner: u64) {
    // SAFETY: the caller's promise.
    unsafe { memory::release(owner) }
}

/// A new instance of a class, of one reference, null when there is no memory: see [`memory::object`].
#[unsafe(no_mangle)]
pub extern "C" fn zouk_object(slots: i64, bits: u64) -> *mut memory::Block {
    memory::object(slots, bits)
}

/// A reference that a field of an instance may keep: see [`memory::own`].
///
/// # Safety
/// `owner` is null, odd, or a live block.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_own(owner: u64) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { memory::own(owner) }
}

/// Makes an exception pending on this thread; the caller then returns 1.
///
/// # Safety
/// `site` is null or valid; `kinds` is null or NUL-terminated; `arguments` has the slots that `kinds` asks for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_raise(site: *const Site, kinds: *const c_char, arguments: *const u64) {
    // SAFETY: the caller's promise.
    unsafe { exception::raise(site, kinds, arguments) }
}

/// Calls an entry point by its address.
///
/// # Safety
/// `entry` is one; `arguments` has the slots of its arguments, and `results` room for those of its result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_call_entry(entry: usize, arguments: *mut u64, results: *mut u64) -> i64 {
    // SAFETY: the caller's promise.
    unsafe {
        let entry: unsafe extern "C" fn(*mut u64, *mut u64) -> i32 = std::mem::transmute(entry);
        entry(arguments, results).into()
    }
}

/// The pending exception has left the function called at `site`.
///
/// # Safety
/// `site` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_traceback(site: *const Site) {
    // SAFETY: the caller's promise.
    unsafe { exception::traceback(site) }
}

/// # Safety
/// `text` has `length` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_print_text(text: *const u8, length: i64) {
    if !text.is_null() && length > 0 {
        // SAFETY: the caller's promise.
        let bytes = unsafe { std::slice::from_raw_parts(text, length as usize) };
        print::text(&String::from_utf8_lossy(bytes));
    }
}

/// One scalar as `print` shows it. `kind` is one of the letters of [`crate::text::Scalar`].
#[unsafe(no_mangle)]
pub extern "C" fn zouk_print_value(kind: i32, a: u64, b: u64) {
    print::value(kind as u8, a, b);
}

/// The end of `print(…, flush=True)`.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_print_flush() {
    print::flush_stream();
}

macro_rules! symbols {
    ($($(#[$condition:meta])? $name:ident)*) => {
        /// The names compiled code may call and their addresses.
        pub fn symbols() -> &'static [(&'static str, usize)] {
            static TABLE: LazyLock<Vec<(&str, usize)>> = LazyLock::new(|| {
                let own = [$($(#[$condition])? (stringify!($name), $name as *const () as usize)),*].to_vec();
                [own, random::table(), zouk_numeric::symbols().collect()].concat()
            });
            &TABLE
        }
    };
}

// Parallel regions (see `parallel`), as C sees them:
//     int64_t zouk_parallel_chunks(int64_t trips, int64_t cost, int64_t elements)
//     int32_t zouk_parallel_for(int32_t (*body)(const void *captures, int64_t chunk), const void *captures, int64_t chunks)
symbols! {
    zouk_alloc zouk_retain zouk_release zouk_object zouk_own
    zouk_raise zouk_traceback zouk_call_entry
    zouk_print_text zouk_print_value zouk_print_flush zouk_print_written
    zouk_ignore_exception zouk_call_python
    zouk_parallel_chunks zouk_parallel_for zouk_parallel_threads zouk_parallel_most_threads zouk_parallel_set_threads
    zouk_parallel_thread zouk_parallel_chunk_size zouk_parallel_set_chunk_size zouk_parallel_enter_chunk_size zouk_parallel_leave_chunk_size
    zouk_offload_chunks zouk_offload_launch zouk_offload_failed zouk_offload_hold zouk_offload_let_go zouk_offload_settle zouk_offload_resume
    zouk_kernel_begins zouk_kernel_shares zouk_kernel_arrives zouk_kernel_passes_by zouk_kernel_accesses
    zouk_pow_i64 zouk_pow_u64 zouk_pow_mod zouk_gcd_i64 zouk_round_i64
    zouk_mod_f64 zouk_mod_f32 zouk_floordiv_f64 zouk_floordiv_f32
    zouk_round_half_even zouk_gamma_f64 zouk_lgamma_f64 zouk_pow_c128 zouk_bounded_combination zouk_reshape_strides zouk_copy_packed
    #[cfg(target_arch = "x86_64")] zouk_log_f64x4
    #[cfg(target_arch = "x86_64")] zouk_pow_f64x4
}
