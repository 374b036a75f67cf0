"""An estimate of pi from random points in the unit square, with a linear congruential generator of its own."""

from zouk import njit

SIZE, SMALL = 4_000_000, 10_000

MODULUS = 2147483647
MULTIPLIER = 48271


@njit
def next_state(state):
    return state * MULTIPLIER % MODULUS


@njit
def monte_carlo_pi(samples, seed):
    state = seed
    inside = 0
    for _ in range(samples):
        state = next_state(state)
        x = state / MODULUS
        state = next_state(state)
        y = state / MODULUS
        if x * x + y * y <= 1.0:
            inside += 1
    return 4.0 * inside / samples


def arguments(size):
    return size, 20_240_229


run = monte_carlo_pi
