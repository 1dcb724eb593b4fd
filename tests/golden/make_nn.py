"""Writes what PyTorch 1.13 gives for layers: outputs, gradients, and running statistics after several steps, with the
numbers that went in.

    /usr/bin/python3 tests/golden/make_nn.py > tests/golden/nn.json
"""
import json

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(21)


def case(f, **inputs):
    """f's output, and the gradients of its product with fixed weights, by the inputs that are floats."""
    leaves = {k: v.clone().requires_grad_(v.is_floating_point()) for k, v in inputs.items()}
    y = f(*leaves.values())
    g = torch.randn(y.shape)
    wanted = {k: v for k, v in leaves.items() if v.requires_grad}
    gradients = torch.autograd.grad(y, list(wanted.values()), g)
    return {"inputs": {k: v.tolist() for k, v in inputs.items()}, "g": g.tolist(), "y": y.tolist(),
            "gradients": {k: v.tolist() for k, v in zip(wanted, gradients)}}


def functions():
    x, w, b = torch.randn(5, 7), torch.randn(7), torch.randn(7)
    mean, var = torch.randn(7), torch.rand(7) + 0.5
    edges = torch.tensor([[0.0, -0.0, 1, -1, 20, -20, 0.3, -3]])
    wide = torch.cat([torch.randn(4, 8), edges])
    return {
        "linear": case(lambda x, W, b: F.linear(x, W.t(), b), x=x, W=torch.randn(7, 3), b=torch.randn(3)),
        "layer_norm": case(lambda x, weight, bias: F.layer_norm(x, (7,), weight, bias), x=x, weight=w, bias=b),
        "layer_norm_plain": case(lambda x: F.layer_norm(x, (7,), eps=1e-3), x=x),
        "layer_norm_3d": case(lambda x, weight, bias: F.layer_norm(x, (7,), weight, bias), x=torch.randn(2, 3, 7), weight=w, bias=b),
        "batch_norm": case(lambda x, weight, bias: F.batch_norm(x, None, None, weight, bias, True), x=x, weight=w, bias=b),
        "batch_norm_plain": case(lambda x: F.batch_norm(x, None, None, None, None, True, eps=1e-2), x=x),
        "batch_norm_evaluation": case(lambda x, weight, bias, mean, var: F.batch_norm(x, mean.detach(), var.detach(), weight, bias) +
                                      0 * (mean + var), x=x, weight=w, bias=b, mean=mean, var=var),
        "glu": case(lambda x: F.glu(x, 1), x=wide),
        "swiglu": case(lambda x: x[:, :4] * F.silu(x[:, 4:]), x=wide),
        "prelu": case(lambda x, a: F.prelu(x, a), x=wide, a=torch.tensor([0.25])),
        "prelu_columns": case(lambda x, a: F.prelu(x, a), x=wide, a=torch.randn(8)),
        "embedding": case(lambda codes, W: F.embedding(codes, W), codes=torch.tensor([3, 0, 3, 1]), W=torch.randn(4, 2)),
        "embedding_2d": case(lambda codes, W: F.embedding(codes, W), codes=torch.tensor([[3, 0], [3, 1]]), W=torch.randn(4, 2)),
        "weight_norm": case(lambda v, g: torch._weight_norm(v, g, 1), v=torch.randn(5, 3), g=torch.rand(1, 3) + 0.5),
        "softmax": case(lambda x: F.softmax(x, -1), x=x),
        "relu": case(F.relu, x=wide), "sigmoid": case(torch.sigmoid, x=wide), "tanh": case(torch.tanh, x=wide),
        "leaky_relu": case(F.leaky_relu, x=wide), "elu": case(F.elu, x=wide), "gelu": case(F.gelu, x=wide),
        "silu": case(F.silu, x=wide), "softplus": case(lambda x: F.softplus(x, threshold=1000), x=wide),
    }


def running():
    """Batch norm over three batches, and then in evaluation."""
    layer = nn.BatchNorm1d(4, momentum=0.3)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(4))
        layer.bias.copy_(torch.randn(4))
    steps = []
    for rows in (6, 2, 9):
        x = torch.randn(rows, 4) * 3 + 5
        y = layer(x)
        steps.append({"x": x.tolist(), "y": y.tolist(), "mean": layer.running_mean.tolist(), "var": layer.running_var.tolist()})
    layer.eval()
    x = torch.randn(3, 4)
    return {"weight": layer.weight.tolist(), "bias": layer.bias.tolist(), "steps": steps, "x": x.tolist(), "y": layer(x).tolist()}


def far_away():
    """Numbers of float32 with a large mean: what is right, computed in double."""
    x = (torch.randn(40, 24) + 30000).float().double()
    return {"x": x.tolist(), "layer_norm": F.layer_norm(x, (24,)).tolist(),
            "batch_norm": F.batch_norm(x, None, None, None, None, True).tolist()}


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.f = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.f(x)


def network():
    """A residual network, one layer of which is there twice: value and gradients by the order of Mah's parameters."""
    shared = nn.Linear(6, 6)
    layers = [nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Tanh(), shared, Residual(nn.LayerNorm(6), shared, nn.GELU()), nn.PReLU(),
              nn.Linear(6, 2)]
    model = nn.Sequential(*layers)
    x = torch.randn(8, 4)
    loss = model(x).square().mean()
    loss.backward()
    named = dict(model.named_parameters())  # a shared one once
    return {"x": x.tolist(), "loss": loss.item(), "value": {k: v.tolist() for k, v in named.items()},
            "gradient": {k: v.grad.tolist() for k, v in named.items()}}


print(json.dumps({"functions": functions(), "running": running(), "far_away": far_away(), "network": network()}))
