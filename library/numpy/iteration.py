"""Iteration over arrays in the order of memory."""


def nditer(op, order: literal = "K"):
    """Of arrays that are not all C-contiguous: over views whose order of indices is that of memory."""
    if order not in ("K", "k"):
        compiler.type_error("nditer runs in the order of memory, or in that of C", 'pass order="C"')
    if not compiler.is_tuple(op):
        return np.nditer(_in_order_of_memory((op,), _array(op).shape)[0], order="C")
    arrays = tuple([_array(a) for a in op])
    np.nditer(arrays, order="C")  # which raises where shapes do not fit
    shape = ()
    for a in arrays:
        shape = _broadcast_shape(shape, a.shape)
    return np.nditer(_in_order_of_memory(arrays, shape), order="C")


def _in_order_of_memory(arrays, shape):
    """The arrays in this shape, with the axes sorted by how far apart their items are, and those that all run backwards turned around."""
    steps = np.zeros((len(arrays), len(shape)), np.int64)
    for i, a in enumerate(arrays):
        own = compiler.strides(a)
        for k in compiler.indices(a.ndim):
            if a.shape[k] != 1:
                steps[i, len(shape) - a.ndim + k] = own[k]
    order = _axes_by_steps(steps)
    sizes = np.empty(len(shape), np.int64)
    for k in compiler.indices(len(shape)):
        sizes[k] = shape[k]
    starts = np.zeros(len(arrays), np.int64)
    for k in range(len(shape)):
        if np.all(steps[:, k] <= 0):
            starts += (sizes[k] - 1) * steps[:, k]
            steps[:, k] *= -1
    views = ()
    for i, a in enumerate(arrays):
        dims = ()
        own = ()
        for k in compiler.indices(len(shape)):
            dims = dims + (sizes[order[k]],)
            own = own + (steps[i, order[k]],)
        views = views + (compiler.view(a, compiler.result_type(a), starts[i], dims, own, "repeats", "readonly"),)
    return views


def _axes_by_steps(steps):
    """The outermost axis first. Where steps do not tell, or arrays disagree, axes stay as they are."""
    n = steps.shape[1]
    order = np.arange(n)
    for i in range(n - 2, -1, -1):
        place = i
        for k in range(i + 1, n):
            told = False
            inside = False
            for j in range(steps.shape[0]):
                x = abs(steps[j, order[i]])
                y = abs(steps[j, order[k]])
                if x != 0 and y != 0:
                    inside = x < y and (inside or not told)
                    told = True
            if told and not inside:
                break
            if told:
                place = k
        axis = order[i]
        order[i:place] = order[i + 1 : place + 1].copy()
        order[place] = axis
    return order
