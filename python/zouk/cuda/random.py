"""Random numbers in kernels: generators xoroshiro128+ of Blackman and Vigna, one for each thread, as `numba.cuda.random` has them.

`create_xoroshiro128p_states` makes an array of states on the device, far enough apart that no thread meets the numbers of another;
in a kernel, `xoroshiro128p_uniform_float32(states, i)` and the like draw from number `i`. All but the two that fill arrays of the device
are compiled functions: kernels, other compiled functions and Python may call them.
"""

import math

import numpy as np

from .. import types
from ..decorators import njit

__all__ = [
    "xoroshiro128p_dtype", "xoroshiro128p_type", "create_xoroshiro128p_states", "init_xoroshiro128p_states", "init_xoroshiro128p_states_cpu",
    "init_xoroshiro128p_state", "xoroshiro128p_next", "xoroshiro128p_jump", "uint64_to_unit_float32", "uint64_to_unit_float64",
    "xoroshiro128p_uniform_float32", "xoroshiro128p_uniform_float64", "xoroshiro128p_normal_float32", "xoroshiro128p_normal_float64",
]  # fmt: skip

xoroshiro128p_dtype = np.dtype([("s0", np.uint64), ("s1", np.uint64)], align=True)
xoroshiro128p_type = types.from_dtype(xoroshiro128p_dtype)

# The polynomial by which a state is multiplied to go 2**64 steps on, the low word first.
_JUMP_LOW, _JUMP_HIGH = np.uint64(0xBEAC0467EBA5FACB), np.uint64(0xD86B048B86AA9922)

# Of SplitMix64, which makes a state of a seed.
_GOLDEN, _MIX_1, _MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

_STEP_OF_53_BITS = 2.0**-53
_TWO_PI = 2 * math.pi
_TWO_PI_FLOAT32 = np.float32(2 * math.pi)


@njit
def _rotated(word, bits):
    """The word, rotated to the left."""
    return (word << np.uint64(bits)) | (word >> np.uint64(64 - bits))


@njit
def init_xoroshiro128p_state(states, index, seed):
    """Sets a state from a seed of 64 bits, by SplitMix64: seeds near each other make states that are not alike."""
    word = np.uint64(seed) + _GOLDEN
    word = (word ^ (word >> np.uint64(30))) * _MIX_1
    word = (word ^ (word >> np.uint64(27))) * _MIX_2
    word ^= word >> np.uint64(31)
    states[np.int64(index)]["s0"] = word
    states[np.int64(index)]["s1"] = word


@njit
def xoroshiro128p_next(states, index):
    """The next 64 random bits of a state."""
    i = np.int64(index)
    low = states[i]["s0"]
    high = states[i]["s1"]
    mixed = low ^ high
    states[i]["s0"] = _rotated(low, 55) ^ mixed ^ (mixed << np.uint64(14))
    states[i]["s1"] = _rotated(mixed, 36)
    return low + high


@njit
def xoroshiro128p_jump(states, index):
    """Sets a state to where it would be after 2**64 numbers."""
    i = np.int64(index)
    low = np.uint64(0)
    high = np.uint64(0)
    for bit in range(128):
        word = _JUMP_LOW if bit < 64 else _JUMP_HIGH
        if (word >> np.uint64(bit % 64)) & np.uint64(1):
            low ^= states[i]["s0"]
            high ^= states[i]["s1"]
        xoroshiro128p_next(states, i)
    states[i]["s0"] = low
    states[i]["s1"] = high


@njit
def uint64_to_unit_float64(x):
    """A float64 in [0, 1), of the upper 53 bits of a word."""
    return (np.uint64(x) >> np.uint64(11)) * _STEP_OF_53_BITS


@njit
def uint64_to_unit_float32(x):
    """As a float64, rounded to float32: so it may be 1."""
    return np.float32(uint64_to_unit_float64(x))


@njit
def xoroshiro128p_uniform_float32(states, index):
    """A float32, evenly distributed in [0, 1]; 1 only by rounding."""
    return uint64_to_unit_float32(xoroshiro128p_next(states, index))


@njit
def xoroshiro128p_uniform_float64(states, index):
    """A float64, evenly distributed in [0, 1)."""
    return uint64_to_unit_float64(xoroshiro128p_next(states, index))


@njit
def xoroshiro128p_normal_float32(states, index):
    """A float32, normally distributed around 0 with a deviation of 1, by the method of Box and Muller: two numbers of the state."""
    radius = xoroshiro128p_uniform_float32(states, index)
    angle = xoroshiro128p_uniform_float32(states, index)
    return math.sqrt(np.float32(-2.0) * math.log(radius)) * math.cos(_TWO_PI_FLOAT32 * angle)


@njit
def xoroshiro128p_normal_float64(states, index):
    """A float64 made of two float32 and a logarithm in float32, which is what Numba draws."""
    radius = xoroshiro128p_uniform_float32(states, index)
    angle = xoroshiro128p_uniform_float32(states, index)
    return math.sqrt(-2.0 * math.log(radius)) * math.cos(_TWO_PI * angle)


@njit
def init_xoroshiro128p_states_cpu(states, seed, subsequence_start):
    """Sets the states of an array on the host, each 2**64 numbers behind the one before; the first is `subsequence_start` times as far from the seed's."""
    if len(states) == 0:
        return
    init_xoroshiro128p_state(states, 0, seed)
    for _ in range(np.uint64(subsequence_start)):
        xoroshiro128p_jump(states, 0)
    for i in range(1, len(states)):
        states[i] = states[i - 1]
        xoroshiro128p_jump(states, i)


def init_xoroshiro128p_states(states, seed, subsequence_start=0, stream=0):
    """Sets the states of an array on the device, each 2**64 numbers behind the one before; the first is `subsequence_start` times as far from the seed's."""
    on_host = np.empty(states.shape, xoroshiro128p_dtype)
    init_xoroshiro128p_states_cpu(on_host, np.uint64(int(seed) & 0xFFFFFFFFFFFFFFFF), np.uint64(subsequence_start))
    states.copy_to_device(on_host, stream=stream)


def create_xoroshiro128p_states(n, seed, subsequence_start=0, stream=0):
    """An array on the device with the states of `n` generators: see `init_xoroshiro128p_states`."""
    from . import device_array

    states = device_array(n, dtype=xoroshiro128p_dtype, stream=stream)
    init_xoroshiro128p_states(states, seed, subsequence_start, stream)
    return states
