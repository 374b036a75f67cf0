//! Unstructured code around barriers: blocks and branches that something leaves early.
//!
//! Every thread has the number of the block that it is to run next, 0 when it is done. In turns, each thread runs on up to a block in which threads meet; then those that
//! have come to one such block run it together: first a block where the threads of a warp meet, then, when all that are left wait for the whole block, one with a barrier. Values go from block to
//! block through the places of the threads.

use super::{Fission, Mask};
use super::memory::Slot;
use super::thread::Thread;
use crate::kernel_uniformity::{is_meeting, is_of_warp, meets, used};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Block, Builder, Op, Region, Value};

/// What the blocks have in common.
struct Graph<'c> {
    op: Op<'c>,
    blocks: Vec<Block<'c>>,
    /// The next block of each thread, plus one.
    next: Slot<'c>,
    results: Vec<Slot<'c>>,
}

/// Where a thread goes: the values that it takes there, the number for `next`.
type Way<'c> = (Vec<(Value<'c>, Slot<'c>)>, i64);

impl<'c> Fission<'c> {
    pub(super) fn unstructured(&mut self, op: Op<'c>, before: &[Op<'c>]) -> Result<(), Diagnostic> {
        let b = self.b.clone();
        let blocks = op.region(0).blocks();
        for argument in blocks.iter().flat_map(|block| block.args()) {
            self.slot(argument)?;
        }
        let results = op.results().into_iter().map(|result| self.slot(result)).collect::<Result<Vec<_>, _>>()?;
        let next = Slot::new(&Builder::before(self.room), self.launch.count, b.i64()).expect("numbers have an array");
        let graph = Graph { op, blocks, next, results };
        self.piece(before, op, &[next], &mut |_, thread| {
            next.put(&thread.b, thread.linear, thread.b.c_i64(1));
            Ok(())
        })?;
        b.set_loc(op.loc());
        self.share_all(&graph.blocks)?;
        let outer = self.mask.take();
        let (first, second) = (Region::new(), Region::new());
        let done = b.within(first.add_block(&[]), || {
            let done = self.threads(&[], &mut |this, thread| this.run_on(thread, &graph));
            let any = self.any_left(next);
            b.op("scf.condition", &[any], &[], &[]);
            done
        });
        let done = done.and(b.within(second.add_block(&[]), || {
            let (of_warp, of_block): (Vec<usize>, Vec<usize>) = (0..graph.blocks.len()).filter(|i| has_meeting(graph.blocks[*i])).partition(|i| is_for_warps(graph.blocks[*i]));
            let done = self.run_one(&graph, &[of_warp, of_block].concat());
            b.op("scf.yield", &[], &[], &[]);
            done
        }));
        self.mask = outer;
        b.op_with_regions("scf.while", &[], &[], &[], &[first, second]);
        done
    }

    /// What is the same for all threads in any of the blocks is computed before they run.
    fn share_all(&mut self, blocks: &[Block<'c>]) -> Result<(), Diagnostic> {
        let mut open: Vec<Op> = blocks.iter().flat_map(|block| block.ops()).filter(|op| self.is_shared(*op)).collect();
        while !open.is_empty() {
            let ready = |this: &Self, op: &Op<'c>| used(*op).iter().all(|value| this.shared.contains_key(value));
            let (now, later): (Vec<Op>, Vec<Op>) = open.into_iter().partition(|op| ready(self, op));
            if now.is_empty() {
                return Err(Diagnostic::at(ErrorClass::Internal, "stray-op", "values that are the same for all threads depend on each other", later[0].loc()));
            }
            now.into_iter().try_for_each(|op| self.share(op))?;
            open = later;
        }
        Ok(())
    }

    /// Whether a thread has a block to run.
    fn any_left(&self, next: Slot<'c>) -> Value<'c> {
        let b = &self.b;
        let region = Region::new();
        let body = region.add_block(&[(b.index(), b.loc()), (b.i1(), b.loc())]);
        b.within(body, || {
            let left = b.cmpi("ne", next.get(b, body.arg(0)), b.c_i64(0));
            let any = b.bin("arith.ori", body.arg(1), left);
            b.op("scf.yield", &[any], &[], &[]);
        });
        let operands = [b.c_index(0), self.launch.count, b.c_index(1), b.c_bool(false)];
        b.op_with_regions("scf.for", &operands, &[b.i1()], &[], &[region]).result(0)
    }

    /// The first of the blocks that a thread waits at runs, for all threads that wait there.
    fn run_one(&mut self, graph: &Graph<'c>, waiting: &[usize]) -> Result<(), Diagnostic> {
        let Some((number, others)) = waiting.split_first() else { return Ok(()) };
        let b = self.b.clone();
        let marks = self.marks();
        self.threads(&[], &mut |_, thread| {
            let b = &thread.b;
            let here = b.cmpi("eq", graph.next.get(b, thread.linear), b.c_i64(*number as i64 + 1));
            marks.put(b, thread.linear, here);
            Ok(())
        })?;
        let any = self.any(marks);
        let (then, otherwise) = (Region::new(), Region::new());
        self.mask = Some(Mask { marks, conditions: None });
        let done = b.within(then.add_block(&[]), || {
            let done = self.block(graph.blocks[*number], &mut |this, thread, last| this.leave(thread, graph, last));
            b.op("scf.yield", &[], &[], &[]);
            done
        });
        self.mask = None;
        let done = done.and(b.within(otherwise.add_block(&[]), || {
            let done = self.run_one(graph, others);
            b.op("scf.yield", &[], &[], &[]);
            done
        }));
        b.op_with_regions("scf.if", &[any], &[], &[], &[then, otherwise]);
        done
    }

    /// A thread runs blocks up to one in which threads meet.
    fn run_on(&mut self, thread: &mut Thread<'c>, graph: &Graph<'c>) -> Result<(), Diagnostic> {
        let outer = thread.b.clone();
        let region = Region::new();
        let loc = graph.op.loc();
        let start = graph.next.get(&outer, thread.linear);
        let mut here = region.add_block(&[]);
        let exit = Block::new(&[]);
        let copies: BTreeMap<usize, Block> = (0..graph.blocks.len()).filter(|i| !has_meeting(graph.blocks[*i])).map(|i| (i, Block::new(&[]))).collect();
        for number in copies.keys() {
            let b = Builder::at_end(outer.context, here, loc);
            here = region.add_block(&[]);
            b.cond_br(b.cmpi("eq", start, b.c_i64(*number as i64 + 1)), (copies[number], &[]), (here, &[]));
        }
        Builder::at_end(outer.context, here, loc).br(exit, &[]);
        let mut done = Ok(());
        for (number, copy) in &copies {
            region.append(*copy);
            done = done.and_then(|()| self.run_block(thread, graph, graph.blocks[*number], *copy, &copies, exit, region));
        }
        region.append(exit);
        Builder::at_end(outer.context, exit, loc).op("scf.yield", &[], &[], &[]);
        outer.op_with_regions("scf.execute_region", &[], &[], &[], &[region]);
        done
    }

    #[allow(clippy::too_many_arguments, reason = "a block among its neighbours")]
    fn run_block(
        &mut self,
        thread: &Thread<'c>,
        graph: &Graph<'c>,
        block: Block<'c>,
        copy: Block<'c>,
        copies: &BTreeMap<usize, Block<'c>>,
        exit: Block<'c>,
        region: Region<'c>,
    ) -> Result<(), Diagnostic> {
        let b = Rc::new(Builder::at_end(thread.b.context, copy, graph.op.loc()));
        let mut own = Thread { b: b.clone(), values: HashMap::new(), ..*thread };
        let mut ops = block.ops();
        let Some(last) = ops.pop() else { return Ok(()) };
        let home = self.homes.get(&last).copied().unwrap_or_default();
        for op in ops {
            if !self.is_shared(op) {
                self.take(&mut own, op)?;
                self.keep(&mut own, op, home)?;
            }
        }
        let ways = self.ways(graph, last)?;
        let mut ends = vec![];
        for (puts, number) in ways {
            let values = puts.iter().map(|(value, _)| self.get(&mut own, *value)).collect::<Result<Vec<_>, _>>()?;
            let end = region.add_block(&[]);
            let at_end = Builder::at_end(b.context, end, last.loc());
            puts.iter().zip(values).for_each(|((_, slot), value)| slot.put(&at_end, own.linear, value));
            graph.next.put(&at_end, own.linear, at_end.c_i64(number));
            let to = usize::try_from(number - 1).ok().and_then(|i| copies.get(&i)).copied().unwrap_or(exit);
            at_end.br(to, &[]);
            ends.push(end);
        }
        match ends[..] {
            [then, otherwise] => {
                let condition = self.get(&mut own, last.operand(0))?;
                b.cond_br(condition, (then, &[]), (otherwise, &[]))
            }
            _ => b.br(ends[0], &[]),
        };
        Ok(())
    }

    /// At the end of a block that threads have run together.
    fn leave(&mut self, thread: &mut Thread<'c>, graph: &Graph<'c>, last: Op<'c>) -> Result<(), Diagnostic> {
        let ways = self.ways(graph, last)?;
        let mut values = vec![];
        for (puts, _) in &ways {
            values.push(puts.iter().map(|(value, _)| self.get(thread, *value)).collect::<Result<Vec<_>, _>>()?);
        }
        let b = thread.b.clone();
        let at = thread.linear;
        let go = |way: usize| {
            ways[way].0.iter().zip(&values[way]).for_each(|((_, slot), value)| slot.put(&b, at, *value));
            graph.next.put(&b, at, b.c_i64(ways[way].1));
        };
        if ways.len() == 1 {
            go(0);
            return Ok(());
        }
        let condition = self.get(thread, last.operand(0))?;
        let regions = [0, 1].map(|way| {
            let region = Region::new();
            b.within(region.add_block(&[]), || {
                go(way);
                b.op("scf.yield", &[], &[], &[]);
            });
            region
        });
        b.op_with_regions("scf.if", &[condition], &[], &[], &regions);
        Ok(())
    }

    /// Where a block's last op leads.
    fn ways(&mut self, graph: &Graph<'c>, last: Op<'c>) -> Result<Vec<Way<'c>>, Diagnostic> {
        if last.is("scf.yield") {
            return Ok(vec![(last.operands().into_iter().zip(graph.results.iter().copied()).collect(), 0)]);
        }
        let skip = match last.name() {
            "cf.br" => 0,
            "cf.cond_br" => 1,
            name => return Err(Diagnostic::at(ErrorClass::Internal, "stray-op", format!("`{name}` in a kernel"), last.loc())),
        };
        let mut operands = last.operands().into_iter().skip(skip);
        let mut ways = vec![];
        for to in last.successors() {
            let mut puts = vec![];
            for (argument, value) in to.args().into_iter().zip(operands.by_ref()) {
                puts.push((value, self.slot(argument)?));
            }
            let number = graph.blocks.iter().position(|block| *block == to).map_or(0, |i| i as i64 + 1);
            ways.push((puts, number));
        }
        Ok(ways)
    }
}

fn has_meeting(block: Block) -> bool {
    block.ops().into_iter().any(meets)
}

/// Whether threads wait in the block for others of their warp alone.
fn is_for_warps(block: Block) -> bool {
    block.ops().into_iter().flat_map(|op| op.collect(is_meeting)).all(is_of_warp)
}
