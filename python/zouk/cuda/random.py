"""Random numbers of kernels: a generator xoroshiro128+ for each thread, seeded and stepped as Numba does, so that the numbers are the same."""

import math

import numpy as np

from .. import njit
from ..types import float32, float64, int64, uint32, uint64
from .memory import device_array

xoroshiro128p_dtype = np.dtype([("s0", np.uint64), ("s1", np.uint64)], align=True)
# One over 2 ** 53, and twice pi.
_UNIT = 1.0 / (1 << 53)
_TWO_PI_32 = np.float32(2 * math.pi)
_TWO_PI_64 = 2 * math.pi


@njit
def _rotl(x, k):
    return (x << uint64(k)) | (x >> uint64(64 - k))


@njit
def init_xoroshiro128p_state(states, index, seed):
    """Seeds a generator: two steps of SplitMix64."""
    index = int64(index)
    z = uint64(seed) + uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    z = z ^ (z >> uint64(31))
    states[index]["s0"] = z
    states[index]["s1"] = z


@njit
def xoroshiro128p_next(states, index):
    """The next 64 bits of a generator."""
    index = int64(index)
    s0 = states[index]["s0"]
    s1 = states[index]["s1"]
    result = s0 + s1
    s1 ^= s0
    states[index]["s0"] = uint64(_rotl(s0, uint32(55))) ^ s1 ^ (s1 << uint64(14))
    states[index]["s1"] = uint64(_rotl(s1, uint32(36)))
    return result


@njit
def xoroshiro128p_jump(states, index):
    """Puts a generator 2 ** 64 steps ahead."""
    index = int64(index)
    s0 = uint64(0)
    s1 = uint64(0)
    for jump in (uint64(0xBEAC0467EBA5FACB), uint64(0xD86B048B86AA9922)):
        for b in range(64):
            if jump & (uint64(1) << uint64(b)):
                s0 ^= states[index]["s0"]
                s1 ^= states[index]["s1"]
            xoroshiro128p_next(states, index)
    states[index]["s0"] = s0
    states[index]["s1"] = s1


@njit
def uint64_to_unit_float64(x):
    """A number from 0 up to, but not including, 1 of the highest 53 bits."""
    return (uint64(x) >> uint64(11)) * float64(_UNIT)


@njit
def uint64_to_unit_float32(x):
    """The same, as float32."""
    return float32(uint64_to_unit_float64(uint64(x)))


@njit
def xoroshiro128p_uniform_float32(states, index):
    """A float32 from 0 up to, but not including, 1; the generator steps."""
    return uint64_to_unit_float32(xoroshiro128p_next(states, int64(index)))


@njit
def xoroshiro128p_uniform_float64(states, index):
    """A float64 from 0 up to, but not including, 1; the generator steps."""
    return uint64_to_unit_float64(xoroshiro128p_next(states, int64(index)))


@njit
def xoroshiro128p_normal_float32(states, index):
    """A float32 of the standard normal distribution, by Box and Muller; the generator steps twice."""
    u1 = xoroshiro128p_uniform_float32(states, int64(index))
    u2 = xoroshiro128p_uniform_float32(states, int64(index))
    return math.sqrt(float32(-2.0) * math.log(u1)) * math.cos(_TWO_PI_32 * u2)


@njit
def xoroshiro128p_normal_float64(states, index):
    """A float64 of the standard normal distribution, by Box and Muller; the generator steps twice. As Numba's it is made of float32s."""
    u1 = xoroshiro128p_uniform_float32(states, int64(index))
    u2 = xoroshiro128p_uniform_float32(states, int64(index))
    return math.sqrt(float64(-2.0) * math.log(u1)) * math.cos(_TWO_PI_64 * u2)


@njit
def init_xoroshiro128p_states_cpu(states, seed, subsequence_start):
    """Seeds generators that are 2 ** 64 steps apart, after so many of them."""
    n = states.shape[0]
    if n >= 1:
        init_xoroshiro128p_state(states, 0, seed)
        for _ in range(subsequence_start):
            xoroshiro128p_jump(states, 0)
        for i in range(1, n):
            states[i] = states[i - 1]
            xoroshiro128p_jump(states, i)


def init_xoroshiro128p_states(states, seed, subsequence_start=0, stream=0):
    """Seeds generators of a device."""
    fresh = np.empty(shape=states.shape, dtype=xoroshiro128p_dtype)
    init_xoroshiro128p_states_cpu(fresh, np.uint64(seed & 0xFFFF_FFFF_FFFF_FFFF), subsequence_start)
    states.copy_to_device(fresh, stream=stream)


def create_xoroshiro128p_states(n, seed, subsequence_start=0, stream=0):
    """New generators on the device, each 2 ** 64 steps from the next."""
    states = device_array(n, dtype=xoroshiro128p_dtype, stream=stream)
    init_xoroshiro128p_states(states, seed, subsequence_start, stream)
    return states
