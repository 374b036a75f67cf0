"""The cases of functions of whole arrays and methods of arrays: reductions, sorting, sets, shapes, joining, indexing, changes in place."""

from numpy_cases import ZEROS, Array, Comparison, Number, Overlap, Places, case
from numpy_cases_elementwise import COMPLEX

#: Means are NumPy's sums, in another order, and divided; squares of distances to them have twice the error.
MEAN = Comparison(8, scale=True)
SPREAD = Comparison(32, scale=True)
#: Interpolation between two neighbours, which NumPy computes from the nearer end.
BETWEEN = Comparison(4, scale=True)

_cases = {}
SUMS = {"a": Array(values="sums")}
FINITE = {"a": Array(values="finite"), "v": Array("n", values="finite"), "w": Array("n", values="finite"), "u": Array("p", values="finite")}


def add(names, *calls, **more):
    for name in names.split():
        place, _, member = name.rpartition(".")
        for text in calls:
            _cases.setdefault(name if place else f"numpy.{name}", []).append(case(text.replace("F(", f"{member}("), **more))


# Reductions

add("all any", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, axis=AXES, keepdims=True) ; np.F(a, where=t) ; np.F(a, axis=AXIS, out=o)", refuses=(ValueError,), o=Array("*", "b", writable=True))
add("sum prod", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXES, keepdims={True|False}) ; np.F(a, axis=AXIS, where=t) ; np.F(a, initial=2) ; np.F(a, dtype={np.float64|np.complex128})", compare=COMPLEX, **SUMS)
add("max min amax amin", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXES, keepdims={True|False}) ; np.F(a, initial=2) ; np.F(a, AXIS, initial=3, where=t)", compare=ZEROS)
add("mean", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXES, keepdims={True|False}) ; np.F(a, where=t) ; np.F(a, dtype=np.float64)", compare=MEAN, kinds="biuf", **SUMS)
add("mean", "np.F(a) ; np.F(a, axis=AXIS)", compare=MEAN, kinds="c", **SUMS)
add("std var", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXES, ddof=1) ; np.F(a, keepdims=True) ; np.F(a, AXIS, where=t)", compare=SPREAD, **FINITE)
add("argmax argmin", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, axis=AXIS, keepdims={True|False})")
add("ptp", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXIS, keepdims=True)", compare=ZEROS, refuses=(ValueError,))
add("count_nonzero", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXES, keepdims={True|False})")
add("nansum nanprod", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXES, keepdims={True|False})", compare=COMPLEX, **SUMS)
add("nanmax nanmin", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXIS, keepdims={True|False})", compare=ZEROS, kinds="biuf")
add("nanargmax nanargmin", "np.F(a) ; np.F(a, axis=AXIS)", kinds="biuf")
add("nanmean", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXES, keepdims={True|False})", compare=MEAN, **SUMS)
add("nanstd nanvar", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXES, ddof=1)", compare=SPREAD, a=Array(values="finite"))
# No complex number becomes a real one by itself: see docs/semantics.md.
add("cumsum cumprod", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXIS, dtype=np.complex128)", compare=COMPLEX, **SUMS)
add("nancumsum nancumprod", "np.F(a) ; np.F(a, axis=AXIS)", compare=COMPLEX, **SUMS)
add("cumulative_sum cumulative_prod", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, axis=AXIS, include_initial=True)", compare=COMPLEX, refuses=(ValueError,), **SUMS)
add("average", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, weights=e) ; np.F(a, AXIS, e, returned=True)", compare=SPREAD, kinds="biufc", a=Array(values="finite"), e=Array("=a", values="positive"))
add("median nanmedian", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXIS, keepdims={True|False})", kinds="iuf", compare=BETWEEN, **SUMS)
LEVELS = {"q": Number((0, 50, 100, 12.5, 99.9, -1.0)), "p": Number((0.0, 0.5, 1.0, 0.125, 0.999, 1.5)), "levels": Array("p", "-d", values="unit"), **SUMS}
DISCRETE = "np.F(a, 0.4, method={'higher'|'inverted_cdf'|'lower'|'nearest'})"
add("percentile nanpercentile", "np.F(a, q) ; np.F(a, q, axis=AXIS) ; np.F(a, 30, AXIS, keepdims=True) ; np.F(a, 40.0, method={'midpoint'|'hazen'|'weibull'})", kinds="iuf", compare=BETWEEN, **LEVELS)
add("quantile nanquantile", "np.F(a, p) ; np.F(a, p, axis=AXIS) ; np.F(a, 0.3, AXIS, keepdims=True) ; np.F(a, 0.4, method='median_unbiased')", kinds="iuf", compare=BETWEEN, **LEVELS)
add("percentile quantile", f"{DISCRETE} ; np.F(a, levels)", kinds="iuf", compare=BETWEEN, **LEVELS)
# Of an empty array NumPy's is a NaN, whatever the dtype and however many levels there are.
add("nanpercentile nanquantile", f"{DISCRETE} ; np.F(v, levels)", kinds="iuf", compare=BETWEEN, **{**LEVELS, "a": Array("9", values="sums"), "v": Array("9", values="sums")})
add("trapezoid", "np.F(a, axis=AXIS) ; np.F(a, dx=0.5, axis=AXIS) ; np.F(v, w)", compare=SPREAD, **FINITE)
add("apply_over_axes", "np.F(np.{sum|max}, a, AXES)", compare=COMPLEX, **SUMS)
add("apply_along_axis", "np.F(np.{sum|max|sort|cumsum}, AXIS, a)", compare=COMPLEX, kinds="biuf", **SUMS)
add("diff", "np.F(a, axis=AXIS) ; np.F(a, {0|1|2|3}, AXIS) ; np.F(v, prepend=w) ; np.F(v, 1, append=u)", compare=ZEROS, w=Array("p", "=v"), u=Array("q", "=v"))
add("ediff1d", "np.F(a) ; np.F(a, u) ; np.F(a, to_begin=u)", compare=ZEROS, u=Array("p", "=a"))
add("gradient", "np.F(a, axis=AXIS) ; np.F(v) ; np.F(v, 0.5) ; np.F(v, edge_order=2)", compare=SPREAD, refuses=(ValueError,), **FINITE)

# Sorting, searching and sets

add("sort", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, axis=None) ; np.F(a, AXIS, kind='stable')", compare=ZEROS, ranks=(1, 3))
add("argsort", "np.F(a, axis=AXIS, kind='stable') ; np.F(a, axis=None, stable=True)", ranks=(1, 3))
add("lexsort", "np.F((v, w)) ; np.F((v, w, v)) ; np.F(m)")
add("partition", "np.sort(np.F(a, k, axis=None)) ; np.F(v, k)[k]", compare=ZEROS, ranks=(1, 3))
add("argpartition", "v[np.F(v, k)[k]]", compare=ZEROS)
add("sort_complex", "np.F(a) ; np.F(v)", compare=ZEROS, ranks=(1, 2))
add("searchsorted", "np.F(v, a) ; np.F(v, a, side={'left'|'right'}) ; np.F(v, x) ; np.F(w, u, sorter=np.argsort(w, kind='stable'))", v=Array("n", ordered=True), a=Array("*", "=v"), u=Array("p", "=w"))
add("digitize", "np.F(a, v) ; np.F(a, v, right=True) ; np.F(a, v[::-1])", kinds="biuf", v=Array("n", "biuf", "finite", ordered=True))
add("bincount", "np.F(i) ; np.F(i, minlength=n)", i=Array("n", "iu", "finite"))
# Of nothing with weights NumPy's has integers.
add("bincount", "np.F(i, w)", i=Array("9", "iu", "finite"), w=Array("9", "biuf", "sums"))
add("histogram histogram_bin_edges", "np.F(a) ; np.F(a, {1|3|7}) ; np.F(a, 4, (-2.0, 3.0)) ; np.F(a, v) ; np.F(a, 'sqrt')", kinds="biuf", compare=BETWEEN, a=Array(values="finite"), v=Array("n", "biuf", "finite", ordered=True))
add("histogram", "np.F(a, 3, weights=e) ; np.F(a, 3, density=True)", kinds="biuf", compare=BETWEEN, a=Array(values="finite"), e=Array("=a", values="finite"))
# Of nothing NumPy's edges are float64, whatever the dtype.
NINE = {name: Array("9", values="finite") for name in "vw"}
add("histogram2d", "np.F(v, w) ; np.F(v, w, 3) ; np.F(v, w, (2, 4)) ; np.F(v, w, 3, ((-1.0, 2.0), (0.0, 3.0)))", kinds="biuf", compare=BETWEEN, **NINE)
add("histogramdd", "np.F((v, w), 3) ; np.F((v, w, v), (1, 2, 3))", kinds="biuf", compare=BETWEEN, **NINE)
add("unique", "np.F(a) ; np.F(a, return_index=True, return_counts=True) ; np.F(v, return_inverse=True) ; np.F(a, equal_nan=False)", compare=ZEROS)
# NaNs are different from each other there, in no certain order.
add("unique_all unique_counts unique_inverse", "np.F(a)", compare=ZEROS, a=Array(values="finite"))
add("unique_values", "np.sort(np.F(a))", compare=ZEROS)
add("union1d setxor1d setdiff1d", "np.F(a, b) ; np.F(v, u)", compare=ZEROS, b=Array("~a", "=a"))
add("intersect1d", "np.F(a, b) ; np.F(v, u) ; np.F(v, u, return_indices=True)", compare=ZEROS)
add("isin", "np.F(a, b) ; np.F(a, v) ; np.F(a, v, invert=True)")
add("argwhere flatnonzero", "np.F(a)", refuses=(ValueError,))
add("nonzero", "np.F(a)")
add("extract", "np.F(t, a) ; np.F(a > e, a)", ranks=(1, 3))
add("interp", "np.F(a, v, w) ; np.F(x, v, w) ; np.F(a, v, w, left=1.5, right=-1) ; np.F(a, np.arange(float(w.size)), w, period=50)", kinds="biuf", compare=SPREAD, v=Array("n", "biuf", "finite", ordered=True), w=Array("n", values="finite"))

# Shapes

add("reshape", "np.F(a, -1) ; np.F(a, (1, -1)) ; np.F(a, (n, 2)) ; np.F(a, a.shape[::-1]) ; np.F(a, -1, order={'C'|'F'|'A'})")
# For "A" and "K" the order must be known: see docs/semantics.md.
add("ravel", "np.F(a) ; np.F(a, order={'C'|'F'})")
add("transpose permute_dims", "np.F(a) ; np.F(a, (1, 0))", refuses=(ValueError,))
add("matrix_transpose", "np.F(a)", ranks=(2, 3))
add("swapaxes rollaxis", "np.F(a, AXIS, 0) ; np.F(a, 0, AXIS)")
add("moveaxis", "np.F(a, AXIS, 0) ; np.F(a, 0, AXIS)")
add("expand_dims", "np.F(a, {0|-1}) ; np.F(a, (0, -1)) ; np.F(a, AXIS)")
add("squeeze", "np.F(g, 0) ; np.F(g[:1], 0) ; np.F(g[:, :1], axis=1)", refuses=(ValueError,))
add("atleast_1d atleast_2d atleast_3d", "np.F(a) ; np.F(x) ; np.F(a, v)")
add("flip", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXES)")
add("fliplr", "np.F(a)", ranks=(2, 3))
add("flipud", "np.F(a)", ranks=(1, 3))
add("rot90", "np.F(a) ; np.F(a, k) ; np.F(a, {0|1|2|3|-1}, (1, 0))", ranks=(2, 3))
add("roll", "np.F(a, k) ; np.F(a, k, axis=AXIS) ; np.F(a, (1, 2), (0, 0))", ranks=(1, 3))
add("tile", "np.F(a, n) ; np.F(a, (2, 1)) ; np.F(a, (n, 2))")
add("repeat", "np.F(a, n) ; np.F(a, 2, axis=AXIS) ; np.F(v, i)", i=Array("n", "i", "positive"))
add("resize", "np.F(a, n) ; np.F(a, (2, n))")
add("broadcast_to", "np.F(a, (2,) + a.shape) ; np.F(a, e.shape) ; np.F(v, (n, 3))")
add("broadcast_arrays", "np.F(a, b) ; np.F(a, b, v)")
add("shape ndim size", "np.F(a) ; np.F(x)")
add("size", "np.F(a, AXIS)")
# Other views of unaligned arrays are refused.
add("diagonal", "np.F(a) ; np.F(a, {0|1|-1|5}) ; np.F(a, 0, 1, 0)", ranks=(2, 3), a=Array(writable=True))
add("trace", "np.F(a) ; np.F(a, {0|1|-1|5}) ; np.F(a, 0, 1, 0)", ranks=(2, 3), a=Array(values="sums", writable=True))
add("diag", "np.F(v) ; np.F(v, k) ; np.F(m) ; np.F(m, k)")
add("diagflat", "np.F(a) ; np.F(a, k)")
add("tril triu", "np.F(a) ; np.F(a, k)", ranks=(1, 3))
add("pad", "np.F(a, {0|1|2}) ; np.F(a, 1, mode={'edge'|'wrap'|'reflect'|'symmetric'}) ; np.F(v, (1, 2), constant_values=1) ; np.F(a, 2, {'maximum'|'minimum'|'constant'})")
add("trim_zeros", "np.F(v) ; np.F(v, {'f'|'b'|'fb'})")
add("ix_", "np.F(v, w) ; np.F(i, t)", kinds="biu", i=Array("p", "i"), t=Array("q", "b"))

# Joining and splitting

add("concatenate concat", "np.F((a, e), axis=AXIS) ; np.F((a, b), axis=None) ; np.F((v, u)) ; np.F((v, w, u), 0)")
add("stack", "np.F((a, e)) ; np.F((a, e), axis={0|-1}) ; np.F((v, u))", refuses=())
add("vstack row_stack hstack dstack column_stack", "np.F((a, e)) ; np.F((v, w)) ; np.F((v, w), dtype=np.complex128)")
add("block", "np.F([v, u]) ; np.F([[m, m], [m, m]])")
add("append", "np.F(a, b) ; np.F(a, e, axis=AXIS) ; np.F(v, k)")
add("split array_split", "np.F(a, {1|2|3}, axis=AXIS) ; np.F(v, (1, 2)) ; np.F(v, (-1,))")
add("vsplit", "np.F(a, {1|2}) ; np.F(a, (1,))", ranks=(2, 3))
add("hsplit", "np.F(a, {1|2}) ; np.F(a, (1,))", ranks=(1, 3))
add("dsplit", "np.F(a, {1|2}) ; np.F(a, (1,))", ranks=(3, 3))
add("delete", "np.F(a, k) ; np.F(a, k, axis=AXIS) ; np.F(v, i) ; np.F(v, t) ; np.F(a, slice(1, None), AXIS)", i=Places("q", "i", of="v"), t=Array("=v", "b"))
add("insert", "np.F(a, k, 2) ; np.F(v, i, x) ; np.F(v, k, w) ; np.F(a, 0, 300, AXIS) ; np.F(v, i, y)", i=Places("q", "i", of="v"), w=Array("n", "=v"), y=Array("q", "=v"))

# Places

add("take", "np.F(a, i) ; np.F(a, i, mode={'wrap'|'clip'}) ; np.F(a, k) ; np.F(a, j, axis=0)", j=Places("q", "i", of="a", axis=0), ranks=(1, 3))
add("take_along_axis", "np.F(a, np.argsort(a, AXIS, kind='stable'), AXIS) ; np.F(v, i, 0)", i=Places("q", "i", of="v"))
# What a number is where it does not fit: see "Stores convert" in docs/semantics.md.
FITTING = Number((1, 0, 2, 100))
add("put_along_axis", "np.F(o, i, k, 0)", k=FITTING, o=Array("n", writable=True), i=Places("q", "i", of="o"))
add("put", "np.F(o, i, v) ; np.F(o, i, k) ; np.F(o, i, v, mode={'wrap'|'clip'})", k=FITTING, o=Array("*", writable=True), i=Places("q", "i", of="o"), v=Array("n", "=o"))
add("putmask place", "np.F(o, t, v) ; np.F(o, o > 1, v)", ranks=(1, 3), o=Array("*", writable=True), t=Array("=o", "b"), v=Array("n", "=o"))
add("copyto", "np.F(o, b) ; np.F(o, k) ; np.F(o, b, where=t) ; np.F(o, y)", k=FITTING, o=Array("*", writable=True), b=Array("~o"), t=Array("~o", "b"), y=Overlap("o"))
add("fill_diagonal", "np.F(o, k) ; np.F(o, k, wrap=True) ; np.F(o, v)", o=Array("n k", writable=True), v=Array("p", "=o"))
add("compress", "np.F(t, a) ; np.F(t, a, axis=AXIS)", t=Array("n", "b"))
add("ravel_multi_index", "np.F((i, j), (3, 4)) ; np.F((i, j), (3, 4), mode={'wrap'|'clip'})", i=Array("n", "i", "finite"), j=Array("n", "i", "finite"))
add("unravel_index", "np.F(i, (3, 4)) ; np.F(i, (3, 4), order='F')", i=Array("n", "iu", "finite"))
add("packbits", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(a, AXIS, bitorder='little')", kinds="b-B")
# Bits beyond an empty array are memory that nobody wrote to in NumPy.
add("unpackbits", "np.F(a) ; np.F(a, axis=AXIS) ; np.F(v, count={3|-2|20})", kinds="-B", v=Array("3"))

# Contractions

add("dot inner", "np.F(a, x) ; np.F(v, w) ; np.F(v, u)", compare=MEAN, **FINITE)
add("dot matmul", "np.F(m, r) ; np.F(m, v) ; np.F(w, m)", compare=MEAN, m=Array("n k", values="finite"), r=Array("k p", values="finite"), v=Array("k", values="finite"), w=Array("n", values="finite"))
add("matmul", "np.F(g, h)", compare=MEAN, g=Array("* n k", values="finite"), h=Array("* k p", values="finite"))
add("vdot", "np.F(v, w) ; np.F(v, u) ; np.F(a, e)", compare=MEAN, e=Array("=a", values="finite"), **FINITE)
add("vecdot", "np.F(v, w) ; np.F(a, e)", compare=MEAN, ranks=(1, 3), e=Array("=a", values="finite"), **FINITE)
add("matvec", "np.F(g, v)", compare=MEAN, g=Array("* n k", values="finite"), v=Array("k", values="finite"))
add("vecmat", "np.F(v, g)", compare=MEAN, g=Array("* n k", values="finite"), v=Array("n", values="finite"))
add("outer", "np.F(a, v) ; np.F(v, u)", compare=COMPLEX)
add("kron", "np.F(v, u) ; np.F(m, r)", compare=COMPLEX, m=Array("n k", values="finite"), r=Array("k p", values="finite"), **FINITE)
add("tensordot", "np.F(m, r, 1) ; np.F(m, m, 2) ; np.F(v, u, 0) ; np.F(m, r, ((1,), (0,)))", compare=MEAN, m=Array("n k", values="finite"), r=Array("k p", values="finite"), **FINITE)
add("einsum", "np.F('ij,jk->ik', m, r) ; np.F('ij->ji', m) ; np.F('ii', s) ; np.F('ij->', m) ; np.F('i,j->ij', v, u) ; np.F('...i->...', g)", compare=MEAN, **{n: Array(d, values="finite") for n, d in {"m": "n k", "r": "k p", "s": "n n", "g": "* n n"}.items()}, **FINITE)
add("cross", "np.F(g, h)", compare=SPREAD, ranks=(1, 2), g=Array("* 3", values="finite"), h=Array("* 3", values="finite"))
add("convolve correlate", "np.F(v, u) ; np.F(v, u, {'full'|'same'|'valid'})", compare=MEAN, **FINITE)
# Of one variable in two axes NumPy's result has no axes: see docs/semantics.md.
add("cov corrcoef", "np.F(m) ; np.F(v) ; np.F(r, rowvar=False) ; np.F(v, w)", compare=Comparison(256, scale=True), m=Array("3 k", values="finite"), r=Array("n 2", values="finite"), **FINITE)

# Methods

add("array.all array.any array.argmax array.argmin", "a.F() ; a.F(axis=AXIS)")
add("array.max array.min", "a.F() ; a.F(AXIS) ; a.F(axis=AXIS, keepdims=True)", compare=ZEROS)
add("array.sum array.prod array.cumsum array.cumprod", "a.F() ; a.F(axis=AXIS) ; a.F(AXIS, dtype=np.complex128)", compare=COMPLEX, **SUMS)
add("array.mean", "a.F() ; a.F(AXIS)", compare=MEAN, **SUMS)
add("array.std array.var", "a.F() ; a.F(AXIS, ddof=1)", compare=SPREAD, **FINITE)
add("array.sort", "o.F() ; o.F(0)", compare=ZEROS, o=Array("*", writable=True, ranks=(1, 3)))
add("array.argsort", "a.F(AXIS, kind='stable')")
add("array.partition", "o.F(k) then o.sort()", compare=ZEROS, o=Array("n", writable=True))
add("array.argpartition", "v[v.F(k)[k]]", compare=ZEROS)
add("array.searchsorted", "v.F(a) ; v.F(a, side='right')", v=Array("n", ordered=True), a=Array("*", "=v"))
add("array.nonzero array.flatten array.ravel array.conj array.conjugate array.transpose array.copy", "a.F()")
add("array.flatten array.ravel array.copy", "a.F(order={'C'|'F'})")
add("array.astype", "a.F({np.int8|np.int64|np.float32|np.float64|np.complex64|np.bool_|np.uint16})", kinds="biuf", a=Array(values="finite"))
add("array.choose", "i.F((a, b)) ; i.F((a, b), mode='wrap')", i=Array("~a", "i", "unit"))
add("array.clip", "a.F(b, c) ; a.F(1, 3)", compare=ZEROS, kinds="biuf", b=Array("~a", "=a"), c=Array("~a", "=a"))
add("array.compress", "a.F(t) ; a.F(t, axis=AXIS)", t=Array("n", "b"))
add("array.diagonal array.trace", "a.F() ; a.F({1|-1})", ranks=(2, 3), a=Array(values="sums", writable=True))
add("array.dot", "m.F(r) ; v.F(w) ; a.F(x)", compare=MEAN, m=Array("n k", values="finite"), r=Array("k p", values="finite"), **FINITE)
add("array.fill", "o.F(k)", o=Array("*", writable=True), k=Number((1, 0, 2, 100)))
add("array.item", "a.F() ; a.F(k) ; m.F(k, 0)")
add("array.put", "o.F(i, v) ; o.F(i, k, mode='wrap')", k=FITTING, o=Array("*", writable=True), i=Places("q", "i", of="o"), v=Array("n", "=o"))
add("array.repeat", "a.F(n) ; a.F(2, AXIS)")
add("array.reshape", "a.F(-1) ; a.F(n, 2) ; a.F((1, -1)) ; a.F(-1, order='F')")
add("array.round", "a.F() ; a.F(1)", kinds="iufc")
add("array.round", "a.F()", kinds="b")
add("array.squeeze", "g[:1].F(0)")
add("array.swapaxes", "a.F(0, AXIS)")
add("array.take", "a.F(i) ; a.F(k) ; a.F(i, mode='clip')")
add("array.view", "a.F() ; v.F(v.dtype)", v=Array("n", writable=True))
CASES = _cases
