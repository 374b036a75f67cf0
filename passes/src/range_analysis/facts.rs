//! Scoped knowledge and the search for a proof.

use super::form::{Form, Monomial, Symbol};
use super::loops::Bounds;
use melior::ir::ShapedTypeLike;
use std::collections::HashMap as Table;
use std::hash::{BuildHasherDefault, Hasher};
use zouk_dialects::ir::{Block, IntegerType, MemRefType, Type, TypeLike, Value};

/// How many inequalities a proof may combine.
const DEPTH: usize = 4;
/// How many combinations a proof may try.
const BUDGET: usize = 48;
/// How many inequalities of one symbol are looked at, newest first.
const NEWEST: usize = 8;

/// Keys are addresses and small numbers: one multiplication spreads them.
#[derive(Default)]
pub(super) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_i64(&mut self, word: i64) {
        self.write_u64(word as u64);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }
}

pub(super) type HashMap<K, V> = Table<K, V, BuildHasherDefault<AddressHasher>>;

/// The inequalities and forms that hold at the present place of a walk.
#[derive(Default)]
pub struct Facts<'c> {
    pub(super) forms: HashMap<Value<'c>, Known<'c>>,
    ranges: HashMap<Symbol<'c>, (i128, i128)>,
    /// Each is `>= 0`.
    inequalities: Vec<Form<'c>>,
    mentions: HashMap<Symbol<'c>, Vec<usize>>,
    undo: Vec<Undo<'c>>,
    scopes: Vec<usize>,
    /// Grows with every fact: a form that could not be proved exact is tried again when more is known.
    pub(super) learnt: usize,
    /// How deep `form` is in retries.
    pub(super) retries: usize,
    /// Values that are symbols of their own here, whatever they are computed from.
    pub(super) atoms: Vec<Value<'c>>,
    pub(super) work: Work,
    /// How deep a proof is in case splits.
    splits: usize,
    /// The bounds of loop counters, valid in the loop's body.
    loops: HashMap<Value<'c>, Bounds<'c>>,
    /// The immediate dominators of blocks in regions of several.
    pub(super) idom: HashMap<Block<'c>, Block<'c>>,
    /// The sizes of carried arrays; none when they change.
    dims: HashMap<(Value<'c>, i64), Option<Form<'c>>>,
}

/// How many ops have been looked at. Functions of any length take time linear in it: one that asks for more is answered with less care.
#[derive(Default)]
pub(super) struct Work {
    /// For the value asked for.
    this: usize,
    all: usize,
    /// Grows with the ops of the function.
    allowed: usize,
}

impl Work {
    /// Whether to look at one more op; `anew` for another value asked for.
    pub fn go_on(&mut self, anew: bool) -> bool {
        self.this = if anew { 1 } else { self.this + 1 };
        self.all += 1;
        self.this <= if self.all > self.allowed + 8192 { 8 } else { 64 }
    }

    /// The walk has come to another op: the example programs look at one to three for each.
    pub fn allow(&mut self) {
        self.allowed += 4;
    }
}

/// The form of a value and how much was known when it was found.
#[derive(Clone)]
pub(super) struct Known<'c> {
    pub form: Form<'c>,
    pub at: usize,
}

enum Undo<'c> {
    Form(Value<'c>, Option<Known<'c>>),
    Range(Symbol<'c>, Option<(i128, i128)>),
    Inequality,
    Bounds(Value<'c>, Option<Bounds<'c>>),
    Dim((Value<'c>, i64), Option<Option<Form<'c>>>),
}

/// The bits of an integer or index type; none for others.
pub fn width(ty: Type) -> Option<u32> {
    if ty.is_index() { Some(64) } else { IntegerType::try_from(ty).ok().map(|t| t.width()) }
}

/// The least and the greatest signed integer of that many bits.
pub(super) fn extremes(bits: u32) -> (i128, i128) {
    (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
}

impl<'c> Facts<'c> {
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs with facts that are forgotten afterwards.
    pub fn scope<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.open();
        let result = inside(self);
        self.close();
        result
    }

    /// As `scope`, with values as symbols of their own, so that products of them are products of two symbols.
    pub fn with_atoms<R>(&mut self, atoms: &[Value<'c>], inside: impl FnOnce(&mut Self) -> R) -> R {
        let forms: Vec<Form<'c>> = atoms.iter().map(|atom| self.form(*atom)).collect();
        let before = std::mem::replace(&mut self.atoms, atoms.to_vec());
        let result = self.scope(|facts| {
            for (atom, form) in atoms.iter().zip(&forms) {
                facts.assume_ge(&Form::value(*atom), form);
                facts.assume_ge(form, &Form::value(*atom));
            }
            inside(facts)
        });
        self.atoms = before;
        result
    }

    pub(super) fn open(&mut self) {
        self.scopes.push(self.undo.len());
    }

    pub(super) fn close(&mut self) {
        let mark = self.scopes.pop().expect("an open scope");
        while self.undo.len() > mark {
            match self.undo.pop().expect("an entry") {
                Undo::Form(value, Some(old)) => drop(self.forms.insert(value, old)),
                Undo::Form(value, None) => drop(self.forms.remove(&value)),
                Undo::Range(symbol, Some(old)) => drop(self.ranges.insert(symbol, old)),
                Undo::Range(symbol, None) => drop(self.ranges.remove(&symbol)),
                Undo::Bounds(value, Some(old)) => drop(self.loops.insert(value, old)),
                Undo::Bounds(value, None) => drop(self.loops.remove(&value)),
                Undo::Dim(axis, Some(old)) => drop(self.dims.insert(axis, old)),
                Undo::Dim(axis, None) => drop(self.dims.remove(&axis)),
                Undo::Inequality => {
                    let form = self.inequalities.pop().expect("an inequality");
                    for symbol in form.symbols() {
                        self.mentions.get_mut(&symbol).expect("its mentions").pop();
                    }
                }
            }
        }
    }

    pub(super) fn set_form(&mut self, value: Value<'c>, form: Form<'c>) {
        let old = self.forms.insert(value, Known { form, at: self.learnt });
        self.undo.push(Undo::Form(value, old));
    }

    pub(super) fn set_bounds(&mut self, counter: Value<'c>, bounds: Bounds<'c>) {
        let old = self.loops.insert(counter, bounds);
        self.undo.push(Undo::Bounds(counter, old));
    }

    pub(super) fn bounds_of(&self, counter: Value<'c>) -> Option<&Bounds<'c>> {
        self.loops.get(&counter)
    }

    pub(super) fn set_dim(&mut self, axis: (Value<'c>, i64), form: Option<Form<'c>>) {
        let old = self.dims.insert(axis, form);
        self.undo.push(Undo::Dim(axis, old));
    }

    pub(super) fn known_dim(&self, axis: (Value<'c>, i64)) -> Option<&Option<Form<'c>>> {
        self.dims.get(&axis)
    }

    /// The numeric range of a symbol.
    pub fn range_of(&self, symbol: Symbol<'c>) -> (i128, i128) {
        if let Some(range) = self.ranges.get(&symbol) {
            return *range;
        }
        match symbol {
            Symbol::Value(value) => extremes(width(value.ty()).unwrap_or(64)),
            // The bytes of an array fit an i64.
            Symbol::Dim(memref, _) => (0, i64::MAX as i128 / element_bytes(memref.ty())),
        }
    }

    /// Narrows the range of a symbol.
    pub fn narrow(&mut self, symbol: Symbol<'c>, low: i128, high: i128) {
        let (old_low, old_high) = self.range_of(symbol);
        let new = (old_low.max(low), old_high.min(high));
        if new != (old_low, old_high) {
            let old = self.ranges.insert(symbol, new);
            self.undo.push(Undo::Range(symbol, old));
            self.learnt += 1;
        }
    }

    /// Takes `form >= 0` for a fact in the present scope.
    pub fn assume(&mut self, form: Form<'c>) {
        match form.terms[..] {
            [] => {}
            // c·s + d >= 0: s >= ceil(-d / c), or s <= floor(d / -c)
            [(Monomial(symbol, None), c)] if c > 0 => self.narrow(symbol, -form.constant.div_euclid(c), i128::MAX),
            [(Monomial(symbol, None), c)] => self.narrow(symbol, i128::MIN, form.constant.div_euclid(-c)),
            _ => {
                for symbol in form.symbols() {
                    self.mentions.entry(symbol).or_default().push(self.inequalities.len());
                }
                self.inequalities.push(form);
                self.undo.push(Undo::Inequality);
                self.learnt += 1;
            }
        }
    }

    /// `a >= b`
    pub fn assume_ge(&mut self, a: &Form<'c>, b: &Form<'c>) {
        if let Some(difference) = a.minus(b) {
            self.assume(difference)
        }
    }

    fn monomial_range(&self, monomial: Monomial<'c>) -> (i128, i128) {
        let (a, b) = self.range_of(monomial.0);
        let Some(second) = monomial.1 else { return (a, b) };
        let (c, d) = self.range_of(second);
        let products = [a.saturating_mul(c), a.saturating_mul(d), b.saturating_mul(c), b.saturating_mul(d)];
        let low = products.into_iter().min().unwrap_or(i128::MIN);
        (if second == monomial.0 { low.max(0) } else { low }, products.into_iter().max().unwrap_or(i128::MAX))
    }

    /// A numeric lower bound by the ranges of the symbols alone; none is minus infinity.
    pub fn least(&self, form: &Form<'c>) -> Option<i128> {
        form.terms.iter().try_fold(form.constant, |sum, (monomial, coefficient)| {
            let (low, high) = self.monomial_range(*monomial);
            sum.checked_add(coefficient.checked_mul(if *coefficient > 0 { low } else { high })?)
        })
    }

    /// A numeric upper bound by the ranges of the symbols alone; none is infinity.
    pub fn greatest(&self, form: &Form<'c>) -> Option<i128> {
        self.least(&Form::default().plus(form, -1)?)?.checked_neg()
    }

    /// Whether `form >= 0` follows from what is known here.
    pub fn proves(&mut self, form: &Form<'c>) -> bool {
        let mut budget = BUDGET;
        self.search(form, DEPTH, &mut budget) || self.split_cases(form)
    }

    /// Whether `a >= b` follows.
    pub fn proves_ge(&mut self, a: &Form<'c>, b: &Form<'c>) -> bool {
        a.minus(b).is_some_and(|d| self.proves(&d))
    }

    /// `form >= 0` follows from `|f| · form - |c| · fact >= 0` where the fact has the coefficient f, of the sign of c, on a symbol
    /// that the form has with c: the symbol is gone from the difference.
    fn search(&self, form: &Form<'c>, depth: usize, budget: &mut usize) -> bool {
        if self.least(form).is_some_and(|least| least >= 0) {
            return true;
        }
        if depth == 0 {
            return false;
        }
        for (monomial, coefficient) in &form.terms {
            let Some(facts) = self.mentions.get(&monomial.0) else { continue };
            for fact in facts.iter().rev().take(NEWEST) {
                let fact = &self.inequalities[*fact];
                let Some((_, slope)) = fact.terms.iter().find(|(m, s)| m == monomial && s.signum() == coefficient.signum()) else { continue };
                if *budget == 0 {
                    return false;
                }
                *budget -= 1;
                let next = form.combined(*slope, fact, *coefficient);
                if next.is_some_and(|next| self.search(&next, depth - 1, budget)) {
                    return true;
                }
            }
        }
        false
    }

    /// Forms without the symbol that are `>= 0` only if this one is: the symbol is at the end of its range, or bounded by a fact.
    pub fn without(&self, form: &Form<'c>, symbol: Symbol<'c>) -> Vec<Form<'c>> {
        let mut found = vec![];
        let Some((_, coefficient)) = form.terms.iter().find(|(m, _)| *m == Monomial(symbol, None)) else { return found };
        for fact in self.mentions.get(&symbol).into_iter().flatten().rev().take(NEWEST) {
            let fact = &self.inequalities[*fact];
            let slope = fact.terms.iter().find(|(m, s)| *m == Monomial(symbol, None) && s.signum() == coefficient.signum());
            let scaled = slope.and_then(|(_, slope)| form.combined(*slope, fact, *coefficient));
            found.extend(scaled.filter(|f| f.symbols().all(|s| s != symbol)));
        }
        let (low, high) = self.range_of(symbol);
        let end = if *coefficient > 0 { low } else { high };
        if let Symbol::Value(value) = symbol {
            let (least, greatest) = extremes(width(value.ty()).unwrap_or(64));
            if end != if *coefficient > 0 { least } else { greatest } {
                found.extend(form.substitute(symbol, &Form::constant(end)));
            }
        }
        found
    }

    /// The proof for either value of an `arith.select`, a maximum or a minimum in the form.
    fn split_cases(&mut self, form: &Form<'c>) -> bool {
        const MAX_SPLITS: usize = 2;
        if self.splits >= MAX_SPLITS {
            return false;
        }
        let choice = form.symbols().find_map(|s| match s {
            Symbol::Value(value) => value.def().filter(|op| matches!(op.name(), "arith.select" | "arith.maxsi" | "arith.minsi")).map(|op| (s, op)),
            Symbol::Dim(..) => None,
        });
        let Some((symbol, choice)) = choice else { return false };
        self.splits += 1;
        let holds = [true, false].into_iter().all(|first| {
            self.scope(|facts| {
                let value = if choice.is("arith.select") {
                    facts.assume_condition(choice.operand(0), first);
                    facts.form(choice.operand(if first { 1 } else { 2 }))
                } else {
                    let (chosen, other) = (facts.form(choice.operand(1 - first as usize)), facts.form(choice.operand(first as usize)));
                    if choice.is("arith.maxsi") { facts.assume_ge(&chosen, &other) } else { facts.assume_ge(&other, &chosen) }
                    chosen
                };
                form.substitute(symbol, &value).is_some_and(|f| facts.proves(&f))
            })
        });
        self.splits -= 1;
        holds
    }

    /// Whether the form is an integer of that many bits, signed.
    pub(super) fn fits(&mut self, form: &Form<'c>, bits: u32) -> bool {
        let (low, high) = extremes(bits);
        let above = form.plus_constant(-low);
        let below = Form::constant(high).minus(form);
        self.proves(&above) && below.is_some_and(|f| self.proves(&f))
    }
}

/// The bytes of an element of a memref type: at least 1.
fn element_bytes(ty: Type) -> i128 {
    let Ok(memref) = MemRefType::try_from(ty) else { return 1 };
    let element = memref.element();
    let bits = if element.is_f64() {
        64
    } else if element.is_f32() {
        32
    } else if element.is_f16() {
        16
    } else if element.to_string().starts_with("complex") {
        64
    } else {
        width(element).unwrap_or(8)
    };
    (bits as i128 / 8).max(1)
}
