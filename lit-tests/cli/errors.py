# Errors of compilation on the command line: the sentence, the code, the line, the caret.
# RUN: not %zouk compile %s --entry unknown --signature "(i8)" --emit py 2>&1 | FileCheck %s --check-prefix=UNKNOWN
# RUN: not %zouk compile %s --entry mixed --signature "(i8)" --emit typed 2>&1 | FileCheck %s --check-prefix=MIXED
# RUN: not %zouk compile %S/Inputs/syntax_error.py --entry f --signature "(i8,)" --emit py 2>&1 | FileCheck %s --check-prefix=SYNTAX
# RUN: not %zouk run %S/Inputs/syntax_error.py --entry f 2>&1 | FileCheck %s --check-prefix=SYNTAX
# RUN: not %zouk run - --entry f < %S/Inputs/syntax_error.py 2>&1 | FileCheck %s --check-prefix=STDIN
# RUN: not %zouk run no-such-file.py --entry f 2>&1 | FileCheck %s --check-prefix=FILE
# RUN: not %zouk compile %s --entry mixed --signature "(i8" --emit typed 2>&1 | FileCheck %s --check-prefix=SIGNATURE --allow-empty
# RUN: not %zouk compile %s --entry fine --signature "(i8)" --emit shared -o %t.h 2>&1 | FileCheck %s --check-prefix=HEADER
# RUN: not %zouk run %s --entry thread --arg "[1]" 2>&1 | FileCheck %s --check-prefix=THREAD
# RUN: %zouk compile %s --entry thread --signature "(i8[:],)" --emit typed -o %t.typed
# RUN: not %zouk compile %t.typed --from py --emit loops 2>&1 | FileCheck %s --check-prefix=EARLY

from zouk import cuda, njit


@njit
def unknown(x):
    return x + undefined_thing


# UNKNOWN: [unknown-name]
# UNKNOWN: errors.py
# UNKNOWN: return x + undefined_thing
# UNKNOWN: ^^^


@njit
def mixed(x):
    return x + (1, 2)


# MIXED: unsupported operand types
# MIXED-SAME: [bad-operands]
# MIXED: return x + (1, 2)
# MIXED: ^^^

# SIGNATURE-NOT: panicked

# SYNTAX: error: invalid syntax{{.*}} [syntax-error]
# SYNTAX-NEXT: syntax_error.py:2:
# SYNTAX: return x +
# SYNTAX: ^
# STDIN: <stdin>:2:
# STDIN: return x +
# FILE: error: cannot read no-such-file.py: {{.*}} [no-source]

# HEADER: the header needs a path of its own
# EARLY: no function has `py.instantiate`
# EARLY: --from typed


@cuda.jit
def thread(x):
    x[cuda.grid(1)] = 1


# THREAD: this asks for a thread of a kernel, and this function is none
# THREAD-SAME: [kernel-on-cpu]


@njit
def fine(x):
    return x
