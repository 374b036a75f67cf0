//! A group of operations that run over the same elements.

use std::collections::HashSet;
use zouk_dialects::ir::{Attribute, Op, Value};

pub struct Group<'c> {
    /// In program order: `linalg.generic`s, and the arrays and assignments of their results.
    pub members: Vec<Op<'c>>,
}

impl<'c> Group<'c> {
    pub fn generics(&self) -> Vec<Op<'c>> {
        self.members.iter().copied().filter(|o| o.is("linalg.generic")).collect()
    }

    /// The arrays that members read.
    pub fn inputs(&self) -> Vec<Value<'c>> {
        let operands = self.generics().into_iter().flat_map(|g| g.operands());
        operands.filter_map(|v| source(v).def_by("bufferization.to_tensor")).map(|read| read.operand(0)).collect()
    }

    /// Whether nothing but the members and the op looks at what they compute.
    pub fn only_used_by(&self, op: Op<'c>) -> bool {
        let inside: HashSet<Op<'c>> = self.members.iter().copied().collect();
        let known = |user: Op<'c>| inside.contains(&user) || user == op;
        let arrays = self.members.iter().any(|m| !m.is("linalg.generic"));
        !arrays && self.generics().into_iter().flat_map(|g| g.results()).flat_map(users).all(known)
    }
}

/// An op that gives the same elements under other sizes: `rt.broadcast`, or `tensor.cast` where a size is known.
pub fn resizes(op: Op) -> bool {
    matches!(op.name(), "rt.broadcast" | "tensor.cast")
}

/// The ops that give a tensor its sizes, from the last to the first.
pub fn resizing<'c>(mut value: Value<'c>) -> Vec<Op<'c>> {
    let mut all = vec![];
    while let Some(op) = value.def().filter(|op| resizes(*op)) {
        all.push(op);
        value = op.operand(0);
    }
    all
}

/// The tensor whose elements these are.
pub fn source(mut value: Value) -> Value {
    while let Some(op) = value.def().filter(|op| resizes(*op)) {
        value = op.operand(0);
    }
    value
}

/// The ops that use a tensor's elements, and those between.
pub fn users<'c>(value: Value<'c>) -> Vec<Op<'c>> {
    let mut all = vec![];
    for (user, _) in value.uses() {
        if resizes(user) {
            all.extend(users(user.result(0)));
        } else {
            all.push(user);
        }
    }
    all
}

/// Whether a map names each loop once, in order.
pub fn is_identity(map: Attribute, loops: usize) -> bool {
    let names: Vec<String> = (0..loops).map(|i| format!("d{i}")).collect();
    map.to_string() == format!("affine_map<({0}) -> ({0})>", names.join(", "))
}

/// Whether no loop of a `linalg.generic` reduces.
pub fn is_parallel(generic: Op) -> bool {
    generic.array_attr("iterator_types").iter().all(|i| i.to_string().contains("parallel"))
}
