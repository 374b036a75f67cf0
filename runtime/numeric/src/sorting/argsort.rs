//! The order of elements as indices. Stable, whatever is asked for: it costs nothing.
//!
//! The leading bits of a key and the index share a 64-bit integer. These are sorted; what is equal in the leading bits is sorted again by the
//! following ones.

use super::{highway, radix};
use crate::{
    element::{Element, Key},
    status::*,
};

/// Runs up to this length are sorted by whole keys.
const SHORT: usize = 16;

/// `np.argsort(data, kind="stable")`
pub fn argsort<T: Element>(data: &[T], out: &mut [i64]) -> Status {
    let mut scratch = filled(data.len(), 0u64)?;
    // SAFETY: integers of one size, of any bit pattern.
    let index = unsafe { std::slice::from_raw_parts_mut(out.as_mut_ptr().cast::<u64>(), out.len()) };
    index.iter_mut().zip(0..).for_each(|(slot, i)| *slot = i);
    let sorter = Sorter { key: |i| data[i as usize].key(), index_bits: (data.len() as u64).bits_above(0) };
    sorter.sort(index, &mut scratch);
    Ok(FINE)
}

/// The keys of elements by their indices, which take so many bits.
struct Sorter<F> {
    key: F,
    index_bits: u32,
}

impl<F> Sorter<F> {
    /// Sorts ascending indices by their keys. `scratch` is at least as long. The keys of a run differ in fewer bits than those of all, so that
    /// this is soon at an end.
    fn sort<K: Key>(&self, index: &mut [u64], scratch: &mut [u64])
    where
        F: Fn(u64) -> K,
    {
        if index.len() <= SHORT {
            return index.sort_unstable_by_key(|i| ((self.key)(*i), *i));
        }
        let keys = || index.iter().map(|i| (self.key)(*i));
        let first = (self.key)(index[0]);
        if keys().is_sorted() {
            return;
        }
        let (low, high) = keys().fold((first, first), |(low, high), key| (low.min(key), high.max(key)));
        let (bits, room) = (high.bits_above(low), u64::BITS - self.index_bits);
        let shift = bits.saturating_sub(room);
        for i in index.iter_mut() {
            *i |= (self.key)(*i).prefix(low, shift) << self.index_bits;
        }
        let to = self.index_bits + bits - shift;
        if highway::sort(index) {
            // Indices are ascending within equal leading bits.
        } else if radix::is_quick(index.len(), bits - shift) {
            radix::by_digits(index, &mut scratch[..index.len()], 0, self.index_bits, to);
        } else {
            index.sort_unstable();
        }
        self.finish(index, scratch, shift == 0);
    }

    /// Leaves the indices alone, and sorts those whose leading bits are equal.
    fn finish<K: Key>(&self, index: &mut [u64], scratch: &mut [u64], sorted: bool)
    where
        F: Fn(u64) -> K,
    {
        let mask = (1 << self.index_bits) - 1;
        if sorted {
            return index.iter_mut().for_each(|i| *i &= mask);
        }
        for run in index.chunk_by_mut(|a, b| a & !mask == b & !mask) {
            run.iter_mut().for_each(|i| *i &= mask);
            if run.len() > 1 {
                self.sort(run, scratch);
            }
        }
    }
}
