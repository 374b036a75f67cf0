//! What needs memory of the module: the barrier of the grid, and the place where errors are written.

pub const NAME: &str = "zouk_grid_sync";
pub const FAIL: &str = "zouk_kernel_fail";

/// One thread of each block adds to a word, the first block so much that the highest bit changes when all have come. The word needs no resetting; launches that run at once would
/// need one each.
pub const TEXT: &str = r#"
llvm.mlir.global internal @zouk_grid_barrier(0 : i32) {addr_space = 1 : i32, alignment = 4 : i64} : i32
func.func private @zouk_grid_sync() {
  %word = llvm.mlir.addressof @zouk_grid_barrier : !llvm.ptr<1>
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
