//! Places in a view that an iteration makes, as places in the array that it is of.
//!
//! The offset and the strides of a view are taken apart by the strides S of its base: `offset = Σ start·S`, and each of its strides is `step·S`. An element of the view then is
//! the base's element at `start + Σ step·place` along each axis, provided that all of these are places of the base: which is proved, so that it does not matter how the view
//! was written. Rows and columns, slices of them, backwards or with steps, planes, transposed ones and those that are stretched are all of this kind.

use super::accesses::{Collect, Range, beside_new, is_packed, uncast};
use crate::llvm_dialect::MemRef;
use crate::parallel::is_inside;
use crate::range_analysis::{Facts, Form, Symbol};
use zouk_dialects::ir::{Builder, Op, Value};

/// The indices in the base of an access of a view; none along any axis where that is not seen.
pub fn in_base<'c>(collect: &Collect<'c>, facts: &mut Facts<'c>, view: Op<'c>, base: Value<'c>, axes: &[Option<Range<'c>>]) -> Vec<Option<Range<'c>>> {
    let rank = MemRef::new(base.ty()).map_or(0, |m| m.rank());
    if is_reshaped(facts, view, base) {
        return (0..rank as i64).map(|axis| whole(collect, facts, base, axis)).collect();
    }
    let Some(strides) = Strides::of(collect, facts, base, view.operand(0)) else { return vec![None; rank] };
    let doubtful = Mapping::doubtful(facts, view, &strides);
    let ways = 0..1 << doubtful.len().min(3);
    let mapped = ways.into_iter().find_map(|way| Mapping::of(facts, view, base, &strides, &doubtful, way)?.apply(collect, facts, axes));
    mapped.unwrap_or_else(|| vec![None; rank])
}

/// The bytes of a record that a field of it is; none where it is not seen that they are bytes of it.
pub fn field<'c>(collect: &Collect<'c>, facts: &mut Facts<'c>, view: Op<'c>, record: Value<'c>) -> Option<Vec<Option<Range<'c>>>> {
    let (field, of) = (MemRef::new(view.result(0).ty())?, MemRef::new(record.ty())?);
    if of.rank() != 1 || of.item_size() != 1 {
        return None;
    }
    let mut places = 1;
    for axis in 0..field.rank() {
        let [size, stride] = [0, field.rank()].map(|skip| Builder::constant_int(view.operand(2 + skip + axis)));
        places += (size? - 1).checked_mul(stride.filter(|stride| *stride >= 0)?)?;
    }
    let start = collect.range(facts, view.operand(1))?;
    let high = start.high.plus_constant((places * field.item_size() - 1) as i128);
    let inside = facts.proves(&start.low) && facts.dim(record, 0).minus(&high).is_some_and(|rest| facts.proves(&rest.plus_constant(-1)));
    (inside && start.exact).then(|| vec![Some(Range { high, ..start })])
}

/// All places along an axis.
fn whole<'c>(collect: &Collect<'c>, facts: &mut Facts<'c>, array: Value<'c>, axis: i64) -> Option<Range<'c>> {
    let last = facts.dim(array, axis).plus_constant(-1);
    collect.between(facts, Form::constant(0), last, true)
}

/// Whether a view of packed elements is all of its packed base, with other sizes.
fn is_reshaped<'c>(facts: &mut Facts<'c>, view: Op<'c>, base: Value<'c>) -> bool {
    if !is_packed(view.result(0)) || !is_packed(base) || Builder::constant_int(view.operand(1)) != Some(0) {
        return false;
    }
    let ranks = [view.result(0), base].map(|array| MemRef::new(array.ty()).map_or(0, |m| m.rank()));
    let mut dims: Vec<Form<'c>> = (0..ranks[1] as i64).map(|axis| facts.dim(base, axis)).collect();
    let mut rest = view.operands()[2..2 + ranks[0]].to_vec();
    while let Some(size) = rest.pop() {
        let form = facts.form(size);
        match dims.iter().position(|dim| *dim == form) {
            Some(known) => _ = dims.swap_remove(known),
            None if form.as_constant() == Some(1) => {}
            None => match size.def_by("arith.muli") {
                Some(product) => rest.extend(product.operands()),
                None => return false,
            },
        }
    }
    dims.iter().all(|dim| dim.as_constant() == Some(1))
}

/// Takes for granted, in the present scope, that the views that an access goes through have elements: else there is no access.
pub fn assume_places<'c>(facts: &mut Facts<'c>, mut view: Value<'c>, the_loop: Op<'c>) {
    view = beside_new(view);
    while let Some(op) = view.def().filter(|op| is_inside(view, the_loop) && matches!(op.name(), "rt.view" | "memref.cast")) {
        if op.is("rt.view") {
            let rank = MemRef::new(view.ty()).map_or(0, |m| m.rank());
            for size in &op.operands()[2..2 + rank] {
                let size = facts.form(*size);
                facts.assume(size.plus_constant(-1));
                let settled = settle(facts, size);
                facts.assume(settled.plus_constant(-1));
            }
        }
        view = beside_new(op.operand(0));
    }
}

/// The form with a minimum, a maximum or a choice replaced by the one of its operands that it is known to be.
pub fn settled<'c>(facts: &mut Facts<'c>, form: &Form<'c>, symbol: Symbol<'c>) -> Option<Form<'c>> {
    let Symbol::Value(value) = symbol else { return None };
    let op = value.def()?;
    let first = if op.is("arith.select") { 1 } else { 0 };
    if !matches!(op.name(), "arith.select" | "arith.minsi" | "arith.maxsi") {
        return None;
    }
    let (a, b, it) = (facts.form(op.operand(first)), facts.form(op.operand(first + 1)), Form::symbol(symbol));
    let is_not = |facts: &mut Facts<'c>, other: &Form<'c>| facts.proves_ge(&it, &other.plus_constant(1)) || facts.proves_ge(&other.plus_constant(-1), &it);
    let takes_first = match op.name() {
        "arith.minsi" if facts.proves_ge(&b, &a) => Some(true),
        "arith.minsi" if facts.proves_ge(&a, &b) => Some(false),
        "arith.maxsi" if facts.proves_ge(&a, &b) => Some(true),
        "arith.maxsi" if facts.proves_ge(&b, &a) => Some(false),
        "arith.select" => facts.decide(op.operand(0)),
        _ => None,
    };
    let by_order = takes_first.is_some();
    let takes_first = match takes_first {
        None if is_not(facts, &b) => true,
        None if is_not(facts, &a) => false,
        known => known?,
    };
    if op.is("arith.select") {
        facts.assume_condition(op.operand(0), takes_first);
    }
    let taken = if takes_first { a } else { b };
    // What follows from the order of the operands is known without this, and proofs look at the newest facts only.
    if !by_order {
        facts.assume_ge(&it, &taken);
        facts.assume_ge(&taken, &it);
    }
    form.substitute(symbol, &taken)
}

/// The form with all that is known of its minima, maxima and choices.
fn settle<'c>(facts: &mut Facts<'c>, mut form: Form<'c>) -> Form<'c> {
    for _ in 0..8 {
        let symbols: Vec<Symbol<'c>> = form.symbols().collect();
        match symbols.into_iter().find_map(|symbol| settled(facts, &form, symbol)) {
            Some(next) => form = next,
            None => break,
        }
    }
    form
}

/// What a minimum is not above, or a maximum not below: the operand that moves with the loop's counter, rather.
pub fn end_of<'c>(facts: &mut Facts<'c>, symbol: Symbol<'c>, upper: bool, counter: Value<'c>) -> Option<Form<'c>> {
    let Symbol::Value(value) = symbol else { return None };
    let ends = extremes(value, upper)?.map(|end| facts.form(end));
    let moves = ends.iter().position(|end| end.symbols().any(|s| s == Symbol::Value(counter)));
    Some(ends[moves.unwrap_or(0)].clone())
}

/// The operands of a minimum, or a maximum, which may be written as a choice by a comparison of the two.
fn extremes(value: Value, minimum: bool) -> Option<[Value; 2]> {
    if let Some(op) = value.def_by(if minimum { "arith.minsi" } else { "arith.maxsi" }) {
        return Some([op.operand(0), op.operand(1)]);
    }
    let choice = value.def_by("arith.select")?;
    let [x, y] = [choice.operand(1), choice.operand(2)];
    let test = choice.operand(0).def_by("arith.cmpi").filter(|test| [test.operand(0), test.operand(1)] == [x, y] || [test.operand(0), test.operand(1)] == [y, x])?;
    // slt, sle, sgt, sge
    let less = match test.int_attr("predicate") {
        Some(2 | 3) => true,
        Some(4 | 5) => false,
        _ => return None,
    };
    let takes_smaller = less == (test.operand(0) == x);
    (takes_smaller == minimum).then_some([x, y])
}

/// The strides of an array.
struct Strides<'c> {
    /// The array, and what may be a copy of it instead, which is nobody's business then.
    names: [Value<'c>; 2],
    rank: usize,
    /// As values, of a view.
    values: Vec<Value<'c>>,
    /// Where they are known as such.
    forms: Vec<Form<'c>>,
    packed: bool,
}

impl<'c> Strides<'c> {
    fn of(collect: &Collect<'c>, facts: &mut Facts<'c>, base: Value<'c>, name: Value<'c>) -> Option<Self> {
        let array = uncast(base);
        let memref = MemRef::new(array.ty())?;
        let rank = memref.rank();
        let mut strides = Strides { names: [array, uncast(name)], rank, values: vec![], forms: vec![], packed: true };
        if is_packed(array) {
            strides.forms = collect.packed_strides(facts, array, rank)?;
        } else if memref.is_column_major() {
            strides.forms = vec![Form::constant(1)];
            for axis in 1..rank {
                strides.forms.push(strides.forms[axis - 1].times(&facts.dim(array, axis as i64 - 1))?);
            }
        } else {
            strides.packed = false;
            if let Some(view) = array.def_by("rt.view") {
                strides.values = view.operands()[2 + rank..].to_vec();
                strides.forms = strides.values.clone().into_iter().map(|value| facts.form(value)).collect();
            }
        }
        Some(strides)
    }

    /// The axis whose stride a value is; the one of the largest stride first.
    fn axis(&self, facts: &mut Facts<'c>, value: Value<'c>) -> Option<usize> {
        if let Some(op) = value.def_by("memref.extract_strided_metadata").filter(|op| self.names.contains(&uncast(op.operand(0)))) {
            return value.number().checked_sub(2 + self.rank).filter(|_| op.num_operands() == 1);
        }
        if let Some(axis) = self.values.iter().position(|stride| *stride == value) {
            return Some(axis);
        }
        // That the sums are equal modulo 2^64 is enough: the places are looked at as integers.
        let form = facts.congruent(value, &|_| false);
        let first_is_largest = self.forms.first().and_then(|f| f.as_constant()) != Some(1);
        if first_is_largest { self.forms.iter().position(|f| *f == form) } else { self.forms.iter().rposition(|f| *f == form) }
    }

    /// What a sum adds up, but for zeros.
    fn summands(&self, facts: &mut Facts<'c>, sum: Value<'c>) -> Vec<Value<'c>> {
        let (mut found, mut rest) = (vec![], vec![sum]);
        while let Some(term) = rest.pop() {
            match term.def_by("arith.addi") {
                _ if Builder::constant_int(term) == Some(0) => {}
                Some(sum) if self.axis(facts, term).is_none() => rest.extend(sum.operands()),
                _ => found.push(term),
            }
        }
        found
    }

    /// A number of elements as `factor · stride`: the axis, and the factor, which is 1 where there is none.
    fn split(&self, facts: &mut Facts<'c>, value: Value<'c>) -> Option<(usize, Option<Value<'c>>)> {
        if let Some(axis) = self.axis(facts, value) {
            return Some((axis, None));
        }
        if let Some(product) = value.def_by("arith.muli") {
            let (x, y) = (product.operand(0), product.operand(1));
            match (self.axis(facts, y), self.axis(facts, x)) {
                (Some(_), Some(_)) if !self.packed => return None,
                (Some(k), Some(l)) if self.is_larger(l, k) => return Some((l, Some(y))),
                (Some(k), _) => return Some((k, Some(x))),
                (None, Some(l)) => return Some((l, Some(y))),
                (None, None) => {}
            }
        }
        self.unit().map(|axis| (axis, Some(value)))
    }

    fn is_larger(&self, a: usize, b: usize) -> bool {
        if self.forms[0].as_constant() == Some(1) { a > b } else { a < b }
    }

    /// The axis along which elements are neighbours.
    fn unit(&self) -> Option<usize> {
        self.forms.iter().rposition(|form| form.as_constant() == Some(1))
    }

    /// Whether it is not seen of a number which axis it moves along.
    fn has_constant(&self, axis: usize) -> bool {
        Some(axis) == self.unit() && self.forms.iter().enumerate().any(|(other, form)| other != axis && form.as_constant().is_some())
    }
}

/// How places along one axis of a view move.
enum Step<'c> {
    /// By so many places of the base's axis.
    By(Option<Value<'c>>),
    /// As places of the base, whose axis is stretched when it has one place.
    Stretched,
}

/// A view, as places of its base.
struct Mapping<'s, 'c> {
    view: Op<'c>,
    base: Value<'c>,
    strides: &'s Strides<'c>,
    /// Whether the offset may be read in several ways.
    doubtful: bool,
    /// For each axis of the base, what is added up to the first place; none is 1.
    starts: Vec<Vec<Option<Value<'c>>>>,
    /// For each axis of the view, the axis of the base that it runs along.
    steps: Vec<(usize, Step<'c>)>,
}

impl<'s, 'c> Mapping<'s, 'c> {
    /// The summands of the offset that are a stride, and may be so many places along the axis whose elements are neighbours just as well.
    fn doubtful(facts: &mut Facts<'c>, view: Op<'c>, strides: &Strides<'c>) -> Vec<Value<'c>> {
        let Some(unit) = strides.unit() else { return vec![] };
        let mut found = strides.summands(facts, view.operand(1));
        found.retain(|term| strides.axis(facts, *term).is_some_and(|axis| axis != unit));
        found
    }

    /// By the strides; of the doubtful summands those in `way` are places along the axis whose elements are neighbours.
    fn of(facts: &mut Facts<'c>, view: Op<'c>, base: Value<'c>, strides: &'s Strides<'c>, doubtful: &[Value<'c>], way: usize) -> Option<Self> {
        let rank = MemRef::new(view.result(0).ty())?.rank();
        let mut starts = vec![vec![]; strides.rank];
        for term in strides.summands(facts, view.operand(1)) {
            let place = doubtful.iter().position(|value| *value == term).is_some_and(|i| way >> i & 1 == 1);
            let (axis, factor) = if place { (strides.unit()?, Some(term)) } else { strides.split(facts, term)? };
            starts[axis].push(factor);
        }
        let mut steps = vec![];
        for stride in &view.operands()[2 + rank..2 + 2 * rank] {
            steps.push(match stretched(facts, strides, base, *stride) {
                Some(axis) => (axis, Step::Stretched),
                None => strides.split(facts, *stride).map(|(axis, step)| (axis, Step::By(step)))?,
            });
        }
        Some(Mapping { view, base, strides, doubtful: !doubtful.is_empty(), starts, steps })
    }

    fn apply(&self, collect: &Collect<'c>, facts: &mut Facts<'c>, axes: &[Option<Range<'c>>]) -> Option<Vec<Option<Range<'c>>>> {
        (0..self.strides.rank).map(|axis| self.along(collect, facts, axis, axes).map(Some)).collect()
    }

    /// The places along one axis of the base; none unless they are places of it.
    fn along(&self, collect: &Collect<'c>, facts: &mut Facts<'c>, axis: usize, axes: &[Option<Range<'c>>]) -> Option<Range<'c>> {
        let size = facts.dim(self.base, axis as i64);
        let runs: Vec<usize> = (0..self.steps.len()).filter(|i| self.steps[*i].0 == axis).collect();
        if let ([run], []) = (&runs[..], &self.starts[axis][..]) {
            let same = facts.form(self.view.operand(2 + run)).minus(&size).is_some_and(|d| d.as_constant() == Some(0));
            match self.steps[*run].1 {
                // All of the axis, as it is.
                Step::By(None) if same => return axes.get(*run)?.clone(),
                Step::Stretched => return whole(collect, facts, self.base, axis as i64),
                Step::By(_) => {}
            }
        }
        let mut sum = Range { low: Form::default(), high: Form::default(), exact: true };
        for start in &self.starts[axis] {
            sum = sum.plus(&match start {
                Some(value) => collect.range(facts, *value)?,
                None => Range { low: Form::constant(1), high: Form::constant(1), exact: true },
            })?;
        }
        for run in &runs {
            let Step::By(step) = &self.steps[*run].1 else { return None };
            let step = step.map_or(Form::constant(1), |step| facts.form(step));
            sum = sum.plus(&axes.get(*run)?.as_ref()?.times(facts, &step)?)?;
        }
        let inside = sum.exact && self.is_inside(facts, &sum, &size);
        // One place is checked where it is written; which axis it is of is not in doubt.
        let sure = runs.is_empty() && !self.doubtful && !(self.strides.has_constant(axis) && !self.starts[axis].is_empty());
        (inside || sure).then_some(sum)
    }

    fn is_inside(&self, facts: &mut Facts<'c>, places: &Range<'c>, size: &Form<'c>) -> bool {
        let low = settle(facts, places.low.clone());
        let room = size.minus(&places.high).map(|room| settle(facts, room.plus_constant(-1)));
        facts.proves(&low) && room.is_some_and(|room| facts.proves(&room))
    }
}

/// The axis along which a stride is that of the base, or 0 where the base has one place: what stretches an operand, whose size has been checked.
fn stretched<'c>(facts: &mut Facts<'c>, strides: &Strides<'c>, base: Value<'c>, stride: Value<'c>) -> Option<usize> {
    let choice = stride.def_by("arith.select").filter(|op| Builder::constant_int(op.operand(1)) == Some(0))?;
    let axis = strides.axis(facts, choice.operand(2))?;
    let one = choice.operand(0).def_by("arith.cmpi").filter(|op| op.int_attr("predicate") == Some(0) && Builder::constant_int(op.operand(1)) == Some(1))?;
    let size = facts.dim(base, axis as i64);
    facts.form(one.operand(0)).minus(&size).is_some_and(|d| d.as_constant() == Some(0)).then_some(axis)
}

impl<'c> Range<'c> {
    fn plus(&self, other: &Range<'c>) -> Option<Self> {
        Some(Range { low: self.low.plus(&other.low, 1)?, high: self.high.plus(&other.high, 1)?, exact: self.exact && other.exact })
    }

    /// The product with a factor of known sign.
    fn times(&self, facts: &mut Facts<'c>, factor: &Form<'c>) -> Option<Self> {
        let (low, high) = if facts.proves(factor) { (&self.low, &self.high) } else { (&self.high, &self.low) };
        let negative = Form::default().plus(factor, -1)?;
        (facts.proves(factor) || facts.proves(&negative)).then_some(())?;
        Some(Range { low: low.times(factor)?, high: high.times(factor)?, exact: self.exact })
    }
}
