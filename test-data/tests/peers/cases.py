"""What every script that compares a running region with files is given: the demo's ready file; a plan, a JSON list of
{"set", "name", "path", "refused"} with an entry for each file that was sent, `refused` being the adapter's reason or null; and
the manifest of the files, where there is one.
"""

import argparse
import json
import pathlib

from prepare_cases import read_uids
from region import Region

# Pixels that nobody, or only one decoder, could read when the files were collected: shown or not, both are right.
UNDECIDED = {"DECODERS DISAGREE", "none decodes", "failed", "not decoded", "video", "one decoder", None}


class Cases:
    """The region, what was sent to it, and what is known of each file by its name."""

    def __init__(self):
        arguments = argparse.ArgumentParser()
        arguments.add_argument("--ready", required=True, type=pathlib.Path)
        arguments.add_argument("--plan", required=True, type=pathlib.Path)
        arguments.add_argument("--manifest", type=pathlib.Path)
        options = arguments.parse_args()
        self.region = Region(json.loads(options.ready.read_text()))
        self.plan = json.loads(options.plan.read_text())
        known = json.loads(options.manifest.read_text())["files"] if options.manifest else []
        self._known = {file["path"]: file for file in known}

    def known(self, entry):
        """What the manifest says of a file that was sent; nothing where it is not in it."""
        return self._known.get(entry["name"], {})

    def instance(self, entry):
        """The SOP Instance UID that a file was sent under."""
        return instance_of(entry, self.known(entry))


def uids(path, manifest):
    """Study and instance UID: as the manifest has them, else as pydicom reads them."""
    known = manifest.get("tags", {})
    if known.get("StudyInstanceUID") and known.get("SOPInstanceUID"):
        return known["StudyInstanceUID"], known["SOPInstanceUID"]
    study, instance = read_uids(path)
    return known.get("StudyInstanceUID") or study, known.get("SOPInstanceUID") or instance


def instance_of(entry, manifest):
    """The SOP Instance UID that a file was sent under."""
    return entry.get("uid") or uids(entry["path"], manifest)[1]
