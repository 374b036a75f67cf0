//! Scratch arrays: made before the loop, but every iteration reads only what it has written itself, and nobody looks at them afterwards. Every chunk then has one of its own.
//!
//! An element that is read must have been stored on the way: by a store of the same subscripts that stands before the load in a block around it, or by loops that
//! run before the load and store all elements of a range. Arrays without axes, cells, may be looked at afterwards as well, where they have been stored again: the
//! accumulators of reductions are such cells.

use super::accesses::Range;
use crate::llvm_dialect::MemRef;
use crate::memory::ancestor_in;
use crate::range_analysis::{Facts, Form, Symbol, Visitor};
use zouk_dialects::ir::{Builder, Op, Value};

/// On a loop: which of the arrays that it stores into are scratch arrays.
pub const SCRATCH: &str = "zouk.scratch";

/// The new arrays that a loop stores into, in the order of the first stores.
pub fn stored<'c>(the_loop: Op<'c>) -> Vec<Value<'c>> {
    let mut arrays = vec![];
    the_loop.walk(&mut |op| {
        if op.is("memref.store") && made(op.operand(1)).is_some_and(|alloc| !has_inside(the_loop, alloc)) && !arrays.contains(&op.operand(1)) {
            arrays.push(op.operand(1));
        }
    });
    arrays
}

/// What makes an array here: of the stack, only one without axes.
fn made<'c>(array: Value<'c>) -> Option<Op<'c>> {
    array.def().filter(|op| op.is("rt.alloc") || op.is("memref.alloca") && is_cell(array))
}

/// Whether an array has no axes.
pub fn is_cell(array: Value) -> bool {
    MemRef::new(array.ty()).is_some_and(|memref| memref.rank() == 0)
}

/// The cells among them.
pub fn cells<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>) -> Vec<Value<'c>> {
    stored(the_loop).into_iter().filter(|array| is_cell(*array) && is_scratch(facts, the_loop, *array)).collect()
}

/// Whether the array is one for this loop.
pub fn is_scratch<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, array: Value<'c>) -> bool {
    if made(array).is_none() {
        return false;
    }
    let alone = is_made_each_time(array, the_loop);
    let known = |user: Op<'c>, operand: usize| match user.name() {
        "memref.dim" => true,
        "memref.store" => operand == 1,
        "memref.load" => has_inside(the_loop, user) || alone && runs_before(user, the_loop) || is_cell(array) && is_stored_since(user, array, the_loop),
        _ => false,
    };
    let fine = array.uses().into_iter().all(|(user, operand)| known(user, operand));
    let mut walk = Walk { the_loop, array, written: vec![], fine };
    if walk.fine {
        facts.scope(|facts| facts.descend(the_loop, &mut walk));
    }
    walk.fine
}

fn has_inside<'c>(around: Op<'c>, op: Op<'c>) -> bool {
    std::iter::successors(op.parent(), |o| o.parent()).any(|parent| parent == around)
}

/// Whether no loop stands between the allocation and the loop: what comes before the loop then never runs after it.
fn is_made_each_time<'c>(array: Value<'c>, the_loop: Op<'c>) -> bool {
    let home = array.parent_block();
    let around = std::iter::successors(the_loop.parent(), |op| op.parent()).take_while(|op| op.regions().into_iter().flat_map(|r| r.blocks()).all(|block| Some(block) != home));
    around.into_iter().all(|op| op.is("scf.if"))
}

/// Whether an op runs before the loop, or in the other branch of an `scf.if` around it.
fn runs_before<'c>(op: Op<'c>, the_loop: Op<'c>) -> bool {
    let mut around = Some(the_loop);
    while let Some(at) = around {
        if let Some(block) = at.block()
            && let Some(other) = ancestor_in(op, block)
        {
            return other.is_before(at);
        }
        around = at.parent();
        if around.is_some_and(|parent| parent.is("scf.if") && has_inside(parent, op)) {
            return true;
        }
    }
    false
}

/// Whether a cell that is read outside the loop has been stored since the loop ran.
fn is_stored_since<'c>(load: Op<'c>, array: Value<'c>, the_loop: Op<'c>) -> bool {
    let mut at = load;
    while let Some(block) = at.block() {
        let before: Vec<Op> = block.ops().into_iter().take_while(|op| *op != at).collect();
        if let Some(store) = before.iter().rposition(|op| op.is("memref.store") && op.operand(1) == array) {
            return ancestor_in(the_loop, block).is_none_or(|around| around != at && !before[store..].contains(&around));
        }
        match at.parent() {
            Some(parent) if !parent.is("func.func") => at = parent,
            _ => break,
        }
    }
    false
}

struct Walk<'c> {
    the_loop: Op<'c>,
    array: Value<'c>,
    /// What has been stored once an op has run.
    written: Vec<(Op<'c>, Vec<Range<'c>>)>,
    fine: bool,
}

impl<'c> Visitor<'c> for Walk<'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        match op.name() {
            "memref.store" if op.operand(1) == self.array => self.store(facts, op),
            "memref.load" if op.operand(0) == self.array => self.fine &= self.is_written(facts, op),
            _ => {}
        }
        Some(op)
    }
}

impl<'c> Walk<'c> {
    /// What the store writes, and what the loops around it have written once they have run.
    fn store(&mut self, facts: &mut Facts<'c>, store: Op<'c>) {
        let exact = |form: Form<'c>| Range { low: form.clone(), high: form, exact: true };
        let mut axes: Vec<Range<'c>> = store.operands()[2..].iter().map(|index| exact(facts.form(*index))).collect();
        let mut at = store;
        self.written.push((at, axes.clone()));
        // A loop stores what it runs over, which of a cell is not known to be anything.
        if axes.is_empty() {
            return;
        }
        // A branch on the way does not always run.
        while let Some(around) = at.parent().filter(|parent| parent.is("scf.for") && *parent != self.the_loop && Builder::constant_int(parent.operand(2)) == Some(1)) {
            let counter = Symbol::Value(around.body(0).arg(0));
            let ends = (facts.form(around.operand(0)), facts.form(around.operand(1)).plus_constant(-1));
            let next: Option<Vec<Range>> = axes.iter().map(|axis| spread(axis, counter, &ends)).collect();
            let moving = axes.iter().filter(|axis| axis.low.symbols().chain(axis.high.symbols()).any(|symbol| symbol == counter)).count();
            // Of two axes that move together only a diagonal is written.
            let Some(next) = next.filter(|_| moving <= 1) else { break };
            axes = next;
            at = around;
            self.written.push((at, axes.clone()));
        }
    }

    fn is_written(&self, facts: &mut Facts<'c>, load: Op<'c>) -> bool {
        let places: Vec<Form<'c>> = load.operands()[1..].iter().map(|index| facts.form(*index)).collect();
        self.written.iter().any(|(op, axes)| {
            let before = op.block().and_then(|block| ancestor_in(load, block)).is_some_and(|around| op.is_before(around));
            before
                && places.iter().zip(axes).all(|(place, axis)| {
                    let from = place.minus(&axis.low).is_some_and(|room| facts.proves(&room));
                    from && axis.high.minus(place).is_some_and(|room| facts.proves(&room))
                })
        })
    }
}

/// A place as the counter of a loop runs from one end to the other: all places between, when the place moves with it one by one.
fn spread<'c>(axis: &Range<'c>, counter: Symbol<'c>, ends: &(Form<'c>, Form<'c>)) -> Option<Range<'c>> {
    let (slope, rest) = axis.low.split(counter)?;
    match slope.as_constant()? {
        0 => (!axis.high.symbols().any(|symbol| symbol == counter)).then(|| axis.clone()),
        1 if axis.low == axis.high => Some(Range { low: rest.plus(&ends.0, 1)?, high: rest.plus(&ends.1, 1)?, exact: true }),
        _ => None,
    }
}
