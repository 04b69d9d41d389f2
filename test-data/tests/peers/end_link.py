"""Attacks a link: wrong PINs, other studies, other ways in, a download that is on its way when the link is taken back.

What is refused has to look alike whatever the cause; what was open has to end within a second; nothing of the secrets may stand
in a log.
"""

import argparse
import pathlib
import subprocess
import sys
import time

import requests
import urllib3

from open_links import Holder

urllib3.disable_warnings()
WITHIN_S = 1.5  # half a second between two looks, and the command's own start is not counted
wrong = []


def check(what, holds):
    print(f"{'ok   ' if holds else 'WRONG'} {what}")
    if not holds:
        wrong.append(what)


def refusals(base, known):
    """Whatever is wrong with a link, the answer is the same."""
    def ask(token, pin="123456"):
        answer = Holder(base + "/s#").session.post(f"{base}/s/api/open", json={"token": token, "pin": pin}, timeout=30)
        kept = {name.lower(): value for name, value in answer.headers.items() if name.lower() != "date"}
        return answer.status_code, answer.content, kept

    first = ask("A" * 43)
    check("an unknown link is 404", first[0] == 404)
    altered = ("C" if known[0] == "B" else "B") + known[1:]
    for what, token in [("cut", known[:20]), ("altered", altered), ("empty", ""), ("long", "x" * 500)]:
        check(f"a link that is {what} is answered alike", ask(token) == first)
    return ask, first


def scope(holder, study, other):
    base = f"/s/dicomweb/studies/{other}"
    for path in ["", "/metadata", "/series", "/rendered", "/thumbnail", "/bulkdata", "/pixeldata"]:
        answer = holder.get(base + path)
        # a search says that there is nothing; everything else is refused
        nothing = answer.status_code == 200 and answer.json() == []
        check(f"another study{path or ' whole'}: {answer.status_code}", answer.status_code in (403, 404) or nothing)
    answer = holder.get(f"/s/dicomweb/studies?StudyInstanceUID={other}")
    check("another study is not found", answer.json() == [])
    for path in ["/studies", "/series", "/instances"]:
        found = holder.get(f"/s/dicomweb{path}").json()
        check(f"{path} is of this study alone", {one["0020000D"]["Value"][0] for one in found} == {study})
    answer = holder.session.post(f"{holder.base}/s/dicomweb/studies", data=b"x", timeout=30)
    check(f"nothing is stored: {answer.status_code}", answer.status_code in (403, 404, 405, 415))
    for path in ["/dicomweb/studies", "/api/studies", "/api/links", "/links", "/", "/metrics"]:
        answer = holder.get(path)
        check(f"{path}: {answer.status_code}", answer.status_code in (401, 403, 404, 405))


def ended(options, holder):
    """Takes the link back while a download is on its way."""
    answer = holder.get("/s/api/download", params={"study": options.study}, stream=True)
    pieces = answer.iter_content(1024)
    next(pieces)
    revoke = [options.hub, "hub", "--config", options.config, "link", "revoke", options.id]
    subprocess.run(revoke, check=True, capture_output=True)
    quick(holder)
    time.sleep(WITHIN_S)
    came, whole = 0, True
    try:
        # what is on its way already, in the buffers of both ends, still comes
        for piece in pieces:
            came += len(piece)
    except requests.exceptions.RequestException:
        whole = False
    check(f"the download broke off after {came >> 20} MB of {int(answer.headers['x-expected-bytes']) >> 20}", not whole)


def quick(holder):
    begun = time.monotonic()
    while holder.get("/s/api/alive").status_code == 204:
        if time.monotonic() - begun > WITHIN_S:
            break
    took = time.monotonic() - begun
    check(f"it ends within a second: {took:.2f} s", took < WITHIN_S)


def secrets(options, token):
    words = [token, f'"{options.pin}"']
    texts = [path.read_text(errors="replace") for path in pathlib.Path(options.audit).glob("*")]
    texts += [pathlib.Path(options.log).read_text(errors="replace")] if pathlib.Path(options.log).exists() else []
    for word in words:
        check("no secret stands in a log", not any(word in text for text in texts))
    audit = "".join(texts)
    for what in ["link_made", "link_opened", "link_revoked"]:
        check(f"{what} is in the audit log", f'"what":"{what}"' in audit)
    check("a wrong PIN is in the audit log", '"what":"link_opened","event_id":110114,"outcome":"denied"' in audit)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    for name in ["url", "pin", "study", "other", "id", "hub", "config", "audit", "log"]:
        options.add_argument(f"--{name}", required=True)
    options = options.parse_args()
    holder = Holder(options.url)
    ask, first = refusals(holder.base, holder.token)
    status, body = holder.open("000000" if options.pin != "000000" else "000001")
    check("a wrong PIN is counted", status == 401 and body == {"code": "wrong_pin", "left": 4})
    status, _ = holder.open(options.pin)
    check("the right one opens", status == 200)
    scope(holder, options.study, options.other)
    ended(options, holder)
    check("a link that was taken back is answered alike", ask(holder.token, options.pin) == first)
    secrets(options, holder.token)
    if wrong:
        print(f"{len(wrong)} wrong", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
