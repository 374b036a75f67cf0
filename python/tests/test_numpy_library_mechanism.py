"""The library of functions in Python: how calls reach it, literal parameters, errors and tracebacks."""

import re
import traceback
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from lang_support import check, function

import zouk
from zouk import njit


def test_names_are_unique():
    """Of two functions of one name the second would be the only one. Private names are known in all files."""
    folder = Path(__file__).resolve().parents[2] / "library"
    names = Counter()
    for path in folder.rglob("*.py"):
        for name in re.findall(r"^def (\w+)\(", path.read_text(), re.MULTILINE):
            place = path.with_suffix("") if path.parent == folder else path.parent
            names["" if name.startswith("_") else place, name] += 1
    assert len(names) > 500
    assert [name for name, count in names.items() if count > 1] == []


@njit
def by_axis(a):
    return np.median(a, axis=1)


def test_a_literal_decides_the_rank():
    a = np.arange(24.0).reshape(2, 3, 4)
    check(function("def f(a): return np.median(a)"), a)
    check(function("def f(a): return np.median(a, axis=-1)"), a)
    check(function("def f(a): return np.median(a, axis=(0, 2))"), a)
    check(function("def f(a): return np.median(a, (0, 2), keepdims=True)"), a)


def test_a_literal_may_be_any_constant_expression():
    a = np.arange(6.0).reshape(2, 3)
    check(function("def f(a): return np.median(a, axis=a.ndim - 1)"), a)
    check(function("def f(a): return np.median(a, axis=LAST)", LAST=-1), a)
    check(function("def f(a):\n    axis = 0\n    return np.median(a, axis=axis)"), a)


def test_a_literal_known_at_run_time_is_refused():
    with pytest.raises(zouk.TypingError, match=r"the argument 'keepdims' of median\(\) must be a constant"):
        function("def f(a, keep): return np.median(a, keepdims=keep)")(np.ones((2, 2)), True)


def test_wrong_arguments_are_an_error_at_the_call():
    with pytest.raises(zouk.TypingError) as info:
        function("def f(a): return np.trace(a, 'x')")(np.ones((2, 2)))
    text = str(info.value)
    assert "trace() does not take these arguments" in text
    assert text.splitlines()[1].strip().startswith("--> <language test")
    assert "<zouk library>/" in text


@pytest.mark.parametrize("call", ["np.median()", "np.median(a, axs=0)", "np.cumulative_sum(a, 0)", "np.median(a, 0, axis=1)"])
def test_arguments_bind_as_in_python(call):
    with pytest.raises(zouk.TypingError, match="argument"):
        function(f"def f(a): return {call}")(np.ones(3))


def test_an_axis_that_is_not_there():
    f = function("def f(a): return np.median(a, axis=2)")
    check(f, np.ones((2, 3)), text=True)
    with pytest.raises(np.exceptions.AxisError) as info:
        f(np.ones((2, 3)))
    assert (info.value.axis, info.value.ndim) == (2, 2)


def test_the_traceback_has_the_line_of_the_call():
    f = function("def f(x):\n    n = 1\n    return np.bincount(x, None, -n)")
    with pytest.raises(ValueError, match="'minlength' must not be negative") as info:
        f(np.array([1, 2]))
    entries = [(entry.filename, entry.name, entry.lineno) for entry in traceback.extract_tb(info.value.__traceback__)]
    caller, inner = entries[-2:]
    assert caller[1:] == ("f", 3) and caller[0].startswith("<language test")
    assert inner[:2] == ("<zouk library>/numpy/statistics.py", "bincount")


def test_messages_with_values():
    check(function("def f(a, n): return np.diff(a, n)"), np.arange(3), -2, text=True)
    check(function("def f(a): return np.searchsorted(a, 1, side='middle')"), np.arange(3), text=True)


def test_an_optional_argument_is_unwrapped():
    f = function("def f(a, some):\n    v = None\n    if some:\n        v = 1.5\n    return np.searchsorted(a, v)")
    assert f(np.arange(4.0), True) == 2
    with pytest.raises(TypeError):
        f(np.arange(4.0), False)


def test_loops_over_tuples_of_different_types():
    check(function("def f():\n    total = 0.0\n    for x in (1, 2.5, True):\n        total += x\n    return total"))
    check(function("def f(t):\n    total = 0.0\n    for i, x in enumerate(t, 3):\n        total += i * x\n    return total"), (1, 2.5, True))
    check(function("def f(s, t):\n    total = 0.0\n    for x, y in zip(s, t):\n        total += x * y\n    return total"), (1, 2.5, True), (4.5, 3))
    check(function("def f(t):\n    last = 0.0\n    for x in reversed(t):\n        last = last * 2 + x\n    return last"), (1, 2.5, True))
    check(function("def f(t):\n    for x in t:\n        if x > 2:\n            return x * 1.0\n    else:\n        return -1.0\n    return 0.0"), (1, 2.5, True))
    nested = "def f(t):\n    n = 0.0\n    for i in range(3):\n        for x in t:\n            n += x * i\n            if n > 9: return n\n    return n"
    check(function(nested), (1, 2.5, True))
    check(function("def f(t):\n    for x in t:\n        pass\n    return x"), (1, 2.5))


def test_messages_of_exceptions_by_f_strings():
    text = 'def f(a, n, x, t):\n    raise ValueError(f"{n} of {x} in {t}, shape {a.shape}, {None} {True}")'
    check(function(text), np.zeros((2, 3)), -1, 2.5, (1, 2.0), text=True)
    check(function('def f(): raise KeyError(f"plain")'), text=True)


def test_decided_comparisons_leave_one_branch():
    check(function("def f(a):\n    if a.ndim > 1:\n        return a[0, 0]\n    return a[0]"), np.arange(3.0))
    check(function("def f():\n    t = (1, 2, 3)\n    return t[-7 // 3 + 3], t[-7 % 3], 7 // -2, 7 % -2, -7 // -2, -7 % -2"))
    check(function("def f(a):\n    if a.ndim in (2, 3):\n        return 1.5\n    return (1, a)[0]"), np.arange(3.0))
