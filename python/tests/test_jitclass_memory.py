"""Who owns what: arrays and instances in fields, instances in Python and in compiled code, exceptions, threads."""

import gc
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from jitclass_support import no_leaks

from zouk import deferred_type, float64, int64, njit, optional, types
from zouk.experimental import jitclass


@jitclass([("data", float64[:]), ("total", float64)])
class Series:
    def __init__(self, data):
        self.data = data
        self.total = 0.0

    def fresh(self, n):
        self.data = np.ones(n) * 2.0

    def grow(self):
        self.data = np.concatenate((self.data, self.data))

    def swap(self, other):
        self.data, other.data = other.data, self.data

    def add(self):
        for i in range(self.data.size):
            self.total += self.data[i]
        return self.total

    def view(self):
        return self.data[1:]

    def checked(self, i):
        self.data = np.zeros(3)
        return self.data[i]

    def replaced_while_read(self):
        data = self.data
        self.data = np.zeros(2)
        return data.sum() + self.data.sum()


@jitclass([("a", Series.class_type.instance_type), ("b", optional(Series.class_type.instance_type)), ("pair", types.Tuple((int64, Series.class_type.instance_type)))])
class Pair:
    def __init__(self, a, b):
        self.a = a
        self.b = b
        self.pair = (1, a)

    def first(self):
        return self.a

    def exchange(self):
        if self.b is not None:
            b = self.b
            self.b = self.a
            self.a = b


def test_arrays_of_the_program_are_kept_alive():
    array = np.arange(10.0)
    before = sys.getrefcount(array)
    with no_leaks():
        series = Series(array)
        assert sys.getrefcount(array) == before + 1 and series.data is array
        assert sys.getrefcount(array) == before + 1
        series.data = array
        assert sys.getrefcount(array) == before + 1
        view = series.view()
        assert np.shares_memory(view, array)
        del view
        series.fresh(5)
        assert sys.getrefcount(array) == before
        series.data = array[2:]
        del series
        gc.collect()
        assert sys.getrefcount(array) == before


def test_the_only_reference_is_the_field():
    with no_leaks():
        series = Series(np.arange(1000.0))
        gc.collect()
        assert series.add() == 999 * 500 and series.data[-1] == 999
        view = series.view()
        del series
        gc.collect()
        assert view.sum() == 999 * 500
        del view


def test_arrays_made_by_compiled_code():
    with no_leaks():
        series = Series(np.ones(2))
        for n in range(50):
            series.fresh(n)
            series.grow()
        data = series.data
        del series
        gc.collect()
        assert data.shape == (98,) and (data == 2).all() and data.flags.writeable
        del data


def test_swapping_and_replacing():
    with no_leaks():
        a, b = Series(np.ones(2)), Series(np.full(3, 5.0))
        a.swap(b)
        assert a.data.sum() == 15 and b.data.sum() == 2
        a.swap(a)
        assert a.data.sum() == 15
        assert a.replaced_while_read() == 15 and a.data.shape == (2,)
        del a, b


def test_constant_arrays():
    TABLE = np.arange(4.0)

    @jitclass([("table", types.Array(float64, 1, "A", readonly=True))])
    class Lookup:
        def __init__(self):
            self.table = TABLE

        def at(self, i):
            return self.table[i]

    def make():
        @njit
        def f():
            return Lookup()

        return f()

    lookup = make()
    gc.collect()
    assert lookup.at(3) == 3.0 and (lookup.table == TABLE).all() and not lookup.table.flags.writeable


def test_instances_in_fields():
    with no_leaks():
        a, b = Series(np.ones(3)), Series(np.ones(4))
        pair = Pair(a, None)
        assert pair.a is a and pair.first() is a and pair.b is None and pair.pair[1] is a
        pair.b = b
        pair.exchange()
        assert pair.a is b and pair.b is a
        del a, b
        gc.collect()
        assert pair.a.add() == 4 and pair.b.add() == 3
        kept = pair.b
        del pair
        gc.collect()
        assert kept.add() == 6
        del kept


def test_temporary_instances():
    @njit
    def f(n):
        total = 0.0
        for i in range(n):
            pair = Pair(Series(np.ones(i)), None)
            pair.b = Series(np.ones(2 * i))
            pair.exchange()
            total += pair.first().add()
        return total

    with no_leaks():
        assert f(20) == sum(2 * i for i in range(20))


def test_exceptions_release():
    @njit
    def f(n):
        series = Series(np.ones(3))
        pair = Pair(series, series)
        return pair.a.checked(n)

    with no_leaks():
        assert f(1) == 0.0
        for _ in range(10):
            with pytest.raises(IndexError):
                f(100)

    @jitclass([("x", float64[:])])
    class Picky:
        def __init__(self, n):
            self.x = np.zeros(n)
            if n > 3:
                raise ValueError("too many")

    with no_leaks():
        for make in (Picky, njit(lambda n: Picky(n).x[0])):
            make(2)
            with pytest.raises(ValueError, match="too many"):
                make(5)


def test_many_fields():
    """More than a word of bits says which slots own references."""
    spec = [(f"a{i}", float64[:, :]) for i in range(30)] + [(f"n{i}", int64) for i in range(30)]

    @jitclass(spec)
    class Wide:
        def __init__(self, n):
            self.a0 = np.full((n, n), 1.0)
            self.a29 = np.full((n, n), 2.0)
            self.n29 = 5

        def total(self):
            return self.a0.sum() + self.a15.sum() + self.a29.sum() + self.n29

    with no_leaks():
        for make in (Wide, njit(lambda n: Wide(n))):
            wide = make(3)
            wide.a15 = np.full((1, 1), 100.0)
            assert wide.total() == 9 + 18 + 100 + 5 and wide.a14.shape == (0, 0)
        del wide


def test_cycles_stay():
    """As in Numba: nothing looks for cycles of instances. One that is cut is freed."""
    node_type = deferred_type()

    @jitclass([("next", optional(node_type))])
    class Node:
        def __init__(self):
            self.next = None

    node_type.define(Node.class_type.instance_type)

    with no_leaks():
        a, b = Node(), Node()
        a.next, b.next = b, a
        assert a.next.next is a
        b.next = None
        del a, b


def test_lists_that_are_freed_while_they_are_walked():
    node_type = deferred_type()

    @jitclass([("value", int64), ("data", float64[:]), ("next", optional(node_type))])
    class Node:
        def __init__(self, value, next):
            self.value = value
            self.data = np.full(2, float(value))
            self.next = next

    node_type.define(Node.class_type.instance_type)

    @njit
    def walk(n):
        head = Node(0, None)
        for i in range(1, n):
            head = Node(i, head)
        node = head
        head = None
        total = 0.0
        while node is not None:
            total += node.value + node.data[1]
            node = node.next
        return total

    @njit
    def second(n):
        return Node(n, Node(n + 1, None)).next.data

    with no_leaks():
        assert walk(1000) == 2 * sum(range(1000))
        data = second(5)
        assert (data == 6).all()
        del data


def test_unassigned_fields():
    inner = Series.class_type.instance_type

    @jitclass([("n", int64), ("array", float64[:, :]), ("series", inner), ("maybe", optional(inner)), ("point", types.Array(float64, 0, "C")), ("pair", types.Tuple((int64, inner)))])
    class Bare:
        def __init__(self):
            pass

        def of_series(self):
            return self.series.total

        def of_point(self):
            return self.point[()]

        def of_pair(self):
            return self.pair[0]

        def in_loop(self, n):
            total = 0.0
            for i in range(n):
                total += self.series.total + self.series.data[i]
            return total

        def others(self):
            return self.n, self.array.size, self.maybe is None

    for make in (Bare, njit(lambda: Bare())):
        bare = make()
        assert (bare.n, bare.array.shape, bare.maybe, bare.others()) == (0, (0, 0), None, (0, 0, True)) and bare.in_loop(0) == 0.0
        for name, method in (("series", bare.of_series), ("point", bare.of_point), ("pair", bare.of_pair), ("series", lambda: bare.in_loop(3))):
            for access in (lambda: getattr(bare, name), method):
                with pytest.raises(AttributeError, match=f"'Bare' object has no attribute '{name}'"):
                    access()
    bare.series = Series(np.ones(3))
    assert bare.in_loop(3) == 3.0


def test_threads():
    """Each thread has instances of its own; all read one that they share, without the GIL."""

    @njit(nogil=True)
    def work(shared, n):
        own = Series(shared.data)
        total = 0.0
        for i in range(n):
            other = Series(np.ones(i % 5))
            own.swap(other)
            total += own.add() + other.add()
        return total

    with no_leaks():
        shared = Series(np.arange(4.0))
        work(shared, 1)
        before = sys.getrefcount(shared.data)
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda n: work(shared, n), [300] * 16))
        after = sys.getrefcount(shared.data)
        assert len(set(results)) == 1 and after == before
        del shared


def test_stores_are_seen_through_every_name():
    """What one name stores, another reads: loads are not moved over such stores, nor over calls that store."""

    @njit
    def f(a, b, n):
        seen = 0.0
        for i in range(n):
            seen += a.total
            b.total = float(i)
            if i == 3:
                b.data = np.full(2, 7.0)
            seen += a.data[0]
        return seen

    @njit
    def change(s):
        s.data = np.full(3, 9.0)

    @njit
    def g(a, n):
        seen = 0.0
        for i in range(n):
            seen += a.data[0]
            if i == 2:
                change(a)
        return seen

    def expected(n, same):
        total, data, seen = 0.0, 1.0, 0.0
        for i in range(n):
            seen += total
            total = float(i) if same else total
            data = 7.0 if same and i >= 3 else data
            seen += data
        return seen

    with no_leaks():
        a, b = Series(np.ones(2)), Series(np.ones(2))
        assert f(a, b, 6) == expected(6, False)
        b.data, a.total = np.ones(2), 0.0
        assert f(a, a, 6) == expected(6, True)
        a.data = np.ones(3)
        assert g(a, 5) == 3 * 1.0 + 2 * 9.0
        del a, b
