//! Turns what kernels ask of threads, blocks and memory into LLVM's intrinsics for GPUs, and what is left of `rt` into descriptors.
//!
//! An array of a block is a global in shared memory, one of a thread is memory of its function; accesses find their address space when LLVM follows the pointers.
//! Copies of one `rt.scratch`, which inlining and unrolling make, are one array.
//!
//! ```mlir before
//! gpu.module @kernels {
//!   gpu.func @k(%a: memref<?xi32>, %i: index) kernel {
//!     %mask = arith.constant -1 : i32
//!     %all = arith.constant true
//!     %lanes = rt.simt "ballot_sync"(%mask, %all) : (i32, i1) -> i32
//!     %old = rt.atomic "add" %a[%i, %lanes : index, i32] : memref<?xi32> to i32
//!     gpu.return
//!   }
//! }
//! ```
//! ```mlir after
//! module {
//!   gpu.module @kernels {
//!     gpu.func @k(%arg0: memref<?xi32>, %arg1: index) kernel {
//!       %c-1_i32 = arith.constant -1 : i32
//!       %true = arith.constant true
//!       %0 = llvm.call_intrinsic "llvm.nvvm.vote.ballot.sync"(%c-1_i32, %true) : (i32, i1) -> i32
//!       %1 = builtin.unrealized_conversion_cast %arg0 : memref<?xi32> to !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!       %2 = arith.index_cast %arg1 : index to i64
//!       %3 = llvm.extractvalue %1[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!       %4 = llvm.getelementptr %3[%2] : (!llvm.ptr, i64) -> !llvm.ptr, i32
//!       %5 = llvm.atomicrmw add %4, %0 syncscope("device") monotonic : !llvm.ptr, i32
//!       gpu.return
//!     }
//!   }
//! }
//! ```

use crate::llvm_dialect::Symbols;
use crate::lower_runtime;
use crate::narrow_indices::NARROW;
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, Type, TypeLike, Value};

mod atomic;
pub mod grid;
mod memory;
mod print;
mod warp;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for kernels in module.collect(|op| op.is("gpu.module")) {
        print::run(kernels);
        let mut lowering = Lowering { kernels, symbols: Symbols::new(kernels), scratch: HashMap::new(), constants: 0 };
        for op in kernels.collect(|op| op.dialect() == "rt") {
            let b = Builder::before(op);
            let results = lowering.op(&b, op)?;
            op.results().into_iter().zip(results).for_each(|(old, new)| old.replace_all_uses(new));
            op.erase();
        }
        for op in kernels.collect(|op| op.has_attr(NARROW)) {
            lowering.narrow_access(op)?;
        }
        kernels.collect(|op| op.dialect() == "math").into_iter().for_each(instruction);
        kernels.collect(|op| op.is("ub.poison")).into_iter().try_for_each(|op| lower_runtime::lower(op, &mut lowering.symbols))?;
    }
    Ok(())
}

struct Lowering<'c> {
    kernels: Op<'c>,
    symbols: Symbols<'c>,
    /// The globals of the block's arrays, by their ops.
    scratch: HashMap<i64, String>,
    /// Bytes of constant memory so far.
    constants: i64,
}

impl<'c> Lowering<'c> {
    fn op(&mut self, b: &Builder<'c>, op: Op<'c>) -> Result<Vec<Value<'c>>, Diagnostic> {
        match op.name() {
            "rt.scratch" => self.scratch(b, op).map(|array| vec![array]),
            "rt.constant_array" => self.constant(b, op).map(|array| vec![array]),
            "rt.atomic" => self.atomic(b, op).map(|old| vec![old]),
            "rt.simt" => self.simt(b, op),
            _ => lower_runtime::lowered(b, op, &mut self.symbols).map(|result| result.into_iter().collect()),
        }
    }

    /// A function in the text, with what it names, put into the module once: whether it was not there before.
    fn include(&mut self, name: &str, text: &str) -> bool {
        if self.symbols.has(name) {
            return false;
        }
        let parsed = zouk_dialects::ir::Module::parse(self.kernels.context(), text);
        for op in parsed.iter().flat_map(|module| zouk_dialects::ir::module_op(module).body(0).ops()) {
            self.kernels.body(0).append(op.deep_clone());
        }
        self.symbols = Symbols::new(self.kernels);
        true
    }
}

/// Functions that a GPU has an instruction for; upstream would call libdevice.
const INSTRUCTIONS: [(&str, &str); 7] = [
    ("math.absf", "llvm.fabs"),
    ("math.floor", "llvm.floor"),
    ("math.ceil", "llvm.ceil"),
    ("math.trunc", "llvm.trunc"),
    ("math.sqrt", "llvm.sqrt"),
    ("math.copysign", "llvm.copysign"),
    ("math.fma", "llvm.fma"),
];

fn instruction(op: Op) {
    let Some((_, name)) = INSTRUCTIONS.iter().find(|(name, _)| op.is(name)) else { return };
    let ty = op.result(0).ty();
    let flags = op.attr("fastmath").map(|flags| flags.to_string()).unwrap_or_default();
    let (fast, approximate) = (flags.contains("<fast>"), flags.contains("afn"));
    let name = match (ty.is_f32(), *name) {
        (true, "llvm.sqrt") if fast => "llvm.nvvm.sqrt.approx.ftz.f".into(),
        (true, "llvm.sqrt") if approximate => "llvm.nvvm.sqrt.approx.f".into(),
        (true, name) => format!("{name}.f32"),
        _ if ty.is_f16() => format!("{name}.f16"),
        (false, name) => format!("{name}.f64"),
    };
    let call = intrinsic(&Builder::before(op), &name, &op.operands(), &[ty]);
    op.result(0).replace_all_uses(call.result(0));
    op.erase();
}

fn internal(op: Op, message: impl Into<String>) -> Diagnostic {
    Diagnostic::at(ErrorClass::Internal, "stray-op", message, op.loc())
}

/// `llvm.call_intrinsic`
fn intrinsic<'c>(b: &Builder<'c>, name: &str, arguments: &[Value<'c>], results: &[Type<'c>]) -> Op<'c> {
    let segments = b.i32_array(&[arguments.len() as i32, 0]);
    let attrs = [("intrin", b.str(name)), ("operandSegmentSizes", segments), ("op_bundle_sizes", b.i32_array(&[]))];
    b.op("llvm.call_intrinsic", arguments, results, &attrs)
}

/// Instructions of PTX that LLVM has no intrinsic for.
fn assembly<'c>(b: &Builder<'c>, text: &str, constraints: &str, arguments: &[Value<'c>], result: Option<Type<'c>>, effects: bool) -> Op<'c> {
    let mut attrs = vec![("asm_string", b.str(text)), ("constraints", b.str(constraints))];
    if effects {
        attrs.push(("has_side_effects", b.unit()));
    }
    b.op("llvm.inline_asm", arguments, result.as_slice(), &attrs)
}
