//! Blocks that the interpreter runs.

/// # Safety
/// As of `zouk_call_python`.
pub unsafe fn call(_block: usize, _types: &str, _arguments: *const u64, _results: *mut u64) -> bool {
    false
}
