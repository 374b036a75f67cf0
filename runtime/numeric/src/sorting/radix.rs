//! Integers sorted by digits, the lowest first; stable.

use super::highway;
use crate::{
    element::{ByKey, Key},
    status::room,
};

/// Below this length, comparing is quicker.
const SHORT: usize = 2048;
/// With more digits than this, comparing is quicker.
const DIGITS: u32 = 5;
/// Bits of a digit: one more, and its places fall out of the caches of memory and address translation.
const WIDTH: u32 = 11;

/// What an array of ordered elements is sorted by.
pub trait Sortable: Ord + Copy {
    fn sort(data: &mut [Self]) {
        data.sort_unstable();
    }
}

impl<F> Sortable for ByKey<F> where ByKey<F>: Copy + Ord {}

macro_rules! sortable {
    ($($key:ty)*) => {$(
        impl Sortable for $key {
            fn sort(data: &mut [Self]) {
                if data.is_sorted() || highway::sort(data) {
                    return;
                }
                if data.len() < SHORT {
                    return data.sort_unstable();
                }
                let (low, high) = data.iter().fold((Self::MAX, Self::MIN), |(low, high), key| (low.min(*key), high.max(*key)));
                let bits = high.bits_above(low);
                match room(data.len()) {
                    Ok(mut scratch) if is_quick(data.len(), bits) => {
                        scratch.resize(data.len(), 0);
                        by_digits(data, &mut scratch, low, 0, bits);
                    }
                    _ => data.sort_unstable(),
                }
            }
        }
    )*};
}

sortable!(u32 u64);

macro_rules! countable {
    ($($key:ty, $worth:expr, $quick:expr;)*) => {$(
        impl Sortable for $key {
            /// By the number of times that each value is there.
            fn sort(data: &mut [Self]) {
                let Some(mut counts) = room(1 << Self::BITS).ok().filter(|_| data.len() >= $worth) else {
                    if !$quick(&mut *data) {
                        data.sort_unstable();
                    }
                    return;
                };
                counts.resize(1 << Self::BITS, 0usize);
                data.iter().for_each(|key| counts[*key as usize] += 1);
                let mut rest = data;
                for (key, count) in (0..=Self::MAX).zip(counts) {
                    let (run, tail) = rest.split_at_mut(count);
                    run.fill(key);
                    rest = tail;
                }
            }
        }
    )*};
}

countable! { u8, 64, |_| false; u16, 20_000, highway::sort; }

/// Whether `by_digits` is the quicker way to sort so many numbers that differ in `bits` bits.
pub fn is_quick(len: usize, bits: u32) -> bool {
    len >= SHORT && bits <= DIGITS * WIDTH && u32::try_from(len).is_ok()
}

/// Sorts by bits `from..to` of the distance to `low`, the least of all. `is_quick` holds, and `scratch` is as long as `data`.
pub fn by_digits<K: Key>(data: &mut [K], scratch: &mut [K], low: K, from: u32, to: u32) {
    let digits = (to - from).div_ceil(WIDTH);
    if digits == 0 {
        return;
    }
    let width = (to - from).div_ceil(digits);
    let size = 1usize << width;
    let digit = |key: K, number: u32| key.prefix(low, from + number * width) as usize & (size - 1);
    let mut places = [0u32; (DIGITS as usize) << WIDTH];
    for key in data.iter() {
        (0..digits).for_each(|number| places[number as usize * size + digit(*key, number)] += 1);
    }
    let (mut source, mut target) = (data, scratch);
    for (number, places) in (0..digits).zip(places.chunks_exact_mut(size)) {
        places.iter_mut().fold(0, |place, count| place + std::mem::replace(count, place));
        for key in source.iter() {
            let place = &mut places[digit(*key, number)];
            target[*place as usize] = *key;
            *place += 1;
        }
        std::mem::swap(&mut source, &mut target);
    }
    if digits % 2 == 1 {
        target.copy_from_slice(source);
    }
}
