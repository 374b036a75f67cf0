//! Packing: the elements of a block in the order in which the matrix product reads them.
//!
//! A block of `count` lines (rows of the left or columns of the right matrix) by `depth` becomes panels of so many lines; a panel holds its
//! lines' elements side by side, step after step along the depth. What lies beyond the last line of the last panel is never used.

use super::emit::Emit;
use zouk_dialects::ir::{Op, Value};

/// How wide a panel is: `vectors` of `lanes`.
#[derive(Clone, Copy)]
pub struct Panel {
    pub lanes: i64,
    pub vectors: i64,
}

impl Panel {
    pub fn width(self) -> i64 {
        self.lanes * self.vectors
    }

    /// The squares that are transposed reach this far beyond the end of the last panel.
    pub fn slack(self) -> i64 {
        self.lanes * self.width()
    }
}

/// A block of a flat array: its first place, and the distances from line to line and from step to step.
struct Block<'c> {
    flat: Value<'c>,
    start: Value<'c>,
    line: Value<'c>,
    step: Value<'c>,
    depth: Value<'c>,
}

/// The body of `(source, start, line stride, step stride, count, depth, target)`.
pub fn body<'c>(e: &Emit<'c>, args: &[Value<'c>], panel: Panel) {
    let [flat, start, line, step, count, depth, target] = *args else { panic!("a block to pack has seven numbers") };
    e.each(count, e.c(panel.width()), |first| {
        let left = e.min(e.c(panel.width()), e.sub(count, first));
        let block = Block { flat, start: e.at(start, first, line), line, step, depth };
        let to = e.mul(first, depth);
        let copied = e.is(line, 1);
        e.either(copied, || copy(e, &block, panel, left, target, to), || {
            e.either(e.is(step, 1), || transpose(e, &block, panel, left, target, to), || gather(e, &block, panel, left, target, to))
        });
    });
}

/// Lines lie side by side: vectors of them are copied.
fn copy<'c>(e: &Emit<'c>, block: &Block<'c>, panel: Panel, left: Value<'c>, target: Value<'c>, to: Value<'c>) {
    let masks: Vec<_> = (0..panel.vectors).map(|v| e.mask(e.sub(left, e.c(v * panel.lanes)), panel.lanes)).collect();
    e.each(block.depth, e.c(1), |k| {
        let (from, to) = (e.at(block.start, k, block.step), e.at(to, k, e.c(panel.width())));
        for (v, mask) in masks.iter().enumerate() {
            let lane = e.c(v as i64 * panel.lanes);
            let value = e.load_vector(block.flat, e.add(from, lane), panel.lanes, Some(*mask));
            e.store_vector(value, target, e.add(to, lane), None);
        }
    });
}

/// Steps lie side by side: squares are transposed. The last of a panel writes on beyond the panel's end, where the next panel comes after it.
fn transpose<'c>(e: &Emit<'c>, block: &Block<'c>, panel: Panel, left: Value<'c>, target: Value<'c>, to: Value<'c>) {
    let lanes = panel.lanes;
    e.each(left, e.c(lanes), |first| {
        let lines: Vec<_> = (0..lanes)
            .map(|t| {
                // A line that is not there is the first one again.
                let number = e.add(first, e.c(t));
                e.at(block.start, e.b.select(e.less(number, left), number, first), block.line)
            })
            .collect();
        e.each(block.depth, e.c(lanes), |k| {
            let mask = e.mask(e.sub(block.depth, k), lanes);
            let rows = lines.iter().map(|line| e.load_vector(block.flat, e.add(*line, k), lanes, Some(mask))).collect();
            for (q, column) in e.transpose(rows).into_iter().enumerate() {
                let place = e.at(to, e.add(k, e.c(q as i64)), e.c(panel.width()));
                e.store_vector(column, target, e.add(place, first), None);
            }
        });
    });
}

/// Nothing lies side by side.
fn gather<'c>(e: &Emit<'c>, block: &Block<'c>, panel: Panel, left: Value<'c>, target: Value<'c>, to: Value<'c>) {
    e.each(block.depth, e.c(1), |k| {
        let (from, to) = (e.at(block.start, k, block.step), e.at(to, k, e.c(panel.width())));
        e.each(left, e.c(1), |x| {
            let value = e.load(block.flat, e.at(from, x, block.line));
            e.store(value, target, e.add(to, x));
        });
    });
}

/// `func.call` of the packing function.
pub fn call<'c>(e: &Emit<'c>, function: &str, args: &[Value<'c>]) -> Op<'c> {
    e.b.op("func.call", args, &[], &[("callee", e.b.symbol(function))])
}
