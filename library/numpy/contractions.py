"""Sums of products over axes of several arrays."""


def einsum(subscripts: literal, *operands, out=None, dtype: literal = None, order: literal = "K", casting: literal = "safe", optimize: literal = False):
    """Operands are contracted two by two from the left. What needs no sum of products is a view, as in NumPy."""
    if len(operands) == 0:
        raise ValueError("must provide at least an operand and a subscripts list to einsum")
    if order not in ("K", "A", "C"):
        compiler.type_error("einsum() gives arrays in C order: order='F' is not supported", "np.asfortranarray(…) of the result")
    ranks = ()
    arrays = ()
    for x in operands:
        a = _array(x)
        ranks = ranks + (a.ndim,)
        arrays = arrays + (a,)
    parsed = compiler.einsum(subscripts, ranks, out is not None)
    if compiler.is_str(parsed):
        raise ValueError(parsed)
    labels, result, contracted, names, message = parsed
    if out is not None and out.ndim != len(result):
        raise ValueError(f"out parameter does not have the correct number of dimensions, has {out.ndim} but should have {len(result)}")
    kind = compiler.result_type(operands) if dtype is None else compiler.result_type(np.empty(0, dtype))
    terms = ()
    merged = ()
    for i, a in enumerate(arrays):
        if (dtype is not None or casting != "safe") and not _casts(a, kind, casting):
            raise TypeError(
                f"Iterator operand {i} dtype could not be cast from dtype('{a.dtype}') to dtype('{np.empty(0, kind).dtype}') according to the rule '{casting}'"
            )
        terms = terms + (_in_type(_without_repeated(a, labels[i], names, i, len(arrays), len(_first_ones(labels[i])) == len(result)), kind),)
        merged = merged + (_first_ones(labels[i]),)
    if out is None:
        _check_lengths(terms, merged, result + contracted, message)
        return _value(_contract(terms, merged, result))
    _check_lengths(terms + (out,), merged + (result,), result + contracted, message)
    found = _contract(terms, merged, result)
    for i in compiler.indices(len(result)):
        last = len(result) - 1 - i
        if out.shape[last] == 1 and found.shape[last] != 1:
            raise ValueError(f"output operand requires a reduction along dimension {last}, but the reduction is not enabled. The dimension size of 1 does not match the expected output shape.")
    out[...] = found
    return out


def _check_lengths(arrays, labels: literal, order: literal, message: literal):
    """A label stands for as many items in all arrays, or for one. The order is that of NumPy's iterator."""
    fits = True
    for label in order:
        n = 1
        for i, a in enumerate(arrays):
            if label in labels[i]:
                m = a.shape[_place_of(label, labels[i])]
                fits = fits and (m == 1 or n == 1 or m == n)
                n = m if n == 1 else n
    lengths = ()
    for i, a in enumerate(arrays):
        lengths = lengths + a.shape
        for label in order:
            if label in labels[i]:
                lengths = lengths + (a.shape[_place_of(label, labels[i])],)
    compiler.check_lengths(fits, message, lengths)


def _first_ones(labels: literal):
    """The labels without those that stand before."""
    kept = ()
    for label in labels:
        if label not in kept:
            kept = kept + (label,)
    return kept


def _without_repeated(a, labels: literal, names: literal, operand: literal, count: literal, collapsed: literal):
    """A view with one axis for each label: the diagonal for one that is repeated."""
    for i in compiler.indices(len(labels)):
        if labels[i] in labels[:i]:
            first = _place_of(labels[i], labels)
            if a.shape[first] != a.shape[i]:
                name = names[labels[i]]
                if count == 1 and collapsed:
                    raise ValueError(f"dimensions in single operand for collapsing index '{name}' don't match ({a.shape[first]} != {a.shape[i]})")
                raise ValueError(f"dimensions in operand {operand} for collapsing index '{name}' don't match ({a.shape[first]} != {a.shape[i]})")
            return _without_repeated(compiler.diagonal(a, first, i), labels[:i] + labels[i + 1 :], names, operand, count, collapsed)
    return a


def _place_of(item: literal, items: literal):
    if items[0] == item:
        return 0
    return 1 + _place_of(item, items[1:])


def _contract(terms, labels: literal, result: literal):
    if len(terms) == 1:
        return _summed_to(terms[0], labels[0], result)
    rest = result
    for other in labels[2:]:
        rest = rest + other
    wanted = ()
    for label in _first_ones(labels[0] + labels[1]):
        if label in rest:
            wanted = wanted + (label,)
    if len(terms) == 2:
        wanted = result
    both = _product_of_two(terms[0], labels[0], terms[1], labels[1], wanted)
    if len(terms) == 2:
        return both
    return _contract((both,) + terms[2:], (wanted,) + labels[2:], result)


def _summed_to(a, labels: literal, result: literal):
    """The sum over the labels that the result does not have; the axes in the result's order."""
    order = ()
    for label in result:
        order = order + (_place_of(label, labels),)
    for i, label in enumerate(labels):
        if label not in result:
            order = order + (i,)
    view = compiler.permuted(a, order)
    return _sum_of_last(view, len(labels) - len(result))


def _sum_of_last(a, count: literal):
    """The sum over the last axes, in the array's dtype."""
    if count == 0:
        return a
    axes = ()
    for i in compiler.indices(count):
        axes = axes + (a.ndim - count + i,)
    if compiler.is_bool(a):
        return _array(np.any(a, axis=axes))
    return _array(np.sum(a, axis=axes, dtype=compiler.result_type(a)))


def _product_of_two(a, first: literal, b, second: literal, result: literal):
    both = ()
    summed = ()
    left = ()
    right = ()
    for label in result:
        if label in first and label in second:
            both = both + (label,)
        elif label in first:
            left = left + (label,)
        else:
            right = right + (label,)
    for label in first:
        if label in second and label not in result:
            summed = summed + (label,)
    a = _summed_to(a, first, _chosen(first, both + left + summed))
    b = _summed_to(b, second, _chosen(second, both + right + summed))
    first = _chosen(first, both + left + summed)
    second = _chosen(second, both + right + summed)
    if len(summed) == 0 or (len(left) == 0 and len(right) == 0) or compiler.is_bool(a):
        order = result + summed
        x = _spread_over(a, first, order)
        y = _spread_over(b, second, order)
        return _sum_of_last(_array(x & y if compiler.is_bool(a) else x * y), len(summed))
    rows = _matrices_of(a, first, b, second, both, left, summed)
    columns = _matrices_of(b, second, a, first, both, right, summed)
    product = rows @ (columns if columns.ndim == 1 else swapaxes(columns, -1, -2))
    found = both + left + right
    if product.ndim != len(found):
        shape = ()
        for label in found:
            shape = shape + (_length_of(label, a, first, b, second),)
        product = _in_shape(product, shape)
    order = ()
    for label in result:
        order = order + (_place_of(label, found),)
    return compiler.permuted(product, order)


def _chosen(labels: literal, wanted: literal):
    """Those that are wanted, in their order."""
    kept = ()
    for label in labels:
        if label in wanted:
            kept = kept + (label,)
    return kept


def _spread_over(a, labels: literal, order: literal):
    """A view with an axis for each label of the order, of one item where the array has none."""
    places = ()
    for label in order:
        if label in labels:
            places = places + (_place_of(label, labels),)
    view = compiler.permuted(a, places)
    for i, label in enumerate(order):
        if label not in labels:
            view = expand_dims(view, i)
    return view


def _length_of(label: literal, a, first: literal, b, second: literal):
    if label not in first:
        return b.shape[_place_of(label, second)]
    n = a.shape[_place_of(label, first)]
    if label in second:
        if n == 1:
            return b.shape[_place_of(label, second)]
    return n


def _matrices_of(a, labels: literal, b, others: literal, both: literal, own: literal, summed: literal):
    """The array with the axes `both`, one for `own` and one for `summed`; a vector where there is no other axis than one for these."""
    strides = compiler.strides(a)
    shape = ()
    steps = ()
    folded = ()
    rows = 1
    columns = 1
    for label in both + own + summed:
        i = _place_of(label, labels)
        n = _length_of(label, a, labels, b, others)
        shape = shape + (n,)
        steps = steps + (strides[i] if a.shape[i] == n else 0,)
        if label in both:
            folded = folded + (n,)
        elif label in own:
            rows *= n
        else:
            columns *= n
    view = compiler.view(a, compiler.result_type(a), 0, shape, steps, "repeats")
    if len(summed) > 1 or len(own) > 1 or (len(own) == 0 and len(both) > 0):
        return _in_shape(view, folded + ((columns,) if len(own) == 0 and len(both) == 0 else (rows, columns)))
    return view


def _in_shape(a, shape):
    """The elements in C order, a copy where they do not lie so, in a shape that has as many: nothing is checked, unlike by `reshape`."""
    packed = _without_gaps(a)
    step = 1
    steps = ()
    for i in compiler.indices(len(shape)):
        steps = (step,) + steps
        step *= shape[len(shape) - 1 - i]
    return compiler.view(packed, compiler.result_type(a), 0, shape, steps, "packed")


def tensordot(a, b, axes: literal = 2):
    a = _array(a)
    b = _array(b)
    first, second = _contracted_axes(axes, a.ndim)
    fits = len(first) == len(second)
    if fits:
        for i, axis in enumerate(first):
            if axis < -a.ndim or axis >= a.ndim or second[i] < -b.ndim or second[i] >= b.ndim:
                raise IndexError("tuple index out of range")
            fits = fits and a.shape[axis] == b.shape[second[i]]
    if not fits:
        raise ValueError("shape-mismatch for sum")
    left = _other_axes(first, a.ndim)
    right = _other_axes(second, b.ndim)
    shape = ()
    rows = 1
    for axis in left:
        shape = shape + (a.shape[axis],)
        rows *= a.shape[axis]
    columns = 1
    for axis in right:
        shape = shape + (b.shape[axis],)
        columns *= b.shape[axis]
    count = 1
    for axis in first:
        count *= a.shape[axis]
    x = compiler.reshaped(compiler.permuted(a, left + first), (rows, count))
    y = compiler.reshaped(compiler.permuted(b, second + right), (count, columns))
    return compiler.reshaped(x @ y, shape)


def _contracted_axes(axes: literal, ndim: literal):
    """The axes of the first array, and those of the second."""
    if compiler.is_tuple(axes):
        if len(axes) != 2:
            raise ValueError("axes must be an integer or a pair of axes")
        return _as_tuple(axes[0]), _as_tuple(axes[1])
    if not compiler.is_integer(axes):
        compiler.type_error("the axes of tensordot() must be an integer or two of integers or tuples")
    first = ()
    for i in compiler.indices(axes):
        first = first + (i - axes,)
    return first, compiler.indices(axes)


def _as_tuple(x: literal):
    return x if compiler.is_tuple(x) else (x,)


def vecdot(x1, x2, axis: literal = -1):
    a, b = _vector_operands(x1, x2, axis)
    if compiler.is_complex(a):
        a = np.conj(a)
    if compiler.is_bool(a) and compiler.is_bool(b):
        return np.any(a & b, axis=-1)
    return np.sum(a * b, axis=-1, dtype=compiler.result_type(a, b))


def _vector_operands(x1, x2, axis: literal):
    a = _array(x1)
    b = _array(x2)
    for i, x in enumerate((a, b)):
        if x.ndim == 0:
            raise ValueError(f"vecdot: Input operand {i} does not have enough dimensions (has 0, gufunc core with signature (n),(n)->() requires 1)")
    a = compiler.move_axis_last(a, _axis(axis, a.ndim))
    b = compiler.move_axis_last(b, _axis(axis, b.ndim))
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"vecdot: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n),(n)->() (size {b.shape[-1]} is different from {a.shape[-1]})"
        )
    return a, b


def matvec(x1, x2):
    a = _array(x1)
    b = _array(x2)
    if a.ndim < 2:
        raise ValueError(f"matvec: Input operand 0 does not have enough dimensions (has {a.ndim}, gufunc core with signature (m,n),(n)->(m) requires 2)")
    if b.ndim < 1:
        raise ValueError("matvec: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature (m,n),(n)->(m) requires 1)")
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"matvec: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (m,n),(n)->(m) (size {b.shape[-1]} is different from {a.shape[-1]})"
        )
    if b.ndim == 1:
        return a @ b
    return (a @ b[..., np.newaxis])[..., 0]


def vecmat(x1, x2):
    a = _array(x1)
    b = _array(x2)
    if a.ndim < 1:
        raise ValueError("vecmat: Input operand 0 does not have enough dimensions (has 0, gufunc core with signature (n),(n,m)->(m) requires 1)")
    if b.ndim < 2:
        raise ValueError(f"vecmat: Input operand 1 does not have enough dimensions (has {b.ndim}, gufunc core with signature (n),(n,m)->(m) requires 2)")
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(
            f"vecmat: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n),(n,m)->(m) (size {b.shape[-2]} is different from {a.shape[-1]})"
        )
    if compiler.is_complex(a):
        a = np.conj(a)
    if a.ndim == 1:
        return a @ b
    return (a[..., np.newaxis, :] @ b)[..., 0, :]
