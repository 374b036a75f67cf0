"""Generated stencils beside the same kernels in plain Python: ranks, sizes, dtypes, layouts, modes, indices."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_support import NUMBERS, layouts
from stencil_support import MODES, applied, kernel, numbers
from ufunc_support import same

from zouk import stencil


def in_layout(values, number):
    every = list(layouts(values))
    return every[number % len(every)]


def add_up(rank, taps, arrays):
    """A kernel that adds up and compares what it reads."""
    reads = [f"{array}[{', '.join(map(str, tap))}]" for array, tap in taps]
    lines = [f"def kernel({', '.join(arrays)}):", f"    s = {reads[0]}"]
    for i, read in enumerate(reads[1:]):
        lines.append(f"    s = s + {read}" if i % 2 == 0 else f"    if {read} > s:\n        s = {read}")
    return kernel("\n".join([*lines, "    return s", ""]))


@st.composite
def problems(draw):
    rank = draw(st.integers(1, 4))
    arrays = ["a", "b"][: draw(st.integers(1, 2))]
    offset = st.integers(-3, 3)
    taps = draw(st.lists(st.tuples(st.sampled_from(arrays), st.tuples(*[offset] * rank)), min_size=1, max_size=5))
    taps = [("a", (0,) * rank), *taps]
    sizes = draw(st.tuples(*[st.integers(0, 7 if rank < 3 else 4)] * rank))
    real = [dtype for dtype in NUMBERS if np.dtype(dtype).kind in "if"]
    dtype = draw(st.sampled_from(real))
    mode = draw(st.sampled_from(MODES))
    cval = draw(st.sampled_from([None, 3, -2.5]))
    layout = draw(st.integers(0, 3))
    return rank, arrays, taps, sizes, dtype, mode, cval, layout


@given(problems())
@settings(max_examples=25, deadline=None)
def test_generated(problem):
    rank, arrays, taps, sizes, dtype, mode, cval, layout = problem
    function = add_up(rank, taps, arrays)
    arguments = [in_layout(numbers(sizes, dtype), layout) for _ in arrays]
    same(stencil(mode, cval=cval)(function)(*arguments), applied(function, *arguments, mode=mode, cval=cval))


def add_up_all(neighborhood):
    """A kernel with a loop for each axis."""
    lines = ["def kernel(a, b):", f"    s = a[{', '.join(str(low) for low, _ in neighborhood)}] * 0"]
    indent = "    "
    for axis, (low, high) in enumerate(neighborhood):
        lines.append(f"{indent}for i{axis} in range({low}, {high + 1}):")
        indent += "    "
    index = ", ".join(f"i{axis}" for axis in range(len(neighborhood)))
    return kernel("\n".join([*lines, f"{indent}s += a[{index}] * 2 - b[{index}]", "    return s", ""]))


@st.composite
def loops(draw):
    rank = draw(st.integers(1, 3))
    bounds = st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(sorted).map(tuple)
    neighborhood = draw(st.tuples(*[bounds] * rank))
    sizes = draw(st.tuples(*[st.integers(0, 7)] * rank))
    return neighborhood, sizes, draw(st.sampled_from(MODES)), draw(st.sampled_from([None, 2])), draw(st.integers(0, 3)), draw(st.sampled_from(["i4", "f8", "c16"])), draw(st.booleans())


@given(loops())
@settings(max_examples=20, deadline=None)
def test_generated_loops(problem):
    neighborhood, sizes, mode, cval, layout, dtype, into = problem
    function = add_up_all(neighborhood)
    arguments = [in_layout(numbers(sizes, dtype), layout + i) for i in range(2)]
    told = {"cval": cval, "neighborhood": neighborhood}
    out = np.full(sizes, 7, np.result_type(dtype, "i8")) if into else None
    expected = applied(function, *arguments, mode=mode, out=None if out is None else out.copy(), **told)
    same(stencil(mode, **told)(function)(*arguments, out=out), expected)
