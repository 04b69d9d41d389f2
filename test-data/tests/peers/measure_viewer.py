"""How long OHIF takes from its address to the first image drawn, at one server and another in turns.

Reads --plan: {"sides": [{"name", "base", "user": {"name", "password"} or null}], "studies": {"what": UID}, "rounds": number}.
Whoever wants a sign-in gets it before. Each time the browser has an empty cache and a session, and nothing else. Prints
{"what": {"name": [milliseconds]}}.
"""

import argparse
import json
import time

from browser import chromium, sign_in
from drawn import DRAWN

PATIENCE_MS = 60_000
IS_DRAWN = f"() => ({DRAWN})().shades > 12"


def session(browser, side):
    """What a browser keeps of a sign-in; nothing where none is wanted."""
    if not side["user"]:
        return None
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(side["base"])
    sign_in(page, side["user"])
    page.wait_for_selector("[data-cy^=studyRow]", timeout=PATIENCE_MS)
    kept = context.storage_state()
    context.close()
    return kept


def first_image(browser, base, kept, study):
    """Milliseconds until the first image of a study is drawn."""
    context = browser.new_context(ignore_https_errors=True, storage_state=kept, viewport={"width": 1366, "height": 850})
    page = context.new_page()
    begun = time.monotonic()
    page.goto(f"{base}viewer?StudyInstanceUIDs={study}", wait_until="commit")
    page.wait_for_function(IS_DRAWN, timeout=PATIENCE_MS)
    took = time.monotonic() - begun
    page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
    context.close()
    return took * 1000


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--plan", required=True, type=json.loads)
    plan = arguments.parse_args().plan
    found = {what: {side["name"]: [] for side in plan["sides"]} for what in plan["studies"]}
    with chromium() as browser:
        kept = {side["name"]: session(browser, side) for side in plan["sides"]}
        for what, study in plan["studies"].items():
            for _ in range(plan["rounds"]):
                for side in plan["sides"]:
                    took = first_image(browser, side["base"], kept[side["name"]], study)
                    found[what][side["name"]].append(took)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
