//! Loops of `linalg.generic` on arrays, neighbouring elements innermost.
//!
//! Arrays that all are packed and read element by element in their own order are one loop. In an array of Fortran order the first axis is the
//! innermost loop. Where no iteration depends on another (`zouk.independent`), the innermost loop names a group for its accesses, which
//! `zouk-vectorize-loops` looks for.
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
//!     %c0 = arith.constant 0 : index
//!     %dim = memref.dim %arg1, %c0 : memref<?x?xf64>
//!     %c1 = arith.constant 1 : index
//!     %dim_0 = memref.dim %arg1, %c1 : memref<?x?xf64>
//!     %0 = arith.muli %dim, %dim_0 : index
//!     %c0_1 = arith.constant 0 : index
//!     %c1_2 = arith.constant 1 : index
//!     %1 = rt.view %arg0[%c0_1, %0, %c1_2] : memref<?x?xf64> to memref<?xf64>
//!     %2 = rt.view %arg1[%c0_1, %0, %c1_2] : memref<?x?xf64> to memref<?xf64>
//!     %c0_3 = arith.constant 0 : index
//!     %dim_4 = memref.dim %2, %c0_3 : memref<?xf64>
//!     %c0_5 = arith.constant 0 : index
//!     %c1_6 = arith.constant 1 : index
//!     scf.for %arg2 = %c0_5 to %dim_4 step %c1_6 {
//!       %3 = memref.load %1[%arg2] : memref<?xf64>
//!       %4 = arith.negf %3 : f64
//!       memref.store %4, %2[%arg2] : memref<?xf64>
//!     }
//!     return
//!   }
//! }
//! ```

use crate::bufferize::{INDEPENDENT, views};
use crate::parallel::{PARALLEL, allows};
use crate::vectorize_loops::ACCESSES;
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Attribute, Builder, Op, Region, TypeLike, Value};

mod blocks;

pub use blocks::two_sum;

pub const OPTIONS: &[OptionInfo] = &[];

/// On a reduction by one operation whose result does not depend on the order of elements at all, as that of floats does (`zouk.reduction`).
pub const EXACT: &str = "zouk.exact";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for op in module.collect(|o| o.is("linalg.generic")) {
        if op.num_results() > 0 || op.operands().iter().any(|v| !v.ty().is_mem_ref()) {
            let message = "`linalg.generic` is not on arrays: `zouk-bufferize` gives tensors their memory";
            return Err(Diagnostic::at(ErrorClass::Unsupported, "unsupported", message, op.loc()));
        }
        if let Some(map) = op.array_attr("indexing_maps").into_iter().find(|map| places(*map).is_none()) {
            let message = format!("`linalg.generic` has the map {map}: only loops and the constant 0 can be indices");
            return Err(Diagnostic::at(ErrorClass::Unsupported, "unsupported", message, op.loc()));
        }
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
    /// Which loops reduce.
    reduced: Vec<bool>,
    /// Whether loops over elements, and those that reduce to a few, may run on several threads.
    parallel: bool,
    reductions: bool,
}

impl<'c> Nest<'c> {
    fn new(op: Op<'c>) -> Self {
        let maps = op.array_attr("indexing_maps");
        let iterators = op.array_attr("iterator_types");
        let outputs = op.body(0).terminator().map_or(0, |t| t.num_operands());
        let reduced = iterators.iter().map(|i| i.to_string().contains("reduction")).collect();
        Nest { op, b: Builder::before(op), arrays: op.operands(), places: maps.into_iter().filter_map(places).collect(), inputs: op.num_operands() - outputs, reduced, parallel: allows(op, "numpy"), reductions: allows(op, "reduction") }
    }

    fn build(mut self) {
        if self.is_flat() {
            self.flatten();
        }
        let sizes = self.sizes();
        let order = self.order();
        let mut indices = vec![None; self.reduced.len()];
        self.nest(&sizes, &order, &mut indices);
    }

    /// Whether the loops can be one: every array is packed and read in its own order, or reduced as a whole.
    fn is_flat(&self) -> bool {
        let loops = self.reduced.len();
        let identity: Vec<Place> = (0..loops).map(Place::Loop).collect();
        let whole = self.reduced.iter().all(|r| *r);
        let indexed = !self.op.collect(|o| o.is("linalg.index")).is_empty();
        let plain = |i: usize| self.places[i] == identity && views::is_packed(self.arrays[i]) || whole && i >= self.inputs;
        loops > 1 && !indexed && (whole || self.reduced.iter().all(|r| !*r)) && (0..self.arrays.len()).all(plain)
    }

    /// The arrays as arrays of one axis.
    fn flatten(&mut self) {
        let b = &self.b;
        let whole = self.reduced[0];
        let total = views::dims(b, self.arrays[if whole { 0 } else { self.inputs }]).into_iter().reduce(|x, y| b.bin("arith.muli", x, y)).expect("more than one axis");
        let (zero, one) = (b.c_index(0), b.c_index(1));
        let flat = if whole { self.inputs } else { self.arrays.len() };
        for i in 0..flat {
            self.arrays[i] = b.val("rt.view", &[self.arrays[i], zero, total, one], views::packed(self.arrays[i], 1), &[]);
            self.places[i] = vec![Place::Loop(0)];
        }
        self.reduced.truncate(1);
    }

    /// How often each loop runs.
    fn sizes(&self) -> Vec<Value<'c>> {
        let outputs_first = (self.inputs..self.arrays.len()).chain(0..self.inputs);
        let mut sizes = vec![None; self.reduced.len()];
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
        let loops = self.reduced.len();
        let order: Vec<usize> = (0..loops).collect();
        let reduces = self.reduced.contains(&true);
        let deciding = if reduces { &self.arrays[..self.inputs] } else { &self.arrays[self.inputs..] };
        // Where the order of elements counts, it is that of C.
        let free = !reduces || self.op.has_attr("zouk.reduction") || self.op.has_attr(EXACT);
        if loops > 1 && free && deciding.iter().all(fortran) { order.into_iter().rev().collect() } else { order }
    }

    fn nest(&self, sizes: &[Value<'c>], order: &[usize], indices: &mut Vec<Option<Value<'c>>>) {
        let Some((&at, rest)) = order.split_first() else { return self.element(indices) };
        if order.iter().all(|at| self.reduced[*at]) {
            return self.fold(sizes, order, indices);
        }
        let b = &self.b;
        let outermost = order.len() == self.reduced.len();
        let mark = (outermost && self.parallel && !self.reduced[at]).then_some("array");
        let op = self.marked_for(mark, b.c_index(0), sizes[at], b.c_index(1), &[], &mut |index, _| {
            indices[at] = Some(index);
            self.nest(sizes, rest, indices);
            vec![]
        });
        if rest.is_empty() && self.op.has_attr(INDEPENDENT) {
            op.set_attr(ACCESSES, b.access_group());
        }
    }

    fn scf_for(&self, from: Value<'c>, to: Value<'c>, step: Value<'c>, inits: &[Value<'c>], body: &mut dyn FnMut(Value<'c>, &[Value<'c>]) -> Vec<Value<'c>>) -> Op<'c> {
        self.marked_for(None, from, to, step, inits, body)
    }

    /// A loop that may run on several threads, when it has a mark.
    fn marked_for(&self, mark: Option<&str>, from: Value<'c>, to: Value<'c>, step: Value<'c>, inits: &[Value<'c>], body: &mut dyn FnMut(Value<'c>, &[Value<'c>]) -> Vec<Value<'c>>) -> Op<'c> {
        let b = &self.b;
        let region = Region::new();
        let arguments: Vec<_> = [(b.index(), b.loc())].into_iter().chain(inits.iter().map(|v| (v.ty(), b.loc()))).collect();
        let block = region.add_block(&arguments);
        b.within(block, || {
            let args = block.args();
            let next = body(args[0], &args[1..]);
            b.op("scf.yield", &next, &[], &[])
        });
        let types: Vec<_> = inits.iter().map(|v| v.ty()).collect();
        let mark = mark.map(|mark| (PARALLEL, b.str(mark)));
        let attrs: Vec<_> = self.op.attr("llvm.loop_annotation").map(|how| ("llvm.loop_annotation", how)).into_iter().chain(mark).collect();
        b.op_with_regions("scf.for", &[&[from, to, step], inits].concat(), &types, &attrs, &[region])
    }

    /// The operands of an access to array `i`.
    fn at(&self, i: usize, indices: &[Option<Value<'c>>]) -> Vec<Value<'c>> {
        let index = |place: &Place| match place {
            Place::Loop(at) => indices[*at].expect("inside the loop"),
            Place::Zero => self.b.c_index(0),
        };
        [self.arrays[i]].into_iter().chain(self.places[i].iter().map(index)).collect()
    }

    /// Loads, the body, stores.
    fn element(&self, indices: &[Option<Value<'c>>]) {
        let b = &self.b;
        let body = self.op.body(0);
        let results = self.compute(indices, &mut |i| {
            let argument = body.arg(i);
            b.val("memref.load", &self.at(i, indices), argument.ty(), &[])
        });
        for (k, value) in results.into_iter().enumerate() {
            b.op("memref.store", &[&[value], &self.at(self.inputs + k, indices)[..]].concat(), &[], &[]);
        }
    }

    /// The loops that only reduce: accumulators are carried, and stored once.
    fn fold(&self, sizes: &[Value<'c>], order: &[usize], indices: &mut Vec<Option<Value<'c>>>) {
        let b = &self.b;
        let body = self.op.body(0);
        let outputs = self.arrays.len() - self.inputs;
        let start: Vec<Value<'c>> = (0..outputs).map(|k| b.val("memref.load", &self.at(self.inputs + k, indices), body.arg(self.inputs + k).ty(), &[])).collect();
        let total = self.fold_axis(sizes, order, indices, &start);
        for (k, value) in total.into_iter().enumerate() {
            b.op("memref.store", &[&[value], &self.at(self.inputs + k, indices)[..]].concat(), &[], &[]);
        }
    }

    fn fold_axis(&self, sizes: &[Value<'c>], order: &[usize], indices: &mut Vec<Option<Value<'c>>>, start: &[Value<'c>]) -> Vec<Value<'c>> {
        let b = &self.b;
        let (&at, rest) = order.split_first().expect("an axis to reduce");
        let (zero, one) = (b.c_index(0), b.c_index(1));
        let sum = self.op.str_attr("zouk.reduction") == Some("sum");
        if rest.is_empty() && sum {
            return blocks::blocked_sum(self, self.whole(order), sizes[at], at, indices, start);
        }
        self.marked_for(self.whole(order), zero, sizes[at], one, start, &mut |index, acc| {
            indices[at] = Some(index);
            if rest.is_empty() { self.step(indices, acc, self.op.has_attr("zouk.reduction")) } else { self.fold_axis(sizes, rest, indices, acc) }
        })
        .results()
    }

    /// The mark of the outermost loop of a reduction to one value whose order is free.
    fn whole(&self, order: &[usize]) -> Option<&'static str> {
        let free = self.op.has_attr("zouk.reduction") || self.op.has_attr(EXACT);
        (self.reductions && order.len() == self.reduced.len() && free).then_some("reduction")
    }

    /// The next accumulators. `free`: in whatever order.
    fn step(&self, indices: &[Option<Value<'c>>], accumulators: &[Value<'c>], free: bool) -> Vec<Value<'c>> {
        let body = self.op.body(0);
        let next = self.compute(indices, &mut |i| match i.checked_sub(self.inputs) {
            Some(k) => accumulators[k],
            None => self.b.val("memref.load", &self.at(i, indices), body.arg(i).ty(), &[]),
        });
        if free {
            let flags = self.b.parse_attr("#arith.fastmath<reassoc>");
            next.iter().filter_map(|v| v.def()).filter(|o| matches!(o.name(), "arith.addf" | "arith.mulf")).for_each(|o| o.set_attr("fastmath", flags));
        }
        next
    }

    /// The body on what `argument` gives for its arguments; what it yields.
    fn compute(&self, indices: &[Option<Value<'c>>], argument: &mut dyn FnMut(usize) -> Value<'c>) -> Vec<Value<'c>> {
        let body = self.op.body(0);
        let mut values: HashMap<Value<'c>, Value<'c>> = HashMap::new();
        for (i, arg) in body.args().into_iter().enumerate() {
            if !arg.is_unused() {
                values.insert(arg, argument(i));
            }
        }
        let (places, ops): (Vec<Op>, Vec<Op>) = body.ops().into_iter().partition(|o| o.is("linalg.index"));
        for op in places {
            let dim = op.int_attr("dim").unwrap_or(0) as usize;
            values.insert(op.result(0), indices[dim].expect("inside the loop"));
        }
        clone_body(&self.b, &ops, &mut values);
        let yielded = body.terminator().map(|t| t.operands()).unwrap_or_default();
        yielded.into_iter().map(|v| values.get(&v).copied().unwrap_or(v)).collect()
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

/// The results of `affine_map<(d0, d1) -> (d1, 0)>`; none when one is something else.
fn places(map: Attribute) -> Option<Vec<Place>> {
    let text = map.to_string();
    let results = text.split("-> (").nth(1)?.strip_suffix(")>")?;
    let place = |part: &str| match part {
        "0" => Some(Place::Zero),
        part => part.strip_prefix('d')?.parse().ok().map(Place::Loop),
    };
    results.split(',').map(str::trim).filter(|p| !p.is_empty()).map(place).collect()
}
