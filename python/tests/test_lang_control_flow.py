"""`if`, `while`, `for … else`, `break`, `continue`, `return` in nested loops, chains, ternaries, the values of `and` and `or`."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lang_support import check, function

from zouk import njit


def test_if_elif_else():
    @njit
    def f(x):
        if x < 0:
            sign = -1
        elif x == 0:
            sign = 0
        elif x > 100:
            return 100
        else:
            sign = 1
        return sign

    for x in (-5, 0, 5, 500, -0.5, 1e9):
        check(f, x)


def test_branches_of_different_types_join():
    @njit
    def f(x):
        if x > 0:
            y = 1
        else:
            y = 2.5
        return y * 2

    assert f(1) == 2.0 and type(f(1)) is float and f(-1) == 5.0


def test_a_name_may_change_its_type():
    @njit
    def f(x):
        y = x
        y = y + 0.5
        z = y
        y = (z, x)
        return y

    check(f, 3)


def test_while_with_else():
    @njit
    def f(n, stop):
        i = 0
        total = 0
        while i < n:
            i += 1
            if i == stop:
                break
            if i % 3 == 0:
                continue
            total += i
        else:
            total = -total
        return i, total

    for n, stop in itertools.product((0, 1, 10), (-1, 1, 5, 10)):
        check(f, n, stop)


def test_for_with_else():
    @njit
    def f(n, stop):
        total = 0
        for i in range(n):
            if i == stop:
                break
            if i % 2:
                continue
            total += i
        else:
            total += 1000
        return total

    for n, stop in itertools.product((0, 1, 10), (-1, 0, 5, 9)):
        check(f, n, stop)


def test_else_of_nested_loops():
    @njit
    def f(n, m):
        found = 0
        for i in range(n):
            for j in range(m):
                if i * j == 6:
                    found = 10 * i + j
                    break
            else:
                continue
            break
        else:
            found = -1
        return found

    for n, m in itertools.product(range(5), range(8)):
        check(f, n, m)


def test_break_in_the_else_belongs_to_the_outer_loop():
    @njit
    def f(n):
        count = 0
        for i in range(n):
            count += 1
            while count < i:
                count += 2
            else:
                if i == 3:
                    break
                continue
        return count

    for n in range(7):
        check(f, n)


def test_return_from_nested_loops():
    @njit
    def f(a, wanted):
        for i in range(a.shape[0]):
            for j in range(a.shape[1]):
                if a[i, j] == wanted:
                    return i, j
        return -1, -1

    a = np.arange(12).reshape(3, 4)
    for wanted in (0, 5, 11, 12):
        check(f, a, wanted)


def test_return_from_while_true():
    @njit
    def f(n):
        steps = 0
        while True:
            if n == 1:
                return steps
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1

    for n in (1, 7, 27):
        check(f, n)


def test_while_true_with_breaks():
    @njit
    def f(n):
        total = 0
        while True:
            n -= 1
            if n < 0:
                break
            while True:
                total += n
                if total % 3 == 0:
                    break
                if total > 50:
                    return total
                total += 1
        return -total

    for n in range(12):
        check(f, n)


def test_loop_variables_after_the_loop():
    @njit
    def f(n):
        last = -1
        for i in range(n):
            last = i
            i = 100
        return last, i

    for n in (1, 5):
        check(f, n)


def test_three_levels():
    @njit
    def f(n):
        count = 0
        for i in range(n):
            if i % 4 == 3:
                continue
            for j in range(i, n):
                k = j
                while k > 0:
                    k -= 2
                    if k == 5:
                        break
                    if (i + j + k) % 7 == 0:
                        count += 100
                        continue
                    count += 1
                else:
                    count -= 3
                if count > 100_000:
                    return -1
            else:
                count += 7
        return count

    for n in (0, 1, 5, 13, 30):
        check(f, n)


def test_swap_in_a_loop():
    @njit
    def f(n):
        a, b = 0, 1
        for _ in range(n):
            a, b = b, a + b
        return a

    for n in (0, 1, 2, 50):
        check(f, n)


def test_names_assigned_in_branches_of_loops():
    @njit
    def f(n):
        high = low = 0
        for i in range(n):
            if i % 3 == 0:
                high = i
                if i % 2 == 0:
                    low = high - 1
            elif i % 3 == 1:
                low += high
        return high, low

    for n in (0, 1, 4, 20):
        check(f, n)


def test_ternaries():
    @njit
    def f(x, y):
        return (x if x > y else y), (1 if x else 2.5 if y else 3), -x if x < 0 else x

    for x, y in itertools.product((-1, 0, 2), repeat=2):
        result, expected = f(x, y), f.py_func(x, y)
        assert result == expected


def test_values_of_and_and_or():
    @njit
    def f(x, y, z):
        return x and y, x or y, x and y or z, not x or y and z, not (x and y)

    for arguments in itertools.product((0, 1, 2), repeat=3):
        assert f(*arguments) == f.py_func(*arguments)
    for arguments in itertools.product((0.0, 1.5), (0.0, -2.0), (3.0, 0.0)):
        assert f(*arguments) == f.py_func(*arguments)


def test_and_and_or_do_not_compute_what_they_do_not_need():
    @njit
    def f(a, i):
        return i < len(a) and a[i] > 0, i >= len(a) or a[i] > 0, i < len(a) < 10 // max(i, 1) > 0

    a = np.array([1, -1, 2])
    for i in range(5):
        check(f, a, i)


def test_comparison_chains_compute_every_operand_once():
    @njit
    def count(a):
        a[0] += 1
        return a[0]

    @njit
    def f(a, low, high):
        return low < count(a) < high

    for low, high in itertools.product((-1, 5), (1, 10)):
        a, b = np.zeros(1, np.int64), np.zeros(1, np.int64)
        expected = low < 1 < high
        assert f(a, low, high) == expected and f(b, low, high) == expected
        assert a[0] == b[0] == 1


def test_walrus():
    @njit
    def f(n):
        total = 0
        while (n := n - 3) > 0:
            total += n
        if (m := total * 2) > 10:
            total = m
        return total, n, m

    for n in (0, 1, 10, 20):
        check(f, n)


def test_falling_off_the_end_returns_none():
    @njit
    def f(a):
        if a[0] > 0:
            a[0] = 5

    @njit
    def g(x):
        return

    check(f, np.array([1, 2]))
    check(g, 1)


def test_optional_results():
    @njit
    def f(x):
        if x > 0:
            return x
        return None

    @njit
    def g(x):
        if x > 0:
            return x

    for x in (5, -5, 2.5):
        check(f, x)
        check(g, x)


def test_truth_of_values():
    @njit
    def f(x):
        if x:
            return 1
        return 0

    for x in (0, 5, 0.0, -0.0, 0.1, np.nan, 0j, 1j, True, False, None, (), (0,), (1, 2)):
        check(f, x)


def test_assert():
    f = function("""
def f(x):
    assert x > 0
    assert x > 1, "too small"
    return x
""")
    for x in (0, 1, 2):
        check(f, x, text=True)


def test_pass_and_constants_as_statements():
    @njit
    def f(x):
        """A docstring."""
        pass
        1
        x + 1
        if x > 3:
            pass
        else:
            ...
        for _ in range(3):
            pass
        return x

    check(f, 5)


def test_dead_code():
    @njit
    def f(x):
        while x > 0:
            x -= 1
            if x == 3:
                return x
                x = "not a number"
            continue
            x += 1
        return -1
        return 5

    for x in (0, 3, 10):
        check(f, x)


def test_code_after_an_if_that_always_leaves():
    @njit
    def f(x):
        for i in range(10):
            if i == x:
                return 1
            elif i > x:
                break
            else:
                continue
        if x > 100:
            return 2
        else:
            return 3

    for x in (-1, 5, 200):
        check(f, x)


@pytest.mark.parametrize("depth", [10, 25])
def test_deep_nesting(depth):
    lines = ["def f(x):", "    n = 0"]
    for i in range(depth):
        lines.append("    " * (i + 1) + f"if x > {i}:")
        lines.append("    " * (i + 2) + "n += 1")
    f = function("\n".join([*lines, "    return n", ""]))
    for x in (0, depth // 2, depth + 1):
        check(f, x)


# Random programs: nested loops and branches over a few ints. Loops end: ranges are short and `while` counts down.


@st.composite
def blocks(draw, depth, in_loop, indent, counter):
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        kinds = ["assign", "assign", "return"] + (["if", "for", "while"] if depth > 0 else []) + (["break", "continue"] if in_loop else [])
        lines += draw(statements(draw(st.sampled_from(kinds)), depth, in_loop, indent, counter))
    return lines


@st.composite
def conditions(draw):
    return f"({draw(names)} + {draw(st.integers(-3, 3))}) % {draw(st.integers(2, 5))} {draw(st.sampled_from(['==', '<', '>', '!=']))} {draw(st.integers(0, 3))}"


names = st.sampled_from(["a", "b", "c"])


@st.composite
def statements(draw, kind, depth, in_loop, indent, counter):
    pad = "    " * indent
    if kind == "assign":
        operator = draw(st.sampled_from(["=", "+=", "-=", "^="]))
        return [f"{pad}{draw(names)} {operator} {draw(names)} {draw(st.sampled_from(['+', '-', '&', '|']))} {draw(st.integers(-5, 5))}"]
    if kind in ("break", "continue", "return"):
        exit = {"return": f"return {draw(names)}"}.get(kind, kind)
        return [f"{pad}if {draw(conditions())}:", f"{pad}    {exit}"]
    body = draw(blocks(depth - 1, in_loop or kind != "if", indent + 1, counter))
    if kind == "if":
        head = [f"{pad}if {draw(conditions())}:"]
    elif kind == "for":
        head = [f"{pad}for {draw(names)} in range({draw(st.integers(-2, 2))}, {draw(st.integers(0, 6))}, {draw(st.integers(1, 3))}):"]
    else:
        counter.append(f"n{len(counter)}")
        head = [f"{pad}{counter[-1]} = {draw(st.integers(0, 5))}", f"{pad}while {counter[-1]} > 0:", f"{pad}    {counter[-1]} -= 1"]
    tail = [f"{pad}else:", *draw(blocks(depth - 1, in_loop, indent + 1, counter))] if draw(st.booleans()) else []
    return head + body + tail


@st.composite
def programs(draw):
    return "\n".join(["def f(a, b, c):", *draw(blocks(3, False, 1, [])), "    return a * 10007 + b * 101 + c", ""])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.lists(st.tuples(*[st.integers(-10, 10)] * 3), min_size=2, max_size=4))
def test_random_programs(text, arguments):
    f = function(text)
    for triple in arguments:
        check(f, *triple)
