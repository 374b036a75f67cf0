//! Takes `nuw` from computed offsets of array elements.
//!
//! Upstream lowers loads and stores as if strides were not negative: the product of an index and a stride, and the pointer that it gives, are
//! said not to wrap as unsigned numbers. The strides of `a[::-1]` are negative, and LLVM may conclude what is false. Offsets that are indices
//! themselves, those of arrays without strides, keep it. (The flags are properties, which MLIR's C interface cannot change.)

use super::instructions::{functions, instructions};
use llvm_sys::{LLVMOpcode, core::*, prelude::*};

/// `LLVMGEPFlagNUW`
const POINTER_NUW: u32 = 4;

pub(super) fn relax(module: LLVMModuleRef) {
    // SAFETY: the module is live, and so is what is reached from it.
    unsafe {
        for instruction in functions(module).flat_map(|function| instructions(function)) {
            match LLVMGetInstructionOpcode(instruction) {
                LLVMOpcode::LLVMMul | LLVMOpcode::LLVMAdd => LLVMSetNUW(instruction, 0),
                LLVMOpcode::LLVMGetElementPtr if has_computed_offset(instruction) => {
                    LLVMGEPSetNoWrapFlags(instruction, LLVMGEPGetNoWrapFlags(instruction) & !POINTER_NUW)
                }
                _ => {}
            }
        }
    }
}

unsafe fn has_computed_offset(pointer: LLVMValueRef) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        (1..LLVMGetNumOperands(pointer) as u32).any(|i| {
            let offset = LLVMIsAInstruction(LLVMGetOperand(pointer, i));
            !offset.is_null() && matches!(LLVMGetInstructionOpcode(offset), LLVMOpcode::LLVMMul | LLVMOpcode::LLVMAdd)
        })
    }
}
