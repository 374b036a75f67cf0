"""What zouk.cuda refuses, on both targets: memory that is not there, numbers that no device has, kernels that no GPU runs."""

import random

import numpy as np
import pytest
from cuda_support import TARGET, made, nothing_leaks, on_gpu  # noqa: F401
from zouk import cuda
from zouk.errors import ZoukError


class Described:
    """Something with the CUDA array interface."""

    def __init__(self, *others, **description):
        self.__cuda_array_interface__ = others[0] if others else {"shape": (3,), "typestr": "<f8", "data": (0, False), "version": 3, **description}


def test_memory_that_is_nowhere():
    for description in ({}, {"data": None}, {"data": (0, True), "shape": (2, 3)}, {"strides": (8, 8), "data": (4096, False)}, {"shape": None}):
        with pytest.raises(ValueError):
            cuda.as_cuda_array(Described(**description))
    with pytest.raises(TypeError, match="dict"):
        cuda.as_cuda_array(Described(5))
    for description in ({"shape": (3.5,)}, {"shape": 3.5}, {"data": ("x", False)}):
        with pytest.raises(TypeError):
            cuda.as_cuda_array(Described(**description))
    empty = cuda.as_cuda_array(Described(shape=(0,)))
    assert empty.copy_to_host().shape == (0,)
    with pytest.raises(TypeError):
        cuda.device_array(3.5)


def test_freed_memory_is_not_handed_out():
    device = cuda.to_device(np.arange(10.0))
    device.gpu_data.free()
    for use in (lambda: device.__cuda_array_interface__, device.__dlpack__, lambda: device[0], device.copy_to_host):
        with pytest.raises(RuntimeError, match="freed"):
            use()


def test_read_only_memory_is_not_written():
    device = cuda.to_device(np.arange(4.0))
    description = device.__cuda_array_interface__
    view = cuda.as_cuda_array(Described(**{**description, "data": (description["data"][0], True)}))
    for write in (lambda: view.__setitem__(0, 9), lambda: view[1:].__setitem__(slice(None), 2), lambda: view.copy_to_device(np.full(4, 5.0)), lambda: cuda.to_device(np.ones(4), to=view)):
        with pytest.raises(ValueError, match="read-only"):
            write()
    assert view.__cuda_array_interface__["data"][1] and not device.__cuda_array_interface__["data"][1]
    np.testing.assert_array_equal(device.copy_to_host(), np.arange(4.0))


@pytest.mark.parametrize("dtype, value", [(np.float64, 1j), (np.int8, 300), (np.uint16, -1), (np.float32, "x"), (np.int64, 2.5), (np.complex64, 1j), (np.int32, np.arange(3.0)), (np.bool_, 2)])
def test_values_are_converted_as_numpy_does(dtype, value):
    host = np.zeros(3, dtype)
    device = cuda.to_device(host)
    expected, found = [], []
    for array, seen in ((host, expected), (device, found)):
        try:
            array[:] = value
        except Exception as error:
            seen.append((type(error), str(error)))
    assert expected == found
    np.testing.assert_array_equal(device.copy_to_host(), host)


@pytest.mark.parametrize("stream", [5, "x", 2.5])
def test_numbers_are_no_streams(stream):
    device = cuda.to_device(np.arange(4.0))
    for use in (lambda: device.copy_to_host(stream=stream), lambda: cuda.to_device(np.ones(3), stream=stream), lambda: cuda.event().record(stream)):
        with pytest.raises(TypeError, match="is no stream"):
            use()
    nothing = cuda.jit(made("def f(a): pass")["f"])
    with pytest.raises(TypeError, match="is no stream"):
        nothing[1, 1, stream](device)


def test_callbacks_are_called():
    with pytest.raises(TypeError, match="callable"):
        cuda.stream().add_callback(5)


def test_events_without_times():
    events = [cuda.event(timing) for timing in (False, True)]
    for event in events:
        event.record()
        event.synchronize()
    for start, end in (events, events[::-1]):
        with pytest.raises(cuda.CudaAPIError) as raised:
            start.elapsed_time(end)
        assert raised.value.code == 400


@pytest.mark.parametrize("options", [{"max_registers": n} for n in (0, -1, "x", True)] + [{"launch_bounds": b} for b in (0, (), (1, 2, 3, 4), 5000, (64, -1), "x", (64, 2.5))])
def test_limits_that_are_none(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        cuda.jit(**options)(made("def f(a): a[0] = 1")["f"])
    if "launch_bounds" in options:
        with pytest.raises(ValueError, match="launch_bounds"):
            cuda.compile(made("def f(a): a[0] = 1")["f"], "void(f8[:])", device=False, abi="numba", **options)


def test_launch_bounds_hold():
    fill = cuda.jit(launch_bounds=(64, 2))(made("def f(a): a[cuda.grid(1)] = 1")["f"])
    device = cuda.to_device(np.zeros(128))
    fill[2, 64](device)
    assert device.copy_to_host().all()
    with pytest.raises(cuda.CudaAPIError) as raised:
        fill[1, 128](device)
    assert raised.value.code == 701


def test_registers_without_limit_are_taken():
    device = cuda.to_device(np.zeros(4))
    cuda.jit(max_registers=1000)(made("def f(a): a[cuda.grid(1)] = 1")["f"])[1, 4](device)
    assert device.copy_to_host().all()


@pytest.mark.parametrize("cc", [(99, 0), (1, 0), "x", "sm_999", "sm_75f", "sm_080", 80, (8,), (8, 0.5)])
def test_chips_that_are_none(cc, capfd):
    with pytest.raises(ValueError, match="chip|compute capability"):
        cuda.compile(made("def f(a, b): return a + b")["f"], "i4(i4,i4)", device=True, cc=cc)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("cc", [(5, 0), (7, 5), (8, 8), (9, 0), "sm_90a", (10, 0), "sm_103f", (12, 1)])
def test_chips_that_are_there(cc, capfd):
    text, _ = cuda.compile(made("def f(a, b): return a + b")["f"], "i4(i4,i4)", device=True, cc=cc)
    chip = cc if isinstance(cc, str) else f"sm_{cc[0]}{cc[1]}"
    assert f".target {chip}" in text and capfd.readouterr().err == ""


def test_reductions_need_room_for_the_result():
    add = cuda.reduce(made("def f(a, b): return a + b")["f"])
    values = cuda.to_device(np.arange(100.0))
    for room in (cuda.device_array(0), cuda.device_array((1, 1)), np.zeros(())):
        with pytest.raises(ValueError, match="res"):
            add(values, res=room)
    room = cuda.device_array(1)
    add(values, res=room)
    assert room[0] == np.arange(100.0).sum()


NEEDS_A_HOST = """
def new_array(a):
    b = np.zeros(5)
    a[0] = b[0]
def random_number(a): a[0] = random.random()
def sorted_copy(a): a[0] = np.sort(a)[0]
def product(a): a[0] = np.dot(a, a)
def large_array(a):
    s = cuda.shared.array(100000, np.float64)
    s[0] = a[0]
    a[0] = s[0]
def several_arrays(a):
    s, t = cuda.shared.array(4000, np.float64), cuda.shared.array(4000, np.float64)
    s[0] = t[0] = a[0]
    a[0] = s[0]
"""


@pytest.mark.parametrize("name", [line.split()[1].split("(")[0] for line in NEEDS_A_HOST.splitlines() if line.startswith("def")])
def test_kernels_that_no_gpu_runs(name):
    names = made(NEEDS_A_HOST, np=np, random=random)
    with pytest.raises(ZoukError, match="kernel-unsupported") as raised:
        cuda.jit(names[name])[1, 1](np.zeros(8))
    # The line is the program's.
    assert f"{names[name].__code__.co_filename}:" in str(raised.value).splitlines()[1]


def test_bytes_of_arrays_are_seen_as_others():
    see = cuda.jit(made("def f(a, o): o[0] = a.view(np.int64)[1]\n", np=np)["f"])
    values, out = np.array([1.5, 2.5]), np.zeros(1, np.int64)
    see[1, 1](values, out)
    assert out[0] == values.view(np.int64)[1]


def test_atomics_need_aligned_elements():
    add = cuda.jit(made("def f(r): cuda.atomic.add(r['b'], 0, 1.5)")["f"])
    with pytest.raises(ZoukError, match="aligned elements"):
        add[1, 1](np.zeros(3, [("a", np.int32), ("b", np.float64)]))
    records = np.zeros(3, np.dtype([("a", np.int32), ("b", np.float64)], align=True))
    add[1, 1](records)
    assert records["b"].tolist() == [1.5, 0, 0]


def test_atomics_of_an_empty_array():
    swap = cuda.jit(made("def f(a): cuda.atomic.compare_and_swap(a, 1, 2)")["f"], debug=True, opt=False)
    device = cuda.to_device(np.ones(4, np.int64))
    with pytest.raises(IndexError):
        swap[1, 1](device[2:2])
    np.testing.assert_array_equal(device.copy_to_host(), np.ones(4))
    swap[1, 1](device[2:])
    assert device.copy_to_host().tolist() == [1, 1, 2, 1]


ASSIGNMENTS = """
def assign(a, b):
    a[:] = b
    a[0] = -1
def in_a_loop(a, b):
    for i in range(2):
        a[i] = 0
        a[:] = b
    a[0] = -1
def with_out(a, b):
    np.add(a, b, a)
    a[0] = -1
"""


@pytest.mark.parametrize("name", ["assign", "in_a_loop", "with_out"])
@pytest.mark.parametrize("debug", [False, True])
def test_shapes_that_do_not_fit_end_the_thread(name, debug):
    kernel = cuda.jit(made(ASSIGNMENTS, np=np)[name], debug=debug, opt=not debug)
    device, other = cuda.to_device(np.zeros(8)), cuda.to_device(np.full(200, 3.0))
    raises = debug or TARGET == "cpu"
    if raises:
        with pytest.raises(ValueError, match="broadcast"):
            kernel[1, 1](device, other[:3])
    else:
        kernel[1, 1](device, other[:3])
    np.testing.assert_array_equal(device.copy_to_host(), np.zeros(8))
    kernel[1, 1](device, other[:8])
    assert device.copy_to_host().tolist() == [-1] + [3.0] * 7
