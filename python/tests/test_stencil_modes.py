"""The modes of the border beside SciPy's, where it is installed."""

import numpy as np
import pytest
from stencil_support import kernel

from zouk import stencil

ndimage = pytest.importorskip("scipy.ndimage")
RNG = np.random.default_rng(3)


@pytest.mark.parametrize("mode", ["constant", "wrap", "reflect", "nearest"])
@pytest.mark.parametrize("shape, size", [((9,), (5,)), ((6, 7), (3, 5)), ((2, 3), (5, 7)), ((4, 5, 3), (3, 3, 5))])
def test_correlation(mode, shape, size):
    a, weights = RNG.integers(-9, 9, shape).astype(float), RNG.integers(-9, 9, size).astype(float)
    places = [tuple(at - n // 2 for at, n in zip(index, size)) for index in np.ndindex(size)]
    reads = [f"{weights[tuple(at + n // 2 for at, n in zip(place, size))]} * a[{', '.join(map(str, place))}]" for place in places]
    found = stencil(mode)(kernel(f"def kernel(a): return {' + '.join(reads)}"))(a)
    expected = ndimage.correlate(a, weights, mode=mode)
    if mode == "constant":
        # SciPy reads zeros outside, a stencil leaves the whole border out.
        inside = tuple(slice(n // 2, max(n // 2, length - n // 2)) for n, length in zip(size, shape))
        blank = np.zeros(shape)
        blank[inside] = expected[inside]
        expected = blank
    np.testing.assert_array_equal(found, expected)
