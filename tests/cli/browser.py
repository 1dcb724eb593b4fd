"""Chromium without a window, by WebDriver (https://www.w3.org/TR/webdriver2/), with nothing but
Python's own library.

    with Browser(1280, 900) as browser:
        browser.open("page.html")
        browser.find("button").click()
        check("a title", browser.run("return document.title") == "A page")
        check("nothing in the console", browser.complaints() == [])
    finish()

Exit status 77 where Chromium or its driver is missing: `python3 browser.py` alone tells.
"""
import base64
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
MISSING = 77
DOWN, LEFT, RIGHT, END = "\ue015", "\ue012", "\ue014", "\ue010"
ENTER, TAB, ESCAPE, SPACE = "\ue007", "\ue004", "\ue00c", " "

counts = {True: 0, False: 0}


def check(name, is_good, got=""):
    counts[bool(is_good)] += 1
    if not is_good:
        print(f"not ok - {name}: {got!r}")


def finish():
    """Ends the program; its last line is "N passed, N failed"."""
    print(f"{counts[True]} passed, {counts[False]} failed")
    sys.exit(counts[False] > 0)


def is_there():
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


class Element:
    def __init__(self, browser, key):
        self.browser, self.key = browser, key

    def ask(self, what):
        return self.browser.call("GET", f"/element/{self.key}/{what}")

    def find(self, selector):
        found = self.browser.call("POST", f"/element/{self.key}/element",
                                  {"using": "css selector", "value": selector})
        return Element(self.browser, found[ELEMENT])

    @property
    def text(self):
        return self.ask("text")

    @property
    def role(self):
        return self.ask("computedrole")

    @property
    def label(self):
        return self.ask("computedlabel")

    def attribute(self, name):
        return self.ask("attribute/" + name)

    def click(self):
        self.browser.call("POST", f"/element/{self.key}/click", {})

    def type(self, text):
        self.browser.call("POST", f"/element/{self.key}/value", {"text": text})


class Browser:
    def __init__(self, width, height, dark=False):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        for line in self.driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                break
        self.root = f"http://127.0.0.1:{found.group(1)}/session"
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--hide-scrollbars"]
        options = {"binary": shutil.which("chromium"), "args": arguments + dark * [
            "--force-dark-mode", "--blink-settings=preferredColorScheme=0"]}
        self.session = ""
        try:
            answer = self.call("POST", "", {"capabilities": {"alwaysMatch": {
                "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        except Exception:
            self.driver.terminate()
            raise
        self.session = "/" + answer["sessionId"]
        # Not the window's size: that of a window has a least width.
        self.devtools("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.root + self.session + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as problem:
            raise RuntimeError(f"{path}: {json.load(problem)['value']['message']}") from None

    def devtools(self, command, parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, path):
        self.call("POST", "/url", {"url": pathlib.Path(path).resolve().as_uri()})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find_all(self, selector):
        return [Element(self, found[ELEMENT]) for found in self.call(
            "POST", "/elements", {"using": "css selector", "value": selector})]

    def find(self, selector):
        return self.find_all(selector)[0]

    def active(self):
        return Element(self, self.call("GET", "/element/active")[ELEMENT])

    def press(self, *keys):
        pressed = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "k", "actions": pressed}]})

    def move_to(self, x, y):
        self.call("POST", "/actions", {"actions": [{"type": "pointer", "id": "m", "actions": [
            {"type": "pointerMove", "x": int(x), "y": int(y), "duration": 0}]}]})

    def wait(self, condition, seconds=10):
        """Until the script's value is true; False when it never is."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.run("return " + condition):
                return True
            time.sleep(0.02)
        return False

    def complaints(self):
        """What the console has said since it was asked last."""
        return [line["message"] for line in self.call("POST", "/se/log", {"type": "browser"})]

    def screenshot(self, path, whole=True):
        answer = self.devtools("Page.captureScreenshot", {"captureBeyondViewport": whole})
        pathlib.Path(path).write_bytes(base64.b64decode(answer["data"]))


if __name__ == "__main__":
    sys.exit(0 if is_there() else MISSING)
