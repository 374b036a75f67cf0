"""`@vectorize` and `@guvectorize` with `target="cuda"`: functions of arrays that a kernel computes.

Which loop takes which types is asked of the ufunc that the decorator makes for the CPU, which also computes what no array of a device has to do with when kernels
run on the CPU, and the methods of ufuncs.
"""

import numpy as np

from . import grid
from .arrays import DeviceNDArray, device_view
from .decorators import jit
from .layouts import is_device_memory, on_cpu
from .memory import device_array, to_device
from .streams import handle

_THREADS = 128

_ELEMENTWISE = """\
def apply({parameters}, out):
    i = grid(1)
    if i < out.size:
{places}        out[{key}] = core({arguments})
"""

_GENERALIZED = """\
def apply({parameters}):
    i = grid(1)
    if i < {last}.shape[0]:
        core({arguments})
"""


def _made(text, name, scope):
    """The kernel of a text."""
    import linecache

    file = f"<zouk.cuda kernel of {name}, {len(linecache.cache)}>"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    scope = {"grid": grid, "__name__": __name__, **scope}
    exec(compile(text, file, "exec"), scope)
    return jit(scope["apply"])


def _weak(value):
    """What NumPy resolves loops by: the dtype of an array, the class of a number of Python."""
    return type(value) if type(value) in (int, float, complex) else value.dtype


class _Shared:
    """What both have in common. `ordinary` is the ufunc for the CPU, or what compiles its loops."""

    def __init__(self, lazy, ordinary):
        self._lazy, self._ordinary = lazy, ordinary
        self._core = jit(lazy.py_func, device=True, fastmath=lazy._maker.options.get("fastmath", False))
        self._kernels = {}
        for name in ("__name__", "__qualname__", "__module__", "__doc__", "py_func"):
            setattr(self, name, getattr(lazy, name))
        self.__wrapped__ = self.py_func
        # What a compiled function that calls it calls.
        self._dispatcher = lazy._dispatcher

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._ordinary, name)

    def _is_declared(self):
        """Whether its loops are those of signatures."""
        return isinstance(self._ordinary, np.ufunc)

    def _resolved(self, inputs, outputs):
        """The dtypes of the loop for these arguments."""
        dtypes = (*map(_weak, inputs), *outputs)

        def use(ufunc):
            return ufunc.resolve_dtypes(dtypes)

        if not isinstance(self._ordinary, np.ufunc):
            return self._ordinary._with_loop(use, inputs)
        try:
            return use(self._ordinary)
        except TypeError:
            # As Numba's ufuncs for a device: the first loop that numbers, unlike arrays, can be converted to within their kind.
            castings = ["safe" if np.ndim(value) else "same_kind" for value in inputs]
            given = [np.dtype(dtype) for dtype in dtypes[: self._lazy.nin]]
            for loop in self._ordinary.types:
                found = [np.dtype(letter) for letter in loop.replace("->", "")]
                fits = all(map(np.can_cast, given, found, castings))
                if fits and all(to is None or np.can_cast(dtype, to, "same_kind") for dtype, to in zip(found[len(given) :], outputs)):
                    return found
            raise

    def _arguments(self, args, out):
        """The inputs and the outputs of a call."""
        nin = self._lazy.nin
        if len(args) > self._lazy.nargs:
            self._refuse_count(len(args))
        if len(args) > nin:
            if out is not None:
                raise ValueError("cannot specify argument 'out' as both positional and keyword")
            args, out = args[:nin], args[nin:]
        elif out is None:
            out = ()
        elif not isinstance(out, tuple):
            out = (out,)
        if len(args) < nin:
            self._refuse_count(len(args))
        args = [device_view(value) for value in args]
        args = [value if is_device_memory(value) or type(value) in (int, float, complex) else np.asarray(value) for value in args]
        return args, [None if value is None else device_view(value) for value in out]

    def _refuse_count(self, given):
        what = "gufunc" if self._lazy._layout is not None else "ufunc"
        arguments = "argument" if given == 1 else "arguments"
        raise TypeError(f"{what} accepts {self._lazy.nin} positional arguments, or {self._lazy.nargs} positional arguments. Got {given} positional {arguments}.")

    def _is_for_numpy(self, args, more):
        if not on_cpu() or len(args) < self._lazy.nin:
            return False
        values = [part for value in [*args, *more] for part in (value if isinstance(value, tuple) else (value,))]
        return not any(is_device_memory(value) or hasattr(value, "__cuda_array_interface__") for value in values)

    def _is_safe(self, args):
        """Whether NumPy finds a loop for the arguments."""
        if not isinstance(self._ordinary, np.ufunc):
            return True
        inputs = [value if type(value) in (int, float, complex) else np.asarray(value) for value in args[: self._lazy.nin]]
        try:
            self._ordinary.resolve_dtypes((*map(_weak, inputs), *[None] * self._ordinary.nout))
        except TypeError:
            return False
        return True

    def _has_more(self, args, out, more):
        """Whether there are arguments of NumPy's, which arrays of a device do not go with."""
        if more and any(map(is_device_memory, [*args, *(out if isinstance(out, tuple) else (out,))])):
            raise TypeError(f"{self.__name__}() takes out= and stream= with arrays of a device, not {', '.join(more)}")
        return bool(more)

    def _launch(self, kernel, count, stream, arguments):
        if count:
            kernel._launch_quietly(-(-count // _THREADS), _THREADS, stream)(*arguments)

    def _finished(self, results, outputs, args, stream):
        """Arrays of the host where all arguments are."""
        finished = []
        wanted = [*outputs, *[None] * (len(results) - len(outputs))]
        on_device = any(map(is_device_memory, args))
        for result, output in zip(results, wanted):
            if output is None and on_device:
                finished.append(result)
            elif output is None:
                host = result.copy_to_host(stream=stream)
                if handle(stream) is not None:
                    stream.synchronize()
                finished.append(host if host.ndim else host[()])
            else:
                if not is_device_memory(output):
                    result.copy_to_host(output, stream)
                elif result is not output:
                    output.setitem(Ellipsis, result, stream)
                finished.append(output)
        return finished[0] if len(finished) == 1 else tuple(finished)

    def __reduce__(self):
        from ..serialize import _attribute, _named

        import sys

        if self.__module__ != "__main__" and _attribute(sys.modules.get(self.__module__), self.__qualname__) is self:
            return _named, (self.__module__, self.__qualname__)
        return _again, (type(self), self._lazy, isinstance(self._ordinary, np.ufunc))

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        return f"<{type(self).__name__} {self.__name__!r}>"


def _again(kind, lazy, declared):
    return kind(lazy, lazy.ufunc if declared else lazy)


class CUDAUfunc(_Shared):
    """A function of numbers, applied to arrays by a kernel."""

    def __call__(self, *args, out=None, stream=0, **more):
        """Arrays of the host give one of the host, others one of the device; `out` is the array to write to."""
        if self._is_for_numpy(args, (out,)) and self._is_safe(args) or self._has_more(args, out, more):
            return self._ordinary(*args, **more, **({} if out is None else {"out": out}))
        args, outputs = self._arguments(args, out)
        output = outputs[0] if outputs else None
        dtypes = self._resolved(args, [None if output is None else output.dtype])
        shape = np.broadcast_shapes(*(np.shape(value) for value in args))
        if output is not None and np.broadcast_shapes(shape, output.shape) != output.shape:
            raise ValueError(f"non-broadcastable output operand with shape {output.shape} doesn't match the broadcast shape {shape}")
        shape = shape if output is None else output.shape
        if is_device_memory(output):
            result = output
        else:
            result = device_array(shape, dtypes[-1], stream=stream)
        passed = [self._passed(value, dtype, shape, stream) for value, dtype in zip(args, dtypes)]
        self._compute(passed, dtypes, result, stream)
        return self._finished([result], outputs, args, stream)

    def _passed(self, value, dtype, shape, stream):
        """An argument of the kernel: a number, or an array of the shape of the result."""
        if not is_device_memory(value):
            if np.ndim(value) == 0:
                return dtype.type(value) if type(value) in (int, float, complex) else value[()]
            value = to_device(value, stream)
        if value.shape == shape:
            return value
        return DeviceNDArray._of(np.broadcast_to(value._layout, shape), value._memory, value.stream)

    def _compute(self, passed, dtypes, result, stream):
        arrays = [value for value in passed if is_device_memory(value)]
        if all(array.is_c_contiguous() for array in [*arrays, result]) and result.ndim != 1:
            passed = [value.ravel() if is_device_memory(value) else value for value in passed]
            result = result.ravel()
        casts = tuple(None if value.dtype == dtype else dtype for value, dtype in zip(passed, dtypes))
        numbers = tuple(not is_device_memory(value) for value in passed)
        key = result.ndim, casts, numbers
        kernel = self._kernels.get(key)
        if kernel is None:
            kernel = self._kernels[key] = self._kernel(*key)
        self._launch(kernel, result.size, stream, [*passed, result])

    def _kernel(self, rank, casts, numbers):
        axes = range(rank)
        key = ", ".join(f"i{axis}" for axis in axes) or "()"
        places = "".join(f"        i{axis} = i % out.shape[{axis}]\n        i //= out.shape[{axis}]\n" for axis in reversed(axes))
        names = [f"a{n}" for n in range(len(casts))]
        values = [name if number else f"{name}[{key}]" for name, number in zip(names, numbers)]
        values = [value if cast is None else f"cast{n}({value})" for n, (value, cast) in enumerate(zip(values, casts))]
        text = _ELEMENTWISE.format(parameters=", ".join(names), places=places, key=key, arguments=", ".join(values))
        scope = {f"cast{n}": cast.type for n, cast in enumerate(casts) if cast is not None}
        return _made(text, self.__name__, {"core": self._core, **scope})

    def reduce(self, array, *args, stream=0, **more):
        """The function over all elements of a one-dimensional array; of others, and with arguments of NumPy's, what NumPy gives."""
        if self._is_for_numpy((array,), ()) or more or args:
            return self._ordinary.reduce(array, *args, **more) if isinstance(self._ordinary, np.ufunc) else self._lazy.reduce(array, *args, **more)
        if self._lazy.nin != 2:
            raise TypeError("must be a binary ufunc")
        array = device_view(array)
        if array.ndim != 1:
            raise TypeError("must use 1d array")
        if array.size == 0:
            raise TypeError("must be a non-empty array")
        source = array if is_device_memory(array) else to_device(array, stream)
        while source.size > 1:
            half = source.size // 2
            result = device_array(source.size - half, source.dtype, stream=stream)
            self(source[:half], source[half : 2 * half], out=result[:half], stream=stream)
            if source.size % 2:
                result.setitem(slice(half, None), source[2 * half :], stream)
            source = result
        return source.getitem(0, stream)


class CUDAGUfunc(_Shared):
    """A function of arrays, applied along the other axes by a kernel: a thread computes one."""

    def __call__(self, *args, out=None, stream=0, **more):
        """Arrays of the host give one of the host, others one of the device; `out` is the array to write to."""
        if self._is_for_numpy(args, (out,)) and self._is_safe(args) or self._has_more(args, out, more):
            return self._ordinary(*args, **more, **({} if out is None else {"out": out}))
        layout = self._lazy._layout
        args, outputs = self._arguments(args, out)
        outputs = [*outputs, *[None] * (layout.outputs - len(outputs))]
        if not self._is_declared() and any(output is None for output in outputs):
            raise TypeError(f"{self.__name__}() needs its outputs as arguments: it has no signatures")
        arrays = [value if is_device_memory(value) else np.asarray(value) for value in args]
        sizes, outer = self._sizes(layout, arrays, outputs)
        dtypes = self._dtypes(args, outputs)
        count = int(np.prod(outer))
        passed, results = [], []
        for value, core, dtype in zip(arrays, layout.core, dtypes):
            passed.append(self._rows(value, outer, [sizes[n] for n in core], dtype, count, stream))
        for output, core, dtype in zip(outputs, layout.core[layout.inputs :], dtypes[layout.inputs :]):
            shape = (*outer, *(sizes[n] for n in core))
            direct = is_device_memory(output) and output.dtype == dtype and output.is_c_contiguous()
            result = output if direct else device_array(shape, dtype, stream=stream)
            if output is not None and output.shape != shape:
                raise ValueError(f"{self.__name__}(): an output of shape {output.shape} in place of {shape}")
            results.append(result)
            passed.append(result.reshape(count, *shape[len(outer) :]))
        self._launch(self._kernel(layout), count, stream, passed)
        return self._finished(results, [output for output in outputs if output is not None], args, stream)

    def _dtypes(self, args, outputs):
        if not isinstance(self._ordinary, np.ufunc):
            self._ordinary._signature_of([*args, *outputs])
            return [*(np.asarray(value).dtype if type(value) in (int, float, complex) else value.dtype for value in args), *(output.dtype for output in outputs)]
        return self._resolved(args, [None if output is None else output.dtype for output in outputs])

    def _sizes(self, layout, arrays, outputs):
        """The sizes of the core dimensions by number, and the shape of the others."""
        sizes, outer = {}, []
        for value, core in zip([*arrays, *outputs], layout.core):
            if value is None:
                continue
            if value.ndim < len(core):
                raise ValueError(f"{self.__name__}(): an argument has {value.ndim} axes, and {len(core)} core dimensions")
            split = value.ndim - len(core)
            for n, size in zip(core, value.shape[split:]):
                if sizes.setdefault(n, size) != size:
                    raise ValueError(f"{self.__name__}(): a core dimension of the layout {layout.text} has the sizes {sizes[n]} and {size}")
            outer.append(value.shape[:split])
        return sizes, np.broadcast_shapes(*outer[: layout.inputs], *outer[layout.inputs :])

    def _rows(self, value, outer, core, dtype, count, stream):
        """An argument with one axis before its core dimensions."""
        if not is_device_memory(value):
            value = to_device(np.asarray(value, dtype, order="C"), stream)
        shape = (*outer, *core)
        if value.shape != shape or value.dtype != dtype or not value.is_c_contiguous():
            copy = device_array(shape, dtype, stream=stream)
            copy.setitem(Ellipsis, value, stream)
            value = copy
        return value.reshape(count, *core)

    def _kernel(self, layout):
        found = self._kernels.get(None)
        if found is None:
            names = [f"a{n}" for n in range(layout.arguments)]
            writable = [n >= layout.inputs or n in self._lazy._writable for n in range(layout.arguments)]
            # What has no core dimension and is written to is an array of one element.
            values = [f"{name}[i : i + 1]" if writes and not core else f"{name}[i]" for name, core, writes in zip(names, layout.core, writable)]
            text = _GENERALIZED.format(parameters=", ".join(names), last=names[-1], arguments=", ".join(values))
            found = self._kernels[None] = _made(text, self.__name__, {"core": self._core})
        return found
