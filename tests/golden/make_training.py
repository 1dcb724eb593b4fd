"""Writes what PyTorch 1.13 makes of a small network in some steps: with averages of its weights, groups of parameters,
frozen ones, accumulated gradients and limits of norms.

    /usr/bin/python3 tests/golden/make_training.py > tests/golden/training.json
"""
import json

import torch
from torch.optim.swa_utils import AveragedModel

torch.set_default_dtype(torch.float64)
torch.manual_seed(20)
ROWS, BATCH, EPOCHS = 11, 4, 4
X, Y = torch.randn(ROWS, 3), torch.randint(0, 3, (ROWS,))
START = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3))
NAMES = {"1.weight": "0.weight", "1.bias": "0.bias", "2.weight": "2.weight", "2.bias": "2.bias"}


def flat(net):
    """As Mah's net.params: weights (inputs, units)"""
    return [v for p in net.parameters() for v in p.detach().t().reshape(-1).tolist()]


def copy():
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3))
    net.load_state_dict(START.state_dict())
    return net


def optimizer_of(net, case):
    lr, parameters, groups, seen = case["lr"], dict(net.named_parameters()), [], set()
    for name in case.get("freeze", []):
        parameters[NAMES[name]].requires_grad_(False)
    for group in case.get("groups", []):
        o = {"params": [parameters[NAMES[n]] for n in group["params"]], "lr": lr * group.get("lr_scale", 1)}
        if "weight_decay" in group:
            o["weight_decay"] = group["weight_decay"]
        groups.append(o)
        seen.update(NAMES[n] for n in group["params"])
    groups.append({"params": [p for n, p in parameters.items() if n not in seen]})
    if case["solver"] == "sgd":
        return torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=case.get("nesterov", False))
    if case["solver"] == "adam":
        return torch.optim.Adam(groups, lr=lr, eps=1e-20)
    return torch.optim.AdamW(groups, lr=lr)


def average_of(net, case):
    o = case.get("average", {})
    if o.get("name") == "ema":
        def share(average, w, n):
            decay = min(o["decay"], (1 + float(n)) / (10 + float(n))) if o["warmup"] else o["decay"]
            return decay * average + (1 - decay) * w
        return AveragedModel(net, avg_fn=share)
    return AveragedModel(net)


def limit(net, most):
    for layer in (net[0], net[2]):
        norm = layer.weight.detach().norm(dim=1, keepdim=True)
        layer.weight.data *= (most / norm).clamp(max=1)


def run(case):
    net = copy()
    solver, average = optimizer_of(net, case), average_of(net, case)
    name, rows = case.get("average", {}).get("name"), BATCH * case.get("accumulate", 1)
    for epoch in range(1, EPOCHS + 1):
        for first in range(0, ROWS, rows):
            solver.zero_grad()
            many = min(rows, ROWS - first)
            for i in range(first, first + many, BATCH):  # mini-batches of one step
                x, y = X[i:min(i + BATCH, first + many)], Y[i:min(i + BATCH, first + many)]
                (torch.nn.functional.cross_entropy(net(x), y, reduction="sum") / many).backward()
            solver.step()
            if "max_norm" in case:
                limit(net, case["max_norm"])
            if name == "ema":
                average.update_parameters(net)
        if name == "swa" and epoch >= case["average"]["start"]:
            average.update_parameters(net)
    return dict(case, params=flat(net), **({"averaged": flat(average.module)} if name else {}))


GROUPS = [{"params": ["1.weight"], "lr_scale": 0.5, "weight_decay": 0.1}, {"params": ["2.weight", "2.bias"], "lr_scale": 3}]
CASES = [
    {"solver": "sgd", "lr": 0.1, "average": {"name": "ema", "decay": 0.8, "warmup": False}},
    {"solver": "adamw", "lr": 0.01, "average": {"name": "ema", "decay": 0.8, "warmup": True}},
    {"solver": "adamw", "lr": 0.01, "average": {"name": "swa", "start": 2}},
    {"solver": "sgd", "lr": 0.1, "groups": GROUPS},
    {"solver": "sgd", "lr": 0.1, "groups": GROUPS, "nesterov": True},
    {"solver": "adam", "lr": 0.01, "groups": GROUPS},
    {"solver": "adamw", "lr": 0.01, "groups": GROUPS, "freeze": ["1.bias"]},
    {"solver": "adamw", "lr": 0.01, "groups": [{"params": ["1.bias", "2.bias"], "weight_decay": 0}]},
    {"solver": "sgd", "lr": 0.1, "freeze": ["1.weight", "1.bias"]},
    {"solver": "adamw", "lr": 0.01, "accumulate": 2},
    {"solver": "sgd", "lr": 0.1, "max_norm": 0.7},
]
print(json.dumps({"x": X.tolist(), "y": Y.tolist(), "batch_size": BATCH, "epochs": EPOCHS, "start": flat(START),
                  "cases": [run(case) for case in CASES]}))
