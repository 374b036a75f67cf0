"""Quicksort in place: recursion into the smaller part, a loop over the larger one, insertion sort for short parts."""

import numpy as np
from zouk import njit

SIZE, SMALL = 500_000, 1_000


@njit
def insertion_sort(values, low, high):
    for i in range(low + 1, high + 1):
        value = values[i]
        j = i - 1
        while j >= low and values[j] > value:
            values[j + 1] = values[j]
            j -= 1
        values[j + 1] = value


@njit
def partition(values, low, high):
    middle = (low + high) // 2
    if values[middle] < values[low]:
        values[low], values[middle] = values[middle], values[low]
    if values[high] < values[low]:
        values[low], values[high] = values[high], values[low]
    if values[high] < values[middle]:
        values[middle], values[high] = values[high], values[middle]
    pivot = values[middle]
    i, j = low, high
    while i <= j:
        while values[i] < pivot:
            i += 1
        while values[j] > pivot:
            j -= 1
        if i <= j:
            values[i], values[j] = values[j], values[i]
            i += 1
            j -= 1
    return i, j


@njit
def sort_range(values, low, high):
    while high - low > 16:
        i, j = partition(values, low, high)
        if j - low < high - i:
            sort_range(values, low, j)
            low = i
        else:
            sort_range(values, i, high)
            high = j
    insertion_sort(values, low, high)


@njit
def quicksort(values):
    sort_range(values, 0, len(values) - 1)
    return values


def arguments(size):
    return (np.random.default_rng(4).random(size),)


run = quicksort
