"""Runs the tests of one of Numba's test modules on zouk, and reports each on a pipe as it starts and ends.

The process may die at any test, or never come back from it: who reads the pipe knows which one it was.
"""

import argparse
import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
import unittest
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
MEMORY = 12 << 30

sys.path.insert(0, str(HERE))
import cuda_tests  # noqa: E402
import inside  # noqa: E402
import parfors  # noqa: E402
from files import ALONE  # noqa: E402


def install(tests):
    """`numba` is zouk, `numba.tests` the folder with Numba's tests, `numba.tests.support` ours."""
    import zouk.as_numba

    zouk.as_numba.install()
    import numba

    package = ModuleType("numba.tests")
    package.__path__ = [str(tests)]
    sys.modules["numba.tests"] = numba.tests = package
    import support
    runtests = sys.modules["numba.runtests"] = ModuleType("numba.runtests")
    runtests.__path__ = [str(HERE / "runtests")]
    runtests.__spec__ = ModuleSpec("numba.runtests", None, is_package=True)
    cuda_tests.install(tests, support)
    import numba.testing.main

    sys.modules["numba.tests.support"] = package.support = support
    inside.helperlib(Path(tests).parents[2])
    numba.testing.main._TIMEOUT = 1200


@contextlib.contextmanager
def lenient():
    """While a test module is imported what zouk has nothing for may be used: the tests that need the outcome fail when they run."""
    from zouk.as_numba import Missing

    strict = dict(vars(Missing))
    Missing.__call__ = lambda self, *args, **kws: Missing(f"{self._path}(…)")
    Missing.__getattr__ = lambda self, name: strict["__getattr__"](self, name) if name.startswith("__") else Missing(f"{self._path}.{name}")
    Missing.__mro_entries__ = lambda self, bases: (object,)
    Missing.__setattr__ = lambda self, name, value: None
    Missing.__bool__ = lambda self: False
    Missing.__iter__ = lambda self: iter(())
    try:
        yield
    finally:
        for name in ("__call__", "__getattr__", "__mro_entries__", "__setattr__", "__bool__", "__iter__"):
            setattr(Missing, name, strict[name])


class Result(unittest.TestResult):
    """What became of the one test that is run."""

    def startTest(self, test):
        super().startTest(test)
        self.status, self.message = "passed", ""

    def _failed(self, status, error):
        if self.status in ("passed", "skipped"):
            self.status, self.message = "time" if error[0] is TooLong else status, text_of(error)

    def addError(self, test, error):
        self._failed("error", error)

    def addFailure(self, test, error):
        self._failed("failed", error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self._failed("failed" if issubclass(error[0], AssertionError) else "error", error)

    def addSkip(self, test, reason):
        if self.status == "passed":
            self.status, self.message = "skipped", reason

    def addUnexpectedSuccess(self, test):
        """Numba is known to fail it."""


def text_of(error):
    """The exception and the line of the test where it came from."""
    kind, value, trace = error
    frames = [frame for frame in traceback.extract_tb(trace) if "/tests/" in frame.filename and "unittest" not in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}: " if frames else ""
    return f"{place}{kind.__name__}: {value}"[:4000]


class TooLong(BaseException):
    """The test has had its time."""


def too_long(*args):
    raise TooLong


def tests_of(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        else:
            yield test


def collect(module):
    """The tests of a module by name, `Class.test`."""
    loader = unittest.TestLoader()
    inside.prepare(module)
    with lenient():
        imported = importlib.import_module(module)
        suite = loader.loadTestsFromModule(imported, pattern=None)
    parfors.patch(imported)
    inside.patch(imported)
    return {f"{type(test).__name__}.{test._testMethodName}": test for test in tests_of(suite)}


def run_one(test, seconds):
    result = Result()
    result.status, result.message = "passed", ""
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(seconds)
    try:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            unittest.TestSuite([test]).run(result)
    except TooLong:
        result.status, result.message = "time", f"more than {seconds} s"
    except BaseException as error:
        # Also what a panic would be, and an exit.
        result.status, result.message = "error", text_of((type(error), error, error.__traceback__))
    finally:
        signal.alarm(0)
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tests", default=os.environ.get("ZOUK_NUMBA_TESTS"))
    parser.add_argument("--one", action="store_true", help="run the named test and leave its status as the exit code")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--report", type=int, help="file descriptor for the reports")
    parser.add_argument("--collect", action="store_true", help="only report the names")
    parser.add_argument("module")
    parser.add_argument("names", nargs="*", help="with none, the names are read from the standard input, one a line")
    given = parser.parse_args()
    os.environ["ZOUK_NUMBA_TESTS"] = given.tests
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HERE / "site"), os.environ.get("PYTHONPATH")]))
    if not given.one and given.module.rpartition(".")[2] in ALONE:
        os.environ["SUBPROC_TEST"] = "1"
    install(given.tests)
    if given.one:
        suite = unittest.defaultTestLoader.loadTestsFromNames(given.names, importlib.import_module(given.module))
        sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with os.fdopen(given.report, "w", buffering=1) as report:
        run_all(given, lambda **event: report.write(json.dumps(event) + "\n"))
    # Threads that tests have left do not matter.
    os._exit(0)


def run_all(given, report):
    try:
        tests = collect(given.module)
    except BaseException as error:
        return report(event="broken", message=text_of((type(error), error, error.__traceback__)))
    if given.collect:
        return report(event="collected", names=list(tests))
    for name in given.names or sys.stdin.read().split():
        report(event="start", name=name)
        begin = time.perf_counter()
        result = run_one(tests[name], given.seconds)
        report(event="end", name=name, status=result.status, message=result.message, seconds=round(time.perf_counter() - begin, 2))
        # What was compiled for a test is let go.
        tests[name] = None


if __name__ == "__main__":
    sys.path[0] = str(HERE)
    main()
