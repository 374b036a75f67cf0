"""Numba's tests of CUDA: which are run, and `numba.cuda.testing` for them. Kernels run on the CPU, so no GPU is needed, and nothing is skipped that Numba's simulator cannot do."""

import os
import sys
import unittest
from pathlib import Path
from types import ModuleType

# Files of `numba/cuda/tests/cudapy` and of other folders there. Those of Numba's inside (its driver binding, its tables of functions, its memory manager) have nothing to run here.
FILES = [
    f"cuda.{folder}.{name}"
    for folder, names in {
        "cudapy": """
            test_alignment test_array test_array_args test_array_methods test_atomics test_blackscholes test_boolean test_casting test_compiler test_complex
            test_complex_kernel test_const_string test_constmem test_cooperative_groups test_cuda_array_interface test_cuda_jit_no_types test_datetime
            test_device_func test_dispatcher test_enums test_errors test_exception test_fastmath test_forall test_freevar test_frexp_ldexp
            test_globals test_gufunc test_gufunc_scalar test_idiv test_intrinsics test_iterators test_lang test_laplace
            test_localmem test_mandel test_math test_matmul test_minmax test_montecarlo test_multithreads test_nondet test_operator
            test_optimization test_overload test_powi test_print test_py2_div_issue test_random test_record_dtype test_recursion test_reduction
            test_retrieve_autoconverted_arrays test_serialize test_slicing test_sm test_sm_creation test_sync test_transpose test_ufuncs test_userexc
            test_vector_type test_vectorize test_vectorize_complex test_vectorize_decor test_vectorize_device test_vectorize_scalar_arg test_warning
            test_warp_ops test_cffi test_debuginfo test_inspect test_lineinfo""",
        "cudadrv": "test_array_attr test_context_stack test_cuda_array_slicing test_cuda_auto_context test_cuda_devicerecord test_cuda_memory test_cuda_ndarray "
        "test_deallocations test_detect test_events test_host_alloc test_linker test_managed_alloc test_pinned test_profiler test_reset_device test_select_device test_streams",
        "nocuda": "test_import",
        "doc_examples": "test_cg test_cpu_gpu_compat test_laplace test_matmul test_montecarlo test_random test_reduction test_sessionize test_ufunc test_vecadd",
    }.items()
    for name in names.split()
]


# Those that `make test` runs.
QUICK = [
    f"cuda.{name}"
    for name in """
        cudapy.test_array cudapy.test_array_args cudapy.test_sync cudapy.test_warp_ops cudapy.test_sm cudapy.test_random cudapy.test_forall cudapy.test_powi
        cudadrv.test_cuda_array_slicing cudadrv.test_streams doc_examples.test_cg doc_examples.test_matmul
    """.split()
]

# Of these files the tests of Numba's inside: `conformance/files.py` has those of the others.
INSIDE = {
    "cuda.cudadrv.test_context_stack": r"Test3rdPartyContext",
    "cuda.cudadrv.test_cuda_memory": r"TestMVExtent|TestCudaMemory|TestCudaMemoryFunctions",
    "cuda.cudapy.test_optimization": r"TestOptimization\.test_.*noopt",
    "cuda.cudapy.test_constmem": r"TestConstantMemory",
}


def module_of(file):
    """The name of the module of a test file: those here are `cuda.FOLDER.NAME`."""
    return f"numba.cuda.tests.{file.removeprefix('cuda.')}" if file in FILES else f"numba.tests.{file}"


def install(tests, support):
    """`numba.cuda.tests` is the folder beside the one of Numba's other tests, `numba.cuda.testing` ours."""
    os.environ.setdefault("ZOUK_CUDA_TARGET", "cpu")
    package = ModuleType("numba.cuda.tests")
    package.__path__ = [str(Path(tests).parent / "cuda" / "tests")]
    sys.modules["numba.cuda.tests"] = package
    testing = ModuleType("numba.cuda.testing")
    vars(testing).update(_testing(support))
    sys.modules["numba.cuda.testing"] = testing
    _stand_in_for_extensions()


def _stand_in_for_extensions():
    """Some files import a type that extends Numba's compiler, which only few of their tests use."""
    from zouk.as_numba import Missing

    usecases = ModuleType("numba.cuda.tests.cudapy.extensions_usecases")
    usecases.TestStruct, usecases.test_struct_model_type = (Missing(f"numba.core.datamodel.{name}") for name in ("TestStruct", "test_struct_model_type"))
    sys.modules[usecases.__name__] = usecases


def _always(*reason):
    """As a decorator, or what makes one."""
    return reason[0] if reason and not isinstance(reason[0], str) else lambda test: test


def _testing(support):
    """The names of `numba.cuda.testing`."""

    class CUDATestCase(support.TestCase):
        """The warnings about the use of a GPU are off."""

        def setUp(self):
            from numba.core import config

            self.addCleanup(vars(config).update, {name: getattr(config, name) for name in ("CUDA_LOW_OCCUPANCY_WARNINGS", "CUDA_WARN_ON_IMPLICIT_COPY")})
            config.CUDA_LOW_OCCUPANCY_WARNINGS = config.CUDA_WARN_ON_IMPLICIT_COPY = 0

        def skip_if_lto(self, reason):
            """There is no linking."""

    class ContextResettingTestCase(CUDATestCase):
        def tearDown(self):
            super().tearDown()
            from numba import cuda

            cuda.close()

    class ForeignArray:
        """An array of another library: known only by its interface."""

        def __init__(self, array):
            self._arr = array
            self.__cuda_array_interface__ = array.__cuda_array_interface__

    always = "skip_on_cudasim skip_unless_cc_50 skip_unless_cc_53 skip_unless_cc_60 skip_unless_cc_75 skip_if_external_memmgr skip_under_cuda_memcheck \
        skip_on_arm skip_if_mvc_enabled skip_with_cuda_python skip_if_cudadevrt_missing xfail_unless_cudasim skip_with_nvdisasm"
    never = "skip_unless_cudasim skip_unless_conda_cudatoolkit skip_without_nvdisasm"
    return {
        "unittest": unittest,
        "CUDATestCase": CUDATestCase,
        "ContextResettingTestCase": ContextResettingTestCase,
        "ForeignArray": ForeignArray,
        "SerialMixin": support.SerialMixin,
        "cc_X_or_above": lambda major, minor: True,
        "cudadevrt_missing": lambda: False,
        "ensure_supported_ccs_initialized": lambda: None,
        "skip_if_cuda_includes_missing": unittest.skip("needs CUDA's headers"),
        "skip_if_mvc_libraries_unavailable": unittest.skip("needs libraries for compatibility of versions"),
        "test_data_dir": Path(os.environ.get("ZOUK_NUMBA_TESTS", ".")).parent / "cuda" / "tests" / "data",
        **dict.fromkeys(always.split(), _always),
        **dict.fromkeys(never.split(), lambda reason: unittest.skip(reason)),
    }
