"""Jitted functions travel: by reference, or by value with their source."""

import os
import pickle
import subprocess
import sys

import pytest
import zouk
from zouk import njit

FACTOR = 3


@njit
def top(x):
    return x * FACTOR


@njit
def caller(x):
    return top(x) + 1


def make(offset):
    @njit(fastmath={"nnan"}, error_model="numpy")
    def inner(x, y=2):
        return top(x) + offset * y

    return inner


def make_recursive():
    @njit
    def fact(n):
        return 1 if n < 2 else n * fact(n - 1)

    return fact


def test_by_reference():
    assert pickle.loads(pickle.dumps(top)) is top


def test_the_function_itself():
    """In its own process a function comes back as itself, by value too."""
    inner = make(10)
    assert pickle.loads(pickle.dumps(inner)) is inner and pickle.loads(pickle.dumps([inner, inner])) == [inner, inner]
    assert inner(4) == inner.py_func(4)


def elsewhere(function, expression, **environment):
    """What `expression` of `load`, which unpickles the function, is in a process of its own."""
    read = f"import pickle, sys; data = sys.stdin.buffer.read(); load = lambda: pickle.loads(data); print(repr({expression}))"
    arguments = dict(input=pickle.dumps(function), capture_output=True, env={**os.environ, **environment}, cwd=os.path.dirname(__file__))
    done = subprocess.run([sys.executable, "-c", read], **arguments)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def test_by_value():
    inner = make(10)
    expected = inner.py_func(4), inner.py_func(1, y=5), inner.targetoptions
    assert elsewhere(inner, "(load()(4), load()(1, y=5), load().targetoptions)") == repr(expected)


def test_recursive():
    fact = make_recursive()
    assert elsewhere(fact, "load()(10)") == repr(fact.py_func(10))


def test_declared_signatures_travel():
    f = njit("f4(f8)")(lambda x: x)
    assert elsewhere(f, "(load().nopython_signatures, load()(0.1))") == repr((f.nopython_signatures, f(0.1)))


def test_a_process_makes_one():
    expression = "(all(load() is load() for _ in range(20)), [load()(i) for i in range(3)], load().signatures)"
    assert elsewhere(make(1), expression) == repr((True, [make(1).py_func(i) for i in range(3)], [(zouk.int64, zouk.int64)]))


def test_processes_share_the_cache(tmp_path):
    """Also when none of them has the file that the function is from."""
    script = tmp_path / "script.py"
    script.write_text("import pickle, sys\nfrom zouk import njit\n\n@njit(cache=True)\ndef f(x):\n    return x * 7\n\nsys.stdout.buffer.write(pickle.dumps(f))\n")
    data = subprocess.run([sys.executable, str(script)], capture_output=True, check=True).stdout
    script.unlink()
    read = "import pickle, sys; f = pickle.loads(sys.stdin.buffer.read()); f(2); print(len(f.stats.cache_hits), f.__code__.co_filename)"
    cache = {"ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    for seed, hits in (("1", "0"), ("2", "1")):
        done = subprocess.run([sys.executable, "-c", read], input=data, capture_output=True, env={**os.environ, **cache, "PYTHONHASHSEED": seed})
        assert done.stdout.decode().split()[0] == hits, done.stderr.decode()


def test_cloudpickle():
    cloudpickle = pytest.importorskip("cloudpickle")
    assert pickle.loads(cloudpickle.dumps(make(1)))(2) == make(1)(2)


def test_another_process(tmp_path):
    """A script's function in a process that does not have the script."""
    script = tmp_path / "script.py"
    script.write_text(
        "import pickle, sys, math\nfrom zouk import njit\nSCALE = 2.0\n\n"
        "@njit\ndef f(x):\n    return math.sqrt(x) * SCALE\n\nsys.stdout.buffer.write(pickle.dumps(f))\n"
    )
    data = subprocess.run([sys.executable, str(script)], capture_output=True, check=True).stdout
    script.unlink()
    read = "import pickle, sys; print(pickle.loads(sys.stdin.buffer.read())(16))"
    done = subprocess.run([sys.executable, "-c", read], input=data, capture_output=True, env=os.environ)
    assert done.stdout.decode().strip() == "8.0", done.stderr.decode()


def test_types_and_signatures():
    for value in (zouk.float64[:, ::1], zouk.float64(zouk.int32)):
        assert pickle.loads(pickle.dumps(value)) == value
