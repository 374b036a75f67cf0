"""Prices of European call and put options by the Black-Scholes formula, one option at a time."""

import math

import numpy as np
from zouk import njit

SIZE, SMALL = 1_000_000, 1_000

# sin, exp, log and erf may differ from the C library's in the last place.
RTOL = 1e-12
ATOL = 1e-12


@njit
def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@njit
def black_scholes(spot, strike, years, rate, volatility):
    calls = np.empty_like(spot)
    puts = np.empty_like(spot)
    for i in range(len(spot)):
        deviation = volatility * math.sqrt(years[i])
        d1 = (math.log(spot[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / deviation
        d2 = d1 - deviation
        discounted = strike[i] * math.exp(-rate * years[i])
        calls[i] = spot[i] * normal_cdf(d1) - discounted * normal_cdf(d2)
        puts[i] = discounted * normal_cdf(-d2) - spot[i] * normal_cdf(-d1)
    return calls, puts


def arguments(size):
    random = np.random.default_rng(1)
    return random.uniform(5.0, 30.0, size), random.uniform(1.0, 100.0, size), random.uniform(0.25, 10.0, size), 0.02, 0.3


run = black_scholes
