"""What a test is about: `public`, `loops`, `lists`, `dicts`, `sets`, `strings`, `generators` or `internals`; never a matter of what zouk makes of it.

- What a test needs of the five kinds has been seen by Numba's own type inference (`needs.py`, kept in `needs/`), or its whole file is about one of them (`files.ABOUT`).
- A test is about Numba's internals when its code, or code of its file that it reaches, names something of Numba's modules that its documentation does not
  offer, or an attribute of Numba's objects that shows its inside. The rule reads the test's source: `PUBLIC`, `HELPERS` and `_SHOWS` below are all of it.
- Tests that a file makes of a list, for each loop of each universal function, are counted apart (`files.LOOPS`): they would outnumber all others.
- All others are public: they touch only what Numba documents, and need none of the five.
"""

import ast
from functools import cache
from pathlib import Path

from files import ABOUT, is_inside, is_loop

HERE = Path(__file__).resolve().parent
KINDS = ("lists", "dicts", "sets", "strings", "generators")

# Modules that Numba documents, or that hold what it documents under another name.
PUBLIC = """
    numba numba.types numba.core.types numba.errors numba.core.errors numba.config numba.core.config numba.extending numba.core.extending numba.typed
    numba.experimental numba.experimental.jitclass numba.experimental.structref numba.cuda numba.np.ufunc numba.core.decorators numba.core.withcontexts
    numba.misc.special numba.core.typing.cffi_utils numba.core.typing numba.pycc numba.stencils.stencil
""".split()

# Small things of other modules, which tests use beside what they test.
HELPERS = """
    PYVERSION numpy_version pysignature numpy_support utils typeof from_dtype as_dtype is_jitted normalize_signature Dispatcher DUFunc GUFunc _header_lead
    Vectorize GUVectorize serialize IS_NUMPY_2 testing
""".split()

# Attributes that show Numba's inside, whatever object has them; among them classes of `numba.types` that its documentation does not speak of.
_SHOWS = frozenset("""
    refcount inspect_llvm inspect_asm inspect_types inspect_cfg inspect_disasm_cfg library get_llvm_str type_annotation _compiler _type _dynamic is_dynamic
    _frozen _dispatcher targetdescr targetctx typingctx typing_context target_context lowering fndesc metadata get_annotation_info _make_finalizer _code
    _pyfunc _sig _wrapper_address _lookup_dict func_code get_call_template pipeline_class _cache_misses _cache_hits is_title CData enable_caching _impl_cache
    _cache LLVM_VERSION WrapperAddressProtocol CompileResultWAP MemoryView IntEnumMember SliceLiteral NestedArray Opaque Dummy PyArray containers misc
    ellipsis WarningsFixer deprecated _memo
""".split())

# Private names of the package itself.
_INNER = frozenset("_helperlib _dispatcher _dynfunc _typeconv _devicearray _internal".split())

# What these helpers look up is answered for zouk (`inside.py`, `parfors.py`): what is behind them is not followed.
ANSWERED = frozenset("""
    check_scheduling assert_fastmath generate_prange_func _follow_cpython _follow_numpy compile_parallel compile_njit _compile_this compile_all check
    get_py_state_ptr get_np_state_ptr
""".split())


class _Module:
    """The classes, functions and imported names of a test file."""

    def __init__(self, path):
        self.classes, self.functions, self.inner, self.values = {}, {}, set(), {}
        for node in ast.parse(path.read_text()).body:
            self._take(node)

    def _take(self, node):
        if isinstance(node, ast.ClassDef):
            self.classes[node.name] = node
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.functions[node.name] = node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.inner |= inner_names(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        self.values[name.id] = node.value
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            for inner in ast.iter_child_nodes(node):
                self._take(inner)

    def method(self, owner, name):
        """The method of a class of the file, or of one that it derives from."""
        node = self.classes.get(owner)
        if node is None:
            return None
        for member in node.body:
            if isinstance(member, ast.FunctionDef) and member.name == name:
                return member
        for base in node.bases:
            found = self.method(base.id, name) if isinstance(base, ast.Name) else None
            if found is not None:
                return found
        return None

    def shows(self, owner, node, seen):
        """Whether the code, or what it reaches in the file, names something of Numba's inside."""
        if id(node) in seen:
            return False
        seen.add(id(node))
        local = set()
        for part in ast.walk(node):
            if isinstance(part, (ast.Import, ast.ImportFrom)):
                local |= inner_names(part)
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute):
                if part.attr in _SHOWS or path_is_inner(part):
                    return True
                if isinstance(part.value, ast.Name) and part.value.id in ("self", "cls") and part.attr not in ANSWERED:
                    called = self.method(owner, part.attr)
                    if called is not None and self.shows(owner, called, seen):
                        return True
            elif isinstance(part, ast.Name):
                if part.id in local or part.id in self.inner:
                    return True
                called = self.functions.get(part.id) or self.classes.get(part.id) or self.values.get(part.id)
                if called is not None and part.id not in ANSWERED and self.shows(part.id if part.id in self.classes else owner, called, seen):
                    return True
        return False


def inner_names(node):
    """The names that an import binds to something inside of Numba."""
    if isinstance(node, ast.Import):
        return {alias.asname for alias in node.names if alias.asname and is_inner(alias.name)}
    module = node.module or ""
    if node.level or module.startswith("numba.tests") or module.partition(".")[0] != "numba":
        return set()
    names = set()
    for alias in node.names:
        whole = f"{module}.{alias.name}"
        if whole in PUBLIC or alias.name in HELPERS or module in PUBLIC and not is_inner(whole) and alias.name not in _INNER:
            continue
        names.add(alias.asname or alias.name)
    return names


def is_inner(path):
    """Whether `numba.…` is a module inside of Numba."""
    from zouk.as_numba import names

    return path not in PUBLIC and path.rpartition(".")[2] not in HELPERS and names.exists(path) and path not in ("numba.core", "numba.np", "numba.misc", "numba.testing")


def path_is_inner(node):
    """Whether `numba.core.….name`, written out, leads inside of Numba."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return isinstance(node, ast.Name) and node.id == "numba" and (is_inner(".".join(["numba", *reversed(parts)])) or parts[-1] in _INNER)


@cache
def _module(path):
    return _Module(path)


@cache
def _needs(file):
    lines = (HERE / "needs" / f"{file}.txt").read_text().splitlines() if asked(file) else []
    return {line.split()[0]: tuple(line.split()[1:]) for line in lines}


def asked(file):
    """Whether Numba has been asked what the tests of a file need."""
    return (HERE / "needs" / f"{file}.txt").exists()


def class_of(file, name, tests):
    """The class of a test; `tests` is the folder of Numba's tests."""
    if file in ABOUT:
        return ABOUT[file]
    if is_loop(file, name):
        return "loops"
    needs = _needs(file).get(name, ())
    if needs:
        return next(kind for kind in KINDS if kind in needs)
    if is_inside(file, name):
        return "internals"
    owner, _, test = name.partition(".")
    module = _module(tests / (file.replace(".", "/") + ".py"))
    code = [module.method(owner, part) for part in ("setUp", "__init__", test)]
    seen = set()
    return "internals" if any(part is not None and module.shows(owner, part, seen) for part in code) else "public"
