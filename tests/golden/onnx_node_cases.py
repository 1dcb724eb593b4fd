"""The node tests that python3-onnx generates, as files for tests/lua/exchange/onnx/nodes_spec.lua.

    /usr/bin/python3 tests/golden/onnx_node_cases.py FOLDER OP ...        (Debian's python3-onnx, 1.12)

Of the cases made of the named operators, those whose data are float32 or float64, without the ones in
training mode. FOLDER gets
NAME.onnx, NAME.in.K.pb and NAME.out.K.pb; cases.json lists {name, inputs, outputs, rtol, atol, ndim}.
"""
import json
import os
import sys

import numpy as np

for old in ("float", "int", "bool", "object", "str", "complex"):  # NumPy 1.24 took them away
    if old not in np.__dict__:
        setattr(np, old, {"float": float, "int": int, "bool": bool, "object": object, "str": str,
                          "complex": complex}[old])

from onnx import numpy_helper  # noqa: E402
from onnx.backend.test.case.node import collect_testcases  # noqa: E402

AUXILIARY = ("int64", "int32", "bool", "uint8")

folder, operators = sys.argv[1], set(sys.argv[2:])


def arrays_of(values):
    """The values if they are arrays that Mah's tensors can hold, else None."""
    arrays = [np.asarray(v) for v in values if not isinstance(v, (list, tuple, dict)) and v is not None]
    if len(arrays) != len(values):
        return None
    names = [a.dtype.name for a in arrays]
    return arrays if all(n in ("float32", "float64") + AUXILIARY for n in names) else None


cases = []
for case in collect_testcases(None):
    if not all(n.op_type in operators and n.domain == "" for n in case.model.graph.node):
        continue
    if len(case.data_sets) != 1 or "training" in case.name or "train_mode" in case.name:
        continue  # Mah reads what predicts
    inputs, outputs = (arrays_of(side) for side in case.data_sets[0])
    if inputs is None or outputs is None or not any(a.dtype.kind == "f" for a in inputs + outputs):
        continue
    if len(inputs) != len(case.model.graph.input) or max(a.ndim for a in inputs + outputs) > 8:
        continue
    base = os.path.join(folder, case.name)
    with open(base + ".onnx", "wb") as out:
        out.write(case.model.SerializeToString())
    for kind, arrays in (("in", inputs), ("out", outputs)):
        for k, a in enumerate(arrays):
            with open("%s.%s.%d.pb" % (base, kind, k), "wb") as out:
                out.write(numpy_helper.from_array(a).SerializeToString())
    cases.append({"name": case.name, "inputs": len(inputs), "outputs": len(outputs), "rtol": case.rtol,
                  "atol": case.atol, "ndim": max(a.ndim for a in inputs + outputs)})

with open(os.path.join(folder, "cases.json"), "w") as out:
    json.dump(cases, out)
