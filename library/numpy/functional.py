"""Functions that call others: along an axis, over axes, by conditions, at every place."""


def apply_along_axis(func1d, axis: literal, arr):
    a = _array(arr)
    rows = compiler.move_axis_last(a, _axis(axis, a.ndim))
    if rows.size == 0 and rows.ndim > 1:
        for n in rows.shape[:-1]:
            if n == 0:
                raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    if rows.ndim == 1:
        return _array(func1d(rows))
    first = func1d(_first_row(rows))
    place = axis + a.ndim if axis < 0 else axis
    if not (compiler.is_scalar(first) or compiler.is_array(first)):
        compiler.type_error("apply_along_axis() needs a function that returns a number or an array")
    item = _array(first)
    out = np.empty(rows.shape[:-1] + item.shape, compiler.result_type(item))
    _apply_rows(func1d, rows, out)
    order = compiler.indices(rows.ndim - 1)
    last = ()
    for i in compiler.indices(item.ndim):
        last = last + (rows.ndim - 1 + i,)
    return compiler.permuted(out, order[:place] + last + order[place:])


def _first_row(a):
    return a if a.ndim == 1 else _first_row(a[0])


def _apply_rows(func1d, a, out):
    for i in range(a.shape[0]):
        if a.ndim == 2:
            out[i, ...] = func1d(a[i])
        else:
            _apply_rows(func1d, a[i], out[i])


def apply_over_axes(func, a, axes: literal):
    result = _array(a)
    for axis in axes if compiler.is_tuple(axes) else (axes,):
        result = _applied_over(func, result, _axis(axis, result.ndim))
    return result


def _applied_over(func, a, axis: literal):
    result = _array(func(a, axis))
    if result.ndim == a.ndim:
        return result
    if result.ndim != a.ndim - 1:
        raise ValueError("function is not returning an array of the correct shape")
    return expand_dims(result, axis)


def piecewise(x, condlist, funclist):
    """A condition for each function; a function more is for what no condition holds of. Numbers stand for functions that return them."""
    a = _array(x)
    conditions = condlist if compiler.is_tuple(condlist) else (condlist,)
    if not compiler.is_tuple(funclist):
        compiler.type_error("the functions of piecewise() must be a tuple")
    count = len(conditions)
    if len(funclist) != count and len(funclist) != count + 1:
        raise ValueError(f"with {count} condition(s), either {count} or {count + 1} functions are expected")
    values = _flat(a)
    out = np.zeros(values.shape[0], compiler.result_type(a))
    left = np.ones(values.shape[0], np.bool_)
    for i, condition in enumerate(conditions):
        mask = np.empty(a.shape, np.bool_)
        mask[...] = condition
        _put_piece(funclist[i], values, _flat_view(mask), left, out)
    if len(funclist) > count:
        _put_piece(funclist[count], values, left.copy(), left, out)
    return _value(compiler.reshaped(out, a.shape))


def _put_piece(f, values, mask, left, out):
    """Puts a number, or what a function makes of the values, where a mask holds, which is then left no more."""
    if compiler.is_scalar(f):
        for i in range(mask.shape[0]):
            if mask[i]:
                out[i] = f
                left[i] = False
    else:
        chosen = _kept(values, mask)
        if chosen.shape[0] > 0:
            _scatter(f(chosen), mask, left, out)


def _scatter(items, mask, left, out):
    place = 0
    for i in range(mask.shape[0]):
        if mask[i]:
            out[i] = items if compiler.is_scalar(items) else items[place]
            left[i] = False
            place += 1


def fromfunction(function, shape, *, dtype: literal = np.float64):
    if not compiler.is_tuple(shape):
        compiler.type_error("the shape of fromfunction() must be a tuple")
    grids = indices(shape, dtype)
    if len(shape) == 1:
        return function(grids[0])
    if len(shape) == 2:
        return function(grids[0], grids[1])
    if len(shape) == 3:
        return function(grids[0], grids[1], grids[2])
    compiler.type_error("fromfunction() with more than three axes is not supported")
