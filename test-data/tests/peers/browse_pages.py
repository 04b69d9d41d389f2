"""Opens the hub's first page in Chromium as a radiologist does: signs in, sees every hospital and the latest studies with
their thumbnails, opens the first one and steps through it; in Chinese and English, on a desktop and on a phone.

Fails on a script error, a refused resource (the page's own policy), a picture that does not come, or a page wider than
its window. With --pictures a picture of each page is left in that folder.
"""

import argparse
import json
import pathlib
import sys

from browser import chromium, sign_in, user_of

SIZES = {"desktop": (1366, 850), "phone": (360, 740)}
LOADED = "() => [...document.querySelectorAll('.thumb img')].filter(image => image.naturalWidth > 0).length"


class Reader:
    """One browser window and what went wrong in it."""

    def __init__(self, browser, ready, language, size):
        self.ready, self.name = ready, f"{language}-{size}"
        width, height = SIZES[size]
        context = browser.new_context(ignore_https_errors=True, locale=language, viewport={"width": width, "height": height})
        self.page, self.wrong = context.new_page(), []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("console", self.heard)

    def heard(self, message):
        # the first question, who is signed in, is answered with 401 before the sign-in
        if message.type == "error" and "401" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def picture(self, folder, what):
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.wrong.append(f"{what} is wider than the window")
        if folder:
            self.page.screenshot(path=str(folder / f"{what}-{self.name}.png"))

    def walk(self, folder):
        page = self.page
        page.goto(self.ready["hub"]["web"])
        page.wait_for_selector("input[name=password]")
        self.picture(folder, "sign-in")
        sign_in(page, user_of(self.ready, "radiologist"))
        page.wait_for_selector("a.study, .study a, li.study")
        sites = page.locator(".sites > li").count()
        if sites != len(self.ready["sites"]):
            self.wrong.append(f"{sites} hospitals of {len(self.ready['sites'])}")
        page.wait_for_function(f"() => ({LOADED})() >= 3")
        self.picture(folder, "region")
        page.locator(".study a").first.click()
        page.wait_for_selector(".series-list button")
        page.wait_for_function("() => document.querySelector('img.picture')?.naturalWidth > 0")
        self.picture(folder, "study")
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(300)
        return [f"{self.name}: {wrong}" for wrong in self.wrong]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ready", required=True)
    arguments.add_argument("--pictures", type=pathlib.Path)
    options = arguments.parse_args()
    ready = json.loads(pathlib.Path(options.ready).read_text())
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    wrong = []
    with chromium() as browser:
        for language in ("en-GB", "zh-CN"):
            for size in SIZES:
                wrong += Reader(browser, ready, language, size).walk(options.pictures)
    print("\n".join(wrong) or "the pages are as they should be")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
