//! Declared signatures: how well an argument fits one, and the conversion of its slots. The order is Numba's:
//! fewest unsafe casts, then fewest safe ones, then fewest promotions.

use crate::{
    fingerprint::{Fingerprint, Shape},
    scalar::{Scalar, Unfit, cast, fits},
};
use smallvec::SmallVec;
use zouk_dialects::ty::{Layout, Ty};

/// How to turn the natural slots of one argument into those of the declared type.
#[derive(Debug)]
pub enum Step {
    Copy(usize),
    Cast(Scalar, Scalar),
    Tuple(Vec<Step>),
    /// A value where None is allowed too.
    Some(Box<Step>),
    /// None where a value of so many slots is allowed.
    Nothing(usize),
}

/// From best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Exact,
    Promote,
    Safe,
    Unsafe,
}

/// Numbers of unsafe, safe and promoting conversions: smaller is better.
pub type Rating = (usize, usize, usize);

pub fn rate(fits: &[Fit]) -> Rating {
    let count = |fit| fits.iter().filter(|f| **f == fit).count();
    (count(Fit::Unsafe), count(Fit::Safe), count(Fit::Promote))
}

/// How an argument fits a declared type; `None` when it does not.
pub fn fit(argument: Fingerprint, declared: &Ty) -> Option<(Fit, Step)> {
    match (argument.shape(), declared) {
        (Shape::None, Ty::None) => Some((Fit::Exact, Step::Copy(0))),
        (Shape::None, Ty::Optional(inner)) => Some((Fit::Promote, Step::Nothing(slots_of(inner)?))),
        (_, Ty::Optional(inner)) => {
            let (fit, step) = self::fit(argument, inner)?;
            Some((fit.max(Fit::Promote), Step::Some(Box::new(step))))
        }
        (Shape::Scalar(from), to) => {
            let to = Scalar::of(to)?;
            let step = if from == to { Step::Copy(from.slots()) } else { Step::Cast(from, to) };
            Some((fit_scalar(from, to)?, step))
        }
        (Shape::Array { element, rank, layout, readonly }, Ty::Array(to)) => {
            let fits = element.ty() == *to.element
                && rank == to.rank
                && (layout == to.layout || to.layout == Layout::A || rank == 0)
                && (!readonly || to.readonly);
            let fit = if layout == to.layout && readonly == to.readonly { Fit::Exact } else { Fit::Safe };
            fits.then_some((fit, Step::Copy(2 + 2 * rank)))
        }
        (Shape::Tuple(elements), Ty::Tuple(to)) if elements.len() == to.len() => {
            let parts: Vec<(Fit, Step)> = elements.into_iter().zip(to).map(|(e, to)| self::fit(e, to)).collect::<Option<_>>()?;
            let worst = parts.iter().map(|(fit, _)| *fit).max().unwrap_or(Fit::Exact);
            Some((worst, Step::Tuple(parts.into_iter().map(|(_, step)| step).collect())))
        }
        _ => None,
    }
}

fn fit_scalar(from: Scalar, to: Scalar) -> Option<Fit> {
    use Scalar::*;
    let wider = to.bits() >= from.bits();
    let kind = |s: Scalar| (s == Bool, s.is_signed(), s.is_unsigned(), s.is_float());
    Some(match (from, to) {
        _ if from == to => Fit::Exact,
        _ if from.is_complex() && !to.is_complex() => return None,
        _ if kind(from) == kind(to) => if wider { Fit::Promote } else { Fit::Unsafe },
        (_, Bool) => Fit::Unsafe,
        // A bool is an integer first.
        (Bool, _) => if to.is_float() || to.is_complex() { Fit::Safe } else { Fit::Promote },
        _ if from.is_unsigned() && to.is_signed() && to.bits() > from.bits() => Fit::Safe,
        _ if to.is_complex() => if to == C128 || matches!(from, F32 | I8 | U8 | I16 | U16) { Fit::Safe } else { Fit::Unsafe },
        (_, F64) => Fit::Safe,
        (I8 | U8 | I16 | U16, F32) => Fit::Safe,
        _ => Fit::Unsafe,
    })
}

/// Slots of a declared type; `None` for what cannot be an argument.
pub fn slots_of(ty: &Ty) -> Option<usize> {
    Some(match ty {
        Ty::None => 0,
        Ty::Array(array) => 2 + 2 * array.rank,
        Ty::Tuple(parts) => parts.iter().map(slots_of).sum::<Option<usize>>()?,
        Ty::Optional(inner) => 1 + slots_of(inner)?,
        number => Scalar::of(number)?.slots(),
    })
}

impl Step {
    pub fn is_copy(&self) -> bool {
        matches!(self, Step::Copy(_))
    }

    /// Moves the converted slots of one argument from the front of `from` to `to`.
    pub fn apply(&self, from: &mut &[u64], to: &mut SmallVec<[u64; 64]>) -> Result<(), Unfit> {
        let mut take = |count: usize| {
            let (own, rest) = from.split_at(count);
            *from = rest;
            own
        };
        match self {
            Step::Copy(count) => to.extend_from_slice(take(*count)),
            Step::Cast(a, b) => {
                let slots = take(a.slots());
                fits(slots[0], *a, *b)?;
                cast(slots, *a, *b, to);
            }
            Step::Tuple(parts) => parts.iter().try_for_each(|part| part.apply(from, to))?,
            Step::Some(inner) => {
                to.push(1);
                inner.apply(from, to)?;
            }
            Step::Nothing(count) => to.extend(std::iter::repeat_n(0, count + 1)),
        }
        Ok(())
    }
}
