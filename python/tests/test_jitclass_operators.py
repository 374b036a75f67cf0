"""What Python makes of methods with two underscores, in Python and in compiled functions."""

import operator

import pytest
from jitclass_support import compare

from zouk import float64, int64

SPEC = [("value", float64)]

BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow"]
INTEGER = ["lshift", "rshift", "and", "or", "xor"]
SYMBOLS = dict(zip(BINARY + INTEGER, ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^"]))
COMPARED = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def function(text):
    from lang_support import register

    scope = {}
    exec(compile(text, register(text), "exec"), scope)
    return scope["f"]


def make_number(decorate):
    @decorate
    class Number:
        def __init__(self, value):
            self.value = value

        def __add__(self, other):
            return Number(self.value + other.value)

        def __radd__(self, other):
            return Number(other + self.value * 10)

        def __iadd__(self, other):
            self.value += 100 * other.value
            return self

        def __sub__(self, other):
            return Number(self.value - other.value)

        def __rsub__(self, other):
            return Number(other - self.value)

        def __mul__(self, other):
            return Number(self.value * other.value)

        def __truediv__(self, other):
            return Number(self.value / other.value)

        def __floordiv__(self, other):
            return Number(self.value // other.value)

        def __mod__(self, other):
            return Number(self.value % other.value)

        def __pow__(self, other):
            return Number(self.value**other.value)

        def __lshift__(self, other):
            return self.value * 2 + other.value

        def __rshift__(self, other):
            return self.value * 3 + other.value

        def __and__(self, other):
            return self.value * 5 + other.value

        def __or__(self, other):
            return self.value * 7 + other.value

        def __xor__(self, other):
            return self.value * 11 + other.value

        def __matmul__(self, other):
            return self.value * 13 + other.value

        def __lt__(self, other):
            return self.value < other.value

        def __le__(self, other):
            return self.value <= other.value

        def __gt__(self, other):
            return self.value > other.value

        def __ge__(self, other):
            return self.value >= other.value

        def __eq__(self, other):
            return self.value == other.value

        def __ne__(self, other):
            return self.value != other.value

        def __hash__(self):
            return int(self.value) * 31

        def __neg__(self):
            return Number(-self.value)

        def __pos__(self):
            return Number(self.value + 1)

        def __invert__(self):
            return Number(self.value * 1000)

        def __abs__(self):
            return Number(abs(self.value))

        def __int__(self):
            return int(self.value) + 1

        def __float__(self):
            return self.value + 0.5

        def __complex__(self):
            return complex(self.value, 1.0)

        def __bool__(self):
            return self.value > 0

        def __call__(self, x, y=2):
            return self.value * x + y

    return Number


def of(result):
    return getattr(result, "value", result)


@pytest.mark.parametrize("name", BINARY + INTEGER)
def test_binary(name):
    f = function(f"def f(a, b):\n    return a {SYMBOLS[name]} b\n")
    compare(make_number, SPEC, lambda Number, jit: of(jit(f)(Number(7.0), Number(2.0))))


@pytest.mark.parametrize("name", COMPARED)
def test_comparisons(name):
    f = function(f"def f(a, b):\n    return a {COMPARED[name]} b\n")
    compare(make_number, SPEC, lambda Number, jit: [jit(f)(Number(a), Number(2.0)) for a in (1.0, 2.0, 3.0)])


def test_reflected():
    compare(
        make_number,
        SPEC,
        lambda Number, jit: of(jit(lambda a, b: a + b)(5, Number(2.0))),
        lambda Number, jit: of(jit(lambda a, b: a - b)(5.5, Number(2.0))),
    )


def test_in_place():
    def with_method(Number, jit):
        def f(a, b):
            c = a
            a += b
            return a is c, a.value

        return jit(f)(Number(1.0), Number(2.0))

    def without_method(Number, jit):
        def f(a, b):
            c = a
            a -= b
            return a is c, a.value, c.value

        return jit(f)(Number(1.0), Number(2.0))

    compare(make_number, SPEC, with_method, without_method)


def test_unary_and_conversions():
    def unary(Number, jit):
        return [of(part) for part in jit(lambda a: (-a, +a, ~a, abs(a)))(Number(-7.0))]

    def converted(Number, jit):
        return jit(lambda a: (int(a), float(a), complex(a), bool(a), hash(a), not a))(Number(7.25))

    def called(Number, jit):
        return jit(lambda a: (a(3), a(3, y=5)))(Number(7.0))

    def in_conditions(Number, jit):
        def f(a, b):
            found = 0
            if a:
                found += 1
            if b:
                found += 10
            while b:
                b = Number(b.value - 1)
                found += 100
            return found, (a or b).value, (a and b).value

        return jit(f)(Number(-1.0), Number(3.0))

    compare(make_number, SPEC, unary, converted, called, in_conditions)


def make_box(decorate):
    @decorate
    class Box:
        def __init__(self, a, b, c):
            self.a = a
            self.b = b
            self.c = c

        def __len__(self):
            return 3 if self.a else 0

        def __getitem__(self, i):
            if i == 0:
                return self.a
            elif i == 1:
                return self.b
            elif i == 2:
                return self.c
            raise IndexError("no such item")

        def __setitem__(self, i, value):
            if i == 0:
                self.a = value
            elif i == 1:
                self.b = value
            else:
                self.c = value

        def __contains__(self, value):
            return self.a == value or self.b == value or self.c == value

        def __index__(self):
            return self.a

    return Box


BOX = [("a", int64), ("b", int64), ("c", int64)]


def test_containers():
    def items(Box, jit):
        def f(box):
            box[0] = 10
            box[1] += 5
            return len(box), box[0], box[1], box[2], 3 in box, 4 in box, 4 not in box

        return jit(f)(Box(1, 2, 3))

    def errors(Box, jit):
        return jit(lambda box: box[3])(Box(1, 2, 3))

    def truth(Box, jit):
        return [jit(lambda box: (bool(box), 1 if box else 2, not box))(Box(a, 0, 0)) for a in (0, 1)]

    def index(Box, jit):
        return jit(lambda box: (int(box), float(box)))(Box(5, 0, 0))

    compare(make_box, BOX, items, errors, truth, index)


def test_index_in_python():
    def scenario(Box, jit):
        return operator.index(Box(1, 2, 3)), [10, 20, 30][Box(1, 2, 3)]

    compare(make_box, BOX, scenario)


def test_without_equality_identity_decides():
    def make(decorate):
        @decorate
        class Plain:
            def __init__(self):
                self.value = 1.0

        return Plain

    def scenario(Plain, jit):
        a, b = Plain(), Plain()
        return jit(lambda a, b: (a == b, a != b, a == a, a != a, a is b))(a, b), bool(a), hash(a) == hash(a), a in (b, a), a in (b, b)

    compare(make, SPEC, scenario)


def test_equality_without_its_negation():
    def make(decorate):
        @decorate
        class Half:
            def __init__(self, value):
                self.value = value

            def __eq__(self, other):
                return self.value == other.value

        return Half

    compare(make, SPEC, lambda Half, jit: [jit(lambda a, b: (a == b, a != b))(Half(1.0), Half(x)) for x in (1.0, 2.0)])


def test_texts_are_made_in_python():
    def make(decorate):
        @decorate
        class Named:
            def __init__(self, value):
                self.value = value

            def __repr__(self):
                return f"Named({self.value!r})"

            def __str__(self):
                return "<" + str(self.value) + ">"

            def __format__(self, how):
                return format(self.value, how)

        return Named

    compare(make, SPEC, lambda Named, jit: (repr(Named(1.5)), str(Named(2.5)), f"{Named(3.14159):.2f}"))


def test_results_of_any_type():
    def make(decorate):
        @decorate
        class Odd:
            def __init__(self, value):
                self.value = value

            def __eq__(self, other):
                return self.value + other

            def __add__(self, other):
                return (self.value, other)

            def __contains__(self, other):
                return other - self.value

        return Odd

    compare(make, SPEC, lambda Odd, jit: jit(lambda a: (a == 2.0, a + 1, 1.0 in a, 3.0 in a))(Odd(1.0)))


def make_place(decorate):
    @decorate
    class Place:
        def __init__(self, value):
            self.value = value

        def __index__(self):
            return self.value

    return Place


# What takes an index, of `c` and `d`.
INDEXED = [
    "np.arange(5)[c]", "np.arange(12).reshape(3, 4)[c, d]", "np.arange(12).reshape(3, 4)[d, 1:c]", "np.arange(9)[c:]", "np.arange(9)[::c]", "np.arange(9)[d:8:c]",
    "(1, 2, 3)[d]", "np.zeros(c).shape", "np.ones((c, 3)).shape", "np.empty((4, c)).shape", "np.full(c, 2.5)", "len(range(c))", "sum([i for i in range(d, 9, c)])",
    "np.arange(6).reshape(c, 3).shape", "np.arange(6).reshape((3, c)).shape",
]  # fmt: skip


@pytest.mark.parametrize("expression", INDEXED)
def test_instances_as_indices(expression):
    import numpy as np
    from zouk import njit
    from zouk.experimental import jitclass

    decorated = make_place(jitclass([("value", int64)]))
    plain = make_place(lambda cls: cls)
    f = function(f"import numpy as np\ndef f(c, d): return {expression}")
    expected = f(plain(2), plain(1))
    for run in (f, njit(f)):
        np.testing.assert_array_equal(run(decorated(2), decorated(1)), expected)


def test_assignments_at_instances():
    import numpy as np
    from zouk import njit
    from zouk.experimental import jitclass

    decorated = make_place(jitclass([("value", int64)]))
    f = function("def f(a, c, d):\n    a[c, d] = 5\n    a[d] += 1\n    a[c:, d] = 7")
    expected, found = np.zeros((4, 4)), np.zeros((4, 4))
    f(expected, 2, 1)
    njit(f)(found, decorated(2), decorated(1))
    np.testing.assert_array_equal(found, expected)


def test_instances_without_index():
    import numpy as np
    import zouk
    from zouk import njit
    from zouk.experimental import jitclass

    class Other:
        def __init__(self):
            pass

    with pytest.raises(zouk.TypingError):
        njit(lambda a, c: a[c])(np.zeros(3), jitclass([("x", int64)])(Other)())
