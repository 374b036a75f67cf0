"""Pickling of kernels and device functions: by name where the other side can import them, else by value, as dispatchers travel."""

import sys

from ..decorators import bare_dispatcher
from ..serialize import _attribute, _named


def reduce_kernel(self):
    module = sys.modules.get(self.__module__)
    if self.__module__ != "__main__" and _attribute(module, self.__qualname__) is self:
        return _named, (self.__module__, self.__qualname__)
    carrier = self.__dict__.get("_carrier")
    if carrier is None:
        # The function travels as a jitted one, which nobody calls.
        carrier = self._carrier = bare_dispatcher(self.py_func, {"locals": {}})
        carrier.kernel = self
    return _made, (carrier, type(self), self.targetoptions, self._declaration(), self.specialized)


def _made(carrier, kind, options, signatures, specialized):
    made = carrier.__dict__.get("kernel")
    if made is None:
        made = carrier.kernel = kind._of(carrier.py_func, options)
        made._carrier = carrier
        if signatures is not None:
            made._declare(signatures, specialized)
    return made
