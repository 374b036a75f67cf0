"""Fields of compiled classes: their types, arrays in them, conversions, and the forms of specifications."""

from collections import OrderedDict
from typing import Optional

import numpy as np
import pytest
from jitclass_support import compare
from lang_support import same

import zouk
from zouk import float32, float64, int8, int16, int32, int64, njit, optional, types, uint8, uint64
from zouk.experimental import jitclass

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


class Narrow:
    def __init__(self):
        pass


NARROW = {"i1": "int8", "u1": "uint8", "i2": "int16", "u2": "uint16", "i4": "int32", "u4": "uint32", "u8": "uint64"}


@pytest.mark.parametrize("name", NARROW.values())
def test_ints_that_do_not_fit(name):
    number = getattr(zouk, name)
    of_numpy = getattr(np, name)
    made = jitclass([("x", number), ("t", zouk.types.UniTuple(number, 2)), ("o", zouk.optional(number))])(Narrow)()
    low, high = (int(limit) for limit in (np.iinfo(name).min, np.iinfo(name).max))
    for fits in (low, 0, high):
        made.x, made.t, made.o = fits, (fits, 1), fits
        assert (made.x, made.t, made.o) == (fits, (fits, 1), fits)
    for number in (low - 1, high + 1):
        with pytest.raises(OverflowError) as expected:
            of_numpy(number)
        if number >= 2**63:
            continue
        for field, value in (("x", number), ("t", (0, number)), ("o", number)):
            with pytest.raises(OverflowError) as info:
                setattr(made, field, value)
            assert str(info.value) == str(expected.value)
    assert (made.x, made.t, made.o) == (high, (high, 1), high)
