"""What compiled code has no values for says why, and what to do instead."""

import numpy as np
import pytest
from lang_support import function

from zouk.errors import TypingError

CALLS = {
    "a.tolist()": (r"the length of a list is part of its type", r"call \.tolist\(\) outside"),
    "a.tobytes()": ("compiled code has no bytes", r"a\.view\(np\.uint8\)"),
    "a.resize((2, 2))": ("does not change its size", r"np\.resize\(a, shape\)"),
    "np.unstack(a)": ("the length of an axis", "x, y = a"),
    "np.squeeze(a)": ("needs a constant axis", r"np\.squeeze\(a, axis=0\)"),
    "np.datetime_as_string(t)": ("has no such texts", r"np\.datetime_as_string\(\) outside"),
    "np.random.bytes(3)": ("compiled code has no bytes", "randint"),
    "g.bytes(3)": ("compiled code has no bytes", "rng.integers"),
    "np.busday_count(t, t)": ("not supported in compiled code", "docs/functions.md"),
}


@pytest.mark.parametrize("call", CALLS)
def test_refused(call):
    message, help = CALLS[call]
    f = function(f"def f(a, t, g, k):\n    return {call}")
    with pytest.raises(TypingError, match=f"(?s){message}.*:2:.*{help}"):
        f(np.ones((2, 3)), np.array(["2020-01-01"], "M8[D]"), np.random.default_rng(1), 1)


def test_the_advice_works():
    f = function("""def f(a):
    x, y = a
    u, v, w = np.moveaxis(a, 1, 0)
    return x, y, u, v, w""")
    a = np.arange(6.0).reshape(2, 3)
    assert all(np.array_equal(p, q) for p, q in zip(f(a), (*np.unstack(a), *np.unstack(a, axis=1)), strict=True))
    g = function("def g(a): return a.copy().view(np.uint8)")
    assert g(a).tobytes() == a.tobytes()
