"""Writes state_dicts of PyTorch 1.13 as safetensors files with PyTorch's names, and, in their metadata, rows "x" and
what the model says of them in evaluation, "y".

    /usr/bin/python3 tests/golden/make_torch.py tests/golden/torch
"""
import json
import sys

import torch
from torch import nn

NAMES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(5, 3)
        self.fc_in = nn.Linear(4, 6)
        self.middle = nn.Linear(6, 5)

    def forward(self, x):
        return self.out(nn.functional.silu(self.middle(torch.tanh(self.fc_in(x)))))


def save(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name in sorted(tensors, key=lambda name: (tensors[name].dtype == torch.float32, name)):
        t = tensors[name]
        raw = t.contiguous().numpy().tobytes()
        header[name] = {"dtype": NAMES[t.dtype], "shape": list(t.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)


models = {
    "sequential": nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(), nn.Linear(5, 3),
                                nn.LogSoftmax(dim=1)),
    "norm_behind": nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 5), nn.GELU(), nn.BatchNorm1d(5, affine=False),
                                 nn.Linear(5, 1)),
    "named": Named().double(),
}
torch.manual_seed(16)
for name, model in models.items():
    dtype = next(model.parameters()).dtype
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape))
        model.train()
        model(3 * torch.randn(50, 4, dtype=dtype) + 1)
        model.eval()
        x = torch.randn(6, 4, dtype=dtype)
        y = model(x)
    save(f"{sys.argv[1]}/{name}.safetensors", model.state_dict(),
         {"format": "pt", "x": json.dumps(x.tolist()), "y": json.dumps(y.tolist())})
