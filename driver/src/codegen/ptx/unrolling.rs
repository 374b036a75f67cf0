//! Loops of kernels are unrolled last.
//!
//! A product of a loop's counter and a stride is reduced to a sum first, one for each array: once the loop is unrolled LLVM would keep a register for each multiple of the stride. Loops that have
//! no such product are better left as they are: an instruction that multiplies, adds and extends addresses an element. LLVM's passes leave loops marked by `zouk-step-loops` alone until then.

use super::super::{CodegenError, Unit, instructions::{functions, instructions}};
use crate::target::Machine;
use llvm_sys::{LLVMOpcode, core::*, prelude::*};
use std::{
    collections::{HashMap, HashSet},
    ffi::{CStr, c_uint},
};

/// What loops are marked with: licm has no use for it on a GPU.
const MARK: &CStr = c"llvm.loop.licm_versioning.disable";

const NEVER: &CStr = c"llvm.loop.unroll.runtime.disable";

const COUNT: &CStr = c"llvm.loop.unroll.count";

/// Loops of at most so many instructions are unrolled so many times, as nvcc does; `ptxas` does so again. For longer ones LLVM decides.
const SHORT: usize = 48;
const TIMES: u64 = 4;

const PRODUCTS: &CStr = c"loop(loop-reduce),loop-unroll<O3;runtime>,early-cse,simplifycfg";
/// An unrolled loop has a counter of its own beside that of the elements: `indvars` makes them one where they go together.
const NO_PRODUCTS: &CStr = c"loop-unroll<O3;runtime>,loop-simplify,lcssa,loop(indvars),early-cse,simplifycfg";

pub fn unroll(unit: &Unit, machine: &Machine) -> Result<(), CodegenError> {
    // SAFETY: the unit's module is live.
    unsafe {
        let kind = LLVMGetMDKindIDInContext(unit.context, c"llvm.loop".as_ptr(), 9);
        for function in functions(unit.module).filter(|function| LLVMIsDeclaration(*function) == 0) {
            let mut marked = false;
            for instruction in instructions(function).filter(|instruction| !LLVMIsATerminatorInst(*instruction).is_null()) {
                let node = LLVMGetMetadata(instruction, kind);
                if node.is_null() || !operands(node).into_iter().any(|property| is_called(property, MARK)) {
                    continue;
                }
                marked = true;
                if is_short(instruction) {
                    let count = count(unit.context);
                    let told = operands(node).into_iter().enumerate().filter(|(_, property)| is_called(*property, MARK) || is_called(*property, NEVER));
                    told.for_each(|(i, _)| LLVMReplaceMDNodeOperandWith(node, i as c_uint, count));
                } else {
                    LLVMSetMetadata(instruction, kind, std::ptr::null_mut());
                }
            }
            if marked {
                unit.optimise_function(machine, function, if multiplies_in_loop(function) { PRODUCTS } else { NO_PRODUCTS })?;
                // What LLVM notes of unrolled loops would keep `ptxas` from them.
                instructions(function).filter(|instruction| !LLVMIsATerminatorInst(*instruction).is_null()).for_each(|branch| LLVMSetMetadata(branch, kind, std::ptr::null_mut()));
            }
        }
    }
    Ok(())
}

/// Whether what is said of a loop has this name.
///
/// # Safety
/// The property is one of a live module.
unsafe fn is_called(property: LLVMValueRef, name: &CStr) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let first = if property.is_null() || LLVMIsAMDNode(property).is_null() { None } else { operands(property).first().copied() };
        first.is_some_and(|text| {
            let mut length: c_uint = 0;
            let text = if text.is_null() || LLVMIsAMDString(text).is_null() { std::ptr::null() } else { LLVMGetMDString(text, &mut length) };
            !text.is_null() && std::slice::from_raw_parts(text.cast::<u8>(), length as usize) == name.to_bytes()
        })
    }
}

/// `!{!"llvm.loop.unroll.count", i32 4}`
///
/// # Safety
/// The context is live.
unsafe fn count(context: LLVMContextRef) -> LLVMMetadataRef {
    // SAFETY: the caller's promise.
    unsafe {
        let times = LLVMValueAsMetadata(LLVMConstInt(LLVMInt32TypeInContext(context), TIMES, 0));
        let mut parts = [LLVMMDStringInContext2(context, COUNT.as_ptr(), COUNT.count_bytes()), times];
        LLVMMDNodeInContext2(context, parts.as_mut_ptr(), parts.len())
    }
}

/// Whether the loop that the branch closes is one block of few instructions.
///
/// # Safety
/// The branch is one of a live module.
unsafe fn is_short(branch: LLVMValueRef) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let block = LLVMGetInstructionParent(branch);
        let closes = (0..LLVMGetNumSuccessors(branch)).any(|i| LLVMGetSuccessor(branch, i) == block);
        let first = LLVMGetFirstInstruction(block);
        let all = std::iter::successors((!first.is_null()).then_some(first), |at| Some(LLVMGetNextInstruction(*at)).filter(|next| !next.is_null()));
        closes && all.count() <= SHORT
    }
}

/// # Safety
/// As of [`is_called`].
unsafe fn operands(node: LLVMValueRef) -> Vec<LLVMValueRef> {
    // SAFETY: the caller's promise; LLVM writes as many as it says.
    unsafe {
        let mut operands = vec![std::ptr::null_mut(); LLVMGetMDNodeNumOperands(node) as usize];
        LLVMGetMDNodeOperands(node, operands.as_mut_ptr());
        operands
    }
}

/// Whether two numbers that are not constant are multiplied in a loop.
///
/// # Safety
/// The function is one of a live module.
unsafe fn multiplies_in_loop(function: LLVMValueRef) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let is_product = |instruction: &LLVMValueRef| {
            LLVMGetInstructionOpcode(*instruction) == LLVMOpcode::LLVMMul && (0..2).all(|i| LLVMIsConstant(LLVMGetOperand(*instruction, i)) == 0)
        };
        let blocks: HashSet<LLVMBasicBlockRef> = instructions(function).filter(is_product).map(|instruction| LLVMGetInstructionParent(instruction)).collect();
        let mut successors: HashMap<LLVMBasicBlockRef, Vec<LLVMBasicBlockRef>> = HashMap::new();
        let mut next = |block: LLVMBasicBlockRef| {
            let terminator = LLVMGetBasicBlockTerminator(block);
            successors.entry(block).or_insert_with(|| (0..LLVMGetNumSuccessors(terminator)).map(|i| LLVMGetSuccessor(terminator, i)).collect()).clone()
        };
        blocks.into_iter().any(|block| {
            let (mut seen, mut to_do) = (HashSet::new(), next(block));
            while let Some(other) = to_do.pop() {
                if seen.insert(other) {
                    to_do.extend(next(other));
                }
            }
            seen.contains(&block)
        })
    }
}
