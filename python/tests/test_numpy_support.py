"""docs/numpy-support.md: every public function of NumPy, whether compiled code has it, and which parameters it leaves out. `BLESS=1` writes the page."""

import inspect
import os
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "numpy-support.md"
HEAD = """# NumPy in compiled code

Generated from [functions.md](functions.md) and compared with NumPy {version}. A parameter in the second column is one that NumPy's function has and that of compiled
code has not: giving it is an error at the call.

What holds for all of them:

- Universal functions take `out=`, `where=` and `dtype=`; not `casting=`, `order=`, `subok=` and `signature=`. Arrays of subclasses are taken as plain arrays.
- Options that decide the type of a result or which code runs are constants: `keepdims`, `dtype`, `ord`, `mode`, `method`, `return_…`, `indexing`, `side`. An `axis` may be
  known at run time where the result has the same type for all axes.
- Where the type of NumPy's result depends on the values, that of compiled code is the general one: `eig`, `eigvals` and `roots` are complex.
- dtypes are bool, the integers of 8 to 64 bits, float16, float32, float64, complex64, complex128, and where [typing.md](typing.md) says so datetime64, timedelta64 and structured ones. There is no
  longdouble, text or object.
- Warnings are not given: dividing by zero gives inf and nan in silence.
- Exceptions have NumPy's classes and texts. An `out=` of the wrong shape has words of its own in `round` and `cumsum` and its kin, and where only an axis that is not transformed is too short in `np.fft`; one
  with fewer axes than the result of a universal function is an error when the call is compiled.
"""

#: Modules and classes, with what functions.md calls them.
PLACES = {
    "numpy": np,
    "numpy.linalg": np.linalg,
    "numpy.fft": np.fft,
    "numpy.random": np.random,
    "numpy.lib.stride_tricks": np.lib.stride_tricks,
    "numpy.polynomial.polynomial": np.polynomial.polynomial,
    "array": np.ndarray,
    "generator": np.random.Generator,
}
#: What does nothing for compiled code: reading and writing files, printing, settings, and tools for NumPy's own use.
LEFT_OUT = re.compile(
    r"(save|load|from(file|txt|string|regex|pyfunc|iter)|genfromtxt|memmap|show_|get_|set_|print|array2string|array_(repr|str)|format_|info|test|setbufsize|getbufsize"
    r"|seterr|geterr|errstate|nditer|nested_iters|busday|is_busday|asmatrix|bmat|mask_indices|getfield|setf|setstate|dump|tofile|byteswap|getbufsize|base_repr|binary_repr"
    r"|isdtype|issubdtype|typename|mintypecode|common_type|min_scalar_type|einsum_path|from_dlpack|iterable|vectorize|as_array|default_rng|spawn|newbyteorder|to_device)"
)


#: What is a universal function in compiled code, and takes what these take.
UNIVERSAL = (np.round, np.around)


def documented():
    """The functions of functions.md by place: names with the names of their parameters; none of an attribute."""
    places, members = {}, None
    for line in (ROOT / "docs" / "functions.md").read_text().splitlines():
        if heading := re.fullmatch(r"## (\S+)", line):
            members = places.setdefault(heading[1], {})
        elif entry := re.fullmatch(r"- `(\w+)(?:\((.*)\))?`", line):
            parameters = entry[2] and [p.split("=")[0].strip() for p in split(entry[2])]
            known = members.get(entry[1]) or []
            members[entry[1]] = known + [p for p in parameters or [] if p not in known]
    return places


def split(parameters):
    """At the commas that stand in no brackets and no quotes."""
    parts = re.findall(r"(?:[^,(\"]|\([^)]*\)|\"[^\"]*\")+", parameters)
    return [p.strip() for p in parts if p.strip()]


def missing(function, ours):
    """The parameters that are left out. Those in the same place are the same, whatever their names."""
    if isinstance(function, np.ufunc) or function in UNIVERSAL:
        return []
    try:
        theirs = [p for p in inspect.signature(function).parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    except (TypeError, ValueError):
        return []
    names = [p.strip("*") for p in ours if p != "*"]
    positional = len(ours) if "*" not in ours else ours.index("*")
    rest = [p for i, p in enumerate(theirs) if not (i < positional and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))]
    return [p.name for p in rest if p.name not in names and p.name not in ("self", "subok", "like", "casting", "order_", "device")]


def is_function(place, name):
    member = getattr(place, name, None)
    if name.startswith("_") or member is None or LEFT_OUT.match(name) or inspect.ismodule(member):
        return False
    return callable(member) and not isinstance(member, type)


def page():
    lines = [HEAD.format(version=".".join(np.__version__.split(".")[:2]))]
    ours = documented()
    for title, place in PLACES.items():
        have = ours.get(title, {})
        names = sorted(n for n in dir(place) if is_function(place, n))
        there = [n for n in names if n in have]
        lines += [f"## {title}: {len(there)} of {len(names)}", "", "| function | without |", "|---|---|"]
        lines += [f"| `{n}` | {' '.join(f'`{p}`' for p in missing(getattr(place, n), have[n]))} |".replace("|  |", "| |") for n in there]
        absent = [f"`{n}`" for n in names if n not in have]
        lines += ["", "Not there: " + (", ".join(absent) if absent else "nothing") + ".", ""]
    return "\n".join(lines)


def test_the_page_says_what_is_there():
    text = page()
    if os.environ.get("BLESS"):
        PAGE.write_text(text)
    written = PAGE.read_text()
    if f"compared with NumPy {'.'.join(np.__version__.split('.')[:2])}." not in written:
        pytest.skip("the page compares with another version of NumPy")
    assert text == written, "`make bless` rewrites docs/numpy-support.md"
