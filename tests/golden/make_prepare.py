"""scikit-learn's answers for tests/lua/prepare, written to tests/golden/prepare.json.

    /usr/bin/python3 tests/golden/make_prepare.py          (Debian's python3-sklearn, 1.2.1)

NaN is written as the string "nan", infinities as "inf" and "-inf". Row numbers count from 1.
"""
import json
import os
import warnings

import numpy as np
from sklearn import preprocessing as p
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_transformer
from sklearn import model_selection as m
from sklearn.inspection import permutation_importance
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

warnings.simplefilter("ignore")


def plain(value):
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if hasattr(value, "toarray"):
        return plain(value.toarray())
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None:
        return "nan"
    if isinstance(value, float) and not np.isfinite(value):
        return {"nan": "nan", "inf": "inf", "-inf": "-inf"}[str(value)]
    return value


# -- Transformers ----------------------------------------------------------------------------------

rng = np.random.RandomState(0)
dense = np.column_stack([rng.normal(3, 2, 30), rng.exponential(2, 30), rng.randint(0, 5, 30), np.full(30, 7.5)])
few = np.column_stack([rng.normal(-1, 3, 12), rng.uniform(-2, 5, 12), rng.randint(-2, 3, 12)])
holes = few.copy()
holes[1, 0] = holes[5, 0] = holes[3, 1] = np.nan
long = np.column_stack([rng.normal(0, 1, 200), rng.gamma(2, 2, 200)])
words = [["red", 3.0], ["blue", 1.0], ["red", 2.0], ["green", 1.0], ["blue", 3.0], ["red", 1.0]]
pairs = [["a", "x"], ["b", "y"], ["a", "y"], ["a", "x"]]
labels = ["b", "a", "c", "a", "b", "b"]
gaps = [["a", "x"], [np.nan, "y"], ["b", "y"], ["b", np.nan], ["a", "x"]]
rare = [[a, b] for a, b in zip("abbcccddddee", "xyxyzxyzxyxz")]
ties = np.round(np.random.RandomState(2).normal(0, 1, (30, 2)), 1)

inputs = {"dense": dense, "few": few, "holes": holes, "long": long, "words": words, "pairs": pairs, "gaps": gaps,
          "rare": rare, "ties": ties}
cases = []


def case(input_name, cls, inverse=True, names=True, tolerance=1e-12, attributes=(), weight=None, **params):
    x = inputs[input_name]
    x = np.array(x, dtype=object) if isinstance(x, list) else x
    given = dict(params)
    if cls is p.OneHotEncoder:
        given["sparse_output"] = False
    if cls is p.KBinsDiscretizer and params.get("encode", "onehot") == "onehot":
        given["encode"] = "onehot-dense"
    t = cls(**given)
    out = t.fit_transform(x) if weight is None else t.fit(x, sample_weight=weight).transform(x)
    cases.append({
        "input": input_name, "class": cls.__name__, "params": params, "out": plain(out), "tolerance": tolerance,
        "weight": False if weight is None else plain(weight),
        "inverse": plain(t.inverse_transform(out)) if inverse else False,
        "names": plain(t.get_feature_names_out()) if names else False,
        "attributes": {a: plain(getattr(t, a)) for a in attributes},
    })


case("dense", p.StandardScaler, attributes=("mean_", "var_", "scale_"))
case("holes", p.StandardScaler, attributes=("mean_", "var_", "scale_"))
case("holes", p.StandardScaler, with_mean=False)
case("holes", p.StandardScaler, with_std=False)
case("dense", p.MinMaxScaler, attributes=("data_min_", "data_max_", "data_range_", "scale_", "min_"))
case("holes", p.MinMaxScaler, feature_range=(-1, 3), clip=True)
case("dense", p.RobustScaler, attributes=("center_", "scale_"))
case("holes", p.RobustScaler, quantile_range=(10, 80), unit_variance=True)
case("holes", p.RobustScaler, with_centering=False)
case("long", p.QuantileTransformer, n_quantiles=50, attributes=("quantiles_", "references_"))
case("dense", p.QuantileTransformer, n_quantiles=10, output_distribution="normal", tolerance=1e-9)
case("holes", p.QuantileTransformer, n_quantiles=12)
case("long", p.QuantileTransformer, n_quantiles=20, subsample=60, random_state=3, attributes=("quantiles_",))
case("few", p.PowerTransformer, tolerance=1e-6, attributes=("lambdas_",))
case("long", p.PowerTransformer, tolerance=1e-6, attributes=("lambdas_",))
case("holes", p.PowerTransformer, standardize=False, tolerance=1e-6)
for norm in ("l1", "l2", "max"):
    case("few", p.Normalizer, inverse=False, norm=norm)
for strategy in ("mean", "median", "most_frequent", "constant"):
    case("holes", SimpleImputer, inverse=False, strategy=strategy, attributes=("statistics_",))
case("holes", SimpleImputer, inverse=False, add_indicator=True)
case("holes", SimpleImputer, inverse=False, strategy="constant", fill_value=-9)
case("gaps", SimpleImputer, inverse=False, strategy="most_frequent")
case("gaps", SimpleImputer, inverse=False, strategy="constant")
case("words", p.OneHotEncoder, names=False)
case("words", p.OneHotEncoder, names=False, drop="first")
case("pairs", p.OneHotEncoder, drop="if_binary")
case("pairs", p.OneHotEncoder)
case("gaps", p.OneHotEncoder)
case("words", p.OneHotEncoder, names=False, categories=[["green", "blue", "red"], [1.0, 2.0, 3.0, 4.0]])
case("words", p.OrdinalEncoder)
case("gaps", p.OrdinalEncoder, encoded_missing_value=-1)
case("gaps", p.OrdinalEncoder)
case("words", p.OrdinalEncoder, categories=[["green", "blue", "red"], [3.0, 2.0, 1.0]])
case("few", p.PolynomialFeatures, inverse=False)
case("few", p.PolynomialFeatures, inverse=False, degree=3, interaction_only=True)
case("few", p.PolynomialFeatures, inverse=False, degree=(2, 3), include_bias=False)
for strategy in ("uniform", "quantile", "kmeans"):
    case("long", p.KBinsDiscretizer, strategy=strategy, n_bins=4, encode="ordinal")
    case("few", p.KBinsDiscretizer, names=False, strategy=strategy, n_bins=3)
case("dense", p.KBinsDiscretizer, strategy="uniform", encode="ordinal")
case("few", p.KBinsDiscretizer, names=False, n_bins=3, encode="onehot-dense")
for bins in (7, 145):  # 145: edges between equal values, as rounding has it
    case("ties", p.KBinsDiscretizer, n_bins=bins, encode="ordinal")
case("ties", p.QuantileTransformer)
case("holes", p.StandardScaler, weight=np.arange(12) % 4, attributes=("mean_", "var_", "scale_"))
case("dense", p.StandardScaler, weight=np.linspace(0.5, 2, 30), with_mean=False)
for params in ({"min_frequency": 3}, {"min_frequency": 0.3}, {"max_categories": 3},
               {"min_frequency": 2, "max_categories": 4, "drop": "first"}, {"max_categories": 2, "drop": "if_binary"},
               {"min_frequency": 3, "drop": ["d", "y"], "handle_unknown": "infrequent_if_exist"}):
    case("rare", p.OneHotEncoder, **params)

unseen = p.OneHotEncoder(sparse_output=False, handle_unknown="infrequent_if_exist", min_frequency=3)
unseen_case = plain(unseen.fit(np.array(rare, dtype=object)).transform(np.array([["q", "q"], ["a", "x"]], dtype=object)))

encoder, binarizer = p.LabelEncoder(), p.LabelBinarizer(neg_label=-1, pos_label=2)
two = p.LabelBinarizer()
label_cases = {
    "labels": labels, "encoded": plain(encoder.fit_transform(labels)), "classes": plain(encoder.classes_),
    "binarized": plain(binarizer.fit_transform(labels)), "unseen": plain(binarizer.transform(["a", "z"])),
    "two": plain(two.fit_transform(["no", "yes", "no"])),
}

function = p.FunctionTransformer(np.log1p, inverse_func=np.expm1)
out = function.fit_transform(np.abs(few))
function_case = {"input": plain(np.abs(few)), "out": plain(out), "inverse": plain(function.inverse_transform(out))}

ct = make_column_transformer(
    (make_pipeline(SimpleImputer(strategy="median"), p.StandardScaler()), [0, 1]),
    (p.KBinsDiscretizer(3, encode="ordinal", strategy="uniform"), [2]),
    (p.MinMaxScaler(), [2]), remainder="passthrough")
wide = np.column_stack([holes, np.arange(12.0)])
column_case = {"input": plain(wide), "out": plain(ct.fit_transform(wide)), "names": plain(ct.get_feature_names_out()),
               "entries": [name for name, _, _ in ct.transformers_]}

pipe = make_pipeline(SimpleImputer(), p.PolynomialFeatures(include_bias=False), p.StandardScaler(), p.StandardScaler())
pipeline_case = {"input": plain(holes), "out": plain(pipe.fit_transform(holes)), "steps": [name for name, _ in pipe.steps]}

# -- Splits ----------------------------------------------------------------------------------------

rng = np.random.RandomState(1)
y_split = rng.choice([3, 1, 2], 47, p=[0.5, 0.3, 0.2])
groups = rng.choice(["k", "a", "c", "z", "e", "f", "h"], 47)
split_cases = []


def split_case(cls, **params):
    folds = [[(a + 1).tolist(), (b + 1).tolist()] for a, b in cls(**params).split(np.zeros(47), y_split, groups)]
    split_cases.append({"class": cls.__name__, "params": params, "folds": folds})


split_case(m.KFold)
split_case(m.KFold, n_splits=4, shuffle=True, random_state=0)
split_case(m.RepeatedKFold, n_splits=3, n_repeats=2, random_state=5)
split_case(m.LeaveOneOut)
split_case(m.StratifiedKFold, n_splits=4)
split_case(m.StratifiedKFold, n_splits=5, shuffle=True, random_state=2)
split_case(m.RepeatedStratifiedKFold, n_splits=3, n_repeats=2, random_state=7)
split_case(m.GroupKFold, n_splits=3)
split_case(m.ShuffleSplit, n_splits=3, random_state=4)
split_case(m.ShuffleSplit, n_splits=2, train_size=20, test_size=0.3, random_state=4)
split_case(m.StratifiedShuffleSplit, n_splits=3, test_size=0.2, random_state=6)
split_case(m.StratifiedShuffleSplit, n_splits=2, train_size=20, test_size=9, random_state=6)
split_case(m.TimeSeriesSplit)
split_case(m.TimeSeriesSplit, n_splits=3, max_train_size=8, test_size=4, gap=2)

many = rng.randint(0, 90, 300)
many_folds = [[(a + 1).tolist(), (b + 1).tolist()] for a, b in m.GroupKFold(4).split(np.zeros(300), groups=many)]

two_parts = []
for params in ({"random_state": 3}, {"test_size": 0.4, "random_state": 1, "stratify": True}, {"shuffle": False},
               {"train_size": 11, "random_state": 9}):
    given = dict(params)
    if given.pop("stratify", False):
        given["stratify"] = y_split
    two_parts.append({"params": params, "parts": plain(m.train_test_split(np.arange(1, 48), y_split, **given))})

splits = {"y": plain(y_split), "groups": plain(groups), "cases": split_cases, "many": plain(many), "many_folds": many_folds, "two_parts": two_parts}

# -- Cross-validation ------------------------------------------------------------------------------


class Centroids(ClassifierMixin, BaseEstimator):
    """The softmax of -gamma times the squared distances to the classes' means."""

    def __init__(self, gamma=1.0):
        self.gamma = gamma

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.means_ = np.array([X[y == c].mean(axis=0) for c in self.classes_])
        return self

    def predict_proba(self, X):
        d = -self.gamma * ((X[:, None, :] - self.means_[None]) ** 2).sum(axis=2)
        e = np.exp(d - d.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]


class Line(RegressorMixin, BaseEstimator):
    """Least squares on the first column."""

    def fit(self, X, y):
        u = X[:, 0] - X[:, 0].mean()
        self.slope_ = (u * y).sum() / (u * u).sum()
        self.at_, self.mean_ = X[:, 0].mean(), y.mean()
        return self

    def predict(self, X):
        return self.mean_ + self.slope_ * (X[:, 0] - self.at_)


rng = np.random.RandomState(2)
y3 = rng.choice(["ash", "elm", "oak"], 60, p=[0.5, 0.3, 0.2])
x3 = rng.normal(0, 1, (60, 3)) + np.array([{"ash": [0, 0, 0], "elm": [1, 1, 0], "oak": [2, 0, 0]}[c] for c in y3])
y2 = (y3 != "ash").astype(int)
yr = 2 * x3[:, 0] + rng.normal(0, 1, 60)
scaled = make_pipeline(p.StandardScaler(), Centroids())
judged = m.cross_validate(scaled, x3, y3, scoring=["accuracy", "neg_log_loss", "f1_macro"], cv=4, return_train_score=True)
sizes, learn_train, learn_test = m.learning_curve(scaled, x3, y3, cv=3, shuffle=True, random_state=1)
valid_train, valid_test = m.validation_curve(scaled, x3, y3, param_name="centroids__gamma", param_range=[0.1, 1, 4],
                                             scoring="neg_log_loss")
importance = permutation_importance(scaled.fit(x3, y3), x3, y3, n_repeats=3, random_state=8, scoring="neg_log_loss")
target = TransformedTargetRegressor(Line(), func=np.arcsinh, inverse_func=np.sinh)
scaled_target = TransformedTargetRegressor(Line(), transformer=p.QuantileTransformer(n_quantiles=20))
grid = m.GridSearchCV(scaled, {"centroids__gamma": [0.1, 1, 4], "standardscaler__with_std": [True, False]}, cv=4,
                      scoring="accuracy").fit(x3, y3)
calibrated = {}
for y_name, y in (("two", y2), ("three", y3)):
    for method in ("sigmoid", "isotonic"):
        for ensemble in (True, False):
            c = CalibratedClassifierCV(Centroids(), method=method, ensemble=ensemble, cv=3).fit(x3, y)
            calibrated[f"{y_name} {method} {ensemble}"] = plain(c.predict_proba(x3[:20]))
cross = {
    "x": plain(x3), "y2": plain(y2), "y3": plain(y3), "yr": plain(yr),
    "score": plain(m.cross_val_score(scaled, x3, y3)),
    "auc": plain(m.cross_val_score(scaled, x3, y2, cv=m.ShuffleSplit(4, random_state=0), scoring="roc_auc")),
    "r2": plain(m.cross_val_score(Line(), x3, yr)),
    "validate": {k: plain(v) for k, v in judged.items() if not k.endswith("time")},
    "predict": plain(m.cross_val_predict(scaled, x3, y3, cv=m.KFold(5, shuffle=True, random_state=3))),
    "proba": plain(m.cross_val_predict(scaled, x3, y3, method="predict_proba")),
    "learning": plain([sizes, learn_train, learn_test]), "validation": plain([valid_train, valid_test]),
    "importances": plain(importance.importances), "importances_mean": plain(importance.importances_mean),
    "importances_std": plain(importance.importances_std),
    "target": plain(target.fit(x3, yr).predict(x3)), "scaled_target": plain(scaled_target.fit(x3, yr).predict(x3)),
    "calibrated": calibrated,
    "grid": {"params": grid.cv_results_["params"], "best": grid.best_params_, "best_score": grid.best_score_,
             "mean": plain(grid.cv_results_["mean_test_score"]), "std": plain(grid.cv_results_["std_test_score"]),
             "rank": plain(grid.cv_results_["rank_test_score"]), "predict": plain(grid.predict(x3))},
}

golden = {"cross": cross, "splits": splits, "inputs": plain(inputs), "cases": cases, "labels": label_cases, "function_": function_case,
          "columns": column_case, "pipeline": pipeline_case, "unseen": unseen_case}

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "prepare.json"), "w") as f:
    json.dump(golden, f, indent=None, separators=(",", ":"))
    f.write("\n")
