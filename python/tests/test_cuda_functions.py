"""Device functions: constants from their callers, declared signatures, functions of others, overloads, their code."""

import enum
import pickle

import numpy as np
import pytest
from cuda_support import STANDIN, TARGET, nothing_leaks, on_gpu  # noqa: F401
from zouk import cuda, njit, types
from zouk.errors import TypingError, UnsupportedError
from zouk.extending import overload, overload_attribute
from zouk.types import float32, float64, int32, int64


@cuda.jit(device=True)
def _reversed(values, size, dtype, out):
    kept = cuda.shared.array(size, dtype)
    i = cuda.threadIdx.x
    kept[i] = values[i]
    cuda.syncthreads()
    out[i] = kept[size - 1 - i]


@cuda.jit(device=True)
def _through(values, size, out):
    _reversed(values, size * 2, float64, out)


def test_a_shape_that_the_caller_knows():
    @cuda.jit
    def kernel(values, out, wide):
        _reversed(values, 8, int64, out)
        _through(values, 4, wide)

    values = np.arange(8) + 1
    out, wide = np.zeros(8, np.int64), np.zeros(8)
    kernel[1, 8](values, out, wide)
    assert (out == values[::-1]).all() and (wide == values[::-1]).all()


def test_a_tuple_as_a_shape():
    @cuda.jit(device=True)
    def transposed(values, shape, out):
        kept = cuda.local.array(shape, float32)
        for i in range(shape[0]):
            for j in range(shape[1]):
                kept[i, j] = values[i, j]
        for i in range(shape[0]):
            for j in range(shape[1]):
                out[j, i] = kept[i, j]

    @cuda.jit
    def kernel(values, out):
        transposed(values, (2, 3), out)

    values, out = np.arange(6, dtype=np.float32).reshape(2, 3), np.zeros((3, 2), np.float32)
    kernel[1, 1](values, out)
    assert (out == values.T).all()


def test_a_shape_that_nobody_knows():
    @cuda.jit
    def kernel(values, n, out):
        _reversed(values, n, int64, out)

    with pytest.raises(TypingError, match=r"(?s)the shape of cuda.shared.array\(\) must be a constant.*called from here"):
        kernel[1, 8](np.arange(8), 8, np.zeros(8, np.int64))


def test_a_branch_that_the_caller_decides():
    @cuda.jit(device=True)
    def place(i, both):
        at = i
        if both:
            at = i, i
        return at

    @cuda.jit
    def kernel(row, table):
        i = cuda.grid(1)
        row[place(i, False)] = i
        table[place(i, True)] = i

    row, table = np.full(4, -1), np.full((4, 4), -1)
    kernel[1, 4](row, table)
    wanted = np.full((4, 4), -1)
    wanted[np.arange(4), np.arange(4)] = np.arange(4)
    assert (row == np.arange(4)).all() and (table == wanted).all()


def test_a_branch_that_a_caller_on_the_cpu_decides():
    @njit
    def either(x, pair):
        if pair:
            found = (x, x + 1)
        else:
            found = x
        return found

    @njit
    def known(x):
        return either(x, True)[1] + either(x, False)

    assert known(3) == 3 + 1 + 3
    with pytest.raises(TypingError, match="cannot unify"):
        either(3, True)


class TestSignatures:
    def test_arguments_are_converted(self):
        @cuda.jit("int32(int32, int32)", device=True)
        def packed(r, g):
            return (r & 0xFF) << 8 | g & 0xFF

        @cuda.jit
        def kernel(out, channels):
            out[0] = packed(channels[0], channels[1])

        out = np.zeros(1, np.int32)
        kernel[1, 1](out, np.array([1.0, 2.0], np.float32))
        assert out[0] == 1 << 8 | 2
        assert packed.signatures == [(int32, int32)] and packed.nopython_signatures == [int32(int32, int32)]

    def test_the_best_of_several(self):
        @cuda.jit(["(int64, int64)", "(float64, float64)"], device=True)
        def half(a, b):
            return (a + b) / 2

        @cuda.jit
        def kernel(out, x, y):
            out[0] = half(x, y)

        for x, y in ((1, 2), (1.5, 2.5), (np.int32(1), 2.5)):
            out = np.zeros(1)
            kernel[1, 1](out, x, y)
            assert out[0] == half.py_func(x, y)

    def test_no_signature_fits(self):
        @cuda.jit("int64(int64, int64)", device=True)
        def added(a, b):
            return a + b

        @cuda.jit
        def kernel(out, x):
            out[0] = added(x, x)

        with pytest.raises(TypingError, match="no signature that .*added declares takes the argument types \\(complex128, complex128\\)"):
            kernel[1, 1](np.zeros(1, complex), 1j)

    def test_the_first_of_two_that_fit_alike(self):
        @cuda.jit(["(float32, float64)", "(float64, float32)"], device=True)
        def added(a, b):
            return a + b

        @cuda.jit
        def kernel(out, x, y):
            out[0] = added(x, y)

        out = np.zeros(1)
        kernel[1, 1](out, 1.5, 2.5)
        assert out[0] == 4.0


    def test_they_travel(self):
        def local(a, b):
            return a / b

        again = pickle.loads(pickle.dumps(cuda.jit(["int32(int32, int32)", "(float64, float64)"], device=True)(local)))

        @cuda.jit
        def kernel(out, x, y):
            out[0] = again(x, y)

        for kind in (np.int32, np.float64):
            out = np.zeros(1)
            kernel[1, 1](out, kind(7), kind(2))
            assert out[0] == kind(again.py_func(7, 2))


class TestCode:
    def test_ptx_and_llvm(self):
        @cuda.jit(device=True)
        def added(x, y):
            return x + y

        compiled = added.compile_device((int32, int32))
        assert compiled.signature == int32(int32, int32) or compiled.signature.return_type == int64
        for text in (added.inspect_asm((int32, int32)), compiled.inspect_asm()):
            assert ".visible .func" in text and "added" in text and ".entry" not in text
        assert "added" in added.inspect_llvm((int32, int32))
        assert list(added.inspect_asm()) == [(int32, int32)] == list(added.overloads)

    def test_machine_code_is_of_kernels(self):
        added = cuda.jit(lambda x: x, device=True)
        with pytest.raises(RuntimeError, match="Cannot inspect SASS of a device function"):
            added.inspect_sass((int32,))
        with pytest.raises(RuntimeError, match="Cannot compile a device function as a kernel"):
            added[1, 1]


ADD_ONE = """\
.version 7.0
.target sm_50
.address_size 64

.visible .func (.param .b32 status) {name}(.param .b64 place, .param .b32 x)
{{
    .reg .b32 %r<4>;
    .reg .b64 %rd<2>;
    ld.param.u64 %rd1, [place];
    ld.param.u32 %r1, [x];
    add.s32 %r2, %r1, {amount};
    st.u32 [%rd1], %r2;
    mov.u32 %r3, 0;
    st.param.b32 [status], %r3;
    ret;
}}
"""


class TestDeclared:
    def test_what_it_is(self):
        for signature in ("int32(float32)", int32(float32)):
            declared = cuda.declare_device("f", signature)
            assert declared.name == "f" and declared.sig == int32(float32)
        for signature in ((float32,), "(float32,)"):
            with pytest.raises(TypeError, match="Return type"):
                cuda.declare_device("f", signature)
        with pytest.raises(TypeError, match="f is a function of the GPU"):
            declared(1.0)

    def test_an_array_is_passed_as_a_pointer(self):
        f = cuda.declare_device("f", int32(float32[:]))

        @cuda.jit
        def kernel(out):
            out[0] = f(out)

        with pytest.raises(TypingError, match="numbers and pointers"):
            kernel[1, 1](np.zeros(1, np.float32))

    def test_its_call_in_ptx(self):
        f = cuda.declare_device("bump", "int32(int32)")
        text, _ = cuda.compile_ptx(lambda out: None, (int32[::1],))
        assert ".extern .func" not in text

        def kernel(out):
            out[0] = f(out[0])

        text, _ = cuda.compile_ptx(kernel, (int32[::1],))
        assert ".extern .func" in text and "bump" in text

    @on_gpu
    def test_it_is_linked(self, tmp_path):
        file = tmp_path / "bump.ptx"
        file.write_text(ADD_ONE.format(name="bump", amount=5))
        f = cuda.declare_device("bump", "int32(int32)")

        @cuda.jit(link=[str(file)])
        def kernel(out):
            i = cuda.grid(1)
            out[i] = f(out[i])

        out = np.arange(8, dtype=np.int32)
        kernel[1, 8](out)
        assert (out == np.arange(8) + 5).all()

    @pytest.mark.skipif(TARGET != "cpu", reason="about the CPU")
    def test_the_cpu_has_none(self):
        f = cuda.declare_device("bump", "int32(int32)")

        @cuda.jit
        def kernel(out):
            out[0] = f(1)

        with pytest.raises(UnsupportedError, match=r"bump\(\) is code of a GPU"):
            kernel[1, 1](np.zeros(1, np.int32))

    def test_files_that_are_not_linked(self, tmp_path):
        for name, kind, why in (("f.cuh", RuntimeError, "Don't know how to link file with extension .cuh"), ("f", RuntimeError, "with no extension"), ("f.ptx", RuntimeError, "f.ptx not found")):
            with pytest.raises(kind, match=why):
                cuda.jit(lambda x: None, link=[str(tmp_path / name)])

    def test_lto_ir_is_not_linked(self, tmp_path):
        with pytest.raises(UnsupportedError, match="nvJitLink"):
            cuda.jit(lambda x: None, link=[str(tmp_path / "f.ltoir")])


def _where(x):
    raise NotImplementedError


@overload(_where, target="generic")
def _where_generic(x):
    return lambda x: x * 2


@overload(_where, target="cuda")
def _where_cuda(x):
    return lambda x: x * 3


def _only_cuda(x):
    raise NotImplementedError


@overload(_only_cuda, target="cuda")
def _ol_only_cuda(x):
    # What it calls is looked for anew.
    return lambda x: _where(x) + 1


def test_overloads_for_kernels():
    @cuda.jit
    def kernel(out):
        out[0] = _where(out[0])
        out[1] = _only_cuda(out[1])

    @njit
    def on_cpu(x):
        return _where(x)

    out = np.array([5, 7])
    kernel[1, 1](out)
    assert list(out) == [5 * 3, 7 * 3 + 1] and on_cpu(5) == 5 * 2
    with pytest.raises(TypingError):
        njit(lambda x: _only_cuda(x))(1)
    with pytest.raises(UnsupportedError, match="'cpu', 'cuda' and 'generic'"):
        overload(_where, target="gpu")(lambda x: None)


def test_an_attribute_for_kernels():
    @overload_attribute(types.Array, "first_of_cuda", target="cuda")
    def first(array):
        return lambda array: array[0]

    @cuda.jit
    def kernel(a, out):
        out[0] = a.first_of_cuda

    out = np.zeros(1)
    kernel[1, 1](np.arange(4) + 7.0, out)
    assert out[0] == 7.0
    with pytest.raises(TypingError, match="first_of_cuda"):
        njit(lambda a: a.first_of_cuda)(np.arange(4))


RECORD = np.dtype([("x", "f8"), ("n", "i4")])
RECORDS = np.array([(0.5, 3), (1.5, 4), (2.5, 5)], RECORD)


def test_records_of_a_block_by_a_type():
    kind = types.from_dtype(RECORD)

    @cuda.jit
    def kernel(out):
        kept = cuda.shared.array(3, kind)
        i = cuda.threadIdx.x
        kept[i].x = i + 0.5
        kept[i].n = 3 + i
        cuda.syncthreads()
        out[i].x = kept[2 - i].x
        out[i].n = kept[2 - i].n

    out = np.zeros(3, RECORD)
    kernel[1, 3](out)
    assert (out == RECORDS[::-1]).all()


TABLE = np.arange(32) ** 2


def test_constant_memory():
    @cuda.jit
    def kernel(out, xs):
        table = cuda.const.array_like(TABLE)
        records = cuda.const.array_like(RECORDS)
        i = cuda.grid(1)
        out[i] = table[i]
        xs[i] = records[i % 3].x

    out, xs = np.zeros(32, np.int64), np.zeros(32)
    kernel[1, 32](out, xs)
    assert (out == TABLE).all() and (xs == RECORDS["x"][np.arange(32) % 3]).all()
    text = kernel.inspect_asm(kernel.signatures[0])
    assert ".const" in text and "ld.const" in text


def test_more_constants_than_constant_memory_holds():
    large = np.arange(20_000)

    @cuda.jit
    def kernel(out):
        i = cuda.grid(1)
        out[i] = cuda.const.array_like(large)[i] + cuda.const.array_like(TABLE)[i]

    out = np.zeros(32, np.int64)
    kernel[1, 32](out)
    assert (out == large[:32] + TABLE).all()


class Level(enum.IntEnum):
    LOW = 3
    HIGH = 7


def test_members_of_an_enumeration():
    @cuda.jit
    def kernel(level, out):
        out[0] = level == Level.HIGH
        out[1] = level + Level.LOW

    out = np.zeros(2, np.int64)
    kernel[1, 1](Level.HIGH, out)
    assert list(out) == [1, 10] == [Level.HIGH == Level.HIGH, Level.HIGH + Level.LOW]


@pytest.mark.parametrize("argument", [3, np.float32(2), 2j])
def test_a_kernel_that_returns_a_value(argument):
    with pytest.raises(TypingError, match="CUDA kernel must have void return type"):
        cuda.jit(lambda x: x + 1)[1, 1](argument)
