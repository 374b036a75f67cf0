"""Which dtype functions of the library compute in, and what they convert: numbers beside arrays, `out=` of another dtype, casting rules."""

import re

import numpy as np
import pytest
from lang_support import check, function

ARGUMENTS = {
    "F": np.array([0.1, 0.7, 1.3], np.float32),
    "I8": np.array([1, 2, 3], np.int8),
    "I": np.arange(5),
    "A": np.arange(12.0).reshape(3, 4) + 0.5,
    "U": np.array([3, 5, 9], np.uint8),
    "s": np.array([0.1], np.float32),
    "x": 0.1,
}
CALLS = """np.polyval(I8, 1000)
np.polyval(F, 0.1)
np.polyval(F, x)
np.searchsorted(s, 0.1, side='right')
np.searchsorted(s, x, side='right')
np.digitize(0.1, s)
np.digitize(F, s)
np.cumsum(np.array([.5,.5,.5]), out=np.zeros(3,np.int64))
np.cumprod(np.array([1.5,1.5,1.5]), out=np.zeros(3,np.int64))
np.cumsum(A, axis=0, out=np.zeros((3,4),np.int64))
np.cumsum(A, axis=0, dtype=np.int64, out=np.zeros((3,4)))
np.cumsum(I8, out=np.zeros(3))
np.cumsum(U, out=np.zeros(3,np.int8))
np.ediff1d(I, to_begin=1.5)
np.ediff1d(I, to_end=1.5)
np.ediff1d(I, to_begin=1, to_end=(2,3))
np.ediff1d(U, to_begin=1)
np.ediff1d(F, to_begin=1)
np.pad(I, (1,2,3))
np.pad(A, ((1,2,3),(1,2,3)))
np.pad(A, ((1,2),(2,1)))
np.einsum('i,i->i', F, F, casting='no', dtype=np.float64)
np.einsum('i,i->i', F, F, dtype=np.float64)
np.einsum('i,i->i', F, I8, casting='no')
np.geomspace(F, F+1, 3)
np.geomspace(F, 1, 3)
np.geomspace(1, 8, 4)
np.geomspace(F, 1, 3, dtype=np.float32)
np.concatenate((F, 0.1), axis=None)
np.concatenate((F, x), axis=None)
np.concatenate((F, I8, A), axis=None)
np.union1d(F, 0.1)
np.union1d(I8, F)
np.isin(F, F, kind='table')
np.isin(I, I8, kind='table')
np.delete(A, 1, 1)
np.insert(I, 2, 7)
np.insert(A, 1, 5., axis=1)"""


@pytest.mark.parametrize("text", CALLS.splitlines())
def test_dtypes(text):
    names = [name for name in ARGUMENTS if re.search(rf"\b{name}\b", text)]
    f = function(f"def f({', '.join(names)}): return {text}")
    check(f, *(ARGUMENTS[name] for name in names), text=True, rtol=1e-6 if "float32" in text else 1e-14)


@pytest.mark.parametrize("letters", ["bHf", "bHF", "hHf", "fHb", "HFh", "bHd", "bBH", "?Hb", "iIf", "lLf", "bHfF"])
def test_the_dtype_of_several(letters):
    """As NumPy finds it: int8 and uint16 meet in int32, which float32 does not hold, but it holds each of them."""
    arrays = [np.ones(2, letter) for letter in letters]
    names = ", ".join("wxyz"[: len(arrays)])
    check(function(f"def f({names}): return np.concatenate(({names})), np.choose(0, ({names}))"), *arrays)
