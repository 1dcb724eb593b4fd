"""Checks ONNX files with python3-onnx, for onnx_write_spec.lua:

    python3 onnx_check.py FOLDER

The result, JSON on standard output: for each *.onnx there {"error": ...}, or what is in it."""
import json
import os
import sys

import onnx

TYPES = {number: name.lower() for name, number in onnx.TensorProto.DataType.items()}


def values(infos):
    return [
        {
            "name": v.name,
            "type": TYPES[v.type.tensor_type.elem_type],
            "dims": [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim],
        }
        for v in infos
    ]


def look(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    graph = model.graph
    return {
        "ir": model.ir_version,
        "producer": [model.producer_name, model.producer_version],
        "opsets": {o.domain: o.version for o in model.opset_import},
        "inputs": values(graph.input),
        "outputs": values(graph.output),
        "nodes": [n.op_type for n in graph.node],
        "names": [n.name for n in graph.node],
        "initializers": {t.name: list(t.dims) for t in graph.initializer},
        "metadata": {m.key: m.value for m in model.metadata_props},
    }


found = {}
for name in sorted(os.listdir(sys.argv[1])):
    if name.endswith(".onnx"):
        try:
            found[name] = look(os.path.join(sys.argv[1], name))
        except Exception as problem:  # whatever is wrong with one is told with its name
            found[name] = {"error": str(problem)}
json.dump(found, sys.stdout)
