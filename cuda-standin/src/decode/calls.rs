//! Calls: parameters go through the stack, at offsets that the signature alone decides.

use super::function::{Builder, Named, abi};
use crate::machine::ops::{Action, Address, Element, HostCall, Target, Transfer};
use crate::ptx::Parsed;
use crate::ptx::syntax::{Instruction, Operand, Parameter, Space};
use crate::ptx::types::{Kind, Type};

/// What is called.
enum Callee {
    Function(super::image::FunctionId),
    Host(HostCall),
    Pointer(crate::machine::registers::Slot),
}

fn host_function(name: &str) -> Option<HostCall> {
    Some(match name {
        "vprintf" => HostCall::Print,
        "malloc" => HostCall::Allocate,
        "free" => HostCall::Free,
        "__assertfail" => HostCall::Assert,
        _ => return None,
    })
}

pub fn decode(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    instruction.check(1..=4, &["uni"])?;
    let mut operands = instruction.operands.as_slice();
    let list = |operands: &mut &[Operand]| match operands.split_first() {
        Some((Operand::List(list), rest)) => {
            *operands = rest;
            list.clone()
        }
        _ => Vec::new(),
    };
    let results = list(&mut operands);
    let Some((Operand::Name(name, None), rest)) = operands.split_first() else { return builder.wrong("a function is expected") };
    operands = rest;
    let arguments = list(&mut operands);
    let (callee, signature) = callee(builder, name, operands.first())?;
    let (result_types, parameter_types) = signature;
    if results.len() != result_types.len() || arguments.len() != parameter_types.len() {
        return builder.wrong(format!("'{name}' is called with {} arguments for {} parameters", arguments.len(), parameter_types.len()));
    }
    let (result_offsets, offsets, _) = abi(&result_types, &parameter_types);
    let frame = builder.frame_bytes;
    for ((argument, offset), parameter) in arguments.iter().zip(&offsets).zip(&parameter_types) {
        pass(builder, argument, frame + offset, parameter, true)?;
    }
    match callee {
        Callee::Host(call) => {
            builder.emit(Action::HostCall(call));
        }
        Callee::Function(id) => {
            let op = builder.emit(Action::Call { target: Target::Direct(0), frame: 0, stack: frame });
            builder.calls.push((op, id));
        }
        Callee::Pointer(slot) => {
            builder.has_indirect = true;
            builder.emit(Action::Call { target: Target::Indirect(slot), frame: 0, stack: frame });
        }
    }
    for ((result, offset), parameter) in results.iter().zip(&result_offsets).zip(&result_types) {
        pass(builder, result, frame + offset, parameter, false)?;
    }
    Ok(())
}

type Signature = (Vec<Parameter>, Vec<Parameter>);

fn callee(builder: &mut Builder<'_>, name: &str, prototype: Option<&Operand>) -> Parsed<(Callee, Signature)> {
    match builder.find(name) {
        Some(Named::Function(id)) => {
            let function = builder.linked.function(id);
            let signature = (function.results.clone(), function.parameters.clone());
            match (function.body.is_some(), host_function(name)) {
                (true, _) => Ok((Callee::Function(id), signature)),
                (false, Some(call)) => Ok((Callee::Host(call), signature)),
                (false, None) => builder.wrong(format!("Unresolved extern function '{name}'")),
            }
        }
        Some(Named::Register { slot, ty }) if ty.bits == 64 => {
            builder.reads.push(slot);
            let Some(Operand::Name(label, None)) = prototype else { return builder.wrong("an indirect call names a prototype or its targets") };
            let signature = match builder.find(label) {
                Some(Named::Prototype(prototype)) => (prototype.results, prototype.parameters),
                Some(Named::Targets(targets)) => match targets.first().and_then(|first| builder.find(first)) {
                    Some(Named::Function(id)) => (builder.linked.function(id).results.clone(), builder.linked.function(id).parameters.clone()),
                    _ => return builder.wrong(format!("'{label}' names no functions")),
                },
                _ => return builder.wrong(format!("'{label}' is no prototype")),
            };
            Ok((Callee::Pointer(slot), signature))
        }
        _ => builder.wrong(format!("Unknown symbol '{name}'")),
    }
}

/// Moves a parameter between this function and the one that is called: a variable in `.param`, a register or a constant.
fn pass(builder: &mut Builder<'_>, operand: &Operand, callee: u32, parameter: &Parameter, into_callee: bool) -> Parsed<()> {
    let bytes = parameter.bytes;
    let variable = match operand {
        Operand::Name(name, None) => builder.find(name),
        Operand::Sink => return Ok(()),
        _ => None,
    };
    if let Some(Named::Frame { offset, bytes: size }) = variable {
        if size != bytes {
            return builder.wrong(format!("a parameter of {size} bytes is passed for one of {bytes}"));
        }
        let (from, to) = if into_callee { (offset, callee) } else { (callee, offset) };
        builder.emit(Action::Pass { from, to, bytes, into_callee });
        return Ok(());
    }
    if !matches!(bytes, 1 | 2 | 4 | 8) {
        return builder.wrong("a parameter is passed in a register that cannot hold it");
    }
    // The room is made by passing nothing first.
    let ty = Type { kind: Kind::Bits, bits: bytes * 8, parts: 1 };
    let element: Element = builder.element(operand, ty, !into_callee)?;
    let address = Address { space: Space::Local, base: None, offset: callee.into(), in_frame: true };
    let transfer = Transfer { address, elements: vec![element], size: bytes, signed: false, polls: false };
    if into_callee {
        builder.emit(Action::Pass { from: callee, to: callee, bytes, into_callee });
        builder.emit(Action::Store(transfer));
    } else {
        builder.emit(Action::Load(transfer));
    }
    Ok(())
}
