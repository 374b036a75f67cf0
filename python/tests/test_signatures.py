"""Signatures of `jit`: how they are spelled, what they accept, which of several a call takes. Numba's rules."""

import itertools

import numpy as np
import pytest

import zouk
from zouk import from_dtype, jit, njit, types
from zouk.types import float32, float64, int8, int16, int32, int64


def same(x):
    return x


def plus(x, y):
    return x + y


F8 = float64
SPELLED = {
    "f8(f8)": F8(F8),
    "float64(float64)": F8(F8),
    "float64 (float64)": F8(F8),
    " f8( f8 ) ": F8(F8),
    "f8(f8,)": F8(F8),
    "f8(\nf8)": F8(F8),
    "double(double)": F8(F8),
    "f8(i4)": F8(int32),
    "types.float64(types.int32)": F8(int32),
    "i8(boolean)": int64(types.boolean),
    "b1(b1)": types.boolean(types.boolean),
    "bool_(bool_)": types.boolean(types.boolean),
    "c8(c8)": types.complex64(types.complex64),
    "complex128(complex128)": types.complex128(types.complex128),
    "intp(intp)": int64(int64),
    "char(short)": int8(int16),
    "uint8(byte)": types.uint8(types.uint8),
    "size_t(size_t)": types.uint64(types.uint64),
    "f8[:](f8[:])": F8[:](F8[:]),
    "f8[::1](f8[::1])": F8[::1](F8[::1]),
    "f8[:, :](f8[:, ::1])": F8[:, :](F8[:, ::1]),
    "f8[:,:](f8[::1,:])": F8[:, :](F8[::1, :]),
    "i4[:,:,::1](i4[:,:,::1])": int32[:, :, ::1](int32[:, :, ::1]),
    "Array(f8, 1, 'C')(Array(f8, 1, 'C'))": F8[::1](F8[::1]),
    "UniTuple(i8, 3)(UniTuple(i8, 3))": types.UniTuple(int64, 3)(types.UniTuple(int64, 3)),
    "Tuple((i8, f8))(Tuple((i8, f8)))": types.Tuple((int64, F8))(types.Tuple((int64, F8))),
    "Tuple([i8, f8])(Tuple((i8, f8)))": types.Tuple((int64, F8))(types.Tuple((int64, F8))),
    "Tuple((i8, UniTuple(f8[:], 2)))(Tuple((i8, UniTuple(f8[:], 2))))": types.Tuple((int64, types.UniTuple(F8[:], 2)))(types.Tuple((int64, types.UniTuple(F8[:], 2)))),
    "optional(f8)(optional(f8))": types.Optional(F8)(types.Optional(F8)),
    "Optional(i8)(i8)": types.Optional(int64)(int64),
    "none(none)": types.none(types.none),
    "NPDatetime('D')(NPDatetime('D'))": types.NPDatetime("D")(types.NPDatetime("D")),
    "voidptr(voidptr)": types.voidptr(types.voidptr),
    "CPointer(f8)(CPointer(f8))": types.CPointer(F8)(types.CPointer(F8)),
}  # fmt: skip


@pytest.mark.parametrize("text", SPELLED, ids=lambda text: text.replace("\n", " "))
def test_every_spelling(text):
    signature = SPELLED[text]
    for form in (text, signature, [text], [signature], [text, signature]):
        compiled = njit(form)(same)
        assert compiled.signatures == [signature.args]
        assert compiled.nopython_signatures == [signature]
        assert list(compiled.overloads) == [signature.args]


def test_arguments_alone():
    for form in ("(f8,)", (float64,), ["(f8,)"], [(float64,)], ("f8",), (float,), (np.float64,)):
        assert njit(form)(same).nopython_signatures == [F8(F8)]


RECORD = np.dtype([("a", "i4"), ("b", "f8")])


def test_records_in_signatures():
    ty = from_dtype(RECORD)
    compiled = njit(types.int32(ty[:]))(lambda r: r[0].a)
    array = np.zeros(2, RECORD)
    array["a"] = 7, 8
    assert compiled(array) == array[0]["a"]


ERRORS = {
    "f8(f8": (SyntaxError, "never closed"),
    "": (SyntaxError, "invalid syntax"),
    "f8(f8); f8(f8)": (SyntaxError, "invalid syntax"),
    "f8[1](f8)": (KeyError, "Can only index zouk types with slices with no start or stop, got 1."),
    "f8[1:](f8)": (KeyError, "Can only index"),
    "nosuch(f8)": (NameError, "name 'nosuch' is not defined"),
    "__import__('os')": (NameError, "not defined"),
    "f8": (TypeError, "invalid signature: 'f8' (type: 'str') evaluates to 'Float' instead of tuple or Signature"),
    "f8[:]": (TypeError, "evaluates to 'Array' instead of tuple or Signature"),
    "f8(f8)(f8)": (TypeError, "not callable"),
    "None(f8)": (TypeError, "not callable"),
    "(f8, f8)": (TypeError, "Signature mismatch: 2 argument types given, but function takes 1 arguments"),
    "f8(f8, f8)": (TypeError, "Signature mismatch: 2 argument types given, but function takes 1 arguments"),
    "()": (TypeError, "Signature mismatch: 0 argument types given, but function takes 1 arguments"),
    "f8()": (TypeError, "Signature mismatch: 0"),
    "void(f8)": (zouk.TypingError, "declares the result none, but this returns float64"),
    "f8(none)": (zouk.TypingError, "declares the result float64, but this returns none"),
    "f8(c16)": (zouk.TypingError, "declares the result float64, but this returns complex128"),
    "f8[:](f8)": (zouk.TypingError, "declares the result array"),
    "f8[::1](f8[:])": (zouk.TypingError, "declares the result array"),
    "pyobject(pyobject)": (zouk.TypingError, "forceobj"),
    "f8(pyobject)": (zouk.TypingError, "forceobj"),
}


@pytest.mark.parametrize("text", ERRORS)
def test_errors_of_spelling(text):
    error, message = ERRORS[text]
    for form in (text, [text]):
        with pytest.raises(error) as raised:
            njit(form)(same)
        assert type(raised.value) is error and message in str(raised.value)


@pytest.mark.parametrize("given, error", [(3, "got type <class 'int'>"), (float, "got type <class 'type'>"), (float64, "got type"), (float64[:], "got type"), ({}, "got type")])
def test_what_is_neither_a_signature_nor_a_function(given, error):
    with pytest.raises(TypeError, match=f"The decorated object is not a function \\({error}"):
        jit(given)(same)


@pytest.mark.parametrize("given", [[3], [float64], [{}]])
def test_lists_of_something_else(given):
    with pytest.raises(TypeError, match="evaluates to .* instead of tuple or Signature"):
        njit(given)(same)


def test_signatures_are_values():
    a, b = float64(int32, float64[:]), float64(int32, float64[:])
    assert a == b and hash(a) == hash(b) and a != float32(int32, float64[:]) and a != float64(float64[:], int32)
    assert a.return_type == float64 and a.args == (int32, float64[:])
    assert repr(float64(int32)) == str(float64(int32)) == f"{(int32,)} -> {float64}"


# Which of several signatures a call takes, and how arguments become what it declares. The result tells: each has a type of its own.


def chosen(signatures, *arguments):
    return njit(signatures)(plus)(*arguments)


CASES = [
    (["f8(f8,f8)", "i8(i8,i8)"], (1, 2), int64),
    (["f8(f8,f8)", "i8(i8,i8)"], (1.5, 2), float64),
    (["f8(f8,f8)", "i8(i8,i8)"], (1, 2.5), float64),
    (["f8(f8,f8)", "i8(i8,i8)"], (np.int32(1), np.int32(2)), int64),
    (["f8(f8,f8)", "i8(i8,i8)"], (np.float32(1), np.float32(2)), float64),
    (["f4(f4,f4)", "f8(f8,f8)"], (1.5, 2.5), float64),
    (["f4(f4,f4)", "f8(f8,f8)"], (1, 2), float64),
    (["i4(i4,i4)", "i8(i8,i8)"], (1, 2), int64),
    (["i4(i4,i4)", "i8(i8,i8)"], (np.int32(1), 2), int64),
    (["f8(f8,i8)", "f8(i8,f8)"], (1, 2.5), float64),
    (["c16(c16,c16)", "f8(f8,f8)"], (1j, 2), types.complex128),
]


@pytest.mark.parametrize("signatures, arguments, result", CASES, ids=str)
def test_the_best_fit(signatures, arguments, result):
    for order in itertools.permutations(signatures):
        got = chosen(list(order), *arguments)
        assert got == plus(*arguments) and zouk.typeof(got) == result


@pytest.mark.parametrize("signatures, arguments", [
    (["f8(f8,i8)", "f8(i8,f8)"], (1, 2)),
    (["f8(f8,i8)", "f8(i8,f8)"], (1.5, 2.5)),
    (["c16(c16,c16)", "f8(f8,f8)"], (1, 2)),
    (["i4(i4,i4)", "i8(i8,i8)"], (np.int8(1), np.int8(2))),
    (["f4(f4,f4)", "f8(f8,f8)"], (np.int16(1), np.int16(2))),
], ids=str)  # fmt: skip
def test_ambiguity(signatures, arguments):
    compiled = njit(signatures)(plus)
    with pytest.raises(TypeError) as error:
        compiled(*arguments)
    given = ", ".join(str(zouk.typeof(argument)) for argument in arguments)
    lines = str(error.value).splitlines()
    assert lines[0] == f"Ambiguous overloading for {plus!r} ({given}):"
    assert len(lines) == 3 and all(" -> " in line for line in lines[1:])


@pytest.mark.parametrize("signatures, arguments", [
    (["f8(f8,f8)", "i8(i8,i8)"], (1j, 2)),
    (["f8(f8,f8)"], (None, 1)),
    (["f8(f8,f8)"], ((1, 2), 1)),
    (["f8[:](f8[:],f8[:])"], (np.ones(3, np.float32), np.ones(3))),
    (["f8[:](f8[:],f8[:])"], (np.ones((3, 3)), np.ones(3))),
    (["f8[::1](f8[::1],f8[::1])"], (np.ones(6)[::2], np.ones(3))),
], ids=str)  # fmt: skip
def test_no_match(signatures, arguments):
    with pytest.raises(TypeError) as error:
        chosen(signatures, *arguments)
    given = ", ".join(str(zouk.typeof(argument)) for argument in arguments)
    assert str(error.value) == f"No matching definition for argument type(s) {given}"


def test_arrays_of_a_laxer_layout():
    a, b = np.arange(6.0)[::2], np.arange(3.0)
    assert np.array_equal(chosen(["f8[:](f8[:],f8[:])"], a, b), a + b)


def test_arguments_are_converted():
    assert chosen(["i8(i8,i8)"], 2.7, True) == int(2.7) + 1
    assert chosen(["c16(c16,c16)"], 1, 2.5) == 3.5 + 0j
    assert chosen(["f4(f4,f4)"], 0.1, 0) == np.float32(0.1)
    assert chosen(["u1(u1,u1)"], 255, 1) == 0
    assert chosen(["i8(f8,f8)"], 1.5, 2.7) == int(1.5 + 2.7)
    for bad, error in [(float("nan"), ValueError), (float("inf"), OverflowError), (1e30, OverflowError)]:
        with pytest.raises(error):
            chosen(["i8(i8,i8)"], bad, 1)


def test_none_where_it_may_be():
    f = njit("i8(optional(i8))")(lambda x: -1 if x is None else x)
    assert [f(x) for x in (None, 5)] == [-1, 5]
    g = njit("optional(i8)(i8)")(lambda x: None if x == 0 else x)
    assert [g(x) for x in (0, 5)] == [None, 5]
    assert njit("void(i8)")(lambda x: None)(1) is None


def test_tuples():
    assert njit("f8(Tuple((i8, f8)))")(lambda t: t[0] + t[1])((1, 2.5)) == 3.5
    assert njit("UniTuple(i8, 2)(i8)")(lambda x: (x, x + 1))(3) == (3, 4)
    assert njit("f8(UniTuple(f8, 2))")(lambda t: t[0] + t[1])((1, 2)) == 3.0


# What a dispatcher knows of them.


def test_compiling_more():
    f = njit(plus)
    assert f.signatures == [] and f.nopython_signatures == [] and not f.overloads
    f(1, 2)
    f(1.0, 2)
    assert f.signatures == [(int64, int64), (float64, int64)]
    assert f.nopython_signatures == [int64(int64, int64), float64(float64, int64)]
    f.compile("f4(i4, i4)")
    assert f.nopython_signatures[-1] == float32(int32, int32)
    assert zouk.typeof(f(np.int32(1), np.int32(2))) == zouk.typeof(float(np.float32(3)))
    for wrong in ("f8(f8)", (float64,), "(f8, f8, f8)"):
        with pytest.raises(TypeError, match="Signature mismatch: . argument types given, but function takes 2 arguments"):
            f.compile(wrong)


def test_no_more_is_compiled():
    f = njit(["f8(f8,f8)"])(plus)
    with pytest.raises(RuntimeError, match="compilation disabled"):
        f.compile("i8(i8,i8)")
    f.disable_compile(False)
    f.compile("i8(i8,i8)")
    assert f.signatures == [(float64, float64), (int64, int64)]
    g = njit(plus)
    g(1, 2)
    g.disable_compile()
    with pytest.raises(TypeError, match="No matching definition"):
        g(1j, 2)
    assert g(np.int8(1), 2) == 3
    g.disable_compile(False)
    assert g(1j, 2) == 2 + 1j


def test_recompiling():
    scale = {"by": 2}

    def make():
        by = scale["by"]

        def f(x):
            return x * by

        return f

    f = njit(["f8(f8)", "i8(i8)"])(make())
    f.recompile()
    assert f.signatures == [(float64,), (int64,)] and f(2) == 4
    with pytest.raises(TypeError):
        f(1j)


def test_duplicates_are_one():
    assert njit(["f8(f8,f8)", "float64(float64, float64)", float64(float64, float64)])(plus).signatures == [(float64, float64)]


def test_keywords():
    f = njit(["f8(f8,f8)"])(plus)
    assert f(x=1, y=2) == f(1, y=2) == 3.0
    assert jit(signature_or_function="f8(f8,f8)")(plus).signatures == [(float64, float64)]


def test_declared_locals():
    """`locals` gives names types wherever they are assigned, parameters included."""

    def f(x, n):
        y = x
        total = 0
        for i in range(n):
            total += y * i
        return x, y, total

    compiled = njit(locals={"x": float32, "total": float64})(f)
    x, y, total = compiled(0.1, 4)
    narrow = float(np.float32(0.1))
    assert x == y == narrow and total == float64(sum(np.float32(narrow) * i for i in range(4))) or abs(total - 6 * narrow) < 1e-12
    assert compiled.nopython_signatures[0].return_type == types.Tuple((float32, float32, float64))

    compiled = njit("i8(i8)", locals={"k": types.int8})(narrowed)
    assert [compiled(n) for n in (5, 130, -200)] == [int(np.int64(n).astype(np.int8)) for n in (5, 130, -200)]
    with pytest.raises(zouk.UnsupportedError, match="`locals` declares `x`"):
        njit(locals={"x": float64[:]})(f)


def narrowed(n):
    k = n
    return k


def test_declared_locals_of_a_callee():
    @njit(locals={"y": float32})
    def inner(x):
        y = x
        return y

    @njit
    def outer(x):
        return inner(x)

    assert outer(0.1) == float(np.float32(0.1))
