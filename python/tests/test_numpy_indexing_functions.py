"""`take`, `put`, `nonzero` and their relatives: what NumPy gives, raises and leaves behind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_support import NUMBERS, check
from test_numpy_indexing import LAYOUTS, compiled, laid_out, numbers

import zouk
from zouk import njit
from zouk.errors import TypingError

SHAPES = [(), (0,), (1,), (5,), (130,), (2, 3), (3, 0), (0, 3), (9, 20), (2, 3, 4), (2, 0, 3)]
MASK_SHAPES = [s for s in SHAPES if s]


def case(parameters, expression):
    return compiled(f"def f({parameters}):\n    return {expression}\n")


def arrays_of(shape, dtype):
    return [laid_out(numbers(shape, dtype), layout) for layout in LAYOUTS]


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("shape", MASK_SHAPES)
def test_nonzero(shape, dtype):
    for array in arrays_of(shape, dtype):
        for text in ("np.nonzero(a)", "a.nonzero()", "np.where(a)", "np.flatnonzero(a)", "np.argwhere(a)"):
            check(case("a", text), array)


def test_nonzero_of_what_is_not_a_number():
    check(case("a", "np.nonzero(a)"), np.array([0.0, -0.0, np.nan, np.inf, -1e-310]))
    check(case("a", "np.nonzero(a)"), np.array([0j, 1j, complex(0, np.nan), complex(-0.0, -0.0)]))


def test_nonzero_without_axes():
    for value in (0, 3):
        check(case("a", "np.flatnonzero(a)"), np.array(value))
        check(case("a", "np.argwhere(a)"), np.array(value))
    for text in ("np.nonzero(a)", "a.nonzero()", "np.where(a)"):
        check(case("a", text), np.array(3))


@pytest.mark.parametrize("density", [0.0, 0.01, 0.5, 0.99, 1.0])
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 127, 128, 129, 1000])
def test_masks_of_all_lengths(size, density):
    mask = np.random.default_rng(size).random(size) < density
    values = np.arange(size)
    check(case("m", "np.nonzero(m)"), mask)
    check(case("a, m", "a[m]"), values, mask)
    check(case("a, m", "a[m]"), np.arange(size * 3).reshape(size, 3), mask)
    check(compiled("def put(a, m, v):\n    a[m] = v\n"), values, mask, -values[: mask.sum()])
    check(compiled("def put(a, m, v):\n    a[m] = v\n"), values, mask, 7)
    wide = np.zeros((3, size), bool)
    wide[1] = mask
    for array in (wide, np.asfortranarray(wide), wide[:, ::-1]):
        check(case("m", "np.argwhere(m)"), array)
        check(case("a, m", "a[m]"), numbers(wide.shape, np.float32), array)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SHAPES), st.sampled_from(NUMBERS), st.sampled_from(LAYOUTS), st.data())
def test_take(shape, dtype, layout, data):
    array = laid_out(numbers(shape, dtype), layout)
    axis = data.draw(st.sampled_from([None, *range(-len(shape), len(shape))]))
    mode = data.draw(st.sampled_from(["raise", "wrap", "clip"]))
    size = array.size if axis is None else shape[axis]
    places = data.draw(places_within(size, 0.05 if mode == "raise" else 1))
    f = case("a, i", f"np.take(a, i, axis={axis}, mode={mode!r})")
    check(f, array, places, text=True)
    if array.ndim:
        check(case("a, i", f"a.take(i, {axis}, None, {mode!r})"), array, places, text=True)


@st.composite
def places_within(draw, size, often=0.05):
    """Places in an axis of that size, now and then outside."""
    shape = draw(st.sampled_from([(), (1,), (4,), (0,), (2, 2)]))
    low, high = (-size, size - 1) if size else (0, 0)
    if draw(st.floats(0, 1)) < often:
        low, high = -3 * size - 2, 3 * size + 2
    count = int(np.prod(shape))
    places = np.array(draw(st.lists(st.integers(low, high), min_size=count, max_size=count)), np.int64).reshape(shape)
    places = places.astype(draw(st.sampled_from([np.int16, np.int64])))
    return places if draw(st.booleans()) or places.ndim else places.item()


def test_take_out():
    f = case("a, i, out", "np.take(a, i, axis=0, out=out)")
    array = np.arange(12.0).reshape(3, 4)
    check(f, array, np.array([2, 0]), np.zeros((2, 4)), text=True)
    check(f, array, np.array([2, 0]), np.zeros((4, 2)).T, text=True)
    check(f, array, np.array([2, 0]), np.zeros((2, 3)), text=True)
    check(f, array, np.array([2, 9]), np.zeros((2, 4)), text=True)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SHAPES), st.sampled_from(NUMBERS), st.sampled_from(LAYOUTS), st.data())
def test_put(shape, dtype, layout, data):
    array = laid_out(numbers(shape, dtype), layout)
    mode = data.draw(st.sampled_from(["raise", "wrap", "clip"]))
    places = data.draw(places_within(array.size, 0.2 if mode == "raise" else 1))
    values = laid_out(numbers(data.draw(st.sampled_from([(), (1,), (3,), (0,), (2, 2)])), dtype, 50), data.draw(st.sampled_from(LAYOUTS)))
    check(compiled(f"def f(a, i, v):\n    np.put(a, i, v, {mode!r})\n"), array, places, values, text=True)
    check(compiled(f"def f(a, i, v):\n    a.put(i, v, mode={mode!r})\n"), array, places, dtype(1).item(), text=True)


def test_put_of_overlapping_arrays():
    check(compiled("def f(a):\n    np.put(a, a, a[::-1])\n"), np.array([3, 1, 0, 2, 4]))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(MASK_SHAPES), st.sampled_from(NUMBERS), st.sampled_from(LAYOUTS), st.data())
def test_along_axis(shape, dtype, layout, data):
    array = laid_out(numbers(shape, dtype), layout)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    sizes = [data.draw(st.sampled_from([n, n, n, 1, 2])) for n in shape]
    sizes[axis] = data.draw(st.integers(0, 3)) if shape[axis] else 0
    outside = data.draw(st.sampled_from([0, 0, 0, 0, 1]))
    low, high = -shape[axis] - outside, max(shape[axis] - 1, 0) + outside
    count = int(np.prod(sizes))
    places = np.array(data.draw(st.lists(st.integers(low, high), min_size=count, max_size=count)), np.int64).reshape(sizes)
    places = laid_out(places, data.draw(st.sampled_from(LAYOUTS)))
    # Of several places that are not there NumPy names the first in memory, compiled code the first in C order.
    wrong = {int(place) for place in places.flat if not -shape[axis] <= place < shape[axis]}
    one = places.flags.c_contiguous or len(wrong) < 2
    check(case("a, i", f"np.take_along_axis(a, i, {axis})"), array, places, text=one)
    check(compiled(f"def f(a, i, v):\n    np.put_along_axis(a, i, v, {axis})\n"), array, places, dtype(1).item(), text=one)
    ordered = np.argsort(np.arange(shape[axis])[::-1]).reshape([-1 if i == axis % len(shape) else 1 for i in range(len(shape))])
    check(compiled(f"def f(a, i, v):\n    np.put_along_axis(a, i, v, {axis})\n"), array, ordered, numbers(shape, dtype, 7), text=True)


def test_along_no_axis():
    array, places = np.arange(12.0).reshape(3, 4), np.array([5, -1])
    check(case("a, i", "np.take_along_axis(a, i, None)"), array.T, places)
    check(compiled("def f(a, i, v):\n    np.put_along_axis(a, i, v, None)\n"), array, places, np.array([1.0, 2.0]))
    check(case("a, i", "np.take_along_axis(a, i)"), array, np.array([[1], [0], [-1]]))
    check(compiled("def f(a, i, v):\n    np.put_along_axis(a, i, v, 1)\n"), array, places[:1, None], np.ones(3), text=True)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(SHAPES), st.sampled_from(NUMBERS), st.sampled_from(LAYOUTS), st.data())
def test_compress_and_extract(shape, dtype, layout, data):
    array = laid_out(numbers(shape, dtype), layout)
    axis = data.draw(st.sampled_from([None, *range(-len(shape), len(shape))]))
    size = array.size if axis is None else shape[axis]
    condition = np.array(data.draw(st.lists(st.booleans(), max_size=size + 1)), data.draw(st.sampled_from([np.bool_, np.float64])))
    check(case("c, a", f"np.compress(c, a, axis={axis})"), condition, array, text=True)
    if shape:
        check(case("c, a", f"a.compress(c, {axis})"), condition, array, text=True)
    check(case("c, a", "np.extract(c, a)"), laid_out(numbers(shape, np.bool_), "F"), array, text=True)
    check(case("c, a", "np.extract(c, a)"), condition, array, text=True)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(SHAPES), st.sampled_from(NUMBERS), st.sampled_from(LAYOUTS), st.data())
def test_place_and_putmask(shape, dtype, layout, data):
    array = laid_out(numbers(shape, dtype), layout)
    mask = laid_out(np.array(data.draw(st.lists(st.booleans(), min_size=array.size, max_size=array.size)), bool).reshape(shape), data.draw(st.sampled_from(LAYOUTS)))
    if data.draw(st.integers(0, 5)) == 0:
        mask = np.ones(array.size + data.draw(st.integers(0, 1)), bool)
    values = numbers(data.draw(st.sampled_from([(1,), (3,), (0,), (2, 2), shape])), dtype, 50)
    for function in ("place", "putmask"):
        f = compiled(f"def f(a, m, v):\n    np.{function}(a, m, v)\n")
        check(f, array, mask, values, text=True)
        check(f, array, mask, dtype(1).item(), text=True)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(SHAPES), st.sampled_from(NUMBERS), st.sampled_from(LAYOUTS), st.data())
def test_copyto(shape, dtype, layout, data):
    def some_shape():
        kept = shape[data.draw(st.integers(0, len(shape))) :]
        kept = tuple(1 if data.draw(st.integers(0, 3)) == 0 else n for n in kept)
        return (*kept, 7) if data.draw(st.integers(0, 9)) == 0 else kept

    array = laid_out(numbers(shape, dtype), layout)
    source = laid_out(numbers(some_shape(), dtype, 50), data.draw(st.sampled_from(LAYOUTS)))
    mask = numbers(some_shape(), np.bool_)
    f = compiled("def f(a, s, m):\n    np.copyto(a, s, where=m)\n")
    check(f, array, source, mask, text=True)
    check(f, array, dtype(1).item(), mask, text=True)
    check(f, array, source, True, text=True)
    check(compiled("def f(a, s):\n    np.copyto(a, s)\n"), array, source, text=True)


def test_overlapping_copyto():
    check(compiled("def f(a):\n    np.copyto(a[1:], a[:-1])\n"), np.arange(9))
    # NumPy reads the mask while it changes it.
    array = np.array([True, False, False, True, False])
    compiled("def f(a):\n    np.copyto(a[1:], True, where=a[:-1])\n")(array)
    assert array.tolist() == [True, True, False, True, True]


CASTS = [("float64", "int64"), ("int64", "uint8"), ("complex128", "float64"), ("int32", "bool")]


@pytest.mark.parametrize("source, target", CASTS)
def test_casts_that_numpy_refuses(source, target):
    a, v, m = np.ones(3, target), np.ones(3, source), np.ones(3, bool)
    for call in ("np.copyto(a, v)", "np.place(a, m, v)", "np.putmask(a, m, v)"):
        f = compiled(f"def f(a, v, m):\n    {call}\n")
        with pytest.raises(TypeError):
            f.py_func(a, v, m)
        with pytest.raises(TypingError, match="cannot cast array data from dtype"):
            f(a, v, m)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([(), (1,), (3,), (2, 3), (4,)]), st.lists(st.sampled_from([(), (1,), (3,), (2, 1), (2, 3)]), min_size=1, max_size=3), st.data())
def test_choose(shape, shapes, data):
    outside = data.draw(st.sampled_from([0, 0, 0, 3]))
    places = np.array(data.draw(st.lists(st.integers(-outside, len(shapes) - 1 + outside), min_size=int(np.prod(shape)), max_size=int(np.prod(shape)))), np.int64)
    places = places.reshape(shape)
    choices = [numbers(s, data.draw(st.sampled_from(NUMBERS)), 10 * i) for i, s in enumerate(shapes)]
    names = ", ".join(f"c{i}" for i in range(len(choices)))
    mode = data.draw(st.sampled_from(["raise", "wrap", "clip"]))
    check(case(f"a, {names}", f"np.choose(a, ({names},), mode={mode!r})"), places, *choices, text=True)
    check(case("a, c", f"a.choose(c, mode={mode!r})" if shape else f"np.choose(a, c, mode={mode!r})"), places, np.arange(6.0).reshape(3, 2, 1), text=True)


REFUSED = [
    ("np.take(a, a)", "an array of integers is expected"),
    ("np.take_along_axis(a, m, 0)", "must be an integer array"),
    ("np.copyto(a, 1.0, where=i)", "a mask of bools is expected"),
    ("np.choose(a, (1, 2))", "an array of integers is expected"),
    ("np.put(r, i, 1.0)", "the array is read-only"),
]


@pytest.mark.parametrize("call, message", REFUSED)
def test_refused(call, message):
    a, i = np.ones((2, 3)), np.array([0, 1])
    readonly = np.zeros(3)
    readonly.flags.writeable = False
    f = compiled(f"def f(a, i, m, r):\n    return {call}\n")
    with pytest.raises(TypingError, match=message):
        f(a, i, a > 0, readonly)


@njit
def count_places(a):
    total = 0
    for row in np.argwhere(a):
        total += row[0]
    return total


def test_results_are_arrays_like_others():
    check(count_places, np.array([[0, 1], [1, 1]]))


EVERYTHING = """
def f(a, i, m, v):
    b = a[i]
    c = a[m]
    a[i] = b
    a[m] = v
    np.put(a, i, v)
    np.place(a, m, v)
    np.copyto(a, v, where=m)
    a.flat[i] = v
    total = 0.0
    for x in np.nditer((a, v)):
        total += x[0].item()
    for place, x in np.ndenumerate(a.flat[i]):
        total += x * place[0]
    return np.take(a, i)[0] + b[0] + len(c) + np.nonzero(m)[0][0] + np.choose(m, (a, v))[0] + a[::-1][m][0] + total
"""


def test_memory_is_released():
    f = compiled(EVERYTHING)
    a, i = np.ones(100), np.arange(50)
    good = (a, i, a > 0, np.ones(100))
    check(f, *good)
    before = zouk._zouk.live_blocks()
    wrong = [(a, i + 60, a > 0, a), (a, i, a > 0, np.ones(7)), (a, i, np.ones(5, bool), a), (a, i[:0], a > 0, a)]
    for arguments in [good, *wrong]:
        for _ in range(3):
            check(f, *arguments, text=True)
    assert zouk._zouk.live_blocks() == before


@pytest.mark.parametrize("layout", LAYOUTS)
def test_put_at_a_place_that_is_not_there(layout):
    """What stands before it is stored in arrays in C order alone."""
    f = compiled("def f(a, i, v):\n    np.put(a, i, v)\n")
    for shape in ((5,), (2, 3)):
        check(f, laid_out(np.arange(1.0, 1 + np.prod(shape)).reshape(shape), layout), np.array([0, 1, 9, 2]), np.array([-1.0, -2.0]), text=True)
