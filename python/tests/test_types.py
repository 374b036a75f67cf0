"""Types as values: spelling, printing, equality, and the way to the compiler's own spelling and back."""

import pickle

import numpy as np
import pytest
import zouk
from hypothesis import given
from hypothesis import strategies as st
from zouk import types
from zouk.types import _from_ty, normalize_signature

NUMBERS = list(types._NUMBERS)

arrays = st.builds(
    types.Array, st.sampled_from(NUMBERS), st.integers(0, 6), st.sampled_from("CFA"), st.booleans()
)
leaves = st.one_of(st.sampled_from([*NUMBERS, types.none]), arrays)
any_type = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=4).map(lambda parts: types.Tuple(tuple(parts))), inner.map(types.Optional)), max_leaves=8
)


@given(any_type)
def test_compiler_spelling_round_trips(ty):
    again = _from_ty(ty._ty)
    assert again == ty and hash(again) == hash(ty)
    assert type(again) is type(ty)
    assert repr(again) == repr(ty) and str(again) == str(ty)


@given(any_type)
def test_pickles(ty):
    assert pickle.loads(pickle.dumps(ty)) == ty


@given(any_type)
def test_names_agree_with_the_compiler(ty):
    assert zouk._zouk.user_name(ty._ty) == str(ty)


@given(any_type, any_type)
def test_equality_is_by_spelling(a, b):
    assert (a == b) == (a._ty == b._ty)


def test_subscripts_make_arrays():
    f8 = zouk.float64
    assert f8[:] == types.Array(f8, 1, "A")
    assert f8[::1] == types.Array(f8, 1, "C")
    assert f8[:, :] == types.Array(f8, 2, "A")
    assert f8[:, ::1] == types.Array(f8, 2, "C")
    assert f8[::1, :] == types.Array(f8, 2, "F")
    with pytest.raises(KeyError):
        f8[0]
    with pytest.raises(KeyError):
        f8[1:]
    with pytest.raises(KeyError):
        f8[::2]


def test_reprs():
    assert repr(zouk.float64[:]) == "Array(float64, 1, 'A', False, aligned=True)"
    assert str(zouk.float64[:, ::1]) == "array(float64, 2d, C)"
    assert str(types.UniTuple(types.int64, 3)) == "UniTuple(int64 x 3)"
    assert str(types.Tuple((types.int64, types.float64))) == "Tuple(int64, float64)"
    assert repr(zouk.float64(zouk.int32)) == "(int32,) -> float64"


def test_uniform_tuples_are_unituples():
    assert types.Tuple((types.i8, types.i8)) == types.UniTuple(types.i8, 2)
    assert isinstance(types.Tuple((types.i8, types.i8)), types.UniTuple)
    assert list(types.Tuple((types.i8, types.f8))) == [types.int64, types.float64]


@pytest.mark.parametrize(
    "text, result, args",
    [
        ("f8(f8[:], i4)", types.f8, (types.f8[:], types.i4)),
        ("(f8, i4)", None, (types.f8, types.i4)),
        ("void()", types.none, ()),
        ("void(float32[:, ::1], boolean)", types.none, (types.f4[:, ::1], types.b1)),
        ("UniTuple(f8, 2)(Tuple((i4, f8)))", types.UniTuple(types.f8, 2), (types.Tuple((types.i4, types.f8)),)),
        ("optional(f8)(f8)", types.Optional(types.f8), (types.f8,)),
    ],
)
def test_spelled_signatures(text, result, args):
    signature = normalize_signature(text)
    assert signature.return_type == result and signature.args == args


def test_signature_values():
    assert zouk.float64(zouk.int32, zouk.float64[:]) == zouk.float64(zouk.int32, zouk.float64[:])
    assert hash(zouk.float64(zouk.int32)) == hash(zouk.float64(zouk.int32))
    assert zouk.float64(zouk.int32) != zouk.float64(zouk.int64)
    assert normalize_signature((zouk.int32,)).args == (zouk.int32,)
    with pytest.raises(NameError):
        normalize_signature("f9(f8)")
    with pytest.raises(TypeError):
        normalize_signature(5)


def test_numbers_convert_values():
    assert zouk.float32(1.1) == np.float32(1.1)
    assert zouk.int8(3) == 3


@pytest.mark.parametrize("ty", NUMBERS, ids=str)
def test_dtypes(ty):
    dtype = types.as_dtype(ty)
    assert zouk.from_dtype(dtype) == ty
    assert zouk.from_dtype(dtype.type) == ty
    assert zouk.typeof(dtype.type(1)) == ty
    assert zouk.typeof(np.zeros((2, 3), dtype)) == types.Array(ty, 2, "C")
    if isinstance(ty, types.Integer):
        info = np.iinfo(dtype)
        assert (ty.minval, ty.maxval, ty.bitwidth) == (info.min, info.max, info.bits)


def test_typeof_python_values():
    typeof = zouk.typeof
    assert typeof(1) == typeof(-(2**63)) == zouk.int64
    assert typeof(2**63) == typeof(2**64 - 1) == zouk.uint64
    assert typeof(1.5) == zouk.float64 and typeof(1j) == zouk.complex128
    assert typeof(True) == zouk.boolean and typeof(None) == zouk.none
    assert typeof((1, 2.5)) == types.Tuple((zouk.int64, zouk.float64))
    assert typeof(((1, 2), ())) == types.Tuple((types.UniTuple(zouk.int64, 2), types.Tuple(())))


def test_typeof_arrays():
    a = np.zeros((3, 4))
    assert zouk.typeof(a.T) == zouk.float64[::1, :]
    assert zouk.typeof(a[:, ::2]) == zouk.float64[:, :]
    assert zouk.typeof(np.zeros(())) == types.Array(zouk.float64, 0, "C")
    a.flags.writeable = False
    assert zouk.typeof(a) == types.Array(zouk.float64, 2, "C", readonly=True)


@pytest.mark.parametrize("value", [[1], {}, object(), np.zeros(2, object), np.zeros(2, "g"), np.zeros(2, ">f8"), len])
def test_typeof_refuses(value):
    with pytest.raises(zouk.TypingError):
        zouk.typeof(value)


def test_from_dtype_refuses():
    for dtype in ("g", "O", "U3", ">i4"):
        with pytest.raises(zouk.TypingError):
            zouk.from_dtype(np.dtype(dtype))
    with pytest.raises(TypeError):
        zouk.from_dtype(3)


def test_enormous_tuples_are_refused():
    with pytest.raises(ValueError, match="use an array"):
        types.UniTuple(types.int64, 10**8)


@pytest.mark.parametrize("ndim", [-1, 65, 10**6, 2**40])
def test_numbers_of_dimensions_that_no_array_has(ndim):
    with pytest.raises(ValueError, match=f"dimensions.*{ndim}"):
        types.Array(types.int8, ndim, "C")


@pytest.mark.parametrize("number", [1.5, "2", None])
def test_counts_that_are_no_integers(number):
    with pytest.raises(TypeError, match="is an integer"):
        types.Array(types.int8, number, "C")
    with pytest.raises(TypeError, match="is an integer"):
        types.UniTuple(types.int8, number)


def test_the_greatest_number_of_dimensions():
    a = np.zeros((1,) * 64, np.int8)
    assert zouk.typeof(a) == types.Array(types.int8, a.ndim, "C") == types.Array(types.int8, np.int32(64), "C")
    with pytest.raises(ValueError):
        types.int8[(slice(None),) * 65]


@pytest.mark.parametrize("count", [-1, 4097, 2**40])
def test_counts_that_no_tuple_has(count):
    with pytest.raises(ValueError, match=str(count)):
        types.UniTuple(types.int8, count)
