//! The way of one carried value through the body: from what it is at the head of an iteration to what the next one starts with.

use super::compare;
use crate::memory::may_write;
use std::collections::HashSet;
use zouk_dialects::ir::{Builder, Op, Value};

/// How deep branches and loops are followed.
const MAX_DEPTH: usize = 32;

/// What leads to an assignment: branches, and the way each went, and loops.
pub type Path<'c> = Vec<Step<'c>>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step<'c> {
    Branch(Value<'c>, bool),
    Loop(Op<'c>),
}

/// What happens to the value in an iteration.
#[derive(Clone)]
pub enum Kind<'c> {
    /// Nothing.
    Same,
    /// It is combined with others by this operation.
    Op(&'static str),
    /// A candidate takes its place when it compares so with it.
    Choose { compare: &'static str, predicate: i64, paths: Vec<Path<'c>> },
    /// Something else takes its place: always, when there are no paths.
    Replace { paths: Vec<Path<'c>> },
}

pub struct Chain<'c> {
    the_loop: Op<'c>,
    pub argument: Value<'c>,
    /// What depends on the value at the head.
    derived: HashSet<Value<'c>>,
    /// The values on the way.
    pub values: Vec<Value<'c>>,
    /// Uses of them that belong to the way.
    pub uses: HashSet<(Op<'c>, usize)>,
    /// Uses of conditions that do not depend on the value.
    pub conditions: Vec<(Op<'c>, usize)>,
    /// Branches that a comparison with the value decides on.
    pub deciding: Vec<Op<'c>>,
    /// Branches on the way.
    pub passed: Vec<Op<'c>>,
    path: Path<'c>,
}

impl<'c> Chain<'c> {
    pub fn new(the_loop: Op<'c>, argument: Value<'c>) -> Self {
        let derived = derived(argument);
        let (values, uses, conditions, deciding, passed, path) = (vec![argument], HashSet::new(), vec![], vec![], vec![], vec![]);
        Chain { the_loop, argument, derived, values, uses, conditions, deciding, passed, path }
    }

    /// How `value` comes from `from`; none when it is in no way that can be put together.
    pub fn follow(&mut self, value: Value<'c>, from: Value<'c>) -> Option<Kind<'c>> {
        if value == from {
            return Some(Kind::Same);
        }
        if !self.derived.contains(&value) {
            return Some(Kind::Replace { paths: if self.path.is_empty() { vec![] } else { vec![self.path.clone()] } });
        }
        let op = value.def().filter(|_| self.path.len() < MAX_DEPTH)?;
        self.values.push(value);
        match op.name() {
            "arith.select" => {
                let places = [(op, 1), (op, 2)];
                self.branch(op, op.operand(0), [op.operand(1), op.operand(2)], places, from)
            }
            "scf.if" => {
                let k = value.number();
                let ends = [0, 1].map(|i| op.region(i).first_block().and_then(|b| b.terminator()));
                let [Some(then), Some(otherwise)] = ends else { return None };
                self.passed.push(op);
                self.branch(op, op.operand(0), [then.operand(k), otherwise.operand(k)], [(then, k), (otherwise, k)], from)
            }
            "scf.for" => self.inner_loop(op, value.number(), from),
            "scf.while" => self.inner_while(op, value.number(), from),
            _ => self.operation(op, from),
        }
    }

    /// `from ∘ x`
    fn operation(&mut self, op: Op<'c>, from: Value<'c>) -> Option<Kind<'c>> {
        let (name, either) = associative(op.name())?;
        let places: Vec<usize> = (0..2).filter(|i| self.derived.contains(&op.operand(*i))).collect();
        let [place] = places[..] else { return None };
        if place == 1 && !either {
            return None;
        }
        self.uses.insert((op, place));
        let before = self.follow(op.operand(place), from)?;
        join(before, Kind::Op(name))
    }

    /// A loop inside the iteration that carries the value.
    fn inner_loop(&mut self, op: Op<'c>, k: usize, from: Value<'c>) -> Option<Kind<'c>> {
        let (argument, end) = (op.body(0).arg(k + 1), op.body(0).terminator()?);
        self.uses.extend([(op, 3 + k), (end, k)]);
        let before = self.follow(op.operand(3 + k), from)?;
        self.values.push(argument);
        self.path.push(Step::Loop(op));
        let inside = self.follow(end.operand(k), argument);
        self.path.pop();
        join(before, inside?)
    }

    /// The same of a `while` whose condition does not look at the value.
    fn inner_while(&mut self, op: Op<'c>, result: usize, from: Value<'c>) -> Option<Kind<'c>> {
        let (condition, end) = (op.body(0).terminator()?, op.body(1).terminator()?);
        let head = condition.operand(result + 1);
        let k = op.body(0).args().into_iter().position(|argument| argument == head)?;
        let argument = op.body(1).arg(result);
        self.uses.extend([(op, k), (condition, result + 1), (end, k)]);
        let before = self.follow(op.operand(k), from)?;
        self.values.extend([head, argument]);
        self.path.push(Step::Loop(op));
        let inside = self.follow(end.operand(k), argument);
        self.path.pop();
        let inside = inside.filter(|kind| matches!(kind, Kind::Same | Kind::Op(_)))?;
        join(before, inside)
    }

    /// `c ? x : y`, with the uses of x and y.
    fn branch(&mut self, op: Op<'c>, c: Value<'c>, sides: [Value<'c>; 2], places: [(Op<'c>, usize); 2], from: Value<'c>) -> Option<Kind<'c>> {
        self.uses.extend(places);
        if self.derived.contains(&c) {
            return match short_circuit(c, sides) {
                Some((name, other)) if !self.derived.contains(&other) => self.logical(op, c, name, from),
                _ => self.choice(op, c, sides, from),
            };
        }
        self.conditions.push((op, 0));
        if let Some((name, other)) = truth_beside(sides)
            && self.derived.contains(&other)
        {
            let before = self.follow(other, from)?;
            return join(before, Kind::Op(name));
        }
        let mut kinds = [true, false].into_iter().zip(sides).map(|(truth, side)| {
            self.path.push(Step::Branch(c, truth));
            let kind = self.follow(side, from);
            self.path.pop();
            kind
        });
        let (x, y) = (kinds.next()??, kinds.next()??);
        join(x, y)
    }

    /// `from and x` or `from or x`, where the value so far decides whether x is computed.
    fn logical(&mut self, op: Op<'c>, c: Value<'c>, name: &'static str, from: Value<'c>) -> Option<Kind<'c>> {
        self.uses.insert((op, 0));
        if op.is("scf.if") {
            self.deciding.push(op);
        }
        let before = self.follow(c, from)?;
        join(before, Kind::Op(name))
    }

    /// `candidate > from ? candidate : from`
    fn choice(&mut self, op: Op<'c>, c: Value<'c>, sides: [Value<'c>; 2], from: Value<'c>) -> Option<Kind<'c>> {
        let taken = sides.iter().position(|side| !self.derived.contains(side))?;
        let kept = sides[1 - taken];
        let candidate = sides[taken];
        let before = self.follow(kept, from)?;
        if !matches!(before, Kind::Same | Kind::Choose { .. }) {
            return None;
        }
        self.uses.insert((op, 0));
        let compared = self.comparison(c, taken == 0)?;
        let compare = if compared.is("arith.cmpf") { "arith.cmpf" } else { "arith.cmpi" };
        let mut predicate = compared.int_attr("predicate")?;
        let place = (0..2).find(|i| compared.operand(*i) == kept)?;
        self.uses.insert((compared, place));
        if !self.same_value(compared.operand(1 - place), candidate, 0) {
            return None;
        }
        if place == 0 {
            predicate = compare::swapped(compare, predicate);
        }
        if taken == 1 {
            predicate = compare::negated(compare, predicate);
        }
        // Without NaN an unordered comparison is an ordered one.
        if compare == "arith.cmpf" && predicate >= 9 && compared.attr("fastmath").is_some_and(|f| f.to_string().contains("nnan") || f.to_string().contains("fast>")) {
            predicate -= 7;
        }
        if op.is("scf.if") {
            self.deciding.push(op);
        }
        self.path.push(Step::Branch(c, taken == 0));
        let paths = vec![self.path.clone()];
        self.path.pop();
        let chosen = compare::is_order(compare, predicate).then_some(Kind::Choose { compare, predicate, paths })?;
        join(before, chosen)
    }

    /// The comparison in a condition, which may be one of several that must all hold.
    fn comparison(&mut self, c: Value<'c>, all: bool) -> Option<Op<'c>> {
        self.values.push(c);
        let op = c.def()?;
        match op.name() {
            "arith.cmpf" | "arith.cmpi" => Some(op),
            "arith.andi" if all => {
                let place = (0..2).find(|i| self.derived.contains(&op.operand(*i)))?;
                self.uses.insert((op, place));
                if self.derived.contains(&op.operand(1 - place)) { None } else { self.comparison(op.operand(place), all) }
            }
            _ => None,
        }
    }

    /// Whether two values of an iteration are one: equal computations, of loads that nothing in the loop can change.
    fn same_value(&self, a: Value<'c>, b: Value<'c>, depth: usize) -> bool {
        if a == b {
            return true;
        }
        let (Some(x), Some(y)) = (a.def(), b.def()) else { return false };
        let pure = matches!(x.dialect(), "arith" | "math" | "complex") || matches!(x.name(), "memref.dim" | "rt.index" | "rt.view");
        let loads = x.is("memref.load") && !may_write(self.the_loop, x.operand(0));
        depth < 8
            && (pure || loads)
            && x.name() == y.name()
            && a.number() == b.number()
            && x.num_regions() == 0
            && x.attr("value") == y.attr("value")
            && x.attr("predicate") == y.attr("predicate")
            && x.num_operands() == y.num_operands()
            && x.operands().into_iter().zip(y.operands()).all(|(p, q)| self.same_value(p, q, depth + 1))
    }
}

fn constant_truth(value: Value) -> Option<bool> {
    let is_truth = value.ty().to_string() == "i1";
    is_truth.then(|| Builder::constant_int(value)).flatten().map(|bit| bit != 0)
}

/// Of `c ? x : false` and `c ? true : x` the operation, and x; the constant may also be c itself.
fn short_circuit<'c>(c: Value<'c>, [then, otherwise]: [Value<'c>; 2]) -> Option<(&'static str, Value<'c>)> {
    let is = |side: Value<'c>, truth: bool| side == c || constant_truth(side) == Some(truth);
    match (is(then, true), is(otherwise, false)) {
        (false, true) => Some(("arith.andi", then)),
        (true, false) => Some(("arith.ori", otherwise)),
        _ => None,
    }
}

/// Where one side is a constant truth value: what a condition that holds or not makes of the other side, whichever side that is.
fn truth_beside<'c>([then, otherwise]: [Value<'c>; 2]) -> Option<(&'static str, Value<'c>)> {
    let (truth, other) = match (constant_truth(then), constant_truth(otherwise)) {
        (Some(truth), None) => (truth, otherwise),
        (None, Some(truth)) => (truth, then),
        _ => return None,
    };
    Some((if truth { "arith.ori" } else { "arith.andi" }, other))
}

/// What two kinds of a value's ways, or of one after the other, come to.
fn join<'c>(a: Kind<'c>, b: Kind<'c>) -> Option<Kind<'c>> {
    Some(match (a, b) {
        (Kind::Same, other) | (other, Kind::Same) => other,
        (Kind::Op(a), Kind::Op(b)) if a == b => Kind::Op(a),
        (Kind::Choose { compare, predicate, paths }, Kind::Choose { compare: c, predicate: p, paths: more }) if compare == c && predicate == p => {
            Kind::Choose { compare, predicate, paths: [paths, more].concat() }
        }
        (Kind::Replace { paths }, Kind::Replace { paths: more }) => Kind::Replace { paths: [paths, more].concat() },
        _ => return None,
    })
}

/// The operation that chunks are put together by, and whether the value may be either operand.
fn associative(name: &str) -> Option<(&'static str, bool)> {
    Some(match name {
        "arith.addi" => ("arith.addi", true),
        "arith.subi" => ("arith.addi", false),
        "arith.addf" => ("arith.addf", true),
        "arith.subf" => ("arith.addf", false),
        "arith.muli" => ("arith.muli", true),
        "arith.mulf" => ("arith.mulf", true),
        "arith.divf" => ("arith.mulf", false),
        "arith.andi" => ("arith.andi", true),
        "arith.ori" => ("arith.ori", true),
        "arith.xori" => ("arith.xori", true),
        "arith.maxsi" => ("arith.maxsi", true),
        "arith.minsi" => ("arith.minsi", true),
        "arith.maxui" => ("arith.maxui", true),
        "arith.minui" => ("arith.minui", true),
        "arith.maximumf" => ("arith.maximumf", true),
        "arith.minimumf" => ("arith.minimumf", true),
        "arith.maxnumf" => ("arith.maxnumf", true),
        "arith.minnumf" => ("arith.minnumf", true),
        "complex.add" => ("complex.add", true),
        "complex.sub" => ("complex.add", false),
        "complex.mul" => ("complex.mul", true),
        _ => return None,
    })
}

/// All that depends on a value: results of ops that use it, also through branches and loops.
pub fn derived<'c>(value: Value<'c>) -> HashSet<Value<'c>> {
    let (mut found, mut rest) = (HashSet::from([value]), vec![value]);
    while let Some(value) = rest.pop() {
        let mut reached = vec![];
        for (user, operand) in value.uses() {
            let parent = user.parent();
            match (user.name(), parent) {
                ("scf.yield", Some(parent)) if matches!(parent.name(), "scf.if" | "scf.for") => {
                    reached.push(parent.result(operand));
                    if parent.is("scf.for") {
                        reached.push(parent.body(0).arg(operand + 1));
                    }
                }
                ("scf.yield", Some(parent)) if parent.is("scf.while") => reached.push(parent.body(0).arg(operand)),
                ("scf.condition", Some(parent)) if operand > 0 => reached.extend([parent.result(operand - 1), parent.body(1).arg(operand - 1)]),
                ("scf.while", _) => reached.push(user.body(0).arg(operand)),
                ("scf.for", _) if operand >= 3 => {
                    reached.push(user.result(operand - 3));
                    reached.push(user.body(0).arg(operand - 2));
                }
                _ => {
                    // A condition or a bound bears on all that the regions give; so does what a yield of another op hands on.
                    let bears = if user.is("scf.yield") || user.is("scf.condition") { parent.unwrap_or(user) } else { user };
                    reached.extend(bears.results());
                    for block in bears.regions().into_iter().flat_map(|r| r.blocks()) {
                        reached.extend(block.args());
                    }
                }
            }
        }
        rest.extend(reached.into_iter().filter(|next| found.insert(*next)));
    }
    found
}
