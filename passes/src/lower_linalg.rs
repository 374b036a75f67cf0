//! Loops of `linalg.generic` on arrays, neighbouring elements innermost.
//!
//! Arrays that all are packed and read element by element in their own order are one loop. In an array of Fortran order the first axis is the
//! innermost loop.
//!
//! ```mlir before
//! func.func @negate(%a: memref<?x?xf64>, %b: memref<?x?xf64>) {
//!   linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
//!       ins(%a : memref<?x?xf64>) outs(%b : memref<?x?xf64>) {
//!   ^bb0(%x: f64, %out: f64):
//!     %y = arith.negf %x : f64
//!     linalg.yield %y : f64
//!   }
//!   return
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @negate(%arg0: memref<?x?xf64>, %arg1: memref<?x?xf64>) {
//!     return
//!   }
//! }
//! ```

use crate::bufferize::views;
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, Builder, Op, Region, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for op in module.collect(|o| o.is("linalg.generic")) {
        Nest::new(op).build();
        op.erase();
    }
    Ok(())
}

/// A result of an indexing map.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Place {
    Loop(usize),
    Zero,
}

struct Nest<'c> {
    op: Op<'c>,
    b: Builder<'c>,
    arrays: Vec<Value<'c>>,
    places: Vec<Vec<Place>>,
    inputs: usize,
    loops: usize,
}

impl<'c> Nest<'c> {
    fn new(op: Op<'c>) -> Self {
        let maps = op.array_attr("indexing_maps");
        let loops = op.array_attr("iterator_types").len();
        let outputs = op.body(0).terminator().map_or(0, |t| t.num_operands());
        Nest { op, b: Builder::before(op), arrays: op.operands(), places: maps.into_iter().map(places).collect(), inputs: op.num_operands() - outputs, loops }
    }

    fn build(mut self) {
        if self.is_flat() {
            self.flatten();
        }
        let sizes = self.sizes();
        let order = self.order();
        let mut indices = vec![None; self.loops];
        self.nest(&sizes, &order, &mut indices);
    }

    /// Whether every array is packed and read in its own order.
    fn is_flat(&self) -> bool {
        let identity: Vec<Place> = (0..self.loops).map(Place::Loop).collect();
        self.loops > 1 && self.places.iter().all(|p| *p == identity) && self.arrays.iter().all(|a| views::is_packed(*a))
    }

    /// The arrays as arrays of one axis.
    fn flatten(&mut self) {
        let b = &self.b;
        let output = self.arrays[self.inputs];
        let total = views::dims(b, output).into_iter().reduce(|x, y| b.bin("arith.muli", x, y)).expect("more than one axis");
        let (zero, one) = (b.c_index(0), b.c_index(1));
        self.arrays = self.arrays.iter().map(|a| b.val("rt.view", &[*a, zero, total, one], views::packed(*a, 1), &[])).collect();
        self.places = vec![vec![Place::Loop(0)]; self.arrays.len()];
        self.loops = 1;
    }

    /// How often each loop runs.
    fn sizes(&self) -> Vec<Value<'c>> {
        let outputs_first = (self.inputs..self.arrays.len()).chain(0..self.inputs);
        let mut sizes = vec![None; self.loops];
        for i in outputs_first {
            for (axis, place) in self.places[i].iter().enumerate() {
                if let Place::Loop(at) = *place
                    && sizes[at].is_none()
                {
                    sizes[at] = Some(self.b.val("memref.dim", &[self.arrays[i], self.b.c_index(axis as i64)], self.b.index(), &[]));
                }
            }
        }
        sizes.into_iter().map(|s| s.expect("every loop is over an axis of some array")).collect()
    }

    /// The loops from the outermost on.
    fn order(&self) -> Vec<usize> {
        let fortran = |a: &Value<'c>| a.ty().to_string().contains("strided<[1,");
        let order: Vec<usize> = (0..self.loops).collect();
        if self.loops > 1 && self.arrays[self.inputs..].iter().all(fortran) { order.into_iter().rev().collect() } else { order }
    }

    fn nest(&self, sizes: &[Value<'c>], order: &[usize], indices: &mut Vec<Option<Value<'c>>>) {
        let Some((&at, rest)) = order.split_first() else { return self.element(indices) };
        let b = &self.b;
        let region = Region::new();
        let block = region.add_block(&[(b.index(), b.loc())]);
        indices[at] = Some(block.arg(0));
        b.within(block, || {
            self.nest(sizes, rest, indices);
            b.op("scf.yield", &[], &[], &[]);
        });
        b.op_with_regions("scf.for", &[b.c_index(0), sizes[at], b.c_index(1)], &[], &[], &[region]);
    }

    /// Loads, the body, stores.
    fn element(&self, indices: &[Option<Value<'c>>]) {
        let b = &self.b;
        let body = self.op.body(0);
        let at = |i: usize| -> Vec<Value<'c>> {
            let index = |place: &Place| match place {
                Place::Loop(at) => indices[*at].expect("inside the loop"),
                Place::Zero => b.c_index(0),
            };
            [self.arrays[i]].into_iter().chain(self.places[i].iter().map(index)).collect()
        };
        let mut values: HashMap<Value<'c>, Value<'c>> = HashMap::new();
        for (i, argument) in body.args().into_iter().enumerate() {
            if !argument.is_unused() {
                values.insert(argument, b.val("memref.load", &at(i), argument.ty(), &[]));
            }
        }
        let terminator = body.terminator().expect("linalg.yield");
        clone_body(b, &body.ops(), &mut values);
        for (i, result) in terminator.operands().into_iter().enumerate() {
            let value = values.get(&result).copied().unwrap_or(result);
            b.op("memref.store", &[&[value], &at(self.inputs + i)[..]].concat(), &[], &[]);
        }
    }
}

/// Clones ops up to the terminator, on the values that stand for their operands.
pub fn clone_body<'c>(b: &Builder<'c>, ops: &[Op<'c>], values: &mut HashMap<Value<'c>, Value<'c>>) {
    for op in ops.iter().filter(|o| !o.is("linalg.yield")) {
        let copy = b.insert(op.deep_clone());
        copy.walk(&mut |inner| {
            for i in 0..inner.num_operands() {
                if let Some(value) = values.get(&inner.operand(i)) {
                    inner.set_operand(i, *value);
                }
            }
        });
        values.extend(op.results().into_iter().zip(copy.results()));
    }
}

/// The results of `affine_map<(d0, d1) -> (d1, 0)>`.
fn places(map: Attribute) -> Vec<Place> {
    let text = map.to_string();
    let results = text.split("-> (").nth(1).and_then(|t| t.split(')').next()).unwrap_or_default();
    let place = |part: &str| part.strip_prefix('d').and_then(|n| n.parse().ok()).map_or(Place::Zero, Place::Loop);
    results.split(',').map(str::trim).filter(|p| !p.is_empty()).map(place).collect()
}
