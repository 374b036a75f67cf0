//! Makes the parameters of kernels the slots of the calling convention: of an array the owner, the data, its sizes and strides.
//!
//! Of a small launch (`zouk.narrow`) sizes and strides are read as numbers of 32 bits: a slot's lower half comes first.
//! Upstream's descriptors have an offset behind the data, which is 0 for every array of ours. Functions that only kernels call are known to nobody else.
//!
//! ```mlir before
//! gpu.module @kernels {
//!   llvm.func @k(%n: i64, %owner: !llvm.ptr, %data: !llvm.ptr, %offset: i64, %size: i64, %stride: i64) attributes {nvvm.kernel, zouk.ranks = array<i64: -1, 1>} {
//!     %sum = llvm.add %offset, %n : i64
//!     llvm.store %sum, %data : i64, !llvm.ptr
//!     llvm.return
//!   }
//! }
//! ```
//! ```mlir after
//! module {
//!   gpu.module @kernels {
//!     llvm.func @k(%arg0: i64, %arg1: !llvm.ptr, %arg2: !llvm.ptr, %arg3: i64, %arg4: i64) attributes {nvvm.kernel} {
//!       %0 = llvm.mlir.constant(0 : i64) : i64
//!       %1 = llvm.add %0, %arg0 : i64
//!       llvm.store %1, %arg2 : i64, !llvm.ptr
//!       llvm.return
//!     }
//!   }
//! }
//! ```

use crate::form_kernel::{DEVICE, RANKS};
use crate::llvm_dialect::LlvmOps;
use crate::narrow_indices::NARROW;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let device = module.str_attr(DEVICE);
    // Upstream leaves what is said of a loop under the name that it has before.
    for branch in module.collect(|op| op.has_attr("llvm.loop_annotation") && op.dialect() == "llvm") {
        if let Some(said) = branch.attr("llvm.loop_annotation") {
            branch.remove_attr("llvm.loop_annotation");
            branch.set_attr("loop_annotation", said);
        }
    }
    for function in module.collect(|op| op.is("llvm.func") && !op.has_attr(RANKS) && op.region(0).first_block().is_some()) {
        let b = Builder::before(function);
        function.remove_attr("sym_visibility");
        // LLVM moves calls of others to where not all threads come.
        function.set_unit("convergent");
        if device.is_none() || function.str_attr("sym_name") != device {
            function.set_attr("linkage", b.parse_attr("#llvm.linkage<internal>"));
        }
    }
    for kernel in module.collect(|op| op.is("llvm.func") && op.has_attr(RANKS)) {
        let entry = kernel.body(0);
        let ranks = kernel.i64_array_attr(RANKS);
        let mut offsets = vec![];
        let mut at = 0;
        for rank in &ranks {
            if *rank < 0 {
                at += 1;
            } else {
                offsets.push((at + 2, *rank as usize));
                at += 3 + 2 * *rank as usize;
            }
        }
        let b = entry.first().map_or_else(|| Builder::at_end(module.context(), entry, kernel.loc()), Builder::before);
        let narrow = module.has_attr(NARROW);
        for (offset, rank) in offsets.into_iter().rev() {
            if narrow {
                (1..=rank).for_each(|i| shorten(&b, entry.arg(offset + i), "llvm.zext"));
                (rank + 1..=2 * rank).for_each(|i| shorten(&b, entry.arg(offset + i), "llvm.sext"));
            }
            let argument = entry.arg(offset);
            if !argument.is_unused() {
                argument.replace_all_uses(b.constant(argument.ty(), 0));
            }
            entry.erase_arg(offset);
        }
        let types: Vec<_> = entry.args().into_iter().map(|argument| argument.ty()).collect();
        let void = melior::dialect::llvm::r#type::void(module.context());
        kernel.set_attr("function_type", b.ty_attr(melior::dialect::llvm::r#type::function(void, &types, false)));
        kernel.remove_attr("arg_attrs");
        kernel.remove_attr(RANKS);
        if narrow {
            kernel.set_attr(NARROW, b.i64_array(&ranks));
        }
    }
    Ok(())
}

/// A size or stride of a small launch: the lower half of its slot.
fn shorten<'c>(b: &Builder<'c>, argument: Value<'c>, extension: &str) {
    let ty = argument.ty();
    argument.set_type(b.int(32));
    let nonneg = [("nonNeg", b.unit())];
    let wide = b.op(extension, &[argument], &[ty], if extension == "llvm.zext" { &nonneg } else { &[] });
    argument.replace_all_uses(wide.result(0));
    wide.set_operand(0, argument);
}
