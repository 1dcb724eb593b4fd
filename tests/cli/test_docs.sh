# The reference: Markdown and the editor's definitions, pages, and these clicked through in Chromium
# where it is there.
. ./harness.sh

run "$MAH" --doc doc
expect "Markdown" 0 "* entries in doc" ""
check "an index, a page, the definitions" [ -s doc/index.md -a -s doc/learn.md -a -s doc/mah.lua ]

run "$MAH" --doc --html pages
expect "pages" 0 "* pages in pages/index.html" ""
check "pages of a class, a part, functions" \
  [ -s pages/MLPClassifier.html -a -s pages/mah.plot.html -a -s pages/functions-tensor.html ]
check "the tutorial's chapters" [ "$(ls pages/tutorial-0*.html | wc -l)" = 7 ]
check "what an example prints stands as it is, blanks too" \
  grep -qxF "  lr  of     n  mean  sd  low  high" pages/example-06_sweep.html
check "nothing is fetched" sh -c "! grep -lE '(src|href)=\"(https?:)?//' pages/*.html"
for again in 1 2 3; do
  run "$MAH" --doc --html again
  check "the same pages each time" diff -rq pages again
done
run "$MAH" --doc --html /dev/null/pages
expect "no such folder" 1 "" "mah: *"

if ! python3 "$ROOT/tests/cli/browser.py"; then
  skip "pages are not clicked through: chromium and chromium-driver are needed"
  finish
  exit
fi
export PYTHONDONTWRITEBYTECODE=1
clicked=$(timeout -k 5 300 python3 "$ROOT/tests/cli/docs_pages.py" pages 2>&1)
verdict $? "clicked through"
printf '%s\n' "$clicked"
finish
