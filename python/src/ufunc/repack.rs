//! Calls of a loop with arrays whose strides are no multiples of their elements' size, as fields of records have them: by packed copies.

use super::{Loop, Operand};
use ::numpy::npyffi::npy_intp;
use std::{ffi::c_char, slice};

/// What a loop answers when it cannot take such strides.
pub const STATUS: i32 = 2;

/// One operand at one step.
struct Core<'a> {
    operand: &'a Operand,
    sizes: Vec<npy_intp>,
    strides: Vec<npy_intp>,
}

impl Core<'_> {
    fn count(&self) -> usize {
        self.sizes.iter().product::<npy_intp>() as usize
    }

    /// In C order.
    fn packed_strides(&self) -> Vec<npy_intp> {
        let mut strides = vec![self.operand.bytes() as npy_intp; self.sizes.len()];
        for axis in (1..strides.len()).rev() {
            strides[axis - 1] = strides[axis] * self.sizes[axis];
        }
        strides
    }

    /// Calls `visit` with the place of each element, in bytes from the first one, and the number of the element.
    fn each(&self, mut visit: impl FnMut(npy_intp, usize)) {
        for i in 0..self.count() {
            let mut rest = i as npy_intp;
            let mut place = 0;
            for (size, stride) in self.sizes.iter().zip(&self.strides).rev() {
                place += rest % size * stride;
                rest /= size;
            }
            visit(place, i);
        }
    }
}

/// # Safety
/// The arguments are those of the loop.
pub unsafe fn run(l: &Loop, arguments: *const *mut c_char, dimensions: *const npy_intp, steps: *const npy_intp) -> i32 {
    let count = l.operands.len();
    let mut core_steps = count;
    let mut cores = vec![];
    for operand in &l.operands {
        // SAFETY: NumPy passes a step for each operand, then one for each of their core dimensions.
        unsafe {
            let sizes = operand.core.iter().map(|d| *dimensions.add(1 + d)).collect();
            cores.push(Core { operand, sizes, strides: slice::from_raw_parts(steps.add(core_steps), operand.core.len()).to_vec() });
        }
        core_steps += operand.core.len();
    }
    let packed_steps: Vec<npy_intp> = vec![0; count].into_iter().chain(cores.iter().flat_map(Core::packed_strides)).collect();
    // Blocks of 8 bytes, so that elements are aligned.
    let mut copies: Vec<Vec<u64>> = cores.iter().map(|core| vec![0; (core.count() * core.operand.bytes()).div_ceil(8).max(1)]).collect();
    let mut places: Vec<*mut c_char> = copies.iter_mut().map(|copy| copy.as_mut_ptr().cast()).collect();
    // SAFETY: as above; a copy has room for each element.
    unsafe {
        let mut one: Vec<npy_intp> = slice::from_raw_parts(dimensions, l.dimensions()).to_vec();
        let outer = std::mem::replace(&mut one[0], 1);
        for step in 0..outer {
            let first = |k: usize| (*arguments.add(k)).offset(step * *steps.add(k));
            for (k, core) in cores.iter().enumerate() {
                let bytes = core.operand.bytes();
                core.each(|place, i| std::ptr::copy_nonoverlapping(first(k).offset(place), places[k].add(i * bytes), bytes));
            }
            let status = (l.code)(places.as_mut_ptr().cast_const(), one.as_ptr(), packed_steps.as_ptr());
            if status != 0 {
                return status;
            }
            for (k, core) in cores.iter().enumerate().filter(|(_, core)| core.operand.written) {
                let bytes = core.operand.bytes();
                core.each(|place, i| std::ptr::copy_nonoverlapping(places[k].add(i * bytes), first(k).offset(place), bytes));
            }
        }
    }
    0
}
