"""Runs kernels as Python, thread by thread: the reference for kernels on the CPU. Threads are generators that stop where they wait for others."""

import ast
import inspect
import textwrap
import types

import numpy as np

LANES = 32
OF_BLOCK = {"syncthreads", "syncthreads_count", "syncthreads_and", "syncthreads_or"}
OF_WARP = {"syncwarp", "shfl_sync", "shfl_up_sync", "shfl_down_sync", "shfl_xor_sync", "all_sync", "any_sync", "eq_sync", "ballot_sync", "match_any_sync", "match_all_sync"}


class Stops(ast.NodeTransformer):
    """`cuda.syncthreads()` becomes `(yield ("syncthreads",))`."""

    def visit_Call(self, call):
        self.generic_visit(call)
        name = call.func.attr if isinstance(call.func, ast.Attribute) else None
        if name in OF_BLOCK | OF_WARP:
            return ast.Yield(ast.Tuple([ast.Constant(name), *call.args], ast.Load()))
        return call


def generator(function):
    """The function as a generator function, with `cuda` before its parameters."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    definition.decorator_list = []
    definition.args.args.insert(0, ast.arg("cuda"))
    definition.body.append(ast.If(ast.Constant(False), [ast.Expr(ast.Yield(ast.Tuple([], ast.Load())))], []))
    scope = dict(function.__globals__)
    exec(compile(ast.fix_missing_locations(Stops().visit(tree)), "<reference>", "exec"), scope)
    return scope[definition.name]


class Atomic:
    @staticmethod
    def _update(array, index, compute):
        old = array[index]
        array[index] = compute(old)
        return old

    def add(self, array, index, value):
        return self._update(array, index, lambda old: old + value)

    def sub(self, array, index, value):
        return self._update(array, index, lambda old: old - value)

    def max(self, array, index, value):
        return self._update(array, index, lambda old: value if old < value else old)

    def min(self, array, index, value):
        return self._update(array, index, lambda old: value if value < old else old)

    def exch(self, array, index, value):
        return self._update(array, index, lambda old: value)

    def cas(self, array, index, expected, value):
        return self._update(array, index, lambda old: value if old == expected else old)

    def inc(self, array, index, value):
        return self._update(array, index, lambda old: 0 if old >= value else old + 1)

    def dec(self, array, index, value):
        return self._update(array, index, lambda old: value if old == 0 or old > value else old - 1)


class Place:
    """`cuda` as one thread sees it."""

    def __init__(self, block, thread, grid_size, block_size, memory):
        self.blockIdx, self.threadIdx, self.gridDim, self.blockDim = (types.SimpleNamespace(x=p[0], y=p[1], z=p[2]) for p in (block, thread, grid_size, block_size))
        number = thread[0] + block_size[0] * (thread[1] + block_size[1] * thread[2])
        self.laneid = number % LANES
        self.atomic = Atomic()
        self.shared = types.SimpleNamespace(array=lambda shape, dtype: memory.setdefault(inspect.currentframe().f_back.f_lineno, np.zeros(shape, dtype)))
        self.local = types.SimpleNamespace(array=lambda shape, dtype: np.zeros(shape, dtype))

    def grid(self, axes):
        places = tuple(getattr(self.blockIdx, a) * getattr(self.blockDim, a) + getattr(self.threadIdx, a) for a in "xyz"[:axes])
        return places[0] if axes == 1 else places

    def gridsize(self, axes):
        sizes = tuple(getattr(self.gridDim, a) * getattr(self.blockDim, a) for a in "xyz"[:axes])
        return sizes[0] if axes == 1 else sizes


def for_block(name, asked):
    """What a barrier gives, from what each thread comes with."""
    given = [bool(arguments[0]) for arguments in asked if arguments]
    return {"syncthreads": lambda: None, "syncthreads_count": lambda: sum(given), "syncthreads_and": lambda: int(all(given)), "syncthreads_or": lambda: int(any(given))}[name]()


def for_lane(name, lane, asked):
    """What a thread of a warp gets; `asked` has the arguments of each lane that is there."""
    mine = asked[lane]
    if name == "syncwarp":
        return None
    mask, value = int(mine[0]) & 0xFFFFFFFF, mine[1]
    members = {other: arguments[1] for other, arguments in asked.items() if mask >> other & 1}
    if name.startswith("shfl"):
        by = int(mine[2])
        source = {"shfl_sync": by & 31, "shfl_up_sync": lane - by, "shfl_down_sync": lane + by, "shfl_xor_sync": lane ^ by}[name]
        return asked[source][1] if source in asked else value
    # A word of bits is an int32.
    bits = lambda lanes: int(np.uint32(sum(1 << other for other in lanes)).view(np.int32))
    equal = bits(other for other, theirs in members.items() if theirs == value)
    all_equal = equal == bits(members)
    return {
        "all_sync": all(members.values()),
        "any_sync": any(members.values()),
        "eq_sync": len(set(map(bool, members.values()))) <= 1,
        "ballot_sync": bits(other for other, theirs in members.items() if theirs),
        "match_any_sync": equal,
        "match_all_sync": (equal if all_equal else 0, all_equal),
    }[name]


def run_block(threads):
    """Threads run until they wait; those of a warp that all wait for each other go on, or, when all wait, those of the block."""
    waiting = {}
    alive = dict(enumerate(threads))

    def go_on(number, answer):
        try:
            waiting[number] = alive[number].send(answer)
        except StopIteration:
            waiting.pop(number, None)
            del alive[number]

    for number in list(alive):
        go_on(number, None)
    while alive:
        warps = {}
        for number in alive:
            warps.setdefault(number // LANES, []).append(number)
        ready = [warp for warp in warps.values() if all(waiting[number][0] in OF_WARP for number in warp)]
        if ready:
            for warp in ready:
                name = waiting[warp[0]][0]
                asked = {number % LANES: waiting[number][1:] for number in warp}
                answers = {number: for_lane(name, number % LANES, asked) for number in warp}
                for number in warp:
                    go_on(number, answers[number])
            continue
        name = waiting[next(iter(alive))][0]
        assert all(stop[0] == name for stop in waiting.values()), "threads wait at different barriers"
        answer = for_block(name, [stop[1:] for stop in waiting.values()])
        for number in list(alive):
            go_on(number, answer)


def three(size):
    size = (size,) if isinstance(size, int) else tuple(size)
    return size + (1,) * (3 - len(size))


def launch(function, grid_size, block_size, *arguments):
    """Runs all blocks, one after the other."""
    grid_size, block_size = three(grid_size), three(block_size)
    kernel = generator(function)
    places = lambda size: ((x, y, z) for z in range(size[2]) for y in range(size[1]) for x in range(size[0]))
    for block in places(grid_size):
        memory = {}
        run_block([kernel(Place(block, thread, grid_size, block_size, memory), *arguments) for thread in places(block_size)])
