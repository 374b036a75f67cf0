"""Types as values: `float64`, `int32[:]`, `float64(int32, float64[:, ::1])`. Spelled and printed as Numba's are.

| file | what it is |
|---|---|
| `_base` | what every type has; signatures |
| `_conversions`, `_spelling` | types from what users write, from dtypes and values; from the compiler's own spelling |
| `_scalars`, `_values` | numbers and times; None, text, Python objects, optional values, pointers, one known value |
| `_arrays`, `_sequences` | arrays and records; tuples, lists, ranges |
| `_functions` | functions, dtypes and classes as values; instances of compiled classes, deferred types |

They are private: all that is public is here, and says that it is from here.
"""

from types import FunctionType as _PythonFunction

from ..addresses import WrapperAddressProtocol as WrapperAddressProtocol
from ._arrays import *  # noqa: F403
from ._base import *  # noqa: F403
from ._conversions import *  # noqa: F403
from ._conversions import _evaluate
from ._functions import *  # noqa: F403
from ._functions import _resolved
from ._scalars import *  # noqa: F403
from ._scalars import _BY_NAME, _NUMBERS, _NPTime, _Scalar
from ._sequences import *  # noqa: F403
from ._spelling import _from_ty, _split
from ._values import *  # noqa: F403

for _value in list(globals().values()):
    if isinstance(_value, (type, _PythonFunction)) and _value.__module__.startswith(f"{__name__}."):
        _value.__module__ = __name__


def __getattr__(name):
    # As a variable of this module it would hide Python's own.
    if name == "bool":
        return boolean
    # Nor is it to hide, in `zouk`, the class of jitted functions.
    if name == "Dispatcher":
        return DispatcherType
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
