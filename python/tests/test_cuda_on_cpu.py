"""Kernels on the CPU do what their threads do one by one: warps, atomics, memory of blocks and threads, exceptions, and what debug mode finds."""

import kernel_reference
import numpy as np
import pytest
from zouk import cuda

pytestmark = pytest.mark.skipif(cuda.execution_target() != "cpu", reason="about kernels on the CPU")

ALL = 0xFFFFFFFF


def same(kernel, grid, block, *arguments):
    """Runs compiled kernel and reference on copies of the arguments, and compares all arrays."""
    copies = [[np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments] for _ in range(2)]
    cuda.jit(kernel)[grid, block](*copies[0])
    kernel_reference.launch(kernel, grid, block, *copies[1])
    for computed, expected in zip(*copies):
        if isinstance(computed, np.ndarray):
            np.testing.assert_array_equal(computed, expected)


def shuffles(out, data):
    i = cuda.grid(1)
    lane = cuda.laneid
    value = data[i]
    out[i, 0] = cuda.shfl_sync(ALL, value, 3)
    out[i, 1] = cuda.shfl_up_sync(ALL, value, 2)
    out[i, 2] = cuda.shfl_down_sync(ALL, value, 5)
    out[i, 3] = cuda.shfl_xor_sync(ALL, value, 9)
    out[i, 4] = cuda.shfl_sync(ALL, value, (lane * 7) % 32)
    for distance in range(1, 6):
        value += cuda.shfl_up_sync(ALL, value, distance)
    out[i, 5] = value


def test_shuffles():
    for dtype in (np.int32, np.int64, np.float32, np.float64):
        same(shuffles, 2, 64, np.zeros((128, 6), dtype), np.arange(128).astype(dtype) % 17)
    same(shuffles, 2, 45, np.zeros((90, 6), np.int64), np.arange(90))


def votes(out, data):
    i = cuda.grid(1)
    value = data[i]
    out[i, 0] = cuda.ballot_sync(ALL, value % 3 == 0)
    out[i, 1] = cuda.all_sync(ALL, value < 90)
    out[i, 2] = cuda.any_sync(ALL, value > 40)
    out[i, 3] = cuda.eq_sync(ALL, value > 40)
    out[i, 4] = cuda.match_any_sync(ALL, value % 5)
    out[i, 5] = cuda.syncthreads_count(value % 2)
    out[i, 6] = cuda.syncthreads_and(value < 60)
    out[i, 7] = cuda.syncthreads_or(value > 90)


def test_votes():
    same(votes, 3, 32, np.zeros((96, 8), np.int64), np.arange(96))
    same(votes, 3, 32, np.zeros((96, 8), np.int64), np.full(96, 7))
    same(votes, 2, 33, np.zeros((66, 8), np.int64), np.arange(66))


def warp_sums(out, data):
    i = cuda.grid(1)
    total = data[i]
    distance = 16
    while distance > 0:
        total += cuda.shfl_down_sync(ALL, total, distance)
        distance //= 2
    if cuda.laneid == 0:
        cuda.atomic.add(out, 0, total)
    sums = cuda.shared.array(32, np.int64)
    if cuda.laneid == 0:
        sums[cuda.threadIdx.x // 32] = total
    cuda.syncthreads()
    if cuda.threadIdx.x < 32:
        part = sums[cuda.threadIdx.x] if cuda.threadIdx.x < cuda.blockDim.x // 32 else 0
        for k in range(5):
            part += cuda.shfl_xor_sync(ALL, part, 1 << k)
        if cuda.threadIdx.x == 0:
            out[1 + cuda.blockIdx.x] = part


def test_shuffles_of_some_warps():
    same(warp_sums, 4, 128, np.zeros(5, np.int64), np.arange(512))


def atomics(out, data):
    i = cuda.grid(1)
    cuda.atomic.add(out, 0, data[i])
    cuda.atomic.sub(out, 1, data[i])
    cuda.atomic.max(out, 2, data[i])
    cuda.atomic.min(out, 3, data[i])
    inside = cuda.shared.array(2, np.int64)
    if cuda.threadIdx.x < 2:
        inside[cuda.threadIdx.x] = 0
    cuda.syncthreads()
    cuda.atomic.add(inside, data[i] % 2, 1)
    cuda.syncthreads()
    if cuda.threadIdx.x < 2:
        cuda.atomic.add(out, 4 + cuda.threadIdx.x, inside[cuda.threadIdx.x])


def test_atomics():
    data = np.random.default_rng(0).integers(-50, 50, 2048)
    same(atomics, 16, 128, np.zeros(6, np.int64), data)


def float_atomics(out, data):
    i = cuda.grid(1)
    cuda.atomic.max(out, 0, data[i])
    cuda.atomic.min(out, 1, data[i])
    cuda.atomic.add(out, 2, data[i])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_atomics_of_floats(dtype):
    data = np.random.default_rng(1).integers(-99, 99, 512).astype(dtype)
    same(float_atomics, 4, 128, np.zeros(3, dtype), data)
    data[100] = np.nan
    data = data[:128]
    out = np.zeros(3, dtype)
    cuda.jit(float_atomics)[1, 128](out, data)
    assert out[0] == np.nanmax(data) and out[1] == np.nanmin(data)


def counters(out, data):
    i = cuda.grid(1)
    cuda.atomic.inc(out, 0, 6)
    cuda.atomic.dec(out, 1, 4)
    cuda.atomic.exch(out, 2 + i, data[i])
    cuda.atomic.cas(out, 2 + i, data[i], data[i] + 1)


def test_atomics_that_count():
    same(counters, 2, 10, np.full(22, 3, np.uint32), np.arange(20, dtype=np.uint32))


def transpose(out, data):
    tile = cuda.shared.array((8, 9), np.float64)
    x, y = cuda.grid(2)
    if x < data.shape[1] and y < data.shape[0]:
        tile[cuda.threadIdx.y, cuda.threadIdx.x] = data[y, x]
    cuda.syncthreads()
    x = cuda.blockIdx.y * 8 + cuda.threadIdx.x
    y = cuda.blockIdx.x * 8 + cuda.threadIdx.y
    if x < out.shape[1] and y < out.shape[0]:
        out[y, x] = tile[cuda.threadIdx.x, cuda.threadIdx.y]


def test_two_axes():
    same(transpose, (3, 4), (8, 8), np.zeros((20, 27)), np.arange(27.0 * 20).reshape(27, 20))


def places(out):
    x, y, z = cuda.grid(3)
    if z < out.shape[0] and y < out.shape[1] and x < out.shape[2]:
        out[z, y, x] = x + 100 * y + 10000 * z + cuda.gridsize(3)[2]


def test_three_axes():
    same(places, (2, 3, 2), (3, 2, 4), np.zeros((7, 6, 5), np.int64))


def sorts_four(out, data):
    mine = cuda.local.array(4, np.int64)
    i = cuda.grid(1)
    for k in range(4):
        mine[k] = data[4 * i + k]
    cuda.syncthreads()
    for k in range(4):
        for j in range(3 - k):
            if mine[j] > mine[j + 1]:
                mine[j], mine[j + 1] = mine[j + 1], mine[j]
    cuda.syncthreads()
    for k in range(4):
        out[4 * i + k] = mine[k]


def test_memory_of_threads():
    same(sorts_four, 3, 20, np.zeros(240, np.int64), np.random.default_rng(2).integers(0, 100, 240))


@cuda.jit
def reverse(out, data):
    block = cuda.shared.array(0, np.float32)
    t = cuda.threadIdx.x
    block[t] = data[cuda.grid(1)]
    cuda.syncthreads()
    out[cuda.grid(1)] = block[cuda.blockDim.x - 1 - t]


def test_dynamic_shared_memory():
    data, out = np.arange(192, dtype=np.float32), np.zeros(192, np.float32)
    reverse[3, 64, 0, 64 * 4](out, data)
    np.testing.assert_array_equal(out, data.reshape(3, 64)[:, ::-1].ravel())
    with pytest.raises(IndexError):
        reverse[3, 64, 0, 63 * 4](out, data)


@cuda.jit
def past_the_end(out):
    out[cuda.grid(1)] = 1


def test_accesses_outside_raise():
    out = np.zeros(100)
    with pytest.raises(IndexError):
        past_the_end[1, 101](out)
    past_the_end[1, 100](out)
    assert out.all()


@cuda.jit(device=True)
def neighbour(shared, value, distance):
    t = cuda.threadIdx.x
    shared[t] = value
    cuda.syncthreads()
    found = shared[(t + distance) % cuda.blockDim.x]
    cuda.syncthreads()
    return found


@cuda.jit(device=True)
def first_above(data, limit):
    for k in range(data.shape[0]):
        if data[k] > limit:
            return k
    return -1


@cuda.jit
def calls(out, data):
    shared = cuda.shared.array(64, np.int64)
    i = cuda.grid(1)
    out[i] = neighbour(shared, data[i], 3) - neighbour(shared, i, 1) + first_above(data, i)


def test_device_functions():
    data, out = np.arange(128) * 7 % 100, np.zeros(128, np.int64)
    calls[2, 64](out, data)
    i = np.arange(128)
    around = lambda values, distance: np.roll(values.reshape(2, 64), -distance, axis=1).ravel()
    above = np.array([next((k for k in range(128) if data[k] > limit), -1) for limit in i])
    np.testing.assert_array_equal(out, around(data, 3) - around(i, 1) + above)


@cuda.jit
def sums_in_steps(data, rounds):
    grid = cuda.cg.this_grid()
    i = cuda.grid(1)
    for _ in range(rounds):
        left = data[i - 1] if i > 0 else 0
        grid.sync()
        data[i] += left
        grid.sync()


def test_blocks_that_meet():
    data = np.arange(256)
    expected = data.copy()
    for _ in range(3):
        expected[1:] += expected[:-1].copy()
    sums_in_steps[8, 32](data, 3)
    np.testing.assert_array_equal(data, expected)


def debugged(kernel):
    return cuda.jit(kernel, debug=True, opt=False)


def shifts(data):
    t = cuda.threadIdx.x
    data[t] = data[63 - t]


def shifts_with_barrier(data):
    shared = cuda.shared.array(64, np.float64)
    t = cuda.threadIdx.x
    shared[t] = data[t]
    cuda.syncthreads()
    data[t] = shared[63 - t]


def all_count(data):
    data[0] += 1


def all_count_at_once(data):
    cuda.atomic.add(data, 0, 1)


def waits_apart(data):
    if cuda.threadIdx.x < 7:
        cuda.syncthreads()
    else:
        cuda.syncthreads()


def reads_nothing(data):
    shared = cuda.shared.array(64, np.float64)
    data[cuda.threadIdx.x] = shared[cuda.threadIdx.x]


def returns_early(data):
    if cuda.threadIdx.x > 40:
        return
    cuda.syncthreads()
    data[cuda.threadIdx.x] = 1


def sums(data):
    i = cuda.grid(1)
    data[i] = 1
    data[(i + 1) % 64] = data.sum()


def sums_what_is_shared(data):
    shared = cuda.shared.array(64, np.float64)
    i = cuda.threadIdx.x
    shared[i] = i
    data[i] = shared.max()


def sums_nothing(data):
    shared = cuda.shared.array(64, np.float64)
    data[cuda.threadIdx.x] = shared.sum()


def adds_everywhere(data):
    np.add(data, 1, data)


def assigns_everywhere(data):
    data[:] = cuda.threadIdx.x


def adds_to_neighbours(data):
    i = cuda.threadIdx.x
    data[i : i + 2] += 1


def stores_with_a_hint(data):
    cuda.stcg(data, 0, 1.0 * cuda.threadIdx.x)


def loads_with_a_hint(data):
    i = cuda.threadIdx.x
    data[i] = i
    data[i] = cuda.ldcg(data, (i + 1) % 64)


def counts_and_writes(data):
    i = cuda.threadIdx.x
    cuda.atomic.add(data, 0, 1)
    if i == 63:
        data[0] = 3


@cuda.jit(device=True)
def waits():
    cuda.syncthreads()


def waits_apart_in_a_function(data):
    if cuda.threadIdx.x < 7:
        waits()
    else:
        waits()


def waits_and_goes_on(data):
    if cuda.threadIdx.x < 7:
        cuda.syncthreads()
    data[cuda.threadIdx.x] = 1


def goes_on_in_a_loop(data):
    for k in range(2):
        if cuda.threadIdx.x + k < 63:
            data[cuda.threadIdx.x] = k
        else:
            waits()
        cuda.syncthreads()


def waits_if_all_do(data):
    if data[0] > 0:
        cuda.syncthreads()
    cuda.syncthreads()
    if data[0] == 0:
        waits()
    cuda.syncthreads()
    data[cuda.threadIdx.x] = 1


def some_are_done(data):
    i = cuda.threadIdx.x
    if i > 50:
        data[i] = -1
        return
    for k in range(3):
        if k == 1 and i > 30:
            return
        waits()
        data[i] = k
    if i < 10:
        cuda.syncwarp()
    data[i] += 1


PAIR = np.dtype([("a", np.int32), ("b", np.float64)], align=True)


def reads_an_unwritten_field(data):
    shared = cuda.shared.array(64, PAIR)
    i = cuda.threadIdx.x
    shared[i].a = 1
    data[i] = shared[i].b


def adds_its_own(data):
    i = cuda.threadIdx.x
    data[i : i + 1] += 1
    cuda.stcg(data, i, 2 * cuda.ldcg(data, i))


def sums_after_a_barrier(data):
    shared = cuda.shared.array(64, np.float64)
    i = cuda.threadIdx.x
    shared[i] = i
    waits()
    data[i] = shared.sum() + shared.max()


def counts_and_then_reads(data):
    cuda.atomic.add(data, 0, 1)
    waits()
    if cuda.threadIdx.x == 63:
        data[0] = 3


def writes_the_field(data):
    shared = cuda.shared.array(64, PAIR)
    i = cuda.threadIdx.x
    shared[i].b = 1
    data[i] = shared[i].b


RACES = [sums, adds_everywhere, assigns_everywhere, adds_to_neighbours, stores_with_a_hint, loads_with_a_hint, counts_and_writes]


@pytest.mark.parametrize("kernel", RACES)
def test_debug_mode_finds_races_of_whole_arrays_and_hints(kernel):
    with pytest.raises(RuntimeError, match="race"):
        debugged(kernel)[1, 64](np.zeros(64))


@pytest.mark.parametrize("kernel, says", [(sums_nothing, "has written"), (sums_what_is_shared, "has written"), (reads_an_unwritten_field, "has written"), (waits_apart_in_a_function, "different barriers.*different calls"), (waits_and_goes_on, "part at a barrier: thread 0 waits in line .*, thread 7 passes by"), (goes_on_in_a_loop, "part at a barrier")])
def test_debug_mode_finds_more(kernel, says):
    with pytest.raises(RuntimeError, match=says):
        debugged(kernel)[1, 64](np.zeros(64))


@pytest.mark.parametrize("kernel", [adds_its_own, sums_after_a_barrier, counts_and_then_reads, writes_the_field, waits_if_all_do, some_are_done])
def test_debug_mode_takes_what_is_ordered(kernel):
    watched, plain = np.zeros(64), np.zeros(64)
    debugged(kernel)[1, 64](watched)
    cuda.jit(kernel)[1, 64](plain)
    np.testing.assert_array_equal(watched, plain)


@pytest.mark.parametrize("kernel, grid, says", [(shifts, 1, "race"), (all_count, 1, "race"), (all_count, 64, "race"), (waits_apart, 1, "different barriers"), (reads_nothing, 1, "no thread of the block has written")])
def test_debug_mode_finds(kernel, grid, says):
    with pytest.raises(RuntimeError, match=says) as raised:
        debugged(kernel)[grid, 64 if grid == 1 else 1](np.zeros(64))
    first = kernel.__code__.co_firstlineno
    lines = [int(word) for word in str(raised.value).replace(",", " ").split() if word.isdigit()]
    assert any(first < line < first + 8 for line in lines)


@pytest.mark.parametrize("kernel", [shifts_with_barrier, all_count_at_once, returns_early])
def test_debug_mode_takes(kernel):
    debugged(kernel)[1, 64](np.zeros(64))
