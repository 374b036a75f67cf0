//! Where two definitions of a name meet: the least type that holds both, by Numba's rules for variables.
//!
//! The order: `Unknown` below all; `Unbound` and `T` meet in `Maybe(T)`, `None` and `T` in `Optional(T)`; bool < ints < floats < complex.
//! A signed and an unsigned integer meet in a wider signed one. `int64` and `uint64` have no join: Numba
//! makes them `float64` and silently loses bits.

use super::promote::{float_bits, number_of};
use super::{Array, Layout, Ty};

/// The join, or `None` when the types cannot be unified. Commutative, associative where defined, idempotent.
pub fn join(a: &Ty, b: &Ty) -> Option<Ty> {
    use Ty::*;
    Some(match (a, b) {
        _ if a == b => a.clone(),
        (Unknown, t) | (t, Unknown) => t.clone(),
        (Unbound, Maybe(t)) | (Maybe(t), Unbound) => Maybe(t.clone()),
        (Unbound, t) | (t, Unbound) => Maybe(Box::new(t.clone())),
        (Maybe(s), Maybe(t)) => Maybe(Box::new(join(s, t)?)),
        (Maybe(s), t) | (t, Maybe(s)) => Maybe(Box::new(join(s, t)?)),
        (None, Optional(t)) | (Optional(t), None) => Optional(t.clone()),
        (None, t) | (t, None) if optional_holds(t) => Optional(Box::new(t.clone())),
        (Optional(s), Optional(t)) => Optional(Box::new(join(s, t)?)),
        (Optional(s), t) | (t, Optional(s)) => Optional(Box::new(join(s, t)?)),
        (Tuple(s), Tuple(t)) if s.len() == t.len() => Tuple(s.iter().zip(t).map(|(s, t)| join(s, t)).collect::<Option<_>>()?),
        (List(s), List(t)) if s.len() == t.len() => List(s.iter().zip(t).map(|(s, t)| join(s, t)).collect::<Option<_>>()?),
        (Named(m, s), Named(n, t)) if m == n => Named(m.clone(), s.iter().zip(t).map(|(s, t)| join(s, t)).collect::<Option<_>>()?),
        (Closure(f, s), Closure(g, t)) if f == g && s.len() == t.len() => Closure(f.clone(), s.iter().zip(t).map(|(s, t)| join(s, t)).collect::<Option<_>>()?),
        (Closure(..) | OneOf(_) | Ref(_), Closure(..) | OneOf(_) | Ref(_)) => super::functions::join_functions(a, b)?,
        (Named(..), Tuple(_) | Named(..)) | (Tuple(_), Named(..)) => join(&a.unnamed(), &b.unnamed())?,
        (Collector(s), Collector(t)) => Collector(Box::new(join_collected(s, t)?)),
        (Record(s), Record(t)) if s.of == t.of => Record(super::RecordTy { readonly: s.readonly || t.readonly, ..s.clone() }),
        (Array(s), Array(t)) => Array(join_arrays(s, t)?),
        (Range(s), Range(t)) => Range(Box::new(join(s, t)?)),
        _ if a.is_number() && b.is_number() => join_numbers(a, b)?,
        (Time(s), Time(t)) if s.span == t.span => {
            // In one order, as the divisor of units depends on it.
            let unit = if s.unit.is_calendar() { t.common_unit(*s) } else { s.common_unit(*t) };
            Time(super::Time { unit: unit?, ..*s })
        }
        _ => return Option::None,
    })
}

/// The join of all; `Unknown` of none. The error is the index of the first that does not fit and the join before it.
pub fn join_all<'a>(types: impl IntoIterator<Item = &'a Ty>) -> Result<Ty, (usize, Ty)> {
    let mut result = Ty::Unknown;
    for (i, ty) in types.into_iter().enumerate() {
        match join(&result, ty) {
            Some(joined) => result = joined,
            None => return Err((i, result)),
        }
    }
    Ok(result)
}

/// What has a value at run time, so that "or None" is a flag beside it.
fn optional_holds(ty: &Ty) -> bool {
    ty.is_scalar() || !ty.functions().is_empty() || matches!(ty, Ty::Function(_) | Ty::Array(_) | Ty::Tuple(_) | Ty::List(_) | Ty::Named(..) | Ty::Record(_) | Ty::Class(_))
}

/// The type of the items that an array of both would have: NumPy's promotion. `None` stands for no items, `Unknown` for some.
pub fn join_collected(a: &Ty, b: &Ty) -> Option<Ty> {
    Some(match (a, b) {
        (Ty::None, t) | (t, Ty::None) => t.clone(),
        (Ty::Unknown, t) | (t, Ty::Unknown) => t.clone(),
        (Ty::Array(s), Ty::Array(t)) if s.rank == t.rank => Ty::array(super::promote_types(&s.element, &t.element)?, s.rank, Layout::C),
        _ if a.is_scalar() && b.is_scalar() => super::promote_types(a, b)?,
        _ => return None,
    })
}

fn join_arrays(a: &Array, b: &Array) -> Option<Array> {
    (a.element == b.element && a.rank == b.rank && a.unaligned == b.unaligned).then(|| Array {
        element: a.element.clone(),
        rank: a.rank,
        layout: if a.layout == b.layout { a.layout } else { Layout::A },
        readonly: a.readonly || b.readonly,
        unaligned: a.unaligned,
    })
}

fn join_numbers(a: &Ty, b: &Ty) -> Option<Ty> {
    use Ty::*;
    Some(match (a, b) {
        (Bool, t) | (t, Bool) => t.clone(),
        (Int { bits: m, signed: s }, Int { bits: n, signed: t }) if s == t => Int { bits: *m.max(n), signed: *s },
        (Int { bits: signed, signed: true }, Int { bits: unsigned, .. }) | (Int { bits: unsigned, .. }, Int { bits: signed, .. }) => {
            let bits = (*signed).max(unsigned * 2);
            if bits > 64 {
                return Option::None;
            }
            Int { bits, signed: true }
        }
        _ => {
            let bits = float_bits(number_of(a)?).max(float_bits(number_of(b)?));
            if matches!((a, b), (Complex(_), _) | (_, Complex(_))) { Complex(bits) } else { Float(bits) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = Ty> {
        prop_oneof![
            Just(Ty::Bool),
            (prop::sample::select(vec![8u32, 16, 32, 64]), any::<bool>()).prop_map(|(bits, signed)| Ty::Int { bits, signed }),
            prop::sample::select(vec![32u32, 64]).prop_map(Ty::Float),
            prop::sample::select(vec![32u32, 64]).prop_map(Ty::Complex),
        ]
    }

    fn any_ty() -> impl Strategy<Value = Ty> {
        let leaf = prop_oneof![
            4 => number(),
            1 => Just(Ty::None),
            1 => Just(Ty::Unknown),
            1 => Just(Ty::Unbound),
            1 => Just(Ty::Str),
            1 => (any::<bool>(), prop::sample::select(super::super::Unit::all().collect::<Vec<_>>())).prop_map(|(span, unit)| Ty::Time(super::super::Time { span, unit })),
            1 => prop::sample::select(vec!["math.sin", "math.cos", "@f", "numpy.float64"]).prop_map(|name| Ty::Ref(name.into())),
            1 => (prop::sample::select(vec!["f.<locals>.g", "h"]), number()).prop_map(|(name, captured)| Ty::Closure(name.into(), vec![captured])),
            1 => prop::sample::select(vec!["Particle", "Box#2"]).prop_map(|name| Ty::Class(name.into())),
            2 => (number(), 0usize..3, prop::sample::select(vec![Layout::C, Layout::F, Layout::A]), any::<bool>())
                .prop_map(|(element, rank, layout, readonly)| Ty::Array(Array { element: Box::new(element), rank, layout, readonly, unaligned: false })),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            let elements = prop::collection::vec(inner, 0..3);
            prop_oneof![elements.clone().prop_map(Ty::Tuple), elements.prop_map(Ty::List)]
        })
    }

    proptest! {
        #[test]
        fn idempotent(a in any_ty()) { prop_assert_eq!(join(&a, &a), Some(a)); }

        #[test]
        fn commutative(a in any_ty(), b in any_ty()) { prop_assert_eq!(join(&a, &b), join(&b, &a)); }

        /// Where both orders are defined they agree.
        #[test]
        fn associative(a in number(), b in number(), c in number()) {
            let left = join(&a, &b).and_then(|ab| join(&ab, &c));
            let right = join(&b, &c).and_then(|bc| join(&a, &bc));
            if let (Some(l), Some(r)) = (left, right) {
                prop_assert_eq!(l, r);
            }
        }

        /// The join is an upper bound: joining again changes nothing, so inference ascends and stops.
        #[test]
        fn upper_bound(a in any_ty(), b in any_ty()) {
            if let Some(j) = join(&a, &b) {
                prop_assert_eq!(join(&j, &a), Some(j.clone()));
                prop_assert_eq!(join(&j, &b), Some(j));
            }
        }

        #[test]
        fn spelling_round_trips(a in any_ty()) { prop_assert_eq!(a.to_string().parse::<Ty>().unwrap(), a); }
    }
}
