#!/bin/sh
# liac_arff_text.sh - liac-arff writes the text "?" as a missing value and {x} so that it cannot
# read its own file.
#
# Versions:    python3-liac-arff 2.5.0-3 (Debian 12), a plain Python module; scikit-learn carries a
#              copy of it for fetch_openml.
# Expectation: loads(dumps(data)) is the data; ARFF has quotes, so that '?' and '' are texts and a
#              bare ? is missing. loads does keep them apart.
# Guess:       loads takes a quoted '?' for a text (it does); that dumps quotes whatever needs it went
#              without saying.
# Behaviour:   dumps quotes for blanks, commas, quotes, backslashes and %, but not for ?, nothing at
#              all, or braces: "?" and "" come back as None, as a class of a nominal attribute too,
#              and {x} is refused when read ("Invalid layout").
# Output:      see `wanted` below: the text, how it is written, what is read.
# For writers: quote whatever the format's own reader could take for something else.
set -eu
wanted="'a b' -> 'a b' -> 'a b'
'a,b' -> 'a,b' -> 'a,b'
'%' -> '\\%' -> '%'
'?' -> ? -> None
'' -> ? -> None
'{x}' -> {x} -> BadLayout
quoted in the file: '?' and ''
class '?' of {?, other}: None"

for tool in dpkg-deb python3; do
  command -v $tool >/dev/null || { echo "liac_arff_text: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-liac-arff=2.5.0-3
dpkg-deb -x python3-liac-arff_*.deb unpacked

cat >texts.py <<'PY'
import arff

def table(kind, value):
    return {"relation": "r", "attributes": [("n", "NUMERIC"), ("t", kind)], "data": [[1, value]]}

def read(text):
    try:
        return repr(arff.loads(text)["data"][0][1])
    except arff.BadLayout as error:
        return type(error).__name__

for value in ["a b", "a,b", "%", "?", "", "{x}"]:
    text = arff.dumps(table("STRING", value))
    written = text.split("@DATA\n")[1].split("\n")[0]
    print(f"{value!r} -> {written.split(',', 1)[1]} -> {read(text)}")
by_hand = "@relation r\n@attribute n numeric\n@attribute t string\n@data\n1, %s\n"
print("quoted in the file:", read(by_hand % "'?'"), "and", read(by_hand % "''"))
text = arff.dumps(table(["?", "other"], "?"))
print("class '?' of", text.split("t ")[1].split("\n")[0] + ":", read(text))
PY
seen=$(PYTHONPATH="$folder/unpacked/usr/lib/python3/dist-packages" python3 texts.py)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "liac_arff_text: this has changed" >&2; exit 1; }
