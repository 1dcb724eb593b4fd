#!/bin/sh
# weka_small_numbers.sh - Weka's tree cannot tell 3e-8 from 3e-7, and its files have both as 0.
#
# Versions:    weka 3.6.14-3 with cup 0.11b-20160615-2 (Debian 12), under Java 17.
# Expectation: a decision tree depends on the order of the values alone, not on their unit; a data
#              set that goes from CSV to ARFF, or through a filter, keeps its numbers to a double's
#              digits, or to six SIGNIFICANT ones.
# Guess:       of the files, six decimals were half remembered; of J48 that it finds the classes in
#              the CSV file, and no longer in the ARFF that is made of it. (Wrong: in neither.)
# Behaviour:   J48 does not cut between neighbours that are 1e-5 or less apart, whatever the
#              attribute's range: rates of 1e-8 to 6e-8 and of 1e-7 to 6e-7 are one leaf to it, and
#              12 of 12 when they are given in other units. OneR and naive Bayes see them. All that
#              is written (converters, savers, filters) has six decimals, so 6e-7 is 0.000001
#              and 4e-7 is 0, whereupon no classifier can. Nothing is reported.
# Output:      see `wanted` below: correct ones of 12 in the training data.
# For users:   scale small features (learning rates, concentrations, p values), or take their
#              logarithm, before Weka reads them; in a file that Weka wrote they are lost.
set -eu
wanted='J48, gap 1.1e-5: 12
J48, gap 1e-5: 6
J48, .01 to .6: 12
J48, 1e-8 to 6e-7: 6
OneR, .01 to .6: 12
OneR, 1e-8 to 6e-7: 12
NaiveBayes, 1e-8 to 6e-7: 12
CSV to ARFF: 0 0 0 0 0 0 0 0 0 0 0.000001 0.000001
OneR, that ARFF: 8
Remove a column: 0 0.000001 1.0E20 0.123457'

for tool in dpkg-deb java; do
  command -v $tool >/dev/null || { echo "weka_small_numbers: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download weka=3.6.14-3 cup=0.11b-20160615-2
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done
jars=unpacked/usr/share/java
weka() { java -Duser.home="$folder" -cp "$jars/weka.jar:$jars/cup.jar" "$@" 2>>errors; }

# correct LABEL CLASSIFIER FILE: how many of the rows it was trained with it gets right.
correct() {
  weka "weka.classifiers.$2" -t "$3" -no-cv | awk -v label="$1" '/^Correctly/ {
    print label ": " $4; exit }'
}
# line LABEL: the lines of the input in one.
line() { printf '%s: %s\n' "$1" "$(grep . | paste -s -d ' ' -)"; }
# table LOW HIGH: twelve rows, formats of the values of the two classes for 1 ... 6.
table() {
  echo rate,class
  # shellcheck disable=SC2059 # both are formats
  for i in 1 2 3 4 5 6; do printf "$1,low\n$2,high\n" $i $i; done
}
table '0%.0s' '1.1e-5%.0s' >wide.csv
table '0%.0s' '1e-5%.0s' >narrow.csv
table '.0%d' '.%d' >large.csv
table '%de-8' '%de-7' >small.csv
cat >two.arff <<'ARFF'
@relation two
@attribute index numeric
@attribute value numeric
@data
1,4e-7
2,6e-7
3,1e20
4,.123456789
ARFF

seen=$(
  correct 'J48, gap 1.1e-5' trees.J48 wide.csv
  correct 'J48, gap 1e-5' trees.J48 narrow.csv
  correct 'J48, .01 to .6' trees.J48 large.csv
  correct 'J48, 1e-8 to 6e-7' trees.J48 small.csv
  correct 'OneR, .01 to .6' rules.OneR large.csv
  correct 'OneR, 1e-8 to 6e-7' rules.OneR small.csv
  correct 'NaiveBayes, 1e-8 to 6e-7' bayes.NaiveBayes small.csv
  weka weka.core.converters.CSVLoader small.csv >small.arff
  sed -n '/^@data/,$s/,.*//p' small.arff | sort | line 'CSV to ARFF'
  correct 'OneR, that ARFF' rules.OneR small.arff
  weka weka.filters.unsupervised.attribute.Remove -R 1 -i two.arff | sed '1,/^@data/d' |
    line 'Remove a column'
)
echo "$seen"
[ "$seen" = "$wanted" ] ||
  { cat errors >&2; echo "weka_small_numbers: this has changed" >&2; exit 1; }
