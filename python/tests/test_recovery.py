"""Functions whose text is in no file: given to `exec`, to `python -c`, or to be read off the bytecode."""

import subprocess
import sys
import types

import numpy as np
import pytest
from zouk import njit
from zouk.bytecode import text_of
from zouk.errors import UnsupportedError


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_command():
    assert run("import numpy as np\nfrom zouk import njit\n@njit\ndef f(n):\n    return np.array([i * 2 for i in range(n)])[-1]\nprint(f(4))") == "6\n"
    assert run("from zouk import njit; f = njit(lambda x: x * 3); print(f(4))") == "12\n"


def test_a_text_in_a_variable_of_the_caller():
    # A comprehension is not read off the bytecode.
    text = """
        def f(n):
            return np.array([i * i for i in range(n)]).sum()
    """
    import textwrap

    names = {"np": np}
    exec(textwrap.dedent(text), names)
    assert njit(names["f"])(5) == names["f"](5)


def test_a_decorator_in_the_text():
    text = "@njit\ndef f(n):\n    return np.array([i + 1 for i in range(n)]).sum()\n"
    names = {"np": np, "njit": njit}
    exec(text, names)
    assert names["f"](5) == names["f"].py_func(5)


def defined(text, **names):
    """The function of a text, which is then nowhere to be found."""
    exec(text, names)
    return next(value for value in names.values() if isinstance(value, types.FunctionType) and value.__code__.co_filename == "<string>")


def elsewhere(make):
    return make()


def made_without_a_trace(text, **names):
    function = defined(text, **names)
    del text
    return function


def test_bytecode_is_read():
    function = made_without_a_trace("def f(n, step=2):\n    total = 0\n    for i in range(0, n, step):\n        if i % 3 == 0 and i > 3 or i == 8:\n            total += i\n        elif i == 5:\n            continue\n        else:\n            total -= 1\n    return total\n")
    compiled = njit(function)
    for n in (0, 7, 20):
        assert compiled(n) == function(n) and compiled(n, 1) == function(n, 1)


def test_what_is_not_understood_says_so():
    function = made_without_a_trace("def f(n):\n    return np.array([i * i for i in range(n)]).sum()\n", np=np)
    if text_of(function) is not None:
        pytest.skip("this Python's bytecode of comprehensions is understood")
    with pytest.raises(UnsupportedError, match="the source of f is not available: <string> cannot be read"):
        njit(function)(3)


BODIES = {
    "calls": "def f(a, b):\n    np.add(a, b, out=a)\n    x.y.z(a[0], b[1:, None], b[::2])\n",
    "targets": "def f(a, i):\n    a[i] += 1\n    a[i, 0].real = 3\n    a.x = -i\n    x, (y, z) = a\n    i = ~y\n    return x, y, z\n",
    "swap": "def f(a, b):\n    a, b = b, a\n    return a, b\n",
    "while": "def f(x, y):\n    while x < 3 and y > 2:\n        x += 1\n        if x:\n            y = 2\n        else:\n            y = 3\n    return x\n",
    "end": "def f(a):\n    i = 0\n    while i < len(a):\n        a[i] = 3\n        i += 1\n",
    "endless": "def f(i):\n    while True:\n        i -= 1\n        if i < 3:\n            break\n    return i\n",
    "nested": "def f(x):\n    for i in range(x):\n        for j in range(i):\n            if j == 2:\n                continue\n            if j == 3:\n                break\n            x[i, j] = 3 if j else 4\n        print('a', i, sep='')\n",
    "returns": "def f(a):\n    for i, (j, k) in enumerate(a):\n        for l in range(3):\n            if not l:\n                return f(a, b=i)\n    return None\n",
    "tests": "def f(x):\n    if x > 1 and (x < 2 or x == 3):\n        return 1\n    if not (x > 1 and x < 2):\n        x = 3\n    assert x, 'no'\n    if x is None or x not in y:\n        raise ValueError('x')\n",
    "values": "def f(a, x):\n    t = a if x else x\n    u = a and x\n    v = a or (x and u)\n    return t, u, v, [1, 2, 3], [a, x], not a, (1, (2.5, 'x')), 1j\n",
    "parameters": "def f(a, b, /, c=1, *, d=2):\n    'what it is'\n    return a ** b // c @ d\n",
}


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="bytecode is another one in each version of Python; this one is read whole")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bytecode(body):
    function = defined(body)
    again = defined(text_of(function))
    for part in ("co_code", "co_names", "co_varnames", "co_consts", "co_firstlineno"):
        assert getattr(again.__code__, part) == getattr(function.__code__, part), text_of(function)


def test_a_function_in_a_function():
    function = defined("def outer(n):\n    def f(x):\n        if x > n:\n            return x - n\n        return n\n    return f\nmade = outer(3)\n")
    inner = function(4)
    compiled = njit(inner)
    assert [compiled(x) for x in (1, 9)] == [inner(x) for x in (1, 9)]
