"""Records, members of enumerations and unaligned arrays in kernels."""

import enum

import numpy as np
import pytest
from cuda_support import nothing_leaks  # noqa: F401
from zouk import cuda, float32, from_dtype, int32

POINT = np.dtype([("x", "f4"), ("n", "i4")], align=True)
WIDE = np.dtype([("x", "f8"), ("v", "i2", (3,)), ("c", "c8")], align=True)
point, wide = from_dtype(POINT), from_dtype(WIDE)


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Planet(enum.Enum):
    EARTH = (5.976e24, 6.37814e6)
    MARS = (6.421e23, 3.3972e6)


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 5


def run(kernel, *args, shape=32, shared=0):
    out = np.zeros(shape, np.float32)
    kernel[1, 32, 0, shared](*args, out)
    return out


@pytest.mark.parametrize("space", ["local", "shared"])
def test_arrays_of_records(space):
    make = getattr(cuda, space).array

    @cuda.jit
    def kernel(out):
        made = make((33, 2), point)
        i = cuda.threadIdx.x
        made[i, 1].x = i * 1.5
        made[i, 1]["n"] = -i
        made[i, 0] = made[i, 1]
        cuda.syncthreads()
        out[i] = made[i, 0].x + made[i][1].n + made.size

    i = np.arange(32)
    np.testing.assert_array_equal(run(kernel), (i * 1.5 - i + 66).astype(np.float32))


def test_records_of_many_fields():
    @cuda.jit
    def kernel(out):
        made = cuda.local.array(4, wide)
        i = cuda.threadIdx.x
        for j in range(4):
            made[j].x = j
            made[j].c = complex(i, j)
            for k in range(3):
                made[j].v[k] = j * k
        cuda.syncthreads()
        total = 0.0
        for j in range(4):
            total += made[j].x + made[j].c.real * made[j].c.imag + made[j].v[2]
        out[i] = total

    i = np.arange(32)
    np.testing.assert_array_equal(run(kernel), (6 + i * 6 + 12).astype(np.float32))


def test_shared_memory_of_a_size_that_the_launch_gives():
    @cuda.jit
    def records(out):
        made = cuda.shared.array(0, point)
        i = cuda.threadIdx.x
        made[i].x = i
        made[31 - i].n = i
        cuda.syncthreads()
        out[i] = made[31 - i].x * 100 + made[i].n + made.size

    @cuda.jit
    def views(out):
        floats, ints = cuda.shared.array(0, float32), cuda.shared.array(0, int32)
        i = cuda.threadIdx.x
        low, high = floats[:32], ints[32:64]
        low[i], high[i] = i * 0.5, i * 2
        cuda.syncthreads()
        out[i] = low[31 - i] + high[31 - i] + low.size + high.size

    i = np.arange(32)
    np.testing.assert_array_equal(run(records, shared=32 * POINT.itemsize), (31 - i) * 100 + (31 - i) + 32)
    np.testing.assert_array_equal(run(views, shared=256), ((31 - i) * 2.5 + 64).astype(np.float32))


def test_members_of_enumerations():
    def compare(a, b, out):
        out[0] = a == b
        out[1] = a != b
        out[2] = a is b
        out[3] = a is not b

    def named(out):
        out[0] = Colour.RED == Colour["GREEN"]
        out[1] = Level["HIGH"] - Level.LOW
        out[2] = Planet["MARS"] == Planet.MARS
        out[3] = Planet.EARTH.value[1] > Planet.MARS.value[1]

    kernel = cuda.jit(compare)
    for a, b in [(Colour.RED, Colour.RED), (Colour.RED, Colour.GREEN), (Planet.EARTH, Planet.EARTH), (Planet.MARS, Planet.EARTH)]:
        wanted = np.zeros(4)
        compare(a, b, wanted)
        np.testing.assert_array_equal(run(kernel, a, b, shape=4), wanted)
    wanted = np.zeros(4)
    named(wanted)
    np.testing.assert_array_equal(run(cuda.jit(named), shape=4), wanted)


def test_unaligned_arrays():
    """Arrays whose elements lie anywhere: also where a signature is declared, which says that they do not."""

    def twice(a, out):
        i = cuda.grid(1)
        if i < a.size:
            a[i] += 1
            out[i] = a[i] * 2

    packed = np.zeros(10, [("flag", "u1"), ("x", "f8")])
    packed["x"] = np.arange(10.0)
    shifted = np.zeros(81, np.uint8)[1:].view(np.float64)
    shifted[:] = np.arange(10.0)
    for kernel in (cuda.jit(twice), cuda.jit("void(float64[:], float64[:])")(twice)):
        for array in (packed["x"], shifted, shifted[::-2]):
            before, out = array.copy(), np.zeros(10)
            kernel[1, 32](array, out)
            np.testing.assert_array_equal(array, before + 1)
            np.testing.assert_array_equal(out[: array.size], array * 2)
            kernel[1, 32](before, array)
            np.testing.assert_array_equal(array, before * 2)
        assert not packed["flag"].any()
    with pytest.raises(TypeError):
        cuda.jit("void(float64[::1], float64[:])")(twice)[1, 32](np.arange(10, dtype=np.float32)[::2], np.zeros(10))
