"""Products of whole arrays against NumPy: values, dtypes, shapes, layouts, exceptions.

Products of integers and bools are equal; those of floats differ from the exact one by no more than BLAS's may: the depth times the unit
roundoff times the product of the absolute values (four times that for complex numbers).
"""

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lang_support import function

DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "c8", "c16"]
SOME_DTYPES = ["?", "i1", "i8", "f4", "f8", "c16"]
LAYOUTS = ["C", "F", "gaps", "reversed", "transposed", "rows", "columns", "repeated"]

matmul = function("def f(a, b): return a @ b")
call_matmul = function("def f(a, b): return np.matmul(a, b)")
dot = function("def f(a, b): return np.dot(a, b)")
method_dot = function("def f(a, b): return a.dot(b)")
inner = function("def f(a, b): return np.inner(a, b)")
outer = function("def f(a, b): return np.outer(a, b)")
vdot = function("def f(a, b): return np.vdot(a, b)")


def values(shape, dtype, random):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return random.random(shape) < 0.3
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return random.integers(info.min, info.max, shape, dtype, endpoint=True)
    numbers = random.standard_normal(shape)
    return (numbers + 1j * random.standard_normal(shape) if dtype.kind == "c" else numbers).astype(dtype)


def laid_out(array, layout):
    """The same numbers, elsewhere in memory."""
    if array.ndim == 0:
        return array
    if layout == "F":
        return np.asfortranarray(array)
    if layout == "gaps":
        wide = np.zeros([2 * n for n in array.shape], array.dtype)[tuple(slice(None, None, 2) for _ in array.shape)]
        wide[...] = array
        return wide
    if layout == "reversed":
        back = tuple(slice(None, None, -1) for _ in array.shape)
        return np.ascontiguousarray(array[back])[back]
    if layout == "transposed":
        return np.ascontiguousarray(array.T).T
    if layout == "rows":
        return np.concatenate([array, array], -1)[..., : array.shape[-1]]
    if layout == "columns":
        return np.asfortranarray(np.concatenate([array, array], 0))[: array.shape[0]]
    if layout == "repeated" and array.shape[0]:
        return np.broadcast_to(array[:1], array.shape)
    return array


def agree(result, expected, a, b, product):
    """`product` computes from the absolute values what bounds the error. Scalars come back as Python's."""
    if expected.ndim == 0:
        assert type(result) is type(expected.item())
    else:
        assert result.dtype == expected.dtype and result.flags.c_contiguous
    result = np.asarray(result)
    assert result.shape == expected.shape
    if expected.dtype.kind in "biu":
        assert np.array_equal(result, expected)
        return
    depth = max(a.shape[-1] if a.ndim else 1, 1)
    unit = np.finfo(expected.dtype).eps * (4 if expected.dtype.kind == "c" else 1)
    bound = 2 * depth * unit * product(np.abs(a).astype("f8"), np.abs(b).astype("f8"))
    assert np.all(np.abs(result.astype("c16") - expected.astype("c16")) <= bound + np.finfo("f8").tiny)


def check(compiled, a, b, product):
    with np.errstate(all="ignore"):
        agree(compiled(a, b), np.asarray(product(a, b)), a, b, product)


sizes = st.one_of(st.integers(0, 20), st.sampled_from([23, 24, 25, 31, 32, 33, 47, 48, 49, 50, 63, 64, 65]))


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(SOME_DTYPES), st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS), sizes, sizes, sizes, st.integers(0, 2**32))
def test_matrix_times_matrix(dtype, left, right, m, k, n, seed):
    random = np.random.default_rng(seed)
    a, b = laid_out(values((m, k), dtype, random), left), laid_out(values((k, n), dtype, random), right)
    check(matmul, a, b, np.matmul)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "c16"])
@pytest.mark.parametrize("shape", [(257, 258, 259), (1, 600, 300), (300, 1, 270), (270, 300, 1), (520, 1030, 40), (40, 1030, 530), (9, 700, 25)])
@pytest.mark.parametrize("layouts", ["C C", "F F", "C F", "gaps reversed"])
def test_matrices_in_several_blocks(dtype, shape, layouts):
    random = np.random.default_rng(5)
    (m, k, n), (left, right) = shape, layouts.split()
    check(matmul, laid_out(values((m, k), dtype, random), left), laid_out(values((k, n), dtype, random), right), np.matmul)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(SOME_DTYPES), st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS), sizes, sizes, st.booleans(), st.integers(0, 2**32))
def test_matrix_and_vector(dtype, left, right, m, k, turned, seed):
    random = np.random.default_rng(seed)
    a, x = laid_out(values((m, k), dtype, random), left), laid_out(values(k, dtype, random), right)
    if turned:
        check(matmul, x, a.T, np.matmul)
    else:
        check(matmul, a, x, np.matmul)
        check(dot, a, x, np.dot)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(SOME_DTYPES), st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS), st.integers(0, 300), st.integers(0, 2**32))
def test_vectors(dtype, left, right, n, seed):
    random = np.random.default_rng(seed)
    x, y = laid_out(values(n, dtype, random), left), laid_out(values(n, dtype, random), right)
    for compiled, product in [(matmul, np.matmul), (dot, np.dot), (vdot, np.vdot), (inner, np.inner)]:
        check(compiled, x, y, product)
    assert np.array_equal(outer(x, y), np.outer(x, y)) or dtype[0] == "c"


@pytest.mark.parametrize("kind", ["matvec", "vecmat"])
@pytest.mark.parametrize("layout", ["C", "F", "gaps"])
def test_long_vectors(kind, layout):
    random = np.random.default_rng(6)
    for m, k in [(2500, 13), (13, 2500), (1024, 1025)]:
        a = laid_out(values((m, k), "f8", random), layout)
        x = values(k, "f8", random)
        check(matmul, *((a, x) if kind == "matvec" else (x, a.T)), np.matmul)


@pytest.mark.parametrize("left, right", list(itertools.combinations_with_replacement(DTYPES, 2)))
def test_mixed_dtypes(left, right):
    random = np.random.default_rng(7)
    a, b = values((3, 4), left, random), values((4, 2), right, random)
    check(matmul, a[0], b[:, 0], np.matmul)
    check(outer, b[:, 0], a[0], np.outer)
    if left in SOME_DTYPES and right in SOME_DTYPES:
        check(dot, b.T, a.T, np.dot)
        check(vdot, a[0], b[:, 0], np.vdot)


STACKS = [
    ((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)), ((2, 3, 4), (2, 4, 5)), ((2, 1, 3, 4), (3, 4, 5)), ((1, 3, 4), (6, 4, 5)), ((2, 3, 4), (4,)),
    ((4,), (2, 4, 3)), ((0, 3, 4), (4, 5)), ((2, 3, 0), (0, 5)), ((2, 0, 4), (2, 4, 5)), ((5, 2, 3, 4), (5, 2, 4, 3)),
]


@pytest.mark.parametrize("left, right", STACKS)
@pytest.mark.parametrize("dtype", ["i4", "c8"])
@pytest.mark.parametrize("layout", ["C", "F", "gaps"])
def test_stacks_of_matrices(left, right, dtype, layout):
    random = np.random.default_rng(8)
    a, b = laid_out(values(left, dtype, random), layout), laid_out(values(right, dtype, random), layout)
    check(call_matmul if layout == "F" else matmul, a, b, np.matmul)


DOTS = [((2, 3, 4), (4,)), ((4,), (3, 4, 2)), ((2, 3, 4), (5, 4, 2)), ((3, 4), (2, 3, 4, 5)), ((2, 2, 4), (4, 3)), ((2, 0, 4), (3, 4, 1)), ((4,), (4,))]


@pytest.mark.parametrize("left, right", DOTS)
@pytest.mark.parametrize("dtype", ["u2", "f4"])
@pytest.mark.parametrize("layout", ["C", "transposed"])
def test_dot_and_inner_of_many_dimensions(left, right, dtype, layout):
    random = np.random.default_rng(9)
    a, b = laid_out(values(left, dtype, random), layout), laid_out(values(right, dtype, random), layout)
    check(method_dot if layout == "C" else dot, a, b, np.dot)
    c = np.moveaxis(b, -2, -1) if b.ndim > 1 else b
    result, expected = inner(a, c), np.inner(a, c)
    agree(result, np.asarray(expected), a, b, np.dot)


@pytest.mark.parametrize("number", [3, 2.5, 1 + 2j, True])
@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_scale_arrays(number, dtype):
    a = values((2, 3), dtype, np.random.default_rng(1))
    with np.errstate(all="ignore"):
        for compiled, product in [(dot, np.dot), (inner, np.inner)]:
            try:
                expected = product(a, number), product(number, a)
            except OverflowError:
                continue
            for result, wanted in zip((compiled(a, number), compiled(number, a)), expected):
                assert result.dtype == wanted.dtype and np.allclose(result, wanted, rtol=1e-6)


def test_numbers_alone():
    assert dot(3, 4) == 12 and dot(2.5, 4) == 10.0 and vdot(2j, 3j) == np.vdot(2j, 3j)
    assert np.array_equal(outer(3, np.arange(3)), np.outer(3, np.arange(3)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("size", [3, 9, 33, 80])
def test_nan_and_inf_stay_in_their_rows_and_columns(bad, size):
    random = np.random.default_rng(2)
    a, b = values((size, size), "f8", random), values((size, size), "f8", random)
    a[1, 2] = bad
    for left, right in [(a, b), (b, a), (a.T, b), (a, b.T), (a[::-1, ::-1], b)]:
        result, expected = matmul(left, right), left @ right
        assert np.array_equal(np.isfinite(result), np.isfinite(expected))
        assert np.array_equal(np.isnan(matmul(left, right[:, 0])), np.isnan(left @ right[:, 0]))


ERRORS = [
    (matmul, np.matmul, (2, 3), (2, 2)), (matmul, np.matmul, (3,), (2,)), (matmul, np.matmul, (2, 3), (2,)), (matmul, np.matmul, (3,), (2, 2)),
    (matmul, np.matmul, (2, 3, 4), (3, 4, 5)), (matmul, np.matmul, (2, 3, 4), (7, 3, 4, 5)), (dot, np.dot, (2, 3), (2,)), (dot, np.dot, (3,), (2,)),
    (dot, np.dot, (2, 3), (4, 5, 6)), (inner, np.inner, (2, 3), (2, 4)), (inner, np.inner, (2, 3), (4,)), (vdot, np.vdot, (2, 3), (4,)),
]


@pytest.mark.parametrize("compiled, numpy, left, right", ERRORS)
def test_shapes_that_do_not_fit(compiled, numpy, left, right):
    a, b = np.ones(left), np.ones(right)
    with pytest.raises(ValueError) as expected:
        numpy(a, b)
    with pytest.raises(ValueError) as raised:
        compiled(a, b)
    assert str(raised.value) == str(expected.value)


store_matmul = function("def f(a, b, out): return np.matmul(a, b, out=out)")
store_dot = function("def f(a, b, out): return np.dot(a, b, out=out)")
store_outer = function("def f(a, b, out): return np.outer(a, b, out=out)")
in_place = function("""
def f(a, b):
    a @= b
    return a
""")


@pytest.mark.parametrize("layout", LAYOUTS[:7])
@pytest.mark.parametrize("dtype", ["f8", "f4", "c16"])
def test_out(layout, dtype):
    random = np.random.default_rng(3)
    a, b = values((13, 9), "f4", random), values((9, 27), "f4", random)
    out = laid_out(np.zeros((13, 27), dtype), layout)
    expected = np.zeros_like(out)
    assert store_matmul(a, b, out) is out
    np.matmul(a, b, out=expected)
    assert np.allclose(out, expected, rtol=1e-5)
    out[...] = 0
    store_outer(a[:, 0], b[0], out)
    assert np.allclose(out, np.outer(a[:, 0], b[0]), rtol=1e-6)


def test_out_that_overlaps_an_operand():
    a = np.random.default_rng(4).standard_normal((40, 40))
    for left, right in [(lambda a: a, lambda a: a), (lambda a: a.T, lambda a: a), (lambda a: a[::-1], lambda a: a.T)]:
        x, expected = a.copy(), left(a) @ right(a)
        store_matmul(left(x), right(x), x)
        assert np.allclose(x, expected)
    x = a.copy()
    assert in_place(x, x) is x and np.allclose(x, a @ a)
    x = a.copy()
    in_place(x, x.T)
    assert np.allclose(x, a @ a.T)


def test_dot_out():
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    out = np.zeros((2, 4))
    assert store_dot(a, b, out) is out and np.array_equal(out, a @ b)
    for wrong in (np.zeros((2, 3)), np.zeros((2, 8))[:, ::2]):
        with pytest.raises(ValueError) as expected:
            np.dot(a, b, out=wrong)
        with pytest.raises(ValueError) as raised:
            store_dot(a, b, wrong)
        assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize("shape", [(2, 3), (3, 2)])
def test_out_of_the_wrong_shape(shape):
    a, b, out = np.ones((2, 3)), np.ones((3, 2)), np.ones(shape)
    with pytest.raises(ValueError) as expected:
        np.matmul(a, b, out=out)
    with pytest.raises(ValueError) as raised:
        store_matmul(a, b, out)
    assert str(raised.value) == str(expected.value)


def test_refused_when_compiled():
    for operands, words in [((np.ones((2, 2)), 2.0), "enough dimensions"), ((np.ones(3), np.ones((3, 3))), "inplace matrix multiplication requires")]:
        with pytest.raises(Exception, match=words):
            (matmul if words.startswith("enough") else in_place)(*operands[:: 1 if words.startswith("enough") else -1])
    with pytest.raises(Exception, match="Cannot cast ufunc 'matmul' output from dtype\\('float64'\\) to dtype\\('int64'\\)"):
        in_place(np.ones((2, 2), "i8"), np.ones((2, 2)))


def test_products_in_a_loop_release_what_they_use():
    power = function("""
def f(a, n):
    r = np.copy(a)
    for _ in range(n):
        r = r @ a
    return r
""")
    a = np.random.default_rng(4).standard_normal((300, 300)) / 20
    assert np.allclose(power(a, 5), np.linalg.matrix_power(a, 6))
    for _ in range(20):
        power(a, 3)


def test_small_matrices_in_a_loop():
    rotate = function("""
def f(a, n):
    r = np.zeros((3, 3))
    for i in range(3):
        r[i, i] = 1.0
    total = 0.0
    for _ in range(n):
        r = a @ r
        total += np.dot(r[0], r[:, 1])
    return r, total
""")
    angle = 0.3
    a = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    result, total = rotate(a, 50)
    expected, expected_total = rotate.py_func(a, 50)
    assert np.allclose(result, expected) and np.isclose(total, expected_total)


def test_kernels_are_compiled_once(tmp_path):
    """Functions that multiply share their kernel; another process finds it in the object cache."""
    program = """
import numpy, zouk
a = numpy.arange(1200.0).reshape(30, 40)
@zouk.njit
def one(a): return a @ a.T
@zouk.njit
def two(a): return (a @ a.T) - 1
r = one(a), two(a)
assert (r[0] == a @ a.T).all() and (r[1] == a @ a.T - 1).all()
print(["kernels" in f.get_metadata(f.signatures[0])["pipeline_times"] for f in (one, two)])
"""
    (tmp_path / "program.py").write_text(program)
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path)}
    said = [subprocess.run([sys.executable, tmp_path / "program.py"], env=environment, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert said == ["[True, False]\n", "[True, False]\n"]
    assert len(list(tmp_path.rglob("*.zo"))) == 1
