//! Moves, addresses, loads, stores and atomics.

use super::function::{Builder, register_width};
use crate::machine::atomics;
use crate::machine::lanes;
use crate::machine::ops::{Action, Address, Atomic, Element, Transfer};
use crate::machine::registers::{Registers, Slot, lanes_of};
use crate::machine::spaces::space_of;
use crate::ptx::Parsed;
use crate::ptx::parser::space_named;
use crate::ptx::syntax::{Instruction, Operand, Space};
use crate::ptx::types::{Kind, Type};

pub fn moves(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    match instruction.name.as_str() {
        "mov" => mov(builder, instruction),
        "cvta" => to_or_from_generic(builder, instruction),
        "mapa" => builder.wrong("clusters of blocks are not supported"),
        _ => is_in_space(builder, instruction),
    }
}

fn mov(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    instruction.check(2..=2, &[])?;
    let ty = instruction.ty()?;
    let (to, from) = (instruction.operand(0)?, instruction.operand(1)?);
    match (to, from) {
        (Operand::Vector(parts), from) => {
            let part = Type { bits: ty.bits / parts.len().max(1) as u32, ..ty };
            let slot = builder.source(from, ty)?;
            unpack(builder, parts, part, slot, ty.bits)
        }
        (to, Operand::Vector(parts)) => {
            let part = Type { bits: ty.bits / parts.len().max(1) as u32, ..ty };
            let slots = parts.iter().map(|part_operand| builder.source(part_operand, part)).collect::<Parsed<Vec<_>>>()?;
            let target = builder.target(to, ty)?;
            pack(builder, target, slots, part.bits, ty.bits)
        }
        _ if ty.kind == Kind::Predicate => {
            let (a, negated) = builder.predicate(from)?;
            let target = builder.target(to, ty)?;
            let flip = if negated { u32::MAX } else { 0 };
            builder.lanes(Box::new(move |registers: &mut Registers, mask| {
                let value = registers.predicate(a) ^ flip;
                registers.set_predicate(target, value, mask);
            }));
            Ok(())
        }
        _ => {
            let (a, width) = builder.any_source(from, ty)?;
            // The address of a shared or local variable may be moved to 32 bits.
            let is_address = width == 64 && ty.bits == 32 && !matches!(from, Operand::Name(name, _) if name.starts_with('%'));
            if width != register_width(ty) && !is_address {
                return builder.wrong(format!("Arguments mismatch for instruction 'mov': {width} and {} bits", ty.width()));
            }
            let target = builder.target(to, ty)?;
            builder.lanes(match register_width(ty) {
                16 => lanes::copy::<u16>(target, a),
                32 if is_address => lanes::unary(target, a, |x: u64| x as u32),
                32 => lanes::copy::<u32>(target, a),
                64 => lanes::copy::<u64>(target, a),
                _ => copy_128(target, a),
            });
            Ok(())
        }
    }
}

/// Rows of 128 bits are two of 64.
fn copy_128(to: Slot, a: Slot) -> lanes::Work {
    Box::new(move |registers: &mut Registers, mask| {
        for half in [0, 32] {
            let row = registers.get::<u64>(a + half);
            registers.set(to + half, &row, mask);
        }
    })
}

fn unpack(builder: &mut Builder<'_>, parts: &[Operand], part: Type, slot: Slot, width: u32) -> Parsed<()> {
    let targets = parts.iter().map(|operand| if *operand == Operand::Sink { Ok(None) } else { builder.target(operand, part).map(Some) }).collect::<Parsed<Vec<_>>>()?;
    let bits = part.bits;
    builder.lanes(Box::new(move |registers: &mut Registers, mask| {
        for lane in lanes_of(mask) {
            for (index, target) in targets.iter().enumerate() {
                let Some(target) = target else { continue };
                let value = if width == 128 { registers.bits(slot + 32 * (index as u32 * bits / 64), 64, lane) >> (index as u32 * bits % 64) } else { registers.bits(slot, width, lane) >> (index as u32 * bits) };
                registers.set_bits(*target, bits.max(16), lane, if bits == 8 { value & 0xff } else { value });
            }
        }
    }));
    Ok(())
}

fn pack(builder: &mut Builder<'_>, target: Slot, slots: Vec<Slot>, bits: u32, width: u32) -> Parsed<()> {
    let mask_of_part = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
    builder.lanes(Box::new(move |registers: &mut Registers, mask| {
        for lane in lanes_of(mask) {
            let mut words = [0u64; 2];
            for (index, slot) in slots.iter().enumerate() {
                let at = index as u32 * bits;
                words[(at / 64) as usize] |= (registers.bits(*slot, bits.max(16), lane) & mask_of_part) << (at % 64);
            }
            registers.set_bits(target, width.min(64), lane, words[0]);
            if width == 128 {
                registers.set_bits(target + 32, 64, lane, words[1]);
            }
        }
    }));
    Ok(())
}

fn space_of_modifiers(instruction: &Instruction) -> Space {
    instruction.modifiers.iter().map(|modifier| space_named(modifier)).find(|space| *space != Space::Generic).unwrap_or(Space::Generic)
}

const SPACES: [&str; 9] = ["global", "shared", "local", "const", "param", "shared::cta", "shared::cluster", "param::entry", "param::func"];

/// `cvta`: windows are added to and taken from addresses.
fn to_or_from_generic(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    let modifiers: Vec<&str> = SPACES.iter().copied().chain(["to"]).collect();
    instruction.check(2..=2, &modifiers)?;
    let ty = instruction.ty()?;
    let window = builder.window(space_of_modifiers(instruction));
    let from = instruction.has("to");
    let (a, width) = builder.any_source(instruction.operand(1)?, ty)?;
    let to = builder.target(instruction.operand(0)?, ty)?;
    let shift = move |x: u64| if from { x.wrapping_sub(window) } else { x.wrapping_add(window) };
    match (register_width(ty), width) {
        (64, 64) => builder.lanes(lanes::unary(to, a, shift)),
        (64, 32) => builder.lanes(lanes::unary(to, a, move |x: u32| shift(x.into()))),
        _ => return builder.wrong("addresses have 64 bits"),
    }
    Ok(())
}

fn is_in_space(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    instruction.check(2..=2, &SPACES)?;
    let space = space_of_modifiers(instruction);
    let space = if space == Space::Param && !builder.entry { Space::Local } else { space };
    let to = builder.target(instruction.operand(0)?, Type::PREDICATE)?;
    let a = builder.source(instruction.operand(1)?, Type { kind: Kind::Bits, bits: 64, parts: 1 })?;
    let constants: Vec<(u64, u64)> = builder.linked.homes.values().filter(|home| home.space == Space::Const).map(|home| (home.address, home.bytes)).collect();
    let holds = move |address: u64| {
        let in_constants = constants.iter().any(|(start, bytes)| address.wrapping_sub(*start) < *bytes);
        match space {
            Space::Const => in_constants,
            Space::Global => space_of(address) == Space::Global && !in_constants,
            space => space_of(address) == space,
        }
    };
    builder.lanes(lanes::test(a, a, move |address: u64, _| holds(address), move |registers, found, mask| registers.set_predicate(to, found, mask)));
    Ok(())
}

pub fn memory(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    match instruction.name.as_str() {
        "ld" | "ldu" | "st" => transfer(builder, instruction),
        "atom" | "red" => atomic(builder, instruction),
        _ => touch(builder, instruction),
    }
}

const ORDERS: [&str; 13] = ["weak", "volatile", "relaxed", "acquire", "release", "acq_rel", "mmio", "cta", "cluster", "gpu", "sys", "nc", "unified"];
const CACHES: [&str; 8] = ["ca", "cg", "cs", "lu", "cv", "wb", "wt", "noftz"];

/// Hints about caches change no result.
fn is_hint(modifier: &str) -> bool {
    modifier.starts_with("L1::") || modifier.starts_with("L2::") || CACHES.contains(&modifier) || modifier == "level"
}

fn check_memory(instruction: &Instruction, operands: std::ops::RangeInclusive<usize>, more: &[&str]) -> Parsed<()> {
    let hints: Vec<&str> = instruction.modifiers.iter().map(String::as_str).filter(|modifier| is_hint(modifier)).collect();
    let known: Vec<&str> = SPACES.iter().chain(&ORDERS).chain(more).copied().chain(hints).collect();
    instruction.check(operands, &known)
}

fn transfer(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    check_memory(instruction, 2..=3, &["v2", "v4", "v8"])?;
    let ty = instruction.ty()?;
    let is_load = instruction.name != "st";
    let (address, values) = if is_load { (instruction.operand(1)?, instruction.operand(0)?) } else { (instruction.operand(0)?, instruction.operand(1)?) };
    let count = instruction.modifiers.iter().find_map(|modifier| modifier.strip_prefix('v').and_then(|count| count.parse::<usize>().ok())).unwrap_or(1);
    let single = std::slice::from_ref(values);
    let operands: &[Operand] = if let Operand::Vector(operands) = values { operands } else { single };
    if operands.len() != count {
        return builder.wrong(format!("Arguments mismatch for instruction '{}': {} elements", instruction.full_name(), operands.len()));
    }
    if ty.kind == Kind::Predicate || ty.parts == 2 && ty.bits == 32 {
        return builder.wrong(format!("'{}' is not supported", instruction.full_name()));
    }
    let mut elements = Vec::new();
    for operand in operands {
        let element = builder.element(operand, ty, is_load)?;
        elements.push(element);
        if ty.bits == 128 {
            // Two words of 64 bits.
            elements.push(Element { slot: element.slot + 32, width: if element.width == 0 { 0 } else { 64 } });
            let before = elements.len() - 2;
            elements[before].width = elements[before].width.min(64);
        }
    }
    let address = builder.address(address, space_of_modifiers(instruction))?;
    let polls = ["volatile", "relaxed", "acquire", "mmio"].iter().any(|order| instruction.has(order));
    let size = ty.bytes().min(8);
    if !is_load && elements.iter().any(|element| element.width == 0) {
        return builder.wrong("'_' cannot be stored");
    }
    let transfer = Transfer { address, elements, size, signed: ty.is_signed() && is_load, polls };
    builder.emit(if is_load { Action::Load(transfer) } else { Action::Store(transfer) });
    Ok(())
}

fn atomic(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    const OPERATIONS: [&str; 11] = ["add", "min", "max", "inc", "dec", "and", "or", "xor", "exch", "cas", "sub"];
    check_memory(instruction, 2..=5, &OPERATIONS)?;
    let ty = instruction.ty()?;
    let Some(operation) = instruction.modifiers.iter().find(|modifier| OPERATIONS.contains(&modifier.as_str())) else {
        return builder.wrong(format!("'{}' names no operation", instruction.full_name()));
    };
    let Some(change) = atomics::change(operation, ty) else { return builder.wrong(format!("'{}' is not supported", instruction.full_name())) };
    let gives = instruction.name == "atom";
    let first = usize::from(gives);
    let count = if operation == "cas" { 2 } else { 1 };
    if instruction.operands.len() < first + 1 + count {
        return builder.wrong(format!("'{}' has too few operands", instruction.full_name()));
    }
    let result = if gives { Some(builder.element(instruction.operand(0)?, ty, true)?).filter(|element| element.width != 0) } else { None };
    let address: Address = builder.address(instruction.operand(first)?, space_of_modifiers(instruction))?;
    if matches!(address.space, Space::Local | Space::Param | Space::Const) {
        return builder.wrong("an atomic operation is on global or shared memory");
    }
    let width = register_width(ty);
    let a = builder.source(instruction.operand(first + 1)?, ty)?;
    let b = if count == 2 { builder.source(instruction.operand(first + 2)?, ty)? } else { a };
    let operands = [a, b].map(|slot| Element { slot, width });
    builder.emit(Action::Atomic(Box::new(Atomic { address, result, operands, size: ty.bytes(), change })));
    Ok(())
}

/// Prefetches and the like: the address has to be good.
fn touch(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    check_memory(instruction, 1..=2, &["L1", "L2", "tensormap"])?;
    let space = space_of_modifiers(instruction);
    let address = builder.address(instruction.operand(0)?, space)?;
    builder.emit(Action::Touch(address, 1));
    Ok(())
}
