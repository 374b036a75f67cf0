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
_ELEMENTS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split()
_IN_C = "char short int long longlong uchar ushort uint ulong ulonglong float double".split()
NAMES += [f"{element}x{n}" for element in _ELEMENTS for n in (1, 2, 3, 4)] + [f"{element}{n}" for element in _IN_C for n in (1, 2, 3, 4)]

globals().update({name: _OnlyInKernels(name) for name in NAMES})
