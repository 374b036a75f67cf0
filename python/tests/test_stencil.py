"""`@stencil` beside the same kernel applied in plain Python."""

import math

import numpy as np
import pytest
from lang_support import NUMBERS, layouts
from stencil_support import MODES, applied, kernel, numbers
from ufunc_support import outcome, same

import zouk
from zouk import njit, stencil

RNG = np.random.default_rng(11)


def beside(function, *arguments, exact=True, **told):
    """The stencil called from Python, and called in compiled code, give what the kernel does in plain Python."""
    options = {"standard_indexing" if name == "standard" else "func_or_mode" if name == "mode" else name: value for name, value in told.items()}
    expected = applied(function, *arguments, **told)
    made = stencil(**options)(function)
    same(made(*arguments), expected, exact)
    names = ", ".join(f"x{i}" for i in range(len(arguments)))
    caller = njit(kernel(f"def call({names}): return made({names})", "call", made=made))
    same(caller(*arguments), expected, exact)
    return made


def five_point(a):
    return a[0, 1] + a[1, 0] + a[0, -1] + a[-1, 0]


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("mode", MODES)
def test_dtypes(dtype, mode):
    made = stencil(mode)(five_point)
    for shape in ((5, 6), (3, 3), (2, 7), (0, 4)):
        for a in layouts(numbers(shape, dtype)):
            same(made(a), applied(five_point, a, mode=mode))


def test_further_arrays_may_be_larger():
    def reads_both(a, b):
        return a[-1, 0] * b[0, 2]

    made = beside(reads_both, numbers((4, 5), "i8"), numbers((6, 5), "f4"))
    with pytest.raises(ValueError, match="some dimension smaller"):
        made(np.ones((4, 5)), np.ones((4, 4)))
    with pytest.raises(zouk.NumbaValueError, match="same number  of dimensions"):
        made(np.ones((4, 5)), np.ones(5))
    with pytest.raises(ValueError, match="another shape"):
        stencil("wrap")(reads_both)(np.ones((4, 5)), np.ones((6, 5)))


@pytest.mark.parametrize("mode", MODES)
def test_arrays_smaller_than_the_stencil(mode):
    def far(a):
        return a[-5] + a[3]

    made = stencil(mode, cval=7)(far)
    for size in range(12):
        a = numbers(size, "i8")
        same(made(a), applied(far, a, mode=mode, cval=7))


def test_scalars_and_functions():
    @njit
    def larger(x, y):
        return x if x > y else y

    def scaled(a, w, shift=2):
        return larger(a[-1], a[1]) * w + shift

    a = numbers(9, "f8")
    made = stencil(scaled)
    plain = lambda x, y: x if x > y else y
    oracle = kernel("def scaled(a, w, shift=2): return larger(a[-1], a[1]) * w + shift", "scaled", larger=plain)
    same(made(a, 0.5), applied(oracle, a, 0.5, 2))
    same(made(a, 3, shift=1.5), applied(oracle, a, 3, 1.5))
    same(njit(lambda a: made(a, 0.5, 4))(a), applied(oracle, a, 0.5, 4))


@pytest.mark.parametrize("mode", MODES)
def test_indices_of_run_time(mode):
    def around(a):
        total = 0.0
        for i in range(-2, 2):
            for j in range(-1, 4):
                total += a[i, j] * (i + 1)
        return total

    for shape in ((6, 8), (2, 3), (1, 9)):
        beside(around, numbers(shape, "f8"), mode=mode, neighborhood=((-2, 1), (-1, 3)))
    beside(around, numbers((6, 8), "f8").T, mode=mode, neighborhood=((-2, 2), (-3, 3)), cval=-1)


def test_indices_of_data():
    def chosen(a, where):
        return a[where[0]] + a[-where[0]]

    a, where = numbers(12, "f8"), RNG.integers(-2, 3, 12)
    beside(chosen, a, where, neighborhood=((-2, 2),))
    where[5] = 3
    with pytest.raises(IndexError, match="index 3 is outside of the stencil's neighborhood from -2 to 2"):
        stencil(neighborhood=((-2, 2),))(chosen)(a, where)
    where = where.astype("u2")
    where[:] = 1
    beside(kernel("def chosen(a, where): return a[where[0]]", "chosen"), a, where, neighborhood=((-2, 2),))


def test_neighborhood_wider_than_the_indices():
    def narrow(a):
        return a[0] + a[1]

    beside(narrow, numbers(9, "i8"), neighborhood=((-2, 3),))
    beside(narrow, numbers(9, "i8"), neighborhood=((0, 3),), cval=5)
    assert stencil(neighborhood=((-2, 3),))(narrow).neighborhood == ((-2, 3),)
    assert stencil(narrow).neighborhood is None


def test_one_sided():
    def ahead(a):
        return a[2] - a[4]

    def behind(a):
        return a[-3] - a[-1]

    for function in (ahead, behind):
        for mode in MODES:
            beside(function, numbers(9, "i4"), mode=mode)
    def reads(a):
        total = 0
        for i in range(2, 5):
            total += a[i]
        return total

    beside(reads, numbers(9, "i4"), neighborhood=((2, 4),))
    beside(reads, numbers(9, "i4"), neighborhood=((2, 4),), mode="reflect")


def test_standard_indexing():
    def convolved(a, w):
        total = 0.0
        for i in range(-1, 2):
            total += a[i] * w[i + 1]
        return total

    a, w = numbers(9, "f8"), numbers(3, "f8")
    for mode in MODES:
        made = beside(convolved, a, w, neighborhood=((-1, 1),), standard=("w",), mode=mode)
    with pytest.raises(IndexError):
        made(a, w[:2])

    def weighted(a, w, c):
        return a[-1, 0] * w[0] + a[0, 1] * w[-1] + c[0] + len(w)

    b = numbers((4, 5), "f8")
    beside(weighted, b, w, (3, 4.5), standard=("w", "c"))
    same(stencil(weighted, standard_indexing=["w", "c"])(b, w, (3,)), applied(weighted, b, w, (3,), standard=("w", "c")))
    made = stencil(weighted, standard_indexing=("w", "c"))
    same(made(b, [1.5, 2.0], (3,)), applied(weighted, b, [1.5, 2.0], (3,), standard=("w", "c")))
    same(made(b, c=[3, 4], w=[1, 2]), applied(weighted, b, [1, 2], [3, 4], standard=("w", "c")))


def test_slices():
    def middle(a):
        return np.median(a[-1:2, -1:2])

    def line(a):
        return np.sum(a[0, -2:3]) - a[0, 0]

    def steps(a):
        return a[-2:3:2].sum()

    b = numbers((5, 7), "f8")
    same(stencil(middle)(b), applied(middle, b, neighborhood=((-1, 1), (-1, 1))))
    same(stencil(line)(b), applied(line, b, neighborhood=((0, 0), (-2, 2))))
    same(stencil(steps)(b[0]), applied(steps, b[0], neighborhood=((-2, 2),)))

    def growing(a, n):
        return a[-n : n + 1].max()

    same(stencil(growing, neighborhood=((-3, 3),))(b[0], 2), applied(growing, b[0], 2, neighborhood=((-3, 3),)))
    with pytest.raises(IndexError, match="outside of the stencil's neighborhood"):
        stencil(growing, neighborhood=((-1, 1),))(b[0], 2)


def test_the_whole_array_in_a_kernel():
    def relative_to_size(a):
        return a[0] * a.shape[0] + len(a) + a.max()

    beside(relative_to_size, numbers(7, "f8"))


def test_branches_loops_and_returns():
    def several(a):
        if a[0, 1] > 3:
            return 10.0
        elif a[0, 3] < 2:
            return a[0, 0] * 1.0
        else:
            return 7.0

    def counts(a):
        n = 0
        x = a[0]
        while x > 1:
            x = x // 2
            n += 1
        return n + a[1]

    beside(several, numbers((5, 7), "i8"))
    beside(counts, np.arange(9))


def test_divisions():
    def mean(a):
        return (a[-1] + a[1]) / 2

    def whole(a):
        return (a[-1] + a[1]) // 3 + a[0] % 5

    def ratio(a):
        return a[-1] / a[0]

    for dtype in ("i8", "i4", "f8"):
        beside(mean, numbers(9, dtype))
        beside(whole, numbers(9, dtype))
    beside(ratio, np.arange(1.0, 9.0))
    with pytest.raises(ZeroDivisionError):
        stencil(ratio)(np.zeros(4))
    with np.errstate(all="ignore"):
        same(stencil(ratio, error_model="numpy")(np.zeros(4)), np.array([0, np.nan, np.nan, np.nan]))
    # Where there is nothing but border nothing is divided.
    same(stencil(ratio)(np.zeros(1)), np.zeros(1))


def test_none_for_a_scalar():
    def shifted(a, w=None):
        return a[1] + (1 if w is None else w)

    a = numbers(7, "f8")
    made = stencil(shifted)
    same(made(a), applied(shifted, a, None))
    same(made(a, 3), applied(shifted, a, 3))


def test_unaligned_and_repeating_arrays():
    a = np.zeros(8 * 7 + 1, np.uint8)[1:].view("f8")
    a[:] = numbers(7, "f8")
    ends = lambda a: a[-1] + a[1]
    for mode in MODES:
        made = stencil(mode)(ends)
        same(made(a), applied(ends, a, mode=mode))
        out = np.zeros(8 * 7 + 1, np.uint8)[1:].view("f8")
        made(a, out=out)
        same(out, applied(ends, a, mode=mode, out=np.zeros(7)))
        expected = applied(ends, a.copy(), mode=mode, out=a.copy())
        made(a, out=a)
        same(a, expected)
        rows = np.broadcast_to(numbers(6, "f8"), (4, 6))
        same(stencil(mode)(five_point)(rows), applied(five_point, rows, mode=mode))


def test_complex_and_bool_results():
    def turned(a):
        return a[-1] * 1j + a[1]

    def rises(a):
        return a[1] > a[0]

    beside(turned, numbers(9, "f8"))
    beside(turned, numbers(9, "c16"), cval=2 - 1j)
    beside(rises, numbers(9, "f8"))
    beside(rises, numbers(9, "f8"), cval=True)
    beside(rises, numbers(9, "u1"), mode="nearest")


@pytest.mark.parametrize("cval", [0, 5, -1, 2.75, True, math.nan, math.inf, -math.inf, 1e-300, 3 + 4j, np.float32(1.5), np.int8(-3), np.complex64(2j)])
def test_cval(cval):
    a = numbers((4, 5), "c16")
    beside(five_point, a, cval=cval)
    if not isinstance(cval, (complex, np.complexfloating)):
        beside(five_point, a.real.copy(), cval=cval)


def test_cval_of_other_kinds():
    a = np.arange(12).reshape(3, 4)
    same(stencil(five_point, cval=9.5)(a), applied(five_point, a, cval=9.5))
    with pytest.raises(zouk.NumbaValueError, match="cval type does not match stencil return type"):
        stencil(five_point, cval=1j)(a)
    with pytest.raises(zouk.NumbaValueError, match="cval type does not match stencil return type"):
        njit(lambda a: stencil_with_complex_border(a))(a)
    for cval in ("x", [1], 2**70):
        with pytest.raises(zouk.NumbaValueError, match="cval"):
            stencil(five_point, cval=cval)


@stencil(cval=1j)
def stencil_with_complex_border(a):
    return a[0, 1]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("cval", [None, 6])
def test_out(mode, cval):
    a = numbers((5, 6), "f8")
    made = stencil(mode, cval=cval)(five_point)
    for start in layouts(np.full((5, 6), 9.0)):
        out = start
        expected = applied(five_point, a, mode=mode, cval=cval, out=out.copy())
        assert made(a, out=out) is not None
        same(out, expected)
    single = np.full((5, 6), 9, np.float32)
    made(a, out=single)
    same(single, applied(five_point, a, mode=mode, cval=cval, out=np.full((5, 6), 9, np.float32)))
    given = np.full((5, 6), 9.0)

    @njit
    def call(a, out):
        return made(a, out=out)

    result = call(a, given)
    assert np.shares_memory(result, given)
    same(given, applied(five_point, a, mode=mode, cval=cval, out=np.full((5, 6), 9.0)))


@pytest.mark.parametrize("mode", MODES)
def test_out_that_is_read(mode):
    """All is read before anything is written."""

    def loops(a):
        total = 0.0
        for i in range(-1, 2):
            total += a[i, i]
        return total

    for function, neighborhood in ((five_point, None), (loops, ((-1, 1), (-1, 1)))):
        made = stencil(mode, neighborhood=neighborhood)(function)
        a = numbers((5, 6), "f8")
        expected = applied(function, a, mode=mode, neighborhood=neighborhood, out=a.copy())
        made(a, out=a)
        same(a, expected)
        space = numbers((6, 6), "f8")
        expected = applied(function, space[1:].copy(), mode=mode, neighborhood=neighborhood, out=space[:-1].copy())
        made(space[1:], out=space[:-1])
        same(space[:-1], expected)


def test_out_that_does_not_fit():
    made = stencil(five_point)
    a = np.ones((4, 5))
    with pytest.raises(ValueError, match="size of out= along axis 1 is 4, that of the first stencil input is 5"):
        made(a, out=np.ones((4, 4)))
    for out, why in ((np.ones(5), "as many dimensions"), (np.ones((4, 5), "i8"), "do not fit the dtype of out="), (2.0, "must be an array")):
        with pytest.raises(zouk.NumbaValueError, match=why):
            made(a, out=out)
    readonly = np.ones((4, 5))
    readonly.flags.writeable = False
    with pytest.raises(zouk.TypingError, match="read-only"):
        made(a, out=readonly)


def test_in_compiled_code():
    made = stencil(five_point)
    other = stencil("wrap")(lambda a: a[0, 1] - a[0, 0])

    @njit
    def several(a, steps):
        for _ in range(steps):
            a = made(a) + 1
        return other(a).sum(), a

    a = numbers((6, 5), "f8")
    expected = a
    for _ in range(3):
        expected = applied(five_point, expected) + 1
    total, last = several(a, 3)
    same(last, expected)
    assert total == applied(lambda a: a[0, 1] - a[0, 0], expected, mode="wrap").sum()


def test_parallel():
    def loops(a):
        total = 0.0
        for i in range(-1, 2):
            total += a[i, 0] * a[0, i]
        return total

    def ratio(a):
        return a[0, 1] / a[1, 0]

    a = RNG.random((300, 200)) + 1
    for function, neighborhood in ((five_point, None), (loops, ((-1, 1), (-1, 1))), (ratio, None)):
        for mode in ("constant", "reflect"):
            made = stencil(mode, neighborhood=neighborhood)(function)
            at_once = stencil(mode, neighborhood=neighborhood, parallel=True)(function)
            expected = made(a)
            same(at_once(a), expected)
            assert "parallel" in [found["status"] for found in at_once._dispatcher.get_metadata(at_once.signatures[0])["parallel"]]
            same(njit(parallel=True)(kernel("def call(a): return made(a) * 2", "call", made=made))(a), expected * 2)
            out = np.zeros_like(a)
            at_once(a, out=out)
            same(out, made(a, out=np.zeros_like(a)))
    a[100, 100] = 0
    with pytest.raises(ZeroDivisionError):
        stencil(ratio, parallel=True)(a)


def test_memory():
    before = zouk._zouk.live_blocks()
    made = stencil("nearest")(five_point)
    a = numbers((5, 6), "f8")
    for _ in range(10):
        made(a)
        made(a, out=a)
    assert outcome(lambda: made(a, out=np.ones((2, 2))))[0] is ValueError
    assert zouk._zouk.live_blocks() == before
