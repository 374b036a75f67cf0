"""`zouk.cuda.random` beside the published algorithm in whole numbers of Python, and beside Numba's functions where Numba is installed."""

import math

import numpy as np
import pytest

from cuda_support import nothing_leaks  # noqa: F401
from zouk import njit
from zouk.cuda import random

WORD = 2**64 - 1
SEEDS = [0, 1, 12345, 2**63 + 5, WORD]


class Generator:
    """xoroshiro128+ with the constants of 2016, seeded by SplitMix64 as Numba does: both halves of the state alike."""

    def __init__(self, seed):
        z = (seed + 0x9E3779B97F4A7C15) & WORD
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
        self.s0 = self.s1 = z ^ (z >> 31)

    def next(self):
        rotated = lambda x, k: ((x << k) | (x >> (64 - k))) & WORD
        result = (self.s0 + self.s1) & WORD
        s1 = self.s1 ^ self.s0
        self.s0 = rotated(self.s0, 55) ^ s1 ^ ((s1 << 14) & WORD)
        self.s1 = rotated(s1, 36)
        return result

    def jump(self):
        s0 = s1 = 0
        for word in (0xBEAC0467EBA5FACB, 0xD86B048B86AA9922):
            for bit in range(64):
                if word >> bit & 1:
                    s0, s1 = s0 ^ self.s0, s1 ^ self.s1
                self.next()
        self.s0, self.s1 = s0, s1

    def uniform_float64(self):
        return (self.next() >> 11) * 2.0**-53

    def uniform_float32(self):
        return float(np.float32(self.uniform_float64()))

    def normal_float32(self):
        u, v = np.float32(self.uniform_float32()), np.float32(self.uniform_float32())
        return float(np.sqrt(np.float32(-2) * np.log(u)) * np.cos(np.float32(2 * math.pi) * v))

    def normal_float64(self):
        u, v = np.float32(self.uniform_float32()), np.float32(self.uniform_float32())
        return math.sqrt(-2.0 * float(np.log(u))) * math.cos(2 * math.pi * float(v))


def filled(count, seed, start=0):
    states = np.zeros(count, random.xoroshiro128p_dtype)
    random.init_xoroshiro128p_states_cpu(states, np.uint64(seed), np.uint64(start))
    return states


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("start", [0, 3])
def test_states_are_jumps_apart(seed, start):
    generator = Generator(seed)
    for _ in range(start):
        generator.jump()
    for state in filled(5, seed, start):
        assert (int(state["s0"]), int(state["s1"])) == (generator.s0, generator.s1)
        generator.jump()
    assert len(filled(0, seed, start)) == 0


# Logarithms and cosines of float32 may differ in the last place; what they lead to is allowed some units of it.
DRAWS = {"next": 0.0, "uniform_float32": 0.0, "uniform_float64": 0.0, "normal_float32": 4e-7, "normal_float64": 4e-7}


@pytest.mark.parametrize("name", DRAWS)
def test_numbers(name):
    draw = getattr(random, f"xoroshiro128p_{name}")
    states, generators = filled(3, 7), [Generator(7) for _ in range(3)]
    for i, generator in enumerate(generators):
        for _ in range(i):
            generator.jump()

    @njit
    def several(states, out):
        for i in range(len(states)):
            for k in range(out.shape[1]):
                out[i, k] = draw(states, i)

    out = np.empty((3, 500), np.uint64 if name == "next" else np.float64)
    several(states, out)
    expected = np.array([[getattr(generator, name)() for _ in range(500)] for generator in generators], out.dtype)
    # Small numbers are differences of what is nearly alike: the error is that of the cosine, not of the product.
    np.testing.assert_allclose(out, expected, rtol=DRAWS[name], atol=DRAWS[name])
    assert [int(state["s0"]) for state in states] == [generator.s0 for generator in generators]


@pytest.mark.parametrize("name", DRAWS)
def test_beside_numba(name):
    theirs = pytest.importorskip("numba.cuda.random")
    ours = getattr(random, f"xoroshiro128p_{name}"), filled(2, 99)
    numba = getattr(theirs, f"xoroshiro128p_{name}"), np.zeros(2, theirs.xoroshiro128p_dtype)
    theirs.init_xoroshiro128p_states_cpu(numba[1], 99, 0)
    assert ours[1].dtype == numba[1].dtype and np.array_equal(ours[1], numba[1])
    draws = [[draw(states, i % 2) for i in range(200)] for draw, states in (ours, numba)]
    assert [type(x) for x in draws[0]] == [type(x) for x in draws[1]]
    np.testing.assert_allclose(*draws, rtol=DRAWS[name], atol=DRAWS[name])
    assert np.array_equal(ours[1], numba[1])


@pytest.mark.parametrize("name", DRAWS)
def test_in_kernels(name):
    """A generator for each thread: the numbers are those of the functions on the host, and the states go on from launch to launch."""
    from zouk import cuda

    draw = getattr(random, f"xoroshiro128p_{name}")
    states, on_host = random.create_xoroshiro128p_states(100, seed=5, subsequence_start=2), filled(100, 5, 2)
    assert np.array_equal(states.copy_to_host(), on_host)

    @cuda.jit
    def several(states, out):
        i = cuda.grid(1)
        if i < out.shape[0]:
            for k in range(out.shape[1]):
                out[i, k] = draw(states, i)

    out = np.empty((100, 20), np.uint64 if name == "next" else np.float64)
    for _ in range(2):
        several[4, 32](states, out)
        expected = np.array([[draw(on_host, i) for _ in range(20)] for i in range(100)], out.dtype)
        np.testing.assert_allclose(out, expected, rtol=DRAWS[name], atol=DRAWS[name])
        assert np.array_equal(states.copy_to_host(), on_host)


@pytest.mark.parametrize("seed", [9, -9, np.uint64(2**64 - 9)])
def test_seeding_again(seed):
    """A seed is taken by its lowest 64 bits."""
    states = random.create_xoroshiro128p_states(4, 1)
    random.init_xoroshiro128p_states(states, seed)
    expected = filled(4, int(seed) % 2**64)
    assert np.array_equal(states.copy_to_host(), expected)
