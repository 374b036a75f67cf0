//! From one meeting of the threads to the next: pieces, and what of them later pieces need.

use super::memory::Slot;
use super::thread::Thread;
use super::{End, Finish, Fission, replace};
use crate::kernel_uniformity::{TOGETHER, is_pure, meets};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Block, Op, TypeLike, Value};

impl<'c> Fission<'c> {
    pub(super) fn number(&mut self, block: Block<'c>, next: &mut usize) {
        for op in block.ops() {
            self.homes.insert(op, *next);
            if meets(op) {
                for inner in op.regions().into_iter().flat_map(|r| r.blocks()) {
                    *next += 1;
                    self.number(inner, next);
                }
                *next += 1;
            }
        }
    }

    /// The piece that an op belongs to.
    pub(super) fn home(&self, op: Op<'c>) -> Option<usize> {
        std::iter::successors(Some(op), |o| o.parent()).find_map(|o| self.homes.get(&o).copied())
    }

    /// All pieces of a block. `end` is given its last op, in the last piece.
    pub(super) fn block(&mut self, block: Block<'c>, end: End<'_, 'c>) -> Result<(), Diagnostic> {
        let mut pending = vec![];
        for op in block.ops() {
            if meets(op) {
                self.meeting(op, &std::mem::take(&mut pending))?;
            } else {
                pending.push(op);
            }
        }
        let Some(last) = pending.pop() else { return Ok(()) };
        self.piece(&pending, last, &[], &mut |this, thread| end(this, thread, last))
    }

    /// What threads meet at, after the ops before it.
    fn meeting(&mut self, op: Op<'c>, before: &[Op<'c>]) -> Result<(), Diagnostic> {
        match op.name() {
            "gpu.barrier" => self.piece(before, op, &[], &mut |_, _| Ok(())),
            "rt.simt" => self.together(op, before),
            "scf.if" if op.has_attr(TOGETHER) => self.guarded(op, before),
            "scf.if" => self.branch(op, before),
            "scf.for" => self.counted(op, before),
            "scf.while" => self.conditional(op, before),
            "scf.execute_region" => self.unstructured(op, before),
            name => Err(Diagnostic::at(ErrorClass::Internal, "stray-op", format!("threads cannot meet inside of `{name}`"), op.loc())),
        }
    }

    /// One loop over the threads: what they have met for, the ops, `finish`. `last` is the op behind them, of the same piece.
    pub(super) fn piece(&mut self, ops: &[Op<'c>], last: Op<'c>, clears: &[Slot<'c>], finish: Finish<'_, 'c>) -> Result<(), Diagnostic> {
        let home = self.homes.get(&last).copied().unwrap_or_default();
        let arrivals = std::mem::take(&mut self.arrivals);
        let mut own = vec![];
        for op in ops {
            if !self.is_shared(*op) {
                own.push(*op);
            } else if !self.shared.contains_key(&op.result(0)) {
                self.share(*op)?;
            }
        }
        self.b.set_loc(ops.first().unwrap_or(&last).loc());
        self.threads(clears, &mut |this, thread| {
            for arrival in &arrivals {
                this.arrive(thread, arrival)?;
                this.keep(thread, arrival.op, home)?;
            }
            for op in &own {
                this.take(thread, *op)?;
                this.keep(thread, *op, home)?;
            }
            finish(this, thread)
        })
    }

    /// Whether the op can run once for all threads.
    pub(super) fn is_shared(&self, op: Op<'c>) -> bool {
        let uniform = op.num_results() > 0 && op.results().into_iter().all(|r| self.uniformity.is_uniform(r));
        uniform && (is_pure(op) || matches!(op.name(), "gpu.block_id" | "gpu.block_dim" | "gpu.grid_dim" | "rt.scratch" | "rt.simt"))
    }

    pub(super) fn share(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        self.b.set_loc(op.loc());
        let results = match op.name() {
            "gpu.block_id" | "gpu.block_dim" | "gpu.grid_dim" => vec![self.launch.number(op)],
            "rt.scratch" => vec![self.scratch_of_block(op)?],
            "rt.simt" => vec![self.b.index_cast(self.launch.dynamic, op.result(0).ty())],
            _ => {
                let copy = self.b.insert(op.deep_clone());
                let shared = &self.shared;
                copy.walk(&mut |inner| replace(inner, &|value| shared.get(&value).copied()));
                copy.results()
            }
        };
        self.shared.extend(op.results().into_iter().zip(results));
        Ok(())
    }

    /// Keeps what later pieces need of the op's results.
    pub(super) fn keep(&mut self, thread: &mut Thread<'c>, op: Op<'c>, home: usize) -> Result<(), Diagnostic> {
        for result in op.results() {
            if self.leaves(result, home) && self.cost(result).is_none() {
                let slot = self.slot(result)?;
                slot.put(&thread.b, thread.linear, thread.values[&result]);
            }
        }
        Ok(())
    }

    /// Whether another piece uses the value, itself or through views of it.
    fn leaves(&self, value: Value<'c>, home: usize) -> bool {
        value.uses().into_iter().any(|(user, _)| {
            let through = || is_pure(user) && user.results().into_iter().any(|r| r.ty().is_mem_ref() && self.leaves(r, home));
            self.home(user) != Some(home) || through()
        })
    }
}
