"""Arguments that are memory without being arrays: the function sees the array that NumPy makes of them."""

from array import array

import numpy as np
import pytest
import zouk
from zouk import njit

TEXT = b"some bytes\0\xff"
VALUES = {
    "bytes": TEXT,
    "no bytes": b"",
    "bytearray": bytearray(TEXT),
    "memoryview": memoryview(TEXT),
    "strided": memoryview(TEXT)[::-2],
    "of two axes": memoryview(np.arange(6.0).reshape(2, 3)),
    **{f"array of {code}": array(code, [1, 2, 3]) for code in "bBhHiIlLqQfd"},
}


def total(a):
    s = 0.0
    for x in a.flat:
        s += x
    return s, a.size, a.ndim


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_they_are_arrays(value):
    as_array = np.asarray(memoryview(value))
    f = njit(total)
    assert f(value) == f(as_array) == total(as_array)
    assert f(a=value) == f(as_array)
    assert zouk.typeof(value) == zouk.typeof(as_array) and len(f.signatures) == 1


def fill(a, x):
    a[:] = x


@pytest.mark.parametrize("value", [bytearray(5), array("d", [1, 2]), memoryview(bytearray(5)), memoryview(np.zeros(3))])
def test_they_are_written_to(value):
    njit(fill)(value, 7)
    assert list(value) == [7] * len(value)


@pytest.mark.parametrize("value", [TEXT, memoryview(TEXT)])
def test_bytes_are_read_only(value):
    with pytest.raises(zouk.TypingError, match="read-only|readonly"):
        njit(fill)(value, 7)


def test_results_keep_the_memory():
    tail = njit(lambda a: a[1:])
    value = bytearray(TEXT)
    found = tail(value)
    value[1] = 1
    assert found[0] == 1 and found.dtype == np.uint8
    assert tail(b"abc").tobytes() == b"bc"
    # The array still uses it.
    with pytest.raises(BufferError):
        value.append(1)


def test_declared_signatures():
    f = njit("float64(float64[:])")(lambda a: a.sum())
    assert f(array("d", [1, 2])) == 3
    with pytest.raises(TypeError):
        f(bytearray(3))


@pytest.mark.parametrize("value", [array("u", "ab"), memoryview(b"abc").cast("c")])
def test_elements_that_are_no_numbers(value):
    with pytest.raises(zouk.TypingError):
        njit(total)(value)
