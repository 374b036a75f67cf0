"""Numba's modules: made when they are imported, with what zouk has and, for the rest, `Missing`."""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

from . import names
from .missing import Missing


class Finder:
    """Finds `numba` and everything below."""

    def find_spec(self, name, path=None, target=None):
        if name == "numba" or name.startswith("numba.") and names.exists(name):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        name = names.SAME.get(spec.name, spec.name)
        if name != spec.name:
            return import_module(name)
        if name == "numba.core.config":
            from .config import Config

            return Config(name)
        return Module(name)

    def exec_module(self, module):
        if isinstance(module, Module):
            module._fill()


class Module(ModuleType):
    """A module of Numba's. Its attributes are looked up when they are asked for: importing it costs nothing."""

    def _fill(self):
        self.__doc__ = f"zouk in the place of `{self.__name__}`."
        self.__dict__.update(names.VALUES.get(self.__name__, {}))
        for name in names.WITH.get(self.__name__, ()):
            import_module(name)

    def __getattr__(self, name):
        value = self._find(name)
        # From now on the name is found without us. zouk's own modules may change theirs.
        if not isinstance(value, Missing):
            self.__dict__[name] = value
        return value

    def _find(self, name):
        path = f"{self.__name__}.{name}"
        if path in names.PLACES:
            module, _, attribute = names.PLACES[path].rpartition(".")
            value = _attribute(module, attribute)
            if value is not None:
                return value
        if not name.startswith("_"):
            for source in names.SOURCES.get(self.__name__, ()):
                value = _attribute(source, name)
                if value is not None:
                    return value
        if not name.startswith("__"):
            if names.exists(path) and not names.is_missing(self.__name__, name):
                return import_module(path)
        if names.is_missing(self.__name__, name):
            return Missing(path, names.HINTS.get(path))
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __dir__(self):
        found = set(super().__dir__())
        for source in names.SOURCES.get(self.__name__, ()):
            found.update(name for name in dir(_module(source)) if not name.startswith("_"))
        return sorted(found)

    @property
    def __all__(self):
        """What `from … import *` takes: without what is missing."""
        public = set()
        for source in names.SOURCES.get(self.__name__, ()):
            module = _module(source)
            public.update(getattr(module, "__all__", None) or (name for name in dir(module) if not name.startswith("_")))
        return sorted(public)


def _module(name):
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if not f"{name}.".startswith(f"{error.name}."):
            raise
        return None


def _attribute(module, name):
    """`module.name` of zouk's; None if there is no such thing."""
    value = getattr(_module(module), name, None)
    # A module of ours that happens to be called like one of Numba's is imported under Numba's name.
    if isinstance(value, ModuleType) and value.__name__.partition(".")[0] == "zouk":
        return None
    return value
