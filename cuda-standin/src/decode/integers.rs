//! Integer instructions: arithmetic, carry chains, bits.

use super::function::Builder;
use crate::machine::lanes::{self, Work};
use crate::machine::registers::{Registers, Slot, lanes_of};
use crate::ptx::Parsed;
use crate::ptx::syntax::{Instruction, Operand};
use crate::ptx::types::{Kind, Type};

/// The expression for the Rust type that an integer type of PTX is.
macro_rules! integer {
    ($ty:expr, $T:ident => $work:expr) => {
        match ($ty.is_signed(), $ty.bits) {
            (true, 16) => {
                type $T = i16;
                $work
            }
            (true, 32) => {
                type $T = i32;
                $work
            }
            (true, _) => {
                type $T = i64;
                $work
            }
            (false, 16) => {
                type $T = u16;
                $work
            }
            (false, 32) => {
                type $T = u32;
                $work
            }
            (false, _) => {
                type $T = u64;
                $work
            }
        }
    };
}

/// The expression for the unsigned Rust type of that many bits.
macro_rules! bits {
    ($ty:expr, $T:ident => $work:expr) => {
        match $ty.bits {
            16 => {
                type $T = u16;
                $work
            }
            32 => {
                type $T = u32;
                $work
            }
            _ => {
                type $T = u64;
                $work
            }
        }
    };
}

const MODIFIERS: [&str; 7] = ["lo", "hi", "wide", "sat", "cc", "mode", "relu"];

pub fn arithmetic(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    let name = instruction.name.as_str();
    let count = match name {
        "mad" | "madc" | "mad24" | "sad" => 3,
        "abs" | "neg" => 1,
        _ => 2,
    };
    instruction.check(1 + count..=1 + count, &MODIFIERS)?;
    let ty = instruction.ty()?;
    if ty.is_float() || ty.kind == Kind::Predicate || ty.bits == 8 || ty.bits == 128 {
        return builder.wrong(format!("'{}' is not supported", instruction.full_name()));
    }
    if instruction.has("cc") || matches!(name, "addc" | "subc" | "madc") {
        return carry_chain(builder, instruction, ty);
    }
    let wide = instruction.has("wide");
    let result = if wide { Type { bits: ty.bits * 2, ..ty } } else { ty };
    let to = builder.target(instruction.operand(0)?, result)?;
    let mut sources = Vec::new();
    for (index, operand) in instruction.operands[1..].iter().enumerate() {
        let ty = if wide && index == 2 { result } else { ty };
        sources.push(builder.source(operand, ty)?);
    }
    let work = if ty.parts == 2 { packed(instruction, ty, to, &sources) } else { plain(instruction, ty, to, &sources) };
    match work {
        Some(work) => builder.lanes(work),
        None => return builder.wrong(format!("'{}' is not supported", instruction.full_name())),
    }
    Ok(())
}

fn plain(instruction: &Instruction, ty: Type, to: Slot, sources: &[Slot]) -> Option<Work> {
    let a = sources[0];
    let b = sources.get(1).copied().unwrap_or(a);
    let c = sources.get(2).copied().unwrap_or(a);
    Some(match instruction.name.as_str() {
        "add" if instruction.has("sat") => lanes::binary(to, a, b, i32::saturating_add),
        "sub" if instruction.has("sat") => lanes::binary(to, a, b, i32::saturating_sub),
        "add" => integer!(ty, T => lanes::binary(to, a, b, T::wrapping_add)),
        "sub" => integer!(ty, T => lanes::binary(to, a, b, T::wrapping_sub)),
        "mul" | "mad" if instruction.has("wide") => wide(instruction, ty, to, (a, b, c))?,
        "mul" if instruction.has("hi") => integer!(ty, T => lanes::binary(to, a, b, |a: T, b: T| high(i128::from(a), i128::from(b), T::BITS) as T)),
        "mad" if instruction.has("hi") && instruction.has("sat") => lanes::ternary(to, (a, b, c), |a: i32, b: i32, c: i32| (high(a.into(), b.into(), 32) as i32).saturating_add(c)),
        "mad" if instruction.has("hi") => integer!(ty, T => lanes::ternary(to, (a, b, c), |a: T, b: T, c: T| (high(i128::from(a), i128::from(b), T::BITS) as T).wrapping_add(c))),
        "mul" => integer!(ty, T => lanes::binary(to, a, b, T::wrapping_mul)),
        "mad" => integer!(ty, T => lanes::ternary(to, (a, b, c), |a: T, b: T, c: T| a.wrapping_mul(b).wrapping_add(c))),
        "mul24" | "mad24" => short(instruction, ty, to, (a, b, c)),
        // What a device gives for a divisor of zero: ones, and the dividend.
        "div" => integer!(ty, T => lanes::binary(to, a, b, |a: T, b: T| if b == 0 { !0 } else { a.wrapping_div(b) })),
        "rem" => integer!(ty, T => lanes::binary(to, a, b, |a: T, b: T| if b == 0 { a } else { a.wrapping_rem(b) })),
        "min" => integer!(ty, T => lanes::binary(to, a, b, |a: T, b: T| a.min(b))),
        "max" if instruction.has("relu") => lanes::binary(to, a, b, |a: i32, b: i32| a.max(b).max(0)),
        "max" => integer!(ty, T => lanes::binary(to, a, b, |a: T, b: T| a.max(b))),
        "abs" => match ty.bits {
            16 => lanes::unary(to, a, i16::wrapping_abs),
            32 => lanes::unary(to, a, i32::wrapping_abs),
            _ => lanes::unary(to, a, i64::wrapping_abs),
        },
        "neg" => integer!(ty, T => lanes::unary(to, a, T::wrapping_neg)),
        "sad" => integer!(ty, T => lanes::ternary(to, (a, b, c), |a: T, b: T, c: T| c.wrapping_add(a.abs_diff(b) as T))),
        _ => return None,
    })
}

/// The upper half of a product.
fn high(a: i128, b: i128, bits: u32) -> i128 {
    a.wrapping_mul(b) >> bits
}

fn wide(instruction: &Instruction, ty: Type, to: Slot, (a, b, c): (Slot, Slot, Slot)) -> Option<Work> {
    let adds = instruction.name == "mad";
    Some(match (ty.is_signed(), ty.bits, adds) {
        (true, 16, false) => lanes::binary(to, a, b, |a: i16, b: i16| i32::from(a) * i32::from(b)),
        (false, 16, false) => lanes::binary(to, a, b, |a: u16, b: u16| u32::from(a) * u32::from(b)),
        (true, 32, false) => lanes::binary(to, a, b, |a: i32, b: i32| i64::from(a) * i64::from(b)),
        (false, 32, false) => lanes::binary(to, a, b, |a: u32, b: u32| u64::from(a) * u64::from(b)),
        (true, 16, true) => lanes::ternary(to, (a, b, c), |a: i16, b: i16, c: i32| (i32::from(a) * i32::from(b)).wrapping_add(c)),
        (false, 16, true) => lanes::ternary(to, (a, b, c), |a: u16, b: u16, c: u32| (u32::from(a) * u32::from(b)).wrapping_add(c)),
        (true, 32, true) => lanes::ternary(to, (a, b, c), |a: i32, b: i32, c: i64| (i64::from(a) * i64::from(b)).wrapping_add(c)),
        (false, 32, true) => lanes::ternary(to, (a, b, c), |a: u32, b: u32, c: u64| (u64::from(a) * u64::from(b)).wrapping_add(c)),
        _ => return None,
    })
}

/// Products of the low 24 bits: bits 0–31 or 16–47 of them.
fn short(instruction: &Instruction, ty: Type, to: Slot, (a, b, c): (Slot, Slot, Slot)) -> Work {
    let (upper, adds, signed) = (instruction.has("hi"), instruction.name == "mad24", ty.is_signed());
    let part = move |x: u32| if signed { i64::from((x << 8) as i32 >> 8) } else { i64::from(x & 0xff_ffff) };
    lanes::ternary(to, (a, b, c), move |a: u32, b: u32, c: u32| {
        let product = part(a) * part(b);
        let half = if upper { (product >> 16) as u32 } else { product as u32 };
        if adds { half.wrapping_add(c) } else { half }
    })
}

/// Two integers of 16 bits in a register.
fn packed(instruction: &Instruction, ty: Type, to: Slot, sources: &[Slot]) -> Option<Work> {
    let signed = ty.is_signed();
    let relu = instruction.has("relu");
    let f: fn(i32, i32) -> i32 = match instruction.name.as_str() {
        "add" => |a, b| a + b,
        "sub" => |a, b| a - b,
        "min" => i32::min,
        "max" => i32::max,
        _ => return None,
    };
    let part = move |x: u32| if signed { i32::from(x as u16 as i16) } else { i32::from(x as u16) };
    let one = move |a: u32, b: u32| {
        let value = f(part(a), part(b));
        u32::from(if relu { value.max(0) } else { value } as u16)
    };
    Some(lanes::binary(to, sources[0], sources[1], move |a: u32, b: u32| one(a, b) | one(a >> 16, b >> 16) << 16))
}

/// `add.cc`, `addc`, `sub.cc`, `subc`, `mad.cc`, `madc`: with the carry of the instruction before, and for the one after.
fn carry_chain(builder: &mut Builder<'_>, instruction: &Instruction, ty: Type) -> Parsed<()> {
    let to = builder.target(instruction.operand(0)?, ty)?;
    let sources = instruction.operands[1..].iter().map(|operand| builder.source(operand, ty)).collect::<Parsed<Vec<_>>>()?;
    let carry = builder.carry;
    let (gives, takes) = (instruction.has("cc"), instruction.name.ends_with('c'));
    let name = instruction.name.trim_end_matches('c').to_string();
    let upper = instruction.has("hi");
    let (width, signed) = (ty.bits, ty.is_signed());
    builder.lanes(Box::new(move |registers: &mut Registers, mask| {
        for lane in lanes_of(mask) {
            let value = |index: usize| u128::from(registers.bits(sources[index], width, lane));
            let carried = registers.predicate(carry) >> lane & 1 == 1;
            let (a, b) = match name.as_str() {
                "mad" => (product(value(0), value(1), width, signed, upper), value(2)),
                _ => (value(0), value(1)),
            };
            // A difference is the sum with the complement and one more, so its carry says that nothing was borrowed.
            let total = match name.as_str() {
                "sub" => a + (!b & ((1 << width) - 1)) + u128::from(!takes || carried),
                _ => a + b + u128::from(takes && carried),
            };
            registers.set_bits(to, width, lane, total as u64);
            if gives {
                let out = if total >> width & 1 == 1 { u32::MAX } else { 0 };
                registers.set_predicate(carry, out, 1 << lane);
            }
        }
    }));
    Ok(())
}

fn product(a: u128, b: u128, width: u32, signed: bool, upper: bool) -> u128 {
    let extended = |x: u128| if signed { ((x << (128 - width)) as i128 >> (128 - width)) as u128 } else { x };
    let whole = extended(a).wrapping_mul(extended(b));
    let part = if upper { whole >> width } else { whole };
    part & ((1 << width) - 1)
}

pub fn bits(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    let name = instruction.name.as_str();
    let ty = instruction.ty()?;
    if ty.kind == Kind::Predicate {
        return logic_of_predicates(builder, instruction);
    }
    let modifiers: &[&str] = match name {
        "shf" => &["l", "r", "clamp", "wrap"],
        "bfind" => &["shiftamt"],
        "prmt" => &["f4e", "b4e", "rc8", "ecl", "ecr", "rc16"],
        "szext" | "bmsk" => &["clamp", "wrap"],
        "dp2a" => &["lo", "hi"],
        _ => &[],
    };
    let count = match name {
        "not" | "cnot" | "bfind" | "brev" | "clz" | "popc" => 1,
        "shf" | "bfe" | "fns" | "prmt" | "dp4a" | "dp2a" => 3,
        "bfi" | "lop3" => 4,
        _ => 2,
    };
    instruction.check(1 + count..=1 + count, modifiers)?;
    if !matches!(ty.bits, 16 | 32 | 64) || ty.is_float() {
        return builder.wrong(format!("'{}' is not supported", instruction.full_name()));
    }
    let counts = matches!(name, "clz" | "popc" | "bfind");
    let to = builder.target(instruction.operand(0)?, if counts { Type::U32 } else { ty })?;
    let work = match name {
        "and" | "or" | "xor" | "not" | "cnot" | "brev" | "clz" | "popc" => simple(builder, instruction, ty, to)?,
        "shl" | "shr" => shift(builder, instruction, ty, to)?,
        _ => fields(builder, instruction, ty, to)?,
    };
    builder.lanes(work);
    Ok(())
}

fn simple(builder: &mut Builder<'_>, instruction: &Instruction, ty: Type, to: Slot) -> Parsed<Work> {
    let a = builder.source(instruction.operand(1)?, ty)?;
    let b = match instruction.operands.get(2) {
        Some(operand) => builder.source(operand, ty)?,
        None => a,
    };
    Ok(match instruction.name.as_str() {
        "and" => bits!(ty, T => lanes::binary(to, a, b, |a: T, b: T| a & b)),
        "or" => bits!(ty, T => lanes::binary(to, a, b, |a: T, b: T| a | b)),
        "xor" => bits!(ty, T => lanes::binary(to, a, b, |a: T, b: T| a ^ b)),
        "not" => bits!(ty, T => lanes::unary(to, a, |a: T| !a)),
        "cnot" => bits!(ty, T => lanes::unary(to, a, |a: T| T::from(a == 0))),
        "brev" => bits!(ty, T => lanes::unary(to, a, T::reverse_bits)),
        "clz" => bits!(ty, T => lanes::unary(to, a, T::leading_zeros)),
        _ => bits!(ty, T => lanes::unary(to, a, T::count_ones)),
    })
}

/// Shifts by 32 bits of count, which is not taken modulo the width.
fn shift(builder: &mut Builder<'_>, instruction: &Instruction, ty: Type, to: Slot) -> Parsed<Work> {
    let a = builder.source(instruction.operand(1)?, ty)?;
    let count = builder.source(instruction.operand(2)?, Type::U32)?;
    Ok(match (instruction.name.as_str(), ty.is_signed()) {
        ("shl", _) => bits!(ty, T => lanes::binary(to, a, count, |a: T, count: u32| a.checked_shl(count).unwrap_or(0))),
        (_, false) => bits!(ty, T => lanes::binary(to, a, count, |a: T, count: u32| a.checked_shr(count).unwrap_or(0))),
        (_, true) => integer!(ty, T => lanes::binary(to, a, count, |a: T, count: u32| a >> count.min(T::BITS - 1))),
    })
}

fn fields(builder: &mut Builder<'_>, instruction: &Instruction, ty: Type, to: Slot) -> Parsed<Work> {
    let signed = ty.is_signed();
    let wrap = instruction.has("wrap");
    let of = |builder: &mut Builder<'_>, index: usize, ty: Type| builder.source(instruction.operand(index)?, ty);
    Ok(match instruction.name.as_str() {
        "bfe" => {
            let sources = (of(builder, 1, ty)?, of(builder, 2, Type::U32)?, of(builder, 3, Type::U32)?);
            match ty.bits {
                32 => lanes::ternary(to, sources, move |a: u32, start: u32, count: u32| extract(a.into(), start, count, 32, signed) as u32),
                _ => lanes::ternary(to, sources, move |a: u64, start: u32, count: u32| extract(a, start, count, 64, signed)),
            }
        }
        "bfi" => {
            let slots = [of(builder, 1, ty)?, of(builder, 2, ty)?, of(builder, 3, Type::U32)?, of(builder, 4, Type::U32)?];
            insertion(to, slots, ty.bits)
        }
        "shf" => {
            let sources = (of(builder, 1, ty)?, of(builder, 2, ty)?, of(builder, 3, Type::U32)?);
            let left = instruction.has("l");
            lanes::ternary(to, sources, move |low: u32, high: u32, count: u32| {
                let count = if wrap { count & 31 } else { count.min(32) };
                let both = u64::from(high) << 32 | u64::from(low);
                if left { (both << count >> 32) as u32 } else { (both >> count) as u32 }
            })
        }
        "bfind" => {
            let a = of(builder, 1, ty)?;
            let amount = instruction.has("shiftamt");
            integer!(ty, T => lanes::unary(to, a, move |a: T| {
                let x = if signed && a.leading_zeros() == 0 { !a } else { a };
                match x.leading_zeros() {
                    zeros if zeros == T::BITS => u32::MAX,
                    zeros => if amount { zeros } else { T::BITS - 1 - zeros },
                }
            }))
        }
        "fns" => {
            let sources = (of(builder, 1, Type::U32)?, of(builder, 2, Type::U32)?, of(builder, 3, Type::U32)?);
            lanes::ternary(to, sources, |mask: u32, base: u32, offset: i32| nth_set(mask, base & 31, offset))
        }
        "prmt" => permute(builder, instruction, to)?,
        "lop3" => {
            let sources = (of(builder, 1, ty)?, of(builder, 2, ty)?, of(builder, 3, ty)?);
            let Operand::Integer(table) = *instruction.operand(4)? else { return builder.wrong("lop3 has a constant table") };
            lanes::ternary(to, sources, move |a: u32, b: u32, c: u32| {
                (0..8).filter(|row| table >> row & 1 == 1).fold(0, |found, row| found | (if row & 4 != 0 { a } else { !a }) & (if row & 2 != 0 { b } else { !b }) & (if row & 1 != 0 { c } else { !c }))
            })
        }
        "szext" => {
            let (a, count) = (of(builder, 1, ty)?, of(builder, 2, Type::U32)?);
            lanes::binary(to, a, count, move |a: u32, count: u32| {
                let count = if wrap { count & 31 } else { count.min(32) };
                extract(a.into(), 0, count, 32, signed) as u32
            })
        }
        "bmsk" => {
            let (a, count) = (of(builder, 1, ty)?, of(builder, 2, Type::U32)?);
            lanes::binary(to, a, count, move |start: u32, count: u32| {
                let (start, count) = if wrap { (start & 31, count & 31) } else { (start.min(32), count.min(32)) };
                (((1u64 << count) - 1) << start) as u32
            })
        }
        _ => dot(builder, instruction, to)?,
    })
}

fn insertion(to: Slot, [a, b, start, count]: [Slot; 4], width: u32) -> Work {
    Box::new(move |registers: &mut Registers, mask| {
        for lane in lanes_of(mask) {
            let (start, count) = (registers.lane::<u32>(start, lane) & 0xff, registers.lane::<u32>(count, lane) & 0xff);
            let value = insert(registers.bits(a, width, lane), registers.bits(b, width, lane), start, count, width);
            registers.set_bits(to, width, lane, value);
        }
    })
}

fn extract(a: u64, start: u32, count: u32, width: u32, signed: bool) -> u64 {
    let (start, count) = (start & 0xff, count & 0xff);
    if count == 0 {
        return 0;
    }
    let top = (start + count - 1).min(width - 1);
    let sign = signed && a >> top & 1 == 1;
    let field = a.checked_shr(start).unwrap_or(0);
    let kept = count.min(width.saturating_sub(start));
    let mask = if kept >= 64 { u64::MAX } else { (1 << kept) - 1 };
    if sign { field & mask | !mask } else { field & mask }
}

fn insert(a: u64, b: u64, start: u32, count: u32, width: u32) -> u64 {
    let kept = count.min(width.saturating_sub(start));
    let mask = if kept >= 64 { u64::MAX } else { (1 << kept) - 1 };
    let mask = mask.checked_shl(start).unwrap_or(0);
    b & !mask | a.checked_shl(start).unwrap_or(0) & mask
}

/// The position of the n-th set bit from `base` upwards or downwards.
fn nth_set(mask: u32, base: u32, offset: i32) -> u32 {
    if offset == 0 {
        return if mask >> base & 1 == 1 { base } else { u32::MAX };
    }
    let positions: Vec<u32> = if offset > 0 { (base..32).collect() } else { (0..=base).rev().collect() };
    positions.into_iter().filter(|position| mask >> position & 1 == 1).nth(offset.unsigned_abs() as usize - 1).unwrap_or(u32::MAX)
}

/// `prmt`: bytes of two registers by a selector.
fn permute(builder: &mut Builder<'_>, instruction: &Instruction, to: Slot) -> Parsed<Work> {
    let ty = Type::B32;
    let mut of = |index: usize| builder.source(instruction.operand(index)?, ty);
    let sources = (of(1)?, of(2)?, of(3)?);
    let mode = instruction.modifiers.iter().find(|modifier| Type::named(modifier).is_none()).cloned().unwrap_or_default();
    Ok(lanes::ternary(to, sources, move |a: u32, b: u32, selector: u32| {
        let bytes = (u64::from(b) << 32 | u64::from(a)).to_le_bytes();
        let s = (selector & 3) as usize;
        let chosen: [usize; 4] = match mode.as_str() {
            "f4e" => [s, s + 1, s + 2, s + 3],
            "b4e" => [s, (s + 7) % 8, (s + 6) % 8, (s + 5) % 8],
            "rc8" => [s; 4],
            "ecl" => [0, 1, 2, 3].map(|index: usize| index.max(s)),
            "ecr" => [0, 1, 2, 3].map(|index: usize| index.min(s)),
            "rc16" => if s & 1 == 0 { [0, 1, 0, 1] } else { [2, 3, 2, 3] },
            _ => {
                let byte = |index: u32| {
                    let nibble = selector >> (index * 4) & 15;
                    let byte = bytes[(nibble & 7) as usize];
                    if nibble & 8 != 0 { ((byte as i8) >> 7) as u8 } else { byte }
                };
                return u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]);
            }
        };
        u32::from_le_bytes(chosen.map(|index| bytes[index]))
    }))
}

/// `dp4a` and `dp2a`: products of small integers, summed.
fn dot(builder: &mut Builder<'_>, instruction: &Instruction, to: Slot) -> Parsed<Work> {
    let types = instruction.types();
    let [first, second] = types[..] else { return builder.wrong(format!("'{}' has two types", instruction.full_name())) };
    let mut of = |index: usize| builder.source(instruction.operand(index)?, Type::B32);
    let sources = (of(1)?, of(2)?, of(3)?);
    let byte = |signed: bool, word: u32, index: usize| {
        let byte = word.to_le_bytes()[index];
        if signed { i32::from(byte as i8) } else { i32::from(byte) }
    };
    let half = |signed: bool, word: u32, index: usize| {
        let half = (word >> (16 * index)) as u16;
        if signed { i32::from(half as i16) } else { i32::from(half) }
    };
    let (x, y) = (first.is_signed(), second.is_signed());
    if instruction.name == "dp4a" {
        return Ok(lanes::ternary(to, sources, move |a: u32, b: u32, c: i32| (0..4).fold(c, |sum, index| sum.wrapping_add(byte(x, a, index) * byte(y, b, index)))));
    }
    let start = if instruction.has("hi") { 2 } else { 0 };
    Ok(lanes::ternary(to, sources, move |a: u32, b: u32, c: i32| (0..2).fold(c, |sum, index| sum.wrapping_add(half(x, a, index) * byte(y, b, start + index)))))
}

fn logic_of_predicates(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    let one = instruction.name == "not";
    instruction.check(2 + usize::from(!one)..=2 + usize::from(!one), &[])?;
    let to = builder.target(instruction.operand(0)?, Type::PREDICATE)?;
    let (a, not_a) = builder.predicate(instruction.operand(1)?)?;
    let (b, not_b) = if one { (a, not_a) } else { builder.predicate(instruction.operand(2)?)? };
    let combine: fn(u32, u32) -> u32 = match instruction.name.as_str() {
        "and" => |a, b| a & b,
        "or" => |a, b| a | b,
        "xor" => |a, b| a ^ b,
        "not" => |a, _| !a,
        _ => return builder.wrong(format!("'{}' is not supported", instruction.full_name())),
    };
    let flip = |negated: bool| if negated { u32::MAX } else { 0 };
    let (flip_a, flip_b) = (flip(not_a), flip(not_b));
    builder.lanes(Box::new(move |registers: &mut Registers, mask| {
        let value = combine(registers.predicate(a) ^ flip_a, registers.predicate(b) ^ flip_b);
        registers.set_predicate(to, value, mask);
    }));
    Ok(())
}
