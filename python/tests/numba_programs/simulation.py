"""Random numbers, records, tuples, recursion, exceptions, times: what programs have in their inner functions."""

import math
import random
from collections import namedtuple

import numpy as np
from numba import njit
from numba.core.errors import TypingError

Point = namedtuple("Point", "x y")
LIMIT = 7


@njit
def walk(n, seed):
    np.random.seed(seed)
    places = np.zeros(n)
    at = 0.0
    for i in range(n):
        at += np.random.normal() if i % 2 else np.random.random() - 0.5
        places[i] = at
    return places, places.min(), places.max()


@njit
def shuffled(n, seed):
    np.random.seed(seed)
    a = np.arange(n)
    np.random.shuffle(a)
    return a


@njit
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@njit
def middle(points):
    return Point((points[0].x + points[1].x) / 2, (points[0].y + points[1].y) / 2)


@njit
def checked(x):
    if x > LIMIT:
        raise ValueError("too large", x)
    return math.sqrt(x)


@njit
def energy(records):
    s = 0.0
    for r in records:
        s += 0.5 * r.mass * r.speed**2
    return s


@njit(cache=True, fastmath=False, error_model="numpy")
def quotient(a, b):
    return a / b


places, low, high = walk(50, 3)
print(places.tolist(), float(low), float(high), shuffled(20, 5).tolist(), fibonacci(15))
print(tuple(middle((Point(1.0, 2.0), Point(3.0, 5.0)))), checked(4.0))
try:
    checked(9.0)
except ValueError as error:
    print(error.args)
print(energy(np.array([(1.0, 2.0), (3.0, 4.0)], dtype=[("mass", "f8"), ("speed", "f8")]).view(np.recarray)))
with np.errstate(all="ignore"):
    print(quotient(np.float64(1), np.float64(4)))
assert issubclass(TypingError, Exception) and random
