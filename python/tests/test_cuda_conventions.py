"""How other code calls device functions of Python: arrays as Numba passes them, called by their parts."""

import re

import numpy as np
import pytest
from cuda_support import nothing_leaks, on_gpu  # noqa: F401
from zouk import cuda, types
from zouk.errors import UnsupportedError

PAIR = np.dtype([("a", np.int32), ("b", np.float64)], align=True)


def weigh(a, w):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            total += a[i, j] * (10 * i + j + w)
    return total


def parts(a):
    """What Numba's array is made of: owner, object, elements, bytes of one, data, sizes, strides."""
    return (0, 0, a.size, a.itemsize, a.__cuda_array_interface__["data"][0], *a.shape, *a.strides)


def declared(name, function, signature, flat, abi, folder):
    """A function that is called by the parts of its arrays, and the file with its code."""
    (folder / f"{name}.ptx").write_text(cuda.compile(function, signature, abi=abi, abi_info={"abi_name": name})[0])
    return cuda.declare_device(name, flat), [str(folder / f"{name}.ptx")]


@on_gpu
@pytest.mark.parametrize("dtype", ["float64", "float32", "int8", "complex64"])
@pytest.mark.parametrize("view", [lambda a: a, lambda a: a[::2, 1:], lambda a: a[::-1, ::-2], lambda a: a.T, lambda a: a[2:2]])
def test_arrays(dtype, view, tmp_path):
    element = types.from_dtype(np.dtype(dtype))
    result = types.complex128 if dtype == "complex64" else types.float64
    function, link = declared("weigh", weigh if dtype != "complex64" else weigh_complex, result(element[:, :], types.float64), f"{result}({', '.join(['int64'] * 9)}, float64)", "numba", tmp_path)

    @cuda.jit(link=link)
    def kernel(p, w, out):
        out[0] = function(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], w)

    host = np.arange(30).reshape(5, 6).astype(dtype)
    device = cuda.to_device(host)
    out = np.zeros(1, np.dtype(str(result)))
    kernel[1, 1](parts(view(device)), 0.5, out)
    np.testing.assert_array_equal(out[0], weigh(view(host), 0.5))


def weigh_complex(a, w):
    total = 0j
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            total += a[i, j] * (10 * i + j + w)
    return total


@on_gpu
def test_records(tmp_path):
    def sums(rows, one):
        total = one.b
        for row in rows:
            total += row.a * row.b
        return total

    record = types.from_dtype(PAIR)
    function, link = declared("sums", sums, types.float64(record[:], record), f"float64({', '.join(['int64'] * 8)})", "numba", tmp_path)

    @cuda.jit(link=link)
    def kernel(p, one, out):
        out[0] = function(p[0], p[1], p[2], p[3], p[4], p[5], p[6], one)

    host = np.array([(i, i / 2) for i in range(9)], PAIR)
    device, out = cuda.to_device(host), np.zeros(1)
    kernel[1, 1](parts(device[::3]), parts(device[5:])[4], out)
    assert out[0] == sums(host[::3].view(np.recarray), host.view(np.recarray)[5])


def with_place(name, count):
    """PTX of a function that has another one write its result where its own first argument says."""
    own = ", ".join(f".param .b64 q{i}" for i in range(count + 1))
    theirs = ", ".join(f".param .b64 p{i}" for i in range(count))
    loads = "\n".join(f"ld.param.b64 %r{i}, [q{i + 1}];\n.param .b64 a{i};\nst.param.b64 [a{i}], %r{i};" for i in range(count))
    call = f".param .b32 given;\ncall.uni (given), {name}, ({', '.join(f'a{i}' for i in range(count))});\nld.param.b32 %s0, [given];\nst.param.b32 [func_retval0], %s0;\nret;"
    head = f".version 8.0\n.target sm_75\n.address_size 64\n.extern .func (.param .b32 func_retval0) {name}({theirs});\n"
    return f"{head}.visible .func (.param .b32 func_retval0) place({own})\n{{\n.reg .b64 %r<{count}>;\n.reg .b32 %s<1>;\n{loads}\n{call}\n}}\n"


@on_gpu
def test_an_array_as_the_result(tmp_path):
    def tail(a, n):
        return a[n::2]

    _, link = declared("tail", tail, (types.float32[:], types.int64), "none(int64)", "numba", tmp_path)
    (tmp_path / "place.ptx").write_text(with_place("tail", 9))
    place = cuda.declare_device("place", f"none({', '.join(['int64'] * 9)})")

    @cuda.jit(link=[*link, str(tmp_path / "place.ptx")])
    def kernel(at, p):
        place(at, p[0], p[1], p[2], p[3], p[4], p[5], p[6], 3)

    device, out = cuda.to_device(np.arange(20, dtype=np.float32)), cuda.to_device(np.zeros(7, np.int64))
    kernel[1, 1](parts(out)[4], parts(device[::-1]))
    np.testing.assert_array_equal(out.copy_to_host(), parts(device[::-1][3::2]))


def parameters(function, signature, abi):
    ptx = cuda.compile(function, signature, abi=abi, abi_info={"abi_name": "called"})[0]
    return re.findall(r"\.param \.(\w+) called_param", ptx[ptx.index(".visible") : ptx.index("{")])


def test_parameters():
    for abi, first in (("c", []), ("numba", ["b64"])):
        assert parameters(weigh, (types.float64[:, ::1], types.float32), abi) == [*first, *["b64"] * 9, "b32"]
        assert parameters(lambda one: one.b, (types.from_dtype(PAIR),), abi) == [*first, "b64"]
        assert parameters(lambda a: a[()], (types.float64[:].copy(ndim=0),), abi) == [*first, *["b64"] * 5]


@pytest.mark.parametrize("abi", ["c", "numba"])
def test_records_are_no_results(abi):
    with pytest.raises(UnsupportedError, match="cannot return a record"):
        cuda.compile(lambda rows: rows[1], (types.from_dtype(PAIR)[:],), abi=abi)
