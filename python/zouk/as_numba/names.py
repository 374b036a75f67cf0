"""Numba's modules and names: where zouk has what they hold, and what it has nothing for.

A name is looked for in `PLACES`, then in the `SOURCES` of its module, then among the modules below; else it stands for something missing if
Numba has it. So what zouk gains is found without a change here, as long as it has Numba's name.
"""

import os

from . import helpers

# One module under two names.
SAME = {"numba.types": "numba.core.types", "numba.config": "numba.core.config", "numba.errors": "numba.core.errors", "numba.cuda.devicearray": "numba.cuda.cudadrv.devicearray"}

# Modules that come with another one.
WITH = {"numba": ("numba.core.types", "numba.types", "numba.core.config", "numba.core.errors")}

_UFUNCS = ("zouk.ufuncs", "zouk")

# Where the names of a module are.
SOURCES = {
    "numba": ("zouk",),
    "numba.core.types": ("zouk.types",),
    "numba.core.errors": ("zouk.errors",),
    "numba.core.decorators": ("zouk", "zouk.decorators"),
    "numba.core.dispatcher": ("zouk.dispatcher",),
    "numba.core.registry": ("zouk.dispatcher",),
    "numba.core.extending": ("zouk.extending",),
    "numba.extending": ("zouk.extending",),
    "numba.core.typing": ("zouk.types",),
    "numba.core.typing.templates": ("zouk.types",),
    "numba.core.typing.typeof": ("zouk.types",),
    "numba.core.typing.asnumbatype": ("zouk.extending",),
    "numba.core.ccallback": ("zouk.cfuncs",),
    "numba.core.typing.cffi_utils": ("zouk.cffi_support",),
    "numba.core.withcontexts": ("zouk",),
    "numba.core.sigutils": ("zouk.types",),
    "numba.misc.special": ("zouk",),
    "numba.np.numpy_support": ("zouk.types", "zouk"),
    "numba.np.ufunc": _UFUNCS,
    "numba.np.ufunc.decorators": _UFUNCS,
    "numba.np.ufunc.dufunc": _UFUNCS,
    "numba.np.ufunc.gufunc": _UFUNCS,
    "numba.np.ufunc.parallel": ("zouk.parallel",),
    "numba.stencils.stencil": ("zouk.stencils", "zouk"),
    "numba.typed": ("zouk.typed",),
    "numba.experimental": ("zouk.experimental", "zouk"),
    "numba.experimental.jitclass": ("zouk.experimental", "zouk"),
    "numba.experimental.structref": ("zouk.experimental.structref",),
    "numba.cuda": ("zouk.cuda",),
    "numba.cuda.api": ("zouk.cuda",),
    "numba.cuda.args": ("zouk.cuda.arguments",),
    "numba.cuda.compiler": ("zouk.cuda.compiler",),
    "numba.cuda.decorators": ("zouk.cuda.decorators", "zouk.cuda.functions"),
    "numba.cuda.dispatcher": ("zouk.cuda.kernels", "zouk.cuda.functions"),
    "numba.cuda.errors": ("zouk.cuda.errors",),
    "numba.cuda.random": ("zouk.cuda.random",),
    "numba.cuda.vectorizers": ("zouk.cuda.ufuncs",),
    "numba.cuda.kernels.transpose": ("zouk.as_numba.cuda",),
    "numba.cuda.kernels.reduction": ("zouk.cuda.reduction",),
    "numba.cuda.vector_types": ("zouk.as_numba.cuda",),
    "numba.cuda.cudadrv.nvvm": ("zouk.as_numba.cuda",),
    "numba.cuda.cudadrv.devicearray": ("zouk.cuda.arrays", "zouk.cuda.records", "zouk.cuda.host_arrays", "zouk.cuda.layouts", "zouk.as_numba.cuda"),
    "numba.cuda.cudadrv.devices": ("zouk.cuda.devices",),
    "numba.cuda.cudadrv.driver": ("zouk.cuda.errors", "zouk.cuda.devices", "zouk.cuda.streams", "zouk.as_numba.cuda"),
    "numba.cuda.cudadrv.error": ("zouk.cuda.errors",),
    "numba.cuda.cudadrv.runtime": ("zouk.cuda.devices", "zouk.cuda.errors", "zouk.as_numba.cuda"),
}

# Names that zouk has under another name or in another place.
PLACES = {
    "numba.jit_module": "zouk.as_numba.helpers.jit_module",
    "numba.pndindex": "numpy.ndindex",
    "numba.__version__": "zouk.as_numba.NUMBA_VERSION",
    "numba.DUFunc": "zouk.ufuncs.DUFunc",
    "numba.cuda.cudadrv.devicearray.is_cuda_ndarray": "zouk.cuda.layouts.is_device_memory",
    "numba.cuda.cudadrv.devices.get_context": "zouk.cuda.devices.current_context",
    "numba.cuda.cudadrv.devices.reset": "zouk.cuda.devices.close",
    "numba.cuda.cudadrv.driver.is_device_memory": "zouk.cuda.layouts.is_device_memory",
    "numba.cuda.dispatcher.CUDADispatcher": "zouk.cuda.kernels.Kernel",
    "numba.core.decorators.jit_module": "zouk.as_numba.helpers.jit_module",
    "numba.core.extending.is_jitted": "zouk.as_numba.helpers.is_jitted",
    "numba.core.sigutils.normalize_signature": "zouk.as_numba.helpers.normalize_signature",
    "numba.core.typing.npydecl.supported_ufuncs": "zouk.as_numba.helpers.supported_ufuncs",
    "numba.core.types.functions._header_lead": "zouk.as_numba.helpers._header_lead",
    "numba.core.utils.PYVERSION": "zouk.as_numba.helpers.PYVERSION",
    "numba.core.utils.pysignature": "zouk.as_numba.helpers.pysignature",
    "numba.extending.is_jitted": "zouk.as_numba.helpers.is_jitted",
    "numba.misc.special.pndindex": "numpy.ndindex",
    "numba.np.numpy_support.is_array": "zouk.as_numba.helpers.is_array",
    "numba.np.numpy_support.map_arrayscalar_type": "zouk.as_numba.helpers.map_arrayscalar_type",
    "numba.np.numpy_support.map_layout": "zouk.as_numba.helpers.map_layout",
    "numba.np.numpy_support.numpy_version": "zouk.as_numba.helpers.numpy_version",
    "numba.np.ufunc.GUVectorize": "zouk.as_numba.helpers.GUVectorize",
    "numba.np.ufunc.Vectorize": "zouk.as_numba.helpers.Vectorize",
}

# Values of modules that are Numba's own.
VALUES = {
    "numba": {"version_info": (0, 68, 1), "__file__": os.path.join(os.path.dirname(os.path.abspath(__file__)), "path", "numba", "__init__.py")},
    "numba.core.types.functions": {"_header_lead": helpers._header_lead},
}
HINTS = {
    "numba.pycc.CC": "`zouk compile --emit shared` makes C libraries ahead of time (docs/c-library.md)",
    "numba.gdb": "`inspect` shows the function at every stage of the compiler, and errors have the Python line",
    "numba.core.compiler.CompilerBase": "zouk's passes are chosen with `zouk-opt`",
}

# What Numba has and zouk may not have. Modules that are not here, and not below one of `_INNER`, have only what zouk has.
_MISSING = {
    "numba": """
        _dispatcher _dynfunc _helperlib carray cfunc deferred_type farray ffi ffi_forced_object gdb gdb_breakpoint gdb_init generated_jit
        get_num_threads get_parallel_chunksize get_thread_id jitclass literal_unroll literally objmode parallel_chunksize set_num_threads
        set_parallel_chunksize stencil test threading_layer
    """,
    "numba.core.types": """
        Any ArrayCompatible ArrayCTypes ArrayFlags ArrayIterator BaseAnonymousTuple BaseFunction BaseNamedTuple BooleanLiteral BoundFunction Buffer
        ByteArray Bytes c_bool Callable CharSeq ClassDataType ClassInstanceType ClassType code_type CompileResultWAP ConstSized Container
        ContextManager CPointer cyclic_pickle deferred_type DeferredType DictItemsIterableType DictIteratorType DictKeysIterableType DictType
        DictValuesIterableType Dispatcher DType DTypeSpec Dummy ellipsis EllipsisType EnumClass enumerate_type EnumerateType EnumMember
        EphemeralPointer ExceptionClass ExceptionInstance ExternalFunction ExternalFunctionPointer ffi ffi_forced_object float16 Function
        FunctionPrototype FunctionType Generator Hashable InitialValue IntegerLiteral IntEnumClass IntEnumMember IterableType IteratorType List
        ListIter ListType ListTypeIterableType ListTypeIteratorType Literal literal LiteralList literally LiteralStrKeyDict MakeFunctionLiteral
        maybe_literal MemInfoPointer MemoryView memoryview_type Module MutableSequence NamedTuple NamedTupleClass NamedUniTuple NestedArray np_intp
        npy_bitgen npy_rng NumberClass NumpyFlatType NumpyNdEnumerateType NumpyNdIndexType NumpyNdIterType NumPyRandomBitGeneratorType
        NumPyRandomGeneratorType Object ObjModeDispatcher Omitted Opaque Pair Phantom Poison PolynomialType PyArray PyObject pyobject
        range_iter_state32_type range_iter_state64_type range_state32_type range_state64_type RangeIteratorType RangeType RawPointer RecursiveCall
        Sequence Set SetIter SetType SimpleIterableType SimpleIteratorType Sized slice2_type slice3_type SliceLiteral SliceType StarArgTuple
        StarArgUniTuple string_type StringLiteral StructRef TypeRef undef_var Undefined undefined UndefinedFunctionType UndefVar UnicodeCharSeq
        UnicodeIteratorType UnionType UniTupleIter unknown unliteral VarArg void_ptr voidptr WeakType WrapperAddressProtocol ZipType
    """,
    "numba.core.errors": "WarningsFixer deprecated error_extras new_error_context termcolor",
    "numba.core.extending": """
        _Intrinsic as_numba_type BoundLiteralArgs box get_cython_function_address include_path infer infer_getattr intrinsic is_jitted lower_builtin
        lower_cast lower_constant lower_getattr lower_getattr_generic lower_setattr lower_setattr_generic make_attribute_wrapper models NativeValue
        overload overload_attribute overload_classmethod overload_method reflect register_jitable register_model sentry_literal_args
        SentryLiteralArgs type_callable typeof_impl unbox
    """,
    "numba.typed": "Dict List Set",
    "numba.experimental": "jitclass",
    "numba.experimental.jitclass": "jitclass JitClassType",
    "numba.experimental.structref": "StructRefProxy define_attributes define_boxing define_constructor define_proxy new register structref_is",
    "numba.pycc": "CC compile export exportmany",
    "numba.cuda": """
        activemask all_sync any_sync as_cuda_array atomic ballot_sync blockDim blockIdx brev cbrt cg close clz compile compile_for_current_device
        compile_ptx compile_ptx_for_current_device const CudaSupportError current_context declare_device default_stream defer_cleanup detect
        device_array device_array_like eq_sync event event_elapsed_time external_stream ffs fma fp16 from_cuda_array_interface get_current_device
        gpus gridDim In InOut is_cuda_array is_float16_supported laneid lanemask_lt legacy_default_stream libdevice list_devices local managed_array
        mapped mapped_array mapped_array_like match_all_sync match_any_sync nanosleep open_ipc_array Out per_thread_default_stream pinned
        pinned_array pinned_array_like popc profile_start profile_stop profiling Reduce reduce select_device selp shared shfl_down_sync
        shfl_sync shfl_up_sync shfl_xor_sync stream synchronize syncthreads_and syncthreads_count syncthreads_or syncwarp threadfence
        threadfence_block threadfence_system threadIdx to_device warpsize
    """,
}
_MISSING["numba.extending"] = _MISSING["numba.core.extending"]
_MISSING = {module: frozenset(names.split()) for module, names in _MISSING.items()}

# Numba's modules.
_MODULES = """
    cloudpickle config core cpython cuda errors experimental extending misc np parfors pycc runtests stencils testing typed types
    core.{analysis,annotations,base,boxing,bytecode,byteflow,caching,callconv,callwrapper,ccallback,cgutils,codegen,compiler,compiler_lock}
    core.{compiler_machinery,config,consts,controlflow,cpu,cpu_options,datamodel,debuginfo,decorators,descriptors,dispatcher,entrypoints}
    core.{environment,errors,event,extending,externals,fastmathpass,funcdesc,generators,imputils,inline_closurecall,interpreter,intrinsics}
    core.{ir,ir_utils,itanium_mangler,llvm_bindings,lowering,object_mode_passes,optional,options,postproc,pylowering,pythonapi,registry}
    core.{rewrites,runtime,serialize,sigutils,ssa,target_extension,targetconfig,tracing,transforms,typeconv,typed_passes,typeinfer,types}
    core.{typing,unsafe,untyped_passes,utils,withcontexts} core.annotations.{pretty_annotate,type_annotations}
    core.datamodel.{manager,models,packer,registry,testing} core.rewrites.{ir_print,registry,static_binop,static_getitem,static_raise}
    core.runtime.{context,nrt,nrtdynmod,nrtopt,_nrt_python} core.typeconv.{castgraph,rules,typeconv}
    core.types.{abstract,common,containers,function_type,functions,iterators,misc,npytypes,scalars}
    core.typing.{arraydecl,asnumbatype,bufproto,builtins,cffi_utils,cmathdecl,collections,context,ctypes_utils,dictdecl,enumdecl,listdecl}
    core.typing.{mathdecl,npydecl,setdecl,templates,typeof} core.unsafe.{bytes,eh,nrt,refcount}
    cpython.{_binomial,builtins,charseq,cmathimpl,enumimpl,hashing,heapq,iterators,listobj,mathimpl,numbers,printimpl,randomimpl,rangeobj,setobj}
    cpython.{slicing,tupleobj,unicode,unicode_support,unsafe} cpython.unsafe.{numbers,tuple}
    cuda.{api,args,compiler,devicearray,kernels,cudadrv,cudamath,decorators,device_init,dispatcher,errors,extending,libdevice,random,simulator,stubs,testing,types}
    cuda.{vector_types,vectorizers} cuda.kernels.{reduction,transpose} cuda.cudadrv.{devicearray,devices,driver,drvapi,enums,error,libs,nvvm,runtime}
    experimental.{function_type,jitclass,structref} experimental.jitclass.{_box,base,boxing,decorators,overloads}
    misc.{appdirs,cffiimpl,coverage_support,dump_style,findlib,firstlinefinder,help,init_utils,inspection,literal,llvm_pass_timings,memoryutils}
    misc.{mergesort,numba_entry,numba_gdbinfo,numba_sysinfo,quicksort,special,timsort}
    np.{arraymath,arrayobj,extensions,linalg,math,npdatetime,npdatetime_helpers,npyfuncs,npyimpl,numpy_support,polynomial,random,types,ufunc}
    np.{ufunc_db,unsafe} np.math.{cmathimpl,mathimpl,numbers} np.polynomial.{polynomial_core,polynomial_functions}
    np.random.{distributions,generator_core,generator_methods,legacy,random_methods} np.types.{datetime,datetime_registry}
    np.ufunc.{array_exprs,decorators,dufunc,gufunc,parallel,sigparse,ufunc_base,ufuncbuilder,wrappers,_internal} np.unsafe.ndarray
    parfors.{array_analysis,ir_utils,parfor,parfor_lowering,parfor_lowering_utils} pycc.{cc,compiler,decorators,llvm_types,platform}
    stencils.{stencil,stencilparfor} testing.{loader,main,notebook}
    typed.{dictimpl,dictobject,listobject,setobject,typeddict,typedlist,typedobjectutils,typedset}
"""

# Below these, and in modules that `_MISSING` says nothing of, every name is taken to be Numba's.
_INNER = ("numba.core", "numba.np", "numba.cpython", "numba.parfors", "numba.stencils", "numba.misc", "numba.typed.", "numba.testing", "numba.pycc.", "numba.cuda.", "numba.experimental.")

# These have only modules.
_PACKAGES = frozenset(("numba.core", "numba.np", "numba.cpython", "numba.misc", "numba.cuda.cudadrv"))


def _modules():
    for entry in _MODULES.split():
        head, brace, tail = entry.partition("{")
        for last in tail.rstrip("}").split(","):
            yield f"numba.{head}{last}"


_ALL = frozenset(_modules())


def exists(module):
    """Whether Numba has a module of that name."""
    return module in _ALL


def is_missing(module, name):
    """Whether Numba may have the name, which zouk has not."""
    return name in _MISSING.get(module, ()) or module not in _MISSING and module.startswith(_INNER) and module not in _PACKAGES
