"""One measurement of scikit-learn for train_speed.lua: FOLDER TASK THREADS DTYPE; prints one number."""
import os
import sys

folder, task, threads, dtype = sys.argv[1:5]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = threads

import resource
import statistics
import time
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier

warnings.filterwarnings("ignore")


class Timed(MLPClassifier):
    """Notes the time at the end of each epoch."""

    def _update_no_improvement_count(self, *arguments):
        self.stamps.append(time.perf_counter())
        return super()._update_no_improvement_count(*arguments)


def load(part):
    x = np.load(f"{folder}/x_{part}.npy")
    return x.astype(dtype, copy=False), np.load(f"{folder}/y_{part}.npy")


def classifier(layers, epochs, solver="adam"):
    result = Timed(hidden_layer_sizes=layers, solver=solver, max_iter=epochs, random_state=1,
                   tol=0 if solver == "adam" else 1e-9, n_iter_no_change=1000)
    result.stamps = []
    return result


def epoch_seconds(layers, epochs):
    clf = classifier(layers, epochs + 1)
    clf.fit(*load("train"))
    return statistics.median(b - a for a, b in zip(clf.stamps, clf.stamps[1:]))


def iteration_seconds():
    x, y = load("train")
    clf = classifier((100,), 10, "lbfgs")
    start = time.perf_counter()
    clf.fit(x, y)
    return (time.perf_counter() - start) / clf.n_iter_


def predict_seconds():
    x, y = load("test")
    clf = classifier((100,), 1).fit(x, y)
    seconds = []
    for _ in range(21):
        start = time.perf_counter()
        clf.predict(x)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def memory():
    classifier((100,), 1).fit(*load("train"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


measure = {
    "row1": lambda: epoch_seconds((100,), 3),
    "row2": lambda: epoch_seconds((30,), 3),
    "row3": lambda: epoch_seconds((512, 512), 1),
    "row4": lambda: epoch_seconds((30,) * 50, 1),
    "lbfgs": iteration_seconds,
    "predict": predict_seconds,
    "memory": memory,
}
print(f"{measure[task]():.6g}")
