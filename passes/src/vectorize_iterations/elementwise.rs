//! Ops without regions that touch no memory: for vectors they have the names that they have for numbers.

use super::candidate::width;
use super::emit::Emit;
use super::lanes::Lanes;
use zouk_dialects::ir::{Attribute, Op, Value};

impl<'c> Emit<'c> {
    pub fn elementwise(&mut self, op: Op<'c>, mask: Option<Value<'c>>) {
        let varies = op.results().into_iter().any(|result| self.varies(result));
        if !varies {
            return self.clone_scalar(op);
        }
        let lanes: Vec<Lanes<'c>> = op.operands().into_iter().map(|value| self.get(value)).collect();
        let result = op.result(0);
        let narrow = |value: Value<'c>| width(value.ty()) != Some(64);
        let found = match op.name() {
            "arith.addi" => self.add(lanes[0], lanes[1]),
            "arith.subi" => self.sub(lanes[0], lanes[1]),
            "arith.muli" => self.mul(lanes[0], lanes[1]),
            "arith.index_cast" | "arith.index_castui" if narrow(op.operand(0)) || narrow(result) => Lanes::Each(self.resize(op)),
            "arith.index_cast" | "arith.index_castui" => self.cast_index(lanes[0], result.ty()),
            "arith.select" if !self.varies(op.operand(0)) => {
                let condition = self.scalar(op.operand(0));
                Lanes::Each(self.b.select(condition, self.spread(lanes[1]), self.spread(lanes[2])))
            }
            "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" => Lanes::Each(self.divide(op, mask)),
            "rt.index" => Lanes::Each(self.wrap(op)),
            _ => {
                let operands: Vec<Value> = lanes.into_iter().map(|lanes| self.spread(lanes)).collect();
                let attrs: Vec<(&str, Attribute)> = op.attrs();
                Lanes::Each(self.b.val(op.name(), &operands, self.vector_type(result.ty()), &attrs))
            }
        };
        self.set(result, found);
    }

    /// The op as it is, once for all lanes.
    pub fn clone_scalar(&mut self, op: Op<'c>) {
        let operands: Vec<Value> = op.operands().into_iter().map(|value| self.scalar(value)).collect();
        let copy = self.b.insert(op.deep_clone());
        copy.set_operands(&operands);
        op.results().into_iter().zip(copy.results()).for_each(|(old, new)| self.set(old, Lanes::Same(new)));
    }

    /// An index to an integer of another width, or from one.
    fn resize(&self, op: Op<'c>) -> Value<'c> {
        let (from, to) = (op.operand(0), op.result(0).ty());
        let unsigned = op.is("arith.index_castui");
        let name = match width(from.ty()) < width(to) {
            false => "arith.trunci",
            true if unsigned => "arith.extui",
            true => "arith.extsi",
        };
        self.b.val(name, &[self.vector(from)], self.vector_type(to), &[])
    }

    /// Lanes that are not active divide by one.
    fn divide(&self, op: Op<'c>, mask: Option<Value<'c>>) -> Value<'c> {
        let (x, y) = (self.vector(op.operand(0)), self.vector(op.operand(1)));
        let y = mask.map_or(y, |mask| self.b.select(mask, y, self.same_int(op.result(0).ty(), 1)));
        self.b.bin(op.name(), x, y)
    }

    /// A position, from the end when it is negative.
    fn wrap(&self, op: Op<'c>) -> Value<'c> {
        const LESS: i64 = 2;
        let position = self.vector(op.operand(0));
        if !op.has_attr("wraps") {
            return position;
        }
        let negative = self.compare(LESS, position, self.zeros(op.result(0).ty()));
        self.b.select(negative, self.b.bin("arith.addi", position, self.vector(op.operand(1))), position)
    }
}
