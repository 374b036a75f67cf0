"""What compiled code asks for values by that are known when it is compiled. To Python they are nothing."""


def literally(obj):
    """`obj`, whose value compiled code knows: a function that asks for a parameter's value is compiled for each value."""
    return obj


def literal_unroll(container):
    """`container`: a loop over it in compiled code is written out, so that each element has a type of its own."""
    return container
