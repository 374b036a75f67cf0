"""Random loops over `prange` whose iterations work on rows, columns, planes and slices of arrays, beside CPython: in several memory layouts, also overlapping ones. What cannot run in parallel runs serially."""

import random
import re
import warnings

import numpy as np
import pytest
from lang_support import register

from zouk import njit, parallel_chunksize, prange

N = 6
HEAD = ["def f(a, b, c, d, n, k):", "    s, t, low, at, most, last = 0, 0, 1000, -1, -1000, -1", "    tmp = np.zeros(n, np.int64)"]
RANGES = ["n", "n", "1, n", "0, n, 2", "n - 1", "n // 2", "n-1, -1, -1"]
OPTIONS = {"prange": True, "serial": True, "numpy": True, "reduction": True, "fusion": True}
# Slices of an axis of six, by their lengths.
SLICES = {
    6: [":", "::-1", "0:", ":n"],
    5: [":-1", "1:", "-2::-1", ":0:-1", "1:n"],
    4: ["1:-1", "2:", ":-2", "-2:0:-1", "k:k+4"],
    3: [":3", "2:5", "::2", "1::2", "-1:2:-1", "::-2", "k:k+3", "-3:"],
    2: ["2*i:2*i+2", "::3", "k:k+2", "-2:", ":2"],
    1: ["i:i+1", "-1:", "2:3"],
}
PLACES = ["i", "i", "i", "n-1-i", "-1-i", "i-1", "i+1", "i//2", "0", "k", "j", "-i", "(i+2) % n"]


class Programs:
    """Makes the text of one function after the other."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def of(self, *choices):
        return self.random.choice(choices)

    def part(self, lengths, plain=False):
        """A part of an array that has these lengths."""
        free = len(lengths)
        rank = self.of(*[r for r in (2, 3) if r > free or r == free == 2])
        words = [self.of(*SLICES[length][: 1 if plain else None]) for length in lengths]
        for _ in range(rank - free):
            words.insert(self.random.randint(0, len(words)), self.of(*PLACES) if not plain else "i")
        name = self.of(*("ab" if rank == 2 else "cd"))
        # The last words may be left out where they say nothing.
        while len(words) > 1 and words[-1] == ":" and self.random.random() < 0.5:
            words.pop()
        return f"{name}[{', '.join(words)}]"

    def value(self, lengths):
        kind = self.random.random()
        if kind < 0.45:
            return self.part(lengths)
        if kind < 0.6:
            return self.of("i", "k", "n", "3")
        if kind < 0.66 and len(lengths) == 1:
            return f"np.sort({self.part(lengths)})"
        if kind < 0.72:
            return f"{self.part(lengths)}.copy()"
        if kind < 0.78:
            return f"np.where({self.part(lengths)} > {self.of('0', 'i')}, {self.part(lengths)}, {self.value(lengths)})"
        return f"({self.value(lengths)} {self.of(*'+-*')} {self.value(lengths)})"

    def lengths(self):
        return [self.of(*SLICES) for _ in range(self.of(1, 1, 1, 2))]

    def number(self):
        """A number of the iteration."""
        return f"{self.part(self.lengths())}.{self.of('sum', 'max', 'min')}()" if self.random.random() < 0.6 else f"{self.of(*'ab')}[{self.of(*PLACES)}, {self.of(*PLACES)}]"

    def statement(self, depth=0):
        """Lines of a statement, not indented."""
        kind, lengths = self.random.randrange(15 if depth < 1 else 12), self.lengths()
        if kind < 4:
            return [f"{self.part(lengths)} = {self.value(lengths)}"]
        if kind == 4:
            return [f"{self.part(lengths)} {self.of('+=', '-=', '*=')} {self.value(lengths)}"]
        if kind == 5:
            row = self.part([6], plain=True)
            return [f"r = {row}", f"r[{self.of(*SLICES[4])}] = {self.of('r', self.part([6]))}[{self.of(*SLICES[4])}] + {self.of('1', 'i')}"]
        if kind == 6:
            return [f"s {self.of('+=', '-=')} {self.number()}"]
        if kind == 7:
            sign, name = self.of("<low", ">most")[0], None
            name = "low" if sign == "<" else "most"
            return [f"x = {self.number()}", f"if x {sign} {name}:", f"    {name} = x", *(["    at = i"] if name == "low" else [])]
        if kind == 8:
            return [f"t = max(t, {self.number()})"]
        if kind == 9:
            return [f"if {self.number()} > {self.of('0', '3')}:", "    last = i"]
        if kind == 10:
            return [f"tmp[:] = {self.part([6])}", f"{self.part([6])} = tmp{self.of('', '[::-1]', ' * 2')}"]
        if kind == 11:
            return [f"{self.part([6], plain=True)}.{self.of('sort()', 'fill(i)')}"]
        head = f"if {self.number()} > 0:" if kind == 12 else f"for j in range({self.of('n', 'k', '3', '1, n')}):"
        return [head, *("    " + line for line in self.statement(depth + 1))]

    def text(self):
        lines = list(HEAD)
        for _ in range(self.of(1, 1, 1, 2)):
            lines += ["    j = k", f"    for i in prange({self.of(*RANGES)}):"]
            for _ in range(self.random.randint(1, 2)):
                lines += ["        " + line for line in self.statement()]
        return "\n".join([*lines, f"    return s, t, low, at, most, last{self.of('', '', ', tmp')}\n"])


def memory(case):
    """Two tables and two cubes: packed in either order, with steps, backwards, transposed, or overlapping."""
    numbers = np.random.default_rng(case).integers(-9, 9, 8000)
    tables = [numbers[: N * N].reshape(N, N), numbers[50 : 50 + N * N].reshape(N, N)]
    cubes = [numbers[200 : 200 + N**3].reshape(N, N, N), numbers[600 : 600 + N**3].reshape(N, N, N)]
    wide = [numbers[1000:1144].reshape(12, 12), numbers[2000:3728].reshape(12, 12, 12)]
    if case == 1:
        return *map(np.asfortranarray, tables), *map(np.asfortranarray, cubes)
    if case == 2:
        return wide[0][::2, ::2], wide[0][1::2, 1::2], wide[1][::2, 1::2, ::2], wide[1][1::2, :6, 5:11]
    if case == 3:
        return tables[0][::-1, ::-1], tables[1].T, cubes[0][::-1, :, ::-1], cubes[1].transpose(1, 2, 0)
    if case == 4:
        return wide[0][:6, :6], wide[0][1:7, :6], wide[1][:6, :6, :6], wide[1][:6, 2:8, 1:7]
    if case == 5:
        return tables[0], tables[0], cubes[0], cubes[0][::-1]
    return *tables, *cubes


def outcome(function, *args):
    try:
        return function(*args), None
    except (IndexError, UnboundLocalError, ValueError) as error:
        return None, type(error)


def compare(programs, text, cases, seen):
    """Runs a program both ways; counts what became of its loops."""
    scope, beside = {"np": np, "prange": prange}, {"np": np, "prange": prange}
    exec(compile(text, register(text), "exec"), scope)
    # NumPy itself reads what it has just written where a row is assigned to a column that crosses it.
    exec(re.sub(r"(?m)^( *[abcd]\[.*?\]) = (.*)$", r"\1 = np.array(\2)", text), beside)
    compiled = njit(parallel=OPTIONS)(scope["f"])
    for case in cases:
        k = programs.of(1, 2, 0)
        plain = memory(case)
        wanted, error = outcome(beside["f"], *plain, N, k)
        for size in (1, 2):
            mine = memory(case)
            with parallel_chunksize(size), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                got, raised = outcome(compiled, *mine, N, k)
            assert raised is error, (text, case)
            if error is None:
                for x, y in zip([*got, *mine], [*wanted, *plain]):
                    np.testing.assert_array_equal(x, y, err_msg=f"{text} case {case}")
    for signature in compiled.signatures:
        for remark in compiled.get_metadata(signature)["parallel"]:
            if remark["kind"] == "prange":
                seen[remark["status"]] = seen.get(remark["status"], 0) + 1


@pytest.mark.parametrize("seed", range(8))
def test_random_slices(seed):
    programs, seen = Programs(seed), {}
    for number in range(8):
        compare(programs, programs.text(), [0, 1 + number % 5], seen)
    assert seen.get("parallel", 0) > 2 and seen.get("serial", 0) > 0, seen
