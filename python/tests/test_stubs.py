"""The stubs name what there is at run time."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zouk
from zouk import errors, types

FOLDER = Path(zouk.__file__).parent


def defined(body):
    """The names that a stub's statements define."""
    for node in body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            yield node.name
        elif isinstance(node, ast.AnnAssign):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets)


def stub(name):
    return ast.parse((FOLDER / name).read_text()).body


def test_types():
    stubbed = set(defined(stub("types/__init__.pyi")))
    public = {name for name, value in vars(types).items() if not name.startswith("_") and name != "_zouk"}
    assert public - stubbed == set()
    assert {name for name in stubbed if not name.startswith("_")} - public == set()


@pytest.mark.parametrize("name", ["DUFunc", "GUFunc"])
def test_ufuncs(name):
    classes = {node.name: node for node in stub("__init__.pyi") if isinstance(node, ast.ClassDef)}
    lines = [classes[name], *(classes[base.id] for base in classes[name].bases)]
    stubbed = {member for found in lines for member in defined(found.body)}
    instance = zouk.vectorize(lambda x: x) if name == "DUFunc" else zouk.guvectorize("(n)->()")(lambda x, out: None)
    assert {name for name in dir(instance) if not name.startswith("_")} - stubbed == set()
    assert [name for name in stubbed if not hasattr(instance, name)] == []


def test_stencils():
    (found,) = (node for node in stub("__init__.pyi") if isinstance(node, ast.ClassDef) and node.name == "StencilFunc")
    stubbed = set(defined(found.body))
    instance = zouk.stencil(lambda a: a[0])
    assert {name for name in dir(instance) if not name.startswith("_")} - stubbed == set()
    assert [name for name in stubbed if not hasattr(instance, name)] == []


def test_dispatcher():
    (found,) = (node for node in stub("__init__.pyi") if isinstance(node, ast.ClassDef) and node.name == "Dispatcher")
    stubbed = set(defined(found.body))
    assert {name for name in dir(zouk.Dispatcher) if not name.startswith("_")} - stubbed == set()
    instance = zouk.njit(lambda x: x)
    assert [name for name in stubbed if not hasattr(instance, name)] == []


def test_cuda():
    from zouk import cuda

    body = stub("cuda/__init__.pyi")
    stubbed = {name for name in defined(body) if not name.startswith("_")}
    stubbed |= {name.asname for node in body if isinstance(node, ast.ImportFrom) for name in node.names if name.asname}
    assert set(cuda.__all__) - stubbed == set()
    assert [name for name in stubbed if not hasattr(cuda, name)] == []
    classes = {node.name: set(defined(node.body)) for node in body if isinstance(node, ast.ClassDef)}
    for name, members in classes.items():
        if not name.startswith("_"):
            assert [member for member in members if not hasattr(getattr(cuda, name), member) and member not in ("stream", "py_func", "value", "targetoptions")] == []
    for name in ("Kernel", "Stream", "Event", "DeviceNDArray"):
        assert {member for member in dir(getattr(cuda, name)) if not member.startswith("_")} - classes[name] == set()


def test_errors_are_plain_assignments():
    """Type checkers read the module itself."""
    seen = set(defined(ast.parse((FOLDER / "errors.py").read_text()).body))
    assert {name for name, value in vars(errors).items() if isinstance(value, type)} == seen


PROGRAM = """
from typing import Any
import numpy as np
import zouk
from zouk import float64, int32, njit, types

@njit(float64(float64[:, ::1], int32))
def f(a: float, n: int) -> float:
    return a * n

class A:
    @njit
    def method(self, x: int) -> int:
        return x

code: bytes = f.inspect("object")
text: str = f.inspect("asm")
number: int = A().method(3)
array: types.Array = float64[:]
kept: "zouk.Dispatcher[[float, int], float]" = f
f.enable_caching()
f.get_overload("f8(f8)")

@zouk.vectorize(["f8(f8)"], identity=0)
def half(x: float) -> float:
    return x / 2

@zouk.vectorize
def twice(x: float) -> float:
    return x * 2

@zouk.guvectorize("(n)->()")
def total(x: Any, out: Any) -> None:
    out[0] = x.sum()

ufunc: np.ufunc = half
lazy: zouk.DUFunc = twice.add("f8(f8)")
general: zouk.GUFunc = total

@zouk.cfunc("float64(float64)")
def for_c(x: float) -> float:
    with zouk.objmode(y="float64"):
        y = x
    return y

address: int = for_c.address
zouk.NumbaTypeError, zouk.typeof(3), zouk.from_dtype(np.dtype("f8"))
"""


def test_mypy(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "program.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "MYPYPATH": str(FOLDER.parent)})
    assert done.returncode == 0, done.stdout
