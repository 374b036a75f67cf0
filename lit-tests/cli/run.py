# Functions called from the command line: results, exceptions, arguments of every kind.
# RUN: %zouk run %s --entry fibonacci --arg 20 | FileCheck %s --check-prefix=FIBONACCI
# RUN: %zouk run %s --entry mean --arg "[1.0, 2.0, 6.0]" | FileCheck %s --check-prefix=MEAN
# RUN: %zouk run %s --entry swap --arg "(1, 2.5)" | FileCheck %s --check-prefix=SWAP
# RUN: not %zouk run %s --entry divide --arg 1 --arg 0 2>&1 | FileCheck %s --check-prefix=DIVIDE
# RUN: %zouk run %s --entry ends --arg "[True, False]" | FileCheck %s --check-prefix=BOOLS
# RUN: %zouk run %s --entry ends --arg "[1, 2.5]" | FileCheck %s --check-prefix=FLOATS
# RUN: %zouk run %s --entry ends --arg "[1+2j, -3]" | FileCheck %s --check-prefix=COMPLEX
# RUN: %zouk run %s --entry ends --arg "[18446744073709551615, 0x10]" | FileCheck %s --check-prefix=UNSIGNED
# RUN: %zouk run %s --entry scaled --arg "(3)" | FileCheck %s --check-prefix=DEFAULT
# RUN: %zouk run %s --entry scaled --arg -3 --arg 2 | FileCheck %s --check-prefix=GIVEN
# RUN: not %zouk run %s --entry lookup --arg 1 2>&1 | FileCheck %s --check-prefix=KEY
# RUN: not %zouk run %s --entry scaled --arg "[1,,2]" 2>&1 | FileCheck %s --check-prefix=LITERAL
# RUN: not %zouk run %s --entry scaled --arg "[[1], [2, 3]]" 2>&1 | FileCheck %s --check-prefix=RAGGED
# RUN: not %zouk run %s --entry scaled --arg 99999999999999999999 2>&1 | FileCheck %s --check-prefix=LARGE
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


@njit
def ends(values):
    return values[0], values[-1]


# BOOLS: (True, False)
# FLOATS: (1.0, 2.5)
# COMPLEX: ((1+2j), (-3+0j))
# UNSIGNED: (18446744073709551615, 16)


@njit
def scaled(x, factor=10):
    return x * factor


# DEFAULT: 30
# GIVEN: -6
# LITERAL: `[1,,2]` is no Python literal: invalid syntax
# RAGGED: is no literal of numbers, tuples and rectangular lists
# LARGE: the integer 99999999999999999999 does not fit 64 bits


@njit
def lookup(x):
    raise KeyError("k")


# KEY: KeyError: 'k'
