"""Loops of kernels in steps of a block or grid, which threads go through together on the CPU, do what each thread does alone."""

import numpy as np
import pytest
from cuda_strides_support import SIZES, same
from zouk import cuda

pytestmark = pytest.mark.skipif(cuda.execution_target() != "cpu", reason="about kernels on the CPU")


def by_grid(out, data):
    for i in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        out[i] += 2 * data[i]


def by_block(out, data):
    for i in range(cuda.threadIdx.x, data.size, cuda.blockDim.x):
        if cuda.blockIdx.x == 0:
            out[i] += 3 * data[i]


def spelled_out(out, data):
    start = cuda.threadIdx.x + cuda.blockIdx.x * cuda.blockDim.x
    stride = cuda.gridDim.x * cuda.blockDim.x
    for i in range(start, out.shape[0], stride):
        out[i] = data[i] - i


def while_form(out, data):
    i = cuda.grid(1)
    while i < data.size:
        out[i] = data[i] * i
        i += cuda.blockDim.x * cuda.gridDim.x


def while_turned(out, data):
    i = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    while data.size - 1 >= i:
        out[i] += data[i]
        i = cuda.gridsize(1) + i


def constant_step(out, data):
    if cuda.blockIdx.x == 0:
        for i in range(cuda.threadIdx.x, data.size, 40):
            out[i] += data[i]


def shifted(out, data):
    for i in range(cuda.grid(1) + 2, data.size - 3, cuda.gridsize(1)):
        out[i] = data[i - 2] + data[i + 3]


def before_the_start(out, data):
    for i in range(cuda.grid(1) - 3, data.size, cuda.gridsize(1)):
        if i >= 0:
            out[i] += data[i]


def four_at_once(out, data):
    for i in range(cuda.grid(1) * 4, data.size, cuda.gridsize(1) * 4):
        for k in range(4):
            if i + k < data.size:
                out[i + k] = data[i + k] + k


@pytest.mark.parametrize("kernel", [by_grid, by_block, spelled_out, while_form, while_turned, constant_step, shifted, before_the_start, four_at_once], ids=lambda k: k.__name__)
def test_spellings(kernel):
    for size in SIZES:
        data = np.arange(size) * 3 % 17
        same(kernel, 3, 40 if kernel is constant_step else 13, np.ones(size, np.int64), data)
    same(kernel, 1, 1 if kernel is not constant_step else 40, np.ones(9, np.float32), np.arange(9, dtype=np.float32))


def with_numbers(out, data, first, n, step):
    i = cuda.grid(1) + first
    while i < n:
        out[i] += data[i]
        i += step
    for i in range(cuda.grid(1) + first, n, step):
        out[i] -= 2 * data[i] * i


def test_numbers_of_the_caller():
    data = np.arange(100)
    for kind in (int, np.int32, np.int64, np.uint8):
        for first, n, step in ((0, 100, 26), (7, 93, 30), (0, 0, 1), (99, 100, 26), (0, 100, 100), (0, 60, 33)):
            same(with_numbers, 2, 13, np.zeros(100, np.int64), data, *(kind(number) for number in (first, n, step)))


def downwards(out, data, step):
    for i in range(cuda.grid(1), -1, step):
        out[i] += data[i]


def test_steps_that_are_not_positive():
    data = np.arange(26)
    for step in (-1, -7, -100):
        same(downwards, 2, 13, np.zeros(26, np.int64), data, step)
    with pytest.raises(ValueError, match="must not be zero"):
        cuda.jit(downwards)[1, 4](np.zeros(26, np.int64), data, 0)


def far_out(out, n, step):
    i = cuda.grid(1)
    while i < n:
        out[cuda.grid(1)] += 1
        i += step


def far_range(out, first, n, step):
    for i in range(cuda.grid(1) + first, n, step):
        out[cuda.grid(1)] += i % 97 + 1


def wrapped(number):
    return (number + 2**63) % 2**64 - 2**63


def test_near_the_largest_number():
    """What wraps around is negative, and less than the end again."""
    largest = 2**63 - 1
    for first, step in ((largest - 100, 40), (-(2**62), 2**61), (-largest, 2**62), (2**62 - 2, 2**61)):
        same(far_range, 1, 5, np.zeros(5, np.int64), first, largest, step)
    computed = np.zeros(5, np.int64)
    cuda.jit(far_range)[1, 5](computed, largest - 2, largest, largest)
    np.testing.assert_array_equal(computed, [sum(i % 97 + 1 for i in range(wrapped(t + largest - 2), largest, largest)) for t in range(5)])
    computed, n, step = np.zeros(5, np.int64), int(3.5 * 2**61), int(3.3 * 2**61)
    cuda.jit(far_out)[1, 5](computed, n, step)
    expected = np.zeros(5, np.int64)
    for thread in range(5):
        i = thread
        while i < n:
            expected[thread] += 1
            i = wrapped(i + step)
    assert expected.max() > 3
    np.testing.assert_array_equal(computed, expected)


def totals(out, data):
    i = cuda.grid(1)
    total = data[0] * 0
    most = data[0]
    count = 0
    some = False
    for k in range(i, data.size, cuda.gridsize(1)):
        total += data[k]
        if data[k] > most:
            most = data[k]
            some = True
        count += 1
    out[i, 0] = total
    out[i, 1] = most
    out[i, 2] = count
    out[i, 3] = some


def totals_while(out, data):
    i = cuda.grid(1)
    total, other = data[0] * 0, data[0] * 0 + 1
    while i < data.size:
        total, other = other, total + data[i]
        i += cuda.gridsize(1)
    k = cuda.grid(1)
    out[k, 0] = total
    out[k, 1] = other
    out[k, 2] = i


@pytest.mark.parametrize("kernel", [totals, totals_while], ids=lambda k: k.__name__)
@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint16, np.float32, np.float64])
def test_carried_values(kernel, dtype):
    for size in (1, 20, 97, 130):
        data = (np.arange(size) * 7 % 23).astype(dtype)
        same(kernel, 2, 13, np.zeros((26, 4), np.float64), data)


def complex_totals(out, data):
    total = 0j
    for k in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        total = total * 1j + data[k]
    out[cuda.grid(1)] = total


def test_complex_numbers():
    same(complex_totals, 2, 13, np.zeros(26, np.complex128), np.arange(99) + 2j * np.arange(99))


def two_axes(out, data):
    j, i = cuda.grid(2)
    dj, di = cuda.gridsize(2)
    for r in range(i, data.shape[0], di):
        scale = data[r, 0]
        for c in range(j, data.shape[1], dj):
            out[r, c] += scale * data[r, c] + r - c


def two_axes_while(out, data):
    r = cuda.blockIdx.y * cuda.blockDim.y + cuda.threadIdx.y
    while r < data.shape[0]:
        c = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
        while c < data.shape[1]:
            out[r, c] -= data[r, c]
            c += cuda.blockDim.x * cuda.gridDim.x
        r += cuda.blockDim.y * cuda.gridDim.y


def one_number_of_two_axes(out, data):
    thread = cuda.threadIdx.x + cuda.blockDim.x * cuda.threadIdx.y
    threads = cuda.blockDim.x * cuda.blockDim.y
    first = cuda.blockIdx.x + cuda.gridDim.x * cuda.blockIdx.y
    flat = data.reshape(data.size)
    total = 0
    for i in range(first * threads + thread, data.size, threads * cuda.gridDim.x * cuda.gridDim.y):
        total += flat[i]
        out[i // data.shape[1], i % data.shape[1]] = total


def rows_of_blocks(out, data):
    for r in range(cuda.blockIdx.y, data.shape[0], cuda.gridDim.y):
        if cuda.blockIdx.x == 0 and cuda.threadIdx.y == 0:
            row = data[r]
            for c in range(cuda.threadIdx.x, row.size, cuda.blockDim.x):
                out[r, c] = row[c] * r


def views(out, data):
    if cuda.blockIdx.x == 0:
        for r in range(cuda.grid(2)[1], data.shape[0], cuda.gridsize(2)[1]):
            row, target = data[r], out[r]
            for c in range(cuda.threadIdx.x, row.size, cuda.blockDim.x):
                target[c] = row[c] + target[c]


@pytest.mark.parametrize("kernel", [two_axes, two_axes_while, one_number_of_two_axes, rows_of_blocks, views], ids=lambda k: k.__name__)
def test_two_axes(kernel):
    for shape in ((1, 1), (7, 40), (23, 9), (30, 31), (0, 5)):
        data = np.arange(shape[0] * shape[1]).reshape(shape) % 19
        for block in ((8, 2), (5, 3), (1, 6)):
            same(kernel, (2, 2), block, np.ones(shape, np.int64), data)
