"""The edit distance between two sequences of codes: insertions, deletions and substitutions, two rows of the table at a time."""

import numpy as np
from zouk import njit

SIZE, SMALL = 2_000, 60


@njit
def levenshtein(a, b):
    previous = np.empty(len(b) + 1, np.int64)
    current = np.empty(len(b) + 1, np.int64)
    for j in range(len(b) + 1):
        previous[j] = j
    for i in range(len(a)):
        current[0] = i + 1
        for j in range(len(b)):
            substitution = previous[j] + (0 if a[i] == b[j] else 1)
            current[j + 1] = min(previous[j + 1] + 1, current[j] + 1, substitution)
        previous, current = current, previous
    return previous[len(b)]


def arguments(size):
    random = np.random.default_rng(5)
    return random.integers(0, 4, size).astype(np.int32), random.integers(0, 4, size + size // 10).astype(np.int32)


run = levenshtein
