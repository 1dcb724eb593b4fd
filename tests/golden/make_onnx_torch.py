"""ONNX files of PyTorch's exporter with PyTorch's answers, for tests/lua/exchange/read/onnx_spec.lua.

    /usr/bin/python3 tests/golden/make_onnx_torch.py          (Debian's python3-torch, 1.13.1)

Writes tests/golden/onnx/torch_NAME.onnx and torch.json: {NAME: {x, y, dtype, log}}; log: the file ends
in log_softmax, and Mah gives probabilities.
"""
import json
import os
import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx")
os.makedirs(folder, exist_ok=True)
answers = {}
torch.manual_seed(0)


def unlike(model):
    """Gives every parameter and running mean its own values: equal ones are exported as one."""
    for p in list(model.parameters()) + [b for b in model.buffers() if b.dtype.is_floating_point]:
        p.data = torch.rand_like(p) + 0.2 if p.data.min() >= 0 and p.dim() == 1 else torch.randn_like(p)


def save(name, model, shape=(6, 4), opset=13, dtype=torch.float32, log=False, free=True, draw=True):
    torch.manual_seed(len(answers) + 1)
    model = model.to(dtype).eval()
    if draw:
        unlike(model)
    x = torch.randn(shape, dtype=dtype)
    y = model(x).detach()
    torch.onnx.export(model, x, os.path.join(folder, "torch_%s.onnx" % name), opset_version=opset, input_names=["x"],
                      output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}} if free else None)
    width = y.shape[-1]
    flat = x.reshape(len(x), -1) if len(shape) > 2 and y.dim() == 2 else x.reshape(-1, x.shape[-1])
    answers[name] = {"x": flat.tolist(), "y": y.reshape(-1, width).tolist(), "dtype": str(dtype)[6:], "log": log}


def net(activation, *more):
    return nn.Sequential(nn.Linear(4, 5), activation, nn.Linear(5, 3), *more)


class Viewed(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return torch.relu(self.fc(x.view(x.size(0), -1)))


class Normalized(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(nn.functional.normalize(x, dim=1))


for name, activation in {
    "relu": nn.ReLU(), "leaky_relu": nn.LeakyReLU(), "leaky_relu_2": nn.LeakyReLU(0.2), "elu": nn.ELU(),
    "elu_half": nn.ELU(0.5), "gelu": nn.GELU(), "gelu_tanh": nn.GELU(approximate="tanh"), "silu": nn.SiLU(),
    "softplus": nn.Softplus(), "softplus_2": nn.Softplus(beta=2), "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(),
    "log_sigmoid": nn.LogSigmoid(), "hardsigmoid": nn.Hardsigmoid(), "hardtanh": nn.Hardtanh(), "relu6": nn.ReLU6(),
    "selu": nn.SELU(), "softsign": nn.Softsign(), "hardswish": nn.Hardswish(), "mish": nn.Mish(),
    "prelu": nn.PReLU(), "identity": nn.Identity(),
}.items():
    save(name, net(activation), opset=14 if name == "hardswish" else 13)
for opset in (7, 9, 11, 12, 15, 16):
    save("opset_%d" % opset, net(nn.GELU() if opset > 8 else nn.ReLU(), nn.Softmax(dim=1)), opset=opset)
save("log_softmax", net(nn.Tanh(), nn.LogSoftmax(dim=-1)), log=True)
save("logistic", nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1), nn.Sigmoid()))
save("double", net(nn.GELU(), nn.Softmax(dim=1)), dtype=torch.float64)
save("double_silu", net(nn.SiLU()), dtype=torch.float64)
save("batch_norm", nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(), nn.Linear(5, 3)))
save("batch_norm_first", nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 5), nn.ReLU(), nn.BatchNorm1d(5), nn.Linear(5, 3)))
save("batch_norm_last", nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.BatchNorm1d(5)))
save("fresh", nn.Sequential(nn.Linear(4, 5, bias=False), nn.BatchNorm1d(5), nn.ReLU(), nn.BatchNorm1d(5), nn.Linear(5, 3)),
     draw=False)
save("no_bias", nn.Sequential(nn.Linear(4, 5, bias=False), nn.ReLU(), nn.Linear(5, 3, bias=False)))
save("three", net(nn.ReLU()), shape=(2, 3, 4))
save("three_no_bias", nn.Sequential(nn.Linear(4, 5, bias=False), nn.SiLU(), nn.Linear(5, 3)), shape=(2, 3, 4), free=False)
save("image", nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.ReLU()), shape=(5, 1, 2, 2))
save("view", Viewed(), shape=(5, 2, 2))
save("layer_norm", nn.Sequential(nn.Linear(4, 5), nn.LayerNorm(5), nn.ReLU(), nn.Linear(5, 3)))
save("layer_norm_first", nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 3), nn.ReLU()), dtype=torch.float64)
save("normalize", Normalized())
save("normalize_last", nn.Sequential(Normalized(), nn.ReLU(), nn.LayerNorm(3, elementwise_affine=False)))
save("tanh_last", nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2), nn.Tanh()))

with open(os.path.join(folder, "torch.json"), "w") as out:
    json.dump(answers, out)
    out.write("\n")
