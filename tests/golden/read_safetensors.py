"""Reads a safetensors file with NumPy alone, to show that others can: prints each tensor's name, dtype and
shape, its class, layers or steps, and what a softmax network in it (coefs.N, intercepts.N, ReLU between) says
of a row of ones.

    /usr/bin/python3 tests/golden/read_safetensors.py model.safetensors
"""
import json
import sys

import numpy as np

DTYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "U8": "u1"}

with open(sys.argv[1], "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    data = file.read()

metadata = header.pop("__metadata__")
tensors = {}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    tensors[name] = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    print(name, tensors[name].dtype, *tensors[name].shape)

model = json.loads(metadata["model"])
if model["class"] == "Pipeline":
    print("steps", *model["steps"])

print(model["class"], *model["layer_sizes"], *model["activations"], "classes", *model["classes"])
if model["class"] == "Pipeline":
    raise SystemExit

h, layer = np.ones(tensors["coefs.0"].shape[0]), 0
while f"coefs.{layer}" in tensors:
    h = h @ tensors[f"coefs.{layer}"] + tensors[f"intercepts.{layer}"]
    layer += 1
    if f"coefs.{layer}" in tensors:
        h = np.maximum(h, 0)
p = np.exp(h - h.max())
print(metadata["format"], *np.round(p / p.sum(), 4))
