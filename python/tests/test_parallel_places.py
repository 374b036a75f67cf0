"""Places of arrays that are seen to be different only when the loop runs, and fields of records."""

import os
import subprocess
import sys

import numpy as np
import pytest

import zouk
from zouk import njit, prange

POINT = np.dtype([("x", "f8"), ("y", "f8"), ("n", "i4"), ("v", "f4", (3,))], align=True)
PACKED = np.dtype([("n", "i1"), ("x", "f8"), ("y", "f8")])


def made(text):
    scope = {"prange": prange, "np": np}
    exec(text, scope)
    return scope["f"]


def statuses(f):
    return [entry["status"] for entry in f.get_metadata(f.signatures[-1])["parallel"] if entry["kind"] == "prange"]


def run(text, *arguments):
    """The function as Python runs it, and compiled: results and arguments afterwards are equal."""
    plain = made(text)
    compiled = njit(parallel=True)(plain)
    mine = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    wanted, got = plain(*mine), compiled(*arguments)
    assert got is None and wanted is None or np.array_equal(got, wanted)
    for a, b in zip(arguments, mine):
        if isinstance(a, np.ndarray):
            assert a.tobytes() == b.tobytes()
    return compiled


def numbers(count):
    return np.random.default_rng(count).integers(-50, 50, count).astype(float)


@pytest.mark.parametrize("body", ["a[i * k:(i + 1) * k] = i", "a[i * k:i * k + k] *= 2", "a[k * i:k * (i + 1)] += b[i * k:(i + 1) * k]", "a[i * k + 1:(i + 1) * k] = a[i * k]"])
@pytest.mark.parametrize("k", [7, 1, 0, -3, 1 << 40])
def test_slices_of_a_length_that_is_known_at_run_time(body, k):
    f = run(f"def f(a, b, n, k):\n    for i in prange(n):\n        {body}\n", numbers(35), numbers(35), 5 if k < 100 else 1, k)
    assert statuses(f) == ["parallel"]


def test_blocks_that_overlap_run_as_written():
    text = "def f(a, n, k):\n    for i in prange(n):\n        for j in range(k):\n            a[i * 20 + j] = i - j\n"
    for k in (15, 20, 21, 33, 0):
        assert statuses(run(text, numbers(2000), 90, k)) == ["parallel"]


@pytest.mark.parametrize("chunk", ["n // k", "(n + k - 1) // k"])
@pytest.mark.parametrize("body", ["a[t * chunk:(t + 1) * chunk] = t", "for j in range(t * chunk, min((t + 1) * chunk, n)): a[j] = t", "a[t * chunk:min(t * chunk + chunk, n)] += t", "for j in range(chunk):\n            if t * chunk + j < n: a[t * chunk + j] += j"])
def test_arrays_in_as_many_parts_as_are_asked_for(chunk, body):
    text = f"def f(a, k):\n    n = a.size\n    chunk = {chunk}\n    for t in prange(k):\n        {body}\n"
    for k in (1, 4, 7, 300):
        assert statuses(run(text, numbers(200), k)) == ["parallel"]


@pytest.mark.parametrize("body", ["d = a[i] - a[j]\n            out[i, j] = d\n            out[j, i] = -d", "out[i, j] = a[i] - a[j]\n            out[j, i] = out[i, j]"])
@pytest.mark.parametrize("inner", ["range(i + 1, n)", "range(i)", "range(i, n)", "range(i + 1)"])
def test_both_halves_of_a_matrix(body, inner):
    text = f"def f(a, out):\n    n = a.size\n    for i in prange(n):\n        for j in {inner}:\n            {body}\n"
    assert statuses(run(text, numbers(60), np.zeros((60, 60)))) == ["parallel"]


@pytest.mark.parametrize("inner, places", [("range(n)", "out[j, i]"), ("range(max(i - 1, 0), n)", "out[j, i]"), ("range(i + 1, n)", "out[j, j]")])
def test_halves_that_meet_are_refused(inner, places):
    f = njit(parallel=True)(made(f"def f(a, out):\n    n = a.size\n    for i in prange(n):\n        for j in {inner}:\n            out[i, j] = a[i]\n            {places} = a[j]\n"))
    with pytest.raises(zouk.errors.ParallelError):
        f(numbers(60), np.zeros((60, 60)))


def test_blocks_of_slices_that_overlap_run_on_one_thread():
    plain = made("def f(a, n, k):\n    for i in prange(n):\n        a[i * k:(i + 2) * k] = i\n")
    got, wanted = numbers(35), numbers(35)
    njit(parallel=True)(plain)(got, 4, 7)
    plain(wanted, 4, 7)
    np.testing.assert_array_equal(got, wanted)


ITEMS = ["r[i].y = r[i].x * 2", "r[i].y = r[i + 1].x", "r[i].x = r[i].x + r[i].y", "r[i]['y'] = r[i + 1]['n']"]
FIELDS = ["r.y[i] = r.x[i + 1]", "r['y'][i] = r['x'][i + 1]", "r.y[1:][i] = r.x[i]"]


@pytest.mark.parametrize("dtype, body", [(dtype, body) for dtype in (POINT, PACKED) for body in ITEMS + FIELDS * (dtype is POINT)])
def test_fields_of_records(dtype, body):
    records = np.zeros(2000, dtype)
    records["x"], records["n"] = numbers(2000), numbers(2000)
    text = f"def f(r):\n    for i in prange(r.size - 1):\n        {body}\n"
    scope = {"prange": prange, "np": np}
    exec(text, scope)
    compiled = njit(parallel=True)(scope["f"])
    wanted = records.copy().view(np.recarray)
    scope["f"](wanted)
    compiled(records)
    assert records.tobytes() == wanted.tobytes() and statuses(compiled) == ["parallel"]


def test_fields_with_axes():
    records = np.zeros((40, 3), POINT)
    records["x"] = numbers(120).reshape(40, 3)

    def f(r):
        for i in prange(r.shape[0]):
            for j in range(r.shape[1]):
                for k in range(3):
                    r[i, j].v[k] = r[i, j].x * k

    compiled = njit(parallel=True)(f)
    wanted = records.copy().view(np.recarray)
    f(wanted)
    compiled(records)
    assert records.tobytes() == wanted.tobytes() and statuses(compiled) == ["parallel"]


@pytest.mark.parametrize("body", ["r[i + 1].x = r[i].x", "r[i].y = r[i + 1].y"])
def test_the_same_field_of_neighbours_is_refused(body):
    f = njit(parallel=True)(made(f"def f(r):\n    for i in prange(r.size - 1):\n        {body}\n"))
    with pytest.raises(zouk.errors.ParallelError, match="distance of 1"):
        f(np.zeros(10, POINT))


def test_fields_of_views_that_interleave():
    """Whether fields take turns is asked when the function is called: other strides, and arrays that overlap, run as written."""
    text = "def f(x, y):\n    for i in prange(x.size - 1):\n        y[i] = x[i + 1] * 2\n"
    for a, b in [(0, 500), (1, 0), (0, 1), (0, 0)]:
        memory, mine = numbers(1000), numbers(1000)
        plain, compiled = made(text), njit(parallel=True)(made(text))
        plain(mine[a : a + 400], mine[b : b + 400])
        compiled(memory[a : a + 400], memory[b : b + 400])
        assert memory.tobytes() == mine.tobytes()


def test_threads_of_nested_loops_have_different_numbers():
    """Sums by threads, each in a place of its own, are whole also where loops run in a loop."""

    @njit(parallel=True)
    def inner(n):
        least, most = 1 << 20, -1
        for j in prange(n):
            number = zouk.get_thread_id()
            least, most = min(least, number), max(most, number)
        return least, most

    @njit(parallel=True)
    def outer(n):
        lows, highs = np.empty(n, np.int64), np.empty(n, np.int64)
        for i in prange(n):
            lows[i], highs[i] = inner(50000)
        return lows, highs

    for n in (1, 2, 50):
        lows, highs = outer(n)
        assert (lows >= 0).all() and (highs < zouk.get_num_threads()).all()


def test_numbers_of_threads_at_one_time(tmp_path):
    """Of four threads two run a loop each in a loop of two iterations: each has two numbers to give away, its own and the next."""
    text = """
import numpy as np, zouk
from zouk import njit, prange
@njit(parallel=True)
def inner(seen):
    for j in prange(2):
        spent = 0.0
        for k in range(3_000_000):
            spent += np.sqrt(k + j)
        seen[j] = zouk.get_thread_id() + (spent < 0)
@njit(parallel=True)
def outer(seen):
    for i in prange(2):
        seen[i, 2] = zouk.get_thread_id()
        inner(seen[i])
for _ in range(20):
    seen = np.full((2, 3), -1)
    with zouk.parallel_chunksize(1):
        outer(seen)
    for first, second, own in seen.tolist():
        assert own in (0, 2) and {first, second} <= {own, own + 1}, seen
"""
    (tmp_path / "program.py").write_text(text)
    run = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "ZOUK_NUM_THREADS": "4"})
    assert run.returncode == 0, run.stderr
