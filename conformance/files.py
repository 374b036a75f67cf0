"""Which of Numba's test files are run, and what in them is about Numba's own inside."""

import re

import cuda_tests

# Those that `make test` runs, in which what passes must pass: together some two minutes.
QUICK = """
    test_errormodels test_func_interface test_interproc test_numconv test_globals test_recursion test_complex
    test_nested_calls test_numberctor test_flow_control test_optional test_range test_boundscheck test_array_attr test_fancy_indexing
    test_builtins test_iteration test_mathlib test_tuples test_array_constants test_array_iterators test_maxmin test_nan test_mandelbrot
    test_storeslice test_chained_assign test_unpack_sequence test_usecases test_casting test_python_int npyufunc.test_vectorize_decor
""".split()

# The others.
SLOW = """
    test_return_values test_map_filter_reduce test_enums test_array_manipulation test_heapq test_sets test_listobject test_unicode_array test_random
    test_buffer_protocol test_gil test_exceptions test_print test_dicts test_dictobject test_typedlist test_unicode
    test_array_methods test_array_reductions test_dyn_array test_indexing test_np_functions test_operators test_slices test_lists test_linalg
    test_sort test_record_dtype test_recarray_usecases test_npdatetime test_jitclasses test_cfunc test_ctypes test_cffi
    test_ufuncs npyufunc.test_update_inplace npyufunc.test_errors npyufunc.test_dufunc npyufunc.test_gufunc npyufunc.test_ufunc
    test_num_threads test_parfors test_np_randomgen test_polynomial test_generators test_function_type test_struct_ref test_comprehension
    test_array_return test_blackscholes test_closure test_conversion test_dispatcher test_extended_arg test_getitem_on_types
    test_hashing test_jit_module test_jitmethod test_literal_dispatch test_locals test_multi3 test_numbers test_overlap test_stencils
    test_try_except test_unicode_names test_vectorization_type_inference test_warnings test_auto_constants test_typingerror
    doc_examples.test_examples doc_examples.test_jitclass doc_examples.test_literal_container_usage doc_examples.test_literally_usage
    doc_examples.test_llvm_pass_timings doc_examples.test_numpy_generators doc_examples.test_parallel_chunksize doc_examples.test_rec_array
    doc_examples.test_structref_usage doc_examples.test_typed_dict_usage doc_examples.test_typed_list_usage
""".split()

QUICK += cuda_tests.QUICK
FILES = QUICK + SLOW + [file for file in cuda_tests.FILES if file not in QUICK]

# Files whose tests are all about something that zouk does not have.
ABOUT = {
    "test_lists": "lists",
    "test_listobject": "lists",
    "test_typedlist": "lists",
    "test_heapq": "lists",
    "test_dicts": "dicts",
    "test_dictobject": "dicts",
    "test_sets": "sets",
    "test_unicode": "strings",
    "test_unicode_array": "strings",
    "test_generators": "generators",
    "doc_examples.test_literal_container_usage": "lists",
    "doc_examples.test_typed_dict_usage": "dicts",
    "doc_examples.test_typed_list_usage": "lists",
}

# Classes of tests that a file makes of a list, one for each loop of each of NumPy's universal functions: thousands, which are counted apart.
LOOPS = {"test_ufuncs": r"TestLoopTypes\w+\.test_\w+_[a-zA-Z?]+_[a-zA-Z?]+$"}

# Of their tests Numba runs each class in a process of its own, which is what these files have here.
ALONE = ("test_parfors",)

# Tests of Numba's inside, which have nothing to run here: whole classes, or single tests.
_INSIDE = {
    "test_flow_control": r"TestCFGraph|TestRealCodeDomFront",
    "test_sort": r"Test(Jit|Python)?(Quick|Merge|Tim)sort|Test(Jit|Py)",
    "test_record_dtype": r"TestRecordDtypeWithCharSeq\.test_get.*|TestRecordDtypeUnaligned",
    "test_npdatetime": r"TestModuleHelpers|TestMiscCompiling",
    "test_parfors": r"TestParforsRunner|TestParforsVectorizer|TestParforsUnsupported|TestParforsDiagnostics|TestParforsLeaks|TestParforsMisc\.test_.*(ir|alias).*",
    "test_dispatcher": r"TestSignatureHandling\.test_.*fold.*|TestVectorizeDifferentTargets|TestDispatcherFunctionBoundaries",
    "npyufunc.test_ufunc": r"TestUFunc\.test_.*build.*",
    "doc_examples.test_llvm_pass_timings": r".*",
}


def is_loop(file, name):
    """Whether the test is one of those that are made for the loops of universal functions."""
    pattern = LOOPS.get(file)
    return bool(pattern and re.match(pattern, name))


def is_inside(file, name):
    """Whether the test is one of Numba's inside."""
    pattern = {**_INSIDE, **cuda_tests.INSIDE}.get(file)
    return bool(pattern and re.match(f"(?:{pattern})", name))
