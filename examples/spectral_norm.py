"""The spectral norm of an infinite matrix, cut to n x n, by the power method; the matrix is computed, not stored."""

import math

import numpy as np
from zouk import njit

SIZE, SMALL = 400, 30


@njit
def element(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


@njit
def multiply(vector, result):
    for i in range(len(vector)):
        total = 0.0
        for j in range(len(vector)):
            total += element(i, j) * vector[j]
        result[i] = total


@njit
def multiply_transposed(vector, result):
    for i in range(len(vector)):
        total = 0.0
        for j in range(len(vector)):
            total += element(j, i) * vector[j]
        result[i] = total


@njit
def spectral_norm(n):
    u, v, scratch = np.ones(n), np.ones(n), np.ones(n)
    for _ in range(10):
        multiply(u, scratch)
        multiply_transposed(scratch, v)
        multiply(v, scratch)
        multiply_transposed(scratch, u)
    dot, squared = 0.0, 0.0
    for i in range(n):
        dot += u[i] * v[i]
        squared += v[i] * v[i]
    return math.sqrt(dot / squared)


def arguments(size):
    return (size,)


run = spectral_norm
