"""What kernels can say, computed by threads and compared with Python and NumPy."""

import operator

import numpy as np
import pytest
from cuda_support import made, nothing_leaks  # noqa: F401
from zouk import cuda, njit
from zouk.errors import TypingError
from zouk.types import boolean, complex64, float32, float64, int32

TABLE = np.arange(12, dtype=np.float32).reshape(3, 4)
WIDTH = 8
SHAPE = (4, WIDTH)
ATOMIC = ["i4", "u4", "i8", "u8", "f4", "f8"]


def test_places():
    @cuda.jit
    def kernel(out):
        x, y, z = cuda.grid(3)
        t, b, n, g = cuda.threadIdx, cuda.blockIdx, cuda.blockDim, cuda.gridDim
        out[x, y, z, 0] = cuda.threadIdx.x + 10 * cuda.threadIdx.y + 100 * cuda.threadIdx.z
        out[x, y, z, 1] = b.x + 10 * b.y + 100 * b.z
        out[x, y, z, 2] = n.x + 10 * n.y + 100 * n.z
        out[x, y, z, 3] = cuda.gridDim.x + 10 * g.y + 100 * g.z
        sx, sy, sz = cuda.gridsize(3)
        out[x, y, z, 4] = sx + 10 * sy + 100 * sz
        out[x, y, z, 5] = (t.x + t.y * n.x + t.z * n.x * n.y) % cuda.warpsize - cuda.laneid

    grid, block = (2, 3, 2), (3, 2, 4)
    sizes = tuple(g * b for g, b in zip(grid, block))
    out = np.full((*sizes, 6), -1)
    kernel[grid, block](out)
    x, y, z = np.indices(sizes)
    (bx, by, bz), (nx, ny, nz) = block, grid
    expected = [
        x % bx + 10 * (y % by) + 100 * (z % bz),
        x // bx + 10 * (y // by) + 100 * (z // bz),
        np.full(sizes, bx + 10 * by + 100 * bz),
        np.full(sizes, nx + 10 * ny + 100 * nz),
        np.full(sizes, sizes[0] + 10 * sizes[1] + 100 * sizes[2]),
        np.zeros(sizes),
    ]
    np.testing.assert_array_equal(out, np.stack(expected, axis=-1))


def test_barriers_that_count():
    @cuda.jit
    def kernel(flags, out):
        i = cuda.threadIdx.x
        out[i, 0] = cuda.syncthreads_count(flags[i])
        out[i, 1] = cuda.syncthreads_and(flags[i])
        out[i, 2] = cuda.syncthreads_or(flags[i] > 2)
        cuda.syncwarp()
        cuda.threadfence()
        cuda.threadfence_block()
        cuda.threadfence_system()

    for flags in (np.array([3, 0, 1, 2, 0, 5]), np.ones(40, int), np.zeros(33, int)):
        out = np.full((len(flags), 3), -1, np.int32)
        kernel[1, len(flags)](flags, out)
        np.testing.assert_array_equal(out, np.tile([np.count_nonzero(flags), flags.all(), (flags > 2).any()], (len(flags), 1)))


def test_memory_of_a_block():
    @cuda.jit
    def kernel(a, out):
        i = cuda.threadIdx.x
        tile = cuda.shared.array(SHAPE, dtype=float32)
        flags = cuda.shared.array(SHAPE[0] * WIDTH, boolean)
        tile[i // WIDTH, i % WIDTH] = a[cuda.grid(1)]
        flags[i] = a[cuda.grid(1)] > 0.5
        cuda.syncthreads()
        j = SHAPE[0] * WIDTH - 1 - i
        out[cuda.grid(1)] = tile[j // WIDTH, j % WIDTH] + flags[j]

    a = np.random.default_rng(1).random(96).astype(np.float32)
    out = np.zeros(96, np.float32)
    kernel[3, 32](a, out)
    turned = a.reshape(3, 32)[:, ::-1]
    np.testing.assert_array_equal(out, (turned + (turned > np.float32(0.5))).astype(np.float32).ravel())


def test_memory_that_the_launch_adds():
    @cuda.jit
    def kernel(out):
        i = cuda.threadIdx.x
        whole = cuda.shared.array(0, dtype=int32)
        same = cuda.shared.array(shape=0, dtype=float64)
        whole[i] = i * i
        cuda.syncthreads()
        out[i] = whole[len(whole) - 1 - i] + 1000 * len(same)

    out = np.zeros(16, np.int64)
    kernel[1, 16, 0, 64](out)
    np.testing.assert_array_equal(out, np.arange(16)[::-1] ** 2 + 8000)


def test_memory_of_a_thread():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        own = cuda.local.array((2, 3), complex64)
        for k in range(6):
            own[k // 3, k % 3] = a[i] * k
        total = own[0, 0]
        for row in own:
            for x in row:
                total += x
        out[i] = total + TABLE[i % 3, 1] + cuda.const.array_like(TABLE)[2, i % 4]

    a = (np.arange(7) + 1j).astype(np.complex64)
    out = np.zeros(7, np.complex64)
    kernel[7, 1](a, out)
    i = np.arange(7)
    np.testing.assert_allclose(out, a * 15 + TABLE[i % 3, 1] + TABLE[2, i % 4])


OPERATIONS = {
    "add": lambda old, value: old + value,
    "sub": lambda old, value: old - value,
    "max": np.maximum,
    "min": np.minimum,
    "nanmax": np.fmax,
    "nanmin": np.fmin,
    "and_": operator.and_,
    "or_": operator.or_,
    "xor": operator.xor,
    "exch": lambda old, value: value,
    "inc": lambda old, value: old.dtype.type(0) if old >= value else old + old.dtype.type(1),
    "dec": lambda old, value: value if old == 0 or old > value else old - old.dtype.type(1),
}
KERNELS = {}


def atomic_kernel(name):
    if name not in KERNELS:
        namespace = made(f"@cuda.jit\ndef kernel(a, values, old):\n    i = cuda.grid(1)\n    old[i] = cuda.atomic.{name}(a, (i % 2, i // 2), values[i])\n")
        KERNELS[name] = namespace["kernel"]
    return KERNELS[name]


@pytest.mark.parametrize("dtype", ATOMIC)
@pytest.mark.parametrize("name", OPERATIONS)
def test_atomics(name, dtype):
    if name in ("and_", "or_", "xor", "exch") and dtype[0] == "f" or name in ("inc", "dec") and dtype[0] != "u":
        pytest.skip("of no such elements")
    values = np.array([3, 7, 0, 2, 9, 4, 1, 8]).astype(dtype)
    before = np.array([[3, 5, 8, 0], [6, 2, 1, 12]]).astype(dtype)
    if dtype[0] == "i":
        values[::3] *= -1
        before[0] *= -1
    if dtype[0] == "f" and name in ("max", "min", "nanmax", "nanmin"):
        values[2], before[1, 2], values[5], before[0, 3] = np.nan, np.nan, np.nan, np.nan
    a, old = before.copy(), np.zeros(8, dtype)
    atomic_kernel(name)[2, 4](a, values, old)
    expected = before.copy()
    for i, value in enumerate(values):
        at = (i % 2, i // 2)
        with np.errstate(over="ignore"):
            if name in ("max", "min") and (np.isnan(value) or np.isnan(before[at])):
                continue  # Numba's: nothing changes.
            expected[at] = OPERATIONS[name](before[at], value)
    np.testing.assert_array_equal(a, expected)
    np.testing.assert_array_equal(old, before[np.arange(8) % 2, np.arange(8) // 2])


@pytest.mark.parametrize("dtype", ATOMIC)
def test_atomics_of_one_place(dtype):
    @cuda.jit
    def kernel(a, values):
        i = cuda.grid(1)
        total = cuda.shared.array(1, dtype=float64)
        if cuda.threadIdx.x == 0:
            total[0] = 0
        cuda.syncthreads()
        cuda.atomic.add(a, 0, values[i])
        cuda.atomic.max(a, 1, values[i])
        cuda.atomic.min(a, -1, values[i])
        cuda.atomic.add(total, 0, values[i])
        cuda.syncthreads()
        if cuda.threadIdx.x == 0:
            cuda.atomic.add(a, 2, a[2] * 0 + int(total[0]))

    values = np.arange(1, 65).astype(dtype)
    a = np.array([0, 5, 0, 100]).astype(dtype)
    kernel[4, 16](a, values)
    np.testing.assert_array_equal(a, np.array([values.sum(), 64, values.sum(), 1]).astype(dtype))


@pytest.mark.parametrize("dtype", ["i4", "u4", "i8", "u8"])
def test_compare_and_swap(dtype):
    @cuda.jit
    def kernel(a, one, old):
        i = cuda.grid(1)
        old[i] = cuda.atomic.cas(a, i, 3, 50 + i)
        old[i] += cuda.atomic.compare_and_swap(one[i:], 4, 9)

    a, one, old = np.array([1, 3, 5, 3]).astype(dtype), np.array([4, 3, 4, 1]).astype(dtype), np.zeros(4, dtype)
    before, ones = a.copy(), one.copy()
    kernel[1, 4](a, one, old)
    np.testing.assert_array_equal(old, before + ones)
    np.testing.assert_array_equal(a, np.where(before == 3, 50 + np.arange(4), before))
    np.testing.assert_array_equal(one, np.where(ones == 4, 9, ones))


@pytest.mark.parametrize("dtype", ["i4", "i8", "f4", "f8", "u4"])
def test_shuffles(dtype):
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        lane = cuda.laneid
        out[0, i] = cuda.shfl_sync(0xFFFFFFFF, a[i], (lane + 5) % 32)
        out[1, i] = cuda.shfl_up_sync(0xFFFFFFFF, a[i], 3)
        out[2, i] = cuda.shfl_down_sync(0xFFFFFFFF, a[i], 4)
        out[3, i] = cuda.shfl_xor_sync(0xFFFFFFFF, a[i], 9)

    a = (np.arange(64) * 1234567.25 + 0.5).astype(dtype)
    out = np.zeros((4, 64), dtype)
    kernel[1, 64](a, out)
    lane, warp = np.arange(64) % 32, np.arange(64) // 32 * 32
    expected = [a[warp + (lane + 5) % 32], a[warp + np.where(lane >= 3, lane - 3, lane)], a[warp + np.where(lane < 28, lane + 4, lane)], a[warp + (lane ^ 9)]]
    np.testing.assert_array_equal(out, expected)


def test_votes():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        p = a[i] > 2
        out[0, i] = cuda.all_sync(0xFFFFFFFF, p)
        out[1, i] = cuda.any_sync(0xFFFFFFFF, p)
        out[2, i] = cuda.eq_sync(0xFFFFFFFF, p)
        out[3, i] = cuda.ballot_sync(0xFFFFFFFF, p)
        out[4, i] = cuda.match_any_sync(0xFFFFFFFF, a[i])
        mask, same = cuda.match_all_sync(0xFFFFFFFF, a[i])
        out[5, i] = mask
        out[6, i] = same
        out[7, i] = cuda.lanemask_lt()
        out[8, i] = cuda.activemask()

    rng = np.random.default_rng(2)
    for dtype in ("i4", "i8", "f4", "f8"):
        a = np.concatenate([rng.integers(0, 6, 32), np.full(32, 7), rng.integers(0, 2, 32)]).astype(dtype)
        out = np.zeros((9, 96), np.int64)
        kernel[1, 96](a, out)
        expected = np.zeros((9, 96), np.int64)
        for w in range(0, 96, 32):
            warp = a[w : w + 32]
            p = warp > 2
            bits = lambda where: int(np.uint32(sum(1 << k for k in np.flatnonzero(where))).view(np.int32))
            expected[0:3, w : w + 32] = [[p.all()], [p.any()], [p.all() or not p.any()]]
            expected[3, w : w + 32] = bits(p)
            expected[4, w : w + 32] = [bits(warp == x) for x in warp]
            expected[5, w : w + 32] = bits(np.ones(32, bool)) if (warp == warp[0]).all() else 0
            expected[6, w : w + 32] = (warp == warp[0]).all()
            expected[7, w : w + 32] = [(1 << k) - 1 for k in range(32)]
            expected[8, w : w + 32] = 0xFFFFFFFF
        np.testing.assert_array_equal(out, expected)


@cuda.jit(device=True)
def weighted(x, y):
    return 2 * x + y, x - y


@njit
def clipped(x):
    return 0.0 if x < 0 else x


@njit
def triangle(n):
    return 0 if n <= 0 else n + triangle(n - 1)


def test_device_functions():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        twice, less = weighted(a[i], 0.5)
        out[i] = clipped(twice) + less + triangle(i)

    a, out = np.linspace(-1, 1, 32), np.zeros(32)
    kernel[1, 32](a, out)
    np.testing.assert_allclose(out, np.maximum(2 * a + 0.5, 0) + a - 0.5 + np.arange(32) * (np.arange(32) + 1) // 2)


def test_views():
    @cuda.jit
    def kernel(a, b, out):
        i = cuda.grid(1)
        row = a[i]
        row[1:3] = b[:2]
        total = 0.0
        for j, x in enumerate(row[::-1]):
            total += (j + 1) * x
        for x, y in zip(a.T[:, i], b):
            total += x * y
        out[i] = total + len(row) + a.shape[1] + row.size + a.ndim
        np.add(a[i], b, a[i])

    a, b, out = np.arange(24.0).reshape(6, 4), np.arange(4.0) + 0.5, np.zeros(6)
    expected, sums = a.copy(), np.zeros(6)
    expected[:, 1:3] = b[:2]
    for i, row in enumerate(expected):
        sums[i] = (row[::-1] * np.arange(1, 5)).sum() + (row * b).sum() + 4 + 4 + 4 + 2
    kernel[2, 3](a, b, out)
    np.testing.assert_allclose(out, sums)
    np.testing.assert_array_equal(a, expected + b)


def test_arguments():
    point = np.dtype([("x", np.int32), ("y", np.float64)], align=True)

    @cuda.jit
    def kernel(flag, small, wide, single, z, pair, records, out):
        i = cuda.grid(1)
        if flag:
            records[i].y += records[i].x
            out[i] = small + wide + single + z.real * z.imag + pair[0] * pair[1] + records[i].y

    records = np.zeros(4, point)
    records["x"], records["y"] = [1, -2, 3, 4], 0.5
    out = np.zeros(4)
    kernel[1, 4](True, np.int8(-3), 2**40, np.float32(1.5), 2 + 3j, (4, 0.25), records, out)
    np.testing.assert_array_equal(records["y"], records["x"] + 0.5)
    np.testing.assert_array_equal(out, -3 + 2**40 + 1.5 + 6 + 1 + records["y"])


def test_a_grid_that_waits():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        grid = cuda.cg.this_grid()
        a[i] = i * i
        grid.sync()
        out[i] = a[(i + 5) % len(a)]
        grid.sync()
        a[i] = out[len(a) - 1 - i]

    a, out = np.zeros(24, np.int64), np.zeros(24, np.int64)
    kernel[4, 6](a, out)
    expected = ((np.arange(24) + 5) % 24) ** 2
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(a, expected[::-1])


def test_a_thread_that_raises_ends():
    @cuda.jit
    def kernel(a):
        i = cuda.grid(1)
        assert a[i] > 0, "positive"
        if a[i] > 10:
            raise ValueError("too large")
        a[i] += 1

    if cuda.execution_target() == "cpu":
        pytest.skip("raises there")
    a = np.array([1, -1, 20, 5])
    kernel[1, 4](a)
    np.testing.assert_array_equal(a, [2, -1, 20, 6])


def test_what_a_debugged_kernel_raises():
    @cuda.jit(debug=True, opt=False)
    def kernel(a, n):
        i = cuda.grid(1)
        if i == 5:
            assert a[i] < 0, "negative"
        if i == n:
            a[i + 3] = 1 // (a[i] - a[i])

    a = -np.arange(8)
    kernel[2, 4](a, -1)
    for n, exception in ((6, ZeroDivisionError), (5, ZeroDivisionError), (0, ZeroDivisionError)):
        with pytest.raises(exception) as caught:
            kernel[2, 4](a, n)
        if cuda.execution_target() == "cuda":
            assert f"tid=[{n % 4}, 0, 0] ctaid=[{n // 4}, 0, 0]" in str(caught.value) and "line" in str(caught.value)
    with pytest.raises(AssertionError, match="negative"):
        kernel[2, 4](np.arange(8), -1)
    kernel[2, 4](a, -1)


@pytest.mark.parametrize("index", [8, -9, 100])
def test_indices_of_a_debugged_kernel(index):
    @cuda.jit(debug=True, opt=False)
    def kernel(a, at):
        if cuda.grid(1) == 2:
            a[at] = 1

    a = np.zeros(8)
    with pytest.raises(IndexError):
        kernel[1, 4](a, index)
    assert not a.any()
    kernel[1, 4](a, -8)
    assert a[0] == 1


def test_functions_of_libdevice():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        out[0, i] = cuda.libdevice.rsqrt(a[i])
        out[1, i] = cuda.libdevice.fast_expf(a[i])
        out[2, i] = cuda.libdevice.mulhi(1 << 30, int(a[i] * 4))
        out[3, i] = cuda.libdevice.fmaxf(a[i], 2)

    if cuda.execution_target() == "cpu":
        pytest.skip("of GPUs")
    a = np.linspace(1, 3, 16)
    out = np.zeros((4, 16))
    kernel[1, 16](a, out)
    np.testing.assert_allclose(out, [1 / np.sqrt(a), np.exp(a), (1 << 30) * (a * 4).astype(np.int64) >> 32, np.maximum(a, 2)], rtol=2e-6)


def test_vectors():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        v = cuda.float32x4(a[i], 2, cuda.float2(a[i] * 2, 0.1))
        w = cuda.int3(7, i, True)
        out[i, 0] = v.x + v.y
        out[i, 1] = v.z
        out[i, 2] = v.w
        out[i, 3] = w.x * w.y + w.z + cuda.uchar1(257).x

    a, out = np.linspace(0, 1, 8), np.zeros((8, 4))
    kernel[2, 4](a, out)
    single = a.astype(np.float32)
    np.testing.assert_array_equal(out, np.stack([single + np.float32(2), (a * 2).astype(np.float32), np.full(8, np.float32(0.1)), 7 * np.arange(8) + 1 + 1], axis=1))


def test_a_row_of_numbers():
    """No array is made of them."""

    @cuda.jit
    def store(a, i, x):
        a[i, 1] = x, 2 * x, -x

    a = np.zeros((2, 3, 3), np.float32)
    store[1, 1](a, 1, 1.5)
    expected = np.zeros((2, 3, 3), np.float32)
    expected[1, 1] = 1.5, 3.0, -1.5
    assert np.array_equal(a, expected)


@pytest.mark.parametrize("of", ["v + v", "v * 2", "2.0 * v", "v - 1", "v < v", "v == v", "1.0 in v", "-v"])
def test_vectors_have_no_operators(of):
    namespace = made(f"@cuda.jit\ndef kernel(out):\n    v = cuda.float2(1.0, 2.0)\n    w = {of}\n    out[0] = 1\n")
    with pytest.raises(TypingError, match="unsupported operand types|bad operand type"):
        namespace["kernel"][1, 1](np.zeros(1))
