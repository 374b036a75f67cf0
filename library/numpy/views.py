"""Views of the memory of an array: parts of complex numbers, other dtypes, and whether two arrays share some."""


def real(val):
    return _array(val).real


def imag(val):
    return _array(val).imag


def frombuffer(buffer, dtype: literal = np.float64, count=-1, offset=0, *, like: literal = None):
    if not compiler.is_array(buffer):
        compiler.type_error("frombuffer() takes an array: other buffers are not passed to compiled code")
    if not compiler.is_c_packed(buffer):
        raise ValueError("ndarray is not C-contiguous")
    element = _dtype(dtype)
    length = buffer.size * buffer.itemsize
    if offset < 0 or offset > length:
        raise ValueError(f"offset must be non-negative and no greater than buffer length ({length})")
    rest = length - offset
    if count < 0:
        if rest % element.itemsize != 0:
            raise ValueError("buffer size must be a multiple of element size")
        n = rest // element.itemsize
    else:
        n = count
        if n > rest // element.itemsize:
            raise ValueError("buffer is smaller than requested size")
    whole = compiler.view(buffer, np.uint8, offset, (length - offset,), (1,), "packed")
    _check_aligned(whole, element)
    return compiler.view(whole, element, 0, (n,), (1,), "packed")


def _check_aligned(a, dtype: literal):
    """Compiled code reads elements at multiples of their size only."""
    size = _alignment(dtype)
    if size > _alignment(compiler.result_type(a)) and compiler.address(a) % size != 0:
        raise ValueError(f"elements of the new dtype would not be aligned to {size} bytes")


def _alignment(dtype: literal):
    return dtype.itemsize // 2 if compiler.is_complex(dtype) else dtype.itemsize


def may_share_memory(a, b, max_work: literal = None):
    """Whether the ranges of memory that the arrays span overlap."""
    if not (compiler.is_array(a) and compiler.is_array(b)):
        return False
    if a.size == 0 or b.size == 0:
        return False
    first, last = _extent(a)
    start, end = _extent(b)
    return first < end and start < last


def _extent(a):
    """The addresses of the first byte and of the one past the last; the array is not empty."""
    low = compiler.address(a)
    high = low + a.itemsize
    for i in compiler.indices(a.ndim):
        reach = (a.shape[i] - 1) * a.strides[i]
        low += min(reach, 0)
        high += max(reach, 0)
    return low, high


def shares_memory(a, b, max_work: literal = None):
    """Whether some element of one overlaps one of the other: a + sum of steps of a = b + sum of steps of b, up to the sizes of elements."""
    if not may_share_memory(a, b):
        return False
    if compiler.is_c_packed(a) and compiler.is_c_packed(b):
        return True
    # Every step is made positive: an axis is walked from its lowest address. Bytes within the elements are axes of step one.
    count = a.ndim + b.ndim + 2
    steps = np.empty(count, np.int64)
    most = np.empty(count, np.int64)
    _note_axes(a, steps, most, 0)
    _note_axes(b, steps, most, a.ndim + 1)
    low_a, high_a = _extent(a)
    low_b, high_b = _extent(b)
    # x in a and y in b with low_a + x = high_b - 1 - y are one byte.
    return compiler.runtime_call("zouk_bounded_combination", steps, most, count, high_b - 1 - low_a) == 1


def _note_axes(a, steps, most, start):
    for i in compiler.indices(a.ndim):
        steps[start + i] = abs(a.strides[i])
        most[start + i] = a.shape[i] - 1
    steps[start + a.ndim] = 1
    most[start + a.ndim] = a.itemsize - 1
