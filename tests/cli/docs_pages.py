"""Clicks through the pages of `mah --doc --html`:   python3 docs_pages.py FOLDER

The last line is "N passed, N failed".
"""
import html
import pathlib
import re
import sys
import urllib.parse

from browser import Browser, DOWN, ENTER, ESCAPE, check, finish

def here(browser):
    return browser.run("return location.pathname.replace(/.*\\//, '') + location.hash")


def written(page, attribute):
    """The values of an attribute in a page, as it is written."""
    return [html.unescape(urllib.parse.unquote(value)) for value in
            re.findall(f' {attribute}="([^"]*)"', page.read_text())]


def test_search(b, folder):
    b.open(folder / "index.html")
    b.press("/")
    check("/ is the search", b.active().attribute("id") == "search", b.active().attribute("id"))
    b.find("#search").type("early_stopping_pat")
    first = b.find("#found li").text
    check("an option is found", first.startswith("early_stopping_patience\noption of mah.MLP"),
          first)
    b.press(ENTER)
    b.wait("location.hash !== ''")
    check("Enter goes there", here(b) == "MLPClassifier.html#mah.MLPClassifier."
          "early_stopping_patience", here(b))
    row = b.run("return document.querySelector(':target').textContent")
    check("to its row", "early_stopping_patience" in row, row)
    b.find("#search").type("coefs_")
    check("an attribute", b.find("#found li").text.startswith("coefs_\nattribute of MLP"),
          b.find("#found li").text)
    b.press(ESCAPE)
    check("Escape ends it", b.run("return found.hidden && input.value === ''"))
    b.find("#search").type("study run")
    check("two words", b.find("#found li").text.startswith("study:run"), b.find("#found li").text)
    b.press(DOWN)
    chosen = b.run("return [...found.children].findIndex((li) => "
                   "li.getAttribute('aria-selected') === 'true')")
    check("the arrow goes down", chosen == 1, chosen)
    b.press(ESCAPE)
    b.find("#search").type("qqqqqq")
    check("nothing", b.find("#found").text == "Nothing has this.", b.find("#found").text)


def test_links(b, folder):
    b.open(folder / "mah.train.html")
    check("the page is marked in the contents",
          b.find("nav a[aria-current]").text == "mah.train", b.find("nav a[aria-current]").text)
    b.run("document.querySelector('main a[href^=\"run.html\"]').click()")
    b.wait("location.pathname.endsWith('run.html')")
    check("a type leads to its class", here(b) == "run.html#run", here(b))
    check("there is what it has", "n_iter" in b.find("#run").text, b.find("#run").text[:200])
    b.open(folder / "mah.train.html")
    for what in "pre .s", "pre .k", "pre .c", "pre a":
        check(f"code has {what}", b.run(f"return document.querySelector('{what}') !== null"))
    ids = {page.name: {"", *written(page, "id")} for page in folder.glob("*.html")}
    ids["mah.css"] = {""}
    for page in sorted(folder.glob("*.html")):
        targets = [a for a in written(page, "href") if not re.match("[a-z]+:", a)]
        lost = [a for a in targets if not (folder / a.partition("#")[0]).exists()
                or a.partition("#")[2]
                not in ids.get(a.partition("#")[0] or page.name, ())]
        check(f"{page.name}: its links lead somewhere", not lost, lost[:5])
    for name in "index.html", "tensor.html", "mah.plot.html", "tutorial-02_network.html":
        b.open(folder / name)
        said = b.complaints()
        check(f"{name}: no error", not said, said)
    index = b.run("return INDEX.map((e) => e[3])")
    lost = [a for a in index if a.partition("#")[2] not in ids.get(a.partition("#")[0], ())]
    check("all that the search knows is there", not lost, lost[:5])
    check("much is known", len(index) > 2000, len(index))


def test_narrow(folder):
    with Browser(400, 800, dark=True) as b:
        for name in "index.html", "mah.train.html", "tensor.html", "mah.metrics.html":
            b.open(folder / name)
            wide = b.run("return document.documentElement.scrollWidth")
            check(f"{name} fits a phone", wide == 400, wide)
        b.open(folder / "mah.train.html")
        said = b.run("""return [...document.querySelectorAll('#mah\\\\.train\\\\.accumulate code')]
          .map((e) => getComputedStyle(e, '::before').content)""")
        check("a default is called so", said == ["none", "none", '"default: "'], said)
        check("the contents are folded", not b.run("return contents.open"))
        dark = b.run("return getComputedStyle(document.body).backgroundColor")
        check("dark", sum(map(int, dark[4:-1].split(","))) < 200, dark)


folder = pathlib.Path(sys.argv[1]).resolve()
with Browser(1280, 900) as browser:
    test_search(browser, folder)
    test_links(browser, folder)
test_narrow(folder)
finish()
