"""What all tests of overloads need."""

import pytest

from zouk.extending import registry


@pytest.fixture(autouse=True)
def registered():
    """What a test registers, of builtins too, is gone after it."""
    functions = {function: list(overloads) for function, overloads in registry.functions.items()}
    yield
    registry.functions.clear()
    registry.functions.update(functions)
