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
check "nothing is fetched" sh -c "! grep -lE '(src|href)=\"(https?:)?//' pages/*.html"
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
