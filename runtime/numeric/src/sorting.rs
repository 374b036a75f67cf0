//! Sorting and searching.
//!
//! Elements become unsigned integers of the same order. These are sorted by `highway` where that is installed, by digits (`radix`) where few bits tell them apart, and by
//! the standard library's pattern-defeating sorts elsewhere.

pub mod argsort;
pub(crate) mod highway;
pub mod partition;
mod radix;
pub mod search;
pub mod select;
pub mod symbols;

use crate::{
    element::{Element, as_ordered},
    status::*,
};
use radix::Sortable;

/// Below this length, complex numbers are moved as they are compared.
const SHORT: usize = 256;

/// `np.sort(data)`; equal elements come in any order.
pub fn sort<T: Element<Ordered: Sortable>>(data: &mut [T]) -> Status {
    let costly = T::IS_PAIR && data.len() >= SHORT;
    if T::sort_as_they_are(data) {
        return Ok(FINE);
    }
    if !costly || rearrange(data).is_err() {
        as_ordered(data, Sortable::sort);
    }
    Ok(FINE)
}

/// `np.sort(data, kind="stable")`: NaNs and zeros of either sign keep their order, and their bits.
pub fn stable_sort<T: Element<Ordered: Sortable>>(data: &mut [T]) -> Status {
    if data.iter().any(|x| x.is_odd()) {
        rearrange(data)?;
        return Ok(FINE);
    }
    sort(data)
}

/// Sorts by way of the indices; stable. Nothing is changed where there is no memory for it.
fn rearrange<T: Element>(data: &mut [T]) -> Result<(), i64> {
    let (mut index, mut sorted) = (filled(data.len(), 0)?, room(data.len())?);
    argsort::argsort(data, &mut index)?;
    sorted.extend(index.iter().map(|i| data[*i as usize]));
    data.copy_from_slice(&sorted);
    Ok(())
}
