"""`@guvectorize`: generalized ufuncs, beside NumPy's functions and loops over the outer dimensions."""

import pickle

import numpy as np
import pytest
from ufunc_support import outcome, same

import zouk
from zouk import guvectorize, njit

RNG = np.random.default_rng(11)


def product(a, b, c):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = a[i, 0] * b[0, j]
            for k in range(1, a.shape[1]):
                total += a[i, k] * b[k, j]
            c[i, j] = total


SIGNATURES = [f"void({t}[:,:], {t}[:,:], {t}[:,:])" for t in ("int64", "float32", "float64", "complex128")]
products = guvectorize(SIGNATURES, "(m,n),(n,p)->(m,p)")(product)


def scale(x, factor, out):
    for i in range(x.shape[0]):
        out[i] = x[i] * factor


scaled = guvectorize(["void(f8[:], f8, f8[:])"], "(n),()->(n)")(scale)


def variants(a):
    wide = np.repeat(np.repeat(a, 2, axis=-1), 2, axis=-2)
    record = np.zeros(a.shape, np.dtype([("first", "f8"), ("value", a.dtype)], align=True))
    record["value"] = a
    return [a, np.asfortranarray(a), wide[..., ::2, ::2], np.ascontiguousarray(a[..., ::-1, ::-1])[..., ::-1, ::-1], record["value"], a.swapaxes(-1, -2).copy().swapaxes(-1, -2)]


def test_it_is_a_ufunc():
    assert isinstance(products, np.ufunc) and (products.nin, products.nout) == (2, 1)
    assert products.signature == "(m,n),(n,p)->(m,p)" and products.types == ["ll->l", "ff->f", "dd->d", "DD->D"]


@pytest.mark.parametrize("letter", "?bhilfdFD")
def test_dtypes(letter):
    a, b = (RNG.integers(0, 2, shape).astype(letter) for shape in ((2, 3, 4), (4, 5)))
    wanted = next(t for t in "lfdD" if np.can_cast(letter, t, "safe"))
    same(products(a, b), a.astype(wanted) @ b.astype(wanted))


@pytest.mark.parametrize("letter", "lfdD")
def test_layouts(letter):
    a, b = (RNG.integers(0, 9, shape).astype(letter) for shape in ((2, 3, 4), (4, 5)))
    for x in variants(a):
        for y in variants(b):
            same(products(x, y), a @ b)
            for out in variants(np.zeros((2, 3, 5), letter)):
                assert products(x, y, out=out) is out
                same(out, a @ b)


@pytest.mark.parametrize("shapes", [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((6, 1, 3, 4), (2, 4, 5)), ((0, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 0))])
def test_outer_dimensions(shapes):
    a, b = (RNG.random(shape) for shape in shapes)
    same(products(a, b), a @ b, exact=False)


def test_shapes_that_do_not_fit():
    def theirs(a, b):
        return outcome(lambda: np.matmul(a, b))[0]

    for a, b in ((np.ones((3, 4)), np.ones((5, 2))), (np.ones((2, 3, 4)), np.ones((3, 4, 2))), (np.ones(4), np.ones((4, 2)))):
        found = outcome(lambda: products(a, b))
        assert found[0] is ValueError
        if a.ndim > 1:
            assert theirs(a, b) is ValueError


def test_axes():
    a, b = RNG.random((4, 3, 2)), RNG.random((4, 5))
    same(products(a, b, axes=[(1, 0), (0, 1), (0, 1)]), np.moveaxis(np.moveaxis(a, (1, 0), (-2, -1)) @ b, (-2, -1), (0, 1)), exact=False)

    @guvectorize(["void(f8[:], f8[:])"], "(n)->()")
    def total(x, out):
        out[0] = 0
        for value in x:
            out[0] += value

    same(total(a, axis=0), a.sum(axis=0), exact=False)
    same(total(a, axis=1, keepdims=True), a.sum(axis=1, keepdims=True), exact=False)
    assert isinstance(total(a[0, 0]), np.float64)


def test_numbers_as_operands():
    a = RNG.random((3, 5))
    for factor in (2, 2.5, np.arange(3), np.arange(3.0)):
        same(scaled(a, factor), a * np.asarray(factor, "f8")[..., None])


def test_several_outputs():
    @guvectorize(["void(f8[:], f8[:], f8[:], i8[:])"], "(n)->(),(),()")
    def extent(x, low, high, count):
        low[0] = high[0] = x[0]
        for value in x:
            low[0] = min(low[0], value)
            high[0] = max(high[0], value)
        count[0] = x.shape[0]

    a = RNG.random((4, 6))
    for found, expected in zip(extent(a), (a.min(axis=1), a.max(axis=1), np.full(4, 6))):
        same(found, expected)
    assert (extent.nin, extent.nout, extent.types) == (1, 3, ["d->ddl"])


def test_fixed_sizes():
    @guvectorize(["void(f8[:], f8[:], f8[:])"], "(3),(3)->(3)")
    def cross(a, b, c):
        c[0] = a[1] * b[2] - a[2] * b[1]
        c[1] = a[2] * b[0] - a[0] * b[2]
        c[2] = a[0] * b[1] - a[1] * b[0]

    a, b = RNG.random((5, 3)), RNG.random(3)
    same(cross(a, b), np.cross(a, b), exact=False)
    with pytest.raises(ValueError, match="mismatch in its core dimension"):
        cross(a[:, :2], b)


def test_no_outputs():
    @guvectorize(["void(f8[:], f8)"], "(n),()", writable_args=(0,))
    def fill(x, value):
        for i in range(x.shape[0]):
            x[i] = value

    a = np.zeros((3, 4))
    fill(a, np.arange(3.0))
    same(a, np.repeat(np.arange(3.0), 4).reshape(3, 4))


@pytest.mark.parametrize("argument", [0, "state"])
def test_writable_arguments(argument):
    @guvectorize(["void(f8[:], f8[:], f8[:])"], "(n),(n)->(n)", writable_args=(argument,))
    def step(state, x, out):
        for i in range(x.shape[0]):
            out[i] = state[i] * x[i]
            state[i] += 1

    state, x = np.zeros((3, 4)), RNG.random((3, 4))
    same(step(state, x), np.zeros((3, 4)))
    same(step(state, x), x)
    same(state, np.full((3, 4), 2.0))
    narrow = np.zeros((3, 4), "f4")
    step(narrow, x, casting="unsafe")
    same(narrow, np.ones((3, 4), "f4"))


def test_inputs_are_not_written_to():
    with pytest.raises(zouk.TypingError, match="Cannot modify readonly array of type"):

        @guvectorize(["void(f8[:], f8[:])"], "(n)->(n)")
        def clear(x, out):
            x[0] = 0


def test_exceptions_of_the_function():
    def checked(x, out):
        total = 0.0
        for value in x:
            if value < 0:
                raise ValueError("negative", value)
            total += value
        out[0] = total

    for target in ("cpu", "parallel"):
        ours = guvectorize(["void(f8[:], f8[:])"], "(n)->()", target=target)(checked)
        a = RNG.random((5000, 7))
        same(ours(a), a.sum(axis=1), exact=False)
        a[3, 4] = -2
        assert outcome(lambda: ours(a)) == (ValueError, ("negative", -2.0))


def test_parallel():
    ours = guvectorize(SIGNATURES, "(m,n),(n,p)->(m,p)", target="parallel")(product)
    a, b = RNG.integers(0, 9, (2000, 3, 4)).astype("f8"), RNG.integers(0, 9, (2000, 4, 2)).astype("f8")
    same(ours(a, b), a @ b)
    same(ours(a, b[0]), a @ b[0])
    for x in variants(a):
        same(ours(x, b), a @ b)


def test_lazy():
    lazy = guvectorize("(n),()->(n)")(scale)
    assert (lazy.ufunc, lazy.types, lazy.signature, lazy.nin, lazy.nout) == (None, [], "(n),()->(n)", 2, 1)
    for a, factor in ((RNG.random((3, 4)), 2.0), (np.arange(12).reshape(3, 4), 3), (np.arange(4, dtype="f4"), np.float32(2)), (RNG.random((3, 4)), [1.0, 2.0, 3.0])):
        out = np.zeros_like(a)
        lazy(a, factor, out)
        same(out, a * np.asarray(factor, a.dtype)[..., None])
    assert lazy.types == ["dd->d", "ll->l"]
    with pytest.raises(TypeError, match="Too few arguments for function 'scale'"):
        lazy(np.ones(3), 2.0)
    out = np.zeros(3)
    lazy(np.ones(3), 2.0, out=out)
    same(out, np.full(3, 2.0))


@pytest.mark.parametrize(
    "signatures, layout, error, text",
    [
        (["void(f8[:], f8[:])"], "(n)->(m)", ValueError, "undefined output symbols: m"),
        (["void(f8[:], f8[:])"], "(n)->(n)->(n)", ValueError, "multiple '->'"),
        (["void(f8[:], f8[:])"], "(n)->n", ValueError, "bad token"),
        (["void(f8[:], f8[:])"], "(n->(n)", ValueError, "bad token"),
        (["void(f8[:], f8[:])"], "(n,-)->(n)", ValueError, "bad token"),
        (["void(f8[:], f8[:])"], 3, TypeError, "the layout must be a string"),
        (["void(f8[:,:], f8[:])"], "(n)->(n)", TypeError, "type and shape signature mismatch for arg #1"),
        (["void(f8, f8[:])"], "(n)->(n)", TypeError, "scalar type float64 given for non scalar argument #1"),
        (["void(f8[:], f8)"], "(n)->()", TypeError, "output #2 must be an array"),
        (["void(f8[:])"], "(n)->(n)", TypeError, "has 2 arguments"),
        (["void(f8[:], f8[:], f8[:])"], "(n),(n)->(n)", TypeError, "takes 2 arguments; the layout"),
        (["f8(f8[:], f8[:])"], "(n)->(n)", zouk.TypingError, "declares the result float64"),
    ],
)
def test_errors_of_the_decorator(signatures, layout, error, text):
    with pytest.raises(error, match=text):

        @guvectorize(signatures, layout)
        def copy(x, out):
            out[...] = x


def test_errors_of_other_arguments():
    with pytest.raises(TypeError, match="one or two positional arguments"):
        guvectorize()
    with pytest.raises(ValueError, match="'y' is no argument"):
        guvectorize("(n)->(n)", writable_args=("y",))(lambda x, out: None)
    with pytest.raises(ValueError, match="no argument number 5"):
        guvectorize("(n)->(n)", writable_args=(5,))(lambda x, out: None)


lazy_scaled = guvectorize("(n),()->(n)")(scale)


def test_pickle():
    assert pickle.loads(pickle.dumps(products)) is products and pickle.loads(pickle.dumps(lazy_scaled)) is lazy_scaled


# In compiled code.


def use(a, b, out):
    products(a, b, out)
    return out.sum()


@pytest.mark.parametrize("shapes", [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((6, 1, 3, 4), (2, 4, 5)), ((0, 3, 4), (4, 5))])
@pytest.mark.parametrize("letter", "lfdD")
def test_in_compiled_code(shapes, letter):
    a, b = (RNG.integers(0, 9, shape).astype(letter) for shape in shapes)
    expected = a @ b
    out = np.zeros_like(expected)
    njit(use)(a, b, out)
    same(out, expected)
    njit(use)(a[..., ::-1], b, out)
    same(out, a[..., ::-1] @ b)


def test_numbers_in_compiled_code():
    def scale_all(a, factor, out):
        scaled(a, factor, out)

    def scale_lazily(a, factor, out):
        lazy_scaled(a, factor, out)

    a = RNG.random((3, 5))
    for call in (scale_all, scale_lazily):
        for x, factor, shape in ((a, 2.5, (3, 5)), (a, 2, (3, 5)), (a, np.arange(3.0), (3, 5)), (a[0], np.arange(4.0), (4, 5)), (a[0, ::2], 3.0, (3,)), (a, 2.0, (2, 3, 5))):
            out = np.zeros(shape)
            njit(call)(x, factor, out)
            same(out, np.broadcast_to(scaled(x, factor), shape))


def test_several_outputs_and_overlap_in_compiled_code():
    @guvectorize(["void(f8[:], f8[:], f8[:])"], "(n)->(n),()")
    def running(x, sums, total):
        total[0] = 0
        for i in range(x.shape[0]):
            total[0] += x[i]
            sums[i] = total[0]

    def call(x, sums, total):
        running(x, sums, total)
        return sums * 2

    a = RNG.random((3, 6))
    for x, sums in ((a, np.zeros((3, 6))), (a[:, ::-1], np.zeros((3, 6)))):
        total = np.zeros(3)
        same(njit(call)(x, sums, total), np.cumsum(x, axis=1) * 2, exact=False)
        same(total, x.sum(axis=1), exact=False)

    def onto_itself(a, total):
        running(a[:, ::-1], a, total)

    expected = np.cumsum(a[:, ::-1].copy(), axis=1)
    njit(onto_itself)(a, np.zeros(3))
    same(a, expected, exact=False)


def test_writable_arguments_in_compiled_code():
    def step(state, x, out):
        for i in range(x.shape[0]):
            out[i] = state[i] * x[i]
            state[i] += 1

    for ours in (guvectorize(["void(f8[:], f8[:], f8[:])"], "(n),(n)->(n)", writable_args=(0,))(step), guvectorize("(n),(n)->(n)", writable_args=(0,))(step)):

        @njit
        def twice(state, x, out):
            ours(state, x, out)
            ours(state, x, out)

        state, x, out = np.zeros((2, 3)), RNG.random(3), np.zeros((2, 3))
        twice(state, x, out)
        same(state, np.full((2, 3), 2.0))
        same(out, np.broadcast_to(x, (2, 3)))


def test_exceptions_in_compiled_code():
    @guvectorize("(n)->()")
    def checked(x, out):
        for value in x:
            if value < 0:
                raise ValueError("negative", value)
        out[0] = 1.0

    @njit
    def call(x, out):
        checked(x, out)

    a = RNG.random((3, 4))
    call(a, np.zeros(3))
    a[1, 1] = -1
    assert outcome(lambda: call(a, np.zeros(3))) == (ValueError, ("negative", -1.0))


def test_errors_in_compiled_code():
    compiled = njit(use)
    for a, b, c in (((3, 4), (5, 2), (3, 2)), ((2, 3, 4), (3, 4, 2), (2, 3, 2)), ((3, 4), (4, 2), (3, 3)), ((2, 3, 4), (4, 2), (1, 3, 2))):
        arguments = tuple(map(np.ones, (a, b, c)))
        found, expected = outcome(lambda: compiled(*arguments)), outcome(lambda: use(*arguments))
        assert found[0] is expected[0] is ValueError, (found, expected)
    with pytest.raises(zouk.TypingError, match="takes 3 arguments in compiled code"):
        njit(lambda a: products(a, a))(np.ones((2, 2)))
    with pytest.raises(zouk.TypingError, match="an output has 2 dimensions, 3 are needed"):
        compiled(np.ones((2, 3, 4)), np.ones((4, 2)), np.ones((3, 2)))
    with pytest.raises(zouk.TypingError, match="read-only"):
        frozen = np.ones((2, 2))
        frozen.flags.writeable = False
        compiled(np.ones((2, 2)), np.ones((2, 2)), frozen)


def into(function):
    """A compiled function that calls the ufunc with its outputs among the arguments."""
    return njit(lambda x, factor, out: function(x, factor, out))


@pytest.mark.parametrize("letter", "?bBhHiIlLfd")
def test_inputs_are_converted_in_compiled_code(letter):
    a = RNG.integers(0, 2, (3, 8)).astype(letter)
    for x in (a, a[:, ::-2], np.asfortranarray(a)):
        for factor in (np.arange(3), np.arange(3).astype("f4"), 2, 2.5, np.int8(3)):
            expected, found = np.zeros(x.shape), np.zeros(x.shape)
            scaled(x, factor, expected)
            into(scaled)(x, factor, found)
            same(found, expected)


def test_inputs_that_are_the_output_and_are_converted():
    memory = np.arange(8.0)
    expected = memory.copy()
    scaled(expected.view("i8"), 2.0, expected)
    into(scaled)(memory.view("i8"), 2.0, memory)
    same(memory, expected)


several = guvectorize(["void(f4[:], f4, f4[:])", "void(f8[:], f8, f8[:])"], "(n),()->(n)")(scale)


@pytest.mark.parametrize("letters", ["hhd", "hhf", "bfd", "lld", "fdd", "ddf", "hhe"])
def test_the_loop_is_the_one_that_numpy_chooses(letters):
    x, factor = np.arange(1, 6).astype(letters[0]), np.array(3).astype(letters[1])[()]
    expected, found = np.zeros(5, letters[2]), np.zeros(5, letters[2])
    several(x, factor, expected)
    into(several)(x, factor, found)
    same(found, expected)


@pytest.mark.parametrize("letters", ["Ddd", "ddl"])
def test_conversions_that_numpy_refuses(letters):
    x, factor, out = np.ones(3, letters[0]), np.ones((), letters[1])[()], np.zeros(3, letters[2])
    with pytest.raises(TypeError):
        scaled(x, factor, out)
    with pytest.raises(zouk.TypingError, match="not supported for the input types|Cannot cast ufunc 'scale' output"):
        into(scaled)(x, factor, out)


@guvectorize(["void(f8[:,:], f8[:])"], "(m,n)->(m)")
def singular_values(a, out):
    out[:] = np.linalg.svd(a)[1]


@guvectorize(["void(f8[:,:], f8[:])"], "(m,n)->(m)")
def quotients(a, out):
    values = np.linalg.svd(a)[1]
    for i in range(len(out)):
        out[i] = values[i] / (values[i] - values[i])


def test_exceptions_of_arithmetic_are_those_of_the_function(recwarn):
    a = RNG.normal(size=(3, 4, 4)) + np.eye(4)
    np.testing.assert_allclose(singular_values(a), np.linalg.svd(a)[1], rtol=1e-12)
    assert not recwarn.list
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        quotients(a)
