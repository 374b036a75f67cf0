"""Types and signatures from what users write, from dtypes and from values.

All classes of types use these; so these find the classes in the whole module, when they run.
"""

from .. import _zouk
from .. import types as _types


def as_type(value):
    """A type, from a type, its spelling, a Python class, a NumPy dtype or scalar class, None, or a tuple of such."""
    if isinstance(value, _types.Type):
        return value
    if isinstance(value, str):
        return as_type(_types._evaluate(value))
    if value is None:
        return _types.none
    if isinstance(value, tuple):
        return _types.Tuple(value)
    python = {bool: _types.boolean, int: _types.int64, float: _types.float64, complex: _types.complex128, str: _types.unicode_type}.get(value)
    if python is not None:
        return python
    if isinstance(getattr(value, "class_type", None), _types.ClassType):
        return value.class_type.instance_type
    try:
        return from_dtype(value)
    except TypeError:
        raise TypeError(f"{value!r} is not a type") from None


def from_dtype(dtype):
    """The type of the elements of arrays with this NumPy dtype."""
    import sys

    numpy = sys.modules.get("numpy")
    if numpy is None or not (isinstance(dtype, numpy.dtype) or isinstance(dtype, type) and issubclass(dtype, numpy.generic)):
        raise TypeError(f"{dtype!r} is not a NumPy dtype")
    dtype = numpy.dtype(dtype)
    if dtype.kind in "mM" and dtype.isnative:
        unit, count = numpy.datetime_data(dtype)
        return (_types.NPTimedelta if dtype.kind == "m" else _types.NPDatetime)(unit if count == 1 else f"{count}{unit}")
    if dtype.names:
        try:
            return typeof(numpy.empty(0, dtype)).dtype
        except TypeError:
            pass
    found = _types._BY_NAME.get(dtype.name) if dtype.isnative else None
    if found is None:
        from ..errors import ZoukNotImplementedError

        raise ZoukNotImplementedError(f"{dtype!r} cannot be represented as a zouk type")
    return found


def as_dtype(type):
    """The NumPy dtype of a number type, of that of a time, or of a record."""
    import numpy

    type = as_type(type)
    return _zouk.record_dtype(type._ty) if isinstance(type, _types.Record) else numpy.dtype(type.name)


def typeof(value, purpose=None):
    """The type that `value` has as an argument."""
    from ..errors import TypingError, UntypedValueError

    if isinstance(value, _types.Type):
        raise TypeError(f"{value} is a type, not a value")
    try:
        text = _zouk.type_of(value)
        if isinstance(value, _zouk.Dispatcher):
            return _types.DispatcherType(value, text.split('"')[1][1:])
        return _types._from_ty(text)
    except TypingError as error:
        raise UntypedValueError(str(error)) from None


def is_signature(value):
    """Whether a decorator's argument is a signature (and not a function)."""
    return isinstance(value, (str, tuple, _types.Signature))


def normalize_signature(value):
    """A Signature, from one, its spelling, or a tuple of argument types."""
    evaluated = _evaluate(value) if isinstance(value, str) else value
    if isinstance(evaluated, _types.Signature):
        return evaluated
    if isinstance(evaluated, tuple):
        return _types.Signature(None, tuple(as_type(part) for part in evaluated))
    kinds = (type(value).__name__, type(evaluated).__name__)
    raise TypeError("invalid signature: %r (type: %r) evaluates to %r instead of tuple or Signature" % (value, *kinds))


def _evaluate(text):
    """The value of a spelled type or signature: an expression over the names of the whole module, which `types.` may precede."""
    import warnings

    names = {name: value for name, value in vars(_types).items() if _is_type(value)}
    if "datetime64[" in text or "timedelta64[" in text:
        text = _with_units_as_texts(text)
    names.update(int=_types.int64, float=_types.float64, bool=_types.boolean, complex=_types.complex128, types=_Names(names))
    try:
        with warnings.catch_warnings():
            # `None(f8)` calls a constant, and so on: the error below says it better.
            warnings.simplefilter("ignore")
            return eval(text, {"__builtins__": {}}, names)
    except (NameError, SyntaxError, KeyError) as error:
        why = error.msg if isinstance(error, SyntaxError) else error.args[0]
        raise type(error)(f"{why} (in the signature {text!r})") from None
    except Exception as error:
        raise TypeError(f"invalid signature {text!r}: {error}") from None


def _is_type(value):
    return isinstance(value, _types.Type) or isinstance(value, type) and issubclass(value, _types.Type)


def _with_units_as_texts(text):
    """Times whose units are multiples: Python reads no `10ms`."""
    # Importing zouk imports little.
    import re

    classes = {"datetime64": "NPDatetime", "timedelta64": "NPTimedelta"}
    return re.sub(r"\b(datetime64|timedelta64)\[\s*(\d+[A-Za-z]+)\s*\]", lambda found: f"{classes[found[1]]}('{found[2]}')", text)


class _Names:
    """What `types` is in the text of a signature."""

    __slots__ = ("__dict__",)

    def __init__(self, names):
        self.__dict__.update(names)
