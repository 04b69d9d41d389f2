"""Measures a study link's page in Chromium, as a telephone shows it: from tapping the link to the first sharp picture, without
the time somebody takes to type, and pictures a second while scrolling. Each round is a telephone that has never seen the page.
With `--viewer` the same study in OHIF beside it: from giving the PIN for another doctor, at a desk, to the first image.

Prints milliseconds as the page's own clock has them. Asserts nothing: machines differ. Used by
`cargo bench -p test-data --bench region -- links`.
"""

import argparse
import statistics
import time

from browser import chromium
from drawn import DRAWN

MARK = "(name) => performance.getEntriesByName(name)[0]?.startTime ?? 0"
# what came over the line before the first picture was asked for, and the picture itself
BYTES = """() => {
  const entries = [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')];
  const of = (picture) => entries.filter((entry) => entry.name.includes('/rendered') === picture);
  return [of(false).reduce((sum, entry) => sum + entry.transferSize, 0), of(true)[0]?.transferSize ?? 0];
}"""
SCROLL = """() => new Promise((resolve) => {
  const begun = performance.now();
  let [steps, drawn] = [0, 0];
  const seen = new PerformanceObserver((list) => { drawn += list.getEntriesByName('picture-drawn').length; });
  seen.observe({ entryTypes: ['mark'] });
  const step = () => {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
    steps += 1;
    if (steps < 100) requestAnimationFrame(step);
    else resolve([steps * 1000 / (performance.now() - begun), drawn]);
  };
  requestAnimationFrame(step);
})"""


def visit(browser, options):
    context = browser.new_context(ignore_https_errors=True, locale="en-GB", viewport={"width": 390, "height": 844},
                                  device_scale_factor=2, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.goto(options.url, wait_until="commit")
    page.wait_for_selector("input")
    asked = page.evaluate("performance.now()")
    page.fill("input", options.pin)
    page.keyboard.press("Enter")
    page.wait_for_function("() => performance.getEntriesByName('first-sharp').length > 0", timeout=60_000)
    sent, opened, first, sharp = (page.evaluate(MARK, name) for name in ("pin-sent", "link-opened", "first-picture", "first-sharp"))
    told = page.evaluate(BYTES)
    scrolled = page.evaluate(SCROLL)
    context.close()
    return [asked, opened - sent, asked + first - sent, asked + sharp - sent, told[0] / 1e3, told[1] / 1e3, scrolled[0]]


def viewer(browser, options):
    """Seconds from the PIN to the first image in the full viewer, whose files this browser has never seen."""
    context = browser.new_context(ignore_https_errors=True, locale="en-GB", viewport={"width": 1366, "height": 850})
    page = context.new_page()
    page.goto(options.url)
    page.fill("input", options.pin)
    page.keyboard.press("Enter")
    page.wait_for_function("() => performance.getEntriesByName('first-sharp').length > 0", timeout=60_000)
    page.locator("header button").last.click()
    form = page.locator("form.professional")
    form.locator("input").fill(options.pin)
    begun = time.monotonic()
    form.locator("button[type=submit]").click()
    page.wait_for_url("**/viewer?StudyInstanceUIDs=*", timeout=60_000)
    page.wait_for_function(f"() => ({DRAWN})().shades > 12", timeout=180_000)
    took = time.monotonic() - begun
    context.close()
    return took


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", required=True)
    options.add_argument("--pin", required=True)
    options.add_argument("--name", default="")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--viewer", action="store_true")
    options = options.parse_args()
    with chromium() as browser:
        if options.viewer:
            times = [viewer(browser, options) for _ in range(options.rounds)]
            print(f"  {options.name:5} the same study in OHIF, at a desk: first image {statistics.median(times) * 1000:.0f} ms "
                  f"after the PIN (median of {options.rounds})")
            return
        rounds = [visit(browser, options) for _ in range(options.rounds)]
    form, opened, first, sharp, page_kb, picture_kb, steps = (statistics.median(values) for values in zip(*rounds))
    print(f"  {options.name:5} PIN asked for {form:.0f} ms, PIN checked {opened:.0f} ms, first picture {first:.0f} ms, "
          f"first sharp picture {sharp:.0f} ms; page {page_kb:.0f} KB, picture {picture_kb:.0f} KB; "
          f"{steps:.0f} steps a second (median of {options.rounds})")


if __name__ == "__main__":
    main()
