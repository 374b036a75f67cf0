"""Overloads of methods and attributes, of Python's types and of compiled classes."""

import pytest
from extending_support import registered  # noqa: F401
from lang_support import arrays, same

import zouk
from zouk import njit, types
from zouk.extending import overload_attribute, overload_method


@overload_method(types.Array, "scaled")
def array_scaled(array, factor=2, *, plus=0):
    return lambda array, factor=2, *, plus=0: array * factor + plus


@overload_method(types.Integer, "scaled")
def integer_scaled(n, factor=2):
    return lambda n, factor=2: n * factor


@overload_attribute(types.Array, "mebibytes")
def array_mebibytes(array):
    width = array.dtype.bitwidth // 8
    return lambda array: array.size * width / 2**20


@overload_attribute(types.BaseTuple, "head")
def tuple_head(t):
    return lambda t: t[0]


def test_methods_and_attributes():
    @njit
    def f(a, n):
        return a.scaled(), a.scaled(3), a.scaled(factor=4, plus=1), a.mebibytes, n.scaled(), (n, 1.5).head, a.T.scaled(2)[0, 0]

    for a in arrays((2, 3)):
        expected = a * 2, a * 3, a * 4 + 1, a.nbytes / 2**20, 10, 5, int(a[0, 0] * 2)
        assert same(f(a, 5), expected)


def test_unknown_methods_name_what_there_is():
    with pytest.raises(zouk.TypingError, match="Unknown method 'scaled' of type"):
        njit(lambda x: x.scaled())(1.5)
    with pytest.raises(zouk.TypingError, match="Unknown attribute 'mebibytes' of type"):
        njit(lambda x: x.mebibytes)(1.5)


def test_methods_and_attributes_of_compiled_classes():
    from zouk.experimental import jitclass

    @jitclass([("value", types.float64)])
    class Box:
        def __init__(self, value):
            self.value = value

        def own(self):
            return self.value

    @overload_method(types.ClassInstanceType, "scaled_by")
    def scaled_by(self, factor=2):
        return lambda self, factor=2: self.value * factor

    @overload_attribute(types.ClassInstanceType, "doubled")
    def doubled(self):
        return lambda self: self.value + self.value

    @njit
    def f(box):
        return box.scaled_by(), box.scaled_by(3), box.doubled, box.own()

    assert f(Box(1.5)) == (3.0, 4.5, 3.0, 1.5)
    with pytest.raises(zouk.TypingError, match="no method 'absent'"):
        njit(lambda box: box.absent())(Box(1.0))
