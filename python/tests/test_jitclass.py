"""Compiled classes: fields, construction, methods, properties; each against the same class in CPython."""

from collections import OrderedDict

import pytest
from jitclass_support import both, compare, no_leaks, nothing
from lang_support import same

import zouk
from zouk import deferred_type, float64, int32, int64, njit, optional
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
