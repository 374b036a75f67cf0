"""`numba.config` and Numba's environment variables.

A variable that zouk has a counterpart of is handed on; the other settings keep Numba's defaults, or what the environment says, and have no effect.
"""

import os
import sys
from types import ModuleType

# Numba's variable, and zouk's.
_COUNTERPARTS = {f"NUMBA_{name}": f"ZOUK_{name}" for name in ("DISABLE_JIT", "NUM_THREADS", "CACHE_DIR", "DISABLE_PERFORMANCE_WARNINGS")}

_OFF = """
    ALWAYS_WARN_UNINIT_VAR ANNOTATE CUDA_DEBUGINFO_DEFAULT CUDA_LOG_API_ARGS CUDA_PER_THREAD_DEFAULT_STREAM CUDA_USE_NVIDIA_BINDING DEBUG
    DEBUG_ARRAY_OPT DEBUG_ARRAY_OPT_RUNTIME DEBUG_ARRAY_OPT_STATS DEBUG_CACHE DEBUG_FRONTEND DEBUG_INLINE_CLOSURE DEBUG_JIT DEBUG_NRT
    DEBUG_TYPEINFER DEBUGINFO_DEFAULT DEVELOPER_MODE DIFF_IR DISABLE_CUDA DISABLE_INTEL_SVML DISABLE_PERFORMANCE_WARNINGS
    DISABLE_TYPEINFER_FAIL_CACHE DUMP_ASSEMBLY DUMP_BYTECODE DUMP_CFG DUMP_FUNC_OPT DUMP_IR DUMP_LLVM DUMP_OPTIMIZED DUMP_SSA ENABLE_CUDASIM
    ENABLE_PROFILING ENABLE_SYS_MONITORING EXTEND_VARIABLE_LIFETIMES FULL_TRACEBACKS HIGHLIGHT_DUMPS JIT_COVERAGE LLVM_PASS_TIMINGS NRT_STATS
    PARALLEL_DIAGNOSTICS SHOW_HELP SLP_VECTORIZE TRACE USE_LLVMLITE_MEMORY_MANAGER
""".split()

# Settings that zouk reads from the environment when it needs them.
_LIVE = ("CUDA_ARRAY_INTERFACE_SYNC", "CUDA_DEBUGINFO_DEFAULT", "CUDA_LOW_OCCUPANCY_WARNINGS", "CUDA_WARN_ON_IMPLICIT_COPY")

_DEFAULTS = {
    **dict.fromkeys(_OFF, 0),
    "BOUNDSCHECK": None,
    "CAPTURED_ERRORS": "new_style",
    "CHROME_TRACE": "",
    "COLOR_SCHEME": "no_color",
    "CPU_FEATURES": None,
    "CPU_NAME": None,
    "CUDA_ARRAY_INTERFACE_SYNC": 1,
    "CUDA_LOW_OCCUPANCY_WARNINGS": 1,
    "CUDA_WARN_ON_IMPLICIT_COPY": 1,
    "DEBUG_PRINT_AFTER": "none",
    "DEBUG_PRINT_BEFORE": "none",
    "ENABLE_AVX": 1,
    "FUNCTION_CACHE_SIZE": 128,
    "LOOP_VECTORIZE": 1,
    "OPT": 3,
    "PARFOR_MAX_TUPLE_SIZE": 100,
    "THREADING_LAYER": "default",
    "THREADING_LAYER_PRIORITY": ["tbb", "omp", "workqueue"],
}


def read_environment():
    """Hands on what Numba's variables say; zouk's own, if set, come first."""
    for numbas, ours in _COUNTERPARTS.items():
        if os.environ.get(numbas):
            os.environ.setdefault(ours, os.environ[numbas])
    # Numba's simulator runs kernels without a GPU, as does the CPU.
    if os.environ.get("NUMBA_ENABLE_CUDASIM", "0") not in ("", "0"):
        os.environ.setdefault("ZOUK_CUDA_TARGET", "cpu")


class Config(ModuleType):
    """The module `numba.config`."""

    def __init__(self, name):
        super().__init__(name, "Settings of Numba: those that zouk has too are zouk's.")
        machine = {
            "IS_32BITS": sys.maxsize <= 2**32,
            "IS_OSX": sys.platform == "darwin",
            "IS_WIN32": sys.platform.startswith("win32"),
            "MACHINE_BITS": tuple.__itemsize__ * 8,
            "PYVERSION": sys.version_info[:2],
            "USING_SVML": False,
            "NUMBA_DEFAULT_NUM_THREADS": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        }
        self.__dict__.update(machine)
        self.reload_config()

    def reload_config(self):
        """Reads the environment again."""
        read_environment()
        for name, value in _DEFAULTS.items():
            self.__dict__[name] = _parsed(os.environ.get(f"NUMBA_{name}"), value)

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name in _LIVE:
            os.environ[f"NUMBA_{name}"] = str(int(value))

    @property
    def DISABLE_JIT(self):
        return int(os.environ.get("ZOUK_DISABLE_JIT", "0") not in ("", "0"))

    @DISABLE_JIT.setter
    def DISABLE_JIT(self, value):
        os.environ["ZOUK_DISABLE_JIT"] = str(int(value))

    @property
    def CACHE_DIR(self):
        return os.environ.get("ZOUK_CACHE_DIR", "")

    @CACHE_DIR.setter
    def CACHE_DIR(self, value):
        os.environ["ZOUK_CACHE_DIR"] = value

    @property
    def NUMBA_NUM_THREADS(self):
        from .. import _zouk

        return _zouk.most_threads()

    @NUMBA_NUM_THREADS.setter
    def NUMBA_NUM_THREADS(self, value):
        """Has an effect before the first parallel loop, as in Numba."""
        os.environ["ZOUK_NUM_THREADS"] = str(int(value))


def _parsed(text, default):
    """What the variable says, in the type of the default."""
    if not text:
        return default
    if isinstance(default, list):
        return text.split()
    if isinstance(default, str):
        return text
    try:
        return int(text)
    except ValueError:
        return text if default is None else default
