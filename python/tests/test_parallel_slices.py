"""Iterations that work on rows, columns, planes and slices of an array: which are seen not to need each other, in any memory layout, and which are refused."""

import warnings

import numpy as np
import pytest
from lang_support import register

from zouk import ParallelError, njit, parallel_chunksize, prange

ROWS = [
    "a[i, :-1] = b[i, :-1] + a[i, 1:]", "a[i, 1:] = b[i, :-1] + a[i, :-1]", "a[i, :] = a[i, ::-1]", "a[i, ::-1] = a[i]", "a[i, :3] = a[i, 2:5]", "a[i, 1:4] = a[i, 0:3] + b[i, 2:5]",
    "a[i] = a[i] + b[i]", "a[i] += a[i, ::-1]", "a[i, ::2] = b[i, ::2]", "a[i, 1:-1] = (a[i, :-2] + a[i, 2:]) / 2", "a[i, :] = np.sort(a[i, :])", "a[i].sort()",
    "a[i] /= a[i].sum() + 1", "a[i, :] = 0", "a[i, 0], a[i, -1] = a[i, -1], a[i, 0]", "a[n-1-i, :] = b[i, ::-1]", "a[-1-i] = b[i]", "a[i:i+1, :] = b[i:i+1, :]", "a[i, k:] = a[i, :-k]",
    "a[i][a[i] > 2] = 0", "a[i].fill(i)", "a[i, np.array([0, 2])] = b[i, :2]", "np.add(a[i], b[i], a[i])", "a[i, :2] = a[i, -2:]", "a[i] = a[i][::-1] + b[i]",
    "a[i, 1:-1] = b[i, :-2] + a[i, 2:] + a[i, 1:-1]", "a[i, 1:] = a[i, :-1].copy() * b[i, 0]",
    "r = a[i]; r[1:] = r[:-1] + b[i, 1:]",
]  # fmt: skip
COLUMNS = ["a[:, i] = a[::-1, i]", "a[1:, i] = a[:-1, i] + b[1:, i]", "a[:, -1-i] = b[:, i]", "a[::2, i] *= b[::2, i]"]
BLOCKS = ["a[2*i:2*i+2, :] = b[2*i:2*i+2, ::-1] + 1", "a[2*i:2*i+2] *= 2", "a[2*i:2*i+2, :-1] = a[2*i:2*i+2, 1:] * b[2*i:2*i+2, 1:]", "a[2*i] = a[2*i+1, ::-1]"]
PLANES = [
    "a[i] = a[i, ::-1]", "a[i, 1:] = a[i, :-1] + b[i, 1:]", "a[i, :, 1:] = a[i, :, :-1] + b[i, :, 1:]", "a[:, i] = a[::-1, i, ::-1]", "a[:, :, i] = a[:, ::-1, i] + b[:, :, i]",
    "a[1:, :, i] = a[:-1, :, i] + b[1:, :, i]", "a[i, 0] = a[i, 1] + b[i, 0]", "a[:, i, 1:] = a[:, i, :-1]", "a[i, ..., 0] = a[i, ..., -1] + b[i, ..., 0]",
    "a[i, 1:-1, 1:-1] = (a[i, :-2, 1:-1] + a[i, 2:, 1:-1]) / 4 - b[i, 1:-1, 1:-1]", "a[i] += b[i, ::-1, ::-1]", "a[i, 1].fill(a[i, 0].max())",
]  # fmt: skip


def compiled(text, trips):
    """The loop, and the same for CPython."""
    body = "\n".join("        " + line for line in text.split("; "))
    source = f"def f(a, b, n, k):\n    for i in prange({trips}):\n{body}\n"
    scope = {"np": np, "prange": prange}
    exec(compile(source, register(source), "exec"), scope)
    return njit(parallel=True)(scope["f"]), scope["f"]


def layouts(shape):
    """Two arrays with these sizes: packed in either order, with steps, backwards, transposed, inside a larger one."""
    rng = np.random.default_rng(len(shape))
    for change in (
        np.asarray,
        np.asfortranarray,
        lambda x: x[tuple(slice(None, None, -1) for _ in shape)],
        lambda x: np.ascontiguousarray(x.T).T,
        lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
        lambda x: np.pad(x, 1)[tuple(slice(1, -1) for _ in shape)],
    ):
        yield [change(rng.integers(0, 9, shape).astype(float)) for _ in range(2)]


CASES = [
    *[(text, "n", (8, 5)) for text in ROWS],
    *[(text, "n", (5, 8)) for text in COLUMNS],
    *[(text, "len(a) // 2", (8, 8)) for text in BLOCKS],
    ("a[:, 2*i:2*i+2] = a[::-1, 2*i:2*i+2] * 2", "a.shape[1] // 2", (8, 8)),
    *[(text, "n", (6, 6, 6)) for text in PLANES],
]


@pytest.mark.parametrize("text, trips, shape", CASES)
def test_iterations_have_their_own(text, trips, shape):
    parallel, plain = compiled(text, trips)
    for a, b in layouts(shape):
        for size in (1, 3):
            # Copies have another layout: the arrays themselves are changed, and put back.
            before, wanted = [(a.copy(), b.copy()) for _ in range(2)]
            with parallel_chunksize(size):
                parallel(a, b, max(shape), 2)
            plain(*wanted, max(shape), 2)
            np.testing.assert_array_equal(a, wanted[0])
            np.testing.assert_array_equal(b, wanted[1])
            a[...], b[...] = before
    for signature in parallel.signatures:
        assert {r["status"] for r in parallel.get_metadata(signature)["parallel"] if r["kind"] == "prange"} == {"parallel"}


REFUSED = [
    ("a[i] = a[i+1, ::-1]", "n - 1"), ("a[i, 1:] = a[i-1, :-1]", "1, n"), ("a[2*i:2*i+3] = a[2*i:2*i+3] * 2 + 1", "n // 2 - 1"), ("a[:, i] = a[i, :]", "n"), ("a[i, :] = a[::-1, i]", "n"), ("a[i // 2] += 1; a[i // 2, 0] = i", "n"),
    ("a[0, i:i+2] = b[i, :2]", "n - 1"), ("a[n-1-i] = a[i, ::-1]", "n"), ("a[i:i+2, 0] = b[i, 0]", "n - 1"), ("a[::2, i] = a[1::2, i+1]", "n - 1"),
]  # fmt: skip


@pytest.mark.parametrize("text, trips", REFUSED)
def test_iterations_that_meet_are_refused(text, trips):
    parallel, plain = compiled(text, trips)
    for a, b in layouts((6, 6)):
        with pytest.raises(ParallelError, match="its iterations write and"):
            parallel(a, b, 6, 2)
        plain(a, b, 6, 2)


@pytest.mark.parametrize("text", ["a.T[i] = a[i]", "r = a[:, ::-1]; r[i] = a[:, i]", "r = a[::-1]; r[i] = a[i] + 1"])
def test_two_views_of_one_array(text):
    """Views that are made before the loop are two arrays: whether they overlap is tested."""
    parallel, plain = compiled(text, "n")
    for a, b in layouts((6, 6)):
        wanted = a.copy()
        with parallel_chunksize(1):
            parallel(a, b, 6, 2)
        plain(wanted, b, 6, 2)
        np.testing.assert_array_equal(a, wanted)


def test_rows_that_share_elements_are_tested():
    parallel, plain = compiled("a[i] = a[i, ::-1] + b[i]", "n")
    for strides in ((8, 8), (16, 8), (0, 8), (24, 16)):
        outputs = []
        for function in (plain, parallel):
            memory = np.arange(60.0)
            rows = np.lib.stride_tricks.as_strided(memory, (6, 4), strides)
            with parallel_chunksize(1):
                function(rows, np.ones((6, 4)), 6, 2)
            outputs.append(memory)
        np.testing.assert_array_equal(*outputs)


def test_cells_that_outlive_the_loop():
    def f(a, rounds):
        out = np.zeros_like(a)
        cell = np.zeros(())
        total = 0.0
        for t in range(rounds):
            total += cell[()]
            for i in prange(len(a)):
                cell[()] = a[i] + t
                out[i] += cell[()]
        return out, total

    serial = njit(parallel={"prange": True, "serial": True})(f)
    for size in (1, 3):
        with parallel_chunksize(size), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for got, wanted in zip(serial(np.arange(7.0), 3), f(np.arange(7.0), 3)):
                np.testing.assert_array_equal(got, wanted)
