"""Measures the worklist over a large index in Chromium: from the last key press to rows drawn, and scrolling far down.

Prints milliseconds as the page's own clock has them, the waiting for further keys included (120 ms). Asserts nothing: machines
differ. Used by `cargo bench -p test-data --bench region -- worklist`.
"""

import argparse
import statistics

from browser import chromium, sign_in

ROUNDS = 5
# Rows are there when the first one is another one, or another answer says how many there are, and none waits.
AWAIT = """() => new Promise((resolve) => {
  const first = () => document.querySelector('.grid-space .row')?.dataset.uid;
  const [before, text] = [first(), document.querySelector('.status').textContent];
  document.addEventListener('keydown', () => {
    const begun = performance.now();
    const look = () => {
      const changed = first() !== before || document.querySelector('.status').textContent !== text;
      if (changed && !document.querySelector('.row.waiting')) resolve(performance.now() - begun);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
})"""
JUMP = """(number) => new Promise((resolve) => {
  const view = document.querySelector('.grid-view');
  const height = document.querySelector('.grid-space .row').offsetHeight;
  const begun = performance.now();
  view.scrollTop = number * height;
  const look = () => {
    if (document.querySelector(`#row-${number}.study`)) resolve(performance.now() - begun);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""
SCROLL = """() => new Promise((resolve) => {
  const view = document.querySelector('.grid-view');
  const frames = [];
  let last = performance.now();
  const step = () => {
    const now = performance.now();
    frames.push(now - last);
    last = now;
    view.scrollTop += 400;
    if (frames.length < 180) requestAnimationFrame(step);
    else resolve(frames.slice(1));
  };
  requestAnimationFrame(step);
})"""


def typed(page, text):
    """From the key press of the last letter."""
    page.locator("#list").focus()
    page.keyboard.press("Escape")
    page.wait_for_selector(".worklist:not([aria-busy])")
    page.keyboard.press("/")
    page.keyboard.insert_text(text[:-1])
    page.wait_for_function("text => JSON.parse(sessionStorage.getItem('worklist')).text === text", arg=text[:-1])
    page.wait_for_selector(".worklist:not([aria-busy])")
    page.evaluate(f"void (window.drawn = ({AWAIT})())")
    page.keyboard.press(text[-1])
    return page.evaluate("window.drawn")


def line(what, times):
    print(f"  {what:42} {statistics.median(times):8.0f} ms, at most {max(times):.0f} ms")


def main():
    arguments = argparse.ArgumentParser()
    for name in ("web", "name", "password"):
        arguments.add_argument(f"--{name}", required=True)
    options = arguments.parse_args()
    with chromium() as browser:
        page = browser.new_context(ignore_https_errors=True, locale="en-GB", viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(300_000)
        page.goto(options.web)
        sign_in(page, {"name": options.name, "password": options.password})
        page.wait_for_selector(".worklist:not([aria-busy])")
        rows = int(page.get_attribute(".grid", "aria-rowcount")) - 1
        print(f"  {rows} studies; {page.locator('.grid-space .row').count()} rows in the document")
        for what, text in (("a family name", "family012"), ("a family name, all of it", "family0123"), ("a patient ID", "BENCH-000123"), ("an accession number", "A0000456")):
            line(f"from key press to rows: {what}", [typed(page, text) for _ in range(ROUNDS)])
        page.locator("#list").focus()
        page.keyboard.press("Escape")
        page.wait_for_selector(".worklist:not([aria-busy])")
        page.wait_for_function(f"() => document.querySelector('.grid').getAttribute('aria-rowcount') === '{rows + 1}'")
        far = min(50_000, rows // 2)
        line(f"jump to row {far}, drawn", [page.evaluate(JUMP, far + 200 * number) for number in range(ROUNDS)])
        page.evaluate(JUMP, 0)
        frames = page.evaluate(SCROLL)
        line("a frame while scrolling past 1300 rows", frames)
        print(f"  {page.locator('.grid-space .row').count()} rows in the document after it")


if __name__ == "__main__":
    main()
