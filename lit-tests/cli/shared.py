# Shared libraries with a C header: C programs print what Python prints.
# RUN: rm -rf %t && mkdir -p %t

# The example of docs/c-library.md.
# RUN: %zouk compile %S/Inputs/distances.py --entry distances --signature "(f8[:, ::1], f8)" --emit shared -o %t/libdistances.so
# RUN: cc -std=c99 -pedantic -Wall -Wextra -Werror %S/Inputs/distances.c -I%t -L%t -ldistances -Wl,-rpath,%t -o %t/distances
# RUN: %t/distances > %t/distances.c.txt
# RUN: %python %S/Inputs/distances_oracle.py > %t/distances.python.txt
# RUN: diff %t/distances.c.txt %t/distances.python.txt

# Numbers, tuples, optional values, printing; three libraries in one program, from C and from C++.
# RUN: %zouk compile %s --entry summary --signature "(f4[:, ::1], c16, Tuple((i8, u1)), b1)" --emit shared -o %t/libsummary.so
# RUN: %zouk compile %s --entry first --signature "(i4[:],)" --emit shared -o %t/libfirst.so --header %t/first.h
# RUN: %zouk compile %s --entry hello --signature "(i8,)" --emit shared -o %t/libhello.so
# RUN: cc -std=c99 -pedantic -Wall -Wextra -Werror %S/Inputs/values.c -I%t -L%t -lsummary -lfirst -lhello -Wl,-rpath,%t -o %t/values
# RUN: %t/values > %t/values.c.txt
# RUN: %python %s > %t/values.python.txt
# RUN: diff %t/values.c.txt %t/values.python.txt
# RUN: c++ -std=c++11 -Wall -Wextra -Werror -x c++ %S/Inputs/values.c -I%t -L%t -lsummary -lfirst -lhello -Wl,-rpath,%t -o %t/values.cpp
# RUN: %t/values.cpp | diff - %t/values.python.txt

# Nothing else is exported.
# RUN: nm -D --defined-only %t/libfirst.so | FileCheck %s --check-prefix=EXPORTS
# EXPORTS-NOT: zouk_
# EXPORTS-DAG: first_entry
# EXPORTS-DAG: first_error
# EXPORTS-DAG: first_release
# EXPORTS-NOT: rust

# The header alone, and under another name; a word of C is no name.
# RUN: %zouk compile %s --entry first --signature "(i4[:],)" --emit header | diff - %t/first.h
# RUN: %zouk compile %s --entry first --signature "(i4[:],)" --emit header --name find | FileCheck %s --check-prefix=NAMED
# RUN: %zouk compile %s --entry double --signature "(f8,)" --emit header | FileCheck %s --check-prefix=WORD
# RUN: %zouk compile %s --entry names --signature "(f8, i8, i8)" --emit header -o %t/names.h
# RUN: cc -std=c99 -pedantic -Wall -Wextra -Werror -fsyntax-only -x c %t/names.h
# NAMED: static inline int find(zouk_array_i32_1 values, zouk_optional_i64 *result)
# WORD: static inline int double_(double int_, double *result)

# RUN: not %zouk compile %s --entry first --signature "(i4[:],)" --emit shared 2>&1 | FileCheck %s --check-prefix=OUTPUT
# RUN: env CC=no-such-compiler not %zouk compile %s --entry first --signature "(i4[:],)" --emit shared -o %t/x.so 2>&1 | FileCheck %s --check-prefix=COMPILER
# OUTPUT: say where to write it
# COMPILER: cannot run the C compiler `no-such-compiler`

import numpy as np
from zouk import njit


@njit
def summary(rows, z, pair, flag):
    total = np.float32(0.0)
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            total += rows[i, j]
    return total, z.conjugate(), (not flag, pair[0] * pair[1])


@njit
def first(values):
    for i in range(len(values)):
        if values[i] < 0:
            return i
    if values[0] > 0 and len(values) == 1:
        raise IndexError("no negative value")
    return None


@njit
def hello(times):
    for i in range(times):
        print("hello", i, end=" ")


@njit
def names(uint64_t, zouk_status, NULL):
    return uint64_t + zouk_status + NULL


@njit
def double(int):
    return 2 * int


def show_first(values):
    try:
        print("first", first.py_func(values))
    except IndexError as error:
        print(f"IndexError: {error}")


def main():
    rows = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
    total, z, (flag, product) = summary.py_func(rows, 1.5 - 2j, (-7, 250), True)
    print(f"{total:.2f} ({z.real:.2f}, {z.imag:.2f}) {int(flag)} {product}")
    print("ValueError: argument rows must be C-contiguous")
    numbers = np.array([4, 0, -3, 0, -5, 0], dtype=np.int32)
    show_first(numbers)
    show_first(numbers[:5:2])
    show_first(numbers[:1])
    print("first failed summary failed")
    print("before, ", end="")
    hello.py_func(3)


if __name__ == "__main__":
    main()
