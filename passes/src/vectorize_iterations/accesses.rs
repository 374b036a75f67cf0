//! Loads and stores: of neighbouring elements at once, of others lane by lane.

use super::candidate::Plan;
use super::emit::Emit;
use super::lanes::{Lanes, Step};
use crate::llvm_dialect::MemRef;
use crate::parallel::is_inside;
use zouk_dialects::ir::{MemRefType, Op, Value};

impl<'c> Emit<'c> {
    /// Makes the arrays from before the loop flat ones, here.
    pub fn flatten(&mut self, plan: &Plan<'c>) {
        for op in plan.the_loop.collect(|op| matches!(op.name(), "memref.load" | "memref.store")) {
            let array = op.operand(op.is("memref.store") as usize);
            if !is_inside(array, plan.the_loop) && !self.flat.contains_key(&array) {
                let flat = self.flat(array);
                self.flat.insert(array, flat);
            }
        }
    }

    /// The array as one of one axis, and its strides.
    fn flat(&self, array: Value<'c>) -> (Value<'c>, Vec<Value<'c>>) {
        let Some(memref) = MemRef::new(array.ty()) else { return (array, vec![]) };
        let (rank, index) = (memref.rank(), self.b.index());
        let base = MemRefType::new(memref.element, &[], None, None);
        let results: Vec<_> = [base.into(), index].into_iter().chain(vec![index; 2 * rank]).collect();
        let op = self.b.op("memref.extract_strided_metadata", &[array], &results, &[]);
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        let ty = MemRefType::new(memref.element, &[i64::MIN], None, None);
        // The extent of a flat view is never asked for.
        let flat = self.b.val("rt.view", &[array, zero, zero, one], ty.into(), &[]);
        let strides = (0..rank).map(|axis| match memref.strides[axis] {
            Some(known) => self.b.c_index(known),
            None => op.result(2 + rank + axis),
        });
        (flat, strides.collect())
    }

    /// The array as a flat one, and the place of an element in it.
    fn place(&self, array: Value<'c>, indices: &[Value<'c>]) -> (Value<'c>, Lanes<'c>) {
        let (flat, strides) = self.flat.get(&array).cloned().unwrap_or_else(|| self.flat(self.scalar(array)));
        let products = indices.iter().zip(strides).map(|(index, stride)| {
            let index = self.get(*index);
            match zouk_dialects::ir::Builder::constant_int(stride) {
                Some(1) => index,
                _ => self.mul(index, Lanes::Same(stride)),
            }
        });
        let place = products.collect::<Vec<_>>().into_iter().reduce(|x, y| self.add(x, y));
        (flat, place.unwrap_or_else(|| Lanes::Same(self.b.c_index(0))))
    }

    pub fn load(&mut self, op: Op<'c>, mask: Option<Value<'c>>) {
        let result = op.result(0);
        if !self.varies(result) {
            return self.clone_scalar(op);
        }
        let (flat, place) = self.place(op.operand(0), &op.operands()[1..]);
        let ty = self.vector_type(result.ty());
        let vector = match (place, mask) {
            (Lanes::Steps(first, Step::Known(1)), None) => self.b.val("vector.load", &[flat, first], ty, &[]),
            (Lanes::Steps(first, Step::Known(1)), Some(mask)) => self.b.val("vector.maskedload", &[flat, first, mask, self.zeros(result.ty())], ty, &[]),
            (_, None) => {
                let elements: Vec<Value> = (0..self.lanes).map(|lane| self.b.val("memref.load", &[flat, self.lane(place, lane)], result.ty(), &[])).collect();
                self.b.val("vector.from_elements", &elements, ty, &[])
            }
            (_, Some(mask)) => self.b.val("vector.gather", &[flat, self.b.c_index(0), self.spread(place), mask, self.zeros(result.ty())], ty, &[]),
        };
        self.set(result, Lanes::Each(vector));
    }

    pub fn store(&mut self, op: Op<'c>, mask: Option<Value<'c>>) {
        let value = self.vector(op.operand(0));
        let (flat, place) = self.place(op.operand(1), &op.operands()[2..]);
        match (place, mask) {
            (Lanes::Steps(first, Step::Known(1)), None) => _ = self.b.op("vector.store", &[value, flat, first], &[], &[]),
            (Lanes::Steps(first, Step::Known(1)), Some(mask)) => _ = self.b.op("vector.maskedstore", &[flat, first, mask, value], &[], &[]),
            (_, None) => {
                for lane in 0..self.lanes {
                    self.b.op("memref.store", &[self.extract(value, lane), flat, self.lane(place, lane)], &[], &[]);
                }
            }
            (_, Some(mask)) => _ = self.b.op("vector.scatter", &[flat, self.b.c_index(0), self.spread(place), mask, value], &[], &[]),
        }
    }
}
