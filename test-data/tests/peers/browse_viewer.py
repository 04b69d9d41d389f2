"""Opens OHIF at the hub in Chromium as a radiologist does: a deep link that is the sign-in first, a CT stack that is
scrolled, a segmentation, a document and a report beside it, an MR, a colour ultrasound, a slide, the study list and its
filters; stores a report and a segmentation made there (saving.py); as somebody whose role has no images; and in Chinese.

Fails on a script error, an error in the console, an answer of 400 or more, a request to another origin, or a picture that
stays empty. Leaves a picture of each in the folder --pictures and prints how long each first image took."""

import argparse
import json
import pathlib
import sys
import time

import saving
from browser import chromium, sign_in, user_of
from drawn import DRAWN

PATIENCE_MS = 60_000


class Reader:
    """One browser with a session of its own, and what went wrong in it."""

    def __init__(self, browser, ready, pictures, language):
        self.base, self.ready, self.pictures = ready["hub"]["viewer"].rstrip("/"), ready, pictures
        self.language, self.wrong = language, []
        context = browser.new_context(ignore_https_errors=True, locale=language, viewport={"width": 1366, "height": 850})
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("console", lambda said: said.type == "error" and self.wrong.append(f"console: {said.text}"))
        self.page.on("request", self.asked)
        self.page.on("response", self.answered)

    def asked(self, request):
        if not request.url.startswith((self.base + "/", "blob:", "data:", "chrome:", "chrome-extension:")):
            self.wrong.append(f"another origin: {request.url}")

    def answered(self, response):
        if response.status >= 400:
            self.wrong.append(f"{response.status}: {response.url}")

    def picture(self, what):
        self.page.screenshot(path=str(self.pictures / f"viewer-{what}-{self.language}.png"))

    def expect(self, is_so, what):
        if not is_so:
            self.wrong.append(what)

    def sign_in(self, role):
        sign_in(self.page, user_of(self.ready, role))

    def drawn(self, what, begun, condition="drawn.shades > 12"):
        self.page.wait_for_function(f"() => {{ const drawn = ({DRAWN})(); return {condition}; }}", timeout=PATIENCE_MS)
        print(f"{what}: first image after {time.monotonic() - begun:.1f} s ({self.language})")

    def still(self):
        """Hides the word about investigational use, and waits until nothing more is fetched."""
        if self.page.locator("[data-cy=confirm-and-hide-button]").count():
            self.page.locator("[data-cy=confirm-and-hide-button]").click()
        self.page.wait_for_load_state("networkidle")

    def open(self, study, what, mode="viewer", condition="drawn.shades > 12"):
        begun = time.monotonic()
        self.page.goto(f"{self.base}/{mode}?StudyInstanceUIDs={study}")
        self.drawn(what, begun, condition)
        self.still()
        if mode == "microscopy":
            self.page.wait_for_timeout(4000)  # tiles are decoded and faded in after they came
        self.picture(what)

    def series(self, modality):
        self.page.locator("[data-cy=study-browser-thumbnail-no-image]", has_text=modality).dblclick()

    def ct(self, study):
        begun = time.monotonic()
        self.page.goto(f"{self.base}/viewer?StudyInstanceUIDs={study}")
        self.page.wait_for_selector("input[name=password]")
        self.picture("door")
        self.sign_in("radiologist")
        self.drawn("ct", begun)
        self.expect(self.page.url.endswith(study), "the deep link is gone after the sign-in")
        self.expect(self.page.evaluate("crossOriginIsolated"), "the page is not isolated")
        self.still()
        place = self.page.locator("[data-cy=viewport-overlay-bottom-right]").first
        before = place.inner_text()
        self.page.locator(".viewport-wrapper canvas").first.hover()
        for _ in range(5):
            self.page.mouse.wheel(0, 120)
        self.page.wait_for_function("(before) => document.querySelector('[data-cy=viewport-overlay-bottom-right]').innerText !== before",
                                    arg=before, timeout=PATIENCE_MS)
        self.expect(self.page.locator(".shepherd-element").count() == 0, "a tour lies over the images")
        self.picture("ct")

    def beside_ct(self):
        self.series("SEG")
        self.page.wait_for_function(f"() => ({DRAWN})().coloured > 20", timeout=PATIENCE_MS)
        self.still()
        self.picture("seg")
        self.series("SR")
        self.page.get_by_text("Nothing unusual is seen.").wait_for(timeout=PATIENCE_MS)
        self.picture("sr")
        self.series("DOC")
        self.page.locator("object[type='application/pdf']").wait_for(state="attached", timeout=PATIENCE_MS)
        self.page.wait_for_timeout(1500)  # the browser's own viewer draws it and says nothing
        self.picture("pdf")

    def list(self):
        self.page.goto(self.base + "/")
        rows = self.page.locator("[data-cy^=studyRow]")
        rows.first.wait_for(timeout=PATIENCE_MS)
        self.still()
        all_rows = rows.count()
        number = rows.nth(1).locator("td").nth(2).inner_text().strip()
        self.picture("list")
        with self.page.expect_response(lambda response: "00100020" in response.url or "PatientID" in response.url):
            self.page.fill("[data-cy=input-mrn]", number)
        self.page.wait_for_function("(all) => { const rows = document.querySelectorAll('[data-cy^=studyRow]').length;"
                                    " return rows > 0 && rows < all; }", arg=all_rows, timeout=PATIENCE_MS)
        found = [rows.nth(n).locator("td").nth(2).inner_text() for n in range(rows.count())]
        self.expect(all(number in text for text in found), f"the filter finds {found}")
        self.picture("list-filtered")

    def refused(self, study):
        """An operator has no images: the door says so."""
        self.page.goto(f"{self.base}/viewer?StudyInstanceUIDs={study}")
        self.sign_in("operator")
        self.page.get_by_role("button", name="Sign out").wait_for(timeout=PATIENCE_MS)
        self.expect(self.page.locator("canvas").count() == 0, "an operator sees an image")
        self.picture("refused")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ready", required=True, type=pathlib.Path)
    arguments.add_argument("--studies", required=True, help="what viewer_cases.py printed")
    arguments.add_argument("--pictures", required=True, type=pathlib.Path)
    options = arguments.parse_args()
    ready, studies = json.loads(options.ready.read_text()), json.loads(options.studies)
    options.pictures.mkdir(parents=True, exist_ok=True)
    wrong = []
    with chromium() as browser:
        reader = Reader(browser, ready, options.pictures, "en-GB")
        reader.ct(studies["ct"])
        reader.beside_ct()
        reader.open(studies["mr"], "mr")
        reader.open(studies["us"], "us")
        reader.open(studies["slide"], "slide", "microscopy", "drawn.shades > 12 && drawn.coloured > 20")
        reader.list()
        saving.save_all(reader, studies["ct"])
        chinese = Reader(browser, ready, options.pictures, "zh-CN")
        chinese.ct(studies["ct"])
        operator = Reader(browser, ready, options.pictures, "en-US")
        operator.refused(studies["ct"])
        for one in (reader, chinese, operator):
            wrong += [f"{one.language}: {what}" for what in one.wrong]
    print("\n".join(dict.fromkeys(wrong)) or "the viewer is as it should be")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
