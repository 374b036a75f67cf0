//! Packing: the elements of a block in the order in which the matrix product reads them.
//!
//! A block of `count` lines (rows of the left or columns of the right matrix) by `depth` becomes panels of `width` lines; a panel holds its
//! lines' elements side by side, step after step along the depth. What lies beyond the last line of the last panel is never used.

use super::emit::Emit;
use zouk_dialects::ir::{Type, Value};

/// A block of a flat array: its first place, and the distances from line to line and from step to step; then where its panel goes.
struct Block<'c> {
    flat: Value<'c>,
    start: Value<'c>,
    line: Value<'c>,
    step: Value<'c>,
    depth: Value<'c>,
    /// Lines that are there, of `width`.
    lines: Value<'c>,
    target: Value<'c>,
    to: Value<'c>,
    width: Value<'c>,
}

/// The parameters: source, start, line stride, step stride, count, depth, target, width.
pub fn parameters<'c>(e: &Emit<'c>) -> [Type<'c>; 8] {
    let (index, flat) = (e.b.index(), e.flat_type());
    [flat, index, index, index, index, index, flat, index]
}

/// Moves vectors of so many `lanes`, of which the width is a multiple.
pub fn body<'c>(e: &Emit<'c>, args: &[Value<'c>], lanes: i64) {
    let [flat, start, line, step, count, depth, target, width] = *args else { panic!("a block to pack has eight numbers") };
    e.each(count, width, |first| {
        let lines = e.min(width, e.sub(count, first));
        let block = Block { flat, start: e.at(start, first, line), line, step, depth, lines, target, to: e.mul(first, depth), width };
        e.either(e.is(line, 1), || copy(e, &block, lanes), || e.either(e.is(step, 1), || transpose(e, &block, lanes), || gather(e, &block)));
    });
}

/// Lines lie side by side: vectors of them are copied.
fn copy<'c>(e: &Emit<'c>, block: &Block<'c>, lanes: i64) {
    e.each(block.depth, e.c(1), |k| {
        let (from, to) = (e.at(block.start, k, block.step), e.at(block.to, k, block.width));
        e.each(block.lines, e.c(lanes), |x| {
            let value = e.load_vector(block.flat, e.add(from, x), lanes, Some(e.mask(e.sub(block.lines, x), lanes)));
            e.store_vector(value, block.target, e.add(to, x), None);
        });
    });
}

/// Steps lie side by side: squares are transposed. The last of a panel writes on beyond the panel's end, where the next panel comes after it.
fn transpose<'c>(e: &Emit<'c>, block: &Block<'c>, lanes: i64) {
    e.each(block.lines, e.c(lanes), |first| {
        let line = |t: i64| {
            // A line that is not there is the first one again.
            let number = e.add(first, e.c(t));
            e.at(block.start, e.b.select(e.less(number, block.lines), number, first), block.line)
        };
        let lines: Vec<_> = (0..lanes).map(line).collect();
        e.each(block.depth, e.c(lanes), |k| {
            let mask = e.mask(e.sub(block.depth, k), lanes);
            let rows = lines.iter().map(|line| e.load_vector(block.flat, e.add(*line, k), lanes, Some(mask))).collect();
            for (q, column) in (0..).zip(e.transpose(rows)) {
                let place = e.at(block.to, e.add(k, e.c(q)), block.width);
                e.store_vector(column, block.target, e.add(place, first), None);
            }
        });
    });
}

/// Nothing lies side by side.
fn gather<'c>(e: &Emit<'c>, block: &Block<'c>) {
    e.each(block.depth, e.c(1), |k| {
        let (from, to) = (e.at(block.start, k, block.step), e.at(block.to, k, block.width));
        e.each(block.lines, e.c(1), |x| {
            let value = e.load(block.flat, e.at(from, x, block.line));
            e.store(value, block.target, e.add(to, x));
        });
    });
}
