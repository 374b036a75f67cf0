//! Functions with one call go to its place before LLVM's passes run.
//!
//! LLVM would put them there too, but from the innermost outwards, and simplify what has grown after every step: the time for a chain of n
//! functions grows as n². The code that comes out is the same. What has grown beyond some size is kept apart, as the time
//! of some of LLVM's passes grows faster than a function does; what is small is left to LLVM's judgement.

use super::instructions::{functions, instructions};
use llvm_sys::{LLVMAttributeFunctionIndex, LLVMLinkage, core::*, prelude::*};
use std::collections::HashMap;

/// A function grows up to this many instructions.
const MAX_GROWN: usize = 500;
/// A call costs next to nothing beside this many instructions.
const LARGE: usize = 150;

struct Function {
    instructions: usize,
    /// Its only call, and the caller.
    call: Option<(LLVMValueRef, LLVMValueRef)>,
    /// Functions whose only call is here.
    callees: Vec<LLVMValueRef>,
}

/// Gives such calls the attribute that the pass `always-inline` looks for, or, between what is large, the one that keeps functions apart.
pub(super) fn mark(module: LLVMModuleRef) {
    // SAFETY: the module is live, and so is what is reached from it.
    unsafe {
        let mut all: HashMap<LLVMValueRef, Function> = HashMap::new();
        let mut order = vec![];
        for function in functions(module).filter(|f| LLVMIsDeclaration(*f) == 0) {
            let call = single_call(function);
            all.insert(function, Function { instructions: instructions(function).count(), call, callees: vec![] });
            order.push(function);
        }
        for function in &order {
            if let Some((_, caller)) = all[function].call
                && let Some(caller) = all.get_mut(&caller)
            {
                caller.callees.push(*function);
            }
        }
        let roots: Vec<LLVMValueRef> = order.into_iter().filter(|f| all[f].call.is_none()).collect();
        roots.into_iter().for_each(|root| settle(module, root, &all));
    }
}

/// Decides about the calls below a function, the innermost first.
unsafe fn settle(module: LLVMModuleRef, root: LLVMValueRef, all: &HashMap<LLVMValueRef, Function>) {
    let mut below = vec![root];
    let mut next = 0;
    while next < below.len() {
        below.extend(&all[&below[next]].callees);
        next += 1;
    }
    let mut grown: HashMap<LLVMValueRef, usize> = below.iter().map(|f| (*f, all[f].instructions)).collect();
    for function in below.into_iter().rev() {
        let Some((call, caller)) = all[&function].call else { continue };
        let (own, callers) = (grown[&function], grown[&caller]);
        // SAFETY: the caller's promise.
        unsafe {
            if own + callers <= MAX_GROWN {
                grown.insert(caller, own + callers);
                attribute(module, call, "alwaysinline");
            } else if own >= LARGE {
                attribute(module, call, "noinline");
            }
        }
    }
}

unsafe fn attribute(module: LLVMModuleRef, call: LLVMValueRef, name: &str) {
    // SAFETY: the caller's promise.
    unsafe {
        let kind = LLVMGetEnumAttributeKindForName(name.as_ptr().cast(), name.len());
        LLVMAddCallSiteAttribute(call, LLVMAttributeFunctionIndex, LLVMCreateEnumAttribute(LLVMGetModuleContext(module), kind, 0));
    }
}

/// The only use of an internal function, when that is a call from another function, and that function.
unsafe fn single_call(function: LLVMValueRef) -> Option<(LLVMValueRef, LLVMValueRef)> {
    // SAFETY: the caller's promise.
    unsafe {
        let first = LLVMGetFirstUse(function);
        let internal = matches!(LLVMGetLinkage(function), LLVMLinkage::LLVMInternalLinkage | LLVMLinkage::LLVMPrivateLinkage);
        if !internal || LLVMIsDeclaration(function) != 0 || is_apart(function) || first.is_null() || !LLVMGetNextUse(first).is_null() {
            return None;
        }
        let call = LLVMGetUser(first);
        let called = !LLVMIsACallInst(call).is_null() && LLVMGetCalledValue(call) == function;
        let caller = called.then(|| LLVMGetBasicBlockParent(LLVMGetInstructionParent(call)))?;
        (caller != function).then_some((call, caller))
    }
}

/// Whether it is to stay a function.
unsafe fn is_apart(function: LLVMValueRef) -> bool {
    const NAME: &str = "noinline";
    // SAFETY: the caller's promise.
    unsafe {
        let kind = LLVMGetEnumAttributeKindForName(NAME.as_ptr().cast(), NAME.len());
        !LLVMGetEnumAttributeAtIndex(function, LLVMAttributeFunctionIndex, kind).is_null()
    }
}
