//! Order statistics of an array that stays as it is.

use super::partition::{place, positions};
use crate::{element::Element, status::*};
use std::ops::ControlFlow;

/// Below this length everything is copied.
const SHORT: usize = 1 << 16;
/// Elements that are looked through at once.
const BLOCK: usize = 1024;
/// Positions that are looked for one by one.
const FEW: usize = 4;

/// The elements at the positions `kth` of the sorted array. The status is [`NAN`] if there is a NaN anywhere in `data`.
pub fn select<T: Element>(data: &[T], kth: &[i64], out: &mut [T]) -> Status {
    let distinct = positions(kth, data.len())?;
    if data.len() >= SHORT && distinct.len() <= FEW {
        for (slot, k) in out.iter_mut().zip(kth) {
            *slot = T::from_ordered(nth(data, *k as usize)?);
        }
    } else {
        let mut copy = ordered(data)?;
        place(&mut copy, 0, &distinct);
        out.iter_mut().zip(kth).for_each(|(slot, k)| *slot = T::from_ordered(copy[*k as usize]));
    }
    Ok(if data.iter().any(|x| x.is_nan()) { NAN } else { FINE })
}

fn ordered<T: Element>(data: &[T]) -> Result<Vec<T::Ordered>, i64> {
    let mut copy = room(data.len())?;
    copy.extend(data.iter().map(|x| x.to_ordered()));
    Ok(copy)
}

/// The element at position `k` of the sorted array, which has it.
pub fn nth<T: Element>(data: &[T], k: usize) -> Result<T::Ordered, i64> {
    if data.len() >= SHORT
        && let ControlFlow::Break(found) = nth_between(data, k)?
    {
        return Ok(found);
    }
    Ok(*ordered(data)?.select_nth_unstable(k).1)
}

/// Takes a sample, and from it two values that have the wanted one between them, most likely: only elements between them are copied.
fn nth_between<T: Element>(data: &[T], k: usize) -> Result<ControlFlow<T::Ordered>, i64> {
    let n = data.len();
    let size = (n as f64).powf(2.0 / 3.0) as usize;
    let mut sample = room(size)?;
    // Equal parts of the array, a random element of each.
    let mut state = k as u64;
    sample.extend((0..size).map(|i| data[i * (n / size) + random(&mut state) as usize % (n / size)].to_ordered()));
    sample.sort_unstable();
    let (middle, margin) = ((k as f64 / n as f64 * size as f64) as usize, 2 * size.isqrt());
    let (low, high) = (sample[middle.saturating_sub(margin)], sample[(middle + margin).min(size - 1)]);

    let mut between = room(n / 8)?;
    let (mut smaller, mut inside) = (0, 0);
    for block in data.chunks(BLOCK) {
        let (mut found, mut count) = ([low; BLOCK], 0);
        // Without a branch: none could be foreseen.
        for x in block {
            let x = x.to_ordered();
            smaller += (x < low) as usize;
            found[count % BLOCK] = x;
            count += (x >= low) as usize & (x <= high) as usize;
        }
        inside += count;
        if low != high {
            if between.capacity() - between.len() < count {
                return Ok(ControlFlow::Continue(()));
            }
            between.extend_from_slice(&found[..count]);
        }
    }
    Ok(match k.checked_sub(smaller).filter(|k| *k < inside) {
        None => ControlFlow::Continue(()),
        Some(_) if low == high => ControlFlow::Break(low),
        Some(k) => ControlFlow::Break(*between.select_nth_unstable(k).1),
    })
}

/// splitmix64
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e3779b97f4a7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
    z ^ (z >> 31)
}
