//! NumPy 2's promotion of dtypes (NEP 50): Python's numbers are weak, they take the dtype of the arrays beside them where their kind allows.

use super::Ty;

/// What an operand brings to a promotion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand {
    pub dtype: Ty,
    /// A Python int, float or complex: only its kind counts beside dtypes.
    pub weak: bool,
}

impl Operand {
    pub fn strong(dtype: &Ty) -> Operand {
        Operand { dtype: dtype.clone(), weak: false }
    }

    /// Of a value in compiled code. A scalar int64, float64 or complex128 is taken for a Python number, as most are; an array is never weak.
    pub fn of(ty: &Ty) -> Option<Operand> {
        match ty {
            Ty::Array(array) => Some(Operand::strong(&array.element)),
            ty if ty.is_number() => Some(Operand { dtype: ty.clone(), weak: matches!(ty, Ty::Int { bits: 64, signed: true } | Ty::Float(64) | Ty::Complex(64)) }),
            _ => None,
        }
    }
}

/// 0 bool, 1 integer, 2 float, 3 complex.
fn kind(ty: &Ty) -> u8 {
    match ty {
        Ty::Bool => 0,
        Ty::Int { .. } => 1,
        Ty::Float(_) => 2,
        _ => 3,
    }
}

/// The bits of the float that holds a dtype (of each part, for a complex one) beside other floats.
fn float_bits(ty: &Ty) -> u32 {
    match ty {
        Ty::Bool | Ty::Int { bits: 8 | 16, .. } => 32,
        Ty::Int { .. } => 64,
        Ty::Float(bits) | Ty::Complex(bits) => *bits,
        _ => 64,
    }
}

/// `np.promote_types(a, b)`.
pub fn promote_types(a: &Ty, b: &Ty) -> Ty {
    match (a, b) {
        _ if a == b => a.clone(),
        (Ty::Bool, other) | (other, Ty::Bool) => other.clone(),
        (Ty::Int { bits: m, signed: s }, Ty::Int { bits: n, signed: t }) => match (s, t) {
            _ if s == t => Ty::Int { bits: *m.max(n), signed: *s },
            _ => {
                let (unsigned, signed) = if *s { (n, m) } else { (m, n) };
                match unsigned < signed {
                    true => Ty::Int { bits: *signed, signed: true },
                    false if *unsigned == 64 => Ty::F64,
                    false => Ty::Int { bits: 2 * unsigned, signed: true },
                }
            }
        },
        _ => {
            let bits = float_bits(a).max(float_bits(b));
            if kind(a).max(kind(b)) == 3 { Ty::Complex(bits) } else { Ty::Float(bits) }
        }
    }
}

/// `np.result_type(*operands)`.
pub fn result_type(operands: &[Operand]) -> Option<Ty> {
    let strong = operands.iter().filter(|o| !o.weak).map(|o| o.dtype.clone()).reduce(|a, b| promote_types(&a, &b));
    let weak = operands.iter().filter(|o| o.weak).map(|o| o.dtype.clone()).reduce(|a, b| promote_types(&a, &b));
    match (strong, weak) {
        (Some(strong), Some(weak)) if kind(&weak) > kind(&strong) => Some(match (&weak, &strong) {
            (Ty::Complex(_), Ty::Float(bits)) => Ty::Complex(*bits),
            _ => weak,
        }),
        (Some(strong), _) => Some(strong),
        (None, weak) => weak,
    }
}

/// `np.can_cast(from, to, "same_kind")`.
pub fn same_kind(from: &Ty, to: &Ty) -> bool {
    match (from, to) {
        (Ty::Int { signed: true, .. }, Ty::Int { signed: false, .. }) => false,
        _ => kind(from) <= kind(to),
    }
}
