"""Arrays as indices: what NumPy gives, raises and leaves behind."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_support import INTEGERS, NUMBERS, check, function, outcome

from zouk import njit
from zouk.errors import TypingError

LAYOUTS = ["C", "F", "gaps", "backward"]


def laid_out(values, layout):
    """A copy of the values with another layout of memory."""
    if layout == "C":
        return values.copy()
    if layout == "F":
        return np.asfortranarray(values.copy())
    room = np.zeros([2 * n for n in values.shape], values.dtype)
    step = 2 if layout == "gaps" else -2
    view = room[(*(slice(None, None, step) for _ in values.shape), ...)]
    view[...] = values
    return view


def numbers(shape, dtype, start=0):
    """Numbers that differ as far as the type allows."""
    values = np.arange(start, start + int(np.prod(shape))).reshape(shape)
    return np.array(values % 3 == 0) if dtype is np.bool_ else values.astype(dtype)


@functools.cache
def compiled(text):
    return function(text)


def getter(index, count):
    return compiled(f"def get(a, {', '.join(f'p{i}' for i in range(count))}):\n    return a[{index}]\n")


def setter(index, count):
    return compiled(f"def put(a, v, {', '.join(f'p{i}' for i in range(count))}):\n    a[{index}] = v\n")


SLICES = [":", "1:", ":-1", "::2", "::-1", "1:1", "-2:", "5:0:-2"]


@st.composite
def indices(draw):
    """An array's shape and an index of it: the text, in which `p0`, `p1`, … are arguments, and those."""
    shape = draw(st.lists(st.sampled_from([0, 1, 2, 3, 4]), max_size=4))
    broadcast = draw(st.sampled_from([(), (1,), (2,), (3,), (0,), (2, 3), (1, 2)]))
    parts, arguments, left = [], [], list(shape)
    ellipsis = False

    def argument(value):
        arguments.append(value)
        return f"p{len(arguments) - 1}"

    def place_shape():
        kept = broadcast[draw(st.integers(0, len(broadcast))) :]
        return tuple(1 if draw(st.booleans()) and n > 1 else n for n in kept)

    while (left or draw(st.integers(0, 3)) == 0) and len(parts) < 6 and draw(st.integers(0, 7)):
        kinds = ["places", "places", "mask", "int", "slice", "array0", "new", "ellipsis", "flag"]
        kind = draw(st.sampled_from(kinds if left else ["new", "flag", "ellipsis"]))
        if kind == "ellipsis" and ellipsis:
            continue
        if kind == "new":
            parts.append(draw(st.sampled_from(["None", "np.newaxis"])))
        elif kind == "ellipsis":
            parts.append("...")
            ellipsis = True
            # What follows names the last axes.
            left = left[draw(st.integers(0, len(left))) :]
        elif kind == "flag":
            parts.append(argument(draw(st.sampled_from([True, False, np.array(True), np.array(False)]))))
        elif kind == "mask":
            rank = draw(st.integers(1, len(left)))
            dims = [left.pop(0) for _ in range(rank)]
            mask = np.zeros(dims, bool)
            wanted = draw(st.sampled_from([*([n for n in broadcast[-1:]]), 1, 0, 2]))
            order = draw(st.permutations(range(mask.size)))
            mask.flat[order[:wanted]] = True
            if draw(st.integers(0, 15)) == 0:
                mask = np.ones([n + 1 for n in dims], bool)
            parts.append(argument(laid_out(mask, draw(st.sampled_from(LAYOUTS)))))
        elif kind == "slice":
            left.pop(0)
            parts.append(draw(st.sampled_from(SLICES)))
        else:
            size = left.pop(0)
            low, high = (-size, size - 1) if size else (0, 0)
            if draw(st.integers(0, 20)) == 0:
                low, high = -size - 2, size + 1
            values = st.integers(low, high)
            if kind == "int":
                parts.append(argument(draw(values)))
            else:
                dims = () if kind == "array0" else place_shape()
                dtype = draw(st.sampled_from(INTEGERS))
                count = int(np.prod(dims))
                places = np.array(draw(st.lists(values, min_size=count, max_size=count)), np.int64).reshape(dims)
                # NumPy takes the places in an array of uint64 by their bits, so negative ones are such; a single one raises OverflowError.
                if not np.issubdtype(dtype, np.signedinteger) and not (dtype is np.uint64 and dims):
                    places = np.abs(places)
                places = places.astype(dtype)
                parts.append(argument(laid_out(places, draw(st.sampled_from(["C", "gaps"])))))
    if not parts:
        parts = ["..."]
    return shape, ", ".join(parts) + ("," if len(parts) == 1 else ""), arguments


@settings(max_examples=250, deadline=None)
@given(indices(), st.sampled_from(NUMBERS), st.sampled_from(LAYOUTS))
def test_get(case, dtype, layout):
    shape, index, arguments = case
    check_index(getter, laid_out(numbers(shape, dtype), layout), index, arguments)


def check_index(make, array, index, arguments, *value):
    """Compares; what NumPy finds wrong with the numbers of axes is an error of compilation."""
    f = make(index, len(arguments))
    error = outcome(f, (array.copy(), *value, *arguments))[1]
    if not isinstance(error, TypingError):
        check(f, array, *value, *arguments, text=True)
    elif "to an element of" not in str(error):
        assert "too-many-indices" in str(error) or "bad-assignment" in str(error), error
        with pytest.raises((IndexError, ValueError, TypeError)):
            f.py_func(array.copy(), *value, *arguments)


@pytest.mark.parametrize("index", ["m, ...", "..., m", "i, ...", "i"])
@pytest.mark.parametrize("shape", [(1, 2), (1, 1, 1), (1, 1, 2), (2, 2), (1, 3)])
def test_values_with_further_axes(index, shape):
    f = compiled(f"def f(a, m, i, v):\n    a[{index}] = v\n")
    check(f, np.arange(5.0), np.array([False, True, False, False, True]), np.array([0, 3]), np.full(shape, 9.0), text=True)


@settings(max_examples=250, deadline=None)
@given(indices(), st.sampled_from(NUMBERS), st.sampled_from(LAYOUTS), st.data())
def test_set(case, dtype, layout, data):
    shape, index, arguments = case
    array = laid_out(numbers(shape, dtype), layout)
    try:
        selected = getter(index, len(arguments)).py_func(np.arange(array.size).reshape(shape), *arguments)
    except IndexError:
        selected = np.empty(0)
    kept = np.shape(selected)[data.draw(st.integers(0, np.ndim(selected))) :]
    dims = tuple(1 if data.draw(st.integers(0, 3)) == 0 else n for n in kept)
    if data.draw(st.integers(0, 9)) == 0:
        dims = (*dims, 5)
    value = laid_out(numbers(dims, dtype, 100), data.draw(st.sampled_from(LAYOUTS)))
    # Which of several values a place has that occurs more than once NumPy leaves open.
    if data.draw(st.integers(0, 2)) == 0 or np.unique(selected).size < np.size(selected):
        value = dtype(1).item()
    check_index(setter, array, index, arguments, value)


@njit
def get(a, i):
    return a[i]


@njit
def put(a, i, v):
    a[i] = v


def test_tuples_in_variables():
    check(compiled("def f(a, i, j):\n    at = (i, j)\n    return a[at]\n"), np.arange(12).reshape(3, 4), np.array([0, 2]), 1)
    check(compiled("def f(a, at):\n    a[at] = a[at][::-1]\n    return a[at]\n"), np.arange(12).reshape(3, 4), (np.array([0, 2]), np.array([1, 3])))


def test_tuples_among_the_parts():
    a = np.arange(12).reshape(3, 4)
    check(compiled("def f(a):\n    return a[(0, 2), 1:], a[(0, -1), (1, 3)], a[:, (True, False, True, True)]\n"), a)
    check(compiled("def f(a, i):\n    return a[(0, i), 1]\n"), a, 5, text=True)


def test_the_last_of_several_values_stays():
    check(compiled("def f(a, i, v):\n    a[i] = v\n"), np.zeros(4), np.array([1, 1, 2, 1]), np.arange(4.0))


def test_places_of_uint64_are_taken_by_their_bits():
    for places in ([0, 2**64 - 1], [2**63], [2**64 - 4]):
        check(get, np.arange(3), np.array(places, np.uint64), text=True)


OVERLAPS = [
    "a[i] = a[::-1]",
    "a[a] = i",
    "a[a] = a[::-1]",
    "a[i[::-1]] = a",
]


@pytest.mark.parametrize("statement", OVERLAPS)
def test_overlaps(statement):
    f = compiled(f"def f(a, i):\n    {statement}\n")
    check(f, np.array([3, 2, 0, 1]), np.array([1, 0, 3, 2]))
    same_memory = np.array([3, 0, 2, 1])
    theirs, ours = same_memory.copy(), same_memory.copy()
    f.py_func(theirs, theirs)
    f(ours, ours)
    assert ours.tolist() == theirs.tolist()


MASK_OVERLAPS = ["a[a] = False", "a[1:][a[:-1]] = True", "a[1:][a[:-1]] = a[1:][a[:-1]]", "a[a] = a[:2]", "a[1:][a[:-1]] = a[3:4]"]


@pytest.mark.parametrize("statement", MASK_OVERLAPS)
def test_masks_that_overlap(statement):
    # NumPy reads the mask while it stores: what it would do with a copy is meant.
    theirs = np.array([True, False, False, True, False])
    ours = theirs.copy()
    copied = statement.replace("[a]", "[a.copy()]", 1).replace("[a[:-1]]", "[a[:-1].copy()]", 1)
    compiled(f"def f(a):\n    {copied}\n").py_func(theirs)
    compiled(f"def f(a):\n    {statement}\n")(ours)
    assert ours.tolist() == theirs.tolist()


def test_nothing_is_stored_before_an_error():
    a, places = np.zeros((3, 4)), np.array([0, 1, 9])
    for index in ("i", "i, 0", ":, i", "0, i", "i, ..., None", "i[:, None], i"):
        check(compiled(f"def f(a, i):\n    a[{index}] = 1.0\n"), a, places, text=True)
    check(compiled("def f(a, m, v):\n    a[m] = v\n"), a, a == 0, np.ones(5), text=True)


def test_elements_by_arrays_without_axes():
    a = np.arange(12).reshape(3, 4)
    at = np.array(2)
    f = compiled("def f(a, i):\n    a[i, i] += 5\n    b = a[i]\n    b[...] = 0\n    return a[i, i], a[i], a[i, ...], b\n")
    check(f, a, at)


def test_increments_of_elements():
    check(compiled("def f(a, i):\n    for j in range(len(i)):\n        a[i[j]] += 1\n    return a\n"), np.zeros(3), np.array([0, 2, 2]))


def test_results_are_new_c_contiguous_arrays():
    a = np.asfortranarray(np.arange(24.0).reshape(2, 3, 4))
    for index, arguments in (("p0", [np.array([1, 0])]), (":, p0", [np.array([[1], [0]])]), ("..., p0", [np.array([True, False, True, True])]), ("p0", [np.array(1)])):
        result = getter(index, len(arguments))(a, *arguments)
        assert result.flags.c_contiguous and not np.shares_memory(result, a)
    readonly = np.arange(3)
    readonly.flags.writeable = False
    assert get(readonly, np.array([0, 1])).flags.writeable


def test_without_checks():
    unchecked = njit(boundscheck=False)(lambda a, i: a[i])
    assert unchecked(np.arange(3), np.array([-1, 0])).tolist() == [2, 0]


def test_large_arrays():
    rng = np.random.default_rng(0)
    a = rng.random((300, 700))
    check(get, a, a > 0.3)
    check(get, a.T, a.T > 0.3)
    check(get, a, rng.integers(-300, 300, (20, 30)))
    check(put, a, a > 0.9, rng.random((a > 0.9).sum()))
    check(put, a, rng.permutation(300), rng.random((300, 700)))


REFUSED = [
    ("a[f]", "arrays used as indices must be of integer"),
    ("a[1.5]", "Unsupported array index type"),
    ("a[i, i, i]", "too many indices for array: array is 2-dimensional, but 3 were indexed"),
    ("a[m, 0]", "too many indices for array: array is 2-dimensional, but 3 were indexed"),
    ("a[..., i, ...]", "an index can only have a single ellipsis"),
    ("a[(1.5, 2.0), 0]", "Unsupported array index type"),
]


@pytest.mark.parametrize("expression, message", REFUSED)
def test_refused(expression, message):
    with pytest.raises(TypingError, match=message):
        compiled(f"def f(a, i, m, f):\n    return {expression}\n")(np.ones((2, 2)), np.array([0]), np.ones((2, 2), bool), np.ones(2))


def test_refused_assignments():
    readonly = np.ones(3)
    readonly.flags.writeable = False
    with pytest.raises(TypingError, match="Cannot modify readonly array of type"):
        put(readonly, np.array([0]), 1.0)
    with pytest.raises(TypingError, match="cannot assign"):
        put(np.ones(3), np.array([0]), 1j)
    with pytest.raises(TypingError, match="cannot assign"):
        put(np.ones(3), np.ones(3, bool), np.ones((1, 3)))
