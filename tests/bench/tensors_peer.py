"""A peer's side of tensors.lua: numpy or torch; reads and prints what tensors_mah.lua does."""
import os
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import math
import statistics
import time

import numpy as np

LASTS, TIMES = 0.03, 5
peer = sys.argv[1]
common = {"np": np}
if peer == "torch":
    import torch

    torch.set_num_threads(1)
    common["torch"] = torch
else:
    try:
        import scipy as sp
        import scipy.linalg, scipy.signal, scipy.special, scipy.stats

        common["sp"] = sp
    except ImportError:
        pass


def values(n):
    m, rng = math.isqrt(n), np.random.default_rng(1)
    floats = lambda *shape: rng.random(shape, dtype=np.float32)
    a, A = floats(n), floats(m, m)
    arrays = {"a": a, "b": floats(n), "A": A, "B": floats(m, m), "S": A + A.T,
              "i32": rng.integers(0, n, n).astype(np.int32), "m8": a < 0.5}
    if peer == "torch":
        arrays = {name: torch.from_numpy(array) for name, array in arrays.items()}
    return {**common, **arrays, "rng": rng, "n": n, "k10": min(10, n)}


def measure(expression, n):
    call = eval("lambda: " + expression, values(n))

    def seconds(count):
        start = time.perf_counter()
        for _ in range(count):
            result = call()
        return time.perf_counter() - start

    count, once = 1, seconds(1)
    while once < LASTS:
        count *= 10 if once < LASTS / 10 else 3
        once = seconds(count)
    return statistics.median(seconds(count) / count * 1e6 for _ in range(TIMES))


result = []
for expression, n in json.load(sys.stdin):
    try:
        result.append(measure(expression, n))
    except Exception as problem:
        result.append(f"{type(problem).__name__}: {problem}"[:100])
print(json.dumps(result))
