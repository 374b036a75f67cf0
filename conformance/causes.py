"""Why a test does not pass: by its name where it has been looked at, else by what the failure says."""

import re

# What each cause means, in the order of the report.
MEANINGS = {
    "crash": "the process died: a defect",
    "panic": "zouk failed in itself: a defect",
    "time": "the test took longer than its limit",
    "result": "another result than the test wants, not yet looked at",
    "other result": "another result than Numba's, and why",
    "object mode": "the test runs in Numba's object mode, which calls the interpreter",
    "lists": "lists that change, typed lists, lists as arguments",
    "dicts": "dicts",
    "sets": "sets",
    "strings": "strings that are computed or passed, strings and bytes in arrays",
    "classes": "`@jitclass` and struct references",
    "extending": "`@overload`, `@intrinsic` and what else extends Numba's compiler",
    "functions as values": "functions passed, stored and made at run time, inner functions, `map`, `filter`, `reduce`",
    "C functions": "`@cfunc`, pointers, functions of ctypes and cffi",
    "parallel": "parallel loops, threads, stencils",
    "syntax": "statements and expressions that zouk does not compile yet: `try`, `yield`, `*arguments`",
    "types as arguments": "types and dtypes as arguments",
    "constants only": "an argument that zouk takes as a constant only",
    "message text": "a refusal or exception too, in other words or of another class",
    "bounds": "indices are checked unless a function says `boundscheck=False`",
    "accepted": "zouk compiles what Numba refuses",
    "internals": "the test looks at Numba's inside: its IR, LLVM code, type objects, flags, caches, attributes of its objects",
    "not supported": "other functions, types and forms that zouk does not compile",
    "other": "anything else",
}

# (cause, pattern): the first that is found in the message.
_PATTERNS = [
    ("panic", r"PanicException|InternalCompilerError|internal error"),
    ("object mode", r"object mode|forceobj"),
    ("internals", r"has no attribute 'assert_no_memory_leak'"),
    ("classes", r"zouk has no `numba\.(experimental\.)?(jitclass|structref)|StructRef|jitclass"),
    ("lists", r"zouk has no `numba\.typed\.(List|listobject)|types\.(List|ListType|LiteralList)\b"),
    ("dicts", r"zouk has no `numba\.typed\.(Dict|dictobject|typedobject)|types\.\w*Dict\w*"),
    ("sets", r"zouk has no `numba\.typed\.(Set|setobject)|types\.Set"),
    ("strings", r"types\.(\w*Unicode\w*|\w*CharSeq|Bytes\w*|string_type|StringLiteral)|numba\.cpython\.(unicode|charseq)"),
    ("C functions", r"zouk has no `numba\.(core\.types\.)?(cfunc|CPointer|voidptr|carray|farray|ffi)|types\.voidptr|_FuncPtr|ctypes|cffi|make_c_struct"),
    ("functions as values", r"types\.(Undefined)?FunctionType|zouk has no `numba\.core\.types\.function"),
    ("extending", r"numba\.(core\.)?extending\.|types\.(Dummy|Opaque|Callable)"),
    ("parallel", r"carried-dependence|ParallelError|test_num_threads|number of threads|(set|get)_parallel_chunksize|(set|get)_num_threads|parallel_chunksize|numba\.stencil|threading_layer|do_scheduling|parfor"),
    ("internals", r"zouk has no `numba\.|is not a type|LLVMDialectModule|LLVM IR|(zouk\.\S+|PyCapsule|Record|Dispatcher|GUFunc|numpy\.ufunc|MemInfo)' (object )?has no attribute"),
    ("internals", r"type object '\w+' has no attribute|references to|inspect_|codegen|pipeline_class|type_annotation|annotates no source|'numba\.core\.\w+' has no"),
    ("bounds", r"is out of bounds for axis"),
    ("message text", r"^\S+: (ValueError|IndexError|AxisError|TypingError: error: exceptions must)"),
    ("message text", r"^\S+: AssertionError: (?!.*(cannot determine|is not compiled|zouk has no|is not supported)).*(not found in|does not match|Regex|!= ['\"])"),
    ("message text", r"^\S+: AssertionError: '[^\n]*' != '"),
    ("message text", r"^\S+: AssertionError: ?$"),
    ("accepted", r"not raised"),
    ("lists", r"(determine the type of [^:]*|a value|value): list\b|\blist\(.*\) (has no|does not|cannot)|list comprehension|\blist\(\)|tuple or a list is expected|`del` of anything|global list"),
    ("sets", r": set\b|\bset\(\) is|set (display|comprehension)|frozenset"),
    ("dicts", r": dict\b|\bdict\(\) is|dict (display|comprehension)|global dict"),
    ("strings", r": (str|bytes|bytearray|memoryview)\b|\bstr\b|string|strings|bytes|dtype of? ?[<|]?[US]\d|dtype [<|]?[US]\d|'[<|]?[US]\d+'|\bord\(\)|\bchr\(\)|hash\(\)|repr\(\)"),
    ("functions as values", r": (function|zouk\._zouk\.Dispatcher|zouk\.ufuncs\.\w+)|nested function|lambda|undecorated function|return a function|\b(map|filter|reduce)\b.*(not supported|no compiled)"),
    ("types as arguments", r"types are not passed|argument '\w+' of \w+\(\): zouk\.types"),
    ("constants only", r"must be a constant|\[not-constant\]"),
    ("syntax", r"\[unsupported-syntax\]|`\*args` or `\*\*kwargs`|`yield`|`try`"),
    ("result", r"when comparing|Arrays are not|Mismatched elements|Not equal"),
    ("not supported", r"is not supported|are not supported|unsupported|is not compiled|does not pass|cannot determine the type|no compiled counterpart|cannot be (passed|returned)|No matching definition|\[bad-|\[no-|\[unknown-"),
]

_LAYOUT = "the same values; NumPy's result lies in Fortran order, zouk's in C order"
_ZERO = "the sign of a zero that C leaves open"
_ORDER = "elements that the partition leaves in any order"
_UNSORTED = "a search in an array that is not sorted: NumPy's result depends on its algorithm"
_RANDOM = "`random.seed` seeds as CPython does, Numba as NumPy does"

# Tests that have been looked at: why their result is another one.
_KNOWN = {
    "npyufunc.test_errors.TestFloatingPointExceptions.test_power_integer": "0 to the power of -1 as an integer: Numba gives the least int64",
    "npyufunc.test_errors.TestExceptions.test_ufunc_raise": "a ufunc stops at the element that raises; Numba computes the others",
    "test_array_manipulation.TestArrayManipulation.test_argwhere_array_like": _LAYOUT,
    "test_array_manipulation.TestArrayManipulation.test_argwhere_basic": _LAYOUT,
    "test_array_manipulation.TestArrayManipulation.test_sliding_window_view": "the view is read-only, as in NumPy; Numba's is not",
    "test_array_methods.TestArrayMethods.test_np_where_3": "`np.where` of arrays without axes gives a number",
    "test_array_methods.TestArrayMethods.test_np_ascontiguousarray": "an array without axes is copied",
    "test_array_methods.TestArrayMethods.test_sum_empty_order_layout": _LAYOUT,
    "test_array_reductions.TestArrayReductions.test_nanargmax_nanargmin": "the place of an infinity beside nothing but NaN: NumPy gives the NaN's, which it warns of",
    "test_builtins.TestBuiltins.test_divmod_ints_npm": "the least int64 divided by -1 is itself; Numba gives 0",
    "test_builtins.TestBuiltins.test_int_preserve_type_usecase": "`int(x)` of an int32 is an int64",
    "test_complex.TestCMath.test_atan_npm": _ZERO,
    "test_complex.TestCMath.test_exp_npm": _ZERO,
    "test_dyn_array.TestNpConcatenate.test_3d": _LAYOUT,
    "test_dyn_array.TestNpConcatenate.test_3d_no_axis": _LAYOUT,
    "test_enums.TestIntEnum.test_return": "a member of an `IntEnum` is returned as an int",
    "test_np_functions.TestNPFunctions.test_argpartition_iterative": _ORDER,
    "test_np_functions.TestNPFunctions.test_partition_iterative": _ORDER,
    "test_np_functions.TestNPFunctions.test_partition_multi_dim": _LAYOUT,
    "test_np_functions.TestNPFunctions.test_geomspace2_basic": "the last bit of complex powers",
    "test_np_functions.TestNPFunctions.test_geomspace3_basic": "the last bit of complex powers",
    "test_np_functions.TestNPFunctions.test_geomspace_numpy": "the last bit of complex powers",
    "test_np_functions.TestNPFunctions.test_interp_complex_stress_tests": _UNSORTED,
    "test_np_functions.TestNPFunctions.test_interp_stress_tests": _UNSORTED,
    "test_np_functions.TestNPFunctions.test_searchsorted_complex": _UNSORTED,
    "test_np_functions.TestNPFunctions.test_searchsorted_supplemental": _UNSORTED,
    "test_np_functions.TestNPFunctions.test_sinc": "float32 is computed in float32, as NumPy does; the test compares with a Python float",
    "test_npdatetime.TestDatetimeArrayOps.test_searchsorted_datetime": _UNSORTED,
    "test_operators.TestStaticPower.test_int_values": "a constant negative exponent gives a float, as in Python",
    "test_random.TestRandom.test_random_random": _RANDOM,
    "test_random.TestProcesses.test_np_implicit_initialization": "the generator of `numpy.random` goes on in forked processes, as NumPy's does",
    "test_vectorization_type_inference.TestVectTypeInfer.test_type_inference": "a ufunc is NumPy's: of several loops it takes the one of exactly these types, Numba the first that fits",
}


def cause_of(file, name, status, message):
    """(cause, why): why is empty where the cause says it all."""
    if f"{file}.{name}" in _KNOWN:
        return "other result", _KNOWN[f"{file}.{name}"]
    if status in ("crash", "time"):
        return status, ""
    for cause, pattern in _PATTERNS:
        if re.search(pattern, message, re.MULTILINE if cause != "message text" else 0):
            return cause, ""
    return "other", ""
