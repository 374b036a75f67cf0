//! Blocks of Python and structured control flow: `if`, `for` and `while` that nothing leaves early. The others are in `exits.rs`.

use super::Lower;
use super::exits::{jumps, leaves};
use crate::functions::Val;
use crate::parallel::remarks::{self, Remark, Status};
use crate::parallel::{PARALLEL, SERIAL};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Op, Region, Type, Value};
use zouk_dialects::ty::Ty;

/// Where control is after a block.
pub(super) enum Flow<'c> {
    /// At its end, with the values that it yields; the block has no terminator yet.
    Falls(Vec<Val<'c>>),
    /// Elsewhere: the block has its terminator.
    Ends,
}

/// What surrounds a block of Python.
#[derive(Clone)]
pub(super) struct Scope<'c> {
    /// The types that `py.yield` passes on.
    pub yields: Vec<Ty>,
    pub frame: Frame<'c>,
    /// Where `py.break` and `py.continue` go, in a loop made of blocks.
    pub jumps: Option<Jumps<'c>>,
}

/// The region that new ops go to.
#[derive(Clone)]
pub(super) enum Frame<'c> {
    /// That of an `scf` op: one block.
    Structured,
    /// A function's body, of any number of blocks; the function's result types.
    Function(Vec<Type<'c>>),
    /// That of an `scf.execute_region`, of any number of blocks; its result types.
    Blocks(Vec<Type<'c>>),
}

#[derive(Clone, Copy)]
pub(super) struct Jumps<'c> {
    pub on_break: Block<'c>,
    pub on_continue: Block<'c>,
}

impl<'c> Scope<'c> {
    pub fn structured(yields: Vec<Ty>) -> Self {
        Scope { yields, frame: Frame::Structured, jumps: None }
    }

    pub fn yielding(&self, yields: Vec<Ty>) -> Self {
        Scope { yields, ..self.clone() }
    }
}

/// The SSA values of some Python values, one after the other.
pub(super) fn parts_of<'c>(values: &[Val<'c>]) -> Vec<Value<'c>> {
    values.iter().flat_map(|v| v.parts.iter().copied()).collect()
}

impl<'c> Lower<'c> {
    /// Lowers the ops of a block to the insertion point.
    pub(super) fn lower_block(&mut self, block: Block<'c>, scope: &Scope<'c>) -> Result<Flow<'c>, Diagnostic> {
        for op in block.ops() {
            self.b.set_loc(op.loc());
            let goes_on = match op.name() {
                "py.yield" | "py.condition" => return Ok(Flow::Falls(self.values(&op.operands())?)),
                "py.break" | "py.continue" | "py.return" => return self.exit(op, scope),
                "py.raise" => return self.raise_op(op, scope),
                "py.if" => self.lower_if(op, scope)?,
                "py.for" => self.lower_for(op, scope)?,
                "py.while" => self.lower_while(op, scope)?,
                _ => {
                    self.lower_op(op)?;
                    true
                }
            };
            if !goes_on {
                return Ok(Flow::Ends);
            }
        }
        Err(self.internal("a block has no terminator"))
    }

    /// A region of one block with these arguments, filled by the closure; the insertion point stays.
    pub(super) fn region(
        &mut self,
        arguments: &[Type<'c>],
        fill: impl FnOnce(&mut Self, &[Value<'c>]) -> Result<(), Diagnostic>,
    ) -> Result<Region<'c>, Diagnostic> {
        let (here, loc) = (self.b.block(), self.b.loc());
        let region = Region::new();
        let block = region.add_block(&arguments.iter().map(|t| (*t, loc)).collect::<Vec<_>>());
        self.b.set_end(block);
        fill(self, &block.args())?;
        self.b.set_end(here);
        self.b.set_loc(loc);
        Ok(region)
    }

    /// Lowers a block to the only block of an `scf` region; gives what it yields.
    fn structured_block(&mut self, block: Block<'c>, yields: Vec<Ty>) -> Result<Vec<Value<'c>>, Diagnostic> {
        match self.lower_block(block, &Scope::structured(yields))? {
            Flow::Falls(values) => Ok(parts_of(&values)),
            Flow::Ends => Err(self.internal("an exit leaves structured control flow")),
        }
    }

    /// As all of `lower_if`, `lower_for`, `lower_while`: false when control never comes to what follows the op.
    fn lower_if(&mut self, op: Op<'c>, scope: &Scope<'c>) -> Result<bool, Diagnostic> {
        let condition = self.value(op.operand(0))?.parts[0];
        if leaves(op) {
            return self.if_blocks(op, condition, scope);
        }
        let types = self.tys(&op.results());
        let mut regions = vec![];
        for i in 0..2 {
            regions.push(self.region(&[], |l, _| {
                let values = l.structured_block(op.body(i), types.clone())?;
                l.b.op("scf.yield", &values, &[], &[]);
                Ok(())
            })?);
        }
        let results = self.b.op_with_regions("scf.if", &[condition], &self.expand_all(&types), &[], &regions).results();
        self.bind_parts(&op.results(), &results);
        Ok(true)
    }

    fn lower_for(&mut self, op: Op<'c>, scope: &Scope<'c>) -> Result<bool, Diagnostic> {
        let iterable = self.value(op.operand(0))?;
        let inits = parts_of(&self.values(&op.operands()[1..])?);
        let parallel = self.settings.prange && op.has_attr("parallel");
        if jumps(op.body(0)) {
            if parallel {
                remarks::add(|| Remark { warns: true, reason: "something leaves it early".into(), ..Remark::of(op, "prange", Status::Serial) });
            }
            return self.with_blocks(op, scope, |l, scope| {
                let iteration = l.iteration(&iterable)?;
                l.for_blocks(op, &iteration, &inits, scope)
            });
        }
        let carried = self.tys(&op.operands()[1..]);
        let (from, to, step, iteration) = match self.direct_bounds(&iterable) {
            Some((from, to, step)) => (from, to, step, None),
            None => {
                let iteration = self.iteration(&iterable)?;
                (self.b.c_i64(0), iteration.length, self.b.c_i64(1), Some(iteration))
            }
        };
        let arguments = [vec![self.b.i64()], self.expand_all(&carried)].concat();
        let body = self.region(&arguments, |l, arguments| {
            let item = match &iteration {
                Some(iteration) => l.item(iteration, arguments[0])?,
                None => l.direct_item(&iterable, arguments[0]),
            };
            l.bind_item(op, item);
            l.bind_parts(&op.body(0).args()[1..], &arguments[1..]);
            let next = l.structured_block(op.body(0), carried)?;
            l.b.op("scf.yield", &next, &[], &[]);
            Ok(())
        })?;
        let operands = [&[from, to, step], &inits[..]].concat();
        let mut attrs = vec![];
        if parallel {
            attrs.push((PARALLEL, self.b.str("prange")));
            attrs.extend(self.settings.serial.then(|| (SERIAL, self.b.unit())));
        }
        let results = self.b.op_with_regions("scf.for", &operands, &arguments[1..], &attrs, &[body]).results();
        self.lower_else(op, op.body(1), &results, scope)
    }

    /// Binds the first argument of the loop's body, in the type that it has there.
    pub(super) fn bind_item(&mut self, op: Op<'c>, item: Val<'c>) {
        let target = op.body(0).arg(0);
        let ty = self.types.get(target.ty());
        let item = self.cast(&item, &ty);
        self.bind(target, item);
    }

    fn lower_while(&mut self, op: Op<'c>, scope: &Scope<'c>) -> Result<bool, Diagnostic> {
        let inits = parts_of(&self.values(&op.operands())?);
        if jumps(op.body(1)) {
            return self.with_blocks(op, scope, |l, scope| l.while_blocks(op, &inits, scope));
        }
        let carried = self.tys(&op.operands());
        let passed = self.tys(&op.body(1).args());
        let before = self.region(&self.expand_all(&carried), |l, arguments| {
            l.bind_parts(&op.body(0).args(), arguments);
            let values = l.structured_block(op.body(0), vec![])?;
            l.b.op("scf.condition", &values, &[], &[]);
            Ok(())
        })?;
        let types = self.expand_all(&passed);
        let after = self.region(&types, |l, arguments| {
            l.bind_parts(&op.body(1).args(), arguments);
            let next = l.structured_block(op.body(1), carried)?;
            l.b.op("scf.yield", &next, &[], &[]);
            Ok(())
        })?;
        let results = self.b.op_with_regions("scf.while", &inits, &types, &[], &[before, after]).results();
        self.lower_else(op, op.body(2), &results, scope)
    }

    /// What follows a structured loop that ran to its end; its yields are the loop's results.
    fn lower_else(&mut self, op: Op<'c>, block: Block<'c>, arguments: &[Value<'c>], scope: &Scope<'c>) -> Result<bool, Diagnostic> {
        self.bind_parts(&block.args(), arguments);
        let inner = scope.yielding(self.tys(&op.results()));
        Ok(match self.lower_block(block, &inner)? {
            Flow::Falls(values) => {
                op.results().into_iter().zip(values).for_each(|(result, value)| self.bind(result, value));
                true
            }
            Flow::Ends => false,
        })
    }

    /// Runs `build` where several blocks may be: here, or in an `scf.execute_region` that gives the op's results.
    fn with_blocks(
        &mut self,
        op: Op<'c>,
        scope: &Scope<'c>,
        build: impl FnOnce(&mut Self, &Scope<'c>) -> Result<bool, Diagnostic>,
    ) -> Result<bool, Diagnostic> {
        if !matches!(scope.frame, Frame::Structured) {
            return build(self, scope);
        }
        let types = self.expand_all(&self.tys(&op.results()));
        let inner = Scope { yields: vec![], frame: Frame::Blocks(types.clone()), jumps: None };
        let region = self.region(&[], |l, _| {
            if build(l, &inner)? {
                let results = parts_of(&l.values(&op.results())?);
                l.b.op("scf.yield", &results, &[], &[]);
            }
            Ok(())
        })?;
        let results = self.b.op_with_regions("scf.execute_region", &[], &types, &[], &[region]).results();
        self.bind_parts(&op.results(), &results);
        Ok(true)
    }
}
