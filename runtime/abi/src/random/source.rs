//! Where random bits come from: the runtime's own Mersenne Twister, or a bit generator of NumPy.

use std::ffi::c_void;

/// What NumPy's `bitgen_t` offers; the distributions are written over it.
pub trait Source {
    fn next_u32(&mut self) -> u32;
    fn next_u64(&mut self) -> u64;
    /// In [0, 1), a multiple of 2^-53.
    fn next_double(&mut self) -> f64;

    /// In [0, 1), a multiple of 2^-24.
    #[inline]
    fn next_float(&mut self) -> f32 {
        (self.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
    }
}

/// NumPy's `bitgen_t`, as the capsule of a bit generator holds it.
#[repr(C)]
pub struct BitGenerator {
    state: *mut c_void,
    uint64: unsafe extern "C" fn(*mut c_void) -> u64,
    uint32: unsafe extern "C" fn(*mut c_void) -> u32,
    double: unsafe extern "C" fn(*mut c_void) -> f64,
    raw: unsafe extern "C" fn(*mut c_void) -> u64,
}

impl<S: Source> Source for &mut S {
    #[inline]
    fn next_u32(&mut self) -> u32 {
        (**self).next_u32()
    }
    #[inline]
    fn next_u64(&mut self) -> u64 {
        (**self).next_u64()
    }
    #[inline]
    fn next_double(&mut self) -> f64 {
        (**self).next_double()
    }
}

impl Source for &BitGenerator {
    #[inline]
    fn next_u32(&mut self) -> u32 {
        // SAFETY: whoever passes a generator keeps it alive; the functions are made for this state.
        unsafe { (self.uint32)(self.state) }
    }
    #[inline]
    fn next_u64(&mut self) -> u64 {
        // SAFETY: as above.
        unsafe { (self.uint64)(self.state) }
    }
    #[inline]
    fn next_double(&mut self) -> f64 {
        // SAFETY: as above.
        unsafe { (self.double)(self.state) }
    }
}

/// C's conversion as x86 does it: what int64 cannot hold is its least value.
#[inline]
pub fn to_int(x: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&x) { x as i64 } else { i64::MIN }
}
