"""Inheritance, pickling, copying, caching on disk: what Numba's compiled classes cannot do."""

import copy
import os
import pickle
import subprocess
import sys
import textwrap
from typing import Optional

import numpy as np
import pytest
from jitclass_support import compare, no_leaks
from lang_support import plain, same

import zouk
from zouk import float64, int64, njit
from zouk.experimental import jitclass


def make_shapes(decorate, specs):
    class Named:
        SIDES = 0

        def sides(self):
            return self.SIDES

        def describe(self):
            return self.area() * 100 + self.sides()

    @decorate(specs[0])
    class Shape(Named):
        def __init__(self, scale):
            self.scale = scale

        def area(self):
            return 0.0

        def scaled(self):
            return self.area() * self.scale

        @property
        def double(self):
            return self.area() * 2

        @staticmethod
        def kind(n):
            return n + 1

    @decorate(specs[1])
    class Rectangle(Shape):
        SIDES = 4

        def __init__(self, scale, a, b):
            super().__init__(scale)
            self.a = a
            self.b = b

        def area(self):
            return self.a * self.b

    @decorate(specs[2])
    class Square(Rectangle):
        def __init__(self, scale, a):
            super().__init__(scale, a, a)
            self.extra = np.full(2, a)

        def area(self):
            return super().area() + self.extra.sum()

        def scaled(self):
            return super().scaled() + 0.5

    return Shape, Rectangle, Square


SPECS = ([("scale", float64)], [("a", float64), ("b", float64)], [("extra", float64[:])])


def test_inheritance():
    plain_shapes = make_shapes(lambda spec: lambda cls: cls, SPECS)
    shapes = make_shapes(jitclass, SPECS)
    arguments = [(2.0,), (2.0, 3.0, 4.0), (2.0, 5.0)]

    def results(cls, arguments, jit):
        def f(shape):
            return shape.area(), shape.scaled(), shape.double, shape.sides(), shape.describe(), shape.kind(1), shape.scale, shape.SIDES

        return plain(jit(f)(cls(*arguments)))

    with no_leaks():
        for original, compiled, given in zip(plain_shapes, shapes, arguments):
            expected = results(original, given, lambda f: f)
            assert same(results(compiled, given, lambda f: f), expected) and same(results(compiled, given, njit), expected)
    Shape, Rectangle, Square = shapes
    square = Square(1.0, 2.0)
    assert isinstance(square, Rectangle) and isinstance(square, Shape) and issubclass(Square, Shape) and not isinstance(Shape(1.0), Square)
    assert list(Square.class_type.struct) == ["scale", "a", "b", "extra"]
    square.scale = 3.0
    assert njit(lambda: Square(1.0, 2.0).area())() == square.area()


def test_isinstance_in_compiled_code():
    Shape, Rectangle, Square = make_shapes(jitclass, SPECS)

    @njit
    def f(value):
        return isinstance(value, Shape), isinstance(value, Rectangle), isinstance(value, Square), isinstance(value, float)

    for value in (Shape(1.0), Rectangle(1.0, 2.0, 3.0), Square(1.0, 2.0), 1.0):
        assert f(value) == f.py_func(value)

    @njit
    def of_optional(n):
        found = Square(1.0, 2.0) if n else None
        return isinstance(found, Rectangle), isinstance(found, Shape)

    assert [of_optional(n) for n in (0, 1)] == [of_optional.py_func(n) for n in (0, 1)]


def test_a_base_that_is_not_compiled():
    class Base:
        def what(self):
            return self.attr

    @jitclass([("attr", int64)])
    class Test(Base):
        def __init__(self, attr):
            self.attr = attr

    assert Test(123).what() == 123
    with pytest.raises(AttributeError):
        Test(1).other = 2


def test_derived_without_the_decorator():
    @jitclass([("x", int64)])
    class Base:
        def __init__(self):
            self.x = 1

    class Derived(Base):
        pass

    with pytest.raises(TypeError, match="Derived is not compiled: it is derived from a jitclass and needs the decorator @jitclass itself"):
        Derived()
    with pytest.raises(zouk.ZoukError, match="the class .*Derived is not compiled"):
        njit(lambda: Derived().x)()


def test_inherited_names_that_are_not_there():
    @jitclass([("x", int64)])
    class Base:
        def __init__(self):
            self.x = 1

    @jitclass
    class Derived(Base):
        def wrong(self):
            return super().missing()

    with pytest.raises(zouk.ZoukError, match="no base class of .*Derived has a method 'missing'"):
        Derived().wrong()


@jitclass([("x", float64), ("data", float64[:]), ("pair", zouk.types.Tuple((int64, float64)))])
class Particle:
    partner: "Optional[Particle]"

    def __init__(self, x):
        self.x = x
        self.data = np.full(3, x)
        self.pair = (1, x)
        self.partner = None

    def total(self):
        return self.x + self.data.sum()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, *(lambda p, k=k: pickle.loads(pickle.dumps(p, k)) for k in range(2, pickle.HIGHEST_PROTOCOL + 1))])
def test_copies(duplicate):
    with no_leaks():
        first, second = Particle(1.5), Particle(2.5)
        first.partner, second.partner = second, first
        found = duplicate(first)
        assert type(found) is Particle and found is not first and (found.x, found.pair, found.total()) == (1.5, (1, 1.5), first.total())
        assert found.partner.x == 2.5 and found.partner.partner is found and not np.shares_memory(found.data, first.data)
        first.partner = found.partner = None
        del first, second, found


def test_shallow_copies_share():
    first = Particle(1.5)
    found = copy.copy(first)
    assert found is not first and np.shares_memory(found.data, first.data) and found.x == 1.5
    found.x = 2.0
    assert first.x == 1.5


def test_own_state():
    def make(decorate):
        @decorate
        class Own:
            def __init__(self, x):
                self.x = x

            def __getstate__(self):
                return {"only": self.x}

            def __setstate__(self, state):
                self.x = state["only"] + 1

        return Own

    compare(make, [("x", int64)], lambda Own, jit: copy.copy(Own(5)).x)


def test_pickled_by_value():
    """A class that the other side cannot import comes with the instance."""
    script = textwrap.dedent("""
        import pickle, sys
        import numpy as np
        from zouk import float64, njit
        from zouk.experimental import jitclass

        @jitclass([("x", float64), ("data", float64[:])])
        class Mine:
            FACTOR = 3
            def __init__(self, x):
                self.x = x
                self.data = np.ones(4)
            def total(self):
                return self.x * self.FACTOR + self.data.sum()
            @property
            def half(self):
                return self.x / 2
            def __add__(self, other):
                return Mine(self.x + other.x)

        mine = Mine(2.0)
        sys.stdout.buffer.write(pickle.dumps((mine, mine, mine.total(), mine.half)))
    """)
    path = os.path.join(os.path.dirname(__file__), "..")
    made = subprocess.run([sys.executable, "-c", "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')", write(script)], capture_output=True, env={**os.environ, "PYTHONPATH": path})
    assert made.returncode == 0, made.stderr.decode()
    mine, again, total, half = pickle.loads(made.stdout)
    assert mine is again and mine.total() == total and mine.half == half and type(mine).__name__ == "Mine"
    assert njit(lambda m: m.total())(mine) == total


def write(text):
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
        file.write(text)
    return file.name


def test_caching(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent("""
        from zouk import float64, njit
        from zouk.experimental import jitclass

        @jitclass([("x", float64)], cache=True)
        class Cached:
            def __init__(self, x):
                self.x = x
            def double(self):
                return self.x * 2

        @njit(cache=True)
        def f(x):
            return Cached(x).double()

        result = Cached(2.0).double(), f(3.0)
        hits = [sum(d.stats.cache_hits.values()) for d in (Cached.__init__, Cached.double, f)]
        print(result, hits)
    """))
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    runs = [subprocess.run([sys.executable, str(program)], capture_output=True, text=True, env=environment, check=True).stdout for _ in range(2)]
    assert runs == ["(4.0, 6.0) [0, 0, 0]\n", "(4.0, 6.0) [1, 1, 1]\n"]
    program.write_text(program.read_text().replace("* 2", "* 5"))
    changed = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, env=environment, check=True).stdout
    # What does not call the method that has changed is not compiled again.
    assert changed == "(10.0, 15.0) [1, 0, 0]\n"


def test_the_documentation_runs():
    import re
    from pathlib import Path

    from lang_support import register

    text = (Path(__file__).resolve().parents[2] / "docs" / "jitclass.md").read_text()
    scope = {"__name__": "page"}
    for block in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(compile(block, register(block), "exec"), scope)
