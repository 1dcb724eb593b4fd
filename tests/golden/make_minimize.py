"""Writes what scipy.optimize finds with functions and starting points that the specs in tests/lua/learn/minimize have, too: the
minima, and how many evaluations they took. And NIST's certified values of three nonlinear regressions (Statistical
Reference Datasets, https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml), with which scipy's are compared here.

    /usr/bin/python3 tests/golden/make_minimize.py > tests/golden/minimize.json
"""
import json

import numpy as np
from scipy.optimize import curve_fit, least_squares, minimize, minimize_scalar, rosen, rosen_der, rosen_hess_prod


def beale(x):
    return sum((c - x[0] * (1 - x[1] ** k)) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625)))


def beale_der(x):
    g = np.zeros(2)
    for k, c in ((1, 1.5), (2, 2.25), (3, 2.625)):
        r = c - x[0] * (1 - x[1] ** k)
        g += 2 * r * np.array([-(1 - x[1] ** k), x[0] * k * x[1] ** (k - 1)])
    return g


def powell(x):
    return ((x[0] + 10 * x[1]) ** 2 + 5 * (x[2] - x[3]) ** 2 + (x[1] - 2 * x[2]) ** 4 + 10 * (x[0] - x[3]) ** 4)


def powell_der(x):
    a, b, c, d = x[0] + 10 * x[1], x[2] - x[3], x[1] - 2 * x[2], x[0] - x[3]
    return np.array([2 * a + 40 * d ** 3, 20 * a + 4 * c ** 3, 10 * b - 8 * c ** 3, -10 * b - 40 * d ** 3])


SCALES = np.logspace(0, 6, 8)


def quadratic(x):
    return 0.5 * np.sum(SCALES * (x - 1) ** 2)


FUNCTIONS = {
    "rosenbrock_2": (rosen, rosen_der, [-1.2, 1.0]), "rosenbrock_10": (rosen, rosen_der, [-1.2, 1.0] * 5),
    "beale": (beale, beale_der, [1.0, 1.0]), "powell": (powell, powell_der, [3.0, -1.0, 0.0, 1.0]),
    "quadratic": (quadratic, lambda x: SCALES * (x - 1), [0.0] * 8),
}
TIGHT = {"L-BFGS-B": {"gtol": 1e-8, "ftol": 1e-15}, "CG": {"gtol": 1e-7}, "Newton-CG": {"xtol": 1e-9},
         "Nelder-Mead": {"xatol": 1e-9, "fatol": 1e-9, "maxiter": 20000, "maxfev": 20000}}


def of(r):
    return {"x": np.atleast_1d(r.x).tolist(), "fun": float(r.fun), "nfev": int(r.nfev), "nit": int(r.get("nit", 0)),
            "success": bool(r.success)}


def several():
    found = {}
    for name, (f, g, x0) in FUNCTIONS.items():
        found[name] = {"x0": x0}
        for method, options in TIGHT.items():
            if method == "Nelder-Mead" and len(x0) > 4:
                continue
            more = {} if method == "Nelder-Mead" else {"jac": g}
            if method == "Newton-CG" and name.startswith("rosen"):
                more["hessp"] = rosen_hess_prod
            found[name][method] = of(minimize(f, x0, method=method, options=options, **more))
    found["rosenbrock_2"]["defaults"] = {m: of(minimize(rosen, [-1.2, 1.0], method=m)) for m in ("Nelder-Mead",)}
    found["rosenbrock_2"]["adaptive"] = of(
        minimize(rosen, [-1.2, 1.0], method="Nelder-Mead", options={"adaptive": True, "xatol": 1e-6, "fatol": 1e-6}))
    found["rosenbrock_2"]["simplex"] = of(
        minimize(rosen, [-1.2, 1.0], method="Nelder-Mead",
                 options={"initial_simplex": [[-1.2, 1.0], [0.0, 1.0], [-1.0, 2.0]], "xatol": 1e-6, "fatol": 1e-6}))
    return found


SCALARS = {
    "parabola": lambda x: (x - 2) ** 2, "wave": lambda x: (x - 2) ** 2 + np.sin(3 * x),
    "quartic": lambda x: x ** 4 - 3 * x ** 3 + 2, "cosh": lambda x: np.cosh(x - 0.3), "far": lambda x: np.exp(-x) + 0.001 * x,
}


def scalars():
    found = {}
    for name, f in SCALARS.items():
        found[name] = {
            "brent": of(minimize_scalar(f)), "bracket": of(minimize_scalar(f, bracket=(1.0, 1.5))),
            "bounded": of(minimize_scalar(f, bounds=(-1, 3), method="bounded")),
        }
    return found


DATA = {
    "Misra1a": {
        "x": [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0],
        "y": [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78],
        "starts": [[500, 0.0001], [250, 0.0005]], "certified": [2.3894212918e2, 5.5015643181e-4],
        "stderr": [2.7070075241, 7.2668688436e-6], "squares": 1.2455138894e-1,
    },
    "BoxBOD": {
        "x": [1, 2, 3, 5, 7, 10], "y": [109, 149, 149, 191, 213, 224], "starts": [[100, 0.75]],
        "certified": [2.1380940889e2, 5.4723748542e-1], "stderr": [1.2354515176e1, 1.0455993237e-1],
        "squares": 1.1680088766e3,
    },
    "MGH09": {
        "x": [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625],
        "y": [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246],
        "starts": [[0.25, 0.39, 0.415, 0.39]],
        "certified": [1.9280693458e-1, 1.9128232873e-1, 1.2305650693e-1, 1.3606233068e-1],
        "stderr": [1.1435312227e-2, 1.9633220911e-1, 8.0842031232e-2, 9.0025542308e-2], "squares": 3.0750560385e-4,
    },
}
MODELS = {
    "Misra1a": lambda x, a, b: a * (1 - np.exp(-b * x)), "BoxBOD": lambda x, a, b: a * (1 - np.exp(-b * x)),
    "MGH09": lambda x, a, b, c, d: a * (x * x + x * b) / (x * x + x * c + d),
}


def fits():
    for name, data in DATA.items():
        x, y, model = np.array(data["x"], float), np.array(data["y"], float), MODELS[name]
        data["nfev"] = []
        for start in data["starts"]:
            r = least_squares(lambda p: model(x, *p) - y, start, method="lm", ftol=1e-12, xtol=1e-12, gtol=1e-12, jac="2-point",
                              max_nfev=10000)
            p, cov = curve_fit(model, x, y, p0=start, ftol=1e-12, xtol=1e-12, maxfev=10000)
            np.testing.assert_allclose(p, data["certified"], rtol=1e-5)
            np.testing.assert_allclose(np.sqrt(np.diag(cov)), data["stderr"], rtol=1e-3)
            np.testing.assert_allclose(2 * r.cost, data["squares"], rtol=1e-8)
            data["nfev"].append(int(r.nfev))
    return DATA


def network():
    """Levenberg-Marquardt on a network 1-6-1 with tanh: the loss (half the mean of the squares) where each iteration begins."""
    n, x = 6, np.linspace(-1, 1, 30)
    y = np.sin(4 * x) + 0.3 * x
    w0 = 0.9 * np.sin(1.7 * np.arange(1, 3 * n + 2))
    losses = []

    def hidden(w):
        return np.tanh(np.outer(x, w[:n]) + w[n:2 * n])

    def residuals(w):
        return (hidden(w) @ w[2 * n:3 * n] + w[3 * n] - y) / np.sqrt(len(x))

    def jacobian(w):
        h, v = hidden(w), w[2 * n:3 * n]
        dz = (1 - h * h) * v
        losses.append(0.5 * np.sum(residuals(w) ** 2))
        return np.hstack([dz * x[:, None], dz, h, np.ones((len(x), 1))]) / np.sqrt(len(x))

    r = least_squares(residuals, w0, jacobian, method="lm", x_scale="jac", ftol=1e-10, xtol=1e-10, gtol=1e-10)
    return {"units": n, "x": x.tolist(), "y": y.tolist(), "w0": w0.tolist(), "losses": losses, "nfev": int(r.nfev),
            "loss": float(r.cost)}


BOUNDED = {"all": ([-1.2, 1.0], [[-2, 0.5]] * 2), "each": ([-1.2, 1.0], [[-2, 0.5], [0, 3]]),
           "ten": ([-1.2, 1.0] * 5, [[-2, 0.8]] * 10), "inactive": ([-1.2, 1.0], [[-5, 5]] * 2)}


def bounded():
    found = {}
    for name, (x0, bounds) in BOUNDED.items():
        x0 = np.clip(x0, *np.array(bounds).T)
        found[name] = {"x0": x0.tolist(), "bounds": bounds,
                       "L-BFGS-B": of(minimize(rosen, x0, jac=rosen_der, method="L-BFGS-B", bounds=bounds,
                                               options={"gtol": 1e-8, "ftol": 1e-15}))}
        if name in ("each", "inactive"):  # 1.10.1 lets corners be clipped to one plane
            found[name]["Nelder-Mead"] = of(minimize(rosen, x0, method="Nelder-Mead", bounds=bounds))
    return found


def decay():
    """Least squares within bounds."""
    t = np.linspace(0, 4, 50)
    y = 2.5 * np.exp(-0.7 * t) + 0.05 * np.sin(20 * t)
    cases = []
    for low, high in (([0, -9], [0.5, 9]), ([0.9, 0], [2, 3]), ([-9, 0], [9, 2]), ([0, 0], [5, 5])):
        r = least_squares(lambda p: np.exp(-p[0] * t) * p[1] - y, np.clip([1, 1], np.add(low, 0.01), np.add(high, -0.01)),
                          bounds=(low, high), ftol=1e-13, xtol=1e-13, gtol=1e-13)
        cases.append({"bounds": np.transpose([low, high]).tolist(), "x": r.x.tolist(), "cost": float(r.cost), "nfev": int(r.nfev)})
    return {"t": t.tolist(), "y": y.tolist(), "cases": cases}


json.dump({"decay": decay(), "network": network(), "bounded": bounded(), "functions": several(), "scalars": scalars(), "fits": fits()}, fp=__import__("sys").stdout, indent=1)
print()
