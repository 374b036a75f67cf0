//! `if`, `for`, `while`: joins of what their regions pass on.

use super::body::{Body, Flow, LoopExits, Passed};
use crate::functions::Const;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{Block, Location, Op};
use zouk_dialects::ty::{Ty, join};

impl<'c> Body<'_, 'c> {
    /// The truth value of a condition that the types or constants decide.
    pub fn decided(&self, condition: zouk_dialects::ir::Value<'c>) -> Option<bool> {
        match self.facts.constants.get(&condition) {
            Some(Const::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn if_op(&mut self, op: Op<'c>) -> Result<Option<Flow<'c>>, Diagnostic> {
        let taken: &[usize] = match self.decided(op.operand(0)) {
            Some(true) => &[0],
            Some(false) => &[1],
            None => &[0, 1],
        };
        let mut passed = vec![];
        for &region in taken {
            if let Flow::Yields(values) = self.block(op.body(region))? {
                if taken.len() == 1 {
                    // The branch stands in for the `if`: constants flow through.
                    for (result, value) in op.results().into_iter().zip(&values) {
                        self.define(result, self.ty(*value), self.constant(*value));
                    }
                    return Ok(None);
                }
                passed.push(self.passed(&values));
            }
        }
        if passed.is_empty() {
            return Ok(Some(Flow::Exits));
        }
        // A caller may know the condition, and so which branch is left.
        let types = self.join(op, &passed, "py.names").inspect_err(|_| self.engine.wanted = self.wanted_of([op.operand(0)]))?;
        for (result, ty) in op.results().into_iter().zip(types) {
            self.define(result, ty, None);
        }
        Ok(None)
    }

    /// The join, value by value, of what reaches one place. `names` is the attribute that names the values.
    fn join(&self, op: Op<'c>, passed: &[Passed<'c>], names: &str) -> Result<Vec<Ty>, Diagnostic> {
        let names = op.str_array_attr(names);
        (0..passed[0].types.len())
            .map(|i| {
                let mut joined = passed[0].types[i].clone();
                let mut origin = passed[0].origins[i];
                for other in &passed[1..] {
                    match join(&joined, &other.types[i]) {
                        Some(ty) => {
                            if joined == Ty::Unknown || joined == Ty::Unbound {
                                origin = other.origins[i];
                            }
                            joined = ty
                        }
                        None => return Err(cannot_unify(op.loc(), names.get(i).copied(), (&joined, origin), (&other.types[i], other.origins[i]))),
                    }
                }
                Ok(joined)
            })
            .collect()
    }

    pub(super) fn for_op(&mut self, op: Op<'c>) -> Result<Option<Flow<'c>>, Diagnostic> {
        self.apply_functions(op)?;
        let iterable = self.operand(op, 0);
        let inits = self.passed(&op.operands()[1..]);
        if iterable.ty.has_no_items() {
            self.set_args(op.body(1), 0, &inits.types);
            return self.loop_results(op, 1, LoopExits::default());
        }
        let item = self.item_type(&iterable.ty, iterable_location(op.loc()))?;
        let body = op.body(0);
        let mut exits;
        let mut carried = inits.types.clone();
        loop {
            self.set(body.arg(0), item.clone());
            self.set_args(body, 1, &carried);
            let flow;
            (flow, exits) = self.loop_body(body)?;
            let next = self.next_carried(op, &inits, flow, &exits)?;
            if next == carried {
                break;
            }
            carried = next;
        }
        self.set_args(op.body(1), 0, &carried);
        self.loop_results(op, 1, exits)
    }

    pub(super) fn while_op(&mut self, op: Op<'c>) -> Result<Option<Flow<'c>>, Diagnostic> {
        let inits = self.passed(&op.operands());
        let (condition, body) = (op.body(0), op.body(1));
        let mut carried = inits.types.clone();
        let mut exits;
        let mut forever;
        loop {
            self.set_args(condition, 0, &carried);
            let Flow::Yields(values) = self.block(condition)? else {
                return Ok(Some(Flow::Exits));
            };
            forever = condition.terminator().is_some_and(|t| self.decided(t.operand(0)) == Some(true));
            let types: Vec<Ty> = values.iter().map(|v| self.ty(*v)).collect();
            self.set_args(body, 0, &types);
            self.set_args(op.body(2), 0, &types);
            let flow;
            (flow, exits) = self.loop_body(body)?;
            let next = self.next_carried(op, &inits, flow, &exits)?;
            if next == carried {
                break;
            }
            carried = next;
        }
        if forever {
            // Only `break` leaves: what the `else` region would give is not reached.
            return self.results_of(op, exits.breaks);
        }
        self.loop_results(op, 2, exits)
    }

    fn set_args(&mut self, block: Block<'c>, first: usize, types: &[Ty]) {
        for (argument, ty) in block.args().into_iter().skip(first).zip(types) {
            self.set(argument, ty.clone());
        }
    }

    fn loop_body(&mut self, body: Block<'c>) -> Result<(Flow<'c>, LoopExits<'c>), Diagnostic> {
        self.loops.push(LoopExits::default());
        let flow = self.block(body);
        let exits = self.loops.pop().unwrap_or_default();
        Ok((flow?, exits))
    }

    fn next_carried(&self, op: Op<'c>, inits: &Passed<'c>, flow: Flow<'c>, exits: &LoopExits<'c>) -> Result<Vec<Ty>, Diagnostic> {
        let mut sources = vec![inits.clone()];
        if let Flow::Yields(values) = flow {
            sources.push(self.passed(&values));
        }
        sources.extend(exits.continues.iter().cloned());
        self.join(op, &sources, "py.carried")
    }

    /// The results are what `break` passes and what the `else` region yields.
    fn loop_results(&mut self, op: Op<'c>, otherwise: usize, exits: LoopExits<'c>) -> Result<Option<Flow<'c>>, Diagnostic> {
        let mut passed = exits.breaks;
        if let Flow::Yields(values) = self.block(op.body(otherwise))? {
            passed.push(self.passed(&values));
        }
        self.results_of(op, passed)
    }

    fn results_of(&mut self, op: Op<'c>, passed: Vec<Passed<'c>>) -> Result<Option<Flow<'c>>, Diagnostic> {
        if passed.is_empty() {
            return Ok(Some(Flow::Exits));
        }
        let types = self.join(op, &passed, "py.names")?;
        for (result, ty) in op.results().into_iter().zip(types) {
            self.define(result, ty, None);
        }
        Ok(None)
    }
}

/// The place of a `for` loop's iterable: the second of the locations that its op has.
fn iterable_location(loc: Location) -> Location {
    if loc.is_fused() && loc.fused_num_locations() > 1 { loc.fused_location(1) } else { loc }
}

fn cannot_unify<'c>(at: Location<'c>, name: Option<&str>, one: (&Ty, Location<'c>), other: (&Ty, Location<'c>)) -> Diagnostic {
    let variable = name.filter(|n| !n.is_empty()).map(|n| format!(" for `{n}`")).unwrap_or_default();
    let message = format!("cannot unify {} and {}{variable}", one.0.user_name(), other.0.user_name());
    let help = match (one.0, other.0) {
        (Ty::Int { .. }, Ty::Int { .. }) => "no integer type holds both int64 and uint64: convert one side, for example by np.int64(x) or np.uint64(x)",
        _ => "give the variable one type on every path, or use two names",
    };
    Diagnostic::at(ErrorClass::Typing, "cannot-unify", message, at)
        .note(Span::of(one.1), format!("{} comes from here", one.0.user_name()))
        .note(Span::of(other.1), format!("{} comes from here", other.0.user_name()))
        .help(help)
}
