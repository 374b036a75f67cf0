# Kernels assemble: elements of several types, two dimensions, loops, early returns, functions of libdevice.
# REQUIRES: ptxas
# RUN: %zouk compile %s --entry axpy --signature "(f4, f4[::1], f4[::1])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 -v %t.ptx -o %t.cubin 2>&1 | FileCheck %s --check-prefix=AXPY
# RUN: %zouk compile %s --entry axpy --signature "(i8, i4[:], i8[::1])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry waves --signature "(f8[::1],)" --emit ptx -o %t.ptx
# RUN: FileCheck %s --check-prefix=WAVES < %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry transpose --signature "(f8[:, ::1], f8[:, ::1])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry row_sums --signature "(f4[:, :], f4[:])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin

import math

from zouk import cuda


@cuda.jit
def axpy(a, x, y):
    i = cuda.grid(1)
    if i < x.shape[0]:
        y[i] = a * x[i] + y[i]


# AXPY: Compiling entry function 'axpy' for 'sm_80'
# AXPY: Used {{[0-9]+}} registers


@cuda.jit
def waves(x):
    i = cuda.grid(1)
    if i < x.shape[0]:
        x[i] = math.sin(x[i]) * math.exp(-x[i])


# The functions are those of libdevice, linked in.
# WAVES-NOT: .extern
# WAVES: .visible .entry waves(


@cuda.jit
def transpose(a, b):
    i, j = cuda.grid(2)
    if i >= a.shape[0] or j >= a.shape[1]:
        return
    b[j, i] = a[i, j]


@cuda.jit
def row_sums(a, sums):
    i = cuda.grid(1)
    if i < a.shape[0]:
        total = 0.0
        for j in range(a.shape[1]):
            total += a[i, j]
        sums[i] = total
