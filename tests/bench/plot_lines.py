"""Seconds that matplotlib takes for the lines of plot_lines.lua."""
import io
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

for n in [10, 1000, 10000, 100000, 1000000]:
    y = np.random.default_rng(1).standard_normal(n).astype(np.float32)
    start = time.process_time()
    figure, axes = plt.subplots(figsize=(6.4, 4), dpi=150)
    axes.plot(y)
    figure.savefig(io.BytesIO(), format="png")
    plt.close(figure)
    if n > 10:
        print(f"{n:8d} points   PNG {time.process_time() - start:.3f} s")
