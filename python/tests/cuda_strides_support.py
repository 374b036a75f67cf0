"""Kernels beside what each of their threads does alone."""

import functools

import kernel_reference
import numpy as np
from zouk import cuda

SIZES = (0, 1, 5, 31, 64, 97, 200)

compiled = functools.cache(cuda.jit)


def same(kernel, grid, block, *arguments):
    """Runs compiled kernel and reference on copies of the arguments, and compares all arrays."""
    copies = [[np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments] for _ in range(2)]
    compiled(kernel)[grid, block](*copies[0])
    kernel_reference.launch(kernel, grid, block, *copies[1])
    for computed, expected in zip(*copies):
        if isinstance(computed, np.ndarray):
            np.testing.assert_array_equal(computed, expected)
