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


def test_by_value():
    inner = make(10)
    again = pickle.loads(pickle.dumps(inner))
    assert again is not inner and again(4) == inner(4) == inner.py_func(4) and again.targetoptions == inner.targetoptions
    assert again(1, y=5) == inner(1, y=5)


def test_recursive():
    assert pickle.loads(pickle.dumps(make_recursive()))(10) == 3628800


def test_declared_signatures_travel():
    f = njit("f4(f8)")(lambda x: x)
    again = pickle.loads(pickle.dumps(f))
    assert again.nopython_signatures == f.nopython_signatures and again(0.1) == f(0.1)


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
