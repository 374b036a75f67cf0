"""What the comparison of every function with NumPy is made of: cases, arguments drawn for them, and how results are compared.

A `Case` is one function: calls as text, arguments by name, and a comparison. A `Form` is one call with the types of its arguments, which is what is
compiled; data is drawn for it by hypothesis. In a call `{1|2|None}` is one of these constants, `AXIS` an axis of the first array, `AXES` several.
Statements before the last one are followed by `then`.
"""

import random
import re
import warnings
import zlib
from dataclasses import dataclass, field, replace

import numpy as np
from hypothesis import strategies as st
from lang_support import function

import zouk

LAYOUTS = ["C", "C", "C", "F", "gaps", "backwards", "swapped", "stretched", "readonly", "unaligned"]
WRITABLE = ["C", "C", "C", "F", "gaps", "backwards", "swapped"]
#: The first one is the one that hypothesis ends at when it simplifies.
SIZES = [3, 1, 0, 2, 4, 1, 0, 5]
LENGTHS = [*SIZES, 9, 17, 40]
KINDS = {"b": "?", "i": "bhil", "u": "BHIL", "f": "fde", "c": "FD"}


def dtypes(kinds):
    """The dtypes of a text: `biufc` are NumPy's kinds, what follows a dash single dtypes by their characters."""
    kinds, _, more = kinds.partition("-")
    return [np.dtype(char) for kind in kinds for char in KINDS[kind]] + [np.dtype(char) for char in more]


# Values


def _complex(parts):
    return [complex(x, y) for x in parts for y in parts]


SMALL = [1.0, 0.0, 2.0, -1.0, 0.25, 3.0, -2.5, 7.75, -8.0, 0.5]
SPECIAL = [1.0, np.nan, -0.0, np.inf, -np.inf, 0.0, 2.0, -1.0, 0.25, 3.0, -2.5, 7.75]
#: What a number may be, by kind. `any` has everything; sums of `sums` are exact in any order; `finite` has no NaN and no infinity.
VALUES = {
    "any": {"i": [1, 0, -1, 2, 3, 7, 100, -100], "u": [1, 0, 2, 3, 7, 100, 200], "f": [*SPECIAL, 1e-3, 1e10, -1e10, 0.1, 100.5], "c": _complex([1.0, 0.0, -0.0, 2.5, -3.0, 0.25])},
    "sums": {"i": [1, 0, -1, 2, 3, 7, 100, -100], "u": [1, 0, 2, 3, 7, 100, 200], "f": SPECIAL, "c": _complex(SMALL)},
    "finite": {"i": [1, 0, -1, 2, 3, -4, 5, 7], "u": [1, 0, 2, 3, 4, 5, 7], "f": SMALL, "c": _complex(SMALL)},
    "unit": {"i": [0, 1], "u": [0, 1], "f": [0.5, 0.0, 1.0, 0.25, 0.1, 0.9], "c": [0.5]},
    "positive": {"i": [1, 2, 3, 5], "u": [1, 2, 3, 5], "f": [1.0, 0.5, 2.0, 3.25], "c": _complex([1.0, 0.5, 2.0])},
}


def pool(dtype, values):
    if dtype.kind == "b":
        return np.array([True, False])
    numbers = VALUES[values][dtype.kind]
    if values == "any" and dtype.kind in "iu":
        numbers = [*numbers, np.iinfo(dtype).max, np.iinfo(dtype).min]
    if values == "any" and dtype.kind == "f":
        numbers = [*numbers, np.finfo(dtype).max, -np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal]
    with np.errstate(invalid="ignore"):
        return np.array(numbers).astype(dtype)


def laid_out(values, layout):
    """An array of the values in this layout. A stretched one repeats those of the first row."""
    if values.ndim == 0 or layout in ("C", "readonly"):
        made = np.zeros(values.size + 1, values.dtype)[: values.size].reshape(values.shape)
    elif layout == "F":
        made = np.empty(values.shape, values.dtype, order="F")
    elif layout == "gaps":
        made = np.zeros([2 * n + 1 for n in values.shape], values.dtype)[tuple(slice(0, 2 * n, 2) for n in values.shape)]
    elif layout == "backwards":
        made = np.empty(values.shape, values.dtype)[(slice(None, None, -1),) * values.ndim]
    elif layout == "swapped":
        made = np.empty(values.swapaxes(0, values.ndim - 1).shape, values.dtype).swapaxes(0, values.ndim - 1)[..., ::-1]
    elif layout == "unaligned":
        made = np.frombuffer(bytearray(values.nbytes + 1), np.uint8, offset=1).view(values.dtype).reshape(values.shape)
    else:
        return np.broadcast_to(values[:1].copy(), values.shape) if values.shape[0] else values
    made[...] = values
    made.flags.writeable = layout != "readonly"
    return made


# Arguments


@dataclass
class Array:
    """An array. Its shape is `*` (any), `=a` (that of another), `~a` (one that fits another by broadcasting), or sizes by names, as in `n k`, `* n n`, `3`."""

    shape: str = "*"
    kinds: str | None = None
    values: str = "any"
    writable: bool = False
    ordered: bool = False
    ranks: tuple | None = None

    def choose(self, case, chosen, rng):
        """The type: dtype, rank and layout."""
        kinds = self.kinds or case.kinds
        dtype = chosen[kinds[1:]].dtype if kinds.startswith("=") else rng.choice(dtypes(kinds))
        if self.shape.startswith("="):
            rank = chosen[self.shape[1:]].rank
        elif self.shape.startswith("~"):
            rank = rng.choice([chosen[self.shape[1:]].rank, rng.randint(0, 2)])
        elif self.shape.startswith("*"):
            low, high = self.ranks or case.ranks
            rank = rng.randint(low, high) if self.shape == "*" else len(self.shape.split()) - 1 + rng.choice([0, 0, 1])
        else:
            rank = len(self.shape.split())
        layout = rng.choice(WRITABLE if self.writable else LAYOUTS)
        return Type(np.dtype(dtype), rank, layout)

    def size(self, draw, sizes, rank):
        return draw(st.sampled_from(LENGTHS if rank == 1 else SIZES))

    def dimensions(self, draw, made, sizes, rank):
        if self.shape.startswith("="):
            return made[self.shape[1:]].shape
        if self.shape.startswith("~"):
            other = made[self.shape[1:]].shape
            tail = (SIZES[0],) * (rank - len(other)) + other[max(len(other) - rank, 0) :]
            return tuple(draw(st.sampled_from([n, n, n, 1, 1, 2])) for n in tail)
        if self.shape == "*":
            return tuple(self.size(draw, sizes, rank) for _ in range(rank))
        names = self.shape.replace("*", "").split()
        for name in names:
            if name.isdigit():
                sizes[name] = int(name)
            elif name not in sizes:
                sizes[name] = self.size(draw, sizes, rank)
        return tuple(self.size(draw, sizes, 3) for _ in range(rank - len(names))) + tuple(sizes[name] for name in names)

    def draw(self, draw, kind, made, sizes):
        shape = self.dimensions(draw, made, sizes, kind.rank)
        return laid_out(self.numbers(draw, kind, shape), kind.layout)

    def numbers(self, draw, kind, shape):
        count = int(np.prod(shape))
        if count <= 6:
            items = pool(kind.dtype, self.values)[draw(st.lists(st.integers(0, len(pool(kind.dtype, self.values)) - 1), min_size=count, max_size=count))]
        else:
            items = np.random.default_rng(draw(st.integers(0, 999))).choice(pool(kind.dtype, self.values), count)
        return (np.sort(items) if self.ordered else items).astype(kind.dtype).reshape(shape)


@dataclass
class Type:
    dtype: np.dtype = None
    rank: int = 0
    layout: str = ""

    def __str__(self):
        return f"{self.dtype}[{self.rank}, {self.layout}]" if self.layout else "number"


@dataclass
class Places(Array):
    """Integers that are places in another array, or along one of its axes; now and then one is outside."""

    of: str = "a"
    axis: int | None = None
    outside: bool = True

    def numbers(self, draw, kind, shape):
        length = self.length
        low = 0 if kind.dtype.kind == "u" else -length
        rng = np.random.default_rng(draw(st.integers(0, 99)))
        count = int(np.prod(shape))
        items = rng.integers(low, max(length, 1), count) if length else np.zeros(count, np.int64)
        if self.outside and count and draw(st.integers(0, 9)) == 9:
            items[rng.integers(count)] = length + 1
        return items.astype(kind.dtype).reshape(shape)

    def draw(self, draw, kind, made, sizes):
        other = made[self.of]
        self.length = other.size if self.axis is None or not other.ndim else other.shape[self.axis]
        return Array.draw(self, draw, kind, made, sizes)


@dataclass
class Overlap:
    """An array of the same memory as another one, one element further."""

    of: str = "a"

    def choose(self, case, chosen, rng):
        chosen[self.of].layout = "C"
        return Type(chosen[self.of].dtype, chosen[self.of].rank, "overlap")

    def draw(self, draw, kind, made, sizes):
        other = made[self.of]
        base = other if other.base is None else other.base
        return base.reshape(-1)[1 : 1 + other.size].reshape(other.shape)


@dataclass
class Number:
    """A Python number."""

    values: tuple = (1, 0, -1, 2, 3)

    def choose(self, case, chosen, rng):
        first = rng.choice(self.values)
        return Type(np.dtype(type(first)))

    def draw(self, draw, kind, made, sizes):
        return draw(st.sampled_from([x for x in self.values if np.dtype(type(x)) == kind.dtype]))


@dataclass
class Made:
    """What a function makes of `draw` and the arguments before it. Of one type, whatever is drawn."""

    make: object

    def choose(self, case, chosen, rng):
        return Type()

    def draw(self, draw, kind, made, sizes):
        return self.make(draw, made)


# Comparisons


@dataclass(frozen=True)
class Comparison:
    """Floats may be so many units in the last place apart, of themselves or, with `scale`, of the largest number among results and arguments."""

    ulps: float = 0
    scale: bool = False
    zeros: bool = True

    @np.errstate(all="ignore")
    def difference(self, result, expected, arguments):
        largest = 0.0
        if self.scale:
            for value in (*arguments, *(expected if isinstance(expected, tuple) else (expected,))):
                if isinstance(value, (np.ndarray, np.generic, float, int, complex)):
                    numbers = np.abs(np.asarray(value).astype(np.complex128)).ravel()
                    largest = max([largest, *numbers[np.isfinite(numbers)]])
        return self._difference(result, expected, largest)

    def _difference(self, result, expected, largest):
        if isinstance(expected, (tuple, list)):
            if not isinstance(result, (tuple, list)) or len(result) != len(expected):
                return "another sequence"
            return next(filter(None, (self._difference(x, y, largest) for x, y in zip(result, expected))), None)
        if isinstance(expected, np.ndarray):
            if not isinstance(result, np.ndarray):
                return "no array"
            if result.dtype != expected.dtype or result.shape != expected.shape:
                return f"{result.dtype}{result.shape}, not {expected.dtype}{expected.shape}"
            return self.numbers(result, expected, largest)
        if isinstance(expected, np.generic):
            if type(result) is not type(expected.item()):
                return f"a {type(result).__name__}, not a {type(expected.item()).__name__}"
            return self.numbers(np.asarray(result), np.asarray(expected), largest)
        if type(result) is not type(expected):
            return f"a {type(result).__name__}, not a {type(expected).__name__}"
        if isinstance(expected, (float, complex)):
            return self.numbers(np.asarray(result), np.asarray(expected), largest)
        return None if result == expected else "another value"

    def numbers(self, result, expected, largest):
        if expected.dtype.kind == "c":
            size = np.maximum(np.abs(expected.real), np.abs(expected.imag)) if self.ulps else 0.0
            size = np.maximum(np.where(np.isfinite(size), size, 0.0), largest)
            return self.numbers(result.real, expected.real, size) or self.numbers(result.imag, expected.imag, size)
        if expected.dtype.kind != "f":
            return None if np.array_equal(result, expected) else "other values"
        ulps = self.ulps
        if expected.dtype == np.float16:
            ulps = max(ulps, 1)
        result = result.astype(expected.dtype)
        if not np.array_equal(np.isnan(result), np.isnan(expected)):
            return "NaN elsewhere"
        fine = np.isfinite(expected)
        if not np.array_equal(result[~fine], expected[~fine], equal_nan=True) or not np.isfinite(result[fine]).all():
            return "infinities elsewhere"
        if not self.zeros or ulps:
            size = np.maximum(np.maximum(np.abs(result[fine]), np.abs(expected[fine])), np.broadcast_to(largest, expected.shape)[fine].astype(expected.dtype))
            apart = np.abs(result[fine].astype(np.float64) - expected[fine].astype(np.float64)) / np.spacing(size).astype(np.float64)
            return f"{np.max(apart)} ULP" if apart.size and np.max(apart) > ulps else None
        both = np.array_equal(result[fine], expected[fine]) and np.array_equal(np.signbit(result[fine]), np.signbit(expected[fine]))
        return None if both else "other values"


EXACT = Comparison()
#: Of 0.0 and -0.0 either one.
ZEROS = Comparison(zeros=False)


# Cases


@dataclass
class Case:
    """A function: its calls, its arguments, and what may be different.

    `refuses` are the exceptions of NumPy in whose place compiling may fail, because what is wrong is a type or a constant.
    """

    calls: list
    kinds: str = "biufc"
    ranks: tuple = (0, 3)
    compare: Comparison = EXACT
    refuses: tuple = (TypeError,)
    arguments: dict = field(default_factory=dict)


DEFAULTS = {
    "a": Array(),
    "b": Array("~a"),
    "c": Array("~a"),
    "e": Array("=a"),
    "t": Array("=a", "b"),
    "v": Array("n"),
    "w": Array("n"),
    "u": Array("p"),
    "m": Array("n k"),
    "r": Array("k p"),
    "s": Array("n n"),
    "g": Array("* n n"),
    "i": Places("q", "i"),
    "o": Array("=a", "=a", writable=True),
    "k": Number(),
    "n": Number((3, 0, 1, 2, 5)),
    "x": Number((0.5, 2.5, -1.0, 2, -3, 7)),
}


def case(calls, kinds="biufc", ranks=(0, 3), compare=EXACT, refuses=(), **arguments):
    return Case([c.strip() for c in calls.split(" ; ")], kinds, ranks, compare, (TypeError, *refuses), arguments)


@dataclass
class Form:
    """A call with the types of its arguments: what is compiled."""

    case: Case
    text: str
    arguments: dict
    types: dict

    def __str__(self):
        return f"{self.text}  with  {', '.join(f'{name}: {kind}' for name, kind in self.types.items())}"

    def compiled(self):
        *before, last = self.text.split(" then ")
        lines = [*before, f"return {last}"]
        return function(f"def f({', '.join(self.arguments)}):\n    " + "\n    ".join(lines))

    def values(self, draw):
        """The arguments twice: made of the same numbers, in memory of their own."""
        drawn = []
        first = self._values(lambda strategy: drawn.append(draw(strategy)) or drawn[-1])
        again = iter(drawn)
        return first, self._values(lambda strategy: next(again))

    def _values(self, draw):
        made, sizes = {}, {}
        for name, argument in self.arguments.items():
            made[name] = argument.draw(draw, self.types[name], made, sizes)
        return list(made.values())


def forms(name, case, count):
    """So many forms, the same in every run: the calls in turn, with types by chance."""
    rng = random.Random(zlib.crc32(name.encode()))
    calls, found = rng.sample(case.calls, len(case.calls)), {}
    for number in range(4 * count):
        form = _form(case, calls[number % len(calls)], rng)
        found.setdefault(str(form), form)
        if len(found) == count:
            break
    return list(found.values())


def _form(case, text, rng):
    text = re.sub(r"\{([^{}]*)\}", lambda m: rng.choice(m[1].split("|")), text)
    known = {**DEFAULTS, **case.arguments}
    if "AX" in text:
        case = replace(case, ranks=(max(case.ranks[0], 1), case.ranks[1]))
    names = re.findall(r"(?<![\w.])[a-z]\w*(?![\w(])(?!=[^=])", re.sub(r"'[^']*'|\"[^\"]*\"", "", text))
    arguments = {}
    for name in known:
        if name in names and name not in arguments:
            _add(name, known, arguments)
    chosen = {}
    for name, argument in arguments.items():
        chosen[name] = argument.choose(case, chosen, rng)
    rank = next((kind.rank for kind in chosen.values() if kind.layout), 0)
    axes = rng.sample(range(rank), rng.randint(1, rank)) if rank else [0]
    text = re.sub("AXIS", str(rng.randint(-rank, rank - 1) if rank else 0), text)
    return Form(case, re.sub("AXES", f"({', '.join(map(str, axes))},)", text), arguments, chosen)


def _add(name, known, arguments):
    """Adds an argument, behind those that its shape, dtype or values depend on."""
    argument = known[name]
    texts = (getattr(argument, "shape", ""), getattr(argument, "kinds", None) or "")
    for other in (getattr(argument, "of", None), *(text[1:] for text in texts if text[:1] in ("=", "~"))):
        if other and other not in arguments:
            _add(other, known, arguments)
    arguments[name] = argument


def outcome(f, arguments):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return "returns", f(*arguments)
        except Exception as error:
            return "raises", error


def difference(form, f, theirs, ours):
    """What the compiled function does that NumPy does not, or None. `theirs` and `ours` are equal arguments, not the same ones."""
    case = form.case
    before = [np.copy(x) if isinstance(x, np.ndarray) else x for x in theirs]
    (kind, expected), (our_kind, result) = outcome(f.py_func, theirs), outcome(f, ours)
    if kind == "raises":
        if our_kind != "raises":
            return f"gives {result!r}, NumPy raises {expected!r}"
        if isinstance(result, zouk.TypingError) and isinstance(expected, case.refuses):
            return None
        return None if type(result) is type(expected) else f"raises {result!r}, NumPy {expected!r}"
    if our_kind == "raises":
        return f"raises {result!r}, NumPy gives {expected!r}"
    if found := case.compare.difference(result, expected, before):
        return f"{found}: {result!r}, NumPy gives {expected!r}"
    for mine, other in zip(ours, theirs):
        if isinstance(other, np.ndarray) and (found := case.compare.difference(mine, other, before)):
            return f"{found}: leaves {mine!r} in an argument, NumPy {other!r}"
    return None
