"""What the kernels of `examples/cuda` do, as loops on the CPU: the same algorithms by `prange`. Each takes what the kernel is given on the host, and has the kernel's result."""

import math

import numpy as np
import programs
from zouk import njit, prange

TILE, STEPS, PART, GROUP = 16, 10, 256, 128
QUARTER, SOFTENING, ONE = np.float32(0.25), np.float32(0.01), np.float32(1)

# What threads call is the same here.
normal_cdf = njit(programs.load("cuda/black_scholes").normal_cdf.py_func)
iterations = njit(programs.load("cuda/mandelbrot").iterations.py_func)


@njit(parallel=True)
def vector_add(x, y, out):
    for i in prange(out.size):
        out[i] = x[i] + y[i]
    return out


@njit(parallel=True)
def saxpy(a, x, y):
    for i in prange(x.size):
        y[i] = a * x[i] + y[i]
    return y


@njit(parallel=True)
def matmul(a, b, c):
    for row in prange(c.shape[0]):
        for column in range(c.shape[1]):
            total = np.float32(0)
            for k in range(a.shape[1]):
                total += a[row, k] * b[k, column]
            c[row, column] = total
    return c


@njit(parallel=True)
def matmul_tiled(a, b, c):
    m, n = c.shape
    depth = a.shape[1]
    for block in prange((m + TILE - 1) // TILE):
        left = np.empty((TILE, TILE), np.float32)
        right = np.empty((TILE, TILE), np.float32)
        totals = np.empty((TILE, TILE), np.float32)
        first = block * TILE
        for across in range(0, n, TILE):
            totals[:] = np.float32(0)
            for start in range(0, depth, TILE):
                for y in range(TILE):
                    for x in range(TILE):
                        left[y, x] = a[first + y, start + x] if first + y < m and start + x < depth else np.float32(0)
                        right[y, x] = b[start + y, across + x] if start + y < depth and across + x < n else np.float32(0)
                for y in range(TILE):
                    for k in range(TILE):
                        for x in range(TILE):
                            totals[y, x] += left[y, k] * right[k, x]
            for y in range(TILE):
                for x in range(TILE):
                    if first + y < m and across + x < n:
                        c[first + y, across + x] = totals[y, x]
    return c


@njit(parallel=True)
def reduction(values, total):
    summed = np.float32(0)
    for i in prange(values.size):
        summed += values[i]
    total[0] = summed
    return total


@njit(parallel=True)
def histogram(data, counts):
    parts = (data.size + 65535) // 65536
    bins = np.zeros((parts, counts.size), np.int32)
    for part in prange(parts):
        for i in range(part * 65536, min(data.size, (part + 1) * 65536)):
            bins[part, data[i]] += 1
    counts[:] = 0
    for part in range(parts):
        counts += bins[part]
    return counts


@njit(parallel=True)
def stencil(old, new):
    for _ in range(STEPS):
        for i in prange(1, old.shape[0] - 1):
            for j in range(1, old.shape[1] - 1):
                new[i, j] = QUARTER * (old[i - 1, j] + old[i + 1, j] + old[i, j - 1] + old[i, j + 1])
        old, new = new, old
    return old


@njit(fastmath=True)
def pull_together(x, y, z, mass, px, py, pz, ax, ay, az):
    for t in range(GROUP):
        dx = x - px[t]
        dy = y - py[t]
        dz = z - pz[t]
        inverse = ONE / math.sqrt(dx * dx + dy * dy + dz * dz + SOFTENING)
        pull = mass * inverse * inverse * inverse
        ax[t] += dx * pull
        ay[t] += dy * pull
        az[t] += dz * pull


@njit(parallel=True, fastmath=True)
def nbody(bodies, accelerations):
    """A group of bodies at a time, so that the innermost loop is one over neighbours in memory."""
    count = bodies.shape[0]
    for group in prange((count + GROUP - 1) // GROUP):
        first = group * GROUP
        px = np.zeros(GROUP, np.float32)
        py = np.zeros(GROUP, np.float32)
        pz = np.zeros(GROUP, np.float32)
        ax = np.zeros(GROUP, np.float32)
        ay = np.zeros(GROUP, np.float32)
        az = np.zeros(GROUP, np.float32)
        for t in range(GROUP):
            if first + t < count:
                px[t] = bodies[first + t, 0]
                py[t] = bodies[first + t, 1]
                pz[t] = bodies[first + t, 2]
        for k in range(count):
            pull_together(bodies[k, 0], bodies[k, 1], bodies[k, 2], bodies[k, 3], px, py, pz, ax, ay, az)
        for t in range(GROUP):
            if first + t < count:
                accelerations[first + t, 0] = ax[t]
                accelerations[first + t, 1] = ay[t]
                accelerations[first + t, 2] = az[t]
    return accelerations


@njit(parallel=True)
def black_scholes(spot, strike, years, rate, volatility, prices):
    for i in prange(spot.size):
        deviation = volatility * math.sqrt(years[i])
        d1 = (math.log(spot[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / deviation
        d2 = d1 - deviation
        discounted = strike[i] * math.exp(-rate * years[i])
        prices[0, i] = spot[i] * normal_cdf(d1) - discounted * normal_cdf(d2)
        prices[1, i] = discounted * normal_cdf(-d2) - spot[i] * normal_cdf(-d1)
    return prices


warp_reduction = reduction


@njit(parallel=True)
def prefix_sum(values, totals):
    parts = (values.size + PART - 1) // PART
    sums = np.zeros(parts + 1, np.int32)
    for part in prange(parts):
        total = np.int32(0)
        for k in range(PART):
            i = part * PART + k
            if i < values.size:
                total = np.int32(total + values[i])
                totals[i] = total
        sums[part + 1] = total
    for part in range(parts):
        sums[part + 1] += sums[part]
    for part in prange(parts):
        for k in range(PART):
            i = part * PART + k
            if i < values.size:
                totals[i] += sums[part]
    return totals


@njit(parallel=True)
def mandelbrot(left, top, step, counts):
    for row in prange(counts.shape[0]):
        for column in range(counts.shape[1]):
            counts[row, column] = iterations(left + column * step, top + row * step)
    return counts
