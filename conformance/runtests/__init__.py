"""Stands for `numba.runtests` in processes that Numba's tests start."""
