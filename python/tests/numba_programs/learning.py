"""Models fitted to data: clusters, mixtures, hidden states, principal components, regressions, a network; and chains of samples."""

import math

import numpy as np
from numba import njit, prange


@njit
def power_pca(X, k, iters):
    X = X - X.sum(axis=0) / X.shape[0]
    C = X.T @ X / (len(X) - 1)
    comps = np.empty((k, X.shape[1]))
    vals = np.empty(k)
    for c in range(k):
        v = np.ones(X.shape[1])
        v /= np.sqrt((v * v).sum())
        for _ in range(iters):
            v = C @ v
            v = v / np.linalg.norm(v)
        vals[c] = v @ C @ v
        comps[c, :] = v
        C = C - vals[c] * np.outer(v, v)
    return vals, comps, X @ comps.T


@njit(parallel=True)
def kde(X, pts, h):
    out = np.empty(pts.shape)
    norm = 1 / (h * math.sqrt(2 * np.pi) * X.size)
    for i in prange(pts.size):
        out[i] = np.exp(-0.5 * ((pts[i] - X) / h) ** 2).sum() * norm
    return out


@njit
def clusters(points, centres, steps):
    labels = np.zeros(len(points), dtype=np.int64)
    for _ in range(steps):
        for i, point in enumerate(points):
            labels[i] = np.argmin(np.array([((point - centre) ** 2).sum() for centre in centres]))
        for k in range(len(centres)):
            if np.any(labels == k):
                centres[k] = np.array([points[labels == k, axis].mean() for axis in range(points.shape[1])])
    return centres, labels


@njit
def gmm_em(x, mu, sigma, pi, iters):
    n, k = x.shape[0], mu.shape[0]
    resp = np.zeros((n, k))
    ll = 0.0
    for it in range(iters):
        for j in range(k):
            resp[:, j] = pi[j] * np.exp(-0.5 * ((x - mu[j]) / sigma[j]) ** 2) / (sigma[j] * np.sqrt(2 * np.pi))
        tot = resp.sum(axis=1)
        ll = np.log(tot).sum()
        resp /= tot.reshape(-1, 1)
        Nk = np.sum(resp, 0)
        mu = (resp * x[:, None]).sum(axis=0) / Nk
        sigma = np.sqrt((resp * (x[:, np.newaxis] - mu) ** 2).sum(0) / Nk)
        pi = Nk / n
    return mu, sigma, pi, ll


@njit
def viterbi(obs, A, B, pi):
    N, T = A.shape[0], obs.shape[0]
    delta = np.full((T, N), -np.inf)
    psi = np.zeros((T, N), dtype=np.int32)
    delta[0] = np.log(pi) + np.log(B[:, obs[0]])
    for t in range(1, T):
        for j in range(N):
            cand = delta[t - 1] + np.log(A[:, j])
            k = np.argmax(cand)
            psi[t, j] = k
            delta[t, j] = cand[k] + np.log(B[j, obs[t]])
    path = np.empty(T, np.int32)
    path[T - 1] = delta[T - 1].argmax()
    for t in range(T - 2, -1, -1):
        path[t] = psi[t + 1, path[t + 1]]
    return path, delta[-1].max()


@njit
def forward_backward(obs, A, B, pi):
    T, N = len(obs), len(pi)
    alpha, beta, c = np.zeros((T, N)), np.ones((T, N)), np.zeros(T)
    alpha[0] = pi * B[:, obs[0]]
    c[0] = alpha[0].sum()
    alpha[0] /= c[0]
    for t in range(1, T):
        alpha[t] = (alpha[t - 1] @ A) * B[:, obs[t]]
        c[t] = alpha[t].sum()
        alpha[t] /= c[t]
    for t in range(T - 2, -1, -1):
        beta[t] = A @ (B[:, obs[t + 1]] * beta[t + 1]) / c[t + 1]
    g = alpha * beta
    g /= g.sum(axis=1)[:, np.newaxis]
    return g, np.log(c).sum()


@njit
def metropolis(n, x0, step, seed):
    np.random.seed(seed)
    def logp(x):
        return -0.5 * (x[0] ** 2 + (x[1] - x[0] ** 2) ** 2)
    chain = np.empty((n, x0.size))
    x = x0.copy()
    lp = logp(x)
    acc = 0
    for i in range(n):
        prop = x + step * np.random.randn(x.size)
        lq = logp(prop)
        if np.log(np.random.rand()) < lq - lp:
            x, lp = prop, lq
            acc += 1
        chain[i] = x
    return chain, acc / n


@njit
def gibbs(N, thin):
    np.random.seed(0)
    x = y = 0
    out = np.zeros((N, 2))
    for i in range(N):
        for j in range(thin):
            x = np.random.gamma(3, 1.0 / (y * y + 4))
            y = np.random.normal(1.0 / (x + 1), 1.0 / math.sqrt(2 * (x + 1)))
        out[i] = x, y
    return out


@njit
def welford(x):
    n, mean, M2 = 0, 0.0, 0.0
    mn, mx = np.inf, -np.inf
    for v in x:
        n += 1
        d = v - mean
        mean += d / n
        M2 += d * (v - mean)
        mn = min(mn, v)
        mx = max(mx, v)
    if n < 2:
        return mean, np.nan, mn, mx
    return mean, M2 / (n - 1), mn, mx


@njit
def linreg(x, y):
    X = np.column_stack((np.ones(len(x)), x))
    beta = np.linalg.solve(X.T @ X, X.T @ y)
    res = y - X @ beta
    r2 = 1 - np.sum(res ** 2) / np.sum((y - y.mean()) ** 2)
    b2 = np.linalg.lstsq(X, y)[0]
    return beta, r2, b2


@njit
def polyfit(x, y, deg):
    V = np.zeros((len(x), deg + 1))
    for i in range(deg + 1):
        V[:, i] = x ** i
    return np.linalg.solve(V.T @ V, V.T @ y)[::-1]


@njit
def logistic(X, y, lr, n):
    w = np.zeros(X.shape[1])
    b = 0.
    m = X.shape[0]
    for _ in range(n):
        z = X.dot(w) + b
        p = 1 / (1 + np.exp(-z))
        dw = X.T.dot(p - y) / m
        db = np.mean(p - y)
        w = w - lr * dw
        b -= lr * db
    return w, b, ((p > 0.5) == y).mean()


@njit
def relu(x):
    return np.maximum(0, x)


@njit
def softmax(z):
    out = np.empty_like(z)
    for i in range(z.shape[0]):
        e = np.exp(z[i] - z[i].max())
        out[i] = e / e.sum()
    return out


@njit
def mlp(X, Y, W1, b1, W2, b2, lr, epochs):
    losses = np.zeros(epochs)
    for e in range(epochs):
        h = relu(X @ W1 + b1)
        p = softmax(h @ W2 + b2)
        losses[e] = -np.sum(Y * np.log(p + 1e-12)) / len(X)
        d2 = (p - Y) / X.shape[0]
        dW2 = h.T @ d2
        db2 = d2.sum(0)
        d1 = (d2 @ W2.T) * (h > 0)
        W1 -= lr * (X.T @ d1)
        b1 -= lr * d1.sum(axis=0)
        W2 -= lr * dW2
        b2 -= lr * db2
    return losses, np.argmax(p, axis=1)


@njit
def cg(A, b, x0=None, tol=1e-10, maxiter=1000):
    n = b.shape[0]
    if x0 is None:
        x = np.zeros(n)
    else:
        x = x0.copy()
    r = b - A @ x
    p = r.copy()
    rs = np.dot(r, r)
    it = 0
    while it < maxiter:
        Ap = A.dot(p)
        alpha = rs / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        rsn = np.dot(r, r)
        if np.sqrt(rsn) < tol:
            break
        p = r + (rsn / rs) * p
        rs = rsn
        it += 1
    return x, it, np.linalg.norm(b - A @ x) < 1e-8


@njit
def householder_qr(A):
    m, n = A.shape
    Q = np.eye(m)
    R = A.copy()
    for k in range(min(m - 1, n)):
        x = R[k:, k]
        e = np.zeros_like(x)
        e[0] = math.copysign(np.linalg.norm(x), -A[k, k])
        u = x - e
        nu = np.linalg.norm(u)
        if nu == 0.0:
            continue
        v = u / nu
        R[k:, k:] -= 2.0 * np.outer(v, v @ R[k:, k:])
        Q[k:] -= 2.0 * np.outer(v, np.dot(v, Q[k:]))
    return Q.T, np.triu(R)


@njit
def lu_inplace(A):
    n = A.shape[0]
    piv = np.arange(n)
    sign = 1
    for k in range(n):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            A[k], A[p] = A[p].copy(), A[k].copy()
            piv[k], piv[p] = piv[p], piv[k]
            sign = -sign
        A[k + 1:, k] /= A[k, k]
        A[k + 1:, k + 1:] -= np.outer(A[k + 1:, k], A[k, k + 1:])
    return piv, sign


@njit
def lu_solve(A, b):
    LU = A.copy()
    piv, s = lu_inplace(LU)
    x = b[piv]
    n = len(b)
    for i in range(n):
        x[i] -= LU[i, :i] @ x[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (x[i] - np.dot(LU[i, i + 1:], x[i + 1:])) / LU[i, i]
    return x, s * np.prod(np.diag(LU))


@njit
def sor(A, b, omega, tol, maxit):
    x = np.zeros_like(b)
    for it in range(1, maxit + 1):
        err = 0.0
        for i in range(len(b)):
            sigma = 0.0
            for j in range(len(b)):
                if j != i:
                    sigma += A[i, j] * x[j]
            new = (1 - omega) * x[i] + omega / A[i, i] * (b[i] - sigma)
            err = max(err, abs(new - x[i]))
            x[i] = new
        if err < tol:
            return x, it
    return x, -1


@njit
def jacobi_eig(A, tol=1e-12):
    A = A.copy()
    n = A.shape[0]
    V = np.identity(n)
    for sweep in range(50):
        off = 0.0
        for p in range(n - 1):
            for q in range(p + 1, n):
                off += A[p, q] ** 2
                if abs(A[p, q]) < 1e-300:
                    continue
                theta = (A[q, q] - A[p, p]) / (2 * A[p, q])
                t = np.sign(theta) / (abs(theta) + np.sqrt(theta * theta + 1)) if theta != 0 else 1.0
                c = 1 / np.sqrt(t * t + 1)
                s = t * c
                Ap, Aq = A[:, p].copy(), A[:, q].copy()
                A[:, p] = c * Ap - s * Aq
                A[:, q] = s * Ap + c * Aq
                Ap, Aq = A[p, :].copy(), A[q, :].copy()
                A[p, :] = c * Ap - s * Aq
                A[q, :] = s * Ap + c * Aq
                Vp, Vq = V[:, p].copy(), V[:, q].copy()
                V[:, p] = c * Vp - s * Vq
                V[:, q] = s * Vp + c * Vq
        if off < tol:
            break
    w = np.diag(A)
    o = np.argsort(w)
    return w[o], V[:, o]


@njit
def kalman(zs, F, H, Q, R, x0, P0):
    n = zs.shape[0]
    x, P = x0, P0
    I = np.eye(len(x0))
    out = np.empty((n, len(x0)))
    for k in range(n):
        x = F @ x
        P = F @ P @ F.T + Q
        y = zs[k] - H @ x
        S = H @ P @ H.T + R
        K = P @ H.T @ np.linalg.inv(S)
        x = x + K @ y
        P = (I - K @ H) @ P
        out[k] = x
    return out, P


@njit
def dtw(a, b, w):
    n, m = len(a), len(b)
    w = max(w, abs(n - m))
    D = np.ones((n + 1, m + 1)) * np.inf
    D[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(max(1, i - w), min(m, i + w) + 1):
            cost = abs(a[i - 1] - b[j - 1])
            D[i, j] = cost + min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
    i, j = n, m
    path = np.zeros((n + m, 2), np.int64)
    k = 0
    while i > 0 or j > 0:
        path[k] = (i, j)
        k += 1
        c = np.argmin(np.array([D[i - 1, j - 1] if i and j else np.inf, D[i - 1, j] if i else np.inf, D[i, j - 1] if j else np.inf]))
        if c == 0:
            i -= 1
            j -= 1
        elif c == 1:
            i -= 1
        else:
            j -= 1
    return D[-1, -1], path[:k][::-1]


def show(name, *results):
    """Rounded: the last places may differ."""
    print(name, *[np.round(np.asarray(result, dtype=np.float64), 6).tolist() for result in results])


random = np.random.default_rng(0)
x = random.normal(size=80)
points = random.random((60, 3))
matrix = random.normal(size=(6, 6))
matrix = matrix @ matrix.T + 6 * np.eye(6)
show("components", *power_pca(random.normal(size=(50, 4)) * np.arange(1, 5), 2, 200)[:2])
show("density", kde(x, np.linspace(-3, 3, 9), 0.3))
show("clusters", *clusters(points, points[:4].copy(), 5))
show("mixture", *gmm_em(np.concatenate((x, x + 5)), np.array([0.0, 4.0]), np.ones(2), np.array([0.5, 0.5]), 20))
seen, moves = random.integers(0, 3, 30), np.array([[0.7, 0.3], [0.4, 0.6]])
emits, first = np.array([[0.1, 0.4, 0.5], [0.6, 0.3, 0.1]]), np.array([0.6, 0.4])
show("states", *viterbi(seen, moves, emits, first), *forward_backward(seen, moves, emits, first))
show("samples", *metropolis(20, np.zeros(2), 0.5, 3), gibbs(8, 3))
show("moments", welford(x), welford(x[:1]))
show("lines", *linreg(x, 2 * x + 1 + random.random(80)), polyfit(np.linspace(0, 1, 30), random.random(30), 3))
inputs = random.normal(size=(40, 4))
wanted = (inputs[:, 0] + inputs[:, 1] > 0).astype(float)
show("logistic", *logistic(inputs, wanted, 0.1, 50))
show("network", *mlp(inputs, np.eye(2)[wanted.astype(int)], random.normal(size=(4, 8)), np.zeros(8), random.normal(size=(8, 2)), np.zeros(2), 0.5, 20))
show("systems", cg(matrix, x[:6])[0], cg(matrix, x[:6], x[:6])[0], *lu_solve(matrix, x[:6]), sor(matrix, x[:6], 1.1, 1e-10, 200)[0])
show("factors", *householder_qr(random.normal(size=(5, 3))), jacobi_eig(matrix)[0])
one = np.eye(2)
show("filter", *kalman(x[:20].reshape(-1, 1), np.array([[1.0, 1], [0, 1]]), np.array([[1.0, 0]]), one * 0.01, np.array([[0.5]]), np.zeros(2), one))
show("warping", *dtw(x[:20], x[10:40], 12))
