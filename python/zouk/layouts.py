"""Layouts of generalized ufuncs, such as `(m,n),(n,p)->(m,p)`: what NumPy parses, for the compiler."""

import re

_ARGUMENT = re.compile(r"\(([^()]*)\)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[1-9][0-9]*")


class Layout:
    """The core dimensions of the operands, by number, in the order in which NumPy counts them."""

    def __init__(self, text):
        if not isinstance(text, str):
            raise TypeError(f"the layout must be a string such as '(n),()->(n)', not {type(text).__name__}")
        sides = re.sub(r"\s", "", text).split("->")
        if len(sides) > 2:
            raise ValueError(f"multiple '->' in the layout {text!r}")
        names = [_arguments(side, text) for side in sides]
        known = {name for argument in names[0] for name in argument}
        outputs = (name for side in names[1:] for argument in side for name in argument)
        undefined = [name for name in outputs if name not in known and not name.isdigit()]
        if undefined:
            raise ValueError(f"undefined output symbols: {','.join(dict.fromkeys(undefined))}")
        self.inputs = len(names[0])
        self.outputs = sum(map(len, names[1:]))
        arguments = [argument for side in names for argument in side]
        numbers = {}
        self.core = [[numbers.setdefault(name, len(numbers)) for name in argument] for argument in arguments]
        self.text = "->".join(",".join(f"({','.join(argument)})" for argument in side) for side in names)

    @property
    def arguments(self):
        return self.inputs + self.outputs


def _arguments(side, text):
    """The names of each argument's dimensions."""
    found = _ARGUMENT.findall(side)
    if not found or ",".join(f"({inner})" for inner in found) != side:
        raise ValueError(f"bad token in the layout {text!r}: operands are written as in '(m,n),()->(m)'")
    arguments = [inner.split(",") if inner else [] for inner in found]
    for name in (name for argument in arguments for name in argument):
        if not _NAME.fullmatch(name):
            raise ValueError(f"bad token in the layout {text!r}: {name!r} is no name of a dimension")
    return arguments
