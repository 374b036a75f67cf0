# Functions called from the command line: results, exceptions, arguments of every kind.
# RUN: %zouk run %s --entry fibonacci --arg 20 | FileCheck %s --check-prefix=FIBONACCI
# RUN: %zouk run %s --entry mean --arg "[1.0, 2.0, 6.0]" | FileCheck %s --check-prefix=MEAN
# RUN: %zouk run %s --entry swap --arg "(1, 2.5)" | FileCheck %s --check-prefix=SWAP
# RUN: not %zouk run %s --entry divide --arg 1 --arg 0 2>&1 | FileCheck %s --check-prefix=DIVIDE
# RUN: not %zouk run %s --entry missing 2>&1 | FileCheck %s --check-prefix=MISSING

from zouk import njit


@njit
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


# FIBONACCI: 6765


@njit
def mean(values):
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


# MEAN: 3.0


@njit
def swap(pair):
    a, b = pair
    return b, a


# SWAP: (2.5, 1)


@njit
def divide(x, y):
    return x // y


# DIVIDE: Traceback (most recent call last):
# DIVIDE: run.py", line [[#]], in divide
# DIVIDE: ZeroDivisionError: integer division or modulo by zero

# MISSING: missing
