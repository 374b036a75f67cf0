"""Windows of signal processing, and the functions they are made of."""


def sinc(x):
    return _value(_mapped(_sinc, x)) if compiler.is_array(x) else _mapped(_sinc, x)


def i0(x):
    if compiler.is_complex(x):
        raise TypeError("i0 not supported for complex values")
    return _mapped(_i0, x)


def _mapped(kernel, x):
    """kernel(number) of each number, integers as floats."""
    dtype = compiler.inexact_type(x)
    if compiler.is_scalar(x):
        return dtype(kernel(dtype(x)))
    a = _array(x)
    out = np.empty(a.shape, dtype)
    _map(kernel, a, out, dtype)
    return out


def _map(kernel, a, out, dtype):
    if a.ndim == 0:
        out[()] = kernel(dtype(a[()]))
    else:
        for i in range(a.shape[0]):
            if a.ndim == 1:
                out[i] = kernel(dtype(a[i]))
            else:
                _map(kernel, a[i], out[i], dtype)


def _sinc(x):
    dtype = compiler.result_type(x)
    angle = dtype(dtype(math.pi) * x)
    if angle == 0:
        angle = dtype(1e-20) if compiler.is_complex(x) else dtype(1.1920929e-07) if dtype is np.float32 else dtype(0.0009765625) if dtype is np.float16 else dtype(2.220446049250313e-16)
    if compiler.is_complex(x):
        return dtype(complex(np.sin(angle.real) * np.cosh(angle.imag), np.cos(angle.real) * np.sinh(angle.imag))) / angle
    return np.sin(angle) / angle


def _i0(x):
    dtype = compiler.result_type(x)
    x = abs(x)
    if x <= 8:
        return np.exp(x) * _chebyshev(dtype(x / dtype(2) - dtype(2)), _i0_near(), dtype)
    return np.exp(x) * _chebyshev(dtype(dtype(32) / x - dtype(2)), _i0_far(), dtype) / np.sqrt(x)


def _chebyshev(x, coefficients, dtype):
    """The series with these coefficients, the last one first halved."""
    before = dtype(0)
    b = dtype(0)
    last = dtype(0)
    for coefficient in coefficients:
        last = before
        before = b
        b = dtype(dtype(x * before) - last + dtype(coefficient))
    return dtype(0.5) * (b - last)


def _i0_near():
    """Coefficients of exp(-x) I0(x) on [0, 8]: Clenshaw's, by way of Cephes."""
    return (
        -4.41534164647933937950e-18,
        3.33079451882223809783e-17,
        -2.43127984654795469359e-16,
        1.71539128555513303061e-15,
        -1.16853328779934516808e-14,
        7.67618549860493561688e-14,
        -4.85644678311192946090e-13,
        2.95505266312963983461e-12,
        -1.72682629144155570723e-11,
        9.67580903537323691224e-11,
        -5.18979560163526290666e-10,
        2.65982372468238665035e-9,
        -1.30002500998624804212e-8,
        6.04699502254191894932e-8,
        -2.67079385394061173391e-7,
        1.11738753912010371815e-6,
        -4.41673835845875056359e-6,
        1.64484480707288970893e-5,
        -5.75419501008210370398e-5,
        1.88502885095841655729e-4,
        -5.76375574538582365885e-4,
        1.63947561694133579842e-3,
        -4.32430999505057594430e-3,
        1.05464603945949983183e-2,
        -2.37374148058994688156e-2,
        4.93052842396707084878e-2,
        -9.49010970480476444210e-2,
        1.71620901522208775349e-1,
        -3.04682672343198398683e-1,
        6.76795274409476084995e-1,
    )


def _i0_far():
    """Coefficients of exp(-x) sqrt(x) I0(x) on [8, inf]."""
    return (
        -7.23318048787475395456e-18,
        -4.83050448594418207126e-18,
        4.46562142029675999901e-17,
        3.46122286769746109310e-17,
        -2.82762398051658348494e-16,
        -3.42548561967721913462e-16,
        1.77256013305652638360e-15,
        3.81168066935262242075e-15,
        -9.55484669882830764870e-15,
        -4.15056934728722208663e-14,
        1.54008621752140982691e-14,
        3.85277838274214270114e-13,
        7.18012445138366623367e-13,
        -1.79417853150680611778e-12,
        -1.32158118404477131188e-11,
        -3.14991652796324136454e-11,
        1.18891471078464383424e-11,
        4.94060238822496958910e-10,
        3.39623202570838634515e-9,
        2.26666899049817806459e-8,
        2.04891858946906374183e-7,
        2.89137052083475648297e-6,
        6.88975834691682398426e-5,
        3.36911647825569408990e-3,
        8.04490411014108831608e-1,
    )


def bartlett(M):
    return _window(_bartlett, M)


def blackman(M):
    return _window(_blackman, M)


def hamming(M):
    return _window(_hamming, M)


def hanning(M):
    return _window(_hanning, M)


def _window(kernel, M):
    """kernel(n, M - 1) for n = 1 - M, 3 - M, ..., M - 1."""
    count = math.ceil(np.float64(M) - 0.5) if M >= 1 else 0
    last = np.float64(M) - 1.0
    out = np.empty(count, np.float64)
    for i in range(count):
        out[i] = 1.0 if M == 1 else kernel(2.0 * i - last, last)
    return out


def _bartlett(n, last):
    return 1.0 + n / last if n <= 0.0 else 1.0 - n / last


def _blackman(n, last):
    return 0.42 + 0.5 * math.cos(math.pi * n / last) + 0.08 * math.cos(2.0 * math.pi * n / last)


def _hamming(n, last):
    return 0.54 + 0.46 * math.cos(math.pi * n / last)


def _hanning(n, last):
    return 0.5 + 0.5 * math.cos(math.pi * n / last)


def kaiser(M, beta):
    count = max(math.ceil(np.float64(M)), 0)
    if M == 1:
        return np.ones(1)
    out = np.empty(count, np.float64)
    middle = (np.float64(M) - 1.0) / 2.0
    scale = _i0(np.float64(beta))
    for i in range(count):
        place = (np.float64(i) - middle) / middle
        out[i] = _i0(np.float64(beta) * np.sqrt(1.0 - place * place)) / scale
    return out
