//! Distributions of whole rows: `multinomial`, `dirichlet`.

use super::distribution::{Family, rank_of_size};
use crate::functions::elementwise::Parts;
use crate::functions::rules::{Rule, integer};
use crate::functions::{Bound, CallError, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Layout, Ty};

fn parameters(argument: &TyArg, name: &str) -> Result<(), CallError> {
    match argument.ty.as_array() {
        Some(array) if array.rank == 1 && array.element.is_real() => Ok(()),
        _ => Err(CallError::new(format!("{name} must be a one-dimensional array of numbers, not {}", argument.ty.user_name()))),
    }
}

/// The size and, after it, an axis for each row.
fn rows_of(size: Option<&TyArg>, element: Ty) -> Rule {
    Ok(Ty::array(element, 1 + rank_of_size(size)?.unwrap_or(0), Layout::C).into())
}

pub fn multinomial_rule(a: &Bound<TyArg>) -> Rule {
    integer(&a[0])?;
    parameters(&a[1], "pvals")?;
    rows_of(a.get(2), Ty::I64)
}

pub fn dirichlet_rule(a: &Bound<TyArg>) -> Rule {
    parameters(&a[0], "alpha")?;
    rows_of(a.get(1), Ty::F64)
}

pub fn multinomial<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let chances = l.packed_as(&a[1], Ty::F64);
    let n = l.scalar_as(&a[0], &Ty::I64);
    let rows = l.rows(&chances, a.get(2), ty);
    let (state, flat) = (l.generator(Family::Legacy, a), l.flat(&rows));
    let status = l.runtime_effect("zouk_random_legacy_multinomial", &[state, flat.parts[0], chances.parts[0], n], &[l.b.i64()])[0];
    let is_not = |code| l.b.cmpi("ne", status, l.b.c_i64(code));
    l.check(is_not(1), "ValueError", "pvals < 0, pvals > 1 or pvals contains NaNs");
    l.check(is_not(2), "ValueError", "sum(pvals[:-1]) > 1.0");
    l.check(l.b.cmpi("sge", n, l.b.c_i64(0)), "ValueError", "n < 0");
    rows.parts
}

pub fn dirichlet<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let alpha = l.packed_as(&a[0], Ty::F64);
    let rows = l.rows(&alpha, a.get(1), ty);
    let (state, flat) = (l.generator(Family::Legacy, a), l.flat(&rows));
    let status = l.runtime_effect("zouk_random_legacy_dirichlet", &[state, flat.parts[0], alpha.parts[0]], &[l.b.i64()])[0];
    l.check(l.b.cmpi("eq", status, l.b.c_i64(0)), "ValueError", "alpha <= 0");
    rows.parts
}

impl<'c> Lower<'c> {
    /// A new array of zeros: the size, and an axis as long as the parameters.
    fn rows(&mut self, parameters: &Val<'c>, size: Option<&Val<'c>>, ty: &Ty) -> Val<'c> {
        let sizes = match size.filter(|size| size.ty != Ty::None) {
            None => vec![],
            Some(size) if size.ty.as_tuple().is_some() => self.elements(size),
            Some(size) => vec![size.clone()],
        };
        let mut dims: Vec<_> = sizes
            .iter()
            .map(|size| {
                let size = self.scalar_as(size, &Ty::I64);
                self.b.index_cast(size, self.b.index())
            })
            .collect();
        dims.push(self.dim(parameters, 0));
        let array = ty.as_array().unwrap_or_else(|| panic!("{ty} is no array")).clone();
        self.alloc(array, &dims, true)
    }
}
