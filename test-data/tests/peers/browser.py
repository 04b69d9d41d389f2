"""Debian's Chromium, as every script here starts it."""

import contextlib

from playwright.sync_api import sync_playwright

QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-gpu"]


@contextlib.contextmanager
def chromium(*more):
    """The browser, which asks nobody for anything by itself; with more of its flags."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*QUIET, *more])
        yield browser
        browser.close()


def user_of(ready, role):
    """The first person of a role that the ready file names."""
    return next(user for user in ready["users"] if user["role"] == role)


def sign_in(page, user):
    """Fills the sign-in page that is there, or comes."""
    page.wait_for_selector("input[name=password]")
    page.fill("input[name=name]", user["name"])
    page.fill("input[name=password]", user["password"])
    page.click("button[type=submit]")
