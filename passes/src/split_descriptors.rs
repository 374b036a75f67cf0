//! Passes array descriptors between blocks field by field.
//!
//! LLVM does not take apart a struct that meets in a phi or a select; a loop that swaps two arrays would keep their descriptors
//! whole, and its loads could be neither analysed nor vectorised. So a block argument of struct type becomes one argument a field,
//! and a selection one selection a field.
//!
//! ```mlir before
//! llvm.func @pick(%which: i1, %a: !llvm.struct<(ptr, array<1 x i64>)>, %b: !llvm.struct<(ptr, array<1 x i64>)>) -> !llvm.ptr {
//!   llvm.cond_br %which, ^bb1(%a : !llvm.struct<(ptr, array<1 x i64>)>), ^bb1(%b : !llvm.struct<(ptr, array<1 x i64>)>)
//! ^bb1(%c: !llvm.struct<(ptr, array<1 x i64>)>):
//!   %p = llvm.extractvalue %c[0] : !llvm.struct<(ptr, array<1 x i64>)>
//!   llvm.return %p : !llvm.ptr
//! }
//! ```
//! ```mlir after
//! module {
//!   llvm.func @pick(%arg0: i1, %arg1: !llvm.struct<(ptr, array<1 x i64>)>, %arg2: !llvm.struct<(ptr, array<1 x i64>)>) -> !llvm.ptr {
//!     %0 = llvm.extractvalue %arg1[0] : !llvm.struct<(ptr, array<1 x i64>)>
//!     %1 = llvm.extractvalue %arg1[1, 0] : !llvm.struct<(ptr, array<1 x i64>)>
//!     %2 = llvm.extractvalue %arg2[0] : !llvm.struct<(ptr, array<1 x i64>)>
//!     %3 = llvm.extractvalue %arg2[1, 0] : !llvm.struct<(ptr, array<1 x i64>)>
//!     llvm.cond_br %arg0, ^bb1(%0, %1 : !llvm.ptr, i64), ^bb1(%2, %3 : !llvm.ptr, i64)
//!   ^bb1(%4: !llvm.ptr, %5: i64):  // 2 preds: ^bb0, ^bb0
//!     %6 = llvm.mlir.poison : !llvm.struct<(ptr, array<1 x i64>)>
//!     %7 = llvm.insertvalue %4, %6[0] : !llvm.struct<(ptr, array<1 x i64>)>
//!     %8 = llvm.insertvalue %5, %7[1, 0] : !llvm.struct<(ptr, array<1 x i64>)>
//!     %9 = llvm.extractvalue %8[0] : !llvm.struct<(ptr, array<1 x i64>)>
//!     llvm.return %9 : !llvm.ptr
//!   }
//! }
//! ```

use crate::llvm_dialect::{LlvmOps, fields, is_struct, passed_values, set_passed_counts};
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Type, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// The scalars of a struct: where each is, and its type.
type Fields<'c> = Vec<(Vec<i64>, Type<'c>)>;

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.body(0).ops().into_iter().filter(|op| op.is("llvm.func")) {
        let blocks = function.region(0).blocks();
        for op in blocks.iter().flat_map(|block| block.ops()).filter(|op| op.is("llvm.select") && is_struct(op.result(0).ty())) {
            split_select(op);
        }
        // Of each changed block: by argument, as it was, the fields.
        let mut changed: HashMap<Block, Vec<Option<Fields>>> = HashMap::new();
        for block in blocks.iter().skip(1).copied().filter(|block| block.args().iter().any(|a| is_struct(a.ty()))) {
            changed.insert(block, split_arguments(block));
        }
        if !changed.is_empty() {
            blocks.iter().filter_map(|block| block.terminator()).for_each(|terminator| pass_fields(terminator, &changed));
        }
    }
    Ok(())
}

fn take_apart<'c>(b: &Builder<'c>, value: Value<'c>, fields: &Fields<'c>) -> Vec<Value<'c>> {
    fields.iter().map(|(position, ty)| b.extract_value(value, position, *ty)).collect()
}

fn put_together<'c>(b: &Builder<'c>, ty: Type<'c>, fields: &Fields<'c>, parts: &[Value<'c>]) -> Value<'c> {
    let empty = b.val("llvm.mlir.poison", &[], ty, &[]);
    fields.iter().zip(parts).fold(empty, |value, ((position, _), part)| b.insert_value(value, *part, position))
}

fn split_select(op: Op) {
    let b = Builder::before(op);
    let fields = fields(op.result(0).ty());
    let (then, otherwise) = (take_apart(&b, op.operand(1), &fields), take_apart(&b, op.operand(2), &fields));
    let parts: Vec<_> = then.into_iter().zip(otherwise).map(|(x, y)| b.val("llvm.select", &[op.operand(0), x, y], x.ty(), &[])).collect();
    op.result(0).replace_all_uses(put_together(&b, op.result(0).ty(), &fields, &parts));
    op.erase();
}

/// Gives the block one argument for each field, in place of its structs.
fn split_arguments<'c>(block: Block<'c>) -> Vec<Option<Fields<'c>>> {
    let old = block.args();
    let plan: Vec<_> = old.iter().map(|a| is_struct(a.ty()).then(|| fields(a.ty()))).collect();
    if let Some(first) = block.first() {
        let b = Builder::before(first);
        for (argument, fields) in old.iter().zip(&plan) {
            let new = match fields {
                None => block.add_arg(argument.ty(), argument.loc()),
                Some(fields) => {
                    let parts: Vec<_> = fields.iter().map(|(_, ty)| block.add_arg(*ty, argument.loc())).collect();
                    put_together(&b, argument.ty(), fields, &parts)
                }
            };
            argument.replace_all_uses(new);
        }
        old.iter().for_each(|_| block.erase_arg(0));
    }
    plan
}

/// Passes fields where a successor now takes them.
fn pass_fields<'c>(terminator: Op<'c>, changed: &HashMap<Block<'c>, Vec<Option<Fields<'c>>>>) {
    let successors = terminator.successors();
    if !successors.iter().any(|s| changed.contains_key(s)) {
        return;
    }
    let b = Builder::before(terminator);
    let (lead, passed) = passed_values(terminator);
    let (mut operands, mut counts) = (lead, vec![]);
    for (successor, values) in successors.iter().zip(passed) {
        let plan = changed.get(successor);
        let before = operands.len();
        for (i, value) in values.into_iter().enumerate() {
            match plan.and_then(|plan| plan[i].as_ref()) {
                Some(fields) => operands.extend(take_apart(&b, value, fields)),
                None => operands.push(value),
            }
        }
        counts.push(operands.len() - before);
    }
    terminator.set_operands(&operands);
    set_passed_counts(terminator, &counts);
}
