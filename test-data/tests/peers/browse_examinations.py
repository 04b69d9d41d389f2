"""Opens a link to the examinations that draw_examinations.py draws, of which one was deleted and one lies at a hospital that cannot be
reached: the page says so and shows the rest. Then the hospital comes back, started by this script, and its images come by
themselves.

    browse_examinations.py --url https://HOST/s#TOKEN --pin 123456 --away PROGRAM ARGUMENT …
"""

import argparse
import pathlib
import subprocess
import sys

from playwright.sync_api import Error

from browse_link import Patient
from browser import chromium
from draw_examinations import BROKEN, CINE, SELECTED, SLICES

SHOWN = "document.querySelector('.pane')?.dataset.shown"


class Visitor(Patient):
    """One window."""

    def expect(self, what, holds):
        if not holds:
            self.wrong.append(what)

    def enter(self, is_first):
        """The list of examinations, with what is missing. What the first visitor saw the hub has kept."""
        page = self.page
        page.goto(self.options.url)
        page.wait_for_selector(".pin")
        page.fill(".pin", self.options.pin)
        page.click("button[type=submit]")
        page.wait_for_selector(".card")
        self.link = page.evaluate("fetch('/s/api/link').then((answer) => answer.json())")
        page.wait_for_timeout(1500)
        self.check("examinations")
        cards = page.locator(".card")
        self.expect(f"{cards.count()} examinations", cards.count() == 3)
        days = [study["date"] for study in self.link["studies"]]
        self.expect(f"not in the order of time: {days}", days == sorted(days, reverse=True))
        self.expect("the deleted one is passed over in silence", page.locator("main > .away").count() == 1)
        away = [cards.nth(at).locator(".away").count() for at in range(3)]
        self.expect(f"the hospital that cannot be reached: {away}", away == [0, 0, int(is_first)])
        names = [cards.nth(at).locator(".where").inner_text() for at in range(3)]
        self.expect(f"whose they are: {names}", names[0] == names[1] != names[2])

    def go(self, at):
        self.page.locator(".card .primary").nth(at).click()
        self.page.wait_for_selector(".study")

    def home(self):
        self.page.locator(".study-bar .bar-button").first.click()
        self.page.wait_for_selector(".card")

    def choose_kind(self, kind, modality=None):
        """Chooses the series of a kind by its place in the list, which is by kind and number."""
        order = ["key_images", "images", "report", "document", "other"]
        listed = sorted(self.link["studies"][0]["series"], key=lambda one: (order.index(one["kind"]), one["number"]))
        at = next(at for at, one in enumerate(listed) if one["kind"] == kind and modality in (None, one["modality"]))
        self.page.locator("button.series").nth(at).click()

    def at(self, index, is_sharp=True):
        self.page.wait_for_selector(f".pane[data-shown='{index}']" + ("[data-sharp=true]:not(.waiting)" if is_sharp else ""))

    def mixed(self):
        page = self.page
        self.go(0)
        self.at(0)
        page.wait_for_timeout(400)
        count = page.locator(".pane .count").inner_text()
        self.expect(f"selected images first: {count}", count.endswith(str(len(SELECTED))))
        self.check("selected")
        self.choose_kind("images", "CT")
        self.sharp()
        self.broken_slice()
        self.cine()
        for kind, awaited in (("report", ".report-text"), ("document", "a.open-document")):
            self.choose_kind(kind)
            page.wait_for_selector(awaited)
            self.check(kind)
        letter = page.evaluate("fetch(document.querySelector('a.open-document').href).then((answer) => answer.text())")
        self.expect("the PDF", letter.startswith("%PDF-1.4"))
        self.expect("the report's text", "双肺清晰" in self.report_text())
        self.home()

    def report_text(self):
        self.choose_kind("report")
        self.page.wait_for_selector(".report-text")
        return self.page.locator(".report-body").inner_text()

    def broken_slice(self):
        """An image that cannot be decoded says so; those beside it are shown."""
        page = self.page
        page.focus(".stage")
        page.keyboard.press("Home")
        self.at(0)
        for _ in range(BROKEN - 1):
            page.keyboard.press("ArrowDown")
        page.wait_for_selector(".told:not(:empty)")
        page.wait_for_timeout(600)
        said = page.locator(".told").inner_text()
        self.expect("nothing is said of an image that cannot be decoded", len(said) > 5)
        self.check("broken")
        page.keyboard.press("ArrowDown")
        self.at(BROKEN)
        self.expect(f"what was said stays: {page.locator('.told').inner_text()}", page.locator(".told").inner_text() == "")
        page.keyboard.press("End")
        self.at(SLICES - 1)

    def cine(self):
        page = self.page
        self.choose_kind("images", "US")
        self.sharp()
        page.wait_for_selector(".slide:not([hidden])")
        before = page.evaluate(SHOWN)
        page.click("[data-tool=play]")
        page.wait_for_selector(f".pane[data-shown]:not([data-shown='{before}'])")
        page.click("[data-tool=play]")
        page.focus(".stage")
        page.keyboard.press("End")
        self.at(CINE["frames"] - 1)
        self.check("cine")

    def long(self):
        """Five thousand slices: the last one, one in the middle, and a sweep."""
        page = self.page
        self.go(1)
        self.sharp()
        count = self.link["studies"][1]["series"][0]["instances"]
        page.wait_for_selector(".slide:not([hidden])")
        page.focus(".stage")
        page.keyboard.press("End")
        self.at(count - 1)
        page.locator(".slide input").fill(str(count // 2))
        self.at(count // 2 - 1)
        self.check("long")
        for key in ["PageUp"] * 3:
            page.keyboard.press(key)
        self.sharp()
        self.home()

    def away(self, comes_back):
        """A hospital that cannot be reached, and is there again."""
        page = self.page
        self.go(2)
        if not comes_back:
            self.sharp()
            self.home()
            return
        page.wait_for_selector(".network:not(:empty)")
        page.wait_for_timeout(2500)
        self.check("away")
        with subprocess.Popen(self.options.away, stdin=subprocess.PIPE) as hospital:
            try:
                self.sharp()
                page.wait_for_selector(".network:empty", state="attached")
                self.check("back")
            finally:
                hospital.terminate()
        self.home()

    def walk(self, is_first):
        try:
            self.enter(is_first)
            self.mixed()
            self.long()
            self.away(is_first)
        except Error as error:
            self.wrong.append(f"stopped: {error}")
            self.check("stopped")
        self.context.close()
        return [f"{self.name}: {one}" for one in self.wrong]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "pin"):
        arguments.add_argument(f"--{name}", required=True)
    arguments.add_argument("--axe", type=pathlib.Path)
    arguments.add_argument("--pictures", type=pathlib.Path)
    arguments.add_argument("--timeout-ms", type=float, default=60_000)
    arguments.add_argument("--windows", default="zh-CN:phone,en-GB:desk", help="languages and sizes")
    arguments.add_argument("--away", nargs=argparse.REMAINDER, required=True)
    options = arguments.parse_args()
    options.slow, options.axe_text = False, options.axe.read_text() if options.axe else ""
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    wrong = []
    with chromium() as browser:
        for place, window in enumerate(options.windows.split(",")):
            wrong += Visitor(browser, options, *window.split(":")).walk(place == 0)
    print("\n".join(wrong) or "what is there is shown, and what is not is said")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
