#!/bin/sh
# miller_json.sh - Miller turns a good CSV table into JSON that no JSON reader takes.
#
# Versions:    miller 6.6.0-2+b3 (Debian 12, amd64); node's JSON.parse as the other reader.
# Expectation: `mlr --icsv --ojson cat` writes JSON, whatever a field holds.
# Guess:       .5, 1. and 0xff become 0.5, 1 and 255, or strings.
# Behaviour:   a field that Miller takes for a number is written as it was spelt, without quotes: .5
#              -.5 1. 0xff 0b11 0o17, none of which JSON has. Its other doubts go into quotes: +1
#              007 Inf. So the same column holds numbers and strings, and the first .5 makes the
#              file unreadable. An arithmetic step (`put '$v = $v + 0'`) mends .5, and leaves 0xff
#              as 255.
# Output:      see `wanted` below.
# For users:   numbers without a leading 0 are common (bc writes them): give the step before writing
#              JSON.
set -eu
wanted='.5 -> .5: not JSON
-.5 -> -.5: not JSON
1. -> 1.: not JSON
0xff -> 0xff: not JSON
0b11 -> 0b11: not JSON
0o17 -> 0o17: not JSON
+1 -> "+1": string
007 -> "007": string
Inf -> "Inf": string
1e5 -> 1e5: number
.5 + 0 -> 0.5: number
0xff + 0 -> 255: number'

for tool in dpkg-deb node; do
  command -v $tool >/dev/null || { echo "miller_json: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download miller=6.6.0-2+b3
dpkg-deb -x miller_*.deb unpacked

# value FIELD VERB...: how Miller writes it, and what JSON.parse makes of the table.
value() {
  field=$1
  shift
  printf 'v\n%s\n' "$field" | unpacked/usr/bin/mlr --icsv --ojson "$@" >out.json
  written=$(sed -n 's/^ *"v": //p' out.json)
  kind=$(node -p 'typeof JSON.parse(fs.readFileSync("out.json"))[0].v' 2>/dev/null) ||
    kind='not JSON'
  echo "$written: $kind"
}
seen=$(
  for field in .5 -.5 1. 0xff 0b11 0o17 +1 007 Inf 1e5; do
    echo "$field -> $(value $field cat)"
  done
  for field in .5 0xff; do
    # shellcheck disable=SC2016  # $v is Miller's
    echo "$field + 0 -> $(value $field put '$v = $v + 0')"
  done
)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "miller_json: this has changed" >&2; exit 1; }
