"""Laplace's equation on a square plate by Jacobi's method: two grids that swap names after every sweep."""

import numpy as np
from zouk import njit

SIZE, SMALL = 200, 20


@njit
def sweep(grid, new):
    rows, columns = grid.shape
    change = 0.0
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            new[i, j] = 0.25 * (grid[i - 1, j] + grid[i + 1, j] + grid[i, j - 1] + grid[i, j + 1])
            change = max(change, abs(new[i, j] - grid[i, j]))
    return change


@njit
def jacobi(grid, tolerance, sweeps):
    new = grid.copy()
    for done in range(sweeps):
        change = sweep(grid, new)
        grid, new = new, grid
        if change < tolerance:
            return grid, done + 1
    return grid, sweeps


def arguments(size):
    grid = np.zeros((size, size))
    grid[0, :] = 100.0
    grid[:, -1] = 50.0
    return grid, 1e-4, 100


run = jacobi
