//! Numbers of 32 bits are made wide where they are used.
//!
//! A number that is needed wide in several places would be kept in two registers from the first to the last. Next to a shift or an address the extension is part of an instruction
//! (`mul.wide`), which `ptxas` makes one with the addition that follows.

use super::super::{Unit, instructions::{functions, instructions}};
use llvm_sys::{LLVMOpcode, core::*, prelude::*};

pub fn sink(unit: &Unit) {
    // SAFETY: the unit's module is live; the builder is ours.
    unsafe {
        let builder = LLVMCreateBuilderInContext(unit.context);
        let extensions: Vec<LLVMValueRef> = functions(unit.module).flat_map(|function| instructions(function)).filter(|instruction| extends(*instruction)).collect();
        for extension in extensions {
            for (user, operand) in uses(extension) {
                LLVMPositionBuilderBefore(builder, user);
                let copy = LLVMInstructionClone(extension);
                LLVMInsertIntoBuilder(builder, copy);
                LLVMSetOperand(user, operand, copy);
            }
            if LLVMGetFirstUse(extension).is_null() {
                LLVMInstructionEraseFromParent(extension);
            }
        }
        LLVMDisposeBuilder(builder);
    }
}

/// From 32 bits to 64.
///
/// # Safety
/// The instruction is one of a live module.
unsafe fn extends(instruction: LLVMValueRef) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let bits = |value| {
            let ty = LLVMTypeOf(value);
            if LLVMGetTypeKind(ty) == llvm_sys::LLVMTypeKind::LLVMIntegerTypeKind { LLVMGetIntTypeWidth(ty) } else { 0 }
        };
        matches!(LLVMGetInstructionOpcode(instruction), LLVMOpcode::LLVMSExt | LLVMOpcode::LLVMZExt) && bits(instruction) == 64 && bits(LLVMGetOperand(instruction, 0)) == 32
    }
}

/// The instructions that use a value, but for those that do so where control comes from.
///
/// # Safety
/// As of [`extends`].
unsafe fn uses(value: LLVMValueRef) -> Vec<(LLVMValueRef, u32)> {
    // SAFETY: the caller's promise.
    unsafe {
        let mut users: Vec<LLVMValueRef> = vec![];
        let mut next = LLVMGetFirstUse(value);
        while !next.is_null() {
            let user = LLVMGetUser(next);
            if LLVMIsAPHINode(user).is_null() && !users.contains(&user) {
                users.push(user);
            }
            next = LLVMGetNextUse(next);
        }
        let operands = |user: LLVMValueRef| (0..LLVMGetNumOperands(user) as u32).filter(move |i| LLVMGetOperand(user, *i) == value).map(move |i| (user, i));
        users.into_iter().flat_map(operands).collect()
    }
}
