//! What a kernel returns, and the border between it and compiled code: raw arrays become slices, panics a status.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// All is well.
pub const FINE: i64 = 0;
/// All is well, and a NaN was met (only `zouk_select`).
pub const NAN: i64 = -1;
/// The operation has no result for these values: a singular matrix, one that is not positive definite, a sorter's index out of range.
pub const UNDEFINED: i64 = 1;
/// An iteration does not converge.
pub const NO_CONVERGENCE: i64 = 2;
/// There is no memory for intermediate results.
pub const OUT_OF_MEMORY: i64 = 3;
/// A size is negative or too large, an index out of range, a pointer null or not aligned.
pub const BAD_ARGUMENT: i64 = 4;
/// A bug: a panic was caught.
pub const PANIC: i64 = 5;

/// Success, or success of a special kind, or one of the statuses above.
pub type Status = Result<i64, i64>;

/// Runs a kernel's body. Its outputs have any values if it fails. What happens on the way is no business of who asks which floating-point exceptions occurred, as
/// NumPy's ufuncs do: a norm that is first scaled up may overflow.
pub fn guarded(body: impl FnOnce() -> Status) -> i64 {
    // SAFETY: flags of the thread are read.
    let before = unsafe { fetestexcept(FLAGS) };
    let result = catch_unwind(AssertUnwindSafe(body));
    // SAFETY: flags of the thread are read and written.
    unsafe {
        let new = fetestexcept(FLAGS) & !before;
        if new != 0 {
            feclearexcept(new);
        }
    }
    match result {
        Ok(Ok(status) | Err(status)) => status,
        Err(_) => PANIC,
    }
}

/// Exceptions of floating-point arithmetic that NumPy looks for: all but the inexact one.
const FLAGS: c_int = if cfg!(target_arch = "x86_64") { 0x1d } else { 0x0f };

unsafe extern "C" {
    fn feclearexcept(flags: c_int) -> c_int;
    fn fetestexcept(flags: c_int) -> c_int;
}

/// A size of compiled code.
pub fn size(n: i64) -> Result<usize, i64> {
    usize::try_from(n).map_err(|_| BAD_ARGUMENT)
}

/// The number of elements of an array of these sizes.
pub fn count(sizes: &[i64]) -> Result<i64, i64> {
    sizes.iter().try_fold(1i64, |product, n| product.checked_mul(*n)).ok_or(BAD_ARGUMENT)
}

fn checked<T>(data: *const T, n: i64) -> Result<usize, i64> {
    let n = size(n)?;
    let fits = n.checked_mul(size_of::<T>()).is_some_and(|bytes| bytes <= isize::MAX as usize);
    if fits && (n == 0 || !data.is_null() && data.is_aligned()) { Ok(n) } else { Err(BAD_ARGUMENT) }
}

/// # Safety
/// `data` has `n` elements, which nobody writes meanwhile; any pointer will do where `n` is not positive.
pub unsafe fn input<'a, T>(data: *const T, n: i64) -> Result<&'a [T], i64> {
    let n = checked(data, n)?;
    // SAFETY: the caller's promise; an empty slice is at no place of the caller's.
    Ok(if n == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, n) } })
}

/// # Safety
/// `data` has `n` elements that only the caller uses meanwhile; any pointer will do where `n` is not positive.
pub unsafe fn output<'a, T>(data: *mut T, n: i64) -> Result<&'a mut [T], i64> {
    let n = checked(data, n)?;
    // SAFETY: as above.
    Ok(if n == 0 { &mut [] } else { unsafe { std::slice::from_raw_parts_mut(data, n) } })
}

/// An empty vector with room for `n` elements.
pub fn room<T>(n: usize) -> Result<Vec<T>, i64> {
    let mut room = Vec::new();
    room.try_reserve_exact(n).map_err(|_| OUT_OF_MEMORY)?;
    Ok(room)
}

/// `n` copies of `value`.
pub fn filled<T: Copy>(n: usize, value: T) -> Result<Vec<T>, i64> {
    let mut vector = room(n)?;
    vector.resize(n, value);
    Ok(vector)
}
