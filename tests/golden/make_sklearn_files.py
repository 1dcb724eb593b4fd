"""Small models of scikit-learn in files of pickle, joblib and skops, and what they answered, for
tests/lua/exchange/sklearn_spec.lua: tests/golden/sklearn/*, answers.json among them.

    /usr/bin/python3 tests/golden/make_sklearn_files.py     (Debian's python3-sklearn, 1.2.1, and python3-pandas)

NaN is written as the string "nan". skops is not in Debian: the files are put together after its published
schema (skops-dev/skops, skops/io), protocol 2. Files of older scikit-learn and of NumPy 2 are today's with the names
that the classes had there.
"""
import io
import json
import os
import pickle
import time
import warnings
import zipfile

import joblib
import numpy as np
import pandas as pd
from sklearn import preprocessing as p
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

warnings.simplefilter("ignore")
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sklearn")
os.makedirs(FOLDER, exist_ok=True)
rng = np.random.RandomState(7)
x = rng.normal(1, 2, (40, 3))
three = (x[:, 0] > 0).astype(int) + (x[:, 1] > 2)
probe = x[:5]
answers = []


def plain(value):
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float) and value != value:
        return "nan"
    return value


# -- Files --------------------------------------------------------------------------------------------


def of_pickle(model, protocol):
    return pickle.dumps(model, protocol=protocol)


def of_joblib(model, compress=0):
    path = os.path.join(FOLDER, "scratch")
    joblib.dump(model, path, compress=compress)
    with open(path, "rb") as f:
        data = f.read()
    os.remove(path)
    return data


class Skops:
    """Writes one object after skops' schema."""

    def __init__(self):
        self.files, self.numbers, self.alive = {}, {}, []

    def state(self, value):
        self.alive.append(value)  # ids must not be used twice
        node = self.node(value)
        node["__id__"] = self.number(value)
        return node

    def number(self, value):
        return self.numbers.setdefault(id(value), len(self.numbers) + 1)

    def named(self, value, loader, **more):
        kind = value if isinstance(value, type) else type(value)
        return dict({"__class__": kind.__name__, "__module__": kind.__module__, "__loader__": loader}, **more)

    def node(self, value):
        if isinstance(value, np.ndarray) and value.dtype == object:
            return self.named(value, "NdArrayNode", type="json", content=[self.state(v) for v in value.tolist()],
                              shape=self.state(value.shape))
        if isinstance(value, (np.ndarray, np.generic)):
            buffer = io.BytesIO()
            np.save(buffer, value, allow_pickle=False)
            name = f"{self.number(value)}.npy"
            self.files[name] = buffer.getvalue()
            return self.named(value, "NdArrayNode", type="numpy", file=name)
        if isinstance(value, np.dtype):
            return {"__class__": "dtype", "__module__": "numpy", "__loader__": "DTypeNode",
                    "content": self.state(np.ndarray(0, value))}
        if isinstance(value, dict):
            keys = self.state([type(k) for k in value])
            return self.named(value, "DictNode", content={k: self.state(v) for k, v in value.items()}, key_types=keys)
        if isinstance(value, list):
            return self.named(value, "ListNode", content=[self.state(v) for v in value])
        if isinstance(value, tuple):
            return self.named(value, "TupleNode", content=[self.state(v) for v in value])
        if isinstance(value, slice):
            return self.named(value, "SliceNode", content={"start": value.start, "stop": value.stop, "step": value.step})
        if isinstance(value, type):
            return self.named(value, "TypeNode")
        if isinstance(value, np.random.RandomState):
            return self.named(value, "RandomStateNode", content=self.state(value.get_state(legacy=False)))
        if callable(value) and not hasattr(value, "fit"):
            return {"__class__": value.__name__, "__module__": getattr(value, "__module__", "numpy"), "__loader__": "FunctionNode"}
        try:
            return {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": json.dumps(value),
                    "is_json": True}
        except TypeError:
            attributes = value.__getstate__() if hasattr(value, "__getstate__") else value.__dict__
            return self.named(value, "ObjectNode", content=self.state(attributes))

    def dumps(self, model, packing=zipfile.ZIP_DEFLATED):
        state = self.state(model)
        state["protocol"], state["_skops_version"] = 2, "0.11"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", compression=packing, compresslevel=9) as z:
            for name, data in self.files.items():
                z.writestr(zipfile.ZipInfo(name), data, packing)
            z.writestr(zipfile.ZipInfo("schema.json"), json.dumps(state), packing)
        return out.getvalue()


# -- Cases --------------------------------------------------------------------------------------------


def write(name, data):
    with open(os.path.join(FOLDER, name), "wb") as f:
        f.write(data)


def case(name, data, model, given, tolerance=1e-12):
    """Writes the file, and notes what the model says of `given`."""
    answer = {"file": name, "x": plain(given.to_dict("list") if isinstance(given, pd.DataFrame) else given),
              "tolerance": tolerance}
    if isinstance(given, np.ndarray) and given.dtype == np.float32:
        answer["dtype"] = "float32"
    for method in ("predict", "predict_proba", "transform"):
        if hasattr(model, method):
            result = getattr(model, method)(given)
            answer[method] = plain(result.toarray() if hasattr(result, "toarray") else result)
    answers.append(answer)
    write(name, data)


def light(model):
    """Without the generator and the solver's state, which make files large."""
    for part in ([step for _, step in model.steps] if isinstance(model, Pipeline) else [model]):
        for name in ("_random_state", "_optimizer"):
            part.__dict__.pop(name, None)
    return model


def net(cls=MLPClassifier, **given):
    return cls(**dict(dict(hidden_layer_sizes=(4,), max_iter=20, random_state=1), **given))


scaled = make_pipeline(p.StandardScaler(), net()).fit(x, three)
for protocol in range(6):
    case(f"protocol{protocol}.pickle", of_pickle(scaled, protocol), scaled, probe)
light(scaled)
for name, compress in (("joblib", 0), ("zlib", ("zlib", 3)), ("gz", ("gzip", 3)), ("bz2", ("bz2", 3)),
                       ("lzma", ("lzma", 3)), ("xz", ("xz", 3))):
    case(f"packed.{name}", of_joblib(scaled, compress), scaled, probe)

models = {
    "bools": net(activation="tanh").fit(x, x[:, 0] > 0),
    "strings": net(activation="logistic", hidden_layer_sizes=(3, 2)).fit(x, np.array(["low", "mid", "h\u00f6ch"])[three]),
    "objects": net(activation="identity").fit(x, np.array(["no", "yes"], dtype=object)[(x[:, 2] > 1).astype(int)]),
    "floats": net(solver="lbfgs").fit(x, three * 2. - 1),
    "several": net(solver="sgd", early_stopping=True).fit(x, np.stack([x[:, 0] > 0, x[:, 1] > 0, x[:, 2] > 0], 1).astype(int)),
    "regression": net(MLPRegressor).fit(x, x[:, 0] - x[:, 1]),
    "regression2": make_pipeline(p.MinMaxScaler((-1, 1)), net(MLPRegressor, activation="tanh")).fit(x, x[:, :2]),
}
for name, model in models.items():
    case(name + ".pickle", of_pickle(light(model), 4), model, probe)
single = net().fit(x.astype(np.float32), three)
case("float32.pickle", of_pickle(light(single), 4), single, probe.astype(np.float32), 1e-6)

holes = np.where(rng.rand(40, 3) < .2, np.nan, x)
holes[0] = x[0]
words = np.array([["red", 2.], ["blue", 1.], ["green", 2.], ["red", 3.], [np.nan, 1.]], dtype=object)
pairs = np.array([["a", "x"], ["b", "y"], ["a", "z"]], dtype=object)
transformers = {
    "standard": (p.StandardScaler(), x), "only_mean": (p.StandardScaler(with_std=False), x),
    "only_std": (p.StandardScaler(with_mean=False), holes), "minmax": (p.MinMaxScaler((-1, 3), clip=True), x),
    "maxabs": (p.MaxAbsScaler(), x), "robust": (p.RobustScaler(quantile_range=(10., 80.)), holes),
    "no_center": (p.RobustScaler(with_centering=False), x), "l1": (p.Normalizer("l1"), x), "l2": (p.Normalizer(), x),
    "max": (p.Normalizer("max"), x), "power": (p.PowerTransformer(), x),
    "plain_power": (p.PowerTransformer(standardize=False), x), "quantile": (p.QuantileTransformer(n_quantiles=10), x),
    "normal": (p.QuantileTransformer(n_quantiles=10, output_distribution="normal"), x),
    "polynomial": (p.PolynomialFeatures(3, interaction_only=True), x), "degrees": (p.PolynomialFeatures((2, 3), include_bias=False), x),
    "bins": (p.KBinsDiscretizer(3), x), "ordinal_bins": (p.KBinsDiscretizer([2, 3, 4], encode="ordinal", strategy="uniform"), x),
    "mean": (SimpleImputer(add_indicator=True), holes), "median": (SimpleImputer(strategy="median"), holes),
    "constant": (SimpleImputer(strategy="constant", fill_value=-9), holes),
    "onehot": (p.OneHotEncoder(handle_unknown="ignore"), words), "drop": (p.OneHotEncoder(drop="if_binary"), pairs),
    "ordinal": (p.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), words),
    "in_a_row": (make_pipeline(SimpleImputer(), "passthrough", p.RobustScaler()), holes),
}
for name, (model, data) in transformers.items():
    model.fit(data)
    case(name + ".pickle", of_pickle(model, 4), model, data[:5])
    case(name + ".skops", Skops().dumps(model), model, data[:5])

people = pd.DataFrame({"age": [22., 38, np.nan, 35, 54, 2], "fare": [7.25, 71.28, 7.92, 53.1, 51.86, 21.07],
                       "sex": ["male", "female", "female", "female", "male", "male"], "class": [3, 1, 3, 1, 1, 3]})
survived = np.array(["no", "yes", "yes", "yes", "no", "no"])
columns = make_column_transformer((make_pipeline(SimpleImputer(), p.StandardScaler()), ["age", "fare"]),
                                  (p.OneHotEncoder(), ["sex"]), remainder="passthrough")
selected = ColumnTransformer([("numbers", p.StandardScaler(), slice(0, 2)), ("gone", "drop", [3]),
                              ("last", "passthrough", [-1]), ("mask", p.MinMaxScaler(), [False, True, False, False])])
four = np.column_stack([x, x[:, 0] > 0]).astype(float)
towns = pd.DataFrame({"fare": np.arange(12.), "age": np.arange(12.) % 5, "town": list("aaaabbbcccde"), "port": list("xxxxxxyyyyyz")})
rare = ColumnTransformer([("numbers", p.StandardScaler(), slice("fare", "age")),
                          ("few", p.OneHotEncoder(min_frequency=3), ["town"]),
                          ("first", p.OneHotEncoder(min_frequency=.2, drop="first"), ["town", "port"]),
                          ("most", p.OneHotEncoder(max_categories=2, handle_unknown="infrequent_if_exist"), ["town"])])
chosen = make_column_transformer((p.StandardScaler(), make_column_selector(dtype_include=np.number)),
                                 (p.OneHotEncoder(), make_column_selector("^s")))
tables = {"table": (make_pipeline(columns, net()), people, survived), "columns": (selected, four, None),
          "rare": (rare, towns, None), "selector": (chosen, people.drop(columns="class").dropna(), None)}
for name, (model, data, y) in tables.items():
    model.fit(data, y)
    light(model) if isinstance(model, Pipeline) else None
    case(name + ".pickle", of_pickle(model, 4), model, data[:5] if name != "rare" else data)
    if name != "selector":
        case(name + ".skops", Skops().dumps(model), model, data[:5] if name != "rare" else data)
for name in ("bools", "strings", "several", "regression2", "floats"):
    case(name + ".skops", Skops().dumps(models[name]), models[name], probe)
for name, transformer, y in (("target", p.StandardScaler(), 3 + 5 * x[:, 0]), ("same_target", None, 3 + 5 * x[:, 0]),
                             ("same_targets", None, x[:, :2])):
    model = TransformedTargetRegressor(make_pipeline(p.StandardScaler(), net(MLPRegressor)), transformer=transformer)
    light(model.fit(x, y).regressor_)
    case(name + ".pickle", of_pickle(model, 4), model, probe)
case("regression.joblib", of_joblib(models["regression"]), models["regression"], probe)
case("stored.skops", Skops().dumps(scaled, zipfile.ZIP_STORED), scaled, probe)


# -- Other versions -----------------------------------------------------------------------------------

scaled.steps[1][1].__dict__.pop("n_features_in_")
scaled.steps[0][1].__dict__.pop("n_features_in_")
renamed = ((b"_multilayer_perceptron", b"multilayer_perceptron"), (b"preprocessing._data", b"preprocessing.data"),
           (b"preprocessing._label", b"preprocessing.label"))
data = of_pickle(scaled, 2)
for new, old in renamed:
    data = data.replace(new, old)
case("older.pickle", data, make_pipeline(*[s for _, s in scaled.steps]), probe)


def without_alignment(self, subclass, shape, order, dtype, allow_mmap=False, **_):
    """joblib before 1.2: no padding, and no word of it."""
    self.subclass, self.shape, self.order, self.dtype, self.allow_mmap = subclass, shape, order, dtype, allow_mmap


joblib.numpy_pickle.NumpyArrayWrapper.__init__ = without_alignment
path = os.path.join(FOLDER, "scratch")
joblib.dump(scaled, path, protocol=2)
with open(path, "rb") as f:
    data = f.read()
os.remove(path)
for new, old in renamed + ((b"cjoblib.numpy_pickle\n", b"csklearn.externals.joblib.numpy_pickle\n"),):
    data = data.replace(new, old)
case("older.joblib", data, scaled, probe)
case("numpy2.pickle", of_pickle(scaled, 2).replace(b"cnumpy.core.", b"cnumpy._core."), scaled, probe)

# -- What is refused ----------------------------------------------------------------------------------


class Calls:
    """Pickled as a call of a function."""

    def __init__(self, function, *args):
        self.call = (function, args)

    def __reduce__(self):
        return self.call


for protocol in (0, 2, 4):
    write(f"print{protocol}.pickle", pickle.dumps(Calls(print, "this must not be seen"), protocol))
write("time.joblib", of_joblib({"model": Calls(time.time)}))
hidden = make_pipeline(p.StandardScaler(), net()).fit(x, three)
light(hidden).steps[0][1].copy = Calls(os.getpid)
write("hidden.pickle", of_pickle(hidden, 4))
write("svc.pickle", of_pickle(SVC().fit(x[:8], np.arange(8) % 2), 4))
write("function.pickle", of_pickle(p.FunctionTransformer(np.log1p).fit(x), 4))
write("function.skops", Skops().dumps(p.FunctionTransformer(np.log1p).fit(x)))
write("svc.skops", Skops().dumps(SVC().fit(x[:8], np.arange(8) % 2)))
write("boxcox.pickle", of_pickle(p.PowerTransformer("box-cox").fit(np.exp(x)), 4))
write("unfitted.pickle", of_pickle(net(), 4))
write("list.pickle", of_pickle([1, 2], 4))

with open(os.path.join(FOLDER, "answers.json"), "w") as f:
    json.dump(answers, f, separators=(",", ":"))
    f.write("\n")
