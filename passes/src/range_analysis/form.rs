//! Sums of products of symbols with integer coefficients.

use zouk_dialects::ir::Value;

/// An integer that is not taken apart: a value, or the size of one axis of a memref.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Symbol<'c> {
    Value(Value<'c>),
    Dim(Value<'c>, i64),
}

/// One symbol, or a product of two; the order of a product does not matter.
#[derive(Clone, Copy, Eq, Debug)]
pub struct Monomial<'c>(pub Symbol<'c>, pub Option<Symbol<'c>>);

impl PartialEq for Monomial<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.1, other.1) {
            (None, None) => self.0 == other.0,
            (Some(b), Some(d)) => (self.0 == other.0 && b == d) || (self.0 == d && b == other.0),
            _ => false,
        }
    }
}

impl<'c> Monomial<'c> {
    pub fn symbols(self) -> impl Iterator<Item = Symbol<'c>> {
        [Some(self.0), self.1].into_iter().flatten()
    }

    /// The other factor, when `symbol` is one; the inner `None` is 1. A square has no cofactor: it is not linear.
    fn cofactor(self, symbol: Symbol<'c>) -> Option<Option<Symbol<'c>>> {
        match self.1 {
            None => (self.0 == symbol).then_some(None),
            Some(b) if self.0 == symbol && b != symbol => Some(Some(b)),
            Some(b) if b == symbol && self.0 != symbol => Some(Some(self.0)),
            Some(_) => None,
        }
    }
}

/// `Σ coefficient · monomial + constant`. Terms keep the order in which they appeared; coefficients are not 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form<'c> {
    pub terms: Vec<(Monomial<'c>, i128)>,
    pub constant: i128,
}

/// Longer sums become symbols: the analysis stays linear in the program.
const MAX_TERMS: usize = 8;
/// Coefficients beyond this are of no use for indices, and their products could leave `i128`.
const MAX_COEFFICIENT: i128 = 1 << 62;

impl<'c> Form<'c> {
    pub fn constant(constant: i128) -> Self {
        Form { terms: vec![], constant }
    }

    pub fn symbol(symbol: Symbol<'c>) -> Self {
        Form { terms: vec![(Monomial(symbol, None), 1)], constant: 0 }
    }

    pub fn value(value: Value<'c>) -> Self {
        Self::symbol(Symbol::Value(value))
    }

    pub fn as_constant(&self) -> Option<i128> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// Whether the form is `symbol` and nothing else.
    pub fn is_symbol(&self, symbol: Symbol<'c>) -> bool {
        self.constant == 0 && matches!(self.terms[..], [(m, 1)] if m == Monomial(symbol, None))
    }

    /// `self + factor · other`; none when it grows too long or too large.
    pub fn plus(&self, other: &Form<'c>, factor: i128) -> Option<Form<'c>> {
        let constant = self.constant.checked_add(other.constant.checked_mul(factor)?)?;
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        terms.extend_from_slice(&self.terms);
        for (monomial, coefficient) in &other.terms {
            let added = coefficient.checked_mul(factor)?;
            match terms.iter_mut().find(|(m, _)| m == monomial) {
                Some((_, present)) => *present = present.checked_add(added)?,
                None => terms.push((*monomial, added)),
            }
        }
        terms.retain(|(_, c)| *c != 0);
        let fits = terms.len() <= MAX_TERMS && terms.iter().all(|(_, c)| c.abs() <= MAX_COEFFICIENT);
        fits.then_some(Form { terms, constant })
    }

    /// `|slope| · self - |coefficient| · fact`
    pub fn combined(&self, slope: i128, fact: &Form<'c>, coefficient: i128) -> Option<Form<'c>> {
        match slope.abs() {
            1 => self.plus(fact, -coefficient.abs()),
            slope => Form::default().plus(self, slope)?.plus(fact, -coefficient.abs()),
        }
    }

    fn add_term(&mut self, monomial: Monomial<'c>, coefficient: i128) -> Option<()> {
        match self.terms.iter_mut().find(|(m, _)| *m == monomial) {
            Some((_, present)) => *present = present.checked_add(coefficient)?,
            None => self.terms.push((monomial, coefficient)),
        }
        self.terms.retain(|(_, c)| *c != 0);
        self.terms.iter().all(|(_, c)| c.abs() <= MAX_COEFFICIENT).then_some(())
    }

    pub fn plus_constant(&self, constant: i128) -> Form<'c> {
        Form { terms: self.terms.clone(), constant: self.constant.saturating_add(constant) }
    }

    pub fn minus(&self, other: &Form<'c>) -> Option<Form<'c>> {
        self.plus(other, -1)
    }

    /// The product; none when a term would have three symbols.
    pub fn times(&self, other: &Form<'c>) -> Option<Form<'c>> {
        let mut product = Form::constant(self.constant.checked_mul(other.constant)?);
        for (monomial, coefficient) in &self.terms {
            if other.constant != 0 {
                product.add_term(*monomial, coefficient.checked_mul(other.constant)?)?;
            }
            for (second, factor) in &other.terms {
                let (Monomial(a, None), Monomial(b, None)) = (monomial, second) else { return None };
                product.add_term(Monomial(*a, Some(*b)), coefficient.checked_mul(*factor)?)?;
            }
        }
        for (monomial, coefficient) in &other.terms {
            if self.constant != 0 {
                product.add_term(*monomial, coefficient.checked_mul(self.constant)?)?;
            }
        }
        (product.terms.len() <= MAX_TERMS).then_some(product)
    }

    /// `(a, b)` such that the form is `a · symbol + b` and neither mentions the symbol; none when it is not linear in it.
    pub fn split(&self, symbol: Symbol<'c>) -> Option<(Form<'c>, Form<'c>)> {
        let (mut slope, mut rest) = (Form::default(), Form::constant(self.constant));
        for (monomial, coefficient) in &self.terms {
            match monomial.cofactor(symbol) {
                Some(None) => slope.constant = slope.constant.checked_add(*coefficient)?,
                Some(Some(factor)) => slope.add_term(Monomial(factor, None), *coefficient)?,
                None if monomial.symbols().any(|s| s == symbol) => return None,
                None => rest.add_term(*monomial, *coefficient)?,
            }
        }
        Some((slope, rest))
    }

    /// The form with `symbol` replaced.
    pub fn substitute(&self, symbol: Symbol<'c>, by: &Form<'c>) -> Option<Form<'c>> {
        let (slope, rest) = self.split(symbol)?;
        rest.plus(&slope.times(by)?, 1)
    }

    pub fn symbols(&self) -> impl Iterator<Item = Symbol<'c>> + '_ {
        self.terms.iter().flat_map(|(m, _)| m.symbols())
    }

    /// Whether the two differ by a constant only.
    pub fn same_terms(&self, other: &Form<'c>) -> bool {
        self.terms.len() == other.terms.len() && self.terms.iter().all(|t| other.terms.contains(t))
    }
}
