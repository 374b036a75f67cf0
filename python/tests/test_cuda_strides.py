"""Loops of kernels in steps of a block or grid, which threads go through together on the CPU, do what each thread does alone."""

import functools
import os
import random

import kernel_reference
import numpy as np
import pytest
from test_cuda_on_cpu_random import load
from zouk import cuda, njit

pytestmark = pytest.mark.skipif(cuda.execution_target() != "cpu", reason="about kernels on the CPU")

SIZES = (0, 1, 5, 31, 64, 97, 200)


compiled = functools.cache(cuda.jit)


def same(kernel, grid, block, *arguments):
    """Runs compiled kernel and reference on copies of the arguments, and compares all arrays."""
    copies = [[np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments] for _ in range(2)]
    compiled(kernel)[grid, block](*copies[0])
    kernel_reference.launch(kernel, grid, block, *copies[1])
    for computed, expected in zip(*copies):
        if isinstance(computed, np.ndarray):
            np.testing.assert_array_equal(computed, expected)


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


STARTS = ["cuda.grid(1)", "cuda.threadIdx.x", "cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x", "cuda.grid(1) + {n}", "{n} + cuda.threadIdx.x + cuda.blockIdx.x", "cuda.threadIdx.x * 2 + first"]
STEPS = ["cuda.gridsize(1)", "cuda.blockDim.x", "cuda.blockDim.x * cuda.gridDim.x", "step", "{n} + 31", "cuda.blockDim.x * 2"]
STOPS = ["data.size", "size", "data.size - {n}", "min(size, 70)", "size * 2 - data.size"]


class Program:
    """Threads write to elements of their own, and add to what all have: both do not depend on the order of threads."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0

    def pick(self, texts):
        return self.random.choice(texts).format(n=self.random.randint(0, 5))

    def value(self, names):
        a, b = self.random.choice(names), self.random.choice(names)
        return self.random.choice([f"{a} + {b}", f"{a} - 2 * {b}", f"({a} * 3 + {b}) % 101", f"max({a}, {b})", f"data[abs({a}) % data.size] + {b}", f"({a} if {b} % 3 == 0 else {b})"])

    def statements(self, pad, names, depth):
        return [line for _ in range(self.random.randint(1, 3)) for line in self.statement(pad, names, depth)]

    def statement(self, pad, names, depth):
        pick, name = self.random.random(), self.random.choice("abc")
        if pick < 0.35 or depth > 3:
            return [f"{pad}{name} = ({self.value(names)}) % 1009"]
        if pick < 0.5:
            return [f"{pad}cuda.atomic.add(sums, {self.random.randint(0, 7)}, {self.value(names)})"]
        if pick < 0.65:
            otherwise = [f"{pad}else:", *self.statements(pad + "    ", names, depth + 1)] if self.random.random() < 0.5 else []
            condition = f"({self.value(names)}) % 3 == {self.random.randint(0, 2)}"
            return [f"{pad}if {condition}:", *self.statements(pad + "    ", names, depth + 1), *otherwise]
        if pick < 0.72:
            return [f"{pad}for j{depth} in range({self.value(names)} % 3):", *self.statements(pad + "    ", [*names, f"j{depth}"], depth + 1)]
        return self.loop(pad, names, depth)

    def loop(self, pad, names, depth):
        self.names += 1
        i = f"i{self.names}"
        start, stop, step = self.pick(STARTS), self.pick(STOPS), self.pick(STEPS)
        body = self.statements(pad + "    ", [*names, i], depth + 2)
        if self.random.random() < 0.5:
            return [f"{pad}for {i} in range({start}, {stop}, {step}):", *body]
        after = [f"{pad}a += {i}"] if self.random.random() < 0.4 else []
        return [f"{pad}{i} = {start}", f"{pad}while {i} {self.random.choice(['<', '<='])} {stop}:", *body, f"{pad}    {i} += {step}", *after]

    def text(self):
        names = ["a", "b", "c", "size", "cuda.threadIdx.x"]
        lines = []
        for _ in range(3):
            lines += self.loop("    ", names, 0)
            if self.random.random() < 0.5:
                lines += ["    shared[t] = a + b", "    cuda.syncthreads()", "    c = (c + shared[(t + 1) % cuda.blockDim.x]) % 1009", "    cuda.syncthreads()"]
            lines += self.statements("    ", names, 2)
        head = "from zouk import cuda\nimport numpy as np\n\ndef kernel(out, sums, data, size, first, step):\n    shared = cuda.shared.array(64, np.int64)\n    t = cuda.threadIdx.x\n"
        return head + "    a = t\n    b = cuda.grid(1) * 3\n    c = first\n" + "\n".join(lines) + "\n    out[cuda.grid(1)] = a + 7 * b + 31 * c\n"


@pytest.mark.parametrize("seed", range(int(os.environ.get("ZOUK_EXAMPLES", "12"))))
def test_random_strides(seed, tmp_path):
    kernel = load(Program(seed).text(), tmp_path / f"strides_{seed}.py")
    generator = np.random.default_rng(seed)
    for grid, block, size in ((2, 13, 60), (1, 32, 25), (3, 5, 81)):
        data = generator.integers(0, 50, max(size, 1))
        same(kernel, grid, block, np.zeros(grid * block, np.int64), np.zeros(8, np.int64), data, size, 2, 33)
