"""How bodies attract each other. A row of `bodies` is a place and a mass; a block loads a tile of bodies into shared memory and all its threads use it.

`fastmath` lets the compiler take the reciprocal square root of the hardware.
"""

import math

import numpy as np
from zouk import cuda

SIZE, SMALL = 4_096, 300
UNIT = "G interactions/s"

# Sums in another order, and the approximations that `fastmath` allows.
RTOL = 1e-3
ATOL = 1e-3

THREADS = 128
SOFTENING = np.float32(0.01)
ONE = np.float32(1)


@cuda.jit(fastmath=True)
def attract(bodies, accelerations):
    tile = cuda.shared.array((THREADS, 4), np.float32)
    thread = cuda.threadIdx.x
    i = cuda.grid(1)
    count = bodies.shape[0]
    # Threads behind the last body help to load the tiles.
    mine = i if i < count else count - 1
    x = bodies[mine, 0]
    y = bodies[mine, 1]
    z = bodies[mine, 2]
    ax = np.float32(0)
    ay = np.float32(0)
    az = np.float32(0)
    for start in range(0, count, THREADS):
        other = start + thread if start + thread < count else count - 1
        tile[thread, 0] = bodies[other, 0]
        tile[thread, 1] = bodies[other, 1]
        tile[thread, 2] = bodies[other, 2]
        tile[thread, 3] = bodies[other, 3] if start + thread < count else np.float32(0)
        cuda.syncthreads()
        for k in range(THREADS):
            dx = tile[k, 0] - x
            dy = tile[k, 1] - y
            dz = tile[k, 2] - z
            inverse = ONE / math.sqrt(dx * dx + dy * dy + dz * dz + SOFTENING)
            pull = tile[k, 3] * inverse * inverse * inverse
            ax += dx * pull
            ay += dy * pull
            az += dz * pull
        cuda.syncthreads()
    if i < count:
        accelerations[i, 0] = ax
        accelerations[i, 1] = ay
        accelerations[i, 2] = az


def arguments(size):
    return (np.random.default_rng(1).random((size, 4), dtype=np.float32),)


def prepare(bodies):
    return cuda.to_device(bodies), cuda.device_array((len(bodies), 3), np.float32)


def launch(bodies, accelerations):
    blocks = (bodies.shape[0] + THREADS - 1) // THREADS
    attract[blocks, THREADS](bodies, accelerations)
    return accelerations


def expected(bodies):
    places, masses = bodies[:, :3].astype(float), bodies[:, 3].astype(float)
    accelerations = np.empty((len(bodies), 3), np.float32)
    for i, place in enumerate(places):
        distances = places - place
        accelerations[i] = (distances * (masses / ((distances**2).sum(axis=1) + SOFTENING) ** 1.5)[:, None]).sum(axis=0)
    return accelerations


def amount(size):
    """Billions of pairs of bodies."""
    return size * size / 1e9


if __name__ == "__main__":
    from report import report

    report(__file__)
