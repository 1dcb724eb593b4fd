#!/bin/sh
# mlpy_hcluster_distances.sh - whoever compares mlpy's ways of clustering compares ruined distances
# from the second one on.
#
# Versions:    python3-mlpy and python3-mlpy-lib 3.5.0+ds-2 (Debian 12, amd64); the package of
#              hierarchical clustering is loaded by itself here, with the machine's NumPy and SciPy.
# Expectation: linkage(y) "performs hierarchical clustering on the condensed distance matrix y" and
#              leaves y alone: the same y clustered again gives the same tree, and another method
#              gives the tree of that method, as SciPy's linkage does.
# Guess:       heights as SciPy's. (Written down of another package for clustering; the same was
#              expected of this one. A loop over the methods gave an impossible 8.16.)
# Behaviour:   the first call is right. But it keeps the distances between its clusters in the
#              caller's array, if that is one of doubles, as SciPy's pdist gives. Complete linkage
#              after single linkage on the same y ends at 8.16, not at 8.72, the largest of all
#              distances, where it has to end; average linkage twice gives two trees, cut at 2.33
#              into two groups and into three. Of float32 or whole numbers it makes a copy, and is
#              right each time. Nothing is reported.
# Output:      see `wanted` below: the heights of the five merges of six points in the plane (from
#              _height), and the groups when the tree is cut at 2.33.
# For users:   give it a copy, linkage(y.copy()). Of a table of methods that was made from one y,
#              only the first row is right.
set -eu
wanted='single, y: 1.00 1.12 1.70 2.20 5.73, 000111
complete, same y: 1.00 1.12 1.70 2.42 8.16, 001222
complete, SciPy: 1.00 1.12 2.01 2.42 8.72, 223111
complete, new y: 1.00 1.12 2.01 2.42 8.72, 001222
average, new y: 1.00 1.12 1.85 2.31 7.29, 000111
average, same y: 1.00 1.12 1.78 2.36 7.33, 001222
largest distance: 8.72, then 8.30
float32 twice: 7.29 7.29'

command -v dpkg-deb >/dev/null ||
  { echo "mlpy_hcluster_distances: dpkg-deb is needed" >&2; exit 2; }
python3=/usr/bin/python3
"$python3" -c 'import scipy' 2>/dev/null ||
  { echo "mlpy_hcluster_distances: python3-scipy is needed" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-mlpy=3.5.0+ds-2 \
  python3-mlpy-lib=3.5.0+ds-2
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done

cat >probe.py <<'PYTHON'
from hcluster import HCluster
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

points = [[0, 0], [1, 0], [0, 2.2], [5, 5], [6, 5.5], [5.2, 7]]


def show(label, heights, groups):
    print("%s: %s, %s" % (label, " ".join("%.2f" % h for h in heights), "".join(map(str, groups))))


def tree(method, y):
    clusters = HCluster(method=method)
    clusters.linkage(y)
    return clusters._height[: len(points) - 1], clusters.cut(2.33)


y = pdist(points)
show("single, y", *tree("single", y))
show("complete, same y", *tree("complete", y))
right = linkage(pdist(points), "complete")
show("complete, SciPy", right[:, 2], fcluster(right, 2.33, "distance"))
show("complete, new y", *tree("complete", pdist(points)))
y = pdist(points)
before = y.max()
show("average, new y", *tree("average", y))
show("average, same y", *tree("average", y))
print("largest distance: %.2f, then %.2f" % (before, y.max()))
y = pdist(points).astype("float32")
print("float32 twice: %.2f %.2f" % (tree("average", y)[0][4], tree("average", y)[0][4]))
PYTHON
seen=$(PYTHONPATH="$folder/unpacked/usr/lib/python3/dist-packages/mlpy" "$python3" probe.py)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "mlpy_hcluster_distances: this has changed" >&2; exit 1; }
