"""Names of Numba that zouk has nothing for: they can be imported, and say what is missing when they are used."""

from ..errors import UnsupportedError


class MissingError(UnsupportedError, AttributeError):
    """Something of Numba's that zouk has nothing for was used. (An AttributeError too, so that `hasattr` is False.)"""


class Missing:
    """Stands for `numba.….name`."""

    def __init__(self, path, hint=None):
        self.__dict__.update(_path=path, _hint=hint, __name__=path.rpartition(".")[2], __qualname__=path, __module__="numba")

    def _refuse(self, *args, **kws):
        raise MissingError(f"zouk has no `{self._path}`: {self._hint or 'see docs/from-numba.md for what there is instead'}")

    __call__ = __getitem__ = __setitem__ = __iter__ = __len__ = __enter__ = __exit__ = __mro_entries__ = __setattr__ = _refuse
    __or__ = __ror__ = __lt__ = __gt__ = __add__ = __mul__ = __index__ = __int__ = __float__ = __bool__ = _refuse

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()

    def __instancecheck__(self, value):
        """Nothing is an instance of a class that is not there."""
        return False

    __subclasscheck__ = __instancecheck__

    def __repr__(self):
        return f"<{self._path}, which zouk has nothing for>"

    def __reduce__(self):
        return Missing, (self._path, self._hint)
