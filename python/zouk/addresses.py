"""Functions that a program knows by their addresses."""


class WrapperAddressProtocol:
    """Base of classes whose instances are functions of C: compiled code calls them, as arguments, in tuples, and as globals.

    A class derived from it has the two methods. The address is that of a function with C's calling convention: one of `ctypes`, of a library, or `cfunc(...).address`.
    """

    def __wrapper_address__(self):
        """The address, an int."""
        raise NotImplementedError(f"{type(self).__name__} needs the method __wrapper_address__")

    def signature(self):
        """The signature: `float64(float64)`."""
        raise NotImplementedError(f"{type(self).__name__} needs the method signature")
