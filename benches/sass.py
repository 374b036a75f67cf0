"""Machine code of NVIDIA's GPUs as `nvdisasm -c` prints it: functions, innermost loops, memory operations by kind."""

import re
from collections import Counter
from dataclasses import dataclass, field

_TEXT = re.compile(r"^\.text\.(\S+):\s*$")
_LABEL = re.compile(r"^\s*(\.L\S*):\s*$")
_INSTRUCTION = re.compile(r"^\s*(?:/\*[0-9a-f]+\*/)?\s*(?:\{\s*)?(@!?U?P\w+\s+)?([A-Z][A-Z0-9_.]*)\b([^;]*);")
_TARGET = re.compile(r"`\((\.L\S*)\)")

# What reads and writes memory, by the first part of the opcode. LD and ST have generic addresses; LDL and STL are local memory: spills, arrays on the stack.
MEMORY = ("LDG", "STG", "LDS", "STS", "LDL", "STL", "LD", "ST", "ATOMG", "ATOM", "RED", "REDG", "ATOMS", "LDC")


@dataclass
class Instruction:
    opcode: str
    operands: str = ""
    predicate: str = ""

    @property
    def kind(self):
        """The opcode without its modifiers."""
        return self.opcode.split(".")[0]

    @property
    def target(self):
        """The label that a branch goes to."""
        found = _TARGET.search(self.operands) if self.kind == "BRA" else None
        return found and found[1]


@dataclass
class Function:
    """Instructions in order, and at which of them each label stands. What only fills the end of the code is left out."""

    name: str
    instructions: list = field(default_factory=list)
    labels: dict = field(default_factory=dict)

    def loops(self):
        """Ranges of instructions from the target of a backward branch to the branch; those that end at the same target are one."""
        ends = {}
        for place, instruction in enumerate(self.instructions):
            start = self.labels.get(instruction.target)
            if start is not None and start <= place:
                ends[start] = max(place, ends.get(start, 0))
        return [range(start, end + 1) for start, end in sorted(ends.items())]

    def innermost_loops(self):
        loops = self.loops()
        return [loop for loop in loops if not any(other != loop and loop.start <= other.start and other.stop <= loop.stop for other in loops)]

    def memory(self):
        """How many operations of each kind touch memory."""
        counts = Counter(instruction.kind for instruction in self.instructions)
        return {kind: counts[kind] for kind in MEMORY if counts[kind]}


def functions(text):
    """The functions in what `nvdisasm -c` printed, by name."""
    found, function = {}, None
    for line in text.splitlines():
        if start := _TEXT.match(line):
            function = found[start[1]] = Function(start[1])
        elif function is not None:
            if label := _LABEL.match(line):
                function.labels[label[1]] = len(function.instructions)
            elif instruction := _INSTRUCTION.match(line):
                predicate, opcode, operands = instruction.groups()
                function.instructions.append(Instruction(opcode, operands.strip(), (predicate or "").strip()))
    for function in found.values():
        _drop_filling(function)
    return found


def _drop_filling(function):
    """Behind the code stand a branch to itself and NOPs."""
    instructions = function.instructions
    while instructions and instructions[-1].kind == "NOP":
        instructions.pop()
    if instructions and function.labels.get(instructions[-1].target) == len(instructions) - 1 and not instructions[-1].predicate:
        instructions.pop()


@dataclass
class HotPart:
    """The loop in which a kernel spends its time, or all of it where there is no such loop. `units` is how often its work is in it: 4 where it is unrolled by 4."""

    instructions: list
    units: int
    is_loop: bool

    @property
    def per_unit(self):
        return len(self.instructions) / self.units


def hot_part(function, work=None, each=1):
    """The innermost loop with the most instructions whose opcodes match `work`, `each` of which are one unit. Of equals the shortest."""
    if work:
        pattern = re.compile(work)

        def units(instructions):
            return sum(bool(pattern.match(instruction.opcode)) for instruction in instructions) // each

        bodies = [[function.instructions[place] for place in loop] for loop in function.innermost_loops()]
        bodies = [(units(body), -len(body), body) for body in bodies if units(body)]
        if bodies:
            count, _, body = max(bodies, key=lambda entry: entry[:2])
            return HotPart(body, count, True)
    return HotPart(function.instructions, 1, False)
