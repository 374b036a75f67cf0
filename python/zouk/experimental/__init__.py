"""What Numba has under this name: compiled classes."""

from .jitclass import jitclass

__all__ = ["jitclass"]
