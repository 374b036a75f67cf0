"""Arguments of launches: arrays, numbers, tuples, records, arrays of other libraries, members of enumerations."""

import collections
import enum

import numpy as np
import pytest
import zouk
from cuda_support import double, nothing_leaks, on_gpu, TARGET  # noqa: F401
from zouk import cuda

RECORD = np.dtype([("x", np.int32), ("y", np.float64)], align=True)


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.int64, np.float32, np.float64, np.complex64, np.complex128])
def test_arrays_of_each_type(dtype):
    x = (np.arange(100) % 50).astype(dtype)
    y = cuda.device_array_like(x)
    double[4, 32](cuda.to_device(x), y)
    found = y.copy_to_host()
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, 2 * x)


def test_strided_arrays():
    host = np.arange(200.0)
    x, y = cuda.to_device(host)[::2], cuda.to_device(np.zeros((100, 3)))
    double[4, 32](x, y[:, 1])
    expected = np.zeros((100, 3))
    expected[:, 1] = 2 * host[::2]
    np.testing.assert_array_equal(y.copy_to_host(), expected)
    double[4, 32](x[::-1], y[:, 2])
    expected[:, 2] = 2 * host[::2][::-1]
    np.testing.assert_array_equal(y.copy_to_host(), expected)


def test_arrays_of_the_host_go_there_and_come_back():
    x, y = np.arange(100.0), np.zeros(100)
    double[4, 32](x, y)
    np.testing.assert_array_equal(y, 2 * x)
    # The same array twice is one array.
    double[4, 32](x, x)
    np.testing.assert_array_equal(x, 2 * np.arange(100.0))
    strided = np.zeros((100, 2))
    double[4, 32](x, strided[:, 1])
    np.testing.assert_array_equal(strided[:, 1], 2 * x)
    assert not strided[:, 0].any()


def test_how_arrays_are_passed():
    @cuda.jit
    def increment(a):
        i = cuda.grid(1)
        if i < a.size:
            a[i] += 1

    a = np.arange(64.0)
    increment[2, 32](cuda.In(a))
    np.testing.assert_array_equal(a, np.arange(64.0))
    increment[2, 32](cuda.InOut(a))
    np.testing.assert_array_equal(a, np.arange(64.0) + 1)
    out = np.zeros(64)
    double[2, 32](cuda.In(a), cuda.Out(out))
    np.testing.assert_array_equal(out, 2 * a)
    device = cuda.to_device(a)
    increment[2, 32](cuda.InOut(device))
    np.testing.assert_array_equal(device.copy_to_host(), a + 1)


def test_arrays_that_are_read_only():
    x, y = np.arange(64.0), np.zeros(64)
    x.flags.writeable = False
    double[2, 32](x, y)
    np.testing.assert_array_equal(y, 2 * x)
    with pytest.raises(zouk.errors.TypingError):
        double[2, 32](y, x)


def test_numbers():
    @cuda.jit
    def store(out, a, b, c, d, e):
        if cuda.grid(1) == 0:
            out[0] = a
            out[1] = b
            out[2] = c.real + d
            out[3] = c.imag
            out[4] = 1.0 if e else 0.0

    for values in ((1, 2.5, 3 + 4j, np.float32(0.5), True), (np.int8(-3), np.uint16(7), np.complex64(1 - 2j), 2**40, np.bool_(False))):
        out = cuda.to_device(np.zeros(5))
        store[1, 1](out, *values)
        a, b, c, d, e = values
        np.testing.assert_array_equal(out.copy_to_host(), [a, b, float(c.real) + d, c.imag, float(e)])


Pair = collections.namedtuple("Pair", "first second")


def test_tuples():
    @cuda.jit
    def add(pair, scale, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = pair[0][i] * scale[0] + pair[1][i] * scale[1][0]

    @cuda.jit
    def add_named(pair, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = pair.first[i] + pair.second

    x, y = np.arange(32.0), np.arange(32.0)[::-1].copy()
    expected = x * 2 + y * 3.5
    for pair in ((x, y), (cuda.to_device(x), cuda.to_device(y)), (x, cuda.to_device(y))):
        out = np.zeros(32)
        add[1, 32](pair, (2, (3.5,)), out)
        np.testing.assert_array_equal(out, expected)
        out = np.zeros(32)
        add_named[1, 32](Pair(pair[0], 4), out)
        np.testing.assert_array_equal(out, x + 4)


def test_records():
    @cuda.jit
    def scale(records, factor):
        i = cuda.grid(1)
        if i < records.size:
            records[i].y = records[i].x * factor

    host = np.zeros(10, RECORD)
    host["x"] = np.arange(10)
    scale[1, 32](host, 1.5)
    np.testing.assert_array_equal(host["y"], np.arange(10) * 1.5)
    device = cuda.to_device(host)
    scale[1, 32](device, 3.0)
    np.testing.assert_array_equal(device.copy_to_host()["y"], np.arange(10) * 3.0)

    @cuda.jit
    def one(record):
        if cuda.grid(1) == 0:
            record.y = record.x + 1

    one[1, 1](device[4])
    assert device[4]["y"] == 5
    record = host[3]
    one[1, 1](record)
    assert record["y"] == 4


def test_arrays_of_other_libraries():
    class Foreign:
        def __init__(self, array):
            self.array, self.__cuda_array_interface__ = array, array.__cuda_array_interface__

    x, y = cuda.to_device(np.arange(64.0)), cuda.to_device(np.zeros(64))
    double[2, 32](Foreign(x), Foreign(y))
    np.testing.assert_array_equal(y.copy_to_host(), 2 * np.arange(64.0))


def test_members_of_enumerations():
    class Colour(enum.IntEnum):
        RED = 7

    out = cuda.to_device(np.zeros(1, np.int64))

    @cuda.jit
    def store(out, value):
        out[0] = value

    store[1, 1](out, Colour.RED)
    assert out[0] == 7


def test_memory_of_host_and_device():
    for make in (cuda.mapped_array, cuda.managed_array):
        x, y = make(64), make(64)
        x[:] = np.arange(64.0)
        double[2, 32](x, y)
        cuda.synchronize()
        np.testing.assert_array_equal(y, 2 * x)
    host, out = np.arange(64.0), np.zeros(64)
    with cuda.mapped(host, out) as (x, y):
        double[2, 32](x, y)
        cuda.synchronize()
    np.testing.assert_array_equal(out, 2 * host)


def test_many_arguments():
    names = [f"a{i}" for i in range(20)]
    text = f"def total(out, {', '.join(names)}):\n    i = cuda.grid(1)\n    if i < out.size:\n        out[i] = {' + '.join(f'{n}[i]' for n in names)}\n"
    import linecache

    file = "<total of many>"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    scope = {"cuda": cuda}
    exec(compile(text, file, "exec"), scope)
    out = np.zeros(8)
    cuda.jit(scope["total"])[1, 8](out, *(cuda.to_device(np.full(8, float(i))) for i in range(20)))
    assert (out == sum(range(20))).all()
