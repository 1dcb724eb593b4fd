"""Clicks through the claims of a report's page:   python3 report_page.py index.html persian.html

The last line is "N passed, N failed".
"""
import base64
import pathlib
import re
import sys
import tempfile

from browser import Browser, ENTER, RIGHT, SPACE, check, finish

def open_page(b, path):
    b.open(path)
    b.run("document.documentElement.style.scrollBehavior = 'auto'")  # a click does not wait for it


def shown(b, selector):
    """The texts of what can be seen."""
    return b.run("""return [...document.querySelectorAll(arguments[0])]
      .filter((e) => e.checkVisibility())
      .map((e) => e.textContent)""", ".claims-list " + selector)


def choose(b, verdict):
    b.find(f".claims-list input[value={verdict}]").click()


def type_words(b, text):
    b.run("document.querySelector('.claims-list [type=search]').value = ''")
    b.find(".claims-list [type=search]").type(text)


def test_folding(b):
    check("all sections are there", len(shown(b, "summary")) == 11, shown(b, "summary"))
    heads = b.run("""return [...document.querySelectorAll('.claims-list thead')]
      .map((e) => e.querySelector('th').textContent)""")
    check("Mah's own part is not said to be the source's", heads.pop(1) == "claim", heads)
    check("the others are", set(heads) == {"the source claims"}, heads)
    check("all of them folded", shown(b, "tbody tr") == [], len(shown(b, "tbody tr")))
    b.find(".claims-list summary").click()
    check("a click unfolds one", len(shown(b, "tbody tr")) == 4, shown(b, "tbody tr"))
    b.run("document.querySelectorAll('.claims-list summary')[1].focus()")
    b.press(ENTER)
    check("and the keyboard another", len(shown(b, "tbody tr")) == 7, shown(b, "tbody tr"))
    b.find(".claims-list tbody a").click()
    place = b.run("return location.hash")
    check("a claim leads to its section", place == "#hidden_layers-saturates", place)


def test_filter(b):
    total = b.run("return document.querySelectorAll('.claims-list tbody tr').length")
    counts = {}
    for verdict in ["yes", "no", "depends"]:
        choose(b, verdict)
        rows = shown(b, "tbody tr")
        counts[verdict] = len(rows)
        label = b.find(f".claims-list label:has([value={verdict}])").text
        check(f"{verdict}: as many as the label says", f"({len(rows)})" in label, (label, len(rows)))
        others = shown(b, f"tbody tr:not(.{verdict})")
        check(f"{verdict}: no others", others == [], others)
        status = b.find(".claims-list [role=status]").text
        check(f"{verdict}: told", status == f"{len(rows)} of {total} claims", status)
    check("each claim has one verdict", sum(counts.values()) == total, counts)
    choose(b, "all")
    check("those that were open are open again", len(shown(b, "tbody tr")) == 7)
    type_words(b, "DROPOUT features")
    rows = shown(b, "tbody tr")
    check("words", len(rows) == 1 and "single features" in rows[0], rows)
    check("other sections hide", len(shown(b, "summary")) == 1, shown(b, "summary"))
    type_words(b, "nowhere")
    check("nothing", b.find(".claims-list [role=status]").text == f"0 of {total} claims")
    b.run("""const box = document.querySelector('.claims-list [type=search]'); box.value = '';
      box.dispatchEvent(new Event('input', {bubbles: true}))""")
    check("all again", len(shown(b, "summary")) == 11)


def test_keyboard(b):
    b.run("document.querySelector('.claims-list input[value=all]').focus()")
    b.press(RIGHT)
    chosen = b.run("return document.querySelector('.claims-list input:checked').value")
    check("arrows choose", chosen == "yes", chosen)
    radio, box = b.find(".claims-list input[value=yes]"), b.find(".claims-list [type=search]")
    check("roles", (radio.role, box.role) == ("radio", "searchbox"), (radio.role, box.role))
    check("names", radio.label.startswith("reproduced") and box.label == "with the words",
          (radio.label, box.label))
    choose(b, "all")


def pages_of(b):
    """A PDF of the page: how many pages it has."""
    pdf = base64.b64decode(b.devtools("Page.printToPDF", {"printBackground": True})["data"])
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_print(b):
    folded = pages_of(b)
    check("some pages", folded > 5, folded)
    b.run("document.querySelectorAll('.claims-list details').forEach((d) => { d.open = true; })")
    check("on paper all sections are open", pages_of(b) == folded, (folded, pages_of(b)))


def without_script(path):
    """The same page, as those see it whose browser runs no scripts."""
    text = re.sub(r"<script>.*?</script>", "", pathlib.Path(path).read_text(), flags=re.S)
    copy = pathlib.Path(tempfile.mkdtemp()) / "index.html"
    copy.write_text(text)
    return copy


def test_without_script(b):
    check("no words are asked for", shown(b, "[type=search]") == [])
    choose(b, "no")
    b.run("document.querySelectorAll('.claims-list details').forEach((d) => { d.open = true; })")
    b.wait("[...document.querySelectorAll('.claims-list tbody tr.no')]"
           ".every((e) => e.checkVisibility())")
    rows, all_rows = shown(b, "tbody tr"), b.run(
        "return document.querySelectorAll('.claims-list tbody tr.no').length")
    check("verdicts are chosen by the style", len(rows) == all_rows > 0, (len(rows), all_rows))
    check("sections without a match hide", len(shown(b, "summary")) == b.run(
        "return document.querySelectorAll('.claims-list details.has-no').length"))


if __name__ == "__main__":
    with Browser(1280, 900) as browser:
        open_page(browser, sys.argv[1])
        check("no network", browser.run(
            "return performance.getEntriesByType('resource').length") == 0)
        for test in [test_folding, test_filter, test_keyboard, test_print]:
            test(browser)
        check("nothing in the console", (said := browser.complaints()) == [], said)
        open_page(browser, without_script(sys.argv[1]))
        test_without_script(browser)
    with Browser(400, 800, dark=True) as browser:
        for page in sys.argv[1:]:
            browser.open(page)
            wide = browser.run("return document.documentElement.scrollWidth")
            check(f"{page}: a phone's width", wide <= 400, wide)
        status = browser.find(".claims-list [role=status]").text
        check("Persian digits", status == "۳۸ ادعا از ۳۸ ادعا", status)
        check("nothing in the console of a phone", browser.complaints() == [])
    finish()
