"""Fields on grids: heat, waves, reactions, a fluid by lattice Boltzmann, cellular automata, a percolating lattice."""

import numpy as np
from numba import int64, njit, prange
from numba.experimental import jitclass


@njit(parallel=True)
def heat2d(u, alpha, steps):
    nx, ny = u.shape
    v = u.copy()
    for s in range(steps):
        for i in prange(1, nx - 1):
            for j in range(1, ny - 1):
                v[i, j] = u[i, j] + alpha * (u[i + 1, j] + u[i - 1, j] + u[i, j + 1] + u[i, j - 1] - 4 * u[i, j])
        u, v = v, u
    return u


@njit
def heat_slices(u, alpha, steps):
    for _ in range(steps):
        u[1:-1, 1:-1] += alpha * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1])
        u[0, :] = u[1, :]
        u[:, -1] = 0.
    return u


@njit(parallel=True)
def wave3d(u, uprev, c2, steps):
    n = u.shape[0]
    for s in range(steps):
        unew = np.zeros_like(u)
        for i in prange(1, n - 1):
            for j in range(1, n - 1):
                for k in range(1, n - 1):
                    lap = (u[i - 1, j, k] + u[i + 1, j, k] + u[i, j - 1, k] + u[i, j + 1, k] + u[i, j, k - 1] + u[i, j, k + 1] - 6.0 * u[i, j, k])
                    unew[i, j, k] = 2 * u[i, j, k] - uprev[i, j, k] + c2 * lap
        uprev = u
        u = unew
    return u


@njit(parallel=True)
def gray_scott(U, V, Du, Dv, F, k, steps):
    n = U.shape[0]
    for _ in range(steps):
        Un, Vn = U.copy(), V.copy()
        for i in prange(n):
            for j in range(n):
                ip, im, jp, jm = (i + 1) % n, (i - 1) % n, (j + 1) % n, (j - 1) % n
                lu = U[ip, j] + U[im, j] + U[i, jp] + U[i, jm] - 4 * U[i, j]
                lv = V[ip, j] + V[im, j] + V[i, jp] + V[i, jm] - 4 * V[i, j]
                uvv = U[i, j] * V[i, j] ** 2
                Un[i, j] += Du * lu - uvv + F * (1 - U[i, j])
                Vn[i, j] += Dv * lv + uvv - (F + k) * V[i, j]
        U[:], V[:] = Un, Vn
    return U, V


@njit
def lbm(nx, ny, steps):
    cx = np.array([0, 1, 0, -1, 0, 1, -1, -1, 1])
    cy = np.array([0, 0, 1, 0, -1, 1, 1, -1, -1])
    w = np.array([4 / 9] + [1 / 9] * 4 + [1 / 36] * 4)
    opp = np.array([0, 3, 4, 1, 2, 7, 8, 5, 6])
    omega = 1.2
    f = np.ones((9, nx, ny)) * w.reshape(9, 1, 1)
    solid = np.zeros((nx, ny), dtype=np.bool_)
    for x in range(nx):
        for y in range(ny):
            solid[x, y] = (x - nx / 4) ** 2 + (y - ny / 2) ** 2 < (ny / 9) ** 2
    for s in range(steps):
        rho = f.sum(axis=0)
        ux = np.zeros((nx, ny)); uy = np.zeros((nx, ny))
        for i in range(9):
            ux += cx[i] * f[i]
            uy += cy[i] * f[i]
        ux = ux / rho + 0.01
        uy /= rho
        usq = 1.5 * (ux ** 2 + uy ** 2)
        fout = np.empty_like(f)
        for i in range(9):
            cu = 3 * (cx[i] * ux + cy[i] * uy)
            feq = w[i] * rho * (1 + cu + 0.5 * cu ** 2 - usq)
            fout[i] = f[i] - omega * (f[i] - feq)
        for i in range(9):
            for x in range(nx):
                for y in range(ny):
                    if solid[x, y]:
                        fout[i, x, y] = f[opp[i], x, y]
        for i in range(9):
            for x in range(nx):
                for y in range(ny):
                    f[i, (x + cx[i]) % nx, (y + cy[i]) % ny] = fout[i, x, y]
    return f, rho


@njit
def life(g, steps):
    n, m = g.shape
    for _ in range(steps):
        new = np.zeros_like(g)
        for i in range(n):
            for j in range(m):
                s = 0
                for di in (-1, 0, 1):
                    for dj in (-1, 0, 1):
                        if di or dj:
                            s += g[(i + di) % n, (j + dj) % m]
                new[i, j] = 1 if s == 3 or (s == 2 and g[i, j]) else 0
        g = new
    return g


@njit
def life_slices(Z):
    N = (Z[0:-2, 0:-2] + Z[0:-2, 1:-1] + Z[0:-2, 2:] + Z[1:-1, 0:-2] + Z[1:-1, 2:] + Z[2:, 0:-2] + Z[2:, 1:-1] + Z[2:, 2:])
    birth = (N == 3) & (Z[1:-1, 1:-1] == 0)
    survive = ((N == 2) | (N == 3)) & (Z[1:-1, 1:-1] == 1)
    Z[...] = 0
    Z[1:-1, 1:-1] = np.where(birth | survive, 1, 0)
    return Z, birth.sum()


@njit
def rule(n, steps, num):
    tab = np.array([(num >> i) & 1 for i in range(8)], dtype=np.uint8)
    out = np.zeros((steps, n), np.uint8)
    out[0, n // 2] = 1
    for t in range(1, steps):
        for i in range(n):
            out[t, i] = tab[4 * out[t - 1, i - 1] + 2 * out[t - 1, i] + out[t - 1, (i + 1) % n]]
    return out


@jitclass({"n": int64, "p": int64[:], "sz": int64[:]})
class DSU:
    def __init__(self, n):
        self.n = n
        self.p = np.arange(n)
        self.sz = np.ones(n, dtype=np.int64)
    def find(self, x):
        while self.p[x] != x:
            self.p[x] = self.p[self.p[x]]
            x = self.p[x]
        return x
    def union(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        if self.sz[a] < self.sz[b]:
            a, b = b, a
        self.p[b] = a
        self.sz[a] += self.sz[b]
        self.n -= 1
        return True


@njit
def percolate(n, seed):
    np.random.seed(seed)
    d = DSU(n * n + 2)
    opened = np.zeros((n, n), np.bool_)
    order = np.random.permutation(n * n)
    for k in range(n * n):
        i, j = order[k] // n, order[k] % n
        opened[i, j] = True
        if i == 0: d.union(order[k], n * n)
        if i == n - 1: d.union(order[k], n * n + 1)
        for di, dj in [(0, 1), (1, 0), (0, -1), (-1, 0)]:
            y, x = i + di, j + dj
            if 0 <= y < n and 0 <= x < n and opened[y, x]:
                d.union(order[k], y * n + x)
        if d.find(n * n) == d.find(n * n + 1):
            return (k + 1) / (n * n)
    return 1.0


@njit
def flip(spins, warmth):
    rows, columns = spins.shape
    for y in range(rows):
        for x in range(columns):
            near = spins[y - 1, x] + spins[(y + 1) % rows, x] + spins[y, x - 1] + spins[y, (x + 1) % columns]
            cost = 2 * spins[y, x] * near
            if cost <= 0 or np.random.random() < np.exp(-cost / warmth):
                spins[y, x] = -spins[y, x]


@njit
def magnets(n, steps, warmth):
    np.random.seed(1)
    spins = np.where(np.random.rand(n, n) < 0.5, 1, -1).astype(np.int8)
    sums = np.empty(steps, dtype=np.float32)
    for t in range(steps):
        flip(spins, warmth)
        sums[t] = abs(spins.sum()) / spins.size
    return spins, sums


def show(name, *results):
    """Rounded: the last places may differ."""
    print(name, *[np.round(np.asarray(result, dtype=np.float64), 6).tolist() for result in results])


random = np.random.default_rng(0)
field = random.random((10, 12))
show("heat", heat2d(field.copy(), 0.1, 5), heat_slices(field.copy(), 0.1, 5))
show("waves", wave3d(random.random((6, 6, 6)), random.random((6, 6, 6)), 0.1, 4))
show("reaction", *gray_scott(np.ones((8, 8)), random.random((8, 8)), 0.16, 0.08, 0.035, 0.065, 5))
show("fluid", *lbm(12, 8, 3))
cells = random.integers(0, 2, (8, 10))
show("life", life(cells, 3), *life_slices(cells.copy()))
show("rule", rule(17, 8, 30))
show("percolation", percolate(8, 3))
show("magnets", *magnets(8, 4, 2.5))
