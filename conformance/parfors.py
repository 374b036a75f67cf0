"""What Numba's tests of parallel loops look up in Numba's inside, answered by zouk: put into their module."""

import inspect
import itertools
import linecache
import re
import textwrap


def patch(module):
    """Exchanges the helpers of `numba.tests.test_parfors`; other modules have none of them."""
    if hasattr(module, "TestParforsBase"):
        module.TestParforsBase.check_scheduling = check_scheduling
        module.TestParforsBase.assert_fastmath = assert_fastmath
    if hasattr(module, "TestPrangeBase"):
        module.TestPrangeBase.generate_prange_func = generate_prange_func
    if hasattr(module, "countParfors"):
        module.countParfors = count_parfors


def check_scheduling(self, cres, scheduler_type):
    """It looks for the name of Numba's scheduler in Numba's code, after all results have been compared."""
    self.assertIsInstance(cres.metadata["parallel"], list)


def assert_fastmath(self, pyfunc, sig):
    """Whether operations on floats, where there are any, have the flags in LLVM's IR."""
    from zouk import njit

    text = njit(tuple(sig), parallel=True, fastmath=True)(pyfunc).inspect("llvm-ir")
    operations = re.findall(r"= (f(?:add|sub|mul|div)\b.*)", text)
    self.assertTrue(not operations or any(" fast " in operation for operation in operations))


def generate_prange_func(self, pyfunc, patch_instance):
    """The function with `prange` in place of `range`, or of some: Numba's tests exchange that in the code object, which has no source then."""
    text, numbers = textwrap.dedent(inspect.getsource(pyfunc)), itertools.count()
    text = re.sub(r"\brange(?=\()", lambda match: "prange" if next(numbers) in patch_instance else "range", text) if patch_instance else re.sub(r"\brange(?=\()", "prange", text)
    path = f"<prange {pyfunc.__qualname__} {patch_instance}>"
    linecache.cache[path] = (len(text), None, text.splitlines(True), path)
    scope = {**pyfunc.__globals__}
    exec(compile(text, path, "exec"), scope)
    return scope[pyfunc.__name__]


def count_parfors(test_func, args, **options):
    """How many loops run in parallel, those that have become one counted once."""
    from zouk import njit

    compiled = njit(tuple(args), parallel=True)(test_func)
    return sum(remark["status"] == "parallel" for remark in compiled.get_metadata(compiled.signatures[0])["parallel"])
