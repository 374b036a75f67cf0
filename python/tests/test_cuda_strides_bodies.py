"""What stands in loops of kernels in steps of a block or grid, and around them: barriers, branches, loops, arrays, atomic operations, errors."""

import numpy as np
import pytest
from cuda_strides_support import same
from zouk import cuda, njit

pytestmark = pytest.mark.skipif(cuda.execution_target() != "cpu", reason="about kernels on the CPU")


def tile(out, data):
    shared = cuda.shared.array((10, 20), np.int64)
    first = cuda.blockIdx.x * 8
    for r in range(cuda.threadIdx.y, 10, cuda.blockDim.y):
        for c in range(cuda.threadIdx.x, 20, cuda.blockDim.x):
            shared[r, c] = data[(first + r) % data.shape[0], c]
    cuda.syncthreads()
    total = 0
    for r in range(cuda.threadIdx.y, 10, cuda.blockDim.y):
        for c in range(cuda.threadIdx.x, 20, cuda.blockDim.x):
            total += shared[9 - r, 19 - c] * (c + 1)
        total *= 2
    cuda.syncthreads()
    for r in range(cuda.threadIdx.y, 10, cuda.blockDim.y):
        for c in range(cuda.threadIdx.x, 20, cuda.blockDim.x):
            shared[r, c] = total + r
    cuda.syncthreads()
    out[cuda.blockIdx.x, cuda.threadIdx.y, cuda.threadIdx.x] = total + shared[cuda.threadIdx.y, cuda.threadIdx.x]


def test_tiles_with_barriers():
    data = np.arange(23 * 20).reshape(23, 20) % 13
    for block in ((8, 4), (20, 10), (3, 3)):
        same(tile, 3, block, np.zeros((3, 10, 20), np.int64), data)


def rows(out, data):
    """A row for each block: its sum as a tree."""
    shared = cuda.shared.array(64, np.float64)
    t = cuda.threadIdx.x
    for r in range(cuda.blockIdx.x, data.shape[0], cuda.gridDim.x):
        total = 0.0
        for c in range(t, data.shape[1], cuda.blockDim.x):
            total += data[r, c]
        shared[t] = total
        cuda.syncthreads()
        half = cuda.blockDim.x // 2
        while half > 0:
            for k in range(t, half, cuda.blockDim.x):
                shared[k] += shared[k + half]
            cuda.syncthreads()
            half //= 2
        for c in range(t, data.shape[1], cuda.blockDim.x):
            out[r, c] = data[r, c] - shared[0]
        cuda.syncthreads()


def test_rows_of_blocks_with_barriers():
    for shape in ((5, 100), (3, 7), (8, 64)):
        data = np.random.default_rng(2).integers(0, 99, shape).astype(np.float64)
        same(rows, 3, 16, np.zeros(shape), data)


def conditions(out, data):
    i = cuda.grid(1)
    if i % 3 != 1:
        for k in range(i, data.size, cuda.gridsize(1)):
            if data[k] % 2:
                out[k] += data[k]
            else:
                out[k] -= 1
    else:
        for k in range(cuda.threadIdx.x, 5, cuda.blockDim.x):
            out[i] += k


def leaves_early(out, data):
    i = cuda.grid(1)
    if i >= data.size:
        return
    for k in range(i, data.size, cuda.gridsize(1)):
        if data[k] == 3:
            continue
        out[k] = data[k] + 1


def breaks(out, data):
    for k in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        if data[k] == 11:
            break
        out[k] = data[k]


def returns(out, data):
    for k in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        if data[k] == 11:
            return
        out[k] = data[k]
    out[cuda.threadIdx.x] += 5


def own_loops(out, data):
    """Loops inside, of as many rounds as each thread has."""
    for k in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        number, count = data[k] + 1, 0
        while number != 1 and count < 30:
            number = number // 2 if number % 2 == 0 else 3 * number + 1
            count += 1
        for j in range(k % 4):
            count += j
        out[k] = count


def local_arrays(out, data):
    seen = cuda.local.array(4, np.int64)
    for k in range(4):
        seen[k] = 0
    for k in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        seen[data[k] % 4] += k
    total = 0
    for k in range(4):
        total += seen[k] * (k + 1)
    out[cuda.grid(1) % out.size] += 0
    if cuda.grid(1) < out.size:
        out[cuda.grid(1)] = total


@njit
def weight(x, k):
    return x * k + 1


def device_functions(out, data):
    for k in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        out[k] = weight(data[k], k)


@pytest.mark.parametrize("kernel", [conditions, leaves_early, breaks, returns, own_loops, local_arrays, device_functions], ids=lambda k: k.__name__)
def test_what_is_in_and_around_loops(kernel):
    for size in (26, 64, 97, 200):
        same(kernel, 2, 13, np.zeros(size, np.int64), np.arange(size) * 5 % 23)


def rows_of_warps(out, data):
    """A row for each warp, or half of one."""
    row = cuda.blockIdx.x * cuda.blockDim.y + cuda.threadIdx.y
    if row < data.shape[0]:
        total = 0
        for c in range(cuda.threadIdx.x, data.shape[1], 32):
            total += data[row, c] * (c + 1)
        offset = 16
        while offset > 0:
            total += cuda.shfl_down_sync(0xFFFFFFFF, total, offset)
            offset //= 2
        if cuda.threadIdx.x == 0:
            out[row] = total
    else:
        for c in range(cuda.threadIdx.x, out.size - data.shape[0], cuda.blockDim.x):
            out[data.shape[0] + c] = 3 * c + 1


def test_rows_of_warps():
    for shape in ((7, 100), (6, 31), (1, 64)):
        data = np.arange(shape[0] * shape[1]).reshape(shape) % 17
        same(rows_of_warps, (shape[0] + 2) // 3, (32, 3), np.zeros(shape[0] + 20, np.int64), data)


def early_and_nested(out, data):
    i = cuda.grid(1)
    if i < 3 or cuda.threadIdx.x > 9:
        return
    total = 0
    if cuda.threadIdx.x % 2 == 0:
        for k in range(cuda.threadIdx.x, data.size, cuda.blockDim.x):
            if cuda.threadIdx.x > 4:
                total += data[k]
                if cuda.blockIdx.x < 2:
                    for j in range(cuda.threadIdx.x * 2, 40, 33):
                        total += j * data[j % data.size]
    else:
        j = i
        while j <= data.size - 1:
            total -= data[j]
            j += 40
        total += j
    out[i] = total


def test_branches_by_place():
    for size in (3, 40, 97):
        same(early_and_nested, 3, 13, np.zeros(39, np.int64), np.arange(size) * 7 % 31)


def atomics(bins, places, taken, data):
    count = cuda.shared.array(8, np.int32)
    t = cuda.threadIdx.x
    for k in range(t, 8, cuda.blockDim.x):
        count[k] = 0
    cuda.syncthreads()
    for k in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        cuda.atomic.add(count, data[k] % 8, 1)
        place = cuda.atomic.add(taken, 0, 1)
        places[place] = k
    cuda.syncthreads()
    for k in range(t, 8, cuda.blockDim.x):
        cuda.atomic.add(bins, k, count[k])


def test_atomics():
    for size in (5, 64, 201):
        data = np.arange(size) * 7 % 29
        for block in (3, 16, 40):
            bins, places, taken = np.zeros(8, np.int64), np.full(size, -1), np.zeros(1, np.int64)
            cuda.jit(atomics)[3, block](bins, places, taken, data)
            np.testing.assert_array_equal(bins, np.bincount(data % 8, minlength=8))
            np.testing.assert_array_equal(np.sort(places), np.arange(size))
            assert taken[0] == size


def outside(out, n):
    for i in range(cuda.grid(1), n, cuda.gridsize(1)):
        out[i] = 1


def test_errors():
    with pytest.raises(IndexError):
        cuda.jit(outside)[2, 8](np.zeros(20), 21)
    for debug in (False, True):
        out = np.zeros(20)
        cuda.jit(outside, debug=debug, opt=not debug)[2, 8](out, 20)
        np.testing.assert_array_equal(out, np.ones(20))


def refuses(out, data):
    for i in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        if data[i] < 0:
            raise ValueError("negative")
        out[i] = data[i]


def test_exceptions():
    data = np.arange(50)
    same(refuses, 2, 8, np.zeros(50, np.int64), data)
    data[41] = -1
    with pytest.raises(ValueError, match="negative"):
        cuda.jit(refuses)[2, 8](np.zeros(50, np.int64), data)


def races(out):
    for i in range(cuda.threadIdx.x, 40, cuda.blockDim.x):
        out[i // 2] = i


def test_races_are_found():
    with pytest.raises(Exception, match="race|same element|at once") as caught:
        cuda.jit(races, debug=True, opt=False)[1, 8](np.zeros(20))
    assert "out[i // 2]" in str(caught.value) or "line" in str(caught.value)
