//! Pointers that callers give: results are written through them, texts and arrays read.

use crate::driver::{Answer, codes, problem};
use std::ffi::{CStr, c_char};

/// Where a result goes.
#[repr(transparent)]
pub struct Out<T>(*mut T);

impl<T> Out<T> {
    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }

    pub fn set(&self, value: T) -> Answer {
        if self.0.is_null() {
            return problem(codes::INVALID_VALUE, "a null pointer for a result");
        }
        // SAFETY: the caller says that a value of this type may be written here.
        unsafe { self.0.write_unaligned(value) };
        Ok(())
    }

    /// Where a null pointer means that nobody asks.
    pub fn set_if_asked(&self, value: T) {
        if !self.0.is_null() {
            // SAFETY: as in `set`.
            unsafe { self.0.write_unaligned(value) };
        }
    }
}

/// An array or value that is read.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct In<T>(*const T);

impl<T: Copy> In<T> {
    pub fn of(address: u64) -> In<T> {
        In(address as *const T)
    }

    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    pub fn address(self) -> usize {
        self.0 as usize
    }

    pub fn at(self, index: usize) -> Answer<T> {
        if self.0.is_null() {
            return problem(codes::INVALID_VALUE, "a null pointer for an argument");
        }
        // SAFETY: the caller says that so many values are here.
        Ok(unsafe { self.0.add(index).read_unaligned() })
    }

    pub fn all(self, count: usize) -> Answer<Vec<T>> {
        (0..count).map(|index| self.at(index)).collect()
    }
}

/// Bytes from an address of the host.
pub fn bytes_at(address: usize, count: usize) -> Vec<u8> {
    if address == 0 {
        return Vec::new();
    }
    let mut bytes = vec![0; count];
    // SAFETY: the caller says that so many bytes are here.
    unsafe { std::ptr::copy_nonoverlapping(address as *const u8, bytes.as_mut_ptr(), count) };
    bytes
}

/// Writes bytes to an address of the host.
pub fn write_bytes(address: usize, bytes: &[u8]) {
    if address != 0 {
        // SAFETY: the caller says that there is room for so many bytes.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, bytes.len()) };
    }
}

/// A text that ends with a zero.
pub fn text(address: *const c_char) -> Answer<String> {
    if address.is_null() {
        return problem(codes::INVALID_VALUE, "a null pointer for a text");
    }
    // SAFETY: the caller says that a text with a zero at its end is here.
    Ok(unsafe { CStr::from_ptr(address) }.to_string_lossy().into_owned())
}
