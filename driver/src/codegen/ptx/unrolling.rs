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

const PRODUCTS: &CStr = c"function(loop(loop-reduce),loop-unroll<O3;runtime>,early-cse,simplifycfg)";
const NO_PRODUCTS: &CStr = c"function(loop-unroll<O3;runtime>,early-cse,simplifycfg)";

pub fn unroll(unit: &Unit, machine: &Machine) -> Result<(), CodegenError> {
    // SAFETY: the unit's module is live.
    unsafe {
        let kind = LLVMGetMDKindIDInContext(unit.context, c"llvm.loop".as_ptr(), 9);
        for function in functions(unit.module).filter(|function| LLVMIsDeclaration(*function) == 0) {
            let mut marked = false;
            for instruction in instructions(function).filter(|instruction| !LLVMIsATerminatorInst(*instruction).is_null()) {
                let node = LLVMGetMetadata(instruction, kind);
                if !node.is_null() && is_marked(node) {
                    marked = true;
                    LLVMSetMetadata(instruction, kind, std::ptr::null_mut());
                }
            }
            if marked {
                unit.run(machine, if multiplies_in_loop(function) { PRODUCTS } else { NO_PRODUCTS })?;
            }
        }
    }
    Ok(())
}

/// # Safety
/// The node is one of a live module.
unsafe fn is_marked(node: LLVMValueRef) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        operands(node).into_iter().any(|property| {
            let name = if property.is_null() || LLVMIsAMDNode(property).is_null() { None } else { operands(property).first().copied() };
            name.is_some_and(|name| {
                let mut length: c_uint = 0;
                let text = if name.is_null() || LLVMIsAMDString(name).is_null() { std::ptr::null() } else { LLVMGetMDString(name, &mut length) };
                !text.is_null() && std::slice::from_raw_parts(text.cast::<u8>(), length as usize) == MARK.to_bytes()
            })
        })
    }
}

/// # Safety
/// As of [`is_marked`].
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
