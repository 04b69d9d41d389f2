"""Signs in at the hub through its identity provider, in Chromium: somebody with a role, somebody without one, and a browser
that did not begin. Then shows bearer tokens, right and wrong, to DICOMweb. Prints what was not as it should be."""

import argparse
import json
import pathlib
import sys
import urllib.parse

import requests
from browser import chromium

FLOOD = 50


class Checks:
    def __init__(self):
        self.wrong = []

    def expect(self, found, expected, what):
        if found != expected:
            self.wrong.append(f"{what}: {found!r}, not {expected!r}")


def through(page, address, name):
    """From the hub's sign-in page through the provider's own pages, and back."""
    page.goto(address)
    page.click("a.provider")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    page.wait_for_selector("input[name=prompt][value=consent]", state="attached")
    with page.expect_response(lambda response: "/oidc/callback" in response.url) as told:
        page.click("button[type=submit]")
    return told.value


def people(checks, browser, web, issuer):
    def begin():
        return browser.new_context(ignore_https_errors=True, locale="en-GB").new_page()

    page = begin()
    checks.expect(through(page, f"{web}#/studies/1.2.3", "anna").status, 303, "a radiologist comes back")
    page.wait_for_selector(".who")
    checks.expect(page.url, f"{web}#/studies/1.2.3", "where a sign-in leads back to")
    me = page.evaluate("fetch('/api/me').then((answer) => answer.json())")
    host = urllib.parse.urlsplit(issuer).hostname
    checks.expect((me["name"], me["role"]), (f"anna@{host}", "radiologist"), "who came back")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies(web)}
    session = cookies["session"]
    checks.expect((session["httpOnly"], session["secure"], session["sameSite"]), (True, True, "Strict"), "the session")
    checks.expect("sign-in" in cookies, False, "the cookie of the way")
    checks.expect(page.evaluate("fetch('/dicomweb/studies?limit=1').then((answer) => answer.status)"), 200, "a search")

    refused = through(begin(), web, "tom")
    checks.expect(refused.status, 403, "somebody without a role")
    checks.expect("no role" in refused.text(), True, "what somebody without a role is told")

    # a callback that this browser did not begin, and one that is used again
    stranger = begin()
    callback = refused.url
    checks.expect(stranger.goto(callback).status, 403, "a callback again, elsewhere")
    checks.expect(stranger.evaluate("fetch('/api/me').then((answer) => answer.json())")["name"], None, "who a stranger is")
    checks.expect(stranger.goto(f"{web}oidc/callback?state=x&code=y").status, 403, "a callback nobody began")


def bearer(checks, ready, issuer, tokens):
    studies = ready["hub"]["web"] + "dicomweb/studies?limit=1"
    session = requests.Session()
    session.trust_env, session.verify = False, ready["tls"]["ca"]

    def show(token):
        return session.get(studies, headers={"Authorization": f"Bearer {token}"})

    for name in ("good", "goodList"):
        checks.expect(show(tokens[name]).status_code, 200, name)
    machine = session.post(f"{issuer}/token", auth=("script", "script"), data={"grant_type": "client_credentials"}).json()
    checks.expect(show(machine.get("access_token")).status_code, 200, f"a script's own token {machine.get('error', '')}")
    checks.expect(show(tokens["operator"]).status_code, 403, "a role without images")
    checks.expect(show(tokens["norole"]).status_code, 403, "no role")
    for name in ("expired", "endless", "early", "audience", "issuer", "otherKey", "otherKid", "cut", "text", "shared", "none", "noneKid"):
        answer = show(tokens[name])
        checks.expect(answer.status_code, 401, name)
        challenge = answer.headers.get("WWW-Authenticate", "")
        checks.expect(challenge.startswith("Bearer ") and 'error="invalid_token"' in challenge, True, f"{name}: {challenge}")
    before = int(session.get(f"{issuer}/asked").text)
    for _ in range(FLOOD):
        show(tokens["otherKid"])
    more = int(session.get(f"{issuer}/asked").text) - before
    checks.expect(more <= 1, True, f"the keys were asked for {more} times by {FLOOD} unknown ones")
    checks.expect(show(tokens["good"]).status_code, 200, "a right token after the flood")
    two = session.get(studies, headers={"Authorization": f"Bearer {tokens['good']}", "Cookie": "session=none"})
    checks.expect(two.status_code, 200, "a token beside a cookie that is none")
    checks.expect(session.get(studies).status_code, 401, "no token")


def other_origins(checks, ready, tokens):
    """A page elsewhere that was allowed asks with a token, and hears when it is refused; another hears nothing."""
    studies = ready["hub"]["web"] + "dicomweb/studies?limit=1"
    session = requests.Session()
    session.trust_env, session.verify = False, ready["tls"]["ca"]
    ours, theirs = "https://viewer.example", "https://elsewhere.example"
    ask = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization,accept"}
    before = session.options(studies, headers={"Origin": ours, **ask})
    allowed = before.headers.get("Access-Control-Allow-Headers", "").lower()
    checks.expect((before.status_code, "authorization" in allowed, "range" in allowed), (204, True, True), "a preflight")
    for token, status in ((tokens["good"], 200), (tokens["expired"], 401)):
        answer = session.get(studies, headers={"Origin": ours, "Authorization": f"Bearer {token}"})
        checks.expect(answer.status_code, status, "an allowed origin")
        checks.expect(answer.headers.get("Access-Control-Allow-Origin"), ours, f"who may read {status}")
        checks.expect("Origin" in answer.headers.get("Vary", ""), True, f"what {status} varies by")
        exposed = answer.headers.get("Access-Control-Expose-Headers", "")
        checks.expect(all(name in exposed for name in ("Content-Type", "Content-Range", "ETag", "Warning")), True, "exposed")
    answer = session.get(studies, headers={"Origin": theirs, "Authorization": f"Bearer {tokens['good']}"})
    checks.expect(answer.headers.get("Access-Control-Allow-Origin"), None, "another origin")
    refused = session.options(studies, headers={"Origin": theirs, **ask})
    checks.expect("Access-Control-Allow-Origin" in refused.headers, False, "another origin's preflight")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ready", required=True, type=pathlib.Path)
    arguments.add_argument("--provider", required=True, help="what serve.mjs printed")
    options = arguments.parse_args()
    ready, provider, checks = json.loads(options.ready.read_text()), json.loads(options.provider), Checks()
    with chromium() as browser:
        people(checks, browser, ready["hub"]["web"], provider["issuer"])
    bearer(checks, ready, provider["issuer"], provider["tokens"])
    other_origins(checks, ready, provider["tokens"])
    print("\n".join(checks.wrong) or "sign-in by the provider is as it should be")
    sys.exit(1 if checks.wrong else 0)


if __name__ == "__main__":
    main()
