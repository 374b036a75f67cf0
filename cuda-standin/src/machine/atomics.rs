//! What atomic operations make of the old value: one function for each operation and type.

use crate::ptx::types::{Kind, Type};
use crate::soft::{BF16, F16, Format, Rounding};

pub type Change = fn(u64, u64, u64) -> u64;

/// The new value from the old one and the operands; None if PTX has no such operation.
pub fn change(operation: &str, ty: Type) -> Option<Change> {
    use Kind::{Bits, Brain, Float, Signed, Unsigned};
    Some(match (operation, ty.kind, ty.bits, ty.parts) {
        ("exch", Bits | Unsigned | Signed | Float, 32 | 64, 1) => |_, new, _| new,
        ("cas", Bits | Unsigned | Signed, 16 | 32 | 64, 1) => |old, expected, new| if old == expected { new } else { old },
        ("and", Bits, 32 | 64, 1) => |old, a, _| old & a,
        ("or", Bits, 32 | 64, 1) => |old, a, _| old | a,
        ("xor", Bits, 32 | 64, 1) => |old, a, _| old ^ a,
        ("add", Unsigned | Signed, 32, 1) => |old, a, _| (old as u32).wrapping_add(a as u32).into(),
        ("add", Unsigned | Signed, 64, 1) => |old, a, _| old.wrapping_add(a),
        ("add", Float, 32, 1) => |old, a, _| (f32::from_bits(old as u32) + f32::from_bits(a as u32)).to_bits().into(),
        ("add", Float, 64, 1) => |old, a, _| (f64::from_bits(old) + f64::from_bits(a)).to_bits(),
        ("add", Float, 16, 1) => |old, a, _| F16.add(old, a, Rounding::NearestEven),
        ("add", Brain, 16, 1) => |old, a, _| BF16.add(old, a, Rounding::NearestEven),
        ("add", Float, 16, 2) => |old, a, _| pair(F16, old, a),
        ("add", Brain, 16, 2) => |old, a, _| pair(BF16, old, a),
        ("inc", Unsigned, 32, 1) => |old, limit, _| if old >= limit { 0 } else { old + 1 },
        ("dec", Unsigned, 32, 1) => |old, limit, _| if old == 0 || old > limit { limit } else { old - 1 },
        ("min", Unsigned, 32 | 64, 1) => |old, a, _| old.min(a),
        ("max", Unsigned, 32 | 64, 1) => |old, a, _| old.max(a),
        ("min", Signed, 32, 1) => |old, a, _| ((old as i32).min(a as i32) as u32).into(),
        ("max", Signed, 32, 1) => |old, a, _| ((old as i32).max(a as i32) as u32).into(),
        ("min", Signed, 64, 1) => |old, a, _| (old as i64).min(a as i64) as u64,
        ("max", Signed, 64, 1) => |old, a, _| (old as i64).max(a as i64) as u64,
        _ => return None,
    })
}

fn pair(format: Format, old: u64, a: u64) -> u64 {
    let low = format.add(old & 0xffff, a & 0xffff, Rounding::NearestEven);
    low | format.add(old >> 16 & 0xffff, a >> 16 & 0xffff, Rounding::NearestEven) << 16
}
