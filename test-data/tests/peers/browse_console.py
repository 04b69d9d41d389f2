"""Opens an adapter's console in Chromium as a hospital's IT and its radiographer do: signs in, sees the line to the hub and what
came in today, looks at the header of a file that could not be read, and makes, prints, extends and takes back a link for a
patient; in Chinese and English, on a desktop and on a phone.

Fails on a script error, a refused resource (the page's own policy), a page wider than its window, a finding of axe, or anything
that is not there. With --pictures a picture of each page is left in that folder.
"""

import argparse
import json
import pathlib
import sys

from browser import chromium, sign_in

SIZES = {"desktop": (1280, 850), "phone": (390, 844)}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Visitor:
    """One browser window and what went wrong in it."""

    def __init__(self, browser, site, role, language, size, scheme, options):
        self.site, self.folder, self.axe, self.name = site, options.pictures, options.axe, f"{role}-{language}-{size}-{scheme}"
        self.user = next(user for user in site["users"] if user["role"] == role)
        width, height = SIZES[size]
        context = browser.new_context(locale=language, viewport={"width": width, "height": height}, bypass_csp=False)
        self.page, self.wrong = context.new_page(), []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("console", self.heard)
        self.page.add_init_script(f"localStorage.setItem('theme', '{scheme}');")
        self.page.add_init_script("window.print = () => { window.printed = document.querySelector('.slip')?.textContent ?? ''; }")

    def heard(self, message):
        if message.type == "error" and "401" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def look(self, what):
        """A picture, how wide the page is, and what axe says of it."""
        page = self.page
        page.wait_for_timeout(250)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.wrong.append(f"{what} is wider than the window")
        if self.folder:
            page.screenshot(path=str(self.folder / f"console-{what}-{self.name}.png"), full_page=page.locator("dialog[open]").count() == 0)
        if not self.axe:
            return
        # the page's policy lets no foreign script in; the browser's own door does
        page.evaluate(self.axe.read_text())
        found = page.evaluate("(tags) => axe.run({ runOnly: tags })", TAGS)
        for violation in found["violations"]:
            nodes = ", ".join(node["html"][:120] for node in violation["nodes"][:3])
            self.wrong.append(f"axe on {what}: {violation['id']} ({violation['impact']}): {nodes}")

    def go(self, hash, selector):
        self.page.evaluate("(hash) => { location.hash = hash; }", hash)
        self.page.wait_for_selector(selector)

    def enter(self):
        self.page.goto(self.site["console"])
        self.page.wait_for_selector("input[name=password]")
        self.look("sign-in")
        sign_in(self.page, self.user)
        self.page.wait_for_selector(".hub.up")
        self.page.wait_for_selector(".modality-list li")

    def expect(self, what, true):
        if not true:
            self.wrong.append(f"not as it should be: {what}")

    def operator(self):
        page = self.page
        self.enter()
        self.expect("nothing waits for the hub", page.locator(".total").nth(1).locator(".value").inner_text() == "0")
        self.expect("who sent is there", "DEMO @ 127.0.0.1" in page.locator(".by-sender").inner_text())
        self.look("overview")
        self.go("#/problems", ".kept-list li")
        self.look("problems")
        page.wait_for_selector(".console-table.twice tbody tr")
        for number in range(page.locator(".kept-list li").count()):
            page.locator(".kept-list li").nth(number).locator("button").first.click()
            page.wait_for_selector("dialog[open] .facts")
            if page.locator("dialog .attributes").count() > 0:
                break
            page.keyboard.press("Escape")
            page.wait_for_selector("dialog", state="detached")
        header = page.locator("dialog .attributes").inner_text()
        self.expect("the device is shown and the patient is not", "Modality" in header and header.count("PatientName") == 1 and "^" not in header)
        self.look("header")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
        focused = page.evaluate("document.activeElement.dataset.key ?? ''")
        self.expect("the focus comes back to the button", focused.startswith("look-"))
        self.go("#/network", ".own code")
        self.look("network")
        self.busy()
        self.go("#/studies", ".nothing")
        self.expect("whoever runs the adapter sees no patients", page.locator(".own-studies").count() == 0)

    def busy(self):
        """The page of a hospital with everything that there can be: the report is changed on its way."""
        page = self.page
        page.route("**/api/console", lambda route: route.fulfill(json=busy(route.fetch().json())))
        self.go("#/", ".crawl .crawl-facts")
        page.wait_for_selector(".total.bad")
        self.expect("how fast the old archive comes", "1,234" in page.locator(".crawl").inner_text())
        page.click(".crawl-lost summary")
        page.wait_for_selector(".console-table.lost tbody tr")
        self.look("busy")
        page.wait_for_timeout(6000)
        self.expect("what was opened stays open", page.locator(".crawl-lost[open]").count() == 1)
        self.go("#/problems", ".console-table.copies tbody tr")
        page.wait_for_selector(".held .kept-list li")
        self.look("busy-problems")
        self.go("#/network", ".strangers .kept-list li")
        page.locator(".field.port input").first.fill("104")
        page.wait_for_timeout(6000)
        self.expect("what was typed stays", page.locator(".field.port input").first.input_value() == "104")
        self.look("busy-network")
        page.unroute("**/api/console")

    def stranger(self):
        """The hub is away, and a device that nobody named has called: it is let in."""
        page = self.page
        page.goto(self.site["console"])
        sign_in(page, self.user)
        page.wait_for_selector(".hub.down .hub-why")
        self.look("away")
        page.click(".hub > button")
        page.wait_for_function("() => document.querySelector('.hub-words [role=status]:last-child').textContent !== ''")
        page.click("a[href='#/network']")
        page.wait_for_selector(".kept-list li")
        self.look("stranger")
        page.fill(".kept-do .port input", "11112")
        page.click(".kept-do .primary")
        page.wait_for_selector(".console-table.known tbody tr")
        self.expect("where it is called", "127.0.0.1:11112" in page.locator(".console-table.known").inner_text())
        self.expect("nobody unknown is left", page.locator(".strangers .nothing").count() == 1)
        self.look("allowed")

    def technician(self):
        page = self.page
        self.enter()
        self.go("#/studies", ".own-studies li")
        self.look("studies")
        page.locator(".own-studies button").first.click()
        page.wait_for_selector("dialog .share-form")
        self.look("share")
        page.click("dialog .share-form button[type=submit]")
        page.wait_for_selector("dialog .share-made")
        page.wait_for_function("() => document.querySelector('.share-code').naturalWidth > 0")
        self.look("made")
        self.expect("the address is a link's", "/s#" in page.input_value(".share-address input"))
        page.locator(".share-made .share-do button").first.click()
        page.wait_for_function("() => (window.printed ?? '').length > 0")
        page.wait_for_selector(".link-row.open")
        with page.expect_response(lambda answer: "/api/links?study=" in answer.url):
            page.locator(".link-extend button").first.click()
        page.wait_for_function("() => !document.querySelector('.link-place[aria-busy]')")
        page.locator(".link-row.open .revoke").first.click()
        page.locator(".link-sure .danger").click()
        page.wait_for_selector(".link-row.revoked")
        page.keyboard.press("Escape")
        # with the dialog go address and PIN, and the slip
        page.wait_for_function("() => document.querySelectorAll('dialog, .share-made, .slip').length === 0")
        page.locator(".bar-end button").last.click()
        page.wait_for_selector("input[name=password]")
        self.expect("signed out", page.evaluate("fetch('/api/console').then((answer) => answer.status)") == 401)


def busy(report):
    """The same report with an old archive, copies, held studies, callers, and no room."""
    now = report["now_ms"]
    why = "the archive answered C001: unable to process"
    lost = [{"study": f"1.2.840.113619.2.55.3.604688119.{at}", "told": 12 * at, "held": 5, "why": why} for at in (971, 972, 973)]
    report["crawl"] = {
        "archive": "OLDPACS", "pass": 2, "begun_ms": now - 7_200_000, "ended_ms": None, "rests": False, "trouble": "",
        "studies_told": 20_000, "studies_arrived": 13_400, "instances_told": 1_940_233, "instances_arrived": 1_241_090,
        "instances_per_min": 1234.4, "waiting": 6_597, "given_up": 3, "new": 20_000, "changed": 4, "gone": 1,
        "windows_waiting": 17, "windows_cut": 1, "lost": lost,
    }
    route = {"trouble": None, "next_ms": None, "why": "", "oldest_ms": None}
    report["routes"] = [
        {**route, "ae_title": "RESEARCH", "waiting": 1_812, "failed": 0, "oldest_ms": now - 5_400_000, "trouble": "the peer refuses the connection", "next_ms": now + 60_000},
        {**route, "ae_title": "TELERAD", "waiting": 3, "failed": 12, "oldest_ms": now - 40_000, "why": "A900: data set does not match SOP class"},
    ]
    report["unreported"] = [
        {"ae_title": "US-PORTABLE-02", "waiting": 3, "given_up": 12, "oldest_ms": now - 900_000_000, "why": "nobody knows an address of the peer"},
    ]
    report["held"] = [{"study": "1.2.840.113619.2.55.3.604688119.970", "instances": 148, "since_ms": now - 86_400_000}]
    report["strangers"] = [
        {"ae_title": "CT_EMERGENCY", "from": "10.20.30.41", "times": 212, "last_ms": now - 60_000},
        {"ae_title": "US-PORTABLE-02", "from": "fd00:12:34::7:102", "times": 1, "last_ms": now - 86_000_000},
    ]
    report["peers"] = [
        {"ae_title": "CT1", "address": "", "from": ["10.20.30.40"], "allowed_here": False},
        {"ae_title": "OLDPACS", "address": "10.20.30.5:11112", "from": ["10.20.30.5"], "allowed_here": True},
        {"ae_title": "WORKSTATION_3", "address": "ws3.radiology.hospital.example:104", "from": [], "allowed_here": False},
    ]
    report["disk"] |= {"quota_bytes": 2 << 40, "is_accepting": False}
    report["failures"] = [
        {"last_ms": now - 30_000, "times": 48, "sender": "CT1 @ 10.20.30.40", "why": "full", "detail": "no room"},
        {"last_ms": now - 600_000, "times": 1, "sender": "ris @ DICOMweb", "why": "denied", "detail": "store is denied"},
    ] + report["failures"]
    return report


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ready", required=True)
    arguments.add_argument("--pictures", type=pathlib.Path)
    arguments.add_argument("--axe", type=pathlib.Path, help="axe.min.js")
    arguments.add_argument("--stranger", action="store_true", help="the hub is away and a device was refused: let it in")
    options = arguments.parse_args()
    site = json.loads(pathlib.Path(options.ready).read_text())["sites"][0]
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    wrong = []
    with chromium() as browser:
        if options.stranger:
            visitor = Visitor(browser, site, "operator", "en-GB", "desktop", "light", options)
            visitor.stranger()
            print("\n".join(visitor.wrong) or "the stranger is let in")
            sys.exit(1 if visitor.wrong else 0)
        for language in ("en-GB", "zh-CN"):
            for size in SIZES:
                for role, scheme in (("operator", "light"), ("operator", "dark"), ("technician", "light")):
                    visitor = Visitor(browser, site, role, language, size, scheme, options)
                    try:
                        getattr(visitor, role)()
                    except Exception as error:  # a picture of where it stopped is worth more than the rest
                        visitor.wrong.append(str(error))
                        if options.pictures:
                            visitor.page.screenshot(path=str(options.pictures / f"console-stopped-{visitor.name}.png"))
                    visitor.page.context.close()
                    wrong += [f"{visitor.name}: {what}" for what in visitor.wrong]
    print("\n".join(wrong) or "the console is as it should be")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
