"""Random numbers with parameters that are arrays: NumPy's streams, bit for bit, beside `RandomState` and `Generator`."""

import numpy as np
import pytest
from random_support import compiled, identical

V = np.random.default_rng(7).random(4)
I = np.arange(4)
A = np.random.default_rng(8).random((3, 4))
SCOPE = {"v": V, "i": I, "a": A}

BOTH = """normal(v, v) | normal(a, v, (2, 3, 4)) | normal(loc=v, size=4) | normal(0.5, v[:1], (4, 3)) | poisson(v * 20) | uniform(-v, v, (3, 4)) | binomial(i + 3, v) | binomial(7, v)
triangular(v, v + 0.1, v + 0.2) | hypergeometric(i + 3, 4, 2) | exponential(v) | gamma(v, v) | beta(v, 2) | chisquare(v) | f(v, 2.0) | standard_t(v + 1) | standard_gamma(a[::2, 1:])
pareto(v) | weibull(v) | power(v) | rayleigh(v) | laplace(v, v) | gumbel(v) | logistic(v, 1) | wald(v, v) | vonmises(v, 2) | lognormal(v) | noncentral_chisquare(v, 1)
noncentral_f(v, v, 1) | geometric(v) | logseries(v) | zipf(v + 1) | negative_binomial(v, v) | normal(v[:0], 1)"""
LEGACY = """randint(i + 1) | randint(-i, i + 1, (3, 4)) | randint(i * 0, i * 0 + 5000000000)"""
GENERATOR = """integers(i + 1) | integers(-i, i + 1, (3, 4)) | integers(i, i, endpoint=True) | integers(i * 0, i * 0 + 5000000000) | multinomial(9, (0.2, 0.3, 0.5)) | multinomial(9, v / 4, (2, 3))
multinomial(0, (1.0,)) | dirichlet(v) | dirichlet(v / 100, 5) | dirichlet(i + 1, (2, 2)) | multivariate_normal(v[:2], ((2.0, 0.5), (0.5, 1.0)), 3, method='cholesky')"""

ERRORS = """normal(v, -v) | normal(v, v, 2) | normal(v, v, (1,)) | normal(v, v[:3]) | normal(v, v, (-1, 4)) | poisson(-v) | poisson(v * 1e20) | uniform(v, np.inf) | binomial(v, 0.5)
binomial(-i, 0.5) | binomial(3, v * 9) | triangular(v, v - 0.1, v + 0.2) | triangular(v, v, v) | triangular(v, v + 1, v + 0.5) | hypergeometric(i, 4, 20) | hypergeometric(v, 4, 2) | beta(v, 0)
zipf(v) | geometric(v * 9) | logseries(v + 1) | negative_binomial(v, -v) | negative_binomial(-v, v)"""
LEGACY_ERRORS = """randint(i + 3, 2) | randint(i) | multivariate_normal(v, a) | multivariate_normal(a, a[:, :3]) | multivariate_normal(v, a[:, :3])"""
GENERATOR_ERRORS = """uniform(v, -v) | negative_binomial(v * 1e18, v * 1e-3) | hypergeometric(i * 10**9, 1, 1) | integers(i + 3, 2) | integers(i + 3, 2, endpoint=True) | multinomial(-1, v / 4)
multinomial(3, v * 2) | multinomial(3, (0.9, 0.9, 0.1)) | dirichlet(-v) | multivariate_normal(v[:3], np.eye(3) - 9, check_valid='raise') | multivariate_normal(v, np.eye(4), method='x')"""


def calls(text):
    return [call.strip() for line in text.splitlines() for call in line.split(" | ")]


def outcome(f, *arguments):
    try:
        return f(*arguments)
    except Exception as error:
        return type(error), str(error)


def alike(found, expected):
    return found == expected if isinstance(expected, tuple) else identical(found, expected)


@pytest.mark.parametrize("call", calls(BOTH) + calls(LEGACY) + calls(ERRORS) + calls(LEGACY_ERRORS))
def test_legacy(call):
    f = compiled(f"def f(v, i, a):\n    np.random.seed(3)\n    return np.random.{call}")
    state = np.random.RandomState(3)
    expected = outcome(lambda: eval(f"state.{call}", {"state": state, "np": np, **SCOPE}))
    assert alike(outcome(f, V, I, A), expected)


@pytest.mark.parametrize("call", calls(BOTH) + calls(GENERATOR) + calls(ERRORS) + calls(GENERATOR_ERRORS))
def test_generator(call):
    f = compiled(f"def f(rng, v, i, a): return rng.{call}")
    expected = outcome(lambda: eval(f"rng.{call}", {"rng": np.random.default_rng(5), "np": np, **SCOPE}))
    found = outcome(f, np.random.default_rng(5), V, I, A)
    assert alike(found, expected) or "cholesky" in call and np.allclose(found, expected, 1e-13)


def covariances():
    """Of every size that is not divided: regular ones, some without full rank, diagonals, correlations, blocks, and what is no covariance at all."""
    rng = np.random.default_rng(8)
    for n in (1, 2, 3, 4, 7, 13, 25):
        for rows in (n + 2, max(1, n // 2)):
            x = rng.normal(size=(rows, n))
            yield x.T @ x
        yield np.diag(rng.integers(0, 4, n).astype(float))
        yield 0.7 ** np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
        yield np.kron(np.eye(n)[: (n + 1) // 2, : (n + 1) // 2], [[2.0, 0.5], [0.5, 1.0]])[:n, :n]
    yield 1e-30 * (x.T @ x)
    yield np.array([[3, 1, 0], [1, 2, 0], [0, 0, 1]])
    yield np.zeros((4, 4))
    yield np.eye(3, dtype=np.float32)
    yield rng.normal(size=(5, 5))


@pytest.mark.filterwarnings("ignore:covariance is not symmetric")
@pytest.mark.parametrize("cov", list(covariances()), ids=lambda cov: f"{len(cov)}")
def test_multivariate_normal(cov):
    """NumPy's stream; where the covariance has no full rank, what rounding leaves of singular values shows by its root."""
    mean = np.arange(len(cov)) - 1.5
    near = 1e-9 if np.linalg.matrix_rank(cov) == len(cov) else 1e-6
    np.random.seed(1)
    expected = np.random.multivariate_normal(mean, cov, (2, 3)), np.random.multivariate_normal(mean, cov), np.random.random()
    f = compiled("def f(mean, cov):\n    np.random.seed(1)\n    return np.random.multivariate_normal(mean, cov, (2, 3)), np.random.multivariate_normal(mean, cov), np.random.random()")
    scale = np.sqrt(np.abs(cov).max())
    assert all(np.shape(x) == np.shape(y) and np.allclose(x, y, near, near * scale) for x, y in zip(f(mean, cov), expected))
    for method in ("svd", "eigh"):
        g = compiled(f"def f(rng, mean, cov): return rng.multivariate_normal(mean, cov, 3, method='{method}'), rng.random()")
        expected = g.py_func(np.random.default_rng(5), mean, cov)
        assert all(np.allclose(x, y, near, near * scale) for x, y in zip(g(np.random.default_rng(5), mean, cov), expected))


def test_large_multivariate_normal():
    """Beyond 25 rows the stream is another one, of the same distribution."""
    f = compiled("def f(mean, cov, n):\n    np.random.seed(1)\n    return np.random.multivariate_normal(mean, cov, n)")
    mean, cov = np.arange(26.0), 0.5 ** np.abs(np.subtract.outer(np.arange(26), np.arange(26)))
    many = f(mean, cov, 100_000)
    assert many.shape == (100_000, 26)
    assert np.allclose(many.mean(axis=0), mean, atol=0.03) and np.allclose(np.cov(many.T), cov, atol=0.05)

