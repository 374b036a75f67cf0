"""Loops on several threads beside the plain function, in whatever chunks they run."""

import numpy as np

from zouk import njit, parallel_chunksize, prange

CHUNKS = (0, 1, 3, 7, 1000)


def same(got, wanted):
    if isinstance(wanted, tuple):
        assert isinstance(got, tuple) and len(got) == len(wanted)
        for x, y in zip(got, wanted):
            same(x, y)
        return
    if wanted is None:
        assert got is None
        return
    if isinstance(wanted, np.ndarray):
        assert got.dtype == wanted.dtype and got.shape == wanted.shape
    # Sums of chunks round in another order.
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12, equal_nan=True)


def copies(args):
    return [a.copy() if isinstance(a, np.ndarray) else a for a in args]


def check(function, *args, parallel=None):
    """Runs it in chunks of several sizes, beside the plain function; `parallel` loops must be."""
    compiled = njit(parallel=True)(function)
    for size in CHUNKS:
        with parallel_chunksize(size):
            mine, plain = copies(args), copies(args)
            same(compiled(*mine), function(*plain))
            same(tuple(a for a in mine if isinstance(a, np.ndarray)), tuple(a for a in plain if isinstance(a, np.ndarray)))
    remarks = compiled.get_metadata(compiled.signatures[0])["parallel"]
    loops = [remark for remark in remarks if remark["kind"] == "prange" and remark["status"] in ("parallel", "fused")]
    assert len({remark["line"] for remark in loops}) == (1 if parallel is None else parallel), remarks


A = np.random.default_rng(1).normal(size=50)
M = np.random.default_rng(2).normal(size=(13, 9))
K = np.random.default_rng(3).integers(-9, 9, 60)


def elements(a):
    s = 0.0
    for i in prange(len(a)):
        s += a[i]
    return s
