"""Streams and events."""

import warnings
from contextlib import contextmanager

from .. import _zouk

_LEGACY, _PER_THREAD = 1, 2


class Handle(int):
    """The address of something of the driver's; `value` is the number, as of one of ctypes."""

    value = property(int)


class Stream(_zouk.cuda.Stream):
    """What a device does in order. `stream()` makes one."""

    @property
    def handle(self):
        return Handle(super().handle)

    @contextmanager
    def auto_synchronize(self):
        """A block at whose end all commands of the stream are waited for."""
        yield self
        self.synchronize()

    def add_callback(self, callback, arg=None):
        """Has `callback(stream, status, arg)` called when all that is in the stream so far is done. It must not call CUDA."""
        if not callable(callback):
            raise TypeError(f"a callback is called, and {callback!r} is not callable")

        def task(status):
            try:
                callback(self, status, arg)
            except Exception as error:
                warnings.warn(f"Exception in stream callback: {error}")

        self.call_later(task)

    def async_done(self):
        """An awaitable that is done when all that is in the stream so far is."""
        from asyncio import get_running_loop

        loop = get_running_loop()
        future = loop.create_future()

        def resolve(status):
            if future.done():
                return
            if status == 0:
                future.set_result(self)
            else:
                future.set_exception(Exception(f"Stream error {status}"))

        self.add_callback(lambda stream, status, arg: loop.call_soon_threadsafe(resolve, status))
        return future

    def __cuda_stream__(self):
        return 0, self.handle

    def __repr__(self):
        names = {0: "Default CUDA stream", _LEGACY: "Legacy default CUDA stream", _PER_THREAD: "Per-thread default CUDA stream"}
        if self.handle in names:
            return f"<{names[self.handle]}>"
        return f"<{'External ' if self.external else ''}CUDA stream {self.handle}>"


class Event(_zouk.cuda.Event):
    """A mark in a stream. `event()` makes one."""

    def record(self, stream=0):
        """Marks what is in the stream so far."""
        super().record(stream)

    def wait(self, stream=0):
        """All that is put into the stream from now on waits for the mark."""
        super().wait(stream)


def stream():
    """A new stream of the current device."""
    return Stream()


def default_stream():
    """The default stream."""
    return Stream(0)


def legacy_default_stream():
    """The default stream that waits for all others."""
    return Stream(_LEGACY)


def per_thread_default_stream():
    """The default stream of this thread."""
    return Stream(_PER_THREAD)


def external_stream(ptr):
    """A stream that others made, from its address."""
    return Stream(int(ptr))


def event(timing=True):
    """A new event; only with `timing` it knows when it was recorded."""
    return Event(timing)


def event_elapsed_time(evtstart, evtend):
    """Milliseconds between two events."""
    return evtstart.elapsed_time(evtend)


def handle(stream):
    """The handle that transfers are put into; None for transfers that are waited for."""
    if stream is None or isinstance(stream, int) and stream == 0:
        return None
    return _zouk.cuda.stream_handle(stream)
