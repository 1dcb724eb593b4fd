"""Golden numbers for the toy sets, from scikit-learn:
/usr/bin/python3 tests/golden/make_toy.py > tests/golden/toy.json
"""
import json

import sklearn
from sklearn import datasets

CASES = [
    ("make_moons", dict(n_samples=11, random_state=3)),
    ("make_moons", dict(n_samples=8, noise=0.2, random_state=1)),
    ("make_moons", dict(n_samples=(2, 5), noise=0.0, shuffle=False, random_state=0)),
    ("make_moons", dict(n_samples=1, random_state=0)),
    ("make_circles", dict(n_samples=9, noise=0.1, factor=0.5, random_state=5)),
    ("make_circles", dict(n_samples=(3, 4), shuffle=False)),
    ("make_blobs", dict(n_samples=10, random_state=0)),
    ("make_blobs", dict(n_samples=[2, 3], n_features=3, cluster_std=[0.5, 2], random_state=9)),
    ("make_blobs", dict(n_samples=7, centers=[[0, 1], [5, 5]], shuffle=False, random_state=4)),
    ("make_blobs", dict(n_samples=5, centers=2, center_box=(0, 1), random_state=2)),
    ("make_regression", dict(n_samples=6, n_features=4, n_informative=2, random_state=0)),
    ("make_regression", dict(n_samples=5, n_features=3, n_informative=9, n_targets=2, bias=3.5,
                             noise=1.5, random_state=7)),
    ("make_regression", dict(n_samples=4, n_features=2, shuffle=False, random_state=1)),
]


def record(name, given):
    case = {"name": name, "given": given}
    if name == "make_blobs":
        x, y, centers = datasets.make_blobs(return_centers=True, **given)
        case["centers"] = [list(map(float, row)) for row in centers]
    elif name == "make_regression":
        x, y, coef = datasets.make_regression(coef=True, **given)
        case["coef"] = coef.tolist()
    else:
        x, y = getattr(datasets, name)(**given)
    return {**case, "x": x.tolist(), "y": y.tolist()}


cases = [record(name, given) for name, given in CASES]
print(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}, indent=1))
