"""Products of matrices and vectors beside NumPy's OpenBLAS, one thread each, in one process that takes turns."""

import json
import os

from rows import Row, new_process

PRODUCTS = """
import sys, json
from products import time_products
print(json.dumps(time_products(float(sys.argv[1]))))
"""

SIZES = (8, 16, 32, 48, 64, 100, 128, 200, 256, 384, 500, 512, 777, 1000, 1024, 1500)
LAYOUTS = ("transposed, transposed", "gaps, gaps", "reversed, transposed")
FUNCTIONS = """
from zouk import njit

@njit
def product(a, b):
    return a @ b
"""


def laid_out(a, layout):
    import numpy as np

    if layout == "transposed":
        return np.ascontiguousarray(a.T).T
    if layout == "gaps":
        wide = np.zeros([2 * n for n in a.shape], a.dtype)
        wide[::2, ::2] = a
        return wide[::2, ::2]
    return np.ascontiguousarray(a[::-1, ::-1])[::-1, ::-1] if layout == "reversed" else a


def cases():
    """Name, bar and operands of every product: `bar` is the time that is allowed, over NumPy's."""
    import numpy as np

    random = np.random.default_rng(1)
    for dtype in ("f8", "f4"):
        for n in SIZES:
            bar = 1.0 if n < 64 else 1 / 0.9 if n >= 256 else None
            yield f"{n} x {n} {dtype}", bar, [random.standard_normal((n, n)).astype(dtype) for _ in range(2)]
        for layouts in LAYOUTS:
            for n in (48, 256, 777):
                operands = [laid_out(random.standard_normal((n, n)).astype(dtype), layout) for layout in layouts.split(", ")]
                yield f"{n} x {n} {dtype} {layouts}", 1.0 if n < 64 else 1 / 0.9, operands
        a, x = random.standard_normal((2000, 2000)).astype(dtype), random.standard_normal(2000).astype(dtype)
        long = random.standard_normal(1_000_000).astype(dtype)
        yield f"matrix times vector {dtype}", 1 / 0.9, [a, x]
        yield f"vector times matrix {dtype}", 1 / 0.9, [x, a]
        yield f"vector times vector {dtype}", 1 / 0.9, [long, long]


def time_products(seconds_each):
    """Microseconds of zouk and of NumPy: the least of many short turns, of this thread's own time."""
    import sys
    import time
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "product_functions.py"), "w") as file:
            file.write(FUNCTIONS)
        sys.path.insert(0, folder)
        from product_functions import product

        def turn(function, operands, count):
            start = time.thread_time()
            for _ in range(count):
                function(*operands)
            return (time.thread_time() - start) / count

        figures = {}
        for name, _, operands in cases():
            product(*operands)
            count = max(1, int(0.004 / (turn(product.py_func, operands, 1) + 1e-6)))
            best, end = [float("inf")] * 2, time.perf_counter() + seconds_each
            turns = 0
            while turns < 3 or time.perf_counter() < end:
                best = [min(old, turn(f, operands, count)) for old, f in zip(best, (product, product.py_func))]
                turns += 1
            figures[name] = [1e6 * figure for figure in best]
        return figures


def products(repetitions, with_numba):
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    figures = new_process(PRODUCTS, str(repetitions / 25))
    for name, bar, _ in cases():
        zouk, numpy = figures[name]
        yield Row(name, zouk / numpy, bar, "x NumPy", zouk=f"{zouk:.3g} us", numba=f"NumPy {numpy:.3g} us")
