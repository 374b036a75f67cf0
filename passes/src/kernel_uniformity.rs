//! Which values of a kernel are the same for all threads of a block.
//!
//! A value is *uniform* when every thread that computes it gets the same, and it can be computed once, before the loop over the threads: constants, the kernel's scalars, the numbers
//! of the block, sizes of arrays, and what operations without effects make of them. What is loaded is not, nor what only some threads compute an operation with effects for.
//! What threads meet at (`meets`) is an operation at which all of them must arrive before one goes on.

use crate::parallel::is_inside;
use std::collections::{HashMap, HashSet};
use zouk_dialects::ir::{Builder, Op, Region, Value};

/// On an op that threads go through together though they do not wait for each other in it (`align_strides`).
pub const TOGETHER: &str = "zouk.together";

/// What the threads of a warp meet for, by the name of `rt.simt`.
const OF_WARP: [&str; 13] = [
    "syncwarp", "activemask", "shfl_sync", "shfl_up_sync", "shfl_down_sync", "shfl_xor_sync", "all_sync", "any_sync", "eq_sync", "ballot_sync", "match_any_sync", "match_all_sync", "vote_sync",
];
/// The same for a block: one number for all of its threads.
const OF_BLOCK: [&str; 3] = ["syncthreads_count", "syncthreads_and", "syncthreads_or"];

/// The values that differ between threads, or that are known inside the loop over the threads alone.
pub struct Uniformity<'c> {
    varying: HashSet<Value<'c>>,
    /// Whether the number of the block is one of them: where all blocks of the grid meet.
    grid: bool,
    /// Whether the ops being looked at stand in unstructured code where threads meet: what they give has a place for each thread.
    loose: bool,
}

impl<'c> Uniformity<'c> {
    pub fn of(function: Op<'c>) -> Self {
        let grid = !function.collect(is_grid_sync).is_empty();
        let mut this = Uniformity { varying: HashSet::new(), grid, loose: false };
        // What a loop carries varies once it does in a later iteration.
        loop {
            let before = this.varying.len();
            function.regions().into_iter().for_each(|region| this.region(region));
            if this.varying.len() == before {
                return this;
            }
        }
    }

    pub fn is_uniform(&self, value: Value<'c>) -> bool {
        !self.varying.contains(&value)
    }

    /// Whether the value follows from the place of the thread in its block, and from what is the same for all.
    pub fn is_of_place(&self, value: Value<'c>) -> bool {
        follows_from(value, &|value| self.is_uniform(value) || value.def_by("gpu.thread_id").is_some(), &|op| op.num_regions() == 0 && is_pure(op))
    }

    fn all_uniform(&self, values: &[Value<'c>]) -> bool {
        values.iter().all(|value| self.is_uniform(*value))
    }

    fn region(&mut self, region: Region<'c>) {
        self.region_of(region, false)
    }

    fn region_of(&mut self, region: Region<'c>, loose: bool) {
        let before = std::mem::replace(&mut self.loose, loose);
        for block in region.blocks() {
            block.ops().into_iter().for_each(|op| self.op(op));
        }
        self.loose = before;
    }

    fn op(&mut self, op: Op<'c>) {
        match op.name() {
            "scf.if" | "scf.for" | "scf.while" if meets(op) => self.structured(op),
            _ => {
                for region in op.regions().into_iter().filter(|_| meets(op)) {
                    // Blocks of unstructured code are reached by some threads and not by others.
                    region.blocks().into_iter().for_each(|block| self.varying.extend(block.args()));
                    self.region_of(region, true);
                }
                if !self.gives_uniform(op) {
                    self.varying.extend(op.results());
                }
            }
        }
    }

    fn gives_uniform(&self, op: Op<'c>) -> bool {
        match op.name() {
            "gpu.block_dim" | "gpu.grid_dim" => true,
            "gpu.block_id" => !self.grid,
            "rt.scratch" => op.str_attr("space") != Some("local") && !self.grid,
            "rt.simt" if op.str_attr("name") == Some("dynamic_shared_size") => true,
            "rt.simt" => op.str_attr("name").is_some_and(|name| OF_BLOCK.contains(&name)) && !self.grid && !self.loose,
            _ => is_pure(op) && self.all_uniform(&used(op)),
        }
    }

    fn structured(&mut self, op: Op<'c>) {
        if self.loose {
            let carried = if op.is("scf.for") { op.body(0).args().split_off(1) } else { op.regions().into_iter().filter_map(|r| r.first_block()).flat_map(|b| b.args()).collect() };
            self.varying.extend(op.results().into_iter().chain(carried));
        }
        match op.name() {
            "scf.if" => {
                op.regions().into_iter().for_each(|region| self.region(region));
                for (i, result) in op.results().into_iter().enumerate() {
                    let yields = op.regions().into_iter().filter_map(|r| r.first_block()?.terminator()).map(|t| t.operand(i));
                    if !self.is_uniform(op.operand(0)) || yields.into_iter().any(|value| !self.is_uniform(value)) {
                        self.varying.insert(result);
                    }
                }
            }
            "scf.for" => self.counted(op),
            _ => self.conditional(op),
        }
    }

    fn counted(&mut self, op: Op<'c>) {
        let body = op.body(0);
        if !self.all_uniform(&op.operands()[..3]) {
            self.varying.extend(body.args());
        }
        self.region(op.region(0));
        let Some(next) = body.terminator() else { return };
        for (k, result) in op.results().into_iter().enumerate() {
            let argument = body.arg(1 + k);
            if !self.all_uniform(&[op.operand(3 + k), next.operand(k), argument, body.arg(0)]) {
                self.varying.extend([argument, result]);
            }
        }
    }

    fn conditional(&mut self, op: Op<'c>) {
        let (before, after) = (op.body(0), op.body(1));
        op.regions().into_iter().for_each(|region| self.region(region));
        let (Some(condition), Some(next)) = (before.terminator(), after.terminator()) else { return };
        let together = self.is_uniform(condition.operand(0));
        for (k, argument) in before.args().into_iter().enumerate() {
            if !together || !self.all_uniform(&[op.operand(k), next.operand(k)]) {
                self.varying.insert(argument);
            }
        }
        for (k, result) in op.results().into_iter().enumerate() {
            if !together || !self.is_uniform(condition.operand(1 + k)) {
                self.varying.extend([result, after.arg(k)]);
            }
        }
    }
}

/// Whether ops of one kind alone compute the value, from what is known.
pub fn follows_from<'c>(value: Value<'c>, known: &dyn Fn(Value<'c>) -> bool, computes: &dyn Fn(Op<'c>) -> bool) -> bool {
    let (mut open, mut seen) = (vec![value], HashSet::from([value]));
    while let Some(value) = open.pop() {
        if known(value) {
            continue;
        }
        let Some(op) = value.def().filter(|op| computes(*op)) else { return false };
        open.extend(op.operands().into_iter().filter(|operand| seen.insert(*operand)));
    }
    true
}

/// What the op, with what is in it, takes from before it.
pub fn used<'c>(op: Op<'c>) -> Vec<Value<'c>> {
    let mut values = vec![];
    op.walk(&mut |inner| values.extend(inner.operands().into_iter().filter(|value| !is_inside(*value, op))));
    values
}

/// Whether the op is one that all threads of a warp, of a block or of the grid come to before one goes on, or has one in it.
pub fn meets(op: Op) -> bool {
    is_meeting(op) || op.has_attr(TOGETHER) || op.regions().into_iter().flat_map(|r| r.blocks()).flat_map(|b| b.ops()).any(meets)
}

pub fn is_meeting(op: Op) -> bool {
    is_of_warp(op) || op.is("gpu.barrier") || op.is("rt.simt") && op.str_attr("name").is_some_and(|name| OF_BLOCK.contains(&name) || name == "grid_sync")
}

/// Whether only the threads of a warp wait for each other.
pub fn is_of_warp(op: Op) -> bool {
    op.is("rt.simt") && op.str_attr("name").is_some_and(|name| OF_WARP.contains(&name))
}

pub fn is_grid_sync(op: Op) -> bool {
    op.is("rt.simt") && op.str_attr("name") == Some("grid_sync")
}

/// Computes a value of the loop before it; `known` has what has been computed so.
pub fn before<'c>(b: &Builder<'c>, value: Value<'c>, the_loop: Op<'c>, known: &mut HashMap<Value<'c>, Value<'c>>) -> Value<'c> {
    if let Some(found) = known.get(&value) {
        return *found;
    }
    let Some(op) = value.def().filter(|_| is_inside(value, the_loop)) else { return value };
    let operands: Vec<Value> = op.operands().into_iter().map(|v| before(b, v, the_loop, known)).collect();
    let copy = b.insert(op.deep_clone());
    copy.set_operands(&operands);
    known.extend(op.results().into_iter().zip(copy.results()));
    known[&value]
}

/// Whether the op, with what is in it, only computes: it may run more or less often than it is written.
pub fn is_pure(op: Op) -> bool {
    match op.name() {
        "scf.if" | "scf.for" => op.regions().into_iter().flat_map(|r| r.blocks()).flat_map(|b| b.ops()).all(is_pure),
        "scf.yield" | "memref.dim" | "memref.cast" | "memref.collapse_shape" | "memref.extract_strided_metadata" | "rt.view" | "rt.constant_array" => true,
        "rt.index" => !op.has_attr("checked"),
        _ => op.num_regions() == 0 && matches!(op.dialect(), "arith" | "math" | "complex" | "ub"),
    }
}
