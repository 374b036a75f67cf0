"""The cases of universal functions, their methods, and functions that work element by element."""

from numpy_cases import EXACT, ZEROS, Array, Comparison, Number, Places, case

#: The error of either library's function is at most this; NumPy's own vector functions of float32 take most of it.
LIBM = Comparison(4)
#: Functions of complex numbers have cancellation in one part: the error counts in units of the larger part. See "Functions of complex arrays" in docs/semantics.md.
COMPLEX = Comparison(8)

_cases = {}


def add(names, *cases_of):
    for name in names.split():
        _cases.setdefault(f"numpy.{name}", []).extend(make(name) for make in cases_of)


def unary(kinds="biufc", compare=EXACT, calls="np.F(a) ; np.F(a, out=o) ; np.F(a, where=t, out=o) ; np.F(x)", **more):
    return lambda name: case(calls.replace("np.F", f"np.{name}"), kinds, compare=compare, **more)


def binary(kinds="biufc", compare=EXACT, calls="np.F(a, b) ; np.F(a, b, out=o) ; np.F(a, e, where=t, out=o) ; np.F(a, k) ; np.F(k, a) ; np.F(x, x)", **more):
    # Whether `out=` has as many axes as the result is a question of types.
    return lambda name: case(calls.replace("np.F", f"np.{name}"), kinds, compare=compare, refuses=(ValueError,) if "out=" in calls else (), **more)


METHODS = "np.F.reduce(a, axis=AXIS) ; np.F.accumulate(a, axis=AXIS) ; np.F.outer(a, b) ; np.F.at(o, i, 2)"
# What cannot be stored in bools is refused before an index is looked at.
METHOD_ARGUMENTS = {"o": Array("n", "iufc", "positive", writable=True), "i": Places("q", "i", of="o")}


def methods(kinds="biufc", values="sums", calls=METHODS, **more):
    return lambda name: case(
        calls.replace("np.F", f"np.{name}"), kinds, ranks=(1, 2), compare=more.pop("compare", ZEROS), a=Array("*", values=values), b=Array("~a", "=a", values), **{**METHOD_ARGUMENTS, **more}
    )


add("absolute abs sqrt square", unary("biuf"), unary("c", COMPLEX))
# What the reciprocal of the integer 0 is C does not say.
add("reciprocal", unary("f"), unary("biu", a=Array(values="positive")), unary("c", COMPLEX))
add("positive negative sign signbit conj conjugate rint ceil floor trunc fabs isfinite isinf isnan isnat logical_not", unary())
add("spacing", unary("fiu"))
add("invert bitwise_invert bitwise_not bitwise_count", unary())
add("frexp modf", unary(calls="np.F(a)"))
add("cbrt deg2rad degrees rad2deg radians", unary(compare=LIBM))
add(
    "acos acosh arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh cos cosh exp exp2 expm1 log log10 log1p log2 sin sinh tan tanh",
    unary("biuf", LIBM),
    unary("c", COMPLEX),
)
add("add subtract multiply", binary("biuf"), binary("c", ZEROS, c=Array()), methods())
add("divide true_divide", binary("biuf"), binary("c", COMPLEX))
add("floor_divide remainder mod fmod divmod", binary(calls="np.F(a, b) ; np.F(a, k) ; np.F(k, a)"))
add("equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor", binary())
add("maximum minimum fmax fmin", binary(compare=ZEROS), methods())
# NumPy has no loop of bits, and none of gcd, for uint64 beside a number in `at`.
add("bitwise_and bitwise_or bitwise_xor gcd lcm", binary(), methods("biu", o=Array("n", "i-BHI", "positive", writable=True)))
add("bitwise_left_shift bitwise_right_shift left_shift right_shift", binary(calls="np.F(a, b) ; np.F(a, b, out=o) ; np.F(a, 3)"))
add("copysign nextafter heaviside", binary())
add("arctan2 atan2 hypot logaddexp logaddexp2", binary(compare=LIBM))
add("power pow", binary("biuf", LIBM, calls="np.F(a, b) ; np.F(a, 2)"), binary("f", LIBM, calls="np.F(a, -1)"), binary("c", Comparison(32), calls="np.F(a, b)"))
# See "np.power(x, 0.5)" in docs/semantics.md.
add("power pow", binary("biuf", LIBM, calls="np.F(a, 0.5)", a=Array(values="positive")))
add("float_power", binary("biuf", LIBM, calls="np.F(a, b) ; np.F(a, 2)"))
add("ldexp", binary(calls="np.F(a, b)", b=Array("~a", "biu")))
add("less greater equal not_equal less_equal greater_equal", methods("biuf", calls="np.F.outer(a, b) ; np.F.reduce(a, axis=AXIS)"))
add("logical_and logical_or logical_xor", methods("biuf", calls="np.F.outer(a, b) ; np.F.reduce(a, axis=AXIS) ; np.F.accumulate(a, AXIS)"))

add("angle", unary("biuf", calls="np.F(a) ; np.F(a, deg={True|False}) ; np.F(x)"), unary("c", LIBM, calls="np.F(a) ; np.F(a, {True|False})"))
add("real imag iscomplex isreal iscomplexobj isrealobj", unary(calls="np.F(a) ; np.F(x)"))
add("isneginf isposinf", unary(calls="np.F(a) ; np.F(x)"), unary("biuf", calls="np.F(a, o)", o=Array("=a", "b", writable=True)))
add("fix", unary(calls="np.F(a) ; np.F(x)"))
add("around round", unary(calls="np.F(a)"), unary("iufc", calls="np.F(a, {1|2|-1}) ; np.F(x, 1)", a=Array(values="finite")))
add("sinc i0", unary("biuf", Comparison(16), calls="np.F(a)", a=Array("*", values="sums")))
add("nan_to_num", unary(calls="np.F(a) ; np.F(a, nan=1.5) ; np.F(a, nan=2, posinf=3.0, neginf=-4.0) ; np.F(x)"))
add("clip", unary(compare=ZEROS, calls="np.F(a, b, c) ; np.F(a, b, None) ; np.F(a, None, b) ; np.F(a, 1, 3) ; np.F(a, min=b) ; np.F(a, 0, 2, out=o)", b=Array("~a", "=a"), c=Array("~a", "=a")))
add("isclose", binary("biuf", calls="np.F(a, b) ; np.F(a, b, equal_nan=True) ; np.F(a, 2.5, 0.5, 0.25) ; np.F(x, 2.5)"))
add("allclose array_equal array_equiv", binary(calls="np.F(a, b) ; np.F(a, e) ; np.F(a, a)"))
add("array_equal", binary(calls="np.F(a, e, equal_nan=True) ; np.F(a, a, equal_nan=True)"))
add("allclose", binary("biuf", calls="np.F(a, e, equal_nan=True) ; np.F(a, b, 0.5, 0.25)"))
add("real_if_close", unary(calls="np.F(a)", kinds="biuf"))
add("isscalar", unary(calls="np.F(a) ; np.F(x)"))
add("unwrap", unary("iuf", Comparison(16), calls="np.F(a, axis=AXIS) ; np.F(a, discont=4.0, axis=AXIS) ; np.F(a, period=5, axis=AXIS)", ranks=(1, 3), a=Array("*", values="finite")))
# Without axes these give numbers, and numbers must fit: see "np.where and np.select" in docs/semantics.md.
PLACED = {"ranks": (1, 3), "k": Number((1, 0, 2, 3))}
add("where", binary(calls="np.F(t, a, b) ; np.F(t, a, k) ; np.F(t, k, a) ; np.F(a)", **PLACED))
add("select", binary(calls="np.F((t, a > e), (a, e)) ; np.F((t, t), (a, e), default=k)", kinds="biuf", **PLACED))
add("piecewise", binary(calls="np.F(a, (t, a > e), (1, 2)) ; np.F(a, (t,), (2, 3))", kinds="biuf"))
add("choose", binary(calls="np.F(i, (a, b)) ; np.F(i, (a, b), mode={'wrap'|'clip'|'raise'})", i=Array("~a", "i", values="unit")))
CASES = _cases
