"""Histograms of one variable and of several, by numbers of bins, edges and rules: beside NumPy."""

import numpy as np
import pytest
from lang_support import check, function, layouts, outcome, same

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
RULES = ["auto", "sqrt", "sturges", "rice", "scott", "fd", "doane", "stone"]

ONE = """np.histogram(x, 4, weights=y, density=True) | np.histogram_bin_edges(x, 4) | np.histogram_bin_edges(x, 'auto') | np.histogram_bin_edges(x, (0, 1, 2)) | np.histogram(i, 3)
np.histogram(x, 'sqrt', (0.2, 0.9)) | np.histogram(x > 0.5, 2) | np.histogram(x, (0, 0.25, 1), density=True) | np.histogram_bin_edges(x, 3, (1, 3)) | np.histogram_bin_edges(i)"""
TWO = """np.histogram2d(x, y) | np.histogram2d(x, y, 3) | np.histogram2d(x, y, (3, 4)) | np.histogram2d(x, y, (3, e)) | np.histogram2d(x, y, e) | np.histogram2d(x, y, 3, density=True)
np.histogram2d(x, y, 3, weights=x) | np.histogram2d(x, y, 3, range=((0, 1), (0, 0.5))) | np.histogram2d(i, i, 3) | np.histogram2d(i, x[:4], 3) | np.histogram2d(x[:0], y[:0], 2)"""
ERRORS = """np.histogram(x, 'auto', weights=x) | np.histogram(x, 'x') | np.histogram(x, 0) | np.histogram(x, 2.5) | np.histogram(x, weights=i) | np.histogram_bin_edges(x, 3, (1, 0))
np.histogram(x * np.nan) | np.histogram(x, e[::-1]) | np.histogram2d(x, i) | np.histogram2d(x, y, 0) | np.histogram2d(x, y, (3, 2.5)) | np.histogram2d(x, y, (e[::-1], 3)) | np.histogram2d(x, y, e[:1])
np.histogramdd((x, y), (1, 2, 3)) | np.histogramdd((x, y), 2, range=((0, 1),))"""


def calls(text):
    return [call.strip() for line in text.splitlines() for call in line.split(" | ")]


def arguments():
    r = np.random.default_rng(3)
    return r.random(40), r.random(40), np.arange(4), np.arange(5) / 4


def compiled(call):
    return function(f"def f(x, y, i, e): return {call}")


@pytest.mark.parametrize("call", calls(ONE) + calls(TWO))
def test_values(call):
    check(compiled(call), *arguments(), rtol=1e-12)


@pytest.mark.parametrize("call", calls(ERRORS))
def test_errors(call):
    check(compiled(call), *arguments(), text=True)


@pytest.mark.parametrize("rule", RULES)
def test_rules(rule):
    f = function(f"def f(x): return np.histogram_bin_edges(x, '{rule}')")
    r = np.random.default_rng(1)
    for x in (r.normal(size=300), r.exponential(size=77), np.arange(9.0), np.ones(5), np.zeros(0), np.array([2.5]), r.integers(0, 1000, 100)):
        check(f, x, rtol=1e-12)


@pytest.mark.parametrize("bins", ["2", "(2, 3, 4)", "(e, 2, e)"])
def test_three_variables(bins):
    """NumPy gives the edges as a list."""
    f = compiled(f"np.histogramdd((x, y, x * y), {bins}, density=True)")
    (counts, edges), (expected, others) = f(*arguments()), f.py_func(*arguments())
    assert same(counts, expected, 1e-12) and same(edges, tuple(others), 1e-12)


def test_layouts():
    f = function("def f(x, y): return np.histogram2d(x, y, 3, weights=x)")
    for x in layouts(arguments()[0]):
        check(f, x, arguments()[1].astype(np.float32), rtol=1e-6)
    assert outcome(function("def f(x): return np.histogramdd(x, 3)"), [np.zeros((4, 2))])[0] == "raises"
