"""Random kernels with barriers in nested control flow, in blocks of one to three axes, beside a reference that runs them thread by thread."""

import importlib.util
import os
import random

import kernel_reference
import numpy as np
import pytest
from cuda_support import nothing_leaks  # noqa: F401
from zouk import cuda

HEAD = """from zouk import cuda
import numpy as np

def kernel(out, data, size):
    shared = cuda.shared.array(64, np.int64)
    t = cuda.threadIdx.x + cuda.blockDim.x * (cuda.threadIdx.y + cuda.blockDim.y * cuda.threadIdx.z)
    i = t + size * cuda.blockIdx.x
    a = t * 3
    b = i
    c = data[t % 8]
    u = 1
    w = cuda.blockIdx.x
    shared[t] = 0
    cuda.syncthreads()
"""


class Program:
    """Statements that are legal in CUDA: threads that are left all come to the same barriers. `u` and `w` are the same for all threads, `a`, `b`, `c` are not."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.loops = 0

    def varying(self, depth=0):
        pick = self.random.random()
        if depth > 2 or pick < 0.3:
            return self.random.choice(["a", "b", "c", "t", "i", "u", "w", "size", str(self.random.randint(-3, 9))])
        if pick < 0.85:
            return f"({self.varying(depth + 1)} {self.random.choice('+-*')} {self.varying(depth + 1)})"
        return self.random.choice([f"({self.varying(depth + 1)} % {self.random.randint(2, 7)})", f"data[{self.random.randint(0, 7)}]"])

    def common(self):
        counters = [f"k{n}" for n in range(self.loops)]
        name = self.random.choice(["u", "w", "size", *counters])
        return self.random.choice([name, f"({name} + {self.random.randint(0, 3)})", f"({name} * 2 % 5)"])

    def condition(self, common):
        if not common:
            return f"{self.varying()} % {self.random.randint(2, 4)} {self.random.choice(['==', '!=', '<', '>'])} {self.random.randint(0, 2)}"
        # The second is the same for all threads, which the compiler does not know.
        return self.random.choice([f"{self.common()} % 3 {self.random.choice(['==', '!='])} 1", f"data[{self.common()} % 8] < {self.random.randint(2, 8)}"])

    def statements(self, indent, meets, in_loop):
        return [line for _ in range(self.random.randint(1, 3)) for line in self.statement(indent, meets, in_loop)]

    def statement(self, indent, meets, in_loop):
        pad, pick = "    " * indent, self.random.random()
        name = self.random.choice("abc")
        assignment = [f"{pad}{name} = {self.varying()} % 1000"]
        if indent > 4 or pick < 0.2:
            return assignment
        if not meets:
            if pick < 0.6:
                return [f"{pad}if {self.condition(False)}:", *self.statements(indent + 1, False, False)]
            if pick < 0.8 and self.loops < 2:
                return self.loop(pad, indent, f"({self.varying()}) % 4", False)
            return assignment
        if pick < 0.27:
            return [f"{pad}{self.random.choice('uw')} = {self.common()} % 50"]
        if pick < 0.48:
            return [f"{pad}shared[t] = {self.varying()} % 1000", f"{pad}cuda.syncthreads()", f"{pad}{name} += shared[(t + {self.random.randint(1, 7)}) % size]", f"{pad}cuda.syncthreads()"]
        if pick < 0.55:
            kind = self.random.choice(["count", "and", "or"])
            return [f"{pad}u = cuda.syncthreads_{kind}({self.condition(False)})"]
        if pick < 0.62:
            return [f"{pad}if {self.condition(False)}:", *self.statements(indent + 1, False, False), f"{pad}else:", *self.statements(indent + 1, False, False)]
        if pick < 0.74:
            otherwise = [f"{pad}else:", *self.statements(indent + 1, True, in_loop)] if self.random.random() < 0.5 else []
            return [f"{pad}if {self.condition(True)}:", *self.statements(indent + 1, True, in_loop), *otherwise]
        if pick < 0.79:
            return [f"{pad}if {self.condition(False)}:", f"{pad}    out[i] = {self.varying()} % 1000", f"{pad}    return"]
        if pick < 0.84 and in_loop:
            return [f"{pad}if {self.condition(True)}:", f"{pad}    {self.random.choice(['break', 'continue'])}"]
        if self.loops < 2:
            return self.loop(pad, indent, f"{self.common()} % 4", True)
        return assignment

    def loop(self, pad, indent, bound, meets):
        counter = f"k{self.loops}"
        whiles = meets and self.random.random() < 0.4
        self.loops += 1
        body = self.statements(indent + 1, meets, meets and not whiles)
        self.loops -= 1
        if whiles:
            return [f"{pad}{counter} = 0", f"{pad}while {counter} < {bound}:", *body, f"{pad}    {counter} += 1"]
        return [f"{pad}for {counter} in range({bound}):", *body]

    def text(self):
        body = [line for _ in range(3) for line in self.statements(1, True, False)]
        return HEAD + "\n".join(body) + "\n    out[i] = a + 7 * b + 31 * c + u + w\n"


def load(text, path):
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.kernel


@pytest.mark.parametrize("seed", range(int(os.environ.get("ZOUK_EXAMPLES", "12"))))
def test_random_kernel(seed, tmp_path):
    kernel = load(Program(seed).text(), tmp_path / f"kernel_{seed}.py")
    compiled = cuda.jit(kernel)
    generator = np.random.default_rng(seed)
    data = generator.integers(0, 10, 8)
    for block in (1, 8, 33, (8, 5), (3, 2, 5)):
        size = int(np.prod(block))
        expected, computed = np.zeros(3 * size, np.int64), np.zeros(3 * size, np.int64)
        kernel_reference.launch(kernel, 3, block, expected, data, size)
        compiled[3, block](computed, data, size)
        np.testing.assert_array_equal(computed, expected, err_msg=Program(seed).text())
