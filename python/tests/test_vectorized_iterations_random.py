"""Random bodies of parallel loops around serial ones, which are vectorised over their iterations, beside CPython: to the last bit."""

import math
import random

import numpy as np
import pytest
from lang_support import register

from zouk import njit, parallel_chunksize, prange

LANES = 16


class Programs:
    """Makes the text of one function after the other."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def of(self, *choices):
        return self.random.choice(choices)

    def number(self, loops, depth=0):
        """A float; `loops` are the counters at hand."""
        kind = self.random.randrange(9 if depth < 3 else 4)
        if kind < 4:
            inner = [f"b[i, {j}]" for j in loops] + [f"d[{j}, i]" for j in loops] + [f"b[{j}, i % 3]" for j in loops]
            return self.of("s", "t", "a[i]", "b[i, 0]", "float(u)", "0.75", "-1.5", "e[i]", *inner)
        x, y = self.number(loops, depth + 1), self.number(loops, depth + 1)
        if kind < 7:
            return f"({x} {self.of(*'+-*')} {y})"
        if kind == 7:
            return self.of(f"abs({x})", f"math.sqrt(abs({x}))", f"np.floor({x})", f"max({x}, {y})", f"min({x}, {y})", f"({x} / (1.0 + abs({y})))")
        return f"({x} if {self.condition(loops, depth + 1)} else {y})"

    def integer(self, loops, depth=0):
        kind = self.random.randrange(6 if depth < 3 else 3)
        if kind < 3:
            return self.of("u", "v", "i", "k[i]", "2", "-7", *loops)
        x, y = self.integer(loops, depth + 1), self.integer(loops, depth + 1)
        return self.of(f"({x} {self.of(*'+-*&|^')} {y})", f"({x} >> 1)", f"(({x} & 15) // (({y} & 3) + 1))", f"({x} if {self.condition(loops, depth + 1)} else {y})")

    def condition(self, loops, depth=0):
        kind = self.random.randrange(4 if depth < 2 else 2)
        if kind == 0:
            return f"{self.number(loops, depth + 1)} {self.of('<', '>=', '==', '!=')} {self.number(loops, depth + 1)}"
        if kind == 1:
            return f"{self.integer(loops, depth + 1)} {self.of('<', '>', '==')} {self.integer(loops, depth + 1)}"
        return self.of(f"({self.condition(loops, depth + 1)} {self.of('and', 'or')} {self.condition(loops, depth + 1)})", f"not ({self.condition(loops, depth + 1)})")

    def statement(self, loops, depth=0):
        """Lines of a statement, not indented."""
        kind = self.random.randrange(12 if depth < 3 else 6)
        if kind < 2:
            return [f"s = {self.number(loops)}"]
        if kind == 2:
            return [f"s += {self.number(loops)}"]
        if kind == 3:
            return [f"t = {self.number(loops)}"]
        if kind == 4:
            return [f"{self.of(*'uv')} = {self.integer(loops)} & 127"]
        if kind == 5:
            return [self.of(f"e[i] = {self.number(loops)}", f"g[i] = {self.integer(loops)} & 63", f"o[i, {self.of('0', *loops)}] = {self.number(loops)}", f"e[i] += {self.number(loops)}")]
        if kind < 9:
            lines = [f"if {self.condition(loops)}:", *self.block(loops, depth)]
            return lines if kind == 6 else [*lines, "else:", *self.block(loops, depth)]
        if kind < 11 or len(loops) > 1:
            return self.counted(loops, depth) if len(loops) < 2 else [f"s += {self.number(loops)}"]
        return [f"w{depth} = 0", f"while w{depth} < 6 and {self.condition(loops)}:", *self.block(loops, depth), f"    w{depth} += 1"]

    def counted(self, loops, depth):
        counter = "jl"[len(loops)]
        # Columns of the arrays are five.
        head = f"for {counter} in range({self.of('m', 'm', 'k[i]', '5', 'i % 3, m', 'min(u, 5)')}):"
        return [head, *self.block([*loops, counter], depth), f"    s += {self.number([*loops, counter])}"]

    def block(self, loops, depth):
        return ["    " + line for _ in range(self.random.randint(1, 2)) for line in self.statement(loops, depth + 1)]

    def text(self):
        lines = ["def f(a, b, d, e, g, k, o, n, m):", "    for i in prange(n):", "        s, t, u, v = 0.5, a[i], i & 7, 3"]
        for _ in range(self.random.randint(0, 2)):
            lines += ["        " + line for line in self.statement([])]
        lines += ["        " + line for line in self.counted([], 0)]
        return "\n".join([*lines, "        e[i] = s + t", "        g[i] = u - v", ""])


def memory(n, order):
    """Arrays of every layout, with numbers that are none, infinite, and of either zero."""
    random = np.random.default_rng(n)

    def laid_out(values):
        if order == "gaps":
            large = np.zeros([2 * size for size in values.shape], values.dtype)
            view = large[tuple(slice(None, None, 2) for _ in values.shape)]
            view[...] = values
            return view
        if order == "backwards":
            return np.ascontiguousarray(values[::-1])[::-1]
        return np.array(values, order=order)

    def floats(*shape):
        values = random.standard_normal(shape).round(3)
        for special in (math.nan, math.inf, -math.inf, -0.0):
            values[random.random(shape) < 0.03] = special
        return laid_out(values)

    size = max(n, 5)
    return [floats(size), floats(size, size), floats(size, size), floats(size), laid_out(np.arange(size)), laid_out(random.integers(0, 6, size)), floats(size, 5)]


def same(x, y):
    """To the last bit, but for which of the NaNs it is."""
    if x.dtype.kind != "f":
        return np.array_equal(x, y)
    number = ~np.isnan(x)
    return np.array_equal(number, ~np.isnan(y)) and np.array_equal(x[number].view(np.int64), y[number].view(np.int64))


@pytest.mark.parametrize("seed", range(16))
def test_random_bodies(seed):
    programs = Programs(seed)
    vectorised = 0
    for _ in range(4):
        text = programs.text()
        scope = {"np": np, "math": math, "prange": prange}
        exec(compile(text, register(text), "exec"), scope)
        compiled = njit(parallel=True, boundscheck=False)(scope["f"])
        for n in (0, 1, LANES - 1, LANES, LANES + 1, 2 * LANES, 3 * LANES + 1):
            order = programs.of("C", "F", "gaps", "backwards")
            plain, mine = memory(n, order), memory(n, order)
            with np.errstate(all="ignore"), parallel_chunksize(programs.of(0, 20)):
                scope["f"](*plain, n, min(n, 4))
                compiled(*mine, n, min(n, 4))
            for x, y in zip(mine, plain):
                assert same(x, y), (text, n, order)
        vectorised += any("vector<" in compiled.inspect("llvm", signature) for signature in compiled.signatures)
    assert vectorised
