//! Functions with one call go to its place before LLVM's passes run.
//!
//! LLVM would put them there too, but from the innermost outwards, and simplify what has grown after every step: the time for a chain of n
//! functions grows as n². The code that comes out is the same.

use super::instructions::{functions, instructions};
use llvm_sys::{LLVMAttributeFunctionIndex, LLVMLinkage, core::*, prelude::*};

/// Longer functions are left to LLVM's judgement; about the limit at which it, too, stops to prefer single calls.
const MAX_INSTRUCTIONS: usize = 3000;

/// Gives such calls the attribute that the pass `always-inline` looks for.
pub(super) fn mark(module: LLVMModuleRef) {
    let name = "alwaysinline";
    // SAFETY: the module is live, and so is what is reached from it.
    unsafe {
        let kind = LLVMGetEnumAttributeKindForName(name.as_ptr().cast(), name.len());
        let attribute = LLVMCreateEnumAttribute(LLVMGetModuleContext(module), kind, 0);
        for function in functions(module) {
            if let Some(call) = single_call(function).filter(|_| instructions(function).count() <= MAX_INSTRUCTIONS) {
                LLVMAddCallSiteAttribute(call, LLVMAttributeFunctionIndex, attribute);
            }
        }
    }
}

/// The only use of an internal function, when that is a call from another function.
unsafe fn single_call(function: LLVMValueRef) -> Option<LLVMValueRef> {
    // SAFETY: the caller's promise.
    unsafe {
        let first = LLVMGetFirstUse(function);
        let internal = matches!(LLVMGetLinkage(function), LLVMLinkage::LLVMInternalLinkage | LLVMLinkage::LLVMPrivateLinkage);
        if !internal || LLVMIsDeclaration(function) != 0 || first.is_null() || !LLVMGetNextUse(first).is_null() {
            return None;
        }
        let call = LLVMGetUser(first);
        let called = !LLVMIsACallInst(call).is_null() && LLVMGetCalledValue(call) == function;
        (called && LLVMGetBasicBlockParent(LLVMGetInstructionParent(call)) != function).then_some(call)
    }
}
