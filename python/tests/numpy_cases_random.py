"""The cases of numpy.random and of generators: the stream of the same seed, bit for bit, with parameters of every sort, good ones and wrong ones."""

import numpy as np
from hypothesis import strategies as st
from numpy_cases import Array, Made, Number, case
from random_support import DISTRIBUTIONS, ERRORS

SEED = Made(lambda draw, made: draw(st.integers(0, 2**32 - 1)))
GENERATOR = Made(lambda draw, made: np.random.default_rng(draw(st.integers(0, 999))))
SIZES = "{4|(2, 3)|0|(3, 0)|1}"

_cases = {}


def legacy(name, text, **more):
    text = " ; ".join(f"np.random.seed(seed) then np.random.{name}({part.strip()})" for part in text.split(" ; "))
    _cases.setdefault(f"numpy.random.{name}", []).append(case(text, seed=SEED, **more))


def generator(name, text, **more):
    text = " ; ".join(f"rng.{name}({part.strip()})" for part in text.split(" ; "))
    _cases.setdefault(f"generator.{name}", []).append(case(text, rng=GENERATOR, **more))


class Joint(Made):
    """One of several parameters that belong together: the first one draws, the others are taken from what it drew."""

    def __init__(self, choices, place):
        self.choices, self.place = choices, place
        super().__init__(None)

    def draw(self, draw, kind, made, sizes):
        if self.place == 0:
            sizes["parameters"] = draw(st.sampled_from(self.choices))
        return sizes["parameters"][self.place]


for _name, _values in DISTRIBUTIONS.items():
    for _count in sorted({len(p) for p in _values}):
        _choices = [p for p in _values if len(p) == _count] + [p for n, p in ERRORS if n == _name and len(p) == _count]
        _names = [f"p{i}" for i in range(_count)]
        _arguments = {name: Joint(_choices, i) for i, name in enumerate(_names)}
        _calls = " ; ".join([", ".join(_names), ", ".join([*_names, f"size={SIZES}"])])
        legacy(_name, _calls, **_arguments)
        # A generator's ranges go upwards, and its bounds of Poisson numbers are others.
        if (_name, _count) != ("uniform", 1):
            generator(_name, _calls, **_arguments)

for _name in ("random", "random_sample", "ranf", "sample"):
    legacy(_name, f" ; {SIZES} ; (n, 2)", n=Number((3, 0, 1)))
for _name in ("rand", "randn"):
    legacy(_name, " ; n ; n, 2", n=Number((3, 0, 1)))
legacy("random_integers", f"n ; k, n ; k, n, {SIZES}", n=Number((3, 1, 100)), k=Number((0, 1, -3)))
legacy("randint", f"n ; k, n ; k, n, {SIZES} ; n, size=3, dtype={{np.int8|np.uint8|np.int32|np.uint64}}", n=Number((3, 1, 100, 0)), k=Number((0, 1, -3)))
legacy("choice", "n ; v ; n, 4 ; v, 3, True ; v, 2, False", n=Number((3, 1, 10, 0)))
# Of read-only arrays NumPy permutes none that is empty.
PERMUTED = {"v": Array("n", writable=True), "m": Array("n k", writable=True)}
legacy("permutation", "n ; v ; m", **PERMUTED, n=Number((3, 1, 10, 0)))
legacy("shuffle", "o", o=Array("*", writable=True, ranks=(1, 3)))
legacy("multinomial", "n, (0.25, 0.5, 0.25) ; n, (0.5, 0.5), 3", n=Number((3, 0, 20)))
legacy("dirichlet", "(1.0, 2.0, 0.5) ; (1.0, 2.0), 3")
_cases["numpy.random.seed"] = [case("np.random.seed(seed) then np.random.random()", seed=SEED)]

generator("random", f" ; {SIZES} ; 3, np.float32")
generator("integers", f"n ; k, n ; k, n, {SIZES} ; n, size=3, dtype={{np.int8|np.uint8|np.int32|np.uint64}} ; n, endpoint=True", n=Number((3, 1, 100, 0)), k=Number((0, 1, -3)))
generator("choice", "n ; v ; n, 4 ; v, 3, True ; v, 2, False", n=Number((3, 1, 10, 0)))
generator("permutation", "n ; v ; m", **PERMUTED, n=Number((3, 1, 10, 0)))
generator("shuffle", "o ; o, 0", o=Array("*", writable=True, ranks=(1, 3)))
generator("multinomial", "n, (0.25, 0.5, 0.25) ; n, (0.5, 0.5), 3", n=Number((3, 0, 20)))
generator("dirichlet", "(1.0, 2.0, 0.5) ; (1.0, 2.0), 3")
generator("permuted", "v ; m, axis=0 ; m, axis=1 ; m", **PERMUTED)
COLORS = "{(4, 0, 3)|(1,)|(20, 30, 10)}"
generator("multivariate_hypergeometric", f"{COLORS}, n ; {COLORS}, n, 3 ; {COLORS}, n, 2, 'count'", n=Number((1, 0, 5, 100)))
CASES = _cases
