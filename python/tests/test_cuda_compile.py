"""PTX without a GPU."""

import re

import numpy as np
import pytest
from zouk import cuda, njit, types
from zouk.errors import TypingError, UnsupportedError


def saxpy(a, x, y):
    i = cuda.grid(1)
    if i < len(x):
        y[i] = a * x[i] + y[i]


def add(x, y):
    return x + y


def test_a_kernel():
    ptx, result = cuda.compile_ptx(saxpy, (types.float32, types.float32[::1], types.float32[::1]))
    assert result == types.none
    assert re.search(r"\.visible \.entry saxpy\(", ptx) and ".target sm_75" in ptx


@pytest.mark.parametrize("cc", [(7, 5), (8, 0), (9, 0)])
def test_chips(cc):
    assert f".target sm_{cc[0]}{cc[1]}" in cuda.compile_ptx(saxpy, "void(f4, f4[::1], f4[::1])", cc=cc)[0]


def test_device_functions():
    ptx, result = cuda.compile(add, "f4(f4, f4)", abi_info={"abi_name": "my_add"})
    assert result == types.float32
    assert re.search(r"\.visible \.func +\(\.param \.b32 func_retval0\) my_add\(", ptx) and ".entry" not in ptx
    ptx, result = cuda.compile(njit(add), (types.float64, types.float64), device=True)
    assert re.search(r"\.visible \.func .* add\(", ptx) and result == types.float64


def test_all():
    codes, result = cuda.compile_all(add, "f8(f8, f8)")
    assert len(codes) == 1 and result == types.float64


def test_for_the_current_device():
    major, minor = cuda.get_current_device().compute_capability
    for code, result in (
        cuda.compile_for_current_device(add, "f8(f8, f8)", False, True, True, False),
        cuda.compile_ptx_for_current_device(saxpy, "void(f4, f4[::1], f4[::1])", False, True, False),
    ):
        assert f".target sm_{major}{minor}" in code and ".loc" in code
        assert result == (types.none if ".entry" in code else types.float64)


def test_functions_by_numbas_convention():
    ptx, result = cuda.compile_ptx(add, "f8(f8, f8)", device=True)
    assert result == types.float64
    # A status, the place of the result, the arguments; a name of C++.
    assert re.search(r"\.visible \.func +\(\.param \.b32 func_retval0\) (_ZN\w+3addEdd)\(\s*\.param \.b64 \S+,\s*\.param \.b64 \S+,\s*\.param \.b64 \S+\s*\)", ptx)
    ptx, _ = cuda.compile(add, "i4(i4, i4)", abi="numba", abi_info={"abi_name": "my_add"})
    assert re.search(r"\.visible \.func +\(\.param \.b32 func_retval0\) my_add\(", ptx) and ptx.count(".visible") == 1


@pytest.mark.skipif(cuda.execution_target() != "cuda", reason="the driver links")
@pytest.mark.parametrize("ty, values", [("f8", (1.5, 2.25)), ("i4", (7, -9)), ("f4", (1.5, 2.5)), ("c16", (1 + 2j, 3 - 1j)), ("u8", (1 << 63, 5))])
def test_functions_by_numbas_convention_are_called(ty, values, tmp_path):
    def work(x, y):
        return x * y + y

    (tmp_path / "work.ptx").write_text(cuda.compile(work, f"{ty}({ty}, {ty})", abi="numba", abi_info={"abi_name": "work"})[0])
    declared = cuda.declare_device("work", f"{ty}({ty}, {ty})")

    @cuda.jit(link=[str(tmp_path / "work.ptx")])
    def kernel(x, y, out):
        out[0] = declared(x[0], y[0])

    x, y = np.array(values[:1], ty), np.array(values[1:], ty)
    out = np.zeros(1, ty)
    kernel[1, 1](x, y, out)
    assert out[0] == work(x, y)[0]


def test_options():
    signature = "void(f4, f4[::1], f4[::1])"
    assert "fma.rn.f32" in cuda.compile_ptx(saxpy, signature)[0]
    assert "fma.rn.ftz.f32" in cuda.compile_ptx(saxpy, signature, fastmath=True)[0]
    assert ".loc" in cuda.compile_ptx(saxpy, signature, lineinfo=True)[0]
    assert "zouk_error" in cuda.compile_ptx(saxpy, signature, debug=True, opt=False)[0]
    with pytest.warns(match="debug=True with opt=True"):
        cuda.compile_ptx(saxpy, signature, debug=True, opt=True)


def test_what_is_refused():
    with pytest.raises(NotImplementedError, match="Unsupported ABI: rust"):
        cuda.compile(add, "f4(f4, f4)", abi="rust")
    with pytest.raises(NotImplementedError, match="The C ABI is not supported for kernels"):
        cuda.compile(saxpy, "void(f4, f4[::1], f4[::1])", device=False)
    with pytest.raises(TypeError, match="CUDA kernel must have void return type"):
        cuda.compile_ptx(add, "f4(f4, f4)")
    with pytest.raises(TypingError, match="returns a value"):
        cuda.compile_ptx(add, (types.float32, types.float32))
    with pytest.raises(UnsupportedError, match="ltoir"):
        cuda.compile(add, "f4(f4, f4)", output="ltoir")
    with pytest.raises(NotImplementedError, match="Unsupported output type: sass"):
        cuda.compile(add, "f4(f4, f4)", output="sass")
