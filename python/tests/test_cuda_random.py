"""Random numbers of kernels are Numba's."""

import os
import subprocess
import sys

import numpy as np
import pytest
from cuda_support import nothing_leaks  # noqa: F401
from zouk import cuda
from zouk.cuda.random import (
    create_xoroshiro128p_states,
    init_xoroshiro128p_states,
    xoroshiro128p_dtype,
    xoroshiro128p_next,
    xoroshiro128p_normal_float32,
    xoroshiro128p_normal_float64,
    xoroshiro128p_uniform_float32,
    xoroshiro128p_uniform_float64,
)

FUNCTIONS = {
    "next": (xoroshiro128p_next, np.uint64), "uniform_float32": (xoroshiro128p_uniform_float32, np.float32), "uniform_float64": (xoroshiro128p_uniform_float64, np.float64),
    "normal_float32": (xoroshiro128p_normal_float32, np.float32), "normal_float64": (xoroshiro128p_normal_float64, np.float64),
}  # fmt: skip

NUMBAS = """
import sys
import numpy as np
from numba import njit
from numba.cuda import random
states = np.empty(8, random.xoroshiro128p_dtype)
random.init_xoroshiro128p_states_cpu(states, int(sys.argv[1]), int(sys.argv[2]))
function = getattr(random, "xoroshiro128p_" + sys.argv[3])
@njit
def draw(states, out):
    for i in range(states.size):
        for k in range(out.shape[1]):
            out[i, k] = function(states, i)
out = np.zeros((8, 5), sys.argv[4])
first = states.copy()
draw(states, out)
sys.stdout.buffer.write(first.tobytes() + out.tobytes())
"""


@pytest.mark.parametrize("seed, start", [(1, 0), (2**63 + 5, 0), (7, 3)])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_numbers(name, seed, start):
    function, dtype = FUNCTIONS[name]

    @cuda.jit(fma=False)
    def draw(states, out):
        i = cuda.grid(1)
        if i < states.size:
            for k in range(out.shape[1]):
                out[i, k] = function(states, i)

    states = create_xoroshiro128p_states(8, seed, start)
    first, out = states.copy_to_host(), np.zeros((8, 5), dtype)
    draw[1, 32](states, out)
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "0"}
    told = subprocess.run([sys.executable, "-c", NUMBAS, str(seed), str(start), name, np.dtype(dtype).str], env=environment, capture_output=True, check=True)
    expected_states = np.frombuffer(told.stdout[:128], xoroshiro128p_dtype)
    expected = np.frombuffer(told.stdout[128:], dtype).reshape(8, 5)
    np.testing.assert_array_equal(first, expected_states)
    if "normal" in name:
        # Logarithms and cosines differ in their last bits.
        np.testing.assert_allclose(out, expected, rtol=1e-5 if dtype is np.float32 else 1e-6, atol=1e-6)
    else:
        np.testing.assert_array_equal(out, expected)


def test_seeding_again():
    states = create_xoroshiro128p_states(4, 1)
    init_xoroshiro128p_states(states, 9)
    np.testing.assert_array_equal(states.copy_to_host(), create_xoroshiro128p_states(4, 9).copy_to_host())
