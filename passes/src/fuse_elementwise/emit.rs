//! The fused operation of a group, and the operations one by one where shapes differ.

use super::group::{Group, is_identity, is_parallel, resizes, resizing, source, users};
use super::apart::Apart;
use super::outline::Outlined;
use super::remarks;
use crate::forward_arrays::tensor_sizes;
use crate::lower_linalg::clone_body;
use crate::match_shapes::view_sizes;
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::Span;
use zouk_dialects::ir::{Attribute, Builder, MemRefType, Op, RankedTensorType, Region, ShapedTypeLike, Type, Value};

/// What an operation outside a region needs of its results.
pub(super) struct Output<'c> {
    pub(super) tensor: Value<'c>,
    /// The arrays made of it.
    arrays: Vec<Op<'c>>,
}

impl<'c> Group<'c> {
    /// Replaces the members by the fused operation, before `at`.
    pub fn emit(self, at: Op<'c>, reason: &str, outlined: &mut Outlined<'c>) {
        let generics = self.generics();
        if generics.len() < 2 {
            remarks::add(|| alone(generics[0], reason));
            return;
        }
        remarks::add(|| describe(&generics, reason));
        let b = Builder::before(at);
        b.set_loc(generics[generics.len() - 1].loc());
        self.own_broadcasts();
        let broadcasts = self.broadcasts();
        let outputs = self.outputs(&[]);
        match same_shapes(&b, &broadcasts) {
            None => {
                let tensors = self.fused(&b, &outputs, Inputs::Unstretched);
                for (output, tensor) in outputs.iter().zip(&tensors) {
                    output.tensor.replace_all_uses(*tensor);
                    follow(&b, *tensor, &broadcasts);
                }
                for op in self.members.iter().filter(|m| m.is("bufferization.materialize_in_destination")) {
                    op.set_operand(0, source(op.operand(0)));
                }
                // The fused operation stands after the last member: what follows a member follows it.
                let mut moved = vec![];
                for op in self.members.iter().filter(|m| !m.is("linalg.generic")) {
                    for resized in resizing(op.operand(0)).into_iter().rev().chain([*op]) {
                        if !moved.contains(&resized) {
                            resized.detach();
                            b.insert(resized);
                            moved.push(resized);
                        }
                    }
                }
                // Users go before what they use.
                let mut replaced = [generics, broadcasts].concat();
                replaced.sort_by(|x, y| if x.is_before(*y) { std::cmp::Ordering::Greater } else { std::cmp::Ordering::Less });
                replaced.into_iter().filter(|o| o.results().iter().all(|r| r.is_unused())).for_each(Op::erase);
            }
            Some(same) => self.versions(&b, same, &broadcasts, &outputs, outlined),
        }
    }

    /// A resized operand that others share is resized once more for the members.
    fn own_broadcasts(&self) {
        for broadcast in self.broadcasts().into_iter().rev() {
            let ours = |op: Op<'c>| self.members.contains(&op) || resizes(op) && users(op.result(0)).iter().all(|u| self.members.contains(u));
            let (ours, others): (Vec<_>, Vec<_>) = broadcast.result(0).uses().into_iter().partition(|(user, _)| ours(*user));
            if !others.is_empty() {
                let copy = Builder::before(broadcast).insert(broadcast.deep_clone());
                ours.into_iter().for_each(|(user, operand)| user.set_operand(operand, copy.result(0)));
            }
        }
    }

    /// The ops that resize operands, each after those before it.
    fn broadcasts(&self) -> Vec<Op<'c>> {
        let mut all: Vec<Op<'c>> = vec![];
        // What makes an array of a result is no reader of an operand.
        for value in self.members.iter().filter(|m| !m.is("rt.array")).flat_map(|m| m.operands()) {
            let mut chain = resizing(value);
            chain.reverse();
            chain.retain(|op| !all.contains(op));
            all.extend(chain);
        }
        all
    }

    /// The results that are looked at outside, or wanted. A reduction has all of its results: each may be computed of the accumulators of the others.
    pub(super) fn outputs(&self, wanted: &[Value<'c>]) -> Vec<Output<'c>> {
        let inside: HashSet<Op<'c>> = self.members.iter().copied().filter(|m| m.is("linalg.generic")).collect();
        let needed = |tensor: &Value<'c>| wanted.contains(tensor) || users(*tensor).iter().any(|user| !inside.contains(user));
        let mut outputs = vec![];
        for generic in self.generics() {
            let whole = !is_parallel(generic) && generic.results().iter().any(needed);
            for tensor in generic.results().into_iter().filter(|tensor| whole || needed(tensor)) {
                let arrays = users(tensor).into_iter().filter(|u| u.is("rt.array")).collect();
                outputs.push(Output { tensor, arrays });
            }
        }
        outputs
    }

    /// One `linalg.generic` of all members; the tensors of the outputs.
    pub(super) fn fused(&self, b: &Builder<'c>, outputs: &[Output<'c>], kind: Inputs) -> Vec<Value<'c>> {
        let generics = self.generics();
        let last = generics[generics.len() - 1];
        let loops = last.array_attr("iterator_types").len();
        let inside: HashSet<Value<'c>> = generics.iter().flat_map(|g| g.results()).collect();
        let taken = |value: Value<'c>| if kind == Inputs::Unstretched || inside.contains(&source(value)) { source(value) } else { value };
        let mut inputs: Vec<(Value<'c>, Attribute<'c>)> = vec![];
        for generic in &generics {
            for (value, map) in external(*generic) {
                let value = taken(value);
                if !inside.contains(&value) && !inputs.contains(&(value, map)) {
                    inputs.push((value, map));
                }
            }
        }
        // A reduction of what is computed of no array takes the number of its iterations from where that would have been stored.
        if inputs.is_empty() && !is_parallel(last) {
            inputs.push((initial(generics[0].result(0)), map_of(generics[0].result(0))));
        }
        let empties: Vec<Value<'c>> = outputs.iter().map(|o| initial(o.tensor)).collect();
        let maps: Vec<Attribute<'c>> = inputs.iter().map(|(_, map)| *map).chain(outputs.iter().map(|o| map_of(o.tensor))).collect();
        let operands: Vec<Value<'c>> = inputs.iter().map(|(value, _)| *value).chain(empties).collect();
        let element = |v: &Value<'c>| (RankedTensorType::try_from(v.ty()).expect("a tensor").element(), b.loc());
        let region = Region::new();
        let block = region.add_block(&operands.iter().map(element).collect::<Vec<_>>());
        let mut results: HashMap<Value<'c>, Value<'c>> = HashMap::new();
        b.within(block, || {
            for generic in &generics {
                let body = generic.body(0);
                let mut values: HashMap<Value<'c>, Value<'c>> = HashMap::new();
                for (i, (value, map)) in external(*generic).into_iter().enumerate() {
                    let value = taken(value);
                    let argument = results.get(&value).copied().or_else(|| inputs.iter().position(|input| *input == (value, map)).map(|at| block.arg(at)));
                    values.insert(body.arg(i), argument.expect("an operand is an input or computed before"));
                }
                // Accumulators.
                for (k, result) in generic.results().into_iter().enumerate() {
                    if let Some(at) = outputs.iter().position(|o| o.tensor == result) {
                        values.insert(body.arg(body.num_args() - generic.num_results() + k), block.arg(inputs.len() + at));
                    }
                }
                clone_body(b, &body.ops(), &mut values);
                let yielded = body.terminator().map(|t| t.operands()).unwrap_or_default();
                for (result, value) in generic.results().into_iter().zip(yielded) {
                    results.insert(result, values.get(&value).copied().unwrap_or(value));
                }
            }
            let yielded: Vec<Value<'c>> = outputs.iter().map(|o| results[&o.tensor]).collect();
            b.op("linalg.yield", &yielded, &[], &[])
        });
        let mut attrs = vec![
            ("indexing_maps", b.array(&maps)),
            ("iterator_types", last.attr("iterator_types").expect("every generic has them")),
            ("operandSegmentSizes", b.i32_array(&[inputs.len() as i32, outputs.len() as i32])),
        ];
        attrs.extend(last.attrs().into_iter().filter(|(name, _)| name.starts_with("zouk.")));
        debug_assert!(loops > 0 || is_identity(map_of(outputs[0].tensor), 0));
        let types: Vec<Type<'c>> = outputs.iter().map(|o| o.tensor.ty()).collect();
        b.op_with_regions("linalg.generic", &operands, &types, &attrs, &[region]).results()
    }

    /// `scf.if` of the fused operation and of the operations as they are. It gives arrays.
    fn versions(&self, b: &Builder<'c>, same: Value<'c>, broadcasts: &[Op<'c>], outputs: &[Output<'c>], outlined: &mut Outlined<'c>) {
        let assignments: Vec<Op<'c>> = self.members.iter().copied().filter(|m| m.is("bufferization.materialize_in_destination")).collect();
        // What is only assigned leaves no array.
        let kept: Vec<&Output<'c>> = outputs.iter().filter(|o| users(o.tensor).iter().any(|user| !self.members.contains(user) || user.is("rt.array"))).collect();
        let types: Vec<Type<'c>> = kept.iter().map(|o| array_type(o)).collect();
        let (fast, slow) = (Region::new(), Region::new());
        let (then, otherwise) = (fast.add_block(&[]), slow.add_block(&[]));
        let give = |tensors: &dyn Fn(&Output<'c>) -> Value<'c>| {
            let arrays: Vec<Value<'c>> = kept.iter().zip(&types).map(|(o, ty)| b.val("rt.array", &[tensors(o)], *ty, &[])).collect();
            b.op("scf.yield", &arrays, &[], &[]);
        };
        b.within(then, || {
            let tensors = self.fused(b, outputs, Inputs::Unstretched);
            let of = |tensor: Value<'c>| outputs.iter().position(|o| o.tensor == tensor).map(|at| tensors[at]);
            for assignment in &assignments {
                let copy = b.insert(assignment.deep_clone());
                copy.set_operand(0, of(source(assignment.operand(0))).expect("what is assigned is an output"));
            }
            give(&|o| of(o.tensor).expect("an output"));
        });
        let op = b.op_with_regions("scf.if", &[same], &types, &[], &[fast, slow]);
        // Outside, the arrays stand for the results.
        for (output, array) in kept.iter().zip(op.results()) {
            for made in &output.arrays {
                let cast = if made.result(0).ty() == array.ty() { array } else { b.val("memref.cast", &[array], made.result(0).ty(), &[]) };
                made.result(0).replace_all_uses(cast);
            }
            let outside: Vec<(Op<'c>, usize)> = output.tensor.uses().into_iter().filter(|(user, _)| !self.members.contains(user) && !broadcasts.contains(user)).collect();
            if !outside.is_empty() {
                let read = as_tensor(b, array, output.tensor.ty());
                outside.into_iter().for_each(|(user, operand)| user.set_operand(operand, read));
                follow(b, read, broadcasts);
            }
        }
        let mut apart = Apart::new(b, otherwise, broadcasts, outlined, kept.iter().map(|o| o.tensor).collect());
        b.within(otherwise, || {
            apart.all(self);
            give(&|o| apart.value(o.tensor));
        });
        self.members.iter().filter(|m| m.is("rt.array")).for_each(|m| m.erase());
        // Users go before what they use.
        let mut unused = [apart.replaced, broadcasts.to_vec()].concat();
        while let Some(at) = unused.iter().position(|op| op.results().iter().all(|r| r.is_unused())) {
            unused.swap_remove(at).erase();
        }
    }
}

/// What a fused operation takes of the operands of its members.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Inputs {
    /// The tensors before any change of size.
    Unstretched,
    AsTheyAre,
}

/// Ops that resize a tensor for others stand after it.
fn follow<'c>(b: &Builder<'c>, tensor: Value<'c>, but: &[Op<'c>]) {
    for (user, _) in tensor.uses() {
        let early = tensor.def().is_some_and(|made| made.block() == user.block() && user.is_before(made));
        if resizes(user) && !but.contains(&user) && early {
            user.detach();
            b.insert(user);
            follow(b, user.result(0), but);
        }
    }
}

/// The operands that a generic reads, with their maps.
pub(super) fn external<'c>(generic: Op<'c>) -> Vec<(Value<'c>, Attribute<'c>)> {
    let inputs = generic.num_operands() - generic.num_results();
    generic.operands().into_iter().zip(generic.array_attr("indexing_maps")).take(inputs).collect()
}

/// The tensor that a result is computed into.
fn initial<'c>(result: Value<'c>) -> Value<'c> {
    let generic = result.def_by("linalg.generic").expect("a result of a generic");
    generic.operand(generic.num_operands() - generic.num_results() + result.number())
}

fn map_of<'c>(result: Value<'c>) -> Attribute<'c> {
    let generic = result.def_by("linalg.generic").expect("a result of a generic");
    generic.array_attr("indexing_maps")[generic.num_operands() - generic.num_results() + result.number()]
}

fn array_type<'c>(output: &Output<'c>) -> Type<'c> {
    output.arrays.first().map_or_else(
        || {
            let tensor = RankedTensorType::try_from(output.tensor.ty()).expect("a tensor");
            MemRefType::new(tensor.element(), &vec![i64::MIN; tensor.rank()], None, None).into()
        },
        |made| made.result(0).ty(),
    )
}

/// An array as a tensor of the type, whose sizes may be constants.
fn as_tensor<'c>(b: &Builder<'c>, array: Value<'c>, ty: Type<'c>) -> Value<'c> {
    let dynamic = RankedTensorType::try_from(ty).map_or(ty, |tensor| RankedTensorType::new(&vec![i64::MIN as u64; tensor.rank()], tensor.element(), None).into());
    let read = b.val("bufferization.to_tensor", &[array], dynamic, &[("restrict", b.unit())]);
    if dynamic == ty { read } else { b.val("tensor.cast", &[read], ty, &[]) }
}

/// Whether no operand is stretched, at run time; none when that is certain.
fn same_shapes<'c>(b: &Builder<'c>, broadcasts: &[Op<'c>]) -> Option<Value<'c>> {
    let mut same: Option<Value<'c>> = None;
    for op in broadcasts {
        let asked = &op.operands()[1..];
        for (axis, size) in sizes(b, op.operand(0)).into_iter().zip(asked).filter(|(has, asked)| has != *asked) {
            let equal = b.cmpi("eq", axis, *size);
            same = Some(same.map_or(equal, |s| b.bin("arith.andi", s, equal)));
        }
    }
    same
}

fn sizes<'c>(b: &Builder<'c>, tensor: Value<'c>) -> Vec<Value<'c>> {
    match tensor.def() {
        Some(op) if op.is("rt.broadcast") => return op.operands()[1..].to_vec(),
        Some(op) if op.is("tensor.cast") => return sizes(b, op.operand(0)),
        _ => {}
    }
    if let Some(known) = tensor_sizes(b, tensor) {
        return known;
    }
    let rank = RankedTensorType::try_from(tensor.ty()).map(|t| t.rank()).unwrap_or(0);
    match tensor.def_by("bufferization.to_tensor") {
        Some(read) if view_sizes(read.operand(0)).is_some() => view_sizes(read.operand(0)).unwrap_or_default(),
        Some(read) => (0..rank).map(|axis| b.val("memref.dim", &[read.operand(0), b.c_index(axis as i64)], b.index(), &[])).collect(),
        None => (0..rank).map(|axis| b.val("tensor.dim", &[tensor, b.c_index(axis as i64)], b.index(), &[])).collect(),
    }
}

fn alone(generic: Op, reason: &str) -> String {
    format!("line {}: an elementwise operation is a loop of its own; {reason}", Span::of(generic.loc()).map(|s| s.line).unwrap_or_default())
}

fn describe(generics: &[Op], reason: &str) -> String {
    let place = |op: &Op| Span::of(op.loc()).map(|s| s.line).unwrap_or_default();
    let (first, last) = (place(&generics[0]), place(&generics[generics.len() - 1]));
    let lines = if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
    format!("{lines}: {} elementwise operations are one loop; {reason}", generics.len())
}
