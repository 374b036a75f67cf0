"""The functions of `operator` are the operators."""

import operator

import numpy as np
import pytest
import zouk
from lang_support import check, function

ARRAY = np.arange(1, 7).reshape(2, 3)
NUMBERS = [(7, 3), (-7, 3), (2.5, -0.75), (True, 4), (1 + 2j, 0.5)]
PAIRS = [*NUMBERS, (ARRAY, 2), (ARRAY, np.array([1, 2, 3])), (np.linspace(0, 1, 4), 0.25), ((1, 2.5), (1, 2.5))]
TWO = "add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor lt le eq ne gt ge concat matmul contains".split()
IN_PLACE = "iadd isub imul itruediv ifloordiv imod ipow ilshift irshift iand ior ixor iconcat".split()


def takes(name, a, b):
    """Whether Python has a result that compiled code may have too: tuples are no arrays, and NumPy's bools are no ints."""
    try:
        result = getattr(operator, name)(np.copy(a) if isinstance(a, np.ndarray) else a, b)
    except Exception:
        return False
    return result is not NotImplemented


@pytest.mark.parametrize("name", [*TWO, *IN_PLACE])
def test_of_two(name):
    f = function(f"def f(a, b):\n    return operator.{name}(a, b)\n", operator=operator)
    pairs = [pair for pair in PAIRS if takes(name, *pair) and not (name in ("concat", "iconcat") and not isinstance(pair[0], tuple))]
    pairs = [(a[0], a) if name == "contains" else (a, b) for a, b in pairs]
    done = 0
    for a, b in pairs if name != "contains" else [((1, 2, 3), 2), (ARRAY, 9), (ARRAY, 3)]:
        if name in ("lt", "le", "gt", "ge") and isinstance(a, complex):
            continue
        check(f, a, b)
        done += 1
    assert done


@pytest.mark.parametrize("name", "neg pos invert inv not_ truth abs".split())
def test_of_one(name):
    f = function(f"def f(a):\n    return operator.{name}(a)\n", operator=operator)
    for a in (5, -3, 2.5, np.float32(-1.5), ARRAY, -ARRAY):
        if isinstance(a, np.ndarray) and name in ("not_", "truth") or isinstance(a, (float, np.floating)) and name in ("invert", "inv"):
            continue
        check(f, a)


def test_items():
    f = function("def f(a, i, x):\n    operator.setitem(a, i, x)\n    return operator.getitem(a, i), operator.is_(x, None), operator.is_not(x, None)\n", operator=operator)
    check(f, np.arange(4.0), 2, 7.5)
    check(f, np.arange(4.0), -1, 1)
    check(f, np.arange(4.0), 4, 1)


def test_refused_as_the_operator():
    f = function('def f(a):\n    return operator.add(a, "x")\n', operator=operator)
    with pytest.raises(zouk.TypingError, match=r"unsupported operand types for \+"):
        f(1)


def test_by_other_names():
    f = function("def f(a, b):\n    return plus(a, b), times(a, b)\n", plus=operator.add, times=operator.__mul__)
    check(f, 3, 4)
