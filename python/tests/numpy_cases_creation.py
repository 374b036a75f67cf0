"""The cases of functions that make arrays, of questions about types, and of views."""

from numpy_cases import EXACT, Array, Comparison, Number, case

#: Points of a range: NumPy multiplies and adds in loops of its own.
POINTS = Comparison(4, scale=True)
LIBM = Comparison(8)

_cases = {}


def add(names, text, place="numpy", **more):
    for name in names.split():
        _cases.setdefault(f"{place}.{name}", []).append(case(text.replace("F(", f"{name}("), **more))


REAL = Number((0.5, 0.0, 2.5, -1.0, 10.0, 3))
COUNT = {"n": Number((3, 0, 1, 2, 7, -1)), "p": Number((2, 0, 1, 4, -1))}
DTYPE = "{np.float64|np.int8|np.uint16|np.complex64|np.bool_|np.int64}"

add("zeros ones", f"np.F(n) ; np.F((n, p)) ; np.F((n, 2, p), {DTYPE}) ; np.F((n, 3), order='F')", **COUNT)
add("full", f"np.F(n, x) ; np.F((n, p), k) ; np.F((n, p), k, {DTYPE}) ; np.F((n, 3), k, order='F')", k=Number((1, 0, 2, 5)), **COUNT)
add("zeros_like ones_like", f"np.F(a) ; np.F(a, {DTYPE}) ; np.F(a, order={{'C'|'F'|'A'|'K'}}) ; np.F(a, order={{'C'|'F'|'A'|'K'}}).flags.f_contiguous ; np.F(a, shape=(n, 2))", n=Number((3, 0, 1)))
add("full_like", f"np.F(a, k) ; np.F(a, k, {DTYPE}) ; np.F(a, 2, order='F').flags.f_contiguous ; np.F(a, k, shape=(n, 2))", k=Number((1, 0, 2, 100)), n=Number((3, 0, 1)))
add("eye", "np.F(n) ; np.F(n, p) ; np.F(n, p, k) ; np.F(n, k=k, dtype=np.int8) ; np.F(n, order='F').flags.f_contiguous", **COUNT)
add("identity", "np.F(n) ; np.F(n, np.int16)", **COUNT)
add("tri", "np.F(n) ; np.F(n, p) ; np.F(n, p, k) ; np.F(n, k=k, dtype=np.uint8)", **COUNT)
add("arange", "np.F(n) ; np.F(x) ; np.F(k, n) ; np.F(x, y, 0.25) ; np.F(k, n, 2) ; np.F(n, dtype=np.float32) ; np.F(n, k, -1)", compare=POINTS, y=REAL, **COUNT)
add("linspace", "np.F(x, y, n) ; np.F(x, y, n, endpoint=False) ; np.F(v, w, n) ; np.F(x, y, n, dtype=np.int64) ; np.F(x, y, 5, retstep=True)", compare=POINTS, kinds="biuf", y=REAL, n=Number((3, 0, 1, 2, 7)), v=Array("n", values="finite"), w=Array("n", values="finite"))
add("logspace", "np.F(x, y, n) ; np.F(x, y, n, base=2.0) ; np.F(x, y, n, False)", compare=LIBM, x=REAL, y=REAL, n=Number((3, 0, 1, 2)))
add("geomspace", "np.F(x, y, n) ; np.F(x, y, n, endpoint=False)", compare=LIBM, x=Number((0.5, 1.0, -2.0, 8)), y=Number((0.5, 1.0, -3.0, 1000)), n=Number((3, 0, 1, 2)))
add("array", f"np.F(a) ; np.F(a, {DTYPE}) ; np.F([v, w]) ; np.F([[x, 1.5], [2, 3]]) ; np.F([]) ; np.F(a, ndmin=2) ; np.F(x)", a=Array(values="finite", kinds="biuf"))
add("asarray asanyarray", "np.F(a) ; np.F(a, np.float64) ; np.F([v, w]) ; np.F(x) ; np.F(a, order='F')", a=Array(values="finite", kinds="biuf"))
add("asarray_chkfinite", "np.F(a)")
add("ascontiguousarray asfortranarray", "np.F(a) ; np.F(a).flags.c_contiguous ; np.F(a).flags.f_contiguous ; np.F(x)")
add("copy", "np.F(a) ; np.F(a, order={'C'|'F'|'A'|'K'}).flags.f_contiguous ; np.F(a, order={'C'|'F'})", ranks=(0, 2))
add("require", "np.F(a) ; np.F(a, requirements={'C'|'F'|'A'|'W'})")
add("astype", f"np.F(a, {DTYPE})", kinds="biuf", a=Array(values="positive"))
add("frombuffer", "np.F(v, v.dtype) ; np.F(v, np.uint8) ; np.F(v, np.uint8, n, 1)", v=Array("n", writable=True))
add("fromfunction", "np.F(np.add, (n, p)) ; np.F(np.negative, (n,), dtype=np.int64)", n=Number((3, 0, 1)), p=Number((2, 0, 1)))
add("indices", "np.F((n, p)) ; np.F((n,), np.int32) ; np.F((n, p), sparse=True)", n=Number((3, 0, 1)), p=Number((2, 0, 1)))
add("meshgrid", "np.F(v, u) ; np.F(v, u, indexing='ij') ; np.F(v, u, sparse=True) ; np.F(v)")
add("diag_indices", "np.F(n) ; np.F(n, 3)", n=Number((3, 0, 1)))
add("diag_indices_from", "np.F(s)", s=Array("n n"))
add("tril_indices triu_indices", "np.F(n) ; np.F(n, k) ; np.F(n, k, p)", n=Number((3, 0, 1)), p=Number((2, 0, 1)))
add("tril_indices_from triu_indices_from", "np.F(m) ; np.F(m, k)")
add("vander", "np.F(v) ; np.F(v, n) ; np.F(v, 3, increasing=True)", compare=Comparison(8), n=Number((3, 0, 1)), v=Array("n", values="finite"))
add("bartlett blackman hamming hanning", "np.F(n)", compare=Comparison(16, scale=True), n=Number((3, 0, 1, 2, 12, -1)))
add("kaiser", "np.F(n, x)", compare=Comparison(32, scale=True), n=Number((3, 0, 1, 2, 12)), x=Number((0.5, 2.5, 14.0, 0)))
add("broadcast_shapes", "np.F((n, 1), (p,)) ; np.F(a.shape, b.shape)", **COUNT)
add("can_cast", "np.F(a.dtype, np.float32) ; np.F(a.dtype, e.dtype, {'no'|'safe'|'same_kind'|'unsafe'})", compare=EXACT)
add("promote_types result_type", "np.empty(0, np.F(a.dtype, e.dtype))")
add("result_type", "np.empty(0, np.F(a, e)) ; np.empty(0, np.F(a, 2.5))")
add("isfortran", "np.F(a)", ranks=(0, 3))
add("may_share_memory shares_memory", "np.F(a, e) ; np.F(a, a) ; np.F(a, a[::-1]) ; np.F(v[:1], v[1:])", ranks=(1, 2))
add("as_strided", "np.lib.stride_tricks.F(v, (v.size // 2, 2), v.strides * 2) ; np.lib.stride_tricks.F(v, v.shape, v.strides)", "numpy.lib.stride_tricks")
add("sliding_window_view", "np.lib.stride_tricks.F(v, {1|2|3}) ; np.lib.stride_tricks.F(a, 2, axis=AXIS) ; np.lib.stride_tricks.F(m, (2, 1))", "numpy.lib.stride_tricks")
CASES = _cases
