"""What programs import of Numba."""

import importlib

import numba
import numba.core.typing
import numba.types
from numba import *  # noqa: F403
from numba import cuda, errors, experimental, extending, typed, types  # noqa: F401
from numba.core import cgutils, compiler, config, ir, utils  # noqa: F401
from numba.core.errors import NumbaPerformanceWarning, NumbaWarning, TypingError  # noqa: F401
from numba.core.extending import overload_method  # noqa: F401
from numba.core.typing import signature  # noqa: F401
from numba.experimental import jitclass  # noqa: F401
from numba.extending import intrinsic, models, overload, register_jitable  # noqa: F401
from numba.misc.special import literal_unroll  # noqa: F401
from numba.np import numpy_support
from numba.np.ufunc.parallel import get_thread_id  # noqa: F401
from numba.pycc import CC  # noqa: F401
from numba.typed import Dict, List  # noqa: F401
from numba.types import int64 as integer

assert numba.types is numba.core.types is types and integer is numba.int64 is int64  # noqa: F405
assert numba.config is config and numba.errors.TypingError is TypingError is numba.TypingError
assert numpy_support.from_dtype(numpy_support.as_dtype(types.float32)) == types.float32
assert [int(part) for part in numba.__version__.split(".")] == list(numba.version_info)
for name in numba.__all__:
    getattr(numba, name)
assert numba.__file__.endswith("__init__.py") and numba.__path__ == []
for name in ("numba.nothing", "numba.core.nothing", "numba.utils"):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        assert error.name == name
    else:
        raise AssertionError(name)
assert not hasattr(numba, "nothing") and not hasattr(numba.core, "nothing") and not hasattr(types, "nothing")
print("imported", njit(lambda x: x + 1)(1))  # noqa: F405
