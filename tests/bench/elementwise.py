"""One round of the NumPy side of elementwise.lua: `name seconds` lines, the median of some runs each.

Usage: elementwise.py COUNT RUNS
"""
import statistics
import sys
import time

import numpy as np

count, runs = int(sys.argv[1]), int(sys.argv[2])
x = (np.arange(count, dtype=np.float32) * np.float32(0.618034)) % np.float32(4) - np.float32(2)
y = x[::-1].copy()
out = np.zeros_like(x)
positive = np.abs(x) + np.float32(0.1)
cases = {
    "add": lambda: x + y,
    "add into place": lambda: np.add(out, y, out=out),
    "mul number": lambda: x * np.float32(2.5),
    "exp": lambda: np.exp(x),
    "tanh": lambda: np.tanh(x),
    "log": lambda: np.log(positive),
    "sqrt": lambda: np.sqrt(positive),
    "greater": lambda: x > y,
    "sum": lambda: x.sum(),
    "mean": lambda: x.mean(),
    "var": lambda: x.var(),
    "max": lambda: x.max(),
    "argmax": lambda: x.argmax(),
    "sum of rows": lambda: x.reshape(-1, 1000).sum(1),
    "sum of columns": lambda: x.reshape(-1, 1000).sum(0),
}
for name, run in cases.items():
    run()
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begin)
    print(name.replace(" ", "_"), statistics.median(seconds))
