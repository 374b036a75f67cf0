//! What holds in the body of a loop: the bounds of its counter, names that only grow or only shrink, arrays that keep their sizes.

use super::drift::Moves;
use super::facts::{Facts, extremes, width};
use super::form::{Form, Symbol};
use super::values::is_product;
use zouk_dialects::ir::{Builder, MemRefType, Op, Value};

/// The inclusive bounds of a loop's counter in its body.
#[derive(Clone, Debug)]
pub struct Bounds<'c> {
    pub lower: Form<'c>,
    pub upper: Form<'c>,
    /// The distance between two iterations, when it is a constant.
    pub step: Option<i64>,
}

/// A value that a loop carries: its name in the body, what it is at first, and in the next iteration.
#[derive(Clone, Copy)]
pub(super) struct Carried<'c> {
    pub argument: Value<'c>,
    pub init: Value<'c>,
    pub next: Value<'c>,
    /// What it is after the loop.
    pub result: Option<Value<'c>>,
}

/// The values that an `scf.for` or `scf.while` carries.
pub(super) fn carried<'c>(op: Op<'c>) -> Vec<Carried<'c>> {
    let (skip, block, yielding) = match op.name() {
        "scf.for" => (3, op.body(0), op.body(0)),
        "scf.while" => (0, op.body(0), op.body(1)),
        _ => return vec![],
    };
    let arguments = &block.args()[usize::from(skip == 3)..];
    let Some(nexts) = yielding.terminator().map(|t| t.operands()) else { return vec![] };
    let condition = op.body(0).terminator();
    let result = |k: usize| match op.is("scf.for") {
        true => Some(op.result(k)),
        false => (0..op.num_results()).find(|r| condition.is_some_and(|c| c.operand(r + 1) == arguments[k])).map(|r| op.result(r)),
    };
    let inits = &op.operands()[skip..];
    (0..arguments.len().min(nexts.len())).map(|k| Carried { argument: arguments[k], init: inits[k], next: nexts[k], result: result(k) }).collect()
}

impl<'c> Facts<'c> {
    /// The bounds of the loop whose counter this is, when the walk is inside it.
    pub fn bounds(&self, counter: Symbol<'c>) -> Option<&Bounds<'c>> {
        match counter {
            Symbol::Value(value) => self.bounds_of(value),
            Symbol::Dim(..) => None,
        }
    }

    /// Takes for granted, in the present scope, what holds in the body of an `scf.for`.
    pub(super) fn enter_for(&mut self, op: Op<'c>) -> Vec<Moves> {
        let counter = op.body(0).arg(0);
        let (from, to) = (op.operand(0), op.operand(1));
        let lower = self.form(from);
        let bits = width(counter.ty()).unwrap_or(64);
        if op.has_attr("unsignedCmp") {
            let end = self.form(to);
            if !(self.proves(&lower) && self.proves(&end)) {
                return self.enter_carrying(op);
            }
        }
        let end = self.refined_end(to, &lower);
        let step = Builder::constant_int(op.operand(2));
        self.assume_ge(&end.plus_constant(-1), &lower);
        let iv = Form::value(counter);
        // `counter < end` is tested before the body; `counter >= from` needs that `counter + step` does not wrap below `end + step`.
        let upper = end.plus_constant(-1);
        self.assume_ge(&upper, &iv);
        let stride = self.form(op.operand(2));
        let no_wrap = match step {
            // Counter, end and step are below 2^(bits - 1), and sums are compared as unsigned numbers.
            _ if op.has_attr("unsignedCmp") => self.proves(&stride.plus_constant(-1)),
            Some(step) => step == 1 || (step > 1 && self.greatest(&upper.plus_constant(step as i128)).is_some_and(|g| g <= extremes(bits).1)),
            None => self.proves(&stride.plus_constant(-1)) && upper.plus(&stride, 1).is_some_and(|last| self.fits(&last, bits)),
        };
        if no_wrap {
            self.assume_ge(&iv, &lower);
            self.set_bounds(counter, Bounds { lower, upper, step });
        }
        self.enter_carrying(op)
    }

    /// The end of a range whose body runs. The length of `range(start, stop)` is `select(start < stop, stop - start, 0)`, computed in
    /// wrapping arithmetic: where the body runs, the condition holds, and `stop - start`, which is in [1, 2^64), has not wrapped: it would be negative.
    fn refined_end(&mut self, to: Value<'c>, lower: &Form<'c>) -> Form<'c> {
        let end = self.form(to);
        let select = match to.def() {
            Some(op) if op.is("arith.select") => op,
            Some(op) if op.is("arith.index_cast") && width(op.operand(0).ty()) == Some(64) => {
                let inner = self.refined_end(op.operand(0), lower);
                self.equate(to, &end, &inner);
                return inner;
            }
            _ => return end,
        };
        if !end.is_symbol(Symbol::Value(to)) {
            return end;
        }
        let (condition, taken, other) = (select.operand(0), select.operand(1), select.operand(2));
        let empty = self.form(other);
        if !self.proves_ge(lower, &empty) {
            return end;
        }
        self.assume_condition(condition, true);
        let mut length = self.form(taken);
        if length.is_symbol(Symbol::Value(taken)) && self.proves(lower) {
            let exact = self.congruent(taken, &is_product);
            let (low, high) = (exact.plus_constant(-1), Form::constant((1 << 64) - 1).minus(&exact));
            if self.proves(&low) && high.is_some_and(|high| self.greatest_below_2_64(&exact) || self.proves(&high)) {
                self.equate(taken, &length, &exact);
                length = exact;
            }
        }
        self.equate(to, &end, &length);
        length
    }

    /// A difference of two 64-bit integers is below 2^64, whatever they are.
    fn greatest_below_2_64(&self, form: &Form<'c>) -> bool {
        self.greatest(form).is_some_and(|g| g < 1 << 64)
    }

    /// Takes a value that was known by `old` to be `form`.
    pub(super) fn equate(&mut self, value: Value<'c>, old: &Form<'c>, form: &Form<'c>) {
        self.assume_ge(old, form);
        self.assume_ge(form, old);
        self.set_form(value, form.clone());
    }

    /// In the body of an `scf.while`: its condition holds, and the body's names are what the condition passes on.
    pub(super) fn pass_condition(&mut self, op: Op<'c>) {
        let Some(condition) = op.body(0).terminator().filter(|t| t.is("scf.condition")) else { return };
        self.assume_condition(condition.operand(0), true);
        for (argument, passed) in op.body(1).args().into_iter().zip(&condition.operands()[1..]) {
            if width(argument.ty()).is_some_and(|w| w > 1) {
                let form = self.form(*passed);
                self.set_form(argument, form);
            }
        }
    }

    /// The size of a carried array, when every iteration hands on arrays of the size that the first has.
    pub(super) fn carried_dim(&mut self, memref: Value<'c>, axis: i64) -> Option<Form<'c>> {
        if let Some(known) = self.known_dim((memref, axis)) {
            return known.clone();
        }
        let op = match memref.def() {
            Some(op) => op,
            None => memref.owner_block()?.parent()?,
        };
        if !matches!(op.name(), "scf.for" | "scf.while") {
            return None;
        }
        if op.is("scf.while") && memref.owner_block() == op.region(1).first_block() {
            let passed = op.body(0).terminator()?.operand(1 + memref.number());
            return Some(self.dim(passed, axis));
        }
        self.induce_dims(op);
        self.known_dim((memref, axis)).cloned().flatten()
    }

    /// Supposes that all carried arrays keep their sizes, and gives up those that do not until the rest is consistent. To be called where no more
    /// is known than at the head of the loop.
    pub(super) fn induce_dims(&mut self, op: Op<'c>) {
        let arrays: Vec<(Carried<'c>, i64)> = carried(op)
            .into_iter()
            .filter_map(|c| MemRefType::try_from(c.argument.ty()).ok().map(|t| (c, t)))
            .flat_map(|(c, t)| (0..rank(t) as i64).map(move |axis| (c, axis)))
            .collect();
        let mut supposed: Vec<Option<Form<'c>>> = arrays.iter().map(|(c, axis)| Some(self.dim(c.init, *axis))).collect();
        loop {
            // What was concluded from a wrong supposition goes with the scope.
            let nexts: Vec<Form<'c>> = self.scope(|facts| {
                facts.suppose(&arrays, &supposed);
                arrays.iter().map(|(c, axis)| facts.dim(c.next, *axis)).collect()
            });
            let holds = |i: usize| supposed[i].as_ref().is_none_or(|s| s.minus(&nexts[i]).is_some_and(|d| d.as_constant() == Some(0)));
            let wrong: Vec<usize> = (0..arrays.len()).filter(|i| !holds(*i)).collect();
            if wrong.is_empty() {
                return self.suppose(&arrays, &supposed);
            }
            wrong.into_iter().for_each(|i| supposed[i] = None);
        }
    }

    fn suppose(&mut self, arrays: &[(Carried<'c>, i64)], supposed: &[Option<Form<'c>>]) {
        for ((carried, axis), form) in arrays.iter().zip(supposed) {
            self.set_dim((carried.argument, *axis), form.clone());
            if let Some(result) = carried.result {
                self.set_dim((result, *axis), form.clone());
            }
        }
    }
}

fn rank(ty: MemRefType) -> usize {
    use melior::ir::ShapedTypeLike;
    ty.rank()
}
