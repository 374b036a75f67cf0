"""Lloyd's k-means: points go to the nearest centre on several threads, and the sums that the centres move to are reduced in arrays."""

import numpy as np
from zouk import njit, prange

SIZE, SMALL = 60_000, 200
RTOL = 1e-9


@njit(parallel=True)
def k_means(points, centres, steps):
    n, dimensions = points.shape
    k = centres.shape[0]
    nearest = np.empty(n, np.int64)
    for _ in range(steps):
        for i in prange(n):
            best = np.inf
            for c in range(k):
                distance = 0.0
                for d in range(dimensions):
                    difference = points[i, d] - centres[c, d]
                    distance += difference * difference
                if distance < best:
                    best = distance
                    nearest[i] = c
        for c in prange(k):
            members = 0
            total = np.zeros(dimensions)
            for i in range(n):
                if nearest[i] == c:
                    members += 1
                    for d in range(dimensions):
                        total[d] += points[i, d]
            if members > 0:
                for d in range(dimensions):
                    centres[c, d] = total[d] / members
    return centres, nearest


def arguments(size):
    points = np.random.default_rng(1).random((size, 3))
    return points, points[:: size // 8][:8].copy(), 10


run = k_means
