"""What compiled code has no values for: the call says why, and what to do. Not listed as supported."""


def bytes(rng, length):
    compiler.type_error("compiled code has no bytes", "draw numbers: rng.integers(0, 256, n, np.uint8)")
