"""Integers as bits: hashes, generators of random numbers, primes, codes."""

import math

import numpy as np
from numba import njit, uint64, vectorize


@njit
def fnv1a(data):
    h = np.uint64(14695981039346656037)
    for b in data:
        h ^= np.uint64(b)
        h *= np.uint64(1099511628211)
    return h


@njit(uint64(uint64))
def splitmix(x):
    x += uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> uint64(27))) * uint64(0x94D049BB133111EB)
    return x ^ (x >> uint64(31))


@njit
def xorshift(state, n):
    out = np.empty(n, np.uint64)
    x = state[0]
    for i in range(n):
        x ^= x << np.uint64(13)
        x ^= x >> np.uint64(7)
        x ^= x << np.uint64(17)
        out[i] = x
    state[0] = x
    return out


@njit
def pcg32(state, inc):
    old = state
    state = np.uint64(old * np.uint64(6364136223846793005) + (inc | np.uint64(1)))
    xs = np.uint32(((old >> np.uint64(18)) ^ old) >> np.uint64(27))
    rot = np.uint32(old >> np.uint64(59))
    return state, np.uint32((xs >> rot) | (xs << ((-np.int32(rot)) & 31)))


@njit
def pcg_run(n):
    s = np.uint64(42)
    out = np.zeros(n, np.uint32)
    for i in range(n):
        s, out[i] = pcg32(s, np.uint64(54))
    return out


@njit
def rotl(x, k):
    return (x << np.uint64(k)) | (x >> np.uint64(64 - k))


@njit
def xoshiro(s):
    r = rotl(s[1] * np.uint64(5), 7) * np.uint64(9)
    t = s[1] << np.uint64(17)
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotl(s[3], 45)
    return r


@njit
def xoshiro_d(n):
    s = np.array([1, 2, 3, 4], dtype=np.uint64)
    out = np.empty(n)
    for i in range(n):
        out[i] = (xoshiro(s) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
    return out


@njit
def crc_table():
    t = np.zeros(256, np.uint32)
    for i in range(256):
        c = i
        for _ in range(8):
            c = (c >> 1) ^ 0xEDB88320 if c & 1 else c >> 1
        t[i] = c
    return t


@njit
def lfsr(n, seed):
    out = np.zeros(n, dtype=np.bool_)
    s = seed
    for i in range(n):
        bit = ((s >> 0) ^ (s >> 2) ^ (s >> 3) ^ (s >> 5)) & 1
        s = (s >> 1) | (bit << 15)
        out[i] = bit
    return out, s


@vectorize(["uint64(uint64)"])
def vpop(x):
    n = 0
    while x:
        x &= x - np.uint64(1)
        n += 1
    return n


@njit
def morton(x, y):
    def spread(v):
        v = (v | (v << 8)) & 0x00FF00FF
        v = (v | (v << 4)) & 0x0F0F0F0F
        v = (v | (v << 2)) & 0x33333333
        return (v | (v << 1)) & 0x55555555
    return spread(x) | spread(y) << 1


@njit
def modpow(b, e, m):
    r = 1
    b %= m
    while e > 0:
        if e & 1:
            r = r * b % m
        b = b * b % m
        e >>= 1
    return r


@njit
def miller(n):
    if n < 2:
        return False
    for p in (2, 3, 5, 7, 11, 13):
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for a in (2, 3, 5, 7):
        x = modpow(a, d, n)
        if x == 1 or x == n - 1:
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


@njit
def sieve_seg(n):
    lim = int(math.sqrt(n)) + 1
    small = np.ones(lim + 1, np.bool_)
    small[:2] = False
    for i in range(2, int(lim ** 0.5) + 1):
        if small[i]:
            small[i * i::i] = False
    primes = np.nonzero(small)[0]
    count = 0
    S = 1000
    for lo in range(0, n + 1, S):
        hi = min(lo + S - 1, n)
        block = np.ones(hi - lo + 1, dtype=np.uint8)
        for p in primes:
            if p * p > hi:
                break
            start = max(p * p, (lo + p - 1) // p * p)
            block[start - lo::p] = 0
        if lo == 0:
            block[:2] = 0
        count += block.sum()
    return count


@njit
def collatz(n):
    best, arg = 0, 0
    for i in range(1, n):
        k, x = 0, i
        while x != 1:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            k += 1
        if k > best:
            best, arg = k, i
    return best, arg


@njit
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


@njit
def mergesort(a):
    if a.size <= 1:
        return a
    m = a.size // 2
    l, r = mergesort(a[:m]), mergesort(a[m:])
    out = np.empty_like(a)
    i = j = 0
    for k in range(a.size):
        if j >= r.size or (i < l.size and l[i] <= r[j]):
            out[k] = l[i]
            i += 1
        else:
            out[k] = r[j]
            j += 1
    return out


@njit
def heapsort(a):
    n = len(a)
    def sift(a, i, n):
        while 2 * i + 1 < n:
            c = 2 * i + 1
            if c + 1 < n and a[c + 1] > a[c]:
                c += 1
            if a[i] >= a[c]:
                return
            a[i], a[c] = a[c], a[i]
            i = c
    for i in range(n // 2 - 1, -1, -1):
        sift(a, i, n)
    for e in range(n - 1, 0, -1):
        a[0], a[e] = a[e], a[0]
        sift(a, 0, e)
    return a


@njit
def radix(a):
    out = a.copy()
    tmp = np.empty_like(a)
    for shift in range(0, 32, 8):
        cnt = np.zeros(257, np.int64)
        for v in out:
            cnt[((v >> shift) & 255) + 1] += 1
        cnt = np.cumsum(cnt)
        for v in out:
            d = (v >> shift) & 255
            tmp[cnt[d]] = v
            cnt[d] += 1
        out, tmp = tmp, out
    return out


@njit
def quickselect(a, k):
    a = a.copy()
    lo, hi = 0, a.shape[0] - 1
    while lo < hi:
        p, s = a[hi], lo
        for i in range(lo, hi):
            if a[i] < p:
                a[s], a[i] = a[i], a[s]
                s += 1
        a[s], a[hi] = a[hi], a[s]
        if s == k: break
        elif s < k: lo = s + 1
        else: hi = s - 1
    return a[k]


@njit
def queens(n, row, cols, d1, d2):
    if row == n:
        return 1
    c = 0
    avail = ((1 << n) - 1) & ~(cols | d1 | d2)
    while avail:
        bit = avail & -avail
        avail ^= bit
        c += queens(n, row + 1, cols | bit, (d1 | bit) << 1, (d2 | bit) >> 1)
    return c


@njit
def huffman(freq):
    n = freq.size
    w = np.zeros(2 * n - 1, dtype=np.int64)
    w[:n] = freq
    parent = np.full(2 * n - 1, -1)
    used = np.zeros(2 * n - 1, dtype=bool)
    for k in range(n, 2 * n - 1):
        a = b = -1
        for i in range(k):
            if used[i]: continue
            if a < 0 or w[i] < w[a]:
                a, b = i, a
            elif b < 0 or w[i] < w[b]:
                b = i
        used[a] = used[b] = True
        parent[a] = parent[b] = k
        w[k] = w[a] + w[b]
    depth = np.zeros(n, np.uint8)
    for i in range(n):
        j = i
        while parent[j] >= 0:
            j = parent[j]
            depth[i] += 1
    return depth


@njit
def b64(data):
    table = np.empty(64, np.uint8)
    for i in range(26):
        table[i], table[26 + i] = 65 + i, 97 + i
    for i in range(10):
        table[52 + i] = 48 + i
    table[62], table[63] = 43, 47
    out = np.full((len(data) + 2) // 3 * 4, np.uint8(61))
    for i in range(0, len(data), 3):
        n = min(3, len(data) - i)
        v = 0
        for k in range(3):
            v = v << 8 | (np.int64(data[i + k]) if k < n else 0)
        for k in range(n + 1):
            out[i // 3 * 4 + k] = table[(v >> (18 - 6 * k)) & 63]
    return out


@njit
def kmp(text, pat):
    fail = np.zeros(len(pat), np.int64)
    k = 0
    for i in range(1, len(pat)):
        while k > 0 and pat[k] != pat[i]:
            k = fail[k - 1]
        if pat[k] == pat[i]:
            k += 1
        fail[i] = k
    hits = np.empty(len(text), np.int64)
    n = k = 0
    for i in range(len(text)):
        while k > 0 and pat[k] != text[i]:
            k = fail[k - 1]
        if pat[k] == text[i]:
            k += 1
        if k == len(pat):
            hits[n] = i - k + 1
            n += 1
            k = fail[k - 1]
    return hits[:n]


def show(name, *results):
    """Rounded: the last places may differ."""
    print(name, *[np.round(np.asarray(result, dtype=np.float64), 6).tolist() for result in results])


random = np.random.default_rng(0)
data = random.integers(0, 256, 64, dtype=np.uint8)
np.seterr(over="ignore")
print(int(fnv1a(data)), [int(splitmix(np.uint64(i))) for i in range(3)])
state = np.array([88172645463325252], dtype=np.uint64)
print(xorshift(state, 5), state, pcg_run(5), xoshiro_d(5))
print(crc_table()[:5], *lfsr(12, 0xACE1), vpop(state), morton(123, 456))
print([int(n) for n in range(200) if miller(n)], int(sieve_seg(3000)), collatz(300), gcd(84, 36))
numbers = random.permutation(50)
print(mergesort(numbers), heapsort(numbers.copy()), radix(numbers), quickselect(numbers, 20))
print(queens(6, 0, 0, 0, 0), huffman(random.integers(1, 100, 10)), bytes(b64(data[:10])), kmp(data % 2, np.array([0, 1], dtype=np.uint8)))
