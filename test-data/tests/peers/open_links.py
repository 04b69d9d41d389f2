"""Opens every link it is given as its page does: contents, list of each series, the picture of each series' middle and, of whatever is
no picture, the document or the report; takes the study away as a zip.

Every series has to be shown or to say plainly why it is not: a status and problem details, never a placeholder and never a
failure of the server's own. Prints how many of each kind were shown, and each reason. With --zips the zips stay there.
"""

import argparse
import collections
import json
import pathlib
import sys

import requests
import urllib3

urllib3.disable_warnings()
FORMS = {"report": "text/html", "document": "application/pdf"}


class Holder:
    """A browser without a page."""

    def __init__(self, url):
        self.base, _, self.token = url.partition("/s#")
        self.session = requests.Session()
        # whatever the environment says of authorities, this one is the test's own
        self.session.verify, self.session.trust_env = False, False

    def open(self, pin):
        answer = self.session.post(f"{self.base}/s/api/open", json={"token": self.token, "pin": pin}, timeout=60)
        return answer.status_code, answer.json()

    def get(self, path, accept="*/*", **more):
        return self.session.get(self.base + path, headers={"Accept": accept}, timeout=120, **more)


def shown(holder, study, series, told):
    """What became of a series: a word, and the reason when it is not shown."""
    kind, first = series["kind"], series["first"]["uid"]
    listed = holder.get("/s/api/series", params={"study": study["uid"], "series": series["uid"]})
    instances = listed.json()["instances"]
    if len(instances) != series["instances"] or first not in [uid for uid, _, _ in instances]:
        told.append(f"{series['uid']}: {len(instances)} instances of {series['instances']}")
    path = f"/s/dicomweb/studies/{study['uid']}/series/{series['uid']}/instances/{first}"
    form = FORMS.get(kind, "image/jpeg")
    answer = holder.get(f"{path}/rendered", form, params={} if kind in FORMS else {"viewport": "512,512"})
    if answer.status_code == 200 and answer.headers["content-type"].startswith(form):
        return f"{kind} shown", None
    if answer.status_code in (404, 406, 413, 415) and "problem" in answer.headers["content-type"]:
        return f"{kind} not shown", f"{answer.status_code} {answer.json().get('detail')}"
    told.append(f"{series['modality']} {kind} {path}: {answer.status_code} {answer.text[:200]}")
    return "wrong", None


def visit(link, counts, reasons, told, zips):
    holder = Holder(link["url"])
    status, contents = holder.open(link["pin"])
    if status != 200:
        told.append(f"{link['study']}: {status} {contents}")
        return
    if [study["uid"] for study in contents["studies"]] != [link["study"]]:
        told.append(f"{link['study']}: it opens something else")
    for study in contents["studies"]:
        counts["studies"] += 1
        for series in study["series"]:
            what, why = shown(holder, study, series, told)
            counts[what] += 1
            if why:
                reasons[f"{series['modality']} {series['kind']}: {why}"] += 1
        elsewhere = holder.get("/s/dicomweb/studies").json()
        if [one["0020000D"]["Value"][0] for one in elsewhere] != [study["uid"]]:
            told.append(f"{link['study']}: it finds other studies")
        if zips:
            taken(holder, study, zips, told)


def taken(holder, study, zips, told):
    answer = holder.get("/s/api/download", params={"study": study["uid"]}, stream=True)
    if answer.status_code != 200:
        told.append(f"{study['uid']}: download {answer.status_code} {answer.text[:200]}")
        return
    with open(zips / f"{study['uid']}.zip", "wb") as file:
        for piece in answer.iter_content(1 << 20):
            file.write(piece)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--links", type=pathlib.Path, required=True, help="JSON: [{study, url, pin}, ...]")
    options.add_argument("--zips", type=pathlib.Path)
    options = options.parse_args()
    counts, reasons, told = collections.Counter(), collections.Counter(), []
    for link in json.loads(options.links.read_text()):
        visit(link, counts, reasons, told, options.zips)
    for what, count in sorted(counts.items()):
        print(f"{count:6} {what}")
    for reason, count in sorted(reasons.items()):
        print(f"{count:6} {reason}")
    if told:
        print(*told, sep="\n", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
