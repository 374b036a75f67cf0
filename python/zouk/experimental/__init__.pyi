from .jitclass import jitclass as jitclass
