"""Loops on a GPU whose iterations may raise: they give what the plain loop gives, and raise what it raises, with the arrays as they are on the processor."""

import copy
import math

import numpy as np
import pytest
from cuda_support import TARGET, nothing_leaks  # noqa: F401
from zouk import njit, prange

RANDOM = np.random.default_rng(11)
X = RANDOM.random(500)
PLACES = RANDOM.integers(-500, 500, 500)


def gather(x, k, out):
    for i in prange(k.size):
        out[i] = x[k[i]]


def quotients(a, b, out):
    for i in prange(a.size):
        out[i] = int(a[i]) // int(b[i]) + int(a[i]) % int(b[i])


def roots(x, out):
    for i in prange(x.size):
        if x[i] < 0:
            raise ValueError("negative at", i)
        out[i] = math.sqrt(x[i])


def histogram(k, h):
    for i in prange(k.size):
        h[k[i]] += 1


def total(x, k):
    s = 0.0
    most, at = -1.0, -1
    for i in prange(k.size):
        value = x[k[i]]
        s += value
        if value > most:
            most, at = value, i
    return s, most, at


def row(m, k, i):
    s = 0.0
    for j in range(m.shape[1]):
        s += m[i, k[j]]
    return s


inner = njit(row)


def rows(m, k, out):
    for i in prange(m.shape[0]):
        out[i] = inner(m, k, i)


def repeated(a, b, k, steps):
    for _ in range(steps):
        for i in prange(a.size):
            b[i] = a[k[i]] + 1
        for i in prange(a.size):
            a[i] += b[i] / 2


def sinking(a, k, steps):
    """The places grow until one is too large; the array is held over all steps."""
    for step in range(steps):
        for i in prange(k.size):
            a[i] += a.size - k[k[i] + step]


def both(function, *args):
    compiled = njit(parallel=True, target="cuda")(function)
    mine, plain = copy.deepcopy(args), copy.deepcopy(args)
    outcomes = []
    for run, own in ((compiled, mine), (function, plain)):
        try:
            outcomes.append(run(*own))
        except Exception as error:
            outcomes.append(error)
    if TARGET == "cuda":
        remarks = compiled.get_metadata(compiled.signatures[0])["parallel"]
        assert {remark["status"] for remark in remarks if remark["kind"] == "prange"} == {"gpu"}, remarks
    return outcomes, mine, plain


@pytest.mark.parametrize(
    "function, args",
    [
        (gather, (X, PLACES, np.zeros(500))),
        (gather, (X[::2], PLACES // 2, np.zeros(1000)[::2])),
        (quotients, (PLACES, np.where(PLACES % 3 == 0, 7, -3), np.zeros(500, int))),
        (roots, (X, np.zeros(500))),
        (histogram, (PLACES % 20, np.zeros(20, int))),
        (histogram, (PLACES % 20, np.zeros(20))),
        (total, (X, PLACES)),
        (rows, (X.reshape(20, 25), np.arange(25)[::-1].copy(), np.zeros(20))),
        (repeated, (X, np.zeros(500), PLACES, 5)),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_value(function, args):
    (got, wanted), mine, plain = both(function, *args)
    assert not isinstance(wanted, Exception)
    if wanted is None:
        assert got is None
    else:
        np.testing.assert_allclose(got, wanted, rtol=1e-12)
    for x, y in zip(mine, plain):
        np.testing.assert_allclose(x, y, rtol=1e-12)


def with_value(array, place, value):
    changed = array.copy()
    changed[place] = value
    return changed


@pytest.mark.parametrize(
    "function, args",
    [
        (gather, (X, with_value(PLACES, [400, 77, 300], [999, -501, 500]), np.zeros(500))),
        (quotients, (PLACES, with_value(PLACES | 1, [9, 444], 0), np.zeros(500, int))),
        (roots, (with_value(X, [450, 31], -1.0), np.zeros(500))),
        (total, (X, with_value(PLACES, 499, 5000))),
        (rows, (X.reshape(20, 25), with_value(np.arange(25), 3, 26), np.zeros(20))),
        (repeated, (X, np.zeros(500), with_value(PLACES, 100, 500), 5)),
        (sinking, (X, np.arange(500)[:100].copy(), 20)),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_exception(function, args):
    """The loop raises as the plain one does, at its line, and what ran before it has happened."""
    (got, wanted), mine, plain = both(function, *args)
    assert isinstance(wanted, Exception)
    assert type(got) is type(wanted)
    if isinstance(wanted, ValueError):
        assert got.args == wanted.args
    lines = [[frame.tb_lineno for frame in frames(error) if frame.tb_frame.f_code.co_filename == __file__] for error in (got, wanted)]
    assert lines[0][-1] == lines[1][-1]
    if TARGET == "cuda":
        for x, y in zip(mine, plain):
            np.testing.assert_allclose(x, y, rtol=1e-12)


def frames(error):
    at = error.__traceback__
    while at is not None:
        yield at
        at = at.tb_next


def test_reduction_into_an_array():
    """As on the processor, the array is as it was before the loop; the next call is none the wiser."""
    compiled = njit(parallel=True, target="cuda")(histogram)
    counts = np.zeros(20, int)
    with pytest.raises(IndexError):
        compiled(with_value(PLACES % 20, 40, 20), counts)
    assert not counts.any()
    compiled(PLACES % 20, counts)
    np.testing.assert_array_equal(counts, np.bincount(PLACES % 20, minlength=20))


def test_the_first_exception():
    """Iterations that raise different exceptions: it is that of the first."""

    def mixed(x, a, b, out):
        for i in prange(a.size):
            if a[i] > 90:
                raise ValueError("too large", i)
            out[i] = x[b[i]] if a[i] > 80 else 1 // int(a[i])

    for order in range(6):
        a, b = np.arange(1, 81).repeat(5), np.arange(400)
        for place, value in zip((40, 200, 390), np.roll([0, 95, 85], order % 3)):
            a[place] = value
        b[a == 85] = -1000 if order > 2 else 1000
        with pytest.raises(Exception) as wanted:
            mixed(X, a, b, np.zeros(400))
        compiled = njit(parallel=True, target="cuda")(mixed)
        with pytest.raises(type(wanted.value)) as got:
            compiled(X, a, b, np.zeros(400))
        assert type(got.value) is type(wanted.value)


def test_held_arrays_after_an_exception():
    """Around a loop of launches: what ran before the failing one counts, the rest of its iterations does not."""
    a, k = np.arange(64.0), np.arange(64)

    def climbs(a, k, steps):
        for step in range(steps):
            for i in prange(k.size):
                a[i] += k[k[i] + step]

    (got, wanted), mine, plain = both(climbs, a, k, 10)
    assert type(got) is type(wanted) is IndexError
    if TARGET == "cuda":
        np.testing.assert_array_equal(mine[0], plain[0])


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, np.float64, np.float32])
def test_arrays_that_loops_reduce_into(dtype):
    def many(k, x, sums, products):
        for i in prange(k.size):
            sums[k[i]] += x[i]
            sums[k[i] - 1] -= x[i]
            products[k[i] // 3] *= x[i]

    k, x = np.abs(PLACES) % 20, RANDOM.integers(1, 3, 500).astype(dtype)
    (_, wanted), mine, plain = both(many, k, x, np.zeros(20, dtype), np.ones(7, dtype))
    assert wanted is None
    for a, b in zip(mine, plain):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_arrays_of_integers_that_loops_reduce_into():
    def many(k, table, ors, ands, exclusive, all_of_it):
        for i in prange(k.size):
            table[k[i] % 3, k[i] // 5] += i
            table[0, k[i] // 5] -= 1
            ors[k[i] % 4] |= 1 << (i % 60)
            ands[k[i] % 4] &= ~(1 << (i % 50))
            exclusive[k[i]] ^= i
            all_of_it[0] += k[i]

    k = np.abs(PLACES) % 20
    (_, wanted), mine, plain = both(many, k, np.zeros((3, 4), int), np.zeros(4, int), np.full(4, -1), np.zeros(20, int), np.zeros(1, int))
    assert wanted is None
    for a, b in zip(mine, plain):
        np.testing.assert_array_equal(a, b)


def test_threads_of_the_program():
    """Launches of one kernel from several threads: each knows whether its own has failed."""
    from concurrent.futures import ThreadPoolExecutor

    compiled = njit(parallel=True, target="cuda")(gather)
    wrong = with_value(PLACES, 77, 999)

    def work(number):
        out = np.zeros(500)
        try:
            compiled(X, wrong if number % 3 == 0 else PLACES, out)
        except IndexError:
            return number % 3 == 0
        return number % 3 != 0 and (out == X[PLACES]).all()

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(work, range(90)))
