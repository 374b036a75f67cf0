//! What runs where some operand of a group is stretched.

use super::emit::{Inputs, external};
use super::group::{Group, is_parallel, resizing, source};
use super::outline::{Outlined, can_outline};
use std::collections::HashMap;
use zouk_dialects::ir::{Block, Builder, Op, Value};

/// What a group is where some operand is stretched: parts of which none stretches what it computes, each a call.
pub struct Apart<'c, 'a> {
    b: &'a Builder<'c>,
    block: Block<'c>,
    broadcasts: &'a [Op<'c>],
    outlined: &'a mut Outlined<'c>,
    /// Results that are given.
    wanted: Vec<Value<'c>>,
    open: Vec<Option<Group<'c>>>,
    /// The part of each member.
    of: HashMap<Op<'c>, usize>,
    /// What the parts give for the results of members.
    computed: HashMap<Value<'c>, Value<'c>>,
    /// Members whose place something else has taken.
    pub replaced: Vec<Op<'c>>,
}

impl<'c, 'a> Apart<'c, 'a> {
    pub fn new(b: &'a Builder<'c>, block: Block<'c>, broadcasts: &'a [Op<'c>], outlined: &'a mut Outlined<'c>, wanted: Vec<Value<'c>>) -> Self {
        Apart { b, block, broadcasts, outlined, wanted, open: vec![], of: HashMap::new(), computed: HashMap::new(), replaced: vec![] }
    }

    /// What stands for the result of a member.
    pub fn value(&self, result: Value<'c>) -> Value<'c> {
        self.computed.get(&result).copied().unwrap_or(result)
    }

    pub fn all(&mut self, group: &Group<'c>) {
        for member in group.members.iter().copied().filter(|m| !m.is("rt.array")) {
            if member.is("linalg.generic") && !member.has_attr("zouk.reduction") && is_parallel(member) {
                self.add(member);
            } else {
                self.close_all();
                self.put(member);
            }
        }
        self.close_all();
    }

    fn close_all(&mut self) {
        (0..self.open.len()).for_each(|part| self.close(part));
    }

    /// The member joins what it reads at its own size; what it stretches is computed before.
    fn add(&mut self, member: Op<'c>) {
        let mut joined = vec![];
        for (value, _) in external(member) {
            let Some(part) = source(value).def().and_then(|op| self.of.get(&op).copied()) else { continue };
            if resizing(value).iter().any(|op| op.is("rt.broadcast")) { self.close(part) } else { joined.push(part) }
        }
        let mut members: Vec<Op<'c>> = joined.into_iter().filter_map(|part| self.open[part].take()).flat_map(|g| g.members).collect();
        members.push(member);
        members.iter().for_each(|op| _ = self.of.insert(*op, self.open.len()));
        self.open.push(Some(Group { members }));
    }

    fn close(&mut self, part: usize) {
        let Some(mut part) = self.open[part].take() else { return };
        part.members.sort_by(|x, y| if x.is_before(*y) { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater });
        let outputs = part.outputs(&self.wanted);
        let fused = match &part.members[..] {
            [only] => {
                self.put(*only);
                *only
            }
            members => {
                members.iter().for_each(|m| self.bring(*m));
                let tensors = part.fused(self.b, &outputs, Inputs::AsTheyAre);
                self.replace(&outputs.iter().map(|o| o.tensor).collect::<Vec<_>>(), &tensors);
                self.replaced.extend(members);
                tensors[0].def().expect("a fused operation")
            }
        };
        if can_outline(fused) {
            let results = self.outlined.call(self.b, fused);
            self.replace(&fused.results(), &results);
            // Also for those of the members.
            for now in self.computed.values_mut() {
                if let Some(at) = fused.results().iter().position(|r| r == now) {
                    *now = results[at];
                }
            }
            self.replaced.push(fused);
        }
    }

    fn replace(&mut self, old: &[Value<'c>], new: &[Value<'c>]) {
        for (old, new) in old.iter().zip(new) {
            old.replace_all_uses(*new);
            self.computed.insert(*old, *new);
        }
    }

    /// Moves the member here.
    fn put(&mut self, member: Op<'c>) {
        self.bring(member);
        member.detach();
        self.b.insert(member);
    }

    /// Moves here what resizes the operands of a member.
    fn bring(&self, member: Op<'c>) {
        for broadcast in self.broadcasts.iter().filter(|op| op.block() != Some(self.block)) {
            if member.operands().into_iter().any(|v| resizing(v).contains(broadcast)) {
                broadcast.detach();
                self.b.insert(*broadcast);
            }
        }
    }
}
