"""What scikit-learn's load_svmlight_file makes of small files, for tests/lua/data/svmlight_spec.lua.

    /usr/bin/python3 tests/golden/make_svmlight.py >tests/golden/svmlight.lua      (needs python3-sklearn)

A case without x is a file that scikit-learn refuses.
"""
import io

import numpy as np
from sklearn.datasets import dump_svmlight_file, load_svmlight_file


def random_file(seed, rows, columns, **given):
    rng = np.random.RandomState(seed)
    x = np.where(rng.rand(rows, columns) < .3, rng.randn(rows, columns) * 10. ** rng.randint(-9, 9, (rows, columns)), 0)
    out = io.BytesIO()
    dump_svmlight_file(x, rng.randint(-2, 3, rows), out, **given)
    return out.getvalue().decode()


CASES = [
    ("dumped from 0", random_file(1, 12, 9), {}),
    ("dumped from 1", random_file(2, 12, 9, zero_based=False, comment="of scikit-learn"), {}),
    ("dumped with qid", random_file(3, 6, 4, query_id=np.arange(6) // 2), {"query_id": True}),
    ("qid not wanted", "1 qid:3 1:2\n", {}),
    ("auto from 1", "1 1:.5 3:2\n-1 2:1e-3\n", {}),
    ("auto from 0", "1 0:.5 3:2\n-1 2:1e-3\n", {}),
    ("forced from 0", "1 1:.5 3:2\n", {"zero_based": True}),
    ("forced from 1", "1 1:.5 3:2\n", {"zero_based": False}),
    ("0 where 1 is the first", "1 0:.5\n", {"zero_based": False}),
    ("more features", "1 1:2\n", {"n_features": 5}),
    ("fewer features", "1 1:2 7:1\n", {"n_features": 3}),
    ("comments, blanks, CRLF", "# head\r\n\r\n+1.5\t1:+2   2:-.5 # tail 3:4\r\n   \r\n-2 #\r\n0 2:1", {}),
    ("rows without features", "1\n2\n", {}),
    ("nothing", "", {}),
    ("infinities", "inf 1:inf 2:-Infinity 3:1e999\n", {}),
    ("descending", "1 2:1 1:1\n", {}),
    ("twice", "1 2:1 2:1\n", {}),
    ("below 0", "1 -1:1\n", {}),
    ("no number", "1 1:x\n", {}),
    ("no index", "1 1.5:2\n", {}),
    ("no colon", "1 12\n", {}),
    ("no label", "1:2\n", {}),
    ("multilabel", "3,1 1:2\n1:5 2:1\n2\n0,-1.5 2:1\n", {"multilabel": True}),
    ("comma without multilabel", "1,2 1:2\n", {}),
    ("multilabel with a gap", "1,,2 1:2\n", {"multilabel": True}),
]


def lua(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.encode("unicode_escape").decode().replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {lua(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, (list, tuple, np.ndarray)):
        return "{ " + ", ".join(map(lua, value)) + " }" if len(value) else "{}"
    if np.isinf(value):
        return "math.huge" if value > 0 else "-math.huge"
    return repr(int(value) if value == int(value) and abs(value) < 1e15 else float(value))


print("-- Made by make_svmlight.py.\n-- luacheck: no max line length\nreturn {")
for name, text, options in CASES:
    case = {"name": name, "text": text, "options": options}
    try:
        x, y, *qid = load_svmlight_file(io.BytesIO(text.encode()), **options)
        case.update(columns=x.shape[1], x=x.toarray(), y=y)
        if qid:
            case["qid"] = qid[0]
    except ValueError:
        pass
    print("  " + lua(case) + ",")
print("}")
