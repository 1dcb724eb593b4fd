"""scikit-learn for train_speed.lua: FOLDER DTYPE; tasks and answers as train_speed_peer.py says."""
import statistics
import sys
import time
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier

import train_speed_peer as peer

folder, dtype = sys.argv[1:3]
warnings.filterwarnings("ignore")


class Timed(MLPClassifier):
    """Notes the time at the end of each epoch; ends after two, when `lasts` seconds are over."""

    def _update_no_improvement_count(self, *arguments):
        self.stamps.append(time.perf_counter())
        if len(self.stamps) > 1 and self.stamps[-1] - self.stamps[0] > self.lasts:
            raise KeyboardInterrupt  # which fit takes for the end
        return super()._update_no_improvement_count(*arguments)


def load(task, name="x"):
    return peer.load(folder, task, name).astype(dtype, copy=False)


def load_classes(task):
    return peer.load(folder, task, "y")


def classifier(task, epochs=100000, solver="adam"):
    net = Timed(hidden_layer_sizes=task["layers"][1:-1], activation=task["activation"],
                solver=solver, batch_size=task["batch"] if solver == "adam" else "auto",
                max_iter=epochs, random_state=1, tol=0 if solver == "adam" else 1e-9,
                n_iter_no_change=100000)
    net.stamps, net.lasts = [], task["lasts"]
    return net


def epoch(task):
    stamps = classifier(task).fit(load(task), load_classes(task)).stamps
    return statistics.median(b - a for a, b in zip(stamps, stamps[1:]))


def iteration(task):
    x, y = load(task), load_classes(task)
    net = classifier(task, 10, "lbfgs")
    start = time.perf_counter()
    net.fit(x, y)
    return (time.perf_counter() - start) / net.n_iter_


def many(task):
    x, y = load(task), load_classes(task)

    def train():
        net = classifier(task, task["epochs"])
        net.lasts = float("inf")
        net.fit(x, y)

    return peer.seconds_of_many(train, task)


def fitted(task):
    """One that has seen a few rows."""
    x = np.random.default_rng(1).random((200, task["layers"][0])).astype(dtype)
    return classifier(task, 1).fit(x, np.arange(200) % task["layers"][-1])


def proba(task):
    x = load(task, "rows")
    net = fitted(task)
    return peer.seconds_of(lambda: net.predict_proba(x), task["lasts"])


def row(task):
    x = load(task, "rows")
    net, rows = fitted(task), [x[i:i + 1] for i in range(64)]

    def call():
        for one in rows:
            net.predict_proba(one)

    return peer.seconds_of(call, task["lasts"]) / len(rows)


def memory(task):
    classifier(task, 1).fit(load(task), load_classes(task))
    return peer.peak_megabytes()


peer.serve({"epoch": epoch, "iteration": iteration, "many": many, "proba": proba, "row": row,
            "memory": memory})
