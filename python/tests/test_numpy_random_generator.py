"""`numpy.random.Generator` as an argument: its streams bit for bit, and its state shared with the program."""

import numpy as np
import pytest
from lang_support import copied
from random_support import DISTRIBUTIONS, ERRORS, SIZE, compiled, identical, names, raised, spelled

import zouk
from zouk import njit

BITS = [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64, np.random.PCG64DXSM]
DTYPES = dict.fromkeys(["poisson", "geometric", "logseries", "zipf", "negative_binomial", "binomial", "hypergeometric"], "np.int64")


def pair(bits, seed=11):
    return np.random.Generator(bits(seed)), np.random.Generator(bits(seed))


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_streams_of_distributions(name):
    for count in sorted({len(p) for p in DISTRIBUTIONS[name]}):
        if count == 0 and name in ("standard_exponential", "standard_normal"):
            continue
        parameters = names(count)
        f = compiled(f"""
def f({", ".join(["rng", "n", *parameters])}):
    out = np.empty(n, {DTYPES.get(name, "np.float64")})
    for i in range(n):
        out[i] = rng.{name}({spelled(parameters)})
    return out, rng.{name}({spelled([*parameters, "size=n"])}), rng.{name}({spelled([*parameters, "size=(2, 3)"])})
""")
        for values in DISTRIBUTIONS[name]:
            # A generator takes no range downwards.
            if len(values) != count or (name, values) == ("uniform", (2.0,)):
                continue
            for bits in BITS:
                own, other = pair(bits)
                draw = getattr(other, name)
                expected = np.array([draw(*values) for _ in range(SIZE)]), draw(*values, size=SIZE), draw(*values, size=(2, 3))
                assert identical(f(own, SIZE, *values), expected), (values, bits)
                assert own.random() == other.random()


@pytest.mark.parametrize("dtype", ["np.float64", "np.float32"])
@pytest.mark.parametrize("bits", BITS)
def test_types_of_floats(bits, dtype):
    f = compiled(f"""
def f(rng, n):
    return (
        rng.random(dtype={dtype}), rng.random(n, {dtype}), rng.random((2, 3), dtype={dtype}),
        rng.standard_normal(dtype={dtype}), rng.standard_normal(n, {dtype}),
        rng.standard_exponential(dtype={dtype}), rng.standard_exponential(n, dtype={dtype}),
        rng.standard_exponential(n, {dtype}, "inv"), rng.standard_exponential(dtype={dtype}, method="inv"),
        rng.standard_gamma(0.5, dtype={dtype}), rng.standard_gamma(0.5, n, {dtype}), rng.standard_gamma(1.0, n, {dtype}),
        rng.standard_gamma(4.5, n, {dtype}), rng.standard_gamma(0, n, {dtype}), rng.random(),
    )
""")
    own, other = pair(bits)
    assert identical(f(own, 20_000), f.py_func(other, 20_000))


@pytest.mark.parametrize("name, values", [case for case in ERRORS if case[0] != "uniform"])
def test_errors_of_parameters(name, values):
    parameters = names(len(values))
    for size in ["", ", size=3"]:
        f = compiled(f"def f({spelled(['rng', *parameters])}): return rng.{name}({spelled(parameters)}{size})")
        own, other = pair(np.random.PCG64)
        assert raised(f, own, *values) == raised(getattr(other, name), *values), values
        assert own.random() == other.random()


@pytest.mark.parametrize("values", [(0.0, np.inf), (1.0, 0.0), (0.0, np.nan), (-1e308, 1e308)])
def test_errors_of_uniform(values):
    f = compiled("def f(rng, a, b): return rng.uniform(a, b)")
    assert raised(f, np.random.default_rng(1), *values) == raised(np.random.default_rng(1).uniform, *values)


@pytest.mark.parametrize("values", [(10**9, 1, 1), (1, 10**9, 1), (1, 1, -1)])
def test_errors_of_hypergeometric(values):
    f = compiled("def f(rng, a, b, c): return rng.hypergeometric(a, b, c)")
    assert raised(f, np.random.default_rng(1), *values) == raised(np.random.default_rng(1).hypergeometric, *values)


@pytest.mark.parametrize("n, p", [(1e18, 1e-10), (np.nan, 0.5), (-1.0, 0.0), (1.0, 0.0)])
def test_errors_of_negative_binomial(n, p):
    f = compiled("def f(rng, n, p): return rng.negative_binomial(n, p)")
    assert raised(f, np.random.default_rng(1), n, p) == raised(np.random.default_rng(1).negative_binomial, n, p)


@pytest.mark.parametrize("dtype", ["np.int8", "np.int16", "np.int32", "np.int64", "np.uint8", "np.uint16", "np.uint32", "np.uint64", "np.bool_", "int", "bool"])
def test_integers(dtype):
    f = compiled(f"""
def f(rng, low, high, n):
    return (
        rng.integers(low, high, dtype={dtype}), rng.integers(low, high, n, {dtype}), rng.integers(high, size=(2, 3), dtype={dtype}),
        rng.integers(low, high, dtype={dtype}, endpoint=True), rng.integers(low, high, 7, dtype={dtype}, endpoint=True), rng.random(),
    )
""")
    pairs = [(0, 1), (0, 2), (0, 100), (-5, 5), (-128, 127), (0, 255), (0, 256), (0, 2**16 - 1), (0, 2**32 - 1), (0, 2**32), (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)]
    for low, high in pairs:
        for bits in BITS:
            own, other = pair(bits)
            expected = raised(f.py_func, np.random.Generator(bits(1)), low, high, 37)
            if expected is not None:
                assert raised(f, own, low, high, 37) == expected, (low, high)
            else:
                assert identical(f(own, low, high, 37), f.py_func(other, low, high, 37)), (low, high, bits)


def test_shuffle_permutation():
    @njit
    def f(rng, a, n):
        permuted = rng.permutation(a)
        rng.shuffle(a)
        return permuted, rng.permutation(n), rng.random()

    for array in [np.arange(10), np.arange(12.0).reshape(4, 3), np.zeros(0), np.zeros((3, 0)), np.asfortranarray(np.arange(12).reshape(3, 4))]:
        for bits in BITS:
            own, other = pair(bits)
            a, b = array.copy(order="K"), array.copy(order="K")
            found, expected = f(own, a, 9), f.py_func(other, b, 9)
            assert np.array_equal(found[0], expected[0]) and np.array_equal(a, b)
            assert identical(found[1:], expected[1:])


PERMUTED = """permuted(a) | permuted(a, axis=0) | permuted(a, axis=-1) | permuted(a, axis=5) | permuted(a[0]) | permuted([3, 1, 2]) | permuted(a, out=o) | permuted(a, axis=1, out=o) | permuted(a, out=o[:2])
permutation(a, axis=1) | permutation(a, axis=-2) | permutation(a, 7) | shuffle(a, axis=1) | shuffle(a, axis=-2) | shuffle(a, 3)"""


def orders():
    """Makers of arrays with the same elements, in several orders of memory."""
    numbers = np.arange(24.0).reshape(4, 6)

    def gaps(order):
        room = np.zeros((8, 12), order=order)
        room[::2, ::2] = numbers
        return room[::2, ::2]

    return [numbers.copy, lambda: np.asfortranarray(numbers), lambda: numbers.copy()[::-1], lambda: numbers.reshape(2, 3, 4).copy(), lambda: gaps("C"), lambda: gaps("F")]


@pytest.mark.parametrize("call", [call.strip() for line in PERMUTED.splitlines() for call in line.split(" | ")])
def test_orders_along_axes(call):
    """Where the elements lie in memory decides the order in which they are shuffled."""
    f = compiled(f"def f(rng, a, o):\n    r = rng.{call}\n    return r, rng.random()")
    for make in orders():
        for bits in BITS[:2]:
            (own, other), (ours, theirs) = pair(bits), (make(), make())
            outputs = np.zeros(ours.shape), np.zeros(ours.shape)
            try:
                expected = f.py_func(other, theirs, outputs[1])
            except Exception as error:
                with pytest.raises(type(error)) as info:
                    f(own, ours, outputs[0])
                assert info.value.args == error.args
                continue
            found = f(own, ours, outputs[0])
            assert (found[0] is None and expected[0] is None or np.array_equal(found[0], expected[0])) and found[1] == expected[1]
            assert np.array_equal(ours, theirs) and np.array_equal(*outputs)


URNS = """[10, 5, 7], 8 | [10, 5, 7], 8, 5 | [10, 5, 7], 20, (2, 3) | [10, 5, 7], 8, 4, method="count" | [10, 5, 7], 22, 2, "count" | (1000, 5000, 7), 300, 4 | [10, 5, 7], 0, 4 | [5], 1, 3
np.array([10, 50, 0, 3]), 60, (3,), "count" | np.zeros(0, np.int64), 0, 3 | [10, 5], 23 | [10, -5, 7], 2 | [10, 5], -2 | [1.5], 1 | [5], 1.5 | [5], 1, method="x" | [10**9], 1, 3"""


@pytest.mark.parametrize("arguments", [text.strip() for line in URNS.splitlines() for text in line.split(" | ")])
def test_urns_of_several_colors(arguments):
    f = compiled(f"def f(rng): return rng.multivariate_hypergeometric({arguments}), rng.random()")
    for bits in BITS:
        own, other = pair(bits)
        try:
            expected = f.py_func(other)
        except Exception as error:
            with pytest.raises(type(error)) as info:
                f(own)
            assert info.value.args == error.args
            continue
        assert identical(f(own), expected)


FILLED = """random(out=out) | random((2, 3), out=out) | random(dtype=np.float32, out=out) | standard_normal(out=out) | standard_normal(dtype=np.float32, out=out) | standard_exponential(method='inv', out=out)
standard_exponential(None, np.float32, out=out) | standard_gamma(2.5, out=out) | standard_gamma(2.5, (2, 3), np.float32, out) | standard_gamma(np.array([1.5, 2.5, 3.5]), out=out)"""
OUTPUTS = [np.zeros((2, 3)), np.zeros((2, 3), order="F"), np.zeros((2, 6))[:, ::2], np.zeros((2, 3), np.float32), np.zeros(3), np.zeros((0, 3))]
PARTS = """a | a, axis=1 | a, 3 | a, 3, axis=1 | a, (2, 2), False, axis=-1 | a, 2, False, shuffle=False | a, 2, p=(0.5, 0.2, 0.3) | a, axis=2 | a, 9, False | a[:0], 2 | a[:0], 0"""


def same_outcome(f, *arguments):
    """The compiled function and NumPy's, each with a generator of its own, which go on from the same place."""
    own, other = pair(np.random.PCG64)
    try:
        expected = f.py_func(other, *copied(arguments))
    except Exception as error:
        with pytest.raises(type(error)) as info:
            f(own, *copied(arguments))
        assert info.value.args == error.args
    else:
        assert identical(f(own, *copied(arguments)), expected)


@pytest.mark.parametrize("call", [text.strip() for line in FILLED.splitlines() for text in line.split(" | ")])
def test_arrays_that_are_filled(call):
    f = compiled(f"def f(rng, out): return rng.{call}, out, rng.random()")
    for out in OUTPUTS:
        same_outcome(f, out)


@pytest.mark.parametrize("arguments", PARTS.split(" | "))
def test_choices_of_parts(arguments):
    same_outcome(compiled(f"def f(rng, a): return rng.choice({arguments}), rng.random()"), np.arange(12).reshape(3, 4))


def test_random_integers():
    f = compiled("def f():\n    np.random.seed(3)\n    return np.random.random_integers(5), np.random.random_integers(2, 9, (2, 3)), np.random.random()")
    with pytest.warns(DeprecationWarning):
        expected = f.py_func()
    assert identical(f(), expected)


def test_choice():
    @njit
    def f(rng, a, n, replace, shuffle):
        return (
            rng.choice(a),
            rng.choice(a, n, replace),
            rng.choice(a, (2, 2), replace=replace, shuffle=shuffle),
            rng.choice(a, n, False, shuffle=shuffle),
            rng.random(),
        )

    for a in [7, 1000, 20_000, np.arange(9.0), np.arange(20)[::2]]:
        for n in [0, 1, 5, 500]:
            for replace, shuffle in [(True, True), (False, True), (False, False)]:
                if n > (a if isinstance(a, int) else len(a)):
                    continue
                for bits in BITS:
                    own, other = pair(bits)
                    assert identical(f(own, a, n, replace, shuffle), f.py_func(other, a, n, replace, shuffle)), (a, n, replace)


def test_choice_by_weights():
    @njit
    def f(rng, a, n, replace, p):
        return rng.choice(a, p=p), rng.choice(a, n, replace, p), rng.random()

    p = np.array([0.1, 0.0, 0.2, 0.3, 0.15, 0.05, 0.2])
    for a in [7, np.arange(7.0) * 2]:
        for replace in [True, False]:
            for bits in BITS:
                own, other = pair(bits)
                assert identical(f(own, a, 5, replace, p), f.py_func(other, a, 5, replace, p))


@pytest.mark.parametrize(
    "a, n, replace, p",
    [
        (0, 1, True, None),
        (np.zeros(0), 1, True, None),
        (3, 4, False, None),
        (3, 3, False, np.array([0.5, 0.5, 0.0])),
        (3, 2, True, np.array([0.5, 0.5])),
        (2, 2, True, np.array([0.5, np.nan])),
        (2, 2, True, np.array([1.5, -0.5])),
        (2, 2, True, np.array([0.5, 0.4])),
    ],
)
def test_errors_of_choice(a, n, replace, p):
    f = compiled("def f(rng, a, n, replace, p): return rng.choice(a, n, replace, p)")
    assert raised(f, np.random.default_rng(0), a, n, replace, p) == raised(np.random.default_rng(0).choice, a, n, replace, p)


def test_passing_generators_on():
    @njit
    def inner(rng):
        return rng.normal()

    @njit
    def f(pair, flag):
        rng = pair[0] if flag else pair[1]
        total = 0.0
        for i in range(3):
            total += inner(rng)
        return total

    (a, b), (c, d) = pair(np.random.PCG64, 1), pair(np.random.SFC64, 2)
    assert f((a, c), True) == sum((b.normal() for _ in range(3)), 0.0)
    assert f((a, c), False) == sum((d.normal() for _ in range(3)), 0.0)


def test_declared_signature():
    f = zouk.njit(lambda rng: rng.random())
    rng = np.random.default_rng(5)
    first = f(rng)
    f.disable_compile()
    second = f(rng)
    assert [first, second] == np.random.default_rng(5).random(2).tolist()


def test_refused():
    class Own(np.random.Generator):
        pass

    f = compiled("def f(rng): return rng.random()")
    for value in [Own(np.random.PCG64(1)), np.random.RandomState(1), np.random.PCG64(1)]:
        with pytest.raises(zouk.errors.TypingError, match="cannot determine the type"):
            f(value)
    with pytest.raises(zouk.errors.TypingError, match="Generator cannot be returned"):
        compiled("def f(rng): return rng")(np.random.default_rng(1))
    with pytest.raises(zouk.errors.TypingError, match="bytes"):
        compiled("def f(rng): return rng.bytes(3)")(np.random.default_rng(1))
