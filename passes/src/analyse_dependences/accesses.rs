//! What an iteration of a loop reads and writes, as ranges that hold for all that its inner loops run through.
//!
//! Subscripts are taken apart as integers modulo 2^64: what follows from that is tested (`spans`).

use super::inspect::{Ends, can_compute};
use super::{scratch, views};
use crate::foreign;
use crate::llvm_dialect::MemRef;
use crate::memory::{calls_out, gives_new, is_instance, is_unshared, root, written};
use crate::parallel::{Refusal, is_inside};
use crate::range_analysis::{Facts, Form, Symbol, Visitor};
use std::collections::HashSet;
use zouk_dialects::ir::{Builder, Location, Op, TypeLike, Value};

/// From the first to the last, inclusive, in symbols that are known before the loop, and its counter.
#[derive(Clone, Debug)]
pub struct Range<'c> {
    pub low: Form<'c>,
    pub high: Form<'c>,
    /// Whether the places are these, and not only modulo 2^64.
    pub exact: bool,
}

/// An access of an array that is there before the loop.
pub struct Access<'c> {
    pub array: Value<'c>,
    pub writes: bool,
    pub place: Location<'c>,
    /// For each axis of the array, its indices, where they are known.
    pub axes: Vec<Option<Range<'c>>>,
    /// Its elements, counted from the array's first, where that is known.
    pub elements: Option<Range<'c>>,
    /// The value that a store of one element stores.
    pub stored: Option<Value<'c>>,
    /// For each axis, or for the elements through a view, what is computed before the loop; where that is asked for.
    pub inspected: Vec<Option<Ends<'c>>>,
}

pub struct Accesses;

impl Accesses {
    pub fn of<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, module: Op<'c>, looked_at: bool) -> Result<Vec<Access<'c>>, Refusal<'c>> {
        let mut collect = Collect { the_loop, module, looked_at, all: vec![], unseen: None, refused: None };
        facts.scope(|facts| facts.descend(the_loop, &mut collect));
        // Every chunk has cells of its own.
        let cells = scratch::cells(facts, the_loop);
        collect.all.retain(|access| !cells.contains(&access.array));
        collect.judge_unseen();
        match collect.refused {
            Some(refusal) => Err(refusal),
            None => Ok(collect.all),
        }
    }
}

pub(super) struct Collect<'c> {
    pub(super) the_loop: Op<'c>,
    module: Op<'c>,
    /// Whether ends of blocks may be computed before the loop.
    looked_at: bool,
    all: Vec<Access<'c>>,
    /// An access of an array that is not known.
    unseen: Option<Location<'c>>,
    refused: Option<Refusal<'c>>,
}

impl<'c> Visitor<'c> for Collect<'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        match op.name() {
            "memref.load" => self.element(facts, op, 0, false),
            "memref.store" => self.element(facts, op, 1, true),
            "func.call" => {
                if let Some(place) = leads_to(op, self.module, &mut HashSet::new(), &|name| name.starts_with(foreign::PYTHON)) {
                    let help = "run the block of Python before the loop, or use `range`";
                    self.refused.get_or_insert(Refusal::new("its iterations run Python code, which one thread at a time can do", help).note(place, "here"));
                }
                if let Some(place) = leads_to(op, self.module, &mut HashSet::new(), &|name| name.starts_with("zouk_random_generator_")) {
                    let help = "draw the numbers before the loop, or from `np.random`, which has a state for each thread";
                    self.refused.get_or_insert(Refusal::new("its iterations draw from one random generator", help).note(place, "here"));
                }
                self.whole(facts, op)
            }
            "memref.dim" | "memref.cast" | "memref.collapse_shape" | "memref.extract_strided_metadata" | "memref.extract_aligned_pointer_as_index" => {}
            "rt.view" | "rt.print" | "arith.select" => {}
            _ if op.dialect() == "scf" => {}
            _ => self.whole(facts, op),
        }
        Some(op)
    }
}

impl<'c> Collect<'c> {
    /// One element, at the op's indices.
    fn element(&mut self, facts: &mut Facts<'c>, op: Op<'c>, array: usize, writes: bool) {
        let view = op.operand(array);
        facts.scope(|facts| {
            views::assume_places(facts, view, self.the_loop);
            let indices = op.operands()[array + 1..].iter().map(|index| self.range(facts, *index)).collect();
            self.access(facts, op, view, indices, writes)
        })
    }

    /// All elements of the arrays that a call is given.
    fn whole(&mut self, facts: &mut Facts<'c>, op: Op<'c>) {
        let known = matches!(op.name(), "func.call" | "rt.call" | "rt.load_field" | "rt.is_assigned" | "rt.same");
        let targets = if known { written(op) } else { op.operands() };
        for array in op.operands().into_iter().filter(|v| v.ty().is_mem_ref()) {
            let rank = MemRef::new(array.ty()).map_or(0, |m| m.rank());
            facts.scope(|facts| {
                views::assume_places(facts, array, self.the_loop);
                let axes = (0..rank as i64)
                    .map(|axis| {
                        let dim = facts.dim(array, axis);
                        self.between(facts, Form::constant(0), dim.plus_constant(-1), true)
                    })
                    .collect();
                self.access(facts, op, array, axes, targets.contains(&array))
            });
        }
    }

    /// What is read from who knows which array is no array that was made before the loop and went nowhere: reading is fine beside writes into such arrays alone.
    fn judge_unseen(&mut self) {
        if let Some(place) = self.unseen
            && self.all.iter().any(|access| access.writes && !is_unshared(access.array))
        {
            self.refuse_unseen(place);
        }
    }

    fn refuse_unseen(&mut self, place: Location<'c>) {
        let help = "write into arrays that are not handed from one name to another inside the loop";
        self.refused.get_or_insert(Refusal::new("it is not seen which array an iteration works on", help).note(place, "here"));
    }

    fn access(&mut self, facts: &mut Facts<'c>, op: Op<'c>, view: Value<'c>, axes: Vec<Option<Range<'c>>>, writes: bool) {
        let mut bases = vec![];
        if !bases_of(view, self.the_loop, &mut HashSet::new(), &mut bases) {
            if writes {
                self.refuse_unseen(op.loc());
            }
            self.unseen.get_or_insert(op.loc());
        }
        let direct = (bases.len() == 1).then(|| self.through_views(facts, view, axes));
        for array in bases.iter() {
            let rank = MemRef::new(array.ty()).map_or(0, |m| m.rank());
            let (axes, elements) = match &direct {
                Some((base, axes, elements)) if base == array => (axes.clone(), elements.clone()),
                _ => (vec![None; rank], None),
            };
            let stored = (op.is("memref.store") && bases.len() == 1).then(|| op.operand(0));
            let inspected = if self.looked_at && bases.len() == 1 { self.inspected(facts, op, view, *array) } else { vec![] };
            self.all.push(Access { array: *array, writes, place: op.loc(), axes, elements, stored, inspected });
        }
    }

    /// What one element of an array, or of a view of a packed one, is in each iteration.
    fn inspected(&self, facts: &mut Facts<'c>, op: Op<'c>, view: Value<'c>, array: Value<'c>) -> Vec<Option<Ends<'c>>> {
        let indices = match op.name() {
            "memref.load" => op.operands()[1..].to_vec(),
            "memref.store" => op.operands()[2..].to_vec(),
            _ => return vec![],
        };
        let place = |facts: &mut Facts<'c>, index: Value<'c>| {
            let position = index.def_by("rt.index").map_or(index, |check| check.operand(0));
            facts.congruent(position, &|v| !is_inside(v, self.the_loop))
        };
        let mut at = uncast(view);
        if uncast(array) == at {
            let ends = |index| {
                let form = place(facts, index);
                self.ends(facts, form)
            };
            return indices.into_iter().map(ends).collect();
        }
        // One view of a row, say: elements from its offset on.
        let Some(made) = at.def_by("rt.view").filter(|made| !made.has_attr("bytes")) else { return vec![] };
        at = uncast(made.operand(0));
        let same = MemRef::new(at.ty()).map(|m| m.element) == MemRef::new(view.ty()).map(|m| m.element);
        if uncast(array) != at || !is_packed(at) || MemRef::new(at.ty()).is_none_or(|m| m.rank() != 1) || !same {
            return vec![];
        }
        let mut sum = Some(place(facts, made.operand(1)));
        for (index, stride) in indices.iter().zip(&made.operands()[2 + indices.len()..]) {
            let (index, stride) = (place(facts, *index), facts.form(*stride));
            sum = sum.and_then(|sum| sum.plus(&index.times(&stride)?, 1));
        }
        vec![sum.and_then(|sum| self.ends(facts, sum))]
    }

    fn ends(&self, facts: &mut Facts<'c>, place: Form<'c>) -> Option<Ends<'c>> {
        Some(Ends { low: self.bound(facts, place.clone(), false, 0)?, high: self.bound(facts, place.clone(), true, 0)?, place })
    }

    /// An access through views that are made in the iteration, as one of the array that they are of.
    fn through_views(&self, facts: &mut Facts<'c>, view: Value<'c>, axes: Vec<Option<Range<'c>>>) -> (Value<'c>, Vec<Option<Range<'c>>>, Option<Range<'c>>) {
        let (mut at, mut axes) = (uncast(beside_new(view)), axes);
        let mut elements = self.elements(facts, at, &axes);
        while is_inside(at, self.the_loop) {
            let Some(op) = at.def() else { break };
            if !matches!(op.name(), "rt.view" | "memref.cast") {
                return (at, vec![], None);
            }
            let base = beside_new(op.operand(0));
            if op.is("memref.cast") {
                at = base;
                continue;
            }
            if op.has_attr("bytes") {
                match views::field(self, facts, op, base) {
                    Some(bytes) => (axes, elements) = (bytes, None),
                    None => return (root(at), vec![], None),
                }
                at = base;
                continue;
            }
            if MemRef::new(base.ty()).map(|m| m.element) != MemRef::new(at.ty()).map(|m| m.element) {
                return (root(at), vec![], None);
            }
            let offset = self.range(facts, op.operand(1));
            elements = elements.zip(offset).and_then(|(e, o)| Some(Range { low: e.low.plus(&o.low, 1)?, high: e.high.plus(&o.high, 1)?, exact: e.exact && o.exact }));
            axes = views::in_base(self, facts, op, base, &axes);
            at = base;
        }
        let rank = MemRef::new(at.ty()).map_or(0, |m| m.rank());
        axes.resize(rank, None);
        (at, axes, elements)
    }

    /// Σ index · stride, of an array whose strides are known.
    fn elements(&self, facts: &mut Facts<'c>, array: Value<'c>, axes: &[Option<Range<'c>>]) -> Option<Range<'c>> {
        let memref = MemRef::new(array.ty())?;
        let strides = match array.def_by("rt.view") {
            Some(view) => view.operands()[2 + memref.rank()..].iter().map(|stride| facts.form(*stride)).collect(),
            None if is_packed(array) => self.packed_strides(facts, array, memref.rank())?,
            None => return None,
        };
        let mut sum = Range { low: Form::constant(0), high: Form::constant(0), exact: true };
        for (axis, stride) in axes.iter().zip(&strides) {
            let (axis, stride): (&Range, &Form) = (axis.as_ref()?, stride);
            let exact = sum.exact && axis.exact;
            let (low, high) = if facts.proves(stride) { (&axis.low, &axis.high) } else { (&axis.high, &axis.low) };
            if !facts.proves(stride) && !stride.as_constant().is_some_and(|s| s < 0) {
                return None;
            }
            sum = Range { low: sum.low.plus(&low.times(stride)?, 1)?, high: sum.high.plus(&high.times(stride)?, 1)?, exact };
        }
        Some(sum)
    }

    pub(super) fn packed_strides(&self, facts: &mut Facts<'c>, array: Value<'c>, rank: usize) -> Option<Vec<Form<'c>>> {
        let mut strides = vec![Form::constant(1); rank];
        for axis in (0..rank.saturating_sub(1)).rev() {
            strides[axis] = strides[axis + 1].times(&facts.dim(array, axis as i64 + 1))?;
        }
        Some(strides)
    }

    pub(super) fn range(&self, facts: &mut Facts<'c>, value: Value<'c>) -> Option<Range<'c>> {
        let form = facts.congruent(value, &|v| !is_inside(v, self.the_loop));
        let exact = facts.form(value).minus(&form).is_some_and(|difference| difference.as_constant() == Some(0));
        self.between(facts, form.clone(), form, exact)
    }

    /// The range of forms once what the iteration makes is replaced by its bounds.
    pub(super) fn between(&self, facts: &mut Facts<'c>, low: Form<'c>, high: Form<'c>, exact: bool) -> Option<Range<'c>> {
        Some(Range { low: self.bound(facts, low, false, 0)?, high: self.bound(facts, high, true, 0)?, exact })
    }

    fn bound(&self, facts: &mut Facts<'c>, form: Form<'c>, upper: bool, depth: usize) -> Option<Form<'c>> {
        let counter = self.the_loop.body(0).arg(0);
        let inner = form.symbols().find(|symbol| match symbol {
            Symbol::Value(value) => *value != counter && is_inside(*value, self.the_loop) && !(self.looked_at && can_compute(*value, self.the_loop, 0)),
            Symbol::Dim(array, _) => is_inside(*array, self.the_loop),
        });
        let Some(symbol) = inner else { return Some(form) };
        if depth == 8 {
            return None;
        }
        if let Some(settled) = views::settled(facts, &form, symbol) {
            return self.bound(facts, settled, upper, depth + 1);
        }
        let (slope, rest) = form.split(symbol)?;
        let grows = facts.proves(&slope);
        if !grows && !facts.proves(&Form::default().plus(&slope, -1)?) {
            return None;
        }
        let most = grows == upper;
        let known = facts.bounds(symbol).map(|bounds| if most { bounds.upper.clone() } else { bounds.lower.clone() }).or_else(|| views::end_of(facts, symbol, most, counter));
        let end = known.unwrap_or_else(|| {
            let (low, high) = facts.range_of(symbol);
            Form::constant(if most { high } else { low })
        });
        let next = rest.plus(&slope.times(&end)?, 1)?;
        self.bound(facts, next, upper, depth + 1)
    }
}

/// The arrays from before the loop that a value may be; false when that is not known. Those made in the iteration are its own.
pub fn bases_of<'c>(value: Value<'c>, the_loop: Op<'c>, seen: &mut HashSet<Value<'c>>, found: &mut Vec<Value<'c>>) -> bool {
    if !seen.insert(value) {
        return true;
    }
    if !is_inside(value, the_loop) {
        if !found.contains(&value) {
            found.push(value);
        }
        return true;
    }
    let Some(op) = value.def() else {
        let Some(parent) = value.owner_block().and_then(|b| b.parent()).filter(|p| p.is("scf.for")) else { return false };
        let k = value.number().wrapping_sub(1);
        let next = parent.body(0).terminator().map(|t| t.operand(k));
        return bases_of(parent.operand(3 + k), the_loop, seen, found) && next.is_none_or(|next| bases_of(next, the_loop, seen, found));
    };
    match op.name() {
        "rt.alloc" | "memref.alloca" | "rt.constant_array" | "rt.adopt" | "rt.object" | "ub.poison" => true,
        "rt.view" | "memref.cast" | "memref.collapse_shape" => bases_of(op.operand(0), the_loop, seen, found),
        "arith.select" => bases_of(op.operand(1), the_loop, seen, found) && bases_of(op.operand(2), the_loop, seen, found),
        "scf.if" => (0..2).all(|i| op.region(i).first_block().and_then(|b| b.terminator()).is_some_and(|t| bases_of(t.operand(value.number()), the_loop, seen, found))),
        "scf.for" => {
            let k = value.number();
            bases_of(op.operand(3 + k), the_loop, seen, found) && op.body(0).terminator().is_some_and(|t| bases_of(t.operand(k), the_loop, seen, found))
        }
        // What a call gives is new, or one of what it is given; or it stands in a field of that.
        "func.call" if op.operands().into_iter().any(is_instance) => false,
        "func.call" if gives_new(op, value.number()) => true,
        "func.call" => !calls_out(op) && op.operands().into_iter().filter(|v| v.ty().is_mem_ref()).all(|v| bases_of(v, the_loop, seen, found)),
        _ => false,
    }
}

/// The array that a branch gives where the other one gives a new array, which is the iteration's own.
pub(super) fn beside_new<'c>(value: Value<'c>) -> Value<'c> {
    let Some(branch) = value.def_by("scf.if") else { return value };
    let given = [0, 1].map(|i| branch.region(i).first_block().and_then(|b| b.terminator()).map(|t| t.operand(value.number())));
    let [Some(then), Some(otherwise)] = given else { return value };
    let source = |value: Value<'c>| value.def().filter(|o| matches!(o.name(), "memref.cast" | "rt.view")).map(|o| o.operand(0));
    let is_new = |value: Value<'c>| std::iter::successors(Some(value), |v| source(*v)).any(|v| v.def_by("rt.alloc").is_some() && is_inside(v, branch));
    match (then, otherwise) {
        (array, new) | (new, array) if is_new(new) && !is_inside(array, branch) => beside_new(array),
        _ => value,
    }
}

/// The array behind casts that forget what is known of its shape and strides.
pub(super) fn uncast(array: Value) -> Value {
    std::iter::successors(Some(array), |v| v.def_by("memref.cast").map(|op| op.operand(0))).last().unwrap_or(array)
}

/// Whether the elements lie without gaps, in C order.
pub fn is_packed(array: Value) -> bool {
    let text = array.ty().to_string();
    text.starts_with("memref<") && !text.contains("strided") && !text.contains("affine_map")
}

/// Where a call, or one that it leads to, is of such a function: one that draws from a `Generator`, whose state all share, say.
fn leads_to<'c>(call: Op<'c>, module: Op<'c>, seen: &mut HashSet<&'c str>, wanted: &dyn Fn(&str) -> bool) -> Option<Location<'c>> {
    let name = call.str_attr("callee")?;
    if wanted(name) {
        return Some(call.loc());
    }
    if !seen.insert(name) {
        return None;
    }
    let callee = module.body(0).ops().into_iter().find(|op| op.str_attr("sym_name") == Some(name))?;
    callee.collect(|op| op.is("func.call")).into_iter().find_map(|inner| leads_to(inner, module, seen, wanted)).map(|_| call.loc())
}

/// The counter's step, when it is a constant.
pub fn step(the_loop: Op) -> Option<i64> {
    Builder::constant_int(the_loop.operand(2))
}
