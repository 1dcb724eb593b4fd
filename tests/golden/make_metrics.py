"""Writes metrics.json: what scikit-learn and SciPy answer, for tests/lua/learn/metrics/*_spec.lua.

    /usr/bin/python3 tests/golden/make_metrics.py     (needs scikit-learn and SciPy; run by hand)

A case: {"metric", "args", "options", "result"}; options are Mah's: average "none" is scikit-learn's
None. NaN and infinities are the strings "nan", "inf" and "-inf". A result of several arrays is
{"several": [...]}; {"array": k} stands for the k-th of "arrays", counted from 0.
"""
import json
import pathlib
import warnings

import numpy as np
import scipy
import scipy.special
import scipy.stats
import sklearn
from sklearn import calibration, metrics

warnings.simplefilter("ignore")
rng = np.random.RandomState(0)
cases, arrays, place_of = [], [], {}


def plain(value):
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return {"several": [plain(v) for v in value if v is not None]}
    if isinstance(value, (list, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        value = float(value)
        if value != value:
            return "nan"
        return value if abs(value) < np.inf else ("inf" if value > 0 else "-inf")
    return value


def shared(value):
    """Long arrays are written once."""
    value = plain(value)
    if not isinstance(value, list) or len(value) < 10:
        return value
    text = json.dumps(value)
    if text not in place_of:
        place_of[text] = len(arrays)
        arrays.append(value)
    return {"array": place_of[text]}


def record(metric, *args, function=None, **options):
    theirs = {k: None if k == "average" and v == "none" else v for k, v in options.items()}
    result = (function or getattr(metrics, metric))(*args, **theirs)
    cases.append({"metric": metric, "args": [shared(a) for a in args],
                  "options": {k: shared(v) for k, v in options.items()}, "result": plain(result)})


# -- Labels -----------------------------------------------------------------------------------------

n = 40
weight = np.round(rng.uniform(0, 3, n), 2)
weight[3] = 0
two = rng.randint(0, 2, n), rng.randint(0, 2, n)
three = rng.randint(0, 3, n), rng.randint(0, 3, n)
signs = 2 * two[0] - 1, 2 * two[1] - 1
names = np.array(["cat", "dog", "Bird", "été"])
strings = names[rng.randint(0, 4, n)].tolist(), names[rng.randint(0, 3, n)].tolist()
spam = np.where(two[0] == 1, "spam", "ham").tolist(), np.where(two[1] == 1, "spam", "ham").tolist()
missing = [0, 0, 2, 2, 5, 5, 0], [0, 2, 2, 7, 5, 0, 0]      # 7 is never true
nothing = [1, 1, 2, 2], [2, 2, 1, 1]
one_class = [1, 1, 1], [1, 1, 1]
no_positive = [0, 0, 0], [0, 0, 0]
several = rng.randint(0, 2, (n, 3)), rng.randint(0, 2, (n, 3))
several[0][0], several[1][0] = 0, 0
sparse_several = np.array([[1, 0, 0], [0, 0, 0], [1, 0, 1]]), np.array([[0, 0, 0], [0, 0, 0], [1, 0, 0]])

single_label = [two, three, signs, strings, spam, missing, nothing, one_class]
with_weight = [two, three, strings]

for pair in single_label + [several, sparse_several]:
    record("accuracy_score", *pair)
    record("accuracy_score", *pair, normalize=False)
    record("zero_one_loss", *pair)
    record("zero_one_loss", *pair, normalize=False)
    record("hamming_loss", *pair)
    record("multilabel_confusion_matrix", *pair)
for pair in with_weight + [several]:
    for metric in ("accuracy_score", "zero_one_loss"):
        record(metric, *pair, sample_weight=weight)
        record(metric, *pair, sample_weight=weight, normalize=False)
    record("hamming_loss", *pair, sample_weight=weight)
    record("multilabel_confusion_matrix", *pair, sample_weight=weight)
record("multilabel_confusion_matrix", *several, samplewise=True)
record("multilabel_confusion_matrix", *several, samplewise=True, sample_weight=weight)
record("multilabel_confusion_matrix", *three, labels=[2, 0])

for pair in single_label:
    record("confusion_matrix", *pair)
    for normalize in ("true", "pred", "all"):
        record("confusion_matrix", *pair, normalize=normalize)
    record("balanced_accuracy_score", *pair)
    record("matthews_corrcoef", *pair)
    for weights in ({}, {"weights": "linear"}, {"weights": "quadratic"}):
        record("cohen_kappa_score", *pair, **weights)
record("balanced_accuracy_score", *three, adjusted=True)
record("balanced_accuracy_score", *missing, adjusted=True)
for pair in with_weight:
    record("confusion_matrix", *pair, sample_weight=weight)
    record("confusion_matrix", *pair, sample_weight=weight, normalize="true")
    record("balanced_accuracy_score", *pair, sample_weight=weight)
    record("matthews_corrcoef", *pair, sample_weight=weight)
    record("cohen_kappa_score", *pair, sample_weight=weight)
record("confusion_matrix", *three, labels=[2, 0])
record("confusion_matrix", *three, labels=[2, 0, 9], normalize="pred")
record("confusion_matrix", *strings, labels=["dog", "cow", "cat"])
record("cohen_kappa_score", *three, labels=[0, 2], weights="linear")

# -- Precision, recall, F, Jaccard ------------------------------------------------------------------

prf = ("precision_score", "recall_score", "f1_score", "jaccard_score")
averages = ("micro", "macro", "weighted", "none")
for pair in single_label + [several, sparse_several]:
    is_several = pair is several or pair is sparse_several
    for average in averages + (("samples",) if is_several else ()):
        for metric in prf:
            record(metric, *pair, average=average)
            record(metric, *pair, average=average, zero_division=1)
        record("fbeta_score", *pair, beta=0.5, average=average)
        record("precision_recall_fscore_support", *pair, average=average)
        record("precision_recall_fscore_support", *pair, average=average, beta=2, zero_division=1)
for pair in with_weight + [several]:
    for average in averages + (("samples",) if pair is several else ()):
        for metric in prf:
            record(metric, *pair, average=average, sample_weight=weight)
        record("precision_recall_fscore_support", *pair, average=average, sample_weight=weight)
for metric in prf:
    record(metric, *two)
    record(metric, *two, pos_label=0, sample_weight=weight)
    record(metric, *signs)
    record(metric, *signs, pos_label=-1)
    record(metric, *spam, pos_label="spam")
    record(metric, *spam, pos_label="ham", average="binary")
    record(metric, *no_positive)
    record(metric, *no_positive, zero_division=1)
    for average in averages:
        record(metric, *three, labels=[2, 0], average=average)
        record(metric, *three, labels=[2, 7, 0], average=average, zero_division=1)
        record(metric, *strings, labels=["dog", "cat"], average=average)
        record(metric, *several, labels=[2, 1], average=average)
        record(metric, *three, labels=[7], average=average)
        record(metric, *three, labels=[7], average=average, zero_division=1)
record("fbeta_score", *two, beta=0.5)
record("fbeta_score", *two, beta=0)
record("precision_recall_fscore_support", *two, beta=2, average="binary")
record("precision_recall_fscore_support", *three)

# -- The report -------------------------------------------------------------------------------------

long_names = ["a rather long name", "b", "Bücher"]
for pair in single_label + [several, sparse_several]:
    for options in ({}, {"digits": 4}, {"output_dict": True}, {"zero_division": 1}, {"digits": 0}):
        record("classification_report", *pair, **options)
for pair in with_weight + [several]:
    record("classification_report", *pair, sample_weight=weight)
    record("classification_report", *pair, sample_weight=weight, output_dict=True)
record("classification_report", *three, target_names=long_names)
record("classification_report", *several, target_names=long_names)
record("classification_report", *three, labels=[2, 0])
record("classification_report", *three, labels=[2, 0, 1], target_names=long_names, digits=15)
record("classification_report", *three, labels=[2, 0], output_dict=True)
record("classification_report", *three, sample_weight=np.full(n, 1e15) / 3)
record("classification_report", *three, sample_weight=np.full(n, 1e-7))

# -- Scores -----------------------------------------------------------------------------------------

score = np.round(rng.uniform(size=n), 1)                     # ties
fine = rng.uniform(size=n)
wide = np.round(rng.normal(size=n) * 3, 1)
for y, options in ((two[0], {}), (signs[0], {}), (spam[0], {"pos_label": "spam"}),
                   (two[0], {"pos_label": 0}), (three[0], {"pos_label": 2})):
    for s in (score, fine, wide):
        for w in ({}, {"sample_weight": weight}):
            record("roc_curve", y, s, **options, **w)
            record("roc_curve", y, s, drop_intermediate=False, **options, **w)
            record("precision_recall_curve", y, s, **options, **w)
            record("det_curve", (y == 2).astype(int) if y is three[0] else y, s,
                   **({} if y is three[0] else options), **w)
            if y is not three[0]:
                record("average_precision_score", y, s, **options, **w)
                record("roc_auc_score", y, s, **w)
                for max_fpr in (0.1, 0.35, 1.0):
                    record("roc_auc_score", y, s, max_fpr=max_fpr, **w)
record("roc_curve", [1, 1, 1], [0.2, 0.4, 0.3])
record("roc_curve", [0, 0, 0], [0.2, 0.4, 0.3])
record("precision_recall_curve", [0, 0, 0], [0.2, 0.4, 0.3])
record("average_precision_score", [0, 0, 0], [0.2, 0.4, 0.3])
record("auc", [0, 0.5, 0.5, 1], [0.2, 0.4, 0.3, 0.9])
record("auc", [4, 3, 1], [0.2, 0.4, 0.3])

p3 = np.round(rng.dirichlet((1, 1, 1), n), 3)
p3[:, 2] = 1 - p3[:, 0] - p3[:, 1]
p4 = rng.dirichlet((1, 1, 1, 1), n)
four = np.array(["a", "b", "c", "d"])[np.arange(n) % 4].tolist()
for y, p in ((three[0], p3), (four, p4)):
    for average in ("macro", "weighted"):
        record("roc_auc_score", y, p, multi_class="ovr", average=average)
        record("roc_auc_score", y, p, multi_class="ovo", average=average)
        record("roc_auc_score", y, p, multi_class="ovr", average=average, sample_weight=weight)
    record("roc_auc_score", y, p, multi_class="ovr", average="none")
    record("roc_auc_score", y, p, multi_class="ovr", average="micro")
    record("roc_auc_score", y, p, multi_class="ovr", average="micro", sample_weight=weight)
    for k in (1, 2, 3, 5):
        record("top_k_accuracy_score", y, p, k=k)
        record("top_k_accuracy_score", y, p, k=k, sample_weight=weight)
        record("top_k_accuracy_score", y, p, k=k, normalize=False)
        record("top_k_accuracy_score", y, np.round(p, 1), k=k)
record("roc_auc_score", np.arange(n) % 2, p3, multi_class="ovo", labels=[0, 1, 2])
record("top_k_accuracy_score", np.arange(n) % 2, p3, labels=[0, 1, 2])
record("top_k_accuracy_score", two[0], score, k=1)
record("top_k_accuracy_score", two[0], wide, k=1)
record("top_k_accuracy_score", spam[0], score)
several_scores = np.round(rng.uniform(size=(n, 3)), 1)
y = several[0].copy()
y[:, 0] = np.arange(n) % 2
y[0], y[1] = (1, 0, 1), (0, 1, 1)
rows = np.array([[1, 0, 1], [0, 1, 1], [1, 0, 0]] * 5)
for metric in ("roc_auc_score", "average_precision_score"):
    for average in averages:
        record(metric, y, several_scores, average=average)
        record(metric, y, several_scores, average=average, sample_weight=weight)
    record(metric, rows, several_scores[:15], average="samples")
    record(metric, rows, several_scores[:15], average="samples", sample_weight=weight[:15])
record("average_precision_score", sparse_several[0], several_scores[:3], average="weighted")

# -- Probabilities ----------------------------------------------------------------------------------

for y, p in ((three[0], p3), (four, p4), (two[0], score), (spam[0], fine), (signs[0], fine),
             (spam[0], np.stack([1 - score, score], 1))):
    record("log_loss", y, p)
    record("log_loss", y, p, normalize=False)
    record("log_loss", y, p, sample_weight=weight)
    record("log_loss", y, p, eps=0.01)
record("log_loss", [1, 1, 1], [0.2, 0.4, 0.3], labels=[0, 1])
record("log_loss", ["b", "a", "b"], p3[:3], labels=["a", "b", "c"])
for y, options in ((two[0], {}), (signs[0], {}), (spam[0], {"pos_label": "spam"}),
                   (two[0], {"pos_label": 0}), (two[0] + 3, {})):
    for p in (score, fine):
        record("brier_score_loss", y, p, **options)
        record("brier_score_loss", y, p, sample_weight=weight, **options)
    if y.__class__ is list or y.max() < 3:
        for p in (score, fine):
            for n_bins in (1, 4, 10):
                for strategy in ("uniform", "quantile"):
                    record("calibration_curve", y, p, n_bins=n_bins, strategy=strategy,
                           function=calibration.calibration_curve, **options)
for y in (two[0], signs[0], spam[0]):
    record("hinge_loss", y, wide)
    record("hinge_loss", y, wide, sample_weight=weight)
record("hinge_loss", three[0], np.round(rng.normal(size=(n, 3)), 2))
record("hinge_loss", four, rng.normal(size=(n, 4)), sample_weight=weight)
record("hinge_loss", [0, 1, 3, 1], rng.normal(size=(4, 4)), labels=[0, 1, 2, 3])
record("hinge_loss", [1, 1, 1], [0.3, -2, 4])

# -- Numbers ----------------------------------------------------------------------------------------

y1, p1 = np.round(rng.normal(size=n) * 10, 2), np.round(rng.normal(size=n) * 10, 2)
p1 = np.round(y1 + p1 / 5, 2)
y3 = np.round(rng.normal(size=(n, 3)), 2)
p3r = np.round(y3 + rng.normal(size=(n, 3)) / 3, 2)
constant_y, constant_p = y3.copy(), p3r.copy()
constant_y[:, 1] = 2
constant_p[:, 1] = 2
constant_y[:, 2] = 1
errors = ("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
          "median_absolute_error", "r2_score", "explained_variance_score", "mean_pinball_loss",
          "d2_pinball_score", "d2_absolute_error_score")
shares = ("r2_score", "explained_variance_score")
for metric in errors:
    modes = ["uniform_average", "raw_values", [0.2, 0.5, 0.3]]
    if metric in shares:
        modes.append("variance_weighted")
    record(metric, y1, p1)
    record(metric, y1, p1, sample_weight=weight)
    record(metric, [3, -1, 0, 7], [2, 0, 0, 8])
    record(metric, [1, 1, 1], [1, 1, 1])
    record(metric, [1, 1, 1], [1, 2, 1])
    for multioutput in modes:
        for y, p in ((y3, p3r), (constant_y, constant_p)):
            record(metric, y, p, multioutput=multioutput)
            record(metric, y, p, multioutput=multioutput, sample_weight=weight)
for metric in shares:
    record(metric, constant_y, constant_p, multioutput="raw_values", force_finite=False)
    record(metric, np.full((3, 2), 2.0), np.full((3, 2), 1.0), multioutput="variance_weighted")
for alpha in (0, 0.1, 0.9, 1):
    for metric in ("mean_pinball_loss", "d2_pinball_score"):
        record(metric, y1, p1, alpha=alpha)
        record(metric, y3, p3r, alpha=alpha, sample_weight=weight, multioutput="raw_values")
record("mean_squared_error", y1, p1, squared=False)
record("mean_squared_error", y3, p3r, squared=False)
record("mean_squared_error", y3, p3r, squared=False, multioutput="raw_values", sample_weight=weight)
for y, p in ((y1, p1), (y3, p3r)):
    record("root_mean_squared_error", y, p,
           function=lambda a, b: metrics.mean_squared_error(a, b, squared=False))
    for options in ({}, {"squared": False}, {"sample_weight": weight},
                    {"multioutput": "raw_values"} if y.ndim == 2 else {}):
        record("mean_squared_log_error", np.abs(y), np.abs(p), **options)
record("max_error", y1, p1)
record("max_error", [1, 2], [1, 5])

# -- Deviances --------------------------------------------------------------------------------------

ya, pa = np.abs(y1) + 0.01, np.abs(p1) + 0.01
counts = np.round(np.abs(y1) / 3)
for w in ({}, {"sample_weight": weight}):
    record("mean_poisson_deviance", counts, pa, **w)
    record("mean_gamma_deviance", ya, pa, **w)
    for power in (-2.5, 0, 1, 1.3, 2, 3):
        for metric in ("mean_tweedie_deviance", "d2_tweedie_score"):
            record(metric, y1 if power == -2.5 else ya, pa, power=power, **w)
    for power in (1, 1.9):
        record("d2_tweedie_score", counts, pa, power=power, **w)

# -- Names of scorers -------------------------------------------------------------------------------

scorers = sorted(metrics.get_scorer_names())

# -- SciPy ------------------------------------------------------------------------------------------

special = {
    "normal_tail": [[z, scipy.stats.norm.sf(z)] for z in (-3, 0, 0.5, 1.96, 4, 9, 20)],
    "normal_quantile": [[p, scipy.stats.norm.isf(p)] for p in (0.5, 0.4, 0.1, 0.025, 0.005, 1e-6, 1e-12)],
    "chi2_tail": [[x, scipy.stats.chi2.sf(x, 1)] for x in (0, 0.01, 1, 3.84, 30, 200)],
    "beta_inc": [[a, b, x, scipy.special.betainc(a, b, x)]
                 for a, b in ((0.5, 0.5), (1, 1), (2, 3), (9.5, 0.5), (40, 2), (300, 250), (5000, 5001))
                 for x in (0, 0.01, 0.3, 0.5, 0.9, 0.999, 1)],
    "student_tails": [[t, df, 2 * scipy.stats.t.sf(abs(t), df)]
                      for t in (0, 0.1, -1, 2.5, 10) for df in (1, 4, 9, 29, 500)],
    # By the incomplete beta function: t.isf of SciPy 1.10 is right to 1e-9 only.
    "student_quantile": [[p, df, np.sqrt(df * (1 / scipy.special.betaincinv(df / 2, 0.5, p) - 1))]
                         for p in (0.9, 0.1, 0.05, 0.001) for df in (1, 4, 9, 500)],
    "coins": [[k, m, scipy.stats.binom.cdf(k, m, 0.5)]
              for k, m in ((0, 0), (0, 1), (3, 10), (10, 10), (7, 24), (40, 100), (4900, 10000))],
}

mcnemar = []
for b, c in ((0, 0), (1, 0), (3, 10), (10, 3), (12, 12), (5, 20), (40, 61), (300, 200)):
    m = b + c
    mcnemar.append({
        "b": b, "c": c,
        "exact": scipy.stats.binomtest(min(b, c), m, 0.5).pvalue if m else 1,
        "corrected": scipy.stats.chi2.sf((abs(b - c) - 1) ** 2 / m, 1) if m else 1,
        "plain": scipy.stats.chi2.sf((b - c) ** 2 / m, 1) if m else 1,
    })

folds = np.round(rng.uniform(0.8, 0.9, 10), 3), np.round(rng.uniform(0.82, 0.92, 10), 3)
difference = folds[0] - folds[1]
spread = np.sqrt((1 / 10 + 100 / 900) * difference.var(ddof=1))
t = difference.mean() / spread
half = spread * np.sqrt(9 * (1 / scipy.special.betaincinv(4.5, 0.5, 0.05) - 1))
ttest = {"a": folds[0], "b": folds[1], "mean": difference.mean(), "statistic": t,
         "pvalue": 2 * scipy.stats.t.sf(abs(t), 9), "low": difference.mean() - half,
         "high": difference.mean() + half}

path = pathlib.Path(__file__).parent / "metrics.json"
head = {"by": f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}; made by make_metrics.py",
        "scorers": scorers, "special": plain(special), "mcnemar": plain(mcnemar),
        "ttest": plain(ttest)}
lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
body = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
whole = ",\n".join(json.dumps(a, ensure_ascii=False) for a in arrays)
path.write_text("{" + ",\n".join(lines) + ',\n"arrays": [\n' + whole + '\n],\n"cases": [\n' + body
                + "\n]}\n")
print(len(cases), "cases")
