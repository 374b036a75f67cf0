"""The five heaviest bodies of the solar system, moved step by step under their gravity; returns the energy before and after."""

import math

import numpy as np
from zouk import njit

SIZE, SMALL = 80_000, 200

SOLAR_MASS = 4.0 * math.pi * math.pi
DAYS_PER_YEAR = 365.24


@njit
def energy(position, velocity, mass):
    total = 0.0
    for i in range(len(mass)):
        vx, vy, vz = velocity[i, 0], velocity[i, 1], velocity[i, 2]
        total += 0.5 * mass[i] * (vx * vx + vy * vy + vz * vz)
        for j in range(i + 1, len(mass)):
            dx = position[i, 0] - position[j, 0]
            dy = position[i, 1] - position[j, 1]
            dz = position[i, 2] - position[j, 2]
            total -= mass[i] * mass[j] / math.sqrt(dx * dx + dy * dy + dz * dz)
    return total


@njit
def advance(position, velocity, mass, step):
    bodies = len(mass)
    for i in range(bodies):
        for j in range(i + 1, bodies):
            dx = position[i, 0] - position[j, 0]
            dy = position[i, 1] - position[j, 1]
            dz = position[i, 2] - position[j, 2]
            squared = dx * dx + dy * dy + dz * dz
            magnitude = step / (squared * math.sqrt(squared))
            velocity[i, 0] -= dx * mass[j] * magnitude
            velocity[i, 1] -= dy * mass[j] * magnitude
            velocity[i, 2] -= dz * mass[j] * magnitude
            velocity[j, 0] += dx * mass[i] * magnitude
            velocity[j, 1] += dy * mass[i] * magnitude
            velocity[j, 2] += dz * mass[i] * magnitude
    for i in range(bodies):
        for axis in range(3):
            position[i, axis] += step * velocity[i, axis]


@njit
def nbody(position, velocity, mass, steps):
    before = energy(position, velocity, mass)
    for _ in range(steps):
        advance(position, velocity, mass, 0.01)
    return before, energy(position, velocity, mass)


def arguments(size):
    # Sun, Jupiter, Saturn, Uranus, Neptune: astronomical units, days, solar masses.
    position = np.array([
        [0.0, 0.0, 0.0],
        [4.84143144246472090, -1.16032004402742839, -1.03622044471123109e-01],
        [8.34336671824457987, 4.12479856412430479, -4.03523417114321381e-01],
        [1.28943695621391310e01, -1.51111514016986312e01, -2.23307578892655734e-01],
        [1.53796971148509165e01, -2.59193146099879641e01, 1.79258772950371181e-01],
    ])
    velocity = DAYS_PER_YEAR * np.array([
        [0.0, 0.0, 0.0],
        [1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05],
        [-2.76742510726411740e-03, 4.99852801234917238e-03, 2.30417297573763929e-05],
        [2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05],
        [2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05],
    ])
    mass = SOLAR_MASS * np.array([1.0, 9.54791938424326609e-04, 2.85885980666130812e-04, 4.36624404335156298e-05, 5.15138902046611451e-05])
    velocity[0] = -(velocity * mass[:, None]).sum(axis=0) / SOLAR_MASS
    return position, velocity, mass, size


run = nbody
