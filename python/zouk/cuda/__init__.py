"""CUDA: kernels, and the devices that run them.

`@cuda.jit` makes a kernel of a function; `kernel[blocks, threads](…)` runs it in each thread of a grid, on a GPU through its driver, or on the CPU where there
is none. `docs/cuda.md` is the user's page.

| file | what it is |
|---|---|
| `decorators`, `kernels`, `functions` | `jit`; kernels; device functions |
| `arguments` | `In`, `Out`, `InOut`: arrays of the host as arguments |
| `layouts`, `transfers`, `arrays`, `records` | arrays and records of a device: where they lie, copies, views and elements |
| `host_arrays` | arrays of the host that devices see too |
| `memory` | making them, pinned, mapped and managed memory, memory of others |
| `copies` | copies between arrays that are no copies of memory |
| `streams` | streams and events |
| `devices`, `attributes` | devices and contexts |
| `reduction`, `ufuncs` | `cuda.reduce`; `@vectorize` and `@guvectorize` with `target="cuda"` |
| `random` | generators of random numbers for kernels |
| `ipc` | arrays that processes share |
| `language` | what only kernels use |
| `errors` | exceptions |
"""

from . import language
from .arguments import In, InOut, Out
from .arrays import DeviceNDArray
from .devices import (
    close,
    cuda_error,
    current_context,
    defer_cleanup,
    detect,
    execution_target,
    get_current_device,
    gpus,
    is_available,
    list_devices,
    profile_start,
    profile_stop,
    profiling,
    require_context,
    runtime,
    select_device,
    synchronize,
)
from .errors import CudaAPIError, CudaDriverError, CudaSupportError
from .host_arrays import ManagedNDArray, MappedNDArray
from .ipc import open_ipc_array
from .compiler import compile, compile_all, compile_for_current_device, compile_ptx, compile_ptx_for_current_device
from .decorators import jit
from .functions import declare_device
from .kernels import Kernel
from .language import *  # noqa: F403
from .memory import (
    as_cuda_array,
    device_array,
    device_array_like,
    from_cuda_array_interface,
    from_dlpack,
    is_cuda_array,
    managed_array,
    mapped,
    mapped_array,
    mapped_array_like,
    pinned,
    pinned_array,
    pinned_array_like,
    to_device,
)
from .records import DeviceRecord
from .streams import (
    Event,
    Stream,
    default_stream,
    event,
    event_elapsed_time,
    external_stream,
    legacy_default_stream,
    per_thread_default_stream,
    stream,
)

from .reduction import Reduce, reduce


def is_float16_supported():
    """Whether kernels have 16-bit floats."""
    return True


def __getattr__(name):
    if name == "random":
        from importlib import import_module

        return import_module(".random", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [name for name, value in dict(globals()).items() if not name.startswith("_") and getattr(value, "__module__", "").startswith("zouk.cuda")]
__all__ += ["gpus", "runtime"]
