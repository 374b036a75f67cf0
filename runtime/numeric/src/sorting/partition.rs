//! Elements that are at their place in the sorted array, without sorting the rest.

use super::select;
use crate::{
    element::{Element, as_ordered},
    status::*,
};

/// The distinct positions, ascending.
pub fn positions(kth: &[i64], n: usize) -> Result<Vec<usize>, i64> {
    let mut positions = room(kth.len())?;
    for k in kth {
        positions.push(size(*k).ok().filter(|k| *k < n).ok_or(BAD_ARGUMENT)?);
    }
    positions.sort_unstable();
    positions.dedup();
    Ok(positions)
}

/// The middle one of the positions, which are not empty, with those before and after it.
fn middle(kth: &[usize]) -> (&[usize], usize, &[usize]) {
    let (before, rest) = kth.split_at(kth.len() / 2);
    (before, rest[0], &rest[1..])
}

/// `np.partition(data, kth)`
pub fn partition<T: Element>(data: &mut [T], kth: &[i64]) -> Status {
    let kth = positions(kth, data.len())?;
    as_ordered(data, |data| place(data, 0, &kth));
    Ok(FINE)
}

/// Puts the elements at the positions `kth` to their places, of a slice that starts at position `start`.
pub fn place<O: Ord>(data: &mut [O], start: usize, kth: &[usize]) {
    if kth.is_empty() {
        return;
    }
    let (before, k, after) = middle(kth);
    let (less, _, greater) = data.select_nth_unstable(k - start);
    place(less, start, before);
    place(greater, k + 1, after);
}

/// `np.argpartition(data, kth)`: indices of smaller, equal and greater elements, ascending in each part.
pub fn argpartition<T: Element>(data: &[T], kth: &[i64], out: &mut [i64]) -> Status {
    let kth = positions(kth, data.len())?;
    let Some(k) = kth.get(kth.len() / 2) else {
        out.iter_mut().zip(0..).for_each(|(slot, i)| *slot = i);
        return Ok(FINE);
    };
    let value = select::nth(data, *k)?;
    let parts = Indices { data, scratch: Vec::new(), ordered: Vec::new() }.split(value, 0..data.len() as i64, out);
    Indices { data, scratch: room(parts.longer())?, ordered: room(parts.longer())? }.place_both(parts, out, 0, &kth);
    Ok(FINE)
}

/// How many elements of a slice are smaller than a value, and how many are equal to it.
#[derive(Clone, Copy)]
struct Parts {
    smaller: usize,
    equal: usize,
    greater: usize,
}

impl Parts {
    fn longer(self) -> usize {
        self.smaller.max(self.greater)
    }
}

/// Indices into `data`, with room for copies of as many as are to be moved at once.
struct Indices<'a, T: Element> {
    data: &'a [T],
    scratch: Vec<i64>,
    ordered: Vec<T::Ordered>,
}

impl<T: Element> Indices<'_, T> {
    /// Writes the indices to the part of `index` where they belong.
    fn split(&self, value: T::Ordered, indices: impl Iterator<Item = i64> + Clone, index: &mut [i64]) -> Parts {
        // 0, 1, 2 for smaller, equal, greater; without a branch.
        let part = |i: i64| {
            let x = self.data[i as usize].to_ordered();
            (x >= value) as usize + (x > value) as usize
        };
        let mut counts = [0; 3];
        indices.clone().for_each(|i| counts[part(i)] += 1);
        let [smaller, equal, greater] = counts;
        let mut places = [0, smaller, smaller + equal];
        for i in indices {
            let place = &mut places[part(i)];
            index[*place] = i;
            *place += 1;
        }
        Parts { smaller, equal, greater }
    }

    /// Goes on with both sides of a slice that is split. What equals the value is at its place already.
    fn place_both(&mut self, parts: Parts, index: &mut [i64], start: usize, kth: &[usize]) {
        let (equal, greater) = (start + parts.smaller, start + parts.smaller + parts.equal);
        self.place(&mut index[..equal - start], start, &kth[..kth.partition_point(|k| *k < equal)]);
        self.place(&mut index[greater - start..], greater, &kth[kth.partition_point(|k| *k < greater)..]);
    }

    fn place(&mut self, index: &mut [i64], start: usize, kth: &[usize]) {
        if kth.is_empty() {
            return;
        }
        let (_, k, _) = middle(kth);
        self.ordered.clear();
        self.ordered.extend(index.iter().map(|i| self.data[*i as usize].to_ordered()));
        let value = *self.ordered.select_nth_unstable(k - start).1;
        self.scratch.clear();
        self.scratch.extend_from_slice(index);
        let parts = self.split(value, self.scratch.iter().copied(), index);
        self.place_both(parts, index, start, kth);
    }
}
