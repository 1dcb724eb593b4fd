# The report: complete, the same every time, killed and resumed, in Persian; studies alone; mah classify.
. ./harness.sh
unset MAH_MNIST
REPORT=$ROOT/scripts/report.lua

report() { run "$MAH" "$REPORT" --preset smoke --data synthetic "$@"; }

# -- A whole report ---------------------------------------------------------------------------------

report --out one --models
expect "the smoke preset runs, and ends with its result" 0 "data: synthetic digits *
final model: * of 200 test images, accuracy 0.* (95 % interval 0.* to 0.*)
claims: * of 35 reproduced, * not reproduced, * depend
report: /*one/index.html (* s)" "study 1 of 11: hidden_layers*
study 9 of 11: dropout (0:* so far, about 0:* left)*"
check "--models keeps the final model, and no other" [ "$(ls one/*.safetensors)" = one/model.safetensors ]
run "$MAH" "$ROOT/tests/cli/report_page.lua" one en
expect "its page is well-formed, complete and refers to nothing else" 0 "* elements, * 38 claims" ""
check "every trial finished" [ "$(grep -c ',ok,$' one/results.csv)" = "$(($(wc -l <one/results.csv) - 1))" ]
check "every claim has a verdict" [ \
  "$(grep -c ',\(reproduced\|not reproduced\|depends\),' one/claims.csv)" = 38 ]
check "the final model follows from the choices of eight studies" [ \
  "$(grep -c '"\(hidden_layers\|neurons\|solvers\|activations\|learning_rate\|stopping\|dropout\|batch_size\)": {' \
    one/manifest.json)" = 8 ]

# -- Twice the same, whatever the number of jobs ----------------------------------------------------

report --out two --jobs 1
check "one job gives the same results.csv" cmp one/results.csv two/results.csv
for folder in one two; do grep -v 'times: see timings.csv' $folder/claims.csv >$folder/claims; done
check "and the same claims.csv, but for times" cmp one/claims two/claims
check "of which few are about times" [ "$(wc -l <one/claims)" = 38 ]
check "nobody asked for a model" sh -c "! ls two | grep safetensors"
check "the page opens with the final model's accuracy" [ \
  "$(grep -c '<p class="lead">The final model classifies <strong>.* of 200 test images' two/index.html)" = 1 ]

# -- A folder that has trials already ---------------------------------------------------------------

report --out two --only fitting
expect "what has finished is not lost" 0 "*" \
  "mah: 'two' has 77 trials that have finished*earlier.db*--resume*--fresh*"
run "$MAH" results two/earlier.db dropout --csv
expect "it is in another store" 0 "*dropout*" ""
report --out two --only fitting --fresh
expect "unless nobody wants it" 0 "*" "study 1 of 1: fitting*"
check "and then the other store stays as it is" [ -e two/earlier.db ]
report --out two --resume --fresh
expect "both at once" 2 "" "mah: either --resume or --fresh"

# -- Killed and resumed -----------------------------------------------------------------------------

seconds=$(awk 'BEGIN { srand(); printf "%.2f", 0.2 + 1.5 * rand() }')
"$MAH" "$REPORT" --preset smoke --data synthetic --out killed >killed.log 2>&1 &
killed=$!
sleep "$seconds"
kill -9 "$killed"
wait "$killed" 2>/dev/null
check "killed after $seconds s it leaves no page" [ ! -e killed/index.html ]
"$MAH" "$REPORT" --preset quick --only neurons --data synthetic --out stopped >stopped.log 2>&1 &
stopped=$!
wait_for 30 grep -q 'neurons: .*running' stopped.log
report --out stopped
expect "meanwhile its folder is taken" 1 "*" "mah: 'stopped' is being written by process $stopped"
kill -INT "$stopped"
wait "$stopped"
check "Ctrl-C ends it with status 130" [ $? = 130 ]
check "and says how to go on" grep -q 'with --resume goes on' stopped.log
check "without a traceback" sh -c "! grep traceback stopped.log"
"$MAH" "$REPORT" --preset full --data synthetic --out loading >loading.log 2>&1 &
loading=$!
wait_for 30 sh -c "grep -q libopenblas /proc/$loading/maps"
sleep 1
kill -INT "$loading"
wait "$loading"
check "Ctrl-C while the data are drawn ends it with status 130" [ $? = 130 ]
check "and without a traceback" sh -c "! grep traceback loading.log"
report --out killed --resume
expect "it goes on" 0 "*report: *" "*"
check "killed after $seconds s and resumed: the same results.csv" cmp one/results.csv killed/results.csv
report --out killed --resume
expect "a finished report trains nothing again" 0 "*report: *" "*"
check "and is the same" cmp one/results.csv killed/results.csv
run "$MAH" "$ROOT/tests/cli/report_page.lua" killed en
expect "the resumed page is complete" 0 "*" ""

# -- Persian ----------------------------------------------------------------------------------------

report --out killed --resume --lang fa
expect "the same in Persian" 0 "*report: *" "*"
run "$MAH" "$ROOT/tests/cli/report_page.lua" killed fa
expect "the Persian page is complete" 0 "* elements, * 38 claims" ""
check "right to left, with Persian titles and digits" grep -q '>۱۰. مدل نهایی</h2>' killed/index.html
check "the numbers are the same" cmp one/results.csv killed/results.csv

# -- Parts ------------------------------------------------------------------------------------------

report --out part --only "dropout, solvers"
run "$MAH" "$ROOT/tests/cli/report_page.lua" part en 2
expect "some studies" 0 "*" ""
check "in the report's order, and no others" [ \
  "$(cut -d, -f1 part/results.csv | uniq | tr '\n' ' ')" = "study solvers dropout " ]
check "a study does not depend on the others" cmp part/results.csv - <<END
$(sed -n '1p;/^solvers,/p;/^dropout,/p' one/results.csv)
END
run "$MAH" "$ROOT/scripts/studies/stopping.lua" --preset smoke --data synthetic --out alone
expect "a study alone" 0 "*report: *alone/index.html*" "*"
check "gives what it gives in the report" cmp alone/results.csv - <<END
$(sed -n '1p;/^stopping,/p' one/results.csv)
END
run "$MAH" "$ROOT/scripts/studies/residual_layers.lua" --preset smoke --data synthetic --out own
expect "a study that looks at another's trials" 0 "*report: *own/index.html*" "*"
check "gives what it gives beside that study" cmp own/results.csv - <<END
$(sed -n '1p;/^residual_layers,/p' one/results.csv)
END
check "and the same claims" [ "$(tail -n 3 own/claims.csv)" = "$(grep '^1.1,' one/claims.csv)" ]
cp "$ROOT/scripts/studies/dropout.lua" mine.lua
MAH_PATH=$ROOT/scripts/studies run "$MAH" mine.lua --preset smoke --data synthetic
expect "a copy elsewhere finds the rest with MAH_PATH" 0 "*out/dropout/index.html*" "*"

# -- Mistakes ---------------------------------------------------------------------------------------

report --out x --only dropuot
expect "an unknown study" 2 "" "mah: --only: there is no study 'dropuot'; known: hidden_layers, *"
for nothing in '' ' ' ,; do
  report --out x --only "$nothing"
  expect "no study at all: '$nothing'" 2 "" "mah: --only: there is no study ''; known: *"
done
report --out x --only scikit_learn
expect "a study that does not apply here" 1 "data: *" "mah: scikit_learn does not apply *"
report --out x --resume=no
expect "a flag with a value" 2 "" "mah: --resume takes no value; got 'no'*"
report --out x --jobs many
expect "jobs that are no number" 2 "" "mah: --jobs must be a number or auto; got 'many'"
run "$MAH" "$REPORT" --data nowhere --out x
expect "no data" 1 "" "mah: *nowhere*"
touch file
report --out file/x
expect "an output folder that cannot be" 1 "*" "mah: cannot make directory 'file/x*"
run "$MAH" "$ROOT/scripts/studies/scikit_learn.lua" --preset smoke --data synthetic --out x
expect "the comparison with scikit-learn needs all of MNIST" 1 "*" \
  "mah: scikit_learn does not apply to this preset and these data"

# -- mah classify -----------------------------------------------------------------------------------

cat >pictures.lua <<'END'
local mah = require "mah"
local set = mah.data.digits{n = 1, test = 20, seed = 1}.test
local model = mah.load "one/model.safetensors"
local right = {}
for i = 1, 20 do
  local image = set.x[i]:view(28, 28)
  mah.image.save(("light%d.png"):format(i), image)
  -- dark on light, four times as large, off the middle
  local large = mah.zeros(28 * 4, 28 * 4)
  for k = 0, 3 do for l = 0, 3 do
    for r = 1, 28 do for c = 1, 28 do large[(r - 1) * 4 + k + 1][(c - 1) * 4 + l + 1] = image[r][c] end end
  end end
  local field = mah.zeros(140, 200)
  field:narrow(1, 1, 112):narrow(2, 80, 112):copy_(large)
  mah.image.save(("dark%d.png"):format(i), 1 - field)
  right[i] = model:predict(set.x:narrow(1, i, 1))[1]
end
print(table.concat(right, " "))
END
run "$MAH" pictures.lua
expect "pictures to classify" 0 "* *" ""
predictions=$out
# same KIND: how many of the 20 pictures are classified as the test images that they show
same() {
  list=
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do list="$list $1$i.png"; done
  run "$MAH" classify one/model.safetensors $list
  printf '%s\n' "$out" | sed 's/.*: \([0-9]\) (.*/\1/' | paste -sd' ' | awk -v all="$predictions" \
    '{ n = split(all, a); for (i = 1; i <= n; i++) same += a[i] == $i } END { print same + 0 }'
}
check "light on dark, as the data are" [ "$(same light)" -ge 15 ]
check "dark on light, large and off the middle" [ "$(same dark)" -ge 15 ]
run "$MAH" classify one/model.safetensors dark1.png missing.png file
expect "pictures that cannot be read" 1 "dark1.png: ? (*%)" "mah: *missing.png*mah: *file*"
run "$MAH" classify file dark1.png
expect "a file that is no model" 1 "" "mah: *file*"
run "$MAH" classify
expect "nothing to do" 2 "" "usage: mah classify *"

# -- In a browser -----------------------------------------------------------------------------------

if ! python3 "$ROOT/tests/cli/browser.py"; then
  skip "the claims are not clicked through: chromium and chromium-driver are needed"
  finish
  exit
fi
PYTHONDONTWRITEBYTECODE=1 run timeout -k 5 300 python3 "$ROOT/tests/cli/report_page.py" one/index.html killed/index.html
expect "the claims are folded, filtered and printed" 0 "* passed, 0 failed" ""
finish
