//! What happens to references on the edges between blocks, and at returns.

use super::liveness::{Liveness, release};
use super::roots::{Roots, is_array};
use crate::llvm_dialect::passed_values;
use std::collections::HashMap;
use zouk_dialects::ir::{Block, Builder, Op, Value};

/// The retains and releases of one edge, or of a return.
#[derive(Default)]
struct Changes<'c> {
    retained: Vec<Value<'c>>,
    /// Roots, in ascending order.
    released: Vec<usize>,
}

impl Changes<'_> {
    fn is_empty(&self) -> bool {
        self.retained.is_empty() && self.released.is_empty()
    }
}

pub struct Edges<'c, 'a> {
    roots: &'a Roots<'c>,
    liveness: &'a Liveness<'c>,
    /// How many edges lead to a block.
    incoming: HashMap<Block<'c>, usize>,
    /// The block that all errors leave by.
    exit: Option<Block<'c>>,
    /// Blocks before the exit that release the same roots are one.
    landings: HashMap<Vec<usize>, Block<'c>>,
}

impl<'c, 'a> Edges<'c, 'a> {
    pub fn new(roots: &'a Roots<'c>, liveness: &'a Liveness<'c>) -> Self {
        let mut incoming = HashMap::new();
        for successor in roots.blocks.iter().filter_map(|b| b.terminator()).flat_map(|op| op.successors()) {
            *incoming.entry(successor).or_insert(0) += 1;
        }
        let exit = roots.blocks.iter().copied().find(|b| b.terminator().is_some_and(|op| op.has_attr("zouk.failure")));
        Edges { roots, liveness, incoming, exit, landings: HashMap::new() }
    }

    pub fn run(mut self) {
        // All is decided before anything moves.
        let mut edges = vec![];
        for (number, block) in self.roots.blocks.iter().enumerate() {
            let Some(terminator) = block.terminator() else { continue };
            let successors = terminator.successors();
            if terminator.is("func.return") && self.exit != Some(*block) {
                let changes = self.changes(number, &terminator.operands(), &[]);
                self.apply(&Builder::before(terminator), &changes);
            }
            let (_, passed) = passed_values(terminator);
            for (i, (successor, passed)) in successors.into_iter().zip(passed).enumerate() {
                let needed = &self.liveness.live_in[self.roots.number[&successor]];
                edges.push((terminator, i, self.changes(number, &passed, needed)));
            }
        }
        for (terminator, i, changes) in edges.into_iter().filter(|(.., changes)| !changes.is_empty()) {
            self.change_edge(terminator, i, &changes);
        }
    }

    /// The changes when block `number` is left with `passed` for a place that still needs the roots `needed`.
    fn changes(&self, number: usize, passed: &[Value<'c>], needed: &[usize]) -> Changes<'c> {
        let mut dying: Vec<usize> = self.liveness.at_end[number].iter().copied().filter(|root| needed.binary_search(root).is_err()).collect();
        let mut retained = vec![];
        for value in passed.iter().filter(|value| is_array(value) && !is_ownerless(**value)) {
            let heir = self.roots.owner_of(*value).and_then(|root| dying.binary_search(&root).ok());
            match heir {
                Some(at) => _ = dying.remove(at),
                None => retained.push(*value),
            }
        }
        Changes { retained, released: dying }
    }

    fn apply(&self, b: &Builder<'c>, changes: &Changes<'c>) {
        for value in &changes.retained {
            b.op("rt.retain", &[*value], &[], &[]);
        }
        for root in &changes.released {
            release(b, self.roots.all[*root].value);
        }
    }

    /// Finds a place that only this edge passes through.
    fn change_edge(&mut self, terminator: Op<'c>, i: usize, changes: &Changes<'c>) {
        let successors = terminator.successors();
        let target = successors[i];
        if successors.len() == 1 {
            self.apply(&Builder::before(terminator), changes);
        } else if self.incoming[&target] > 1 {
            let block = self.split(terminator, i, target);
            if let Some(end) = block.terminator() {
                self.apply(&Builder::before(end), changes);
            }
        } else if changes.retained.is_empty() && self.leads_to_exit(target) {
            self.release_before_exit(target, &changes.released);
        } else if let Some(first) = target.first() {
            self.apply(&Builder::before(first), changes);
        }
    }

    /// A new block on the edge, which passes on what the edge passed.
    fn split(&self, terminator: Op<'c>, i: usize, target: Block<'c>) -> Block<'c> {
        let arguments: Vec<_> = target.args().into_iter().map(|a| (a.ty(), a.loc())).collect();
        let block = self.roots.region.insert_after(terminator.block().unwrap_or(target), Block::new(&arguments));
        Builder::at_end(terminator.context(), block, terminator.loc()).br(target, &block.args());
        terminator.set_successor(i, block);
        block
    }

    fn leads_to_exit(&self, block: Block<'c>) -> bool {
        self.exit.is_some() && block.terminator().is_some_and(|op| op.is("cf.br") && op.successors().first().copied() == self.exit)
    }

    /// An error block goes to the exit through a block that releases `roots`; error blocks with the same roots share it.
    fn release_before_exit(&mut self, error: Block<'c>, roots: &[usize]) {
        let (Some(exit), Some(terminator)) = (self.exit, error.terminator()) else { return };
        let landing = *self.landings.entry(roots.to_vec()).or_insert_with(|| {
            let block = self.roots.region.add_block(&[]);
            let b = Builder::at_end(terminator.context(), block, terminator.loc());
            roots.iter().for_each(|root| release(&b, self.roots.all[*root].value));
            b.br(exit, &[]);
            block
        });
        terminator.set_successor(0, landing);
    }
}

/// Arrays that nobody ever owns: constants, and what is never looked at.
fn is_ownerless(value: Value) -> bool {
    value.def().is_some_and(|op| matches!(op.name(), "rt.constant_array" | "ub.poison" | "memref.get_global"))
}
