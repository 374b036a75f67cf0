"""Matrix multiplication by the three loops of the definition."""

import numpy as np
from zouk import njit

SIZE, SMALL = 200, 20


@njit
def matmul(a, b):
    rows, inner = a.shape
    columns = b.shape[1]
    if b.shape[0] != inner:
        raise ValueError("the inner dimensions differ")
    product = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            total = 0.0
            for k in range(inner):
                total += a[i, k] * b[k, j]
            product[i, j] = total
    return product


def arguments(size):
    random = np.random.default_rng(2)
    return random.random((size, size)), random.random((size, size))


run = matmul
