"""Asks a running region, over mutual TLS, for every file that was put into it, and prints what became of each.

Is given what cases.py reads. Everything goes through the hub. Fails when a stored file is not found, or
is not given back with the data set it was sent with, or when an image that independent decoders can read is not rendered
and is not on the list below.
"""

import collections
import hashlib
import json
import pathlib
import struct
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import pydicom
import requests

from cases import UNDECIDED, Cases, instance_of, uids

# Files that independent decoders read and the hub does not show yet, each with its reason. Nothing is to be added.
NOT_RENDERED = json.loads((pathlib.Path(__file__).parent / "not_rendered.json").read_text())


def data_set(data):
    """The bytes after preamble and file meta information (PS3.10 chapter 7)."""
    at = 132 if data[128:132] == b"DICM" else 0
    begin = at
    while at + 8 <= len(data) and data[at : at + 2] == b"\x02\x00":
        long_form = data[at + 4 : at + 6] in (b"OB", b"OW", b"SQ", b"UN", b"UT")
        if long_form:
            at += 12 + struct.unpack_from("<I", data, at + 8)[0]
        else:
            at += 8 + struct.unpack_from("<H", data, at + 6)[0]
    return data[at:] if at > begin else data[begin:]


def digest(data):
    """SHA-256 of a file's data set."""
    return hashlib.sha256(data_set(data)).hexdigest()


def may_be_refused(entry, manifest):
    """What cannot be an instance of the region: bytes that are no data set, tables of contents, and data sets without
    the identifiers of PS3.3 C.12.1 and C.7.2.1."""
    study, instance = uids(entry["path"], manifest)
    unnamed = not 0 < len(study) <= 64 or not 0 < len(instance) <= 64
    return entry.get("may_be_refused") or manifest.get("readable", "yes") != "yes" or "DICOMDIR" in entry["name"] or unnamed


def check(region, entry, manifest, sent):
    """One file, `sent` being all data sets that were sent under its instance UID: (columns of the table it counts in, complaint or None, why it is not rendered or None)."""
    refused = entry["refused"]
    seen = ["sent"]
    if refused is not None:
        return seen + ["refused"], None if may_be_refused(entry, manifest) else f"refused, but readable: {refused}", None
    seen.append("stored")
    instance = instance_of(entry, manifest)
    found = region.get(f"/instances?SOPInstanceUID={instance}", "application/dicom+json").json()
    if len(found) != 1:
        return seen, f"found {len(found)} times", None
    # what the hub says it is: a file without readable UIDs of its own is asked for by these
    study, series = found[0]["0020000D"]["Value"][0], found[0]["0020000E"]["Value"][0]
    seen.append("found")
    # hospitals may hold unequal copies: any of them is what was sent
    if digest(region.file(study, series, instance)) not in sent[instance]:
        return seen, "not given back as it was sent", None
    seen.append("identical")
    if not manifest.get("has_pixel_data", entry.get("has_pixel_data", False)):
        return seen, None, None
    seen.append("with pixels")
    answer = region.get(f"/studies/{study}/series/{series}/instances/{instance}/rendered", "image/jpeg")
    if answer.status_code == 200 and answer.content.startswith(b"\xff\xd8\xff"):
        return seen + ["rendered"], None, None
    why = f"{answer.status_code} {answer.text[:120]}"
    status = (manifest.get("pixels") or {}).get("status")
    allowed = status in UNDECIDED or entry["name"] in NOT_RENDERED
    return seen, None if allowed else f"not rendered: {why}", f"{status}: {NOT_RENDERED.get(entry['name'], why)}"


def is_doubtful(entry, known):
    """Whether pydicom, which reads what dicomweb-client fetches, cannot read the file that was sent, or nobody its
    pixels."""
    if known and (known.get("pixels") or {}).get("status") in UNDECIDED:
        return True
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            read = pydicom.dcmread(entry["path"])
        is_implicit = any("found implicit VR" in str(warning.message) for warning in heard)
        if is_implicit and read.file_meta.TransferSyntaxUID.is_encapsulated:
            return True  # fragments in a data set of implicit VR: no transfer syntax has that
        return not known and "PixelData" in read and not read.get("Rows")
    except Exception:
        return True


def browse(region, complaints, doubtful):
    """dicomweb-client's own way through the region: studies by pages, series, headers, an instance, a frame (unless the
    instance is a doubtful one)."""
    studies, offset = [], 0
    while page := region.client.search_for_studies(limit=20, offset=offset):
        studies += page
        offset += len(page)
    names = {study["0020000D"]["Value"][0] for study in studies}
    if len(names) != len(studies):
        complaints.append("paging repeated a study")
    pictures = 0
    for study in studies:
        uid = study["0020000D"]["Value"][0]
        series = region.client.search_for_series(study_instance_uid=uid)
        instances = region.client.search_for_instances(study_instance_uid=uid)
        headers = region.client.retrieve_study_metadata(uid)
        counts = (study["00201206"]["Value"][0], study["00201208"]["Value"][0])
        if counts != (len(series), len(instances)) or len(headers) != len(instances):
            complaints.append(f"counts of {uid} differ: {counts}, {len(series)}, {len(instances)}, {len(headers)}")
        first = instances[0]
        ids = (uid, first["0020000E"]["Value"][0], first["00080018"]["Value"][0])
        if ids[2] in doubtful:
            continue
        try:
            whole = region.client.retrieve_instance(*ids, media_types=(("application/dicom", "*"),))
        except requests.RequestException as failure:
            complaints.append(f"{ids[2]} does not come whole: {failure}")
            continue
        # a file may leave it empty in its data set; then the file meta information has it
        if (whole.SOPInstanceUID or whole.file_meta.MediaStorageSOPInstanceUID) != ids[2]:
            complaints.append(f"{ids[2]}: another instance came")
        if "PixelData" in whole and first.get("00280010"):
            frames = region.client.retrieve_instance_frames(*ids, frame_numbers=[1], media_types=(("application/octet-stream", "*"),))
            pictures += bool(frames and frames[0])
    return len(studies), pictures


def main():
    cases, sent = Cases(), collections.defaultdict(set)
    region, plan = cases.region, cases.plan
    for entry in plan:
        sent[cases.instance(entry)].add(digest(pathlib.Path(entry["path"]).read_bytes()))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda entry: check(region, entry, cases.known(entry), sent), plan))
    table, complaints, not_shown = collections.defaultdict(collections.Counter), [], []
    for entry, (seen, complaint, why) in zip(plan, results):
        table[entry["set"]].update(seen)
        if complaint:
            complaints.append(f"{entry['name']}: {complaint}")
        if why:
            not_shown.append(f"{entry['name']}: {why}")
        if entry["refused"] is not None:
            print(f"refused  {entry['name']}: {entry['refused']}")
    for line in not_shown:
        print(f"not shown  {line}")
    columns = ["sent", "stored", "found", "identical", "with pixels", "rendered", "refused"]
    print(f"{'':12}" + "".join(f"{column:>13}" for column in columns))
    for name, counts in table.items():
        print(f"{name:12}" + "".join(f"{counts[column]:13}" for column in columns))
    doubtful = {cases.instance(entry) for entry in plan if is_doubtful(entry, cases.known(entry))}
    try:
        studies, frames = browse(region, complaints, doubtful)
        print(f"dicomweb-client walked {studies} studies and took {frames} frames")
    finally:
        for complaint in complaints:
            print(f"WRONG  {complaint}")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
