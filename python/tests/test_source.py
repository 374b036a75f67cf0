"""The source that is compiled is the source that Python runs, whatever becomes of the file."""

import importlib
import linecache
import subprocess
import sys
import traceback

import pytest
import zouk
from zouk import njit

FACTOR = 3


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module's text, and imports or reloads it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "edited_by_zouk_tests.py"
    monkeypatch.delitem(sys.modules, path.stem, raising=False)

    def write(text):
        path.write_text("from zouk import njit\n" + text)

    def load(text):
        write(text)
        importlib.invalidate_caches()
        known = sys.modules.get(path.stem)
        return importlib.reload(known) if known else importlib.import_module(path.stem)

    load.path, load.write = path, write
    return load


def remembers(path):
    return linecache.getlines(str(path))


BODY = "@njit\ndef f(x):\n    return x + {}\n"
LAMBDA = "f = njit(lambda x: x + {})\n"


@pytest.mark.parametrize("text", [BODY, LAMBDA])
@pytest.mark.parametrize("primed", [False, True])
def test_edited_after_import(module, text, primed):
    f = module(text.format(1)).f
    if primed:
        remembers(module.path)
    module.write(text.format(2000))
    assert f(1) == f.py_func(1)
    assert f(1.5) == f.py_func(1.5)


@pytest.mark.parametrize("edited", ["@njit\ndef g(x):\n    return x\n" + BODY, "\n\ng = 1\n" + BODY, "", "garbage(((\n", "\n" * 9 + "garbage(((\n", "def f(x:\n"])
def test_other_text_on_the_line(module, edited):
    f = module("\n\n" + BODY.format(1)).f
    module.write(edited.format(1))
    assert f(1) == f.py_func(1)


def test_edited_before_it_is_decorated(module):
    plain = module("def f(x):\n    return x + 1\n").f
    module.write("def f(x):\n    return x + 2000\n")
    f = njit(plain)
    with pytest.raises(zouk.UnsupportedError, match="has changed since it was imported") as info:
        f(1)
    assert info.value.diagnostics[0]["code"] == "no-source"


def test_functions_of_several_states_of_a_file(module):
    known = []
    for number in (1, 100, 20000):
        known.append(module(BODY.format(number)).f)
    module.path.unlink()
    for f in known:
        assert f(1) == f.py_func(1)


@pytest.mark.parametrize("text", [BODY, LAMBDA, "# moved\n" + BODY])
@pytest.mark.parametrize("primed", [False, True])
def test_reload(module, text, primed):
    for number in (1, 100, 20000):
        f = module(text.format(number)).f
        assert f(1) == f.py_func(1)
        if primed:
            remembers(module.path)


def test_errors_prime_linecache(module):
    f = module(BODY.format(1)).f
    with pytest.raises(zouk.TypingError):
        f("text")
    try:
        f.py_func("text")
    except TypeError:
        traceback.format_exc()
    f = module(BODY.format(100)).f
    assert f(1) == f.py_func(1)


def test_deleted(module):
    f = module(BODY.format(1)).f
    module.path.unlink()
    assert f(1) == f.py_func(1)


def test_deleted_before_it_is_decorated(module):
    plain = module("def f(x):\n    return x\n").f
    module.path.unlink()
    with pytest.raises(zouk.UnsupportedError, match="cannot be read"):
        njit(plain)(1)


PLACES = {
    "function": "import math\nimport numpy as c\ndef outer(k):\n    @njit\n    def f(x):\n        return math.sqrt(x) * k + c.exp(x).real\n    return f\nf = outer(2)\n",
    "from": "from math import sqrt\nfrom numpy import linalg, exp\n@njit\ndef f(exp):\n    return sqrt(exp) + exp.conjugate()\n",
    "method": "import math\nclass A:\n    @staticmethod\n    @njit\n    def f(x):\n        return math.sqrt(x)\nf = A.f\n",
    "method in function": "def outer(k):\n    class A:\n        @njit\n        def f(x):\n            return x * k\n    return A.f\nf = outer(3)\n",
    "function in method": "class A:\n    def m(self, k):\n        @njit\n        def f(x):\n            return x * k\n        return f\nf = A().m(4)\n",
    "branch": "if True:\n    try:\n        @njit\n        def f(x): return x * 2; y = 3\n    finally:\n        pass\n",
    "tabs": "class A:\n\tif True:\n\t\t@njit\n\t\tdef f(x):\n\t\t\treturn x\nf = A.f\n",
    "future": "X = 1\n@njit\ndef f(x: Unknown = 3) -> Other:\n    y: Third = x\n    return y\n",
    "shadowed import": "import math\n@njit\ndef f(math):\n    y = math + 1\n    return y\n",
    "constants": "@njit\ndef f(x):\n    return (x, 0.0, -0.0, 1, 1.0, True, None, 1j, (1, (2.0, None)))\n",
    "docstring": "class A:\n  @njit\n  def f(x):\n    '''doc\nat column 0\n'''\n# comment\n    return x\nf = A.f\n",
    "long": "".join(f"def g{i}(x):\n    return x\n" for i in range(2000)) + BODY.format(3),
}


@pytest.mark.parametrize("place", PLACES)
def test_places(module, place):
    text = PLACES[place]
    if place == "future":
        module.path.write_text("from __future__ import annotations\nfrom zouk import njit\n" + text)
        f = importlib.import_module(module.path.stem).f
    else:
        f = module(text).f
    assert f(4.0) == f.py_func(4.0)


def test_carriage_returns(module):
    module.path.write_bytes(b"from zouk import njit\r@njit\rdef f(x):\r    y = x\r    return y + 1\r")
    f = importlib.import_module(module.path.stem).f
    assert f(1) == f.py_func(1)


def test_rewritten_by_an_import_hook():
    """pytest's `assert` is other code than Python's: this file is older than its import."""

    @njit
    def f(x):
        assert x > 0, "positive"
        return x * FACTOR

    assert f(2) == f.py_func(2)


WORD = {"lambda": 1}
lambda_g = 4


def test_lambdas():
    named = njit(lambda lambda_x: lambda_x + 1)
    keyword = njit(lambda a, *, lambda_=2: a * lambda_)
    glob = njit(lambda x: lambda_g + x)
    text = njit(lambda x, y="lambda": x)
    default = njit(lambda x, y=(lambda: 3): x)
    comment = njit(
        lambda x  # a lambda
        : x + 1
    )  # fmt: skip
    several = njit(lambda x: x), njit(lambda lambda_x: lambda_x * 10), njit(lambda x: -x), njit(lambda x: x), WORD["lambda"]
    constants = njit(lambda x: 1), njit(lambda x: 1.0), njit(lambda x: True), njit(lambda x: (2)), njit(lambda x: None)
    made = [njit(lambda x: x + k) for k in (1, 2)]
    inner = njit((lambda x: lambda y: x + y)(10))
    for f in (named, keyword, glob, comment, *several[:4], *constants, *made, inner):
        assert f(5) == f.py_func(5) and type(f(5)) is type(f.py_func(5))
    for f in (text, default):
        assert f(5, 6) == f.py_func(5, 6)


@pytest.mark.parametrize("text", ["def outer(f=njit(lambda x: x * 2), /):\n    return f\nf = outer()", "class A(*[njit(lambda x: x) and int]):\n    f = njit(lambda x: x + 3)\nf = A.f",
                                  "f = [g for g in [njit(lambda x: x - 1)] if (lambda: True)()][0]", "f = {njit(lambda x: x * 5) for _ in 'a'}.pop()"])  # fmt: skip
def test_where_lambdas_are(module, text):
    f = module(text + "\n").f
    assert f(5) == f.py_func(5)


def test_private_names(module):
    loaded = module(
        "import math\n_A__g = 5\n_A__m = math\nclass A:\n    @njit\n    def f(x):\n        return x + __g\n    @njit\n    def __own(__x):\n"
        "        __y = __x + 1\n        return __m.sqrt(__y)\n    own = __own\nclass _B:\n    @njit\n    def f(x):\n        return x + __h\n_B__h = 7\n"
    )
    for f in (loaded.A.f, loaded.A.own, loaded._B.f):
        assert f(3) == f.py_func(3)


@pytest.mark.parametrize("flags", [[], ["-O"]])
def test_assertions_are_executed_unless_python_is_told_not_to(tmp_path, flags):
    program = tmp_path / "program.py"
    program.write_text("""
from zouk import njit
@njit
def f(x):
    assert x > 0
    return x
for function in (f, f.py_func):
    try:
        print(function(-1))
    except AssertionError as error:
        print(type(error))
""")
    done = subprocess.run([sys.executable, *flags, str(program)], capture_output=True, text=True, check=True)
    ours, pythons = done.stdout.splitlines()
    assert ours == pythons
