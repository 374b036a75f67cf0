"""Finds what each of Numba's tests needs, by running them on Numba: `conformance/needs.py` all files of the list, `conformance/needs.py test_tuples …` some.

Numba's own type inference is asked, for every function of a test that it compiles, of which types its arguments and variables are. So what a test needs does
not depend on what zouk makes of it. The answers are kept in `needs/`, a line for each test that needs lists, dicts, sets, strings or generators; they change with
Numba's version only. Files that are about one of these as a whole (`files.ABOUT`) are not run.
"""

import argparse
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDS = HERE / "needs"
SECONDS = 60

sys.path.insert(0, str(HERE))
from files import ABOUT, ALONE, FILES  # noqa: E402


class TooLong(BaseException):
    """The test has had its time: what was seen until then counts."""


def kinds_of(ty, found, seen=None):
    """Adds to `found` what of the five kinds is in a type of Numba's, its elements and fields included."""
    from numba.core import types

    seen = set() if seen is None else seen
    if not isinstance(ty, types.Type) or ty in seen:
        return
    seen.add(ty)
    name = type(ty).__name__
    if name in ("List", "ListType", "LiteralList", "EmptyListType", "ListIter", "ListTypeIterableType"):
        found.add("lists")
    elif "Dict" in name:
        found.add("dicts")
    elif name in ("Set", "SetIter", "SetEntry"):
        found.add("sets")
    elif name in ("UnicodeType", "UnicodeCharSeq", "CharSeq", "Bytes", "ByteArray", "UnicodeIteratorType"):
        found.add("strings")
    elif name in ("Generator", "GeneratorType"):
        found.add("generators")
    inner = [getattr(ty, attribute, None) for attribute in ("dtype", "type", "key_type", "value_type", "item_type", "instance_type", "yield_type")]
    for several in ("types", "source_types"):
        inner.extend(getattr(ty, several, None) or ())
    if isinstance(ty, types.Record):
        inner.extend(field.type for field in ty.fields.values())
    if isinstance(ty, types.ClassInstanceType):
        inner.extend(ty.struct.values())
    for each in inner:
        kinds_of(each, found, seen)


def watch(found, tests):
    """Makes Numba add to `found` what the functions of tests need; those of Numba itself do not count."""
    from numba.core import ir, typed_passes

    infer, package = typed_passes.type_inference_stage, str(Path(tests).parent)

    def of_tests(function):
        file = os.path.abspath(function.func_id.filename)
        return not file.startswith(package) or file.startswith(str(tests))

    def watched(typing, target, function, args, *rest, **named):
        own = of_tests(function)
        if own:
            for ty in args:
                kinds_of(ty, found)
            for block in function.blocks.values():
                displays = {"build_map": "dicts", "build_set": "sets"}
                found.update(displays[each.op] for each in block.find_exprs() if each.op in displays)
                if any(isinstance(each.value, ir.Yield) for each in block.find_insts(ir.Assign)):
                    found.add("generators")
        result = infer(typing, target, function, args, *rest, **named)
        if own:
            for ty in result.typemap.values():
                kinds_of(ty, found)
        return result

    typed_passes.type_inference_stage = watched


def tests_of(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        else:
            yield test


def too_long(*args):
    raise TooLong


def work(file, report):
    """Runs the tests of a file that are named on the standard input, or else all of them, and reports each as it starts and ends."""
    import numba.tests

    found = set()
    watch(found, Path(numba.tests.__file__).parent)
    suite = unittest.TestLoader().loadTestsFromModule(importlib.import_module(f"numba.tests.{file}"), pattern=None)
    tests = {f"{type(test).__name__}.{test._testMethodName}": test for test in tests_of(suite)}
    named = sys.stdin.read().split()
    report(names=list(tests))
    signal.signal(signal.SIGALRM, too_long)
    for name in named or tests:
        found.clear()
        report(start=name)
        signal.alarm(SECONDS)
        try:
            with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
                unittest.TestSuite([tests[name]]).run(unittest.TestResult())
        except BaseException:
            pass
        finally:
            signal.alarm(0)
        report(end=name, needs=sorted(found))


def ask(file):
    """What the tests of a file need, by name; after a crash the rest is run in a new process."""
    needs, names, left = {}, None, []
    while names is None or left:
        environment = {**os.environ, "PYTHONHASHSEED": "0", "NUMBA_OPT": "0", "NUMBA_DISABLE_PERFORMANCE_WARNINGS": "1"}
        if file in ALONE:
            environment["SUBPROC_TEST"] = "1"
        read, write = os.pipe()
        command = [sys.executable, str(HERE / "needs.py"), "--worker", str(write), file]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[write], env=environment, text=True)
        os.close(write)
        with worker.stdin as given:
            given.write("\n".join(left))
        running = None
        with os.fdopen(read) as lines:
            for event in map(json.loads, lines):
                names = event.get("names", names)
                running = event.get("start")
                if "end" in event:
                    needs[event["end"]] = event["needs"]
        worker.wait()
        if running is not None:
            needs[running] = []
        if names is None:
            return None
        left = [name for name in names if name not in needs]
    return needs


def write(file):
    needs = ask(file)
    if needs is None:
        return f"{file}: its module cannot be imported with Numba here"
    lines = [f"{name} {' '.join(kinds)}\n" for name, kinds in sorted(needs.items()) if kinds]
    NEEDS.mkdir(exist_ok=True)
    # Empty where nothing is needed: so it is known what has been asked.
    (NEEDS / f"{file}.txt").write_text("".join(lines))
    return f"{file}: {len(lines)} of {len(needs)} tests need lists, dicts, sets, strings or generators"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--jobs", type=int, default=max(1, len(os.sched_getaffinity(0))))
    parser.add_argument("--worker", type=int, help="file descriptor for the reports of one file")
    given = parser.parse_args()
    if given.worker is not None:
        with os.fdopen(given.worker, "w", buffering=1) as report:
            work(given.files[0], lambda **event: report.write(json.dumps(event) + "\n"))
        # Threads that tests have left do not matter.
        os._exit(0)
    with ThreadPoolExecutor(given.jobs) as pool:
        for line in pool.map(write, given.files or [file for file in FILES if file not in ABOUT]):
            print(line, flush=True)


if __name__ == "__main__":
    # So that `numba` is Numba, and `files` ours.
    main()
