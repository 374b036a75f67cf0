"""Under the alias: functions defined by `exec`, and Numba's words at the end of messages."""

import subprocess
import sys

import pytest


def run(program, file=None):
    """What a program prints, run under the name of Numba: as it is, or from a file."""
    if file is not None:
        file.write_text(program)
    done = subprocess.run([sys.executable, "-m", "zouk.as_numba", *(["-c", program] if file is None else [file])], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


EXECUTED = """
import numba, math
scope = {"math": math}
exec("def f(x):\\n    return math.sqrt(x) + 1", scope)
exec("def f(x):\\n    return x * 2", {})
made = []
for k in range(3):
    own = {}
    exec(f"def g(x):\\n    return x + {k}", own)
    made.append(own["g"])
h = eval("lambda x: x - 1")
compiled = [numba.njit(each) for each in (scope["f"], *made, h)]
assert all(each.signatures == [] for each in compiled)
print([each(4) == each.py_func(4) for each in compiled], [len(each.signatures) for each in compiled])
"""


def test_functions_defined_by_exec_are_compiled():
    assert run(EXECUTED) == "[True, True, True, True, True] [1, 1, 1, 1, 1]\n"


def test_a_function_whose_text_is_gone_is_refused():
    program = """
import numba
scope = {}
exec("def f(x):\\n    return [y for y in (x, 1)][0]", scope)
for k in range(600):
    exec(f"def g(x):\\n    return x + {k}", {})
try:
    numba.njit(scope["f"])(1)
except numba.errors.UnsupportedError as error:
    print("no-source" in str(error))
"""
    assert run(program) == "True\n"


# What is compiled, called with what, and the words that Numba has for it.
REFUSED = {
    "shift": ("def f(x): return x << 1.5", "1.0", "No implementation of function Function(<built-in function lshift>) found for signature: lshift(float64, float64)"),
    "shift in place": ("def f(x):\n    x <<= 1.5\n    return x", "1.0", "Function(<built-in function ilshift>)"),
    "operator": ("def f(x): return operator.lshift(x, 1.5)", "1.0", "Function(<built-in function lshift>)"),
    "unary": ("def f(x): return ~x", "1.0", "Function(<built-in function invert>) found for signature: invert(float64)"),
    "item": ("def f(a): a[0] = 1j", "np.ones(2)", "Function(<built-in function setitem>) found for signature: setitem(array(float64, 1d, C), Literal[int](0), complex128)"),
    "start": ("def f(x):\n    for i, y in enumerate((1, 2), x): pass", "1.5", "Only integers supported as start value in enumerate"),
    "type": ("def f(x): return x", "object()", "Cannot determine Numba type of <class 'object'>"),
    "dtype": ("def f(x): return x", "np.ones(2, '>f8')", "Unsupported array dtype: >f8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_messages_end_with_numbas_words(name, tmp_path):
    text, argument, words = REFUSED[name]
    program = f"import numba, operator, numpy as np\n{text}\ntry:\n    numba.njit(f)({argument})\nexcept numba.errors.NumbaError as error:\n    print(str(error).splitlines()[-1])"
    last = run(program, tmp_path / "program.py")
    assert last.startswith(" = in Numba's words: ") and words in last, last


def test_messages_are_zouks_own_without_the_alias():
    from zouk import errors, njit

    @njit
    def shift(x):
        return x << 1.5

    with pytest.raises(errors.TypingError) as caught:
        shift(1.0)
    assert "Numba" not in str(caught.value)
