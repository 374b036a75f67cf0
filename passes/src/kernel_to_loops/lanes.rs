//! What threads of a warp or of a block meet for: shuffles, votes, matches, barriers with a result.
//!
//! Every thread leaves what it brings in a place of its own; in the next piece it reads the others' places. Votes are words of bits, one for each warp, put together between the pieces. A thread
//! that does not take part has brought nothing; who asks for the value of such a one, or of a lane that does not exist, keeps his own.

use super::Fission;
use super::memory::{Slot, memory_type};
use super::thread::Thread;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, Region, Type, TypeLike, Value};

const LANES: i64 = 32;

/// What threads find when they go on.
pub struct Arrival<'c> {
    pub op: Op<'c>,
    /// What each has brought, by operand; none where it is the same for all.
    brought: Vec<Option<Slot<'c>>>,
    /// Whether a thread takes part.
    present: Option<Slot<'c>>,
    /// Arrays of one number for each warp.
    words: Vec<Value<'c>>,
    /// One number for each block, or the one number for all.
    of_blocks: Option<Value<'c>>,
    common: Option<Value<'c>>,
}

impl<'c> Fission<'c> {
    /// `rt.simt` at which threads meet.
    pub(super) fn together(&mut self, op: Op<'c>, before: &[Op<'c>]) -> Result<(), Diagnostic> {
        let name = op.str_attr("name").unwrap_or_default();
        let mut arrival = Arrival { op, brought: vec![], present: None, words: vec![], of_blocks: None, common: None };
        match name {
            "syncwarp" | "grid_sync" => return self.piece(before, op, &[], &mut |_, _| Ok(())),
            "syncthreads_count" | "syncthreads_or" | "syncthreads_and" => return self.barrier_with_result(op, before, arrival),
            "shfl_sync" | "shfl_up_sync" | "shfl_down_sync" | "shfl_xor_sync" => {
                self.bring(op, before, &mut arrival, &[], &mut |_, _| Ok(()))?;
                arrival.present = self.mask.as_ref().map(|mask| mask.marks);
            }
            "match_any_sync" | "match_all_sync" => {
                let present = self.marks();
                self.bring(op, before, &mut arrival, &[present], &mut |_, thread| {
                    present.put(&thread.b, thread.linear, thread.b.c_bool(true));
                    Ok(())
                })?;
                arrival.present = Some(present);
                arrival.words.push(self.words(present));
            }
            _ => {
                // Who votes yes, and who votes no; all who take part, when nothing is asked.
                let votes = [self.marks(), self.marks()];
                self.bring(op, before, &mut arrival, &votes, &mut |this, thread| {
                    let yes = match op.operands().get(1) {
                        Some(asked) => {
                            let asked = this.get(thread, *asked)?;
                            truth(&thread.b, asked)
                        }
                        None => thread.b.c_bool(true),
                    };
                    let no = thread.b.bin("arith.xori", yes, thread.b.c_bool(true));
                    votes.iter().zip([yes, no]).for_each(|(slot, vote)| slot.put(&thread.b, thread.linear, vote));
                    Ok(())
                })?;
                arrival.words = votes.into_iter().map(|vote| self.words(vote)).collect();
            }
        }
        self.arrivals.push(arrival);
        Ok(())
    }

    /// The piece before, at whose end every thread leaves what it brings.
    fn bring(
        &mut self,
        op: Op<'c>,
        before: &[Op<'c>],
        arrival: &mut Arrival<'c>,
        clears: &[Slot<'c>],
        more: &mut dyn FnMut(&mut Self, &mut Thread<'c>) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        for operand in op.operands() {
            let slot = if self.uniformity.is_uniform(operand) { None } else { Some(self.fresh(operand.ty(), operand)?) };
            arrival.brought.push(slot);
        }
        let puts: Vec<_> = op.operands().into_iter().zip(&arrival.brought).filter_map(|(value, slot)| Some((value, (*slot)?))).collect();
        self.piece(before, op, clears, &mut |this, thread| {
            this.put_all(thread, &puts)?;
            more(this, thread)
        })?;
        self.b.set_loc(op.loc());
        Ok(())
    }

    /// `syncthreads_count`, `syncthreads_and`, `syncthreads_or`
    fn barrier_with_result(&mut self, op: Op<'c>, before: &[Op<'c>], mut arrival: Arrival<'c>) -> Result<(), Diagnostic> {
        let name = op.str_attr("name").unwrap_or_default();
        let votes = self.marks();
        self.piece(before, op, &[votes], &mut |this, thread| {
            let asked = this.get(thread, op.operand(0))?;
            let yes = truth(&thread.b, asked);
            let vote = if name == "syncthreads_and" { thread.b.bin("arith.xori", yes, thread.b.c_bool(true)) } else { yes };
            votes.put(&thread.b, thread.linear, vote);
            Ok(())
        })?;
        self.b.set_loc(op.loc());
        let b = self.b.clone();
        let ty = op.result(0).ty();
        let finish = |count: Value<'c>| match name {
            "syncthreads_count" => number(&b, count, ty),
            "syncthreads_or" => number(&b, b.cmpi("ne", count, b.c_i64(0)), ty),
            _ => number(&b, b.cmpi("eq", count, b.c_i64(0)), ty),
        };
        if self.launch.grid {
            let counts = Builder::before(self.room).val("rt.alloc", &[self.launch.of_grid], memory_type(ty), &[]);
            let bounds = [b.c_index(0), self.launch.of_grid, b.c_index(1)];
            self.loop_of(&bounds, &mut |this, block| {
                let count = this.count_of_block(votes, block);
                b.op("memref.store", &[finish(count), counts, block], &[], &[]);
            });
            arrival.of_blocks = Some(counts);
        } else {
            let zero = b.c_index(0);
            let count = finish(self.count_of_block(votes, zero));
            if self.uniformity.is_uniform(op.result(0)) {
                self.shared.insert(op.result(0), count);
                return Ok(());
            }
            arrival.common = Some(count);
        }
        self.arrivals.push(arrival);
        Ok(())
    }

    fn count_of_block(&self, votes: Slot<'c>, block: Value<'c>) -> Value<'c> {
        let b = &self.b;
        let start = b.bin("arith.muli", block, self.launch.of_block);
        let region = Region::new();
        let body = region.add_block(&[(b.index(), b.loc()), (b.i64(), b.loc())]);
        b.within(body, || {
            let vote = votes.get(b, b.bin("arith.addi", start, body.arg(0)));
            let sum = b.bin("arith.addi", body.arg(1), b.val("arith.extui", &[vote], b.i64(), &[]));
            b.op("scf.yield", &[sum], &[], &[]);
        });
        let operands = [b.c_index(0), self.launch.of_block, b.c_index(1), b.c_i64(0)];
        b.op_with_regions("scf.for", &operands, &[b.i64()], &[], &[region]).result(0)
    }

    fn loop_of(&self, bounds: &[Value<'c>], fill: &mut dyn FnMut(&Self, Value<'c>)) {
        let b = &self.b;
        let region = Region::new();
        let body = region.add_block(&[(b.index(), b.loc())]);
        b.within(body, || {
            fill(self, body.arg(0));
            b.op("scf.yield", &[], &[], &[]);
        });
        b.op_with_regions("scf.for", bounds, &[], &[], &[region]);
    }

    fn warps(&self, b: &Builder<'c>) -> Value<'c> {
        b.bin("arith.divui", b.bin("arith.addi", self.launch.of_block, b.c_index(LANES - 1)), b.c_index(LANES))
    }

    /// A word of bits for each warp: which of its threads have the mark.
    fn words(&self, marks: Slot<'c>) -> Value<'c> {
        let before = Builder::before(self.room);
        let (one, zero) = (before.c_index(1), before.c_index(0));
        let blocks = if self.launch.grid { self.launch.of_grid } else { one };
        let warps = self.warps(&before);
        let words = before.val("rt.alloc", &[before.bin("arith.muli", blocks, warps)], memory_type(before.i64()), &[]);
        let b = self.b.clone();
        self.loop_of(&[zero, blocks, one], &mut |this, block| {
            this.loop_of(&[zero, warps, one], &mut |this, warp| {
                let start = b.bin("arith.muli", warp, b.c_index(LANES));
                let lanes = b.bin("arith.minsi", b.bin("arith.subi", this.launch.of_block, start), b.c_index(LANES));
                let first = b.bin("arith.addi", b.bin("arith.muli", block, this.launch.of_block), start);
                let region = Region::new();
                let body = region.add_block(&[(b.index(), b.loc()), (b.i64(), b.loc())]);
                b.within(body, || {
                    let mark = b.val("arith.extui", &[marks.get(&b, b.bin("arith.addi", first, body.arg(0)))], b.i64(), &[]);
                    let bit = b.bin("arith.shli", mark, b.index_cast(body.arg(0), b.i64()));
                    let word = b.bin("arith.ori", body.arg(1), bit);
                    b.op("scf.yield", &[word], &[], &[]);
                });
                let word = b.op_with_regions("scf.for", &[zero, lanes, one, b.c_i64(0)], &[b.i64()], &[], &[region]).result(0);
                let at = b.bin("arith.addi", b.bin("arith.muli", block, warps), warp);
                b.op("memref.store", &[word, words, at], &[], &[]);
            });
        });
        words
    }

    /// What a thread has met others for.
    pub(super) fn arrive(&mut self, thread: &mut Thread<'c>, arrival: &Arrival<'c>) -> Result<(), Diagnostic> {
        let b = thread.b.clone();
        let op = arrival.op;
        let name = op.str_attr("name").unwrap_or_default();
        let ty = |i: usize| op.result(i).ty();
        let mine = |this: &Self, i: usize| match arrival.brought[i] {
            Some(slot) => Ok(slot.get(&b, thread.linear)),
            None => this.one(op.operand(i)),
        };
        let word = |this: &Self, i: usize| {
            let warp = b.bin("arith.divui", thread.in_block, b.c_index(LANES));
            let block = this.launch.grid.then(|| b.bin("arith.muli", thread.block, this.warps(&b)));
            let at = block.map_or(warp, |block| b.bin("arith.addi", block, warp));
            b.val("memref.load", &[arrival.words[i], at], b.i64(), &[])
        };
        let results = if let Some(common) = arrival.common {
            vec![common]
        } else if let Some(counts) = arrival.of_blocks {
            vec![b.val("memref.load", &[counts, thread.block], ty(0), &[])]
        } else if name == "activemask" {
            vec![number(&b, word(self, 0), ty(0))]
        } else if name.starts_with("shfl") {
            vec![self.shuffled(thread, arrival, mine(self, 1)?, mine(self, 2)?)]
        } else {
            let members = number(&b, mine(self, 0)?, b.i64());
            let zero = b.c_i64(0);
            let none = |word: Value<'c>| b.cmpi("eq", b.bin("arith.andi", word, members), zero);
            match name {
                "ballot_sync" => vec![number(&b, b.bin("arith.andi", word(self, 0), members), ty(0))],
                "any_sync" => vec![number(&b, b.bin("arith.xori", none(word(self, 0)), b.c_bool(true)), ty(0))],
                "all_sync" => vec![number(&b, none(word(self, 1)), ty(0))],
                "eq_sync" => vec![number(&b, b.bin("arith.ori", none(word(self, 0)), none(word(self, 1))), ty(0))],
                "match_any_sync" | "match_all_sync" => {
                    let own = mine(self, 1)?;
                    let same = b.bin("arith.andi", self.same(thread, arrival, own), members);
                    if name == "match_any_sync" {
                        vec![number(&b, same, ty(0))]
                    } else {
                        let all = b.cmpi("eq", same, b.bin("arith.andi", word(self, 0), members));
                        vec![number(&b, b.select(all, same, zero), ty(0)), number(&b, all, ty(1))]
                    }
                }
                _ => return Err(unknown(op)),
            }
        };
        thread.values.extend(op.results().into_iter().zip(results));
        Ok(())
    }

    /// The first of the places of the thread's warp, and its lane.
    fn lane(&self, thread: &Thread<'c>) -> (Value<'c>, Value<'c>) {
        let b = &thread.b;
        let lane = b.bin("arith.remui", thread.in_block, b.c_index(LANES));
        (b.bin("arith.subi", thread.linear, lane), lane)
    }

    fn shuffled(&self, thread: &Thread<'c>, arrival: &Arrival<'c>, own: Value<'c>, by: Value<'c>) -> Value<'c> {
        let Some(values) = arrival.brought[1] else { return own };
        let b = &thread.b;
        let (first, lane) = self.lane(thread);
        let by = b.index_cast(number(b, by, b.i64()), b.index());
        let last = b.c_index(LANES - 1);
        let (wanted, exists) = match arrival.op.str_attr("name").unwrap_or_default() {
            "shfl_up_sync" => (b.bin("arith.subi", lane, by), b.cmpi("ule", by, lane)),
            "shfl_down_sync" => (b.bin("arith.addi", lane, by), b.cmpi("ule", by, b.bin("arith.subi", last, lane))),
            "shfl_xor_sync" => (b.bin("arith.xori", lane, by), b.cmpi("ule", by, last)),
            _ => (b.bin("arith.andi", by, last), b.c_bool(true)),
        };
        let wanted = b.select(exists, wanted, lane);
        // The last warp of a block may have fewer threads.
        let in_block = b.bin("arith.addi", b.bin("arith.subi", thread.in_block, lane), wanted);
        let source = b.bin("arith.addi", first, b.select(b.cmpi("ult", in_block, self.launch.of_block), wanted, lane));
        let source = match arrival.present {
            Some(present) => b.select(present.get(b, source), source, thread.linear),
            None => source,
        };
        values.get(b, source)
    }

    /// A word of bits: which threads of the warp have brought what this one has.
    fn same(&self, thread: &Thread<'c>, arrival: &Arrival<'c>, own: Value<'c>) -> Value<'c> {
        let b = &thread.b;
        let (first, lane) = self.lane(thread);
        let left = b.bin("arith.subi", self.launch.of_block, b.bin("arith.subi", thread.in_block, lane));
        let lanes = b.bin("arith.minsi", left, b.c_index(LANES));
        let region = Region::new();
        let body = region.add_block(&[(b.index(), b.loc()), (b.i64(), b.loc())]);
        b.within(body, || {
            let at = b.bin("arith.addi", first, body.arg(0));
            let other = arrival.brought[1].map_or(own, |slot| slot.get(b, at));
            let equal = b.cmpi("eq", bits(b, other), bits(b, own));
            let present = arrival.present.map_or_else(|| b.c_bool(true), |present| present.get(b, at));
            let bit = b.val("arith.extui", &[b.bin("arith.andi", equal, present)], b.i64(), &[]);
            let word = b.bin("arith.ori", body.arg(1), b.bin("arith.shli", bit, b.index_cast(body.arg(0), b.i64())));
            b.op("scf.yield", &[word], &[], &[]);
        });
        b.op_with_regions("scf.for", &[b.c_index(0), lanes, b.c_index(1), b.c_i64(0)], &[b.i64()], &[], &[region]).result(0)
    }
}

/// `rt.simt` whose result a thread finds alone.
pub fn alone<'c>(thread: &Thread<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
    let b = &thread.b;
    match op.str_attr("name") {
        Some("thread_number") => Ok(b.index_cast(thread.in_block, b.i64())),
        Some("block_number") => Ok(b.index_cast(thread.block, b.i64())),
        Some("lanemask_lt") => {
            let lane = b.index_cast(b.bin("arith.remui", thread.in_block, b.c_index(LANES)), b.i64());
            let word = b.bin("arith.subi", b.bin("arith.shli", b.c_i64(1), lane), b.c_i64(1));
            Ok(number(b, word, op.result(0).ty()))
        }
        _ => Err(unknown(op)),
    }
}

fn unknown(op: Op) -> Diagnostic {
    let message = format!("{} is not supported in a kernel on the CPU", op.str_attr("name").unwrap_or_default());
    Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, op.loc())
}

/// Whether a number is not zero.
fn truth<'c>(b: &Builder<'c>, value: Value<'c>) -> Value<'c> {
    if value.ty() == b.i1() {
        value
    } else if value.ty().is_float() {
        b.cmpf("une", value, b.c_float(value.ty(), 0.0))
    } else {
        b.cmpi("ne", value, b.c_int(value.ty(), 0))
    }
}

/// A number without sign in another integer type.
fn number<'c>(b: &Builder<'c>, value: Value<'c>, to: Type<'c>) -> Value<'c> {
    let width = |ty: Type<'c>| zouk_dialects::ir::IntegerType::try_from(ty).map_or(64, |ty| ty.width());
    let from = value.ty();
    if from.is_index() || to.is_index() {
        return b.val("arith.index_castui", &[value], to, &[]);
    }
    match width(from).cmp(&width(to)) {
        std::cmp::Ordering::Less => b.val("arith.extui", &[value], to, &[]),
        std::cmp::Ordering::Greater => b.val("arith.trunci", &[value], to, &[]),
        std::cmp::Ordering::Equal => value,
    }
}

/// A number's bits: not-a-number equals itself.
fn bits<'c>(b: &Builder<'c>, value: Value<'c>) -> Value<'c> {
    match value.ty() {
        ty if ty == b.f64() => b.val("arith.bitcast", &[value], b.i64(), &[]),
        ty if ty == b.f32() => b.val("arith.bitcast", &[value], b.int(32), &[]),
        ty if ty == b.f16() => b.val("arith.bitcast", &[value], b.int(16), &[]),
        _ => value,
    }
}
