"""What compiled code has no values for: the call says why, and what to do. Not listed as supported."""


def unstack(x, /, *, axis: literal = 0):
    compiler.type_error(
        "how many arrays unstack() gives is the length of an axis, which is not known when it is compiled",
        "name them, as in `x, y = a` (of another axis: `x, y = np.moveaxis(a, axis, 0)`), or loop: `for row in a`",
    )


def datetime_as_string(arr, unit=None, timezone="naive", casting="same_kind"):
    compiler.type_error("the text of a time is made when the function runs, and compiled code has no such texts", "return the times, and call np.datetime_as_string() outside")
