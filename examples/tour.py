"""A tour of zouk: every decorator on a page, each with what it is for. Every result is compared with what plain Python or NumPy gives.

    python examples/tour.py
"""

import ctypes
import ctypes.util
import math
import pickle

import numpy as np
from zouk import (
    carray, cfunc, float64, guvectorize, int64, jit, njit, objmode, optional, prange, set_num_threads, stencil, types, vectorize,
)  # fmt: skip
from zouk.experimental import jitclass
from zouk.extending import overload, register_jitable

TOUR = []


def shown(why):
    """Puts a stop on the tour: a function that returns pairs of a result and what it must be."""
    return lambda stop: TOUR.append((why, stop)) or stop


# --- Functions -------------------------------------------------------------------------------------------------------------------------------


@njit  # compiled at the first call, for the types of its arguments; once more for other types
def norm(v):
    total = 0.0
    for x in v:
        total += x * x
    return math.sqrt(total)


@njit(["float64(float64)", "int64(int64)"], fastmath=True)  # compiled at once, for these types and no others
def cube(x):
    return x * x * x


@shown("@njit: loops at the speed of C, compiled when they are first called")
def functions():
    v = np.arange(10.0)
    return [(norm(v), np.linalg.norm(v)), (norm((3.0, 4.0)), 5.0)]


@shown("@njit with signatures: compiled at once; arguments are converted to the best match")
def signatures():
    return [(cube(2), 8), (cube(1.5), 1.5**3), (len(cube.signatures), 2)]


@shown("array code: NumPy's functions, broadcasting and indexing; statements are fused into loops")
def arrays():
    @njit
    def standardised(a):
        b = (a - a.mean(axis=0)) / a.std(axis=0)
        return np.where(b > 0, b, 0.0)[:, ::2].sum(axis=1)

    a = np.random.default_rng(0).random((6, 4))
    return [(standardised(a), standardised.py_func(a))]


# --- Threads ---------------------------------------------------------------------------------------------------------------------------------


@njit(parallel=True)  # zouk proves that the iterations do not need each other, or refuses
def rows(m):
    out = np.empty(m.shape[0])
    greatest = -np.inf
    for i in prange(m.shape[0]):
        out[i] = np.sqrt((m[i] * m[i]).sum())
        greatest = max(greatest, out[i])
    return out, greatest


@shown("parallel=True and prange: loops and reductions on several threads")
def threads():
    m = np.random.default_rng(1).random((50, 20))
    set_num_threads(1)
    alone = rows(m)
    wanted = rows.py_func(m)
    return [(alone[0], wanted[0]), (rows(m)[1], wanted[1])]


# --- Functions of elements ---------------------------------------------------------------------------------------------------------------------


@vectorize  # a NumPy ufunc: broadcasting, out=, where=, reduce, accumulate, …
def clipped(x, low):
    return low if x < low else x


@guvectorize(["void(float64[:], float64[:], float64[:])"], "(n),(n)->()")  # a function of rows: loops over the other axes are made for it
def dot(a, b, result):
    result[0] = 0
    for i in range(a.shape[0]):
        result[0] += a[i] * b[i]


@stencil  # every element from those around it; cval, neighborhood, wrap and reflect are options
def laplace(a):
    return a[-1, 0] + a[1, 0] + a[0, -1] + a[0, 1] - 4 * a[0, 0]


@shown("@vectorize: a ufunc from a function of numbers")
def elementwise():
    x = np.linspace(-1, 1, 5)
    return [(clipped(x, 0.0), np.maximum(x, 0.0)), (clipped(x[:, None], x).shape, (5, 5))]


@shown("@guvectorize: a ufunc from a function of arrays")
def generalised():
    a, b = np.random.default_rng(2).random((2, 4, 3))
    return [(dot(a, b), (a * b).sum(axis=1))]


@shown("@stencil: neighbours by relative indices; borders are taken care of")
def neighbours():
    a = np.random.default_rng(3).random((6, 7))
    wanted = np.zeros_like(a)
    wanted[1:-1, 1:-1] = a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] - 4 * a[1:-1, 1:-1]
    return [(laplace(a), wanted)]


# --- Functions as values -----------------------------------------------------------------------------------------------------------------------


@njit
def integrate(f, start, stop, n):
    step = (stop - start) / n
    return sum(f(start + (i + 0.5) * step) for i in range(n)) * step


@njit
def area(scale):
    def curve(x):  # captures `scale`
        return scale * x * x

    return integrate(curve, 0.0, 1.0, 1000) + integrate(lambda x: x + scale, 0.0, 1.0, 1000)


@shown("closures, lambdas and functions as arguments: compiled for the very function, and inlined")
def closures():
    return [(area(3.0), 1.0 + 3.5), (integrate(cube, 0.0, 2.0, 2000), 4.0)]


# --- Classes -----------------------------------------------------------------------------------------------------------------------------------


@jitclass  # fields have types; instances are shared between Python and compiled code
class Account:
    owner: int64
    balance: float64
    parent: optional(float64)

    def __init__(self, owner):
        self.owner = owner
        self.balance = 0.0
        self.parent = None

    def pay_in(self, amount):
        self.balance += amount
        return self

    @property
    def is_empty(self):
        return self.balance == 0.0


@njit
def savings(owner, months):
    account = Account(owner)
    for _ in range(months):
        account.pay_in(10.0)
        account.balance *= 1.01
    return account


@shown("@jitclass: compiled classes")
def classes():
    account = savings(7, 12)
    account.pay_in(1.0)
    wanted = 0.0
    for _ in range(12):
        wanted = (wanted + 10.0) * 1.01
    return [(account.balance, wanted + 1.0), (account.owner, 7), (account.is_empty, False), (pickle.loads(pickle.dumps(account)).balance, account.balance)]


# --- C -----------------------------------------------------------------------------------------------------------------------------------------


@cfunc("float64(CPointer(float64), int64)")  # has an address that C can call
def mean_of(p, n):
    return carray(p, n).mean()


libm = ctypes.CDLL(ctypes.util.find_library("m"))
libm.hypot.argtypes, libm.hypot.restype = [ctypes.c_double, ctypes.c_double], ctypes.c_double


@njit
def diagonal(x, y):
    return libm.hypot(x, y)


@shown("@cfunc: callbacks for C; functions of ctypes and cffi in compiled code")
def with_c():
    a = np.arange(5.0)
    return [(mean_of.ctypes(a.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), 5), 2.0), (diagonal(3.0, 4.0), 5.0)]


# --- Extending the compiler --------------------------------------------------------------------------------------------------------------------


def clamp(x, low, high):
    """A function of another library, say."""
    return min(max(x, low), high)


@overload(clamp)  # what compiled code calls in its place, chosen by the types of the arguments
def clamp_overload(x, low, high):
    if isinstance(x, types.Array):
        return lambda x, low, high: np.minimum(np.maximum(x, low), high)
    return lambda x, low, high: min(max(x, low), high)


@register_jitable  # Python stays Python; compiled code may call it
def twice(x):
    return 2 * x


@njit
def both(x, a):
    return clamp(twice(x), 0.0, 1.0), clamp(a, 0.0, 1.0)


@shown("@overload, @register_jitable: implementations for what zouk does not know")
def extensions():
    a = np.linspace(-1, 2, 4)
    return [(both(0.4, a)[0], 0.8), (both(0.4, a)[1], np.clip(a, 0, 1))]


# --- The interpreter ---------------------------------------------------------------------------------------------------------------------------


@njit
def counted(x):
    y = x + 1
    with objmode(digits="int64"):  # any Python, run by the interpreter
        digits = len(str(y))
    return digits


@jit(forceobj=True)  # the whole function is the interpreter's
def words(text):
    return sorted(text.split())


@shown("objmode and forceobj: the interpreter, for what is not compiled")
def interpreter():
    return [(counted(998), 3), (counted(999), 4), (words("b a"), ["a", "b"])]


@shown("pickling: compiled functions go to other processes")
def pickles():
    return [(pickle.loads(pickle.dumps(norm))(np.ones(4)), 2.0)]


def is_right(stop):
    """Whether all results of a stop are what they must be."""
    return all(np.allclose(got, wanted) if isinstance(wanted, (float, np.ndarray)) else got == wanted for got, wanted in stop())


def main():
    """Takes the tour; the number of stops with a wrong result."""
    failed = 0
    for why, stop in TOUR:
        fine = is_right(stop)
        failed += not fine
        print(f"{'ok' if fine else 'WRONG':6}{why}")
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
