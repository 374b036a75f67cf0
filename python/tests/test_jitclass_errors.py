"""What is wrong with a class, or done wrong with an instance, and what is said of it."""

import numpy as np
import pytest

import zouk
from zouk import float64, int32, int64, njit, optional, types
from zouk.experimental import jitclass


def init(self):
    pass


@pytest.mark.parametrize(
    "spec, text",
    [
        ([(1, int32)], "spec keys should be strings, got 1"),
        ([("x", 3)], "spec values should be Numba type instances, got 3"),
        ({"x": "int32"}, "spec values should be Numba type instances, got 'int32'"),
        ([("x", int)], "spec values should be Numba type instances, got <class 'int'>"),
        ([("x", types.unicode_type)], "the field 'x' cannot have the type unicode_type"),
        ([("x", optional(types.unicode_type))], "the field 'x' cannot have the type"),
    ],
)
def test_specifications(spec, text):
    with pytest.raises(TypeError, match=text.replace("(", r"\(")):
        jitclass(spec)(type("Test", (), {"__init__": init}))


def test_annotations_without_a_type():
    class Test:
        x: list

    with pytest.raises(TypeError, match="Cannot infer Numba type of Python type"):
        jitclass(Test)


def members(**namespace):
    return type("Test", (), {"__init__": init, **namespace})


@pytest.mark.parametrize(
    "cls, exception, text",
    [
        (members(x=lambda self: 1), NameError, "name shadowing: x"),
        (members(x=property(lambda self: 1)), NameError, "name shadowing: x"),
        (members(x=staticmethod(lambda: 1)), NameError, "name shadowing: x"),
        (members(x=5), TypeError, "class members are not yet supported: x"),
        (members(make=classmethod(lambda cls: 1)), TypeError, "class members are not yet supported: make"),
        (members(p=property(lambda self: 1, None, lambda self: None)), TypeError, "deleter is not supported: p"),
        (members(__del__=lambda self: None), TypeError, "Method '__del__' is not supported."),
        (members(__getattr__=lambda self, name: None), TypeError, "Method '__getattr__' is not supported."),
        (type("Test", (), {"__init__": lambda self, *args: None}), zouk.UnsupportedError, "VAR_POSITIONAL argument type unsupported in jitclass"),
        (type("Test", (), {"__init__": lambda self, **kws: None}), zouk.UnsupportedError, "VAR_KEYWORD argument type unsupported in jitclass"),
        (5, TypeError, "jitclass takes a class"),
    ],
)
def test_classes(cls, exception, text):
    with pytest.raises(exception, match=text):
        jitclass([("x", float64)])(cls) if isinstance(cls, type) else jitclass(None, {})(cls)


@jitclass([("x", float64), ("n", int64), ("data", float64[:]), ("pair", types.Tuple((int64, float64)))])
class Holder:
    def __init__(self, x, n=1):
        self.x = x
        self.n = n

    @property
    def readable(self):
        return self.x

    @readable.setter
    def readable(self, value):
        self.x = value

    @property
    def fixed(self):
        return 1

    def method(self, a, b=1):
        return a + b


def test_attributes_in_python():
    holder = Holder(1.0)
    for access in (lambda: holder.missing, lambda: setattr(holder, "missing", 1), lambda: delattr(holder, "missing")):
        with pytest.raises(AttributeError, match="missing"):
            access()
    with pytest.raises(AttributeError, match="'x' cannot be deleted"):
        del holder.x
    with pytest.raises(AttributeError):
        holder.fixed = 2
    with pytest.raises(AttributeError, match="cannot be deleted|deleter"):
        del holder.readable


@pytest.mark.parametrize(
    "name, value, text",
    [
        ("x", "text", "the field 'x'"),
        ("x", 1j, "cannot assign complex128 to the field 'x', which is float64"),
        ("x", None, "cannot assign none to the field 'x', which is float64"),
        ("x", (1, 2), "cannot assign"),
        ("n", [1], "the field 'n'"),
        ("data", np.zeros((2, 2)), "cannot assign array"),
        ("data", np.zeros(3, np.float32), "cannot assign array"),
        ("data", 1.0, "cannot assign float64"),
        ("data", np.broadcast_to(1.0, 3), "cannot assign readonly array"),
        ("pair", (1,), "cannot assign"),
        ("pair", (1, "a"), "the field 'pair'"),
    ],
)
def test_values_that_no_field_takes(name, value, text):
    holder = Holder(1.0)
    before = getattr(holder, name)
    with pytest.raises(TypeError, match=text.replace("(", r"\(")):
        setattr(holder, name, value)
    assert np.array_equal(getattr(holder, name), before)


@pytest.mark.parametrize("arguments, keywords", [((), {}), ((1, 2, 3), {}), ((1,), {"z": 1}), ((1,), {"x": 1})])
def test_arguments_of_init(arguments, keywords):
    with pytest.raises(TypeError):
        Holder(*arguments, **keywords)


def raised(function, *arguments):
    with pytest.raises(zouk.ZoukError) as error:
        njit(function)(*arguments)
    return str(error.value)


def test_in_compiled_code():
    holder = Holder(1.0)
    assert "Holder has no attribute 'missing'" in raised(lambda h: h.missing, holder)
    assert "Holder has no method 'missing'" in raised(lambda h: h.missing(), holder)
    assert "missing the required argument 'x'" in raised(lambda: Holder().x)
    assert "Holder.__init__() takes" in raised(lambda: Holder(1, 2, 3).x)
    assert "unexpected keyword argument 'z'" in raised(lambda: Holder(1, z=1).x)
    assert "Holder.method() missing the required argument 'a'" in raised(lambda h: h.method(), holder)

    def wrong_type(h):
        h.x = 1j

    def wrong_array(h):
        h.data = np.zeros((2, 2))

    def unknown(h):
        h.missing = 1

    def no_setter(h):
        h.fixed = 1

    def operator(h):
        return h + 1

    def unlike(h, n):
        return h if n else n

    assert "cannot assign complex128 to the field 'x' of Holder, which is float64" in raised(wrong_type, holder)
    assert "cannot assign array(float64, 2d, C) to the field 'data' of Holder" in raised(wrong_array, holder)
    assert "Holder has no attribute 'missing'" in raised(unknown, holder)
    assert "the property 'fixed' of Holder has no setter" in raised(no_setter, holder)
    assert "unsupported operand types for +: Holder and int64" in raised(operator, holder)
    assert "cannot unify" in raised(unlike, holder, 1)
    assert "is not subscriptable" in raised(lambda h: h[0], holder)
    assert "not callable" in raised(lambda h: h(), holder)
    assert "not iterable" in raised(lambda h: [x for x in h], holder)


def test_errors_in_methods_name_the_line():
    @jitclass([("x", float64)])
    class Bad:
        def __init__(self):
            self.x = 0.0

        def wrong(self):
            return self.y  # the line

        def fails(self, i):
            return (1, 2)[i]

    for call in (Bad.wrong, njit(lambda b: b.wrong())):
        with pytest.raises(zouk.TypingError, match="return self.y  # the line"):
            call(Bad())
    with pytest.raises(IndexError) as error:
        Bad().fails(5)
    assert error.traceback[-1].name.endswith("fails")


def test_init_gives_nothing():
    @jitclass([("x", float64)])
    class Giving:
        def __init__(self):
            self.x = 1.0
            return 5

    with pytest.raises(TypeError, match="__init__"):
        Giving()
    assert "__init__() should return None, not int64" in raised(lambda: Giving().x)


def test_instances_are_no_constants():
    holder = Holder(1.0)
    assert "an instance of Holder is no constant" in raised(lambda: holder.x)


def test_undefined_deferred_types():
    node = zouk.deferred_type()

    @jitclass([("next", optional(node))])
    class Node:
        def __init__(self):
            pass

    with pytest.raises(RuntimeError, match="deferred type not defined"):
        Node()
    assert "deferred type not defined" in raised(lambda: Node().next is None)
    node.define(Node.class_type.instance_type)
    assert Node().next is None
    with pytest.raises(TypeError, match="already defined"):
        node.define(Node.class_type.instance_type)


def test_classes_in_functions():
    def f():
        @jitclass([])
        class Inner:
            pass

        return 1

    assert "class" in raised(f)


def test_none_is_no_instance():
    @jitclass([("other", optional(Holder.class_type.instance_type))])
    class Outer:
        def __init__(self, other):
            self.other = other

        def read(self):
            return self.other.x

        def call(self):
            return self.other.method(1)

    outer = Outer(Holder(2.5))
    assert (outer.read(), outer.call()) == (2.5, 2)
    outer.other = None
    for method in (outer.read, outer.call):
        with pytest.raises(TypeError, match="expected .*, got None"):
            method()


def test_instances_in_arrays():
    with pytest.raises(TypeError):
        Holder.class_type.instance_type[:]


def test_without_compilation(monkeypatch):
    monkeypatch.setenv("ZOUK_DISABLE_JIT", "1")

    class Plain:
        pass

    assert jitclass([("x", int64)])(Plain) is Plain


@pytest.mark.parametrize("spec", [[("x", int64), ("x", float64)], (("x", int64), ("y", int64), ("x", int64)), iter([("x", int64), ("x", int64)])])
def test_a_name_twice_in_a_specification(spec):
    class Plain:
        pass

    with pytest.raises(TypeError, match="the specification names the field 'x' more than once"):
        jitclass(spec)(Plain)
