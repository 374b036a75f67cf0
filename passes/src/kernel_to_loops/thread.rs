//! One thread in a piece: where the values come from that it uses.
//!
//! A value of this piece is there. One that is the same for all threads was computed before the loop over them. One of an earlier piece is computed anew when it is cheap, or comes from the
//! thread's place in an array.

use super::launch::axis;
use super::{Fission, lanes, replace};
use crate::kernel_uniformity::{is_meeting, is_pure, meets, used};
use std::collections::HashMap;
use std::rc::Rc;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, TypeLike, Value};

/// What it may cost to compute a value anew, in ops.
const CHEAP: u32 = 8;

/// A thread of a loop over threads; `b` is where its code goes.
pub struct Thread<'c> {
    pub b: Rc<Builder<'c>>,
    /// x, y, z.
    pub place: [Value<'c>; 3],
    pub block_place: [Value<'c>; 3],
    /// The number of the block.
    pub block: Value<'c>,
    /// Its number among those that have places in arrays, and among those of its block.
    pub linear: Value<'c>,
    pub in_block: Value<'c>,
    pub values: HashMap<Value<'c>, Value<'c>>,
}

impl<'c> Fission<'c> {
    /// The value as this thread has it.
    pub(super) fn get(&mut self, thread: &mut Thread<'c>, value: Value<'c>) -> Result<Value<'c>, Diagnostic> {
        if let Some(known) = thread.values.get(&value).or_else(|| self.shared.get(&value)) {
            return Ok(*known);
        }
        // The piece that makes it may come later in the code: then the place is there before the value.
        let found = if self.slots.contains_key(&value) || is_handed_on(value) || self.cost(value).is_none() {
            self.slot(value)?.get(&thread.b, thread.linear)
        } else {
            self.compute(thread, value)?
        };
        thread.values.insert(value, found);
        Ok(found)
    }

    /// Computes a value of another piece anew.
    fn compute(&mut self, thread: &mut Thread<'c>, value: Value<'c>) -> Result<Value<'c>, Diagnostic> {
        let Some(op) = value.def() else {
            return Err(Diagnostic::at(ErrorClass::Internal, "stray-op", "a value that threads take over a barrier has no place", value.loc()));
        };
        Ok(match op.name() {
            "gpu.thread_id" => thread.place[axis(op)],
            "gpu.block_id" => thread.block_place[axis(op)],
            "gpu.lane_id" => thread.b.bin("arith.remui", thread.in_block, thread.b.c_index(32)),
            "rt.scratch" => self.own_scratch(thread, op)?,
            "rt.simt" => lanes::alone(thread, op)?,
            _ => {
                let operands = op.operands().into_iter().map(|operand| self.get(thread, operand)).collect::<Result<Vec<_>, _>>()?;
                let copy = thread.b.insert(op.deep_clone());
                copy.set_operands(&operands);
                // It has been checked where it was first computed.
                copy.remove_attr("checked");
                copy.result(value.number())
            }
        })
    }

    /// The thread runs an op.
    pub(super) fn take(&mut self, thread: &mut Thread<'c>, op: Op<'c>) -> Result<(), Diagnostic> {
        if op.is("rt.simt") && op.num_results() == 0 {
            thread.b.insert(op.deep_clone());
            return Ok(());
        }
        if op.dialect() == "gpu" || matches!(op.name(), "rt.scratch" | "rt.simt") {
            return op.results().into_iter().try_for_each(|result| self.get(thread, result).map(|_| ()));
        }
        let mut known = HashMap::new();
        for value in used(op) {
            known.insert(value, self.get(thread, value)?);
        }
        let copy = thread.b.insert(op.deep_clone());
        copy.walk(&mut |inner| replace(inner, &|value| known.get(&value).copied()));
        thread.values.extend(op.results().into_iter().zip(copy.results()));
        Ok(())
    }

    /// What it costs to compute a value anew, where that is better than to keep it.
    pub(super) fn cost(&self, value: Value<'c>) -> Option<u32> {
        if self.uniformity.is_uniform(value) {
            return Some(0);
        }
        if is_handed_on(value) {
            return Some(1);
        }
        let op = value.def()?;
        let own = match op.name() {
            "gpu.thread_id" | "gpu.block_id" => return Some(0),
            "gpu.lane_id" | "rt.scratch" => return Some(2),
            "rt.simt" if !is_meeting(op) => return Some(3),
            "rt.index" => 2,
            "memref.dim" | "arith.index_cast" | "rt.view" | "memref.cast" => 0,
            "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" | "arith.divf" => 4,
            _ if op.num_regions() == 0 && is_pure(op) && matches!(op.dialect(), "arith" | "memref") => 1,
            _ => return None,
        };
        let most = if value.ty().is_mem_ref() { u32::MAX / 64 } else { CHEAP };
        let sum = op.operands().into_iter().try_fold(own, |sum: u32, operand| {
            // Views are always made anew: what they are made of has a place.
            let cost = if value.ty().is_mem_ref() { self.cost(operand).unwrap_or(1) } else { self.cost(operand)? };
            Some(sum.saturating_add(cost))
        })?;
        (sum <= most).then_some(sum)
    }
}

/// Whether a loop or a branch around a barrier hands the value on: it has a place then.
fn is_handed_on(value: Value) -> bool {
    match value.def() {
        Some(op) => op.num_regions() > 0 && meets(op),
        None => value.owner_block().and_then(|block| block.parent()).is_some_and(meets),
    }
}
