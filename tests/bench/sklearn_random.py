"""Compares Mah's estimators with compat = "sklearn" to scikit-learn 1.2.1 on random settings.

    /usr/bin/python3 tests/bench/sklearn_random.py build/mah [SETTINGS = 500] [SEED = 1] [ONE]
    /usr/bin/python3 tests/bench/sklearn_random.py --record tests/golden/sklearn_steps.json

Classifiers and regressors, all solvers and schedules, ragged batches, early stopping, several labels and outputs,
tiny sets, warm starts and partial_fit: after each call the loss curves, validation scores, n_iter_, weights and
predictions are compared, in float64 to 1e-6, in float32 to 1e-3 (float32's own 1e-7, multiplied by the epochs). A
setting that scikit-learn refuses must be refused. What differs must be of a kind that the table in the reference of
MLPClassifier names; rounding is one where scikit-learn comes to something else, too, once x changes by an epsilon. ONE: only that setting, in full. Needs python3-sklearn 1.2.1; some 20 seconds.
"""
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.simplefilter("ignore")

TOLERANCE = {"float64": 1e-6, "float32": 1e-3}


# -- Drawing ----------------------------------------------------------------------------------------------------


def draw_data(rng, numbers, kind):
    """x and y of one kind: two, several, one (class), labels, number, numbers."""
    rows = rng.choice([4, 5, 6, 9, 20, 33, 50, 80, 121])
    features = rng.choice([1, 2, 3, 5, 8])
    x = numbers.normal(size=(rows, features)) * rng.choice([0.3, 1, 3])
    if kind in ("two", "several", "one"):
        k = {"two": 2, "one": 1}.get(kind, rng.choice([3, 4]))
        names = rng.sample(range(-5, 30), k)
        y = np.array(names)[np.argmax(x @ numbers.normal(size=(features, k)) + numbers.normal(size=(rows, k)), 1)]
        y[:k] = names[:rows]  # each one is there
        return x, y.astype(np.int32)
    outputs = rng.choice([2, 3, 4]) if kind in ("labels", "numbers") else 1
    z = x @ numbers.normal(size=(features, outputs)) + 0.3 * numbers.normal(size=(rows, outputs))
    if kind == "labels":
        return x, (z > 0).astype(np.int32)
    return x, z if outputs > 1 else z[:, 0]


def draw_params(rng, is_classifier):
    solver = rng.choice(["adam", "adam", "sgd", "sgd", "lbfgs"])
    params = {
        "hidden_layer_sizes": rng.choice([[], [1], [5], [7], [10], [4, 3], [6, 5, 4]]),
        "activation": rng.choice(["identity", "logistic", "tanh", "relu"]),
        "solver": solver,
        "alpha": rng.choice([0.0, 1e-4, 0.01, 0.5]),
        "max_iter": rng.randint(1, 25),
        "tol": rng.choice([0.0, 1e-4, 1e-3, 0.05]),
        "random_state": rng.randint(0, 2**32 - 1),
    }
    if solver == "lbfgs":
        params["max_fun"] = rng.choice([15000, 15000, 7])
    else:
        params["batch_size"] = rng.choice(["auto", 1, 7, 10, 16, 500])
        params["shuffle"] = rng.random() < 0.7
        params["n_iter_no_change"] = rng.choice([1, 2, 5, 10])
        params["learning_rate_init"] = rng.choice([1e-3, 0.01, 0.05])
    if rng.random() < 0.4:
        params["early_stopping"] = True
        params["validation_fraction"] = rng.choice([0.1, 0.2, 0.37, 0.5])
    if solver == "sgd":
        params["learning_rate"] = rng.choice(["constant", "invscaling", "adaptive"])
        params["power_t"] = rng.choice([0.5, 0.25])
        params["momentum"] = rng.choice([0.0, 0.5, 0.9])
        params["nesterovs_momentum"] = rng.random() < 0.5
    if solver == "adam":
        params["beta_1"] = rng.choice([0.9, 0.5])
        params["beta_2"] = rng.choice([0.999, 0.9])
        params["epsilon"] = rng.choice([1e-8, 1e-4])
    if not is_classifier:
        params["learning_rate_init"] = min(params.get("learning_rate_init", 1), 0.01)
        if solver == "lbfgs":
            del params["learning_rate_init"]
    return params


def draw_steps(rng, params, rows):
    """The calls: [name, changed parameters]."""
    way = rng.choice(["fit", "fit", "fit", "twice", "warm", "warm", "partial", "both"])
    if way == "twice":
        return [["fit", {}], ["fit", {}]]
    if way == "warm":
        params["warm_start"] = True
        steps = [["fit", {}] for _ in range(rng.choice([2, 3, 4]))]
        for step in steps[1:]:
            if rng.random() < 0.4:
                name = rng.choice(["alpha", "max_iter", "random_state", "activation", "learning_rate_init"])
                step[1][name] = {"alpha": 0.1, "max_iter": rng.randint(1, 9), "random_state": rng.randint(0, 99),
                                 "activation": rng.choice(["tanh", "relu"]), "learning_rate_init": 0.002}[name]
        return steps
    if way == "partial" and params["solver"] != "lbfgs":
        return [["partial_fit", {}] for _ in range(rng.choice([1, 2, 5, 14]))]
    if way == "both" and params["solver"] != "lbfgs":
        return [["fit", {}]] + [["partial_fit", {}] for _ in range(rng.choice([1, 3]))]
    return [["fit", {}]]


def draw(seed, number):
    rng = random.Random(seed * 100003 + number)
    numbers = np.random.RandomState(rng.randint(0, 2**31))
    kind = rng.choice(["two", "two", "several", "several", "labels", "number", "number", "numbers", "numbers", "one"])
    x, y = draw_data(rng, numbers, kind)
    dtype = rng.choice(["float64", "float64", "float32"])
    is_classifier = kind not in ("number", "numbers")
    params = draw_params(rng, is_classifier)
    return {"kind": kind, "class": "MLPClassifier" if is_classifier else "MLPRegressor", "params": params,
            "dtype": dtype, "x": x.astype(dtype), "y": y if is_classifier else y.astype(dtype),
            "steps": draw_steps(rng, params, len(x))}


# -- Both runs --------------------------------------------------------------------------------------------------


def results_of(model, x, is_lbfgs):
    predicted = model.predict(x)
    return {"n_iter": int(model.n_iter_), "loss": float(model.loss_),
            "loss_curve": [] if is_lbfgs else [float(v) for v in model.loss_curve_],
            "scores": [float(v) for v in getattr(model, "validation_scores_", None) or []],
            "weights": [w.tolist() for pair in zip(model.coefs_, model.intercepts_) for w in pair],
            "predicted": predicted.tolist()}


def run_sklearn(setting):
    """The results after each call; the last one is {"error": ...} where scikit-learn raises."""
    params = dict(setting["params"])
    params["hidden_layer_sizes"] = tuple(params["hidden_layer_sizes"])
    model = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}[setting["class"]](**params)
    x, y, results = setting["x"], setting["y"], []
    for call, changed in setting["steps"]:
        try:
            model.set_params(**changed)
            if call == "fit":
                model.fit(x, y)
            elif setting["class"] == "MLPClassifier":
                labels = range(y.shape[1]) if setting["kind"] == "labels" else y
                model.partial_fit(x, y, classes=np.unique(labels))
            else:
                model.partial_fit(x, y)
            results.append(results_of(model, x, params["solver"] == "lbfgs"))
        except Exception as error:  # whatever it is, Mah must refuse it, too
            results.append({"error": f"{type(error).__name__}: {error}"})
            break
    return results


def run_mah(program, settings):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sklearn_random.lua")
    with tempfile.TemporaryDirectory() as folder:
        requests = []
        for i, s in enumerate(settings):
            np.save(f"{folder}/x{i}.npy", s["x"])
            np.save(f"{folder}/y{i}.npy", s["y"])
            requests.append({key: s[key] for key in ("class", "params", "steps", "kind")})
        with open(folder + "/requests.json", "w") as file:
            json.dump(requests, file)
        subprocess.run([program, script, folder], check=True)
        with open(folder + "/answers.json") as file:
            return json.load(file)


# -- Comparing --------------------------------------------------------------------------------------------------


def is_close(a, b, tolerance):
    """Lists of lists of numbers; NaN is null in JSON."""
    if isinstance(a, list):
        if b == {}:
            b = []
        return isinstance(b, list) and len(a) == len(b) and all(is_close(x, y, tolerance) for x, y in zip(a, b))
    if a is None or b is None or not math.isfinite(a):
        return (a is None or not math.isfinite(a)) and (b is None or not math.isfinite(b))
    return abs(a - b) <= tolerance * max(1, abs(a), abs(b))


def differences(theirs, ours, setting):
    """What differs after one call: names."""
    if "error" in theirs or "error" in ours:
        return [] if "error" in theirs and "error" in ours else ["error"]
    tolerance = TOLERANCE[setting["dtype"]]
    if setting["params"]["solver"] == "lbfgs":
        tolerance = 1e-5  # conjugate directions multiply the last bits
    return [name for name in theirs if not is_close(theirs[name], ours[name], tolerance)]


def depends_on_last_bits(theirs, setting):
    """Does scikit-learn differ as much from itself when x changes by its number type's rounding error?"""
    numbers = np.random.RandomState(0)
    epsilon = np.finfo(setting["dtype"]).eps
    for _ in range(8):
        signs = numbers.choice([-1, 1], setting["x"].shape)
        moved = dict(setting, x=(setting["x"] * (1 + epsilon * signs)).astype(setting["dtype"]))
        if any(differences(a, b, setting) for a, b in zip(theirs, run_sklearn(moved))):
            return True
    return False


def named(theirs, ours, setting):
    """The row of the table that a difference belongs to, or None."""
    if "error" in ours and "diverged" in ours["error"] or ours.get("rule") == "diverged":
        return "diverged"
    if setting["kind"] == "number" and "error" in theirs and "_best_coefs" in theirs["error"]:
        return "one row held out"
    return None


def compare(theirs, ours, setting):
    """("same" | "named" | "different", text)"""
    for call, (a, b) in enumerate(zip(theirs, ours), 1):
        found = differences(a, b, setting)
        if found:
            row = named(a, b, setting) or depends_on_last_bits(theirs, setting) and "rounding"
            what = f"call {call}: {', '.join(found)}"
            return ("named", row) if row else ("different", what)
    return ("same", "") if len(theirs) == len(ours) else ("different", "calls")


def show(number, setting, theirs, ours, what, whole):
    print(f"setting {number}: {what}: {setting['class']}, {setting['kind']}, {setting['dtype']}, "
          f"x {setting['x'].shape}, {json.dumps(setting['params'])}, {json.dumps(setting['steps'])}")
    for call, (a, b) in enumerate(zip(theirs, ours), 1):
        for name in ("error", "n_iter", "loss", "loss_curve", "scores")[: 5 if whole else 3]:
            if name in a or name in b:
                print(f"  {call} {name}: {a.get(name)}  |  {b.get(name)}")


def record(path):
    """Small settings of every way to go on, with scikit-learn's results, for tests/lua/learn/sklearn_spec.lua."""
    runs, number, ways = [], 0, {}
    while len(runs) < 48:
        number += 1
        setting = draw(7, number)
        way = (setting["kind"], [call for call, _ in setting["steps"]][-1], len(setting["steps"]) > 1)
        theirs = run_sklearn(setting)
        if setting["x"].size > 40 or "error" in theirs[-1] or ways.get(way, 0) > 3 or setting["dtype"] == "float32":
            continue
        if depends_on_last_bits(theirs, setting):
            continue
        ways[way] = ways.get(way, 0) + 1
        expected = [{"n_iter": r["n_iter"], "loss": r["loss"], "scores": r["scores"], "bias": r["weights"][-1]}
                    for r in theirs]
        runs.append({key: setting[key] for key in ("class", "kind", "params", "steps")} |
                    {"x": setting["x"].tolist(), "y": setting["y"].tolist(), "expected": expected})
    with open(path, "w") as file:
        file.write("[" + ",\n".join(json.dumps(run) for run in runs) + "]\n")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--record":
        record(sys.argv[2])
        return
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    numbers = [int(sys.argv[4])] if len(sys.argv) > 4 else list(range(1, count + 1))
    settings = [draw(seed, number) for number in numbers]
    answers = run_mah(program, settings)
    counts, rows = {"same": 0, "named": 0, "different": 0}, {}
    for number, setting, ours in zip(numbers, settings, answers):
        theirs = run_sklearn(setting)
        verdict, what = compare(theirs, ours, setting)
        counts[verdict] += 1
        if verdict == "named":
            rows[what] = rows.get(what, 0) + 1
        if verdict == "different" or len(numbers) == 1:
            show(number, setting, theirs, ours, what, len(numbers) == 1)
    for row, times in sorted(rows.items()):
        print(f"as the table says, {row}: {times}")
    print(f"{len(numbers)} settings: {counts['same']} same, {counts['named']} as the table says, "
          f"{counts['different']} different")
    sys.exit(counts["different"] > 0)


if __name__ == "__main__":
    main()
