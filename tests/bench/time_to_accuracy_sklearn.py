"""Trains scikit-learn's MLPClassifier as it comes on MNIST, and prints its best accuracy on the test images,
the epoch, and the seconds since the process began; time_to_accuracy.lua calls it. Scoring is not counted.

    MAH_MNIST=DIR time_to_accuracy_sklearn.py SEED
"""
import time

START = time.perf_counter()

import gzip
import os
import sys
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore")


def read(name, offset):
    path = os.path.join(os.environ["MAH_MNIST"], name)
    opened = gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")
    with opened:
        return np.frombuffer(opened.read(), np.uint8, offset=offset)


class Watched(MLPClassifier):
    """One that looks at the test images after each epoch."""

    def _update_no_improvement_count(self, early_stopping, X_val, y_val):
        super()._update_no_improvement_count(early_stopping, X_val, y_val)
        before = time.perf_counter()
        accuracy = np.mean(self.predict(test_x) == test_y)
        if accuracy > best[0]:
            best[:] = accuracy, self.n_iter_, before - START - scoring[0]
        scoring[0] += time.perf_counter() - before


train_x = read("train-images-idx3-ubyte", 16).reshape(-1, 784) / 255
train_y = read("train-labels-idx1-ubyte", 8).astype(int)
test_x = read("t10k-images-idx3-ubyte", 16).reshape(-1, 784) / 255
test_y = read("t10k-labels-idx1-ubyte", 8).astype(int)
best, scoring = [0, 0, 0], [0]
Watched(random_state=int(sys.argv[1])).fit(train_x, train_y)
print("%.4f %d %.3f" % tuple(best))
