//! Names that only grow, or only shrink, from one iteration to the next: they stay on their side of what they were at first.

use super::facts::{Facts, extremes, width};
use super::form::Form;
use super::loops::{Bounds, Carried, carried};
use zouk_dialects::ir::{Block, Builder, Op, Value};

/// How many ops back a name is followed to the head of its loop.
const MAX_DEPTH: usize = 24;

/// A movement in one direction.
struct Drift {
    /// The most that one iteration adds; none when that has no known limit.
    most: Option<i128>,
    /// Whether no sum on the way wraps.
    proved: bool,
}

impl Drift {
    const NONE: Drift = Drift { most: Some(0), proved: true };

    fn or(self, other: Drift) -> Drift {
        Drift { most: self.most.zip(other.most).map(|(a, b)| a.max(b)), proved: self.proved && other.proved }
    }
}

/// Whether a carried value never falls from one iteration to the next, and whether it never rises.
#[derive(Clone, Copy, Default)]
pub(super) struct Moves {
    grows: bool,
    shrinks: bool,
}

/// Which way a name moves, and the block whose argument it is at the head of its loop.
#[derive(Clone, Copy)]
struct Course<'c> {
    from: Value<'c>,
    head: Block<'c>,
    up: bool,
}

impl<'c> Facts<'c> {
    /// Takes for granted what holds of the values that an `scf` loop carries: it stands at the head of its body. Gives how they move.
    pub(super) fn enter_carrying(&mut self, op: Op<'c>) -> Vec<Moves> {
        self.induce_dims(op);
        let mut all = vec![];
        for carried in carried(op) {
            let mut moves = Moves::default();
            if width(carried.argument.ty()) == Some(64) {
                moves = Moves { grows: self.drifts(op, carried, true), shrinks: self.drifts(op, carried, false) };
                self.assume_moves(carried, carried.argument, moves);
            }
            all.push(moves);
        }
        all
    }

    /// What is known of the loop's results, by the values that they have now, from what is known before the loop: not
    /// from what held in a copy of it that runs under conditions.
    pub fn leave_loop(&mut self, op: Op<'c>, results: &[Value<'c>]) {
        if !carried(op).iter().any(|c| c.result.is_some() && width(c.argument.ty()) == Some(64)) {
            return;
        }
        let moves = self.scope(|facts| if op.is("scf.for") { facts.enter_for(op) } else { facts.enter_carrying(op) });
        for (carried, moves) in carried(op).into_iter().zip(moves) {
            if let Some(result) = carried.result {
                self.assume_moves(carried, results[result.number()], moves);
            }
        }
    }

    /// As `enter_carrying`, for the head of a loop made of blocks: all its arguments, each with one value from outside.
    pub(super) fn enter_head(&mut self, head: Block<'c>) {
        let (back, entries): (Vec<Block<'c>>, Vec<Block<'c>>) = head.predecessors().into_iter().partition(|p| self.dominates(head, *p));
        let [entry] = entries[..] else { return };
        for (number, argument) in head.args().into_iter().enumerate().filter(|(_, a)| width(a.ty()) == Some(64)) {
            let Some(init) = passed(entry, head, number) else { continue };
            for up in [true, false] {
                let course = Course { from: argument, head, up };
                let steady = !back.is_empty()
                    && back.iter().all(|p| {
                        let drift = passed(*p, head, number).and_then(|next| self.scope(|facts| facts.drift_of(next, course, 0)));
                        drift.is_some_and(|d| d.proved)
                    });
                if steady {
                    let (init, name) = (self.form(init), Form::value(argument));
                    if up { self.assume_ge(&name, &init) } else { self.assume_ge(&init, &name) }
                }
            }
        }
    }

    fn assume_moves(&mut self, carried: Carried<'c>, value: Value<'c>, Moves { grows, shrinks }: Moves) {
        let (init, value) = (self.form(carried.init), Form::value(value));
        if grows {
            self.assume_ge(&value, &init);
        }
        if shrinks {
            self.assume_ge(&init, &value);
        }
    }

    /// Whether the carried value never falls (`up`), or never rises, from one iteration to the next.
    fn drifts(&mut self, op: Op<'c>, carried: Carried<'c>, up: bool) -> bool {
        let course = Course { from: carried.argument, head: op.body(0), up };
        let Some(drift) = self.scope(|facts| facts.drift_of(carried.next, course, 0)) else { return false };
        if drift.proved {
            return true;
        }
        let Some(most) = drift.most else { return false };
        // Where nothing else bounds the sum: the number of iterations times the largest step does.
        let bounds = op.body(0).args().first().and_then(|counter| self.bounds_of(*counter)).cloned();
        let Some(Bounds { lower, upper, .. }) = bounds.filter(|_| op.is("scf.for")) else { return false };
        let init = self.form(carried.init);
        let trips = upper.minus(&lower).and_then(|d| self.greatest(&d)).and_then(|d| d.checked_add(1));
        let Some(far) = trips.and_then(|t| t.checked_mul(most)) else { return false };
        let (low, high) = extremes(64);
        match up {
            true => self.greatest(&init).and_then(|g| g.checked_add(far)).is_some_and(|g| g <= high),
            false => self.least(&init).and_then(|l| l.checked_sub(far)).is_some_and(|l| l >= low),
        }
    }

    /// How a value moves away from the name it had at the head of the loop; none when it may move the other way.
    fn drift_of(&mut self, value: Value<'c>, course: Course<'c>, depth: usize) -> Option<Drift> {
        if value == course.from {
            return Some(Drift::NONE);
        }
        if depth == MAX_DEPTH {
            return None;
        }
        let Some(op) = value.def() else { return self.drift_of_argument(value, course, depth) };
        let operand = |facts: &mut Self, i: usize| facts.drift_of(op.operand(i), course, depth + 1);
        match op.name() {
            "arith.addi" | "arith.subi" => {
                let constant = Builder::constant_int(op.operand(1))? as i128;
                let step = if op.is("arith.addi") == course.up { constant } else { -constant };
                if step < 0 {
                    return None;
                }
                let so_far = operand(self, 0)?;
                let proved = self.is_checked_before(op.operand(0), op, step) || self.no_wrap_at(op, course, step);
                Some(Drift { most: so_far.most.map(|most| most + step), proved: so_far.proved && proved })
            }
            "arith.select" => Some(operand(self, 1)?.or(operand(self, 2)?)),
            "arith.maxsi" if course.up => operand(self, 0),
            "arith.minsi" if !course.up => operand(self, 0),
            "scf.if" => {
                let yielded = |region: usize| Some(op.region(region).first_block()?.terminator()?.operand(value.number()));
                let (a, b) = (yielded(0)?, yielded(1)?);
                Some(self.drift_of(a, course, depth + 1)?.or(self.drift_of(b, course, depth + 1)?))
            }
            "scf.for" | "scf.while" => {
                let inner = carried(op).into_iter().find(|c| c.result == Some(value))?;
                let before = self.drift_of(inner.init, course, depth + 1)?;
                let inside = self.drift_of(inner.next, Course { from: inner.argument, head: op.body(0), ..course }, depth + 1)?;
                // As often as the inner loop runs.
                let most = if inside.most == Some(0) { before.most } else { None };
                inside.proved.then_some(Drift { most, proved: before.proved })
            }
            _ => None,
        }
    }

    /// An argument: of the body of an `scf.while`, what the condition passes on; of a block that is no loop's head, what all ways in pass.
    fn drift_of_argument(&mut self, value: Value<'c>, course: Course<'c>, depth: usize) -> Option<Drift> {
        let block = value.owner_block()?;
        if let Some(passed) = passed_on(value) {
            return self.drift_of(passed, course, depth + 1);
        }
        let predecessors = block.predecessors();
        if predecessors.is_empty() || block == course.head || predecessors.iter().any(|p| self.dominates(block, *p)) {
            return None;
        }
        let values = predecessors.into_iter().map(|p| passed(p, block, value.number()));
        values.collect::<Option<Vec<_>>>()?.into_iter().try_fold(Drift::NONE, |sum, v| Some(sum.or(self.drift_of(v, course, depth + 1)?)))
    }

    /// Whether the value has passed a bounds check, `-size <= value < size`, before a step away from it: then the sum does not wrap.
    fn is_checked_before(&mut self, value: Value<'c>, op: Op<'c>, step: i128) -> bool {
        checks_before(value, op).into_iter().any(|check| {
            let size = self.form(check.operand(1));
            self.greatest(&size).and_then(|size| size.checked_add(step)).is_some_and(|far| far <= extremes(64).1 + 1)
        })
    }

    /// Whether the conditions between the loop's head and the sum keep it from wrapping.
    fn no_wrap_at(&mut self, sum: Op<'c>, course: Course<'c>, step: i128) -> bool {
        self.scope(|facts| {
            facts.assume_way(sum, course.head);
            let (low, high) = extremes(64);
            let term = facts.form(sum.operand(0));
            let room = if course.up { Form::constant(high - step).minus(&term) } else { Some(term.plus_constant(-low - step)) };
            room.is_some_and(|room| facts.proves(&room))
        })
    }

    /// Takes for granted the conditions on the way from a loop's head to an op.
    fn assume_way(&mut self, op: Op<'c>, head: Block<'c>) {
        let mut at = op.block();
        while let Some(block) = at.filter(|b| *b != head) {
            if let Some(above) = self.idom.get(&block).copied() {
                self.assume_edge(block);
                at = Some(above);
                continue;
            }
            let Some(outer) = block.parent() else { return };
            match outer.name() {
                "scf.if" => self.assume_condition(outer.operand(0), Some(block) == outer.region(0).first_block()),
                "scf.while" if Some(block) == outer.region(1).first_block() => {
                    self.pass_condition(outer);
                    if outer.region(0).first_block() == Some(head) {
                        return;
                    }
                }
                _ => {}
            }
            at = outer.block();
        }
    }
}

/// What a block's branch gives as an argument of another; none when there are two branches there.
fn passed<'c>(from: Block<'c>, to: Block<'c>, number: usize) -> Option<Value<'c>> {
    let branch = from.terminator()?;
    match branch.name() {
        "cf.br" => Some(branch.operand(number)),
        "cf.cond_br" => {
            let successors = branch.successors();
            let then = successors[0].num_args();
            match (successors[0] == to, successors[1] == to) {
                (true, false) => Some(branch.operand(1 + number)),
                (false, true) => Some(branch.operand(1 + then + number)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The value that an argument of the body of an `scf.while` stands for.
fn passed_on<'c>(argument: Value<'c>) -> Option<Value<'c>> {
    let block = argument.owner_block()?;
    let op = block.parent().filter(|op| op.is("scf.while") && op.region(1).first_block() == Some(block))?;
    Some(op.body(0).terminator()?.operand(1 + argument.number()))
}

/// The bounds checks that the value has passed before the op.
fn checks_before<'c>(value: Value<'c>, op: Op<'c>) -> Vec<Op<'c>> {
    let names = [Some(value), passed_on(value)].into_iter().flatten();
    let positions = names.flat_map(|name| {
        let casts = name.uses().into_iter().map(|(user, _)| user).filter(|user| user.is("arith.index_cast")).map(|cast| cast.result(0));
        casts.chain([name]).collect::<Vec<_>>()
    });
    let users = positions.flat_map(|position| position.uses());
    users.filter(|(user, i)| *i == 0 && user.is("rt.index") && user.has_attr("checked") && precedes(*user, op)).map(|(user, _)| user).collect()
}

/// Whether `first` has run whenever `second` runs: it stands earlier in the same block, in one around it, or in the condition of a loop around it.
fn precedes<'c>(first: Op<'c>, second: Op<'c>) -> bool {
    std::iter::successors(Some(second), |op| op.parent()).any(|op| {
        let earlier = op != first && op.block() == first.block() && first.is_before(op);
        let condition = op.parent().filter(|o| o.is("scf.while") && o.region(1).first_block() == op.block());
        earlier || condition.is_some_and(|o| o.region(0).first_block() == first.block())
    })
}
