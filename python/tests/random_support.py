"""Distributions with parameters for the tests of random numbers: ordinary ones, and those where an algorithm changes."""

import random

import numpy as np
from lang_support import function

SIZE = 300

CONTINUOUS = {
    "standard_exponential": [()],
    "standard_normal": [()],
    "standard_cauchy": [()],
    "standard_gamma": [(0.0,), (0.1,), (0.5,), (1.0,), (1.5,), (100.0,)],
    "standard_t": [(0.1,), (1.0,), (3.5,)],
    "uniform": [(), (2.0,), (-1.0, 1.0), (5.0, 5.0)],
    "normal": [(), (1.0,), (1.0, 2.5), (0.0, 0.0)],
    "lognormal": [(), (0.5, 0.25)],
    "exponential": [(), (0.0,), (3.0,)],
    "gamma": [(0.5,), (1.0, 2.0), (3.5, 0.5), (0.0, 1.0)],
    "beta": [(0.2, 0.3), (1.0, 1.0), (2.0, 0.5), (7.0, 3.0), (1e-5, 1e-5), (1e-200, 1e-300)],
    "chisquare": [(0.5,), (2.0,), (10.0,)],
    "noncentral_chisquare": [(0.5, 1.0), (3.0, 1.0), (3.0, 0.0), (0.5, 40.0)],
    "f": [(1.0, 2.0), (10.0, 0.5)],
    "noncentral_f": [(1.0, 2.0, 3.0), (0.5, 7.0, 0.0)],
    "pareto": [(0.5,), (3.0,)],
    "weibull": [(0.0,), (0.5,), (3.0,)],
    "power": [(0.5,), (3.0,)],
    "rayleigh": [(), (0.0,), (2.0,)],
    "laplace": [(), (1.0, 2.0)],
    "gumbel": [(), (1.0, 2.0)],
    "logistic": [(), (1.0, 2.0)],
    "wald": [(1.0, 2.0), (0.1, 10.0)],
    "vonmises": [(0.0, 0.0), (1.0, 1e-9), (1.0, 1e-6), (-3.0, 0.5), (3.0, 4.0), (1.0, 1e5), (3.1, 2e6)],
    "triangular": [(0.0, 0.5, 1.0), (-1.0, -1.0, 3.0), (-1.0, 3.0, 3.0)],
}
DISCRETE = {
    "poisson": [(), (0.0,), (0.1,), (9.99,), (10.0,), (1e6,), (1e15,)],
    "geometric": [(1.0,), (0.5,), (1 / 3,), (0.01,), (1e-10,)],
    "logseries": [(0.0,), (0.1,), (0.99,)],
    "zipf": [(1.1,), (2.0,), (20.0,)],
    "negative_binomial": [(1.0, 0.5), (10.0, 0.1), (2.5, 1.0)],
    "binomial": [(0, 0.5), (10, 0.0), (10, 1.0), (10, 0.3), (10, 0.8), (100, 0.5), (1000, 0.9), (10**9, 0.3), (10**7, 1e-6)],
    "hypergeometric": [(10, 5, 3), (5, 10, 8), (15, 15, 15), (100, 50, 40), (50, 100, 120), (1000, 2000, 1500), (0, 5, 3), (5, 0, 3), (10, 10, 20)],
}
DISTRIBUTIONS = {**CONTINUOUS, **DISCRETE}

# What is wrong with parameters, and where it is told first.
ERRORS = [
    ("uniform", (0.0, np.inf)),
    ("normal", (0.0, -1.0)),
    ("normal", (0.0, -0.0)),
    ("lognormal", (0.0, -1.0)),
    ("exponential", (-1.0,)),
    ("standard_gamma", (-1.0,)),
    ("gamma", (-1.0, -1.0)),
    ("gamma", (1.0, -1.0)),
    ("beta", (0.0, 1.0)),
    ("beta", (1.0, 0.0)),
    ("chisquare", (0.0,)),
    ("noncentral_chisquare", (1.0, -1.0)),
    ("f", (1.0, 0.0)),
    ("noncentral_f", (1.0, 1.0, -1.0)),
    ("standard_t", (0.0,)),
    ("pareto", (0.0,)),
    ("weibull", (-1.0,)),
    ("power", (0.0,)),
    ("rayleigh", (-1.0,)),
    ("laplace", (0.0, -1.0)),
    ("wald", (0.0, 1.0)),
    ("vonmises", (0.0, -1.0)),
    ("triangular", (2.0, 1.0, 3.0)),
    ("triangular", (0.0, 4.0, 3.0)),
    ("triangular", (1.0, 1.0, 1.0)),
    ("poisson", (-1.0,)),
    ("poisson", (np.nan,)),
    ("poisson", (1e19,)),
    ("geometric", (0.0,)),
    ("geometric", (1.5,)),
    ("logseries", (1.0,)),
    ("logseries", (np.nan,)),
    ("zipf", (1.0,)),
    ("negative_binomial", (0.0, 0.5)),
    ("negative_binomial", (1.0, 1.5)),
    ("binomial", (-1, 0.5)),
    ("binomial", (-1, 1.5)),
    ("binomial", (1, np.nan)),
    ("hypergeometric", (1, 1, 3)),
    ("hypergeometric", (-1, 3, 1)),
    ("hypergeometric", (3, -1, 1)),
]


def compiled(text, **scope):
    """The function of the text, jitted."""
    return function(text, random=random, **scope)


def spelled(arguments):
    return ", ".join(arguments)


def names(count):
    return [f"p{i}" for i in range(count)]


def raised(function, *arguments):
    """The class and text of what a call raises."""
    try:
        function(*arguments)
    except Exception as error:
        return type(error), str(error)
    return None


def identical(found, expected):
    """Bit for bit, in type too."""
    if isinstance(expected, tuple):
        return len(found) == len(expected) and all(identical(a, b) for a, b in zip(found, expected))
    if isinstance(expected, np.ndarray):
        return found.dtype == expected.dtype and found.shape == expected.shape and found.tobytes() == expected.tobytes()
    expected = expected.item() if isinstance(expected, np.generic) else expected
    return type(found) is type(expected) and (found == expected or (found != found and expected != expected))
