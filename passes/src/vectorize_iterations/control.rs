//! Branches and loops. Where lanes part, a mask says which of them an op is for, and values of the others are of no importance: they are not looked at.
//!
//! What may not be computed for nothing — loads, loops, divisions — stands behind a question whether any lane wants it.

use super::emit::Emit;
use super::lanes::Lanes;
use zouk_dialects::ir::{Block, Op, Region, Type, Value};

/// A branch of no more ops is computed without asking whether any lane takes it.
const MAX_PLAIN: usize = 24;

impl<'c> Emit<'c> {
    /// The values that a region hands over, each a scalar or a vector.
    fn yielded(&self, block: Block<'c>, from: usize, varies: &[bool]) -> Vec<Value<'c>> {
        let values = block.terminator().map(|t| t.operands()).unwrap_or_default();
        values.into_iter().skip(from).zip(varies).map(|(value, varies)| self.as_of(value, *varies)).collect()
    }

    fn type_of(&self, ty: Type<'c>, varies: bool) -> Type<'c> {
        if varies { self.vector_type(ty) } else { ty }
    }

    // Branches.

    pub fn branch(&mut self, op: Op<'c>, mask: Option<Value<'c>>) {
        if self.varies(op.operand(0)) {
            return self.parting(op, mask);
        }
        let condition = self.scalar(op.operand(0));
        let varies: Vec<bool> = op.results().into_iter().map(|result| self.varies(result)).collect();
        let types: Vec<Type> = op.results().into_iter().zip(&varies).map(|(result, varies)| self.type_of(result.ty(), *varies)).collect();
        let regions = op.regions().into_iter().map(|region| {
            let copy = Region::new();
            if let Some(block) = region.first_block() {
                self.inside(copy.add_block(&[]), |emit| {
                    emit.ops(block, mask);
                    emit.b.op("scf.yield", &emit.yielded(block, 0, &varies), &[], &[]);
                });
            }
            copy
        });
        let regions: Vec<Region> = regions.collect();
        let branch = self.b.op_with_regions("scf.if", &[condition], &types, &[], &regions);
        for ((old, new), varies) in op.results().into_iter().zip(branch.results()).zip(varies) {
            self.set_as(old, varies, new);
        }
    }

    /// A branch that some lanes take and others do not: both are run, and each lane takes its results.
    fn parting(&mut self, op: Op<'c>, mask: Option<Value<'c>>) {
        let condition = self.vector(op.operand(0));
        let then = self.side(op, 0, self.both(mask, condition));
        let opposite = self.not(condition);
        let otherwise = self.side(op, 1, self.both(mask, opposite));
        for (k, result) in op.results().into_iter().enumerate() {
            let value = self.b.select(condition, then[k], otherwise[k]);
            self.set(result, Lanes::Each(value));
        }
    }

    /// What one side of a branch yields, as vectors.
    fn side(&mut self, op: Op<'c>, number: usize, mask: Value<'c>) -> Vec<Value<'c>> {
        let Some(block) = op.region(number).first_block() else { return vec![] };
        let varies = vec![true; op.num_results()];
        if is_plain(block) {
            self.ops(block, Some(mask));
            return self.yielded(block, 0, &varies);
        }
        let types: Vec<Type> = op.results().into_iter().map(|result| self.vector_type(result.ty())).collect();
        let wanted = self.any(mask);
        let (then, otherwise) = (Region::new(), Region::new());
        self.inside(then.add_block(&[]), |emit| {
            emit.ops(block, Some(mask));
            emit.b.op("scf.yield", &emit.yielded(block, 0, &varies), &[], &[]);
        });
        self.inside(otherwise.add_block(&[]), |emit| {
            let zeros: Vec<Value> = op.results().into_iter().map(|result| emit.zeros(result.ty())).collect();
            emit.b.op("scf.yield", &zeros, &[], &[]);
        });
        self.b.op_with_regions("scf.if", &[wanted], &types, &[], &[then, otherwise]).results()
    }

    fn inside(&mut self, block: Block<'c>, build: impl FnOnce(&mut Self)) {
        let outer = self.b.block();
        self.b.set_end(block);
        build(self);
        self.b.set_end(outer);
    }

    // Checks.

    /// Notes that a lane must raise: what it goes on with is of no importance, but it goes on for no longer than the others.
    pub fn check(&mut self, op: Op<'c>, mask: Option<Value<'c>>) {
        let (Some(failed), i64) = (self.failed, self.b.i64()) else { return };
        let bad = match self.get(op.operand(0)) {
            Lanes::Same(condition) => self.b.bin("arith.xori", condition, self.b.c_bool(true)),
            condition => {
                let bad = self.not(self.spread(condition));
                self.any(self.both(mask, bad))
            }
        };
        let before = self.b.val("memref.load", &[failed], i64, &[]);
        let bad = self.b.val("arith.extui", &[bad], i64, &[]);
        self.b.op("memref.store", &[self.b.bin("arith.ori", before, bad), failed], &[], &[]);
    }

    /// Whether all checks have passed.
    pub fn passed(&self) -> Option<Value<'c>> {
        let failed = self.b.val("memref.load", &[self.failed?], self.b.i64(), &[]);
        Some(self.b.cmpi("eq", failed, self.b.c_i64(0)))
    }

    /// A condition of going on, which does not hold once a check has failed.
    fn unless_failed(&self, condition: Value<'c>) -> Value<'c> {
        self.passed().map_or(condition, |passed| self.b.bin("arith.andi", condition, passed))
    }

    // Loops.

    pub fn counted(&mut self, op: Op<'c>, mask: Option<Value<'c>>) {
        if self.varies(op.operand(0)) || self.varies(op.operand(1)) {
            return self.counted_apart(op, mask);
        }
        let body = op.body(0);
        let varies: Vec<bool> = op.results().into_iter().map(|result| self.varies(result)).collect();
        let bounds: Vec<Value> = (0..3).map(|i| self.scalar(op.operand(i))).collect();
        let inits: Vec<Value> = varies.iter().enumerate().map(|(k, varies)| self.as_of(op.operand(3 + k), *varies)).collect();
        let types: Vec<Type> = inits.iter().map(|init| init.ty()).collect();
        let region = Region::new();
        let arguments: Vec<_> = [body.arg(0).ty()].iter().chain(&types).map(|ty| (*ty, op.loc())).collect();
        let block = region.add_block(&arguments);
        self.set(body.arg(0), Lanes::Same(block.arg(0)));
        for (k, varies) in varies.iter().enumerate() {
            self.set_as(body.arg(1 + k), *varies, block.arg(1 + k));
        }
        self.inside(block, |emit| {
            emit.ops(body, mask);
            emit.b.op("scf.yield", &emit.yielded(body, 0, &varies), &[], &[]);
        });
        let copy = self.b.op_with_regions("scf.for", &[bounds, inits].concat(), &types, &op.attrs(), &[region]);
        for ((old, new), varies) in op.results().into_iter().zip(copy.results()).zip(varies) {
            self.set_as(old, varies, new);
        }
    }

    /// A loop that runs for each lane as often as the lane wants, as long as there is one that wants more.
    fn counted_apart(&mut self, op: Op<'c>, mask: Option<Value<'c>>) {
        const LESS: i64 = 2;
        const BELOW: i64 = 6;
        let (body, counter) = (op.body(0), op.body(0).arg(0));
        let (from, to) = (self.get(op.operand(0)), self.vector(op.operand(1)));
        let start = self.spread(from);
        let some = self.both(mask, self.compare(LESS, start, to));
        let i64 = self.b.i64();
        let trips = self.b.select(some, self.b.bin("arith.subi", to, start), self.zeros(i64));
        let most = self.b.val("vector.reduction", &[trips], i64, &[("kind", self.b.parse_attr("#vector.kind<maxui>"))]);
        let most = self.passed().map_or(most, |passed| self.b.select(passed, most, self.b.c_i64(0)));
        let inits: Vec<Value> = op.operands()[3..].iter().map(|init| self.vector(*init)).collect();
        let types: Vec<Type> = inits.iter().map(|init| init.ty()).collect();
        let varies = vec![true; inits.len()];
        let region = Region::new();
        let block = region.add_block(&[i64].iter().chain(&types).map(|ty| (*ty, op.loc())).collect::<Vec<_>>());
        for k in 0..inits.len() {
            self.set(body.arg(1 + k), Lanes::Each(block.arg(1 + k)));
        }
        self.inside(block, |emit| {
            let turn = block.arg(0);
            let active = emit.compare(BELOW, emit.splat(turn), trips);
            let turn = Lanes::Same(emit.b.index_cast(turn, counter.ty()));
            emit.set(counter, emit.add(from, turn));
            emit.ops(body, Some(active));
            let next = emit.yielded(body, 0, &varies);
            let next: Vec<Value> = next.into_iter().enumerate().map(|(k, next)| emit.b.select(active, next, block.arg(1 + k))).collect();
            emit.b.op("scf.yield", &next, &[], &[]);
        });
        let bounds = vec![self.b.c_i64(0), most, self.b.c_i64(1)];
        let copy = self.b.op_with_regions("scf.for", &[bounds, inits].concat(), &types, &[("unsignedCmp", self.b.unit())], &[region]);
        op.results().into_iter().zip(copy.results()).for_each(|(old, new)| self.set(old, Lanes::Each(new)));
    }

    /// `scf.while`. When lanes leave it at different times, each keeps the results that it left with.
    pub fn endless(&mut self, op: Op<'c>, mask: Option<Value<'c>>) {
        let [before, after] = [0, 1].map(|i| op.body(i));
        let Some(condition) = before.terminator() else { return };
        let parts = self.varies(condition.operand(0));
        let carried: Vec<bool> = before.args().into_iter().map(|argument| self.varies(argument)).collect();
        let handed: Vec<bool> = after.args().into_iter().map(|argument| self.varies(argument)).collect();
        let kept: Vec<usize> = (0..op.num_results()).filter(|k| parts && !op.result(*k).is_unused()).collect();

        let mut inits: Vec<Value> = carried.iter().enumerate().map(|(k, varies)| self.as_of(op.operand(k), *varies)).collect();
        inits.extend(kept.iter().map(|k| self.zeros(op.result(*k).ty())));
        if parts {
            inits.push(mask.unwrap_or_else(|| self.same_int(self.b.i1(), 1)));
        }
        let inputs: Vec<_> = inits.iter().map(|init| (init.ty(), op.loc())).collect();
        let mut results: Vec<Type> = op.results().into_iter().zip(&handed).map(|(result, varies)| self.type_of(result.ty(), *varies)).collect();
        results.extend(inputs[carried.len()..].iter().map(|(ty, _)| *ty));
        let regions = [Region::new(), Region::new()];
        let (first, second) = (regions[0].add_block(&inputs), regions[1].add_block(&results.iter().map(|ty| (*ty, op.loc())).collect::<Vec<_>>()));

        for (k, argument) in before.args().into_iter().enumerate() {
            self.set_as(argument, carried[k], first.arg(k));
        }
        self.inside(first, |emit| {
            let active = if parts { Some(first.arg(inputs.len() - 1)) } else { mask };
            emit.ops(before, active);
            let mut values = emit.yielded(before, 1, &handed);
            let Some(active) = active.filter(|_| parts) else {
                let goes_on = emit.unless_failed(emit.scalar(condition.operand(0)));
                emit.b.op("scf.condition", &[&[goes_on], &values[..]].concat(), &[], &[]);
                return;
            };
            for (place, k) in kept.iter().enumerate() {
                let left_with = emit.vector(condition.operand(1 + k));
                values.push(emit.b.select(active, left_with, first.arg(carried.len() + place)));
            }
            let still = emit.both(Some(active), emit.vector(condition.operand(0)));
            values.push(still);
            let goes_on = emit.unless_failed(emit.any(still));
            emit.b.op("scf.condition", &[&[goes_on], &values[..]].concat(), &[], &[]);
        });
        for (k, argument) in after.args().into_iter().enumerate() {
            self.set_as(argument, handed[k], second.arg(k));
        }
        self.inside(second, |emit| {
            let own = &second.args()[handed.len()..];
            emit.ops(after, if parts { own.last().copied() } else { mask });
            let next = emit.yielded(after, 0, &carried);
            emit.b.op("scf.yield", &[&next[..], own].concat(), &[], &[]);
        });
        let copy = self.b.op_with_regions("scf.while", &inits, &results, &[], &regions);
        for (k, result) in op.results().into_iter().enumerate() {
            match kept.iter().position(|other| *other == k) {
                Some(place) => self.set(result, Lanes::Each(copy.result(handed.len() + place))),
                None => self.set_as(result, handed[k], copy.result(k)),
            }
        }
    }
}

/// Whether a branch may be computed for nothing.
fn is_plain(block: Block) -> bool {
    let ops: Vec<Op> = block.ops().into_iter().flat_map(|op| op.collect(|_| true)).collect();
    let harmless = |op: &Op| {
        let divides = matches!(op.name(), "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui");
        let calls = op.dialect() == "math" && !matches!(op.name(), "math.absf" | "math.sqrt" | "math.floor" | "math.ceil" | "math.trunc" | "math.fma" | "math.copysign");
        matches!(op.name(), "scf.yield" | "scf.if" | "rt.index") || matches!(op.dialect(), "arith" | "math") && !divides && !calls
    };
    ops.len() <= MAX_PLAIN && ops.iter().all(harmless)
}
