"""What a dispatcher can do besides being called. The type itself is `_zouk.Dispatcher`; this module attaches the rest to it."""

import sys
from types import GenericAlias

from . import _zouk, parallel, types

Dispatcher = CPUDispatcher = _zouk.Dispatcher

# CO_VARARGS
_VARARGS = 0x04
# Stages that do not depend on the argument types.
_UNTYPED = ("source", "ast", "py")


class CompileResult:
    """One compiled version of a function."""

    __slots__ = ("signature", "entry_point", "metadata")

    def __init__(self, dispatcher, version):
        self.signature = types.Signature(types._from_ty(version["result"]), tuple(map(types._from_ty, version["arguments"])))
        self.entry_point = dispatcher
        self.metadata = {
            "pipeline_times": dict(version["timings"]),
            "from_cache": version["from_cache"],
            "address": version["address"],
            "parallel": parallel.parsed(version["parallel"]),
        }

    def __repr__(self):
        return f"CompileResult({self.signature!r})"


class CompileStats(tuple):
    """(cache_path, cache_hits, cache_misses)."""

    cache_path = property(lambda self: self[0])
    cache_hits = property(lambda self: self[1])
    cache_misses = property(lambda self: self[2])

    def __repr__(self):
        return f"_CompileStats(cache_path={self[0]!r}, cache_hits={self[1]!r}, cache_misses={self[2]!r})"


def _results(self):
    return [CompileResult(self, version) for version in _zouk.versions(self)]


def signatures(self):
    """The argument types of everything compiled, in order."""
    return [result.signature.args for result in _results(self)]


def nopython_signatures(self):
    """The signatures of everything compiled, in order."""
    return [result.signature for result in _results(self)]


def overloads(self):
    """From argument types to what was compiled for them."""
    return {result.signature.args: result for result in _results(self)}


def stats(self):
    """How often a version came from the object cache (hits) or was compiled (misses)."""
    from_cache = [result.metadata["from_cache"] for result in _results(self)]
    hits = {args: int(hit) for args, hit in zip(self.signatures, from_cache) if hit}
    misses = {args: int(not hit) for args, hit in zip(self.signatures, from_cache) if not hit}
    cached = self.targetoptions.get("cache")
    return CompileStats((str(_zouk.cache_folder()) if cached else None, hits, misses))


def compile(self, sig):
    """Compiles for a signature, unless that is done; the result type, if given, is what the function then returns."""
    signature = _folded(self.py_func.__code__, types.normalize_signature(sig))
    result = signature.return_type
    _check_signature(self, signature)
    if _zouk.is_frozen(self) and signature.args not in self.signatures:
        raise RuntimeError("compilation disabled")
    _zouk.compile_for(self, [arg._ty for arg in signature.args], None if result is None else result._ty)
    return self


def _check_signature(self, signature):
    code = self.py_func.__code__
    given, expected = len(signature.args), code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & _VARARGS)
    if given != expected:
        raise TypeError(f"Signature mismatch: {given} argument types given, but function takes {expected} arguments")
    if types.pyobject in (signature.return_type, *signature.args):
        from .errors import TypingError

        raise TypingError(f"the signature {signature} has `pyobject`, which only the interpreter works on: use `forceobj=True`, or a `with objmode()` block")


def _folded(code, signature):
    """The signature with the types of what `*name` takes as a tuple."""
    count, args = code.co_argcount, signature.args
    if not code.co_flags & _VARARGS or len(args) == count + 1 + code.co_kwonlyargcount and isinstance(args[count], types.BaseTuple):
        return signature
    last = len(args) - code.co_kwonlyargcount
    return types.Signature(signature.return_type, (*args[:count], types.Tuple(args[count:last]), *args[last:]))


def recompile(self):
    """Compiles everything again, with the globals as they are now."""
    done = self.nopython_signatures
    frozen = _zouk.is_frozen(self)
    _zouk.clear(self)
    _zouk.freeze(self, False)
    for signature in done:
        self.compile(signature if frozen else signature.args)
    _zouk.freeze(self, frozen)


def disable_compile(self, val=True):
    """From now on calls choose among what is compiled."""
    _zouk.freeze(self, bool(val))


def enable_caching(self):
    """From now on compilations look into the cache on disk, as with `cache=True`."""
    _zouk.enable_cache(self)
    self.targetoptions["cache"] = True


def inspect(self, stage, signature=None):
    """The function at a stage of the compiler for a signature, or for the only one compiled.

    Text at the stages "source", "ast", "py", "typed", "tensor", "loops", "llvm", "llvm-ir", "llvm-opt", "asm", "gpu", "nvvm", "ptx" and
    "header"; bytes at the stages "object" and "cubin".
    """
    if stage == "shared":
        raise ValueError("a shared library is a file: `zouk compile --emit shared -o FILE` writes one")
    if signature is None:
        if stage in _UNTYPED and not _zouk.versions(self):
            signature = (types.none,) * (self.py_func.__code__.co_argcount + self.py_func.__code__.co_kwonlyargcount)
        else:
            signature = _only(self)
    signature = types.normalize_signature(signature)
    result = None if signature.return_type is None else signature.return_type._ty
    arguments = [arg._ty for arg in signature.args]
    if stage == "object":
        return _zouk.object_code(self, arguments, result)
    return _zouk.inspect(self, stage, arguments, result)


def _only(self):
    known = self.signatures
    if len(known) != 1:
        what = "several signatures are" if known else "no signature is"
        raise ValueError(f"{what} compiled for {self.__name__}; say which one to inspect")
    return known[0]


def _inspect_each(self, stage, signature):
    if signature is not None:
        return self.inspect(stage, signature)
    return {args: self.inspect(stage, args) for args in self.signatures}


def inspect_llvm(self, signature=None):
    """LLVM IR, optimised; a dict from signatures if none is given."""
    return _inspect_each(self, "llvm-ir", signature)


def inspect_asm(self, signature=None):
    """Assembly; a dict from signatures if none is given."""
    return _inspect_each(self, "asm", signature)


def inspect_types(self, file=None, pretty=False, style="default", **kwargs):
    """Prints the function with its inferred types."""
    if pretty:
        raise ValueError("`pretty` is not supported")
    print_types(self, file)


def print_types(function, file=None):
    """Prints what inference has made of each signature."""
    file = sys.stdout if file is None else file
    for args in function.signatures:
        print(f"{function.__name__} {args}", file=file)
        print("-" * 80, file=file)
        print(function.inspect("typed", args), file=file)
        print("=" * 80, file=file)


def parallel_diagnostics(self, signature=None, level=1):
    """Says which loops run in parallel and how, and why others do not: more at each level from 1 to 4.

    The same as data: `get_metadata(signature)["parallel"]`.
    """
    if level not in (1, 2, 3, 4):
        raise ValueError(f"the level is 1, 2, 3 or 4, not {level!r}")
    results = [self.overloads[types.normalize_signature(signature).args]] if signature is not None else _results(self)
    for result in results:
        print(parallel.report(self.__qualname__, result.signature.args, result.metadata["parallel"], level))


def get_metadata(self, signature=None):
    """Compile times and origin of a version; a dict from signatures if none is given."""
    if signature is not None:
        return self.overloads[types.normalize_signature(signature).args].metadata
    return {args: result.metadata for args, result in self.overloads.items()}


def get_overload(self, sig):
    """What was compiled for a signature."""
    return self.overloads[types.normalize_signature(sig).args].entry_point


def inspect_cfg(self, signature=None, show_wrapper=None, **kwargs):
    """The optimised LLVM IR, whose blocks are the control flow graph; a dict from signatures if none is given."""
    return _inspect_each(self, "llvm-opt", signature)


def inspect_disasm_cfg(self, signature=None):
    """Assembly, whose labels are the control flow graph; a dict from signatures if none is given."""
    return _inspect_each(self, "asm", signature)


def get_annotation_info(self, signature=None):
    raise NotImplementedError("zouk annotates no source with types; `inspect('typed', signature)` shows the types of every operation")


def __repr__(self):
    return f"CPUDispatcher({self.py_func!r})"


def __reduce__(self):
    # Few programs pickle.
    from .serialize import reduce_dispatcher

    return reduce_dispatcher(self)


def __copy__(self):
    return self


def __deepcopy__(self, memo):
    return self


def _forwarded(name):
    return property(lambda self: getattr(self.py_func, name), doc=f"`py_func.{name}`")


def _attach():
    for function in (signatures, nopython_signatures, overloads, stats):
        setattr(Dispatcher, function.__name__, property(function, doc=function.__doc__))
    for name in ("__code__", "__defaults__", "__kwdefaults__"):
        setattr(Dispatcher, name, _forwarded(name))
    methods = (
        compile, recompile, disable_compile, enable_caching, inspect, inspect_llvm, inspect_asm, inspect_types, inspect_cfg,
        inspect_disasm_cfg, get_annotation_info, parallel_diagnostics, get_metadata, get_overload, __repr__, __reduce__, __copy__, __deepcopy__,
    )  # fmt: skip
    for function in methods:
        function.__qualname__ = f"Dispatcher.{function.__name__}"
        setattr(Dispatcher, function.__name__, function)
    # `Dispatcher[[float], float]` in annotations.
    Dispatcher.__class_getitem__ = classmethod(GenericAlias)


_attach()
