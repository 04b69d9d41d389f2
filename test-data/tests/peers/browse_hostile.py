"""Opens links to studies whose texts are hostile, in Chromium: every view of the page of each, in three languages, and the staff's
worklist and study pages. No script of theirs may run, nothing may be asked of another origin, and the page's own policy may have
nothing to report.
"""

import argparse
import json
import pathlib
import sys

from browser import chromium, sign_in, user_of

WATCH = """window.ranNumbers = []; window.ran = (number) => window.ranNumbers.push(number);
document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
for (const name of ['alert', 'open']) window[name] = () => window.ran(name);"""


def watched(context, wrong, own):
    context.add_init_script(WATCH)
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    page.on("console", lambda said: said.type == "error" and "Failed to load" not in said.text and wrong.append(said.text))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda asked: asked.url.startswith((*own, "blob:")) or wrong.append(f"asked {asked.url}"))
    return page


def quiet(page, what, wrong):
    ran = page.evaluate("window.ranNumbers")
    if ran:
        wrong.append(f"{what}: scripts ran: {ran}")


def patient(browser, link, language, wrong):
    own = [link["url"].split("/s#")[0]]
    context = browser.new_context(ignore_https_errors=True, locale=language, viewport={"width": 390, "height": 844})
    page = watched(context, wrong, own)
    page.goto(link["url"])
    page.fill("input", link["pin"])
    page.keyboard.press("Enter")
    page.wait_for_function("() => performance.getEntriesByName('first-picture').length > 0 || document.querySelector('.study')")
    page.wait_for_timeout(150)
    shown = page.evaluate("document.body.innerText")
    quiet(page, link["url"].split("#")[0], wrong)
    for button in page.locator("button[aria-haspopup], header button").all()[:3]:
        if button.is_visible():
            button.click()
            page.wait_for_timeout(50)
    quiet(page, "menus", wrong)
    context.close()
    return "ran(" in shown or "<" in shown or "evil" in shown or "passwd" in shown or "OR '1'" in shown


def staff(browser, ready, studies, wrong):
    web = ready["hub"]["web"]
    context = browser.new_context(ignore_https_errors=True, locale="en-GB", viewport={"width": 1366, "height": 850})
    page = watched(context, wrong, [web])
    page.goto(web)
    sign_in(page, user_of(ready, "radiologist"))
    page.wait_for_selector(".grid-space .row")
    page.wait_for_timeout(1000)
    quiet(page, "worklist", wrong)
    for study in studies[:6]:
        page.goto(f"{web}#/study/{study}")
        page.wait_for_timeout(400)
        quiet(page, "study", wrong)
    context.close()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ready", type=pathlib.Path, required=True)
    options.add_argument("--links", type=pathlib.Path, required=True, help="JSON: [{study, url, pin}, ...]")
    options = options.parse_args()
    ready, links = json.loads(options.ready.read_text()), json.loads(options.links.read_text())
    wrong, seen = [], 0
    with chromium() as browser:
        for at, link in enumerate(links):
            seen += patient(browser, link, ["zh-CN", "en-GB", "es-ES"][at % 3], wrong)
        staff(browser, ready, [link["study"] for link in links], wrong)
    if seen < len(links):
        wrong.append(f"hostile texts were seen as text in {seen} of {len(links)} only")
    print("\n".join(wrong) or f"{len(links)} studies with hostile texts: seen as text, nothing ran")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
