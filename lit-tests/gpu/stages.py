# A product of matrices by tiles in shared memory, through every stage to machine code.
# REQUIRES: ptxas
# RUN: %zouk compile %s --entry product --signature "(f4[:, ::1], f4[:, ::1], f4[:, ::1])" --emit tensor | FileCheck %s --check-prefix=TENSOR
# RUN: %zouk compile %s --entry product --signature "(f4[:, ::1], f4[:, ::1], f4[:, ::1])" --emit gpu > %t.gpu.mlir
# RUN: FileCheck %s --check-prefix=GPU < %t.gpu.mlir
# RUN: %zouk compile %s --entry product --signature "(f4[:, ::1], f4[:, ::1], f4[:, ::1])" --emit nvvm | FileCheck %s --check-prefix=NVVM
# RUN: %zouk compile %s --entry product --signature "(f4[:, ::1], f4[:, ::1], f4[:, ::1])" --emit ptx -o %t.ptx
# RUN: FileCheck %s --check-prefix=PTX < %t.ptx
# RUN: %zouk compile %t.gpu.mlir --from gpu --emit ptx | diff - %t.ptx
# RUN: %ptxas -arch=sm_80 -v %t.ptx -o %t.cubin 2>&1 | FileCheck %s --check-prefix=PTXAS
# RUN: %zouk compile %s --entry product --signature "(f4[:, ::1], f4[:, ::1], f4[:, ::1])" --emit cubin --chip sm_90 -o %t.cubin
# RUN: %zouk compile %s --entry product --signature "(f4[:, ::1], f4[:, ::1], f4[:, ::1])" --emit loops --simt cpu | FileCheck %s --check-prefix=CPU
# RUN: %zouk compile %s --entry exact --signature "(f4[::1],)" --emit ptx | FileCheck %s --check-prefix=EXACT
# RUN: %zouk compile %s --entry bounded --signature "(f4[::1],)" --emit ptx | FileCheck %s --check-prefix=BOUNDED

import math

from zouk import cuda
from zouk.types import float32

TILE = 16


@cuda.jit
def product(a, b, c):
    left = cuda.shared.array((TILE, TILE), float32)
    right = cuda.shared.array((TILE, TILE), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x, y = cuda.grid(2)
    total = float32(0)
    for tile in range(a.shape[1] // TILE):
        left[ty, tx] = a[y, tile * TILE + tx]
        right[ty, tx] = b[tile * TILE + ty, x]
        cuda.syncthreads()
        for k in range(TILE):
            total += left[ty, k] * right[k, tx]
        cuda.syncthreads()
    c[y, x] = total


# TENSOR: rt.scratch "shared"
# TENSOR: gpu.barrier
# Nothing is checked on a GPU.
# GPU: gpu.func @product
# GPU-NOT: rt.check
# GPU: rt.scratch "shared"
# GPU: gpu.barrier
# NVVM: nvvm.barrier0
# NVVM: llvm.mlir.global internal @zouk_shared_0() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<256 x f32>
# Accesses of shared memory say so; the inner loop is unrolled, and contracted.
# PTX: .visible .entry product(
# PTX: .shared .align 16 .b8 zouk_shared_0[1024];
# PTX: st.shared.b32
# PTX: bar.sync
# PTX-COUNT-16: fma.rn.f32
# PTX-NOT: div.
# PTX: bar.sync
# PTXAS: 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
# Threads are loops there.
# CPU-NOT: gpu.
# CPU: scf.for


@cuda.jit(fma=False)
def exact(a):
    a[0] = a[1] * a[2] + a[3]


# EXACT-NOT: fma
# EXACT: mul.rn.f32
# EXACT: add.rn.f32


@cuda.jit(launch_bounds=(128, 2), max_registers=40)
def bounded(a):
    a[cuda.grid(1)] = 1


# BOUNDED: .maxntid 128
# BOUNDED: .minnctapersm 2
# BOUNDED: .maxnreg 40


@cuda.jit(fastmath=True)
def fast(a):
    i = cuda.grid(1)
    a[i] = math.sin(a[i]) / math.sqrt(a[i])


# RUN: %zouk compile %s --entry fast --signature "(f4[::1],)" --emit ptx | FileCheck %s --check-prefix=FAST
# FAST: sin.approx
# FAST: sqrt.approx.ftz
# FAST: div.approx.ftz


@cuda.jit(lineinfo=True)
def lines(a):
    a[cuda.grid(1)] += 1


# RUN: %zouk compile %s --entry lines --signature "(f4[::1],)" --emit ptx -o %t.ptx
# RUN: FileCheck %s --check-prefix=LINES < %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# LINES: .loc 1 [[#@LINE-7]]
# LINES: .file 1 {{.*}}stages.py


@cuda.jit(debug=True, opt=False)
def checked(a):
    i = cuda.grid(1)
    if a[i] > 3:
        raise ValueError("too large")
    a[i] = 1 // a[i + 1]


# RUN: %zouk compile %s --entry checked --signature "(i8[::1],)" --emit ptx -o %t.ptx
# RUN: FileCheck %s --check-prefix=CHECKED < %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry checked --signature "(i8[::1],)" --emit gpu | FileCheck %s --check-prefix=NUMBERS
# CHECKED: .visible .global .align 16 .b8 zouk_error[32]
# NUMBERS: zouk.kernel_errors = {{.*}}"IndexError", "index out of bounds for axis 0", {{.*}}"ValueError", "too large"
