"""ONNX files in the forms of sklearn-onnx, Keras (tf2onnx) and dlib, put together with python3-onnx from
their published operators, for tests/lua/exchange/read/onnx_spec.lua.

    /usr/bin/python3 tests/golden/make_onnx_others.py         (Debian's python3-onnx 1.12, python3-sklearn 1.2.1)

The answers are scikit-learn's, or NumPy's. Writes tests/golden/onnx/others_NAME.onnx and others.json:
{NAME: {x, y, dtype, labels}}; labels: what each row is, where the file says it.
"""
import json
import os
import warnings

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scipy.special import erf
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, Normalizer, StandardScaler

warnings.simplefilter("ignore")
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx")
answers = {}
rng = np.random.RandomState(0)
FLOAT, DOUBLE, INT64, STRING = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.STRING
types = {np.dtype("float32"): FLOAT, np.dtype("float64"): DOUBLE}


class Graph:
    def __init__(self, dtype="float32"):
        self.dtype, self.nodes, self.constants = np.dtype(dtype), [], []

    def node(self, op, inputs, output=None, domain="", **attributes):
        output = output or "%s_%d" % (op.lower(), len(self.nodes))
        names = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        self.nodes.append(helper.make_node(op, names, [output], name="%s%d" % (op, len(self.nodes)), domain=domain,
                                           **attributes))
        return output

    def constant(self, value, raw=True):
        name = "c%d" % len(self.constants)
        value = np.asarray(value)
        if value.dtype.kind == "U":
            t = helper.make_tensor(name, STRING, value.shape, [v.encode() for v in value.ravel()])
        elif raw:
            t = numpy_helper.from_array(value.astype(self.dtype) if value.dtype.kind == "f" else value, name)
        else:
            kind = types[self.dtype] if value.dtype.kind == "f" else helper.np_dtype_to_tensor_dtype(value.dtype) \
                if hasattr(helper, "np_dtype_to_tensor_dtype") else onnx.mapping.NP_TYPE_TO_TENSOR_TYPE[value.dtype]
            t = helper.make_tensor(name, kind, value.shape, value.ravel().tolist())
        self.constants.append(t)
        return name

    def save(self, name, x, y, inputs, outputs, producer, opset=15, labels=None):
        graph = helper.make_graph(self.nodes, producer, inputs, outputs, self.constants)
        opsets = [helper.make_opsetid("", opset)]
        if any(n.domain for n in self.nodes):
            opsets.append(helper.make_opsetid("ai.onnx.ml", 1))
        model = helper.make_model(graph, producer_name=producer, opset_imports=opsets)
        with open(os.path.join(folder, "others_%s.onnx" % name), "wb") as out:
            out.write(model.SerializeToString())
        answers[name] = {"x": np.asarray(x).tolist(), "y": np.asarray(y).tolist(), "dtype": self.dtype.name}
        if labels is not None:
            answers[name]["labels"] = np.asarray(labels).tolist()


def value(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


# -- sklearn-onnx ----------------------------------------------------------------------------------

ML = "ai.onnx.ml"
operators = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid", "identity": "Identity", "softmax": "Softmax"}


def mlp(g, model, last):
    last = g.node("Cast", [last], "cast_input", to=types[g.dtype])
    for i, (w, b) in enumerate(zip(model.coefs_, model.intercepts_)):
        last = g.node("Add", [g.node("MatMul", [last, w]), b.reshape(1, -1)])
        name = model.activation if i < len(model.coefs_) - 1 else model.out_activation_
        last = g.node(operators[name], [last])
    return last


def classifier(g, model, last, zipmap):
    y, classes = mlp(g, model, last), model.classes_
    strings = classes.dtype.kind == "U"
    if len(classes) == 2:
        y = g.node("Concat", [g.node("Sub", [np.array([1.0]), y]), y], "probabilities", axis=1)
    else:
        y = g.node("Identity", [y], "probabilities")
    best = g.node("ArgMax", [y], axis=1)
    table = g.constant(classes if strings else classes.astype(np.int32), raw=False)
    label = g.node("ArrayFeatureExtractor", [table, best], domain=ML)
    if not strings:
        label = g.node("Cast", [label], to=FLOAT)
    label = g.node("Reshape", [label, np.array([-1])], "label" if strings else None)
    if not strings:
        g.node("Cast", [label], "label", to=INT64)
    if zipmap:
        keys = {"classlabels_strings": [str(c) for c in classes]} if strings else \
            {"classlabels_int64s": [int(c) for c in classes]}
        g.node("ZipMap", [y], "output_probability", domain=ML, **keys)


def sklearn_outputs(model, zipmap, dtype):
    strings = model.classes_.dtype.kind == "U"
    label = value("label", STRING if strings else INT64, [None])
    if not zipmap:
        return [label, value("probabilities", types[dtype], [None, len(model.classes_)])]
    kind = onnx.TypeProto()
    kind.sequence_type.elem_type.map_type.key_type = STRING if strings else INT64
    kind.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = FLOAT
    probability = onnx.ValueInfoProto(name="output_probability", type=kind)
    return [label, probability]


x = rng.normal(1, 2, (60, 4))
three = np.array(["setosa", "versicolor", "virginica"])[np.digitize(x[:, 0] + x[:, 1], [1, 3])]


def scale(g, scaler, last):
    if isinstance(scaler, StandardScaler) and g.dtype == np.float32:
        return g.node("Scaler", [last], domain=ML, offset=scaler.mean_.tolist(), scale=(1 / scaler.scale_).tolist())
    if isinstance(scaler, StandardScaler):
        return g.node("Div", [g.node("Sub", [last, scaler.mean_]), scaler.scale_])
    if isinstance(scaler, MinMaxScaler):
        return g.node("Add", [g.node("Mul", [last, scaler.scale_]), scaler.min_])
    return g.node("Normalizer", [last], domain=ML, norm=scaler.norm.upper())


def sklearn(name, model, y, scaler=None, zipmap=True, dtype="float32"):
    g = Graph(dtype)
    fitted = make_pipeline(*[s for s in (scaler, model) if s is not None]).fit(x, y)
    rows = x[:8].astype(g.dtype)
    last = scale(g, scaler, "X") if scaler is not None else "X"
    inputs = [value("X", types[g.dtype], [None, x.shape[1]])]
    if isinstance(model, MLPRegressor):
        g.node("Reshape", [mlp(g, model, last), np.array([-1, 1])], "variable")
        outputs = [value("variable", types[g.dtype], [None, 1])]
        g.save(name, rows, fitted.predict(rows.astype(float)).reshape(-1, 1), inputs, outputs, "skl2onnx")
    else:
        classifier(g, model, last, zipmap)
        g.save(name, rows, fitted.predict_proba(rows.astype(float)), inputs, sklearn_outputs(model, zipmap, g.dtype),
               "skl2onnx", labels=fitted.predict(rows.astype(float)))


def of(cls=MLPClassifier, **given):
    return cls(hidden_layer_sizes=(5,), max_iter=60, random_state=1, **given)


sklearn("sklearn", of(), three)
sklearn("sklearn_tensor", of(activation="tanh"), three, StandardScaler(), zipmap=False)
sklearn("sklearn_integers", of(activation="logistic"), np.digitize(x[:, 0], [0, 2]) * 3 + 1, MinMaxScaler())
sklearn("sklearn_binary", of(), (x[:, 0] > 1).astype(int), Normalizer())
sklearn("sklearn_binary_strings", of(activation="identity"), np.where(x[:, 0] > 1, "yes", "no"))
sklearn("sklearn_double", of(), three, StandardScaler(), zipmap=False, dtype="float64")
sklearn("sklearn_regressor", of(MLPRegressor), x[:, 0] - x[:, 1], StandardScaler(), dtype="float64")

# -- Keras, through tf2onnx ------------------------------------------------------------------------

f4 = np.float32
w1, b1 = rng.normal(0, 0.5, (4, 6)).astype(f4), rng.normal(0, 0.5, 6).astype(f4)
w2, b2 = rng.normal(0, 0.5, (6, 3)).astype(f4), rng.normal(0, 0.5, 3).astype(f4)
scale_1, shift_1 = rng.uniform(0.5, 2, 6).astype(f4), rng.normal(0, 1, 6).astype(f4)
rows = rng.normal(0, 1, (7, 4)).astype(f4)


def wide(a):
    return a.astype(np.float64)


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def keras(name, activate, spell, batch_norm=False):
    g = Graph()
    z, h = g.node("Add", [g.node("MatMul", ["x:0", w1]), b1]), wide(rows) @ w1 + b1
    last, h = spell(g, z), activate(h)
    if batch_norm:  # folded by tf2onnx
        last, h = g.node("Add", [g.node("Mul", [last, scale_1]), shift_1]), h * scale_1 + shift_1
    g.node("Softmax", [g.node("Add", [g.node("MatMul", [last, w2]), b2])], "Identity:0", axis=-1)
    g.save(name, rows, softmax(h @ w2 + b2), [value("x:0", FLOAT, ["unk__9", 4])],
           [value("Identity:0", FLOAT, ["unk__10", 3])], "tf2onnx")


def keras_gelu(g, z):
    inner = g.node("Erf", [g.node("Mul", [z, np.array(np.sqrt(0.5), f4)])])
    return g.node("Mul", [g.node("Mul", [np.array(0.5, f4), z]), g.node("Add", [np.array(1, f4), inner])])


keras("keras_relu", lambda z: np.maximum(z, 0), lambda g, z: g.node("Relu", [z]))
keras("keras_gelu", lambda z: z * (1 + erf(z / np.sqrt(2))) / 2, keras_gelu)
keras("keras_silu", lambda z: z * sigmoid(z), lambda g, z: g.node("Mul", [z, g.node("Sigmoid", [z])]))
keras("keras_batch_norm", np.tanh, lambda g, z: g.node("Tanh", [z]), batch_norm=True)

# -- dlib ------------------------------------------------------------------------------------------


def dlib(name, activate, spell, shape):
    """fc, an affine layer (batch normalisation), an activation, fc, softmax; N x K x NR x NC images of bytes."""
    g = Graph()
    last = g.node("Div", ["input", np.array([256], f4)])
    last = g.node("Flatten", [last], axis=1)
    last = g.node("Gemm", [last, w1, b1])
    last = g.node("Add", [g.node("Mul", [last, scale_1.reshape(1, -1)]), shift_1.reshape(1, -1)])
    last = spell(g, last)
    g.node("Softmax", [g.node("Gemm", [last, w2, b2])], "output", axis=1)
    pixels = rng.randint(0, 256, (3, 4)).astype(f4)
    h = activate((wide(pixels) / 256 @ w1 + b1) * scale_1 + shift_1)
    g.save(name, pixels, softmax(h @ w2 + b2), [value("input", FLOAT, shape)],
           [value("output", FLOAT, [shape[0], 3])], "dlib", opset=17)


def smelu(g, z):
    beta = 1.0
    smooth = g.node("Div", [g.node("Pow", [g.node("Add", [z, np.array([beta])]), np.array([2.0])]), np.array([4 * beta])])
    lower = g.node("Where", [g.node("Less", [z, np.array([-beta])]), np.array([0.0]), smooth])
    return g.node("Where", [g.node("Greater", [z, np.array([beta])]), z, lower])


dlib("dlib_relu", lambda z: np.maximum(z, 0), lambda g, z: g.node("Relu", [z]), [1, 1, 2, 2])
dlib("dlib_silu", lambda z: z * sigmoid(z), lambda g, z: g.node("Mul", [z, g.node("Sigmoid", [z])]), [1, 4, 1, 1])
dlib("dlib_mish", lambda z: z * np.tanh(np.log1p(np.exp(z))),
     lambda g, z: g.node("Mul", [z, g.node("Tanh", [g.node("Softplus", [z])])]), [1, 1, 1, 4])
dlib("dlib_smelu", lambda z: np.where(z > 1, z, np.where(z < -1, 0, (z + 1) ** 2 / 4)), smelu, [1, 1, 2, 2])

with open(os.path.join(folder, "others.json"), "w") as out:
    json.dump(answers, out)
    out.write("\n")
