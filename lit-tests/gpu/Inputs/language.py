"""Every construct of the language of kernels."""

import cmath
import math

import numpy as np

from zouk import cuda, njit
from zouk.types import boolean, complex64, float32, float64, uint32

N = 16
SHAPE = (4, N)


@cuda.jit
def places(out):
    i = cuda.threadIdx.x + cuda.blockIdx.x * cuda.blockDim.x + cuda.gridDim.x
    i += cuda.threadIdx.y + cuda.blockIdx.y * cuda.blockDim.y + cuda.gridDim.y
    i += cuda.threadIdx.z + cuda.blockIdx.z * cuda.blockDim.z + cuda.gridDim.z
    x, y, z = cuda.grid(3)
    u, v = cuda.gridsize(2)
    t = cuda.threadIdx
    out[0] = i + x + y + z + u + v + cuda.laneid + cuda.warpsize + t.x + cuda.grid(1) + cuda.gridsize(1)


@cuda.jit
def barriers(out):
    i = cuda.grid(1)
    cuda.syncthreads()
    out[i] = cuda.syncthreads_count(out[i]) + cuda.syncthreads_and(i > 3) + cuda.syncthreads_or(i)
    cuda.syncwarp()
    cuda.syncwarp(0xFFFF)
    cuda.threadfence()
    cuda.threadfence_block()
    cuda.threadfence_system()
    cuda.nanosleep(20)
    cuda.cg.this_grid().sync()


@cuda.jit
def scratch(out):
    i = cuda.threadIdx.x
    tile = cuda.shared.array(SHAPE, dtype=float32)
    flags = cuda.shared.array(N, boolean)
    rows = cuda.shared.array(shape=0, dtype=float64)
    own = cuda.local.array((3, 2), complex64)
    own[i % 3, 1] = out[i]
    tile[i % 4, i % N] = out[i]
    flags[i] = out[i] > 1
    rows[i] = out[i]
    cuda.syncthreads()
    if flags[N - 1 - i]:
        out[i] = tile[i % 4, i % N] + own[0, 1].real + rows[len(rows) - 1]


@cuda.jit
def atomics(a, b, value):
    i = cuda.grid(1)
    old = cuda.atomic.add(a, i, value)
    old += cuda.atomic.sub(a, 1, value)
    old += cuda.atomic.max(b, (i, 1), value)
    old += cuda.atomic.min(b, (i, -1), value)
    old += cuda.atomic.nanmax(a, 0, value)
    old += cuda.atomic.nanmin(a, 0, value)
    b[0, 0] = old


@cuda.jit
def atomics_of_integers(a, value):
    i = cuda.grid(1)
    cuda.atomic.and_(a, i, value)
    cuda.atomic.or_(a, i, value)
    cuda.atomic.xor(a, i, value)
    a[0] = cuda.atomic.exch(a, i, value) + cuda.atomic.cas(a, i, 0, value) + cuda.atomic.compare_and_swap(a, 0, value)


@cuda.jit
def atomics_unsigned(a, value):
    shared = cuda.shared.array(4, uint32)
    shared[1] = value
    cuda.syncthreads()
    a[1] = cuda.atomic.inc(a, 0, value) + cuda.atomic.dec(a, 0, value) + cuda.atomic.inc(shared, 1, 7)


@cuda.jit
def shuffles(a):
    i = cuda.grid(1)
    x = cuda.shfl_sync(0xFFFFFFFF, a[i], 3)
    x += cuda.shfl_up_sync(0xFFFFFFFF, a[i], 1)
    x += cuda.shfl_down_sync(-1, a[i], 1)
    x += cuda.shfl_xor_sync(-1, a[i], 16)
    a[i] = x


@cuda.jit
def votes(a, out):
    i = cuda.grid(1)
    mask = cuda.activemask()
    p = a[i] > 2
    count = cuda.popc(cuda.ballot_sync(mask, p)) + cuda.match_any_sync(mask, a[i]) + cuda.lanemask_lt()
    lanes, same = cuda.match_all_sync(mask, a[i])
    if cuda.all_sync(mask, p) or cuda.any_sync(mask, a[i]) or cuda.eq_sync(mask, p) or same:
        count += lanes
    out[i] = count


@cuda.jit
def bits(a):
    a[0] = cuda.popc(a[1]) + cuda.clz(a[1]) + cuda.brev(a[1]) + cuda.ffs(a[1])


@cuda.jit
def instructions(a):
    a[0] = cuda.fma(a[0], a[1], a[2]) + cuda.cbrt(a[1]) + cuda.selp(a[0] > 1, a[1], a[2])


@cuda.jit
def hints(a, b):
    i = cuda.grid(1)
    x = cuda.ldca(a, i) + cuda.ldcg(a, i) + cuda.ldcs(a, i) + cuda.ldlu(a, i) + cuda.ldcv(b, (i, 0))
    cuda.stcg(a, i, x)
    cuda.stcs(a, i, x)
    cuda.stwb(a, i, x)
    cuda.stwt(b, (i, 1), x)


@cuda.jit(device=True)
def add(x, y):
    return x + y


@njit
def both(x):
    return x * 2, x - 1


@cuda.jit
def devices(a):
    i = cuda.grid(1)
    twice, less = both(a[i])
    a[i] = add(twice, less)


@cuda.jit
def maths(a):
    i = cuda.grid(1)
    x = a[i]
    y = math.sin(x) + math.cos(x) + math.tan(x) + math.asin(x) + math.acos(x) + math.atan(x) + math.sinh(x) + math.cosh(x) + math.tanh(x)
    y += math.asinh(x) + math.acosh(x) + math.atanh(x) + math.exp(x) + math.expm1(x) + math.log(x) + math.log2(x) + math.log10(x) + math.log1p(x)
    y += math.sqrt(x) + math.erf(x) + math.erfc(x) + math.gamma(x) + math.lgamma(x) + math.fabs(x) + math.pow(x, 2.5) + math.atan2(x, y)
    y += math.copysign(x, y) + math.fmod(x, 3.0) + math.hypot(x, y) + math.remainder(x, y) + math.nextafter(x, y) + math.degrees(x) + math.radians(x)
    y += math.floor(x) + math.ceil(x) + math.trunc(x) + math.ldexp(x, 3) + math.frexp(x)[0] + math.modf(x)[1] + math.isnan(x) + math.isinf(x) + math.isfinite(x)
    y += x // 3.0 + x % 2.5 + x**3 + x**0.5 + round(x) + round(x, 2) + int(x) + abs(x) + min(x, y) + max(x, y) + divmod(x, 2.5)[0]
    a[i] = y


@cuda.jit
def integers(a):
    i = cuda.grid(1)
    x = a[i]
    a[i] = x // 7 + x % 5 + x**3 + x ** a[0] + math.gcd(x, 12) + (x << 2) + (x >> 1) + (x & 6) + (x | 1) + (x ^ 3) + ~x + x // a[1] + x % a[1]
    a[i] += pow(x, 3, 7) + abs(x) + min(x, 3, a[1]) + max(x, 1) + round(x, -1) + int(float(x)) + bool(x) + math.isqrt(abs(x))


@cuda.jit
def complexes(z):
    i = cuda.grid(1)
    w = z[i]
    v = cmath.sin(w) + cmath.cos(w) + cmath.tan(w) + cmath.asin(w) + cmath.acos(w) + cmath.atan(w) + cmath.sinh(w) + cmath.cosh(w) + cmath.tanh(w)
    v += cmath.asinh(w) + cmath.acosh(w) + cmath.atanh(w) + cmath.exp(w) + cmath.log(w) + cmath.log10(w) + cmath.sqrt(w) + cmath.rect(1.0, 2.0)
    v += w * w + w / (w + 1) + w**2 + w**w + abs(w) + w.conjugate() + complex(w.real, w.imag) + cmath.phase(w) + cmath.polar(w)[0]
    z[i] = v


@cuda.jit
def views(a, b):
    i = cuda.grid(1)
    row = a[i]
    row[1:3] = b[:2]
    for j, x in enumerate(row):
        b[j] += x
    for x, y in zip(a[i, ::2], b):
        a[i, 0] += x * y
    a[i, -1] = len(row) + a.shape[1] + row.size + a.ndim
    a.T[0, i] = 3


@cuda.jit
def ufuncs(a, b, c):
    i = cuda.grid(1)
    np.add(a[i], b[i], c[i])
    np.sin(a[i], c[i])
    np.multiply(c[i], b[i], out=c[i])


@cuda.jit
def printing(a):
    print("thread", cuda.threadIdx.x, a[0], a[0] > 1)
    print()


@cuda.jit
def raising(a):
    i = cuda.grid(1)
    assert a[i] > 0, "positive"
    if a[i] > 10:
        raise ValueError("too large")
    a[i] += 1
