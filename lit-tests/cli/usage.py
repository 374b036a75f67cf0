# The command line itself: exit statuses, standard input, readers that go away, options that do not fit.
# RUN: not %zouk compile %s --entry half --signature "(f8" --emit py 2>&1 | FileCheck %s --check-prefix=SIGNATURE
# RUN: not %zouk compile %s --entry half --signature "(UniTuple(i8, 100000000),)" --emit py 2>&1 | FileCheck %s --check-prefix=HUGE
# RUN: not %zouk compile %s --entry half --signature "(f8,)" --emit py --fastmath quick 2>&1 | FileCheck %s --check-prefix=FLAG
# RUN: not %zouk compile %s --entry half --signature "(f8,)" --emit llvm --header x.h 2>&1 | FileCheck %s --check-prefix=HEADER
# RUN: not %zouk compile %s --from py --emit llvm --no-boundscheck 2>&1 | FileCheck %s --check-prefix=CONFLICT
# RUN: %zouk run - --entry half --arg 3.0 < %s | FileCheck %s --check-prefix=HALF
# RUN: %zouk compile - --entry half --signature "(f8,)" --emit typed < %s | FileCheck %s --check-prefix=TYPED
# RUN: %python %S/Inputs/broken_pipe.py %zouk stages | FileCheck %s --check-prefix=PIPE
# RUN: %python %S/Inputs/broken_pipe.py %zouk compile %s --entry half --signature "(f8,)" --emit llvm | FileCheck %s --check-prefix=PIPE
# RUN: %python %S/Inputs/broken_pipe.py %zouk-opt --help | FileCheck %s --check-prefix=PIPE

# SIGNATURE: invalid value '(f8' for '--signature <SIGNATURE>': the signature `(f8` misses a `,` at its end
# HUGE: the signature `(UniTuple(i8, 100000000),)` has a UniTuple of 100000000 elements, too large for a tuple: use an array
# FLAG: there is no fast-math flag `quick`
# HEADER: `--header` goes with `--emit shared`
# CONFLICT: '--from <STAGE>' cannot be used with '--no-boundscheck'
# HALF: 1.5
# TYPED: py.return {{.*}} : f64
# PIPE: ended by signal 13, said nothing

from zouk import njit


@njit
def half(x):
    return x / 2
