"""Ranges of times."""


def arange(start=None, stop=None, step=None, dtype: literal = None):
    """With the end alone, by its name; of times; and of complex numbers."""
    if dtype is None and (_is_complex(start) or _is_complex(stop) or _is_complex(step)):
        first = 0 if start is None or stop is None else start
        return _complex_range(np.complex128(first), np.complex128(start if stop is None else stop), np.complex128(1 if step is None else step))
    kind = _range_kind(start, stop, step, dtype)
    if start is None or not compiler.is_time(kind):
        return np.arange(0 if start is None else start, stop, 1 if step is None else step, dtype)
    if stop is None:
        if _is_date(kind):
            raise ValueError("arange requires both a start and a stop for NumPy datetime64 ranges")
        return _time_range(np.int64(0), _time_count(start, kind), _step_count(step, kind), kind)
    first = _time_count(start, kind)
    last = _time_count(stop, kind) if not _is_date(kind) or _is_date(stop) else first + _step_count(stop, kind)
    return _time_range(first, last, _step_count(step, kind), kind)


def _is_complex(x):
    return not compiler.is_none(x) and compiler.is_complex(x)


def _complex_range(start, stop, step):
    """As many numbers as fit by the real and by the imaginary part of the distance."""
    if step == 0:
        raise ZeroDivisionError("complex division by zero")
    distance = (stop - start) / step
    count = min(math.ceil(distance.real), math.ceil(distance.imag))
    out = np.empty(max(count, 0), np.complex128)
    delta = (start + step) - start
    for i in range(out.shape[0]):
        out[i] = start + i * delta
    return out


def _range_kind(start, stop, step, dtype: literal):
    """The dtype that was asked for, or that of the times among the arguments, with the smallest of their units."""
    if dtype is not None:
        return _dtype(dtype)
    times = ()
    for x in (start, stop, step):
        if not compiler.is_none(x) and compiler.is_time(x):
            times = times + (x,)
    if len(times) == 0:
        return np.int64
    return compiler.result_type(times)


def _is_date(x):
    """Whether it is a datetime64, or the dtype of one; the others are spans and numbers."""
    return compiler.is_time(x) and compiler.result_type(x) is not compiler.difference_type(x)


def _time_count(x, kind):
    """How many units a time is; a number is one of spans."""
    if compiler.is_time(x):
        if x != x:
            raise ValueError("arange: cannot use NaT (not-a-time) datetime values")
        if _is_date(kind) and not _is_date(x):
            compiler.type_error("a range of dates begins with a date")
        return compiler.retyped(_array(kind(x)), np.int64)[()]
    if _is_date(kind) or not compiler.is_integer(x):
        compiler.type_error("the ends of a range of times are times, or integers that count their unit")
    return np.int64(x)


def _step_count(x, kind):
    if x is None:
        return np.int64(1)
    return _time_count(x, compiler.difference_type(kind))


def _time_range(first, last, step, kind):
    if step == 0:
        raise ValueError("arange: step cannot be zero")
    count = 0
    if step > 0 and last > first:
        count = (last - first + step - 1) // step
    elif step < 0 and last < first:
        count = (first - last - step - 1) // -step
    out = np.empty(count, np.int64)
    for i in range(count):
        out[i] = first + i * step
    return compiler.retyped(out, kind)
