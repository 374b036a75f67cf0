//! What a value is in all lanes, and arithmetic with such values.

use super::candidate::width;
use super::emit::Emit;
use zouk_dialects::ir::{Builder, Type, TypeLike, Value, vector_parts};

/// A value of the loop's body, in all lanes.
#[derive(Clone, Copy)]
pub enum Lanes<'c> {
    /// The same in all.
    Same(Value<'c>),
    /// An integer that grows from lane to lane: the first, and by how much.
    Steps(Value<'c>, Step<'c>),
    /// An element for each; indices are i64.
    Each(Value<'c>),
}

#[derive(Clone, Copy)]
pub enum Step<'c> {
    Known(i64),
    Value(Value<'c>),
}

impl<'c> Step<'c> {
    fn value(self, b: &Builder<'c>, ty: Type<'c>) -> Value<'c> {
        match self {
            Step::Known(step) => b.c_int(ty, step),
            Step::Value(value) => b.index_cast(value, ty),
        }
    }
}

impl<'c> Emit<'c> {
    /// The type of a lane: vectors have no indices.
    pub fn lane_type(&self, ty: Type<'c>) -> Type<'c> {
        if ty.is_index() { self.b.i64() } else { ty }
    }

    pub fn vector_type(&self, ty: Type<'c>) -> Type<'c> {
        Type::vector(&[self.lanes as u64], self.lane_type(ty))
    }

    pub fn splat(&self, value: Value<'c>) -> Value<'c> {
        let lane = self.b.index_cast(value, self.lane_type(value.ty()));
        self.b.val("vector.broadcast", &[lane], self.vector_type(value.ty()), &[])
    }

    /// A constant in all lanes.
    pub fn same_int(&self, ty: Type<'c>, value: i64) -> Value<'c> {
        self.splat(self.b.c_int(ty, value))
    }

    pub fn zeros(&self, ty: Type<'c>) -> Value<'c> {
        let ty = self.lane_type(ty);
        self.splat(if width(ty).is_some() && !(ty.is_f64() || ty.is_f32()) { self.b.c_int(ty, 0) } else { self.b.c_float(ty, 0.0) })
    }

    /// As a vector.
    pub fn spread(&self, value: Lanes<'c>) -> Value<'c> {
        match value {
            Lanes::Each(vector) => vector,
            Lanes::Same(scalar) => self.splat(scalar),
            Lanes::Steps(first, step) => {
                let ty = self.vector_type(first.ty());
                let factor = if let Step::Known(step) = step { step } else { 1 };
                let numbers: Vec<String> = (0..self.lanes).map(|lane| lane.wrapping_mul(factor).to_string()).collect();
                let numbers = self.b.val("arith.constant", &[], ty, &[("value", self.b.parse_attr(&format!("dense<[{}]> : {ty}", numbers.join(", "))))]);
                let numbers = match step {
                    Step::Known(_) => numbers,
                    Step::Value(step) => self.b.bin("arith.muli", numbers, self.splat(step)),
                };
                self.b.bin("arith.addi", self.splat(first), numbers)
            }
        }
    }

    /// An integer in one lane, as an index.
    pub fn lane(&self, value: Lanes<'c>, number: i64) -> Value<'c> {
        let index = self.b.index();
        match value {
            Lanes::Same(scalar) => self.b.index_cast(scalar, index),
            Lanes::Steps(first, step) => {
                let far = match step {
                    Step::Known(step) => self.b.c_index(number.wrapping_mul(step)),
                    Step::Value(step) => self.b.bin("arith.muli", self.b.c_index(number), self.b.index_cast(step, index)),
                };
                self.b.bin("arith.addi", self.b.index_cast(first, index), far)
            }
            Lanes::Each(vector) => self.b.index_cast(self.extract(vector, number), index),
        }
    }

    pub fn extract(&self, vector: Value<'c>, number: i64) -> Value<'c> {
        let element = vector_parts(vector.ty()).map_or(vector.ty(), |(_, ty)| ty);
        self.b.val("vector.extract", &[vector], element, &[("static_position", self.b.i64_array(&[number]))])
    }

    /// Integers of one type.
    pub fn add(&self, x: Lanes<'c>, y: Lanes<'c>) -> Lanes<'c> {
        match (x, y) {
            (Lanes::Same(x), Lanes::Same(y)) => Lanes::Same(self.b.bin("arith.addi", x, y)),
            (Lanes::Steps(x, step), Lanes::Same(y)) | (Lanes::Same(y), Lanes::Steps(x, step)) => Lanes::Steps(self.b.bin("arith.addi", x, y), step),
            (Lanes::Steps(x, s), Lanes::Steps(y, t)) => {
                let step = match (s, t) {
                    (Step::Known(s), Step::Known(t)) => Step::Known(s.wrapping_add(t)),
                    _ => Step::Value(self.b.bin("arith.addi", s.value(&self.b, x.ty()), t.value(&self.b, x.ty()))),
                };
                Lanes::Steps(self.b.bin("arith.addi", x, y), step)
            }
            _ => Lanes::Each(self.b.bin("arith.addi", self.spread(x), self.spread(y))),
        }
    }

    /// The difference to what is the same in all lanes.
    pub fn sub(&self, x: Lanes<'c>, y: Lanes<'c>) -> Lanes<'c> {
        match (x, y) {
            (Lanes::Steps(x, step), Lanes::Same(y)) => Lanes::Steps(self.b.bin("arith.subi", x, y), step),
            _ => Lanes::Each(self.b.bin("arith.subi", self.spread(x), self.spread(y))),
        }
    }

    pub fn mul(&self, x: Lanes<'c>, y: Lanes<'c>) -> Lanes<'c> {
        match (x, y) {
            (Lanes::Same(x), Lanes::Same(y)) => Lanes::Same(self.b.bin("arith.muli", x, y)),
            (Lanes::Steps(x, step), Lanes::Same(y)) | (Lanes::Same(y), Lanes::Steps(x, step)) => {
                let by = match (step, Builder::constant_int(y)) {
                    (Step::Known(step), Some(y)) => Step::Known(step.wrapping_mul(y)),
                    _ => Step::Value(self.b.bin("arith.muli", step.value(&self.b, y.ty()), y)),
                };
                Lanes::Steps(self.b.bin("arith.muli", x, y), by)
            }
            _ => Lanes::Each(self.b.bin("arith.muli", self.spread(x), self.spread(y))),
        }
    }

    /// To an index, or from one, when as wide.
    pub fn cast_index(&self, value: Lanes<'c>, to: Type<'c>) -> Lanes<'c> {
        match value {
            Lanes::Same(scalar) => Lanes::Same(self.b.index_cast(scalar, to)),
            Lanes::Steps(first, Step::Value(step)) => Lanes::Steps(self.b.index_cast(first, to), Step::Value(self.b.index_cast(step, to))),
            Lanes::Steps(first, step) => Lanes::Steps(self.b.index_cast(first, to), step),
            Lanes::Each(vector) => Lanes::Each(vector),
        }
    }

    // Masks.

    /// Whether any lane is active.
    pub fn any(&self, mask: Value<'c>) -> Value<'c> {
        self.b.val("vector.reduction", &[mask], self.b.i1(), &[("kind", self.b.parse_attr("#vector.kind<or>"))])
    }

    /// Where both hold; the second one may be anything where the first does not.
    pub fn both(&self, mask: Option<Value<'c>>, condition: Value<'c>) -> Value<'c> {
        match mask {
            Some(mask) => self.b.select(mask, condition, self.zeros(self.b.i1())),
            None => condition,
        }
    }

    pub fn not(&self, mask: Value<'c>) -> Value<'c> {
        self.b.bin("arith.xori", mask, self.same_int(self.b.i1(), 1))
    }

    pub fn compare(&self, predicate: i64, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.b.val("arith.cmpi", &[x, y], self.vector_type(self.b.i1()), &[("predicate", self.b.int_attr(self.b.i64(), predicate))])
    }
}
