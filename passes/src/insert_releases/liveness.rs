//! Where a root is still needed, and the releases inside blocks.

use super::roots::Roots;
use std::collections::HashMap;
use zouk_dialects::ir::{Builder, Op, Value};

pub struct Liveness<'c> {
    /// By block: the roots needed at its start, in ascending order.
    pub live_in: Vec<Vec<usize>>,
    /// By block: the roots that own a reference when its terminator is reached, in ascending order.
    pub at_end: Vec<Vec<usize>>,
    /// A root, and the op after which it is not needed; none: from the start of its home.
    last: Vec<(usize, Option<Op<'c>>)>,
}

impl<'c> Liveness<'c> {
    /// Takes time proportional to the number of blocks in which the roots live.
    pub fn new(roots: &Roots<'c>) -> Self {
        let count = roots.blocks.len();
        let predecessors = predecessors(roots);
        let mut liveness = Liveness { live_in: vec![vec![]; count], at_end: vec![vec![]; count], last: vec![] };
        // The last root for which a block was marked.
        let (mut marked, mut leaves) = (vec![usize::MAX; count], vec![usize::MAX; count]);
        for (number, root) in roots.all.iter().enumerate() {
            let mut last: HashMap<usize, Op> = HashMap::new();
            let mut blocks = vec![root.home];
            let mut rest = vec![];
            for (op, block) in &root.uses {
                let latest = last.entry(*block).or_insert(*op);
                if latest.is_before(*op) {
                    *latest = *op;
                }
                if *block != root.home {
                    rest.push(*block);
                }
            }
            while let Some(block) = rest.pop() {
                if marked[block] == number {
                    continue;
                }
                marked[block] = number;
                liveness.live_in[block].push(number);
                blocks.push(block);
                for before in &predecessors[block] {
                    leaves[*before] = number;
                    if *before != root.home {
                        rest.push(*before);
                    }
                }
            }
            for block in blocks {
                let terminator = roots.blocks[block].terminator();
                match last.get(&block) {
                    _ if leaves[block] == number => liveness.at_end[block].push(number),
                    Some(op) if Some(*op) == terminator => liveness.at_end[block].push(number),
                    // Its op stands before the start of its home, if that is another block.
                    None if !root.at_start => liveness.last.push((number, root.value.def())),
                    op => liveness.last.push((number, op.copied())),
                }
            }
        }
        liveness
    }

    /// Releases after the last use of roots that do not reach the end of a block.
    pub fn release_inside_blocks(&self, roots: &Roots<'c>) {
        for (root, last) in &self.last {
            let root = &roots.all[*root];
            let next = match last {
                Some(op) => op.next(),
                None => roots.blocks[root.home].first(),
            };
            if let Some(next) = next {
                release(&Builder::before(next), root.value);
            }
        }
    }
}

pub fn release<'c>(b: &Builder<'c>, array: Value<'c>) {
    b.op("rt.release", &[array], &[], &[]);
}

fn predecessors(roots: &Roots) -> Vec<Vec<usize>> {
    let mut predecessors = vec![vec![]; roots.blocks.len()];
    for (number, block) in roots.blocks.iter().enumerate() {
        for successor in block.terminator().map(|op| op.successors()).unwrap_or_default() {
            predecessors[roots.number[&successor]].push(number);
        }
    }
    predecessors
}
