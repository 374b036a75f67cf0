"""What some of Numba's test modules look up in Numba's inside, answered by zouk: put into the modules, so that their tests check what zouk computes."""

import random
import sys
import types
import zipfile

import numpy as np


def helperlib(work):
    """`numba._helperlib`: tests load C functions from its file, which is taken out of Numba's wheel. Nothing else of it is there."""
    file = next(work.glob("_helperlib.*"), None)
    if file is None:
        wheel = next(work.glob("numba-*.whl"), None)
        if wheel is None:
            return
        with zipfile.ZipFile(wheel) as archive:
            (member,) = (name for name in archive.namelist() if name.startswith("numba/_helperlib.") and name.endswith(".so"))
            content = archive.read(member)
        file = work / member.rpartition("/")[2]
        file.write_bytes(content)
    import numba

    module = types.ModuleType("numba._helperlib")
    module.__file__ = str(file)
    module.rnd_get_py_state_ptr = lambda: "random"
    module.rnd_get_np_state_ptr = lambda: "numpy.random"
    sys.modules["numba._helperlib"] = numba._helperlib = module


# What `numba.core.typing.npydecl` lists.
_UFUNCS = """
    add subtract multiply logaddexp logaddexp2 divide floor_divide negative positive power float_power remainder fmod absolute rint sign conjugate exp exp2 log log2
    log10 expm1 log1p sqrt square cbrt reciprocal divide remainder divmod absolute fabs gcd lcm sin cos tan arcsin arccos arctan arctan2 hypot sinh cosh tanh arcsinh
    arccosh arctanh deg2rad rad2deg degrees radians bitwise_and bitwise_or bitwise_xor invert left_shift right_shift invert greater greater_equal less less_equal
    not_equal equal logical_and logical_or logical_xor logical_not maximum minimum fmax fmin isfinite isinf isnan signbit copysign nextafter ldexp floor ceil trunc
    spacing isnat
""".split()


def prepare(name):
    """Before a module of tests is imported: what it makes its tests of."""
    if name == "numba.tests.test_ufuncs":
        import numba.core.typing.npydecl as declared

        declared.supported_ufuncs = [getattr(np, name) for name in _UFUNCS]


def patch(module):
    """Exchanges the helpers of a module of tests that has some of these."""
    if module.__name__ == "numba.tests.test_random":
        module.BaseTest._follow_cpython = follow_cpython
        module.BaseTest._follow_numpy = follow_numpy
    if hasattr(module, "TestStencilBase"):
        for helper in (compile_parallel, compile_njit, _compile_this):
            setattr(module.TestStencilBase, helper.__name__, helper)


# ---- Random numbers: Numba's tests copy the state of a generator into Numba's, here both are seeded


def follow_cpython(self, ptr, seed=2):
    """A generator of `random` that gives the numbers that compiled code gets from now on."""
    _seed(ptr, seed)
    return random.Random(seed)


def follow_numpy(self, ptr, seed=2):
    """As `follow_cpython`, a generator of `numpy.random`. Compiled code's `random` follows CPython, so there is none for that."""
    if ptr == "random":
        self.fail("compiled `random` gives CPython's numbers, not NumPy's")
    _seed(ptr, seed)
    return np.random.RandomState(seed)


def _seed(ptr, seed):
    from zouk import njit

    @njit
    def seed_random(seed):
        random.seed(seed)

    @njit
    def seed_numpy(seed):
        np.random.seed(seed)

    (seed_random if ptr == "random" else seed_numpy)(seed)


# ---- Stencils


class Compiled:
    """What Numba's `compile_extra` returns, as far as the tests of stencils look into it."""

    def __init__(self, dispatcher, signature):
        self.entry_point, self._signature, self.library = dispatcher, signature, self

    def get_llvm_str(self):
        """LLVM's IR, with Numba's name for the function that shares a loop out among the threads."""
        return self.entry_point.inspect("llvm-ir", self._signature).replace("@zouk_parallel_for", "@do_scheduling")


def _compile_this(self, func, sig, flags):
    from zouk import njit

    return Compiled(njit(tuple(sig), **(flags if isinstance(flags, dict) else {}))(func), tuple(sig))


def compile_parallel(self, func, sig, **kws):
    return self._compile_this(func, sig, {"parallel": kws or True})


def compile_njit(self, func, sig):
    return self._compile_this(func, sig, {})
