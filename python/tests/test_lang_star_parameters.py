"""`*name` parameters, and classes and dtypes as arguments."""

import numpy as np
import pytest
import zouk
from lang_support import check, function, same
from zouk import njit


def test_from_python():
    f = function("def f(a, *rest):\n    s = a\n    for x in rest:\n        s += x\n    return s, len(rest), rest\n")
    for arguments in ((1,), (1, 2), (1, 2, 3, 4), (1.5, 2.0, 3.0)):
        check(f, *arguments)
    check(function("def f(*rest):\n    return rest\n"))
    check(function("def f(*rest):\n    return rest[0], rest[1] + 1\n"), np.arange(3), 2.5)


def test_beside_other_parameters():
    f = function("def f(a, b=2, *rest, k, m=5):\n    return a, b, rest, k, m\n")
    for arguments, keywords in (((1,), {"k": 3}), ((1, 2, 3), {"k": 4}), ((1, 2, 3, 4.5), {"m": 1, "k": 2}), ((), {"a": 1, "k": 0})):
        assert same(f(*arguments, **keywords), f.py_func(*arguments, **keywords))
    for arguments, keywords in (((), {"k": 1}), ((1,), {}), ((1,), {"k": 1, "rest": 2}), ((1, 2), {"a": 3, "k": 1})):
        with pytest.raises(TypeError):
            f.py_func(*arguments, **keywords)
        with pytest.raises(TypeError):
            f(*arguments, **keywords)


def test_between_compiled_functions():
    f = function("@njit\ndef total(first, *rest):\n    s = first\n    for x in rest:\n        s += x\n    return s\n\n@njit\ndef f(a, b):\n    return total(a), total(a, b), total(a, b, a * b, 1.0)\n")
    check(f, 2, 3)
    check(f, 2.5, 3)


def test_declared():
    """The types are those of the arguments, or of the tuple."""
    for signature in ((zouk.int64, zouk.float64, zouk.float64), (zouk.int64, zouk.types.UniTuple(zouk.float64, 2))):
        f = njit(signature)(lambda a, *rest: a + rest[0] * rest[1])
        assert f(1, 2.0, 3.0) == f.py_func(1, 2.0, 3.0) and f(1, 2, 3) == 7.0
        with pytest.raises(TypeError):
            f(1, 2.0)


DTYPES = [np.float32, np.int16, np.complex128, np.bool_, np.dtype("u4"), np.dtype(float), int, float, bool, complex]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_dtypes(dtype):
    check(function("def f(n, dtype):\n    return np.zeros(n, dtype), np.arange(n).astype(dtype), np.full((2, n), 1, dtype=dtype)\n"), 3, dtype)


def test_classes():
    f = function("def f(x, kind):\n    if isinstance(x, kind):\n        return kind(x) + 1\n    return kind(x)\n")
    for kind in (int, float, complex):
        check(f, 2.75, kind)
    made = function("def f(x, kind):\n    return kind(x)\n")
    assert made(2.75, np.int8) == 2 and made(2.75, zouk.float32) == 2.75
    check(function("def f(kind):\n    return kind is int, kind == np.float64\n"), np.float64)


def test_each_class_has_its_version():
    f = function("def f(n, dtype):\n    return np.ones(n, dtype)\n")
    assert [f(2, dtype).dtype for dtype in (np.int8, np.float32, np.int8)] == [np.int8, np.float32, np.int8] and len(f.signatures) == 2


def test_classes_that_are_not_passed():
    f = function("def f(kind):\n    return 1\n")
    for kind in (str, list, np.dtype("U3"), np.object_, object):
        with pytest.raises(zouk.TypingError, match="argument 'kind'"):
            f(kind)
