"""What compiled code may ask of ufuncs, `out=` as a tuple, and reductions by functions under `@vectorize`."""

import numpy as np
import pytest
from lang_support import check, function, same

import zouk
from zouk import njit, vectorize

UFUNCS = sorted(name for name in dir(np) if isinstance(getattr(np, name), np.ufunc) and name not in ("matmul", "matvec", "vecmat", "vecdot", "bitwise_count"))


def test_members_of_numpys_functions():
    for name in UFUNCS:
        f = function(f"def f(): return np.{name}.nin, np.{name}.nout, np.{name}.nargs, np.{name}.identity")
        ours, theirs = f(), f.py_func()
        assert ours == theirs and type(ours[3]) is type(theirs[3]), name


@vectorize(identity=0)
def plus(x, y):
    return x + y


@vectorize(["f8(f8, f8)"], identity=1)
def times(x, y):
    return x * y


@vectorize(["f8(f8, f8)", "i8(i8, i8)"], identity=0)
def less(x, y):
    return x - y


@vectorize(identity="reorderable")
def least(x, y):
    return x if x < y else y


@vectorize
def halved(x):
    return x / 2


def test_members_of_functions_of_the_program():
    f = njit(lambda: (plus.identity, times.identity, least.identity, halved.identity, plus.nin, halved.nin, times.nargs, less.nout))
    assert f() == f.py_func()


REDUCE = function("def f(a, g): return g.reduce(a), g.reduce(a, axis=1), g.reduce(a[:0]), g.accumulate(a), g.outer(a[0], a[1])")


@pytest.mark.parametrize("name", ["plus", "times", "less"])
def test_reductions_begin_with_the_identity(name):
    f = function(f"def f(a): return G.reduce(a), G.reduce(a, axis=1), G.reduce(a[:0]), G.accumulate(a, axis=1), G.outer(a[0], a[-1])", G=globals()[name])
    a = np.arange(12.0).reshape(3, 4) - 3
    plus(a, a)
    for x in (a, a[::-1], a[:1], a.T):
        assert all(same(ours, theirs) for ours, theirs in zip(f(x), f.py_func(x)))
    empty = function("def f(a): return G.reduce(a[0, :0])", G=globals()[name])
    assert empty(a) == empty.py_func(a)


def test_no_identity():
    f = function("def f(a): return G.reduce(a)", G=least)
    least(np.ones(2), np.ones(2))
    assert f(np.array([3.0, 1.0])) == f.py_func(np.array([3.0, 1.0]))
    with pytest.raises(ValueError) as expected:
        f.py_func(np.empty(0))
    with pytest.raises(ValueError) as raised:
        f(np.empty(0))
    assert str(raised.value) == str(expected.value)


OUTPUTS = """
def f(a, o, p, i):
    x = np.add(a, 1, out=(o,))
    y = np.divmod(a, 2.5, out=(o[1], p))
    z = np.modf(a, out=(None, p))
    w, n = np.frexp(a, out=(o[0], i))
    v = np.sqrt(a, out=(None,))
    u = np.multiply(a, 2, out=(p,), where=a > 2)
    return x, y, z, w, n, v, u, o, p, i
"""


def test_tuples_of_outputs():
    a = np.linspace(0, 9, 7)
    f = function(OUTPUTS)
    given = lambda: (a, np.zeros((2, 7)), np.zeros(7), np.zeros(7, np.int32))  # noqa: E731
    ours, theirs = f(*given()), f.py_func(*given())
    for x, y in zip(ours, theirs):
        assert same(x, y)


def test_tuples_of_outputs_of_functions_of_the_program():
    f = njit(lambda a, o: (times(a, 2.0, out=(o,)), o))
    a = np.arange(5.0)
    ours, theirs = f(a, np.zeros(5)), f.py_func(a, np.zeros(5))
    assert np.array_equal(ours, theirs)


def test_wrong_outputs():
    check(function("def f(a): return np.divmod(a, 2, out=(a,))"), np.arange(3.0), text=True)
    for text in ("np.add(a, 1, out=(a, a))", "np.add(a, 1, out=(1,))"):
        with pytest.raises(zouk.errors.TypingError):
            function(f"def f(a): return {text}")(np.arange(3.0))
    with pytest.raises(ValueError):
        function("def f(a, o): return np.divmod(a, 2.0, out=(o, o))")(np.arange(3.0), np.zeros(2))


PLACES = [
    Ellipsis,
    slice(0, 2),
    slice(None, None, -2),
    (slice(None), 1),
    (slice(1, None), np.array([0, 0, 3])),
    (np.array([0, 2, 0]), slice(None, None, 2)),
    (np.array([[0], [1]]), Ellipsis, np.array([1, 1])),
    (None, 1, slice(0, 3)),
    (np.array([True, False, True]), slice(1, 3)),
    (1, Ellipsis),
    (-1, -2),
    (2,),
    (),
]


@pytest.mark.parametrize("places", PLACES, ids=str)
def test_places_of_every_form(places):
    @njit
    def add(a, places, b):
        np.add.at(a, places, b)

    @njit
    def negate(a, places):
        np.negative.at(a, places)

    for values in (1.5, np.arange(np.zeros((3, 4))[places].size, dtype=float).reshape(np.zeros((3, 4))[places].shape)):
        got, expected = np.ones((3, 4)), np.ones((3, 4))
        add(got, places, values)
        add.py_func(expected, places, values)
        np.testing.assert_array_equal(got, expected)
    negate(got, places)
    negate.py_func(expected, places)
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("places", [(), Ellipsis, (Ellipsis,), None, (None, None)], ids=str)
def test_places_of_an_array_without_axes(places):
    @njit
    def add(a, places, b):
        np.add.at(a, places, b)

    got, expected = np.array(2), np.array(2)
    add(got, places, 3)
    add.py_func(expected, places, 3)
    np.testing.assert_array_equal(got, expected)
