"""`numba.tests.support` for zouk: what Numba's test files use of it, without Numba's compiler."""

import cmath
import contextlib
import enum
import gc
import importlib
import io
import itertools
import linecache
import math
import os
import subprocess
import sys
import tempfile
import unittest
import uuid
import warnings
from functools import cached_property

import numpy as np
from zouk import _zouk, errors

from numba.core import config

# ---- What a test needs of the machine

_32bit = sys.maxsize <= 2**32
is_parfors_unsupported = False
has_blas = has_lapack = True
has_setuptools = False
numpy_sincos_low_precision = False
REDUCED_TESTING = False
IS_NUMPY_2 = int(np.__version__.partition(".")[0]) >= 2
IS_MACOS = sys.platform == "darwin"
IS_MACOS_ARM64 = IS_WIN_ARM64 = _is_armv7l = False


def _always(test):
    return test


def _without(module):
    try:
        importlib.import_module(module)
    except ImportError:
        return unittest.skip(f"there is no {module}")
    return _always


def _python(wanted, meet):
    return _always if meet(sys.version_info[:2], wanted) else unittest.skip(f"not for Python {sys.version_info[:2]}")



skip_parfors_unsupported = skip_if_32bit = skip_if_reduced_testing = skip_if_freethreading = skip_if_windows = linux_only = _always
skip_if_typeguard = skip_if_linux_aarch64 = skip_ppc64le_issue4563 = skip_ppc64le_issue6465 = skip_ppc64le_invalid_ctr_loop = _always
skip_macos_fenv_errors = skip_win_arm64_unittuple_uimm12 = skip_if_py313plus_on_windows = needs_blas = needs_lapack = _always
skip_if_numpy_2 = unittest.skipIf(IS_NUMPY_2, "not with NumPy 2")
skip_unless_scipy, skip_unless_cffi = _without("scipy"), _without("cffi")
skip_unless_typeguard = windows_only = disabled_test = needs_setuptools = unittest.skip("not here")
skip_unless_py10_or_later = _always
skip_unless_py10, skip_unless_py312 = (_python(version, tuple.__eq__) for version in ((3, 10), (3, 12)))
skip_unless_py314_or_later = _python((3, 14), tuple.__ge__)
expected_failure_py311 = expected_failure_py312 = expected_failure_py313 = expected_failure_py314 = expected_failure_py315 = _always
expected_failure_np2 = _always
# Run by another test in a process of its own, which sets the variable.
needs_subprocess = unittest.skipUnless(os.environ.get("SUBPROC_TEST") == "1", "needs subprocess harness")


def tag(*names):
    return _always


always_test = _always


def available_memory_bytes():
    """Not known: tests that need much are skipped."""


class _Flags:
    """Numba's flags of a compilation, which mean nothing here."""


enable_pyobj_flags, force_pyobj_flags, no_pyobj_flags, nrt_flags = (_Flags() for _ in range(4))


class IRPreservingTestPipeline:
    """Numba's tests of its IR name it."""


# ---- Test cases


class TestCase(unittest.TestCase):
    longMessage = True

    @cached_property
    def random(self):
        """The same numbers in every run."""
        return np.random.RandomState(42)

    def reset_module_warnings(self, module):
        module = sys.modules[module] if isinstance(module, str) else module
        vars(module).pop("__warningregistry__", None)

    @contextlib.contextmanager
    def assertTypingError(self):
        """The block is refused by the compiler."""
        with self.assertRaises((errors.ZoukError, TypeError, NotImplementedError)) as caught:
            yield caught

    @contextlib.contextmanager
    def assertRefCount(self, *objects):
        """As many references after the block as before."""
        gc.collect()
        before = [sys.getrefcount(value) for value in objects]
        yield
        gc.collect()
        for value, count in zip(objects, before):
            self.assertEqual(sys.getrefcount(value), count, f"references to {value!r}")

    def assertRefCountEqual(self, *objects):
        gc.collect()
        counts = [sys.getrefcount(value) for value in objects]
        self.assertEqual(len(set(counts)), 1, f"references: {counts}")

    @contextlib.contextmanager
    def assertNoNRTLeak(self):
        gc.collect()
        before = _zouk.live_blocks()
        yield
        gc.collect()
        self.assertEqual(_zouk.live_blocks(), before, "memory blocks are left")

    def assertStridesEqual(self, first, second):
        self.assertEqual((first.shape, first.itemsize, _strides(first)), (second.shape, second.itemsize, _strides(second)))

    def assertPreciseEqual(self, first, second, prec="exact", ulps=1, msg=None, ignore_sign_on_zero=False, abs_tol=None):
        """Equal in value, kind of type, dtype, shape, order; floats up to `ulps` of `prec` ("exact", "single", "double") or `abs_tol`."""
        if prec not in ("exact", "single", "double"):
            raise ValueError(f"unsupported precision {prec!r}")
        difference = _Comparison(prec, ulps, ignore_sign_on_zero, abs_tol).difference(first, second)
        if difference is not None:
            self.fail(f"when comparing {first} and {second}: {difference}" + (f" : {msg}" if msg else ""))

    def subprocess_test_runner(self, test_module, test_class=None, test_name=None, envvars=None, timeout=60, flags=None, _subproc_test_env="1"):
        """Runs a test in a process of its own, with variables of its own."""
        worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
        name = ".".join(part for part in (test_class, test_name) if part)
        command = [sys.executable, *itertools.chain(*(flags or {}).items()), worker, "--one", test_module, name]
        environment = {**os.environ, **(envvars or {}), "SUBPROC_TEST": _subproc_test_env}
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def run_test_in_subprocess(function=None, timeout=60, envvars=None):
        def decorate(test):
            def run(self, *args, **kwargs):
                if os.environ.get("SUBPROC_TEST") == test.__name__:
                    return test(self)
                own = type(self)
                self.subprocess_test_runner(own.__module__, own.__name__, test.__name__, envvars, timeout, None, test.__name__)

            return run

        return decorate(function) if callable(function) else decorate

    def make_dummy_type(self):
        """A class that no compiled code knows, and the type that it would have."""
        from numba.core import types

        return type("Dummy", (), {}), types.Opaque

    def skip_if_no_external_compiler(self):
        self.skipTest("zouk links without a compiler")


def _strides(array):
    """In elements, of the axes where they mean something."""
    return [stride // array.itemsize for stride, size in zip(array.strides, array.shape) if size > 1] if array.size else []


_FAMILIES = (
    ("array", np.ndarray),
    ("enum", enum.Enum),
    ("sequence", (tuple, list)),
    ("exact", (bool, np.bool_, int, str, np.integer, bytes)),
    ("complex", (complex, np.complexfloating)),
    ("float", (float, np.floating)),
)
_BITS = {"single": 24, "double": 53}


class _Comparison:
    """How two values are compared; `difference` is None or what differs."""

    def __init__(self, prec, ulps, ignore_sign_on_zero, abs_tol):
        self.ulps, self.ignore_sign, self.abs_tol = ulps, ignore_sign_on_zero, abs_tol
        self.bits = _BITS.get(prec)

    def difference(self, first, second):
        family, other = _family(first), _family(second)
        if family != other:
            return f"Type Family mismatch. ({family} != {other})"
        if family == "array":
            return self._arrays(first, second)
        if family == "sequence":
            if len(first) != len(second):
                return f"lengths {len(first)} != {len(second)}"
            return self._all(first, second)
        if family == "enum":
            return None if first is second else f"{first!r} is not {second!r}"
        if family == "unknown" and type(first) is not type(second):
            return f"{type(first)} is not {type(second)}"
        return self._scalars(first, second, family)

    def _all(self, first, second):
        return next((found for found in map(self.difference, first, second) if found is not None), None)

    def _arrays(self, first, second):
        for name, of in (("dtype", "dtype"), ("number of dimensions", "ndim"), ("shape", "shape")):
            if getattr(first, of) != getattr(second, of):
                return f"different {name}: {getattr(first, of)} != {getattr(second, of)}"
        if first.flags.writeable != second.flags.writeable:
            return "different mutability"
        if _strides(first) != _strides(second):
            return f"different strides: {first.strides} != {second.strides}"
        return self._all(first.flat, second.flat)

    def _scalars(self, first, second, family):
        if hasattr(first, "dtype") and hasattr(second, "dtype") and first.dtype != second.dtype:
            return f"{first.dtype} != {second.dtype}"
        if isinstance(first, (bool, np.bool_)) != isinstance(second, (bool, np.bool_)):
            return f"Mismatching return types ({type(first)} vs. {type(second)})"
        if isinstance(first, (np.datetime64, np.timedelta64)):
            same = np.isnat(first) and np.isnat(second) or first == second
            return None if same else f"{first!r} != {second!r}"
        if family == "complex":
            if cmath.isnan(first) and cmath.isnan(second):
                return None
            delta = self._delta(first, second)
            return self._numbers(first.real, second.real, delta) or self._numbers(first.imag, second.imag, delta)
        if family == "float":
            if self.abs_tol is not None:
                within = np.finfo(type(first)).eps if self.abs_tol == "eps" else self.abs_tol
                if abs(first - second) < within:
                    return None
            return self._numbers(first, second, self._delta(first, second))
        return None if first == second else f"{first!r} != {second!r}"

    def _delta(self, first, second):
        return None if self.bits is None else 2.0 ** (self.ulps - self.bits - 1) * (abs(first) + abs(second))

    def _numbers(self, first, second, delta):
        if math.isnan(first) and math.isnan(second):
            return None
        if delta is not None and not first == second == 0 and not math.isinf(first) and not math.isinf(second):
            return None if abs(first - second) <= delta else f"{first!r} != {second!r} within {delta}"
        if first != second:
            return f"{first!r} != {second!r}"
        if not self.ignore_sign and math.copysign(1, first) != math.copysign(1, second):
            return f"signs of {first!r} and {second!r}"
        return None


def _family(value):
    return next((name for name, classes in _FAMILIES if isinstance(value, classes)), "unknown")


class SerialMixin:
    _numba_parallel_test_ = False


class EnableNRTStatsMixin:
    """Blocks are always counted."""


class MemoryLeak:
    """A test must leave as many memory blocks as it found."""

    _checks_leaks = True

    def memory_leak_setup(self):
        gc.collect()
        self._blocks = _zouk.live_blocks()

    def memory_leak_teardown(self):
        if self._checks_leaks:
            gc.collect()
            self.assertEqual(_zouk.live_blocks(), self._blocks, "memory blocks are left")

    assert_no_memory_leak = memory_leak_teardown

    def disable_leak_check(self):
        self._checks_leaks = False


class MemoryLeakMixin(EnableNRTStatsMixin, MemoryLeak):
    def setUp(self):
        super().setUp()
        self.memory_leak_setup()

    def tearDown(self):
        self.memory_leak_teardown()
        super().tearDown()


class CheckWarningsMixin:
    @contextlib.contextmanager
    def check_warnings(self, messages, category=RuntimeWarning):
        """The block warns of each of the messages once."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        found = [warning for warning in caught for message in messages if message in str(warning.message)]
        self.assertEqual([warning.category for warning in found], [category] * len(messages))


# ---- Helpers


def compile_function(name, code, globs):
    """The function that the text defines."""
    file = f"<{name} {uuid.uuid4().hex}>"
    linecache.cache[file] = len(code), None, code.splitlines(keepends=True), file
    names = {}
    exec(compile(code, file, "exec"), globs, names)
    return names[name]


@contextlib.contextmanager
def override_config(name, value):
    before = getattr(config, name)
    setattr(config, name, value)
    try:
        yield
    finally:
        setattr(config, name, before)


@contextlib.contextmanager
def override_env_config(name, value):
    before = os.environ.get(name)
    os.environ[name] = value
    config.reload_config()
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
        config.reload_config()


@contextlib.contextmanager
def captured_output(stream):
    before = getattr(sys, stream)
    setattr(sys, stream, io.StringIO())
    try:
        yield getattr(sys, stream)
    finally:
        setattr(sys, stream, before)


def captured_stdout():
    return captured_output("stdout")


def captured_stderr():
    return captured_output("stderr")


@contextlib.contextmanager
def redirect_fd(fd):
    """What is written to a file descriptor, by compiled code too, is to be read from the value."""
    saved = os.dup(fd)
    read, write = os.pipe()
    try:
        os.dup2(write, fd)
        yield open(read)
    finally:
        os.close(write)
        os.dup2(saved, fd)
        os.close(saved)


def redirect_c_stdout():
    return redirect_fd(1)


def redirect_c_stderr():
    return redirect_fd(2)


@contextlib.contextmanager
def capture_cache_log():
    with captured_stdout() as out:
        yield out


@contextlib.contextmanager
def forbid_codegen():
    """Nothing is compiled in the block."""
    original = _zouk.compile_for

    def refuse(*args, **kwargs):
        raise RuntimeError("codegen forbidden by test case")

    _zouk.compile_for = refuse
    try:
        yield
    finally:
        _zouk.compile_for = original


def ignore_internal_warnings():
    warnings.filterwarnings("ignore", module="typeguard")


def temp_directory(prefix):
    return tempfile.mkdtemp(prefix=prefix + "-")


def import_dynamic(name):
    importlib.invalidate_caches()
    return importlib.import_module(name)


@contextlib.contextmanager
def create_temp_module(source_lines, **jit_options):
    """A module with this text, in which `{jit_options}` are keyword arguments."""
    with tempfile.TemporaryDirectory() as folder:
        name = f"temp_module_{uuid.uuid4().hex}"
        options = ", ".join(f"{key}={value!r}" for key, value in jit_options.items())
        with open(os.path.join(folder, name + ".py"), "w") as file:
            file.write(source_lines.format(jit_options=options))
        sys.path.insert(0, folder)
        try:
            yield import_dynamic(name)
        finally:
            sys.modules.pop(name, None)
            sys.path.remove(folder)


def run_in_subprocess(code, flags=None, env=None, timeout=60):
    """What a program prints to its streams."""
    done = subprocess.run([sys.executable, *(flags or []), "-c", code], capture_output=True, env=env, timeout=timeout)
    if done.returncode != 0:
        raise AssertionError(f"process failed with code {done.returncode}: stderr follows\n{done.stderr.decode()}\n")
    return done.stdout, done.stderr


def run_in_new_process_caching(func, cache_dir_prefix=__name__, verbose=True):
    return run_in_new_process_in_cache_dir(func, temp_directory("cache"), verbose)


def run_in_new_process_in_cache_dir(func, cache_dir, verbose=True):
    """Runs a function of a module in a process with a cache of its own."""
    code = f"import {func.__module__} as module; module.{func.__qualname__}()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "ZOUK_CACHE_DIR": cache_dir}, timeout=120)
    return {"exitcode": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


def strace_supported():
    return False
