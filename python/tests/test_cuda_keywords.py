"""Names of parameters as numba.cuda has them, occupancy, peers."""

import inspect

import numpy as np
import pytest
from cuda_support import TARGET, nothing_leaks  # noqa: F401
from zouk import cuda


def classes():
    """Pairs of Numba's class and ours, where Numba is installed."""
    pytest.importorskip("numba")
    from numba.cuda.cudadrv import devicearray, devices, driver
    from numba.cuda.dispatcher import CUDADispatcher

    yield devicearray.DeviceNDArray, cuda.DeviceNDArray
    yield driver.Stream, cuda.Stream
    yield driver.Event, cuda.Event
    yield driver.Context, type(cuda.current_context())
    yield driver.Device, type(cuda.get_current_device())
    yield devices._DeviceList, type(cuda.gpus)
    yield CUDADispatcher, cuda.Kernel


def accepts(theirs, ours):
    """What a call by Numba's names would find missing."""
    theirs, ours = inspect.signature(theirs).parameters, inspect.signature(ours).parameters
    keywords = any(p.kind is p.VAR_KEYWORD for p in ours.values())
    names = [name for name, p in theirs.items() if p.kind is p.POSITIONAL_OR_KEYWORD and name != "self"]
    return [name for name in names if name not in ours and not keywords]


def test_methods_have_the_names_of_numba():
    missing, compared = [], 0
    for theirs, ours in classes():
        for name, method in vars(theirs).items():
            if name.startswith("_") or not inspect.isfunction(method) or not callable(getattr(ours, name, None)):
                continue
            compared += 1
            missing += [(ours.__name__, name, parameter) for parameter in accepts(method, getattr(ours, name))]
    assert missing == [] and compared > 50


def test_functions_have_the_names_of_numba():
    numbas = pytest.importorskip("numba.cuda")
    missing, compared = [], 0
    for name in dir(numbas):
        theirs, ours = getattr(numbas, name), getattr(cuda, name, None)
        if not name.startswith("_") and inspect.isfunction(theirs) and inspect.isroutine(ours):
            compared += 1
            missing += [(name, parameter) for parameter in accepts(theirs, ours)]
    assert missing == [] and compared > 20


def test_time_between_events_by_keyword():
    start, end = cuda.event(), cuda.event()
    start.record()
    end.record()
    end.synchronize()
    assert start.elapsed_time(evtend=end) == cuda.event_elapsed_time(evtstart=start, evtend=end) >= 0


@cuda.jit("void(float64[::1])")
def double(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] *= 2


def test_occupancy():
    context = cuda.current_context()
    (compiled,) = double.overloads.values()
    blocks = [context.get_active_blocks_per_multiprocessor(kernel, 128, 0) for kernel in (compiled, double)]
    assert blocks[0] == blocks[1] > 0
    assert compiled.max_cooperative_grid_blocks(128) == blocks[0] * context.device.MULTIPROCESSOR_COUNT
    grid, block = context.get_max_potential_block_size(double, b2d_func=lambda threads: 8 * threads, memsize=0, blocksizelimit=256)
    assert grid % context.device.MULTIPROCESSOR_COUNT == 0 and 0 < block <= 256 and block % 32 == 0
    x = np.arange(1000.0)
    double[grid, block](x)
    assert (x == 2 * np.arange(1000.0)).all()
    with pytest.raises(TypeError, match="a kernel is expected, not int"):
        context.get_active_blocks_per_multiprocessor(3, 128, 0)
    with pytest.raises(ValueError, match="without flags"):
        context.get_active_blocks_per_multiprocessor(double, 128, 0, flags=1)


@pytest.mark.skipif(TARGET == "cuda", reason="of the CPU")
def test_the_cpu_has_no_peers():
    context = cuda.current_context()
    assert not context.can_access_peer(0)
    with pytest.raises(Exception, match="the only device"):
        context.enable_peer_access(context)
