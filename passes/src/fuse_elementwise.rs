//! Fuses elementwise operations, over statements, into one `linalg.generic`: every element of the operands is read once, what is computed stays in registers,
//! and only what is looked at later is stored.
//!
//! Operations join the group of what they read when both run over the same elements, one by one. A group ends where something it reads may be
//! written, where one of its results is looked at otherwise, and with a reduction or an assignment.
//!
//! Whether two operands have the same shape is known at run time only. Where a group counts on it (`rt.broadcast`) it is tested once: if the shapes are the same,
//! the fused operation runs, else the operations one by one, as calls of functions that all groups share. So nothing is ever recomputed for each element of a larger array: an
//! operand that is stretched is computed once, at its own size.
//!
//! ```mlir before
//! func.func @f(%a: tensor<?xf64>, %n: index) -> tensor<?xf64> {
//!   %e = tensor.empty(%n) : tensor<?xf64>
//!   %b = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
//!       ins(%a : tensor<?xf64>) outs(%e : tensor<?xf64>) {
//!   ^bb0(%x: f64, %out: f64):
//!     %y = math.sin %x : f64
//!     linalg.yield %y : f64
//!   } -> tensor<?xf64>
//!   %c = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
//!       ins(%b, %a : tensor<?xf64>, tensor<?xf64>) outs(%e : tensor<?xf64>) {
//!   ^bb0(%x: f64, %y: f64, %out: f64):
//!     %z = arith.addf %x, %y : f64
//!     linalg.yield %z : f64
//!   } -> tensor<?xf64>
//!   return %c : tensor<?xf64>
//! }
//! ```
//! ```mlir after
//! #map = affine_map<(d0) -> (d0)>
//! module {
//!   func.func @f(%arg0: tensor<?xf64>, %arg1: index) -> tensor<?xf64> {
//!     %0 = tensor.empty(%arg1) : tensor<?xf64>
//!     %1 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%arg0 : tensor<?xf64>) outs(%0 : tensor<?xf64>) {
//!     ^bb0(%in: f64, %out: f64):
//!       %2 = math.sin %in : f64
//!       %3 = arith.addf %2, %in : f64
//!       linalg.yield %3 : f64
//!     } -> tensor<?xf64>
//!     return %1 : tensor<?xf64>
//!   }
//! }
//! ```

use crate::memory::{may_alias, may_write};
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Op, RankedTensorType, Value};

mod apart;
mod emit;
pub mod group;
pub mod outline;
pub mod remarks;

use group::Group;
use outline::Outlined;

pub const OPTIONS: &[OptionInfo] = &[OptionInfo { name: "max-ops", description: "Operations in one group", initial: "160" }];

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    let most = options.get("max-ops").parse().unwrap_or(160);
    let mut outlined = Outlined::new(module);
    for function in module.body(0).ops().into_iter().filter(|o| o.is("func.func")) {
        let mut blocks = vec![];
        visit_blocks(function, &mut blocks);
        for block in blocks {
            Fusion { groups: vec![], of: HashMap::new(), most, outlined: &mut outlined }.block(block);
        }
    }
    Ok(())
}

/// All blocks inside an op, apart from those of elementwise operations.
fn visit_blocks<'c>(op: Op<'c>, blocks: &mut Vec<Block<'c>>) {
    for block in op.regions().into_iter().flat_map(|r| r.blocks()) {
        blocks.push(block);
        for inner in block.ops() {
            if inner.dialect() != "linalg" {
                visit_blocks(inner, blocks);
            }
        }
    }
}

/// What an op of a block is to fusion.
enum Kind {
    /// Computes each element of its results from those of its operands at the same place.
    Pointwise,
    Reduction,
    /// Assigns a tensor to an array.
    Assignment,
    /// Makes an array of a tensor.
    Array,
    /// Gives the elements of a tensor other sizes.
    Broadcast,
    Other,
}

fn kind(op: Op) -> Kind {
    let tensors = || op.num_results() > 0 && op.results().iter().all(|r| RankedTensorType::try_from(r.ty()).is_ok());
    match op.name() {
        "linalg.generic" if tensors() => match group::is_parallel(op) {
            true if in_order(op) => Kind::Pointwise,
            true => Kind::Other,
            false => Kind::Reduction,
        },
        "bufferization.materialize_in_destination" => Kind::Assignment,
        "rt.array" => Kind::Array,
        _ if group::resizes(op) => Kind::Broadcast,
        _ => Kind::Other,
    }
}

/// Whether each result is written in the order of the loops.
fn in_order(op: Op) -> bool {
    let loops = op.array_attr("iterator_types").len();
    op.array_attr("indexing_maps").into_iter().rev().take(op.num_results()).all(|map| group::is_identity(map, loops))
}

struct Fusion<'c, 'a> {
    groups: Vec<Option<Group<'c>>>,
    /// The group of each op.
    of: HashMap<Op<'c>, usize>,
    most: usize,
    outlined: &'a mut Outlined<'c>,
}

impl<'c> Fusion<'c, '_> {
    fn block(&mut self, block: Block<'c>) {
        for op in block.ops() {
            match kind(op) {
                Kind::Pointwise => self.pointwise(op),
                Kind::Reduction => self.reduction(op),
                Kind::Assignment => self.assignment(op),
                Kind::Array => match self.of_value(op.operand(0)) {
                    Some(group) => self.join(group, op),
                    None => self.other(op),
                },
                Kind::Broadcast => {}
                Kind::Other => self.other(op),
            }
        }
        if let Some(end) = block.terminator() {
            for group in 0..self.groups.len() {
                self.close(group, end, "the block ends");
            }
        }
    }

    /// The open group that computes a tensor, or holds an array.
    fn of_value(&self, value: Value<'c>) -> Option<usize> {
        let op = group::source(value).def()?;
        self.of.get(&op).copied().filter(|group| self.groups[*group].is_some())
    }

    fn join(&mut self, group: usize, op: Op<'c>) {
        self.of.insert(op, group);
        if let Some(group) = &mut self.groups[group] {
            group.members.push(op);
        }
    }

    fn pointwise(&mut self, op: Op<'c>) {
        let maps = op.array_attr("indexing_maps");
        let inputs = op.num_operands() - op.num_results();
        let identity = maps.last().copied();
        let (mut partners, mut apart) = (vec![], vec![]);
        for i in 0..inputs {
            let Some(group) = self.of_value(op.operand(i)) else { continue };
            let same_elements = maps.get(i).copied() == identity;
            if same_elements { partners.push(group) } else { apart.push(group) };
        }
        for group in apart {
            self.close(group, op, "an operand is stretched along new axes: it is computed once, at its own size");
        }
        partners.retain(|group| self.groups[*group].is_some());
        partners.sort_unstable();
        partners.dedup();
        let size: usize = partners.iter().filter_map(|g| self.groups[*g].as_ref()).map(|g| g.members.len()).sum();
        if size >= self.most {
            for group in partners.drain(..) {
                self.close(group, op, "the group is as large as groups may be");
            }
        }
        // What else the op uses, from inside its body too, has to be there before the group runs.
        self.close_users(op, &partners);
        let Some((&first, others)) = partners.split_first() else {
            self.of.insert(op, self.groups.len());
            self.groups.push(Some(Group { members: vec![op] }));
            return;
        };
        for other in others {
            let merged = self.groups[*other].take().map(|g| g.members).unwrap_or_default();
            for member in merged {
                self.join(first, member);
            }
        }
        self.join(first, op);
    }

    /// A reduction takes the operations in that compute nothing but what it reads.
    fn reduction(&mut self, op: Op<'c>) {
        let maps = op.array_attr("indexing_maps");
        let loops = op.array_attr("iterator_types").len();
        let inputs = op.num_operands() - op.num_results();
        let mut partners: Vec<usize> = (0..inputs).filter(|i| maps.get(*i).is_some_and(|m| group::is_identity(*m, loops))).filter_map(|i| self.of_value(op.operand(i))).collect();
        partners.dedup();
        if let [group] = partners[..]
            && self.groups[group].as_ref().is_some_and(|g| g.only_used_by(op))
        {
            self.close_users(op, &[group]);
            if self.groups[group].is_some() {
                self.join(group, op);
                if let Some(next) = op.next() {
                    self.close(group, next, "it ends in a reduction");
                }
                return;
            }
        }
        self.other(op);
    }

    /// An assignment belongs to what it assigns, and ends that group; groups that read what it writes end before it.
    fn assignment(&mut self, op: Op<'c>) {
        if let Some(made) = self.of_value(op.operand(1)) {
            self.close(made, op, "an array that it makes is assigned to");
        }
        let own = self.of_value(op.operand(0));
        for group in 0..self.groups.len() {
            if Some(group) != own && self.groups[group].as_ref().is_some_and(|g| g.inputs().into_iter().any(|array| may_alias(array, op.operand(1)))) {
                self.close(group, op, "an array that it reads is assigned to");
            }
        }
        let Some(own) = own else { return };
        self.join(own, op);
        if let Some(next) = op.next() {
            self.close(own, next, "it ends in an assignment");
        }
    }

    fn other(&mut self, op: Op<'c>) {
        self.close_users(op, &[]);
        for group in 0..self.groups.len() {
            if self.groups[group].as_ref().is_some_and(|g| g.inputs().into_iter().any(|array| may_write(op, array))) {
                self.close(group, op, "an array that it reads may be written to");
            }
        }
    }

    /// Ends the groups whose results the op, or one inside it, uses; `but` those.
    fn close_users(&mut self, op: Op<'c>, but: &[usize]) {
        // Found first: ending a group replaces values.
        let mut used = vec![];
        op.walk(&mut |inner| used.extend(inner.operands().into_iter().filter_map(|value| self.of_value(value))));
        for group in used.into_iter().filter(|g| !but.contains(g)) {
            self.close(group, op, "a result is used as a whole");
        }
    }

    /// Ends a group before the op `at`.
    fn close(&mut self, group: usize, at: Op<'c>, reason: &str) {
        if let Some(group) = self.groups[group].take() {
            group.emit(at, reason, self.outlined);
        }
    }
}
