"""What both programs for products of matrices have in common: the matrices, what NumPy computes, how much work it is."""

import numpy as np

SIZE, SMALL = 512, 40
UNIT = "GFLOP/s"

# Sums of rounded products, in another order than NumPy's.
RTOL = 1e-4


def arguments(size):
    """Sizes that are no multiples of a block's or a tile's."""
    random = np.random.default_rng(1)
    return random.random((size, size + 5), dtype=np.float32), random.random((size + 5, size + 3), dtype=np.float32)


def expected(a, b):
    return a @ b


def amount(size):
    """Billions of multiplications and additions of a launch."""
    return 2 * size * (size + 5) * (size + 3) / 1e9
