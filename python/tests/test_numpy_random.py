"""`numpy.random` in compiled code: the streams of `RandomState`, bit for bit."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_support import DISTRIBUTIONS, ERRORS, SIZE, compiled, identical, names, raised, spelled

import zouk
from zouk import njit

SEEDS = [0, 1, 12345, 2**32 - 1]
INTEGERS = ["np.int8", "np.int16", "np.int32", "np.int64", "np.uint8", "np.uint16", "np.uint32", "np.uint64", "np.bool_", "int", "bool"]


DTYPES = dict.fromkeys(["poisson", "geometric", "logseries", "zipf", "negative_binomial", "binomial", "hypergeometric"], "np.int64")


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_streams_of_distributions(name):
    """Number by number, then whole arrays, in one stream."""
    for count in sorted({len(p) for p in DISTRIBUTIONS[name]}):
        parameters = names(count)
        f = compiled(f"""
def f({", ".join(["seed", "n", *parameters])}):
    np.random.seed(seed)
    out = np.empty(n, {DTYPES.get(name, "np.float64")})
    for i in range(n):
        out[i] = np.random.{name}({spelled(parameters)})
    return out, np.random.{name}({spelled([*parameters, "size=n"])}), np.random.{name}({spelled([*parameters, "size=(2, 3)"])})
""")
        for values in DISTRIBUTIONS[name]:
            if len(values) != count:
                continue
            for seed in SEEDS:
                state = np.random.RandomState(seed)
                draw = getattr(state, name)
                expected = np.array([draw(*values) for _ in range(SIZE)]), draw(*values, size=SIZE), draw(*values, size=(2, 3))
                assert identical(f(seed, SIZE, *values), expected), (values, seed)


@pytest.mark.parametrize("name, values", ERRORS)
def test_errors_of_parameters(name, values):
    parameters = names(len(values))
    state = np.random.RandomState(0)
    for size in ["", ", size=3"]:
        f = compiled(f"def f({spelled(parameters)}): return np.random.{name}({spelled(parameters)}{size})")
        expected = raised(getattr(state, name), *values)
        assert raised(f, *values) == expected, values
        assert expected is not None or name == "negative_binomial"


@njit
def uniform_functions(seed):
    np.random.seed(seed)
    return (
        np.random.random(),
        np.random.random_sample(),
        np.random.ranf(),
        np.random.sample(),
        np.random.rand(),
        np.random.randn(),
        np.random.rand(2, 3),
        np.random.randn(4),
        np.random.random((2, 2)),
        np.random.standard_normal(5),
        np.random.random(0),
        np.random.random(()),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_uniform_functions(seed):
    s = np.random.RandomState(seed)
    expected = (
        s.random_sample(),
        s.random_sample(),
        s.random_sample(),
        s.random_sample(),
        s.rand(),
        s.randn(),
        s.rand(2, 3),
        s.randn(4),
        s.random_sample((2, 2)),
        s.standard_normal(5),
        s.random_sample(0),
        s.random_sample(()),
    )
    assert identical(uniform_functions(seed), expected)


def test_long_streams():
    """Across many turns of the generator, and tails that are rarely reached."""

    @njit
    def f(seed, n):
        np.random.seed(seed)
        return np.random.random(n), np.random.normal(0.0, 1.0, n), np.random.gamma(0.7, 1.0, n), np.random.poisson(30.0, n)

    s = np.random.RandomState(99)
    n = 200_000
    assert identical(f(99, n), (s.random_sample(n), s.normal(0.0, 1.0, n), s.gamma(0.7, 1.0, n), s.poisson(30.0, n)))


def test_kept_normal_number_is_forgotten_by_a_seed():
    @njit
    def f(seed):
        np.random.seed(seed)
        a = np.random.normal()
        np.random.seed(seed)
        b = np.random.normal()
        return a, b, np.random.normal()

    s = np.random.RandomState(3)
    a, b = s.normal(), s.normal()
    assert f(3) == (a, a, b)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers(dtype):
    info = np.iinfo(eval(dtype)) if "bool" not in dtype and dtype != "int" else None
    low, high = (0, 2) if "bool" in dtype else (info.min, int(info.max) + 1) if info and info.bits < 64 else (-(2**63), 2**63 - 1)
    if "uint64" in dtype:
        low, high = 0, 2**63 - 1
    f = compiled(f"""
def f(seed, low, high, n):
    np.random.seed(seed)
    return np.random.randint(low, high, dtype={dtype}), np.random.randint(low, high, n, {dtype}), np.random.randint(high, size=(2, 3), dtype={dtype})
""")
    pairs = {(low, high), (0, 1), (0, 2), (low, low + 1), (high - 1, high), (0, min(high, 10)), (low // 2, high // 2 + 1), (0, min(high, 2**32)), (0, min(high, 2**32 - 1))}
    for a, b in pairs:
        if b <= 0:
            continue
        for seed in SEEDS:
            s = np.random.RandomState(seed)
            dt = eval(dtype)
            expected = s.randint(a, b, dtype=dt), s.randint(a, b, 37, dt), s.randint(b, size=(2, 3), dtype=dt)
            assert identical(f(seed, a, b, 37), expected), (a, b, seed)


@given(st.integers(-300, 300), st.integers(-300, 300), st.sampled_from([0, 3]))
@settings(max_examples=60, deadline=None)
def test_bounds_of_integers(low, high, size):
    for dtype, single, array in BOUNDED:
        s = np.random.RandomState(0)
        assert raised(single, low, high) == raised(lambda a, b: s.randint(a, b, dtype=dtype), low, high)
        assert raised(array, low, high, size) == raised(lambda a, b, n: s.randint(a, b, n, dtype), low, high, size)


BOUNDED = [
    (
        eval(dtype),
        compiled(f"def f(a, b): return np.random.randint(a, b, dtype={dtype})"),
        compiled(f"def f(a, b, n): return np.random.randint(a, b, n, {dtype})"),
    )
    for dtype in ["np.int8", "np.uint8", "np.uint64", "np.int64", "np.bool_"]
]


def test_bounds_of_uint64():
    f = compiled("def f(seed, a, b):\n    np.random.seed(seed)\n    return np.random.randint(a, b, 5, np.uint64)")
    for a, b in [(0, 2**64 - 1), (2**63, 2**64 - 1), (2**64 - 2, 2**64 - 1), (5, 2**63 + 7)]:
        assert identical(f(4, a, b), np.random.RandomState(4).randint(a, b, 5, np.uint64))
    signed = compiled("def f(a, b): return np.random.randint(a, b)")
    s = np.random.RandomState(0)
    for a, b in [(0, 2**64 - 1), (2**63, 2**64 - 1), (2**63 + 5, 3), (-5, -5), (-(2**63), -(2**63))]:
        assert raised(signed, a, b) == raised(s.randint, a, b), (a, b)


@pytest.mark.parametrize(
    "arguments",
    [
        "0, 18446744073709551615, 3, np.uint64",
        "9223372036854775808, 18446744073709551615, 3, np.uint64",
        "18446744073709551615, 9223372036854775808, 3, np.uint64",
        "-1, 5, 3, np.uint64",
        "0, 18446744073709551615",
        "-9223372036854775808, 9223372036854775807",
        "-128, 128, 3, np.int8",
        "-129, 5, 3, np.int8",
        "-5, 129, 3, np.int8",
        "0, 4294967296, 3, np.uint32",
        "0, 4294967297, 3, np.uint32",
        "5, 5",
        "0",
        "0, 0, 0",
    ],
)
def test_constant_bounds(arguments):
    f = compiled(f"def f():\n    np.random.seed(3)\n    return np.random.randint({arguments})")
    state = np.random.RandomState(3)
    expected = raised(lambda: eval(f"np.random.RandomState(3).randint({arguments})"))
    assert raised(f) == expected
    assert expected is not None or identical(f(), eval(f"state.randint({arguments})", {"state": state, "np": np}))


ARRAYS = [
    np.arange(10),
    np.arange(7.0)[::-1],
    np.arange(20, dtype=np.int16)[::3],
    np.zeros(0),
    np.ones(1, np.complex64),
    np.arange(12.0).reshape(4, 3),
    np.asfortranarray(np.arange(12).reshape(3, 4)),
    np.arange(24).reshape(4, 3, 2)[::-1, :, ::2],
    np.zeros((3, 0)),
    np.array([True, False, True]),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}")
def test_shuffle_and_permutation(array):
    @njit
    def f(seed, a):
        np.random.seed(seed)
        permuted = np.random.permutation(a)
        np.random.shuffle(a)
        return permuted, np.random.random()

    for seed in SEEDS:
        s = np.random.RandomState(seed)
        own, other = array.copy(order="K"), array.copy(order="K")
        permuted, after = f(seed, own)
        expected = s.permutation(other)
        s.shuffle(other)
        assert np.array_equal(permuted, expected) and permuted.dtype == expected.dtype
        assert np.array_equal(own, other) and after == s.random_sample()


def test_shuffle_of_a_view():
    f = compiled("def f(seed, a):\n    np.random.seed(seed)\n    np.random.shuffle(a)")
    own, other = np.arange(20), np.arange(20)
    f(1, own[3:15:2])
    np.random.RandomState(1).shuffle(other[3:15:2])
    assert np.array_equal(own, other)


@pytest.mark.parametrize("n", [-3, 0, 1, 2, 100])
def test_permutation_of_a_number(n):
    f = compiled("def f(seed, n):\n    np.random.seed(seed)\n    return np.random.permutation(n)")
    assert identical(f(5, n), np.random.RandomState(5).permutation(n))


def test_choice():
    @njit
    def f(seed, a, n, replace):
        np.random.seed(seed)
        one = np.random.choice(a)
        some = np.random.choice(a, n, replace)
        table = np.random.choice(a, (2, 2), replace=replace)
        return one, some, table, np.random.choice(a, None, False)

    for a in [7, np.arange(9.0), np.arange(20)[::2], np.arange(5, dtype=np.int8)]:
        for replace in [True, False]:
            for seed in SEEDS:
                s = np.random.RandomState(seed)
                expected = s.choice(a), s.choice(a, 4, replace), s.choice(a, (2, 2), replace=replace), s.choice(a, None, False)
                assert identical(f(seed, a, 4, replace), expected), (a, replace, seed)


def test_choice_by_weights():
    @njit
    def f(seed, a, n, replace, p):
        np.random.seed(seed)
        return np.random.choice(a, p=p), np.random.choice(a, n, replace, p), np.random.choice(a, (2, 2), replace, p), np.random.random()

    weights = np.array([0.1, 0.0, 0.2, 0.3, 0.15, 0.05, 0.2])
    single = np.ones(7, np.float32) / np.float32(7)
    for p in [weights, np.repeat(weights, 2)[::2], single, np.array([0, 0, 1, 0, 0, 0, 0])]:
        for a in [7, np.arange(7.0) * 2]:
            for replace in [True, False]:
                if not replace and np.count_nonzero(p) < 4:
                    continue
                for seed in SEEDS:
                    s = np.random.RandomState(seed)
                    expected = s.choice(a, p=p), s.choice(a, 4, replace, p), s.choice(a, (2, 2), replace, p), s.random_sample()
                    assert identical(f(seed, a, 4, replace, p), expected), (p, a, replace)


@pytest.mark.parametrize(
    "a, n, replace, p",
    [
        (0, 1, True, None),
        (-2, 1, True, None),
        (0, 0, True, None),
        (np.zeros(0), 1, True, None),
        (np.zeros(0), 0, True, None),
        (3, 4, False, None),
        (2, 3, False, np.array([0.5, 0.5])),
        (3, 3, False, np.array([0.5, 0.5, 0.0])),
        (3, 2, True, np.array([0.5, 0.5])),
        (2, 2, True, np.array([0.5, np.nan])),
        (2, 2, True, np.array([1.5, -0.5])),
        (2, 2, True, np.array([0.5, 0.4])),
        (3, -1, True, None),
    ],
)
def test_errors_of_choice(a, n, replace, p):
    f = compiled("def f(a, n, replace, p): return np.random.choice(a, n, replace, p)")
    assert raised(f, a, n, replace, p) == raised(np.random.RandomState(0).choice, a, n, replace, p)


def test_multinomial_and_dirichlet():
    @njit
    def f(seed, n, p, alpha):
        np.random.seed(seed)
        return (
            np.random.multinomial(n, p),
            np.random.multinomial(n, p, 3),
            np.random.multinomial(n, p, size=(2, 2)),
            np.random.dirichlet(alpha),
            np.random.dirichlet(alpha, (2, 3)),
            np.random.random(),
        )

    alphas = [np.array([1.0, 2.0, 0.5]), np.arange(1, 5), np.zeros(0)]
    for p in [np.array([0.2, 0.3, 0.5]), np.array([1.0, 0.0, 0.0]), np.array([0.1, 0.2]), np.array([0.25, 9.0, 0.25, 9.0, 0.5])[::2]]:
        for n in [0, 1, 20, 1000]:
            for alpha in alphas:
                s = np.random.RandomState(n)
                expected = (
                    s.multinomial(n, p),
                    s.multinomial(n, p, 3),
                    s.multinomial(n, p, size=(2, 2)),
                    s.dirichlet(alpha),
                    s.dirichlet(alpha, (2, 3)) if alpha.size else np.zeros((2, 3, 0)),
                    s.random_sample(),
                )
                assert identical(f(n, n, p, alpha), expected), (p, n, alpha)


@pytest.mark.parametrize("a", [0, -1, np.zeros(0)])
def test_errors_of_a_single_choice(a):
    f = compiled("def f(a): return np.random.choice(a)")
    g = compiled("def f(rng, a): return rng.choice(a)")
    assert raised(f, a) == raised(np.random.RandomState(0).choice, a)
    assert raised(g, np.random.default_rng(0), a) == raised(np.random.default_rng(0).choice, a)


@pytest.mark.parametrize("n, p", [(-1, [0.5, 0.5]), (1, [1.5, 0.0]), (1, [np.nan, 0.0]), (1, [-0.5, 0.0]), (1, [0.7, 0.7, 0.0])])
def test_errors_of_multinomial(n, p):
    f = compiled("def f(n, p): return np.random.multinomial(n, p)")
    assert raised(f, n, np.array(p)) == raised(np.random.RandomState(0).multinomial, n, np.array(p))


def test_errors_of_dirichlet():
    f = compiled("def f(alpha): return np.random.dirichlet(alpha)")
    assert raised(f, np.array([1.0, 0.0])) == raised(np.random.RandomState(0).dirichlet, np.array([1.0, 0.0]))


@pytest.mark.parametrize("seed", [-1, 2**32, 2**63 - 1])
def test_errors_of_seed(seed):
    f = compiled("def f(seed): np.random.seed(seed)")
    assert raised(f, seed) == raised(np.random.RandomState, seed)


def test_size_errors():
    f = compiled("def f(n): return np.random.random(n)")
    assert raised(f, -1) == raised(np.random.random_sample, -1)
    before = zouk._zouk.live_blocks()
    with pytest.raises(MemoryError):
        f(2**57)
    with pytest.raises(ValueError, match="scale < 0"):
        compiled("def f(n): return np.random.normal(0.0, -1.0, n)")(10)
    assert zouk._zouk.live_blocks() == before


def test_unseeded_numbers_differ():
    f = compiled("def f():\n    np.random.seed()\n    return np.random.random()")
    assert f() != f()
    g = compiled("def f():\n    np.random.seed(None)\n    return np.random.random(3)")
    assert not np.array_equal(g(), g())


def test_each_thread_has_its_own_stream():
    @njit
    def seed(n):
        np.random.seed(n)

    @njit
    def draw(n):
        return np.random.random(n)

    seed(1)
    first = draw(3)
    found = []

    def other():
        found.append(draw(3))
        seed(1)
        found.append(draw(6))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    expected = np.random.RandomState(1).random_sample(6)
    assert np.array_equal(np.concatenate([first, draw(3)]), expected)
    assert np.array_equal(found[1], expected) and not np.array_equal(found[0], expected[:3])


def test_seed_outside_does_not_count():
    draw = compiled("def f(): return np.random.random()")
    compiled("def f(): np.random.seed(7)")()
    np.random.seed(1)
    assert draw() == np.random.RandomState(7).random_sample()


def test_calls_are_neither_merged_nor_dropped():
    @njit
    def f(seed):
        np.random.seed(seed)
        np.random.random()
        np.random.random(2)
        if np.random.random() > 2.0:
            return -1.0
        return np.random.random()

    s = np.random.RandomState(4)
    assert f(4) == s.random_sample(5)[-1]


@pytest.mark.parametrize(
    "text, message",
    [
        ("np.random.normal(0.0, 1.0, 2.5)", "size must be"),
        ("np.random.randint(0, 5, dtype=np.float64)", "Unsupported dtype"),
        ("np.random.seed(np.zeros(2))", "array"),
        ("np.random.choice(2.5)", "1-dimensional"),
    ],
)
def test_refused(text, message):
    with pytest.raises(zouk.errors.TypingError, match=message):
        compiled(f"def f(): return {text}")()
