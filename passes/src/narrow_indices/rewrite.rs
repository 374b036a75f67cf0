//! Arithmetic in 32 bits, and what goes to and fro.

use super::{Fit, NARROW, arrays, carried, find::Found, is_wide};
use zouk_dialects::ir::{Attribute, Builder, Op, Type, TypeLike, Value};

pub fn rewrite<'c>(function: Op<'c>, found: &Found<'c>) {
    let rewrite = Rewrite { found };
    for op in function.collect(|op| op != function) {
        rewrite.op(op);
    }
}

struct Rewrite<'a, 'c> {
    found: &'a Found<'c>,
}

impl<'c> Rewrite<'_, 'c> {
    fn op(&self, op: Op<'c>) {
        match op.name() {
            "arith.addi" | "arith.subi" | "arith.muli" | "arith.shli" => self.sum(op),
            "arith.cmpi" => self.comparison(op),
            "arith.select" => self.choice(op, &[1, 2]),
            "arith.minsi" | "arith.maxsi" => self.choice(op, &[0, 1]),
            "arith.divsi" | "arith.floordivsi" | "arith.remsi" | "arith.divui" | "arith.remui" | "arith.minui" | "arith.maxui" | "arith.andi" | "arith.shrsi" | "arith.shrui" => self.positive(op),
            "arith.sitofp" | "arith.uitofp" => self.float(op),
            "arith.trunci" if is_wide(op.operand(0).ty()) => self.cut(op),
            "scf.for" => {
                self.counter(op);
                self.hand_on(op);
            }
            "memref.load" | "memref.store" => self.access(op),
            "scf.while" | "scf.if" => self.hand_on(op),
            _ => {}
        }
    }

    fn operand(&self, op: Op<'c>, i: usize) -> Fit {
        self.found.operand(op, i)
    }

    /// The result is `narrow`, which fits.
    fn replace(&self, op: Op<'c>, narrow: Value<'c>, fit: Fit) {
        let result = op.result(0);
        let wide = widened(&Builder::before(op), narrow, result.ty(), fit);
        result.replace_all_uses(wide);
        op.erase();
    }

    fn both(&self, op: Op<'c>) -> Fit {
        self.operand(op, 0).and(self.operand(op, 1))
    }

    /// The same in 32 bits.
    fn narrow(&self, op: Op<'c>, attrs: &[(&str, Attribute<'c>)]) -> Value<'c> {
        let b = Builder::before(op);
        let operands: Vec<Value> = op.operands().into_iter().map(|operand| if is_wide(operand.ty()) { narrowed(&b, operand) } else { operand }).collect();
        b.val(op.name(), &operands, b.int(32), attrs)
    }

    /// Modulo 2^32 the parts need not fit.
    fn sum(&self, op: Op<'c>) {
        let Some(fit) = self.found.results.get(&op.result(0)).filter(|fit| fit.any()) else { return };
        if op.is("arith.shli") && !Builder::constant_int(op.operand(1)).is_some_and(|n| (0..32).contains(&n)) {
            return;
        }
        let exact = self.both(op).and(*fit);
        let b = Builder::before(op);
        let flags = match (exact.signed, exact.unsigned) {
            (true, true) => "#arith.overflow<nsw, nuw>",
            (true, false) => "#arith.overflow<nsw>",
            (false, true) => "#arith.overflow<nuw>",
            (false, false) => "#arith.overflow<none>",
        };
        let narrow = self.narrow(op, &[("overflowFlags", b.parse_attr(flags))]);
        self.replace(op, narrow, *fit);
    }

    fn comparison(&self, op: Op<'c>) {
        const SIGNED: std::ops::RangeInclusive<i64> = 2..=5;
        /// From slt … sge to ult … uge.
        const UNSIGNED: i64 = 4;
        let Some(predicate) = op.int_attr("predicate").filter(|_| is_wide(op.operand(0).ty())) else { return };
        let fit = self.both(op);
        let b = Builder::before(op);
        if fit.signed && predicate <= *SIGNED.end() {
        } else if fit.unsigned {
            if SIGNED.contains(&predicate) {
                op.set_attr("predicate", b.int_attr(b.i64(), predicate + UNSIGNED));
            }
        } else {
            return;
        }
        (0..2).for_each(|i| op.set_operand(i, narrowed(&b, op.operand(i))));
    }

    /// The result is one of the operands.
    fn choice(&self, op: Op<'c>, of: &[usize]) {
        if !is_wide(op.result(0).ty()) {
            return;
        }
        let fit = of.iter().map(|i| self.operand(op, *i)).reduce(Fit::and).unwrap_or_default();
        // Minima and maxima are signed.
        let fits = if op.is("arith.select") { fit.any() } else { fit.signed };
        if fits {
            self.replace(op, self.narrow(op, &[]), fit);
        }
    }

    /// Of two numbers that are not negative: the result is none either, and signed or unsigned is the same.
    fn positive(&self, op: Op<'c>) {
        if !is_wide(op.result(0).ty()) {
            return;
        }
        let mut fit = self.both(op);
        if op.is("arith.andi") {
            // A number without high bits clears those of the other.
            fit = [0, 1].into_iter().map(|i| self.operand(op, i)).find(|fit| fit.signed && fit.unsigned).unwrap_or_default();
        }
        let shift = op.name().starts_with("arith.shr");
        let in_range = !shift || Builder::constant_int(op.operand(1)).is_some_and(|n| (0..32).contains(&n));
        if fit.signed && fit.unsigned && in_range {
            self.replace(op, self.narrow(op, &[]), fit);
        }
    }

    fn float(&self, op: Op<'c>) {
        let fit = self.operand(op, 0);
        let b = Builder::before(op);
        if fit.signed && op.is("arith.sitofp") || fit.unsigned && op.is("arith.uitofp") {
            op.set_operand(0, narrowed(&b, op.operand(0)));
        } else if fit.unsigned {
            let float = b.val("arith.uitofp", &[narrowed(&b, op.operand(0))], op.result(0).ty(), &[]);
            op.result(0).replace_all_uses(float);
            op.erase();
        }
    }

    fn cut(&self, op: Op<'c>) {
        let b = Builder::before(op);
        let bits = crate::range_analysis::width(op.result(0).ty()).unwrap_or(64);
        if bits > 32 {
            return;
        }
        let narrow = narrowed(&b, op.operand(0));
        if bits < 32 {
            op.set_operand(0, narrow);
        } else {
            op.result(0).replace_all_uses(narrow);
            op.erase();
        }
    }

    /// A loop whose counter is never above its end, or is compared as an unsigned number.
    fn counter(&self, op: Op<'c>) {
        if !is_wide(op.operand(0).ty()) {
            return;
        }
        let fits: Vec<Fit> = (0..3).map(|i| self.operand(op, i)).collect();
        let unsigned = fits.iter().all(|fit| fit.signed && fit.unsigned);
        let by_one = Builder::constant_int(op.operand(2)) == Some(1);
        if !unsigned && (op.has_attr("unsignedCmp") || !by_one || !fits.iter().all(|fit| fit.signed)) {
            return;
        }
        if unsigned && !by_one {
            op.set_unit("unsignedCmp");
        }
        let b = Builder::before(op);
        (0..3).for_each(|i| op.set_operand(i, narrowed(&b, op.operand(i))));
        retype(&b, op.body(0).arg(0), Fit { signed: true, unsigned }, op.body(0).first());
    }

    fn access(&self, op: Op<'c>) {
        let Some(first) = arrays::first_index(op) else { return };
        if arrays::is_small(op.operand(first - 1)) && (first..op.num_operands()).all(|i| self.operand(op, i).any()) {
            op.set_unit(NARROW);
        }
    }

    /// What loops and branches hand on.
    fn hand_on(&self, op: Op<'c>) {
        for carried in carried(op) {
            let Some(fit) = carried.targets.first().and_then(|target| self.found.targets.get(target)) else { continue };
            let b = Builder::before(op);
            for (at, i) in carried.sources {
                at.set_operand(i, narrowed(&Builder::before(at), at.operand(i)));
            }
            for target in carried.targets {
                let next = if target.def().is_some() { op.next() } else { target.owner_block().and_then(|block| block.first()) };
                retype(&b, target, *fit, next);
            }
        }
    }
}

/// The value has 32 bits from now on; before `next` it is made wide for those that use it.
fn retype<'c>(b: &Builder<'c>, value: Value<'c>, fit: Fit, next: Option<Op<'c>>) {
    let Some(next) = next else { return };
    let ty = value.ty();
    value.set_type(b.int(32));
    let wide = widened(&Builder::before(next), value, ty, fit);
    value.replace_all_uses(wide);
    if let Some(op) = wide.def() {
        op.set_operand(0, value);
    }
}

fn widened<'c>(b: &Builder<'c>, narrow: Value<'c>, ty: Type<'c>, fit: Fit) -> Value<'c> {
    let name = match (ty.is_index(), fit.signed) {
        (true, true) => "arith.index_cast",
        (true, false) => "arith.index_castui",
        (false, true) => "arith.extsi",
        (false, false) => "arith.extui",
    };
    b.val(name, &[narrow], ty, &[])
}

/// The lower 32 bits.
fn narrowed<'c>(b: &Builder<'c>, value: Value<'c>) -> Value<'c> {
    let narrow = b.int(32);
    if let Some(constant) = Builder::constant_int(value) {
        return b.c_int(narrow, i64::from(constant as i32));
    }
    if let Some(op) = value.def().filter(|op| matches!(op.name(), "arith.extsi" | "arith.extui" | "arith.index_cast" | "arith.index_castui")) {
        let from = op.operand(0);
        match crate::range_analysis::width(from.ty()) {
            Some(32) => return from,
            Some(64) => return narrowed(b, from),
            Some(bits) if bits < 32 => {
                let name = if op.name().ends_with("ui") { "arith.extui" } else { "arith.extsi" };
                return b.val(name, &[from], narrow, &[]);
            }
            _ => {}
        }
    }
    let name = if value.ty().is_index() { "arith.index_cast" } else { "arith.trunci" };
    b.val(name, &[value], narrow, &[])
}
