"""Makes tests/golden/numpy/fft.npz, special.npz ...: what NumPy, SciPy and mpmath answer.

    /usr/bin/python3 tests/golden/make_science.py        (NumPy 1.24.2, SciPy 1.10.1, mpmath 1.2.1)

Special functions by mpmath, in 40 digits and more: SciPy's own have errors of 1e-12 and above at some of
these places.
"""

import os

import mpmath as mp
import numpy as np
import scipy.stats

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numpy")


def save(name, **arrays):
    np.savez_compressed(os.path.join(HERE, name + ".npz"), **arrays)


# -- Fourier transforms ----------------------------------------------------------------------------

LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 31, 37, 47, 64, 77, 100, 135, 144, 222]


def fft():
    rng = np.random.RandomState(11)
    arrays = dict(lengths=np.array(LENGTHS, np.int32))
    x, y = rng.randn(222), rng.randn(222)
    arrays.update(x=x, y=y)
    for n in LENGTHS:
        z = np.fft.fft(x[:n] + 1j * y[:n])
        arrays["c%d_re" % n], arrays["c%d_im" % n] = z.real, z.imag
    b, c = rng.randn(3, 10, 5), rng.randn(3, 10, 5)
    arrays.update(b=b, c=c)
    for axis in range(3):
        for n in (4, 13):
            z = np.fft.fft(b + 1j * c, n=n, axis=axis, norm="ortho")
            name = "b%d_%d" % (axis + 1, n)
            arrays[name + "_re"], arrays[name + "_im"] = z.real, z.imag
            arrays[name + "_irfft"] = np.fft.irfft(b + 1j * c, n=n, axis=axis)
    for name in ("fft2", "ifft2", "rfft2"):
        z = getattr(np.fft, name)(b) if name == "rfft2" else getattr(np.fft, name)(b + 1j * c)
        arrays[name + "_re"], arrays[name + "_im"] = z.real, z.imag
    arrays["irfft2"] = np.fft.irfft2(b + 1j * c)
    for n in (1, 2, 7, 8):
        arrays["fftfreq%d" % n], arrays["rfftfreq%d" % n] = np.fft.fftfreq(n, 0.1), np.fft.rfftfreq(n, 0.1)
    arrays["fftshift"], arrays["ifftshift"] = np.fft.fftshift(b), np.fft.ifftshift(b)
    arrays["fftshift2"], arrays["ifftshift2"] = np.fft.fftshift(b, 1), np.fft.ifftshift(b, 2)
    save("fft", **arrays)


# -- Special functions -----------------------------------------------------------------------------

mp.mp.dps = 40


def gammainc(a, x):
    """P and Q, by the series or the continued fraction: mpmath's own are slow for large a."""
    a, x = mp.mpf(a), mp.mpf(x)
    front = mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1))
    if x < a + 1:
        term = total = mp.mpf(1)
        n = a
        while term > total * mp.eps:
            n += 1
            term *= x / n
            total += term
        return front * total, 1 - front * total
    with mp.workdps(60):
        tiny = mp.mpf(10) ** -3000
        b = x + 1 - a
        c, d = 1 / tiny, 1 / b
        h, n = d, 0
        while True:
            n += 1
            k, b = -n * (n - a), b + 2
            d = 1 / (k * d + b or tiny)
            c = b + k / c or tiny
            h *= d * c
            if abs(d * c - 1) < mp.mpf(10) ** -45:
                break
        q = front * a * h
        return 1 - q, q


def betainc(a, b, x):
    """I by its power series, whose terms are positive after Euler's transformation (DLMF 8.17.8)."""
    a, b, x = mp.mpf(a), mp.mpf(b), mp.mpf(x)
    if x == 0 or x == 1:
        return x
    if x > (a + 1) / (a + b + 2):
        return 1 - betainc(b, a, 1 - x)
    with mp.workdps(60):
        front = mp.exp(a * mp.log(x) + b * mp.log1p(-x) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b)) / a
        term = total = mp.mpf(1)
        n = 0
        while term > total * mp.eps:
            term *= (a + b + n) / (a + 1 + n) * x
            total += term
            n += 1
        return front * total


def special():
    rng = np.random.RandomState(12)
    x = np.concatenate([np.linspace(-6, 6, 49), 10.0 ** np.arange(-12, 0, 2), [-1e-300, 0.49999, 0.5, 15, 26.5]])
    each = lambda f, *v: np.array([float(f(*map(mp.mpf, t))) for t in zip(*v)])
    arrays = dict(x=x, erf=each(mp.erf, x), erfc=each(mp.erfc, x))
    p = np.concatenate([np.linspace(-0.96, 0.96, 25), [1e-10, 1 - 1e-5, -1 + 1e-12, 1 - 2**-53]])
    arrays.update(p=p, erfinv=each(mp.erfinv, p))
    g = np.concatenate([np.linspace(-7.3, 12, 43), [1e-9, -1e-9, 1.4616, 1.4617, 2, 1, 30.5, 100.25, 170.5, 3e4, 1e15]])
    arrays.update(g=g, lgamma=each(lambda t: mp.re(mp.loggamma(t)), g), digamma=each(mp.digamma, g))
    arrays["gamma"] = each(lambda t: mp.gamma(t) if t < 171 else mp.inf, g)
    a = np.concatenate([10 ** rng.uniform(-3, 3, 70), 10 ** rng.uniform(3, 5.3, 20), [1e-10, 0.5, 20, 199, 200, 201]])
    w = np.abs(a * (1 + rng.standard_t(2, len(a)) / np.sqrt(a)))
    w[::9] *= 0.05
    w[4::9] = np.minimum(w[4::9] * 20, a[4::9] + 600)
    pq = [gammainc(s, t) for s, t in zip(a, w)]
    arrays.update(a=a, w=w, gammainc=np.array([float(t[0]) for t in pq]), gammaincc=np.array([float(t[1]) for t in pq]))
    b = 10 ** rng.uniform(-3, 4, len(a))
    a = np.minimum(a, 3e4)
    u = np.clip(a / (a + b) * (1 + rng.standard_t(2, len(a)) / np.sqrt(a + b)), 1e-9, 1 - 1e-9)
    u[::7] = 10.0 ** rng.uniform(-8, -0.5, len(u[::7]))
    arrays.update(c=a, b=b, u=u, betainc=np.array([float(betainc(*t)) for t in zip(a, b, u)]))
    arrays["betaln"] = each(lambda s, t: mp.loggamma(s) + mp.loggamma(t) - mp.loggamma(s + t), a, b)
    save("special", **arrays)


# -- Distributions ---------------------------------------------------------------------------------


def exact_tails(name, x, p, q=None):
    x, p = mp.mpf(x), mp.mpf(p)
    if name == "student_t":
        tail = betainc(p / 2, 0.5, p / (p + x * x)) / 2
        return (1 - tail, tail) if x > 0 else (tail, 1 - tail)
    if x <= 0 or (name == "beta" and x >= 1):
        return (0, 1) if x <= 0 else (1, 0)
    if name == "f":
        x, p, q = p * x / (p * x + q), p / 2, mp.mpf(q) / 2
    lower = betainc(p, q, x)
    return lower, 1 - lower


def distributions():
    st = scipy.stats
    cases = {
        "normal": [(st.norm(1, 2), (1, 2))],
        "lognormal": [(st.lognorm(0.5, scale=np.exp(0.25)), (0.25, 0.5))],
        "uniform": [(st.uniform(-1, 4), (-1, 3))],
        "exponential": [(st.expon(scale=2.5), (2.5,))],
        "gamma": [(st.gamma(a, scale=s), (a, s)) for a, s in ((0.3, 1), (2.5, 2), (80, 0.1))],
        "beta": [(st.beta(a, b), (a, b)) for a, b in ((0.5, 0.5), (2, 3.5), (200, 50))],
        "chi2": [(st.chi2(k), (k,)) for k in (1, 4, 90)],
        "student_t": [(st.t(k), (k,)) for k in (1, 4.5, 1e4)],
        "f": [(st.f(d, e), (d, e)) for d, e in ((1, 5), (4, 9.5), (60, 80))],
        "binomial": [(st.binom(n, p), (n, p)) for n, p in ((10, 0.3), (1000, 0.97), (1, 0.5))],
        "poisson": [(st.poisson(m), (m,)) for m in (0.7, 12, 3000)],
        "geometric": [(st.geom(p), (p,)) for p in (0.05, 0.6)],
    }
    q = np.array([1e-8, 0.001, 0.05, 0.2, 0.5, 0.8, 0.95, 0.999])
    arrays = dict(q=q)
    for name, variants in cases.items():
        for i, (d, parameters) in enumerate(variants, 1):
            key = "%s_%d_" % (name, i)
            x = d.ppf(q)
            x = np.concatenate([x, [x[0] - 1, x[-1] + 1.5, x[4] + 0.25]])
            integers = not hasattr(d, "pdf") or name in ("binomial", "poisson", "geometric")
            arrays.update({key + "parameters": np.array(parameters, float), key + "x": x})
            arrays[key + "pdf"] = d.pmf(x) if integers else d.pdf(x)
            arrays[key + "logpdf"] = d.logpmf(x) if integers else d.logpdf(x)
            arrays.update({key + "cdf": d.cdf(x), key + "sf": d.sf(x), key + "quantile": d.ppf(q)})
            if name in ("beta", "f", "student_t"):  # SciPy 1.10's have errors of 1e-9
                tails = [exact_tails(name, v, *parameters) for v in x]
                arrays[key + "cdf"], arrays[key + "sf"] = np.array(tails, float).T
            arrays.update({key + "moments": np.array(d.stats("mv"), float)})
    save("distributions", **arrays)


if __name__ == "__main__":
    fft()
    special()
    distributions()
