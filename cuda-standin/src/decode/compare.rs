//! Comparisons and selections.

use super::function::{Builder, register_width};
use super::numbers::is_half;
use crate::machine::lanes::{self, Work};
use crate::machine::registers::{Lane, Registers, Slot, lanes_of};
use crate::ptx::Parsed;
use crate::ptx::syntax::{Instruction, Operand};
use crate::ptx::types::{Kind, Type};
use std::cmp::Ordering;

pub fn decode(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    match instruction.name.as_str() {
        "setp" => set_predicate(builder, instruction),
        "set" => set(builder, instruction),
        "selp" => select(builder, instruction),
        _ => select_by_sign(builder, instruction),
    }
}

/// What an operator says about an order; `None` is a NaN on one side.
fn operator(name: &str) -> Option<fn(Option<Ordering>) -> bool> {
    use Ordering::{Equal, Greater, Less};
    Some(match name {
        "eq" => |order| order == Some(Equal),
        "ne" => |order| matches!(order, Some(Less | Greater)),
        "lt" | "lo" => |order| order == Some(Less),
        "le" | "ls" => |order| matches!(order, Some(Less | Equal)),
        "gt" | "hi" => |order| order == Some(Greater),
        "ge" | "hs" => |order| matches!(order, Some(Greater | Equal)),
        "equ" => |order| matches!(order, None | Some(Equal)),
        "neu" => |order| order != Some(Equal),
        "ltu" => |order| matches!(order, None | Some(Less)),
        "leu" => |order| order != Some(Greater),
        "gtu" => |order| matches!(order, None | Some(Greater)),
        "geu" => |order| order != Some(Less),
        "num" => |order| order.is_some(),
        "nan" => |order| order.is_none(),
        _ => return None,
    })
}

/// `.and`, `.or`, `.xor` with a predicate.
#[derive(Clone, Copy)]
struct Combination {
    slot: Slot,
    flip: u32,
    combine: fn(u32, u32) -> u32,
}

impl Combination {
    fn apply(this: Option<Combination>, registers: &Registers, found: u32) -> u32 {
        this.map_or(found, |Combination { slot, flip, combine }| combine(found, registers.predicate(slot) ^ flip))
    }
}

fn combination(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<Option<Combination>> {
    // Some are also names of operations between operands; here the second one is meant.
    let combine: fn(u32, u32) -> u32 = match instruction.modifiers.iter().skip(1).find(|modifier| matches!(modifier.as_str(), "and" | "or" | "xor")).map(String::as_str) {
        Some("and") => |a, b| a & b,
        Some("or") => |a, b| a | b,
        Some(_) => |a, b| a ^ b,
        None => return Ok(None),
    };
    let (slot, negated) = builder.predicate(instruction.operand(3)?)?;
    Ok(Some(Combination { slot, flip: if negated { u32::MAX } else { 0 }, combine }))
}

/// The comparison as a mask, given to `then`.
fn comparison(builder: &mut Builder<'_>, instruction: &Instruction, ty: Type, then: impl Fn(&mut Registers, u32, u32) + Send + Sync + 'static) -> Parsed<Work> {
    let name = instruction.modifiers.first().map_or("", String::as_str);
    let Some(holds) = operator(name) else { return builder.wrong(format!("'{}': '.{name}' is no comparison", instruction.full_name())) };
    let a = builder.source(instruction.operand(1)?, ty)?;
    let b = builder.source(instruction.operand(2)?, ty)?;
    let flush = instruction.has("ftz");
    // The operators of unsigned order, and those of integers without one.
    fn ordered<T: Lane>(a: Slot, b: Slot, name: &str, holds: fn(Option<Ordering>) -> bool, then: impl Fn(&mut Registers, u32, u32) + Send + Sync + 'static) -> Work {
        match name {
            "eq" => lanes::test::<T>(a, b, |a, b| a == b, then),
            "lt" | "lo" => lanes::test::<T>(a, b, |a, b| a < b, then),
            "le" | "ls" => lanes::test::<T>(a, b, |a, b| a <= b, then),
            "gt" | "hi" => lanes::test::<T>(a, b, |a, b| a > b, then),
            "ge" | "hs" => lanes::test::<T>(a, b, |a, b| a >= b, then),
            "neu" => lanes::test::<T>(a, b, |a, b| a != b, then),
            _ => lanes::test::<T>(a, b, move |a, b| holds(a.partial_cmp(&b)), then),
        }
    }
    Ok(match (ty.kind, ty.bits) {
        (Kind::Float, 32) if flush => {
            let mode = super::numbers::Mode { flush, ..Default::default() };
            lanes::test(a, b, move |a: f32, b: f32| holds(mode.input(a).partial_cmp(&mode.input(b))), then)
        }
        (Kind::Float, 32) => ordered::<f32>(a, b, name, holds, then),
        (Kind::Float, 64) => ordered::<f64>(a, b, name, holds, then),
        _ if is_half(ty) && ty.parts == 1 => {
            let format = ty.format().unwrap_or(crate::soft::F16);
            lanes::test(a, b, move |a: u16, b: u16| holds(format.to_f64(a.into()).partial_cmp(&format.to_f64(b.into()))), then)
        }
        (Kind::Signed, 16) => ordered::<i16>(a, b, name, holds, then),
        (Kind::Signed, 32) => ordered::<i32>(a, b, name, holds, then),
        (Kind::Signed, 64) => ordered::<i64>(a, b, name, holds, then),
        (Kind::Unsigned | Kind::Bits, 16) => ordered::<u16>(a, b, name, holds, then),
        (Kind::Unsigned | Kind::Bits, 32) => ordered::<u32>(a, b, name, holds, then),
        (Kind::Unsigned | Kind::Bits, 64) => ordered::<u64>(a, b, name, holds, then),
        _ => return builder.wrong(format!("'{}' is not supported", instruction.full_name())),
    })
}

const MODIFIERS: [&str; 20] = ["eq", "ne", "lt", "lo", "le", "ls", "gt", "hi", "ge", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan", "ftz", "and"];

fn check(instruction: &Instruction) -> Parsed<()> {
    let all: Vec<&str> = MODIFIERS.iter().copied().chain(["or", "xor"]).collect();
    let combines = instruction.modifiers.iter().skip(1).any(|modifier| matches!(modifier.as_str(), "and" | "or" | "xor"));
    instruction.check(3 + usize::from(combines)..=3 + usize::from(combines), &all)
}

fn set_predicate(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    check(instruction)?;
    let ty = instruction.ty()?;
    let combined = combination(builder, instruction)?;
    let (first, second) = match instruction.operand(0)? {
        Operand::Pair(first, second) => (first.as_ref(), Some(second.as_ref())),
        one => (one, None),
    };
    let p = builder.target(first, Type::PREDICATE)?;
    let q = second.map(|operand| builder.target(operand, Type::PREDICATE)).transpose()?;
    let halves = ty.parts == 2;
    if halves {
        return two_halves(builder, instruction, ty, (p, q), combined);
    }
    let work = match (combined, q) {
        (None, None) => comparison(builder, instruction, ty, move |registers, found, mask| registers.set_predicate(p, found, mask))?,
        _ => comparison(builder, instruction, ty, move |registers, found, mask| {
            let holds = Combination::apply(combined, registers, found);
            let opposite = Combination::apply(combined, registers, !found);
            registers.set_predicate(p, holds, mask);
            if let Some(q) = q {
                registers.set_predicate(q, opposite, mask);
            }
        })?,
    };
    builder.lanes(work);
    Ok(())
}

/// `setp.eq.f16x2 p|q`: a predicate for each half.
fn two_halves(builder: &mut Builder<'_>, instruction: &Instruction, ty: Type, (p, q): (Slot, Option<Slot>), combined: Option<Combination>) -> Parsed<()> {
    let Some(format) = ty.format().filter(|_| ty.bits == 16) else { return builder.wrong(format!("'{}' is not supported", instruction.full_name())) };
    let name = instruction.modifiers.first().map_or("", String::as_str);
    let Some(holds) = operator(name) else { return builder.wrong(format!("'.{name}' is no comparison")) };
    let a = builder.source(instruction.operand(1)?, ty)?;
    let b = builder.source(instruction.operand(2)?, ty)?;
    builder.lanes(Box::new(move |registers: &mut Registers, mask| {
        let mut found = [0u32; 2];
        for lane in lanes_of(mask) {
            let (a, b): (u32, u32) = (registers.lane(a, lane), registers.lane(b, lane));
            for (half, found) in found.iter_mut().enumerate() {
                let part = |word: u32| format.to_f64((word >> (16 * half) & 0xffff).into());
                *found |= u32::from(holds(part(a).partial_cmp(&part(b)))) << lane;
            }
        }
        let [low, high] = found.map(|found| Combination::apply(combined, registers, found));
        registers.set_predicate(p, low, mask);
        if let Some(q) = q {
            registers.set_predicate(q, high, mask);
        }
    }));
    Ok(())
}

/// `set`: ones or a one where it holds, zeros elsewhere.
fn set(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    check(instruction)?;
    let types = instruction.types();
    let [result, ty] = types[..] else { return builder.wrong(format!("'{}' has two types", instruction.full_name())) };
    let combined = combination(builder, instruction)?;
    let to = builder.target(instruction.operand(0)?, result)?;
    let width = register_width(result);
    let yes = match result.format() {
        Some(format) => format.of_f64(1.0, crate::soft::Rounding::NearestEven),
        None => u64::MAX,
    };
    let work = comparison(builder, instruction, ty, move |registers, found, mask| {
        let holds = Combination::apply(combined, registers, found);
        for lane in lanes_of(mask) {
            registers.set_bits(to, width, lane, if holds >> lane & 1 == 1 { yes } else { 0 });
        }
    })?;
    builder.lanes(work);
    Ok(())
}

fn select(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    instruction.check(4..=4, &[])?;
    let ty = instruction.ty()?;
    let to = builder.target(instruction.operand(0)?, ty)?;
    let a = builder.source(instruction.operand(1)?, ty)?;
    let b = builder.source(instruction.operand(2)?, ty)?;
    let (predicate, negated) = builder.predicate(instruction.operand(3)?)?;
    builder.lanes(match register_width(ty) {
        16 => lanes::select::<u16>(to, a, b, predicate, negated),
        32 => lanes::select::<u32>(to, a, b, predicate, negated),
        _ => lanes::select::<u64>(to, a, b, predicate, negated),
    });
    Ok(())
}

/// `slct`: the first if the third is not negative.
fn select_by_sign(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    instruction.check(4..=4, &["ftz"])?;
    let types = instruction.types();
    let [ty, deciding] = types[..] else { return builder.wrong(format!("'{}' has two types", instruction.full_name())) };
    let to = builder.target(instruction.operand(0)?, ty)?;
    let a = builder.source(instruction.operand(1)?, ty)?;
    let b = builder.source(instruction.operand(2)?, ty)?;
    let c = builder.source(instruction.operand(3)?, deciding)?;
    let (width, is_float) = (register_width(ty), deciding.is_float());
    builder.lanes(Box::new(move |registers: &mut Registers, mask| {
        for lane in lanes_of(mask) {
            let word: u32 = registers.lane(c, lane);
            let first = if is_float { f32::from_bits(word) >= 0.0 } else { word as i32 >= 0 };
            let value = registers.bits(if first { a } else { b }, width, lane);
            registers.set_bits(to, width, lane, value);
        }
    }));
    Ok(())
}
