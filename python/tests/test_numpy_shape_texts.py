"""The texts of errors about shapes, and about the arguments of `np.clip`, are NumPy's."""

import numpy as np
import pytest
from lang_support import function

A, B = np.arange(6.0).reshape(2, 3), np.arange(8.0).reshape(2, 4)
GENERATOR = np.random.default_rng(1)

SHAPES = """
np.broadcast_to(a, (2, 4))
np.broadcast_to(a, (4,))
np.broadcast_to(a, -1)
np.broadcast_to(np.ones(3), (2,))
np.broadcast_arrays(a, b)
np.broadcast_shapes((2, 3), (2, 4))
g.normal(a, b)
np.random.normal(a, b)
g.normal(a, 1, size=(4, 5))
g.normal(a, 1, size=(2, 1))
np.random.uniform(np.ones(3), 1, size=4)
a.reshape(4, 5)
a.reshape(-1, 4)
a.reshape(4, -1)
a.reshape(4, -1, 5)
np.reshape(a, (7,))
a @ b
np.dot(a, b)
np.inner(a, b)
np.vdot(a, b)
a[0:1, :] + b
np.maximum(a, b)
np.add(a, a, out=np.ones((3, 3)))
np.copyto(a, b)
np.where(a > 0, a, b)
np.where(a > 0, b, 1.0)
np.where(a > 0, 1.0, b)
np.clip(a, b, 1.0)
np.clip(a, 0.0, b)
np.add(a, 1.0, out=np.ones((2, 4)))
np.choose(np.array([0, 1]), (np.ones(2), np.ones(3)))
np.cross(np.ones((2, 3)), np.ones((3, 3)))
np.select((a > 1, b > 1), (a, b))
np.select((a > 1, a > 2), (a, b))
np.clip(a, min=b, max=1)
np.clip(a, min=0, max=b)
np.trapezoid(a, x=np.ones(4))
np.linalg.solve(np.ones((2, 2)), np.ones((3,)))
np.linalg.multi_dot((a, b))
np.vecdot(a, b)
np.matvec(a, b)
np.insert(a, 1, np.ones(7), axis=0)
np.ravel_multi_index((np.array([1, 2]), np.array([1, 2, 3])), (4, 4))
a[np.array([0, 1]), np.array([0, 1, 2])]
np.concatenate((a, b), axis=0)
np.isclose(a, b)
""".strip().splitlines()

CLIPS = """
np.clip(a, 1)
np.clip(a, 1, min=2)
np.clip(a, None)
np.clip(a, a_min=2)
np.clip(a, a_max=2)
np.clip(a, min=1, a_max=3)
np.clip(a, 1, max=2)
np.clip(a, 1, 2, max=3)
np.clip(a, None, None, min=None)
np.clip(a, 1, out=a)
""".strip().splitlines()


@pytest.mark.parametrize("text", [*SHAPES, *CLIPS])
def test_texts(text):
    f = function(f"def f(a, b, g):\n    return {text}")
    raised = []
    for g in (f.py_func, f):
        with pytest.raises((ValueError, TypeError, IndexError)) as caught:
            g(A.copy(), B.copy(), GENERATOR)
        raised.append((type(caught.value), str(caught.value)))
    assert raised[1] == raised[0]


@pytest.mark.parametrize("text", ["np.clip(a)", "np.clip(a, None, None)", "np.clip(a, min=2)", "np.clip(a, max=2)", "np.clip(a, min=1, max=None)", "np.clip(a, 1, 3)", "np.clip(a, a, 3)", "np.clip(a, a_min=1, a_max=a)", "a.clip(1)", "a.clip(max=2)", "a.clip()"])
def test_bounds(text):
    f = function(f"def f(a): return {text}")
    np.testing.assert_array_equal(f(A), f.py_func(A), strict=True)
