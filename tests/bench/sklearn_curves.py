"""Runs scikit-learn and Mah on the same rows with the same settings and random_state, and prints both loss
curves side by side.

    MAH_MNIST=DIR /usr/bin/python3 tests/bench/sklearn_curves.py build/mah [SEED]

Five settings are drawn at random from SEED (1 when left out). With --record FILE it writes scikit-learn's
curves on the synthetic digits instead, for tests/lua/learn/sklearn_spec.lua. Needs python3-sklearn.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore")


def draw_settings(rng):
    """One random setting: parameters of MLPClassifier, and how many rows."""
    solver = rng.choice(["sgd", "adam"])
    params = {
        "hidden_layer_sizes": rng.choice([[20], [40], [30, 20], [10, 10, 10]]),
        "activation": rng.choice(["identity", "logistic", "tanh", "relu"]),
        "solver": solver,
        "alpha": rng.choice([0.0, 1e-4, 0.1]),
        "batch_size": rng.choice([32, 50, 128]),
        "learning_rate_init": rng.choice([0.01, 0.05]) if solver == "sgd" else 0.002,
        "max_iter": rng.randint(4, 8),
        "random_state": rng.randint(0, 2**32 - 1),
        "early_stopping": rng.random() < 0.3,
        "validation_fraction": 0.15,
    }
    if solver == "sgd":
        params["learning_rate"] = rng.choice(["constant", "invscaling", "adaptive"])
        params["nesterovs_momentum"] = rng.random() < 0.5
    return params, rng.choice([300, 500, 1000])


def run_sklearn(params, x, y):
    classifier = MLPClassifier(**params).fit(x.astype(np.float64), y)
    return {"n_iter": classifier.n_iter_, "loss_curve": classifier.loss_curve_,
            "scores": classifier.validation_scores_ if params["early_stopping"] else None}


def ask_mah(program, request):
    """Sends a request to sklearn_curves.lua, which answers in JSON."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(request, file)
    try:
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sklearn_curves.lua")
        return json.loads(subprocess.run([program, script, file.name], check=True, capture_output=True).stdout)
    finally:
        os.unlink(file.name)


def load_rows(program, data, n):
    with tempfile.TemporaryDirectory() as folder:
        ask_mah(program, {"dump": folder, "data": data, "rows": n})
        return np.load(folder + "/x.npy"), np.load(folder + "/y.npy")


def compare(program, seed):
    rng = random.Random(seed)
    for _ in range(5):
        params, n = draw_settings(rng)
        x, y = load_rows(program, "mnist", n)
        theirs = run_sklearn(params, x, y)
        ours = ask_mah(program, {"data": "mnist", "rows": n, "params": params})
        print(f"{n} rows, {json.dumps(params)}")
        print(f"  n_iter        scikit-learn {theirs['n_iter']:3d}   mah {ours['n_iter']:3d}")
        for epoch, (a, b) in enumerate(zip(theirs["loss_curve"], ours["loss_curve"]), 1):
            print(f"  epoch {epoch:3d}     {a:.8f}   {b:.8f}   relative difference {abs(a - b) / a:.1e}")


def record(program, path):
    rng = random.Random(7)
    runs = []
    for _ in range(12):
        params, n = draw_settings(rng)
        x, y = load_rows(program, "synthetic", n)
        runs.append({"params": params, "rows": n, "expected": run_sklearn(params, x, y)})
    with open(path, "w") as file:
        json.dump(runs, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[2] == "--record":
        record(sys.argv[1], sys.argv[3])
    else:
        compare(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
