"""Writes elementwise.lua and reduce.lua: what NumPy answers, for tests/lua/tensor/golden_spec.lua.

    python3 tests/golden/make_elementwise.py        (needs NumPy; the files are kept, run it by hand)
"""
import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
rng = np.random.RandomState(0)


def number(value):
    value = float(value)
    if np.isnan(value):
        return "0/0"
    if np.isinf(value):
        return "1/0" if value > 0 else "-1/0"
    return repr(value) if value != int(value) else f"{int(value)}"


def tensor(array):
    array = np.asarray(array)
    shape = ", ".join(map(str, array.shape))
    values = ", ".join(number(v) for v in array.ravel())
    return f"{{ shape = {{ {shape} }}, {values} }}"


def write(name, what, cases):
    lines = [f"-- {what}, by NumPy {np.__version__}; made by make_elementwise.py.", "return {"]
    lines += [f"  {case}," for case in cases] + ["}"]
    (here / name).write_text("\n".join(lines) + "\n")


# -- One operand ------------------------------------------------------------------------------------

nan, inf = np.nan, np.inf
values = np.array([0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.001, -0.3, 3.7, -7.25, 20, nan, inf, -inf])
unary = {
    "neg": np.negative, "abs": np.abs, "sign": np.sign, "square": np.square,
    "relu": lambda x: np.maximum(x, 0), "floor": np.floor, "ceil": np.ceil, "round": np.round,
    "trunc": np.trunc, "reciprocal": np.reciprocal, "sqrt": np.sqrt, "exp": np.exp,
    "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "sin": np.sin, "cos": np.cos,
    "tan": np.tan, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "isnan": np.isnan, "isfinite": np.isfinite,
}
np.seterr(all="ignore")
cases = []
for name, f in unary.items():
    cases.append(f'{{ name = "{name}", x = {tensor(values)}, result = {tensor(f(values))} }}')

# -- Two operands -----------------------------------------------------------------------------------

x = np.round(rng.uniform(-4, 4, (3, 1, 4)), 3)
y = np.round(rng.uniform(0.5, 3, (2, 1)), 3)
x[0, 0, 1] = y[0, 0]
x[2, 0, 3] = nan
binary = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power,
    "remainder": np.remainder, "minimum": np.minimum, "maximum": np.maximum, "eq": np.equal,
    "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
    "ge": np.greater_equal,
}
for name, f in binary.items():
    a = np.abs(x) if name == "pow" else x
    cases.append(f'{{ name = "{name}", x = {tensor(a)}, y = {tensor(y)}, result = {tensor(f(a, y))} }}')
write("elementwise.lua", "Elementwise operations", cases)

# -- Reductions -------------------------------------------------------------------------------------

z = np.round(rng.uniform(-2, 2, (3, 4, 5)), 3)
z[1, 2, 3] = 0


def logsumexp(a, axis=None, keepdims=False):
    return np.log(np.sum(np.exp(a), axis=axis, keepdims=keepdims))


def norm(p):
    def f(a, axis=None, keepdims=False):
        if p == inf:
            return np.max(np.abs(a), axis=axis, keepdims=keepdims)
        return np.sum(np.abs(a) ** p, axis=axis, keepdims=keepdims) ** (1 / p)
    return f


reductions = {
    "sum": np.sum, "mean": np.mean, "prod": np.prod, "min": np.min, "max": np.max,
    "argmin": lambda a, **k: np.argmin(a, **k) + 1, "argmax": lambda a, **k: np.argmax(a, **k) + 1,
    "any": np.any, "all": np.all, "logsumexp": logsumexp,
}
more = {
    "var": (lambda a, **k: np.var(a, ddof=1, **k), "true"),
    "var(false)": (np.var, "false"),
    "std": (lambda a, **k: np.std(a, ddof=1, **k), "true"),
    "std(false)": (np.std, "false"),
    "norm": (norm(2), "2"), "norm(1)": (norm(1), "1"), "norm(3)": (norm(3), "3"),
    "norm(inf)": (norm(inf), "1/0"),
}
cases = []
for name, f in reductions.items():
    for axis in (None, 0, 1, 2):
        for keep in (False, True) if axis is not None else (False,):
            result = f(z, axis=axis, **({"keepdims": True} if keep else {}))
            cases.append(f'{{ name = "{name}", dim = {"nil" if axis is None else axis + 1}, '
                         f'keep = {str(keep).lower()}, result = {tensor(result)} }}')
for name, (f, parameter) in more.items():
    for axis in (None, 0, 1, 2):
        cases.append(f'{{ name = "{name.split("(")[0]}", parameter = {parameter}, '
                     f'dim = {"nil" if axis is None else axis + 1}, keep = false, '
                     f'result = {tensor(f(z, axis=axis))} }}')
for axis in (0, 1, 2):
    cases.append(f'{{ name = "cumsum", dim = {axis + 1}, result = {tensor(np.cumsum(z, axis=axis))} }}')
cases.insert(0, f"x = {tensor(z)}")
write("reduce.lua", "Reductions of x", cases)
