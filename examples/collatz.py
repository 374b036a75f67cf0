"""The number below a limit with the longest Collatz chain (halve when even, else triple and add one), and that length."""

from zouk import njit

SIZE, SMALL = 300_000, 1_000


@njit
def chain_length(n):
    length = 1
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        length += 1
    return length


@njit
def collatz(limit):
    best, longest = 1, 1
    for start in range(1, limit):
        length = chain_length(start)
        if length > longest:
            best, longest = start, length
    return best, longest


def arguments(size):
    return (size,)


run = collatz
