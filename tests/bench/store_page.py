"""How fast Chromium opens and filters a store's page; see store_page.lua.

All charts are in sight, so that each step draws all of them. Times are the best of three, each up
to the second frame after the step.
"""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from browser import Browser  # noqa: E402

FRAMES = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"


def timed(browser, code):
    return browser.run("""return (async () => { const start = performance.now(); %s; %s
      return performance.now() - start; })()""" % (code, FRAMES))


def filtered(browser, text):
    milliseconds = timed(browser, f"page.filter.value = {text!r}; page.applyFilter()")
    return milliseconds, browser.run("return page.view.trials.length")


def main(path):
    good = True

    def tell(name, value, unit, most):
        nonlocal good
        good = good and value <= most
        print(f"{name:36} {value:8.2f} {unit:3} at most {most:g}{'' if value <= most else '  NO'}")

    tell("the page", os.path.getsize(path) / 1e6, "MB", 3)
    with Browser(1280, 5000) as browser:
        opened = []
        for _ in range(3):
            browser.open(path)
            opened.append(browser.run(
                "return (async () => { %s return performance.now(); })()" % FRAMES))
        tell("opened, all charts drawn", min(opened) / 1000, "s", 1)
        for text in ["lr<0.01", "lr<0.01 solver=adam width>=32", "adam", "test>0.5 -failed", ""]:
            tried = [filtered(browser, text) for _ in range(3)]
            tell(f"filtered by '{text}': {tried[0][1]}", min(tried)[0] / 1000, "s", 1)
        sorted_ = [timed(browser, "page.table.sort('test')") for _ in range(3)]
        tell("sorted", min(sorted_) / 1000, "s", 1)
        said = browser.complaints()
        tell("lines in the console", len(said), "", 0)
        print(*said, sep="\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
