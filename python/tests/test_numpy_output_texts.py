"""The texts of errors for an `out=`, a `where=` and operands of `einsum` that do not fit are NumPy's."""

import warnings

import numpy as np
import pytest
from lang_support import function

SHAPES = [(5,), (1,), (3,), (2, 3), (1, 3), (2, 1), (2, 2), (1, 1), (), (4, 2, 3)]
REDUCTIONS = "sum prod min max mean std var any all ptp argmin nansum nanprod nanmin nanmax nanmean nanvar nanstd nanargmax".split()
MASKED = "sum prod min max mean std any all nansum nanmin nanmax nanmean nanvar".split()


def outcome(f, *arguments):
    """The result, or the class and the text of what is raised."""
    arguments = [a.copy() for a in arguments]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = f(*arguments)
    except ValueError as error:
        return type(error), str(error).splitlines()[0]
    return [np.asarray(x).tolist() for x in (result, *arguments)]


def check_text(expression, *arguments):
    names = "abcdef"[: len(arguments)]
    f = function(f"def f({', '.join(names)}): return {expression}")
    expected = outcome(f.py_func, *arguments)
    assert outcome(f, *arguments) == expected, (expression, [a.shape for a in arguments])
    return expected


def check_texts(expressions):
    """All of them; some fit, and some do not."""
    found = [check_text(*case)[0] is ValueError for case in expressions]
    assert any(found)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_output_of_a_reduction(name):
    a = np.arange(6.0).reshape(2, 3)
    dtype = np.int64 if "arg" in name else np.float64
    check_texts((f"np.{name}(a, axis={1 if len(shape) == 1 else 0}, out=b)", a, np.zeros(shape, dtype)) for shape in SHAPES[:5])


@pytest.mark.parametrize("axis", ["0", "-1", "None", "(0, 1)"])
@pytest.mark.parametrize("keepdims", [False, True])
def test_output_over_axes(axis, keepdims):
    a = np.arange(6.0).reshape(2, 3)
    check_texts((f"np.sum(a, axis={axis}, out=b, keepdims={keepdims})", a, np.zeros(shape)) for shape in SHAPES)
    check_texts((f"np.add.reduce(a, axis={axis}, out=b, keepdims={keepdims})", a, np.zeros(shape)) for shape in SHAPES)


@pytest.mark.parametrize("shape", [(2, 1), (2, 1, 3), (1, 3), (0, 3)], ids=str)
def test_output_of_axes_of_one_item(shape):
    a = np.ones(shape)
    outputs = [np.zeros(s) for s in ((5,), (1,), (3,), (2, 5), (2, 3), (2, 3, 4))]
    check_texts((f"np.sum(a, axis=0, out=b, keepdims={keep})", a, out) for keep in (False, True) for out in outputs)


def test_output_of_an_empty_reduction():
    check_text("np.min(a, axis=0, out=b)", np.ones((0, 3)), np.ones(2))
    check_text("np.min(a, axis=0, out=b)", np.ones((0, 3)), np.ones(3))


@pytest.mark.parametrize("name", MASKED)
def test_mask_of_a_reduction(name):
    initial = ", initial=1.0" if name[-3:] in ("min", "max") else ""
    call = f"np.{name}(a, axis=0, where=b{initial})"
    a = np.arange(6.0).reshape(2, 3)
    check_texts((call, a, np.ones(shape, bool)) for shape in ((4,), (3,), (3, 3), (1, 3), (1, 2, 3), (4, 2, 3)))
    check_text(call, np.ones((2, 1)), np.ones((2, 3), bool))
    check_text(f"np.{name}(a, axis=0, where=b, out=c{initial})", a, np.ones((2, 4), bool), np.zeros(2))
    check_text(f"np.{name}(a, axis=0, where=b, out=c{initial})", a, np.ones((2, 3), bool), np.zeros(2))


@pytest.mark.parametrize(
    "call",
    [
        "np.median(a[:2], 0, out=b)",
        "np.nanmedian(a, 0, out=b)",
        "np.std(a, 0, out=b, mean=np.ones((1, 3)))",
        "np.quantile(a, 0.5, 0, out=b)",
        "np.percentile(a, np.array([10.0, 20.0]), 0, out=b)",
        "np.logaddexp.reduce(a, 0, out=b)",
        "np.maximum.reduce(a, 0, out=b)",
        "np.clip(a, 0, None, out=b)",
        "np.clip(a, 0, np.ones(3), out=b)",
        "np.isposinf(a, out=b)",
        "np.compress(np.array([True, True]), a, 0, out=b)",
        "np.fft.rfft(a, out=b)",
    ],
)
def test_output_of_library_functions(call):
    dtype = bool if "isposinf" in call else complex if "fft" in call else float
    array = np.zeros((2, 3)) if "fft" in call else np.arange(6.0).reshape(2, 3)
    # NumPy says it in words of the ufunc inside when only axes that are not transformed are too short.
    shapes = [shape for shape in SHAPES if "fft" not in call or shape != (2, 1)]
    check_texts((call, array, np.zeros(shape, dtype)) for shape in shapes)


@pytest.mark.parametrize("shape", SHAPES[3:8], ids=str)
def test_output_of_a_ufunc(shape):
    a = np.arange(6.0).reshape(2, 3)
    for other in ((2, 3), (1, 3), (3,), (4, 3), (2, 1)):
        check_text("np.add(a, b, out=c)", a, np.ones(other), np.zeros(shape))
        check_text("np.negative(a, out=b)", np.ones(other), np.zeros(shape))


EINSUM = """
ij,jk->ik        2,3 4,2
ij,ij            2,3 4,2
ij,jk,kl->il     2,3 4,2 4,2
ij,jk,kl->il     2,3 3,2 4,2
ij,j             2,3 5
ij,j->ji         2,3 5
ij,j->ji         2,3 1
i,i              3 4
...j,j           2,3 5
ij...,j...->i... 2,3 5
ij,i,j->         2,3 2 5
iji,j            2,3,3 5
iji,j            2,3,2 5
...i,...i        2,3,4 3,3,4
...ij,...jk      2,3,4 3,4,5
cb,ba->ac        2,3 4,2
"""


@pytest.mark.parametrize("line", EINSUM.strip().splitlines())
def test_operands_of_einsum(line):
    subscripts, *shapes = line.split()
    arrays = [np.ones([int(n) for n in shape.split(",")]) for shape in shapes]
    check_text(f"np.einsum('{subscripts}', {', '.join('abcdef'[: len(arrays)])})", *arrays)


@pytest.mark.parametrize("shape", SHAPES + [(4, 2), (4, 1), (1, 2)], ids=str)
def test_output_of_einsum(shape):
    a, b, out = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4), np.zeros(shape)
    check_text("np.einsum('ij,jk->ki', a, b, out=c)", a, b, out)
    check_text("np.einsum('ij,jk->ik', a, b, out=c)", a, b, out)
    check_text("np.einsum('ij->j', a, out=b)", a, out)
    check_text("np.einsum('ij->', a, out=b)", a, out)
