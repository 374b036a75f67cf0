"""What else a dispatcher answers to: copies, inspection, the cache, and the attributes of its function."""

import copy
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import zouk
from zouk import errors, njit, types


@njit
def f(x, y=2, *, z=3):
    return x + y + z


def test_copies():
    assert copy.copy(f) is f and copy.deepcopy({"f": f})["f"] is f
    local = njit(lambda x: x + 1)
    assert copy.deepcopy(local)(1) == local.py_func(1)


def test_forwarded():
    for name in ("__code__", "__defaults__", "__kwdefaults__"):
        assert getattr(f, name) == getattr(f.py_func, name)


def test_object_code():
    f(1)
    code = f.inspect("object")
    assert isinstance(code, bytes) and code[:4] in (b"\x7fELF", b"\xcf\xfa\xed\xfe")
    assert isinstance(f.inspect("header"), str)
    with pytest.raises(ValueError, match="zouk compile --emit shared"):
        f.inspect("shared")


def test_graphs():
    f(1)
    assert f.inspect_cfg(f.signatures[0]) == f.inspect("llvm-opt", f.signatures[0])
    assert f.inspect_disasm_cfg() == f.inspect_asm()
    with pytest.raises(NotImplementedError, match="inspect"):
        f.get_annotation_info()


def test_stages_of_the_docstring():
    listed = {stage for stage in type(f).inspect.__doc__.split('"') if " " not in stage and "," not in stage}
    with pytest.raises(zouk.UnsupportedError) as caught:
        f.inspect("nope", (types.int64,) * 3)
    stages = str(caught.value).split("stages are ")[1].split(" [")[0].split(", ")
    assert listed == set(stages) - {"shared"}


def test_caching_enabled(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "from zouk import njit\n@njit\ndef f(x):\n    return x * 3\nbefore = f.stats.cache_path\nf.enable_caching()\n"
        "print(f(2) == f.py_func(2), len(f.stats.cache_hits), before, f.stats.cache_path)\n"
    )
    folder = str(tmp_path / "cache")
    for hits in (0, 1):
        done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, env={**os.environ, "ZOUK_CACHE_DIR": folder})
        assert done.stdout.split() == ["True", str(hits), "None", folder], done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_pipes_in_the_cache(tmp_path):
    """Nobody writes to them: reading would last for ever."""
    program = tmp_path / "program.py"
    program.write_text("from zouk import njit\n@njit(cache=True)\ndef f(x):\n    return x * 3\nprint(f(2) == f.py_func(2))\n")
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    for _ in range(2):
        done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, env=environment, timeout=60)
        assert done.stdout.strip() == "True", done.stderr
        for entry in (tmp_path / "cache").glob("*/*.zo"):
            entry.unlink()
            os.mkfifo(entry)


def test_dispatchers_are_made_by_njit():
    for arguments in ((), (3, {}), (lambda x: x,)):
        with pytest.raises(TypeError, match="Dispatcher\\(\\)"):
            zouk.Dispatcher(*arguments)
    assert isinstance(f, zouk.Dispatcher) and zouk.Dispatcher[[int], int].__origin__ is zouk.Dispatcher


def test_names_for_numba():
    for name in ("ForceLiteralArg", "InternalTargetMismatchError", "NonexistentTargetError", "NumbaIRAssumptionWarning"):
        assert issubclass(getattr(errors, name), Exception) and getattr(zouk, name) is getattr(errors, name)
    for name, value in vars(errors).items():
        # Numba has no class of its own for names that are not there.
        if name.startswith("Zouk") and name != "ZoukNameError":
            assert getattr(errors, "Numba" + name[4:]) is value
    assert zouk.bool is types.bool is types.boolean and "bool" in zouk.__all__


def test_typeof():
    for value in (object(), [1], np.str_("a"), np.longdouble(1), np.zeros(2, "g")):
        with pytest.raises(ValueError) as caught:
            zouk.typeof(value)
        assert isinstance(caught.value, zouk.TypingError)
    assert zouk.typeof("a") == types.unicode_type


@pytest.mark.parametrize("text", ["types.f8(types.f8)", "types.float64(types.float64[:, ::1], types.Tuple((types.i4, types.bool_)))"])
def test_prefixed_signatures(text):
    assert types.normalize_signature(text) == types.normalize_signature(text.replace("types.", ""))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", ["f8(f8", "None(f8)", "", "f8(f8[3])", "1(2)", "f8[:]()()", "types.nope(f8)", "f8 f8", "'a'(f8)", "nope(f8)"])
def test_malformed_signatures(text):
    with pytest.raises((TypeError, NameError, SyntaxError, KeyError)) as caught:
        njit(text)(lambda x: x)
    assert repr(text) in str(caught.value)


def test_compiling_within_a_compilation(monkeypatch):
    """Something that runs while a function is read, such as a finalizer, calls a function that is not compiled."""
    import linecache

    inner, outer, real, seen = njit(lambda x: x + 1), njit(lambda x: x * 2), linecache.getlines, []

    def hooked(*arguments):
        try:
            seen.append(inner(1))
        except zouk.CompilerError as error:
            seen.append(error)
        return real(*arguments)

    linecache.getlines(__file__)
    monkeypatch.setattr(linecache, "getlines", hooked)
    assert outer(2) == outer.py_func(2)
    assert seen and all("py_func" in str(error) for error in seen)
    monkeypatch.undo()
    assert inner(1) == inner.py_func(1)


def test_frames_hold_nothing():
    @njit
    def fails(x):
        return 1 // x

    with pytest.raises(ZeroDivisionError) as caught:
        fails(0)
    traceback = caught.value.__traceback__
    while traceback.tb_next:
        traceback = traceback.tb_next
    assert traceback.tb_frame.f_code.co_name == "fails" and traceback.tb_frame.f_locals == {}
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args
