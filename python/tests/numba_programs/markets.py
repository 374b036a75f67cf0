"""Prices: options, paths, rolling statistics, trading rules."""

import math

import numpy as np
from numba import njit, prange, types, vectorize


@njit(types.float64(types.float64))
def below(x):
    """The part of a normal distribution that lies below."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@njit(parallel=True)
def price(calls, puts, spot, strike, years, rate, spread):
    for i in prange(len(spot)):
        root = spread * math.sqrt(years[i])
        upper = (math.log(spot[i] / strike[i]) + (rate + spread**2 / 2) * years[i]) / root
        lower = upper - root
        today = strike[i] * math.exp(-rate * years[i])
        calls[i] = spot[i] * below(upper) - today * below(lower)
        puts[i] = today * (1 - below(lower)) - spot[i] * (1 - below(upper))


@vectorize(["float64(float64)", "float32(float32)"], nopython=True)
def ndtr(x):
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


@njit
def bs_arr(S, K, T, r, s):
    d1 = (np.log(S / K) + (r + s ** 2 / 2) * T) / (s * np.sqrt(T))
    d2 = d1 - s * np.sqrt(T)
    call = S * ndtr(d1) - K * np.exp(-r * T) * ndtr(d2)
    return call, call + K * np.exp(-r * T) - S


@njit
def asian(S0, r, sigma, T, n, m, seed):
    np.random.seed(seed)
    dt = T / m
    payoff = 0.0
    for _ in range(n):
        s, tot = S0, 0.0
        for _ in range(m):
            s *= math.exp((r - .5 * sigma ** 2) * dt + sigma * math.sqrt(dt) * np.random.standard_normal())
            tot += s
        payoff += max(tot / m - S0, 0.)
    return math.exp(-r * T) * payoff / n


@njit
def binomial_tree(S, K, T, r, sigma, N, american=True):
    dt = T / N
    u = np.exp(sigma * np.sqrt(dt))
    d = 1 / u
    p = (np.exp(r * dt) - d) / (u - d)
    disc = np.exp(-r * dt)
    prices = S * d ** np.arange(N, -1, -1) * u ** np.arange(0, N + 1, 1)
    V = np.maximum(K - prices, 0)
    for i in np.arange(N - 1, -1, -1):
        prices = S * d ** np.arange(i, -1, -1) * u ** np.arange(0, i + 1, 1)
        V[:i + 1] = disc * (p * V[1:i + 2] + (1 - p) * V[0:i + 1])
        V = V[:-1]
        if american:
            V = np.maximum(V, K - prices)
    return V[0]


@njit(cache=False)
def ewma(x, alpha):
    out = np.empty_like(x)
    out[0] = x[0]
    for i in range(1, len(x)):
        out[i] = alpha * x[i] + (1 - alpha) * out[i - 1]
    return out


@njit
def rolling_mean_nan(x, w):
    out = np.full(len(x), np.nan)
    s, c = 0.0, 0
    for i in range(len(x)):
        if not np.isnan(x[i]):
            s += x[i]
            c += 1
        if i >= w and not np.isnan(x[i - w]):
            s -= x[i - w]
            c -= 1
        if c >= w:
            out[i] = s / c
    return out


@njit
def rolling_apply(f, x, w):
    out = np.empty(len(x) - w + 1)
    for i in range(out.size):
        out[i] = f(x[i:i + w])
    return out


@njit
def zscore(x):
    return (x[-1] - x.mean()) / x.std()


@njit
def max_drawdown(eq):
    peak = eq[0]
    mdd = 0.0
    start = end = cur = 0
    for i, v in enumerate(eq):
        if v > peak:
            peak, cur = v, i
        dd = (peak - v) / peak
        if dd > mdd:
            mdd, start, end = dd, cur, i
    return mdd, start, end


@njit
def backtest(px, fast, slow, fee=0.001):
    n = px.shape[0]
    pos = np.zeros(n, dtype=np.int8)
    cash, shares, trades = 1000.0, 0.0, 0
    equity = np.zeros(n)
    f = s = px[0]
    for i in range(1, n):
        f += 2 / (fast + 1) * (px[i] - f)
        s += 2 / (slow + 1) * (px[i] - s)
        if f > s and shares == 0:
            shares = cash * (1 - fee) / px[i]
            cash = 0
            trades += 1
        elif f < s and shares > 0:
            cash = shares * px[i] * (1 - fee)
            shares = 0
            trades += 1
        pos[i] = shares > 0
        equity[i] = cash + shares * px[i]
    ret = np.diff(equity[1:]) / equity[1:-1]
    sharpe = ret.mean() / ret.std() * np.sqrt(252)
    return equity[-1], trades, pos, sharpe


@njit
def rsi(px, n=14):
    delta = np.diff(px)
    up = np.where(delta > 0, delta, 0.)
    dn = np.where(delta < 0, -delta, 0.)
    out = np.full(px.shape, np.nan)
    au, ad = up[:n].mean(), dn[:n].mean()
    for i in range(n, len(px)):
        if i > n:
            au = (au * (n - 1) + up[i - 1]) / n
            ad = (ad * (n - 1) + dn[i - 1]) / n
        out[i] = 100 - 100 / (1 + au / ad) if ad != 0 else 100
    return out


@njit
def garch(params, r):
    omega, alpha, beta = params
    sig2 = np.empty(len(r))
    sig2[0] = np.var(r)
    ll = 0.
    for t in range(1, len(r)):
        sig2[t] = omega + alpha * r[t - 1] ** 2 + beta * sig2[t - 1]
        ll -= 0.5 * (np.log(2 * np.pi) + np.log(sig2[t]) + r[t] ** 2 / sig2[t])
    return ll, sig2


@njit
def ohlc(prices, volume, k):
    n = (len(prices) + k - 1) // k
    out = np.zeros((n, 5))
    for i in range(n):
        p = prices[i * k:(i + 1) * k]
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = p[0], p.max(), p.min(), p[-1]
        out[i, 4] = volume[i * k:(i + 1) * k].sum()
    return out


def show(name, *results):
    """Rounded: the last places may differ."""
    print(name, *[np.round(np.asarray(result, dtype=np.float64), 6).tolist() for result in results])


random = np.random.default_rng(0)
spot, strike, time = random.uniform(10, 50, 20), random.uniform(10, 50, 20), random.uniform(1, 2, 20)
calls, puts = np.zeros(20), np.zeros(20)
price(calls, puts, spot, strike, time, 0.1, 0.2)
show("options", calls, puts, *bs_arr(spot, strike, time, 0.1, 0.2))
show("asian", asian(100.0, 0.05, 0.2, 1.0, 20, 10, 1), asian(S0=90.0, r=0.05, sigma=0.2, T=1.0, n=20, m=10, seed=2))
show("tree", binomial_tree(100.0, 100, 1.0, 0.05, 0.2, 50), binomial_tree(100.0, 100, 1.0, 0.05, 0.2, 50, american=False))
steps = random.normal(size=200)
prices = 100 * np.exp(np.cumsum(steps * 0.01))
gaps = steps.copy()
gaps[::50] = np.nan
show("rolling", ewma(steps, 0.1), rolling_mean_nan(gaps, 5), rolling_apply(zscore, steps, 20))
show("rules", max_drawdown(prices), rsi(prices), *backtest(prices, 5, 20), *backtest(prices, 5, 20, fee=0.0))
show("volatility", *garch((0.1, 0.1, 0.8), steps), ohlc(prices, random.integers(0, 100, 200), 30))
