"""Random programs of whole-array statements: expressions, in-place operators, assignments to slices, branches and loops, over arguments that may share memory.

What fusion, slices, destinations and blocks do to each other shows in programs, not in single operations.
"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_support import function

@st.composite
def programs(draw):
    names = ["a", "b", "c"]

    def atom():
        name = draw(st.sampled_from(names))
        return draw(st.sampled_from([name, name, name, f"{name}[::-1]", f"{name}[1:2]", f"{name}[1:]", f"{name}.T", "2.0", "3"]))

    def expression(depth):
        if depth == 0:
            return atom()
        kind = draw(st.integers(0, 9))
        x, y = expression(depth - 1), expression(depth - 1)
        if kind < 6:
            return f"({x} {draw(st.sampled_from('+-*'))} {y})"
        if kind == 6:
            return f"np.{draw(st.sampled_from(['sin', 'exp', 'abs', 'negative']))}({x})"
        if kind == 7:
            return f"np.maximum({x}, {y})"
        if kind == 8:
            return f"np.where({x} > 0.5, {y}, {atom()})"
        return f"({x} + np.{draw(st.sampled_from(['sum', 'max', 'mean']))}({draw(st.sampled_from(names))}))"

    lines = []
    for number in range(draw(st.integers(2, 6))):
        kind = draw(st.integers(0, 7))
        target = draw(st.sampled_from(names))
        if kind < 3:
            lines.append(f"t{number} = {expression(draw(st.integers(1, 3)))} + {draw(st.sampled_from(names))}")
            names.append(f"t{number}")
        elif kind == 3:
            lines.append(f"{target} {draw(st.sampled_from('+-*'))}= {expression(1)}")
        elif kind == 4:
            lines.append(f"{target}[{draw(st.sampled_from([':', '1:', ':-1', '::-1']))}] = {expression(1)}")
        elif kind == 5:
            lines.append(f"if {target}.sum() > 1:\n        {draw(st.sampled_from(names))}[:] = {expression(1)}")
        elif kind == 6:
            lines.append(f"t{number} = {draw(st.sampled_from(['+{0}', '{0} * 1', 'np.copy({0})', '{0}.astype(np.float64)', '{0}'])).format(target)}")
            names.append(f"t{number}")
        else:
            lines.append(f"for i in range(2):\n        {target}[:] = {expression(1)} * 0.5")
    return "def f(a, b, c):\n    " + "\n    ".join(lines) + "\n    return " + ", ".join(names)


#: Shapes of the arguments, and which of the first share memory.
ARGUMENTS = [([(4,), (4,), (4,)], ""), ([(4,), (1,), (4,)], ""), ([(3, 3), (3, 3), (3, 3)], "same"), ([(3, 3), (1, 3), (3, 1)], ""), ([(3, 3), (3, 3), (3, 3)], "overlap")]


def arguments(shapes, sharing):
    random = np.random.default_rng(5)
    made = [random.random(shape) for shape in shapes]
    if sharing == "same":
        made[1] = made[0]
    elif sharing == "overlap":
        block = random.random(12)
        made[0], made[1] = block[:9].reshape(3, 3), block[3:].reshape(3, 3)
    return made


def outcome(f, made):
    try:
        return f(*made)
    except ValueError as error:
        return error


@settings(max_examples=20, deadline=None, derandomize=True)
@given(programs())
def test_random_programs(text):
    f = function(text)
    for shapes, sharing in ARGUMENTS:
        theirs, ours = arguments(shapes, sharing), arguments(shapes, sharing)
        with np.errstate(all="ignore"):
            expected = outcome(f.py_func, theirs)
        result = outcome(f, ours)
        assert isinstance(result, ValueError) == isinstance(expected, ValueError), (text, shapes, sharing, expected, result)
        for x, y in zip(ours, theirs):
            np.testing.assert_allclose(x, y, rtol=1e-12, err_msg=text)
        if not isinstance(expected, ValueError):
            for x, y in zip(result, expected):
                np.testing.assert_allclose(x, y, rtol=1e-12, err_msg=text)
                assert x.shape == y.shape and x.dtype == y.dtype, text
