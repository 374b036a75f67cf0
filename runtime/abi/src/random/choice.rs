//! `choice`: places in a population, with and without replacement, with and without weights.

use super::bounded::{Bounded, interval};
use super::source::Source;

/// What is wrong with a choice; compiled code raises NumPy's exception for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub enum Fault {
    Sizes = 1,
    NotANumber = 2,
    Negative = 3,
    Sum = 4,
    TooFewWeights = 5,
    Memory = 6,
}

/// What compiled code is told: 0 is success.
pub fn status(result: Result<(), Fault>) -> i64 {
    result.map_or_else(|fault| fault as i64, |()| 0)
}

/// A vector that may fail to be made.
fn collected<T>(items: impl ExactSizeIterator<Item = T>) -> Result<Vec<T>, Fault> {
    let mut all = Vec::new();
    all.try_reserve_exact(items.len()).map_err(|_| Fault::Memory)?;
    all.extend(items);
    Ok(all)
}

/// The sum of numbers with its rounding errors carried along.
pub fn kahan_sum(numbers: &[f64]) -> f64 {
    let Some((first, rest)) = numbers.split_first() else { return 0.0 };
    let (mut sum, mut carry) = (*first, 0.0);
    for number in rest {
        let y = number - carry;
        let t = sum + y;
        carry = (t - sum) - y;
        sum = t;
    }
    sum
}

/// `RandomState` draws without replacement by shuffling the whole population.
pub fn shuffled_all(source: &mut impl Source, population: usize, chosen: &mut [i64]) -> Result<(), Fault> {
    let mut all = collected((0..population).map(|i| i as i64))?;
    for i in (1..population).rev() {
        all.swap(i, interval(source, i as u64) as usize);
    }
    let count = chosen.len().min(population);
    chosen[..count].copy_from_slice(&all[..count]);
    Ok(())
}

/// Swaps the elements from the last down to number `first` with one before.
fn shuffle_down(source: &mut impl Source, numbers: &mut [i64], first: usize) {
    for i in (first..numbers.len()).rev() {
        numbers.swap(i, Bounded::new(i as u64, false).draw_64(source) as usize);
    }
}

/// `Generator` draws without replacement: the tail of a shuffle when many are drawn of many, else Floyd's method.
pub fn distinct(source: &mut impl Source, population: usize, chosen: &mut [i64], shuffle: bool) -> Result<(), Fault> {
    let count = chosen.len();
    let cutoff = if shuffle { 50 } else { 20 };
    if population > 10_000 && count > population / cutoff {
        let mut all = collected((0..population).map(|i| i as i64))?;
        shuffle_down(source, &mut all, (population - count).max(1));
        chosen.copy_from_slice(&all[population - count..]);
        return Ok(());
    }
    floyd(source, population, chosen)?;
    if shuffle {
        shuffle_down(source, chosen, 1);
    }
    Ok(())
}

fn floyd(source: &mut impl Source, population: usize, chosen: &mut [i64]) -> Result<(), Fault> {
    // At least a sixth of the places stay free.
    let places = ((1.2 * chosen.len() as f64) as usize + 1).next_power_of_two();
    let mask = places - 1;
    let mut taken = collected((0..places).map(|_| usize::MAX))?;
    // The place of a number, or a free one.
    let find = |taken: &[usize], number: usize| {
        let mut at = number & mask;
        while taken[at] != usize::MAX && taken[at] != number {
            at = (at + 1) & mask;
        }
        at
    };
    let first = population - chosen.len();
    for (place, j) in chosen.iter_mut().zip(first..) {
        let mut number = Bounded::new(j as u64, false).draw_64(source) as usize;
        let mut at = find(&taken, number);
        if taken[at] == number {
            number = j;
            at = find(&taken, number);
        }
        taken[at] = number;
        *place = number as i64;
    }
    Ok(())
}

/// Whether weights are chances of a population; `tolerance` is for their sum.
fn check(population: usize, weights: &[f64], tolerance: f64) -> Result<(), Fault> {
    if weights.len() != population {
        return Err(Fault::Sizes);
    }
    let sum = kahan_sum(weights);
    if sum.is_nan() {
        return Err(Fault::NotANumber);
    }
    if weights.iter().any(|weight| *weight < 0.0) {
        return Err(Fault::Negative);
    }
    if (sum - 1.0).abs() > tolerance { Err(Fault::Sum) } else { Ok(()) }
}

/// The running sums of weights, as shares of their sum.
fn shares(weights: &[f64], sums: &mut Vec<f64>) {
    sums.clear();
    let mut sum = 0.0;
    sums.extend(weights.iter().map(|weight| {
        sum += weight;
        sum
    }));
    sums.iter_mut().for_each(|share| *share /= sum);
}

fn place(shares: &[f64], u: f64) -> usize {
    shares.partition_point(|share| *share <= u).min(shares.len().saturating_sub(1))
}

/// Draws by weights.
pub fn weighted(source: &mut impl Source, population: usize, weights: &[f64], tolerance: f64, replace: bool, chosen: &mut [i64]) -> Result<(), Fault> {
    check(population, weights, tolerance)?;
    if chosen.is_empty() {
        return Ok(());
    }
    let mut sums = collected(weights.iter().copied())?;
    if replace {
        shares(weights, &mut sums);
        chosen.iter_mut().for_each(|number| *number = place(&sums, source.next_double()) as i64);
        return Ok(());
    }
    if weights.iter().filter(|weight| **weight > 0.0).count() < chosen.len() {
        return Err(Fault::TooFewWeights);
    }
    let mut weights = collected(weights.iter().copied())?;
    let mut drawn = 0;
    while drawn < chosen.len() {
        shares(&weights, &mut sums);
        // Of numbers drawn twice in a round the first counts.
        let wanted = chosen.len() - drawn;
        for _ in 0..wanted {
            let number = place(&sums, source.next_double());
            if weights[number] > 0.0 {
                weights[number] = 0.0;
                chosen[drawn] = number as i64;
                drawn += 1;
            }
        }
    }
    Ok(())
}
