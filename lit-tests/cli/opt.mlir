// zouk-opt is an mlir-opt: our passes by name with options, stages, dumps, reproducers, timing.
// RUN: %zouk-opt --help | FileCheck %s --check-prefix=HELP
// RUN: %zouk-opt %s --zouk-inline-calls --mlir-print-ir-after-all -o /dev/null 2>&1 | FileCheck %s --check-prefix=INLINED
// RUN: %zouk-opt %s --pass-pipeline="builtin.module(zouk-inline-calls{max-ops=1},cse)" | FileCheck %s --check-prefix=KEPT
// RUN: %zouk-opt %s --zouk-inline-calls --mlir-timing 2>&1 -o /dev/null | FileCheck %s --check-prefix=TIMING
// RUN: %zouk-opt %s --emit-bytecode -o %t.bc && %zouk-opt %t.bc | FileCheck %s --check-prefix=KEPT

// Stages: all at once, or one after the other through the files that --dump wrote.
// RUN: rm -rf %t.stages && %zouk-opt %s --from tensor --emit llvm --dump %t.stages -o %t.llvm.mlir
// RUN: ls %t.stages | FileCheck %s --check-prefix=FILES
// RUN: %zouk-opt %t.stages/05-loops.mlir --from loops --emit llvm | diff - %t.llvm.mlir
// RUN: %zouk-opt %t.stages/06-llvm.mlir | diff - %t.llvm.mlir
// RUN: not %zouk-opt %s --from llvm --emit py 2>&1 | FileCheck %s --check-prefix=BACKWARDS
// RUN: not %zouk-opt %s --emit asm 2>&1 | FileCheck %s --check-prefix=ASM

// A pass that fails leaves a reproducer, which fails in the same way.
// RUN: not %zouk-opt %S/Inputs/undefined.mlir --zouk-infer-types --mlir-pass-pipeline-crash-reproducer=%t.crash.mlir 2>&1 | FileCheck %s --check-prefix=FAILS
// RUN: FileCheck %s --check-prefix=REPRODUCER < %t.crash.mlir
// RUN: not %zouk-opt --run-reproducer %t.crash.mlir 2>&1 | FileCheck %s --check-prefix=FAILS

// HELP: --zouk-hoist-checks
// HELP-SAME: Tests once, before a nest of loops
// HELP-NEXT: --max-ops=
// HELP: --zouk-write-ir

// INLINED: IR Dump After inline_calls
// INLINED: func.func @f
// INLINED-NOT: call
// INLINED: arith.mulf

// KEPT: call @half

// TIMING: inline_calls

// FILES: 04-tensor.mlir
// FILES: 05-loops.mlir
// FILES: 06-llvm.mlir

// BACKWARDS: zouk-opt: stage `py` is not reached from `llvm`
// ASM: zouk-opt: `--from` and `--emit` name MLIR stages here

// FAILS: error:{{.*}}not callable
// REPRODUCER: pipeline: "builtin.module(zouk-infer-types)"

func.func private @half(%x: f64) -> f64 {
  %c = arith.constant 0.5 : f64
  %r = arith.mulf %x, %c : f64
  return %r : f64
}
func.func @f(%x: f64) -> f64 {
  %r = func.call @half(%x) : (f64) -> f64
  return %r : f64
}
