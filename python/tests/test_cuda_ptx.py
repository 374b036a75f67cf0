"""What the PTX of kernels looks like: conditions that are one branch, places of threads where they are needed, indices of 32 bits. Results are compared with Python's."""

import re

import numpy as np
import pytest
from cuda_support import nothing_leaks, on_standin, STANDIN  # noqa: F401
from zouk import cuda
from zouk.cuda.errors import CudaAPIError
from zouk.types import float32, int64

PLANE = float32[:, ::1]


def ptx(kernel, *types, bits=32):
    return cuda.compile_ptx(kernel.py_func, types, cc=(8, 0), abi_info={"index_bits": bits})[0]


def branches(text):
    return len(re.findall(r"@!?%p\d+ bra", text))


@cuda.jit
def inner(a, out):
    j, i = cuda.grid(2)
    if 0 < i < a.shape[0] - 1 and 0 < j < a.shape[1] - 1:
        out[i, j] = a[i - 1, j] + a[i + 1, j] - a[i, j - 1] * a[i, j + 1]


@cuda.jit
def inner3(a, out):
    x, y, z = cuda.grid(3)
    if z < a.shape[0] and y < a.shape[1] and x < a.shape[2]:
        out[z, y, x] = a[z, y, x] + 1


@cuda.jit
def guarded(a, b, out):
    """The second condition reads what is there only if the first holds."""
    i = cuda.grid(1)
    if i < a.size and a[i] > 0 and b[int(a[i])] > 1:
        out[i] = b[int(a[i])]


def test_conditions_of_axes_are_one_branch():
    for bits in 32, 64:
        assert branches(ptx(inner, PLANE, PLANE, bits=bits)) == 1
        assert branches(ptx(inner3, float32[:, :, ::1], float32[:, :, ::1], bits=bits)) == 1
    assert branches(ptx(guarded, float32[::1], float32[::1], float32[::1])) > 1


def test_conditions_of_axes():
    a = np.arange(13 * 21, dtype=np.float32).reshape(13, 21) % 17
    out = np.zeros_like(a)
    inner[(4, 3), (8, 8)](a, out)
    expected = np.zeros_like(a)
    expected[1:-1, 1:-1] = a[:-2, 1:-1] + a[2:, 1:-1] - a[1:-1, :-2] * a[1:-1, 2:]
    np.testing.assert_array_equal(out, expected)

    a = np.arange(3 * 5 * 7, dtype=np.float32).reshape(3, 5, 7)
    out = np.zeros_like(a)
    inner3[(2, 2, 2), (4, 4, 2)](a, out)
    np.testing.assert_array_equal(out, a + 1)


def test_conditions_that_guard_each_other():
    a = np.array([1, -1e9, 3, 0, 2, -7], np.float32)
    b = np.array([5, 1, 7, 9], np.float32)
    out = np.full(6, -1, np.float32)
    guarded[2, 8](a, b, out)
    expected = [b[int(x)] if x > 0 and b[int(x)] > 1 else -1 for x in a]
    np.testing.assert_array_equal(out, np.array(expected, np.float32))


def test_places_of_threads_are_read_where_they_are_needed():
    read = re.findall(r"mov\.u32\s+%r\d+, %(\w+\.[xyz]);|(mad)\.lo", ptx(inner, PLANE, PLANE))
    first = ["".join(words) for words in read[:8]]
    assert first == [f"{register}.{axis}" if register != "mad" else "mad" for axis in "xy" for register in ("ntid", "ctaid", "tid", "mad")]

    def later(a):
        shared = cuda.shared.array(64, np.float32)
        t = cuda.threadIdx.x
        shared[t] = t
        cuda.syncthreads()
        i = cuda.grid(1)
        if i < a.size:
            a[i] = shared[63 - t]

    text = ptx(cuda.jit(later), float32[::1])
    assert text.index("%tid.x") < text.index("bar.sync") < text.index("%ctaid.x")


@cuda.jit
def transposed(a, out):
    tile = cuda.shared.array((8, 9), np.float32)
    i, j = cuda.threadIdx.y, cuda.threadIdx.x
    y, x = cuda.blockIdx.y * 8 + i, cuda.blockIdx.x * 8 + j
    if y < a.shape[0] and x < a.shape[1]:
        tile[i, j] = a[y, x]
    cuda.syncthreads()
    y, x = cuda.blockIdx.x * 8 + i, cuda.blockIdx.y * 8 + j
    if y < out.shape[0] and x < out.shape[1]:
        out[y, x] = tile[j, i]


def test_tiles_of_constant_size():
    a = np.arange(19 * 30, dtype=np.float32).reshape(19, 30)
    out = np.zeros((30, 19), np.float32)
    transposed[(4, 3), (8, 8)](a, out)
    np.testing.assert_array_equal(out, a.T)


def test_tiles_of_constant_size_have_indices_of_32_bits():
    compared_wide = r"setp\.\w+\.[us]64"
    assert not re.search(compared_wide, ptx(transposed, PLANE, PLANE))
    assert re.search(compared_wide, ptx(transposed, PLANE, PLANE, bits=64))

    def with_block_size(a, size):
        i = cuda.blockIdx.x * size + cuda.threadIdx.x
        if i < a.size:
            a[i] = size

    # What is not known keeps its 64 bits.
    assert re.search(compared_wide, ptx(cuda.jit(with_block_size), float32[::1], int64))


@on_standin
def test_a_grid_of_many_blocks():
    """The launch fails, after its code is chosen: with more blocks their numbers times a constant may need more than 32 bits."""

    @cuda.jit
    def kernel(out):
        i = cuda.blockIdx.x * 256 + cuda.threadIdx.x
        if i < out.size:
            out[i] = i

    out = cuda.device_array(4, np.int64)
    for grid, wide in [((1 << 22) - 1, False), (1 << 22, True)]:
        STANDIN.standin_fail(b"cuLaunchKernel", 1, 0)
        with pytest.raises(CudaAPIError):
            kernel[grid, 1](out)
        assert [version["wide"] for version in kernel._versions()][-1] == wide
    kernel[1, 4](out)
    np.testing.assert_array_equal(out.copy_to_host(), np.arange(4))
