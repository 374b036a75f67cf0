"""The product of two matrices by tiles: the threads of a block load a tile of each matrix into shared memory and use it together."""

import numpy as np
from matrices import RTOL, SIZE, SMALL, UNIT, amount, arguments, expected  # noqa: F401
from zouk import cuda

TILE = 16


@cuda.jit
def matmul_tiled(a, b, c):
    left = cuda.shared.array((TILE, TILE), np.float32)
    right = cuda.shared.array((TILE, TILE), np.float32)
    x = cuda.threadIdx.x
    y = cuda.threadIdx.y
    column, row = cuda.grid(2)
    total = np.float32(0)
    for start in range(0, a.shape[1], TILE):
        # Outside of the matrices the tiles are zero.
        left[y, x] = a[row, start + x] if row < a.shape[0] and start + x < a.shape[1] else np.float32(0)
        right[y, x] = b[start + y, column] if start + y < b.shape[0] and column < b.shape[1] else np.float32(0)
        cuda.syncthreads()
        for k in range(TILE):
            total += left[y, k] * right[k, x]
        cuda.syncthreads()
    if row < c.shape[0] and column < c.shape[1]:
        c[row, column] = total


def prepare(a, b):
    return cuda.to_device(a), cuda.to_device(b), cuda.device_array((a.shape[0], b.shape[1]), a.dtype)


def launch(a, b, c):
    blocks = (c.shape[1] + TILE - 1) // TILE, (c.shape[0] + TILE - 1) // TILE
    matmul_tiled[blocks, (TILE, TILE)](a, b, c)
    return c


if __name__ == "__main__":
    from report import report

    report(__file__)
