"""An old PACS with one oddity, with pynetdicom.

odd_pacs.py PORT FOLDER ODDITY

Has the DICOM files below FOLDER, as they are there when it is asked, and answers C-FIND and C-GET in the study root. ODDITY is a JSON
file, read anew for each request; of an empty object it is a good PACS. Its keys:

count       what it says of how many instances a study has: null for nothing, or a number
cut         matches of a study after which an answer ends, at the levels in cut_at (STUDY)
cut_status  with this status; "abort" for a broken association; success when it is not said
no_ranges   ranges of dates match nothing
refuse      beginning of StudyDate that is refused with A900
ignore      levels at which keys are not looked at
empty       levels at which nothing is found
close       the association is broken after each answer
get_status  C-GET sends nothing and says this
holds       title of one association at a time: others are rejected
"""

import json
import sys
import threading
from functools import lru_cache
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind as FIND,
    StudyRootQueryRetrieveInformationModelGet as GET,
)

port, folder, oddity = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
UIDS = {"STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}


def odd():
    return json.loads(oddity.read_text())


def files():
    return [read(path, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*.dcm"))]


@lru_cache
def read(path, changed):
    return dcmread(path)


def matches_date(wanted, has, is_odd):
    if not wanted:
        return True
    first, dash, last = wanted.partition("-")
    if dash and is_odd.get("no_ranges"):
        return False
    return bool(has) and (has == wanted if not dash else (first or "0") <= has <= (last or "9"))


def matches(asked, one, level, is_odd):
    if level in is_odd.get("ignore", []):
        return True
    for name in UIDS.values():
        if asked.get(name) and asked[name].value != one[name].value:
            return False
    if level != "STUDY":
        return True
    patient = str(asked.get("PatientID", "") or "").rstrip("*")
    dated = matches_date(str(asked.get("StudyDate", "") or ""), str(one.get("StudyDate", "") or ""), is_odd)
    timed = matches_date(str(asked.get("StudyTime", "") or ""), str(one.get("StudyTime", "") or ""), {})
    return dated and timed and str(one.PatientID).startswith(patient)


def row(asked, one, level, all_files, is_odd):
    told = Dataset()
    told.QueryRetrieveLevel = level
    for element in asked:
        name = element.keyword
        if name in one and name != "QueryRetrieveLevel":
            told[name] = one[name]
    if level == "STUDY":
        count = sum(other.StudyInstanceUID == one.StudyInstanceUID for other in all_files)
        count = is_odd.get("count", count)
        if count is not None:
            told.NumberOfStudyRelatedInstances = count
        told.SOPClassesInStudy = one.SOPClassUID
    return told


def found(event):
    is_odd, asked = odd(), event.identifier
    level, all_files, seen = asked.QueryRetrieveLevel, files(), set()
    date = str(asked.get("StudyDate", "") or "")
    if is_odd.get("refuse") and date.startswith(is_odd["refuse"]):
        yield 0xA900, None
        return
    for one in all_files:
        uid = one[UIDS[level]].value
        if uid in seen or not matches(asked, one, level, is_odd) or level in is_odd.get("empty", []):
            continue
        if level in is_odd.get("cut_at", ["STUDY"]) and len(seen) == is_odd.get("cut"):
            if is_odd.get("cut_status") == "abort":
                event.assoc.abort()
            elif "cut_status" in is_odd:
                yield is_odd["cut_status"], None
            return
        seen.add(uid)
        yield 0xFF00, row(asked, one, level, all_files, is_odd)
    if is_odd.get("close"):
        threading.Timer(0.05, event.assoc.abort).start()


def given(event):
    is_odd, asked = odd(), event.identifier
    if "get_status" in is_odd:
        yield 0
        yield is_odd["get_status"], None
        return
    wanted = [one for one in files() if matches(asked, one, "", {})]
    yield len(wanted)
    for one in wanted:
        yield 0xFF00, one


ae = AE(ae_title="OLDPACS")
for model in (FIND, GET):
    ae.add_supported_context(model, SYNTAXES)
for sop_class in {one.SOPClassUID for one in files()}:
    ae.add_supported_context(sop_class, SYNTAXES, scu_role=True, scp_role=True)
ae.maximum_associations = odd().get("holds", 50)
ae.start_server(("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_FIND, found), (evt.EVT_C_GET, given)])
print("ready", flush=True)
sys.stdin.read()
ae.shutdown()
