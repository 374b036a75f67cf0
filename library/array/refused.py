"""What compiled code has no values for: the call says why, and what to do. Not listed as supported."""


def tolist(a):
    compiler.type_error("the length of a list is part of its type, and that of an array is not known when it is compiled", "return the array, and call .tolist() outside")


def tobytes(a, order="C"):
    compiler.type_error("compiled code has no bytes", "return the array, and call .tobytes() outside, or take its elements as numbers: a.view(np.uint8)")


def resize(a, new_shape, refcheck=True):
    compiler.type_error("an array does not change its size in compiled code", "make another one: np.resize(a, shape)")
