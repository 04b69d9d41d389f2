"""Copies a folder of DICOM files so that all of them can lie in one hospital: a file whose SOP Instance UID another file
has already gets another one, of the same length and everywhere it stands, before it is sent. Prints the plan for
check_region.py."""

import argparse
import contextlib
import hashlib
import json
import pathlib
import shutil

import pydicom
from pydicom.filereader import read_file_meta_info


def read_uids(path):
    """Study and SOP Instance UID as far as pydicom can read them, the latter from the file meta information at worst."""
    meta, data_set = {}, {}
    with contextlib.suppress(Exception):
        meta = read_file_meta_info(path)
    with contextlib.suppress(Exception):
        data_set = pydicom.dcmread(path, force=True, stop_before_pixels=True)
    instance = data_set.get("SOPInstanceUID") or meta.get("MediaStorageSOPInstanceUID", "")
    return str(data_set.get("StudyInstanceUID", "")), str(instance)


def instance_uid(path, manifest):
    return manifest.get("tags", {}).get("SOPInstanceUID") or read_uids(path)[1]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--from", dest="source", required=True)
    arguments.add_argument("--to", required=True)
    arguments.add_argument("--set", required=True)
    arguments.add_argument("--manifest")
    arguments.add_argument("--skip", action="append", default=[])
    options = arguments.parse_args()
    source, target = pathlib.Path(options.source), pathlib.Path(options.to)
    manifest = {}
    if options.manifest:
        manifest = {file["path"]: file for file in json.loads(pathlib.Path(options.manifest).read_text())["files"]}
    taken, plan = set(), []
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        name = str(path.relative_to(source))
        if name.split("/")[0] in options.skip or (manifest and name not in manifest):
            continue
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        uid = instance_uid(path, manifest.get(name, {}))
        entry = {"set": options.set, "name": name, "path": str(copy), "refused": None}
        if uid in taken and len(uid) > 12:
            digits = str(int(hashlib.sha256(name.encode()).hexdigest(), 16))[:8]
            changed = path.read_bytes().replace(uid.encode(), (uid[:-8] + digits).encode())
            copy.write_bytes(changed)
            entry["uid"] = uid[:-8] + digits
        else:
            shutil.copyfile(path, copy)
        taken.add(uid)
        if not manifest:
            try:
                entry["has_pixel_data"] = "PixelData" in pydicom.dcmread(path, force=True)
            except Exception:
                entry["may_be_refused"] = True
        plan.append(entry)
    print(json.dumps(plan))


if __name__ == "__main__":
    main()
