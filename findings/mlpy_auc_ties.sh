#!/bin/sh
# mlpy_auc_ties.sh - in mlpy a classifier that says the same of everything has an AUC of 0.
#
# Versions:    python3-mlpy 3.5.0+ds-2 (Debian 12); its module of metrics is plain Python and is
#              loaded by itself here, with the machine's NumPy.
# Expectation: auc_wmw(t, p), "the AUC by using the Wilcoxon-Mann-Whitney statistic", is the
#              probability that a positive has the higher score than a negative, where equal scores
#              count half, as in that statistic and in the area under the ROC curve (scikit-learn,
#              R's wilcox.test). So .5 without any knowledge, and A(p) + A(-p) = 1.
# Guess:       its metrics are those of the textbooks. (Wrong here; the others that were tried are.)
# Behaviour:   a pair of equal scores counts nothing. A constant score has 0, which elsewhere means
#              the perfect classifier upside down, and its negative has 0 too. Of hard labels -1 and
#              1, which are nearly all ties, 3 of 4 right on each side give .5625 in place of .75;
#              scores that are rounded from two digits to one fall from .8333 to .6667 (to .75).
# Output:      see `wanted` below: A(p), A(-p) and their sum, which should be 1.
# For readers: an AUC from there is a lower bound; the usual one lies half way between it and
#              1 - A(-p). Below .5 it need not mean that the sign is wrong.
set -eu
wanted='distinct     1.0000 0.0000 1.0000
constant     0.0000 0.0000 0.0000
one tie      0.7500 0.0000 0.7500
hard labels  0.5625 0.0625 0.6250
2 digits     0.8333 0.1667 1.0000
1 digit      0.6667 0.1667 0.8333
no digits    0.6667 0.0000 0.6667'

command -v dpkg-deb >/dev/null || { echo "mlpy_auc_ties: dpkg-deb is needed" >&2; exit 2; }
python3=/usr/bin/python3
"$python3" -c 'import numpy' 2>/dev/null ||
  { echo "mlpy_auc_ties: python3-numpy is needed" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-mlpy=3.5.0+ds-2
dpkg-deb -x python3-mlpy_*.deb unpacked

cat >probe.py <<'PYTHON'
import metrics


def show(name, target, score):
    there = metrics.auc_wmw(target, score)
    back = metrics.auc_wmw(target, [-s for s in score])
    print("%-12s %.4f %.4f %.4f" % (name, there, back, there + back))


show("distinct", [1, 1, -1, -1], [0.9, 0.6, 0.5, 0.1])
show("constant", [1, 1, -1, -1], [0.5, 0.5, 0.5, 0.5])
show("one tie", [1, 1, -1, -1], [0.9, 0.5, 0.5, 0.1])
show("hard labels", [1, 1, 1, 1, -1, -1, -1, -1], [1, 1, 1, -1, -1, -1, -1, 1])
target, score = [1, 1, 1, -1, -1], [0.81, 0.62, 0.44, 0.47, 0.38]
for digits, name in ((2, "2 digits"), (1, "1 digit"), (0, "no digits")):
    show(name, target, [round(s, digits) for s in score])
PYTHON
seen=$(PYTHONPATH="$folder/unpacked/usr/lib/python3/dist-packages/mlpy" "$python3" probe.py)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "mlpy_auc_ties: this has changed" >&2; exit 1; }
