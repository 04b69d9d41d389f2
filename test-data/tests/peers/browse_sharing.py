"""Shares studies in the hub's pages in Chromium as a radiologist does: makes a link from a study, from the worklist and from a
person's history, reads its QR code with a decoder that is not ours, opens it at the public listener, puts its end off, takes
it back and finds that it opens nothing any more; prints the slip, with the PIN and without; in Chinese and English, on a desktop
and on a phone, by keyboard too. Looks whether operators and auditors are kept away.

Fails also on a script error, a refused resource, a request to another origin, a token or a PIN in an address or in the
browser's storage, or a page wider than its window. With --pictures a picture of each page and each slip is left in that
folder.
"""

import argparse
import base64
import io
import json
import pathlib
import sys
import time

import requests
import urllib3
import zxingcpp
from PIL import Image
from browser import chromium

SIZES = {"desktop": (1366, 850), "phone": (360, 740)}
A4 = {"width": 794, "height": 1123}
# the page's policy lets nobody fetch a blob
QR_BYTES = """async image => {
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/png').split(',')[1];
}"""
STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state])"
DIALOG = "dialog.share"
IN_SIGHT = """() => {
    const view = document.querySelector('.grid-view');
    const right = document.querySelector('.row.study .give').getBoundingClientRect().right;
    return right <= view.getBoundingClientRect().left + view.clientWidth;
}"""


def opened(url, pin):
    """What the public listener says to a link and a PIN."""
    base, token = url.split("/s#")
    while True:
        answer = requests.post(f"{base}/s/api/open", json={"token": token, "pin": pin}, verify=False, timeout=30)
        if answer.status_code != 429:
            return answer.status_code, answer.json()
        # so many wrong attempts a minute from one address, and all of these are from one
        time.sleep(answer.json()["retry_after_s"])


class Sharer:
    """One browser window of somebody who shares, and what went wrong in it."""

    def __init__(self, browser, ready, language, size, pictures):
        self.ready, self.name, self.pictures, self.wrong, self.secrets = ready, f"{language}-{size}", pictures, [], []
        width, height = SIZES[size]
        self.context = browser.new_context(
            ignore_https_errors=True, locale=language, viewport={"width": width, "height": height})
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.context.add_init_script("window.print = () => { window.printed = (window.printed ?? 0) + 1; }")
        self.page, self.addresses = self.context.new_page(), []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("console", self.heard)
        self.page.on("request", lambda request: self.addresses.append(request.url))

    def heard(self, message):
        # before the sign-in the first question is answered with 401; what nobody can show has no picture
        if message.type == "error" and "401" not in message.text and "thumbnail" not in message.location.get("url", ""):
            self.wrong.append(f"console: {message.text} {message.location}")

    def check(self, right, what):
        if not right:
            self.wrong.append(what)

    def picture(self, what):
        self.check(not self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{what} is too wide")
        inside = "d => d.scrollWidth <= d.clientWidth"
        if self.page.locator(DIALOG).count():
            self.check(self.page.locator(DIALOG).evaluate(inside), f"{what}: the dialog is too wide")
        if self.pictures:
            self.page.screenshot(path=str(self.pictures / f"{what}-{self.name}.png"))

    def enter(self, role):
        user = next(user for user in self.ready["users"] if user["role"] == role)
        self.page.goto(self.ready["hub"]["web"])
        self.page.fill("input[name=name]", user["name"])
        self.page.fill("input[name=password]", user["password"])
        self.page.keyboard.press("Enter")

    def see(self, where, uid):
        self.page.evaluate("hash => { location.hash = hash; }", f"#/{where}/{uid}")
        self.page.wait_for_selector(".share-button")

    def made(self):
        """Presses the button of the form and reads what the patient is given."""
        page = self.page
        page.click(f"{DIALOG} button[type=submit].primary")
        page.wait_for_selector(".share-made")
        url, pin = page.input_value(".share-address input"), page.inner_text(".share-digits strong").replace("\n", "")
        second = page.input_value("details .share-address input")
        self.check(second.startswith("shlink:/"), f"the second form: {second[:12]}")
        pin = "".join(letter for letter in pin if letter.isdigit())
        self.secrets += [url.split("#")[1], pin]
        code = base64.b64decode(page.locator("img.share-code").evaluate(QR_BYTES))
        read = zxingcpp.read_barcodes(Image.open(io.BytesIO(code)))
        self.check([one.text for one in read] == [url], f"the QR code says {[one.text for one in read]}, the page {url}")
        return url, pin

    def slip(self, what, url, pin, words):
        """Prints, and looks at the paper."""
        page = self.page
        page.click(".share-made .primary")
        page.wait_for_function("() => window.printed")
        page.evaluate("window.printed = 0")
        before = page.viewport_size
        page.emulate_media(media="print")
        page.set_viewport_size(A4)
        paper = page.inner_text(".slip")
        shown = page.evaluate("() => [...document.body.children].filter(one => one.checkVisibility()).map(one => one.className)")
        self.check(shown == ["slip"], f"on paper there is {shown}")
        for word in [url, *words]:
            self.check(word in paper, f"the slip does not say {word}")
        self.check((pin in paper) == (what == "slip-pin"), f"{what}: the PIN is where it should not be, or is not")
        image = page.screenshot(full_page=True)
        read = [one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(image)))]
        self.check(read == [url], f"the paper's code says {read}")
        if self.pictures:
            (self.pictures / f"{what}-{self.name}.png").write_bytes(image)
            page.pdf(path=str(self.pictures / f"{what}-{self.name}.pdf"), format="A4")
        page.emulate_media(media="screen")
        page.set_viewport_size(before)

    def study(self, uid):
        """One study: made, copied, printed, opened, put off, taken back."""
        page = self.page
        self.see("studies", uid)
        self.picture("study")
        page.keyboard.press("s")
        page.wait_for_selector(f"{DIALOG} form.share-form")
        page.wait_for_selector(".link-place:not([aria-busy])")
        self.picture("dialog")
        page.fill(f"{DIALOG} textarea", "note of the desk")
        page.locator(f"{DIALOG} [type=radio][value=download]").check()
        url, pin = self.made()
        page.click(".share-address button")
        page.wait_for_function("() => document.querySelector('.share-texts [role=status]').textContent")
        self.check(page.evaluate("navigator.clipboard.readText()") == url, "the address was not copied")
        self.picture("made")
        self.slip("slip", url, pin, ["如何查看", "How to open it", "检查"])
        status, told = opened(url, pin)
        self.check(status == 200 and told["download"] and [one["uid"] for one in told["studies"]] == [uid], f"it opens: {status}")
        self.check(opened(url, "12345")[0] == 401, "a wrong PIN")
        self.tend(url, pin)

    def tend(self, url, pin):
        """What became of it, another end, and the end."""
        page = self.page
        row = page.locator(".link-row").first
        row.locator("summary").click()
        row.locator(".link-events li").first.wait_for()
        self.check(row.locator(".link-events li").count() == 2, "two things became of it")
        self.check("127.0.0.1" in row.inner_text() and "note of the desk" in row.inner_text(), "from where, and the note")
        row.locator("summary").scroll_into_view_if_needed()
        self.picture("links")
        before = row.inner_text()
        row.locator("input[type=number]").fill("30")
        row.locator(".link-extend button").click()
        page.wait_for_function("before => document.querySelector('.link-row').innerText !== before", arg=before)
        page.locator(".link-row .revoke").first.click()
        self.check(page.evaluate("document.activeElement.textContent") in ("Keep it", "保留"), "the harmless answer has the focus")
        self.picture("sure")
        self.check(opened(url, pin)[0] == 200, "nothing was taken back yet")
        page.locator(".link-row .danger").first.click()
        page.wait_for_selector(".link-row.revoked")
        answer = opened(url, pin)
        self.check(answer == (404, {"code": "not_valid"}), f"it opens after it was taken back: {answer}")
        page.keyboard.press("Escape")
        page.wait_for_selector(DIALOG, state="detached")
        self.check(page.locator(".slip").count() == 0, "the slip stays on the page")

    def history(self, uid):
        """Several studies of one person."""
        page = self.page
        self.see("history", uid)
        self.picture("history")
        page.click(".share-button")
        boxes = page.locator(f"{DIALOG} .share-studies [type=checkbox]")
        boxes.first.wait_for()
        self.check(boxes.count() > 1 and boxes.first.is_checked(), "the opened study is the first and ticked")
        boxes.first.uncheck()
        page.click(f"{DIALOG} button[type=submit].primary")
        page.wait_for_function("() => document.querySelector('.share-form .problem').textContent")
        boxes.nth(0).check()
        boxes.nth(1).check()
        page.locator(f"{DIALOG} [type=radio][value=printed]").check()
        page.locator(f"{DIALOG} input[type=number]").nth(1).fill("1")
        page.select_option(f"{DIALOG} select", "es")
        self.picture("several")
        url, pin = self.made()
        self.slip("slip-pin", url, pin, ["如何查看", "How to open it", "Cómo abrirlo"])
        status, told = opened(url, pin)
        self.check(status == 200 and len(told["studies"]) == 2 and told["language"] == "es", f"both open: {status} {told}")
        self.check(opened(url, pin)[0] == 404, "it opens once")
        page.keyboard.press("Escape")

    def worklist(self):
        page = self.page
        page.evaluate("location.hash = '#/'")
        page.wait_for_selector(".row.study .give")
        page.wait_for_function("() => !document.querySelector('.row.waiting')")
        self.picture("worklist")
        self.check(page.evaluate(IN_SIGHT), "the row's button is not in sight")
        uid = page.get_attribute(".row.study", "data-uid")
        page.locator(".row.study .give").first.click()
        page.wait_for_selector(f"{DIALOG} form.share-form")
        url, pin = self.made()
        status, told = opened(url, pin)
        self.check(status == 200 and told["studies"][0]["uid"] == uid and not told["download"], "the row's study")
        page.click(f"{DIALOG} .close")
        page.locator("#list").focus()
        page.keyboard.press("s")
        page.wait_for_selector(f"{DIALOG} .link-row")
        page.keyboard.press("Escape")

    def end(self):
        origin = self.ready["hub"]["web"].rstrip("/")
        foreign = {address for address in self.addresses if not address.startswith((origin, "blob:"))}
        self.check(not foreign, f"other origins were asked: {foreign}")
        kept = self.page.evaluate(STORED)
        for secret in self.secrets:
            self.check(secret not in kept, "a secret is kept by the browser")
            self.check(not any(secret in address for address in self.addresses if len(secret) > 6), "a token is in an address")
        self.check(not any("pin" in address.lower() for address in self.addresses), "a PIN is in an address")
        self.context.close()
        return [f"{self.name}: {wrong}" for wrong in self.wrong]


def person(page):
    """A study of somebody who has several that are surely of one person."""
    ask = """async () => {
        const answer = await fetch('/dicomweb/studies?limit=200', { headers: { Accept: 'application/dicom+json' } });
        for (const row of await answer.json()) {
            const uid = row['0020000D'].Value[0];
            const past = await (await fetch(`/api/history?study=${uid}`)).json();
            if (past.studies.filter(one => one.basis !== 'similar').length > 1) return uid;
        }
        return null;
    }"""
    return page.evaluate(ask)


def share(browser, ready, language, size, pictures):
    sharer = Sharer(browser, ready, language, size, pictures)
    sharer.enter("radiologist")
    sharer.page.wait_for_selector(".row.study")
    sharer.study(ready["link"]["study_uid"])
    uid = person(sharer.page)
    sharer.check(uid is not None, "nobody has several studies")
    if uid:
        sharer.history(uid)
    sharer.worklist()
    return sharer.end()


def keep_away(browser, ready, role):
    """Who sees no images sees no links and makes none."""
    sharer = Sharer(browser, ready, "en-GB", "desktop", None)
    sharer.enter(role)
    sharer.page.wait_for_selector(".sites")
    uid = ready["link"]["study_uid"]
    sharer.page.evaluate("hash => { location.hash = hash; }", f"#/studies/{uid}")
    sharer.page.wait_for_selector(".note")
    sharer.page.keyboard.press("s")
    sharer.check(sharer.page.locator(f".share-button, {DIALOG}").count() == 0, "there is a way to share")
    ask = """async uid => [
        (await fetch(`/api/links?study=${uid}`)).status,
        (await fetch('/api/links', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ studies: [uid] }) })).status,
    ]"""
    told = sharer.page.evaluate(ask, uid)
    sharer.check(told == [403, 403], f"the routes say {told}")
    return [f"{role}: {wrong}" for wrong in sharer.wrong if "403" not in wrong or "routes" in wrong]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ready", required=True)
    arguments.add_argument("--pictures", type=pathlib.Path)
    options = arguments.parse_args()
    ready = json.loads(pathlib.Path(options.ready).read_text())
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    urllib3.disable_warnings()
    wrong = []
    with chromium() as browser:
        for language in ("en-GB", "zh-CN"):
            for size in SIZES:
                wrong += share(browser, ready, language, size, options.pictures)
        for role in ("operator", "auditor"):
            wrong += keep_away(browser, ready, role)
    print("\n".join(wrong) or "studies are shared as they should be")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
