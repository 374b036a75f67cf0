"""Programs written for Numba run on zouk as they are."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import zouk
from zouk import as_numba

PROGRAMS = sorted((Path(__file__).parent / "numba_programs").glob("*.py"))


def run(*arguments, code=0, **environment):
    """What a command prints."""
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **environment}, timeout=120)
    assert code is None or done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def numba(*arguments, **more):
    return run("-W", "ignore", "-m", "zouk.as_numba", *arguments, **more)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program(program):
    """Compiled it prints what it prints without compilation."""
    printed = numba(program)
    assert printed and printed == numba(program, NUMBA_DISABLE_JIT="1")


ONE = "import numba, sys\n@numba.njit\ndef f(x):\n    return x * 3\nprint(f(int(sys.argv[1])), type(f).__name__, __name__, len(sys.argv))\n"


def test_ways_to_run(tmp_path):
    (tmp_path / "one.py").write_text(ONE)
    printed = [numba(tmp_path / "one.py", "7"), numba("-c", ONE, "7"), numba("-m", "one", "7", PYTHONPATH=str(tmp_path))]
    assert printed == ["21 Dispatcher __main__ 2\n"] * 3
    assert numba(tmp_path / "one.py", "7", NUMBA_DISABLE_JIT="1") == "21 function __main__ 2\n"
    path = os.pathsep.join([as_numba._PATH, os.environ.get("PYTHONPATH", "")])
    assert run(tmp_path / "one.py", "7", PYTHONPATH=path) == printed[0]


def test_loops_that_are_not_parallel_run_on_one_thread(tmp_path):
    program = "import numba, numpy as np\n@numba.njit(parallel=True)\ndef f(a):\n    for i in numba.prange(1, len(a)):\n        a[i] += a[i - 1]\n    return a\nprint(f(np.arange(5.0)))\n"
    (tmp_path / "sums.py").write_text(program)
    assert numba(tmp_path / "sums.py") == "[ 0.  1.  3.  6. 10.]\n"
    assert "runs on one thread" in run("-m", "zouk.as_numba", tmp_path / "sums.py", code=None)


def test_files_beside_the_program(tmp_path):
    """The first entry of `sys.path` is the program's folder, the rest as it is in Python."""
    (tmp_path / "beside.py").write_text("from numba import njit\n\n@njit\ndef g(x):\n    return x - 1\n")
    (tmp_path / "main.py").write_text("import sys\nfrom beside import g\nprint(g(3), __file__, sys.argv)\n")
    assert numba(tmp_path / "main.py", "a b") == run("-c", f"print(2, {str(tmp_path / 'main.py')!r}, [{str(tmp_path / 'main.py')!r}, 'a b'])")


@pytest.mark.parametrize("arguments", [["missing.py"], [], ["-c"], ["--unknown"]])
def test_what_cannot_be_run(arguments):
    assert "zouk" in numba(*arguments, code=2) or "can't open file" in numba(*arguments, code=2)


def test_exit_codes_and_tracebacks(tmp_path):
    (tmp_path / "bad.py").write_text("import numba\n\n@numba.njit\ndef f(a, i):\n    return a[i]\n\nimport numpy\nf(numpy.zeros(2), 5)\n")
    text = numba(tmp_path / "bad.py", code=1)
    assert "bad.py" in text and "return a[i]" in text and "IndexError" in text
    numba("-c", "import sys; sys.exit(3)", code=3)


def test_install():
    """In a process of its own: before anything of Numba's, and again."""
    code = "import zouk.as_numba as a; a.install(); a.install(); import numba; print(numba.njit is __import__('zouk').njit)"
    assert run("-c", code) == "True\n"


def test_numba_itself_is_there(tmp_path):
    (tmp_path / "numba.py").write_text("__version__ = 'its own'\n")
    code = "import numba, zouk.as_numba\nzouk.as_numba.install()"
    text = run("-c", code, code=1, PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    assert "ImportError: Numba itself is imported already" in text and "numba.py" in text


USES = ["{}()", "{}[0]", "{}.attribute", "len({})", "class A({}): pass", "@{}\ndef f(): pass", "for x in {}: pass", "with {}: pass"]


@pytest.mark.parametrize("use", USES)
def test_missing(use):
    """Importing is fine, using says what is missing."""
    name = "UndefVar"
    code = f"from numba.types import {name}\nimport zouk.as_numba\ntry:\n    " + use.format(name).replace("\n", "\n    ")
    code += f"\nexcept zouk.UnsupportedError as error:\n    print(error)\nassert not isinstance(3, {name}) and not issubclass(int, {name})"
    assert "zouk has no `numba.core.types.UndefVar`" in numba("-c", code)


def test_missing_in_compiled_code():
    code = "import numba\nfrom numba.types import UndefVar\n@numba.njit\ndef f():\n    return UndefVar(1)\ntry: f()\nexcept numba.errors.UnsupportedError as e: print(e)"
    assert "zouk has no `numba.core.types.UndefVar`" in numba("-c", code)


def test_missing_travels():
    value = as_numba.Missing("numba.x", "a hint")
    again = pickle.loads(pickle.dumps(value))
    assert repr(again) == repr(value)
    with pytest.raises(as_numba.MissingError, match="a hint"):
        again()


def test_ahead_of_time():
    code = "from numba.pycc import CC\ntry: CC('module')\nexcept Exception as e: print(e)"
    assert "zouk compile --emit shared" in numba("-c", code)


CONFIG = """
import os
from numba import config, njit
print(config.DISABLE_JIT, config.CACHE_DIR, config.NUMBA_NUM_THREADS, config.THREADING_LAYER, config.BOUNDSCHECK, config.OPT)
config.DISABLE_JIT = 1
print(type(njit(lambda x: x)).__name__, os.environ["ZOUK_DISABLE_JIT"])
config.DISABLE_JIT = 0
print(type(njit(lambda x: x)).__name__)
"""


def test_config(tmp_path):
    printed = numba("-c", CONFIG, NUMBA_NUM_THREADS="1", NUMBA_CACHE_DIR=str(tmp_path), NUMBA_THREADING_LAYER="omp", NUMBA_BOUNDSCHECK="1")
    assert printed == f"0 {tmp_path} 1 omp 1 3\nfunction 1\nDispatcher\n"


def test_ours_come_first(tmp_path):
    code = "from numba import config; print(config.CACHE_DIR)"
    assert numba("-c", code, NUMBA_CACHE_DIR="theirs", ZOUK_CACHE_DIR=str(tmp_path)) == f"{tmp_path}\n"


WORKERS = """
import multiprocessing
from numba import njit
import program_functions

if __name__ == "__main__":
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(pool.map(program_functions.f, [1, 2, 3]))
"""


def test_workers_have_it_too(tmp_path):
    (tmp_path / "program_functions.py").write_text("import numba\n\n@numba.njit\ndef f(x):\n    return x + 10\n")
    (tmp_path / "main.py").write_text(WORKERS)
    assert numba(tmp_path / "main.py") == "[11, 12, 13]\n[11, 12, 13]\n"


def test_builders_of_ufuncs():
    code = "from numba.np.ufunc import Vectorize\nv = Vectorize(lambda x: x + 1)\nv.add('int64(int64)')\nprint(v.build_ufunc()(3))"
    assert numba("-c", code).strip() == "4"


def test_names_that_zouk_gains_are_found(monkeypatch):
    """What is listed as missing is looked for first."""
    monkeypatch.setattr(zouk, "objmode", "it", raising=False)
    from zouk.as_numba.modules import Module

    assert Module("numba")._find("objmode") == "it"


def test_the_page():
    """docs/from-numba.md names the version."""
    page = Path(__file__).resolve().parents[2] / "docs" / "from-numba.md"
    assert f"({as_numba.NUMBA_VERSION})" in page.read_text()


def test_kernels():
    """Modules inside of modules are known to compiled code under Numba's names."""
    code = (
        "import numba\nfrom numba import cuda\n\n@cuda.jit('void(f8[::1])')\ndef kernel(a):\n    i = numba.cuda.grid(1)\n    if i < a.shape[0]:\n        a[i] = cuda.gridsize(1)\n\n"
        "print('.entry' in kernel.inspect('ptx'))"
    )
    assert numba("-c", code) == "True\n"


def test_programs_from_standard_input():
    given = "import sys, numba\n@numba.njit\ndef f(x):\n    return x * 3\nprint(f(7), __name__, sys.argv)\n"
    done = subprocess.run([sys.executable, "-W", "ignore", "-m", "zouk.as_numba", "-", "a", "-b"], input=given, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.returncode) == ("21 __main__ ['-', 'a', '-b']\n", 0), done.stderr


@pytest.mark.parametrize("name", ["no_such_module_here", "no_such_package_here.module"])
def test_modules_that_are_missing(name):
    """The error is that of `python -m`."""
    assert numba("-m", name, code=1) == run("-m", name, code=1)
