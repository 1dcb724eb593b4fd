"""Writes what PyTorch 1.13 gives as gradients: of random compositions of ten operations, of derivatives where there is
none or many, and of losses, with the numbers that went in.

    /usr/bin/python3 tests/golden/make_grad.py > tests/golden/grad.json
"""
import json
import random

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(20)
random.seed(20)

# name -> the operation, of the running value x and another operand y, both (4, 5)
OPERATIONS = {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y,
    "div": lambda x, y: x / (y * y + 1), "tanh": lambda x, y: x.tanh(), "sigmoid": lambda x, y: x.sigmoid(),
    "sin": lambda x, y: x.sin(), "exp": lambda x, y: (x.tanh()).exp(), "log": lambda x, y: (x * x + 1).log(),
    "sqrt": lambda x, y: (x * x + 0.5).sqrt(), "erf": lambda x, y: torch.erf(x), "abs": lambda x, y: x.abs(),
    "relu": lambda x, y: x.relu() - y, "square": lambda x, y: x.square() / 4, "maximum": lambda x, y: torch.maximum(x, y),
    "minimum": lambda x, y: torch.minimum(x, y), "where": lambda x, y: torch.where(y > 0, x, y * x),
    "pow": lambda x, y: (x * x + 0.2) ** (y * 0.3), "matmul": lambda x, y: x @ (y.t() @ x) / 5,
    "center": lambda x, y: x - x.mean(1, keepdim=True), "std": lambda x, y: x / (x.std(1, keepdim=True) + 1),
    "softmax": lambda x, y: x.softmax(1) + y, "log_softmax": lambda x, y: x.log_softmax(0) / 3,
    "logsumexp": lambda x, y: x + x.logsumexp(1, keepdim=True) * y, "norm": lambda x, y: x / (x.norm(dim=0) + 0.5),
    "cumsum": lambda x, y: x.cumsum(1) / 3, "cumprod": lambda x, y: (x.tanh() + 0.1).cumprod(0) + x,
    "flip": lambda x, y: x.flip(1) + y, "roll": lambda x, y: x.roll(1, 0) * y,
    "sort": lambda x, y: x.sort(dim=1)[0] + y, "permute": lambda x, y: x.t().reshape(4, 5) - y,
    "narrow": lambda x, y: torch.cat([x.narrow(1, 1, 4), y.narrow(1, 0, 1)], 1),
    "gather": lambda x, y: x.gather(1, torch.tensor([[0, 1, 1, 4, 2]] * 4)), "tril": lambda x, y: x.tril() + y,
    "stack": lambda x, y: torch.stack([x, y]).prod(0), "max": lambda x, y: x - x.max(1, keepdim=True)[0],
    "clamp": lambda x, y: x.clamp(-1.2, 1.1) + y, "solve": lambda x, y: torch.linalg.solve(x @ x.t() + 3 * torch.eye(4), x),
    "einsum": lambda x, y: torch.einsum("ij,kj,kl->il", x, y, y) / 5, "var": lambda x, y: x * x.var(0, keepdim=True),
}


def compositions():
    names, cases = sorted(OPERATIONS), []
    for _ in range(60):
        x, y = torch.randn(4, 5, requires_grad=True), torch.randn(4, 5, requires_grad=True)
        value, chosen = x, random.sample(names, 10)
        for name in chosen:
            value = OPERATIONS[name](value, y)
        result = (value * value).mean()
        dx, dy = torch.autograd.grad(result, [x, y], allow_unused=True)
        cases.append({"operations": chosen, "x": x.tolist(), "y": y.tolist(), "value": result.item(), "dx": dx.tolist(),
                      "dy": (torch.zeros(4, 5) if dy is None else dy).tolist()})
    return cases


# name -> function of x (a vector) and the numbers that it is given
EDGES = {
    "pow1": (lambda x: x ** 1, [0.0, 2]), "pow2": (lambda x: x ** 2, [0.0, 2]), "pow3": (lambda x: x ** 3, [0.0, 2]),
    "pow0": (lambda x: x ** 0, [0.0, 2]), "sqrt": (lambda x: x.sqrt(), [0.0, 4]), "abs": (lambda x: x.abs(), [0.0, -1]),
    "relu": (lambda x: x.relu(), [0.0, -1, 1]), "norm": (lambda x: x.norm(), [0.0, 0]), "norm1": (lambda x: x.norm(1), [0.0, 2]),
    "norm3": (lambda x: x.norm(3), [0.0, 0]), "norminf": (lambda x: x.norm(float("inf")), [2.0, -2, 1]),
    "max": (lambda x: x.max(), [1.0, 3, 3]), "max_dim": (lambda x: x.max(0)[0], [1.0, 3, 3]),
    "min": (lambda x: x.min(), [1.0, 1, 3]), "prod1": (lambda x: x.prod(), [0.0, 3, 4]), "prod2": (lambda x: x.prod(), [0.0, 0, 4]),
    "cumprod": (lambda x: x.cumprod(0), [2.0, 0, 3, 0, 5]), "base0": (lambda x: 0.0 ** x, [0.0, 2]),
    "exponent": (lambda x: torch.tensor([0.0, 2, 0]) ** x, [0.0, 2, 1]),
    "where": (lambda x: torch.where(x > 0, x.sqrt(), x), [-1.0, 4]), "clamp": (lambda x: x.clamp(-1, 1), [-1.0, 1, 2, 0]),
    "maximum": (lambda x: torch.maximum(x, torch.tensor([1.0, 1, 1])), [1.0, 0, 2]),
    "std": (lambda x: x.std(), [2.0, 2, 2]), "sign": (lambda x: x.sign() * x, [0.0, -3]), "log": (lambda x: x.log(), [0.0, 1]),
    "logsumexp": (lambda x: x.logsumexp(0), [float("-inf"), 0.0]), "remainder": (lambda x: x % 2, [3.0, -1.5]),
    "sort": (lambda x: x.sort(descending=True)[0] * torch.tensor([1.0, 2, 3]), [1.0, 3, 2]),
}


def edges():
    cases = []
    for name, (f, numbers) in EDGES.items():
        x = torch.tensor(numbers, requires_grad=True)
        g, = torch.autograd.grad(f(x).sum(), x)
        cases.append({"name": name, "x": [str(v) for v in numbers], "g": [str(v) for v in g.tolist()]})
    return cases


def losses():
    scores, y = torch.randn(6, 3), torch.tensor([0, 2, 1, 1, 0, 2])
    weights, q, t = torch.tensor([1, 2, 0.5]), torch.rand(6, 3).softmax(1), torch.randn(6, 3)
    bits, counts = (torch.rand(6, 3) > 0.5).double(), torch.randint(0, 4, (6, 3)).double()
    list_of = {
        "cross_entropy": lambda x: F.cross_entropy(x, y),
        "cross_entropy smoothed": lambda x: F.cross_entropy(x, y, label_smoothing=0.1),
        "cross_entropy weighted": lambda x: F.cross_entropy(x, y, weight=weights, label_smoothing=0.2),
        "cross_entropy sum": lambda x: F.cross_entropy(x, y, weight=weights, reduction="sum"),
        "cross_entropy soft": lambda x: F.cross_entropy(x, q, weight=weights, label_smoothing=0.1),
        "binary": lambda x: F.binary_cross_entropy_with_logits(x, bits),
        "binary weighted": lambda x: F.binary_cross_entropy_with_logits(x, bits, pos_weight=torch.tensor(3.0)),
        "mse": lambda x: F.mse_loss(x, t), "mae": lambda x: F.l1_loss(x, t), "huber": lambda x: F.huber_loss(x, t, delta=0.7),
        "poisson": lambda x: F.poisson_nll_loss(x, counts), "poisson full": lambda x: F.poisson_nll_loss(x, counts, full=True),
        "kl": lambda x: F.kl_div(x.log_softmax(1), q, reduction="batchmean"),
        "cosine": lambda x: F.cosine_embedding_loss(x, t, torch.ones(6)),
    }
    results = {}
    for name, f in list_of.items():
        x = scores.clone().requires_grad_(True)
        value = f(x)
        g, = torch.autograd.grad(value, x)
        results[name] = {"value": value.item(), "g": g.tolist()}
    return {"scores": scores.tolist(), "y": y.tolist(), "weights": weights.tolist(), "q": q.tolist(), "t": t.tolist(),
            "bits": bits.tolist(), "counts": counts.tolist(), "results": results}


print(json.dumps({"compositions": compositions(), "edges": edges(), "losses": losses()}))
