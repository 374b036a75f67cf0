"""Builtins of arrays. Of numbers they have entries of the tables."""


def divmod(x, y, /):
    return np.divmod(x, y)
