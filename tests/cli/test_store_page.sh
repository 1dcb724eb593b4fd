# A page of a store: what `mah results --html` writes, clicked through in Chromium where it is there.
. ./harness.sh

cat >sweep.lua <<'END_OF_LUA'
local mah = require "mah"
local trials = {}
for i = 1, 120 do
  trials[i] = { i = i, lr = 10 ^ (-4 * (i * 37 % 120) / 120), width = 8 + i * 13 % 57,
    solver = i % 2 == 0 and "adam" or "sgd" }
end
mah.sweep { name = "clicked", store = "runs.db", trials = trials, of = "test",
  trial = function(p, report)
    if p.i % 20 == 0 then error '<b class="evil">a</b> </script>: out of memory' end
    local q = math.exp(-(math.log(p.lr) / math.log(10) + 2) ^ 2) * (0.9 + p.width / 640)
    for epoch = 1, 12 do report(epoch, q * (1 - math.exp(-epoch / 3))) end
    return { test = q, loss = 1 - q, ["100 %"] = p.i }
  end }:run { quiet = true, jobs = 2 }
mah.sweep { name = "other", store = "runs.db", grid = { a = { 1, 2 } },
  trial = function(p) return p.a end }:run { quiet = true }
END_OF_LUA
run "$MAH" sweep.lua
expect "two studies" 3 "" "*"

# -- What is written --------------------------------------------------------------------------------

run "$MAH" results runs.db clicked --html page.html
expect "a page" 0 "120 trials of 1 study written to 'page.html'; in full in 'page.trials.csv' and 'page.curves.csv'" ""
check "all trials in the CSV" [ "$(grep -c ,clicked page.trials.csv)" = 120 ]
check "all reports in the other one" [ "$(wc -l <page.curves.csv)" = $((114 * 12 + 1)) ]
check "the script's end is written twice: at the data's, and at its own" \
  [ "$(grep -o '</script>' page.html | wc -l)" = 2 ]
check "nothing is fetched" sh -c "! grep -E '(src|href)=\"(https?:)?//' page.html"
run "$MAH" results runs.db --html both.html
expect "all studies" 0 "122 trials of 2 studies written to 'both.html'*" ""
check "a study that has not all columns" [ "$(grep -c ,other both.trials.csv)" = 2 ]
"$MAH" -e 'require("mah.sweep.store").open("empty.db", "create"):close()'
run "$MAH" results empty.db --html empty.html
expect "a store without a study" 0 "0 trials of 0 studies written to 'empty.html'*" ""

run "$MAH" results runs.db clickd --html page2.html
expect "no such study" 1 "" "mah: there is no study 'clickd' in 'runs.db'; did you mean 'clicked'?*"
run "$MAH" results none.db --html page2.html
expect "no such store" 1 "" "mah: there is no store 'none.db'"
run "$MAH" results runs.db --html no/such/page.html
expect "no such folder" 1 "" "mah: *no/such/page*No such file or directory"
run "$MAH" results runs.db --html runs.db
expect "the store itself" 1 "" "mah: 'runs.db' is a store; the page needs another name"
run "$MAH" results runs.db --html
expect "no name" 2 "" "mah results: --html needs a value*usage:*"
check "nothing else is written" [ ! -e page2.html -a ! -e no ]

# -- In a browser -----------------------------------------------------------------------------------

if ! python3 "$ROOT/tests/cli/browser.py"; then
  skip "pages are not clicked through: chromium and chromium-driver are needed"
  finish
  exit
fi
clicked=$(PYTHONDONTWRITEBYTECODE=1 timeout -k 5 120 python3 "$ROOT/tests/cli/store_page.py" page.html 2>&1)
verdict $? "clicked through"
printf '%s\n' "$clicked"
PYTHONDONTWRITEBYTECODE=1 run python3 - <<END_OF_PYTHON
import sys
sys.path.insert(0, "$ROOT/tests/cli")
from browser import Browser
with Browser(800, 600) as b:
    b.open("both.html")
    b.run("const s = document.querySelector('main select'); s.value = 'other';"
          "s.dispatchEvent(new Event('change'))")
    print(b.run("return document.querySelectorAll('#table tbody tr').length"))
    print(b.run("return page.recall().study"))
    b.open("empty.html")
    print(b.find("main").text, b.complaints())
END_OF_PYTHON
expect "another study, and none" 0 "2
other
The store has no study. [[][]]" ""
finish
