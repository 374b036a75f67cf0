"""Arrays of blocks and threads: shapes that are computed, records, and functions that make them. On both targets."""

import numpy as np
import pytest
from cuda_support import TARGET, made, nothing_leaks  # noqa: F401
from zouk import cuda

N = 16
RECORD = np.dtype([("a", np.int32), ("b", np.float64), ("c", np.int16, (3,))], align=True)
PACKED = np.dtype([("a", np.int8), ("b", np.float64)])
SHAPES = ["1 << 4", "2 ** 4", "(4,) * 2", "2 * (3, N)", "(N, N + 1)", "(N // 2,)", "(N % 5, N - 2)", "N | 3", "N & 24", "(N ^ 5, 2)", "len((1, 2, 3))", "(N >> 2) + (2,)[0]", "-N + 20"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("space", ["shared", "local"])
def test_shapes_are_computed(space, shape):
    text = f"def f(o):\n    s = cuda.{space}.array({shape}, np.int32)\n    o[0] = s.size\n    o[1] = s.ndim\n    o[2] = s.shape[0]\n"
    out = np.zeros(3, np.int64)
    cuda.jit(made(text, np=np, N=N)["f"])[1, 1](out)
    expected = np.zeros(eval(shape), np.int32)
    assert out.tolist() == [expected.size, expected.ndim, expected.shape[0]]


RECORDS = """
def f(o):
    r = cuda.{space}.array(4, record)
    i = cuda.threadIdx.x
    r[i].a = i
    r[i].b = i / 4
    {barrier}
    other = r[{other}]
    o[i] = other
    o[i].b += 1
"""


@pytest.mark.parametrize("record", [RECORD, PACKED])
@pytest.mark.parametrize("space", ["shared", "local"])
def test_records(space, record):
    shared = space == "shared"
    text = RECORDS.format(space=space, barrier="cuda.syncthreads()" if shared else "pass", other="3 - i" if shared else "i")
    out = np.zeros(4, record)
    cuda.jit(made(text, record=record)["f"])[1, 4](out)
    places = np.arange(4)[::-1] if shared else np.arange(4)
    np.testing.assert_array_equal(out["a"], places)
    np.testing.assert_array_equal(out["b"], places / 4 + 1)


def test_records_of_a_size_that_the_launch_says():
    text = "def f(o):\n    r = cuda.shared.array(0, record)\n    i = cuda.threadIdx.x\n    r[i].b = i\n    cuda.syncthreads()\n    o[i] = r[3 - i].b + 10 * r.shape[0]\n"
    out = np.zeros(4)
    cuda.jit(made(text, record=RECORD)["f"])[1, 4, 0, 4 * RECORD.itemsize](out)
    np.testing.assert_array_equal(out, np.arange(4)[::-1] + 40)


FUNCTIONS = """
@cuda.jit(device=True)
def scratch():
    return cuda.shared.array(4, np.int64)

@cuda.jit(device=True)
def other():
    return cuda.shared.array(4, np.int64)

def f(o):
    t = cuda.threadIdx.x
    s = scratch()
    s[t] = t + 1
    other()[t] = 100 + t
    cuda.syncthreads()
    o[t] = scratch()[3 - t]
"""


@pytest.mark.parametrize("debug", [False, True])
def test_a_function_has_one_shared_array(debug):
    out = np.zeros(4, np.int64)
    cuda.jit(made(FUNCTIONS, np=np)["f"], debug=debug, opt=not debug)[1, 4](out)
    np.testing.assert_array_equal(out, [4, 3, 2, 1])


MEETS = FUNCTIONS.replace("    o[t]", "    cuda.cg.this_grid().sync()\n    o[4 * cuda.blockIdx.x + t]").replace("s[t] = t + 1", "s[t] = t + 1 + 10 * cuda.blockIdx.x")


def test_a_function_has_one_shared_array_in_each_block_of_a_grid_that_meets():
    out = np.zeros(8, np.int64)
    cuda.jit(made(MEETS, np=np)["f"])[2, 4](out)
    np.testing.assert_array_equal(out, [4, 3, 2, 1, 14, 13, 12, 11])


def test_complex_elements_are_printed(capfd):
    text = "def f(a, z):\n    print(a[0], z)\n    print('sum', a[0] + z)\n"
    cuda.jit(made(text)["f"])[1, 1](np.array([1 + 2j]), 3j)
    cuda.jit(made(text)["f"])[1, 1](np.array([1 + 2j], np.complex64), 3j)
    cuda.synchronize()
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 4
    shown = [complex(line.split()[-1]) for line in lines]
    assert shown == [3j, 1 + 5j] * 2
    assert complex(lines[0].split()[0]) == 1 + 2j and (TARGET == "cuda") == ("." in lines[0])


def test_texts_are_printed_whole(capfd):
    cuda.jit(made("def f(a): print('x\\0y', a[0], '100%\\0')")["f"])[1, 1](np.arange(3, 4))
    cuda.synchronize()
    assert capfd.readouterr().out == "x\0y 3 100%\0\n"


WHILES = """
def f(o, n, off):
    acc = 0
    i = n - cuda.threadIdx.x
    while i > off:
        while i <= n // 2:
            acc += 2
            i += 7
        i -= 5
    o[cuda.grid(1)] = acc + i
"""


def test_loops_whose_end_is_a_quotient_of_128_bits():
    out = np.zeros(32, np.int64)
    kernel = made(WHILES)["f"]
    cuda.jit(kernel)[1, 32](out, 40, 30)

    def one(thread):
        acc, i = 0, 40 - thread
        while i > 30:
            while i <= 20:
                acc += 2
                i += 7
            i -= 5
        return acc + i

    assert out.tolist() == [one(thread) for thread in range(32)]
    text = WHILES.replace("        i -= 5\n", "")
    cuda.jit(made(text)["f"])[1, 32](out, 0, 0)
    assert out.tolist() == [-thread for thread in range(32)]
