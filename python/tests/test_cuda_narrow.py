"""Indices of kernels in 32 bits: the code for small launches and the one for all others give what Python gives, and a launch takes the right one."""

import itertools
import linecache
import re

import numpy as np
import pytest
from cuda_support import nothing_leaks, on_gpu, on_standin, STANDIN  # noqa: F401
from numpy.lib.stride_tricks import as_strided
from zouk import cuda
from zouk.cuda.errors import CudaAPIError
from zouk.types import float32, float64, int32, int64

LIMIT = 1 << 31
# A launch is small when the furthest elements are so near.
NEAR = LIMIT - (1 << 16)


class Foreign:
    """An array whose shape and strides are what one says."""

    def __init__(self, array, shape, strides, offset=0):
        address = array.__cuda_array_interface__["data"][0] + offset
        self.array = array
        self.__cuda_array_interface__ = {"shape": shape, "strides": strides, "typestr": array.dtype.str, "data": (address, False), "version": 3}


def repeated(array, shape, strides, offset=0):
    """As `as_strided`, on the device."""
    return cuda.as_cuda_array(Foreign(array, shape, strides, offset))


def sizes(kernel):
    """Whether each of the kernel's codes is for all launches."""
    return [version["wide"] for version in kernel._versions()]


def look(a, out):
    n = a.shape[0]
    out[0] = n
    out[1] = n + 1
    out[2] = n * 1000000007
    out[3] = a[n - 1]
    out[4] = a[-1] + a[-n] + a[n // 2]
    count = 0
    for i in range(n - 5, n):
        count += a[i]
    out[5] = count
    for i in range(n - 7, n, 3):
        out[6] += i
    out[7] = 2 * n - 2147483647
    total = 0
    k = n
    while k > 0:
        k //= 2
        total += 1
    out[8] = total
    m = min(n, 2147483647) + max(n, 5)
    out[9] = m
    out[10] = (n * 7) % 1000003 + n // 3 + (n >> 3) + (n & 255) + (n << 2)


@on_gpu
@pytest.mark.parametrize("size", [8, 1000, NEAR - 1, NEAR, NEAR + 1, LIMIT - 1, LIMIT, LIMIT + 1, 3 * LIMIT])
def test_sizes_near_the_limit(size):
    kernel = cuda.jit(look)
    item = np.array([7], np.int32)
    found, expected = np.zeros(11, np.int64), np.zeros(11, np.int64)
    look(as_strided(item, (size,), (0,)), expected)
    kernel[1, 1](repeated(cuda.to_device(item), (size,), (0,)), found)
    np.testing.assert_array_equal(found, expected)
    # Only sizes count where all elements are one.
    assert sizes(kernel)[-1] == (size >= LIMIT)


@on_gpu
@pytest.mark.parametrize("extent", [NEAR - 1, NEAR, LIMIT - 1, LIMIT, 2 * LIMIT])
@pytest.mark.parametrize("sign", [1, -1])
def test_distances_near_the_limit(extent, sign):
    """Two elements, so far apart that the second is not there: it is not read, but its address would not fit."""

    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        if i < 1:
            out[i] = a[i] + a.shape[0] + a.strides[0]

    item = np.array([5], np.int64)
    found = np.zeros(1, np.int64)
    kernel[1, 4](repeated(cuda.to_device(item), (2,), (sign * extent * 8,)), found)
    assert found[0] == 5 + 2 + sign * extent * 8
    assert sizes(kernel)[-1] == (extent >= NEAR)


@on_gpu
def test_both_codes_are_kept():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = a[a.shape[0] - 1 - i] + i

    item = np.array([3], np.float32)
    for size, codes in [(100, 1), (LIMIT, 2), (200, 2), (LIMIT + 5, 2), (100, 2)]:
        out = np.zeros(64, np.float32)
        kernel[2, 32](repeated(cuda.to_device(item), (size,), (0,)), out)
        np.testing.assert_array_equal(out, 3 + np.arange(64, dtype=np.float32))
        assert len(kernel._versions()) == codes
    assert sizes(kernel) == [False, True]
    assert len(kernel.signatures) == len(kernel.overloads) == 1


@on_standin
def test_a_grid_of_more_than_the_limit():
    """There is no time for so many threads: the launch fails, after its code is chosen."""

    @cuda.jit
    def kernel(out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = i

    out = cuda.device_array(4, np.int64)
    for grid, wide in [((1 << 22) - 1, False), (1 << 22, True), (1 << 23, True)]:
        STANDIN.standin_fail(b"cuLaunchKernel", 1, 0)
        with pytest.raises(CudaAPIError):
            kernel[grid, 512](out)
        assert sizes(kernel)[-1] == wide
    kernel[1, 4](out)
    np.testing.assert_array_equal(out.copy_to_host(), np.arange(4))


@cuda.jit
def stepped(a, out, start, step):
    total = 0
    for i in range(start, a.size, step):
        total += a[i] * (i + 1)
    for i in range(start, a.size - 2, 4):
        total -= a[i + 1]
    for i in range(a.size - 1, -1, -step):
        total += 3 * a[i]
    for i in range(0, a.size, 5):
        for j in range(i, min(i + step, a.size), 2):
            total += a[j] * i
    for i in range(-3, a.size, step + 1):
        total += 11 * i
    out[0] = total


@pytest.mark.parametrize("size, start, step", list(itertools.product([0, 1, 2, 31, 64], [0, 1, 40], [1, 3, 64])))
def test_loops_of_steps(size, start, step):
    a = np.arange(size, dtype=np.int64) * 7 % 23
    found, expected = np.zeros(1, np.int64), np.zeros(1, np.int64)
    stepped.py_func(a, expected, start, step)
    stepped[1, 1](a, found, start, step)
    np.testing.assert_array_equal(found, expected)


@cuda.jit
def along_grid(out, end):
    mine = cuda.grid(1)
    for i in range(cuda.grid(1), end, cuda.gridsize(1)):
        out[mine] += i + 1
        if i > 500:
            return


@cuda.jit
def far_along_grid(out, end):
    mine = cuda.grid(1)
    for i in range(9223372036854775000 + cuda.grid(1), end, cuda.gridsize(1)):
        out[mine] += 1


@pytest.mark.parametrize("end", [0, 5, 100, -4, 2**63 - 1, -(2**63)])
def test_loops_in_steps_of_the_grid(end):
    """The sum of the last index and the step would not fit where the end is the largest integer."""
    found, expected = np.zeros(8, np.int64), np.zeros(8, np.int64)
    along_grid[2, 4](found, end)
    for mine in range(8):
        for i in range(mine, end, 8):
            expected[mine] += i + 1
            if i > 500:
                break
    np.testing.assert_array_equal(found, expected)
    found, expected = np.zeros(8, np.int64), np.array([len(range(9223372036854775000 + mine, end, 8)) for mine in range(8)])
    far_along_grid[2, 4](found, end)
    np.testing.assert_array_equal(found, expected)


ARITHMETIC = """
n = a.shape[0]
out[i, 0] = i * 4294967296 + n
out[i, 1] = (i + 2147483640) * 2
out[i, 2] = i - 5
out[i, 3] = (i - 5) // 2 + (i - 5) % 3
out[i, 4] = i * n * 123456789
out[i, 5] = (i << 40) - (n << 33)
out[i, 6] = ~i ^ (n * 3)
out[i, 7] = -i & 255
out[i, 8] = (i - 9 if i < 9 else i + 4294967290) >> 1
out[i, 9] = max(i - 100, -n) + min(i + 2147483647, n * 2147483647)
out[i, 10] = (i - 7) * 2147483648
product = 1
for k in range(i):
    product = product * 3 + k
out[i, 11] = product
low = high = steps = 0
while high < n:
    low -= i
    high += 3
    steps += 1
out[i, 12] = low + high * 5 + steps
middle = n // 2
while middle > i:
    middle = middle - 2 if middle % 3 else middle // 2
out[i, 13] = middle
out[i, 14] = (i + n) / 3.0 + float(i - 7)
"""


def test_arithmetic_that_does_not_fit():
    """What is computed with places and sizes has 64 bits where it needs them."""
    indented = ARITHMETIC.strip().replace("\n", "\n        ")
    names = {"cuda": cuda}
    text = f"def kernel(a, out):\n    i = cuda.grid(1)\n    if i < out.shape[0]:\n        {indented}\ndef python(a, out):\n    for i in range(out.shape[0]):\n        {indented}\n"
    linecache.cache["<arithmetic>"] = (len(text), None, text.splitlines(True), "<arithmetic>")
    exec(compile(text, "<arithmetic>", "exec"), names)
    a = np.zeros(50, np.float32)
    found, expected = np.zeros((40, 15), np.int64), np.zeros((40, 15), np.int64)
    cuda.jit(names["kernel"])[3, 16](a, found)
    names["python"](a, expected)
    np.testing.assert_array_equal(found, expected)


def test_views_and_negative_strides():
    @cuda.jit
    def kernel(a, out):
        i, j = cuda.grid(2)
        if i < a.shape[0] and j < a.shape[1]:
            b = a[::-1, 1:]
            out[i, j] = a[i, j] + a[-i - 1, j - 1] + b[i, j - 1] + a.T[j, i]

    host = np.arange(200, dtype=np.float32).reshape(10, 20)
    for view in (host, host[::-1], host[:, ::-1], host[::2, ::-3], host.T, host[1:1]):
        device = cuda.to_device(host)
        same = cuda.as_cuda_array(Foreign(device, view.shape, view.strides, view.__array_interface__["data"][0] - host.__array_interface__["data"][0]))
        found, expected = np.zeros(view.shape, np.float32), np.zeros(view.shape, np.float32)
        kernel[(3, 3), (8, 8)](same, found)
        for i, j in np.ndindex(*view.shape):
            b = view[::-1, 1:]
            expected[i, j] = view[i, j] + view[-i - 1, j - 1] + b[i, j - 1] + view.T[j, i]
        np.testing.assert_array_equal(found, expected)


TABLE = np.arange(24, dtype=np.int32).reshape(4, 6) * 5
LARGE = np.arange(20000, dtype=np.float64)


def test_constant_memory():
    @cuda.jit
    def kernel(out):
        table, large = cuda.const.array_like(TABLE), cuda.const.array_like(LARGE)
        i = cuda.grid(1)
        total = 0.0
        for row in table:
            total += row[i % 6]
        out[i] = total + large[i * 100] + TABLE[i % 4, 2] + table.T[1, 2] + table[-1, -2]

    found = np.zeros(32)
    kernel[2, 16](found)
    i = np.arange(32)
    np.testing.assert_array_equal(found, TABLE[:, i % 6].sum(axis=0) + LARGE[i * 100] + TABLE[i % 4, 2] + TABLE.T[1, 2] + TABLE[-1, -2])
    text, _ = cuda.compile_ptx(kernel.py_func, (float64[::1],), cc=(8, 0))
    # The larger one has no room there.
    assert re.search(r"\.const \.align \d+ \.b8 \S+\[96\]", text) and "ld.const" in text
    assert re.search(r"\.global \.align \d+ \.b8 \S+\[160000\]", text)


def test_index_bits():
    def add(x, y, n):
        i = cuda.grid(1)
        if i < x.size:
            y[i] = x[i] + n

    signature = (float32[::1], float32[::1], int64)
    texts = {bits: cuda.compile_ptx(add, signature, cc=(8, 0), abi_info={"index_bits": bits})[0] for bits in (32, 64)}
    assert cuda.compile_ptx(add, signature, cc=(8, 0))[0] == texts[64]
    parameters = {bits: [int(width) for width in re.findall(r"\.param \.u(\d+)[^,\n]*add_param", text)] for bits, text in texts.items()}
    assert parameters[64] == [64] * 9
    assert parameters[32] == [64, 64, 32, 32, 64, 64, 32, 32, 64]
    with pytest.raises(ValueError, match="index_bits is 32 or 64, got 16"):
        cuda.compile_ptx(add, signature, abi_info={"index_bits": 16})
    # A device function has the arguments that it is given.
    device = [cuda.compile(lambda x: x + 1, int32(int32), abi_info={"abi_name": "f", "index_bits": bits})[0] for bits in (32, 64)]
    assert device[0] == device[1]


def test_loops_in_steps_of_the_grid_have_no_division():
    def saxpy(a, x, y):
        for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
            y[i] = a * x[i] + y[i]

    for bits in (32, 64):
        text, _ = cuda.compile_ptx(saxpy, (float32, float32[::1], float32[::1]), cc=(8, 0), abi_info={"index_bits": bits})
        assert not re.search(r"\bdiv\.|\brem\.|selp", text)
        assert text.count("ld.global") == 2
