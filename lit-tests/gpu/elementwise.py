# A kernel written with thread indices, from Python to PTX.
# RUN: %zouk compile %s --entry axpy --signature "(f4, f4[::1], f4[::1])" --emit loops | FileCheck %s --check-prefix=LOOPS
# RUN: %zouk compile %s --entry axpy --signature "(f4, f4[::1], f4[::1])" --emit nvvm -o %t.nvvm.mlir
# RUN: FileCheck %s --check-prefix=NVVM < %t.nvvm.mlir
# RUN: %zouk compile %s --entry axpy --signature "(f4, f4[::1], f4[::1])" --emit ptx -o %t.ptx
# RUN: FileCheck %s --check-prefix=PTX < %t.ptx
# RUN: %zouk compile %t.nvvm.mlir --from nvvm --emit ptx | diff - %t.ptx

# What a kernel cannot do is refused with the place.
# RUN: not %zouk compile %s --entry returning --signature "(f4[::1],)" --emit ptx 2>&1 | FileCheck %s --check-prefix=RETURNING
# RUN: not %zouk compile %s --entry raising --signature "(f4[::1],)" --emit ptx 2>&1 | FileCheck %s --check-prefix=RAISING
# RUN: env CUDA_HOME=/nowhere CUDA_ROOT=/nowhere CUDA_PATH=/nowhere not %zouk compile %s --entry waves --signature "(f4[::1],)" --emit ptx 2>&1 | FileCheck %s --check-prefix=WAVES
# RUN: not %zouk compile %s --entry halves --signature "(f8[::1],)" --emit ptx 2>&1 | FileCheck %s --check-prefix=HALVES

import math

from zouk import cuda


@cuda.jit
def axpy(a, x, y):
    i = cuda.grid(1)
    if i < x.shape[0]:
        y[i] = a * x[i] + y[i]


# LOOPS: gpu.block_id  x
# LOOPS: gpu.thread_id  x
# NVVM: gpu.module @kernels
# NVVM: llvm.func @axpy({{.*}}nvvm.kernel
# NVVM: nvvm.read.ptx.sreg.ctaid.x
# PTX: .target sm_80
# PTX: .visible .entry axpy(
# PTX: %ctaid.x
# PTX: ld.global{{.*}}32
# PTX: st.global{{.*}}32


@cuda.jit
def returning(x):
    return x[cuda.grid(1)]


# RETURNING: the kernel returning returns a value
# RETURNING-SAME: [kernel-result]
# RETURNING: elementwise.py:[[#@LINE-6]]


@cuda.jit
def raising(x):
    if x[0] < 0:
        raise ValueError("negative")


# RAISING: raising an exception is not supported in a CUDA kernel
# RAISING: elementwise.py:[[#@LINE-4]]


@cuda.jit
def waves(x):
    x[0] = math.sin(x[0])


# WAVES: the kernel calls __nv_sinf of NVIDIA's libdevice, which was not found [no-libdevice]
# WAVES: CUDA_HOME


@cuda.jit
def halves(x):
    x[0] = x[0] // 2.0


# HALVES: this needs the runtime's function floordiv_f64, which has no counterpart on a GPU
# HALVES: elementwise.py:[[#@LINE-4]]
