"""`jit` and `njit`: options, signatures, and the making of dispatchers."""

import os
import sys
import warnings
from types import FunctionType

from . import _zouk, types
from .errors import UnsupportedError, ZoukError
from .object_mode import warn_of_fallback

# LLVM's fast-math flags.
_FASTMATH = {"nnan": 1, "ninf": 2, "nsz": 4, "arcp": 8, "contract": 16, "afn": 32, "reassoc": 64, "fast": 127}

# What `parallel` can name, and whether `parallel=True` means it. `serial`: a `prange` that cannot run on several threads runs on one, with a warning.
_PARALLEL = {
    "comprehension": True, "reduction": True, "inplace_binop": True, "setitem": True, "numpy": True, "stencil": True, "fusion": True,
    "prange": True, "serial": False,
}  # fmt: skip

# Accepted for the sake of programs written for Numba; there is nothing for them to change.
_WITHOUT_EFFECT = frozenset(
    ("looplift", "no_rewrites", "no_cpython_wrapper", "no_cfunc_wrapper", "_nrt", "_dbg_optnone", "_dbg_extend_lifetimes")
)
_WITH_EFFECT = frozenset(
    ("nopython", "forceobj", "nogil", "fastmath", "error_model", "inline", "forceinline", "debug", "boundscheck", "cache", "locals", "parallel", "target")
)
_KNOWN = _WITH_EFFECT | _WITHOUT_EFFECT


def jit(signature_or_function=None, locals=None, cache=False, pipeline_class=None, boundscheck=None, **options):
    """Compiles a function to machine code when it is called, once for each list of argument types.

    `@jit` and `@jit()` compile lazily. `@jit("f8(f8, i4)")`, `@jit(float64(float64[:]))`, `@jit((int32,))` and lists of such compile
    at once, and only that.

    Options: `fastmath` (bool or a set of LLVM's flags), `error_model` ("python" raises ZeroDivisionError, "numpy" gives inf and nan),
    `boundscheck` (True unless given), `nogil`, `cache`, `inline` ("never" or "always": a function
    without early exits is put in the place of its calls however long it is), `debug` (less optimisation), `locals` (a dict of number types that names
    have wherever they are assigned), `forceobj` (the interpreter runs the function), `nopython=False` (it does where the function cannot be compiled), `parallel` (True, or a dict that
    names what runs on several threads: see `docs/parallel.md`), `target` ("cuda" runs parallel loops on a GPU where there is one: see `docs/offload.md`).
    """
    if pipeline_class is not None:
        raise UnsupportedError("`pipeline_class` is Numba's; zouk's passes are chosen with `zouk-opt`")
    if locals is not None and not isinstance(locals, dict):
        raise TypeError(f"locals is a dict from names to types, not {locals!r}")
    options.update(cache=cache, boundscheck=boundscheck, locals=locals or {})
    options = _checked(options)
    if isinstance(signature_or_function, list):
        signatures = signature_or_function
    elif types.is_signature(signature_or_function):
        signatures = [signature_or_function]
    else:
        signatures = None

    def decorate(function):
        return make_dispatcher(function, options, signatures)

    if signature_or_function is None or signatures is not None:
        return decorate
    return decorate(signature_or_function)


def njit(*args, **kws):
    """`jit`; zouk always compiles without the interpreter."""
    for name in ("nopython", "forceobj"):
        if name in kws:
            warnings.warn(f"{name} is set for njit and is ignored", RuntimeWarning, stacklevel=2)
            del kws[name]
    return jit(*args, nopython=True, **kws)


def jit_module(**options):
    """Decorates every function that the calling module has defined so far with `jit`."""
    for _ in jit_all(sys._getframe(1).f_globals, options):
        pass


def jit_all(names, options):
    """Decorates the functions of a module, given by its names; yields each before."""
    for name, value in list(names.items()):
        if isinstance(value, FunctionType) and value.__module__ == names["__name__"]:
            yield value
            names[name] = jit(value, **options)


def prange(*args):
    """`range`, with the promise that the iterations may run in any order."""
    return range(*args)


def make_dispatcher(function, options, signatures=None):
    """A dispatcher for `function`; compiled for `signatures`, and then for nothing else, unless that is None."""
    if isinstance(function, _zouk.Dispatcher):
        raise TypeError(
            f"A jit decorator was called on an already jitted function {function}.  If trying to get at the original python "
            f"function, use the {function}.py_func attribute."
        )
    if not isinstance(function, FunctionType):
        raise TypeError(f"The decorated object is not a function (got type {type(function)}).")
    if os.environ.get("ZOUK_DISABLE_JIT", "0") not in ("", "0"):
        return function
    fallback = options.get("nopython") is False and not options.get("forceobj")
    dispatcher = bare_dispatcher(function, options, fallback=fallback)
    if options.get("forceobj"):
        _zouk.interpret(dispatcher)
    elif fallback and function.__code__.co_flags & _STARS:
        warn_of_fallback(dispatcher, "functions with `*args` or `**kwargs` are not compiled")
        _zouk.interpret(dispatcher)
    elif fallback and signatures is not None:
        try:
            _declare(dispatcher, signatures)
        except ZoukError as error:
            warn_of_fallback(dispatcher, error)
            _zouk.clear(dispatcher)
            _zouk.interpret(dispatcher)
    elif signatures is not None:
        _declare(dispatcher, signatures)
    return dispatcher


# CO_VARARGS | CO_VARKEYWORDS
_STARS = 0x04 | 0x08


def _declare(dispatcher, signatures):
    """Compiles for the signatures, and then for nothing else."""
    # A recursive function's own name is not bound yet.
    dispatcher._declaring = True
    try:
        for signature in signatures:
            dispatcher.compile(signature)
    finally:
        del dispatcher._declaring
    dispatcher.disable_compile()


def bare_dispatcher(function, options, **more):
    """A dispatcher that has compiled nothing; `more` is for its compiled side alone."""
    dispatcher = _zouk.Dispatcher(function, {**_core_options(options), **more})
    if function.__code__.co_filename == "<string>":
        from . import recovery

        recovery.note(function)
    dispatcher.__dict__.update(
        __name__=function.__name__,
        __qualname__=function.__qualname__,
        __module__=function.__module__,
        __doc__=function.__doc__,
        __annotations__=function.__annotations__,
        __wrapped__=function,
        targetoptions={name: value for name, value in options.items() if value is not None and (name not in ("locals", "cache") or value)},
    )
    return dispatcher


def _checked(options):
    unknown = {name: value for name, value in options.items() if name not in _KNOWN}
    if unknown:
        raise KeyError(f"Unrecognized options: {set(unknown)}. Known options are {sorted(_KNOWN)}")
    if options.get("forceobj") and options.get("nopython"):
        raise ValueError("Only one of 'nopython' or 'forceobj' can be True.")
    for name, ty in options["locals"].items():
        if not isinstance(types.as_type(ty), (types.Number, types.Boolean)):
            raise UnsupportedError(f"`locals` declares `{name}` as {ty}: it declares numbers; other types are those of the values")
    if options.get("error_model", "python") not in ("python", "numpy"):
        raise ValueError(f"error_model must be 'python' or 'numpy', not {options['error_model']!r}")
    inline = options.get("inline", "never")
    if callable(inline):
        raise UnsupportedError("`inline` is 'never' or 'always': functions that look at Numba's IR have nothing to look at")
    if inline not in ("never", "always"):
        raise ValueError(f"inline must be 'never' or 'always', not {inline!r}")
    _fastmath(options.get("fastmath", False))
    if options.get("target", "cpu") not in ("cpu", "cuda"):
        raise ValueError(f"target must be 'cpu' or 'cuda', not {options['target']!r}")
    if not _parallel(options.get("parallel", False)) and options.get("target") == "cuda":
        raise UnsupportedError("target='cuda' runs parallel loops on a GPU and goes with parallel=True; `@cuda.jit` makes kernels")
    return options


def _offload(options):
    """The GPU that parallel loops run on; None without one."""
    if options.get("target") != "cuda":
        return None
    # It says where libdevice lies.
    from .cuda import compiler  # noqa: F401

    return _zouk.cuda.offload_chip()


def _fastmath(value):
    """The flags as bits, from a bool, a set of names, or a dict from names to bools."""
    if isinstance(value, dict):
        value = {name for name, on in value.items() if on}
    if isinstance(value, (set, frozenset, list, tuple)):
        unknown = set(value) - _FASTMATH.keys()
        if unknown:
            raise ValueError(f"Unrecognized fastmath flags: {unknown}")
        bits = 0
        for name in value:
            bits |= _FASTMATH[name]
        return bits
    if value in (True, False, None):
        return _FASTMATH["fast"] if value else 0
    raise ValueError(f"Expected fastmath option(s) to be either a bool, dict, set or list, got {type(value)}")


def _parallel(value):
    """The names of what runs on several threads, from a bool or a dict from names to bools."""
    if isinstance(value, dict):
        unknown = set(value) - _PARALLEL.keys()
        if unknown:
            raise NameError(f"Unrecognized parallel options: {unknown}. Known options are {sorted(_PARALLEL)}")
        return [name for name, default in _PARALLEL.items() if value.get(name, default)]
    if value in (True, False, None):
        return [name for name, default in _PARALLEL.items() if default] if value else []
    raise ValueError(f"Expected parallel option to be either a bool or dict, got {type(value)}")


def _core_options(options):
    boundscheck = options.get("boundscheck")
    return {
        "fastmath": _fastmath(options.get("fastmath", False)),
        "numpy_errors": options.get("error_model") == "numpy",
        "boundscheck": True if boundscheck is None else bool(boundscheck),
        "debug": bool(options.get("debug")),
        "cache": bool(options.get("cache")),
        "inline": options.get("inline") == "always" or bool(options.get("forceinline")),
        "nogil": bool(options.get("nogil")),
        "locals": [(name, types.as_type(ty)._ty) for name, ty in (options.get("locals") or {}).items()],
        "parallel": _parallel(options.get("parallel", False)),
        "offload": _offload(options),
        **({"cuda": options["cuda"]} if "cuda" in options else {}),
        # What is left open is, in calls from compiled code, as the outermost function has it.
        "given": [name for name in ("fastmath", "error_model", "boundscheck") if options.get(name) is not None],
    }
