"""The runtime's Fourier transforms against NumPy: lengths of every kind, rows padded and cut, both widths of floats."""

import numpy as np
import pytest
from numeric_support import BAD_ARGUMENT, FINE, kernel

LENGTHS = [1, 2, 3, 4, 5, 7, 8, 12, 13, 16, 31, 60, 64, 97, 100, 128, 211, 243, 1000, 1009, 1024, 2047, 4096]
RANDOM = np.random.default_rng(7)
by_width = pytest.mark.parametrize("real, complex_", [(np.float32, np.complex64), (np.float64, np.complex128)], ids=["single", "double"])


def close(got, expected, real):
    """Within a few units of the largest value."""
    assert got.shape == expected.shape
    assert np.abs(got - expected).max(initial=0) <= 20 * np.finfo(real).eps * max(1, np.abs(expected).max(initial=0))


def given_rows(n, dtype):
    """Arrays whose rows are as long as the transform, longer, and shorter."""
    for rows, m in [(1, n), (3, n), (2, n + 3), (2, max(0, n - 2)), (0, n), (2, 0)]:
        values = RANDOM.normal(size=(rows, m, 2)).astype(np.empty(0, dtype).real.dtype)
        yield np.ascontiguousarray(values[..., 0]) if np.dtype(dtype).kind == "f" else values.view(dtype).reshape(rows, m)


def padded(array, n):
    """NumPy refuses rows without elements."""
    return array if array.shape[1] else np.zeros((len(array), n), array.dtype)


@by_width
@pytest.mark.parametrize("n", LENGTHS)
def test_complex(n, real, complex_):
    for data in given_rows(n, complex_):
        for inverse, function in enumerate([np.fft.fft, np.fft.ifft]):
            out = np.full((len(data), n), np.nan, complex_)
            assert kernel("fft", complex_, data, len(data), data.shape[1], n, inverse, 1 / n if inverse else 1.0, out) == FINE
            close(out, function(padded(data, n), n), real)


@by_width
@pytest.mark.parametrize("n", LENGTHS)
def test_real(n, real, complex_):
    for data in given_rows(n, real):
        out = np.full((len(data), n // 2 + 1), np.nan, complex_)
        assert kernel("rfft", real, data, len(data), data.shape[1], n, 0.5, out) == FINE
        close(out, np.fft.rfft(padded(data, n), n) / 2, real)


@by_width
@pytest.mark.parametrize("n", LENGTHS)
def test_inverse_real(n, real, complex_):
    for data in given_rows(n // 2 + 1, complex_):
        out = np.full((len(data), n), np.nan, real)
        assert kernel("irfft", real, data, len(data), data.shape[1], n, 1 / n, out) == FINE
        close(out, np.fft.irfft(padded(data, n // 2 + 1), n), real)


def test_values_that_are_not_finite():
    for value in (np.nan, np.inf):
        data, out = np.full((1, 12), 1 + 0j), np.zeros((1, 12), complex)
        data[0, 3] = value
        assert kernel("fft", complex, data, 1, 12, 12, 0, 1.0, out) == FINE
        assert not np.isfinite(out).any()


def test_bad_arguments():
    data = np.zeros((2, 4), complex)
    for rows, m, n in [(2, 4, 0), (2, 4, -1), (-1, 4, 4), (2, -4, 4), (2**40, 4, 2**40), (2, 2**62, 4), (0, 4, 0)]:
        assert kernel("fft", complex, data, rows, m, n, 0, 1.0, data) == BAD_ARGUMENT
        assert kernel("rfft", float, data, rows, m, n, 1.0, data) == BAD_ARGUMENT
        assert kernel("irfft", float, data, rows, m, n, 1.0, data) == BAD_ARGUMENT


def test_many_lengths_keep_no_memory():
    """Plans are kept up to a limit; those made again are the same."""
    for n in [*range(1, 300), 2**20, 2**20 + 7, 2**21 + 5, 12]:
        data, out = RANDOM.normal(size=(1, n)) + 0j, np.zeros((1, n), complex)
        assert kernel("fft", complex, data, 1, n, n, 0, 1.0, out) == FINE
        close(out, np.fft.fft(data), float)
