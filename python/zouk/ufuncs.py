"""`vectorize` and `guvectorize`: NumPy ufuncs of compiled functions.

With signatures the decorators make a `numpy.ufunc`, whose inner loops are compiled code. Without, they make an object that compiles a loop
when it is called with types that none of its loops takes.
"""

from _thread import RLock
from types import FunctionType

from . import _zouk, types
from .decorators import _checked, bare_dispatcher
from .errors import UnsupportedError

_TARGETS = ("cpu", "parallel", "cuda")
# Threads may call a ufunc that has no loop yet.
_ADDING = RLock()
# NumPy's numbers.
_IDENTITIES = {None: -1, 0: 0, 1: 1, -1: 2, "reorderable": -2}


def vectorize(ftylist_or_function=(), target="cpu", identity=None, **options):
    """Makes a NumPy ufunc of a function of numbers.

    `@vectorize(["float32(float32, float32)", "float64(float64, float64)"])` compiles a loop for each signature and makes a `numpy.ufunc`; NumPy takes the
    first loop that the arguments can be cast to safely. `@vectorize` compiles a loop when a call needs one.

    Options: `identity` (0, 1, -1, None or "reorderable": what `reduce` starts from), `target` ("cpu", "parallel", "cuda": see
    `docs/cuda.md`), and those of `jit`. Division by zero is NumPy's unless `error_model="python"`.
    """
    signatures = _signatures(ftylist_or_function)
    maker = _Maker(target, identity, options)
    if signatures is None:
        return maker.finished(DUFunc(_function(ftylist_or_function), maker), ())

    def decorate(function):
        return maker.finished(DUFunc(_function(function), maker), signatures)

    return decorate


def guvectorize(*args, target="cpu", identity=None, writable_args=(), **options):
    """Makes a generalized NumPy ufunc of a function of arrays, which stores its results in its last arguments.

    `@guvectorize(["void(float64[:], float64[:], float64[:])"], "(n),(n)->(n)")` makes a `numpy.ufunc`. `@guvectorize("(n),(n)->(n)")` compiles a
    loop when a call needs one; the outputs are arguments of the call then.

    `writable_args` are the numbers or names of inputs that the function may write to: without outputs in the layout, all arrays. Other options are those of `vectorize`.
    """
    if not 1 <= len(args) <= 2:
        raise TypeError("guvectorize() takes one or two positional arguments")
    from .layouts import Layout

    layout = Layout(args[-1])
    signatures = _signatures(args[0]) if len(args) == 2 else ()
    if signatures is None:
        raise TypeError(f"guvectorize() takes signatures and a layout, not {args[0]!r}")
    maker = _Maker(target, identity, options)

    def decorate(function):
        return maker.finished(GUFunc(_function(function), maker, layout, writable_args), signatures)

    return decorate


def _signatures(given):
    """The signatures in a decorator's first argument; None where it is the function itself."""
    if isinstance(given, (list, tuple)) and not (isinstance(given, tuple) and given and types.is_signature(given)):
        return list(given)
    if types.is_signature(given):
        return [given]
    return None


def _function(function):
    if isinstance(function, _zouk.Dispatcher):
        function = function.py_func
    if not isinstance(function, FunctionType):
        raise TypeError(f"The decorated object is not a function (got type {type(function)}).")
    return function


class _Maker:
    """What the decorator was told, checked."""

    def __init__(self, target, identity, options):
        if target not in _TARGETS:
            raise ValueError(f"Unsupported target: {target}")
        if not isinstance(identity, (int, str, type(None))) or identity not in _IDENTITIES:
            raise ValueError(f"invalid identity value {identity!r}")
        if options.get("forceobj"):
            raise UnsupportedError("a ufunc has no object mode (`forceobj=True`): NumPy's `frompyfunc` makes one of a Python function")
        self.target, self.identity = target, identity
        self.options = {name: value for name, value in options.items() if value is not None}
        self.checked = _checked({"error_model": "numpy", "locals": {}, **self.options})

    def finished(self, lazy, signatures):
        """What the decorator gives: a ufunc of the signatures, or without any the object that compiles loops."""
        if self.target == "cuda" and signatures:
            from .cuda.time_ufuncs import CUDATimeGUfunc, CUDATimeUfunc, has_times

            if has_times(signatures):
                return (CUDATimeUfunc if lazy._layout is None else CUDATimeGUfunc)(lazy, signatures)
        ufunc = lazy._declared(signatures) if signatures else lazy
        if self.target != "cuda":
            return ufunc
        from .cuda.ufuncs import CUDAGUfunc, CUDAUfunc

        return (CUDAUfunc if lazy._layout is None else CUDAGUfunc)(lazy, ufunc)

    def arguments(self):
        """The keyword arguments of the decorator."""
        return {"target": self.target, "identity": self.identity, **self.options}


class _Lazy:
    """A ufunc that gets more loops."""

    def __init__(self, function, maker, layout=None, writable=()):
        self._maker, self._layout, self._writable = maker, layout, writable
        identity = None if maker.identity == "reorderable" else maker.identity
        behind = {"ufunc": [], "identity": identity, "reorderable": maker.identity is not None} if layout is None else {"ufunc": layout.core, "layout": layout.text, "writable": list(writable)}
        self._dispatcher = bare_dispatcher(function, maker.checked, **behind)
        self._signatures = []
        self._ufunc = None
        self._frozen = False
        self._dispatcher.ufunc = self
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            setattr(self, name, getattr(function, name))
        self.__wrapped__ = self.py_func = function

    @property
    def ufunc(self):
        """The `numpy.ufunc` of the loops compiled so far; None before the first one."""
        return self._ufunc

    @property
    def targetoptions(self):
        return self._maker.arguments()

    @property
    def nin(self):
        return self.py_func.__code__.co_argcount if self._layout is None else self._layout.inputs

    @property
    def nout(self):
        if self._layout is not None:
            return self._layout.outputs
        return 1 if self._ufunc is None else self._ufunc.nout

    @property
    def nargs(self):
        return self.nin + self.nout

    @property
    def types(self):
        return [] if self._ufunc is None else self._ufunc.types

    @property
    def ntypes(self):
        return len(self.types)

    @property
    def identity(self):
        return None if self._maker.identity == "reorderable" else self._maker.identity

    @property
    def signature(self):
        return None if self._layout is None else self._layout.text

    def add(self, sig):
        """Compiles a loop for a signature; the new loop is the last that NumPy tries."""
        if self._frozen:
            raise RuntimeError("compilation disabled for this ufunc")
        signature = types.normalize_signature(sig)
        self._check(signature)
        with _ADDING:
            if all(signature.args != known.args for known in self._signatures):
                self._ufunc = self._build([*self._signatures, signature])
                self._signatures.append(signature)
        return self

    def _declared(self, signatures):
        """The ufunc of these signatures alone."""
        # A recursive function's own name is not bound yet.
        self._dispatcher._declaring = True
        try:
            for signature in signatures:
                self.add(signature)
        finally:
            del self._dispatcher._declaring
        self.disable_compile()
        return self._ufunc

    def build_ufunc(self):
        """No more loops are compiled."""
        self.disable_compile()
        return self

    def disable_compile(self):
        self._frozen = True
        _zouk.freeze(self._dispatcher, True)

    def _build(self, signatures):
        from .serialize import travel_by_value

        travel_by_value()
        layout = self._layout
        spelled = [([ty._ty for ty in s.args], None if s.return_type is None else s.return_type._ty) for s in signatures]
        return _zouk.make_ufunc(
            self._dispatcher,
            spelled,
            {
                "name": self.__name__,
                "doc": self.__doc__ or "",
                "layout": None if layout is None else layout.text,
                "outputs": 0 if layout is None else layout.outputs,
                "writable": list(self._writable),
                "identity": _IDENTITIES[self._maker.identity],
                "parallel": self._maker.target == "parallel",
            },
        )

    def _with_loop(self, use, arguments):
        """`use(ufunc)`, after a loop for the arguments is compiled if there is none."""
        if self._ufunc is not None:
            try:
                return use(self._ufunc)
            except TypeError as error:
                if self._frozen or not _lacks_loop(error):
                    raise
        if self._frozen:
            raise TypeError(f"ufunc {self.__name__!r} has no loop and compiles none")
        signature = self._signature_of(arguments)
        if any(signature == known.args for known in self._signatures):
            return use(self._ufunc)
        self.add(types.Signature(None, signature))
        return use(self._ufunc)

    def __repr__(self):
        return f"<zouk.{type(self).__name__} {self.__name__!r}>"

    def __reduce__(self):
        from .serialize import reduce_ufunc

        return reduce_ufunc(self, self)

    def _description(self):
        """What makes it anew elsewhere, beside its function."""
        layout = None if self._layout is None else self._layout.text
        return self._maker.arguments(), layout, tuple(self._writable), tuple(self._signatures), self._frozen

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def make_again(function, arguments, layout, writable, signatures, frozen):
    """The object that `_description` tells of."""
    from .layouts import Layout

    maker = _Maker(arguments.pop("target"), arguments.pop("identity"), arguments)
    made = DUFunc(function, maker) if layout is None else GUFunc(function, maker, Layout(layout), writable)
    for signature in signatures:
        made.add(signature)
    if frozen:
        made.disable_compile()
    return made


def _lacks_loop(error):
    """Whether NumPy found no loop for the inputs, or none whose outputs fit."""
    text = str(error)
    return any(reason in text for reason in ("not supported for the input types", "did not contain a loop", "output from dtype"))


def _element_type(value):
    """The type of an item of an argument: that of an array's dtype, or of the number."""
    import numpy

    if isinstance(value, (list, tuple)):
        value = numpy.asarray(value)
    dtype = getattr(value, "dtype", None)
    return types.typeof(value) if dtype is None else types.from_dtype(dtype)


class DUFunc(_Lazy):
    """A ufunc that compiles a loop for argument types when a call has them first."""

    def __init__(self, function, maker):
        super().__init__(function, maker)
        if function.__code__.co_argcount == 0:
            raise TypeError("a function under @vectorize takes an argument")

    def _check(self, signature):
        if len(signature.args) != self.nin:
            raise TypeError(f"{self.__name__}() takes {self.nin} arguments; the signature {signature} has {len(signature.args)}")
        for ty in signature.args:
            if not isinstance(ty, types._Scalar):
                raise TypeError(f"a ufunc takes numbers; the signature {signature} has {ty}")

    def _signature_of(self, arguments):
        return tuple(map(_element_type, arguments))

    def __call__(self, *args, **kws):
        if len(args) < self.nin:
            raise TypeError(f"{self.__name__}() takes from {self.nin} to {self.nargs} positional arguments but {len(args)} were given")
        return self._with_loop(lambda ufunc: ufunc(*args, **kws), args[: self.nin])

    def _binary(self, method, array, arguments, kws):
        if self.nin != 2:
            raise ValueError(f"{method} only supported for binary functions")
        return self._with_loop(lambda ufunc: getattr(ufunc, method)(array, *arguments, **kws), (array, array))

    def reduce(self, array, *args, **kws):
        return self._binary("reduce", array, args, kws)

    def accumulate(self, array, *args, **kws):
        return self._binary("accumulate", array, args, kws)

    def reduceat(self, array, *args, **kws):
        return self._binary("reduceat", array, args, kws)

    def outer(self, A, B, **kws):
        return self._with_loop(lambda ufunc: ufunc.outer(A, B, **kws), (A, B))

    def at(self, a, indices, *args):
        return self._with_loop(lambda ufunc: ufunc.at(a, indices, *args), (a, *args))


class GUFunc(_Lazy):
    """A generalized ufunc that compiles a loop for argument types when a call has them first."""

    def __init__(self, function, maker, layout, writable):
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        if len(names) != layout.arguments:
            raise TypeError(f"{function.__name__}() takes {len(names)} arguments; the layout {layout.text!r} has {layout.arguments}")
        # A function without outputs is called for what it does to its arrays.
        written = range(layout.arguments) if not layout.outputs else ()
        arrays = [i for i in written if layout.core[i]]
        super().__init__(function, maker, layout, arrays or [_place(argument, names) for argument in writable])

    def _check(self, signature):
        if len(signature.args) != self._layout.arguments:
            raise TypeError(f"the layout {self._layout.text!r} has {self._layout.arguments} arguments; the signature {signature} has {len(signature.args)}")
        for i, (ty, core) in enumerate(zip(signature.args, self._layout.core)):
            if isinstance(ty, types.Array):
                if ty.ndim != len(core) and not (not core and ty.ndim == 1):
                    raise TypeError(f"type and shape signature mismatch for arg #{i + 1}: {ty} has {ty.ndim} axes, the layout {len(core)}")
            elif not isinstance(ty, types._Scalar):
                raise TypeError(f"a ufunc takes numbers and arrays of numbers; the signature {signature} has {ty}")
            elif core:
                raise TypeError(f"scalar type {ty} given for non scalar argument #{i + 1}")
            elif i >= self.nin:
                raise TypeError(f"output #{i + 1} must be an array, such as {ty}[:], to be stored to")

    def _signature_of(self, arguments):
        spelled = []
        for i, (value, core) in enumerate(zip(arguments, self._layout.core)):
            element = _element_type(value)
            rank = len(core) or int(i >= self.nin or i in self._writable)
            spelled.append(types.Array(element, rank, "A") if rank else element)
        return tuple(spelled)

    def __call__(self, *args, **kws):
        outputs = kws.get("out", ())
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        given = args if len(args) > self.nin else (*args, *outputs)
        if len(given) < self.nargs or any(output is None for output in given[self.nin :]):
            raise TypeError(
                f"Too few arguments for function '{self.__name__}'. Note that the pattern `out = gufunc(Arg1, Arg2, ..., ArgN)` is not allowed. "
                "Use `gufunc(Arg1, Arg2, ..., ArgN, out) instead."
            )
        # NumPy takes the first loop that a Python number can be cast to, whatever the output is.
        args = tuple(map(_of_its_type, args))
        return self._with_loop(lambda ufunc: ufunc(*args, **kws), given[: self.nargs])


def _of_its_type(value):
    import numpy

    return numpy.asarray(value) if isinstance(value, (int, float, complex)) else value


def _place(argument, names):
    """The number of a parameter, from its number or its name."""
    if isinstance(argument, str):
        if argument not in names:
            raise ValueError(f"writable_args: {argument!r} is no argument of the function")
        return names.index(argument)
    if not isinstance(argument, int) or not 0 <= argument < len(names):
        raise ValueError(f"writable_args: there is no argument number {argument!r}")
    return argument
