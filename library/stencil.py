"""What the functions that `zouk-expand-stencils` makes of stencils do beside their kernels: checks, borders, places outside of the array."""


def _stencil_shape(a, ndim: literal):
    """The shape of the primary input, which has that many axes."""
    if not compiler.is_array(a):
        compiler.value_error("the first argument to a stencil kernel must be the primary input array")
    if compiler.ndim(a) != ndim:
        compiler.value_error("the kernel of the stencil has indices (or a neighborhood) of another number of dimensions than the input array")
    return a.shape


def _stencil_input(a, shape, equal: literal):
    """Checks a further array that the kernel indexes relatively: it is at least as large; as large when places outside are taken from within."""
    if not compiler.is_array(a):
        compiler.value_error("a parameter that a stencil kernel subscripts is an array", "name parameters that are not indexed relatively in standard_indexing=")
    if compiler.ndim(a) != len(shape):
        compiler.value_error("Secondary stencil array does not have same number  of dimensions as the first stencil input.")
    for axis, size in enumerate(shape):
        if a.shape[axis] < size:
            raise ValueError("Secondary stencil array has some dimension smaller the same dimension in the first stencil input.")
        if equal and a.shape[axis] > size:
            raise ValueError("Secondary stencil array has another shape than the first stencil input.")


def _stencil_sizes(shape, low: literal, high: literal):
    """The sizes of what is not border."""
    sizes = ()
    for axis, size in enumerate(shape):
        sizes = sizes + (max(size - low[axis] - high[axis], 0),)
    return sizes


def _stencil_edges(size, low: literal, high: literal):
    """Where what is not border begins and ends along an axis; all of a small array is the border before it."""
    start = min(size, low)
    return start, max(start, size - high)


def _stencil_target(out, shape, dtype, *arrays):
    """What the results are written to: `out`, but a new array when `out` may overlap what is read, or its elements lie anywhere."""
    if compiler.is_none(out):
        return np.empty(shape, dtype)
    if not compiler.is_array(out):
        compiler.value_error("out= of a stencil must be an array")
    if compiler.ndim(out) != len(shape):
        compiler.value_error("out= of a stencil must have as many dimensions as the input array")
    if not np.can_cast(dtype, compiler.result_type(out), "same_kind"):
        compiler.value_error("the results of the stencil do not fit the dtype of out= (casting rule 'same_kind')")
    for axis, size in enumerate(shape):
        if out.shape[axis] != size:
            raise ValueError(f"the size of out= along axis {axis} is {out.shape[axis]}, that of the first stencil input is {size}")
    if not compiler.is_aligned(out):
        return np.empty(shape, compiler.result_type(out))
    for a in arrays:
        if np.may_share_memory(out, a):
            return np.empty(shape, compiler.result_type(out))
    return out


def _stencil_result(made, out, low: literal, high: literal, whole: literal):
    """What the call gives: `out` with all that is in `made`, or with all but the border."""
    if compiler.is_none(out):
        return made
    if compiler.address(made) != compiler.address(out):
        if whole:
            out[...] = made
        else:
            sizes = _stencil_sizes(out.shape, low, high)
            compiler.window(out, low, sizes)[...] = compiler.window(made, low, sizes)
    return out


def _stencil_fill(made, out, low: literal, high: literal, cval, always: literal):
    """Fills the border; one of `out` only if the program has given a value for it."""
    if compiler.is_none(out) or always:
        if compiler.is_complex(cval) and not compiler.is_complex(made):
            compiler.value_error("cval type does not match stencil return type.")
        if compiler.is_integer(made) and not compiler.is_complex(cval):
            _stencil_check(made, cval)
        starts = ()
        for axis in compiler.indices(compiler.ndim(made)):
            starts = starts + (0,)
        sizes = made.shape
        for axis in compiler.indices(compiler.ndim(made)):
            if low[axis] > 0 or high[axis] > 0:
                start, stop = _stencil_edges(made.shape[axis], low[axis], high[axis])
                compiler.window(made, starts, _stencil_replaced(sizes, axis, start))[...] = cval
                after = _stencil_replaced(sizes, axis, made.shape[axis] - stop)
                compiler.window(made, _stencil_replaced(starts, axis, stop), after)[...] = cval
                starts = _stencil_replaced(starts, axis, start)
                sizes = _stencil_replaced(sizes, axis, stop - start)


def _stencil_check(made, cval):
    """Raises where NumPy assigns the value to no element of the array."""
    if compiler.is_float(cval):
        if cval != cval:
            raise ValueError("cannot convert float NaN to integer")
        if cval - cval != 0.0:
            raise OverflowError("cannot convert float infinity to integer")
        if not -9223372036854775808.0 <= cval < 9223372036854775808.0:
            raise OverflowError("Python int too large to convert to C long")
    whole = int(cval)
    if compiler.is_unsigned(made):
        if whole < 0 or made.itemsize < 8 and whole >> 8 * made.itemsize != 0:
            raise OverflowError(f"Python integer {whole} out of bounds for {made.dtype}")
    elif made.itemsize < 8 and (whole >> 8 * made.itemsize - 1) != (-1 if whole < 0 else 0):
        raise OverflowError(f"Python integer {whole} out of bounds for {made.dtype}")


def _stencil_replaced(numbers, place: literal, by):
    changed = ()
    for i, number in enumerate(numbers):
        changed = changed + ((by,) if i == place else (number,))
    return changed


def _stencil_place(position, offset, low: literal, high: literal):
    """A place relative to the position, in the neighborhood."""
    if not compiler.is_integer(offset) or compiler.is_array(offset):
        compiler.value_error("the indices of arrays that a stencil kernel indexes relatively are integers and slices")
    if offset < low or offset > high:
        raise IndexError(f"index {offset} is outside of the stencil's neighborhood from {low} to {high}")
    return position + int(offset)


def _stencil_wrap(place, size):
    return place % size


def _stencil_reflect(place, size):
    place = place % (2 * size)
    return place if place < size else 2 * size - 1 - place


def _stencil_nearest(place, size):
    return min(max(place, 0), size - 1)
