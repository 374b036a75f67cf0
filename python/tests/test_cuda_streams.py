"""Streams, events, devices and contexts."""

import asyncio
import threading

import numpy as np
import pytest
from cuda_support import nothing_leaks, on_gpu, settle  # noqa: F401
from zouk import cuda


def test_transfers_in_streams():
    host = np.arange(1000.0)
    stream = cuda.stream()
    with stream.auto_synchronize():
        device = cuda.to_device(host, stream)
        room = cuda.pinned_array_like(host)
        device.copy_to_host(room, stream)
    np.testing.assert_array_equal(room, host)
    found = device.copy_to_host(stream=stream)
    stream.synchronize()
    np.testing.assert_array_equal(found, host)


def test_streams():
    stream = cuda.stream()
    assert stream and stream.handle == int(stream) > 2 and stream.query()
    assert not cuda.default_stream() and cuda.default_stream().handle == 0
    assert [cuda.legacy_default_stream().handle, cuda.per_thread_default_stream().handle] == [1, 2]
    other = cuda.external_stream(stream.handle)
    assert other.external and other.handle == stream.handle
    other.synchronize()
    assert "CUDA stream" in repr(stream) and "Default" in repr(cuda.default_stream()) and "External" in repr(other)


def test_callbacks():
    stream, called, done = cuda.stream(), [], threading.Event()

    def callback(*arguments):
        called.append(arguments)
        done.set()

    stream.add_callback(callback, "argument")
    stream.synchronize()
    assert done.wait(10)
    assert called == [(stream, 0, "argument")]
    with pytest.warns(UserWarning, match="Exception in stream callback: division by zero"):
        stream.add_callback(lambda *_: 1 / 0)
        stream.synchronize()


def test_awaiting_a_stream():
    async def main():
        stream = cuda.stream()
        device = cuda.to_device(np.arange(10), stream)
        assert await stream.async_done() is stream
        return device.copy_to_host()

    assert asyncio.run(main()).tolist() == list(range(10))


def test_events():
    stream, start, end = cuda.stream(), cuda.event(), cuda.event()
    start.record(stream)
    end.record(stream)
    end.synchronize()
    assert start.query() and end.query()
    assert cuda.event_elapsed_time(start, end) == start.elapsed_time(end) >= 0
    end.wait(stream)
    end.wait()
    with pytest.raises(cuda.CudaAPIError) as caught:
        cuda.event_elapsed_time(cuda.event(), end)
    assert caught.value.code == 400 and "CUDA_ERROR_INVALID_HANDLE" in str(caught.value)
    with pytest.raises(TypeError, match="no stream"):
        start.record("stream")


def test_devices():
    assert len(cuda.gpus) == len(cuda.list_devices()) >= 1
    device = cuda.get_current_device()
    assert device == cuda.gpus[0] and cuda.gpus.current == cuda.gpus[0] and device.id == 0
    assert device.WARP_SIZE == 32 and device.MAX_THREADS_PER_BLOCK >= 512 and device.MULTIPROCESSOR_COUNT >= 1
    assert len(device.compute_capability) == 2 and isinstance(device.name, str) and device.uuid.startswith("GPU-")
    with pytest.raises(AttributeError):
        device.NOTHING_OF_THE_KIND
    with pytest.raises(ValueError, match="there is no device 1000"):
        cuda.select_device(1000)
    assert cuda.select_device(0) == device
    with cuda.gpus[0] as context:
        assert context.device == device and context == cuda.current_context()
    free, total = cuda.current_context().get_memory_info()
    assert 0 < free <= total
    major, minor = cuda.runtime.get_version()
    assert major >= 11 and 0 <= minor < 10


def test_the_truth_about_a_gpu(capsys):
    assert cuda.is_available() == (cuda.execution_target() == "cuda")
    assert (cuda.cuda_error() is None) == cuda.is_available()
    assert cuda.detect() == cuda.is_available()
    assert f"Found {len(cuda.gpus) if cuda.is_available() else 0} CUDA devices" in capsys.readouterr().out


def test_closing():
    device, stream, event = cuda.to_device(np.arange(5)), cuda.stream(), cuda.event()
    cuda.close()
    for use in (device.copy_to_host, stream.synchronize, event.synchronize):
        with pytest.raises(RuntimeError, match="whose context was closed"):
            use()
    # All is made again.
    assert cuda.to_device(np.arange(5)).copy_to_host().tolist() == [0, 1, 2, 3, 4]
    cuda.current_context().reset()
    assert cuda.to_device(np.arange(5)).copy_to_host().tolist() == [0, 1, 2, 3, 4]


def test_many_threads():
    found, host = [], np.arange(1000)

    def work():
        for _ in range(20):
            found.append((cuda.to_device(host).copy_to_host() == host).all())

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 80 and all(found)


def test_memory_waits_to_be_freed():
    waiting = cuda.current_context().deallocations
    with cuda.defer_cleanup():
        assert waiting.is_disabled
        with cuda.defer_cleanup():
            for _ in range(30):
                cuda.to_device(np.arange(5))
        assert len(waiting) >= 30
    assert not waiting.is_disabled
    settle()
    assert len(waiting) == 0


def test_profiling():
    with cuda.profiling():
        cuda.synchronize()
    cuda.profile_start()
    cuda.profile_stop()


@on_gpu
def test_arrays_that_processes_share():
    import pickle

    host = np.arange(10.0)
    device = cuda.to_device(host)
    handle = pickle.loads(pickle.dumps(device[2:].get_ipc_handle()))
    assert len(handle.handle) == 64
    with pytest.raises(ValueError, match="not opened"):
        handle.close()


@cuda.jit(device=True)
def _meet():
    cuda.cg.this_grid().sync()


def test_grids_that_wait_on_several_streams():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        a[i] = i * i
        _meet()
        out[i] = a[len(a) - 1 - i]
        _meet()
        a[i] += out[(i + 1) % len(a)]

    streams = [cuda.stream(), cuda.stream(), cuda.per_thread_default_stream(), cuda.default_stream()]
    for _ in range(2):
        pairs = [(cuda.to_device(np.zeros(24, np.int64)), cuda.to_device(np.zeros(24, np.int64))) for _ in streams]
        for stream, (a, out) in zip(streams, pairs):
            kernel[4, 6, stream](a, out)
            kernel[4, 6, stream](a, out)
        cuda.synchronize()
        squares = np.arange(24) ** 2
        for a, out in pairs:
            assert (out.copy_to_host() == squares[::-1]).all()
            assert (a.copy_to_host() == squares + squares[::-1][(np.arange(24) + 1) % 24]).all()
        # Words that blocks met in are freed with the rest; the next launches have others.
        cuda.current_context().deallocations.clear()
        streams[0] = cuda.stream()
