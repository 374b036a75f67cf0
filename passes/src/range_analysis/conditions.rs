//! What follows from a condition.

use super::facts::{Facts, width};
use super::form::Form;
use zouk_dialects::ir::{Builder, Op, Value};

/// How deep `and`s and `or`s are followed.
const MAX_DEPTH: usize = 8;

/// `a >= b` (`strict`: `a > b`) as operand numbers, for a true comparison.
fn order(predicate: i64) -> Option<(usize, usize, bool)> {
    match predicate {
        2 | 6 => Some((1, 0, true)),
        3 | 7 => Some((1, 0, false)),
        4 | 8 => Some((0, 1, true)),
        5 | 9 => Some((0, 1, false)),
        _ => None,
    }
}

/// The comparison that holds when this one does not: eq ne slt sle sgt sge ult ule ugt uge.
fn negated(predicate: i64) -> i64 {
    [1, 0, 5, 4, 3, 2, 9, 8, 7, 6].get(predicate as usize).copied().unwrap_or(-1)
}

impl<'c> Facts<'c> {
    /// Takes the condition to be true, or false, in the present scope.
    pub fn assume_condition(&mut self, condition: Value<'c>, truth: bool) {
        self.assume_at(condition, truth, 0)
    }

    fn assume_at(&mut self, condition: Value<'c>, truth: bool, depth: usize) {
        let Some(op) = condition.def().filter(|_| depth < MAX_DEPTH) else { return };
        match op.name() {
            "arith.cmpi" => self.assume_comparison(op, truth),
            "arith.andi" | "arith.ori" => self.assume_junction(op, truth, depth),
            "arith.xori" => {
                for (this, other) in [(0, 1), (1, 0)] {
                    if let Some(known) = self.decide_at(op.operand(other), depth + 1) {
                        return self.assume_at(op.operand(this), truth != known, depth + 1);
                    }
                }
            }
            "arith.select" => self.assume_selected([op.operand(0), op.operand(1), op.operand(2)], truth, depth),
            "scf.if" => {
                let yields = |region: usize| Some(op.region(region).first_block()?.terminator()?.operand(condition.number()));
                if let (Some(x), Some(y)) = (yields(0), yields(1)) {
                    self.assume_selected([op.operand(0), x, y], truth, depth)
                }
            }
            _ => {}
        }
    }

    /// `a and b` is true: both are. False: when one follows from the other, it is the other that is false.
    fn assume_junction(&mut self, op: Op<'c>, truth: bool, depth: usize) {
        let both = op.is("arith.andi") == truth;
        let (a, b) = (op.operand(0), op.operand(1));
        if both {
            self.assume_at(a, truth, depth + 1);
            return self.assume_at(b, truth, depth + 1);
        }
        for (this, other) in [(a, b), (b, a)] {
            let implied = self.scope(|facts| {
                facts.assume_at(this, !truth, depth + 1);
                facts.decide_at(other, depth + 1) == Some(!truth)
            });
            if implied {
                return self.assume_at(this, truth, depth + 1);
            }
        }
    }

    /// `x if c else y`, where one of x and y cannot have this truth: then c is known too.
    fn assume_selected(&mut self, [c, x, y]: [Value<'c>; 3], truth: bool, depth: usize) {
        for (value, other, taken) in [(x, y, true), (y, x, false)] {
            if Builder::constant_int(other) == Some(!truth as i64) {
                self.assume_at(c, taken, depth + 1);
                self.assume_at(value, truth, depth + 1);
                return;
            }
        }
    }

    fn assume_comparison(&mut self, op: Op<'c>, truth: bool) {
        let Some(predicate) = op.int_attr("predicate").filter(|_| width(op.operand(0).ty()).is_some_and(|w| w > 1)) else { return };
        let predicate = if truth { predicate } else { negated(predicate) };
        let operands = [self.form(op.operand(0)), self.form(op.operand(1))];
        match predicate {
            0 => {
                self.assume_ge(&operands[0], &operands[1]);
                self.assume_ge(&operands[1], &operands[0]);
            }
            1 => {
                for (a, b) in [(0, 1), (1, 0)] {
                    if self.proves_ge(&operands[a], &operands[b]) {
                        self.assume_ge(&operands[a].plus_constant(-1), &operands[b]);
                    }
                }
            }
            _ => {
                let Some((a, b, strict)) = order(predicate) else { return };
                // Unsigned `a > b` of a non-negative a: b is not negative either, and smaller.
                if predicate >= 6 {
                    if !self.proves(&operands[a]) {
                        return;
                    }
                    self.assume(operands[b].clone());
                }
                self.assume_ge(&operands[a].plus_constant(-(strict as i128)), &operands[b]);
            }
        }
    }

    /// Whether the condition is known to be true or false here.
    pub fn decide(&mut self, condition: Value<'c>) -> Option<bool> {
        self.decide_at(condition, 0)
    }

    fn decide_at(&mut self, condition: Value<'c>, depth: usize) -> Option<bool> {
        let op = condition.def().filter(|_| depth < MAX_DEPTH)?;
        let operand = |i: usize| op.operand(i);
        match op.name() {
            "arith.constant" => op.int_attr("value").map(|v| v != 0),
            "arith.cmpi" => self.decide_comparison(op),
            "arith.andi" | "arith.ori" => {
                let decisive = op.is("arith.ori");
                match (self.decide_at(operand(0), depth + 1), self.decide_at(operand(1), depth + 1)) {
                    (Some(a), _) if a == decisive => Some(decisive),
                    (_, Some(b)) if b == decisive => Some(decisive),
                    (Some(_), Some(_)) => Some(!decisive),
                    _ => None,
                }
            }
            "arith.xori" => Some(self.decide_at(operand(0), depth + 1)? != self.decide_at(operand(1), depth + 1)?),
            "arith.select" => {
                let taken = if self.decide_at(operand(0), depth + 1)? { operand(1) } else { operand(2) };
                self.decide_at(taken, depth + 1)
            }
            _ => None,
        }
    }

    fn decide_comparison(&mut self, op: Op<'c>) -> Option<bool> {
        let predicate = op.int_attr("predicate")?;
        width(op.operand(0).ty()).filter(|w| *w > 1)?;
        let operands = [self.form(op.operand(0)), self.form(op.operand(1))];
        if predicate >= 6 && !(self.proves(&operands[0]) && self.proves(&operands[1])) {
            return None;
        }
        let difference = operands[0].minus(&operands[1])?;
        let opposite = operands[1].minus(&operands[0])?;
        if predicate < 2 {
            let apart = self.proves(&difference.plus_constant(-1)) || self.proves(&opposite.plus_constant(-1));
            let equal = !apart && self.proves(&difference) && self.proves(&opposite);
            return (apart || equal).then_some(equal == (predicate == 0));
        }
        let differences: [&Form<'c>; 2] = [&difference, &opposite];
        for truth in [true, false] {
            let (a, _, strict) = order(if truth { predicate } else { negated(predicate) })?;
            if self.proves(&differences[a].plus_constant(-(strict as i128))) {
                return Some(truth);
            }
        }
        None
    }
}
