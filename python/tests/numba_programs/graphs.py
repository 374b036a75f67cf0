"""Graphs as arrays of neighbours: breadth first, shortest paths with a heap, ranks, spanning trees, tours."""

import numpy as np
from numba import njit


@njit
def bfs(indptr, indices, src):
    n = len(indptr) - 1
    dist = np.full(n, -1, dtype=np.int32)
    queue = np.empty(n, dtype=indices.dtype)
    head, tail = 0, 1
    queue[0] = src
    dist[src] = 0
    while head < tail:
        u = queue[head]
        head += 1
        for v in indices[indptr[u]:indptr[u + 1]]:
            if dist[v] < 0:
                dist[v] = dist[u] + 1
                queue[tail] = v
                tail += 1
    return dist, tail


@njit
def heap_push(keys, vals, n, k, v):
    i = n
    keys[i], vals[i] = k, v
    while i > 0:
        p = (i - 1) >> 1
        if keys[p] <= keys[i]:
            break
        keys[p], keys[i] = keys[i], keys[p]
        vals[p], vals[i] = vals[i], vals[p]
        i = p
    return n + 1


@njit
def heap_pop(keys, vals, n):
    k, v = keys[0], vals[0]
    n -= 1
    keys[0], vals[0] = keys[n], vals[n]
    i = 0
    while True:
        l = 2 * i + 1
        if l >= n:
            break
        c = l + 1 if l + 1 < n and keys[l + 1] < keys[l] else l
        if keys[i] <= keys[c]:
            break
        keys[i], keys[c] = keys[c], keys[i]
        vals[i], vals[c] = vals[c], vals[i]
        i = c
    return k, v, n


@njit
def dijkstra(indptr, indices, w, src):
    n = indptr.size - 1
    dist = np.full(n, np.inf)
    prev = -np.ones(n, dtype=np.int64)
    done = np.zeros(n, dtype=np.bool_)
    keys, vals = np.empty(len(indices) + 1), np.empty(len(indices) + 1, np.int64)
    m = heap_push(keys, vals, 0, 0.0, src)
    dist[src] = 0
    while m > 0:
        d, u, m = heap_pop(keys, vals, m)
        if done[u]:
            continue
        done[u] = True
        for e in range(indptr[u], indptr[u + 1]):
            v = indices[e]
            alt = d + w[e]
            if alt < dist[v]:
                dist[v] = alt
                prev[v] = u
                m = heap_push(keys, vals, m, alt, v)
    return dist, prev


@njit
def pagerank(indptr, indices, d=0.85, tol=1e-10):
    n = indptr.shape[0] - 1
    pr = np.ones(n) / n
    outdeg = indptr[1:] - indptr[:-1]
    err, it = 1.0, 0
    while err > tol:
        new = np.full_like(pr, (1 - d) / n)
        dangling = 0.0
        for u in range(n):
            if outdeg[u] == 0:
                dangling += pr[u]
                continue
            share = d * pr[u] / outdeg[u]
            for k in range(indptr[u], indptr[u + 1]):
                new[indices[k]] += share
        new += d * dangling / n
        err = np.abs(new - pr).sum()
        pr = new
        it += 1
    return pr, it


@njit
def kruskal(n, u, v, w):
    order = np.argsort(w)
    parent = np.arange(n)
    rank = np.zeros(n, np.int32)
    total, cnt = 0.0, 0
    chosen = np.zeros(len(w), dtype=np.bool_)
    for e in order:
        a, b = u[e], v[e]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a == b:
            continue
        if rank[a] < rank[b]:
            a, b = b, a
        parent[b] = a
        rank[a] += rank[a] == rank[b]
        total += w[e]
        chosen[e] = True
        cnt += 1
        if cnt == n - 1:
            break
    return total, chosen


@njit
def csr_matvec(data, indices, indptr, x):
    y = np.zeros(len(indptr) - 1, dtype=x.dtype)
    for i in range(y.shape[0]):
        acc = 0.0
        for jj in range(indptr[i], indptr[i + 1]):
            acc += data[jj] * x[indices[jj]]
        y[i] = acc
    return y


@njit
def topo(indptr, indices):
    n = len(indptr) - 1
    indeg = np.bincount(indices, minlength=n)
    order = np.empty(n, np.int64)
    k = 0
    stack = np.flatnonzero(indeg == 0)
    buf = np.zeros(n, np.int64)
    top = len(stack)
    buf[:top] = stack
    while top > 0:
        top -= 1
        u = buf[top]
        order[k] = u
        k += 1
        for v in indices[indptr[u]:indptr[u + 1]]:
            indeg[v] -= 1
            if indeg[v] == 0:
                buf[top] = v
                top += 1
    assert k == n, "cycle"
    return order


@njit
def floyd(W):
    n = len(W)
    D = W.copy()
    nxt = np.where(np.isfinite(W), np.arange(n), -1)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if D[i, k] + D[k, j] < D[i, j]:
                    D[i, j] = D[i, k] + D[k, j]
                    nxt[i, j] = nxt[i, k]
    return D, nxt


@njit
def tsp_2opt(D, tour):
    n = len(tour)
    improved = True
    rounds = 0
    while improved:
        improved = False
        rounds += 1
        for i in range(1, n - 1):
            for j in range(i + 1, n):
                a, b, c, d = tour[i - 1], tour[i], tour[j], tour[(j + 1) % n]
                if D[a, b] + D[c, d] > D[a, c] + D[b, d] + 1e-12:
                    tour[i:j + 1] = tour[i:j + 1][::-1].copy()
                    improved = True
    length = 0.0
    for i in range(n):
        length += D[tour[i], tour[i - n + 1]]
    return tour, length, rounds


@njit
def anneal(D, seed, iters):
    np.random.seed(seed)
    n = D.shape[0]
    t = np.arange(n)
    np.random.shuffle(t)
    T = 1.0
    cur = sum([D[t[i], t[(i + 1) % n]] for i in range(n)])
    best = cur
    for k in range(iters):
        i, j = np.random.randint(0, n), np.random.randint(n)
        t[i], t[j] = t[j], t[i]
        new = 0.
        for q in range(n):
            new += D[t[q], t[(q + 1) % n]]
        if new < cur or np.random.random() < np.exp((cur - new) / T):
            cur = new
            best = min(best, cur)
        else:
            t[i], t[j] = t[j], t[i]
        T *= .999
    return best, t


def show(name, *results):
    """Rounded: the last places may differ."""
    print(name, *[np.round(np.asarray(result, dtype=np.float64), 6).tolist() for result in results])


random = np.random.default_rng(0)
starts = np.concatenate(([0], np.cumsum(random.integers(0, 6, 40))))
ends = random.integers(0, 40, starts[-1])
weights = random.random(len(ends))
show("bfs", *bfs(starts, ends.astype(np.int32), 3))
show("dijkstra", *dijkstra(starts, ends, weights, 3))
show("pagerank", *pagerank(starts, ends))
show("kruskal", *kruskal(20, random.integers(0, 20, 80), random.integers(0, 20, 80), random.random(80)))
show("product", csr_matvec(weights, ends, starts, random.random(40)))
show("order", topo(np.array([0, 2, 3, 4, 4]), np.array([1, 2, 3, 3])))
try:
    topo(np.array([0, 1, 2]), np.array([1, 0]))
except AssertionError as error:
    print("refused", error)
places = random.random((12, 2))
distances = np.sqrt(((places[:, None] - places) ** 2).sum(-1))
show("tours", *tsp_2opt(distances, np.arange(12)), *anneal(distances, 1, 100))
show("floyd", *floyd(np.where(distances < 0.4, distances, np.inf)))
