"""numpy.fft beside NumPy: lengths, axes, norms, layouts and dtypes."""

import numpy as np
import pytest
from lang_support import COMPLEX, FLOATS, arrays, check, function, outcome

REAL = [*FLOATS, np.int8, np.uint64, np.bool_]
RNG = np.random.default_rng(3)


def transform(call):
    return function(f"def f(a, n): return np.fft.{call}")


def values(dtype, *shape):
    """Numbers without order, in C and Fortran order, with gaps, and backwards."""
    numbers = RNG.integers(0, 9, shape)
    numbers = (numbers * (1 + 2j) if np.dtype(dtype).kind == "c" else numbers).astype(dtype)
    gaps = np.zeros([2 * n for n in shape], dtype)[tuple(slice(None, None, 2) for _ in shape)]
    gaps[...] = numbers
    backwards = tuple(slice(None, None, -1) for _ in shape)
    return [numbers, gaps, numbers[backwards], np.asfortranarray(numbers)]


def close(f, *arguments):
    """About what NumPy gives, in its dtype and shape."""
    (kind, expected), (ours, result) = outcome(f.py_func, arguments), outcome(f, arguments)
    assert (ours, kind) == ("returns", "returns"), (result, expected)
    assert (result.dtype, result.shape) == (expected.dtype, expected.shape)
    apart = 2e-3 if expected.dtype == np.float16 else 1e-4 if expected.dtype in (np.float32, np.complex64) else 1e-10
    assert np.allclose(result, expected, apart, apart, True), (arguments, result, expected)


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_lengths(name):
    whole, some = transform(f"{name}(a)"), transform(f"{name}(a, n)")
    for dtype in [*REAL, *(COMPLEX if name not in ("rfft", "ihfft") else [])]:
        for size in (2, 3, 7, 8, 12):
            for a in values(dtype, size) if dtype in (np.float32, np.complex128) else values(dtype, size)[:1]:
                close(whole, a, 0)
            for n in (1, 5, 8, 16):
                close(some, values(dtype, size)[0], n)
    close(some, np.ones(0), 4)


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft"])
def test_axes(name):
    for axis in (0, -2, 2):
        f = transform(f"{name}(a, axis={axis})")
        for dtype in [np.float32, np.complex128] if name != "rfft" else [np.float64]:
            for a in values(dtype, 3, 4, 2)[: 4 if axis == 0 else 1]:
                close(f, a, 0)
    close(transform(f"{name}(a, n, 1)"), a, 5)
    close(f, np.ones((0, 4, 3)), 0)


@pytest.mark.parametrize("norm", ["'backward'", "'ortho'", "'forward'"])
def test_norms(norm):
    for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
        close(transform(f"{name}(a, n, -1, {norm})"), np.arange(6.0), 7)


@pytest.mark.parametrize("name", ["fftn", "ifftn", "fft2", "ifft2", "rfftn", "rfft2", "irfftn", "irfft2"])
def test_several_axes(name):
    whole = transform(f"{name}(a)")
    for dtype in [np.float32, np.complex128 if name[0] != "r" else np.int64]:
        for a in values(dtype, 3, 4, 2)[:2]:
            close(whole, a, 0)
    close(whole, a[0], 0)
    close(transform(f"{name}(a, axes=(0, 1), norm='ortho')"), a, 0)
    close(transform(f"{name}(a, (n, 3), (0, -1))"), a, 5)
    close(transform(f"{name}(a, (n, -1), axes=(1, 0))"), a, 5)


def test_one_axis_of_several():
    a = np.arange(6.0)
    close(transform("fftn(a)"), a, 0)
    close(transform("rfftn(a)"), a, 0)
    close(transform("irfftn(a)"), a, 0)
    close(transform("fft((1, 2.5, 3))"), a, 0)


def test_shifts():
    for name in ("fftshift", "ifftshift"):
        for rest in ("", ", 0", ", axes=-1", ", (0, 1)", ", axes=(1,)"):
            f = function(f"def f(a): return np.fft.{name}(a{rest})")
            for shape in [(4, 5), (3, 2), (1, 6), (0, 3)]:
                for a in arrays(shape, np.int32):
                    check(f, a)
        f = function(f"def f(a): return np.fft.{name}(a)")
        check(f, np.arange(5) * 1j)
        check(f, np.arange(24).reshape(2, 3, 4) > 7)
        check(function(f"def f(a): return np.fft.{name}(a, 2)"), np.ones((2, 2)), text=True)


def test_frequencies():
    for name in ("fftfreq", "rfftfreq"):
        f, g = function(f"def f(n): return np.fft.{name}(n)"), function(f"def f(n, d): return np.fft.{name}(n, d)")
        for n in (1, 2, 5, 8, 9, 1000):
            check(f, n)
            check(g, n, 0.3)
            check(g, n, 3)
        check(f, 0, text=True)
        check(f, -5, text=True)
        check(g, 5, 0.0, text=True)
        check(f, 2.5, text=True)
    check(function("def f(n): return np.fft.fftfreq(n, d=0.1)"), -3, text=True)


def test_errors():
    a = np.arange(4.0)
    for call in ["fft(a, n)", "ifft(a, n)", "rfft(a, n)", "irfft(a, n)"]:
        check(transform(call), a, 0, text=True)
        check(transform(call), a, -2, text=True)
    check(transform("fft(a)"), a[:0], 0, text=True)
    check(transform("irfft(a)"), a[:1], 0, text=True)
    for call in ["fft(a, norm='x')", "ifft(a, norm='x')", "rfft(a, norm='x')", "fft(a, 4, axis=1)", "fftn(a, (2, 2), (0,))", "ifftn(a, (2,), axes=(0, 0))"]:
        check(transform(call), a, 0, text=True)
    check(transform("rfft(a)"), a * 1j, 0, text=True)
    check(transform("rfft(a)"), a[:3] * 1j, 0, text=True)
    check(transform("fft(a, 3)"), np.ones(()), 0, text=True)
    for call in ["fft(a)", "irfft(a, axis=1)", "fft(a, 3, 1)", "fft2(a)", "fftn(a, axes=(2,))", "fftn(a, (3,), (2,))", "fftshift(a, 1)"]:
        check(transform(call), a, 0, text=True)
    check(transform("fft(a)"), np.ones(()), 0, text=True)


def test_a_large_transform():
    a = RNG.random(2**12 * 3)
    close(transform("fft(a)"), a, 0)
    close(transform("irfft(np.fft.rfft(a))"), a, 0)


OUT = """np.fft.fft(v, out=c[:6]) | np.fft.ifft(v, out=c[:6]) | np.fft.rfft(v, out=c[:4]) | np.fft.irfft(v + 0j, out=r) | np.fft.ihfft(v, out=c[:4])
np.fft.fft2(np.reshape(v, (2, 3)), out=np.reshape(c[:6], (2, 3))) | np.fft.rfftn(np.reshape(v, (2, 3)), out=np.reshape(c[:4], (2, 2))) | np.fft.fftfreq(5, device=None)"""


@pytest.mark.parametrize("call", [c.strip() for line in OUT.splitlines() for c in line.split(" | ")])
def test_stored_transforms(call):
    f = function(f"def f(v, c, r): return {call}")
    ours, theirs = [(np.arange(6.0) % 4, np.zeros(8, np.complex128), np.zeros(10)) for _ in range(2)]
    found, expected = f(*ours), f.py_func(*theirs)
    assert found.dtype == expected.dtype and np.allclose(found, expected) and all(np.allclose(x, y) for x, y in zip(ours, theirs))
