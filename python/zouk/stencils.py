"""`stencil`: functions of a neighborhood, applied to every point of an array."""

import numbers
import operator
from types import FunctionType

from . import _zouk
from .decorators import _KNOWN, _checked, bare_dispatcher
from .errors import ZoukTypeError, ZoukValueError

_MODES = ("constant", "wrap", "reflect", "nearest")
# The compiler adds indices to places in arrays.
_FAR = 2**40


def stencil(func_or_mode="constant", *, cval=None, neighborhood=None, standard_indexing=(), mode=None, **options):
    """Makes a stencil of its kernel, a function that indexes arrays relative to a point.

    `@stencil` and `@stencil("constant", cval=0)` fill the border, where the kernel would reach outside of the array, with `cval`. With the modes "wrap", "reflect" and
    "nearest" the array goes on over its edges, as in `scipy.ndimage`.

    `neighborhood` has for each axis the least and the greatest relative index, and is needed where indices are no constants. Parameters named in
    `standard_indexing` are indexed as usual. Other options are those of `jit`.
    """
    function = None
    if not isinstance(func_or_mode, str):
        function, func_or_mode = func_or_mode, "constant"
    maker = _Maker(func_or_mode if mode is None else mode, cval, neighborhood, standard_indexing, options)

    def decorate(function):
        return StencilFunc(_function(function), maker)

    return decorate if function is None else decorate(function)


def _function(function):
    if isinstance(function, _zouk.Dispatcher):
        function = function.py_func
    if not isinstance(function, FunctionType):
        raise ZoukTypeError(f"a stencil's kernel is a function, not {type(function)}")
    if function.__code__.co_argcount == 0:
        raise ZoukValueError("a stencil's kernel takes an array")
    return function


class _Maker:
    """What the decorator was told, checked."""

    def __init__(self, mode, cval, neighborhood, standard, options):
        if mode not in _MODES:
            raise ZoukValueError(f"Unsupported mode style {mode}")
        self.mode, self.cval = mode, cval
        self.neighborhood = None if neighborhood is None else _neighborhood(neighborhood)
        self.standard = (standard,) if isinstance(standard, str) else tuple(standard)
        self.options = {name: value for name, value in options.items() if value is not None}
        unknown = sorted(self.options.keys() - _KNOWN)
        if unknown:
            raise ZoukValueError(f"Unknown stencil option {', '.join(unknown)}; known are cval, mode, neighborhood, standard_indexing and those of `jit`")
        self.checked = _checked({"locals": {}, **self.options})
        self.told = (mode, None if cval is None else _spelled(cval), self.neighborhood, list(self.standard))

    def arguments(self):
        """The keyword arguments of the decorator."""
        return {"mode": self.mode, "cval": self.cval, "neighborhood": self.neighborhood, "standard_indexing": self.standard, **self.options}


def _neighborhood(given):
    try:
        pairs = [tuple(map(operator.index, pair)) for pair in given]
    except TypeError:
        pairs = []
    if not pairs or any(len(pair) != 2 or pair[0] > pair[1] or max(map(abs, pair)) > _FAR for pair in pairs):
        raise ZoukValueError(f"neighborhood= is a pair of integers for each axis, the least and the greatest index: ((-1, 1), (0, 2)); not {given!r}")
    return tuple(pairs)


def _spelled(value):
    """The number as an attribute of MLIR."""
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        value = int(value)
        if not -(2**63) <= value < 2**63:
            raise ZoukValueError(f"cval={value} is too large for int64")
        return f"{value} : si64"
    if isinstance(value, numbers.Real):
        return f"{_bits(float(value))} : f64"
    if isinstance(value, numbers.Complex):
        value = complex(value)
        if value - value != 0:
            raise ZoukValueError(f"cval={value} is not finite")
        return f"#complex.number<:f64 {value.real:.17e}, {value.imag:.17e}> : complex<f64>"
    raise ZoukValueError(f"cval is a number, not {value!r}")


def _array(value):
    if not isinstance(value, list):
        return value
    import numpy

    return numpy.asarray(value)


def _bits(number):
    from struct import pack

    return "0x" + pack(">d", number).hex().upper()


class StencilFunc:
    """A stencil. A call with arrays compiles it for their types; compiled functions may call it too."""

    def __init__(self, function, maker):
        self._maker = maker
        self._dispatcher = bare_dispatcher(function, maker.checked, stencil=maker.told)
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            setattr(self, name, getattr(function, name))
        self.__wrapped__ = self.py_func = function

    def __call__(self, *args, out=None, **kws):
        if self._maker.standard:
            args, kws = self._with_arrays(args, kws)
        if out is None:
            return self._dispatcher(*args, **kws)
        return self._dispatcher(*args, out=out, **kws)

    def _with_arrays(self, args, kws):
        """Lists for parameters that are indexed as usual are arrays; the kernel writes to none."""
        standard = self._maker.standard
        names = self.py_func.__code__.co_varnames[: len(args)]
        args = [_array(value) if name in standard else value for name, value in zip(names, args, strict=False)] + list(args[len(names) :])
        return args, {name: _array(value) if name in standard else value for name, value in kws.items()}

    @property
    def mode(self):
        return self._maker.mode

    @property
    def cval(self):
        """The value of the border; None where none was given: 0 in new arrays."""
        return self._maker.cval

    @property
    def neighborhood(self):
        return self._maker.neighborhood

    @property
    def options(self):
        """What the decorator was given."""
        given = {"cval": self.cval, "neighborhood": self.neighborhood, "standard_indexing": self._maker.standard or None}
        return {name: value for name, value in given.items() if value is not None} | self._maker.options

    @property
    def signatures(self):
        """The argument types of everything compiled, `out` last, in order."""
        return self._dispatcher.signatures

    def inspect(self, stage, signature=None):
        """The stencil at a stage of the compiler, as `inspect` of a jitted function; `out` is the last type of a signature."""
        return self._dispatcher.inspect(stage, signature)

    def parallel_diagnostics(self, signature=None, level=1):
        """Prints which loops run in parallel."""
        self._dispatcher.parallel_diagnostics(signature, level)

    def __repr__(self):
        return f"<zouk.StencilFunc {self.__name__!r}>"

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        from types import MethodType

        return MethodType(self, instance)

    def __reduce__(self):
        from .serialize import reduce_stencil

        return reduce_stencil(self)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self
