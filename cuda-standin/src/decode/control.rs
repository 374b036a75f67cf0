//! Branches and ends.

use super::function::{Builder, Named};
use crate::machine::ops::Action;
use crate::ptx::Parsed;
use crate::ptx::syntax::{Instruction, Operand};
use crate::ptx::types::Type;

pub fn decode(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    match instruction.name.as_str() {
        "bra" => {
            instruction.check(1..=1, &["uni"])?;
            let Operand::Name(label, None) = instruction.operand(0)? else { return builder.wrong("a label is expected") };
            let op = builder.emit(Action::Branch(0));
            builder.jump(op, vec![label.clone()]);
        }
        "brx" => {
            instruction.check(2..=2, &["idx", "uni"])?;
            let index = builder.source(instruction.operand(0)?, Type::U32)?;
            let Operand::Name(name, None) = instruction.operand(1)? else { return builder.wrong("a list of targets is expected") };
            let Some(Named::Targets(labels)) = builder.find(name) else { return builder.wrong(format!("'{name}' is no list of targets")) };
            let op = builder.emit(Action::BranchIndexed { index, targets: Vec::new() });
            builder.jump(op, labels);
        }
        "ret" => {
            instruction.check(0..=0, &["uni"])?;
            builder.emit(Action::Return);
        }
        "exit" => {
            builder.emit(Action::Exit);
        }
        "nanosleep" => {
            instruction.check(1..=1, &[])?;
            builder.source(instruction.operand(0)?, Type::U32)?;
            builder.emit(Action::Sleep);
        }
        "trap" | "brkpt" => {
            builder.emit(Action::Trap);
        }
        _ => {
            builder.emit(Action::Nothing);
        }
    }
    Ok(())
}
