"""Small files of torch.save, and what the networks answered, for tests/lua/exchange/pytorch_spec.lua: tests/golden/torch/*,
answers.json among them.

    /usr/bin/python3 tests/golden/make_torch_files.py     (Debian's python3-torch, 1.13.1)
"""
import json
import os

import torch
from torch import nn

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch")
os.makedirs(FOLDER, exist_ok=True)
torch.manual_seed(3)
x = torch.randn(4, 3)
answers = []


def path(name):
    return os.path.join(FOLDER, name)


def case(name, saved, model, given, data=x, tolerance=1e-6):
    """Saves what is given, and notes what the model makes of the data."""
    torch.save(saved, path(name))
    with torch.no_grad():
        out = model.eval()(data)
    answers.append({"file": name, "given": given, "x": data.tolist(), "dtype": str(data.dtype)[6:], "out": out.tolist(),
                    "tolerance": tolerance})


relu = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2), nn.Softmax(1))
case("relu.pt", relu.state_dict(), relu, {"activation": "relu", "out_activation": "softmax"})

tanh = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 1)).double()
case("double.pt", tanh.state_dict(), tanh, {"activation": "tanh"}, x.double(), 1e-12)


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(3, 5), nn.Linear(5, 4, bias=False), nn.Linear(4, 2)

    def forward(self, x):
        return self.fc3(torch.sigmoid(self.fc2(torch.relu(self.fc1(x)))))


named = Named()
case("named.pt", named.state_dict(), named, {"activation": ["relu", "logistic"]})

norm = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(), nn.Linear(4, 2))
for _ in range(5):
    norm(torch.randn(16, 3) * 2 + 1)
case("norm.pt", norm.state_dict(), norm, {"activation": "relu"})

optimizer = torch.optim.Adam(relu.parameters())
relu(x).sum().backward()
optimizer.step()
case("checkpoint.pt", {"epoch": 3, "model": relu.state_dict(), "optimizer": optimizer.state_dict(), "loss": .5,
                       "device": torch.device("cpu"), "size": torch.Size([1, 2])}, relu,
     {"activation": "relu", "out_activation": "softmax"})
case("nested.pt", {"a": {"b": {"c": {"model": relu.state_dict()}}}}, relu,
     {"activation": "relu", "out_activation": "softmax"})
case("two.pt", {"actor": relu.state_dict(), "critic": tanh.float().state_dict()}, relu,
     {"activation": "relu", "out_activation": "softmax", "key": "actor"})

half = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
for name, dtype in (("half.pt", torch.float16), ("bfloat16.pt", torch.bfloat16)):
    rounded = {k: v.to(dtype) for k, v in half.state_dict().items()}
    half.load_state_dict({k: v.float() for k, v in rounded.items()})
    case(name, rounded, half, {"activation": "relu"})

flat = torch.randn(200)
views = {"0.weight": flat[:24].view(3, 8)[:, ::2].t(), "0.bias": flat[50:58:2], "2.weight": nn.Parameter(flat[60:68].view(2, 4)),
         "2.bias": flat[80].expand(2)}
half.load_state_dict(views)
case("views.pt", views, half, {"activation": "relu"})

torch.save(relu.state_dict(), path("old.pt"), _use_new_zipfile_serialization=False)
torch.save(relu, path("module.pt"))
torch.jit.trace(half, x).save(path("script.pt"))
torch.save({"weight": torch.zeros(2), "call": print}, path("print.pt"))
torch.save([torch.zeros(2)], path("list.pt"))
torch.save({"w": torch.zeros(2), "epoch": 3}, path("extra.pt"))
torch.save({"w": torch.zeros(2, dtype=torch.complex64)}, path("complex.pt"))

with open(path("answers.json"), "w") as f:
    json.dump(answers, f, separators=(",", ":"))
    f.write("\n")
