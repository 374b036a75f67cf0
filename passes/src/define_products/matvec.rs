//! Matrix times vector: reads the matrix once, in the order in which it lies in memory.

use super::Tiles;
use super::emit::{Emit, Source};
use zouk_dialects::ir::Value;

/// Rows summed together, which share the loads of the vector, and how many of the rest are.
const TOGETHER: i64 = 12;
const FEW: i64 = 4;
/// Columns added together, which share the loads and stores of the result.
const COLUMNS: i64 = 8;
/// Vectors of the result that stay in the first cache while columns are added: long stretches of each column are read at a time.
const SEGMENT: i64 = 256;

/// The body of `(matrix, vector, result, accumulate)`.
pub fn body<'c>(e: &Emit<'c>, args: &[Value<'c>], tiles: &Tiles) {
    let [a, x, y] = [0, 1, 2].map(|i| e.source(args[i]));
    let accumulate = args[3];
    e.either(e.is(a.strides[1], 1), || by_rows(e, &a, &x, &y, accumulate, Some(tiles.lanes)), || {
        e.either(e.is(a.strides[0], 1), || by_columns(e, &a, &x, &y, accumulate, tiles.lanes), || by_rows(e, &a, &x, &y, accumulate, None))
    });
}

/// Sums along rows, whose elements lie side by side if there are `lanes`.
fn by_rows<'c>(e: &Emit<'c>, a: &Source<'c>, x: &Source<'c>, y: &Source<'c>, accumulate: Value<'c>, lanes: Option<i64>) {
    let (m, k) = (a.sizes[0], a.sizes[1]);
    let vector = if lanes.is_some() { packed(e, x, k) } else { x.flat };
    let rows = |i: Value<'c>, count: i64, all: bool| {
        let left = e.sub(m, i);
        let there: Vec<_> = (0..count).map(|r| if all { None } else { Some(e.less(e.c(r), left)) }).collect();
        let row = |r: usize| there[r].map_or(e.add(i, e.c(r as i64)), |there| e.b.select(there, e.add(i, e.c(r as i64)), i));
        let starts: Vec<_> = (0..count as usize).map(|r| e.mul(row(r), a.strides[0])).collect();
        let sums = match lanes {
            Some(lanes) => vector_sums(e, a.flat, &starts, vector, k, lanes),
            None => e.fold([e.c(0), k, e.c(1)], &vec![e.zero(None); starts.len()], |j, sums| {
                let number = e.load(vector, e.mul(j, x.strides[0]));
                let element = |start| e.load(a.flat, e.at(start, j, a.strides[1]));
                starts.iter().zip(sums).map(|(start, sum)| e.multiply_add(element(*start), number, *sum)).collect()
            }),
        };
        for (r, sum) in sums.iter().enumerate() {
            let store = || put(e, *sum, y.flat, e.mul(e.add(i, e.c(r as i64)), y.strides[0]), accumulate);
            there[r].map_or_else(store, |there| e.when(there, store));
        }
    };
    let whole = e.round_down(m, TOGETHER);
    e.each(whole, e.c(TOGETHER), |i| rows(i, TOGETHER, true));
    e.fold([whole, m, e.c(FEW)], &[], |i, _| {
        rows(i, FEW, false);
        vec![]
    });
}

/// The sums of the products of some rows with a vector: a vector of each row a step, and the rest by a mask.
fn vector_sums<'c>(e: &Emit<'c>, flat: Value<'c>, starts: &[Value<'c>], vector: Value<'c>, k: Value<'c>, lanes: i64) -> Vec<Value<'c>> {
    let whole = e.round_down(k, lanes);
    let add = |place: Value<'c>, mask: Option<Value<'c>>, sums: &[Value<'c>]| -> Vec<Value<'c>> {
        let numbers = e.load_vector(vector, place, lanes, mask);
        starts.iter().zip(sums).map(|(start, sum)| e.multiply_add(e.load_vector(flat, e.add(*start, place), lanes, mask), numbers, *sum)).collect()
    };
    let sums = e.fold([e.c(0), whole, e.c(lanes)], &vec![e.zero(Some(lanes)); starts.len()], |j, sums| add(j, None, sums));
    let sums = e.fold([whole, k, e.c(lanes)], &sums, |j, sums| add(j, Some(e.mask(e.sub(k, j), lanes)), sums));
    sums.into_iter().map(|sum| e.sum_lanes(sum)).collect()
}

/// Adds columns, whose elements lie side by side, to a segment of the result after the other.
fn by_columns<'c>(e: &Emit<'c>, a: &Source<'c>, x: &Source<'c>, y: &Source<'c>, accumulate: Value<'c>, lanes: i64) {
    let (m, k) = (a.sizes[0], a.sizes[1]);
    let whole = e.round_down(k, COLUMNS);
    let most = e.c(SEGMENT * lanes);
    let segment = e.buffer(most);
    e.each(m, most, |i| {
        let size = e.min(most, e.sub(m, i));
        e.each(e.round_up(size, lanes), e.c(lanes), |s| e.store_vector(e.zero(Some(lanes)), segment, s, None));
        let columns = |from: Value<'c>, to: Value<'c>, together: i64| {
            e.fold([from, to, e.c(together)], &[], |j, _| {
                let number = |q: i64| e.add(j, e.c(q));
                let starts: Vec<_> = (0..together).map(|q| e.at(i, number(q), a.strides[1])).collect();
                let factors: Vec<_> = (0..together).map(|q| e.splat(e.load(x.flat, e.mul(number(q), x.strides[0])), lanes)).collect();
                let step = |s: Value<'c>, mask: Option<Value<'c>>| {
                    let sum = starts.iter().zip(&factors).fold(e.load_vector(segment, s, lanes, None), |sum, (start, factor)| {
                        e.multiply_add(e.load_vector(a.flat, e.add(*start, s), lanes, mask), *factor, sum)
                    });
                    e.store_vector(sum, segment, s, None);
                };
                let full = e.round_down(size, lanes);
                e.each(full, e.c(lanes), |s| step(s, None));
                e.when(e.less(full, size), || step(full, Some(e.mask(e.sub(size, full), lanes))));
                vec![]
            });
        };
        columns(e.c(0), whole, COLUMNS);
        columns(whole, k, 1);
        e.each(size, e.c(1), |s| put(e, e.load(segment, s), y.flat, e.mul(e.add(i, s), y.strides[0]), accumulate));
    });
}

/// The vector's elements side by side: as they are, or copied.
fn packed<'c>(e: &Emit<'c>, x: &Source<'c>, size: Value<'c>) -> Value<'c> {
    let is_packed = e.is(x.strides[0], 1);
    let copy = e.buffer(e.b.select(is_packed, e.c(0), size));
    e.each(e.b.select(is_packed, e.c(0), size), e.c(1), |i| e.store(e.load(x.flat, e.mul(i, x.strides[0])), copy, i));
    e.b.select(is_packed, x.flat, copy)
}

/// Stores a sum, or adds it to what is there.
fn put<'c>(e: &Emit<'c>, sum: Value<'c>, flat: Value<'c>, place: Value<'c>, accumulate: Value<'c>) {
    e.either(accumulate, || e.store(e.plus(e.load(flat, place), sum), flat, place), || e.store(sum, flat, place));
}
