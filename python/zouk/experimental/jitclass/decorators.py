"""The decorator, in all the forms that Numba's takes."""

import os

from ...decorators import _checked
from .base import make_class


def jitclass(cls_or_spec=None, spec=None, **options):
    """Makes a compiled class of a Python class.

    `spec` has the types of the fields: a dict, or pairs of names and types. Annotations in the body of the class are fields, too.
    `@jitclass`, `@jitclass()`, `@jitclass(spec)` and `jitclass(cls, spec)` do the same. Options are those of `jit`, for all methods.
    """
    if cls_or_spec is not None and spec is None and not isinstance(cls_or_spec, type):
        cls_or_spec, spec = None, cls_or_spec
    options = _checked({"locals": {}, **options})

    def wrap(cls):
        if os.environ.get("ZOUK_DISABLE_JIT", "0") not in ("", "0"):
            return cls
        return make_class(cls, spec, options)

    return wrap if cls_or_spec is None else wrap(cls_or_spec)
