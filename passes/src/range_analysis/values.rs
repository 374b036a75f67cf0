//! What the result of each op is, as an integer.
//!
//! Quotients and remainders become symbols with the inequalities that define them: `b·q <= a <= b·q + b - 1`.

use super::facts::{Facts, extremes, width};
use super::form::{Form, Symbol};
use crate::llvm_dialect::MemRef;
use zouk_dialects::ir::{Builder, Op, Value};

/// How many ops back a form that could not be proved exact is tried again with the facts of the present place.
const MAX_RETRIES: usize = 6;
/// The same within one side of a choice, where what is known of the condition bears on the ops close by.
const RETRIES_IN_BRANCH: usize = 1;

/// What the hardware allows of threads and blocks.
fn place_of_thread(op: &str) -> (i128, i128) {
    const THREADS: i128 = 1024;
    const BLOCKS: i128 = (1 << 31) - 1;
    match op {
        "gpu.thread_id" => (0, THREADS - 1),
        "gpu.block_dim" => (1, THREADS),
        "gpu.block_id" => (0, BLOCKS - 1),
        "gpu.grid_dim" => (1, BLOCKS),
        _ => (0, 31),
    }
}

impl<'c> Facts<'c> {
    /// The value as an exact integer: signed, as all integers are at this level.
    pub fn form(&mut self, value: Value<'c>) -> Form<'c> {
        if self.atoms.contains(&value) {
            return Form::value(value);
        }
        if let Some(known) = self.forms.get(&value) {
            let opaque = known.form.is_symbol(Symbol::Value(value));
            if !opaque || known.at == self.learnt || self.retries >= MAX_RETRIES || !may_improve(value) {
                return known.form.clone();
            }
        }
        if !self.work.go_on(self.retries == 0) {
            let known = self.forms.get(&value).map(|known| known.form.clone());
            return known.unwrap_or_else(|| Form::value(value));
        }
        self.retries += 1;
        let form = self.compute(value).unwrap_or_else(|| Form::value(value));
        self.retries -= 1;
        match self.forms.get(&value).map(|known| known.form.clone()) {
            // Facts may speak of the symbol that the value was.
            Some(symbol) if !form.is_symbol(Symbol::Value(value)) => self.equate(value, &symbol, &form),
            _ => self.set_form(value, form.clone()),
        }
        form
    }

    /// None when the value is a symbol.
    fn compute(&mut self, value: Value<'c>) -> Option<Form<'c>> {
        let op = value.def()?;
        let bits = width(value.ty())?;
        match op.name() {
            "arith.constant" => Some(Form::constant(op.int_attr("value")? as i128)),
            "arith.addi" | "arith.subi" | "arith.muli" | "arith.shli" => {
                let form = self.ring(op)?;
                self.fits(&form, bits).then_some(form)
            }
            "arith.index_cast" | "arith.extsi" | "arith.trunci" => {
                let (from, form) = (width(op.operand(0).ty())?, self.form(op.operand(0)));
                (bits > 1 && from > 1 && (from <= bits || self.fits(&form, bits))).then_some(form)
            }
            "arith.extui" | "arith.index_castui" => self.zero_extended(value, op.operand(0), bits),
            "gpu.thread_id" | "gpu.block_id" | "gpu.block_dim" | "gpu.grid_dim" | "gpu.lane_id" => {
                let (least, most) = place_of_thread(op.name());
                self.narrow(Symbol::Value(value), least, most);
                None
            }
            "memref.dim" => Some(self.dim(op.operand(0), Builder::constant_int(op.operand(1))?)),
            "arith.select" => self.selected(value, op),
            "arith.divui" | "arith.divsi" | "arith.floordivsi" | "arith.remsi" | "arith.remui" | "arith.shrui" | "arith.shrsi" => {
                self.divided(value, op, bits);
                None
            }
            "arith.andi" | "arith.minsi" | "arith.maxsi" | "arith.minui" => {
                self.bounded(value, op);
                None
            }
            "rt.index" => self.checked_index(value, op),
            "scf.if" => self.merged(value, op),
            _ => None,
        }
    }

    /// The op's result were there no wrap-around. It is congruent to the op's true result modulo 2^width, and equal when it fits.
    pub fn ring(&mut self, op: Op<'c>) -> Option<Form<'c>> {
        let (a, b) = (self.form(op.operand(0)), self.form(op.operand(1)));
        combine(op.name(), &a, &b)
    }

    /// As `form`, but sums and products are taken apart whether they wrap or not, except those to keep: congruent to the value modulo 2^64.
    pub fn congruent(&mut self, value: Value<'c>, keep: &dyn Fn(Value<'c>) -> bool) -> Form<'c> {
        let mut form = self.form(value);
        let sums: Vec<Symbol<'c>> = form.symbols().collect();
        for symbol in sums {
            let Symbol::Value(part) = symbol else { continue };
            let sum = part.def().filter(|op| is_sum(*op));
            let Some(op) = sum.filter(|_| width(part.ty()) == Some(64) && !keep(part)) else { continue };
            let (a, b) = (self.congruent(op.operand(0), keep), self.congruent(op.operand(1), keep));
            if let Some(apart) = combine(op.name(), &a, &b).and_then(|apart| form.substitute(symbol, &apart)) {
                form = apart;
            }
        }
        form
    }

    fn zero_extended(&mut self, value: Value<'c>, from: Value<'c>, bits: u32) -> Option<Form<'c>> {
        let source = width(from.ty())?;
        if source < bits {
            self.narrow(Symbol::Value(value), 0, (1 << source) - 1);
        }
        let form = self.form(from);
        (source > 1 && source <= bits && self.proves(&form)).then_some(form)
    }

    /// The size of an axis. Sizes are not negative: `rt.alloc` has raised otherwise, and views are made of checked sizes.
    pub fn dim(&mut self, memref: Value<'c>, axis: i64) -> Form<'c> {
        if let Some(size) = MemRef::new(memref.ty()).and_then(|memref| memref.sizes.get(axis as usize).copied().flatten()) {
            return Form::constant(size as i128);
        }
        let symbol = Form::symbol(Symbol::Dim(memref, axis));
        if let Some(form) = self.dim_of_either(memref, axis) {
            return form;
        }
        let Some(op) = memref.def().filter(|op| op.num_regions() == 0) else { return self.carried_dim(memref, axis).unwrap_or(symbol) };
        let size = match op.name() {
            "memref.cast" => return self.dim(op.operand(0), axis),
            "rt.alloc" => op.operands().get(axis as usize).copied(),
            "rt.view" => op.operands().get(2 + axis as usize).copied(),
            _ => None,
        };
        let Some(size) = size else { return symbol };
        let form = self.form(size);
        let (low, high) = self.range_of(Symbol::Dim(memref, axis));
        self.assume(form.plus_constant(-low));
        if let Some(below) = Form::constant(high).minus(&form) {
            self.assume(below);
        }
        form
    }

    /// Of an array that a branch gives, or another one of the same size.
    fn dim_of_either(&mut self, memref: Value<'c>, axis: i64) -> Option<Form<'c>> {
        let branch = memref.def_by("scf.if")?;
        let size = |i: usize| {
            let given = branch.region(i).first_block()?.terminator()?.operand(memref.number());
            let made = std::iter::successors(Some(given), |v| v.def_by("memref.cast").map(|op| op.operand(0))).last()?.def()?;
            let first = match made.name() {
                "rt.alloc" => 0,
                "rt.view" => 2,
                _ => return None,
            };
            made.operands().get(first + axis as usize).copied()
        };
        let [first, second] = [self.form(size(0)?), self.form(size(1)?)];
        let same = first.minus(&second).is_some_and(|difference| difference.as_constant() == Some(0));
        (same || self.proves_ge(&first, &second) && self.proves_ge(&second, &first)).then_some(first)
    }

    /// `select(c, x, y)`: one of the two when c is known, or when both are equal where the other would be taken (`max(n, 0)` of n >= 0).
    fn selected(&mut self, value: Value<'c>, op: Op<'c>) -> Option<Form<'c>> {
        let (condition, x, y) = (op.operand(0), op.operand(1), op.operand(2));
        match self.decide(condition) {
            Some(true) => return Some(self.form(x)),
            Some(false) => return Some(self.form(y)),
            None => {}
        }
        let branch = |facts: &mut Self, truth: bool, mine: Value<'c>, other: Value<'c>| {
            facts.branch(|facts| {
                facts.assume_condition(condition, truth);
                let (mine, other) = (facts.form(mine), facts.form(other));
                let equal = facts.proves_ge(&mine, &other) && facts.proves_ge(&other, &mine);
                (equal, facts.least(&mine), facts.greatest(&mine))
            })
        };
        let (same_as_x, low_y, high_y) = branch(self, false, y, x);
        if same_as_x {
            return Some(self.form(x));
        }
        let (same_as_y, low_x, high_x) = branch(self, true, x, y);
        if same_as_y {
            return Some(self.form(y));
        }
        self.narrow_to_union(value, [(low_x, high_x), (low_y, high_y)]);
        None
    }

    /// As `scope`, for one side of a choice. Few retries, or long chains of choices would take time exponential in `MAX_RETRIES`.
    fn branch<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.retries;
        self.retries = before.max(MAX_RETRIES - RETRIES_IN_BRANCH);
        let result = self.scope(inside);
        self.retries = before;
        result
    }

    fn narrow_to_union(&mut self, value: Value<'c>, ranges: [(Option<i128>, Option<i128>); 2]) {
        let (least, greatest) = extremes(width(value.ty()).unwrap_or(64));
        let low = ranges.iter().map(|r| r.0.unwrap_or(least)).min().unwrap_or(least);
        let high = ranges.iter().map(|r| r.1.unwrap_or(greatest)).max().unwrap_or(greatest);
        self.narrow(Symbol::Value(value), low, high);
    }

    /// The result of an `scf.if`: the range of what its branches yield.
    fn merged(&mut self, value: Value<'c>, op: Op<'c>) -> Option<Form<'c>> {
        let yields = |region: usize| {
            let terminator = op.region(region).first_block()?.terminator();
            terminator.filter(|t| t.num_operands() > value.number()).map(|t| t.operand(value.number()))
        };
        let (x, y) = (yields(0)?, yields(1)?);
        let mut range = |yielded: Value<'c>, truth: bool| {
            self.branch(|facts| {
                facts.assume_condition(op.operand(0), truth);
                let form = facts.form(yielded);
                (facts.least(&form), facts.greatest(&form))
            })
        };
        let ranges = [range(x, true), range(y, false)];
        self.narrow_to_union(value, ranges);
        None
    }

    /// Quotients and remainders by a positive divisor.
    fn divided(&mut self, value: Value<'c>, op: Op<'c>, bits: u32) -> Option<()> {
        let result = Form::value(value);
        let name = op.name();
        let shift = name.starts_with("arith.shr");
        let divisor = match Builder::constant_int(op.operand(1)) {
            Some(n) if shift && (0..62).contains(&n) => Form::constant(1 << n),
            _ if shift => return None,
            _ => self.form(op.operand(1)),
        };
        if !self.proves(&divisor.plus_constant(-1)) {
            return None;
        }
        let unsigned = matches!(name, "arith.divui" | "arith.remui" | "arith.shrui");
        let dividend = if unsigned { self.unsigned_form(op.operand(0), bits)? } else { self.form(op.operand(0)) };
        let positive = self.proves(&dividend);
        if name.starts_with("arith.rem") {
            self.assume_ge(&divisor, &result.plus_constant(1));
            if positive {
                self.assume(result.clone());
                self.assume_ge(&dividend, &result);
                if let Some(most) = self.greatest(&divisor) {
                    self.narrow(Symbol::Value(value), 0, most - 1);
                }
            } else {
                // -divisor < r
                self.assume(divisor.plus(&result, 1)?.plus_constant(-1));
            }
            return Some(());
        }
        let floors = positive || matches!(name, "arith.floordivsi" | "arith.shrsi");
        // A quotient of 2^63 or more is negative as an i64: the unsigned dividend must be divided by 2 at least, or fit.
        let exact = !unsigned || self.fits(&dividend, bits) || self.proves(&divisor.plus_constant(-2));
        if !exact {
            return None;
        }
        if positive {
            self.assume(result.clone());
            if self.fits(&dividend, bits) {
                self.assume_ge(&dividend, &result);
            }
        }
        if floors {
            let product = divisor.times(&result)?;
            self.assume_ge(&dividend, &product);
            self.assume_ge(&product.plus(&divisor, 1)?.plus_constant(-1), &dividend);
        }
        Some(())
    }

    /// The value as an unsigned integer: a sum that is negative as a signed one only because it exceeds the signed range is exact here.
    fn unsigned_form(&mut self, value: Value<'c>, bits: u32) -> Option<Form<'c>> {
        let form = self.congruent(value, &is_product);
        let below = Form::constant((1i128 << bits) - 1).minus(&form)?;
        (self.proves(&form) && self.proves(&below)).then_some(form)
    }

    /// `min`, `max`, `and`.
    fn bounded(&mut self, value: Value<'c>, op: Op<'c>) {
        let result = Form::value(value);
        let operands = [self.form(op.operand(0)), self.form(op.operand(1))];
        let positive = [self.proves(&operands[0]), self.proves(&operands[1])];
        match op.name() {
            "arith.maxsi" => operands.iter().for_each(|o| self.assume_ge(&result, o)),
            "arith.minsi" => operands.iter().for_each(|o| self.assume_ge(o, &result)),
            // The unsigned minimum of two integers is not above a non-negative one.
            "arith.andi" | "arith.minui" => {
                for (operand, positive) in operands.iter().zip(positive) {
                    if positive {
                        self.assume_ge(operand, &result);
                        self.assume(result.clone());
                    }
                }
            }
            _ => {}
        }
        let lows = operands.each_ref().map(|o| self.least(o));
        let highs = operands.each_ref().map(|o| self.greatest(o));
        let (least, greatest) = extremes(width(value.ty()).unwrap_or(64));
        let [a, b] = lows.map(|l| l.unwrap_or(least));
        let [c, d] = highs.map(|h| h.unwrap_or(greatest));
        match op.name() {
            "arith.maxsi" => self.narrow(Symbol::Value(value), a.max(b), c.max(d)),
            "arith.minsi" => self.narrow(Symbol::Value(value), a.min(b), c.min(d)),
            _ => {}
        }
    }

    /// `rt.index p of n`: p itself when that is not negative; at any rate in `[0, n)` when checked.
    fn checked_index(&mut self, value: Value<'c>, op: Op<'c>) -> Option<Form<'c>> {
        let (position, size) = (self.form(op.operand(0)), self.form(op.operand(1)));
        if !op.has_attr("wraps") || self.proves(&position) {
            return Some(position);
        }
        if op.has_attr("checked") {
            let result = Form::value(value);
            self.assume(result.clone());
            self.assume_ge(&size, &result.plus_constant(1));
        }
        None
    }
}

/// Products are better left alone where only differences matter: what is known of them is known of the value.
pub(super) fn is_product(value: Value) -> bool {
    value.def_by("arith.muli").is_some()
}

fn combine<'c>(name: &str, a: &Form<'c>, b: &Form<'c>) -> Option<Form<'c>> {
    match name {
        "arith.addi" => a.plus(b, 1),
        "arith.subi" => a.plus(b, -1),
        "arith.muli" => a.times(b),
        "arith.shli" => {
            let shift = b.as_constant().filter(|s| (0..62).contains(s))?;
            Form::default().plus(a, 1 << shift)
        }
        _ => None,
    }
}

/// Ops whose results are sums and products modulo 2^width.
fn is_sum(op: Op) -> bool {
    matches!(op.name(), "arith.addi" | "arith.subi" | "arith.muli" | "arith.shli")
}

/// Ops whose results may turn out to be exact once more is known.
fn may_improve(value: Value) -> bool {
    value.def().is_some_and(|op| match op.name() {
        "arith.select" | "arith.trunci" | "arith.extui" | "arith.index_cast" | "rt.index" => true,
        "arith.divui" | "arith.divsi" | "arith.floordivsi" | "arith.remsi" => true,
        _ => is_sum(op),
    })
}
