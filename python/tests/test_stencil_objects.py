"""Stencils as objects: what is wrong with a kernel or a call, options, pickling, methods."""

import copy
import os
import pickle
import re
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
from lang_support import register
from stencil_support import applied, kernel
from ufunc_support import same

import zouk
from zouk import njit, stencil


@stencil
def spread(a, w):
    """Left and right."""
    return (a[-1] + a[1]) * w


WRONG_KERNELS = {
    "return a[0, i]": "stencil kernel index is not constant, 'neighborhood' option required",
    "return a[np.int8(1)]": "stencil kernel index is not constant, 'neighborhood' option required",
    "return i": "no accesses to relatively indexed arrays",
    "a[0] = 1\n    return a[0]": "assignments to arrays passed to stencil kernels is not allowed",
    "a[0] += 1\n    return a[0]": "assignments to arrays passed to stencil kernels is not allowed",
    "return a[0] + a[0, 1]": "indexes arrays with 2 and with 1 dimensions",
    "return a[:1].sum()": "needs both bounds",
    "return a[-1:1:-1].sum()": "needs both bounds",
    "return a[None]": "an integer or a slice for each axis",
    "return a[...]": "an integer or a slice for each axis",
    "return a[0.5]": "an integer or a slice for each axis",
    "return a[()]": "indexes arrays with 0",
    "b = a if i else a\n    return b[0] + a[0]": "is given another name",
    "return a[-1:2]": "stencil kernel must return a scalar and not a numpy array",
    "return a[0], 1": "stencil kernel must return a scalar and not",
    "a[0]": "stencil kernel must return a scalar and not",
}


@pytest.mark.parametrize("body", WRONG_KERNELS)
def test_wrong_kernels(body):
    made = stencil(kernel(f"def kernel(a, i):\n    {body}\n"))
    with pytest.raises(zouk.NumbaValueError, match=WRONG_KERNELS[body]) as info:
        made(np.ones((3, 3)) if "0, i" in body else np.ones(3), 1)
    assert "--> <language test" in str(info.value)
    caller = kernel("def call(a): return made(a, 1)", "call", made=made)
    with pytest.raises(zouk.NumbaValueError, match=WRONG_KERNELS[body]):
        njit(caller)(np.ones((3, 3)) if "0, i" in body else np.ones(3))


def test_indices_outside_of_the_neighborhood():
    for body in ("a[-2]", "a[2]", "a[0:4].sum()", "a[-2:1].sum()"):
        with pytest.raises(zouk.NumbaValueError, match="is outside of its neighborhood from -1 to 1 along axis 0"):
            stencil(kernel(f"def kernel(a): return {body}"), neighborhood=((-1, 1),))(np.ones(5))
    with pytest.raises(zouk.NumbaValueError, match="2 dimensional neighborhood specified for 1 dimensional"):
        stencil(kernel("def kernel(a): return a[0]"), neighborhood=((-1, 1), (0, 0)))(np.ones(5))
    with pytest.raises(zouk.NumbaValueError, match="integers and slices"):
        stencil(kernel("def kernel(a, i): return a[i]"), neighborhood=((-1, 1),))(np.ones(5), 0.5)


def test_wrong_arguments():
    made = stencil(kernel("def kernel(a, b): return a[0] + b"))
    with pytest.raises(zouk.NumbaValueError, match="first argument to a stencil kernel must be the primary input array"):
        made(1.0, 2.0)
    with pytest.raises(zouk.NumbaValueError, match="another number of dimensions"):
        made(np.ones((2, 2)), 1)
    with pytest.raises(zouk.NumbaValueError, match=r"`b` without a relative index.*\n(.*\n)*.*standard_indexing"):
        made(np.ones(2), np.ones(2))
    with pytest.raises(zouk.NumbaValueError, match="is an array"):
        stencil(kernel("def kernel(a, b): return a[0] + b[0]"))(np.ones(2), (1, 2))
    for wrong in ((), (np.ones(2),), (np.ones(2), 1, 2)):
        with pytest.raises(TypeError, match="argument"):
            made(*wrong)
    with pytest.raises(TypeError, match="unexpected"):
        made(np.ones(2), 1, c=1)
    with pytest.raises(zouk.TypingError):
        njit(lambda a: made(a))(np.ones(2))
    with pytest.raises(zouk.NumbaValueError, match="named `out`"):
        stencil(kernel("def kernel(a, out): return a[0] * out"))(np.ones(2), 1)
    records = np.zeros(4, [("x", "f8")])
    with pytest.raises(zouk.TypingError, match=r"kernel\(\) does not take array\(Record"):
        stencil(kernel("def kernel(a): return a[0].x"))(records)


def test_wrong_options():
    def kernel(a, w):
        return a[0] * w

    for told, why in (
        ({"func_or_mode": "mirror"}, "Unsupported mode style mirror"),
        ({"bad": 10}, "Unknown stencil option"),
        ({"neighborhood": 3}, "pair of integers for each axis"),
        ({"neighborhood": ()}, "pair of integers for each axis"),
        ({"neighborhood": ((1, -1),)}, "pair of integers for each axis"),
        ({"neighborhood": ((0.5, 1),)}, "pair of integers for each axis"),
        ({"neighborhood": ((0, 2**62),)}, "pair of integers for each axis"),
        ({"cval": "x"}, "cval is a number"),
    ):
        with pytest.raises(zouk.NumbaValueError, match=why):
            stencil(**told)(kernel)
    with pytest.raises(zouk.NumbaTypeError, match="is a function"):
        stencil(3)
    with pytest.raises(zouk.NumbaValueError, match="takes an array"):
        stencil(lambda: 1)
    for standard, why in (("c", "not present in the stencil kernel definition"), (("a", "w"), "must use relative indexing")):
        with pytest.raises(zouk.NumbaValueError, match=why):
            stencil(kernel, standard_indexing=standard)(np.ones(3), 1)


def test_attributes():
    made = stencil("wrap", cval=3, neighborhood=[(-1, 1)], standard_indexing="w", fastmath=True)(spread.py_func)
    assert (made.mode, made.cval, made.neighborhood, made.__name__, made.__doc__) == ("wrap", 3, ((-1, 1),), "spread", "Left and right.")
    assert made.options == {"cval": 3, "neighborhood": ((-1, 1),), "standard_indexing": ("w",), "fastmath": True}
    assert spread.options == {} and spread.cval is None and repr(spread) == "<zouk.StencilFunc 'spread'>"
    assert stencil(spread.py_func).mode == "constant" and stencil("reflect")(njit(spread.py_func)).mode == "reflect"
    assert stencil(mode="nearest")(spread.py_func).mode == "nearest"
    a = np.arange(5.0)
    spread(a, 2.0)
    spread(a, w=3.0)
    assert (zouk.float64[::1], zouk.float64, zouk.none) in spread.signatures
    assert "#elements" in spread.inspect("typed", spread.signatures[0]) and "py.getitem" in stencil(spread.py_func).inspect("py", (zouk.float64[::1], zouk.int64, zouk.none))
    assert copy.copy(spread) is spread and copy.deepcopy(spread) is spread


def test_as_a_method():
    class Grid:
        step = stencil(lambda self: self[-1] + self[1])

    assert Grid.step(np.arange(4)).tolist() == applied(lambda a: a[-1] + a[1], np.arange(4)).tolist()
    with pytest.raises(TypeError):
        Grid().step(np.arange(4))


def test_pickling():
    import cloudpickle

    assert pickle.loads(pickle.dumps(spread)) is spread
    a = np.arange(6.0)
    shift = 2

    @stencil("wrap", cval=3)
    def local(a, w):
        return a[-1] * w + shift

    again = cloudpickle.loads(cloudpickle.dumps(local))
    assert again is not None and again.mode == "wrap" and again.cval == 3
    same(again(a, 2), local(a, 2))
    code = """
        import pickle, sys
        import numpy as np
        made = pickle.loads(bytes.fromhex(sys.argv[1]))
        print(made(np.arange(6.0), 2).tolist())
    """
    text = cloudpickle.dumps(local).hex()
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(local(a, 2).tolist())


def test_cache(tmp_path):
    (tmp_path / "cached_stencil.py").write_text(
        textwrap.dedent("""
            import numpy as np
            from zouk import njit, stencil

            @stencil("reflect", cache=True)
            def around(a):
                return a[-1] + a[1]

            @njit(cache=True)
            def use(a):
                return around(a).sum()

            if __name__ == "__main__":
                print(around(np.arange(5.0)).tolist(), use(np.arange(5.0)), len(around._dispatcher.stats.cache_hits))
        """)
    )
    environment = os.environ | {"ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    lines = [subprocess.run([sys.executable, str(tmp_path / "cached_stencil.py")], env=environment, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert lines[0].replace(" 0\n", " 1\n") == lines[1] and lines[1].endswith(" 1\n")


def test_options_of_the_kernel_alone():
    """Equal kernels with other borders are compiled apart, in one module too."""
    text = "def kernel(a): return a[-1] + a[1]"
    wraps, ends = stencil("wrap")(kernel(text)), stencil("nearest")(kernel(text))

    @njit
    def both(a):
        return wraps(a) - ends(a)

    a = np.arange(7) ** 2
    same(both(a), wraps(a) - ends(a))
    assert both(a).any()


def test_recursion_through_a_global():
    scope = {"np": np, "stencil": stencil, "__name__": "recursive"}
    text = "@stencil\ndef kernel(a):\n    return a[-1] + 1\n\ndef twice(a):\n    return kernel(kernel(a))\n"
    exec(compile(text, register(text), "exec"), scope)
    a = np.arange(5)
    same(njit(scope["twice"])(a), scope["twice"](a))


def test_threads():
    made = stencil(kernel("def kernel(a): return a[-1] * 2 + a[1]"))
    a = np.arange(1000.0)
    expected = applied(made.py_func, a)
    results = []
    threads = [threading.Thread(target=lambda: results.extend(made(a) for _ in range(20))) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(results) == 80
    for result in results:
        same(result, expected)


def test_the_page():
    """The programs on the page run, one after the other."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "stencil.md").read_text()
    text = "\n".join(re.findall(r"```python\n(.*?)```", page, re.S))
    scope = {"__name__": "page"}
    exec(compile(text, register(text), "exec"), scope)
    a, signal = np.arange(20.0).reshape(4, 5), np.arange(20.0)
    same(scope["average"](a), applied(scope["average"].py_func, a))
    same(scope["smooth"](signal), applied(scope["smooth"].py_func, signal, mode="reflect"))
    weights = np.ones(7) / 7
    same(scope["filtered"](signal, weights), applied(scope["filtered"].py_func, signal, weights, neighborhood=((-3, 3),), standard=("weights",)))
    same(scope["relax"](a, 1), applied(scope["average"].py_func, a) + 0.5)


def before(a):
    return a[-1]


@pytest.mark.parametrize("letter", "bBhHiIlLf")
def test_values_of_the_border_are_converted_as_by_an_assignment(letter):
    for value in (300, -1, 70000, -129, 2**31, -(2**31) - 1, 2**40, 2.5, -1.5, 300.7, 1e300, float("nan"), float("inf"), True, np.float32(2.5)):
        assigned = np.zeros(1, letter)
        error = None
        try:
            with np.errstate(over="ignore"):
                assigned[...] = value
        except Exception as raised:
            error = raised
        a = np.arange(4).astype(letter)
        if error is None:
            np.testing.assert_array_equal(stencil(before, cval=value)(a)[:1], assigned, strict=True)
            continue
        with pytest.raises(type(error)) as info:
            stencil(before, cval=value)(a)
        assert str(info.value) == str(error)


def test_the_border_of_an_array_that_is_given_has_its_own_dtype():
    out = np.zeros(4, np.int16)
    assert stencil(before, cval=300)(np.arange(4, dtype=np.uint8), out=out) is out and out[0] == 300
