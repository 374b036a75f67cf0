//! Binary search for many values at once.

use crate::{element::Element, status::*};
use std::hint::select_unpredictable;

/// Searches that go on side by side, so that they wait for memory together.
const TOGETHER: usize = 8;

/// `np.searchsorted(hay, needles, side, sorter)`, of a hay that is sorted. The status is [`UNDEFINED`] if the sorter has an index out of range.
pub fn searchsorted<T: Element>(hay: &[T], needles: &[T], right: bool, sorter: Option<&[i64]>, out: &mut [i64]) -> Status {
    match sorter {
        None => search(hay.len(), |i| hay[i], needles, right, out),
        Some(sorter) if sorter.iter().any(|i| *i < 0 || *i as u64 >= hay.len() as u64) => return Err(UNDEFINED),
        Some(sorter) => search(sorter.len(), |i| hay[sorter[i] as usize], needles, right, out),
    }
    Ok(FINE)
}

/// The number of elements of the hay before each needle's place.
fn search<T: Element>(n: usize, hay: impl Fn(usize) -> T, needles: &[T], right: bool, out: &mut [i64]) {
    let is_before = |i: usize, needle: &T::Key| {
        let x = hay(i).key();
        (x < *needle) | (right & (x == *needle))
    };
    // Where needles ascend, the next ones' places are at or after the last one's, and most likely near.
    let mut last = None;
    for (needles, out) in needles.chunks(TOGETHER).zip(out.chunks_mut(TOGETHER)) {
        let mut wanted = [needles[needles.len() - 1].key(); TOGETHER];
        wanted.iter_mut().zip(needles).for_each(|(slot, needle)| *slot = needle.key());
        let (least, greatest) = (wanted[0], wanted[TOGETHER - 1]);
        let (start, end) = match last {
            Some((needle, place)) if needle <= least && wanted.is_sorted() => (place, reach(place, n, |i| is_before(i, &greatest))),
            _ => (0, n),
        };
        let places = search_between(start, end, &wanted, is_before);
        out.iter_mut().zip(places).for_each(|(slot, place)| *slot = place as i64);
        last = Some((greatest, places[TOGETHER - 1]));
    }
}

/// A position at or after the first that is not before, in steps that double.
fn reach(start: usize, n: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let mut step = 1;
    while step < n - start && is_before(start + step - 1) {
        step *= 2;
    }
    n.min(start + step)
}

/// Each needle's place in `start..=end`. A half of what is left is skipped without a branch.
fn search_between<K>(start: usize, end: usize, wanted: &[K; TOGETHER], is_before: impl Fn(usize, &K) -> bool) -> [usize; TOGETHER] {
    let (mut places, mut len) = ([start; TOGETHER], end - start);
    while len > 0 {
        let half = len.div_ceil(2);
        for (place, needle) in places.iter_mut().zip(wanted) {
            *place = select_unpredictable(is_before(*place + half - 1, needle), *place + half, *place);
        }
        len -= half;
    }
    places
}
