"""List displays: values of a fixed length, as Python and NumPy take them; what would change one is refused."""

import numpy as np
import pytest
import zouk
from lang_support import arrays, check, function

from zouk import njit

V = np.linspace(0.1, 0.9, 7)
A = np.arange(12.0).reshape(3, 4) + 0.5


def test_building_and_returning():
    @njit
    def f(x, y):
        return [], [x], [x, y], ([x, (y, None)], [[x], [y, [True]]])

    for x, y in ((1, 2.5), (True, 1j), (2.5, 3)):
        check(f, x, y)
    assert f(1, 2)[0] is not f(1, 2)[0]


def test_what_tuples_can():
    f = function("""
def f(x, i):
    values = [x, x + 1, 3 * x]
    mixed = [x, 2.5, (1, 2)]
    a, b, c = values
    total = 0
    for value in values:
        if value > 100:
            break
        total += value
    for k, value in enumerate(values):
        total += k * value
    for value in mixed[:2]:
        total += value
    parts = (len(values), len([]), values[0], values[-1], values[i], mixed[2][1])
    found = (x in values, 99 in values, x not in [], values.index(x), values.count(x))
    reduced = (a, b, c, total, sum(values), min(values), max(values), any(values), all([]))
    return parts, found, reduced, (bool(values), bool([]), not [], 1 if values else 2)
""")
    for x, i in ((2, 1), (2.5, -1), (-3, -3), (200, 0)):
        check(f, x, i)
    for i in (3, -4):
        check(f, 1, i, text=True)


@pytest.mark.parametrize("value", ["[x, 2][1:]", "[x, 2][::-1]", "[x, 2] + [3.5]", "[x, 2.5] * 2", "0 * [x]", "[x].copy()", "list((x, 2))", "max([1, x], [x, 2])",
                                   "list()", "(list([x, 2.5]), [x], tuple([x, 2]))", "[x, 2] if x > 1 else [0, 1]", "[x] if x > 1 else None"])
def test_lists_as_results(value):
    f = function(f"def f(x): return {value}")
    check(f, 2)
    check(f, 0)


def test_comparisons():
    @njit
    def f(x):
        a, b = [1, x], [1, 2.0]
        return (a == b, a != b, a < b, a >= b, a == [1], a == (1, x), (1, x) != b, [] == [], [[1], [x]] == [[1], [2]], a == 1, a == None, a is None, a is not None)  # noqa: E711

    for x in (1, 2, 2.5):
        check(f, x)


def test_isinstance():
    @njit
    def f(x):
        return isinstance([x], list), isinstance([x], tuple), isinstance((x,), list), isinstance([], (int, list)), isinstance([x], object)

    check(f, 1)


def test_printing(capfd):
    @njit
    def f(x, y):
        print([], [x], [x, y], ([x, "it's"], [[None, True]]))

    f(1, 2.5)
    compiled = capfd.readouterr().out
    f.py_func(1, 2.5)
    assert compiled == capfd.readouterr().out


def test_lists_are_passed_to_compiled_functions():
    @njit
    def total(parts, scale):
        out = 0.0
        for part in parts:
            out += part.sum() * scale[0]
        return out, [scale[1], out]

    @njit
    def f(a, b):
        return total([a, b], [2, 3])

    assert f(V, A[0]) == total.py_func([V, A[0]], [2, 3])


@pytest.mark.parametrize("program", ["x = [1]; x.append(2); return x", "x = [1]; x[0] = 2; return x", "x = [1]; x += [2]; return x", "x = [1]; x *= 2; return x",
                                     "x = [1]; return x is x", "x = [1]; y = x; return x, y", "x = [1]; return [x, x]", "x = [1]; del x[0]; return x",
                                     "x = [3, 1]; np.random.shuffle(x); return x", "x = [3.0] * 7; np.add(v, v, out=x); return x", "x = [1, 2]; np.put(x, 0, 3); return x",
                                     "return [1] + (2,)", "return [1] < (2,)", "return [1, 2] if n else [1]", "return [1] * n", "return np.sum(v, axis=[0])"])
def test_what_would_need_a_list_is_refused(program):
    f = function("def f(v, n):\n    " + program.replace("; ", "\n    "))
    with pytest.raises((zouk.TypingError, zouk.UnsupportedError)):
        f(V, 2)


def test_changing_a_list_says_what_to_do():
    for program in ("x.append(2)", "x[0] = 2", "x += [2]"):
        with pytest.raises(zouk.TypingError, match="lists that change are not supported"):
            function(f"def f():\n    x = [1]\n    {program}\n    return x")()


INDICES = ["[0, 2]", "[n, -1, 0]", "[True, False, True]", "[]", "[[0, 1], [2, 2]]", "1, [0, n]", "[0, 2], 1:3", ":, [0, 3]", "[0, 2], [1, n]", "[n > 1, False, True], 1",
           "..., [1]", "[[n > 1] * 4, [False] * 4, [True, False] * 2]", "[0, 7]", "[True, False]", "[0, 2], [True, False, False, True]"]


@pytest.mark.parametrize("index", INDICES)
def test_lists_as_indices(index):
    f = function(f"""
def f(a, n):
    got = a[{index}]
    a[{index}] = 7
    a[{index}] += got
    a[{index}] *= 2
    return got
""")
    for a in arrays((3, 4)):
        for n in (2, 1):
            check(f, a, n)


def test_index_arrays_in_augmented_assignment():
    @njit
    def f(a, places, mask):
        a[places] += 1
        a[mask] *= 2
        a[places, 1] -= 3
        return a

    for a in arrays((3, 4)):
        check(f, a, np.array([0, 2, 0]), a > 4)


def test_bad_indices_are_refused():
    for index in ("[1.5]", "[[0, 1], [2]]", "['a']", "[None]"):
        with pytest.raises(zouk.TypingError):
            function(f"def f(a): return a[{index}]")(A)


def test_lists_are_assigned_to_arrays():
    @njit
    def f(a, x):
        a[0] = [1, x, 3, 4]
        a[:, 1] = (x, 2, 3)
        a[[1, 2]] = [[x], [9]]
        a[1:, [0, 3]] = [[1, 2], [x, 4]]
        a.flat[[0, 5]] = [x, 6]
        return a

    for a in arrays((3, 4)):
        check(f, a, 5)
    check(f, A, 2.5)
    check(function("def f(a): a[0] = [1, 2, 3]"), A)


def test_arrays_of_lists():
    @njit
    def f(v, w, x):
        return (
            np.array([1, x, True]), np.array([[1, 2], [x, 4]]), np.array([v, w]), np.array([[v, w], [w, v]]), np.array([(1, x), (2, 3)]), np.array([v, [x] * 3]),
            np.array([]), np.array([[], []]), np.asarray([v[0], 1j]), np.array([x, 2], dtype=np.float32), np.array([[v]]),
        )

    for dtype in (np.float64, np.int32, np.complex64):
        check(f, np.arange(3).astype(dtype), np.arange(6).astype(np.int8)[::2], 3)


def test_arrays_of_rows_of_different_lengths_raise():
    f = function("def f(a, b, c): return np.array([[a, b], [b, c]])")
    for shapes in (((2,), (2,), (2,)), ((2,), (3,), (2,)), ((2,), (2,), (0,)), ((2, 2), (2, 2), (2, 3)), ((2, 2), (3, 2), (2, 2))):
        check(f, *(np.zeros(shape) for shape in shapes), text=True)


def test_operators_of_arrays_and_lists():
    @njit
    def f(a, x):
        a += [1, x, 3, 4]
        return a + [1, 2, 3, x], [1, 2, 3, x] - a, a == [x, 2, 3, 4], (1, 2, 3, 4) < a, a @ [1, 2, x, 4], [1, x, 3] @ a, a * [[1], [x], [3]]

    check(f, A, 2)
    check(f, A, 2.5)
    check(f, A.astype(np.float32), 2)


CALLS = [
    "np.sum([1, x, 3])", "np.mean([v, v[::-1]])", "np.max([[1, x], [3, 4]], axis=1)", "np.sqrt([1, x])", "np.maximum([1, x], 2)", "np.where([True, False], [1, x], 0)",
    "np.zeros([2, 3])", "np.full([2, 2], x)", "np.reshape([1, 2, 3, x], [2, 2])", "a.reshape([4, 3])", "np.tile(a, [2, 1])", "a.transpose([1, 0])", "np.moveaxis(a, [0], [1])",
    "np.concatenate([v, [1, x]])", "np.stack([v, v], axis=1)", "np.hstack([a, a])", "np.select([v < 0.3, v > 0.6], [v, x], 0)", "np.split(v, [3, 5])", "np.array_split(a, 2, axis=1)",
    "np.insert(v, [1, 3], x)", "np.delete(v, [1, 3])", "np.delete(v, [])", "np.percentile(v, [10, 50])", "np.take(a, [1, 2], axis=1)", "v.take([0, -1])", "np.pad(a, [(1, 2), (0, 1)])",
    "np.dot(a, [1, 2, x, 4])", "np.linalg.solve([[2.0, 1.0], [1.0, 3.0]], [1, x])", "np.interp([0.1, 0.2], v, v)", "np.append([1, 2], [x])", "np.unique([x, 1, 1])",
    "np.histogram(v, [0.0, 0.3, 0.9])", "np.cumsum([1, 2, x])", "np.sort([3, x, 1])", "np.atleast_2d([1, x])", "np.outer([1, x], [3, 4])", "np.lexsort([v, -v])",
    "np.average([1, 2, x], weights=[3, 2, 1])", "np.broadcast_to([1, x], [2, 2])", "np.vstack([v, v])", "np.cov([v, v * v])", "np.isin([1, x], [2, 3])", "np.roll([1, x, 3], 1)",
    "np.linalg.multi_dot([a, a.T, a])", "np.flip(a, [0, 1])", "np.median(a, axis=[0, 1])", "np.diff([1, x, 9])", "np.shape([[1, 2], [3, x]])", "np.clip([1, 5, x], 2, 4)",
]


@pytest.mark.parametrize("at", range(0, len(CALLS), 10))
def test_lists_as_arguments_of_numpy(at):
    calls = CALLS[at : at + 10]
    f = function("def f(a, v, x): return (" + ", ".join(calls) + ",)")
    check(f, A, V, 2, rtol=1e-14)


def test_lists_bound_to_names():
    @njit
    def f(a, b, n):
        shape = [n, 2]
        parts = [a, b]
        if n > 2:
            parts = [b, a]
        return np.zeros(shape), np.concatenate(parts), len(parts), parts[n % 2]

    for n in (2, 3):
        check(f, V, V[::-1].copy(), n)


def test_random_numbers_of_lists():
    @njit
    def f():
        np.random.seed(3)
        return np.random.multinomial(10, [0.2, 0.3, 0.5]), np.random.normal(0, 1, [2, 3]), np.random.choice([1, 2, 3], 5)

    check(f)


def test_slices_as_values():
    @njit
    def f(v, i, j):
        part, step = slice(i, j), slice(None, None, -1)
        v[slice(2)] = 9
        return v[part], v[step], v[slice(i, None, 2)], np.delete(v, part), np.insert(v, part, 0.5), (1, 2, 3)[slice(1)], [1, 2, 3][slice(1, 3)], isinstance(part, slice)

    for i, j in ((1, 3), (-3, -1), (5, 2)):
        check(f, V, i, j)
    with pytest.raises(zouk.TypingError):
        function("def f(v): return v[slice(1.5)]")(V)
