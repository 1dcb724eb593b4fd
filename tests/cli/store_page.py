"""Clicks through a page of `mah results --html`:   python3 store_page.py page.html

The page is of a study of 120 trials (see test_store_page.sh). The last line is
"N passed, N failed".
"""
import sys

from browser import Browser, END, ENTER, ESCAPE, LEFT, RIGHT, TAB, check, finish

def column(browser, name):
    """The cells of a column, as they stand there."""
    return browser.run("""
      const heads = [...document.querySelectorAll("#table thead th")].map((h) => h.textContent);
      const at = heads.indexOf(arguments[0]);
      return [...document.querySelectorAll("#table tbody tr")].map(
        (row) => row.children[at].textContent);""", name)


def head(browser, name):
    return next(h for h in browser.find_all("#table thead th") if h.text.split()[0] == name)


def where(browser):
    return browser.find("#where").text


def filter_by(browser, text):
    before = browser.run("return page.table.rows")
    browser.run("page.filter.value = ''")
    browser.find("#filter").type(text)
    browser.wait(f"page.table.rows.length !== {len(before)} || page.problem.textContent", 2)


def clear(browser):
    browser.run("page.filter.value = ''; page.applyFilter()")


def test_parts(b):
    titles = [h.text for h in b.find_all("h2")]
    wanted = ["clicked", "Results", "Trials", "Curves", "Parallel coordinates", "Slices",
              "Two parameters", "Importances", "Failures"]
    check("all parts are there", titles == wanted, titles)
    told = b.find("main > p").text
    check("what is best", "test 0.975478 at i 47" in told, told)
    check("no network", b.run("return performance.getEntriesByType('resource').length") == 0)
    check("names are text", b.run("return document.querySelectorAll('b.evil').length") == 0)


def test_sort(b):
    check("in order of numbers", column(b, "number")[:3] == ["1", "2", "3"], column(b, "number"))
    check("aria-sort", head(b, "number").attribute("aria-sort") == "ascending")
    head(b, "lr").find("button").click()
    values = [float(v) for v in column(b, "lr")]
    check("sorted by lr", values == sorted(values), values)
    check("aria-sort of lr", head(b, "lr").attribute("aria-sort") == "ascending")
    check("and no longer of number", head(b, "number").attribute("aria-sort") == "none")
    head(b, "lr").find("button").click()
    values = [float(v) for v in column(b, "lr")]
    check("and back", values == sorted(values, reverse=True), values)
    head(b, "test").find("button").click()
    b.find(".turn button:last-of-type").click()
    values = column(b, "test")
    check("the second hundred", where(b) == "101 to 120 of 120", where(b))
    check("what is missing comes last", values[-1] == "", values)
    head(b, "number").find("button").click()


def test_filter(b):
    filter_by(b, "lr<0.01")
    shown = [float(v) for v in column(b, "lr")]
    check("a condition", shown and max(shown) < 0.01, shown)
    rows = len(shown)
    check("tells how many", where(b) == f"1 to {rows} of {rows} (120 in all)", where(b))
    clear(b)
    filter_by(b, "lr < 0.01 solver=adam -pruned")
    check("several conditions", set(column(b, "solver")) == {"adam"}, column(b, "solver"))
    check("a word that is not to be there", "pruned" not in column(b, "status"))
    clear(b)
    filter_by(b, '"out of memory"')
    check("words", set(column(b, "status")) == {"failed"}, column(b, "status"))
    clear(b)
    filter_by(b, "rl<0.01")
    check("an unknown column is told", 'no column "rl"; there are: number' in b.find(
        "#problem").text, b.find("#problem").text)
    check("aria-invalid", b.find("#filter").attribute("aria-invalid") == "true")
    clear(b)
    check("all again", where(b) == "1 to 100 of 120", where(b))


def test_hover(b):
    b.run("document.querySelector('#history canvas').scrollIntoView({block: 'center'})")
    b.wait("document.querySelector('#history figure').frame.marks.length > 0")
    x, y, trial = b.run("""
      const frame = document.querySelector("#history figure").frame, mark = frame.marks[4];
      const box = frame.canvas.getBoundingClientRect();
      return [box.left + mark.x, box.top + mark.y, mark.trial];""")
    b.move_to(x + 1, y + 1)
    tip = b.find("#tip").text
    lr = column(b, "lr")[trial]
    check("the trial's parameters", f"Trial {trial + 1}\n" in tip and f"lr {lr}" in tip, tip)
    b.move_to(2, 2)
    check("gone again", b.find("#tip").text == "", b.find("#tip").text)


def test_keyboard(b):
    b.run("location.reload()")
    b.wait("document.querySelector('#history figure').frame.marks.length > 0")
    b.press(TAB)
    check("the skip link comes first", b.active().label == "Skip to the trials",
          b.active().label)
    canvas = b.find("#history .canvas canvas")
    check("a chart has a name", canvas.label.startswith("Result of each trial"), canvas.label)
    b.run("document.querySelector('#history canvas').focus()")
    b.press(RIGHT, RIGHT)
    check("the second trial", "Trial 2\n" in b.find("#tip").text, b.find("#tip").text)
    b.press(LEFT)
    check("the first trial", "Trial 1\n" in b.find("#tip").text, b.find("#tip").text)
    b.press(ESCAPE)
    check("escape", b.find("#tip").text == "")
    b.press(END, ENTER)
    row = b.active().text
    check("its row has the focus", row.startswith("119 "), row)  # 120 has no result
    button = head(b, "width").find("button")
    b.run("page.table.head.children[page.view.study.columns.findIndex((c) => c.name === 'width')]"
          ".firstChild.focus()")
    b.press(ENTER)
    check("sorting by the keyboard", head(b, "width").attribute("aria-sort") == "ascending")
    check("roles", (button.role, b.find("#table").role, head(b, "width").role)
          == ("button", "table", "columnheader"), (button.role, b.find("#table").role))


def test_charts(b):
    for part in ["history", "curves", "parallel", "slices", "contour"]:
        b.run(f"document.querySelector('#{part} canvas').scrollIntoView()")
        drawn = b.wait(f"document.querySelector('#{part} figure').frame.marks.length > 50")
        check(f"{part} has points", drawn)
    b.run("const s = document.querySelectorAll('#contour select')[1]; s.value = 'width';"
          "s.dispatchEvent(new Event('change'))")
    check("another parameter", "width" == b.run("return document.querySelectorAll("
                                                "'#contour select')[1].value"))
    b.run("document.querySelector('#history').scrollIntoView()")
    b.find("#history input[type=checkbox]").click()
    check("a logarithmic axis", b.run("return page.view.isLog") is True)


def test_failures(b):
    summary = b.find("#failures summary")
    check("how often", summary.text.startswith("6 times: "), summary.text)
    check("the message as text", '<b class="evil">' in summary.text, summary.text)
    summary.click()
    check("the whole message", "stack traceback" in b.find("#failures pre").text)
    filter_by(b, "status=done")
    b.find("#failures .link").click()
    check("its trial, though the filter hid it", "failed" in b.active().text, b.active().text)


if __name__ == "__main__":
    with Browser(1280, 900) as browser:
        browser.open(sys.argv[1])
        for test in [test_parts, test_sort, test_filter, test_hover, test_keyboard, test_charts,
                     test_failures]:
            test(browser)
        said = browser.complaints()
        check("nothing in the console", said == [], said)
    with Browser(400, 800, dark=True) as browser:
        browser.open(sys.argv[1])
        browser.wait("document.querySelector('#history figure').frame.marks.length > 0")
        wide = browser.run("return document.documentElement.scrollWidth")
        check("a phone's width", wide <= 400, wide)
        check("dark", browser.run("return getComputedStyle(document.body).backgroundColor")
              == "rgb(21, 24, 28)")
        check("nothing in the console of a phone", browser.complaints() == [])
    finish()
