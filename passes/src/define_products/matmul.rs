//! The matrix product: three loops over blocks that fit the caches, two over register tiles, one over the depth.
//!
//! A tile is `rows` by `vectors * lanes` sums in registers; a step of the depth loads vectors of the right matrix and one number a row of the
//! left. Both may lie packed or where they are: a tile asks only for a start and strides, and that vectors of the right lie side by side. So
//! small products skip packing, and rows that are not there are the first row again, whose sums are not stored.

use super::Tiles;
use super::emit::{Emit, Source};
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
    /// Whether the left and the right factor are read where they are.
    direct: [Value<'c>; 2],
    /// Packed blocks of the left and the right factor.
    packed: [Value<'c>; 2],
    accumulate: Value<'c>,
    packer: String,
}

pub fn body<'c>(e: &Emit<'c>, args: &[Value<'c>], tiles: &Tiles, packer: String) {
    let [a, b, c] = [0, 1, 2].map(|i| e.source(args[i]));
    let (m, n, k) = (c.sizes[0], c.sizes[1], a.sizes[1]);
    let small = [m, n, k].map(|size| e.less(size, e.c(tiles.direct + 1))).into_iter().reduce(|x, y| e.b.bin("arith.andi", x, y));
    let side_by_side = e.b.bin("arith.ori", e.is(b.strides[1], 1), e.less(n, e.c(2)));
    let small = small.expect("three sizes");
    let direct = [small, e.b.bin("arith.andi", small, side_by_side)];
    let block = |whole: Value<'c>, part: i64| e.b.select(small, e.max(whole, e.c(1)), e.c(part));
    let (mc, nc, kc) = (block(m, tiles.mc), block(n, tiles.nc), block(k, tiles.kc));
    let room = |direct: Value<'c>, lines: Value<'c>, most: Value<'c>, width: i64| {
        let size = e.mul(e.min(e.round_up(lines, width), e.round_up(most, width)), e.min(k, kc));
        // The squares that are transposed reach beyond the end of the last panel.
        e.buffer(e.b.select(direct, e.c(0), e.add(size, e.c(tiles.rows * width))))
    };
    let packed = [room(direct[0], m, mc, tiles.rows), room(direct[1], n, nc, tiles.columns())];
    let product = Product { e, tiles, a, b, c, direct, packed, accumulate: args[3], packer };
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
        e.either(self.direct[1], || {}, || {
            let start = e.at(e.mul(p, b.strides[0]), j, b.strides[1]);
            self.pack(&[b.flat, start, b.strides[1], b.strides[0], columns, steps, self.packed[1], e.c(self.tiles.columns())]);
        });
    }

    fn pack(&self, arguments: &[Value<'c>]) {
        self.e.b.op("func.call", arguments, &[], &[("callee", self.e.b.symbol(&self.packer))]);
    }

    /// The product of a block of the left factor, packed here, with one of the right. `[i, j, p]` is where they start, then how large they are.
    fn block(&self, [i, j, p]: [Value<'c>; 3], [rows, columns, steps]: [Value<'c>; 3]) {
        let (e, tiles) = (self.e, self.tiles);
        let (a, b) = (&self.a, &self.b);
        let a_start = e.at(e.mul(i, a.strides[0]), p, a.strides[1]);
        e.either(self.direct[0], || {}, || {
            self.pack(&[a.flat, a_start, a.strides[0], a.strides[1], rows, steps, self.packed[0], e.c(tiles.rows)]);
        });
        let [left, right] = self.direct.map(|direct| move |here, packed| e.b.select(direct, here, packed));
        let a_start = left(a_start, e.c(0));
        let b_start = right(e.at(j, p, b.strides[0]), e.c(0));
        // A panel of the packed factor takes `steps` for each line.
        let (a_line, b_line) = (left(a.strides[0], steps), right(e.c(1), steps));
        let accumulate = e.b.bin("arith.ori", self.accumulate, e.b.cmpi("sgt", p, e.c(0)));
        e.each(columns, e.c(tiles.columns()), |jr| {
            let width = e.min(e.c(tiles.columns()), e.sub(columns, jr));
            let column = |vectors: i64, first: Value<'c>, width: Value<'c>| Column {
                vectors,
                mask: e.mask(e.sub(width, e.c((vectors - 1) * tiles.lanes)), tiles.lanes),
                left: Factor { flat: left(a.flat, self.packed[0]), line: left(a.strides[0], e.c(1)), step: left(a.strides[1], e.c(tiles.rows)) },
                right: Factor { flat: right(b.flat, self.packed[1]), line: e.c(1), step: right(b.strides[0], e.c(tiles.columns())) },
                start: e.add(e.at(b_start, jr, b_line), first),
                depth: steps,
                target: self.c.flat,
                target_row: self.c.strides[0],
                accumulate,
            };
            let tiles_of = |column: Column<'c>, first: Value<'c>| {
                e.each(rows, e.c(tiles.rows), |ir| {
                    let there = e.min(e.c(tiles.rows), e.sub(rows, ir));
                    let target = e.at(e.add(e.add(j, jr), first), e.add(i, ir), self.c.strides[0]);
                    self.tile(&column, e.at(a_start, ir, a_line), target, there);
                });
            };
            // A narrow rest goes by tiles of one vector.
            let wide = e.b.cmpi("sgt", width, e.c((tiles.vectors - 1) * tiles.lanes));
            e.either(wide, || tiles_of(column(tiles.vectors, e.c(0), width), e.c(0)), || {
                e.each(width, e.c(tiles.lanes), |first| tiles_of(column(1, first, e.sub(width, first)), first));
            });
        });
    }

    fn tile(&self, column: &Column<'c>, start: Value<'c>, target: Value<'c>, rows: Value<'c>) {
        let (e, lanes, vectors) = (self.e, self.tiles.lanes, column.vectors);
        let mask = |v: i64| (v + 1 == vectors).then_some(column.mask);
        let offset = |r: i64| e.b.select(e.less(e.c(r), rows), e.mul(e.c(r), column.left.line), e.c(0));
        let offsets: Vec<_> = (0..self.tiles.rows).map(offset).collect();
        if vectors > 1 {
            e.each(rows, e.c(1), |r| {
                let row = e.at(target, r, column.target_row);
                (0..vectors).for_each(|v| e.prefetch(column.target, e.add(row, e.c(v * lanes))));
            });
        }
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
        self.put(column, &sums, target, rows);
    }

    /// Stores the rows of a tile that are there.
    fn put(&self, column: &Column<'c>, sums: &[Value<'c>], target: Value<'c>, rows: Value<'c>) {
        let (e, lanes, vectors) = (self.e, self.tiles.lanes, column.vectors);
        let (all, none) = (e.mask(e.c(lanes), lanes), e.mask(e.c(0), lanes));
        let held = [e.b.select(column.accumulate, all, none), e.b.select(column.accumulate, column.mask, none)];
        for (r, sums) in (0..).zip(sums.chunks(vectors as usize)) {
            e.when(e.less(e.c(r), rows), || {
                let row = e.at(target, e.c(r), column.target_row);
                for (v, sum) in (0..).zip(sums) {
                    let last = v + 1 == vectors;
                    let place = e.add(row, e.c(v * lanes));
                    let before = e.load_vector(column.target, place, lanes, Some(held[last as usize]));
                    e.store_vector(e.plus(*sum, before), column.target, place, last.then_some(column.mask));
                }
            });
        }
    }
}
