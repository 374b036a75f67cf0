"""Fields in parallel loops: what may run on several threads does, what may not is refused."""

import numpy as np
import pytest
from jitclass_support import no_leaks

import zouk
from zouk import float64, int64, njit, prange
from zouk.experimental import jitclass


@jitclass([("data", float64[:]), ("scale", float64), ("count", int64)], parallel=True)
class Series:
    def __init__(self, data, scale):
        self.data = data
        self.scale = scale
        self.count = 0

    def fill(self):
        for i in prange(self.data.size):
            self.data[i] = i * self.scale

    def total(self):
        total = 0.0
        for i in prange(self.data.size):
            total += self.data[i] * self.scale
        return total

    def value(self, i):
        return self.data[i] * self.scale

    def increment(self):
        self.count += 1


def test_loops_in_methods():
    with no_leaks():
        series = Series(np.zeros(100_000), 2.0)
        series.fill()
        assert (series.data == np.arange(100_000) * 2.0).all() and np.isclose(series.total(), series.data.sum() * 2.0)
        del series


def test_methods_in_loops():
    @njit(parallel=True)
    def f(series, out):
        for i in prange(out.size):
            out[i] = series.value(i) + Series(out, 3.0).scale

    with no_leaks():
        series, out = Series(np.arange(50_000.0), 2.0), np.zeros(50_000)
        f(series, out)
        assert (out == np.arange(50_000) * 2.0 + 3.0).all()
        del series


def test_a_field_that_every_iteration_changes():
    @njit(parallel=True)
    def f(series, n):
        for _ in prange(n):
            series.increment()

    with pytest.raises(zouk.ZoukError, match="cannot run in parallel"):
        f(Series(np.zeros(3), 1.0), 10)


def test_arrays_of_two_instances_may_be_one():
    @njit(parallel=True)
    def f(a, b):
        for i in prange(1, a.data.size):
            a.data[i] = b.data[i - 1] + 1.0

    first, second = Series(np.zeros(20_000), 1.0), Series(np.arange(20_000.0), 1.0)
    f(first, second)
    assert (first.data[1:] == second.data[:-1] + 1.0).all()
    try:
        f(first, first)
    except (zouk.ZoukError, ValueError, RuntimeError):
        return
    assert (first.data[1:] == np.arange(1.0, 20_000.0) + first.data[0]).all()


def test_one_of_several_instances_in_an_iteration():
    """Which instance an iteration reads from is seen only when it runs: what it writes into must then be no array of anyone's."""

    def totals(series):
        out = np.empty(len(series))
        for i in prange(len(series)):
            out[i] = series[i].data.sum() * series[i].scale
        return out

    def into_an_argument(series, out):
        for i in prange(len(series)):
            out[i] = series[i].data.sum()

    with no_leaks():
        series = tuple(Series(np.arange(1.0 + i), 0.5 * i) for i in range(5))
        np.testing.assert_array_equal(njit(parallel=True)(totals)(series), totals(series))
        with pytest.raises(zouk.ZoukError, match="not seen which array"):
            njit(parallel=True)(into_an_argument)(series, series[0].data)
        del series
