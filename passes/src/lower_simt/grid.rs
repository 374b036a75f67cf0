//! What needs memory of the module or of the launch: the barrier of the grid, and the place where errors are written.

use super::Lowering;
use crate::form_kernel::RANKS;
use zouk_dialects::ir::{Builder, FunctionType};

pub const NAME: &str = "zouk_grid_sync";
pub const FAIL: &str = "zouk_kernel_fail";

/// Where a block keeps the address of the launch's word: functions that wait find it there.
pub const WORD: &str = "zouk_grid_word";

/// One thread of each block adds to a word, the first block so much that the highest bit changes when all have come. The word needs no resetting; launches that may run at once have
/// one each: its address is the last parameter of a kernel that waits.
pub const TEXT: &str = r#"
llvm.mlir.global internal @zouk_grid_word() {addr_space = 3 : i32, alignment = 8 : i64} : i64
func.func private @zouk_grid_sync() {
  %place = llvm.mlir.addressof @zouk_grid_word : !llvm.ptr<3>
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %top = arith.constant -2147483648 : i32
  nvvm.barrier0
  %tx = nvvm.read.ptx.sreg.tid.x : i32
  %ty = nvvm.read.ptx.sreg.tid.y : i32
  %tz = nvvm.read.ptx.sreg.tid.z : i32
  %txy = arith.ori %tx, %ty : i32
  %thread = arith.ori %txy, %tz : i32
  %first_thread = arith.cmpi eq, %thread, %zero : i32
  cf.cond_br %first_thread, ^arrive, ^done
^arrive:
  %address = llvm.load %place : !llvm.ptr<3> -> i64
  %word = llvm.inttoptr %address : i64 to !llvm.ptr<1>
  %bx = nvvm.read.ptx.sreg.ctaid.x : i32
  %by = nvvm.read.ptx.sreg.ctaid.y : i32
  %bz = nvvm.read.ptx.sreg.ctaid.z : i32
  %nx = nvvm.read.ptx.sreg.nctaid.x : i32
  %ny = nvvm.read.ptx.sreg.nctaid.y : i32
  %nz = nvvm.read.ptx.sreg.nctaid.z : i32
  %nxy = arith.muli %nx, %ny : i32
  %blocks = arith.muli %nxy, %nz : i32
  %others = arith.subi %blocks, %one : i32
  %rest = arith.subi %top, %others : i32
  %bxy = arith.ori %bx, %by : i32
  %block = arith.ori %bxy, %bz : i32
  %first_block = arith.cmpi eq, %block, %zero : i32
  %step = arith.select %first_block, %rest, %one : i32
  llvm.inline_asm has_side_effects "membar.gl;", "~{memory}" : () -> ()
  %old = llvm.atomicrmw add %word, %step syncscope("device") monotonic : !llvm.ptr<1>, i32
  cf.br ^wait
^wait:
  %now = llvm.load volatile %word : !llvm.ptr<1> -> i32
  %changed = arith.xori %old, %now : i32
  %waiting = arith.cmpi sge, %changed, %zero : i32
  cf.cond_br %waiting, ^wait, ^met
^met:
  llvm.inline_asm has_side_effects "membar.gl;", "~{memory}" : () -> ()
  cf.br ^done
^done:
  nvvm.barrier0
  return
}
"#;

impl Lowering<'_> {
    /// Gives the kernels the parameter with the address of the word, which each block keeps before anything else.
    pub(super) fn give_word(&self) {
        for kernel in self.kernels.collect(|op| op.is("gpu.func") && op.has_attr(RANKS)) {
            let entry = kernel.body(0);
            let b = entry.first().map_or_else(|| Builder::at_end(kernel.context(), entry, kernel.loc()), Builder::before);
            let address = entry.add_arg(b.i64(), kernel.loc());
            let shared = melior::dialect::llvm::r#type::pointer(b.context, 3);
            let place = b.val("llvm.mlir.addressof", &[], shared, &[("global_name", b.symbol(WORD))]);
            b.op("llvm.store", &[address, place], &[], &[("ordering", b.int_attr(b.i64(), 0)), ("alignment", b.int_attr(b.i64(), 8))]);
            let types: Vec<_> = entry.args().into_iter().map(|argument| argument.ty()).collect();
            kernel.set_attr("function_type", b.ty_attr(FunctionType::new(kernel.context(), &types, &[]).into()));
            let mut ranks = kernel.i64_array_attr(RANKS);
            ranks.push(-1);
            kernel.set_attr(RANKS, b.i64_array(&ranks));
        }
    }
}

/// The first thread that fails writes its number and place; each ends.
pub const FAIL_TEXT: &str = r#"
llvm.mlir.global external @zouk_error(dense<0> : tensor<8xi32>) {addr_space = 1 : i32, alignment = 16 : i64} : !llvm.array<8 x i32>
func.func private @zouk_kernel_fail(%number: i32) {
  %error = llvm.mlir.addressof @zouk_error : !llvm.ptr<1>
  %zero = arith.constant 0 : i32
  %both = llvm.cmpxchg %error, %zero, %number syncscope("device") monotonic monotonic : !llvm.ptr<1>, i32
  %first = llvm.extractvalue %both[1] : !llvm.struct<(i32, i1)>
  cf.cond_br %first, ^write, ^done
^write:
  %bx = nvvm.read.ptx.sreg.ctaid.x : i32
  %by = nvvm.read.ptx.sreg.ctaid.y : i32
  %bz = nvvm.read.ptx.sreg.ctaid.z : i32
  %tx = nvvm.read.ptx.sreg.tid.x : i32
  %ty = nvvm.read.ptx.sreg.tid.y : i32
  %tz = nvvm.read.ptx.sreg.tid.z : i32
  %p1 = llvm.getelementptr %error[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
  %p2 = llvm.getelementptr %error[2] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
  %p3 = llvm.getelementptr %error[3] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
  %p4 = llvm.getelementptr %error[4] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
  %p5 = llvm.getelementptr %error[5] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
  %p6 = llvm.getelementptr %error[6] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
  llvm.store %bx, %p1 : i32, !llvm.ptr<1>
  llvm.store %by, %p2 : i32, !llvm.ptr<1>
  llvm.store %bz, %p3 : i32, !llvm.ptr<1>
  llvm.store %tx, %p4 : i32, !llvm.ptr<1>
  llvm.store %ty, %p5 : i32, !llvm.ptr<1>
  llvm.store %tz, %p6 : i32, !llvm.ptr<1>
  cf.br ^done
^done:
  nvvm.exit
  return
}
"#;
