"""The sieve of Eratosthenes: all primes up to a limit."""

import numpy as np
from zouk import njit

SIZE, SMALL = 5_000_000, 5_000


@njit
def mark_composites(composite):
    n = len(composite)
    p = 2
    while p * p < n:
        if not composite[p]:
            for multiple in range(p * p, n, p):
                composite[multiple] = True
        p += 1


@njit
def sieve(limit):
    composite = np.zeros(limit + 1, np.bool_)
    mark_composites(composite)
    count = 0
    for number in range(2, limit + 1):
        if not composite[number]:
            count += 1
    primes = np.empty(count, np.int64)
    position = 0
    for number in range(2, limit + 1):
        if not composite[number]:
            primes[position] = number
            position += 1
    return primes


def arguments(size):
    return (size,)


run = sieve
