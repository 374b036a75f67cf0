"""Every name of a number type in `zouk` and `zouk.types` means in compiled code what it means in Python, where it is Numba's."""

import numpy as np
import pytest
from lang_support import function

import zouk
from zouk import types

NAMES = sorted(name for name, value in vars(types).items() if isinstance(value, types.Number))
IN_ZOUK = [name for name in NAMES if isinstance(getattr(zouk, name, None), types.Number)]


def result_type(f, argument):
    f.compile((argument,))
    return f.nopython_signatures[0].return_type


def argument_for(number):
    return types.complex128 if isinstance(number, types.Complex) else types.float64


@pytest.mark.parametrize("name", NAMES)
def test_attributes_of_types(name):
    expected = getattr(types, name)
    f = function(f"def f(x):\n    return types.{name}(x)", types=types)
    assert result_type(f, argument_for(expected)) == expected


@pytest.mark.parametrize("name", IN_ZOUK)
def test_attributes_of_zouk(name):
    expected = getattr(zouk, name)
    f = function(f"def f(x):\n    return zouk.{name}(x)", zouk=zouk)
    assert result_type(f, argument_for(expected)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_names_of_their_own(name):
    """`from zouk.types import byte`."""
    expected = getattr(types, name)
    f = function(f"def f(x):\n    return {name}(x)", **{name: expected})
    assert result_type(f, argument_for(expected)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_dtypes(name):
    f = function(f"def f(n):\n    return np.zeros(n, types.{name})", types=types)
    assert f(3).dtype == np.dtype(getattr(types, name).name)


def test_numpy_keeps_its_own():
    f = function("def f(x):\n    return np.byte(x), np.double(x)")
    assert result_type(f, types.float64) == types.Tuple((types.int8, types.float64))
