"""Search and dynamic programming on arrays: boards, knapsacks, sequences, structures of records and classes."""

import math

import numpy as np
from numba import float64, int64, njit
from numba.experimental import jitclass

MOVES = np.array([(1, 2), (2, 1), (2, -1), (1, -2), (-1, -2), (-2, -1), (-2, 1), (-1, 2)])
MATCH, MISMATCH, GAP = 2, -1, -2


@njit
def sudoku_ok(b, r, c, v):
    for i in range(9):
        if b[r, i] == v or b[i, c] == v:
            return False
    r0, c0 = r - r % 3, c - c % 3
    return not (b[r0:r0 + 3, c0:c0 + 3] == v).any()


@njit
def sudoku(b):
    for r in range(9):
        for c in range(9):
            if b[r, c] == 0:
                for v in range(1, 10):
                    if sudoku_ok(b, r, c, v):
                        b[r, c] = v
                        if sudoku(b):
                            return True
                        b[r, c] = 0
                return False
    return True


@njit
def queens_arr(n):
    pos = np.full(n, -1)
    row = count = 0
    while row >= 0:
        pos[row] += 1
        if pos[row] >= n:
            pos[row] = -1
            row -= 1
            continue
        ok = True
        for r in range(row):
            if pos[r] == pos[row] or abs(pos[r] - pos[row]) == row - r:
                ok = False
                break
        if not ok:
            continue
        if row == n - 1:
            count += 1
        else:
            row += 1
    return count


@njit
def knights(n):
    board = -np.ones((n, n), dtype=np.int16)
    x = y = 0
    board[0, 0] = 0
    for step in range(1, n * n):
        best, bx, by = 9, -1, -1
        for dx, dy in MOVES:
            nx, ny = x + dx, y + dy
            if 0 <= nx < n and 0 <= ny < n and board[nx, ny] < 0:
                deg = 0
                for k in range(8):
                    mx, my = nx + MOVES[k, 0], ny + MOVES[k][1]
                    if 0 <= mx < n and 0 <= my < n and board[mx, my] == -1:
                        deg += 1
                if deg < best:
                    best, bx, by = deg, nx, ny
        if bx < 0:
            return board, step
        x, y = bx, by
        board[x, y] = step
    return board, n * n


@njit
def hanoi(n, a, b, c, log, k):
    if n == 0:
        return k
    k = hanoi(n - 1, a, c, b, log, k)
    log[k] = a * 10 + c
    return hanoi(n - 1, b, a, c, log, k + 1)


@njit
def knapsack(w, v, cap):
    dp = np.zeros((len(w) + 1, cap + 1), dtype=np.int64)
    for i in range(1, len(w) + 1):
        for c in range(cap + 1):
            dp[i, c] = dp[i - 1, c]
            if w[i - 1] <= c:
                dp[i, c] = max(dp[i, c], dp[i - 1, c - w[i - 1]] + v[i - 1])
    take = np.zeros(len(w), np.bool_)
    c = cap
    for i in range(len(w), 0, -1):
        if dp[i, c] != dp[i - 1, c]:
            take[i - 1] = True
            c -= w[i - 1]
    return dp[-1, -1], take


@njit
def matrix_chain(p):
    n = len(p) - 1
    m = np.zeros((n, n), np.int64)
    s = np.zeros((n, n), np.int64)
    for L in range(2, n + 1):
        for i in range(n - L + 1):
            j = i + L - 1
            m[i, j] = np.iinfo(np.int64).max
            for k in range(i, j):
                q = m[i, k] + m[k + 1, j] + p[i] * p[k + 1] * p[j + 1]
                if q < m[i, j]:
                    m[i, j], s[i, j] = q, k
    return m[0, n - 1], s


@njit
def edit(a, b):
    prev = np.arange(b.size + 1)
    cur = np.empty_like(prev)
    for i in range(1, a.size + 1):
        cur[0] = i
        for j in range(1, b.size + 1):
            cur[j] = min(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + (a[i - 1] != b[j - 1]))
        prev, cur = cur, prev
    return prev[-1]


@njit
def coins(cs, target):
    ways = np.zeros(target + 1, np.uint64)
    ways[0] = 1
    for c in cs:
        for t in range(c, target + 1):
            ways[t] += ways[t - c]
    return ways[target]


@njit
def lis(a):
    tails = np.empty_like(a)
    n = 0
    for x in a:
        k = np.searchsorted(tails[:n], x)
        tails[k] = x
        n = max(n, k + 1)
    return n, tails[:n]


@njit
def kadane(a):
    best = cur = a[0]
    s = bs = be = 0
    for i in range(1, len(a)):
        if cur < 0:
            cur, s = a[i], i
        else:
            cur += a[i]
        if cur > best:
            best, bs, be = cur, s, i
    return best, bs, be


@njit
def smith_waterman(a, b):
    H = np.zeros((a.size + 1, b.size + 1), np.int32)
    best, bi, bj = 0, 0, 0
    for i in range(1, a.size + 1):
        for j in range(1, b.size + 1):
            m = H[i - 1, j - 1] + (MATCH if a[i - 1] == b[j - 1] else MISMATCH)
            H[i, j] = max(0, m, H[i - 1, j] + GAP, H[i, j - 1] + GAP)
            if H[i, j] > best:
                best, bi, bj = H[i, j], i, j
    n = 0
    while H[bi, bj] > 0:
        if H[bi, bj] == H[bi - 1, bj - 1] + (MATCH if a[bi - 1] == b[bj - 1] else MISMATCH):
            bi, bj = bi - 1, bj - 1
        elif H[bi, bj] == H[bi - 1, bj] + GAP:
            bi -= 1
        else:
            bj -= 1
        n += 1
    return best, n, H


@njit
def rle(a):
    vals = np.empty_like(a)
    lens = np.empty(len(a), dtype=np.intp)
    n = 0
    i = 0
    while i < len(a):
        j = i
        while j < len(a) and a[j] == a[i]:
            j += 1
        vals[n], lens[n] = a[i], j - i
        n += 1
        i = j
    return vals[:n], lens[:n], np.repeat(vals[:n], lens[:n])


@jitclass([("data", float64[:]), ("top", int64)])
class Stack:
    def __init__(self, cap):
        self.data = np.empty(cap, np.float64)
        self.top = 0
    def push(self, v):
        if self.top == self.data.size:
            new = np.empty(self.data.size * 2, np.float64)
            new[:self.top] = self.data
            self.data = new
        self.data[self.top] = v
        self.top += 1
    def pop(self):
        if self.top == 0:
            raise IndexError("empty")
        self.top -= 1
        return self.data[self.top]
    def __len__(self):
        return self.top


@njit
def rpn(n):
    s = Stack(2)
    for i in range(n):
        s.push(i * 1.5)
    t = 0.0
    while len(s) > 1:
        a, b = s.pop(), s.pop()
        s.push(a + b)
        t += a
    return s.pop(), t


@jitclass
class Ring:
    buf: float64[:]
    head: int
    count: int
    total: float
    def __init__(self, n):
        self.buf = np.zeros(n)
        self.head = 0
        self.count = 0
        self.total = 0.0
    def append(self, x):
        n = self.buf.shape[0]
        if self.count == n:
            self.total -= self.buf[self.head]
        else:
            self.count += 1
        self.buf[self.head] = x
        self.total += x
        self.head = (self.head + 1) % n
    @property
    def mean(self):
        return self.total / self.count if self.count else 0.0


@njit
def ring_means(x, n):
    r = Ring(n)
    out = np.empty_like(x)
    for i, v in enumerate(x):
        r.append(v)
        out[i] = r.mean
    return out


@njit
def maybe(x):
    if x > 0:
        return x
    return None


@njit
def use_maybe(a):
    s = 0.0
    for v in a:
        r = maybe(v)
        if r is not None:
            s += r
    return s


@njit
def days_from_civil(y, m, d):
    y -= m <= 2
    era = (y if y >= 0 else y - 399) // 400
    yoe = y - era * 400
    doy = (153 * (m + (-3 if m > 2 else 9)) + 2) // 5 + d - 1
    doe = yoe * 365 + yoe // 4 - yoe // 100 + doy
    return era * 146097 + doe - 719468


def show(name, *results):
    """Rounded: the last places may differ."""
    print(name, *[np.round(np.asarray(result, dtype=np.float64), 6).tolist() for result in results])


random = np.random.default_rng(0)
board = np.array([[5, 3, 0, 0, 7, 0, 0, 0, 0], [6, 0, 0, 1, 9, 5, 0, 0, 0], [0, 9, 8, 0, 0, 0, 0, 6, 0], [8, 0, 0, 0, 6, 0, 0, 0, 3], [4, 0, 0, 8, 0, 3, 0, 0, 1],
                  [7, 0, 0, 0, 2, 0, 0, 0, 6], [0, 6, 0, 0, 0, 0, 2, 8, 0], [0, 0, 0, 4, 1, 9, 0, 0, 5], [0, 0, 0, 0, 8, 0, 0, 7, 9]])
show("sudoku", sudoku(board), board)
moves = np.zeros(31, dtype=np.int64)
show("boards", queens_arr(6), *knights(6), hanoi(5, 1, 2, 3, moves, 0), moves)
weights = random.integers(1, 20, 12)
show("knapsack", *knapsack(weights, random.integers(1, 50, 12), 40), *matrix_chain(weights), coins(np.array([1, 2, 5, 10]), 100))
one, other = random.integers(0, 4, 20).astype(np.uint8), random.integers(0, 4, 26).astype(np.uint8)
show("sequences", edit(one, other), *lis(random.permutation(30)), kadane(random.normal(size=30)), *smith_waterman(one, other), *rle(np.sort(one)))
show("structures", rpn(12), ring_means(random.random(20), 7), use_maybe(random.normal(size=12)), days_from_civil(2024, 2, 29))
