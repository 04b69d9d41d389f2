"""Opens a study link in Chromium as a patient does: by the address with its fragment, a wrong PIN, the right one; then every
view of the page, on a phone and a desk, in Chinese, English and Spanish.

    browse_link.py --url https://HOST/s#TOKEN --pin 123456 [--axe axe.min.js] [--pictures FOLDER] [--slow] [--within-ms 2000]

Fails on a script error, a breach of the page's policy, a page wider than its window, a picture that does not come, a secret
that stays in the address bar, serious findings of axe-core (npm `axe-core`), or an opening slower than said. Of the link's PIN
attempts it uses up one. `--slow` is a middling phone on a mobile network: a quarter of the processor, 60 ms, 10 Mbit/s.
"""

import argparse
import json
import pathlib
import sys

from playwright.sync_api import Error

from browser import chromium

SIZES = {"phone": (360, 740, 3), "tall": (390, 844, 3), "desk": (1366, 850, 1)}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WATCH = """document.addEventListener('securitypolicyviolation', (event) =>
    console.error(`policy: ${event.violatedDirective} of ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`));"""
# Which frames are drawn, and when, until `window.drawn` is read.
COUNT = """() => { window.drawn = []; new MutationObserver(() => window.drawn.push([performance.now(),
    document.querySelector('.pane').dataset.shown])).observe(document.querySelector('.pane'), {attributeFilter: ['data-shown']}); }"""
# One notch of the wheel for each frame of the screen.
WHEEL = """(steps) => { const turn = () => { if (steps-- <= 0) return; document.querySelector('.stage').dispatchEvent(
    new WheelEvent('wheel', {deltaY: 100, bubbles: true, cancelable: true})); requestAnimationFrame(turn); }; turn(); }"""
MARK = "(name) => performance.getEntriesByName(name).at(-1)?.startTime ?? null"


class Patient:
    """One browser window and what went wrong in it."""

    def __init__(self, browser, options, language, size):
        self.options, self.name, self.wrong, self.said = options, f"{language[:2]}-{size}", [], []
        width, height, density = SIZES[size]
        self.is_phone = width < 500
        context = browser.new_context(
            ignore_https_errors=True, locale=language, viewport={"width": width, "height": height},
            device_scale_factor=density, has_touch=self.is_phone, is_mobile=self.is_phone)
        context.add_init_script(WATCH)
        self.context, self.page = context, context.new_page()
        self.page.set_default_timeout(options.timeout_ms)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("console", self.heard)
        if options.slow:
            self.slow_down()

    def slow_down(self):
        wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": 60, "downloadThroughput": 10e6 / 8, "uploadThroughput": 3e6 / 8})
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})

    def heard(self, message):
        # a wrong PIN is answered with 401, an object that is no picture with 406
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.wrong.append(f"console: {message.text}")

    def check(self, what):
        """What has to be true of every view."""
        page = self.page
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.wrong.append(f"{what} is wider than the window")
        small = page.evaluate("""() => [...document.querySelectorAll('button, a, input')].filter((one) => one.checkVisibility())
            .map((one) => [one.getBoundingClientRect(), one.textContent]).filter(([box]) => box.width < 24 || box.height < 24)
            .map(([box, text]) => `${text} ${box.width}x${box.height}`)""")
        self.wrong += [f"{what}: too small to be touched: {one}" for one in small]
        if self.options.pictures:
            page.screenshot(path=str(self.options.pictures / f"{what}-{self.name}.png"))
        if self.options.axe:
            page.evaluate(self.options.axe_text)
            found = page.evaluate("(tags) => axe.run(document, {runOnly: tags}).then(({violations}) => violations)", TAGS)
            for one in found:
                if one["impact"] in ("serious", "critical"):
                    self.wrong.append(f"{what}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}")

    def sharp(self):
        self.page.wait_for_selector(".pane[data-sharp=true]:not(.waiting)")

    def open(self, is_first):
        page, options = self.page, self.options
        page.goto(options.url)
        page.wait_for_selector(".pin")
        self.check("pin")
        if is_first:
            page.fill(".pin", f"{(int(options.pin) + 1) % 1_000_000:06}")
            page.click("button[type=submit]")
            page.wait_for_selector(".problem:not(:empty)")
            self.check("wrong-pin")
        page.fill(".pin", options.pin)
        page.click("button[type=submit]")
        page.wait_for_selector(".card, .study")
        if "#" in page.url or options.url.split("#")[1] in page.evaluate("location.href + JSON.stringify(history.state)"):
            self.wrong.append("the secret is in the address bar")
        self.link = page.evaluate("fetch('/s/api/link').then((answer) => answer.json())")
        if page.locator(".study").count() == 0:
            page.wait_for_timeout(700)
            self.check("home")
            page.click(".card .primary >> nth=0")
        if self.images() or any(series["kind"] == "key_images" for series in self.study()["series"]):
            self.sharp()
            self.measure_opening()
        page.wait_for_timeout(500)
        self.check("study")

    def measure_opening(self):
        names = ("pin-asked", "pin-sent", "link-opened", "study-asked", "first-picture", "first-sharp")
        at = {name: self.page.evaluate(MARK, name) for name in names}
        link_ms, picture_ms, sharp_ms = (at["link-opened"] - at["pin-sent"], at["first-picture"] - at["study-asked"],
                                         at["first-sharp"] - at["study-asked"])
        whole_ms = at["pin-asked"] + link_ms + picture_ms
        self.said.append(f"{whole_ms:.0f} ms without typing: page {at['pin-asked']:.0f}, link {link_ms:.0f}, "
                         f"picture {picture_ms:.0f} (sharp {sharp_ms:.0f})")
        if self.options.within_ms and whole_ms > self.options.within_ms:
            self.wrong.append(f"the study was open after {whole_ms:.0f} ms")

    def study(self):
        return max(self.link["studies"], key=lambda study: (study["date"] or "", study["time"] or ""))

    def images(self):
        return [series for series in self.study()["series"] if series["kind"] == "images"]

    def choose(self, series):
        order = {"key_images": 0, "images": 1, "report": 2, "document": 3, "other": 4}
        listed = [one for one in self.study()["series"] if one["kind"] != "state"]
        listed.sort(key=lambda one: (order[one["kind"]], one["number"] if one["number"] is not None else 1e9))
        self.page.locator("button.series").nth(listed.index(series)).click()

    def scroll(self):
        images = self.images()
        if not images:
            return
        largest = max(images, key=lambda series: max(series["instances"] or 0, series["first"]["frames"]))
        count = max(largest["instances"] or 0, largest["first"]["frames"])
        self.choose(largest)
        self.sharp()
        if count < 3:
            return
        page = self.page
        page.wait_for_selector(".slide:not([hidden])")
        page.focus(".stage")
        page.keyboard.press("Home")
        page.wait_for_selector(".pane[data-shown='0']")
        page.evaluate(COUNT)
        steps = min(100, count - 1)
        page.evaluate(WHEEL, steps)
        page.wait_for_selector(f".pane[data-shown='{steps}']")
        drawn = page.evaluate("window.drawn")
        seconds = (drawn[-1][0] - drawn[0][0]) / 1000
        if seconds > 0:
            self.said.append(f"{steps} steps over {count} frames: {len(drawn)} drawn, {(len(drawn) - 1) / seconds:.0f} a second")
        self.sharp()
        page.keyboard.press("End")
        page.wait_for_selector(f".pane[data-shown='{count - 1}']")
        page.keyboard.press("PageUp")
        self.sharp()
        if self.is_phone:
            self.swipe()

    def swipe(self):
        """A finger down the stage goes on, one to the right goes back."""
        page, box = self.page, self.page.locator(".stage").bounding_box()
        wire = self.context.new_cdp_session(page)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 4
        at = lambda: int(page.evaluate("document.querySelector('.slide input').value"))
        for across, down in ((8, 0), (0, 8)):
            before = at()
            wire.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
            for step in range(1, 12):
                wire.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + across * step, "y": y + down * step}]})
            wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            page.wait_for_timeout(300)
            if (at() - before) * (down - across) <= 0:
                self.wrong.append(f"a swipe goes from {before} to {at()}")
        self.pinch(wire, x, y)

    def pinch(self, wire, x, y):
        """Two fingers that part enlarge; a button shows the whole image again."""
        fingers = lambda apart: [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        wire.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": fingers(20)})
        for apart in range(24, 80, 8):
            wire.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": fingers(apart)})
        wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        self.page.wait_for_selector(".whole:not([hidden])")
        self.sharp()
        self.check("enlarged")
        self.page.tap(".whole")
        self.page.wait_for_selector(".whole", state="hidden")

    def tools(self):
        page = self.page
        if page.locator(".pane").count() == 0:
            return
        before = page.evaluate("document.querySelector('canvas').toDataURL()")
        page.click("[data-tool=contrast]")
        page.locator(".chip").nth(1).click()
        page.wait_for_timeout(900)
        look = "(document.querySelector('canvas').toDataURL() + document.querySelector('canvas').style.filter)"
        if page.evaluate(look) == before:
            self.wrong.append("a preset changes nothing")
        self.check("presets")
        if not self.is_phone:
            self.drag()
        page.click("[data-tool=contrast]")
        page.click("[data-tool=invert]")
        page.wait_for_selector("canvas[style*=invert]")
        self.save()
        page.click("[data-tool=invert]")
        page.keyboard.press("+")
        page.wait_for_selector(".whole:not([hidden])")
        page.keyboard.press("0")
        if page.locator("[data-tool=play]").is_enabled():
            at = page.evaluate("document.querySelector('.pane').dataset.shown")
            page.click("[data-tool=play]")
            page.wait_for_selector(f".pane[data-shown]:not([data-shown='{at}'])")
            page.click("[data-tool=play]")
        page.click("[data-tool=compare]")
        page.wait_for_selector(".pane[data-shown] + .pane[data-shown]")
        page.wait_for_timeout(600)
        self.check("compare")
        page.click("[data-tool=compare]")

    def save(self):
        page = self.page
        page.locator(".study-bar .bar-button").last.click()
        for kind, start in (("JPEG", b"\xff\xd8"), ("PNG", b"\x89PNG")):
            with page.expect_download() as saved:
                page.click(f".sheet .row-button:has-text('{kind}')")
            if not pathlib.Path(saved.value.path()).read_bytes().startswith(start):
                self.wrong.append(f"what is saved is no {kind}")
            if self.options.pictures:
                saved.value.save_as(self.options.pictures / f"saved-{self.name}-{saved.value.suggested_filename}")
        page.keyboard.press("Escape")

    def drag(self):
        """A drag changes the window at once, and the server is asked for it afterwards."""
        page, box = self.page, self.page.locator(".stage").bounding_box()
        asked = []
        page.on("request", lambda request: asked.append(request.url) if "window=" in request.url else None)
        page.mouse.move(box["x"] + 200, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + 260, box["y"] + 230, steps=4)
        page.wait_for_selector("canvas[style*=contrast]")
        page.mouse.up()
        page.wait_for_timeout(900)
        is_asked = page.evaluate("document.querySelector('canvas').style.filter") == ""
        if page.locator(".chip[aria-pressed=true]").count() > 0 or (is_asked and not asked):
            self.wrong.append("a drag leaves the window as it was")

    def papers(self):
        for kind, awaited in (("report", ".report-text"), ("document", "a.open-document")):
            for series in [one for one in self.study()["series"] if one["kind"] == kind][:1]:
                self.choose(series)
                self.page.wait_for_selector(awaited)
                self.check(kind)

    def more(self):
        page = self.page
        page.locator(".study-bar .bar-button").last.click()
        page.wait_for_selector("dialog[open]")
        self.check("more")
        if self.link["download"] and not self.options.slow:
            try:
                with page.expect_download(timeout=60_000) as saved:
                    page.click(".sheet .download")
                if saved.value.failure():
                    self.wrong.append(f"the download failed: {saved.value.failure()}")
            except Error as error:
                self.wrong.append(f"no download: {error}")
        before = page.evaluate("document.documentElement.lang")
        page.locator(".sheet .languages button[aria-pressed=false]").first.click()
        page.wait_for_selector(".study")
        if page.evaluate("document.documentElement.lang") == before:
            self.wrong.append("the language did not change")
        page.keyboard.press("Escape")
        page.wait_for_selector(".card")
        page.click(".leave")
        page.wait_for_selector(".door-drawing")
        self.check("left")

    def walk(self, is_first):
        try:
            self.open(is_first)
            self.scroll()
            self.tools()
            self.papers()
            self.more()
        except Error as error:
            self.wrong.append(f"stopped: {error}")
            self.check("stopped")
        self.context.close()
        print("\n".join(f"{self.name}: {said}" for said in self.said), flush=True)
        return [f"{self.name}: {wrong}" for wrong in self.wrong]


def refused(browser, options):
    """What somebody sees whose link is cut short, or who comes without one."""
    wrong = []
    for what, url in (("cut", options.url[:-5]), ("bare", options.url.split("#")[0])):
        patient = Patient(browser, options, "en-GB", "phone")
        patient.page.goto(url)
        patient.page.wait_for_selector(".door-drawing")
        patient.check(what)
        wrong += [f"{what}: {one}" for one in patient.wrong]
    return wrong


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--pin", required=True)
    arguments.add_argument("--axe", type=pathlib.Path)
    arguments.add_argument("--pictures", type=pathlib.Path)
    arguments.add_argument("--slow", action="store_true")
    arguments.add_argument("--within-ms", type=float)
    arguments.add_argument("--timeout-ms", type=float, default=20_000)
    arguments.add_argument("--windows", default="zh-CN:phone,en-GB:desk,es-ES:tall", help="languages and sizes")
    options = arguments.parse_args()
    options.axe_text = options.axe.read_text() if options.axe else ""
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    wrong = []
    with chromium() as browser:
        for place, window in enumerate(options.windows.split(",")):
            wrong += Patient(browser, options, *window.split(":")).walk(place == 0)
        wrong += refused(browser, options)
    print("\n".join(wrong) or "the page of the link is as it should be")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
