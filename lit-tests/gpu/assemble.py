# Kernels assemble: elements of several types, two dimensions, loops, early returns, functions of libdevice.
# REQUIRES: ptxas
# RUN: %zouk compile %s --entry axpy --signature "(f4, f4[::1], f4[::1])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 -v %t.ptx -o %t.cubin 2>&1 | FileCheck %s --check-prefix=AXPY
# RUN: %zouk compile %s --entry axpy --signature "(i8, i4[:], i8[::1])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry waves --signature "(f8[::1],)" --emit ptx -o %t.ptx
# RUN: FileCheck %s --check-prefix=WAVES < %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin

# The toolkit is found in the active environment of Python, and in the one whose programs are on the path.
# RUN: env -u CUDA_HOME -u CUDA_PATH -u CUDA_ROOT VIRTUAL_ENV=%environment %zouk compile %s --entry waves --signature "(f8[::1],)" --emit cubin --chip sm_90 -o %t.cubin
# RUN: env -u CUDA_HOME -u CUDA_PATH -u CUDA_ROOT -u VIRTUAL_ENV PATH=%environment/bin %zouk compile %s --entry waves --signature "(f8[::1],)" --emit cubin -o %t.cubin

# RUN: %zouk compile %s --entry transpose --signature "(f8[:, ::1], f8[:, ::1])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry row_sums --signature "(f4[:, :], f4[:])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry recursive --signature "(i8[::1],)" --emit ptx -o %t.ptx
# RUN: FileCheck %s --check-prefix=RECURSIVE < %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry conversions --signature "(f8[::1], f8[::1])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry conversions --signature "(f4[::1], f4[::1])" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin
# RUN: %zouk compile %s --entry squares --signature "(c16[::1],)" --emit ptx -o %t.ptx
# RUN: %ptxas -arch=sm_80 %t.ptx -o %t.cubin

import math

from zouk import cuda, njit


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


@njit
def doubled_sum(n):
    return 0 if n <= 0 else n + 2 * doubled_sum(n - 2)


@cuda.jit
def recursive(out):
    i = cuda.grid(1)
    if i < len(out):
        out[i] = doubled_sum(i)


# The names of instances are no names in PTX.
# RECURSIVE: .func {{.*}}doubled_sum_int64_


@cuda.jit
def conversions(out, x):
    i = cuda.grid(1)
    if i < len(out):
        out[i] = math.floor(x[i]) + int(x[i]) + round(x[i]) + abs(i) + math.hypot(x[i], 2.0) + math.gamma(x[i])


@cuda.jit
def squares(z):
    i = cuda.grid(1)
    if i < len(z):
        z[i] = z[i] * z[i] + abs(z[i])
