"""The cases of numpy.linalg, numpy.fft and polynomials: results depend on the order of operations, and are compared in units of the largest number there."""

from numpy_cases import Array, Comparison, Number, case

#: Products of a few small numbers.
PRODUCT = Comparison(16, scale=True)
#: Factorizations of small matrices that are far from singular. See "np.linalg computes float32 in that precision" in docs/semantics.md.
FACTORS = Comparison(4096, scale=True)
#: Sums of n terms, in another order: log2(n) roundings, for the largest n that there is.
TRANSFORM = Comparison(256, scale=True)

_cases = {}


def add(place, names, text, compare, kinds="biufc", **more):
    for name in names.split():
        call = "np.F(" if place == "numpy" else f"{place.replace('numpy', 'np')}.F("
        _cases.setdefault(f"{place}.{name}", []).append(case(text.replace("F(", call.replace("F", name)), kinds, compare=compare, **more))


def arrays(**shapes):
    return {name: Array(shape, values="finite") for name, shape in shapes.items()}


# Far from singular: 9 is added to the diagonal. `h` is symmetric too, and positive definite.
REGULAR = "g + 9 * np.eye(g.shape[-1])"
HERMITIAN = "(s + np.conj(s.T)) * 0.25 + 20 * np.eye(s.shape[0])"
MATRICES = arrays(g="* n n", s="n n", m="n k", v="n", w="n", u="p", b="n k")

add("numpy.linalg", "det inv slogdet", f"F({REGULAR})", FACTORS, **MATRICES)
add("numpy.linalg", "cond", f"F({REGULAR}) ; F({REGULAR}, {{1|2|-2|np.inf|'fro'}})", FACTORS, "iufc", **MATRICES)
add("numpy.linalg", "solve", "F(s + 9 * np.eye(s.shape[0]), v) ; F(s + 9 * np.eye(s.shape[0]), b)", FACTORS, **MATRICES)
add("numpy.linalg", "pinv", f"F({REGULAR})", FACTORS, "iuf", **MATRICES)
add("numpy.linalg", "matrix_rank", f"F(m) ; F({REGULAR})", FACTORS, "iufc", **MATRICES)
add("numpy.linalg", "lstsq", "F(s + 9 * np.eye(s.shape[0]), v, rcond=None)", FACTORS, "iufc", **MATRICES)
add("numpy.linalg", "cholesky eigvalsh", f"F({HERMITIAN})", FACTORS, **MATRICES)
add("numpy.linalg", "eigh", f"F({HERMITIAN})[0]", FACTORS, **MATRICES)
add("numpy.linalg", "eigvals", f"np.sort_complex(F({HERMITIAN}).astype(np.complex128))", FACTORS, "iufc", **MATRICES)
add("numpy.linalg", "eig", f"np.sort_complex(F({HERMITIAN})[0].astype(np.complex128))", FACTORS, "iufc", **MATRICES)
add("numpy.linalg", "svdvals", f"F(m) ; F({REGULAR})", FACTORS, "iufc", **MATRICES)
add("numpy.linalg", "svd", "F(m, compute_uv=False) ; F(m)[1] ; F(m, False)[1]", FACTORS, "iufc", **MATRICES)
add("numpy.linalg", "qr", f"F(m, mode='r') ; F({REGULAR})", FACTORS, "iufc", **MATRICES)
add("numpy.linalg", "matrix_power", "F(g, n) ; F(g, {0|1|2|3})", PRODUCT, n=Number((2, 0, 1, 3)), **MATRICES)
add("numpy.linalg", "multi_dot", "F((m, r)) ; F((v, m, r))", PRODUCT, **arrays(m="n k", r="k p", v="n"))
add("numpy.linalg", "norm", "F(a) ; F(v, {0|1|2|np.inf|-np.inf|3}) ; F(m, {1|-1|np.inf|-np.inf|'fro'}) ; F(a, axis=AXIS) ; F(a, axis=AXIS, keepdims=True)", PRODUCT, a=Array(values="finite"), **MATRICES)
add("numpy.linalg", "norm", "F(m, {2|-2|'nuc'})", FACTORS, "iufc", **MATRICES)
add("numpy.linalg", "vector_norm", "F(a) ; F(a, axis=AXIS) ; F(a, ord={0|1|3|np.inf}) ; F(a, axis=AXIS, keepdims=True)", PRODUCT, a=Array(values="finite"))
add("numpy.linalg", "matrix_norm", "F(g) ; F(g, ord={1|-1|np.inf}) ; F(g, keepdims=True)", PRODUCT, **MATRICES)
add("numpy.linalg", "cross", "F(g, h)", PRODUCT, g=Array("* 3", values="finite"), h=Array("* 3", values="finite"))
add("numpy.linalg", "diagonal trace", "F(g) ; F(g, offset={1|-1})", PRODUCT, g=Array("* n n", values="finite", writable=True))
add("numpy.linalg", "matrix_transpose", "F(g)", PRODUCT, **MATRICES)
add("numpy.linalg", "matmul", "F(g, h)", PRODUCT, **arrays(g="* n k", h="* k p"))
add("numpy.linalg", "outer", "F(v, u) ; F(m, v)", PRODUCT, **MATRICES)
add("numpy.linalg", "tensordot", "F(m, r, axes=1) ; F(m, m, axes=2)", PRODUCT, **arrays(m="n k", r="k p"))
add("numpy.linalg", "vecdot", "F(v, w) ; F(v, u) ; F(m, b)", PRODUCT, **MATRICES)
add("numpy.linalg", "tensorsolve", "F(s + 9 * np.eye(s.shape[0]), v)", FACTORS, **MATRICES)
add("numpy.linalg", "tensorinv", "F(s + 9 * np.eye(s.shape[0]), ind=1)", FACTORS, **MATRICES)

LINES = {"a": Array(values="finite"), "v": Array("n", values="finite")}
add("numpy.fft", "fft ifft hfft", "F(a, axis=AXIS) ; F(v, n) ; F(v, norm={'ortho'|'forward'|'backward'})", TRANSFORM, n=Number((3, 1, 8, 16, 0)), **LINES)
add("numpy.fft", "rfft ihfft", "F(a, axis=AXIS) ; F(v, n) ; F(v, norm={'ortho'|'forward'|'backward'})", TRANSFORM, "biuf", n=Number((3, 1, 8, 16, 0)), **LINES)
add("numpy.fft", "irfft", "F(a, axis=AXIS) ; F(v, n) ; F(v, norm={'ortho'|'forward'|'backward'})", TRANSFORM, n=Number((3, 1, 8, 16, 0)), **LINES)
add("numpy.fft", "fft2 ifft2", "F(a) ; F(a, (2, 4)) ; F(a, axes=(1, 0))", TRANSFORM, ranks=(2, 3), **LINES)
add("numpy.fft", "fftn ifftn", "F(a) ; F(a, axes=AXES)", TRANSFORM, ranks=(1, 3), **LINES)
add("numpy.fft", "rfft2", "F(a) ; F(a, (2, 4))", TRANSFORM, "biuf", ranks=(2, 3), **LINES)
# Of empty arrays NumPy's is memory that nobody wrote to.
add("numpy.fft", "irfft2", "F(m) ; F(m, (2, 4))", TRANSFORM, m=Array("* 2 3", values="finite"))
add("numpy.fft", "rfftn", "F(a) ; F(a, axes=AXES)", TRANSFORM, "biuf", ranks=(1, 3), **LINES)
add("numpy.fft", "irfftn", "F(a) ; F(a, axes=AXES)", TRANSFORM, ranks=(1, 3), **LINES)
add("numpy.fft", "fftshift ifftshift", "F(a) ; F(a, axes=AXIS)", PRODUCT, ranks=(1, 3), **LINES)
add("numpy.fft", "fftfreq rfftfreq", "F(n) ; F(n, 0.5)", PRODUCT, n=Number((3, 1, 8)))

POLYNOMIALS = {**arrays(v="n", u="p", a="*"), "k": Number((1, 0, 2, 3))}
add("numpy", "polyadd polysub polymul", "F(v, u)", PRODUCT, **POLYNOMIALS)
add("numpy", "polyder", "F(v) ; F(v, {0|1|2})", PRODUCT, **POLYNOMIALS)
add("numpy", "polyint", "F(v) ; F(v, {0|1|2}) ; F(v, 1, 2.5)", PRODUCT, **POLYNOMIALS)
# Without coefficients the dtype of NumPy's result is another one.
add("numpy", "polyval", "F(p, a) ; F(p, x)", PRODUCT, p=Array("3", values="finite"), a=Array("*", values="finite", ranks=(1, 3)))
add("numpy", "polydiv", "F(v, u)", Comparison(4096, scale=True), "iufc", v=Array("n", values="finite"), u=Array("p", "=v", values="positive"))
add("numpy", "polyfit", "F(np.arange(6.0), v6, {0|1|2})", FACTORS, "f", v6=Array("6", values="finite"))
# Of nothing NumPy's is a number.
add("numpy", "poly", "F(v)", Comparison(4096, scale=True), "biuf", v=Array("4", values="finite"))
add("numpy", "roots", "np.sort_complex(F(p).astype(np.complex128))", Comparison(2.0**30, scale=True), "iuf", p=Array("3", values="positive"))
add("numpy.polynomial.polynomial", "polyadd polysub polymul", "F(v, u)", PRODUCT, **POLYNOMIALS)
add("numpy.polynomial.polynomial", "polymulx", "F(v)", PRODUCT, **POLYNOMIALS)
add("numpy.polynomial.polynomial", "polyder", "F(v) ; F(v, {0|1|2}) ; F(v, scl=2.0)", PRODUCT, **POLYNOMIALS)
add("numpy.polynomial.polynomial", "polyint", "F(v) ; F(v, {0|1|2}) ; F(v, lbnd=1.5)", PRODUCT, **POLYNOMIALS)
add("numpy.polynomial.polynomial", "polyval", "F(a, v) ; F(x, v)", PRODUCT, **POLYNOMIALS)
add("numpy.polynomial.polynomial", "polydiv", "F(v, u)", Comparison(4096, scale=True), "iufc", v=Array("n", values="finite"), u=Array("p", "=v", values="positive"))
add("numpy.polynomial.polynomial", "polyfromroots", "F(v)", Comparison(4096, scale=True), v=Array("4", values="finite"))
add("numpy.polynomial.polynomial", "polyline", "F(x, y)", PRODUCT, y=Number((0, 1.5)))
add("numpy.polynomial.polynomial", "polypow", "F(v, {0|1|2|3})", PRODUCT, **POLYNOMIALS)
add("numpy.polynomial.polynomial", "polyroots", "np.sort_complex(F(p).astype(np.complex128))", Comparison(2.0**30, scale=True), "iuf", p=Array("3", values="positive"))
add("numpy.polynomial.polynomial", "polyvander", "F(a, {0|1|3})", PRODUCT, a=Array(values="finite"))
CASES = _cases
FINITE = {"v": Array("n", values="finite"), "a": Array("*", values="finite", ranks=(1, 2)), "c": Array("3 2", values="finite"), "d": Array("2 3 2", values="finite")}
SUM = Comparison(4096, scale=True)
add("numpy.polynomial.polynomial", "polytrim", "F(v) ; F(v, 2)", PRODUCT, v=Array("n", values="finite"))
add("numpy.polynomial.polynomial", "polycompanion", "F(v)", FACTORS, v=Array("4", values="positive"))
add("numpy.polynomial.polynomial", "polyfit", "F(np.arange(6.0), v6, {0|1|2}) ; F(np.arange(6.0), v6, (0, 2))", FACTORS, "f", v6=Array("6", values="finite"))
add("numpy.polynomial.polynomial", "polyval2d polygrid2d", "F(v, v, c) ; F(0.5, 1.5, c)", SUM, "iuf", **FINITE)
add("numpy.polynomial.polynomial", "polyval3d polygrid3d", "F(v, v, v, d) ; F(0.5, 1.5, 2.5, d)", SUM, "iuf", **FINITE)
add("numpy.polynomial.polynomial", "polyvalfromroots", "F(a, v) ; F(0.5, v)", SUM, "iuf", v=Array("4", values="finite"), a=FINITE["a"])
add("numpy.polynomial.polynomial", "polyvander2d", "F(v, v, (1, 2))", PRODUCT, "iuf", **FINITE)
add("numpy.polynomial.polynomial", "polyvander3d", "F(v, v, v, (1, 0, 2))", PRODUCT, "iuf", **FINITE)
