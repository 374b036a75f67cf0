"""Compiled functions and ufuncs in other processes: joblib's workers, Dask's workers."""

import numpy as np
import pytest
from zouk import guvectorize, njit, vectorize

SCALE = 2.5


@njit
def at_module_level(x):
    return x * SCALE


@njit
def caller(x):
    return at_module_level(x) + 1


def closure(offset, weights):
    def helper(x):
        return x + offset

    jitted = njit(helper)

    @njit(fastmath={"contract"}, error_model="numpy")
    def inner(x, y=2):
        total = 0.0
        for i in range(weights.shape[0]):
            total += jitted(x) * weights[i]
        return total / y

    return inner


def recursive():
    @njit
    def power(n):
        return 1 if n < 1 else 3 * power(n - 1)

    return power


def ufuncs(bias):
    @vectorize(["f8(f8)", "f4(f4)"])
    def declared(x):
        return x * x + bias

    @vectorize(identity=0)
    def lazy(x, y):
        return x + y + bias

    @guvectorize(["void(f8[:], f8, f8[:])"], "(n),()->(n)")
    def scaled(a, by, out):
        for i in range(a.shape[0]):
            out[i] = a[i] * by + bias

    return declared, lazy, scaled


def declared_signature():
    return njit("f4(f8)")(lambda x: x / 3)


DECLARED, LAZY, SCALED = ufuncs(0.5)
ROW = np.linspace(0, 2, 6)
CASES = {
    "module level": (at_module_level, (4.0,)),
    "by what it calls": (caller, (np.arange(3.0),)),
    "closure": (closure(1.5, np.array([1.0, 2.0])), (3,)),
    "default": (closure(0, np.array([0.25])), (7, 4)),
    "recursive": (recursive(), (9,)),
    "signature": (declared_signature(), (1.0,)),
    "ufunc": (DECLARED, (ROW.astype("f4"),)),
    "lazy ufunc": (LAZY, (ROW, np.arange(6))),
    "generalized ufunc": (SCALED, (ROW.reshape(2, 3), 2.0)),
}


def use(function, arguments):
    """What a worker does: the result, what is left of the function, and where it ran."""
    import os

    return function(*arguments), getattr(function, "types", None) or getattr(function, "signatures", None), os.getpid()


def check(results):
    import os

    for (name, (function, arguments)), (found, description, process) in zip(CASES.items(), results, strict=True):
        expected = function(*arguments)
        np.testing.assert_array_equal(found, expected, err_msg=name)
        assert type(found) is type(expected) and np.asarray(found).dtype == np.asarray(expected).dtype, name
        if name != "by what it calls":
            known = getattr(function, "types", None) or function.signatures
            assert description == known, name
        assert process != os.getpid()


def test_joblib():
    joblib = pytest.importorskip("joblib")
    with joblib.parallel_config(backend="loky", n_jobs=2):
        check(joblib.Parallel()(joblib.delayed(use)(*case) for case in CASES.values()))
        # A function itself as the task, and one among its arguments' globals.
        tasks = [joblib.delayed(CASES["closure"][0])(i) for i in range(4)]
        assert joblib.Parallel()(tasks) == [CASES["closure"][0](i) for i in range(4)]


def test_dask():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            check(client.gather([client.submit(use, *case, pure=False) for case in CASES.values()]))
            inner = CASES["closure"][0]
            assert client.gather(client.map(inner, range(4))) == [inner(i) for i in range(4)]


def test_dask_arrays():
    """Blocks of an array, each computed in a worker."""
    array = pytest.importorskip("dask.array")
    values = np.arange(40.0).reshape(8, 5)
    blocks = array.from_array(values, chunks=(4, 5))
    found = blocks.map_blocks(SCALED, 3.0, dtype="f8").compute(scheduler="processes", num_workers=2)
    np.testing.assert_array_equal(found, SCALED(values, 3.0))
    np.testing.assert_array_equal(DECLARED(blocks).compute(), DECLARED(values))
