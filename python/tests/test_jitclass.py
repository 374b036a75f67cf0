"""Compiled classes: fields, construction, methods, properties; each against the same class in CPython."""

from collections import OrderedDict
from typing import Optional

import numpy as np
import pytest
from jitclass_support import both, compare, no_leaks, nothing
from lang_support import same

import zouk
from zouk import deferred_type, float32, float64, int8, int16, int32, int64, njit, optional, types, uint8, uint64
from zouk.experimental import jitclass

VECTOR = [("x", float64), ("y", float64), ("count", int64)]


def make_vector(decorate):
    @decorate
    class Vector:
        """Two numbers."""

        SCALE = 3
        AXES = (1.5, 2.5)

        def __init__(self, x, y=2.0, *, count=0):
            self.x = x
            self.y = y
            self.count = count

        def norm(self):
            return (self.x**2 + self.y**2) ** 0.5

        def scale(self, k, times=1):
            for _ in range(times):
                self.x *= k
                self.y *= k
                self.count += 1
            return self

        def copy(self):
            return Vector(self.x, self.y, count=self.count)

        def scaled_by_constant(self):
            return self.x * self.SCALE + self.AXES[1]

        @property
        def total(self):
            return self.x + self.y

        @total.setter
        def total(self, value):
            self.x = value / 2
            self.y = value / 2

        @property
        def twice(self):
            return self.total * 2

        @staticmethod
        def combine(a, b=10.0):
            return a * 10 + b

        def values(self):
            return self.x, self.y, self.count

    return Vector


def test_construction():
    def positional(Vector, jit):
        return jit(lambda a: Vector(a, 4.0).values())(3.0)

    def defaults(Vector, jit):
        return jit(lambda a: Vector(a).values())(3.0)

    def keywords(Vector, jit):
        return jit(lambda a: Vector(y=a, x=1.0, count=5).values())(3.0)

    compare(make_vector, VECTOR, positional, defaults, keywords)


def test_methods():
    def calls(Vector, jit):
        def f(v):
            v.scale(2.0)
            v.scale(0.5, times=3)
            return v.norm(), v.values(), v.scale(3.0) is v, v.copy().values(), v.copy() is v

        return jit(f)(Vector(3.0, 4.0))

    def constants(Vector, jit):
        return jit(lambda v: (v.SCALE, v.AXES, v.scaled_by_constant(), Vector.SCALE))(Vector(3.0))

    def static(Vector, jit):
        return jit(lambda v: (v.combine(1.0), v.combine(2.0, b=3.0), Vector.combine(4.0, 5.0)))(Vector(1.0))

    def unbound(Vector, jit):
        return jit(lambda v: (Vector.norm(v), Vector.scale(v, 2.0).values()))(Vector(3.0, 4.0))

    compare(make_vector, VECTOR, calls, constants, static, unbound)


def test_properties():
    def reads(Vector, jit):
        return jit(lambda v: (v.total, v.twice))(Vector(3.0, 4.0))

    def writes(Vector, jit):
        def f(v):
            v.total = 20.0
            v.total += 1.0
            return v.values()

        return jit(f)(Vector(3.0, 4.0))

    compare(make_vector, VECTOR, reads, writes)


def test_mutation_is_seen_by_all():
    def scenario(Vector, jit):
        def change(v):
            v.x += 1.0
            w = v
            w.y = 100.0
            return v.y

        v = Vector(1.0, 2.0)
        w = v
        seen = jit(change)(v)
        return seen, w.x, w.y, v is w

    compare(make_vector, VECTOR, scenario)


def test_identity():
    def scenario(Vector, jit):
        def f(v, w):
            return v is v, v is w, v is not w, v == w, v != w, v == v, v is None, v is not None, bool(v)

        v, w = Vector(1.0), Vector(1.0)
        give = jit(lambda v: v)
        return jit(f)(v, w), jit(f)(v, v), give(v) is v, give(v) is w, jit(lambda v, w: (w, v))(v, w)[1] is v

    compare(make_vector, VECTOR, scenario)


def test_in_tuples_and_branches():
    def scenario(Vector, jit):
        def f(v, w, n):
            pair = (v, w)
            chosen = v if n > 0 else w
            last = None
            for i in range(n):
                last = Vector(float(i))
            chosen.x += 1.0
            found = last.x if last is not None else -1.0
            return pair[0].x, pair[1].x, chosen.x, found

        return [jit(f)(Vector(1.0), Vector(2.0), n) for n in (0, 3)]

    def as_argument(Vector, jit):
        def f(pair):
            v, (w, n) = pair
            return v.x + w.x + n, pair

        v, w = Vector(1.0), Vector(2.0)
        result, pair = jit(f)((v, (w, 3)))
        return result, pair[0] is v and pair[1][0] is w

    compare(make_vector, VECTOR, scenario, as_argument)


def test_functions_take_and_give_instances():
    def scenario(Vector, jit):
        @jit
        def inner(v, k):
            v.scale(k)
            return v

        @jit
        def outer(n):
            v = Vector(1.0, 1.0)
            for i in range(n):
                v = inner(v, 2.0)
            return v

        return outer(5).values()

    compare(make_vector, VECTOR, scenario)


FIELDS = [
    (types.boolean, [True, False]),
    (int8, [-128, 127]),
    (int16, [-5]),
    (int32, [-7, 2**31 - 1]),
    (int64, [-(2**63)]),
    (uint8, [255]),
    (uint64, [2**64 - 1]),
    (float32, [1.5, -0.0, float("inf")]),
    (float64, [0.1, float("nan")]),
    (types.complex64, [1 + 2j]),
    (types.complex128, [0.1 - 2j]),
    (types.Tuple((int32, float64)), [(1, 2.5)]),
    (types.UniTuple(float64, 3), [(1.0, 2.0, 3.0)]),
    (types.Tuple((int64, types.Tuple((types.boolean, float32)))), [(1, (True, 2.5))]),
    (optional(float64), [None, 1.5]),
    (optional(types.Tuple((int64, int64))), [None, (1, 2)]),
    (types.none, [None]),
    (types.NPDatetime("D"), [np.datetime64("2024-02-29")]),
    (types.NPTimedelta("s"), [np.timedelta64(5, "s")]),
]


@pytest.mark.parametrize("ty, values", FIELDS, ids=[str(ty) for ty, _ in FIELDS])
def test_types_of_fields(ty, values):
    """What is stored comes back, through Python and through compiled code; between two other fields, which keep their values."""

    @jitclass([("before", int8), ("value", ty), ("after", float32)])
    class Holder:
        def __init__(self, value):
            self.before = -1
            self.value = value
            self.after = 0.5

        def get(self):
            return self.value

        def set(self, value):
            self.value = value

    for value in values:
        holder = Holder(value)
        assert same(holder.get(), value) and same(holder.value, value)
        holder.value = values[0]
        assert same(holder.get(), values[0])
        holder.set(value)
        assert same(holder.value, value) and (holder.before, holder.after) == (-1, 0.5)


ARRAYS = [
    (float64[:], np.arange(5.0)[::2]),
    (float64[::1], np.arange(5.0)),
    (int32[:, :], np.arange(12, dtype=np.int32).reshape(3, 4).T),
    (int32[:, ::1], np.arange(12, dtype=np.int32).reshape(3, 4)),
    (types.complex128[::1, :], np.asfortranarray(np.arange(6).reshape(2, 3) * 1j)),
    (types.boolean[:], np.array([True, False, True])),
    (float32[:, :, :], np.arange(24, dtype=np.float32).reshape(2, 3, 4)[::-1]),
    (types.Array(float64, 0, "C"), np.array(2.5)),
    (types.Array(types.NPDatetime("s"), 1, "A"), np.array(["2020-01-01T00:00:01"], "M8[s]")),
    (types.Array(float64, 1, "A", readonly=True), np.broadcast_to(1.5, 4)),
]


@pytest.mark.parametrize("ty, array", ARRAYS, ids=[str(ty) for ty, _ in ARRAYS])
def test_arrays(ty, array):
    @jitclass([("flag", types.boolean), ("array", ty)])
    class Holder:
        def __init__(self, array):
            self.flag = True
            self.array = array

        def get(self):
            return self.array

        def size(self):
            return self.array.size

    holder = Holder(array)
    assert holder.array is array and holder.get() is array and holder.size() == array.size and holder.flag
    other = array.copy(order="K")
    if ty.readonly:
        other = np.broadcast_to(2.5, 4)
    elif ty.layout == "A":
        other = array[::-1] if array.ndim else array
    holder.array = other
    assert holder.get() is other and same(holder.get().copy(), other.copy())


def test_arrays_of_records():
    dtype = np.dtype([("a", "f8"), ("b", "i4", (2,))])

    @jitclass([("rows", zouk.from_dtype(dtype)[:]), ("one", zouk.from_dtype(dtype))])
    class Table:
        def __init__(self, rows):
            self.rows = rows
            self.one = rows[0]

        def total(self):
            self.one.a += 1.0
            total = 0.0
            for row in self.rows:
                total += row.a + row.b[1]
            return total

    rows = np.zeros(3, dtype)
    rows["a"], rows["b"] = [1, 2, 3], [[4, 5], [6, 7], [8, 9]]
    table = Table(rows)
    assert table.rows is rows and table.total() == 7 + 21 and rows["a"][0] == 2.0
    assert table.one["a"] == 2.0


def test_names_that_numbers_have():
    """`real`, `imag` and `flat` are views of arrays and parts of numbers elsewhere."""

    def make(decorate):
        @decorate
        class Parts:
            def __init__(self, real, imag):
                self.real = real
                self.imag = imag
                self.flat = 1.0

            def add(self, other):
                self.real += other.real
                self.imag = other.imag + self.imag
                self.flat += 1.0
                return self.real, self.imag, self.flat

        return Parts

    compare(make, [("real", float64), ("imag", float64), ("flat", float64)], lambda Parts, jit: jit(lambda a, b: a.add(b))(Parts(1.0, 2.0), Parts(3.0, 4.0)))


def test_private_names():
    def make(decorate):
        @decorate
        class Counter:
            def __init__(self, start):
                self.__count = start
                self._step = 2

            def next(self):
                self.__count += self._step
                return self.__advance()

            def __advance(self):
                self.__count += 1
                return self.__count

        return Counter

    def scenario(Counter, jit):
        def f(counter):
            return counter.next(), counter.next()

        counter = Counter(5)
        return jit(f)(counter), counter._Counter__count

    compare(make, [("__count", int64), ("_step", int64)], scenario)


SPECS = {
    "pairs": [("x", int32), ("y", float32)],
    "tuple": (("x", int32), ("y", float32)),
    "dict": {"x": int32, "y": float32},
    "ordered": OrderedDict([("x", int32), ("y", float32)]),
}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_forms_of_specifications(spec):
    @jitclass(spec)
    class Test:
        def __init__(self):
            pass

    @jitclass(spec=spec)
    class Other:
        def __init__(self):
            pass

    class Plain:
        def __init__(self):
            pass

    for cls in (Test, Other, jitclass(Plain, spec)):
        assert list(cls.class_type.instance_type.struct.items()) == [("x", int32), ("y", float32)]
        assert (cls().x, cls().y) == (0, 0.0)


def test_annotations():
    @jitclass([("y", float32)])
    class Annotated:
        x: int
        y: float
        z: Optional[float]
        pair: tuple[int, bool]
        array: float64[:]
        partner: "Optional[Annotated]"

        def __init__(self, x):
            self.x = x

    kinds = {"y": float32, "x": int64, "z": optional(float64), "pair": types.Tuple((int64, types.boolean)), "array": float64[:]}
    struct = Annotated.class_type.struct
    assert {name: struct[name] for name in kinds} == kinds and list(struct)[0] == "y"
    a, b = Annotated(1), Annotated(2)
    assert (a.x, a.y, a.z, a.pair, a.partner, a.array.shape) == (1, 0.0, None, (0, False), None, (0,))
    a.partner, b.partner = b, None
    assert a.partner is b and a.partner.x == 2

    @jitclass
    class Bare:
        count: int

        def __init__(self):
            self.count = 7

    @jitclass()
    class Holder:
        bare: Bare

        def __init__(self, bare):
            self.bare = bare

        def count(self):
            return self.bare.count

    bare = Bare()
    holder = Holder(bare)
    assert holder.bare is bare and holder.count() == 7


def test_without_init():
    @jitclass([("x", float64)])
    class Empty:
        def get(self):
            return self.x

    assert Empty().get() == 0.0 and njit(lambda: Empty().get())() == 0.0
    with pytest.raises(TypeError, match=r"Empty\(\) takes no arguments"):
        Empty(1)


def test_linked_lists():
    node_type = deferred_type()

    def make(decorate):
        @decorate
        class Node:
            def __init__(self, data, next):
                self.data = data
                self.next = next

            def prepend(self, data):
                return Node(data, self)

            def total(self):
                total = 0
                node = self
                while node is not None:
                    total += node.data
                    node = node.next
                return total

            def reverse(self):
                head = None
                node = self
                while node is not None:
                    following = node.next
                    node.next = head
                    head = node
                    node = following
                return head

        if decorate is not nothing:
            node_type.define(Node.class_type.instance_type)
        return Node

    spec = OrderedDict([("data", int32), ("next", optional(node_type))])
    python, compiled = both(make, spec)
    found = []
    for Node, jit in ((python, nothing), (compiled, nothing), (compiled, njit)):

        def build(n):
            head = Node(0, None)
            for i in range(1, n):
                head = head.prepend(i)
            return head

        head = jit(build)(50)
        reversed_head = head.reverse()
        found.append((head.data, head.next, reversed_head.total(), reversed_head.data, reversed_head.next.data, reversed_head.next is reversed_head.next))
    assert found[0] == found[1] == found[2]


def test_long_lists_are_freed():
    node_type = deferred_type()

    @jitclass([("next", optional(node_type))])
    class Node:
        def __init__(self, next):
            self.next = next

    node_type.define(Node.class_type.instance_type)

    @njit
    def build(n):
        head = Node(None)
        for _ in range(n):
            head = Node(head)
        return head

    with no_leaks():
        build(500_000)


def test_types():
    @jitclass([("x", float64)])
    class Box:
        def __init__(self, x):
            self.x = x

    ty = Box.class_type.instance_type
    assert zouk.typeof(Box(1.0)) == ty and str(ty) == "Box" and ty.class_type is Box.class_type and Box(1.0)._numba_type_ == ty
    assert isinstance(Box(1.0), Box) and not isinstance(Box(1.0), int) and isinstance(Box, type(Box)) and Box.__name__ == "Box"

    @njit(float64(ty, float64))
    def f(box, y):
        return box.x + y

    assert f(Box(1.5), 2) == 3.5 and f.signatures == [(ty, float64)]
    with pytest.raises(TypeError):
        f(1.0, 2.0)


def test_classes_of_one_name_are_different_types():
    def make(spec):
        @jitclass(spec)
        class Same:
            def __init__(self, x):
                self.x = x

        return Same

    A, B = make([("x", float64)]), make([("x", int64)])
    get = njit(lambda v: v.x)
    assert same((get(A(1.5)), get(B(1.5)), get(A(2))), (1.5, 1, 2.0))
    assert njit(lambda a, b: a is b)(A(1), B(1)) is False


def test_methods_are_compiled_when_called():
    @jitclass([("x", int64)])
    class Lazy:
        def __init__(self, x):
            self.x = x

        def bad(self):
            return {self.x: undefined_name}  # noqa: F821

        def worse(self):
            with self as x:
                return x

        def good(self, y):
            return self.x + y

    lazy = Lazy(1)
    assert lazy.good(2) == 3 and lazy.good(2.5) == 3.5 and njit(lambda v: v.good(1))(lazy) == 2
    assert len(Lazy.good.signatures) == 2 and Lazy.bad.signatures == []
    for call in (Lazy.bad, njit(lambda v: v.bad()), Lazy.worse, njit(lambda v: v.worse())):
        with pytest.raises(zouk.ZoukError):
            call(lazy)


def test_conversions_to_fields():
    @jitclass([("x", float32), ("n", int32), ("z", types.complex128)])
    class Holder:
        def __init__(self, x, n, z):
            self.x = x
            self.n = n
            self.z = z

    @njit
    def f(x, n, z):
        return Holder(x, n, z)

    for make in (Holder, f):
        holder = make(1, 2.75, 3)
        assert same((holder.x, holder.n, holder.z), (1.0, 2, 3 + 0j))
    holder.x, holder.n, holder.z = 0.1, True, 2.5
    assert same((holder.x, holder.n, holder.z), (float(np.float32(0.1)), 1, 2.5 + 0j))
