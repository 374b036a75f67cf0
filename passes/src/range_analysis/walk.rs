//! A function in dominance order, with what is known at every op.

use super::facts::{Facts, width};
use std::collections::HashMap;
use zouk_dialects::ir::{Block, Op, Region};

/// What a pass does at an op. It must not erase ops while the walk runs: what is known is kept by their values.
pub trait Visitor<'c> {
    /// Called before the op's regions. Gives the op that stands here now, whose regions are visited; none to go on after it.
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>>;
}

/// Visits the body of a `func.func`.
pub fn walk_function<'c>(function: Op<'c>, visitor: &mut dyn Visitor<'c>) {
    walk_function_from(function, Facts::new(), visitor);
}

/// As `walk_function`, with what is known before.
pub fn walk_function_from<'c>(function: Op<'c>, mut facts: Facts<'c>, visitor: &mut dyn Visitor<'c>) {
    walk_region(&mut facts, function.region(0), visitor);
}

impl<'c> Facts<'c> {
    /// Visits the regions of an op.
    pub fn descend(&mut self, op: Op<'c>, visitor: &mut dyn Visitor<'c>) {
        match op.name() {
            "scf.for" => self.scope(|facts| {
                facts.enter_for(op);
                walk_region(facts, op.region(0), visitor)
            }),
            "scf.while" => self.scope(|facts| {
                facts.enter_carrying(op);
                walk_region(facts, op.region(0), visitor);
                facts.pass_condition(op);
                walk_region(facts, op.region(1), visitor)
            }),
            "scf.if" => {
                for (region, truth) in op.regions().into_iter().zip([true, false]) {
                    self.scope(|facts| {
                        facts.assume_condition(op.operand(0), truth);
                        walk_region(facts, region, visitor)
                    })
                }
            }
            _ => op.regions().into_iter().for_each(|region| self.scope(|facts| walk_region(facts, region, visitor))),
        }
    }

    /// What holds once the op has run.
    fn learn(&mut self, op: Op<'c>) {
        self.work.allow();
        match op.name() {
            "rt.check" => self.assume_condition(op.operand(0), true),
            "rt.alloc" => (0..op.num_operands() as i64).for_each(|axis| drop(self.dim(op.result(0), axis))),
            "rt.index" if op.has_attr("checked") => {
                let (position, size) = (self.form(op.operand(0)), self.form(op.operand(1)));
                self.assume_ge(&size.plus_constant(-1), &position);
                if !op.has_attr("wraps") {
                    self.assume(position);
                } else if let Some(above) = position.plus(&size, 1) {
                    self.assume(above);
                }
            }
            "scf.for" | "scf.while" => self.leave_loop(op, &op.results()),
            _ => {}
        }
        for result in op.results() {
            if width(result.ty()).is_some_and(|w| w > 1) {
                self.form(result);
            }
        }
    }
}

fn walk_region<'c>(facts: &mut Facts<'c>, region: Region<'c>, visitor: &mut dyn Visitor<'c>) {
    let blocks = region.blocks();
    match &blocks[..] {
        [] => {}
        [only] => walk_block(facts, *only, visitor),
        _ => {
            let children = dominated(&blocks);
            facts.idom.extend(children.iter().zip(&blocks).flat_map(|(below, above)| below.iter().map(|b| (blocks[*b], *above))));
            walk_dominated(facts, 0, &blocks, &children, visitor)
        }
    }
}

fn walk_block<'c>(facts: &mut Facts<'c>, block: Block<'c>, visitor: &mut dyn Visitor<'c>) {
    for op in block.ops() {
        let Some(op) = visitor.visit(facts, op) else { continue };
        facts.descend(op, visitor);
        facts.learn(op);
    }
}

/// A block, then the blocks that it dominates at once: all that has run when they start.
fn walk_dominated<'c>(facts: &mut Facts<'c>, at: usize, blocks: &[Block<'c>], children: &[Vec<usize>], visitor: &mut dyn Visitor<'c>) {
    if blocks[at].num_args() > 0 && at > 0 {
        facts.enter_head(blocks[at]);
    }
    walk_block(facts, blocks[at], visitor);
    for child in &children[at] {
        facts.scope(|facts| {
            facts.assume_edge(blocks[*child]);
            walk_dominated(facts, *child, blocks, children, visitor)
        })
    }
}

impl<'c> Facts<'c> {
    /// Whether all ways to a block lead through `above`, or it is that block.
    pub(super) fn dominates(&self, above: Block<'c>, block: Block<'c>) -> bool {
        std::iter::successors(Some(block), |b| self.idom.get(b).copied()).any(|b| b == above)
    }

    /// A block with one way in: the condition of the branch there has the value that leads here.
    pub(super) fn assume_edge(&mut self, block: Block<'c>) {
        let [from] = block.predecessors()[..] else { return };
        let Some(branch) = from.terminator().filter(|t| t.is("cf.cond_br")) else { return };
        let successors = branch.successors();
        if successors[0] != successors[1] {
            self.assume_condition(branch.operand(0), successors[0] == block);
        }
    }
}

/// The children of every block in the dominator tree (Cooper, Harvey and Kennedy); unreachable blocks hang nowhere.
fn dominated(blocks: &[Block]) -> Vec<Vec<usize>> {
    let number: HashMap<Block, usize> = blocks.iter().enumerate().map(|(i, b)| (*b, i)).collect();
    let next = |b: &Block| b.terminator().map(|t| t.successors()).unwrap_or_default().iter().map(|s| number[s]).collect();
    let successors: Vec<Vec<usize>> = blocks.iter().map(next).collect();
    let order = postorder(&successors);
    let mut rank = vec![usize::MAX; blocks.len()];
    order.iter().enumerate().for_each(|(i, b)| rank[*b] = i);
    let mut predecessors = vec![vec![]; blocks.len()];
    order.iter().for_each(|b| successors[*b].iter().for_each(|s| predecessors[*s].push(*b)));
    let mut parent: Vec<Option<usize>> = vec![None; blocks.len()];
    parent[0] = Some(0);
    let mut changed = true;
    while changed {
        changed = false;
        for block in order.iter().rev().copied().filter(|b| *b != 0) {
            let common = predecessors[block].iter().copied().filter(|p| parent[*p].is_some()).reduce(|mut a, mut b| {
                while a != b {
                    if rank[a] < rank[b] { a = parent[a].unwrap_or(0) } else { b = parent[b].unwrap_or(0) }
                }
                a
            });
            changed |= parent[block] != common;
            parent[block] = common;
        }
    }
    let mut children = vec![vec![]; blocks.len()];
    (1..blocks.len()).for_each(|b| parent[b].into_iter().for_each(|p| children[p].push(b)));
    children
}

/// The blocks that the first reaches, each after those it leads to (but for loops).
fn postorder(successors: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; successors.len()];
    let (mut order, mut stack) = (vec![], vec![(0, 0)]);
    seen[0] = true;
    while let Some((block, next)) = stack.pop() {
        match successors[block].get(next) {
            Some(successor) => {
                stack.push((block, next + 1));
                if !std::mem::replace(&mut seen[*successor], true) {
                    stack.push((*successor, 0));
                }
            }
            None => order.push(block),
        }
    }
    order
}
