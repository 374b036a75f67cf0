/* Values of every kind through the header of `shared.py`; prints what `shared.py` prints. */
#include "summary.h"
#include "first.h"
#include "hello.h"
#include <stdio.h>

static void show_first(zouk_array_i32_1 values)
{
    zouk_optional_i64 found;
    if (first(values, &found) != 0)
        printf("%s\n", first_error());
    else if (found.has_value)
        printf("first %lld\n", (long long)found.value);
    else
        printf("first None\n");
}

int main(void)
{
    float memory[6] = {1, 2, 3, 4, 5, 6};
    zouk_array_f32_2 rows = zouk_array_f32_2_of(memory, 2, 3);
    zouk_c128 z = {1.5, -2.0};
    zouk_tuple_2_i64_u8 pair = {-7, 250};
    zouk_tuple_3_f32_c128_tuple_2_bool_i64 result;
    if (summary(rows, z, pair, true, &result) != 0)
        return 1;
    printf("%.2f (%.2f, %.2f) %d %lld\n", result.item0, result.item1.re, result.item1.im, result.item2.item0, (long long)result.item2.item1);

    /* The transposed array is not C-contiguous. */
    zouk_array_f32_2 columns = rows;
    columns.shape[0] = 3, columns.shape[1] = 2, columns.strides[0] = 1, columns.strides[1] = 3;
    if (summary(columns, z, pair, true, &result) != 0)
        printf("%s\n", summary_error());

    int32_t numbers[6] = {4, 0, -3, 0, -5, 0};
    zouk_array_i32_1 all = zouk_array_i32_1_of(numbers, 6), even = zouk_array_i32_1_of(numbers, 3);
    even.strides[0] = 2;
    show_first(all);
    show_first(even);
    even.shape[0] = 1;
    show_first(even);
    /* Each library has its own exceptions. */
    printf("%s %s\n", first_error() ? "first failed" : "first did not", summary_error() ? "summary failed" : "summary did not");

    printf("before, ");
    return hello(3);
}
