"""What `cache=True` finds again, and what it must not find."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def project(tmp_path):
    """Files of a program, and runs of it in processes that share a cache."""
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}

    class Project:
        def write(self, **files):
            for name, text in files.items():
                (tmp_path / f"{name}.py").write_text(text)

        def run(self, code):
            """What the code gives as `result`, and the numbers of hits and misses of what `functions` names."""
            count = "sum(len(f.stats.cache_hits) for f in functions), sum(len(f.stats.cache_misses) for f in functions)"
            done = subprocess.run([sys.executable, "-B", "-c", f"{code}\nprint([result, {count}])"], capture_output=True, text=True, env=environment)
            assert done.returncode == 0, done.stderr
            return eval(done.stdout)

    return Project()


CLOSURES = """
import numpy as np
from zouk import njit

def make(n, weights=np.array([1.0, 2.0])):
    @njit(cache=True)
    def f(x):
        return x * n + weights[1]
    return f
"""


def test_closures(project):
    """Each set of captured constants has a version of its own, which is found again."""
    project.write(closures=CLOSURES)
    code = "from closures import make\nfunctions = [make(n) for n in {}]\nresult = [f(10) for f in functions]"
    assert project.run(code.format("(1, 2)")) == [[12.0, 22.0], 0, 2]
    assert project.run(code.format("(2, 1)")) == [[22.0, 12.0], 2, 0]
    assert project.run(code.format("(2, 3)")) == [[22.0, 32.0], 1, 1]


@pytest.mark.parametrize("change", ["make(2, np.array([1.0, 3.0]))", "make(2.0)", "make(np.int32(2))", "make(2, np.array([1, 2]))"])
def test_captured_values_count(project, change):
    """Arrays by their elements, numbers by their types too."""
    project.write(closures=CLOSURES)
    code = "import numpy as np\nfrom closures import make\nf = {}\nfunctions = [f]\nresult = repr([f(10), f.py_func(10).item()])"
    for expression, hits in (("make(2)", 0), (change, 0), ("make(2)", 1), (change, 1)):
        result, found, missed = project.run(code.format(expression))
        values = eval(result)
        assert (values[0] == values[1], found, missed) == (True, hits, 1 - hits)


def test_inner_functions_of_closures(project):
    """A captured function counts by its code and by what it captures."""
    project.write(
        inner="from zouk import njit\ndef make(n):\n    @njit\n    def g(x):\n        return x + n\n    @njit(cache=True)\n    def f(x):\n        return g(x) * 2\n    return f\n"
    )
    code = "from inner import make\nfunctions = [make(n) for n in {}]\nresult = [f(1) for f in functions]"
    assert project.run(code.format("(1, 5)")) == [[4, 12], 0, 2]
    assert project.run(code.format("(5, 1, 7)")) == [[12, 4, 16], 2, 1]


HELPERS = "from zouk import njit\nFACTOR = {factor}\n\n@njit\ndef deep(x):\n    return x {operator} FACTOR\n\n@njit\ndef helper(x):\n    return deep(x) + 1\n"
PROGRAMS = {
    "function": "from zouk import njit\nfrom helpers import helper\n\n@njit(cache=True)\ndef f(x):\n    return helper(x) * 10\n",
    "through a module": "from zouk import njit\nimport helpers\n\n@njit(cache=True)\ndef f(x):\n    return helpers.helper(x) * 10\n",
    "closure": "from zouk import njit\nfrom helpers import helper\n\ndef make():\n    @njit(cache=True)\n    def f(x):\n        return helper(x) * 10\n    return f\n\nf = make()\n",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_edits_elsewhere(project, program):
    """An edit of anything reached, also two modules away, makes a new version; taking it back finds the old one."""
    project.write(main=PROGRAMS[program])
    code = "from main import f\nfunctions = [f]\nresult = f(4)"
    for factor, operator, hits in ((3, "*", 0), (3, "*", 1), (5, "*", 0), (3, "-", 0), (3, "*", 1), (5, "*", 1)):
        project.write(helpers=HELPERS.format(factor=factor, operator=operator))
        expected = (eval(f"4 {operator} {factor}") + 1) * 10
        assert project.run(code) == [expected, hits, 1 - hits]


def test_edits_that_change_nothing(project):
    """Comments and functions that are not reached do not count."""
    code = "from main import f\nfunctions = [f]\nresult = f(4)"
    project.write(main=PROGRAMS["function"], helpers=HELPERS.format(factor=3, operator="*"))
    assert project.run(code) == [130, 0, 1]
    project.write(main="# A comment.\n" + PROGRAMS["function"] + "\ndef other(x):\n    return x\n")
    result, hits, misses = project.run(code)
    assert result == 130 and hits + misses == 1


UFUNCS = """
from zouk import guvectorize, vectorize
from helpers import helper

@vectorize(["f8(f8)"], cache=True)
def elements(x):
    return helper(x) * 10

@guvectorize(["void(f8[:], f8[:])"], "(n)->()", cache=True)
def cores(a, out):
    out[0] = 0.0
    for x in a:
        out[0] += helper(x)

@vectorize(cache=True)
def lazy(x):
    return helper(x)
"""


def test_ufuncs(project):
    """Loops are found again, and not after an edit of what they call."""
    project.write(main=UFUNCS)
    code = (
        "import numpy as np\nfrom zouk import _zouk\nfrom main import elements, cores, lazy\na = np.arange(4.0)\n"
        "result = [elements(a).tolist(), float(cores(a)), lazy(a).tolist()]\n"
        "functions = [_zouk.ufunc_source(elements), _zouk.ufunc_source(cores), _zouk.ufunc_source(lazy.ufunc)]"
    )
    for factor, hits in ((3, 0), (3, 3), (4, 0), (3, 3)):
        project.write(helpers=HELPERS.format(factor=factor, operator="*"))
        values = [x * factor + 1.0 for x in range(4)]
        assert project.run(code) == [[[x * 10 for x in values], sum(values), values], hits, 3 - hits]


def test_options_count(project):
    code = "from zouk import njit\nfrom main import g\nf = njit(cache=True, {})(g)\nfunctions = [f]\nresult = f(7, 2)"
    project.write(main="def g(x, y):\n    return x / y\n")
    for options, hits in (("", 0), ("error_model='numpy'", 0), ("fastmath=True", 0), ("boundscheck=False", 0), ("", 1), ("fastmath=True", 1)):
        assert project.run(code.format(options)) == [3.5, hits, 1 - hits]


def test_functions_of_one_name(project):
    """Two functions of one name and line in files of one name are told apart by their code."""
    code = "from main import f\nfunctions = [f]\nresult = f(1)"
    for body, hits in (("x + 1", 0), ("x + 2", 0), ("x + 1", 1), ("x + 2", 1)):
        project.write(main=f"from zouk import njit\n\n@njit(cache=True)\ndef f(x):\n    return {body}\n")
        assert project.run(code) == [eval(body, {"x": 1}), hits, 1 - hits]


def test_unpickled(project):
    """A function that came by value uses the cache of where it is."""
    project.write(closures=CLOSURES)
    dump = "import pickle\nfrom closures import make\nfunctions = []\nresult = pickle.dumps(make(4))"
    data, _, _ = project.run(dump)
    code = f"import pickle\nfrom closures import make\nf = pickle.loads({data!r})\nfunctions = [f]\nresult = f(10)"
    assert project.run(code) == [42.0, 0, 1]
    assert project.run(code) == [42.0, 1, 0]
