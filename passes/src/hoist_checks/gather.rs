//! Which checks of a nest can be tested before it, and what must hold then.

use super::is_check;
use crate::range_analysis::{Facts, Form, Symbol, Visitor};
use std::collections::{HashMap, HashSet};
use zouk_dialects::ir::{Block, Builder, Op, Region, Value};

/// More conditions than this cost more than they save.
const MAX_CONDITIONS: usize = 32;
/// How many symbols one position may be freed of.
const MAX_STEPS: usize = 10;

/// A condition of which this is more than the greatest margin holds for tiny arrays only.
const PLAUSIBLE: i128 = 1 << 16;

/// What hoisting takes away, and what it needs.
#[derive(Default)]
pub(super) struct Gathered<'c> {
    pub checks: HashSet<Op<'c>>,
    /// Indices that are not negative, but may be too large.
    pub unwrapped: HashSet<Op<'c>>,
    /// Each is `>= 0`; over values available before the nest.
    pub conditions: Vec<Form<'c>>,
    /// Each is true: i1 values available before the nest, or comparisons of such.
    pub flags: Vec<Value<'c>>,
    /// The names, in the bodies of `scf.while`s around the nest, of what their conditions pass on.
    pub names: HashMap<Value<'c>, Value<'c>>,
}

/// How often the conditions found are used to find more.
const ROUNDS: usize = 3;

/// Gathers the checks of a nest that stands where the facts say. What one round needs the next may use: all conditions hold together.
pub(super) fn gather<'c>(facts: &mut Facts<'c>, nest: Op<'c>) -> Gathered<'c> {
    let found = Gathered { names: names_around(nest), ..Gathered::default() };
    let mut gather = Gather { nest, outside: regions_around(nest), lasts: HashMap::new(), found };
    for _ in 0..ROUNDS {
        let before = (gather.found.checks.len(), gather.found.conditions.len());
        facts.scope(|facts| {
            gather.found.conditions.iter().for_each(|form| facts.assume(form.clone()));
            facts.descend(nest, &mut gather)
        });
        if gather.found.conditions.len() == before.1 || gather.found.checks.len() == before.0 && before.0 > 0 {
            break;
        }
    }
    let Gathered { checks, unwrapped, .. } = &mut gather.found;
    unwrapped.retain(|index| !checks.contains(index));
    gather.found
}

fn regions_around<'c>(op: Op<'c>) -> HashSet<Region<'c>> {
    let blocks = std::iter::successors(op.block(), |b: &Block<'c>| b.parent().and_then(|o| o.block()));
    blocks.filter_map(|b| b.region()).collect()
}

fn names_around<'c>(nest: Op<'c>) -> HashMap<Value<'c>, Value<'c>> {
    let mut names = HashMap::new();
    let mut inner = nest;
    while let Some(outer) = inner.parent() {
        if outer.is("scf.while") && inner.block() == outer.region(1).first_block() {
            let passed = outer.body(0).terminator().map(|t| t.operands()).unwrap_or_default();
            names.extend(passed.into_iter().skip(1).zip(outer.body(1).args()));
        }
        inner = outer;
    }
    names
}

struct Gather<'c> {
    nest: Op<'c>,
    /// The regions around the nest: what they define is available before it.
    outside: HashSet<Region<'c>>,
    /// The counters' last values, for loops that step by more than one.
    lasts: HashMap<Value<'c>, Value<'c>>,
    found: Gathered<'c>,
}

impl<'c> Visitor<'c> for Gather<'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        if !is_check(op) || self.found.checks.contains(&op) {
            return Some(op);
        }
        if op.is("rt.index") {
            self.index(facts, op);
        } else if self.is_outside(op.operand(0)) {
            self.found.checks.insert(op);
            if !self.found.flags.contains(&op.operand(0)) {
                self.found.flags.push(op.operand(0));
            }
        } else {
            self.comparison(op);
        }
        Some(op)
    }
}

impl<'c> Gather<'c> {
    fn index(&mut self, facts: &mut Facts<'c>, op: Op<'c>) {
        let position = facts.congruent(op.operand(0), &|v| self.is_outside(v));
        let size = facts.form(op.operand(1));
        let Some(above) = self.free(facts, &position, MAX_STEPS) else { return };
        let below = size.plus_constant(-1).minus(&position).and_then(|room| self.free(facts, &room, MAX_STEPS));
        if below.is_some_and(|below| self.need(facts, [above.clone(), below].concat())) {
            self.found.checks.insert(op);
            return;
        }
        // A position that is not bounded above may have wrapped around unless its form is exact.
        let exact = facts.form(op.operand(0)).minus(&position).is_some_and(|d| d.as_constant() == Some(0));
        if exact && op.has_attr("wraps") && self.need(facts, above) {
            self.found.unwrapped.insert(op);
        }
    }

    /// Adds conditions, unless one is known to fail or they become too many.
    fn need(&mut self, facts: &mut Facts<'c>, needed: Vec<Form<'c>>) -> bool {
        let fails = needed.iter().any(|form| Form::constant(-1).minus(form).is_some_and(|f| facts.proves(&f)));
        if fails || needed.iter().any(|form| super::emit::shape(facts, form).is_none()) {
            return false;
        }
        let mut conditions = self.found.conditions.clone();
        needed.into_iter().for_each(|form| add(&mut conditions, form));
        let few = conditions.len() <= MAX_CONDITIONS;
        if few {
            self.found.conditions = conditions;
        }
        few
    }

    /// A check of a comparison of values known before the nest: the divisor of a division.
    fn comparison(&mut self, op: Op<'c>) {
        let comparison = op.operand(0).def_by("arith.cmpi");
        let Some(comparison) = comparison.filter(|c| c.operands().into_iter().all(|o| self.is_outside(o))) else { return };
        let copy = Builder::before(self.nest).insert(comparison.deep_clone());
        self.found.flags.push(copy.result(0));
        self.found.checks.insert(op);
    }

    /// Sums over values available before the nest that are all `>= 0` only if the form is wherever it is evaluated; none when there are none.
    fn free(&mut self, facts: &mut Facts<'c>, form: &Form<'c>, steps: usize) -> Option<Vec<Form<'c>>> {
        if facts.proves(form) {
            return Some(vec![]);
        }
        let inner: Vec<Symbol<'c>> = form.symbols().filter(|s| !self.is_available(*s)).collect();
        // Counters last: what is bounded by a counter goes before it.
        let Some(symbol) = inner.iter().copied().max_by_key(|s| (facts.bounds(*s).is_none(), depth(*s))) else {
            return facts.greatest(form).is_none_or(|most| most >= PLAUSIBLE).then(|| vec![form.clone()]);
        };
        let steps = steps.checked_sub(1)?;
        if facts.bounds(symbol).is_some() {
            return self.free_of_counter(facts, form, symbol, steps);
        }
        let weaker = facts.without(form, symbol);
        weaker.iter().find_map(|form| self.free(facts, form, steps))
    }

    /// `a·i + b` is least at one end of i's range: which end, the sign of a says; both where it is not known.
    fn free_of_counter(&mut self, facts: &mut Facts<'c>, form: &Form<'c>, counter: Symbol<'c>, steps: usize) -> Option<Vec<Form<'c>>> {
        let bounds = facts.bounds(counter)?.clone();
        let (slope, _) = form.split(counter)?;
        let opposite = Form::default().minus(&slope)?;
        let (rises, falls) = (facts.proves(&slope), facts.proves(&opposite));
        if !rises && !falls && !slope.symbols().all(|s| self.is_available(s)) {
            return None;
        }
        let mut needed = vec![];
        if !falls {
            needed.extend(self.free(facts, &form.substitute(counter, &bounds.lower)?, steps)?);
        }
        if !rises {
            let last = match bounds.step {
                Some(1) | None => bounds.upper,
                Some(step) => self.last(counter, step).unwrap_or(bounds.upper),
            };
            needed.extend(self.free(facts, &form.substitute(counter, &last)?, steps)?);
        }
        Some(needed)
    }

    /// `from + (to - 1 - from) / step * step`, before the nest; only looked at when `from < to`.
    fn last(&mut self, counter: Symbol<'c>, step: i64) -> Option<Form<'c>> {
        let Symbol::Value(counter) = counter else { return None };
        let op = counter.owner_block()?.parent()?;
        let (from, to) = (op.operand(0), op.operand(1));
        if !(self.is_outside(from) && self.is_outside(to)) {
            return None;
        }
        let last = *self.lasts.entry(counter).or_insert_with(|| {
            let b = Builder::before(self.nest);
            let [one, step] = [1, step].map(|n| b.c_int(from.ty(), n));
            let distance = b.bin("arith.subi", b.bin("arith.subi", to, one), from);
            let whole = b.bin("arith.muli", b.bin("arith.divui", distance, step), step);
            b.bin("arith.addi", from, whole)
        });
        Some(Form::value(last))
    }

    fn is_outside(&self, value: Value<'c>) -> bool {
        value.parent_block().and_then(|b| b.region()).is_some_and(|region| self.outside.contains(&region))
    }

    fn is_available(&self, symbol: Symbol<'c>) -> bool {
        let (Symbol::Value(value) | Symbol::Dim(value, _)) = symbol;
        self.is_outside(value) || self.found.names.contains_key(&value)
    }
}

/// How many ops stand around the symbol's definition: the innermost goes first.
fn depth(symbol: Symbol) -> usize {
    let (Symbol::Value(value) | Symbol::Dim(value, _)) = symbol;
    let block = value.parent_block();
    std::iter::successors(block.and_then(|b| b.parent()), |op| op.parent()).count()
}

/// Adds a condition; of two that differ by a constant the stronger one is enough.
fn add<'c>(conditions: &mut Vec<Form<'c>>, form: Form<'c>) {
    match conditions.iter_mut().find(|c| c.same_terms(&form)) {
        Some(present) => present.constant = present.constant.min(form.constant),
        None => conditions.push(form),
    }
}
