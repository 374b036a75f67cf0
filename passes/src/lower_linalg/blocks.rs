//! Sums of floats: blocks in vector registers, added up with the rounding errors carried along.
//!
//! The error of a block is that of a few partial sums side by side; between blocks it is compensated (Knuth's two-sum; Higham, "Accuracy and Stability of
//! Numerical Algorithms", chapter 4). So the whole is at least as exact as pairwise summation.

use super::Nest;
use crate::parallel::CARRIED;
use zouk_dialects::ir::{Builder, Value};

/// Elements of a block.
const BLOCK: i64 = 512;

/// Knuth's two-sum: the rounded sum of two floats, and what the rounding has lost.
pub fn two_sum<'c>(b: &Builder<'c>, high: Value<'c>, sum: Value<'c>) -> (Value<'c>, Value<'c>) {
    let total = b.bin("arith.addf", high, sum);
    let of_sum = b.bin("arith.subf", total, high);
    let of_high = b.bin("arith.subf", total, of_sum);
    (total, b.bin("arith.addf", b.bin("arith.subf", high, of_high), b.bin("arith.subf", sum, of_sum)))
}

pub fn blocked_sum<'c>(nest: &Nest<'c>, mark: Option<&str>, size: Value<'c>, axis: usize, indices: &mut Vec<Option<Value<'c>>>, start: &[Value<'c>]) -> Vec<Value<'c>> {
    let b = &nest.b;
    let (zero, one, block) = (b.c_index(0), b.c_index(1), b.c_index(BLOCK));
    let nothing: Vec<Value<'c>> = start.iter().map(|s| b.c_float(s.ty(), 0.0)).collect();
    let count = start.len();
    // The sums so far, then the errors so far.
    let carried = nest.marked_for(mark, zero, size, block, &[start, &nothing].concat(), &mut |from, carried| {
        let end = b.bin("arith.minsi", b.bin("arith.addi", from, block), size);
        let sums = nest.scf_for(from, end, one, &nothing, &mut |index, sums| {
            indices[axis] = Some(index);
            nest.step(indices, sums, true)
        });
        let sums = sums.results();
        let (mut totals, mut errors) = (vec![], vec![]);
        for (k, sum) in sums.into_iter().enumerate() {
            let high = carried[k];
            let (total, error) = two_sum(b, high, sum);
            totals.push(total);
            errors.push(b.bin("arith.addf", carried[count + k], error));
        }
        [totals, errors].concat()
    });
    if mark.is_some() {
        let sums = (0..count).map(|k| format!("twosum {}", count + k));
        let texts: Vec<String> = sums.chain((0..count).map(|_| "error".into())).collect();
        carried.set_attr(CARRIED, b.str_array(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    let carried = carried.results();
    // Beside infinities the errors are NaN.
    (0..count)
        .map(|k| {
            let exact = b.bin("arith.addf", carried[k], carried[count + k]);
            b.select(b.cmpf("uno", exact, exact), carried[k], exact)
        })
        .collect()
}
