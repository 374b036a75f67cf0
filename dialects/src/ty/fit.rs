//! How well an argument fits a declared type. The order is Numba's: fewest unsafe conversions, then fewest safe ones, then fewest promotions.

use super::{Layout, Number, Ty, number_of};

/// From best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Exact,
    /// To more bits of the same kind.
    Promote,
    /// To another kind that holds all values, or nearly.
    Safe,
    /// As C converts.
    Unsafe,
}

/// Numbers of unsafe, safe and promoting conversions: smaller is better.
pub type Rating = (usize, usize, usize);

/// The rating of an argument list; `None` when some argument does not fit, or their number is another one.
pub fn rate(arguments: &[Ty], declared: &[Ty]) -> Option<Rating> {
    if arguments.len() != declared.len() {
        return None;
    }
    let fits: Vec<Fit> = arguments.iter().zip(declared).map(|(from, to)| fit(from, to)).collect::<Option<_>>()?;
    let count = |fit| fits.iter().filter(|f| **f == fit).count();
    Some((count(Fit::Unsafe), count(Fit::Safe), count(Fit::Promote)))
}

/// How an argument fits a declared type; `None` when it does not.
pub fn fit(from: &Ty, to: &Ty) -> Option<Fit> {
    match (from, to) {
        _ if from == to => Some(Fit::Exact),
        (Ty::None, Ty::Optional(_)) => Some(Fit::Promote),
        (Ty::Optional(from), Ty::Optional(to)) => fit(from, to),
        (from, Ty::Optional(to)) => Some(fit(from, to)?.max(Fit::Promote)),
        (Ty::Array(a), Ty::Array(b)) => {
            let alike = matches!((&*a.element, &*b.element), (Ty::Record(a), Ty::Record(b)) if a.of.is_like(&b.of));
            let fits = (alike || a.element == b.element)
                && a.rank == b.rank
                && a.unaligned == b.unaligned
                && (a.layout == b.layout || b.layout == Layout::A || a.rank == 0)
                && (!a.readonly || b.readonly);
            fits.then_some(if a.layout == b.layout && a.readonly == b.readonly { Fit::Exact } else { Fit::Safe })
        }
        (Ty::Tuple(a), Ty::Tuple(b)) | (Ty::List(a), Ty::List(b)) if a.len() == b.len() => {
            let fits: Vec<Fit> = a.iter().zip(b).map(|(a, b)| fit(a, b)).collect::<Option<_>>()?;
            Some(fits.into_iter().max().unwrap_or(Fit::Exact))
        }
        (Ty::Named(..), Ty::Tuple(_)) => fit(&from.unnamed(), to),
        // Whether it can be compiled for that is seen then.
        (from, Ty::Function(_)) if !from.functions().is_empty() => Some(Fit::Exact),
        // C tells apart what pointers are to, but for `void`.
        (Ty::Pointer(_), Ty::Pointer(to)) if **to == Ty::None => Some(Fit::Safe),
        (Ty::Int { bits: 64, .. }, Ty::Pointer(_)) => Some(Fit::Unsafe),
        (Ty::None, Ty::Pointer(_)) => Some(Fit::Safe),
        (Ty::Ctypes(array), Ty::Pointer(to)) => {
            let element = array.as_array().map(|array| &array.element);
            (**to == Ty::None || element == Some(to)).then_some(Fit::Safe)
        }
        (Ty::Record(a), Ty::Record(b)) => (a.of.is_like(&b.of) && !a.readonly).then_some(Fit::Safe),
        _ => Some(fit_numbers(number_of(from)?, number_of(to)?)?),
    }
}

fn bits(number: Number) -> u32 {
    match number {
        Number::Bool => 1,
        Number::Int { bits, .. } | Number::Float(bits) => bits,
        Number::Complex(bits) => 2 * bits,
    }
}

fn fit_numbers(from: Number, to: Number) -> Option<Fit> {
    use Number::*;
    let small = matches!(from, Int { bits: ..=16, .. });
    Some(match (from, to) {
        (Complex(_), Bool | Int { .. } | Float(_)) => return None,
        (Int { signed: s, .. }, Int { signed: t, .. }) if s == t => widening(from, to),
        (Bool, Bool) | (Float(_), Float(_)) | (Complex(_), Complex(_)) => widening(from, to),
        (_, Bool) => Fit::Unsafe,
        // A bool is an integer first.
        (Bool, Int { .. }) => Fit::Promote,
        (Bool, _) => Fit::Safe,
        (Int { signed: false, bits: m }, Int { signed: true, bits: n }) if n > m => Fit::Safe,
        (_, Complex(64)) => Fit::Safe,
        (_, Complex(_)) if small || matches!(from, Float(16 | 32)) => Fit::Safe,
        (_, Float(64)) => Fit::Safe,
        (_, Float(32)) if small => Fit::Safe,
        (Int { bits: 8, signed: true }, Float(16)) => Fit::Safe,
        _ => Fit::Unsafe,
    })
}

fn widening(from: Number, to: Number) -> Fit {
    if bits(to) >= bits(from) { Fit::Promote } else { Fit::Unsafe }
}
