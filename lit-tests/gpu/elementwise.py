# A kernel written with thread indices, from Python to PTX.
# RUN: %zouk compile %s --entry axpy --signature "(f4, f4[::1], f4[::1])" --emit loops | FileCheck %s --check-prefix=LOOPS
# RUN: %zouk compile %s --entry axpy --signature "(f4, f4[::1], f4[::1])" --emit nvvm -o %t.nvvm.mlir
# RUN: FileCheck %s --check-prefix=NVVM < %t.nvvm.mlir
# RUN: %zouk compile %s --entry axpy --signature "(f4, f4[::1], f4[::1])" --emit ptx -o %t.ptx
# RUN: FileCheck %s --check-prefix=PTX < %t.ptx
# RUN: %zouk compile %t.nvvm.mlir --from nvvm --emit ptx | diff - %t.ptx

# What a kernel cannot do is refused with the place.
# RUN: not %zouk compile %s --entry returning --signature "(f4[::1],)" --emit ptx 2>&1 | FileCheck %s --check-prefix=RETURNING
# RUN: %zouk compile %s --entry raising --signature "(f4[::1],)" --emit ptx | FileCheck %s --check-prefix=RAISING
# RUN: not %zouk compile %s --entry allocating --signature "(f4[::1],)" --emit ptx 2>&1 | FileCheck %s --check-prefix=ALLOCATING
# RUN: not %zouk compile %s --entry allocating --signature "(f4[::1],)" --emit gpu 2>&1 | FileCheck %s --check-prefix=ALLOCATING
# RUN: not %zouk compile %s --entry shapeless --signature "(f4[::1], i8)" --emit ptx 2>&1 | FileCheck %s --check-prefix=SHAPELESS
# RUN: not %zouk compile %s --entry narrow --signature "(i2[::1],)" --emit ptx 2>&1 | FileCheck %s --check-prefix=NARROW
# RUN: not %zouk compile %s --entry ordinary --signature "(f4[::1],)" --emit object 2>&1 | FileCheck %s --check-prefix=ORDINARY
# RUN: env CUDA_HOME=/nowhere CUDA_ROOT=/nowhere CUDA_PATH=/nowhere not %zouk compile %s --entry waves --signature "(f4[::1],)" --emit ptx 2>&1 | FileCheck %s --check-prefix=WAVES
# RUN: not %zouk compile %s --entry chance --signature "(f8[::1],)" --emit ptx 2>&1 | FileCheck %s --check-prefix=CHANCE

import math
import random

import numpy as np

from zouk import cuda, njit


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


# RETURNING: CUDA kernel must have void return type: the kernel returning returns a value
# RETURNING-SAME: [kernel-result]
# RETURNING: elementwise.py:[[#@LINE-6]]


@cuda.jit
def raising(x):
    if x[0] < 0:
        raise ValueError("negative")


# The thread ends.
# RAISING: exit;


@cuda.jit
def allocating(x):
    y = np.zeros(3)
    y[0] = x[0]
    x[1] = y[0] + y[2]


# ALLOCATING: allocating an array is not supported in a CUDA kernel [kernel-unsupported]
# ALLOCATING: elementwise.py:[[#@LINE-6]]
# ALLOCATING: cuda.local.array


@cuda.jit
def shapeless(x, n):
    y = cuda.shared.array(n, x.dtype)
    y[0] = x[0]


# SHAPELESS: the shape of cuda.shared.array() must be a constant
# SHAPELESS: elementwise.py:[[#@LINE-5]]


@cuda.jit
def narrow(x):
    cuda.atomic.add(x, 0, 1)


# NARROW: this atomic operation is on arrays of int32, uint32, int64, uint64, float32 or float64, not of int16
# NARROW: elementwise.py:[[#@LINE-4]]


@njit
def ordinary(x):
    cuda.syncthreads()
    x[cuda.threadIdx.x] = 1


# ORDINARY: this asks for a thread of a kernel, and this function is none
# ORDINARY: elementwise.py:[[#@LINE-5]]


@cuda.jit
def waves(x):
    x[0] = math.sin(x[0])


# WAVES: the kernel calls __nv_sinf of NVIDIA's libdevice, which was not found [no-libdevice]
# WAVES: CUDA_HOME


@cuda.jit
def chance(x):
    x[0] = random.random()


# CHANCE: this needs the random numbers of the CPU, which has no counterpart on a GPU
# CHANCE: elementwise.py:[[#@LINE-4]]
