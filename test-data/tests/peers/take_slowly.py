"""Opens a link, takes a study away with a pause at the beginning, and prints how many bytes came; with --status only says how the
page and the link answer.
"""

import argparse
import time

from open_links import Holder

PAUSE_S = 5  # whoever passes on has the time to hold in memory what is not taken


def main():
    options = argparse.ArgumentParser(description=__doc__)
    for name in ["url", "pin"]:
        options.add_argument(f"--{name}", required=True)
    options.add_argument("--study")
    options.add_argument("--status", action="store_true")
    options = options.parse_args()
    holder = Holder(options.url)
    if options.status:
        page = holder.get("/s")
        status, body = holder.open(options.pin)
        print(f"{page.status_code} page, {status} {body.get('code', 'opened')}")
        return
    assert holder.open(options.pin)[0] == 200
    answer = holder.get("/s/api/download", params={"study": options.study}, stream=True)
    assert answer.status_code == 200, answer.text
    pieces = answer.iter_content(1 << 20)
    came = len(next(pieces))
    time.sleep(PAUSE_S)
    came += sum(len(piece) for piece in pieces)
    print(came)


if __name__ == "__main__":
    main()
