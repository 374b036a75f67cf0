"""Intrinsics: MLIR of the program's. The oracle is the same computation in NumPy or Python."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from lang_support import layouts, register, same

import zouk
from zouk import njit, prange, types
from zouk.extending import SentryLiteralArgs, as_numba_type, intrinsic, is_jitted

ROOT = Path(__file__).resolve().parents[2]


@intrinsic
def arctangent(context, x):
    """Of a float."""
    if isinstance(x, types.Float):
        (ty,) = context.mlir(x)
        return x(x), lambda context, signature: f"func.func @f(%x: {ty}) -> {ty} {{ %y = math.atan %x : {ty} return %y : {ty} }}"


@intrinsic
def total(context, a):
    if not isinstance(a, types.Array) or a.ndim != 2 or not isinstance(a.dtype, types.Float):
        return None

    def code(context, signature):
        ((array,), (number,)) = map(context.mlir, (signature.args[0], signature.return_type))
        return f"""
        func.func @total(%a: {array}) -> {number} {{
          %0 = arith.constant 0 : index
          %1 = arith.constant 1 : index
          %rows = memref.dim %a, %0 : {array}
          %columns = memref.dim %a, %1 : {array}
          %zero = arith.constant 0.0 : {number}
          %sum = scf.for %i = %0 to %rows step %1 iter_args(%s = %zero) -> ({number}) {{
            %row = scf.for %j = %0 to %columns step %1 iter_args(%t = %s) -> ({number}) {{
              %x = memref.load %a[%i, %j] : {array}
              %u = func.call @add(%t, %x) : ({number}, {number}) -> {number}
              scf.yield %u : {number}
            }}
            scf.yield %row : {number}
          }}
          return %sum : {number}
        }}
        func.func private @add(%a: {number}, %b: {number}) -> {number} {{
          %c = arith.addf %a, %b : {number}
          return %c : {number}
        }}"""

    return a.dtype(a), code


@intrinsic
def store(context, a, i, x):
    def code(context, signature):
        return """
        func.func @store(%a: memref<?xf64>, %i: i64, %x: f64) {
          %j = arith.index_cast %i : i64 to index
          memref.store %x, %a[%j] : memref<?xf64>
          return
        }"""

    return types.void(types.float64[::1], types.int64, types.float64), code


def test_scalars_in_loops():
    @njit
    def f(a):
        result = 0.0
        for x in a:
            result += arctangent(x)
        return result, arctangent(np.float32(0.5))

    a = np.linspace(-3, 3, 101)
    result, single = f(a)
    assert math.isclose(result, sum(map(math.atan, a)), rel_tol=1e-14, abs_tol=1e-13)
    assert math.isclose(single, math.atan(0.5), rel_tol=1e-6)


def test_arrays_of_all_layouts():
    f = njit(lambda a: total(a))
    for a in layouts(np.arange(12.0).reshape(3, 4)):
        assert f(a) == a.sum() and f(a.astype(np.float32)) == a.sum()


def test_stores_are_seen():
    @njit
    def f(n):
        a = np.zeros(n)
        before = a.sum()
        for i in range(n):
            store(a, i, i * 2)
        return before, a.sum(), a

    assert same(f(4), (0.0, 12.0, np.array([0.0, 2.0, 4.0, 6.0])))


def test_in_parallel_loops():
    @intrinsic
    def get(context, a, i):
        return types.float64(types.float64[::1], types.int64), lambda context, signature: """
        func.func @get(%a: memref<?xf64>, %i: i64) -> f64 {
          %j = arith.index_cast %i : i64 to index
          %x = memref.load %a[%j] : memref<?xf64>
          return %x : f64
        }"""

    @njit(parallel=True)
    def reads(a):
        out = np.empty_like(a)
        for i in prange(len(a)):
            out[i] = get(a, i) * 2
        return out

    @njit(parallel=True)
    def writes(a):
        for i in prange(len(a)):
            store(a, i, 1.0)

    a = np.arange(1000.0)
    assert same(reads(a), a * 2)
    with pytest.raises(zouk.ParallelError):
        writes(a)


def test_complex_tuples_bools_and_none():
    @intrinsic
    def parts(context, z, pair, flag, nothing, text):
        result = types.Tuple((types.complex64, types.boolean, types.int8))

        def code(context, signature):
            assert context.mlir(signature.return_type) == ["f32", "f32", "i1", "i8"]
            assert sum(map(context.mlir, signature.args), []) == ["f32", "f32", "i8", "i1", "i1"]
            return """
            func.func @parts(%re: f32, %im: f32, %a: i8, %b: i1, %flag: i1) -> (f32, f32, i1, i8) {
              %true = arith.constant true
              %not = arith.xori %flag, %true : i1
              return %im, %re, %not, %a : f32, f32, i1, i8
            }"""

        return result(types.complex64, types.Tuple((types.int8, types.boolean)), types.boolean, types.none, types.unicode_type), code

    f = njit(lambda z, n, flag: parts(z, (n, flag), flag, None, "text"))
    assert f(np.complex64(1 + 2j), np.int8(-3), True) == (2 + 1j, False, -3)


def test_arguments_are_converted():
    @intrinsic
    def half(context, x):
        return types.float64(types.float64), lambda context, signature: """
        func.func @half(%x: f64) -> f64 {
          %h = arith.constant 0.5 : f64
          %y = arith.mulf %x, %h : f64
          return %y : f64
        }"""

    f = njit(lambda x: half(x))
    for x in (3, 2.5, True, np.uint8(7)):
        assert f(x) == x / 2
    with pytest.raises(zouk.TypingError, match="its signature takes float64, which complex128 is not converted to"):
        f(1j)


def test_inline_assembly():
    @intrinsic
    def add(context, a, b):
        return types.int64(types.int64, types.int64), lambda context, signature: """
        func.func @add(%a: i64, %b: i64) -> i64 {
          %0 = llvm.inline_asm "addq $2, $0", "=r,0,r" %a, %b : (i64, i64) -> i64
          return %0 : i64
        }"""

    import platform

    if platform.machine() != "x86_64":
        pytest.skip("the assembly is that of x86-64")
    assert njit(lambda a, b: add(a, b))(20, 22) == 42


def test_literal_types():
    @intrinsic(prefer_literal=True)
    def times(context, x, n):
        if isinstance(n, types.Literal):
            return types.int64(types.int64, types.int64), lambda context, signature: f"""
            func.func @times(%x: i64, %n: i64) -> i64 {{
              %c = arith.constant {n.literal_value} : i64
              %y = arith.muli %x, %c : i64
              return %y : i64
            }}"""

    assert njit(lambda x: times(x, 3))(5) == 15
    with pytest.raises(zouk.TypingError, match=r"no overload of .*times\(\)"):
        njit(lambda x: times(x, x))(5)


def test_the_object():
    assert repr(arctangent) == "<intrinsic arctangent>" and arctangent.__doc__ == "Of a float." and arctangent.__name__ == "arctangent"
    with pytest.raises(NotImplementedError, match="called in compiled code only"):
        arctangent(1.0)
    with pytest.raises(TypeError):
        intrinsic(3)
    with pytest.raises(TypeError):
        intrinsic(no_such_option=True)


def refused(text, signature=None):
    """The error of a call of an intrinsic of a float64 with this code."""

    @intrinsic
    def bad(context, x):
        return types.float64(types.float64) if signature is None else signature, lambda context, signature: text

    with pytest.raises(zouk.TypingError) as info:
        njit(lambda x: bad(x))(2.0)
    assert info.value.diagnostics[0]["code"] == "no-overload" and info.value.diagnostics[0]["span"][0] == __file__
    return str(info.value)


def body(text):
    return f"func.func @f(%x: f64) -> f64 {{\n{text}\nreturn %x : f64\n}}"


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "there is no `func.func`"),
        ("nonsense", "line 1: custom op 'nonsense' is unknown"),
        (body("%y = foo.bar %x : f64"), "line 2: Dialect `foo' not found"),
        (body("%y = arith.addf %x, %z : f64"), "line 2: use of undeclared SSA value name"),
        (body("%y = arith.addi %x, %x : f64"), "line 2: 'arith.addi' op operand #0 must be signless-integer-like"),
        ("func.func @f(%x: f32) -> f32 { return %x : f32 }", r"has the type \(f32\) -> f32; the signature asks for \(f64\) -> f64"),
        ("func.func private @f(%x: f64) -> f64", "the function `f` has no body"),
        ("llvm.func @f(%x: f64) -> f64 { llvm.return %x : f64 }", "only `func.func` may stand at the top"),
        (body("%m = memref.alloc() : memref<f64>"), "`memref.alloc` may not be in the body"),
        (body("%y = func.call @g(%x) : (f64) -> f64"), "'g' does not reference a valid function"),
        (body("%m = tensor.empty() : tensor<4xf64>"), "`tensor.empty` may not be in the body"),
        (body("%p = llvm.mlir.zero : !llvm.ptr\n%q = llvm.getelementptr %p[1] : (!llvm.ptr) -> !llvm.ptr, tensor<f64>"), "may not be over elements of type"),
        ("func.func @f(%x: f64) -> f64 attributes {zouk.raises} { return %x : f64 }", "may not have the attribute `zouk.raises`"),
        (body('%y = llvm.inline_asm has_side_effects "nonsense $0", "=x,x" %x : (f64) -> f64'), "invalid instruction mnemonic 'nonsense'"),
        (body('%y = llvm.inline_asm has_side_effects "", "=q,wat" %x : (f64) -> f64'), "no machine code|does not translate"),
        ("func.func @f(%x: f64) -> f64 { return %x : f64 }\0", "null character"),
    ],
)
def test_bad_code(text, why):
    assert re.search(why, refused(text)), refused(text)


def test_bad_signatures():
    identity = "func.func @f(%x: f64) -> f64 { return %x : f64 }"
    assert "returns a signature and a function" in refused(identity, 3)
    assert "says no result type" in refused(identity, types.Signature(None, (types.float64,)))
    assert "an intrinsic returns numbers, tuples of numbers or None" in refused(identity, types.float64[:](types.float64))
    assert "does not take values of type" in refused(identity, types.float64(types.RangeType(types.int64)))
    assert "its signature has 2 arguments, and the call 1" in refused("func.func @f(%x: f64, %y: f64) -> f64 { return %x : f64 }", types.float64(types.float64, types.float64))
    assert "is the text of a `func.func`, not 3" in refused(3)


def test_by_keyword():
    with pytest.raises(zouk.TypingError, match="by position"):
        njit(lambda x: arctangent(x=x))(2.0)


def test_as_numba_type():
    from typing import Optional, Union

    assert [as_numba_type(of) for of in (int, float, complex, bool, str, type(None), np.float32, np.int8)] == [
        types.int64, types.float64, types.complex128, types.boolean, types.unicode_type, types.none, types.float32, types.int8,
    ]  # fmt: skip
    assert as_numba_type(Optional[int]) == types.Optional(types.int64) and as_numba_type(float | None) == types.Optional(types.float64)
    assert as_numba_type(tuple[int, float]) == types.Tuple((types.int64, types.float64))
    assert as_numba_type(types.int16) is types.int16
    for unknown in (object, list[int], Union[int, float], tuple[int, ...], 3):
        with pytest.raises(zouk.TypingError, match="Cannot infer"):
            as_numba_type(unknown)

    class Point:
        pass

    as_numba_type.register(Point, types.Tuple((types.float64, types.float64)))
    assert as_numba_type(Point) == types.UniTuple(types.float64, 2)

    class Other:
        pass

    @as_numba_type.register
    def other(cls):
        return types.int8 if cls is Other else None

    assert as_numba_type(Other) == types.int8


def test_is_jitted_and_sentries():
    assert is_jitted(njit(lambda x: x)) and not is_jitted(len)
    bind = SentryLiteralArgs(["n"]).for_function(lambda x, n=None: None).bind
    assert bind(types.int64, types.literal(3)).arguments["n"] == types.literal(3)
    assert bind(types.int64).arguments["n"] is None
    with pytest.raises(zouk.RequireLiteralValue):
        bind(types.int64, types.int64)


def test_names_of_numbas_module_say_why():
    with pytest.raises(AttributeError, match="of Numba's compiler"):
        zouk.extending.box
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        zouk.extending.nothing


def test_the_programs_of_the_documentation():
    text = (ROOT / "docs" / "extending.md").read_text()
    program = "\n".join(re.findall(r"```python\n(.*?)```", text, re.S))
    exec(compile(program, register(program), "exec"), {"__name__": "page"})
