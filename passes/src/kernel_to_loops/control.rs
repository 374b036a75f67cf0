//! Branches and loops around barriers.
//!
//! With a condition that is the same for all threads they stay what they are, around pieces. Otherwise every thread has a mark: a branch runs for those that have it, a loop while one has.

use super::{Condition, Fission, Mask};
use super::memory::Slot;
use super::thread::Thread;
use crate::kernel_uniformity::TOGETHER;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Block, Op, Region, Value};

/// Values that threads put into places at the end of a piece.
type Puts<'c> = Vec<(Value<'c>, Slot<'c>)>;

impl<'c> Fission<'c> {
    /// The value that is the same for all threads.
    pub(super) fn one(&self, value: Value<'c>) -> Result<Value<'c>, Diagnostic> {
        let missing = || Diagnostic::at(ErrorClass::Internal, "stray-op", "a value is the same for all threads, and not known before them", value.loc());
        self.shared.get(&value).copied().ok_or_else(missing)
    }

    /// Those that differ between threads, with their numbers.
    fn varying(&self, values: Vec<Value<'c>>) -> Vec<(usize, Value<'c>)> {
        values.into_iter().enumerate().filter(|(_, value)| !self.uniformity.is_uniform(*value)).collect()
    }

    /// All values are read before the first is written: they may be the places' own.
    pub(super) fn put_all(&mut self, thread: &mut Thread<'c>, puts: &[(Value<'c>, Slot<'c>)]) -> Result<(), Diagnostic> {
        let values = puts.iter().map(|(value, _)| self.get(thread, *value)).collect::<Result<Vec<_>, _>>()?;
        puts.iter().zip(values).for_each(|((_, slot), value)| slot.put(&thread.b, thread.linear, value));
        Ok(())
    }

    /// The pieces of a block; at its end threads put what it hands on into their places.
    fn region(&mut self, block: Block<'c>, into: Block<'c>, puts: &Puts<'c>) -> Result<(), Diagnostic> {
        let b = self.b.clone();
        b.within(into, || self.block(block, &mut |this, thread, _| this.put_all(thread, puts)))
    }

    pub(super) fn branch(&mut self, op: Op<'c>, before: &[Op<'c>]) -> Result<(), Diagnostic> {
        let kept: Vec<usize> = (0..op.num_results()).filter(|i| !self.uniformity.is_uniform(op.result(*i))).collect();
        let slots = kept.iter().map(|i| self.slot(op.result(*i))).collect::<Result<Vec<_>, _>>()?;
        let blocks: Vec<Option<Block>> = op.regions().into_iter().map(|r| r.first_block()).collect();
        let puts_of = |block: Block<'c>| -> Puts<'c> {
            let last = block.terminator();
            kept.iter().zip(&slots).filter_map(|(i, slot)| Some((last?.operand(*i), *slot))).collect()
        };
        if !self.uniformity.is_uniform(op.operand(0)) {
            return self.masked_branch(op, before, &blocks, &puts_of);
        }
        self.piece(before, op, &[], &mut |_, _| Ok(()))?;
        self.b.set_loc(op.loc());
        let b = self.b.clone();
        let common: Vec<usize> = (0..op.num_results()).filter(|i| !kept.contains(i)).collect();
        let mut regions = vec![];
        for block in blocks {
            let region = Region::new();
            if let Some(block) = block {
                let into = region.add_block(&[]);
                self.region(block, into, &puts_of(block))?;
                let last = block.terminator();
                let given = common.iter().filter_map(|i| Some(self.one(last?.operand(*i)))).collect::<Result<Vec<_>, _>>()?;
                b.within(into, || b.op("scf.yield", &given, &[], &[]));
            }
            regions.push(region);
        }
        let types: Vec<_> = common.iter().map(|i| op.result(*i).ty()).collect();
        let made = b.op_with_regions("scf.if", &[self.one(op.operand(0))?], &types, &[], &regions);
        self.shared.extend(common.into_iter().map(|i| op.result(i)).zip(made.results()));
        Ok(())
    }

    /// A branch that one thread takes at least, of those that come here together. Threads that take it not keep what the results are otherwise: they have the places of it.
    pub(super) fn guarded(&mut self, op: Op<'c>, before: &[Op<'c>]) -> Result<(), Diagnostic> {
        let (condition, body) = (op.operand(0), op.body(0));
        let yielded = body.terminator().map(|end| end.operands()).unwrap_or_default();
        let puts = yielded.into_iter().zip(op.results()).map(|(value, result)| Ok((value, self.slot(result)?))).collect::<Result<Puts, _>>()?;
        let kept = if self.cost(condition).is_none() { vec![(condition, self.slot(condition)?)] } else { vec![] };
        self.piece(before, op, &[], &mut |this, thread| this.put_all(thread, &kept))?;
        self.guards.push((condition, true));
        let done = self.block(body, &mut |this, thread, _| this.put_all(thread, &puts));
        self.guards.pop();
        done
    }

    /// Each branch runs for the threads that take it, if there is one.
    fn masked_branch(&mut self, op: Op<'c>, before: &[Op<'c>], blocks: &[Option<Block<'c>>], puts_of: &dyn Fn(Block<'c>) -> Puts<'c>) -> Result<(), Diagnostic> {
        let marks: Vec<Slot> = blocks.iter().map(|_| self.marks()).collect();
        self.piece(before, op, &marks, &mut |this, thread| {
            let taken = this.get(thread, op.operand(0))?;
            let b = &thread.b;
            let other = b.bin("arith.xori", taken, b.c_bool(true));
            marks.iter().zip([taken, other]).for_each(|(slot, value)| slot.put(b, thread.linear, value));
            Ok(())
        })?;
        for ((block, marks), taken) in blocks.iter().zip(&marks).zip([true, false]) {
            let Some(block) = block else { continue };
            let conditions = self.conditions_with((op.operand(0), taken));
            self.for_some(Mask { marks: *marks, conditions }, &mut |this| this.block(*block, &mut |this, thread, _| this.put_all(thread, &puts_of(*block))))?;
        }
        Ok(())
    }

    /// What holds for the threads that take part if this does too; none where that does not follow from their places.
    fn conditions_with(&self, condition: Condition<'c>) -> Option<Vec<Condition<'c>>> {
        let around = self.mask.as_ref().map_or(Some(vec![]), |mask| mask.conditions.clone())?;
        let follows = self.uniformity.is_of_place(condition.0) && self.cost(condition.0).is_some();
        follows.then(|| [around, self.guards.clone(), vec![condition]].concat())
    }

    /// Runs pieces for the threads of the mask, if there is one.
    pub(super) fn for_some(&mut self, mask: Mask<'c>, fill: &mut dyn FnMut(&mut Self) -> Result<(), Diagnostic>) -> Result<(), Diagnostic> {
        let b = self.b.clone();
        let any = self.any(mask.marks);
        let (then, otherwise) = (Region::new(), Region::new());
        let outer = (self.mask.replace(mask), std::mem::take(&mut self.guards));
        let done = b.within(then.add_block(&[]), || {
            let done = fill(self);
            b.op("scf.yield", &[], &[], &[]);
            done
        });
        (self.mask, self.guards) = outer;
        b.op_with_regions("scf.if", &[any], &[], &[], &[then, otherwise]);
        done
    }

    pub(super) fn counted(&mut self, op: Op<'c>, before: &[Op<'c>]) -> Result<(), Diagnostic> {
        let body = op.body(0);
        let next = body.terminator().map(|t| t.operands()).unwrap_or_default();
        let together = op.operands()[..3].iter().all(|bound| self.uniformity.is_uniform(*bound));
        let (mut starts, mut puts): (Puts, Puts) = (vec![], vec![]);
        for (k, argument) in self.varying(body.args().split_off(1)) {
            let slot = self.slot(op.result(k))?;
            self.slots.insert(argument, slot);
            starts.push((op.operand(3 + k), slot));
            if next[k].def().is_some_and(|op| op.has_attr(TOGETHER)) {
                // What a guard gives is what was there where nothing was put.
                self.slots.insert(next[k], slot);
            } else {
                puts.push((next[k], slot));
            }
        }
        if !together {
            return self.masked_count(op, before, starts, puts);
        }
        self.piece(before, op, &[], &mut |this, thread| this.put_all(thread, &starts))?;
        self.b.set_loc(op.loc());
        let b = self.b.clone();
        let carried: Vec<Value> = body.args().into_iter().skip(1).filter(|a| self.uniformity.is_uniform(*a)).collect();
        let inits: Vec<Value> = carried.iter().map(|a| op.operand(2 + a.number())).collect();
        let operands = [&op.operands()[..3], &inits].concat().into_iter().map(|v| self.one(v)).collect::<Result<Vec<_>, _>>()?;
        let region = Region::new();
        let arguments: Vec<_> = [body.arg(0)].iter().chain(&carried).map(|a| (a.ty(), op.loc())).collect();
        let into = region.add_block(&arguments);
        self.shared.extend([body.arg(0)].into_iter().chain(carried.iter().copied()).zip(into.args()));
        self.region(body, into, &puts)?;
        let given = carried.iter().map(|a| self.one(next[a.number() - 1])).collect::<Result<Vec<_>, _>>()?;
        b.within(into, || b.op("scf.yield", &given, &[], &[]));
        let types: Vec<_> = carried.iter().map(|a| a.ty()).collect();
        let attrs: Vec<_> = op.attr("unsignedCmp").map(|a| ("unsignedCmp", a)).into_iter().collect();
        let made = b.op_with_regions("scf.for", &operands, &types, &attrs, &[region]);
        self.shared.extend(carried.iter().map(|a| op.result(a.number() - 1)).zip(made.results()));
        Ok(())
    }

    /// A loop that threads run differently often: while one is in it.
    fn masked_count(&mut self, op: Op<'c>, before: &[Op<'c>], mut starts: Puts<'c>, puts: Puts<'c>) -> Result<(), Diagnostic> {
        let [from, to, step] = [0, 1, 2].map(|i| op.operand(i));
        let (less, counter) = (if op.has_attr("unsignedCmp") { "ult" } else { "slt" }, op.body(0).arg(0));
        let (place, end, stride) = (self.slot(counter)?, self.fresh(to.ty(), to)?, self.fresh(step.ty(), step)?);
        starts.extend([(from, place), (to, end), (step, stride)]);
        let marks = self.marks();
        self.piece(before, op, &[marks], &mut |this, thread| {
            this.put_all(thread, &starts)?;
            let (from, to) = (this.get(thread, from)?, this.get(thread, to)?);
            marks.put(&thread.b, thread.linear, thread.b.cmpi(less, from, to));
            Ok(())
        })?;
        self.while_some(marks, &mut |_| Ok(()), &mut |this| {
            this.block(op.body(0), &mut |this, thread, _| {
                this.put_all(thread, &puts)?;
                let now = this.get(thread, counter)?;
                let (b, at) = (&thread.b, thread.linear);
                let (to, step) = (end.get(b, at), stride.get(b, at));
                // What is left of the way to the end is not negative, and has not wrapped around.
                let goes_on = b.cmpi("ugt", b.bin("arith.subi", to, now), step);
                marks.put(b, at, goes_on);
                place.put(b, at, b.bin("arith.addi", now, step));
                Ok(())
            })
        })
    }

    pub(super) fn conditional(&mut self, op: Op<'c>, before: &[Op<'c>]) -> Result<(), Diagnostic> {
        let (head, body) = (op.body(0), op.body(1));
        let (Some(condition), Some(next)) = (head.terminator(), body.terminator()) else { return Ok(()) };
        let (mut starts, mut passes, mut puts): (Puts, Puts, Puts) = (vec![], vec![], vec![]);
        for (k, argument) in self.varying(head.args()) {
            let slot = self.slot(argument)?;
            starts.push((op.operand(k), slot));
            puts.push((next.operand(k), slot));
        }
        for (k, result) in self.varying(op.results()) {
            let slot = self.slot(result)?;
            self.slots.insert(body.arg(k), slot);
            passes.push((condition.operand(1 + k), slot));
        }
        if !self.uniformity.is_uniform(condition.operand(0)) {
            let marks = self.marks();
            self.piece(before, op, &[marks], &mut |this, thread| {
                marks.put(&thread.b, thread.linear, thread.b.c_bool(true));
                this.put_all(thread, &starts)
            })?;
            return self.while_some(
                marks,
                &mut |this| {
                    this.block(head, &mut |this, thread, last| {
                        let goes_on = this.get(thread, last.operand(0))?;
                        this.put_all(thread, &passes)?;
                        marks.put(&thread.b, thread.linear, goes_on);
                        Ok(())
                    })
                },
                &mut |this| this.block(body, &mut |this, thread, _| this.put_all(thread, &puts)),
            );
        }
        self.piece(before, op, &[], &mut |this, thread| this.put_all(thread, &starts))?;
        self.b.set_loc(op.loc());
        self.common_while(op, &passes, &puts)
    }

    /// A loop whose condition is the same for all threads.
    fn common_while(&mut self, op: Op<'c>, passes: &Puts<'c>, puts: &Puts<'c>) -> Result<(), Diagnostic> {
        let (head, body, b) = (op.body(0), op.body(1), self.b.clone());
        let (Some(condition), Some(next)) = (head.terminator(), body.terminator()) else { return Ok(()) };
        let is_common = |this: &Self, value: &Value<'c>| this.uniformity.is_uniform(*value);
        let carried: Vec<Value> = head.args().into_iter().filter(|a| is_common(self, a)).collect();
        let passed: Vec<usize> = (0..op.num_results()).filter(|k| is_common(self, &op.result(*k))).collect();
        let inits = carried.iter().map(|a| self.one(op.operand(a.number()))).collect::<Result<Vec<_>, _>>()?;
        let (first, second) = (Region::new(), Region::new());
        let first_block = first.add_block(&carried.iter().map(|a| (a.ty(), op.loc())).collect::<Vec<_>>());
        self.shared.extend(carried.iter().copied().zip(first_block.args()));
        self.region(head, first_block, passes)?;
        let given = [0].into_iter().chain(passed.iter().map(|k| 1 + k)).map(|i| self.one(condition.operand(i))).collect::<Result<Vec<_>, _>>()?;
        b.within(first_block, || b.op("scf.condition", &given, &[], &[]));
        let types: Vec<_> = passed.iter().map(|k| op.result(*k).ty()).collect();
        let second_block = second.add_block(&types.iter().map(|ty| (*ty, op.loc())).collect::<Vec<_>>());
        self.shared.extend(passed.iter().map(|k| body.arg(*k)).zip(second_block.args()));
        self.region(body, second_block, puts)?;
        let given = carried.iter().map(|a| self.one(next.operand(a.number()))).collect::<Result<Vec<_>, _>>()?;
        b.within(second_block, || b.op("scf.yield", &given, &[], &[]));
        let made = b.op_with_regions("scf.while", &inits, &types, &[], &[first, second]);
        self.shared.extend(passed.iter().map(|k| op.result(*k)).zip(made.results()));
        Ok(())
    }

    /// Runs `head`, and `body` while a thread has the mark after it, both for the threads that have it.
    pub(super) fn while_some(
        &mut self,
        marks: Slot<'c>,
        head: &mut dyn FnMut(&mut Self) -> Result<(), Diagnostic>,
        body: &mut dyn FnMut(&mut Self) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let b = self.b.clone();
        let outer = (self.mask.replace(Mask { marks, conditions: None }), std::mem::take(&mut self.guards));
        let (first, second) = (Region::new(), Region::new());
        let done = b.within(first.add_block(&[]), || {
            let done = head(self);
            let any = self.any(marks);
            b.op("scf.condition", &[any], &[], &[]);
            done
        });
        let done = done.and(b.within(second.add_block(&[]), || {
            let done = body(self);
            b.op("scf.yield", &[], &[], &[]);
            done
        }));
        (self.mask, self.guards) = outer;
        b.op_with_regions("scf.while", &[], &[], &[], &[first, second]);
        done
    }
}
