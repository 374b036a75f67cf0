"""Random programs over instances that may be one another: what is read once, forwarded, borrowed or not made at all must give what CPython gives."""

import random

import numpy as np
import pytest
from jitclass_support import no_leaks, nothing
from lang_support import plain, register, same

from zouk import deferred_type, float64, int64, njit, optional
from zouk.experimental import jitclass

NODE = deferred_type()


def make(decorate):
    @decorate
    class Node:
        def __init__(self, x, n):
            self.x = x
            self.y = x / 2
            self.n = n
            self.data = np.full(3, x)
            self.other = None

        def bump(self, by):
            self.x += by
            self.n += 1
            self.data[self.n % 3] += self.y

        def renew(self, by):
            self.data = self.data * 0.5 + by

        def link(self, node):
            self.other = node

        def sum(self):
            total = 0.0
            for i in range(self.data.size):
                total += self.data[i] + self.x
            return total

    return Node


Compiled = make(jitclass([("x", float64), ("y", float64), ("n", int64), ("data", float64[:]), ("other", optional(NODE))]))
NODE.define(Compiled.class_type.instance_type)
Plain = make(nothing)


class Programs:
    """The text of a function of three instances; the names a, b, c may also be made to mean one another, or new instances."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []

    def pick(self, *choices):
        return self.random.choice(choices)

    def name(self):
        return self.pick("a", "b", "c")

    def number(self, depth=0):
        kinds = [f"{self.name()}.x", f"{self.name()}.y", f"{self.name()}.data[{self.random.randrange(3)}]", f"float({self.name()}.n)", str(self.random.randrange(5) / 4), "t"]
        if depth < 2 and self.random.random() < 0.4:
            return f"({self.number(depth + 1)} {self.pick('+', '-')} {self.number(depth + 1)} * 0.5)"
        return self.pick(*kinds)

    def block(self, indent, size, depth):
        for _ in range(size):
            self.statement(indent, depth)

    def statement(self, indent, depth):
        add = lambda text: self.lines.append("    " * indent + text)
        kind = self.random.randrange(17 if depth < 3 else 13)
        one, two = self.name(), self.name()
        if kind < 2:
            add(f"{one}.{self.pick('x', 'y')} = {self.number()}")
        elif kind == 2:
            add(f"{one}.{self.pick('x', 'y')} {self.pick('+=', '-=')} {self.number()}")
        elif kind == 3:
            add(f"{one}.n += {self.random.randrange(3)}")
        elif kind == 4:
            add(f"{one}.data[{self.random.randrange(3)}] = {self.number()}")
        elif kind == 5:
            add(f"{one}.data = {two}.data" if self.random.random() < 0.5 else f"{one}.data = np.full(3, {self.number()})")
        elif kind == 6:
            add(f"t += {self.number()}")
        elif kind == 7:
            add(f"{one} = {two}" if self.random.random() < 0.6 else f"{one} = Node({self.number()}, {self.random.randrange(4)})")
        elif kind == 8:
            add(f"{one}.{self.pick('bump', 'renew')}({self.number()})")
        elif kind == 9:
            add(f"t += change({one}, {two})")
        elif kind == 10:
            add(f"{one}.other = {two}" if self.random.random() < 0.5 else f"{one}.link({two})")
        elif kind == 11:
            add(f"if {one}.other is not None:")
            self.lines.append("    " * (indent + 1) + f"{one}.other.{self.pick('x', 'y')} += {self.number()}")
        elif kind == 12:
            add(f"t += {one}.sum() * 0.125")
        elif kind in (13, 14):
            add(f"for i{depth} in range({self.random.randrange(1, 4)}):")
            self.block(indent + 1, self.random.randrange(1, 5), depth + 1)
        elif kind == 15:
            add(f"if {self.number()} > {self.number()}:")
            self.block(indent + 1, self.random.randrange(1, 4), depth + 1)
            if self.random.random() < 0.5:
                add("else:")
                self.block(indent + 1, self.random.randrange(1, 3), depth + 1)
        else:
            counter = f"w{len(self.lines)}"
            add(f"{counter} = 0")
            add(f"while {counter} < {self.random.randrange(1, 4)}:")
            self.block(indent + 1, self.random.randrange(1, 4), depth + 1)
            self.lines.append("    " * (indent + 1) + f"{counter} += 1")

    def text(self):
        self.block(1, 14, 0)
        return "\n".join(["def f(a, b, c):", "    t = 0.0", *self.lines, "    return t, a, b, c", ""])


HELPER = """
def change(p, q):
    p.x += q.y * 0.25
    if q.n > 2:
        q.data = p.data * 0.5
    return p.x + q.data[0]
"""


def state(node):
    return (node.x, node.y, node.n, node.data.tolist(), node.other is None)


def run(text, cls, jit, arguments):
    scope = {"np": np, "Node": cls, "__name__": "random_programs"}
    exec(compile(HELPER, register(HELPER), "exec"), scope)
    scope["change"] = jit(scope["change"])
    exec(compile(text, register(text), "exec"), scope)
    nodes = [cls(1.0, 1), cls(2.0, 2), cls(3.0, 3)]
    given = [nodes[i] for i in arguments]
    t, *after = jit(scope["f"])(*given)
    result = plain((t, [state(node) for node in nodes], [state(node) for node in after], [[x is y for y in nodes] for x in after]))
    for node in (*nodes, *after):
        node.other = None
    return result


@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed):
    text = Programs(seed).text()
    arguments = [(0, 1, 2), (0, 0, 1), (0, 0, 0)][seed % 3]
    with np.errstate(all="ignore"):
        expected = run(text, Plain, nothing, arguments)
    found = run(text, Compiled, njit, arguments)
    assert same(found, expected), text


def test_programs_without_links_leak_nothing():
    text = "def f(a, b, c):\n    t = 0.0\n    for i in range(10):\n        a = Node(t, i)\n        b.data = a.data\n        t += b.data[0] + a.sum()\n    return t, a, b, c\n"
    with no_leaks():
        assert same(run(text, Compiled, njit, (0, 1, 2)), run(text, Plain, nothing, (0, 1, 2)))
