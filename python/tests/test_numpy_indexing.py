"""Arrays as indices: what NumPy gives, raises and leaves behind."""

import functools
import itertools

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
