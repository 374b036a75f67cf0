//! The dtypes of products, and the ones that they are computed in.

use zouk_dialects::ty::Ty;

/// The bits of the float that holds a dtype beside other floats; of each part for a complex one.
fn float_bits(ty: &Ty) -> u32 {
    match ty {
        Ty::Bool | Ty::Int { bits: 8 | 16, .. } => 32,
        Ty::Float(bits) | Ty::Complex(bits) => *bits,
        _ => 64,
    }
}

/// `np.promote_types`
pub fn promoted(a: &Ty, b: &Ty) -> Ty {
    match (a, b) {
        _ if a == b => a.clone(),
        (Ty::Bool, other) | (other, Ty::Bool) => other.clone(),
        (Ty::Int { bits: m, signed: s }, Ty::Int { bits: n, signed: t }) if s == t => Ty::Int { bits: *m.max(n), signed: *s },
        (Ty::Int { bits: m, signed: s }, Ty::Int { bits: n, .. }) => {
            let (unsigned, signed) = if *s { (*n, *m) } else { (*m, *n) };
            match unsigned {
                u if u < signed => Ty::Int { bits: signed, signed: true },
                64 => Ty::F64,
                u => Ty::Int { bits: 2 * u, signed: true },
            }
        }
        _ => {
            let bits = float_bits(a).max(float_bits(b));
            if a.is_complex() || b.is_complex() { Ty::Complex(bits) } else { Ty::Float(bits) }
        }
    }
}

/// `np.can_cast(from, to, "same_kind")`
pub fn same_kind(from: &Ty, to: &Ty) -> bool {
    let kind = |ty: &Ty| match ty {
        Ty::Bool => 0,
        Ty::Int { signed: false, .. } => 1,
        Ty::Int { .. } => 2,
        Ty::Float(_) => 3,
        _ => 4,
    };
    kind(from) <= kind(to)
}

/// The type of elements that a product is computed in: sums of small integers wrap alike in 32 bits; a sum of truths is true unless it is zero.
pub fn working(element: &Ty) -> Ty {
    match element {
        Ty::Bool => Ty::F32,
        Ty::Int { bits: 64, .. } => Ty::I64,
        Ty::Int { .. } => Ty::I32,
        other => other.clone(),
    }
}
