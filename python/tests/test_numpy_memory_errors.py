"""Arrays that memory has no room for, and sizes that no array can have: NumPy's exceptions, with the shape and dtype that were asked for."""

import subprocess
import sys

import numpy as np
import pytest
from lang_support import check, function

#: Programs, over a long vector and a large matrix that take no memory themselves.
PROGRAMS = """np.zeros((1000000, 1000000)) | np.empty((10**7, 10**7), np.bool_) | np.ones((10**7, 10**7), np.float32) | np.zeros((10**7, 10**7), np.uint16)
np.zeros((10**7, 10**7), np.complex64) | np.full((10**7, 10**7), 2) | np.zeros(10**14, "datetime64[s]") | np.zeros((3, 10**14), np.int8) | np.zeros(2**62, np.int8)
np.arange(10**14) | np.arange(0.0, 1e15) | np.linspace(0.0, 1.0, 10**14) | np.eye(10**7) | np.repeat(v, 10**14) | np.indices((10**7, 10**7)) | np.diag(c)
c[:, None] + c[None, :] | c[:, None] > c | np.add.outer(c, c) | np.outer(c, c) | c[:, None] @ c[None, :] | m.copy() | m.astype(np.float32) | np.sort(m) | np.zeros_like(m)
np.concatenate((m, m)) | np.stack((m, m)) | np.meshgrid(c, c) | np.broadcast_to(v, (10**14, 4)) + 1.0 | np.random.random(10**14) | np.fft.fft(v, 10**14)
np.zeros(2**62) | np.zeros((2**40, 2**40)) | np.zeros((2**32, 2**31), np.int8) | np.zeros((0, 2**62, 2**62)) | np.zeros((2**61, 0)) | np.arange(2**62)
np.arange(0.0, 1e19) | np.tile(v, 2**62) | np.zeros((2**31, 2**31, 2**31), np.int8)"""


def arguments():
    return np.arange(4.0), np.lib.stride_tricks.as_strided(np.zeros(1), (10**7,), (0,)), np.broadcast_to(np.zeros(1), (10**7, 10**7))


@pytest.mark.parametrize("text", [t.strip() for line in PROGRAMS.splitlines() for t in line.split(" | ")])
def test_no_room(text):
    f = function(f"def f(v, c, m): return {text}")
    expected = None
    try:
        f.py_func(*arguments())
    except (MemoryError, ValueError) as error:
        expected = error
    assert expected is not None, f"{text} has room here"
    with pytest.raises(type(expected)) as info:
        f(*arguments())
    assert type(info.value) is type(expected) and info.value.args == expected.args and str(info.value) == str(expected)


def test_it_is_caught_as_a_memory_error():
    f = function("def f(n): return np.zeros((n, n))")
    with pytest.raises(MemoryError, match=r"^Unable to allocate 7\.28 TiB for an array with shape \(1000000, 1000000\) and data type float64$"):
        f(10**6)


def test_nothing_is_kept():
    """What was allocated before is given back."""
    text = """
import resource
import numpy as np
from zouk import njit

@njit
def f(a, n):
    b = a * 2
    c = b[::-1] + 1
    return np.zeros((n, n)) + c.sum() + b[0]

a = np.ones(1_000_000)
def fail():
    try:
        f(a, 10**7)
    except MemoryError:
        return
    raise AssertionError
for _ in range(10):
    fail()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(100):
    fail()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    path = "nothing_is_kept.py"
    import pathlib
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / path
        file.write_text(text)
        grown = int(subprocess.run([sys.executable, str(file)], check=True, capture_output=True, text=True).stdout)
    # 100 pairs of arrays of 8 MB would be 1,600,000 KiB.
    assert grown < 100_000
