"""A workstation of one hospital with an ordinary query window: finds and pulls what another hospital holds. --ready FILE.

DCMTK's findscu and getscu ask the adapter of the first hospital under the region's title; pynetdicom does so with queries that
DCMTK's programs cannot write. What comes is compared with what the hub gives by DICOMweb.
"""

import argparse
import io
import json
import pathlib
import subprocess
import tempfile
import time

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian as EXPLICIT, ImplicitVRLittleEndian as IMPLICIT
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind as FIND,
    StudyRootQueryRetrieveInformationModelGet as GET,
)
from region import Region


def check(what, got, expected):
    assert got == expected, f"{what}: {got!r}, not {expected!r}"
    print("ok", what)


class Workstation:
    def __init__(self, site):
        host, port = site["dimse"].rsplit(":", 1)
        self.host, self.port, self.own, self.region = host, int(port), site["ae_title"], site["region_ae_title"]

    def find(self, called, level, charset=None, **keys):
        asked = Dataset()
        asked.QueryRetrieveLevel = level
        if charset:
            asked.SpecificCharacterSet = charset
        for keyword, value in keys.items():
            setattr(asked, keyword, value)
        ae = AE("WORKSTATION")
        ae.add_requested_context(FIND, [IMPLICIT])
        association = ae.associate(self.host, self.port, ae_title=called)
        assert association.is_established
        answers = [(status.Status, found) for status, found in association.send_c_find(asked, FIND)]
        association.release()
        check(f"{called} {level} ends well", answers[-1][0], 0)
        return [found for _, found in answers[:-1]]

    def get(self, syntaxes, classes, **keys):
        came = {}

        def take(event):
            found = event.dataset
            found.file_meta = event.file_meta
            came[str(found.SOPInstanceUID)] = found
            return 0

        ae = AE("WORKSTATION")
        ae.add_requested_context(GET, [IMPLICIT])
        for sop_class in classes:
            ae.add_requested_context(sop_class, list(syntaxes))
        association = ae.associate(self.host, self.port, ae_title=self.region, evt_handlers=[(evt.EVT_C_STORE, take)],
                                   ext_neg=[build_role(sop_class, scp_role=True) for sop_class in classes])
        asked = Dataset()
        for keyword, value in keys.items():
            setattr(asked, keyword, value)
        last = list(association.send_c_get(asked, GET))[-1][0]
        association.release()
        return last, came

    def dcmtk(self, program, called, *arguments):
        command = [program, "-S", "-aet", "WORKSTATION", "-aec", called, *arguments, self.host, str(self.port)]
        begun = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr, time.monotonic() - begun


def foreign_study(hub, workstation):
    """The study with most images that the first hospital does not hold."""
    everywhere = hub.client.search_for_studies()
    own = {str(found.StudyInstanceUID) for found in workstation.find(workstation.own, "STUDY", StudyInstanceUID="")}
    found = workstation.find(workstation.region, "STUDY", StudyInstanceUID="", PatientName="", NumberOfStudyRelatedInstances="")
    check("the region has what the hub shows", {str(one.StudyInstanceUID) for one in found},
          {study["0020000D"]["Value"][0] for study in everywhere})
    assert own and own < {str(one.StudyInstanceUID) for one in found}, "the hospital's own title has its own studies"
    foreign = [one for one in found if str(one.StudyInstanceUID) not in own]
    assert {str(one.RetrieveAETitle) for one in foreign} == {workstation.region}
    return max(foreign, key=lambda one: int(one.NumberOfStudyRelatedInstances))


def names(workstation):
    everybody = workstation.find(workstation.region, "STUDY", "GB18030", StudyInstanceUID="", PatientName="")
    whole = next(one for one in everybody if one.PatientName.ideographic)
    family, study = whole.PatientName.ideographic[0], str(whole.StudyInstanceUID)
    found = workstation.find(workstation.region, "STUDY", "GB18030", StudyInstanceUID="", PatientName=f"*={family}*")
    assert study in {str(one.StudyInstanceUID) for one in found}, "found by its Chinese name"
    assert len(found) < len(everybody) and {one.SpecificCharacterSet for one in found} == {"GB18030"}
    print("ok Chinese names")


def pulled_by_dcmtk(workstation, study, instances):
    text, seconds = workstation.dcmtk("findscu", workstation.region, "-k", "QueryRetrieveLevel=STUDY",
                                      "-k", f"StudyInstanceUID={study}", "-k", "PatientName")
    check("findscu finds it", text.count("(Pending)"), 1)
    print(f"findscu: {seconds:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        keys = ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}"]
        _, seconds = workstation.dcmtk("getscu", workstation.region, "-od", folder, *keys)
        files = sorted(pathlib.Path(folder).iterdir())
        check("getscu pulls it", len(files), len(instances))
        size = sum(file.stat().st_size for file in files)
        print(f"getscu: {len(files)} instances, {size / 1e6:.1f} MB in {seconds:.2f} s the first time")
    with tempfile.TemporaryDirectory() as folder:
        _, seconds = workstation.dcmtk("getscu", workstation.region, "-od", folder, *keys)
        print(f"getscu: {seconds:.2f} s the second time")
        return {str(read.SOPInstanceUID): read for read in map(pydicom.dcmread, pathlib.Path(folder).iterdir())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", required=True)
    ready = json.loads(pathlib.Path(parser.parse_args().ready).read_text())
    hub, workstation = Region(ready), Workstation(ready["sites"][0])
    chosen = foreign_study(hub, workstation)
    study = str(chosen.StudyInstanceUID)
    names(workstation)
    listed = hub.client.search_for_instances(study)
    instances = {one["00080018"]["Value"][0]: one for one in listed}
    classes = sorted({one["00080016"]["Value"][0] for one in listed})
    came = pulled_by_dcmtk(workstation, study, instances)
    uid = sorted(instances)[0]
    series = instances[uid]["0020000E"]["Value"][0]

    stored = pydicom.dcmread(io.BytesIO(hub.file(study, series, uid)))
    check("its pixels", (came[uid].pixel_array == stored.pixel_array).all(), True)
    for what, syntaxes in [("implicit", [IMPLICIT]), ("explicit", [EXPLICIT]), ("stored", [stored.file_meta.TransferSyntaxUID])]:
        status, got = workstation.get(syntaxes, classes, QueryRetrieveLevel="IMAGE", StudyInstanceUID=study,
                                      SeriesInstanceUID=series, SOPInstanceUID=uid)
        check(f"{what}: status", (status.Status, status.NumberOfCompletedSuboperations), (0, 1))
        check(f"{what}: pixels", (got[uid].pixel_array == stored.pixel_array).all(), True)
    # more identifiers than an address holds
    many = sorted(instances) * (1 + 400 // len(instances))
    found = workstation.find(workstation.region, "IMAGE", SOPInstanceUID=sorted(set(many))[:200], StudyInstanceUID=study)
    check("a long list", len(found), min(200, len(instances)))
    check("no such study", workstation.get([EXPLICIT], classes, QueryRetrieveLevel="STUDY", StudyInstanceUID="1.2.99")[0].Status, 0)


if __name__ == "__main__":
    main()
