//! NumPy 2's promotion of dtypes (NEP 50): Python's numbers are weak, they take the dtype of the arrays beside them where their kind allows.

use super::{Time, Ty, Unit};

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
            Ty::Array(array) if matches!(*array.element, Ty::Record(_)) => None,
            Ty::Array(array) => Some(Operand::strong(&array.element)),
            Ty::Time(_) => Some(Operand::strong(ty)),
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
        Ty::Bool | Ty::Int { bits: 8, .. } => 16,
        Ty::Int { bits: 16, .. } => 32,
        Ty::Int { .. } => 64,
        Ty::Float(bits) | Ty::Complex(bits) => *bits,
        _ => 64,
    }
}

/// `np.promote_types(a, b)`; none of records, and where one is a time that the other cannot become.
pub fn promote_types(a: &Ty, b: &Ty) -> Option<Ty> {
    Some(match (a, b) {
        (Ty::Record(_), _) | (_, Ty::Record(_)) => return None,
        _ if a == b => a.clone(),
        (Ty::Time(x), Ty::Time(y)) => Ty::Time(Time { span: x.span && y.span, unit: x.common_unit(*y)? }),
        (Ty::Time(time), other) | (other, Ty::Time(time)) => {
            let counts = time.span && other.is_integral() && *other != Ty::U64;
            return counts.then_some(Ty::Time(*time));
        }
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
    })
}

/// `np.result_type(*operands)`; none of nothing, and where a time or a record stands beside what it has no dtype in common with.
pub fn result_type(operands: &[Operand]) -> Option<Ty> {
    let promoted = |weak: bool| {
        // Those of the largest kind first, as NumPy does: int8 and uint16 meet in int32, but each of them fits float32.
        let mut dtypes: Vec<&Ty> = operands.iter().filter(|o| o.weak == weak).map(|o| &o.dtype).collect();
        dtypes.sort_by_key(|dtype| std::cmp::Reverse(kind(dtype)));
        let Some((first, rest)) = dtypes.split_first() else { return Some(None) };
        rest.iter().try_fold((*first).clone(), |a, b| promote_types(&a, b)).map(Some)
    };
    match (promoted(false)?, promoted(true)?) {
        (Some(strong @ Ty::Time(_)), Some(weak)) => promote_types(&strong, &weak),
        (Some(strong), Some(weak)) if kind(&weak) > kind(&strong) => Some(match (&weak, &strong) {
            (Ty::Complex(_), Ty::Float(bits)) => Ty::Complex(*bits.max(&32)),
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
        (Ty::Time(a), Ty::Time(b)) => a.span == b.span && (!a.span || a.common_unit(*b).is_some()) && (b.unit != Unit::Generic || a.unit == b.unit),
        (from, Ty::Time(to)) => to.span && from.is_integral(),
        (Ty::Time(_), _) | (Ty::Record(_), _) | (_, Ty::Record(_)) => false,
        _ => kind(from) <= kind(to),
    }
}
