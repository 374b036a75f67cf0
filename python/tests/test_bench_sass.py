"""How the benchmarks read machine code of GPUs: texts as `nvdisasm -c` prints them are made of loops that are known, and found again."""

import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).resolve().parents[2] / "benches"))
import sass

OPCODES = ["FFMA", "IMAD.WIDE.U32", "LDG.E", "LDS.128", "STG.E", "ATOMS.POPC.INC.32", "ISETP.GE.AND.EX", "MUFU.RSQ"]
PREDICATES = ["", "@P0 ", "@!P1 ", "@!PT "]

# Straight code, a forward branch around something, or a loop, which has something in it.
STRAIGHT = st.lists(st.tuples(st.sampled_from(OPCODES), st.sampled_from(PREDICATES)), min_size=1, max_size=4).map(lambda body: ("straight", body))
CODE = st.recursive(
    st.lists(STRAIGHT, min_size=1, max_size=2),
    lambda code: st.lists(STRAIGHT | st.tuples(st.just("loop"), code) | st.tuples(st.just("branch"), code), min_size=1, max_size=3),
    max_leaves=12,
)


class Writer:
    """Writes code as nvdisasm does, and remembers where instructions and loops are."""

    def __init__(self):
        self.lines, self.opcodes, self.loops, self.innermost, self.labels = [], [], [], [], 0

    def instruction(self, opcode, operands="R2, R3", predicate=""):
        place = len(self.opcodes) * 16
        self.lines.append(f"        /*{place:04x}*/              {predicate:>5}{opcode} {operands} ;")
        self.opcodes.append(opcode)

    def label(self):
        self.labels += 1
        return f".L_x_{self.labels}"

    def write(self, code):
        for kind, inside in code:
            if kind == "straight":
                for opcode, predicate in inside:
                    self.instruction(opcode, predicate=predicate)
            elif kind == "branch":
                end = self.label()
                self.instruction("BRA", f"P2, `({end})", "@!P0 ")
                self.write(inside)
                self.lines.append(f"{end}:")
            else:
                head, start, known = self.label(), len(self.opcodes), len(self.loops)
                self.lines.append(f"{head}:")
                self.write(inside)
                self.instruction("BRA", f"`({head})", "@P1 ")
                found = range(start, len(self.opcodes))
                if len(self.loops) == known:
                    self.innermost.append(found)
                self.loops.append(found)

    def text(self, name):
        end = self.label()
        self.instruction("EXIT", "")
        filling = [f"{end}:", f"        /*fff0*/                   BRA `({end});", *["        /*fff0*/                   NOP;"] * 3]
        head = [f'        .type           {name},@function', f"{name}:", f".text.{name}:"]
        return "\n".join(head + self.lines + filling)


def shared_heads(loops):
    """Whether two loops begin at the same instruction: machine code cannot tell them from one loop with two ends."""
    starts = [loop.start for loop in loops]
    return len(set(starts)) < len(starts)


@given(CODE, CODE)
@settings(max_examples=150, deadline=None)
def test_loops_are_found(first, second):
    writers = Writer(), Writer()
    texts = []
    for number, (writer, code) in enumerate(zip(writers, (first, second))):
        writer.write(code)
        texts.append(writer.text(f"kernel_{number}"))
    found = sass.functions("\n\n".join(texts))
    assert list(found) == ["kernel_0", "kernel_1"]
    for writer, function in zip(writers, found.values()):
        assert [instruction.opcode for instruction in function.instructions] == writer.opcodes
        if not shared_heads(writer.loops):
            assert sorted(function.loops(), key=lambda loop: loop.start) == sorted(writer.loops, key=lambda loop: loop.start)
            assert function.innermost_loops() == sorted(writer.innermost, key=lambda loop: loop.start)
        counts = function.memory()
        for kind in sass.MEMORY:
            assert counts.get(kind, 0) == sum(opcode.split(".")[0] == kind for opcode in writer.opcodes)


def test_the_hot_part():
    """Of innermost loops the one with the most work, whatever it is unrolled by; of equal ones the shorter; all of a kernel where no loop has the work."""
    loop = lambda *opcodes: ("loop", [("straight", [(opcode, "") for opcode in opcodes])])
    slow, fast, other = loop(*["FFMA", "LDG.E", "LDG.E", "IMAD.WIDE.U32"]), loop(*["FFMA", "LDG.E", "LDG.E"] * 4), loop(*["LDS.128"] * 40)
    long_way = loop(*["FFMA", "LDG.E", "LDG.E"] * 4, "ISETP.GE.AND.EX")
    writer = Writer()
    writer.write([slow, long_way, fast, other, ("straight", [("STG.E", "")])])
    (function,) = sass.functions(writer.text("kernel")).values()
    hot = sass.hot_part(function, "FFMA|FMUL")
    assert hot.is_loop and [instruction.opcode for instruction in hot.instructions] == [opcode for opcode, _ in fast[1][0][1]] + ["BRA"]
    assert hot.units == 4 and hot.per_unit == len(hot.instructions) / 4
    assert sass.hot_part(function, "LDG", each=2).instructions == hot.instructions
    whole = sass.hot_part(function, "DSETP")
    assert not whole.is_loop and whole.units == 1 and whole.instructions == function.instructions
