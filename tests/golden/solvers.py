"""Golden numbers for the solvers, from PyTorch's published formulas, in plain double arithmetic:
w = 1, the gradients 0.5, -0.25, 0.1, 0.1.      python3 tests/golden/solvers.py
"""
from math import sqrt

GRADIENTS = [0.5, -0.25, 0.1, 0.1]


def rmsprop(lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0):
    w, v, b = 1.0, 0.0, 0.0
    for g in GRADIENTS:
        g = g + weight_decay * w
        v = alpha * v + (1 - alpha) * g * g
        b = momentum * b + g / (sqrt(v) + eps)
        w = w - lr * b
        yield w


def adagrad(lr=0.01, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10):
    w, s = 1.0, initial_accumulator_value
    for t, g in enumerate(GRADIENTS, 1):
        g = g + weight_decay * w
        s = s + g * g
        w = w - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)
        yield w


def adamw(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    w, m, v = 1.0, 0.0, 0.0
    for t, g in enumerate(GRADIENTS, 1):
        w = w * (1 - lr * weight_decay)
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        w = w - lr / (1 - betas[0] ** t) * m / (sqrt(v) / sqrt(1 - betas[1] ** t) + eps)
        yield w


for name, values in {
    "rmsprop": rmsprop(),
    "rmsprop momentum=0.9 weight_decay=0.1": rmsprop(momentum=0.9, weight_decay=0.1),
    "adagrad": adagrad(),
    "adagrad lr_decay=0.1 weight_decay=0.1 initial_accumulator_value=0.5": adagrad(
        lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.5
    ),
    "adamw": adamw(),
    "adamw lr=0.1 weight_decay=0.5": adamw(lr=0.1, weight_decay=0.5),
}.items():
    print(name + ":", ", ".join(repr(w) for w in values))
