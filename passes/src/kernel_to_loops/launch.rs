//! The numbers of the launch, and the loops over blocks and threads.
//!
//! Blocks are counted by one number, from which their places follow. Where all blocks of the grid meet, it is every piece that has the loop over the blocks, around that over the threads.

use super::{Condition, Fission, Mask};
use super::memory::Slot;
use super::thread::Thread;
use crate::narrow_threads::THREADS;
use crate::parallel::{CARRIED, INDEPENDENT, PARALLEL};
use crate::vectorize_loops::ACCESSES;
use crate::watch_kernels::{DEBUG, say};
use std::collections::HashMap;
use std::rc::Rc;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, Block, Builder, FunctionType, Location, Op, Region, Type, Value};

/// The most blocks along x, y and z, and the most threads of a block: those of every GPU since 2012.
const LIMITS: [(&str, i64); 6] = [("blocks along x", i32::MAX as i64), ("blocks along y", 65535), ("blocks along z", 65535), ("threads along x", 1024), ("threads along y", 1024), ("threads along z", 64)];
const MOST_THREADS: i64 = 1024;

/// On a loop whose iterations may run in any order, or at once: how what it carries is put together.
const ANY_ORDER: &str = "zouk.any_order";

/// What a thread does in a loop over the threads.
type Fill<'a, 'c> = &'a mut dyn FnMut(&mut Fission<'c>, &mut Thread<'c>) -> Result<(), Diagnostic>;

#[derive(Clone)]
pub struct Launch<'c> {
    pub blocks: [Value<'c>; 3],
    pub threads: [Value<'c>; 3],
    /// Threads in a block.
    pub of_block: Value<'c>,
    /// Blocks in the grid.
    pub of_grid: Value<'c>,
    /// Bytes of dynamic shared memory.
    pub dynamic: Value<'c>,
    /// Threads that have places in arrays: of a block, or of the grid where its blocks meet.
    pub count: Value<'c>,
    /// Whether the blocks of the grid meet.
    pub grid: bool,
    /// The block's place, where there is a loop over the blocks around all pieces.
    pub place: Option<[Value<'c>; 3]>,
    pub block: Option<Value<'c>>,
    /// Whether what threads do is watched: block after block, on one thread.
    pub watched: bool,
}

impl<'c> Launch<'c> {
    /// A new body for the function, with the arguments of the launch. What lies outside of the limits is refused: what follows relies on them.
    pub fn begin(function: Op<'c>, old: Block<'c>, grid: bool) -> (Block<'c>, Launch<'c>) {
        let place = function.loc();
        let i64_type = Builder::at_end(function.context(), old, place).i64();
        let types: Vec<Type> = old.args().iter().map(|a| a.ty()).chain([i64_type; 7]).collect();
        let new = function.region(0).add_block(&types.iter().map(|ty| (*ty, place)).collect::<Vec<_>>());
        let b = Builder::at_end(function.context(), new, place);
        function.set_attr("function_type", b.ty_attr(FunctionType::new(b.context, &types, &[]).into()));
        if function.has_attr("py.arguments") {
            let arguments = function.array_attr("py.arguments").into_iter().chain([b.str("si64"); 7]);
            function.set_attr("py.arguments", b.array(&arguments.collect::<Vec<Attribute>>()));
        }
        let numbers = &new.args()[old.num_args()..];
        for (number, (what, most)) in numbers.iter().zip(LIMITS) {
            within(&b, *number, 1, most, what);
        }
        within(&b, numbers[6], 0, i64::MAX >> 8, "bytes of shared memory");
        let index = |i: usize| b.index_cast(numbers[i], b.index());
        let (blocks, threads) = ([0, 1, 2].map(index), [3, 4, 5].map(index));
        let product = |[x, y, z]: [Value<'c>; 3]| b.bin("arith.muli", b.bin("arith.muli", x, y), z);
        let (of_block, of_grid) = (product(threads), product(blocks));
        within(&b, of_block, 1, MOST_THREADS, "threads");
        let dynamic = index(6);
        let watched = function.parent().is_some_and(|module| module.has_attr(DEBUG));
        if watched {
            say(&b, "zouk_kernel_begins", &[]);
        }
        let count = if grid { b.bin("arith.muli", of_block, of_grid) } else { of_block };
        (new, Launch { blocks, threads, of_block, of_grid, dynamic, count, grid, place: None, block: None, watched })
    }

    /// The loop over the blocks around all pieces: its body. None where blocks meet.
    pub fn blocks_loop(&self, b: &Builder<'c>) -> Option<Block<'c>> {
        (!self.grid).then(|| self.over_blocks(b, b.loc()))
    }

    /// A loop over the blocks, which need not be in any order; gives its body, without a last op.
    fn over_blocks(&self, b: &Builder<'c>, place: Location<'c>) -> Block<'c> {
        let region = Region::new();
        let body = region.add_block(&[(b.index(), place)]);
        let attrs: &[(&str, Attribute)] = if self.watched { &[] } else { &[(PARALLEL, b.str("prange")), (CARRIED, b.array(&[])), (INDEPENDENT, b.unit())] };
        b.op_with_regions("scf.for", &[b.c_index(0), self.of_grid, b.c_index(1)], &[], attrs, &[region]);
        body
    }

    /// The launch as the inside of the loop over the blocks sees it.
    pub fn enter(mut self, b: &Builder<'c>, inside: Option<Block<'c>>) -> Self {
        self.place = inside.map(|block| b.within(block, || self.place_of(b, block.arg(0))));
        self.block = inside.map(|block| block.arg(0));
        self
    }

    fn place_of(&self, b: &Builder<'c>, number: Value<'c>) -> [Value<'c>; 3] {
        let [x, y, z] = self.blocks;
        let rows = b.bin("arith.divui", number, x);
        [b.bin("arith.remui", number, x), b.bin("arith.remui", rows, y), b.bin("arith.remui", b.bin("arith.divui", rows, y), z)]
    }

    /// What an op that is the same for all threads asks for.
    pub fn number(&self, op: Op<'c>) -> Value<'c> {
        let of = match op.name() {
            "gpu.block_dim" => self.threads,
            "gpu.grid_dim" => self.blocks,
            _ => self.place.unwrap_or(self.blocks),
        };
        of[axis(op)]
    }
}

/// 0, 1, 2 for x, y, z.
pub fn axis(op: Op) -> usize {
    let text = op.attr("dimension").map(|a| a.to_string()).unwrap_or_default();
    ["x>", "y>", "z>"].iter().position(|end| text.ends_with(end)).unwrap_or(0)
}

fn within<'c>(b: &Builder<'c>, number: Value<'c>, least: i64, most: i64, what: &str) {
    let (low, high) = (b.c_int(number.ty(), least), b.c_int(number.ty(), most));
    for condition in [b.cmpi("sge", number, low), b.cmpi("sle", number, high)] {
        let text = [("exception", b.str("ValueError")), ("message", b.str(&format!("a launch has from {least} to {most} {what}")))];
        b.op("rt.check", &[condition], &[], &text);
    }
}

impl<'c> Fission<'c> {
    /// Runs what `fill` makes for every thread that takes part; the slots to clear are cleared for all.
    pub(super) fn threads(
        &mut self,
        clears: &[Slot<'c>],
        fill: Fill<'_, 'c>,
    ) -> Result<(), Diagnostic> {
        let b = self.b.clone();
        let grid = self.launch.grid.then(|| self.launch.over_blocks(&b, b.loc()));
        let (launch, loc) = (self.launch.clone(), b.loc());
        let bodies = [0, 1, 2].map(|_| {
            let region = Region::new();
            (region, region.add_block(&[(b.index(), loc)]))
        });
        let [z, y, x] = bodies.map(|(_, block)| block);
        let counters = [x.arg(0), y.arg(0), z.arg(0)];
        let mut place = launch.place.unwrap_or(launch.blocks);
        let mut before = None;
        if let Some(body) = grid {
            b.within(body, || {
                place = launch.place_of(&b, body.arg(0));
                before = Some(b.bin("arith.muli", body.arg(0), launch.of_block));
            });
        }
        let row = b.within(y, || {
            let row = b.bin("arith.muli", b.bin("arith.addi", b.bin("arith.muli", z.arg(0), launch.threads[1]), y.arg(0)), launch.threads[0]);
            before.map_or(row, |before| b.bin("arith.addi", row, before))
        });
        let inner = Rc::new(Builder::at_end(b.context, x, loc));
        let linear = inner.bin("arith.addi", row, x.arg(0));
        let in_block = before.map_or(linear, |before| inner.bin("arith.subi", linear, before));
        let block = grid.map(|body| body.arg(0)).or(launch.block).unwrap_or(linear);
        let mut thread = Thread { b: inner.clone(), place: counters, block_place: place, block, linear, in_block, values: HashMap::new() };
        clears.iter().for_each(|slot| slot.clear(&inner, linear));
        let (marks, conditions) = match self.mask.clone() {
            Some(Mask { marks, conditions: None }) => (Some(marks), vec![]),
            Some(Mask { conditions: Some(conditions), .. }) => (None, conditions),
            None => (None, vec![]),
        };
        self.taking_part(&mut thread, marks, &[conditions, self.guards.clone()].concat(), fill)?;
        inner.op("scf.yield", &[], &[], &[]);
        let outside = grid.unwrap_or_else(|| b.block());
        for (axis, body) in [(0, y), (1, z), (2, outside)] {
            b.within(body, || {
                let the_loop = b.op_with_regions("scf.for", &[b.c_index(0), launch.threads[axis], b.c_index(1)], &[], &[], &[bodies[2 - axis].0]);
                if axis == 0 {
                    the_loop.set_unit(THREADS);
                    if runs_in_any_order(the_loop) {
                        the_loop.set_attr(ACCESSES, b.access_group());
                        the_loop.set_attr(ANY_ORDER, b.array(&[]));
                    }
                }
                if body != outside || grid.is_some() {
                    b.op("scf.yield", &[], &[], &[]);
                }
            });
        }
        Ok(())
    }

    /// `fill`, if the thread has the mark and the conditions hold.
    fn taking_part(&mut self, thread: &mut Thread<'c>, marks: Option<Slot<'c>>, conditions: &[Condition<'c>], fill: Fill<'_, 'c>) -> Result<(), Diagnostic> {
        let (condition, others) = match (marks, conditions.split_first()) {
            (Some(marks), _) => (marks.get(&thread.b, thread.linear), conditions),
            (None, Some((first, others))) => (self.holds(thread, *first)?, others),
            (None, None) => return fill(self, thread),
        };
        let outer = thread.b.clone();
        let (then, otherwise) = (Region::new(), Region::new());
        thread.b = Rc::new(Builder::at_end(outer.context, then.add_block(&[]), outer.loc()));
        let done = self.taking_part(thread, None, others, fill);
        thread.b.op("scf.yield", &[], &[], &[]);
        outer.op_with_regions("scf.if", &[condition], &[], &[], &[then, otherwise]);
        thread.b = outer;
        done
    }

    fn holds(&mut self, thread: &mut Thread<'c>, (value, truth): Condition<'c>) -> Result<Value<'c>, Diagnostic> {
        // Of each comparison of integers, by number: the one that holds where it does not.
        const OPPOSITES: [&str; 10] = ["ne", "eq", "sge", "sgt", "sle", "slt", "uge", "ugt", "ule", "ult"];
        let comparison = value.def_by("arith.cmpi").filter(|_| !truth).and_then(|op| Some((op, *OPPOSITES.get(op.int_attr("predicate")? as usize)?)));
        if let Some((op, opposite)) = comparison {
            let (x, y) = (self.get(thread, op.operand(0))?, self.get(thread, op.operand(1))?);
            return Ok(thread.b.cmpi(opposite, x, y));
        }
        let value = self.get(thread, value)?;
        Ok(if truth { value } else { thread.b.bin("arith.xori", value, thread.b.c_bool(true)) })
    }
}

/// Whether threads have nothing in common but elements that they may access in any order: no memory that one loop iteration takes over from another, nothing that is done at once.
fn runs_in_any_order(the_loop: Op) -> bool {
    let plain = |op: Op| match op.name() {
        "rt.index" | "rt.check" | "rt.raise" | "rt.view" | "rt.constant_array" => true,
        "memref.alloca" | "memref.alloc" => false,
        _ => matches!(op.dialect(), "arith" | "math" | "complex" | "memref" | "scf" | "cf" | "ub"),
    };
    the_loop.collect(|op| !plain(op)).is_empty()
}
