//! The matrix product: three loops over blocks that fit the caches, two over register tiles, one over the depth.
//!
//! A tile is `rows` by `vectors * lanes` sums in registers; a step of the depth loads vectors of the right matrix and one number a row of the
//! left. Both may lie packed or where they are: a tile asks only for a start and strides, and that vectors of the right lie side by side. So
//! small products skip packing, and rows that are not there are the first row again, whose sums are not stored.

use super::Tiles;
use super::emit::{Emit, Source};
use super::pack::{self, Panel};
use zouk_dialects::ir::Value;

/// Where tiles read a factor: a flat array, the distance from line to line (rows of the left; the right's lie side by side) and from step to step.
struct Factor<'c> {
    flat: Value<'c>,
    line: Value<'c>,
    step: Value<'c>,
}

/// The sums of one column of tiles.
struct Column<'c> {
    /// Vectors of a tile, known now, and the mask of the last one.
    vectors: i64,
    mask: Value<'c>,
    left: Factor<'c>,
    right: Factor<'c>,
    /// Where the column's part of the right factor starts.
    start: Value<'c>,
    depth: Value<'c>,
    target: Value<'c>,
    target_row: Value<'c>,
    /// Whether sums are added to what the target holds.
    accumulate: Value<'c>,
}

/// What all blocks share.
struct Product<'c, 'a> {
    e: &'a Emit<'c>,
    tiles: &'a Tiles,
    a: Source<'c>,
    b: Source<'c>,
    c: Source<'c>,
    /// Whether the factors are read where they are.
    direct: Value<'c>,
    /// Packed blocks of the left and the right factor.
    packed: [Value<'c>; 2],
    accumulate: Value<'c>,
    packers: [String; 2],
}

pub fn body<'c>(e: &Emit<'c>, args: &[Value<'c>], tiles: &Tiles, packers: [String; 2]) {
    let [a, b, c] = [0, 1, 2].map(|i| e.source(args[i]));
    let (m, n, k) = (c.sizes[0], c.sizes[1], a.sizes[1]);
    let small = [m, n, k].map(|size| e.less(size, e.c(tiles.direct + 1))).into_iter().reduce(|x, y| e.b.bin("arith.andi", x, y));
    let side_by_side = e.b.bin("arith.ori", e.is(b.strides[1], 1), e.less(n, e.c(2)));
    let direct = e.b.bin("arith.andi", small.expect("three sizes"), side_by_side);
    let block = |whole: Value<'c>, part: i64| e.b.select(direct, e.max(whole, e.c(1)), e.c(part));
    let (mc, nc, kc) = (block(m, tiles.mc), block(n, tiles.nc), block(k, tiles.kc));
    let room = |lines: Value<'c>, most: Value<'c>, panel: Panel| {
        let size = e.mul(e.min(e.round_up(lines, panel.width()), e.round_up(most, panel.width())), e.min(k, kc));
        e.buffer(e.b.select(direct, e.c(0), e.add(size, e.c(panel.slack()))))
    };
    let packed = [room(m, mc, tiles.left()), room(n, nc, tiles.right())];
    let product = Product { e, tiles, a, b, c, direct, packed, accumulate: args[3], packers };
    // Of no depth the sums are zero.
    let depth = e.max(k, e.c(1));
    e.each(n, nc, |j| {
        let columns = e.min(nc, e.sub(n, j));
        e.each(depth, kc, |p| {
            let steps = e.min(kc, e.sub(k, p));
            product.pack_right(p, j, columns, steps);
            e.each(m, mc, |i| product.block([i, j, p], [e.min(mc, e.sub(m, i)), columns, steps]));
        });
    });
}

impl<'c> Product<'c, '_> {
    fn pack_right(&self, p: Value<'c>, j: Value<'c>, columns: Value<'c>, steps: Value<'c>) {
        let (e, b) = (self.e, &self.b);
        e.either(self.direct, || {}, || {
            let start = e.at(e.mul(p, b.strides[0]), j, b.strides[1]);
            pack::call(e, &self.packers[1], &[b.flat, start, b.strides[1], b.strides[0], columns, steps, self.packed[1]]);
        });
    }

    /// The product of a block of the left factor, packed here, with one of the right. `[i, j, p]` is where they start, then how large they are.
    fn block(&self, [i, j, p]: [Value<'c>; 3], [rows, columns, steps]: [Value<'c>; 3]) {
        let (e, tiles, direct) = (self.e, self.tiles, self.direct);
        let (a, b) = (&self.a, &self.b);
        let a_start = e.at(e.mul(i, a.strides[0]), p, a.strides[1]);
        e.either(direct, || {}, || {
            pack::call(e, &self.packers[0], &[a.flat, a_start, a.strides[0], a.strides[1], rows, steps, self.packed[0]]);
        });
        let pick = |here, packed| e.b.select(direct, here, packed);
        let a_start = pick(a_start, e.c(0));
        let b_start = pick(e.at(j, p, b.strides[0]), e.c(0));
        // A panel of the packed factor takes `steps` for each line.
        let (a_line, b_line) = (pick(a.strides[0], steps), pick(e.c(1), steps));
        let accumulate = e.b.bin("arith.ori", self.accumulate, e.b.cmpi("sgt", p, e.c(0)));
        e.each(columns, e.c(tiles.right().width()), |jr| {
            let width = e.min(e.c(tiles.right().width()), e.sub(columns, jr));
            self.by_vectors(width, tiles.vectors, &|vectors| {
                let column = Column {
                    vectors,
                    mask: e.mask(e.sub(width, e.c((vectors - 1) * tiles.lanes)), tiles.lanes),
                    left: Factor { flat: pick(a.flat, self.packed[0]), line: pick(a.strides[0], e.c(1)), step: pick(a.strides[1], e.c(tiles.rows)) },
                    right: Factor { flat: pick(b.flat, self.packed[1]), line: e.c(1), step: pick(b.strides[0], e.c(tiles.right().width())) },
                    start: e.at(b_start, jr, b_line),
                    depth: steps,
                    target: self.c.flat,
                    target_row: self.c.strides[0],
                    accumulate,
                };
                e.each(rows, e.c(tiles.rows), |ir| {
                    let left = e.min(e.c(tiles.rows), e.sub(rows, ir));
                    let target = e.add(e.at(e.add(j, jr), e.add(i, ir), self.c.strides[0]), e.c(0));
                    self.tile(&column, e.at(a_start, ir, a_line), target, left);
                });
            });
        });
    }

    /// The code for each number of vectors that a column of tiles may need.
    fn by_vectors(&self, width: Value<'c>, vectors: i64, build: &dyn Fn(i64)) {
        if vectors == 1 {
            return build(1);
        }
        let all = self.e.b.cmpi("sgt", width, self.e.c((vectors - 1) * self.tiles.lanes));
        self.e.either(all, || build(vectors), || self.by_vectors(width, vectors - 1, build));
    }

    fn tile(&self, column: &Column<'c>, start: Value<'c>, target: Value<'c>, rows: Value<'c>) {
        let (e, lanes, vectors) = (self.e, self.tiles.lanes, column.vectors);
        let mask = |v: i64| (v + 1 == vectors).then_some(column.mask);
        let there: Vec<_> = (0..self.tiles.rows).map(|r| e.less(e.c(r), rows)).collect();
        let offsets: Vec<_> = there.iter().enumerate().map(|(r, there)| e.b.select(*there, e.mul(e.c(r as i64), column.left.line), e.c(0))).collect();
        let zeros = vec![e.zero(Some(lanes)); (self.tiles.rows * vectors) as usize];
        let sums = e.fold([e.c(0), column.depth, e.c(1)], &zeros, |k, sums| {
            let (left, right) = (e.at(start, k, column.left.step), e.at(column.start, k, column.right.step));
            let loaded: Vec<_> = (0..vectors).map(|v| e.load_vector(column.right.flat, e.add(right, e.c(v * lanes)), lanes, mask(v))).collect();
            let mut sums = sums.iter();
            let mut next = vec![];
            for offset in &offsets {
                let number = e.splat(e.load(column.left.flat, e.add(left, *offset)), lanes);
                next.extend(loaded.iter().zip(&mut sums).map(|(vector, sum)| e.multiply_add(number, *vector, *sum)));
            }
            next
        });
        for (r, sums) in sums.chunks(vectors as usize).enumerate() {
            e.when(there[r], || {
                let row = e.at(target, e.c(r as i64), column.target_row);
                let place = |v: usize| e.add(row, e.c(v as i64 * lanes));
                let store = |v: usize, sum| e.store_vector(sum, column.target, place(v), mask(v as i64));
                e.either(
                    column.accumulate,
                    || sums.iter().enumerate().for_each(|(v, sum)| store(v, e.plus(*sum, e.load_vector(column.target, place(v), lanes, mask(v as i64))))),
                    || sums.iter().enumerate().for_each(|(v, sum)| store(v, *sum)),
                );
            });
        }
    }
}
