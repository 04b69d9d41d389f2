"""Hands a study link's page to another doctor, in Chromium: the full viewer opens on that study with the PIN given once more,
shows its images, and its session can do nothing else: no other study, no list of others, nothing stored, nothing taken away as
files. Taking the link back ends it.
"""

import argparse
import json
import pathlib
import subprocess
import sys

from browser import chromium
from drawn import DRAWN

wrong = []


def check(what, holds):
    print(f"{'ok   ' if holds else 'WRONG'} {what}")
    if not holds:
        wrong.append(what)


def opened(page, options):
    page.goto(options.url)
    page.fill("input", options.pin)
    page.keyboard.press("Enter")
    page.wait_for_function("() => performance.getEntriesByName('first-picture').length > 0")
    page.locator("header button").last.click()
    form = page.locator("form.professional")
    form.locator("input").fill("000000" if options.pin != "000000" else "000001")
    form.locator("button[type=submit]").click()
    page.wait_for_function("() => document.querySelector('form.professional [role=alert]').textContent")
    check("a wrong PIN opens no viewer", "/viewer" not in page.url)
    form.locator("input").fill(options.pin)
    form.locator("button[type=submit]").click()
    page.wait_for_url("**/viewer?StudyInstanceUIDs=*")
    page.wait_for_function(f"() => ({DRAWN})().shades > 12", timeout=60_000)
    check("the full viewer shows the study", f"StudyInstanceUIDs={options.study}" in page.url)


def scope(page, options):
    ask = """async ([path, method]) => { const answer = await fetch(path, { method: method ?? 'GET' });
      return [answer.status, (await answer.text()).slice(0, 100_000)]; }"""

    def asked(path, method=None):
        return page.evaluate(ask, [path, method])

    other = options.other
    for path in ["", "/metadata", "/series", "/rendered", "/thumbnail", "/bulkdata"]:
        status, body = asked(f"/dicomweb/studies/{other}{path}")
        check(f"another study{path}: {status}", status in (403, 404) or (status == 200 and body == "[]"))
    status, body = asked("/dicomweb/studies")
    listed = [one["0020000D"]["Value"][0] for one in json.loads(body)] if status == 200 else []
    check("the list has this study alone", listed == [options.study])
    status, _ = asked(f"/dicomweb/studies/{options.study}")
    check(f"no files are taken away: {status}", status == 403)
    status, _ = asked("/dicomweb/studies", "POST")
    check(f"nothing is stored: {status}", status in (403, 404, 405, 411, 415))
    for path in ["/api/studies", "/api/links", "/links", "/api/me"]:
        status, body = asked(path)
        check(f"{path}: {status}", status in (401, 403, 404) or body.lstrip().startswith("<!"))


def main():
    options = argparse.ArgumentParser(description=__doc__)
    for name in ["url", "pin", "study", "other", "id", "hub", "config"]:
        options.add_argument(f"--{name}", required=True)
    options.add_argument("--pictures", type=pathlib.Path)
    options = options.parse_args()
    with chromium() as browser:
        context = browser.new_context(ignore_https_errors=True, locale="en-GB", viewport={"width": 1366, "height": 850})
        page = context.new_page()
        page.set_default_timeout(30_000)
        opened(page, options)
        if options.pictures:
            page.screenshot(path=str(options.pictures / "professional.png"))
        scope(page, options)
        for cookie in (cookie for cookie in context.cookies() if cookie["name"] in ("link", "reader")):
            is_kept = cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Strict"
            check(f"the cookie {cookie['name']} is no script's", is_kept)
        revoke = [options.hub, "hub", "--config", options.config, "link", "revoke", options.id]
        subprocess.run(revoke, check=True, capture_output=True)
        status = page.evaluate("async () => (await fetch('/dicomweb/studies')).status")
        check(f"taking the link back ends it: {status}", status in (401, 403))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
