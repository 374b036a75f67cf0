"""`@jitclass`: classes whose fields have types and whose methods are compiled."""

from .base import JitClassType, _inherited
from .decorators import jitclass

__all__ = ["jitclass", "JitClassType"]
