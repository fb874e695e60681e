"""Opens report.html of results folders in headless Chromium: python report.py FOLDER...

Checks: no console errors; every picture is shown and has alternative text; no request leaves the page; every column
sorts both ways, by mouse and by keyboard; the page fits a phone; text contrast meets WCAG AA in light and dark mode;
the page prints. Saves screenshots and a PDF beside each page, as report-light.png, ... Needs only Chromium.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


class Browser:
    """Chromium's DevTools protocol over a pair of pipes: JSON messages, each terminated by a zero byte."""

    def __init__(self, profile):
        name = next(filter(shutil.which, ["chromium", "chromium-browser", "google-chrome", "chrome"]), None)
        assert name, "no Chromium here"
        # The browser reads from descriptor 3 and writes to 4.
        (there, self.out), (self.into, back) = os.pipe(), os.pipe()
        shell = f'exec {name} "$@" 3<&{there} 4>&{back} 2>/dev/null'
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        self.process = subprocess.Popen(["bash", "-c", shell, name, *flags], pass_fds=[there, back])
        os.close(there), os.close(back)
        self.number, self.rest, self.events, self.session = 0, b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        """Sends a request and returns its result; keeps events that arrive before it."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while (answer := self.message()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.into, 1 << 20)
            assert more, "Chromium ended"
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def open(self, path):
        self.events = []
        self.call("Page.navigate", url=path.resolve().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def js(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def picture(self, path, width, height):
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait()


# The lowest WCAG 2.2 contrast between a text and the background behind it, and the element that has it.
CONTRAST = """(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const colour = parts(getComputedStyle(element).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let least = [100, "no text"];
  for (const element of document.body.querySelectorAll("*")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    if (element.tagName === "SCRIPT") continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least[0]) least = [ratio, element.outerHTML.slice(0, 80)];
  }
  return least;
})()"""

# The values of a column from top to bottom, null if missing.
COLUMN = """[...document.querySelectorAll("table.sortable tbody tr")].map((row) => row.cells[%d]).map((cell) =>
  cell.className === "text" ? cell.textContent : "value" in cell.dataset ? Number(cell.dataset.value) : null)"""


def check_sorting(browser):
    columns = browser.js('document.querySelectorAll("table.sortable th button").length')
    assert columns >= 7, f"{columns} columns"
    head = 'document.querySelectorAll("table.sortable th")[%d]'
    for column in range(columns):
        before = browser.js(COLUMN % column)
        known = [value for value in before if value is not None]
        missing = [None] * (len(before) - len(known))
        for turn, order in enumerate(["ascending", "descending"]):
            if column == 1:  # by keyboard
                browser.js(f"{head % column}.firstElementChild.focus()")
                key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
                browser.call("Input.dispatchKeyEvent", type="keyDown", **key)
                browser.call("Input.dispatchKeyEvent", type="keyUp", key="Enter")
            else:
                browser.js(f"{head % column}.firstElementChild.click()")
            assert browser.js(f'{head % column}.getAttribute("aria-sort")') == order, f"column {column} is {order}"
            assert browser.js('document.querySelectorAll("[aria-sort]").length') == 1, "one column is the sorted one"
            expected = sorted(known, reverse=turn == 1) + missing
            if known and isinstance(known[0], str):  # in the language's collation order, which differs from code point order
                found = browser.js(COLUMN % column)
                assert sorted(found) == sorted(known) and len(found) == len(before)
                assert found == sorted(found, reverse=turn == 1, key=str.casefold) or any(c.isdigit() for c in "".join(known))
            else:
                assert browser.js(COLUMN % column) == expected, f"column {column}, {order}"
        assert "descending" in browser.js('document.getElementById("sorted").textContent')


def check_looks(browser, folder):
    grounds = []
    for scheme in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        ground = browser.js("getComputedStyle(document.body).backgroundColor")
        grounds.append(sum(map(int, re.findall(r"\d+", ground))))
        ratio, where = browser.js(CONTRAST)
        assert ratio >= 4.5, f"{scheme}: contrast {ratio:.2f} in {where}"
        browser.picture(folder / f"report-{scheme}.png", 1200, 800)
    assert grounds[0] > 700 and grounds[1] < 150, f"light and dark backgrounds: {grounds}"
    browser.picture(folder / "report-phone.png", 400, 800)
    widest = browser.js("document.documentElement.scrollWidth")
    assert widest <= 400, f"{widest} pixels wide on a phone of 400"
    printed = browser.call("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)
    pdf = base64.b64decode(printed["data"])
    assert pdf.startswith(b"%PDF")
    (folder / "report.pdf").write_bytes(pdf)


def check_structure(browser):
    images = browser.js("[...document.images].map((image) => [image.naturalWidth, image.alt, image.src.slice(0, 26)])")
    assert len(images) == len(list(Path(folder, "pictures").glob("*.svg"))) >= 5, f"{len(images)} pictures"
    for width, alt, source in images:
        assert width > 0 and len(alt) > 30 and source == "data:image/svg+xml;base64,", (width, alt, source)
    captions = browser.js('[...document.querySelectorAll("figcaption")].map((caption) => caption.textContent)')
    assert len(captions) == len(images) and all(len(text) > 15 and text.endswith(".") for text in captions), captions
    levels = browser.js('[...document.querySelectorAll("h1,h2,h3,h4")].map((heading) => Number(heading.tagName[1]))')
    assert levels[0] == 1 and levels.count(1) == 1, levels
    assert all(below - above <= 1 for above, below in zip(levels, levels[1:])), levels
    ids = browser.js('[...document.querySelectorAll("[id]")].map((element) => element.id)')
    assert len(set(ids)) == len(ids), "every id once"
    assert browser.js('[...document.querySelectorAll("nav a")].every((a) => document.querySelector(a.hash))')
    allowed = browser.js('[...document.querySelectorAll("script")].length')
    assert allowed == 1, f"{allowed} scripts"
    lone = browser.js('["header", "main", "footer", "nav"].map((name) => document.querySelectorAll(name).length)')
    assert lone == [1, 1, 1, 1] and browser.js("document.documentElement.lang") == "en" and browser.js("document.title")
    # tests/run names columns and labels so that they would set this if they became markup.
    assert browser.js("window.struck") is None, "a text of the folder ran as a script"
    inside = browser.js("""[...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) =>
        a.name.startsWith("on") || a.name === "style")).length""")
    assert inside == 0, f"{inside} elements with scripts or styles of their own"


def check_events(browser, page):
    for event in browser.events:
        method, params = event.get("method"), event.get("params", {})
        assert method != "Runtime.exceptionThrown", params
        assert method != "Runtime.consoleAPICalled", params
        assert method != "Log.entryAdded" or params["entry"]["level"] != "error", params
        if method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            assert url.startswith("data:") or url == page.resolve().as_uri(), f"a request leaves the page: {url}"


with tempfile.TemporaryDirectory() as profile:
    browser = Browser(profile)
    for folder in sys.argv[1:]:
        page = Path(folder, "report.html")
        browser.open(page)
        check_structure(browser)
        check_sorting(browser)
        check_looks(browser, Path(folder))
        check_events(browser, page)
        print(f"{page}: opened, sorted, printed, in light and dark")
    browser.close()
