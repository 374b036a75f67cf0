//! Numeric kernels behind NumPy's functions in compiled code: sorting and searching, linear algebra, Fourier transforms.
//!
//! Each is an `extern "C"` function `zouk_<operation>_<dtype>` on packed arrays in C order (complex numbers are pairs of floats) that
//! returns a [`status`]; what shapes and types mean, and which exception a status is, is the caller's business. None unwinds, starts a
//! thread, or aborts for want of memory.

pub mod element;
pub mod fourier;
pub mod half;
pub mod linalg;
pub mod sorting;
pub mod status;

/// The names compiled code may call and their addresses.
pub fn symbols() -> impl Iterator<Item = (&'static str, usize)> {
    sorting::symbols::TABLE.iter().chain(linalg::symbols::TABLE).chain(fourier::TABLE).map(|(name, address)| (*name, address()))
}
