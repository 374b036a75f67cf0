"""Arrays of a device: everything about them is as NumPy has it."""

import numpy as np
import pytest
import zouk
from cuda_support import nothing_leaks  # noqa: F401
from zouk import cuda

RECORD = np.dtype([("x", np.int32), ("y", np.float64, (2,)), ("z", [("a", np.int8), ("b", np.complex64)])], align=True)


def same(device, host):
    found = device.copy_to_host()
    assert found.dtype == host.dtype and found.shape == host.shape
    np.testing.assert_array_equal(found, host)
    assert (device.shape, device.dtype, device.ndim, device.size, device.nbytes) == (host.shape, host.dtype, host.ndim, host.size, host.nbytes)


def numbers(shape, dtype=np.float64):
    return (np.arange(np.prod(shape)).reshape(shape) % 7).astype(dtype)


DTYPES = ["?", "i1", "u2", "i4", "u8", "f4", "f8", "c8", "c16", "M8[s]", "m8[ns]"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (1,), (5,), (0,), (2, 3), (2, 0, 4), (2, 3, 4)])
def test_there_and_back(shape, dtype):
    host = numbers(shape, np.int64).astype(dtype)
    same(cuda.to_device(host), host)


@pytest.mark.parametrize("of", [
    lambda a: a.T, lambda a: a[::2], lambda a: a[:, ::-1], lambda a: a[..., 1], lambda a: np.asfortranarray(a), lambda a: a.transpose(1, 2, 0),
    lambda a: np.broadcast_to(a[0, 0], (3, 2, 5)), lambda a: a[1:1],
])  # fmt: skip
def test_layouts_of_the_host(of):
    host = of(numbers((4, 3, 5)))
    same(cuda.to_device(host), host)
    like = cuda.device_array_like(host)
    same(like, like.copy_to_host())
    assert like.strides == (np.empty_like(host).strides if host.size and 0 not in host.strides else like.strides)


def test_one_that_is_written_to_the_device_is_another_one():
    host = numbers(6)
    device = cuda.to_device(host)
    host[:] = -1
    same(device, numbers(6))


KEYS = [
    np.s_[1], np.s_[-1], np.s_[1, 2], np.s_[1:], np.s_[:, 1], np.s_[..., 1], np.s_[::2, ::-1], np.s_[1, ...], np.s_[None, 1], np.s_[2:0:-1, 1:3, None],
    np.s_[...], np.s_[:, :, 3], np.s_[5:], np.s_[1, 2, 3:4], np.s_[()], np.s_[np.int64(1)],
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_slices(key):
    host = numbers((4, 3, 5))
    device = cuda.to_device(host)
    same(device[key], host[key])
    same(device.getitem(key), host[key])
    part = device[key]
    assert part.strides == host[key].strides


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_assignment_to_slices(key):
    host, device = numbers((4, 3, 5)), cuda.to_device(numbers((4, 3, 5)))
    for value in (9, numbers(host[key].shape) + 20, np.float32(1.5)):
        host[key] = value
        device[key] = value
        same(device, host)
    other = numbers(host[key].shape) - 50
    host[key] = other
    device[key] = cuda.to_device(other)
    same(device, host)


def test_elements():
    host = numbers((3, 4), np.int16)
    device = cuda.to_device(host)
    for i in range(-3, 3):
        found = device[i, 2]
        assert type(found) is np.int16 and found == host[i, 2]
    device[1, 1] = 77
    host[1, 1] = 77
    same(device, host)
    assert [row.copy_to_host().tolist() for row in device] == host.tolist()
    assert list(device[0]) == list(host[0])


def test_assignment_stretches():
    host, device = numbers((4, 3)), cuda.to_device(numbers((4, 3)))
    for value in (numbers(3) + 10, numbers((4, 1)) + 20, numbers((1, 3))):
        host[...] = value
        device[...] = value
        same(device, host)
        device[:] = 0
        device[...] = cuda.to_device(value)
        same(device, host)
    device[:] = cuda.to_device(np.arange(3))
    host[:] = np.arange(3)
    same(device, host)


@pytest.mark.parametrize("key", [4, -5, (0, 3), (0, 0, 0), 1.5, np.array([0, 1]), [0, 1], True, "x", (0, "x")])
def test_keys_that_are_none(key):
    device = cuda.to_device(numbers((4, 3)))
    with pytest.raises(IndexError):
        device[key]
    with pytest.raises(IndexError):
        device[key] = 1


def test_assignments_that_do_not_fit():
    device = cuda.to_device(numbers((4, 3)))
    with pytest.raises(ValueError, match=r"^Can't assign 3-D array to 2-D self$"):
        device[...] = np.zeros((1, 4, 3))
    with pytest.raises(ValueError, match=r"^Can't copy sequence with size 2 to array axis 1 with dimension 3$"):
        device[0:2] = np.zeros((2, 2))


VIEWS = [
    lambda a: a.T, lambda a: a.reshape(12), lambda a: a.reshape(2, 6), lambda a: a.reshape((3, -1)), lambda a: a.reshape(2, 6, order="F"),
    lambda a: a.ravel(), lambda a: a.transpose(), lambda a: a.transpose((1, 0)), lambda a: a.view(np.int64), lambda a: a.view(np.int32),
    lambda a: a.view(np.complex128), lambda a: a[None].squeeze(), lambda a: a[None, :, None].squeeze(0), lambda a: a.T.ravel(order="F"), lambda a: a.T.T,
    lambda a: a[1:].T[2:],
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(VIEWS)))
def test_views(number):
    of, host = VIEWS[number], numbers((3, 4))
    device = cuda.to_device(host)
    try:
        expected = of(host)
    except ValueError:
        with pytest.raises(ValueError):
            of(device)
        return
    if not np.shares_memory(expected, host):
        with pytest.raises(NotImplementedError, match="operation requires copying"):
            of(device)
        return
    same(of(device), expected)
    view = of(device)
    del device
    same(view, expected)


def test_axes_by_name():
    host = numbers((2, 3, 4))
    same(cuda.to_device(host).transpose(axes=(2, 0, 1)), host.transpose((2, 0, 1)))


def test_views_that_would_be_copies():
    device = cuda.to_device(numbers((3, 4)))
    for of in (lambda a: a.T.ravel(), lambda a: a[:, 1:3].reshape(6), lambda a: a.T.reshape(12)):
        with pytest.raises(NotImplementedError, match="operation requires copying"):
            of(device)
    with pytest.raises(ValueError):
        device.reshape(5, 5)
    with pytest.raises(ValueError):
        device.squeeze(0)
    with pytest.raises(ValueError):
        device.T.view(np.int8)


def test_views_are_of_one_memory():
    host, device = numbers((3, 4)), cuda.to_device(numbers((3, 4)))
    device.T[1] = 5
    host.T[1] = 5
    device.reshape(12)[3:5] = -1
    host.reshape(12)[3:5] = -1
    device.view(np.int64)[0, 0] = 3
    host.view(np.int64)[0, 0] = 3
    same(device, host)


def test_split():
    host = numbers(10)
    device = cuda.to_device(host)
    parts = list(device.split(4))
    assert [part.size for part in parts] == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate([part.copy_to_host() for part in parts]), host)
    for wrong, text in ((device.reshape(2, 5), "only support 1d array"), (device[::2], "only support unit stride")):
        with pytest.raises(ValueError, match=text):
            list(wrong.split(2))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("make", [cuda.device_array, cuda.pinned_array, cuda.mapped_array, cuda.managed_array])
def test_new_arrays(make, order):
    array, expected = make((3, 4), np.float32, order=order), np.empty((3, 4), np.float32, order)
    assert (array.shape, array.dtype, array.strides) == (expected.shape, expected.dtype, expected.strides)
    flags = array.flags
    assert (flags["C_CONTIGUOUS"], flags["F_CONTIGUOUS"]) == (order == "C", order == "F")
    assert make(5).shape == (5,) and make(5).dtype == np.float64
    with pytest.raises(ValueError):
        make((2, -1))
    with pytest.raises(ValueError):
        make((2, 2), order="K")


@pytest.mark.parametrize("like", [cuda.device_array_like, cuda.pinned_array_like, cuda.mapped_array_like])
def test_like_others(like):
    for host in (numbers((3, 4), np.int8), np.asfortranarray(numbers((3, 4))), numbers((2, 3, 4)).transpose(2, 0, 1), numbers(()), numbers((3, 4))[::2, ::2]):
        array, expected = like(host), np.empty_like(host)
        assert (array.shape, array.dtype, array.strides) == (expected.shape, expected.dtype, expected.strides)


def test_contiguity():
    device = cuda.to_device(numbers((3, 4)))
    assert device.is_c_contiguous() and not device.is_f_contiguous()
    assert device.T.is_f_contiguous() and not device.T.is_c_contiguous()
    assert not device[:, 1].is_c_contiguous()
    assert device.ravel().is_c_contiguous() and device.ravel().is_f_contiguous()


def test_copies_to_arrays_that_are_there():
    host = numbers((3, 4))
    device = cuda.to_device(host)
    for room in (np.zeros((3, 4)), np.zeros((3, 4), order="F"), np.zeros((6, 4))[::2], np.zeros((3, 1, 4))):
        assert device.copy_to_host(room) is room
        np.testing.assert_array_equal(room.reshape(3, 4), host)
    with pytest.raises(TypeError, match="^incompatible dtype: float64 vs. float32$"):
        device.copy_to_host(np.zeros((3, 4), np.float32))
    with pytest.raises(ValueError, match=r"^incompatible shape: \(3, 4\) vs. \(4, 3\)$"):
        device.copy_to_host(np.zeros((4, 3)))
    frozen = np.zeros((3, 4))
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        device.copy_to_host(frozen)


def test_copies_to_the_device():
    host = numbers((3, 4))
    for source in (host, np.asfortranarray(host), np.repeat(host, 2, axis=1)[:, ::2]):
        for room in (cuda.device_array((3, 4)), cuda.device_array((3, 4), order="F"), cuda.device_array((3, 8))[:, ::2]):
            room.copy_to_device(source)
            same(room, host)
            room[...] = 0
            room.copy_to_device(cuda.to_device(source))
            same(room, host)
            room[...] = 0
            assert cuda.to_device(source, to=room) is room
            same(room, host)
    with pytest.raises(TypeError, match="^incompatible dtype: float64 vs. int32$"):
        cuda.device_array(3).copy_to_device(np.zeros(3, np.int32))
    with pytest.raises(ValueError, match="^incompatible shape: "):
        cuda.device_array(3).copy_to_device(np.zeros(4))


def test_records():
    host = np.zeros(4, RECORD)
    host["x"], host["y"], host["z"]["b"] = [1, 2, 3, 4], [[5, 6]] * 4, 1j
    device = cuda.to_device(host)
    same(device, host)
    same(device["y"], host["y"])
    same(device["z"]["b"], host["z"]["b"])
    record = device[2]
    assert isinstance(record, cuda.DeviceRecord) and record["x"] == 3
    np.testing.assert_array_equal(record["y"].copy_to_host(), host[2]["y"])
    assert record["z"]["b"] == 1j
    record["x"] = 33
    record["z"]["a"] = 7
    host[2]["x"], host["z"]["a"][2] = 33, 7
    same(device, host)
    alone = cuda.to_device(host[1])
    assert alone.copy_to_host() == host[1]
    with pytest.raises(KeyError):
        record["nothing"]


def test_memory_of_host_and_device():
    for array in (cuda.mapped_array(6), cuda.managed_array(6)):
        array[:] = numbers(6)
        other = cuda.device_array(6)
        other.copy_to_device(array)
        same(other, numbers(6))
        part = array[2:5]
        assert type(part) is type(array)
        same(cuda.as_cuda_array(part), numbers(6)[2:5])
        cuda.as_cuda_array(part)[0] = 44
        cuda.synchronize()
        assert array[2] == 44
        assert (array + 1)[2] == 45
    pinned = cuda.pinned_array(6)
    pinned[:] = 3
    same(cuda.to_device(pinned), np.full(6, 3.0))


def test_pinning_and_mapping_memory_of_the_program():
    host = numbers(6)
    with cuda.pinned(host):
        same(cuda.to_device(host), host)
    with cuda.mapped(host) as device:
        same(device, host)
        device[1] = 12
        cuda.synchronize()
    assert host[1] == 12
    with pytest.raises(RuntimeError, match="freed"):
        device.copy_to_host()
    with cuda.mapped(host, numbers((2, 3))) as (one, other):
        same(one, host)
        same(other, numbers((2, 3)))


def test_types():
    for host in (numbers((3, 4)), numbers((3, 4)).T, numbers((4, 4), np.int8)[::2, ::2], numbers(3), np.zeros(3, RECORD), np.zeros(())):
        device = cuda.to_device(host) if host.flags.forc else cuda.to_device(numbers((4, 4), np.int8))[::2, ::2]
        assert zouk.typeof(device) == zouk.typeof(host)


def test_use_of_freed_memory():
    device = cuda.to_device(numbers(6))
    part = device[1:3]
    device.gpu_data.free()
    for use in (device.copy_to_host, part.copy_to_host, lambda: part[0], lambda: device.copy_to_device(numbers(6)), lambda: np.asarray(device), device.gpu_data.free):
        with pytest.raises(RuntimeError, match="^device memory that has been freed"):
            use()
    with pytest.raises(RuntimeError, match="^device memory that has been freed"):
        device[0] = 1


def test_compiled_functions_of_the_host_take_none():
    @zouk.njit
    def total(a):
        return a.sum()

    with pytest.raises(zouk.errors.TypingError):
        total(cuda.to_device(numbers(6)))


def test_what_is_no_array_of_the_host():
    with pytest.raises(zouk.errors.TypingError):
        cuda.to_device(np.array(["a", "b"]))
    with pytest.raises(zouk.errors.TypingError):
        cuda.to_device(np.array([object()]))
    same(cuda.to_device([1.5, 2.5]), np.array([1.5, 2.5]))
    same(cuda.to_device(3), np.array(3))


class Foreign:
    """An array of another library."""

    def __init__(self, array, **more):
        self.array = array
        self.__cuda_array_interface__ = {**array.__cuda_array_interface__, **more}


@pytest.mark.parametrize("key", [np.s_[:], np.s_[:, 1], np.s_[::-1], np.s_[1:1]], ids=str)
def test_the_array_interface(key):
    host = numbers((4, 3))
    device = cuda.to_device(host)[key]
    description = device.__cuda_array_interface__
    assert description["version"] == 3 and description["shape"] == host[key].shape and description["typestr"] == "<f8" and description["stream"] is None
    foreign = Foreign(device)
    assert cuda.is_cuda_array(foreign) and not cuda.is_cuda_array(host)
    taken = cuda.as_cuda_array(foreign)
    same(taken, host[key])
    del device, foreign
    same(taken, host[key])
    room = cuda.device_array(host[key].shape)
    room.copy_to_device(Foreign(taken))
    same(room, host[key])


def test_the_array_interface_with_streams_and_records():
    stream = cuda.stream()
    device = cuda.to_device(numbers(4), stream)
    assert device.__cuda_array_interface__["stream"] == stream.handle
    assert cuda.as_cuda_array(Foreign(device)).stream.handle == stream.handle
    records = cuda.to_device(np.zeros(3, RECORD))
    same(cuda.as_cuda_array(Foreign(records)), np.zeros(3, RECORD))
    with pytest.raises(NotImplementedError, match="^Masked arrays are not supported$"):
        cuda.as_cuda_array(Foreign(device, mask=device))
    with pytest.raises(TypeError, match="doesn't implement the cuda array interface"):
        cuda.as_cuda_array(numbers(3))


def test_dlpack():
    host = numbers((4, 3), np.int32)
    device = cuda.to_device(host)

    class Producer:
        __dlpack__, __dlpack_device__ = device[1:, ::2].__dlpack__, device.__dlpack_device__

    taken = cuda.from_dlpack(Producer())
    same(taken, host[1:, ::2])
    capsule = device.__dlpack__()
    del capsule
    if cuda.execution_target() == "cpu":
        shared = np.from_dlpack(device)
        device[0, 0] = 99
        assert shared[0, 0] == 99
    with pytest.raises(BufferError):
        cuda.to_device(np.zeros(3, RECORD)).__dlpack__()


def test_bind():
    stream = cuda.stream()
    device = cuda.to_device(numbers(4))
    bound = device.bind(stream)
    assert bound.stream is stream and device.stream == 0
    same(bound, numbers(4))
    same(device, numbers(4))
