"""Writes the first ten steps of PyTorch 1.13's NAdam, RAdam and Rprop, and of Lion as its paper's algorithm 2 says in
NumPy, along given gradients; and the learning rates of its ReduceLROnPlateau along given values.

    /usr/bin/python3 tests/golden/make_solvers.py > tests/golden/solvers.json
"""
import json

import numpy as np
import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau

torch.set_default_dtype(torch.float64)
random = np.random.RandomState(20)
START = random.randn(6)
GRADIENTS = random.randn(10, 6) * [1, 1e-3, 30, 0, 1, 0.1]
GRADIENTS[:, 1] = [1] + [-0.06] * 9  # two averages of it change their sign at different steps
GRADIENTS[3:5, 4] = 0  # nothing for a while
GRADIENTS[:, 5] = np.abs(GRADIENTS[:, 5])  # always down


def pytorch(optimizer, options):
    w = torch.tensor(START.copy(), requires_grad=True)
    solver, steps = optimizer([w], **options), []
    for g in GRADIENTS:
        w.grad = torch.tensor(g)
        solver.step()
        steps.append(w.tolist())
    return steps


def nadam(options):
    # foreach: without it, 1.13 takes mu_t twice into the product up to t + 1, unlike its documentation and PyTorch 2:
    # findings/pytorch_nadam.sh
    return pytorch(torch.optim.NAdam, dict(options, foreach=True))


def lion(options):
    o = dict({"lr": 1e-4, "betas": (0.9, 0.99), "weight_decay": 0}, **options)
    w, m, steps = START.copy(), np.zeros(6), []
    for g in GRADIENTS:
        c = o["betas"][0] * m + (1 - o["betas"][0]) * g
        w = w - o["lr"] * (np.sign(c) + o["weight_decay"] * w)
        m = o["betas"][1] * m + (1 - o["betas"][1]) * g
        steps.append(w.tolist())
    return steps


# Mah's names
TRANSLATED = {"betas": ("beta_1", "beta_2"), "eps": ("epsilon",), "etas": ("eta_minus", "eta_plus"),
              "step_sizes": ("step_size_min", "step_size_max")}


def translated(options):
    out = {}
    for name, value in options.items():
        values = value if isinstance(value, tuple) else (value,)
        out.update(zip(TRANSLATED.get(name, (name,)), values))
    return out


CASES = [
    ("lion", lion, {}), ("lion", lion, {"lr": 0.01, "betas": (0.8, 0.95), "weight_decay": 0.5}),
    ("nadam", nadam, {}), ("nadam", nadam, {"lr": 0.1, "betas": (0.95, 0.9), "momentum_decay": 1.0, "eps": 1e-3}),
    ("nadam", nadam, {"weight_decay": 0.3, "momentum_decay": 0.0}), ("nadam", nadam, {"betas": (0.0, 0.99)}),
    ("radam", lambda o: pytorch(torch.optim.RAdam, o), {}),
    ("radam", lambda o: pytorch(torch.optim.RAdam, o), {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-2, "weight_decay": 0.2}),
    ("radam", lambda o: pytorch(torch.optim.RAdam, o), {"betas": (0.9, 0.5)}),
    ("rprop", lambda o: pytorch(torch.optim.Rprop, o), {}),
    ("rprop", lambda o: pytorch(torch.optim.Rprop, o), {"lr": 0.1, "etas": (0.3, 2.0), "step_sizes": (0.05, 0.3)}),
]


def solvers():
    return [{"solver": name, "options": translated(options), "steps": make(options)} for name, make, options in CASES]


# -- ReduceLROnPlateau: the rate of each epoch, and the value that it comes to ------------------------------------------

PLATEAUS = [
    {}, {"patience": 0}, {"patience": 2, "cooldown": 3}, {"patience": 1, "threshold": 0.1, "threshold_mode": "abs"},
    {"patience": 1, "threshold": 0.05, "min_lr": 0.01, "factor": 0.5}, {"patience": 1, "cooldown": 1, "eps": 0.003},
    {"patience": 0, "factor": 0.9, "threshold": 0},
]


def plateaus():
    out = []
    for mode in "min", "max":
        for options in PLATEAUS:
            values = (np.cumsum(random.randn(60)) / 10 + (3 if len(out) % 3 else 0)).tolist()
            if len(out) % 4 == 1:
                values[20] = values[21]
                values[5] = float("nan")
            optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
            schedule, rates = ReduceLROnPlateau(optimizer, mode=mode, **options), []
            for value in values:
                rates.append(optimizer.param_groups[0]["lr"])
                schedule.step(value)
            rates.append(optimizer.param_groups[0]["lr"])
            out.append({"mode": mode, "options": options, "rates": rates,
                        "values": ["nan" if v != v else v for v in values]})
    return out


# -- Other schedules: the rate of each of 40 steps -----------------------------------------------------------------------

SCHEDULES = [
    ("cosine_warm_restarts", "CosineAnnealingWarmRestarts", {"T_0": 7}),
    ("cosine_warm_restarts", "CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.01}),
    ("cosine_warm_restarts", "CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 3}),
    ("polynomial", "PolynomialLR", {"total_iters": 30}), ("polynomial", "PolynomialLR", {"total_iters": 50, "power": 2.5}),
    ("cyclic", "CyclicLR", {"max_lr": 0.7, "step_size_up": 4}),
    ("cyclic", "CyclicLR", {"max_lr": 0.7, "step_size_up": 3, "step_size_down": 8, "mode": "triangular2"}),
    ("cyclic", "CyclicLR", {"max_lr": 0.7, "step_size_up": 5, "mode": "exp_range", "gamma": 0.95}),
]
RENAMED = {"T_0": "epochs", "T_mult": "epochs_mult", "eta_min": "min_lr", "total_iters": "epochs"}


def schedules():
    out = []
    for name, other, options in SCHEDULES:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        more = {"base_lr": 0.1, "cycle_momentum": False} if other == "CyclicLR" else {}
        schedule, rates = getattr(torch.optim.lr_scheduler, other)(optimizer, **options, **more), []
        for _ in range(40):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        out.append({"name": name, "options": {RENAMED.get(k, k): v for k, v in options.items()}, "rates": rates})
    return out


print(json.dumps({"start": START.tolist(), "gradients": GRADIENTS.tolist(), "solvers": solvers(),
                  "plateaus": plateaus(), "schedules": schedules()}))
