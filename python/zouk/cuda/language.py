"""What only kernels and device functions use. In Python the names say so."""


class _OnlyInKernels:
    def __init__(self, name):
        self.__name__ = self.__qualname__ = name
        self.__module__ = "zouk.cuda"

    def __call__(self, *args, **kwargs):
        raise RuntimeError(f"cuda.{self.__name__}() has a meaning only inside a CUDA kernel")

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        # Each name is one object, by which compiled code finds it.
        value = self.__dict__[name] = _OnlyInKernels(f"{self.__name__}.{name}")
        return value

    def __repr__(self):
        return f"<cuda.{self.__name__}, for kernels>"

    def __reduce__(self):
        # By its name.
        return self.__name__


NAMES = """
    threadIdx blockIdx blockDim gridDim grid gridsize laneid warpsize shared local const atomic cg
    syncthreads syncthreads_count syncthreads_and syncthreads_or syncwarp threadfence threadfence_block threadfence_system
    shfl_sync shfl_up_sync shfl_down_sync shfl_xor_sync all_sync any_sync eq_sync ballot_sync match_any_sync match_all_sync activemask lanemask_lt
    popc brev clz ffs fma cbrt selp nanosleep libdevice fp16 ldca ldcg ldcs ldlu ldcv stcg stcs stwb stwt
""".split()
# Vectors: `float32x4`, and as CUDA C calls it, `float4`.
_IN_C = {
    "int8": ["char"], "int16": ["short"], "int32": ["int"], "int64": ["long", "longlong"], "float32": ["float"], "float64": ["double"],
    "uint8": ["uchar"], "uint16": ["ushort"], "uint32": ["uint"], "uint64": ["ulong", "ulonglong"],
}  # fmt: skip
_VECTORS = {f"{element}x{n}": [f"{name}{n}" for name in names] for element, names in _IN_C.items() for n in (1, 2, 3, 4)}

globals().update({name: _OnlyInKernels(name) for name in [*NAMES, *_VECTORS]})
for _vector, _aliases in _VECTORS.items():
    globals()[_vector].aliases = tuple(_aliases)
    globals().update(dict.fromkeys(_aliases, globals()[_vector]))
NAMES += [*_VECTORS, *(alias for aliases in _VECTORS.values() for alias in aliases)]
