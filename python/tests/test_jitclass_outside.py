"""Fields that change while compiled code runs: by the interpreter, by C that calls back, by a text stream that `print` writes to."""

import ctypes
import gc
import sys

import numpy as np

from zouk import float64, njit, objmode
from zouk.experimental import jitclass

SIZE = 200_000


@jitclass([("data", float64[:]), ("total", float64)])
class Box:
    def __init__(self, data):
        self.data = data
        self.total = 0.0


@njit
def boxed(n):
    return Box(np.ones(n))


held = []


def swap():
    """Puts another array into the field, and overwrites the memory of the one before."""
    held[0].data = np.full(5, 7.0)
    held[0].total += 1.0
    gc.collect()
    for _ in range(5):
        np.full(SIZE, 3.0)


def check(function, box):
    held[:] = [box]
    assert function(box) == (SIZE, SIZE, 35.0, 1.0)


def test_a_block_of_the_interpreter():
    @njit
    def f(box):
        data, total = box.data, box.total
        before = data.sum()
        with objmode():
            swap()
        return before, data.sum(), box.data.sum(), box.total - total

    check(f, boxed(SIZE))
    check(f, Box(np.ones(SIZE)))


def test_a_block_in_a_loop_and_in_a_function_called():
    @njit
    def inner():
        with objmode():
            swap()
        return 0.0

    @njit
    def f(box):
        found = 0.0
        for _ in range(3):
            data = box.data
            found += data.sum() + inner() + data[0]
        return found

    held[:] = [boxed(SIZE)]
    assert f(held[0]) == SIZE + 1 + 2 * (35 + 7)


def test_a_callback_of_c():
    call = ctypes.CFUNCTYPE(None)(swap)

    @njit
    def f(box):
        data, total = box.data, box.total
        before = data.sum()
        call()
        return before, data.sum(), box.data.sum(), box.total - total

    check(f, boxed(SIZE))


def test_a_text_stream(monkeypatch):
    class Stream:
        def write(self, text):
            if not held[1:]:
                held.append(text)
                swap()

        def flush(self):
            pass

    @njit
    def f(box):
        data = box.data
        before = data.sum()
        print(before)
        return before, data.sum()

    box = boxed(SIZE)
    held[:] = [box]
    monkeypatch.setattr(sys, "stdout", Stream())
    assert f(box) == (SIZE, SIZE)
