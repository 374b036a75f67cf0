"""Equations solved: steps of adaptive size, roots, integrals, minima. Functions are arguments; settings are a named tuple of the module."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

C = np.array([0, 1/5, 3/10, 4/5, 8/9, 1.0])
A = np.array([[0, 0, 0, 0, 0], [1/5, 0, 0, 0, 0], [3/40, 9/40, 0, 0, 0], [44/45, -56/15, 32/9, 0, 0], [19372/6561, -25360/2187, 64448/6561, -212/729, 0], [9017/3168, -355/33, 46732/5247, 49/176, -5103/18656]])
B = np.array([35/384, 0, 500/1113, 125/192, -2187/6784, 11/84])
E = np.array([-71/57600, 0, 71/16695, -71/1920, 17253/339200, -22/525, 1/40])


@njit
def lorenz(t, y, p):
    s, r, b = p
    return np.array([s * (y[1] - y[0]), y[0] * (r - y[2]) - y[1], y[0] * y[1] - b * y[2]])


@njit
def rk45(f, t0, t1, y0, args, rtol=1e-6, atol=1e-9):
    t, y = t0, y0.astype(np.float64)
    K = np.zeros((7, y.size))
    K[0] = f(t, y, args)
    h = 0.01
    nfev, nrej = 1, 0
    ts = np.empty(10000)
    ys = np.empty((10000, y.size))
    ts[0], ys[0] = t, y
    n = 1
    while t < t1 and n < 10000:
        h = min(h, t1 - t)
        for s in range(1, 6):
            dy = np.dot(K[:s].T, A[s, :s]) * h
            K[s] = f(t + C[s] * h, y + dy, args)
        yn = y + h * np.dot(K[:-1].T, B)
        K[-1] = f(t + h, yn, args)
        nfev += 6
        scale = atol + np.maximum(np.abs(y), np.abs(yn)) * rtol
        err = np.sqrt(np.mean((np.dot(K.T, E) * h / scale) ** 2))
        if err < 1:
            t += h
            y = yn
            K[0] = K[-1]
            ts[n], ys[n] = t, y
            n += 1
            h *= 10.0 if err == 0 else min(10.0, 0.9 * err ** -0.2)
        else:
            nrej += 1
            h *= max(0.2, 0.9 * err ** -0.2)
    return ts[:n], ys[:n], nfev, nrej


@njit
def vdp(t, y):
    out = np.empty_like(y)
    out[0] = y[1]
    out[1] = (1 - y[0] ** 2) * y[1] - y[0]
    return out


@njit
def rk4(f, y, t, dt, n):
    for i in range(n):
        k1 = f(t, y)
        k2 = f(t + dt / 2, y + dt / 2 * k1)
        k3 = f(t + dt / 2, y + dt / 2 * k2)
        k4 = f(t + dt, y + dt * k3)
        y = y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        t += dt
    return y


@njit
def cubic(x):
    return x ** 3 - 2 * x - 5


@njit
def dcubic(x):
    return 3 * x ** 2 - 2


@njit
def bisect_root(f, a, b, tol=1e-12):
    fa = f(a)
    while b - a > tol:
        m = 0.5 * (a + b)
        fm = f(m)
        if fa * fm <= 0:
            b = m
        else:
            a, fa = m, fm
    return (a + b) / 2


@njit
def newton(f, df, x, n=50):
    for i in range(n):
        d = f(x) / df(x)
        x -= d
        if abs(d) < 1e-13:
            return x, i
    return x, n


@njit
def gauss(x):
    return math.exp(-x * x)


@njit
def simpson(f, a, b, n):
    h = (b - a) / n
    s = f(a) + f(b)
    for i in range(1, n, 2):
        s += 4 * f(a + i * h)
    for i in range(2, n - 1, 2):
        s += 2 * f(a + i * h)
    return s * h / 3


@njit
def adaptive(f, a, b, eps, whole, depth):
    c = (a + b) / 2
    def s(l, r):
        return (r - l) / 6 * (f(l) + 4 * f((l + r) / 2) + f(r))
    left, right = s(a, c), s(c, b)
    if depth <= 0 or abs(left + right - whole) < 15 * eps:
        return left + right + (left + right - whole) / 15
    return adaptive(f, a, c, eps / 2, left, depth - 1) + adaptive(f, c, b, eps / 2, right, depth - 1)


@njit
def rosen(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0)


@njit
def nelder_mead(f, x0, maxiter=200):
    n = x0.size
    sim = np.empty((n + 1, n))
    sim[0] = x0
    for i in range(n):
        p = x0.copy()
        p[i] = p[i] * 1.05 if p[i] != 0 else 0.00025
        sim[i + 1] = p
    fs = np.array([f(sim[i]) for i in range(n + 1)])
    for it in range(maxiter):
        o = fs.argsort()
        sim, fs = sim[o], fs[o]
        if np.max(np.abs(fs[1:] - fs[0])) < 1e-8:
            break
        c = sim[:-1].sum(axis=0) / n
        xr = c + (c - sim[-1])
        fr = f(xr)
        if fr < fs[0]:
            xe = c + 2 * (c - sim[-1])
            fe = f(xe)
            if fe < fr:
                sim[-1], fs[-1] = xe, fe
            else:
                sim[-1], fs[-1] = xr, fr
        elif fr < fs[-2]:
            sim[-1], fs[-1] = xr, fr
        else:
            xc = c + 0.5 * (sim[-1] - c)
            fc = f(xc)
            if fc < fs[-1]:
                sim[-1], fs[-1] = xc, fc
            else:
                for j in range(1, n + 1):
                    sim[j] = sim[0] + 0.5 * (sim[j] - sim[0])
                    fs[j] = f(sim[j])
    return sim[0], fs[0], it


def show(name, *results):
    """Rounded: the last places may differ."""
    print(name, *[np.round(np.asarray(result, dtype=np.float64), 6).tolist() for result in results])


class Settings(NamedTuple):
    sigma: float
    rho: float
    beta: float
    steps: int = 100


SETTINGS = Settings(10.0, 28.0, 8 / 3)


@njit
def pendulum(length, gravity=9.81, damping=0.1):
    angle, speed = 0.5, 0.0
    for _ in range(SETTINGS.steps):
        speed -= 0.01 * (gravity / length * math.sin(angle) + damping * speed)
        angle += 0.01 * speed
    return angle, SETTINGS.beta * speed


times, places, evaluations, rejected = rk45(lorenz, 0.0, 1.0, np.ones(3), SETTINGS[:3])
show("lorenz", times[-1], places[-1], evaluations, rejected)
show("oscillator", rk4(vdp, np.array([2.0, 0.0]), 0.0, 0.01, 100))
show("roots", bisect_root(cubic, 2.0, 3.0), newton(cubic, dcubic, 2.0))
show("integrals", simpson(gauss, 0.0, 1.0, 100), adaptive(gauss, 0.0, 3.0, 1e-9, 0.0, 20))
show("minimum", nelder_mead(rosen, np.array([-1.2, 1.0]))[0])
show("pendulum", pendulum(1.0), pendulum(2.0, damping=0.0), pendulum(1.0, 1.62))
