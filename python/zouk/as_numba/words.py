"""Numba's words for what zouk's errors say.

Programs written for Numba, and their tests, look for its words in messages: `pytest.raises(TypingError, match="No implementation of function")`. Under
the alias the message of an error of the compiler ends with them, where Numba has words of its own for the same fact.
"""

import linecache
import re

_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul", "<<": "lshift", ">>": "rshift", "&": "and_", "|": "or_",
    "^": "xor", "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "is": "is_", "is not": "is_not", "in": "contains",
}  # fmt: skip
_SIGNS = {"+": "pos", "-": "neg", "~": "invert"}
_HEADER = "No implementation of function Function({}) found for signature"


def _operator(found, text):
    """Of an operator between types that it does not take; `text` is what the error points at."""
    of_module, sign = found[1], found[2]
    name = of_module or _OPERATORS.get(sign)
    if name and not of_module and f" {sign}= " in text:
        name = f"i{name.rstrip('_')}"
    return name and f"{_HEADER.format(f'<built-in function {name}>')}: {name}({found[3]}, {found[4]})"


def _sign(found, text):
    name = _SIGNS[found[1]]
    return f"{_HEADER.format(f'<built-in function {name}>')}: {name}({found[2]})"


def _item(found, text):
    """Of a value that does not fit an array; an index that stands there is a constant."""
    index = re.fullmatch(r".*\[(-?\d+)\]", text)
    index = f"Literal[int]({index[1]})" if index else "..."
    return f"{_HEADER.format('<built-in function setitem>')}: setitem({found[2]}, {index}, {found[1]})"


def _start(found, text):
    return "Only integers supported as start value in enumerate" if text.startswith("enumerate(") else None


def _text(pattern):
    return lambda found, text: found.expand(pattern)


# (the code of a diagnostic, what its message is, what Numba says).
_RULES = [
    ("bad-operands", r"()unsupported operand types for (\S+|is not): (.+) and (.+)", _operator),
    ("bad-library-call", r"(\w+)\(\) does not take these arguments: unsupported operand types for (\S+|is not): (.+) and (.+)", _operator),
    ("bad-operand", r"bad operand type for unary ([-+~]): (.+)", _sign),
    ("bad-library-call", r"\w+\(\) does not take these arguments: bad operand type for unary ([-+~]): (.+)", _sign),
    ("bad-library-call", r"(?:max|min)\(\) does not take these arguments: ufunc '\w+' cannot use operands of types (.+) and (.+)", _text(r"Given types cannot be unified: [\2, \1]")),
    ("bad-assignment", r"cannot assign (.+) to an element of (.+)", _item),
    ("no-matching-signature", r"no signature that (.+) declares takes the argument types \((.*)\)", _text(r"Invalid use of type(CPUDispatcher(<function \1>)) with parameters (\2)")),
    ("runaway-recursion", r"Return type of recursive function .* does not converge.*", _text("Return type of recursive function does not converge")),
    ("argument-count", r"(.+)\(\) missing the required argument '(.+)'", _text(r"Cannot bind the arguments of \1(), reason: TypeError: missing a required argument: '\2'")),
    ("unsupported-function", r"(numpy\.\S+)\(\) is not supported.*", _text(r"Use of unsupported NumPy function '\1' or unsupported use of the function.")),
    ("bad-call", r"isinstance\(\) with zouk\.types\.(.+) is not supported", _text(r"Numba type classes (here \1) are not supported in isinstance()")),
    ("bad-call", r"an integer is expected, not .+", _start),
    ("not-constant", r"literally\(\) takes a value that is known when the function is compiled.*", _text("Invalid use of non-Literal type")),
]

# The same of arguments that are refused, which have no diagnostics.
_REFUSALS = [
    (r"cannot determine the type of .+: ([\w.]+).*", r"Cannot determine Numba type of <class '\1'>"),
    (r".+ is an array of (?:unsupported )?dtype ([^ ;,]+).*", r"Unsupported array dtype: \1"),
]


def of(error):
    """Numba's words for the error, or an empty text."""
    if not error.diagnostics:
        found = ((re.fullmatch(pattern, error.msg), said) for pattern, said in _REFUSALS)
        return next((match.expand(said) for match, said in found if match), "")
    for diagnostic in error.diagnostics:
        for code, pattern, words in _RULES:
            found = re.fullmatch(pattern, diagnostic["message"]) if code == diagnostic["code"] else None
            said = found and words(found, _pointed_at(diagnostic))
            if said:
                return said
    return ""


def _pointed_at(diagnostic):
    """The text that the error points at, as far as it is in the first line."""
    if not diagnostic["span"]:
        return ""
    file, line, column, end_line, end = diagnostic["span"]
    text = linecache.getline(file, line).rstrip("\n")
    return text[column - 1 : end - 1 if end_line == line else None]
