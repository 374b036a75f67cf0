//! The functions and instructions of an LLVM module, in order.

use llvm_sys::{core::*, prelude::*};
use std::iter::successors;

/// # Safety
/// The module is live while the iterator is used.
pub(super) unsafe fn functions(module: LLVMModuleRef) -> impl Iterator<Item = LLVMValueRef> {
    // SAFETY: the caller's promise.
    unsafe { chain(LLVMGetFirstFunction(module), |f| LLVMGetNextFunction(f)) }
}

/// # Safety
/// As of [`functions`].
pub(super) unsafe fn instructions(function: LLVMValueRef) -> impl Iterator<Item = LLVMValueRef> {
    // SAFETY: the caller's promise.
    let blocks = unsafe { chain(LLVMGetFirstBasicBlock(function), |b| LLVMGetNextBasicBlock(b)) };
    blocks.flat_map(|block| unsafe { chain(LLVMGetFirstInstruction(block), |i| LLVMGetNextInstruction(i)) })
}

/// A list of LLVM's, from its first element to the null at its end.
pub(super) fn chain<T>(first: *mut T, next: impl Fn(*mut T) -> *mut T) -> impl Iterator<Item = *mut T> {
    let kept = |p: *mut T| (!p.is_null()).then_some(p);
    successors(kept(first), move |p| kept(next(*p)))
}
