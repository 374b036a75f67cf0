#include "distances.h"
#include <stdio.h>

int main(void)
{
    double memory[3][2] = {{0, 0}, {3, 4}, {6, 8}};
    zouk_array_f64_2 points = zouk_array_f64_2_of(&memory[0][0], 3, 2), result;

    if (distances(points, 0.5, &result) != 0) {
        fprintf(stderr, "%s\n", distances_error());
        return 1;
    }
    for (int64_t i = 0; i < result.shape[0]; ++i)
        for (int64_t j = 0; j < result.shape[1]; ++j)
            printf("%.3f\n", result.data[i * result.strides[0] + j * result.strides[1]]);
    distances_release(result.owner);

    if (distances(points, -1.0, &result) != 0)
        printf("%s\n", distances_error());
    return 0;
}
