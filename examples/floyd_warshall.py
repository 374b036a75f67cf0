"""Shortest paths between all pairs of nodes of a weighted graph, in place."""

import numpy as np
from zouk import njit

SIZE, SMALL = 220, 20


@njit
def floyd_warshall(distance):
    n = distance.shape[0]
    for middle in range(n):
        for start in range(n):
            for end in range(n):
                through = distance[start, middle] + distance[middle, end]
                if through < distance[start, end]:
                    distance[start, end] = through
    return distance


def arguments(size):
    random = np.random.default_rng(3)
    distance = random.integers(1, 1000, (size, size)).astype(np.float64)
    distance[random.random((size, size)) > 0.2] = np.inf
    np.fill_diagonal(distance, 0.0)
    return (distance,)


run = floyd_warshall
