//! The place of a thread is read where it is first needed.
//!
//! The special registers of a thread (`%tid`, `%ctaid`, `%ntid` …) are read where a kernel begins, for they never change. `ptxas` keeps the order in which they are read, and a register for
//! each from there on. Read right before the instruction that needs them, in the order in which nvcc reads them, they take as few registers as nvcc's.
//!
//! ```text
//! mov.u32 %r1, %ntid.x;
//! mov.u32 %r2, %ctaid.x;
//! mov.u32 %r3, %tid.x;
//! mad.lo.s32 %r4, %r2, %r1, %r3;
//! ```

use super::super::{Unit, instructions::{chain, functions, instructions}};
use llvm_sys::{core::*, prelude::*};
use std::collections::HashSet;

/// The special registers, in the order in which those that one instruction needs are read.
const ORDER: [&str; 4] = ["nctaid", "ntid", "ctaid", "tid"];

pub fn read_late(unit: &Unit) {
    // SAFETY: the unit's module is live; the builder is ours.
    unsafe {
        let builder = LLVMCreateBuilderInContext(unit.context);
        let mut reads: Vec<(usize, LLVMValueRef)> = functions(unit.module).flat_map(|function| instructions(function)).filter_map(|call| Some((rank(call)?, call))).collect();
        reads.sort_by_key(|(rank, _)| *rank);
        for (_, read) in reads {
            if let Some(user) = first_user(read) {
                LLVMInstructionRemoveFromParent(read);
                LLVMPositionBuilderBefore(builder, user);
                LLVMInsertIntoBuilder(builder, read);
            }
        }
        LLVMDisposeBuilder(builder);
    }
}

/// Which special register of [`ORDER`] an instruction reads.
///
/// # Safety
/// The instruction is one of a live module.
unsafe fn rank(instruction: LLVMValueRef) -> Option<usize> {
    // SAFETY: the caller's promise.
    unsafe {
        let callee = if LLVMIsACallInst(instruction).is_null() { std::ptr::null_mut() } else { LLVMIsAFunction(LLVMGetCalledValue(instruction)) };
        if callee.is_null() {
            return None;
        }
        let mut length = 0;
        let name = LLVMGetValueName2(callee, &mut length);
        let name = std::str::from_utf8(std::slice::from_raw_parts(name.cast::<u8>(), length)).ok()?;
        let register = name.strip_prefix("llvm.nvvm.read.ptx.sreg.")?.split('.').next()?;
        ORDER.iter().position(|known| *known == register)
    }
}

/// The first instruction of the block that uses what an instruction of it gives.
///
/// # Safety
/// As of [`rank`].
unsafe fn first_user(instruction: LLVMValueRef) -> Option<LLVMValueRef> {
    // SAFETY: the caller's promise.
    unsafe {
        let users: HashSet<LLVMValueRef> = chain(LLVMGetFirstUse(instruction), |at| LLVMGetNextUse(at)).map(|at| LLVMGetUser(at)).collect();
        chain(LLVMGetNextInstruction(instruction), |at| LLVMGetNextInstruction(at)).find(|at| users.contains(at))
    }
}
