"""Why a test does not pass, by what the failure says: the first pattern that is found in it."""

import re

# (cause, what it means, pattern)
_CAUSES = [
    ("panic", "zouk panicked, or failed in itself: a defect", r"PanicException|InternalCompilerError|panicked|internal error"),
    ("object mode", "the test runs in Numba's object mode, which calls the interpreter", r"object mode|forceobj"),
    ("internals", "the test looks at Numba's inside: its IR, LLVM code, type objects, flags, caches, attributes of its dispatchers", None),
    ("classes", "`@jitclass` and struct references", r"jitclass|structref|StructRef"),
    ("extending", "`@overload`, `@intrinsic` and what else extends Numba's compiler", r"extending\.|overload|register_jitable|intrinsic"),
    ("lists", "lists that change, typed lists, lists as arguments", r"\blist\b|lists\b|ListType|List\b|typedlist|types\.List"),
    ("dicts", "dicts", r"\bdict\b|dicts\b|DictType|Dict\b"),
    ("sets", "sets", r"\bsets?\b|Set\b"),
    ("strings", "strings that are computed, strings and bytes in arrays", r"\bstr\b|string|unicode|!py\.str|bytes|CharSeq|dtype.{0,20}['\"<|][US]\d"),
]


def cause_of(file, status, message):
    """One word for the failure of a test."""
    raise NotImplementedError
