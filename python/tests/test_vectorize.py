"""`@vectorize`: NumPy's own calls, methods and rules on compiled loops; NumPy on the Python function is the oracle."""

import gc
import math
import pickle
import subprocess
import sys
import threading
import warnings
import weakref

import numpy as np
import pytest
from ufunc_support import RNG, blend, blended, hypotenuse, in_python, outcome, same, sides

import zouk
from zouk import types, vectorize

LETTERS = "?bBhHiIlLfdFD"


def of_dtype(letter, shape):
    values = RNG.integers(0, 100, shape)
    if letter in "FD":
        return (values + 1j * RNG.integers(-9, 9, shape)).astype(letter)
    return values.astype(letter)


def layouts(a):
    """The same items, lying elsewhere."""
    wide = np.repeat(a, 2, axis=-1)
    record = np.zeros(a.shape, [("other", "i1"), ("value", a.dtype)])
    record["value"] = a
    aligned = np.zeros(a.shape, np.dtype([("other", "f8"), ("value", a.dtype)], align=True))
    aligned["value"] = a
    return {
        "plain": a,
        "fortran": np.asfortranarray(a),
        "every second": wide[..., ::2],
        "backwards": np.ascontiguousarray(a[..., ::-1])[..., ::-1],
        "unaligned field": record["value"],
        "aligned field": aligned["value"],
        "other byte order": a.astype(a.dtype.newbyteorder()),
        "read-only": np.broadcast_to(a, (2, *a.shape))[0],
    }


def test_it_is_a_ufunc():
    assert isinstance(sides, np.ufunc)
    assert (sides.nin, sides.nout, sides.nargs, sides.ntypes) == (2, 1, 3, 2)
    assert sides.types == ["ff->f", "dd->d"] and sides.__name__ == "hypotenuse" and "The long side." in sides.__doc__
    assert sides.signature is None and sides.identity is None and blended.identity == 0


@pytest.mark.parametrize("letter", LETTERS)
def test_dtypes(letter):
    """Each dtype takes the first loop that it can be cast to safely."""
    a, b = of_dtype(letter, 37), of_dtype(letter, 37)
    wanted = next((t for t in "lfdFD" if np.can_cast(letter, t, "safe")), None)
    same(blended(a, b), blend(a.astype(wanted), b.astype(wanted)), exact=letter not in "fFD")


@pytest.mark.parametrize("letter", LETTERS)
def test_dtypes_of_lazy_loops(letter):
    @vectorize
    def second(x, y):
        return y if x == x else x

    a, b = of_dtype(letter, (3, 4)), of_dtype(letter, 4)
    same(second(a, b), np.broadcast_to(b, (3, 4)))
    assert second.types == [f"{letter}{letter}->{letter}"]


@pytest.mark.parametrize("letter", "lfdFD")
@pytest.mark.parametrize("layout", layouts(np.zeros((2, 2))))
def test_layouts(letter, layout):
    a, b = of_dtype(letter, (5, 6)), of_dtype(letter, (5, 6))
    same(blended(layouts(a)[layout], b), blend(a, b), exact=False)
    same(blended(a, layouts(b)[layout]), blend(a, b), exact=False)
    same(blended(layouts(a)[layout], 2), blend(a, a.dtype.type(2)), exact=False)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 7, 8, 15, 16, 17, 33, 1000, 100_000])
def test_lengths(length):
    a, b = RNG.random(length), RNG.random(length)
    same(sides(a, b), np.where(a > b, np.sqrt(a * a + b * b), a - b), exact=False)
    same(sides(a[::-1], b[0] if length else 1.0), in_python(hypotenuse, "f8")(a[::-1], b[0] if length else 1.0), exact=False)


@pytest.mark.parametrize("shapes", [((), ()), ((3,), ()), ((), (3,)), ((3, 1), (1, 4)), ((2, 3, 4), (4,)), ((0, 3), (3,)), ((1,), (5,)), ((2, 1, 3), (4, 1))])
def test_broadcasting(shapes):
    a, b = (RNG.random(shape) for shape in shapes)
    same(sides(a, b), in_python(hypotenuse, "f8")(a, b), exact=False)


def test_scalars_give_scalars():
    for x, y in ((3.0, 4.0), (1, 2), (np.float32(2), np.float32(1)), (np.float64(2), 1), (True, 2)):
        found, expected = sides(x, y), in_python(hypotenuse)(x, y)
        assert isinstance(found, np.floating) and math.isclose(found, expected, rel_tol=1e-6)
    assert type(sides(np.float32(2), np.float32(1))) is np.float32 and type(sides(1, 2)) is np.float64


def test_shapes_that_do_not_fit():
    assert outcome(lambda: sides(np.ones(3), np.ones(4))) == outcome(lambda: np.add(np.ones(3), np.ones(4)))


def test_no_loop():
    with pytest.raises(TypeError, match="not supported for the input types"):
        sides(1j, 2)


def test_keywords():
    a, b = RNG.random((4, 5)), RNG.random((4, 5))
    mask = a > 0.5
    out = np.full((4, 5), 7.0)
    assert blended(a, b, out=out) is out
    same(out, blend(a, b), exact=False)
    out[...] = 7
    blended(a, b, out, where=mask)
    same(out, np.where(mask, blend(a, b), 7.0), exact=False)
    same(blended(a, b, dtype="f4"), blend(a.astype("f4"), b.astype("f4")), exact=False)
    same(blended(a, b, out=np.empty((4, 5), "f4"), casting="same_kind"), blend(a, b).astype("f4"), exact=False)
    with pytest.raises(TypeError, match="Cannot cast ufunc 'blend' output"):
        blended(a, b, out=np.empty((4, 5), "i4"))
    same(blended(a, b, signature="DD->D"), blend(a + 0j, b), exact=False)
    assert blended(np.asfortranarray(a), np.asfortranarray(b), order="K").flags.f_contiguous


def test_in_place_and_overlapping():
    a = RNG.random(1000)
    expected = blend(a, a)
    copy = a.copy()
    blended(copy, copy, out=copy)
    same(copy, expected, exact=False)
    copy = a.copy()
    blended(copy[:-1], copy[1:], out=copy[1:])
    same(copy[1:], blend(a[:-1], a[1:]), exact=False)


@pytest.mark.parametrize("target", ["cpu", "parallel", "cuda"])
def test_methods(target):
    def larger(x, y):
        return x if x > y else y

    ours = vectorize(["i8(i8, i8)", "f8(f8, f8)"], target=target, identity="reorderable")(larger)
    for a in (RNG.random((5, 6, 7)), RNG.integers(-100, 100, (5, 6, 7)), RNG.random((300, 50, 7))):
        for axis in (0, 1, 2, -1, None, (0, 2)):
            same(ours.reduce(a, axis=axis), np.maximum.reduce(a, axis=axis))
            same(ours.reduce(a, axis=axis, keepdims=True), np.maximum.reduce(a, axis=axis, keepdims=True))
        same(ours.reduce(a, initial=50), np.maximum.reduce(a, initial=50))
        same(ours.reduce(a, where=a > 0, initial=-1, axis=1), np.maximum.reduce(a, where=a > 0, initial=-1, axis=1))
        same(ours.accumulate(a, axis=1), np.maximum.accumulate(a, axis=1))
        same(ours.reduceat(a, [0, 3, 1], axis=1), np.maximum.reduceat(a, [0, 3, 1], axis=1))
    same(ours.outer(a[0, 0], a[0, 1]), np.maximum.outer(a[0, 0], a[0, 1]))
    mine, theirs = a[0, 0].copy(), a[0, 0].copy()
    ours.at(mine, [0, 0, 1], [90, 95, 1.5])
    np.maximum.at(theirs, [0, 0, 1], [90, 95, 1.5])
    same(mine, theirs)


@pytest.mark.parametrize("identity", [None, 0, 1, -1, "reorderable"])
def test_identities(identity):
    functions = {None: lambda x, y: x - y, 0: lambda x, y: x + y, 1: lambda x, y: x * y, -1: lambda x, y: x & y, "reorderable": lambda x, y: x if x > y else y}
    numpys = {None: np.subtract, 0: np.add, 1: np.multiply, -1: np.bitwise_and, "reorderable": np.maximum}[identity]
    for ours in (vectorize(["i8(i8, i8)"], identity=identity)(functions[identity]), vectorize(identity=identity)(functions[identity])):
        assert ours.identity == numpys.identity
        ours(1, 2)
        for a, axis in ((np.arange(6), 0), (np.empty(0, np.int64), 0), (np.arange(6).reshape(2, 3), (0, 1)), (np.empty((2, 0), np.int64), 1)):
            found, expected = outcome(lambda: ours.reduce(a, axis=axis)), outcome(lambda: numpys.reduce(a, axis=axis))
            if isinstance(expected, tuple):
                expected = expected[0], (expected[1][0].replace(numpys.__name__, "<lambda>"),)
            assert str(found) == str(expected)


def test_several_results():
    @vectorize([(types.float64,)])
    def halves(x):
        return x // 2, x - 0.5

    assert (halves.nin, halves.nout) == (1, 2)
    a = np.arange(7.0)
    for found, expected in zip(halves(a), (a // 2, a - 0.5)):
        same(found, expected)


def test_exceptions_of_the_function():
    class Odd(Exception):
        pass

    def even(x):
        if x % 2:
            raise Odd("an odd number", x)
        return x // 2

    for ours in (vectorize(["i8(i8)"])(even), vectorize(even), vectorize(["i8(i8)"], target="parallel")(even)):
        same(ours(np.arange(0, 100, 2)), np.arange(50))
        for a in (np.array([0, 2, 3, 5]), np.int64(3), 3, np.arange(200_000), np.arange(20).reshape(4, 5).T):
            assert outcome(lambda: ours(a)) == outcome(lambda: in_python(even)(a))
        with pytest.raises(Odd) as info:
            ours(np.arange(10))
        assert info.traceback[-1].name == "even"
        same(ours(np.arange(0, 100, 2)), np.arange(50))


def test_floating_point_errors():
    @vectorize(["f8(f8, f8)"])
    def quotient(x, y):
        return x / y

    a = np.array([1.0, 0.0, -1.0, 4.0])
    for kind in ("ignore", "warn", "raise"):
        for b in (np.zeros(4), np.ones(4), np.array([1.0, 1.0, 0.0, 2.0])):

            def warned(function, b=b, kind=kind):
                with warnings.catch_warnings(record=True) as seen, np.errstate(all=kind):
                    warnings.simplefilter("always")
                    found = outcome(lambda: function(a, b))
                return str(found), [str(w.message) for w in seen]

            ours, theirs = warned(quotient), warned(np.divide)
            assert str(ours).replace("quotient", "divide") == str(theirs)


def test_division_of_integers_is_numpys():
    @vectorize(["i8(i8, i8)"])
    def quotient(x, y):
        return x // y

    a = np.array([7, -7, 0])
    with np.errstate(all="ignore"):
        same(quotient(a, [0, 2, 0]), np.floor_divide(a, [0, 2, 0]))

    @vectorize(["i8(i8, i8)"], error_model="python")
    def strict(x, y):
        return x // y

    with pytest.raises(ZeroDivisionError):
        strict(a, 0)


def test_lazy():
    @vectorize
    def product(x, y):
        return x * y

    assert (product.ufunc, product.types, product.ntypes, product.nin, product.nout, product.nargs) == (None, [], 0, 2, 1, 3)
    assert product(2, 3) == 6 and product.types == ["ll->l"]
    assert product(2.5, 3) == 7.5 and product.types == ["ll->l", "dl->d"]
    same(product(np.arange(3, dtype="f4"), np.float32(2)), np.arange(3, dtype="f4") * 2)
    assert isinstance(product.ufunc, np.ufunc) and product.ufunc.types == product.types and product.ntypes == 3
    product.add("complex128(complex128, complex128)")
    assert product.types[-1] == "DD->D"
    product.disable_compile()
    with pytest.raises(RuntimeError):
        product.add("int8(int8, int8)")
    with pytest.raises(TypeError, match="takes from 2 to 3 positional arguments but 1 were given"):
        product(1)


def test_lazy_methods_compile():
    @vectorize(identity=1)
    def product(x, y):
        return x * y

    a = RNG.random((3, 4))
    same(product.reduce(a), np.multiply.reduce(a), exact=False)
    same(product.accumulate(a + 1j, axis=1), np.multiply.accumulate(a + 1j, axis=1), exact=False)
    same(product.outer(a[0], [1, 2]), np.multiply.outer(a[0], [1, 2]), exact=False)
    same(product.reduceat(a, [0, 2]), np.multiply.reduceat(a, [0, 2]), exact=False)
    b, c = a.copy(), a.copy()
    product.at(b, (slice(None), 1), 2.0)
    np.multiply.at(c, (slice(None), 1), 2.0)
    same(b, c)

    @vectorize
    def third(x):
        return x / 3

    with pytest.raises(ValueError, match="only supported for binary functions"):
        third.reduce(a)


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: vectorize(["f8(f8)"], target="gpu"), ValueError, "Unsupported target: gpu"),
        (lambda: vectorize(["f8(f8)"], identity=5), ValueError, "invalid identity value 5"),
        (lambda: vectorize(["f8(f8)"], forceobj=True), zouk.UnsupportedError, "object mode"),
        (lambda: vectorize(["f8(f8)"], unknown=True), KeyError, "Unrecognized options"),
        (lambda: vectorize(["f8(f8)"])(blend), TypeError, "takes 2 arguments"),
        (lambda: vectorize(["f8(f8, f8[:])"])(blend), TypeError, "a ufunc takes numbers"),
        (lambda: vectorize(["f8(f8, f8)"])(3), TypeError, "not a function"),
        (lambda: vectorize(["f8(f8)"])(lambda x: "text"), zouk.TypingError, "returns a number|cannot be"),
        (lambda: vectorize([(types.float64,)])(lambda x: None), zouk.TypingError, "returns a number or a tuple of numbers, not None"),
        (lambda: vectorize([(types.float64,)])(lambda x: np.ones(2)), zouk.TypingError, "returns a number or a tuple of numbers, not array"),
    ],
)
def test_errors_of_the_decorator(make, error, text):
    with pytest.raises(error, match=text):
        make()


def test_threads():
    """Large loops run without the GIL."""
    a = RNG.random(200_000)
    expected = blend(a, a)
    wrong = []

    def work():
        for _ in range(5):
            if not np.allclose(blended(a, a), expected):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not wrong


def test_threads_compile():
    @vectorize
    def total(x, y):
        return x + y

    letters = "bhilfdFD"
    wrong = []

    def work(k):
        for letter in letters[k:] + letters[:k]:
            found = outcome(lambda: total(np.ones(3, letter), np.ones(3, letter)))
            if not np.array_equal(found, np.full(3, 2)):
                wrong.append((letter, found))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not wrong and len(set(total.types)) == total.ntypes


def test_recursion():
    for step in (1, 2):
        # The second function has the name of the first.
        @vectorize(["i8(i8)"])
        def countdown(n):
            return 0 if n < 1 else step + countdown(n - 1)

        same(countdown(np.arange(5)), np.arange(5) * step)


def test_ufuncs_die():
    """With their loops, which live as long as somebody has them."""
    blocks = zouk._zouk.allocated_bytes()
    for _ in range(3):

        @vectorize(["f8(f8)"])
        def more(x):
            return x + 1

        watch = weakref.ref(zouk._zouk.ufunc_source(more))
        same(more(np.ones(3)), np.full(3, 2.0))
        del more
        gc.collect()
        assert watch() is None
    assert zouk._zouk.allocated_bytes() == blocks


def test_types_that_ufuncs_do_not_take():
    identity = vectorize(lambda x: x)
    for value in (np.datetime64(3, "D"), "text", None, np.zeros(2, [("a", "f8")])):
        with pytest.raises(TypeError, match="a ufunc takes numbers"):
            identity(value)
    for value in (np.longdouble(1), np.array(["a"]), np.array([1, None], object)):
        with pytest.raises(zouk.ZoukNotImplementedError):
            identity(value)


def test_parallel():
    ours = vectorize(["f8(f8, f8)"], target="parallel")(hypotenuse)
    a, b = RNG.random((300, 1000)), RNG.random((300, 1000))
    same(ours(a, b), sides(a, b))
    same(ours(a[:, ::2], 0.5), sides(a[:, ::2], 0.5))
    copy = a.copy()
    same(ours(copy, b, out=copy), sides(a, b))

    def total(x, y):
        return x + y

    sums = vectorize(["f8(f8, f8)"], target="parallel")(total)
    line = RNG.random(400_000)
    same(sums.accumulate(line), np.add.accumulate(line), exact=False)
    same(sums.reduce(line), np.add.reduce(line), exact=False)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        vectorize(["f8(f8)"], target="parallel")(lambda x: 1 / x)(np.append(np.ones(500_000), 0))


def make_inner(offset):
    @vectorize(["f8(f8)"], identity=0)
    def inner(x):
        return x + offset

    return inner


@vectorize
def at_module_level(x):
    return x - 1


def test_pickle():
    inner = make_inner(3.0)
    assert pickle.loads(pickle.dumps(inner)) is inner and pickle.loads(pickle.dumps(sides)) is sides
    assert pickle.loads(pickle.dumps(at_module_level)) is at_module_level and pickle.loads(pickle.dumps(np.add)) is np.add
    program = "import pickle, sys; f = pickle.load(sys.stdin.buffer); import numpy as np; print(type(f).__name__, f.types, f(np.arange(3.0)).tolist())"
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(inner), capture_output=True)
    assert done.stdout.decode().strip() == f"ufunc {inner.types} {inner(np.arange(3.0)).tolist()}", done.stderr.decode()


def test_cache():
    """The inner loop comes from the cache too."""
    for _ in range(2):

        @vectorize(["f8(f8, f8)"], cache=True)
        def kept(x, y):
            return x * 12345.5 + y

        a = RNG.random(100)
        same(kept(a, a), in_python(lambda x, y: x * 12345.5 + y)(a, a), exact=False)
