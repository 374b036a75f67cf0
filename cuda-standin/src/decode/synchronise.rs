//! Barriers, fences, and operations of the threads of a warp.

use super::function::Builder;
use crate::machine::ops::{Action, Barrier, BarrierKind, Collective, Exchange, Reduction, Shuffle};
use crate::ptx::Parsed;
use crate::ptx::syntax::{Instruction, Operand};
use crate::ptx::types::{Kind, Type};

pub fn decode(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    match instruction.name.as_str() {
        "bar" if instruction.has("warp") => {
            instruction.check(1..=1, &["warp", "sync"])?;
            collective(builder, instruction, Exchange::Wait, 0)
        }
        "bar" | "barrier" => barrier(builder, instruction),
        // Memory is coherent here.
        "membar" => fence(builder, instruction, &["cta", "gl", "sys"]),
        "fence" => fence(builder, instruction, &["cta", "cluster", "gpu", "sys", "sc", "acq_rel", "acquire", "release", "mbarrier_init", "proxy"]),
        "griddepcontrol" => fence(builder, instruction, &["wait", "launch_dependents"]),
        "activemask" => {
            instruction.check(1..=1, &[])?;
            let to = builder.target(instruction.operand(0)?, Type::B32)?;
            builder.emit(Action::ActiveMask(to));
            Ok(())
        }
        "shfl" => shuffle(builder, instruction),
        "vote" => vote(builder, instruction),
        "match" => matches(builder, instruction),
        "redux" => reduce(builder, instruction),
        _ => {
            instruction.check(2..=2, &["sync"])?;
            collective(builder, instruction, Exchange::Elect, 1)
        }
    }
}

fn fence(builder: &mut Builder<'_>, instruction: &Instruction, modifiers: &[&str]) -> Parsed<()> {
    instruction.check(0..=0, modifiers)?;
    builder.emit(Action::Nothing);
    Ok(())
}

fn barrier(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    instruction.check(0..=5, &["cta", "sync", "arrive", "red", "aligned", "all", "popc", "and", "or"])?;
    let aligned = instruction.name == "bar" || instruction.has("aligned");
    let reduces = instruction.has("red");
    let kind = match (reduces, instruction.has("arrive")) {
        (true, _) if instruction.has("popc") => BarrierKind::Count,
        (true, _) if instruction.has("and") => BarrierKind::And,
        (true, _) => BarrierKind::Or,
        (_, true) => BarrierKind::Arrive,
        _ => BarrierKind::Sync,
    };
    let first = usize::from(reduces);
    let last = instruction.operands.len().saturating_sub(usize::from(reduces));
    let result = match kind {
        BarrierKind::Count => Some(builder.target(instruction.operand(0)?, Type::U32)?),
        BarrierKind::And | BarrierKind::Or => Some(builder.target(instruction.operand(0)?, Type::PREDICATE)?),
        _ => None,
    };
    let number = match instruction.operands.get(first..last).and_then(|rest| rest.first()) {
        Some(operand) => builder.source(operand, Type::U32)?,
        None => builder.constants.slot(32, 0),
    };
    let threads = match instruction.operands.get(first..last).and_then(|rest| rest.get(1)) {
        Some(operand) => Some(builder.source(operand, Type::U32)?),
        None if kind == BarrierKind::Arrive => return builder.wrong("bar.arrive names the number of threads"),
        None => None,
    };
    let predicate = if reduces { Some(builder.predicate(instruction.operand(last)?)?) } else { None };
    builder.emit(Action::Barrier(Box::new(Barrier { kind, number, threads, aligned, result, predicate })));
    Ok(())
}

/// An operation whose last operand is the member mask; `results` operands come before the source.
fn collective(builder: &mut Builder<'_>, instruction: &Instruction, exchange: Exchange, results: usize) -> Parsed<()> {
    let zero = builder.constants.slot(64, 0);
    let (first, second) = match instruction.operands.first() {
        _ if results == 0 => (None, None),
        Some(Operand::Pair(first, second)) => (Some(first.as_ref()), Some(second.as_ref())),
        first => (first, None),
    };
    let votes = matches!(exchange, Exchange::All | Exchange::Any | Exchange::Uniform);
    let (mut result, mut predicate) = (None, None);
    match first {
        None | Some(Operand::Sink) => {}
        Some(operand) if votes => predicate = Some(builder.target(operand, Type::PREDICATE)?),
        Some(operand) => result = Some(builder.target(operand, Type::B32)?),
    }
    match second {
        None | Some(Operand::Sink) => {}
        Some(operand) => predicate = Some(builder.target(operand, Type::PREDICATE)?),
    }
    let last = instruction.operands.len() - 1;
    let members = builder.source(instruction.operand(last)?, Type::B32)?;
    let (mut source, mut negated, mut b, mut c) = (zero, false, zero, zero);
    if last > results {
        let operand = instruction.operand(results)?;
        match exchange {
            Exchange::All | Exchange::Any | Exchange::Uniform | Exchange::Ballot => (source, negated) = builder.predicate(operand)?,
            Exchange::MatchAny { width } | Exchange::MatchAll { width } => source = builder.source(operand, Type { kind: Kind::Bits, bits: width, parts: 1 })?,
            _ => source = builder.source(operand, Type::B32)?,
        }
    }
    if matches!(exchange, Exchange::Shuffle(_)) {
        b = builder.source(instruction.operand(2)?, Type::U32)?;
        c = builder.source(instruction.operand(3)?, Type::U32)?;
    }
    builder.emit(Action::Collective(Box::new(Collective { exchange, result, predicate, source, negated, b, c, members })));
    Ok(())
}

fn needs_sync(builder: &Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    if instruction.has("sync") { Ok(()) } else { builder.wrong(format!("'{}' without '.sync' is not supported on sm_70 or later", instruction.full_name())) }
}

fn shuffle(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    needs_sync(builder, instruction)?;
    instruction.check(5..=5, &["sync", "up", "down", "bfly", "idx"])?;
    let mode = match instruction.modifiers.get(1).map(String::as_str) {
        Some("up") => Shuffle::Up,
        Some("down") => Shuffle::Down,
        Some("bfly") => Shuffle::Butterfly,
        _ => Shuffle::Index,
    };
    collective(builder, instruction, Exchange::Shuffle(mode), 1)
}

fn vote(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    needs_sync(builder, instruction)?;
    instruction.check(3..=3, &["sync", "all", "any", "uni", "ballot"])?;
    let exchange = match instruction.modifiers.get(1).map(String::as_str) {
        Some("all") => Exchange::All,
        Some("any") => Exchange::Any,
        Some("uni") => Exchange::Uniform,
        _ => Exchange::Ballot,
    };
    collective(builder, instruction, exchange, 1)
}

fn matches(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    instruction.check(3..=3, &["sync", "any", "all"])?;
    let width = instruction.ty()?.bits;
    let exchange = if instruction.has("all") { Exchange::MatchAll { width } } else { Exchange::MatchAny { width } };
    collective(builder, instruction, exchange, 1)
}

fn reduce(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    instruction.check(3..=3, &["sync", "add", "min", "max", "and", "or", "xor"])?;
    let ty = instruction.ty()?;
    let operation = instruction.modifiers.get(1).map_or("", String::as_str);
    let reduction = match (operation, ty.kind, ty.bits) {
        ("add", Kind::Signed | Kind::Unsigned, 32) => Reduction::Add,
        ("min", Kind::Signed, 32) => Reduction::MinSigned,
        ("max", Kind::Signed, 32) => Reduction::MaxSigned,
        ("min", Kind::Unsigned, 32) => Reduction::MinUnsigned,
        ("max", Kind::Unsigned, 32) => Reduction::MaxUnsigned,
        ("and", Kind::Bits, 32) => Reduction::And,
        ("or", Kind::Bits, 32) => Reduction::Or,
        ("xor", Kind::Bits, 32) => Reduction::Xor,
        _ => return builder.wrong(format!("'{}' is not supported", instruction.full_name())),
    };
    collective(builder, instruction, Exchange::Reduce(reduction), 1)
}
