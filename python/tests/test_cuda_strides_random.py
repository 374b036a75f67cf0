"""Random loops of kernels in steps of a block or grid do what each thread does alone."""

import os
import random

import numpy as np
import pytest
from cuda_strides_support import same
from test_cuda_on_cpu_random import load
from zouk import cuda

pytestmark = pytest.mark.skipif(cuda.execution_target() != "cpu", reason="about kernels on the CPU")

STARTS = ["cuda.grid(1)", "cuda.threadIdx.x", "cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x", "cuda.grid(1) + {n}", "{n} + cuda.threadIdx.x + cuda.blockIdx.x", "cuda.threadIdx.x * 2 + first"]
STEPS = ["cuda.gridsize(1)", "cuda.blockDim.x", "cuda.blockDim.x * cuda.gridDim.x", "step", "{n} + 31", "cuda.blockDim.x * 2"]
STOPS = ["data.size", "size", "data.size - {n}", "min(size, 70)", "size * 2 - data.size"]


class Program:
    """Threads write to elements of their own, and add to what all have: both do not depend on the order of threads."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0

    def pick(self, texts):
        return self.random.choice(texts).format(n=self.random.randint(0, 5))

    def value(self, names):
        a, b = self.random.choice(names), self.random.choice(names)
        return self.random.choice([f"{a} + {b}", f"{a} - 2 * {b}", f"({a} * 3 + {b}) % 101", f"max({a}, {b})", f"data[abs({a}) % data.size] + {b}", f"({a} if {b} % 3 == 0 else {b})"])

    def statements(self, pad, names, depth):
        return [line for _ in range(self.random.randint(1, 3)) for line in self.statement(pad, names, depth)]

    def statement(self, pad, names, depth):
        pick, name = self.random.random(), self.random.choice("abc")
        if pick < 0.35 or depth > 3:
            return [f"{pad}{name} = ({self.value(names)}) % 1009"]
        if pick < 0.5:
            return [f"{pad}cuda.atomic.add(sums, {self.random.randint(0, 7)}, {self.value(names)})"]
        if pick < 0.65:
            otherwise = [f"{pad}else:", *self.statements(pad + "    ", names, depth + 1)] if self.random.random() < 0.5 else []
            condition = f"({self.value(names)}) % 3 == {self.random.randint(0, 2)}"
            return [f"{pad}if {condition}:", *self.statements(pad + "    ", names, depth + 1), *otherwise]
        if pick < 0.72:
            return [f"{pad}for j{depth} in range({self.value(names)} % 3):", *self.statements(pad + "    ", [*names, f"j{depth}"], depth + 1)]
        return self.loop(pad, names, depth)

    def loop(self, pad, names, depth):
        self.names += 1
        i = f"i{self.names}"
        start, stop, step = self.pick(STARTS), self.pick(STOPS), self.pick(STEPS)
        body = self.statements(pad + "    ", [*names, i], depth + 2)
        if self.random.random() < 0.5:
            return [f"{pad}for {i} in range({start}, {stop}, {step}):", *body]
        after = [f"{pad}a += {i}"] if self.random.random() < 0.4 else []
        return [f"{pad}{i} = {start}", f"{pad}while {i} {self.random.choice(['<', '<='])} {stop}:", *body, f"{pad}    {i} += {step}", *after]

    def text(self):
        names = ["a", "b", "c", "size", "cuda.threadIdx.x"]
        lines = []
        for _ in range(3):
            lines += self.loop("    ", names, 0)
            if self.random.random() < 0.5:
                lines += ["    shared[t] = a + b", "    cuda.syncthreads()", "    c = (c + shared[(t + 1) % cuda.blockDim.x]) % 1009", "    cuda.syncthreads()"]
            lines += self.statements("    ", names, 2)
        head = "from zouk import cuda\nimport numpy as np\n\ndef kernel(out, sums, data, size, first, step):\n    shared = cuda.shared.array(64, np.int64)\n    t = cuda.threadIdx.x\n"
        return head + "    a = t\n    b = cuda.grid(1) * 3\n    c = first\n" + "\n".join(lines) + "\n    out[cuda.grid(1)] = a + 7 * b + 31 * c\n"


@pytest.mark.parametrize("seed", range(int(os.environ.get("ZOUK_EXAMPLES", "12"))))
def test_random_strides(seed, tmp_path):
    kernel = load(Program(seed).text(), tmp_path / f"strides_{seed}.py")
    generator = np.random.default_rng(seed)
    for grid, block, size in ((2, 13, 60), (1, 32, 25), (3, 5, 81)):
        data = generator.integers(0, 50, max(size, 1))
        same(kernel, grid, block, np.zeros(grid * block, np.int64), np.zeros(8, np.int64), data, size, 2, 33)
