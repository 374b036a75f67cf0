"""`cuda.reduce`, and ufuncs whose target is "cuda"."""

import pickle

import numpy as np
import pytest
from cuda_support import nothing_leaks  # noqa: F401
from zouk import cuda, guvectorize, types, vectorize

RNG = np.random.default_rng(3)


@cuda.reduce
def total(x, y):
    return x + y


@cuda.Reduce
def largest(x, y):
    return max(x, y)


@pytest.mark.parametrize("size", [1, 2, 3, 31, 255, 256, 257, 1000, 40000, 70001])
def test_reductions(size):
    array = RNG.integers(-1000, 1000, size)
    device = cuda.to_device(array)
    for a in (array, device):
        assert total(a) == array.sum() and type(total(a)) is np.int64
        assert largest(a) == array.max()
        assert total(a, init=17) == array.sum() + 17
        assert total(a, size=size // 2) == array[: size // 2].sum()
    res = cuda.to_device(np.zeros(2, np.int64))
    assert total(device, res=res) is None
    assert res[0] == array.sum() and res[1] == 0
    assert total(device, res=res, init=-5) is None
    assert res[0] == array.sum() - 5
    strided = cuda.to_device(np.repeat(array, 2))[::2]
    assert total(strided) == array.sum()
    stream = cuda.stream()
    assert total(cuda.to_device(array, stream), stream=stream) == array.sum()


def test_reductions_of_other_types():
    for dtype in (np.float32, np.float64, np.complex128, np.int8):
        array = RNG.integers(0, 3, 3000).astype(dtype)
        if dtype is np.int8:
            array = array[:40]
        found = total(array)
        assert found == array.sum(dtype=dtype) and found.dtype == dtype


def test_reductions_that_are_none():
    assert total(np.zeros(0)) == 0 and total(np.zeros(0), init=3) == 3
    with pytest.raises(TypeError, match="only support 1D array"):
        total(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="has 3 elements, not 4"):
        total(np.zeros(3), size=4)


def poly(x, y):
    return x * y + x


SIGNATURES = ["int64(int64, int64)", "float32(float32, float32)", "float64(float64, float64)"]


def close(found, expected):
    # A GPU rounds `x * y + x` once.
    np.testing.assert_allclose(found, expected, rtol=2e-7 if np.asarray(expected).dtype == np.float32 else 1e-15)


declared = vectorize(SIGNATURES, target="cuda")(poly)
lazy = vectorize(target="cuda")(poly)


@pytest.mark.parametrize("ufunc", [declared, lazy], ids=["declared", "lazy"])
@pytest.mark.parametrize("shapes", [((5,), (5,)), ((3, 1), (4,)), ((), (6,)), ((2, 3, 4), (3, 4)), ((), ()), ((0,), (1,))])
def test_elementwise(ufunc, shapes):
    for dtypes in ((np.int64, np.int64), (np.float32, np.float32), (np.float64, np.float64), (np.int64, np.float64)):
        x, y = (RNG.integers(0, 50, shape).astype(dtype) for shape, dtype in zip(shapes, dtypes))
        expected = poly(x, y)
        found = ufunc(x, y)
        close(found, expected)
        assert np.asarray(found).dtype == expected.dtype
        dx, dy = cuda.to_device(x), cuda.to_device(y)
        for args in ((dx, dy), (dx, y), (x, dy)):
            device = ufunc(*args)
            assert isinstance(device, cuda.DeviceNDArray) and device.dtype == expected.dtype
            close(device.copy_to_host(), expected)


def test_elementwise_with_numbers_and_outputs():
    x = RNG.random((3, 4))
    device = cuda.to_device(x)
    close(declared(device, 2).copy_to_host(), poly(x, 2))
    close(declared(2.5, device).copy_to_host(), poly(2.5, x))
    out = cuda.device_array((3, 4))
    assert declared(device, device, out=out) is out
    close(out.copy_to_host(), poly(x, x))
    assert declared(device.T, device.T, out.T) is not None
    close(out.copy_to_host(), poly(x, x))
    host = np.zeros((3, 4))
    assert declared(device, 1.0, out=host) is host
    close(host, poly(x, 1.0))
    stream = cuda.stream()
    found = declared(cuda.to_device(x, stream), 3.0, stream=stream)
    stream.synchronize()
    close(found.copy_to_host(), poly(x, 3.0))
    strided = declared(device[:, ::2], device[:, 1::2])
    close(strided.copy_to_host(), poly(x[:, ::2], x[:, 1::2]))


def test_elementwise_calls_that_are_none():
    device = cuda.to_device(np.zeros((3, 4)))
    with pytest.raises(ValueError):
        declared(device, cuda.to_device(np.zeros(5)))
    with pytest.raises(ValueError, match="non-broadcastable output operand"):
        declared(device, device, out=cuda.device_array(4))
    with pytest.raises(TypeError):
        declared(cuda.to_device(np.zeros(3, np.complex128)), 1)
    with pytest.raises(TypeError):
        declared(device, device, out=cuda.device_array((3, 4), np.int8))
    with pytest.raises(TypeError, match="ufunc accepts 2 positional arguments, or 3 positional arguments. Got 1 positional argument."):
        declared(device)
    with pytest.raises(ValueError, match="cannot specify argument 'out' as both positional and keyword"):
        declared(device, device, device, out=device)


@pytest.mark.parametrize("size", [1, 2, 5, 100, 1001])
def test_reducing(size):
    add = vectorize(["int64(int64, int64)"], target="cuda")(lambda x, y: x + y)
    array = RNG.integers(0, 100, size)
    assert add.reduce(cuda.to_device(array)) == array.sum()
    assert add.reduce(array) == array.sum()
    with pytest.raises(TypeError, match="must use 1d array"):
        add.reduce(cuda.to_device(np.zeros((2, 2), np.int64)))


@guvectorize(["void(float64[:,:], float64[:,:], float64[:,:])"], "(m,n),(n,p)->(m,p)", target="cuda")
def product(a, b, out):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            out[i, j] = 0
            for k in range(a.shape[1]):
                out[i, j] += a[i, k] * b[k, j]


@guvectorize(["void(int32, int32[:])"], "()->()", target="cuda")
def twice(x, out):
    out[0] = 2 * x


def test_generalized_with_conversions():
    # NumPy would refuse the int64.
    assert twice(10) == 20 and twice(10).dtype == np.int32
    array = np.arange(10, dtype=np.int32)
    np.testing.assert_array_equal(twice(array), 2 * array)
    np.testing.assert_array_equal(twice(cuda.to_device(array)).copy_to_host(), 2 * array)
    # Of arrays it is refused.
    for refused in (np.arange(10), cuda.to_device(np.arange(10))):
        with pytest.raises(TypeError):
            twice(refused)


@guvectorize(["void(float64[:], float64, float64[:])"], "(n),()->()", target="cuda")
def scaled_sum(a, scale, out):
    out[0] = 0
    for i in range(a.shape[0]):
        out[0] += a[i] * scale


@pytest.mark.parametrize("outer", [((), ()), ((5,), (5,)), ((4, 1), (3,)), ((2, 3), ())])
def test_generalized(outer):
    a, b = RNG.random((*outer[0], 2, 3)), RNG.random((*outer[1], 3, 4))
    expected = a @ b
    np.testing.assert_allclose(product(a, b), expected)
    device = product(cuda.to_device(a), cuda.to_device(b))
    assert isinstance(device, cuda.DeviceNDArray)
    np.testing.assert_allclose(device.copy_to_host(), expected)
    out = cuda.device_array(expected.shape)
    assert product(cuda.to_device(a), b, out=out) is out
    np.testing.assert_allclose(out.copy_to_host(), expected)
    host = np.zeros(expected.shape)
    assert product(cuda.to_device(a), b, host) is host
    np.testing.assert_allclose(host, expected)


def test_generalized_with_numbers():
    a = RNG.random((6, 5))
    for scale in (2.0, 3, RNG.random(6)):
        expected = a.sum(axis=1) * scale
        np.testing.assert_allclose(scaled_sum(cuda.to_device(a), scale).copy_to_host(), expected)
        np.testing.assert_allclose(scaled_sum(a, scale), expected)
    with pytest.raises(ValueError, match="core dimension"):
        product(cuda.to_device(np.zeros((2, 3))), np.zeros((4, 5)))
    with pytest.raises(ValueError, match="axes"):
        product(cuda.to_device(np.zeros(3)), np.zeros((4, 5)))


def test_pickling():
    again = pickle.loads(pickle.dumps(vectorize(["int64(int64, int64)"], target="cuda")(lambda x, y: x - y)))
    np.testing.assert_array_equal(again(cuda.to_device(np.arange(5)), 2).copy_to_host(), np.arange(5) - 2)
    assert pickle.loads(pickle.dumps(declared)).__name__ == "poly"


DAYS = np.arange("2005-02", "2006-02", dtype="datetime64[D]")
LATER = DAYS + RNG.integers(0, 10000, DAYS.size)
DATE, SPAN, SECOND = types.NPDatetime("D"), types.NPTimedelta("D"), types.NPDatetime("s")


def same(got, wanted):
    got = got.copy_to_host() if cuda.is_cuda_array(got) else got
    np.testing.assert_array_equal(got, wanted)
    assert got.dtype == wanted.dtype and got.shape == wanted.shape


@vectorize([(DATE, DATE), (SECOND, SECOND)], target="cuda")
def between(start, end):
    return end - start


@vectorize([types.boolean(DATE, DATE)], target="cuda")
def earlier(a, b):
    return a < b


@vectorize([(DATE, SPAN, types.int64)], target="cuda")
def moved(date, by, times):
    return date + by * times


def test_ufuncs_of_times():
    same(between(DAYS, LATER), LATER - DAYS)
    same(between(DAYS.reshape(73, 5), LATER[:5]), LATER[:5] - DAYS.reshape(73, 5))
    same(between(DAYS[::-2], LATER[3]), LATER[3] - DAYS[::-2])
    same(between(cuda.to_device(DAYS), cuda.to_device(LATER)), LATER - DAYS)
    same(between(DAYS[7], LATER[7]), LATER[7] - DAYS[7])
    assert type(between(DAYS[7], LATER[7])) is np.timedelta64
    # The units of the arguments choose the loop; days go with seconds.
    seconds = DAYS.astype("M8[s]") + RNG.integers(0, 86400, DAYS.size)
    same(between(seconds, LATER), LATER - seconds)
    same(between(cuda.to_device(seconds), LATER), LATER - seconds)
    same(earlier(DAYS, LATER[::-1]), DAYS < LATER[::-1])
    same(moved(DAYS, np.timedelta64(3, "D"), np.arange(DAYS.size)), DAYS + np.timedelta64(3, "D") * np.arange(DAYS.size))
    unknown = LATER.copy()
    unknown[::7] = "NaT"
    same(between(DAYS, unknown), unknown - DAYS)
    out = np.zeros(DAYS.size, "m8[D]")
    assert between(DAYS, LATER, out=out) is out
    same(out, LATER - DAYS)
    stream = cuda.stream()
    result = between(cuda.to_device(DAYS, stream), cuda.to_device(LATER, stream), stream=stream)
    stream.synchronize()
    same(result, LATER - DAYS)
    assert between.types == ["MM->m", "MM->m"]


def test_generalized_ufuncs_of_times():
    @guvectorize([(DATE, DATE, SPAN[:])], "(),()->()", target="cuda")
    def difference(start, end, out):
        out[0] = end - start

    @guvectorize([(DATE[:], SPAN[:])], "(n)->()", target="cuda")
    def extent(dates, out):
        low = high = dates[0]
        for date in dates:
            low, high = min(low, date), max(high, date)
        out[0] = high - low

    same(difference(DAYS, LATER), LATER - DAYS)
    same(difference(cuda.to_device(DAYS), cuda.to_device(LATER)), LATER - DAYS)
    table = LATER.reshape(73, 5)
    same(extent(table), table.max(1) - table.min(1))
    same(extent(table.T), table.max(0) - table.min(0))


def test_errors_of_ufuncs_of_times():
    with pytest.raises(TypeError, match="no loop for the types float64, datetime64"):
        between(1.5, DAYS)
    with pytest.raises(TypeError, match="no reduce"):
        between.reduce(DAYS)
    with pytest.raises(TypeError, match="takes 2 arguments"):
        vectorize([(DATE, DATE, DATE)], target="cuda")(lambda a, b: a)
    with pytest.raises(TypeError, match="not where"):
        between(DAYS, LATER, where=True)
    again = pickle.loads(pickle.dumps(between))
    same(again(DAYS, LATER), LATER - DAYS)
