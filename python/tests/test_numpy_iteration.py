"""`flat`, `ndenumerate`, `ndindex`, `nditer`: the items, and the items of `flat` by index."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_support import INTEGERS, NUMBERS, check
from test_numpy_indexing import LAYOUTS, SLICES, compiled, laid_out, numbers

from zouk.errors import TypingError

SHAPES = [(), (0,), (1,), (5,), (2, 3), (3, 0), (2, 3, 4), (2, 1, 3, 2)]

FLAT = compiled("""
def f(a, out):
    i = 0
    for x in a.flat:
        out[i] = x
        i += 1
    return i, len(a.flat)
""")

WEIGHTED = """
def f(a):
    total = 0
    for place, x in np.ndenumerate(a):
        code = 0
        for i in place:
            code = code * 10 + i
        total = total * 3 + code * int(x != 0)
    return total
"""


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", NUMBERS)
def test_flat(shape, dtype):
    for layout in LAYOUTS:
        array = laid_out(numbers(shape, dtype), layout)
        check(FLAT, array, np.zeros(array.size, dtype))
        if shape:
            check(compiled(WEIGHTED), array)


def test_ndenumerate_without_axes():
    check(compiled("def f(a):\n    n = 0\n    for place, x in np.ndenumerate(a):\n        n += len(place) + x\n    return n\n"), np.array(5))


@pytest.mark.parametrize("shape", SHAPES)
def test_ndindex(shape):
    whole = compiled("def f(a, out):\n    for at in np.ndindex(a.shape):\n        out[at] = 2 * a[at]\n")
    check(whole, numbers(shape, np.float64), np.zeros(shape))
    sizes = ", ".join(f"a.shape[{i}]" for i in range(len(shape)))
    check(compiled(f"def f(a):\n    n = 0\n    for at in np.ndindex({sizes}):\n        n = (n * 7 + sum(at) + 1) % 1000003 if at else -1\n    return n\n"), numbers(shape, np.int64))


def test_ndindex_of_negative_sizes():
    check(compiled("def f(n):\n    for at in np.ndindex(2, n):\n        return at\n    return (9, 9)\n"), -1, text=True)


def test_boxes_too_large_to_count():
    first = compiled("def f(n):\n    for at in np.ndindex(n, n, 3):\n        return at\n    return (9, 9, 9)\n")
    assert first(2**40) == (0, 0, 0) and first(0) == (9, 9, 9)
    wide, high = (np.lib.stride_tricks.as_strided(np.zeros(1), shape, (0, 0)) for shape in ((2**40, 1), (1, 2**40)))
    pairs = compiled('def f(a, b):\n    for x, y in np.nditer((a, b), order="C"):\n        return 1\n    return 2\n')
    for f in (pairs, pairs.py_func):
        with pytest.raises(ValueError, match="iterator is too large"):
            f(wide, high)


NDITER = """
def f(a):
    total = 0
    for x in np.nditer(a, order="C"):
        total = total * 3 + x.item() + x[()]
    return total
"""

PAIRS = """
def f(a, b):
    total = 0
    for x, y in np.nditer((a, b), order="C"):
        total = total * 3 + x.item() * y[()]
    return total
"""


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nditer(shape, layout):
    array = laid_out(numbers(shape, np.int64), layout)
    check(compiled(NDITER), array, text=True)
    check(compiled(NDITER.replace(', order="C"', "")), numbers(shape, np.int64), text=True)
    check(compiled(PAIRS), array, numbers(shape[-1:], np.int64, 3), text=True)
    check(compiled(PAIRS), numbers((3, 1), np.int64, 2), array, text=True)
    check(compiled(PAIRS.replace(', order="C"', "")), numbers((3, 1), np.int64, 2), numbers((4,), np.int64), text=True)


@st.composite
def strided(draw):
    """An array of up to three axes in any order of memory, some of them backwards, of one item or stretched."""
    shape = draw(st.lists(st.integers(1, 3), max_size=3))
    array = np.arange(math.prod(shape)).reshape(shape).transpose(draw(st.permutations(range(len(shape)))))
    array = array[tuple(slice(None, None, draw(st.sampled_from([1, 1, -1]))) for _ in shape)]
    return np.broadcast_to(array, (2, *array.shape)) if draw(st.integers(0, 4)) == 4 else array


@settings(max_examples=60, deadline=None)
@given(strided(), strided())
def test_nditer_in_the_order_of_memory(a, b):
    check(compiled(NDITER.replace(', order="C"', "")), a, text=True)
    check(compiled(PAIRS.replace(', order="C"', "")), a, b, text=True)


def test_nditer_in_another_order():
    with pytest.raises(TypingError, match="in the order of memory, or in that of C"):
        compiled(NDITER.replace("C", "F"))(np.ones((2, 3), order="F"))


def test_items_of_nditer_are_read_only():
    with pytest.raises(TypingError, match="readonly array"):
        compiled("def f(a):\n    for x in np.nditer(a):\n        x[...] = 1\n")(np.ones(3))


def test_iterators_are_used_up():
    f = compiled("def f(a):\n    it = a.flat\n    n = m = 0.0\n    for x in it:\n        n += x\n        if x > 1:\n            break\n    for x in it:\n        m += x\n    for x in it:\n        m += 100\n    return n, m\n")
    for values in ([1.0, 1, 1], [1.0, 2, 3, 4], []):
        check(f, np.array(values))


def test_subscripts_leave_an_iterator_where_it_is():
    check(compiled("def f(a):\n    it = a.flat\n    it[0] = it[1] + it[-1]\n    n = 0\n    for x in it:\n        n += x\n    return n\n"), np.arange(6).reshape(2, 3))


@st.composite
def flat_indices(draw, size):
    """The text of an index, in which `i` is an argument, and that."""
    kind = draw(st.sampled_from(["int", "slice", "places", "mask", "array0", "all"]))
    outside = draw(st.sampled_from([0] * 9 + [3]))
    places = st.integers(-size - outside, max(size - 1, 0) + outside)
    if kind == "int":
        return "i", draw(places)
    if kind == "slice":
        return draw(st.sampled_from(SLICES)), 0
    if kind == "array0":
        return "i", np.array(draw(places))
    if kind == "all":
        return draw(st.sampled_from(["...", "()", "i,"])), draw(places)
    if kind == "mask":
        length = size + draw(st.sampled_from([0] * 9 + [1]))
        return "i", np.array(draw(st.lists(st.booleans(), min_size=length, max_size=length)), bool)
    shape = draw(st.sampled_from([(3,), (0,), (2, 2)]))
    count = int(np.prod(shape))
    chosen = np.array(draw(st.lists(places, min_size=count, max_size=count)), np.int64)
    signed = [t for t in INTEGERS if np.issubdtype(t, np.signedinteger)]
    return "i", chosen.reshape(shape).astype(draw(st.sampled_from(signed)))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SHAPES), st.sampled_from(NUMBERS), st.sampled_from(LAYOUTS), st.data())
def test_items_of_flat(shape, dtype, layout, data):
    array = laid_out(numbers(shape, dtype), layout)
    index, argument = data.draw(flat_indices(array.size))
    check(compiled(f"def f(a, i):\n    return a.flat[{index}]\n"), array, argument, text=True)
    put = compiled(f"def f(a, i, v):\n    a.flat[{index}] = v\n")
    if index != "()":
        check(put, array, argument, dtype(1).item(), text=True)
    if np.ndim(argument) or index in SLICES or index == "...":
        check(put, array, argument, numbers(data.draw(st.sampled_from([(1,), (2,), (7,), (2, 2)])), dtype, 60), text=True)


def test_flat_of_overlapping_arrays():
    # NumPy reads what it has stored.
    array = np.arange(9)
    compiled("def f(a):\n    a.flat[1:] = a[:-1]\n")(array)
    assert array.tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7]




def test_index_with_axes():
    with pytest.raises(TypingError, match="a flat iterator is indexed by one integer"):
        compiled("def f(a, m):\n    return a.flat[m]\n")(np.ones((2, 2)), np.ones((2, 2), bool))
    with pytest.raises(TypingError, match="a flat iterator is indexed by one integer"):
        compiled("def f(a):\n    return a.flat[0, 1]\n")(np.ones((2, 2)))
    with pytest.raises(TypingError, match="with a 0-d index is not supported"):
        compiled("def f(a):\n    a.flat[()] = 1\n")(np.ones((2, 2)))
