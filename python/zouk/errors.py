"""Exceptions and warnings. The names and the hierarchy are Numba's; `ZoukError` is at the root."""


class ZoukWarning(Warning):
    """Base of all warnings of zouk."""


class ZoukPerformanceWarning(ZoukWarning):
    """Code compiles, but not to what its author may expect."""


class ZoukDeprecationWarning(ZoukWarning, DeprecationWarning):
    pass


class ZoukPendingDeprecationWarning(ZoukWarning, PendingDeprecationWarning):
    pass


class ZoukParallelSafetyWarning(ZoukWarning):
    pass


class ZoukTypeSafetyWarning(ZoukWarning):
    pass


class ZoukExperimentalFeatureWarning(ZoukWarning):
    pass


class ZoukInvalidConfigWarning(ZoukWarning):
    pass


class ZoukPedanticWarning(ZoukWarning):
    pass


class ZoukDebugInfoWarning(ZoukWarning):
    pass


class ZoukSystemWarning(ZoukWarning):
    pass


class ZoukIRAssumptionWarning(ZoukPedanticWarning):
    pass


class ZoukError(Exception):
    """Base of all compile errors. `str()` is the rendered diagnostic; `diagnostics` are its parts."""

    diagnostics: "list[dict[str, object]] | tuple[()]" = ()
    reproducer: "str | None" = None
    # Other words for what the error says, which its text ends with: under the alias those of Numba.
    _in_other_words = staticmethod(lambda error: "")

    def __str__(self):
        text = super().__str__()
        words = self._in_other_words(self)
        return f"{text}\n = in Numba's words: {words}" if words else text

    @property
    def msg(self) -> str:
        return str(self.args[0]) if self.args else ""

    @property
    def loc(self) -> object:
        """(file, line, column, end line, end column) of the first diagnostic, or None."""
        return self.diagnostics[0]["span"] if self.diagnostics else None


class ParallelError(ZoukError):
    """A loop that is said to be parallel, and is not."""


class UnsupportedError(ZoukError):
    """Python that zouk does not compile."""


class UnsupportedRewriteError(UnsupportedError):
    pass


class UnsupportedBytecodeError(UnsupportedError):
    pass


class UnsupportedParforsError(ZoukError):
    pass


class IRError(ZoukError):
    pass


class RedefinedError(IRError):
    pass


class NotDefinedError(IRError):
    pass


class VerificationError(IRError):
    pass


class DeprecationError(ZoukError):
    pass


class LoweringError(ZoukError):
    pass


class ForbiddenConstruct(LoweringError):
    pass


class ByteCodeSupportError(ZoukError):
    pass


class CompilerError(ZoukError):
    pass


class ConstantInferenceError(ZoukError):
    pass


class InternalError(ZoukError):
    pass


class InternalCompilerError(InternalError):
    """A defect of zouk. `reproducer`, if not None, is the path of a file that shows it."""


class TypingError(ZoukError):
    """Types do not fit, or a name has none."""


# Where CPython raises an exception when the code runs, the compiler's refusal of it is one of that class, too.
class UntypedAttributeError(TypingError, AttributeError):
    pass


class RequireLiteralValue(TypingError):
    pass


class LiteralTypingError(TypingError):
    pass


class ZoukValueError(TypingError, ValueError):
    pass


class ZoukTypeError(TypingError, TypeError):
    pass


class ZoukAttributeError(TypingError, AttributeError):
    pass


class ZoukNameError(TypingError, NameError):
    pass


class ZoukAssertionError(TypingError):
    pass


class ZoukNotImplementedError(TypingError):
    pass


class ZoukKeyError(TypingError):
    pass


class ZoukIndexError(TypingError, IndexError):
    pass


class UntypedValueError(TypingError, ValueError):
    """`typeof` of a value that has no type."""


class InternalTargetMismatchError(InternalError):
    pass


class NonexistentTargetError(InternalError):
    pass


class ForceLiteralArg(ZoukError):
    """Numba's compiler raises it to itself; it is here for programs that name it."""


class ZoukRuntimeError(ZoukError):
    pass


class IntegerTooLargeError(OverflowError, ValueError):
    """An int argument that fits neither int64 nor uint64. (Numba raises ValueError.)"""


# Programs written for Numba catch these names.
NumbaWarning = ZoukWarning
NumbaPerformanceWarning = ZoukPerformanceWarning
NumbaDeprecationWarning = ZoukDeprecationWarning
NumbaPendingDeprecationWarning = ZoukPendingDeprecationWarning
NumbaParallelSafetyWarning = ZoukParallelSafetyWarning
NumbaTypeSafetyWarning = ZoukTypeSafetyWarning
NumbaExperimentalFeatureWarning = ZoukExperimentalFeatureWarning
NumbaInvalidConfigWarning = ZoukInvalidConfigWarning
NumbaPedanticWarning = ZoukPedanticWarning
NumbaDebugInfoWarning = ZoukDebugInfoWarning
NumbaSystemWarning = ZoukSystemWarning
NumbaIRAssumptionWarning = ZoukIRAssumptionWarning
NumbaError = ZoukError
NumbaValueError = ZoukValueError
NumbaTypeError = ZoukTypeError
NumbaAttributeError = ZoukAttributeError
NumbaAssertionError = ZoukAssertionError
NumbaNotImplementedError = ZoukNotImplementedError
NumbaKeyError = ZoukKeyError
NumbaIndexError = ZoukIndexError
NumbaRuntimeError = ZoukRuntimeError
