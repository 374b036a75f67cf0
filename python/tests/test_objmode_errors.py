"""Blocks that the interpreter runs, and what goes wrong: exceptions, values that do not fit, what may not stand in a block."""

import traceback

import numpy as np
import pytest

import zouk
from zouk import njit, objmode


class Mine(Exception):
    pass


def test_exceptions_are_the_same_objects():
    raised = Mine("a", [1, 2])

    def inner(a, x):
        with objmode():
            if x > 0:
                raise raised
        return a.sum()

    compiled = njit(inner)

    @njit
    def outer(x):
        return compiled(np.ones(3), x)

    assert outer(-1) == 3.0
    with pytest.raises(Mine) as error:
        outer(1)
    assert error.value is raised
    frames = traceback.extract_tb(error.value.__traceback__)
    names = [frame.name for frame in frames]
    assert names[-3:] == ["outer", "inner", "<objmode>"]
    assert frames[-1].line == "raise raised" and frames[-1].filename == __file__


def test_an_exception_with_a_cause():
    @njit
    def f():
        with objmode():
            try:
                {}["key"]
            except KeyError as error:
                raise Mine("wrapped") from error

    with pytest.raises(Mine) as error:
        f()
    assert isinstance(error.value.__cause__, KeyError)


@pytest.mark.parametrize("declared, value, error, message", [
    ("int64", 1.5, TypeError, "the block's `y` is float64, and was declared as int64"),
    ("float64", 1j, TypeError, "declared as float64"),
    ("int8", 300, OverflowError, "int too big"),
    ("uint8", -1, OverflowError, "negative"),
    ("float64", "text", Exception, "`y` of the block"),
    ("float64[:]", np.ones(3, np.float32), TypeError, "declared as array\\(float64, 1d, A\\)"),
    ("float64[:]", np.ones((2, 2)), TypeError, "declared as"),
    ("float64[::1]", np.ones(6)[::2], TypeError, "declared as"),
    ("UniTuple(int64, 2)", (1, 2, 3), TypeError, "declared as"),
    ("int64", None, TypeError, "declared as int64"),
])  # fmt: skip
def test_values_that_do_not_fit(declared, value, error, message):
    @njit
    def f():
        with objmode(y=declared):
            y = value
        return y

    with pytest.raises(error, match=message):
        f()


def test_a_name_that_the_block_left_unbound():
    @njit
    def f(x):
        with objmode(y="float64"):
            if x > 0:
                y = 1.0
        return y

    assert f(1) == 1.0
    with pytest.raises(UnboundLocalError):
        f(-1)


def returning(x):
    with objmode():
        return x


def breaking(x):
    for i in range(3):
        with objmode():
            if i:
                break


def continuing(x):
    while x:
        with objmode():
            continue


def yielding(x):
    with objmode():
        yield x


@pytest.mark.parametrize("function, what", [(returning, "return"), (breaking, "break"), (continuing, "continue")])
def test_what_may_not_leave_the_block(function, what):
    with pytest.raises(zouk.UnsupportedError, match=f"`{what}` is not supported in a block that the interpreter runs"):
        njit(function)(1)


def test_a_generator_is_refused():
    with pytest.raises(zouk.UnsupportedError):
        njit(yielding)(1)


def test_names_that_are_not_declared():
    @njit
    def f(x):
        with objmode():
            y = x
        return y

    with pytest.raises(zouk.TypingError, match="`y` is assigned in a block that the interpreter runs and used afterwards"):
        f(1)

    @njit
    def g(x):
        with objmode(y="float64"):
            z = x  # noqa: F841
        return x

    with pytest.raises(zouk.TypingError, match="declares `y`, which the block does not assign"):
        g(1)

    @njit
    def h(x):
        for _ in range(3):
            with objmode():
                x = x + 1
        return x

    with pytest.raises(zouk.TypingError, match="`x` is assigned"):
        h(1)


@pytest.mark.parametrize("spelled", ["no_such_type", "unicode_type", "float64(", 5])
def test_types_that_are_none(spelled):
    @njit
    def f(x):
        with objmode(y=spelled):
            y = x
        return y

    with pytest.raises(zouk.TypingError, match="declares `y`"):
        f(1)


def test_blocks_that_give_nothing_need_no_call():
    seen = []

    @njit
    def f(x):
        with objmode:
            seen.append(x)
        with zouk.objmode():
            seen.append(x + 1)
        return x

    assert f(1) == 1 and f.py_func(1) == 1 and seen == [1, 2, 1, 2]
