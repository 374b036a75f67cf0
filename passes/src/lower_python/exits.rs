//! Control flow that something leaves early: `break`, `continue`, and `return` inside loops, as blocks and branches.

use super::Lower;
use super::control_flow::{Flow, Frame, Jumps, Scope, parts_of};
use super::iteration::Iteration;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Op, Type, Value};

/// Whether an exit inside the op leaves it for more than what follows it: `return`, or a jump of a loop outside.
pub(super) fn leaves(op: Op) -> bool {
    match op.name() {
        "py.return" | "py.break" | "py.continue" => true,
        "py.if" => (0..2).any(|i| jumps(op.body(i))),
        "py.for" => returns(op.body(0)) || jumps(op.body(1)),
        "py.while" => jumps(op.body(0)) || returns(op.body(1)) || jumps(op.body(2)),
        _ => false,
    }
}

/// Whether an exit inside the block leaves it: for a loop's body, whether the loop must be made of blocks.
pub(super) fn jumps(block: Block) -> bool {
    block.ops().into_iter().any(leaves)
}

fn returns(block: Block) -> bool {
    block.ops().into_iter().any(|op| op.is("py.return") || op.regions().into_iter().flat_map(|r| r.first_block()).any(returns))
}

impl<'c> Lower<'c> {
    /// `py.break`, `py.continue`, `py.return`
    pub(super) fn exit(&mut self, op: Op<'c>, scope: &Scope<'c>) -> Result<Flow<'c>, Diagnostic> {
        let values = parts_of(&self.values(&op.operands())?);
        match (op.name(), &scope.jumps, &scope.frame) {
            ("py.break", Some(jumps), _) => self.b.br(jumps.on_break, &values),
            ("py.continue", Some(jumps), _) => self.b.br(jumps.on_continue, &values),
            ("py.return", _, Frame::Function(_)) => self.b.op("func.return", &values, &[], &[]),
            (name, ..) => return Err(self.internal(format!("`{name}` leaves structured control flow"))),
        };
        Ok(Flow::Ends)
    }

    /// After `rt.raise` nothing is reached; the block must be well-formed all the same.
    pub(super) fn end_raising(&mut self, scope: &Scope<'c>) -> Flow<'c> {
        let (name, types) = match &scope.frame {
            Frame::Structured => {
                let values = scope.yields.iter().map(|ty| self.val(ty.clone(), self.fillers(ty))).collect();
                return Flow::Falls(values);
            }
            Frame::Function(types) => ("func.return", types),
            Frame::Blocks(types) => ("scf.yield", types),
        };
        let values: Vec<_> = types.iter().map(|t| self.filler(*t)).collect();
        self.b.op(name, &values, &[], &[]);
        Flow::Ends
    }

    /// A new block at the end of the region that ops are going to.
    fn add_block(&self, arguments: &[Type<'c>]) -> Block<'c> {
        let loc = self.b.loc();
        let block = Block::new(&arguments.iter().map(|t| (*t, loc)).collect::<Vec<_>>());
        match self.b.block().region() {
            Some(region) => region.append(block),
            None => block,
        }
    }

    /// Lowers a Python block into an empty one; where it falls through it goes to `next` with its values.
    fn fill_block(&mut self, block: Block<'c>, python: Block<'c>, scope: &Scope<'c>, next: Block<'c>) -> Result<(), Diagnostic> {
        let loc = self.b.loc();
        self.b.set_end(block);
        if let Flow::Falls(values) = self.lower_block(python, scope)? {
            self.b.br(next, &parts_of(&values));
        }
        self.b.set_loc(loc);
        Ok(())
    }

    /// Goes on in `block` with its arguments as the results of the op; deletes it when nothing reaches it, and says so.
    fn go_on(&mut self, op: Op<'c>, block: Block<'c>) -> bool {
        if block.predecessors().is_empty() {
            block.erase();
            return false;
        }
        self.b.set_end(block);
        self.bind_parts(&op.results(), &block.args());
        true
    }

    pub(super) fn if_blocks(&mut self, op: Op<'c>, condition: Value<'c>, scope: &Scope<'c>) -> Result<bool, Diagnostic> {
        let results = self.tys(&op.results());
        let branches = [self.add_block(&[]), self.add_block(&[])];
        let after = self.add_block(&self.expand_all(&results));
        self.b.cond_br(condition, (branches[0], &[]), (branches[1], &[]));
        let inner = scope.yielding(results);
        for (i, block) in branches.into_iter().enumerate() {
            self.fill_block(block, op.body(i), &inner, after)?;
        }
        Ok(self.go_on(op, after))
    }

    /// `head(k, carried): k < length ? body : else; latch(carried): head(k + 1, carried)`
    pub(super) fn for_blocks(&mut self, op: Op<'c>, iteration: &Iteration<'c>, inits: &[Value<'c>], scope: &Scope<'c>) -> Result<bool, Diagnostic> {
        let (carried, results) = (self.tys(&op.operands()[1..]), self.tys(&op.results()));
        let types = self.expand_all(&carried);
        let head = self.add_block(&[&[self.b.i64()], &types[..]].concat());
        let (body, latch, otherwise) = (self.add_block(&[]), self.add_block(&types), self.add_block(&[]));
        let after = self.add_block(&self.expand_all(&results));
        let start = [&[self.b.c_i64(0)], inits].concat();
        self.b.br(head, &start);
        self.b.set_end(head);
        let arguments = head.args();
        let more = self.b.cmpi("slt", arguments[0], iteration.length);
        self.b.cond_br(more, (body, &[]), (otherwise, &[]));

        self.b.set_end(body);
        let item = self.item(iteration, arguments[0])?;
        self.bind_item(op, item);
        self.bind_parts(&op.body(0).args()[1..], &arguments[1..]);
        let jumps = Some(Jumps { on_break: after, on_continue: latch });
        self.fill_block(body, op.body(0), &Scope { yields: carried, frame: scope.frame.clone(), jumps }, latch)?;

        if latch.predecessors().is_empty() {
            latch.erase();
        } else {
            self.b.set_end(latch);
            let next = self.b.bin("arith.addi", arguments[0], self.b.c_i64(1));
            self.b.br(head, &[&[next], &latch.args()[..]].concat());
        }
        self.bind_parts(&op.body(1).args(), &arguments[1..]);
        self.fill_block(otherwise, op.body(1), &scope.yielding(results), after)?;
        Ok(self.go_on(op, after))
    }

    /// `head(carried): condition ? body : else`
    pub(super) fn while_blocks(&mut self, op: Op<'c>, inits: &[Value<'c>], scope: &Scope<'c>) -> Result<bool, Diagnostic> {
        let (carried, results) = (self.tys(&op.operands()), self.tys(&op.results()));
        let head = self.add_block(&self.expand_all(&carried));
        let (body, otherwise) = (self.add_block(&[]), self.add_block(&[]));
        let after = self.add_block(&self.expand_all(&results));
        self.b.br(head, inits);
        self.b.set_end(head);
        self.bind_parts(&op.body(0).args(), &head.args());
        let Flow::Falls(values) = self.lower_block(op.body(0), &scope.yielding(vec![]))? else {
            return Err(self.internal("an exit leaves a loop's condition"));
        };
        let values = parts_of(&values);
        self.b.cond_br(values[0], (body, &[]), (otherwise, &[]));
        self.bind_parts(&op.body(1).args(), &values[1..]);
        self.bind_parts(&op.body(2).args(), &values[1..]);
        let jumps = Some(Jumps { on_break: after, on_continue: head });
        self.fill_block(body, op.body(1), &Scope { yields: carried, frame: scope.frame.clone(), jumps }, head)?;
        self.fill_block(otherwise, op.body(2), &scope.yielding(results), after)?;
        Ok(self.go_on(op, after))
    }
}
