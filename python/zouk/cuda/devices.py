"""Devices and their contexts."""

import functools
from collections import namedtuple
from contextlib import contextmanager

from .. import _zouk
from . import streams
from .attributes import ATTRIBUTES
from .errors import CudaSupportError

MemoryInfo = namedtuple("MemoryInfo", ["free", "total"])


def is_available():
    """Whether there is a GPU with a driver. Without one kernels run on the CPU: see `execution_target`."""
    return _zouk.cuda.why_no_gpu() is None


def execution_target():
    """Where kernels run: "cuda" or "cpu"."""
    return _zouk.cuda.execution_target()


def cuda_error():
    """Why there is no GPU; None if there is one."""
    return _zouk.cuda.why_no_gpu()


class Device:
    """A device. Its attributes are those of `cuda.h`, such as `MULTIPROCESSOR_COUNT`."""

    def __init__(self, number):
        self.id = number
        self._primary_context = None

    @property
    def name(self):
        return _zouk.cuda.device_name(self.id)

    @property
    def uuid(self):
        digits = bytes(_zouk.cuda.device_uuid(self.id)).hex()
        return f"GPU-{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    @property
    def compute_capability(self):
        return self.COMPUTE_CAPABILITY_MAJOR, self.COMPUTE_CAPABILITY_MINOR

    supports_float16 = True

    def __getattr__(self, name):
        number = ATTRIBUTES.get(name)
        if number is None:
            raise AttributeError(name)
        value = _zouk.cuda.device_attribute(self.id, number)
        setattr(self, name, value)
        return value

    def __dir__(self):
        return [*super().__dir__(), *ATTRIBUTES]

    def __hash__(self):
        return hash(self.id)

    def __eq__(self, other):
        other = getattr(other, "_device", other)
        return isinstance(other, Device) and self.id == other.id

    def __repr__(self):
        return f"<CUDA device {self.id} '{self.name}'>"

    def get_device_identity(self):
        return {"pci_domain_id": self.PCI_DOMAIN_ID, "pci_bus_id": self.PCI_BUS_ID, "pci_device_id": self.PCI_DEVICE_ID}

    def get_primary_context(self):
        return Context(self)

    def reset(self):
        """Destroys the context, with all that it has."""
        _zouk.cuda.reset_device(self.id)


def compiled(kernel):
    """The compiled kernel that is meant: itself, or the only one of a kernel."""
    overloads = getattr(kernel, "overloads", None)
    if overloads is None:
        if not hasattr(kernel, "active_blocks"):
            raise TypeError(f"a kernel is expected, not {type(kernel).__name__}")
        return kernel
    if len(overloads) != 1:
        raise ValueError(f"{kernel!r} is compiled for {len(overloads)} lists of types: give one of its `overloads`")
    return next(iter(overloads.values()))


def _no_flags(flags):
    if flags:
        raise ValueError(f"occupancy is asked without flags, not with {flags!r}")


class _Deallocations:
    """What waits to be freed on the current device."""

    def __len__(self):
        return _zouk.cuda.waiting()

    def clear(self):
        """Frees it now."""
        _zouk.cuda.flush()

    @contextmanager
    def disable(self):
        number = _zouk.cuda.defer(True, None)
        try:
            yield
        finally:
            _zouk.cuda.defer(False, number)

    @property
    def is_disabled(self):
        return _zouk.cuda.is_deferring()


class Context:
    """The context of a device."""

    deallocations = _Deallocations()

    def __init__(self, device):
        self.device = device

    @property
    def memory_manager(self):
        return self

    @property
    def handle(self):
        from ctypes import c_void_p

        return c_void_p(_zouk.cuda.context_handle())

    def __eq__(self, other):
        return isinstance(other, Context) and self.device == other.device

    def __hash__(self):
        return hash(self.device)

    def __repr__(self):
        return f"<CUDA context of device {self.device.id}>"

    def get_memory_info(self):
        """Free and total bytes of the device."""
        return MemoryInfo(*_zouk.cuda.memory_info())

    def synchronize(self):
        """Waits until all that was put into streams is done."""
        _zouk.cuda.synchronize()

    def reset(self):
        """Destroys the context, with all that it has."""
        self.device.reset()

    def push(self):
        _zouk.cuda.select_device(self.device.id)

    def pop(self):
        pass

    def can_access_peer(self, peer_device):
        return _zouk.cuda.can_access_peer(self.device.id, getattr(peer_device, "id", peer_device))

    def enable_peer_access(self, peer_context, flags=0):
        """Lets this context use the memory of another one, which is a `Context` or its handle."""
        handle = getattr(peer_context, "handle", peer_context)
        self.push()
        _zouk.cuda.enable_peer_access(getattr(handle, "value", handle), flags)

    def get_active_blocks_per_multiprocessor(self, func, blocksize, memsize, flags=None):
        """How many blocks of so many threads and bytes of dynamic shared memory a multiprocessor runs at once. `func` is a compiled kernel, as of `overloads`."""
        _no_flags(flags)
        return compiled(func).active_blocks(blocksize, memsize)

    def get_max_potential_block_size(self, func, b2d_func, memsize, blocksizelimit, flags=None):
        """The fewest blocks, and the threads of each, that keep the device busiest. The block's dynamic shared memory is `b2d_func(threads)` or `memsize`."""
        _no_flags(flags)
        func, multiprocessors = compiled(func), self.device.MULTIPROCESSOR_COUNT
        limit = min(blocksizelimit or 1024, self.device.MAX_THREADS_PER_BLOCK)
        sizes = range(max(limit // 32 * 32, min(limit, 32)), 0, -32)
        active = {size: func.active_blocks(size, b2d_func(size) if b2d_func else memsize) for size in sizes}
        best = max(active, key=lambda size: (active[size] * size, size))
        return active[best] * multiprocessors, best

    @contextmanager
    def defer_cleanup(self):
        """A block in which nothing is freed."""
        with self.deallocations.disable():
            yield

    def memalloc(self, bytesize):
        return _zouk.cuda.allocate(bytesize)

    def memhostalloc(self, bytesize, mapped=False, portable=False, wc=False):
        return _zouk.cuda.allocate(bytesize, "host", 2 * bool(mapped) | bool(portable) | 4 * bool(wc))

    def memallocmanaged(self, bytesize, attach_global=True):
        return _zouk.cuda.allocate(bytesize, "managed", int(attach_global))

    def mempin(self, owner, pointer, size, mapped=False):
        return _zouk.cuda.register(pointer, size, mapped, owner)

    def create_stream(self):
        return streams.stream()

    def create_external_stream(self, ptr):
        return streams.external_stream(ptr)

    def get_default_stream(self):
        return streams.default_stream()

    def get_legacy_default_stream(self):
        return streams.legacy_default_stream()

    def get_per_thread_default_stream(self):
        return streams.per_thread_default_stream()

    def create_event(self, timing=True):
        return streams.event(timing)


class _Selected:
    """A device of `gpus`. As a context manager it is the current one in a block."""

    def __init__(self, device):
        self._device = device
        self._before = []

    def __getattr__(self, name):
        return getattr(self._device, name)

    def __enter__(self):
        self._before.append(_zouk.cuda.current_device())
        _zouk.cuda.select_device(self._device.id)
        return Context(self._device)

    def __exit__(self, *exception):
        _zouk.cuda.select_device(self._before.pop())

    def __eq__(self, other):
        return self._device == getattr(other, "_device", other)

    def __hash__(self):
        return hash(self._device)

    def __str__(self):
        return f"<Managed Device {self.id}>"

    __repr__ = __str__


class _Devices:
    """All devices."""

    _all = None

    @property
    def lst(self):
        if self._all is None:
            self._all = [_Selected(Device(number)) for number in range(_zouk.cuda.device_count())]
        return self._all

    def __getitem__(self, number):
        return self.lst[number]

    def __iter__(self):
        return iter(self.lst)

    def __len__(self):
        return len(self.lst)

    @property
    def current(self):
        return self.lst[_zouk.cuda.current_device()]

    def __str__(self):
        return ", ".join(map(str, self.lst))


gpus = _Devices()


def list_devices():
    """All devices."""
    return gpus


def current_context(devnum=None):
    """The context of the device that this thread uses, or of another one, which it uses from now on."""
    if devnum is not None:
        _zouk.cuda.select_device(devnum)
    return Context(gpus[_zouk.cuda.current_device()]._device)


def require_context(fn):
    """A function before whose calls the thread gets a context, if it has none."""

    @functools.wraps(fn)
    def with_context(*args, **kwargs):
        current_context()
        return fn(*args, **kwargs)

    return with_context


def get_current_device():
    """The device that this thread uses."""
    return current_context().device


def select_device(device_id):
    """From now on this thread uses that device, which is the result."""
    if not isinstance(device_id, int) or not 0 <= device_id < len(gpus):
        raise ValueError(f"there is no device {device_id!r}; devices are numbered from 0 to {len(gpus) - 1}")
    return current_context(device_id).device


def close():
    """Destroys the contexts of all devices, with all that they have: arrays, streams and events made before are dead."""
    _zouk.cuda.close()


def synchronize():
    """Waits until all that was put into streams of the current device is done."""
    _zouk.cuda.synchronize()


def defer_cleanup():
    """A block in which nothing is freed, so that nothing waits for it."""
    return current_context().defer_cleanup()


def profile_start():
    """Starts a profiler that is attached."""
    _zouk.cuda.profile(True)


def profile_stop():
    """Stops it."""
    _zouk.cuda.profile(False)


@contextmanager
def profiling():
    """A block that an attached profiler sees."""
    profile_start()
    try:
        yield
    finally:
        profile_stop()


def detect():
    """Prints what devices there are. Whether any of them runs kernels."""
    if not is_available():
        print("Found 0 CUDA devices")
        print(f"\t{cuda_error()}")
        try:
            print(f"Kernels run on: {execution_target()}")
        except CudaSupportError:
            pass
        return False
    print(f"Found {len(gpus)} CUDA devices")
    supported = 0
    for device in gpus:
        capability = device.compute_capability
        good = capability >= (5, 0)
        supported += good
        print(f"id {device.id}    {device.name!r:>20} {'[SUPPORTED]' if good else '[NOT SUPPORTED: CC < 5.0]':>40}")
        lines = {
            "Compute Capability": "%d.%d" % capability, "PCI Device ID": device.PCI_DEVICE_ID, "PCI Bus ID": device.PCI_BUS_ID, "UUID": device.uuid,
            "Watchdog": "Enabled" if device.KERNEL_EXEC_TIMEOUT else "Disabled", "FP32/FP64 Performance Ratio": device.SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO,
        }  # fmt: skip
        for name, value in lines.items():
            print(f"{name:>40}: {value}")
    print("Summary:")
    print(f"\t{supported}/{len(gpus)} devices are supported")
    return supported > 0


class _Runtime:
    """What programs ask the CUDA runtime library, which is not used: the driver does it all."""

    def get_version(self):
        """The version of CUDA that the driver is for."""
        version = _zouk.cuda.driver_version()
        return version // 1000, version % 1000 // 10

    def is_supported_version(self):
        return True


runtime = _Runtime()
