"""Prices of European call and put options by the Black-Scholes formula: one thread for each option, with a device function."""

import math

import numpy as np
from zouk import cuda

SIZE, SMALL = 1_000_000, 1_000
UNIT = "M options/s"

# exp, log and erf may differ from the C library's in the last places.
RTOL = 1e-12
ATOL = 1e-12

THREADS = 128


@cuda.jit(device=True)
def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@cuda.jit
def black_scholes(spot, strike, years, rate, volatility, calls, puts):
    i = cuda.grid(1)
    if i < spot.size:
        deviation = volatility * math.sqrt(years[i])
        d1 = (math.log(spot[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / deviation
        d2 = d1 - deviation
        discounted = strike[i] * math.exp(-rate * years[i])
        calls[i] = spot[i] * normal_cdf(d1) - discounted * normal_cdf(d2)
        puts[i] = discounted * normal_cdf(-d2) - spot[i] * normal_cdf(-d1)


def arguments(size):
    random = np.random.default_rng(1)
    return random.uniform(5.0, 30.0, size), random.uniform(1.0, 100.0, size), random.uniform(0.25, 10.0, size), 0.02, 0.3


def prepare(spot, strike, years, rate, volatility):
    prices = cuda.device_array((2, spot.size), spot.dtype)
    return cuda.to_device(spot), cuda.to_device(strike), cuda.to_device(years), rate, volatility, prices


def launch(spot, strike, years, rate, volatility, prices):
    blocks = (spot.size + THREADS - 1) // THREADS
    black_scholes[blocks, THREADS](spot, strike, years, rate, volatility, prices[0], prices[1])
    return prices


def expected(spot, strike, years, rate, volatility):
    cdf = np.vectorize(lambda x: 0.5 * (1.0 + math.erf(x / math.sqrt(2.0))))
    deviation = volatility * np.sqrt(years)
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / deviation
    d2 = d1 - deviation
    discounted = strike * np.exp(-rate * years)
    return np.stack([spot * cdf(d1) - discounted * cdf(d2), discounted * cdf(-d2) - spot * cdf(-d1)])


def amount(size):
    return size / 1e6


if __name__ == "__main__":
    from report import report

    report(__file__)
