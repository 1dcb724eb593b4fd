#!/bin/sh
# xgboost_scorer_float32.sh - one XGBoost model, one row: .88 by xgboost, .12 by xgboost-scorer.
#
# Versions:    xgboost and libxgboost0 1.7.4-1 (Debian 12, amd64), which train, dump and predict;
#              npm xgboost-scorer 0.0.4 (the registry's "latest"), which scores its dumps.
# Expectation: the same class for the same row, the scores equal to float32's seven digits.
# Guess:       from its code: rows at a border change sides, and NaN, which XGBoost takes for a
#              missing value, goes right. (That rounding the features alone mends it was a wrong
#              guess.)
# Behaviour:   XGBoost keeps features and borders as float32 and dumps a border in nine digits: .3
#              is 0.300000012. The scorer compares that with the double .3, which is less, and goes
#              to the other side. Borders of the histogram method are values of the data, so that it
#              is just the training's own rows that change sides. Where float32 rounds down (.7) or
#              is exact (.5) it is right. NaN goes right instead of to the side of missing values,
#              which a key that is not there does reach.
# Output:      see `wanted` below: a tree of one border that XGBoost itself has learnt from .1 and
#              .2 against .3 and .4, then by hand borders as it dumps them, missing values to the
#              left.
# For users:   round features AND borders by Math.fround (.3 as a float32 is still below the nine
#              digits), and leave NaN out. Mah has no trees, so it does not touch Mah; for one's own
#              readers: compare in the type that the border was found in.
set -eu
wanted='border 0.300000012
xgboost 0.12 0.12 0.88 0.88
xgboost-scorer 0.12 0.12 0.12 0.88
xgboost-scorer, features rounded 0.12 0.12 0.12 0.88
xgboost-scorer, both rounded 0.12 0.12 0.88 0.88
at the border: .1 left, .2 left, .5 right, .7 right
missing: no key left, NaN right'

for tool in dpkg-deb node npm; do
  command -v $tool >/dev/null || { echo "xgboost_scorer_float32: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download xgboost=1.7.4-1 libxgboost0=1.7.4-1 \
  libdmlc0=0.5-1 libgomp1=12.2.0-14+deb12u1
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent xgboost-scorer@0.0.4 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

printf '%s\n' '0 0:0.1' '0 0:0.2' '1 0:0.3' '1 0:0.4' >rows.txt
echo '0 x q' >names.txt
cat >one.conf <<'CONF'
objective = binary:logistic
tree_method = hist
num_round = 1
eta = 1
lambda = 0
min_child_weight = 0
data = "rows.txt"
model_out = "one.model"
CONF
xgboost() {
  LD_LIBRARY_PATH=$folder/unpacked/usr/lib/x86_64-linux-gnu OMP_NUM_THREADS=1 \
    unpacked/usr/bin/xgboost one.conf nthread=1 "$@" >xgboost.log 2>&1 ||
    { cat xgboost.log >&2; exit 2; }
}
xgboost task=train
xgboost task=dump model_in=one.model fmap=names.txt dump_format=json name_dump=one.json
xgboost task=pred model_in=one.model test:data=rows.txt name_pred=scores.txt

cat >probe.mjs <<'JS'
import { readFileSync } from "node:fs";
import module from "xgboost-scorer";

const Scorer = module.default ?? module;
const text = (file) => readFileSync(file, "utf8").trim();
const show = (label, scores) =>
  console.log([label, ...scores.map((s) => Number(s).toFixed(2))].join(" "));

const learnt = JSON.parse(text("one.json"));
console.log(`border ${/"split_condition": ([^,]*)/.exec(text("one.json"))[1]}`);
show("xgboost", text("scores.txt").split("\n"));
const scorer = await Scorer.create(learnt);
const rows = [0.1, 0.2, 0.3, 0.4].map((x) => ({ x }));
const rounded = rows.map(({ x }) => ({ x: Math.fround(x) }));
show("xgboost-scorer", await scorer.score(rows));
show("xgboost-scorer, features rounded", await scorer.score(rounded));
for (const tree of learnt) tree.split_condition = Math.fround(tree.split_condition);
show("xgboost-scorer, both rounded", await (await Scorer.create(learnt)).score(rounded));

async function side(border, features) {
  const children = [-2, 2].map((leaf, i) => ({ nodeid: i + 1, leaf }));
  const node = { nodeid: 0, depth: 0, split: "x", split_condition: border, yes: 1, no: 2 };
  const tree = await Scorer.create([{ ...node, missing: 1, children }]);
  return (await tree.score(features)) < 0.5 ? "left" : "right";
}
const borders = { ".1": 0.100000001, ".2": 0.200000003, ".5": 0.5, ".7": 0.699999988 };
const sides = [];
for (const [x, border] of Object.entries(borders))
  sides.push(`${x} ${await side(border, { x: Number(x) })}`);
console.log(`at the border: ${sides.join(", ")}`);
console.log(`missing: no key ${await side(0.5, {})}, NaN ${await side(0.5, { x: NaN })}`);
JS
seen=$(node probe.mjs)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "xgboost_scorer_float32: this has changed" >&2; exit 1; }
