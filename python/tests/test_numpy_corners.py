"""Rare forms of calls of NumPy's functions, beside NumPy: arrays without axes, no axes to reduce, dtypes asked for, ints beyond dtypes, masks without a start."""

import itertools

import numpy as np
import pytest
from lang_support import arrays, check, function, layouts

import zouk

NUMBERS = [np.bool_, np.int8, np.int64, np.uint8, np.uint64, np.float32, np.float64, np.complex64]
SMALL = [np.array([[1, 2, 0], [3, 5, 7]], dtype) for dtype in NUMBERS]


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "any", "all", "mean", "std", "var", "count_nonzero", "nansum", "nanmax", "nanmean"])
def test_reductions_along_no_axis(name):
    for call in (f"np.{name}(a, axis=())", f"np.{name}(a, axis=(), keepdims=True)"):
        f = function(f"def f(a): return {call}")
        for a in SMALL:
            check(f, a, rtol=1e-6)
            check(f, np.asfortranarray(a), rtol=1e-6)


def test_masks_of_reductions_along_no_axis():
    f = function("def f(a, m): return np.sum(a, axis=(), where=m, initial=2)")
    for a in SMALL[1:]:
        for mask in ([True, False, True], [[True], [False]], [True, False]):
            check(f, a, np.array(mask), text=True)


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "any", "all", "ptp", "argmax", "count_nonzero", "nansum", "nanmean", "mean", "var"])
def test_axes_of_arrays_without_axes(name):
    for axis in (0, -1, 1, "(0,)", "()"):
        if name == "argmax" and isinstance(axis, str):
            continue
        f = function(f"def f(a): return np.{name}(a, axis={axis})")
        check(f, np.array(3.5), text=True)
        check(f, np.array(3), text=name != "nanmean")


@pytest.mark.parametrize("name", ["max", "min", "nanmax", "nanmin"])
def test_masked_extremes_need_a_start(name):
    a, mask = np.array([[1.5, -2.0], [3.0, 0.5]]), np.array([[True, False], [True, True]])
    for call in ("a, where=m", "a, axis=1, where=m", "a, 0, where=m, initial=2.0", "a, where=True", "a, where=False"):
        f = function(f"def f(a, m): return np.{name}({call})")
        check(f, a, mask, text=True)
        check(f, a[:0], mask[:0], text=True)


@pytest.mark.parametrize("name", ["sum", "prod"])
def test_sums_that_are_bools(name):
    for call in ("a, dtype=bool", "a, 1, dtype=np.bool_", "a, dtype=bool, initial=False", "a, 0, dtype=bool, initial=2"):
        f = function(f"def f(a): return np.{name}({call})")
        for a in (np.array([[1, -1], [0, 2]]), np.array([[0.25, 0.5], [0.0, 0.0]]), np.zeros((2, 2), np.uint8), np.zeros((0, 2))):
            check(f, a)


def test_complex_elements_are_not_reduced_to_real_numbers():
    for call in ("np.sum(a, dtype=float)", "np.prod(a, 0, dtype=np.int64)", "np.mean(a, dtype=np.float32)", "np.nansum(a, dtype=np.uint64)", "np.var(a, dtype=np.float64)"):
        with pytest.raises(zouk.TypingError, match="is not reduced to"):
            function(f"def f(a): return {call}")(np.ones((2, 2), np.complex64))


def test_dtypes_of_means():
    for call in ("a.mean(dtype=np.int64)", "np.mean(a, 0, dtype=np.int8)", "np.std(a, dtype=np.complex64)", "np.var(a, 1, dtype=np.complex128)"):
        for a in (np.array([[1, 2, 4], [7, -9, 3]]), np.array([[1.5, 2.5, 0.25], [3.0, -2.0, 8.5]])):
            check(function(f"def f(a): return {call}"), a, rtol=1e-6)


def test_starts_that_the_dtype_cannot_hold():
    for call in ("np.sum(a, initial=k)", "np.max(a, 0, initial=k)", "a.prod(initial=k, dtype=np.uint16)", "np.min(a, initial=k)"):
        f = function(f"def f(a, k): return {call}")
        for k in (-1, 3, 70000):
            for dtype in (np.uint8, np.uint64, np.int16):
                check(f, np.array([1, 2, 3], dtype), k, text=True)


def test_a_computed_array_in_fortran_order_is_one():
    for text in ("b * 1", "b.astype(np.float64)", "np.positive(b)", "b + 0 * b"):
        f = function(f"def f(b, u):\n    a = {text}\n    for i in range(len(a)):\n        a[i] += u\n    return a, a.T[1], a.ravel()")
        for b in arrays((3, 4), np.float64):
            for u in layouts(np.arange(4.0)):
                check(f, b, u)


def test_reshaped_arrays_are_views_where_numpy_has_views():
    for shape in ("3, 4", "4, 3", "12", "-1, 2", "2, 2, 3", "1, 3, 1, 4", "3, 2, -1", "(6, 2)", "5, 3"):
        f = function(f"def f(a):\n    b = a.reshape({shape})\n    b += 100\n    b[0] = 7\n    return a, b")
        for a in arrays((3, 4)):
            check(f, a, text=True)
        wide = np.arange(24).reshape(3, 8)
        for a in (wide[:, ::2], wide[:, 4:], wide[:, 1::2].T, wide[::-1, :4], np.broadcast_to(np.arange(4), (3, 4)).copy()):
            check(f, a, text=True)
    f = function("def f(a, n): return np.reshape(a, (n, -1)), a.reshape(n, 0)")
    for n in (0, 1, 2):
        check(f, np.zeros((0, 3)).T, n, text=True)


def test_reshaped_arrays_of_every_layout():
    f = function("def f(a): return a.reshape(-1)")
    rng = np.random.default_rng(5)
    for dtype in (np.bool_, np.int8, np.float16, np.int32, np.float64, np.complex128, "M8[s]"):
        for shape in ((), (5,), (40, 70), (3, 40, 33), (2, 3, 4, 5), (65, 1, 2, 31), (300, 2), (0, 3), (1, 1)):
            base = np.asarray(rng.integers(0, 100, tuple(2 * n for n in shape))).astype(dtype)
            for axes in itertools.permutations(range(len(shape))):
                for step in (1, 2, -1):
                    a = base.transpose(axes)[(slice(None, None, step),) * len(shape)] if shape else base
                    found, wanted = f(a), a.reshape(-1)
                    assert (found.dtype, found.shape, found.tobytes()) == (wanted.dtype, wanted.shape, wanted.tobytes()), (dtype, shape, axes, step)
                    assert np.shares_memory(found, a) == np.shares_memory(wanted, a), (dtype, shape, axes, step)


def test_reshaped_arrays_that_cannot_be_written():
    f = function("def f(a): return a.T.reshape(2, -1)")
    check(f, np.broadcast_to(np.arange(4.0), (3, 4)))


@pytest.mark.parametrize("call", ["abs(a)", "pow(a, 2)", "divmod(a, 3)", "sum(a)", "sum(a, a[0])", "abs(-a)[1]"])
def test_builtins_of_arrays(call):
    f = function(f"def f(a): return {call}")
    for dtype in (np.int8, np.int64, np.uint8, np.float32):
        check(f, np.array([[1, 2], [3, 7]], dtype))
        check(f, np.array([1, 2, 7], dtype)) if "[" not in call else None


def test_numbers_of_arrays_without_axes():
    f = function("def f(a): return int(a), float(a), complex(a)")
    for a in (np.array(3), np.array(2.75), np.array(True), np.array([1.5])):
        check(f, a, text=True)


def test_bounds_of_clip_that_the_dtype_cannot_hold():
    for call in ("-1, 300", "-1, None", "0, 1000", "300, None", "None, -5", "2, 1", "None, None"):
        f = function(f"def f(a): return np.clip(a, {call})")
        for a in (np.array([1, 2, 250], np.uint8), np.array([-7, 100], np.int8), np.array([1, 2**64 - 1], np.uint64), np.array(5, np.int16)):
            check(f, a, text=True)


def test_dtypes_that_functions_compute_in():
    """NumPy refuses what is no conversion of the same kind."""
    a = np.array([1.5, -2.0])
    for call in ("np.negative(a, dtype=np.int64)", "np.sin(a, dtype=np.int64)", "np.lcm(a, a, dtype=np.uint8)", "np.bitwise_and(i, z, dtype=np.uint8)", "np.divide(i, i, dtype=np.int64)"):
        f = function(f"def f(a, i, z): return {call}")
        with pytest.raises(TypeError):
            f.py_func(a, np.arange(2), a + 1j)
        with pytest.raises(zouk.TypingError, match="Cannot cast ufunc|No loop matching|not supported"):
            f(a, np.arange(2), a + 1j)
    check(function("def f(a): return np.add(a, 1, dtype=np.complex64), np.multiply(a, a, dtype=np.float32)"), a)


def test_results_of_several_arrays_in_given_ones():
    text = "def f(a, x, y): return np.{0}, x, y"
    for call in ("modf(a, x, y)", "modf(a, out=(x, None))", "divmod(a, 2.5, x, y)", "divmod(a, a[::-1], out=(x, y))", "modf(a, out=(x, y), where=a > 0)"):
        check(function(text.format(call)), np.array([1.5, -2.25, 7.0]), np.zeros(3), np.zeros(3))
    check(function(text.format("frexp(a, out=(x, y))")), np.array([1.5, -2.25, 7.0]), np.zeros(3), np.zeros(3, np.int32))


def test_ranges_in_other_dtypes():
    for call in ("0, 1, 0.1, np.float32", "3, dtype=np.float16", "0, 5, 0.5, dtype=np.int64", "-3, 3, 0.5, dtype=int", "0.1, 40, 0.3, np.float16", "1, 9, 3, np.complex64", "1e-3, 1e4, 1e3", "250, 260, dtype=np.int16"):
        check(function(f"def f(): return np.arange({call})"))


def test_shifts_and_axes_of_roll():
    for call in ("(1, -2), (0,)", "(1, 2)", "(1, 2, 1)", "3, (0, 1)", "(1,), (0, 1)", "(1, 2), 1", "(1, 2), (0, 1, 0)", "1, 2"):
        check(function(f"def f(a): return np.roll(a, {call})"), np.arange(12).reshape(3, 4), text=True)


def test_numbers_among_choices():
    f = function("def f(i, a): return np.choose(i, (a, 5)), np.choose(i, (3, 5))")
    for dtype in (np.int8, np.uint16, np.float32):
        check(f, np.array([0, 1, 1]), np.array([7, 8, 9], dtype))


def test_selection_of_arrays_without_axes():
    f = function("def f(t, a): return np.select((t, a > 1), (a, a * 2), 7)")
    for t, a in ((np.array([True, False]), np.array([1, 3])), (np.array([[True], [False]]), np.array([1.5, 0.5]))):
        check(f, t, a)


def test_zeros_trimmed_along_axes():
    m = np.array([[0, 0, 0, 0], [0, 1, 0, 0], [0, 2, 3, 0], [0, 0, 0, 0]])
    for call in ("m", "m, 'f'", "m, 'b'", "m, axis=0", "m, axis=-1", "m, 'f', axis=1", "m, axis=(0, 1)", "m[0]", "m[1]", "m[2], 'b'", "m, axis=2"):
        f = function(f"def f(m): return np.trim_zeros({call})")
        check(f, m, text=True)
        check(f, m * 0, text=True)


@pytest.mark.parametrize("call", ["add.at(a, i, 2)", "multiply.at(a, i, w)", "negative.at(a, i)", "add.at(a, m, 1)", "add.at(a, (i, i), v)", "subtract.at(a, i, w[0])", "add.at(a, m[0], 1)"])
def test_rows_changed_in_place(call):
    f = function(f"def f(a, i, m, v, w):\n    np.{call}\n    return a")
    a = np.arange(12).reshape(3, 4)
    check(f, a, np.array([0, 2, 0]), a > 5, np.array([1, 2, 3]), np.arange(12).reshape(3, 4), text=True)


def test_masks_of_reductions_of_universal_functions():
    for call in ("add.reduce(a, 0, where=m)", "maximum.reduce(a, 1, initial=2, where=m)", "logical_and.reduce(a, where=m)", "bitwise_or.reduce(a, 1, where=m)", "gcd.reduce(a, 0, where=m)", "multiply.reduce(a, (0, 1), where=m)"):
        check(function(f"def f(a, m): return np.{call}"), np.arange(12).reshape(3, 4), np.arange(12).reshape(3, 4) % 3 > 0)


def test_numbers_of_tuples_stored_by_masks():
    for call in ("np.place(a, m, (1, 2))", "np.putmask(a, m, (1, 2, 3))", "np.place(a, m, (2.5,))"):
        f = function(f"def f(a, m):\n    {call}\n    return a")
        for dtype in (np.int8, np.int16, np.float32):
            check(f, np.arange(6).astype(dtype), np.arange(6) % 2 == 0)


def test_nonzero_of_arrays_without_axes():
    for a in (np.array(True), np.array(3)):
        check(function("def f(a): return np.nonzero(a)"), a, text=True)


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_means_of_infinite_complex_numbers(dtype):
    """The sum is divided by a complex number, as in NumPy: what is infinite times its imaginary part, 0, is NaN."""
    f = function("def f(a, m): return np.mean(a), np.mean(a, axis=0), np.nanmean(a, axis=1), np.mean(a, axis=1, where=m), np.nanmean(a[:, :1])")
    for values in ([[np.inf - 1j, 2 + 3j], [1j, 2]], [[1 + np.inf * 1j, 2], [np.nan, -np.inf]]):
        check(f, np.array(values, dtype), np.array([[True, False], [True, True]]))
