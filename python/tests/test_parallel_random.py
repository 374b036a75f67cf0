"""Random loops over `prange` beside CPython: subscripts that meet in other iterations, arrays that overlap, reductions, scratch arrays, exceptions. What cannot run in parallel runs serially."""

import random
import warnings

import numpy as np
import pytest
from lang_support import register

from zouk import njit, parallel_chunksize, prange

HEAD = ["def f(a, b, c, n, k):", "    s, u, j, t = 0, 0, 1, 0", "    m, q, at = -100, -100, -1", "    tmp = np.zeros(6, np.int64)"]
RANGES = ["n", "2, n", "0, n, 2", "n-1, -1, -1", "n - 3"]
OPTIONS = {"prange": True, "serial": True, "numpy": True, "reduction": True}


class Programs:
    """Makes the text of one function after the other."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def of(self, *choices):
        return self.random.choice(choices)

    def place(self):
        """An element of an array."""
        step, back, low = self.random.randint(0, 3), self.random.randint(0, 2), self.random.randint(0, 3)
        subscript = self.of(
            "i", f"i+{step}", f"i-{back}", f"2*i+{back}", "n-1-i", "i//2", f"{low}", "i*k", "i*k+j", "j", "(i+3)%n", "k+i", "i%4", "-i", "-1-i", "3*i-1"
        )
        return f"{self.of(*'abc')}[{subscript}]"

    def value(self):
        kind = self.random.random()
        if kind < 0.5:
            return self.place()
        return self.of("i", "j", "n", "k", "s", str(self.random.randint(0, 5))) if kind < 0.7 else f"({self.value()} {self.of(*'+-*')} {self.value()})"

    def statement(self, depth=0):
        """Lines of a statement, not indented."""
        kind = self.random.randrange(13 if depth < 2 else 10)
        if kind < 3:
            return [f"{self.place()} = {self.value()}"]
        if kind == 3:
            return [f"{self.place()} {self.of('+=', '-=', '*=')} {self.value()}"]
        if kind == 4:
            return [f"s {self.of('+=', '-=')} {self.value()}"]
        if kind == 5:
            return [f"m = max(m, {self.value()})"]
        if kind == 6:
            value = self.value()
            return [f"if {value} > q:", f"    q = {value}", "    at = i"]
        if kind == 7:
            return [f"t = {self.value()}", f"{self.place()} = t"]
        if kind == 8:
            return [f"tmp[{self.of('0', 'j', '1')}] = {self.value()}", f"{self.place()} = tmp[{self.of('0', 'j', '1')}]"]
        if kind == 9:
            return [f"u += {self.value()}"]
        head = f"if {self.value()} > {self.random.randint(0, 9)}:" if kind < 12 else f"for j in range({self.of('k', '3', 'i % 3')}):"
        return [head, *("    " + line for line in self.statement(depth + 1))]

    def text(self):
        lines = list(HEAD)
        for _ in range(self.of(1, 1, 2)):
            lines.append(f"    for i in prange({self.of(*RANGES)}):")
            for _ in range(self.random.randint(1, 3)):
                lines += ["        " + line for line in self.statement()]
        return "\n".join([*lines, f"    return s, m, q, at, t, u{self.of('', ', tmp')}\n"])


def memory(case):
    """Three arrays: apart, two of them one, or overlapping."""
    base = np.random.default_rng(case).integers(-9, 9, 60)
    return [(base[:20], base[20:40], base[40:]), (base[:20], base[:20], base[30:50]), (base[:24], base[6:40], base[40:])][case]


def outcome(function, *args):
    try:
        return function(*args), None
    except (IndexError, UnboundLocalError) as error:
        return None, type(error)


@pytest.mark.parametrize("seed", range(12))
def test_random_loops(seed):
    programs = Programs(seed)
    for _ in range(10):
        text = programs.text()
        scope = {"np": np, "prange": prange}
        exec(compile(text, register(text), "exec"), scope)
        compiled = njit(parallel=OPTIONS)(scope["f"])
        for case in range(3):
            n, k = programs.of(8, 5, 1), programs.of(1, 2, 3)
            plain = memory(case)
            wanted, error = outcome(scope["f"], *plain, n, k)
            for size in (1, 3):
                mine = memory(case)
                with parallel_chunksize(size), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    got, raised = outcome(compiled, *mine, n, k)
                assert raised is error, text
                if error is None:
                    for x, y in zip([*got, *mine], [*wanted, *plain]):
                        np.testing.assert_array_equal(x, y, err_msg=text)
