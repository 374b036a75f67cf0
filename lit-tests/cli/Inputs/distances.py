import numpy as np
from zouk import njit


@njit
def distances(points, scale):
    if scale <= 0.0:
        raise ValueError("the scale must be positive")
    n, dimensions = points.shape
    result = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(dimensions):
                total += (points[i, k] - points[j, k]) ** 2
            result[i, j] = scale * total ** 0.5
    return result
