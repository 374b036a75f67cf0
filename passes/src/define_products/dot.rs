//! The sum of the products of two vectors: several sums run side by side, so that none waits for its last addition.

use super::Tiles;
use super::emit::{Emit, Source};
use zouk_dialects::ir::Value;

/// Sums side by side.
const TOGETHER: i64 = 8;

/// The body of `(vector, vector) -> sum`.
pub fn body<'c>(e: &Emit<'c>, args: &[Value<'c>], tiles: &Tiles) -> Vec<Value<'c>> {
    let [x, y] = [0, 1].map(|i| e.source(args[i]));
    let packed = e.b.bin("arith.andi", e.is(x.strides[0], 1), e.is(y.strides[0], 1));
    // One of the two loops runs, over all elements or none.
    let n = x.sizes[0];
    let (side_by_side, apart) = (e.b.select(packed, n, e.c(0)), e.b.select(packed, e.c(0), n));
    let near = vectors(e, &x, &y, side_by_side, tiles.lanes);
    let far = numbers(e, &x, &y, apart);
    vec![e.plus(near, far)]
}

fn vectors<'c>(e: &Emit<'c>, x: &Source<'c>, y: &Source<'c>, n: Value<'c>, lanes: i64) -> Value<'c> {
    let product = |place: Value<'c>, mask: Option<Value<'c>>, sum: Value<'c>| {
        e.multiply_add(e.load_vector(x.flat, place, lanes, mask), e.load_vector(y.flat, place, lanes, mask), sum)
    };
    let whole = e.round_down(n, TOGETHER * lanes);
    let sums = e.fold([e.c(0), whole, e.c(TOGETHER * lanes)], &vec![e.zero(Some(lanes)); TOGETHER as usize], |i, sums| {
        sums.iter().enumerate().map(|(s, sum)| product(e.add(i, e.c(s as i64 * lanes)), None, *sum)).collect()
    });
    let sum = pairwise(e, sums);
    let sum = e.fold([whole, n, e.c(lanes)], &[sum], |i, sums| vec![product(i, Some(e.mask(e.sub(n, i), lanes)), sums[0])]);
    e.sum_lanes(sum[0])
}

fn numbers<'c>(e: &Emit<'c>, x: &Source<'c>, y: &Source<'c>, n: Value<'c>) -> Value<'c> {
    let product = |i: Value<'c>, sum: Value<'c>| e.multiply_add(e.load(x.flat, e.mul(i, x.strides[0])), e.load(y.flat, e.mul(i, y.strides[0])), sum);
    let whole = e.round_down(n, TOGETHER);
    let sums = e.fold([e.c(0), whole, e.c(TOGETHER)], &vec![e.zero(None); TOGETHER as usize], |i, sums| {
        sums.iter().enumerate().map(|(s, sum)| product(e.add(i, e.c(s as i64)), *sum)).collect()
    });
    let sum = pairwise(e, sums);
    e.fold([whole, n, e.c(1)], &[sum], |i, sums| vec![product(i, sums[0])])[0]
}

fn pairwise<'c>(e: &Emit<'c>, mut sums: Vec<Value<'c>>) -> Value<'c> {
    while sums.len() > 1 {
        sums = sums.chunks(2).map(|pair| e.plus(pair[0], pair[1])).collect();
    }
    sums[0]
}
