"""Python's `random` in compiled code: CPython's streams, bit for bit."""

import os
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_support import compiled, identical, names, raised, spelled

SEEDS = [0, 1, -1, 12345, 2**31, 2**32 - 1, 2**32, 2**60 + 3, -(2**63), 2**64 - 1]
DISTRIBUTIONS = {
    "random": [()],
    "uniform": [(0.0, 1.0), (-2.0, 5.5), (3, 1)],
    "normalvariate": [(), (1.0,), (1.0, 2.0)],
    "gauss": [(), (1.0,), (1.0, 2.0)],
    "lognormvariate": [(0.0, 1.0)],
    "expovariate": [(2.0,), (-3.0,)],
    "vonmisesvariate": [(0.0, 0.0), (1.0, 1e-7), (1.0, 0.5), (6.0, 4.0), (-1.0, 100.0)],
    "gammavariate": [(0.3, 1.0), (1.0, 2.0), (1.5, 1.0), (20.0, 0.5)],
    "betavariate": [(0.3, 0.5), (1.0, 1.0), (2.0, 3.0)],
    "paretovariate": [(0.5,), (3.0,)],
    "weibullvariate": [(1.0, 2.0), (2.0, 0.5)],
    "triangular": [(), (1.0,), (1.0, 3.0), (1.0, 3.0, 2.5), (1.0, 3.0, 1.0), (2.0, 2.0, 2.0), (2.0, 2.0), (0, 10, 3)],
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_streams_of_distributions(name):
    for count in sorted({len(p) for p in DISTRIBUTIONS[name]}):
        parameters = names(count)
        f = compiled(f"""
def f({", ".join(["seed", "n", *parameters])}):
    random.seed(seed)
    out = np.empty(n)
    for i in range(n):
        out[i] = random.{name}({spelled(parameters)})
    return out
""")
        for values in DISTRIBUTIONS[name]:
            if len(values) == count:
                for seed in SEEDS:
                    own = random.Random(seed)
                    assert identical(f(seed, 300, *values), np.array([getattr(own, name)(*values) for _ in range(300)], float)), (values, seed)


@pytest.mark.parametrize("bits", [0, 1, 5, 31, 32, 33, 48, 62, 63])
def test_getrandbits(bits):
    f = compiled("def f(seed, k):\n    random.seed(seed)\n    return random.getrandbits(k), random.getrandbits(k), random.random()")
    for seed in SEEDS:
        own = random.Random(seed)
        assert f(seed, bits) == (own.getrandbits(bits), own.getrandbits(bits), own.random())


def test_errors_of_getrandbits():
    f = compiled("def f(k): return random.getrandbits(k)")
    assert raised(f, -1) == raised(random.getrandbits, -1)
    assert raised(f, 64)[0] is OverflowError


RANGES = compiled("def f(seed, a, b, step):\n    random.seed(seed)\n    return random.randrange(a, b, step), random.random()")
HALF = compiled("def f(seed, a, b):\n    random.seed(seed)\n    return random.randrange(a, b), random.random()")
CLOSED = compiled("def f(seed, a, b):\n    random.seed(seed)\n    return random.randint(a, b), random.random()")
BELOW = compiled("def f(seed, a):\n    random.seed(seed)\n    return random.randrange(a), random.random()")
ENDS = st.integers(-(2**63), 2**63 - 1) | st.integers(-10, 10)


def agrees(f, *arguments):
    python = raised(f.py_func, *arguments)
    assert raised(f, *arguments) == python, arguments
    assert python is not None or f(*arguments) == f.py_func(*arguments), arguments


@given(st.integers(0, 2**63 - 1), ENDS, ENDS, ENDS)
@settings(max_examples=300, deadline=None)
def test_integers(seed, a, b, step):
    agrees(RANGES, seed, a, b, step)
    agrees(BELOW, seed, a)
    # Beyond int64 a width wraps in the text of the error.
    if abs(b + 1 - a) < 2**63 and b < 2**63 - 1 or a <= b:
        agrees(HALF, seed, a, b)
        agrees(CLOSED, seed, a, b)


def test_the_whole_range():
    for seed in range(5):
        own = random.Random(seed)
        assert CLOSED(seed, -(2**63), 2**63 - 1) == (own.randint(-(2**63), 2**63 - 1), own.random())


def test_shuffle_and_choice():
    f = compiled("""
def f(seed, a):
    random.seed(seed)
    x = random.choice(a)
    random.shuffle(a)
    return x, random.random()
""")
    for array in [np.arange(10), np.arange(7.0)[::-1], np.arange(20)[::3], np.ones(1)]:
        for seed in SEEDS:
            own, a, values = random.Random(seed), array.copy()[:], list(array)
            expected = own.choice(values)
            own.shuffle(values)
            assert f(seed, a) == (expected, own.random())
            assert a.tolist() == values
    assert raised(f, 1, np.zeros(0)) == (IndexError, raised(random.choice, [])[1])


@pytest.mark.parametrize(
    "name, values",
    [("expovariate", (0.0,)), ("paretovariate", (0.0,)), ("weibullvariate", (1.0, 0.0)), ("gammavariate", (0.0, 1.0)), ("gammavariate", (1.0, -1.0)), ("betavariate", (1.0, 0.0))],
)
def test_errors_of_parameters(name, values):
    parameters = names(len(values))
    f = compiled(f"def f({spelled(parameters)}): return random.{name}({spelled(parameters)})")
    assert raised(f, *values) == raised(getattr(random, name), *values)


def test_unseeded_numbers_differ():
    f = compiled("def f():\n    random.seed()\n    return random.random()")
    assert f() != f()


def test_apart_from_numpy():
    f = compiled("""
def f(seed):
    np.random.seed(seed)
    random.seed(seed)
    a = np.random.random()
    return random.random(), a, random.gauss(0.0, 1.0), np.random.normal(0.0, 1.0)
""")
    python, numpy = random.Random(5), np.random.RandomState(5)
    a = numpy.random_sample()
    assert f(5) == (python.random(), a, python.gauss(0.0, 1.0), numpy.normal(0.0, 1.0))


def test_a_forked_process_starts_anew():
    """As CPython's `random`; `numpy.random` goes on in the child, as NumPy's does."""
    draw = compiled("def f():\n    return random.random(), np.random.random()\n")
    seed = compiled("def f(n):\n    random.seed(n)\n    np.random.seed(n)\n")

    def in_children(draw):
        pairs = []
        for _ in range(2):
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                os.write(write, repr(draw()).encode())
                os._exit(0)
            os.waitpid(child, 0)
            pairs.append(eval(os.read(read, 200), {"np": np}))
            os.close(read)
            os.close(write)
        return [*pairs, draw()]

    for how in (draw, draw.py_func):
        (seed if how is draw else seed.py_func)(5)
        python, numpys = zip(*in_children(how))
        assert len(set(python)) == 3 and len(set(numpys)) == 1
